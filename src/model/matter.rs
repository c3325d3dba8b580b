//! The matters of an invoice.

use super::line::Discount;
use super::parties::{Contact, Extension};
use super::text::Cell;
use super::value::Value;
use rust_decimal::Decimal;

/// One matter on an invoice. In the pipe formats most of it is absent; the first line of the matter counts.
#[derive(Clone, Default, PartialEq, Debug)]
pub struct Matter {
    /// The opening tag in XML, the first record in the pipe formats.
    pub record: Cell,
    /// False where the file breaks off inside it: its totals and lists are then not judged.
    pub complete: bool,
    /// The firm's number.
    pub law_firm_matter_id: Cell,
    /// The client's number.
    pub client_matter_id: Cell,
    /// Name.
    pub name: Cell,
    /// Description.
    pub description: Cell,
    /// Purchase order.
    pub po_number: Cell,
    /// `O` own account, `T` third party.
    pub account_type: Cell,
    /// CT, FF, GW, MPF, TM.
    pub billing_type: Cell,
    /// `Y` or `N`.
    pub final_bill: Cell,
    /// The firm's contact.
    pub firm_contact: Contact,
    /// The client's contact.
    pub client_contact: Contact,
    /// LEDES 2000: eft_agreement_number.
    pub eft_agreement_number: Cell,
    /// LEDES 2000: cl_matter_var_1 and 2.
    pub client_variables: Vec<Cell>,
    /// Sum of the fees' total_amount.
    pub total_detail_fees: Value<Decimal>,
    /// Sum of the expenses' total_amount.
    pub total_detail_expenses: Value<Decimal>,
    /// Sum of the fee discounts.
    pub disc_credit_fees: Value<Decimal>,
    /// Sum of the expense discounts.
    pub disc_credit_expenses: Value<Decimal>,
    /// Their sum.
    pub disc_cred_total: Value<Decimal>,
    /// Share of the fees billed here, 1.00 for all.
    pub share_of_fees: Value<Decimal>,
    /// Share of the expenses billed here.
    pub share_of_expenses: Value<Decimal>,
    /// Discounted-bill percentage, fees.
    pub discounted_bill_fees: Value<Decimal>,
    /// Discounted-bill percentage, expenses.
    pub discounted_bill_expenses: Value<Decimal>,
    /// Tax on fees.
    pub tax_on_fees: Value<Decimal>,
    /// Tax on expenses.
    pub tax_on_expenses: Value<Decimal>,
    /// LEDES 2000: adjustment of fees.
    pub adjustment_of_fees: Value<Decimal>,
    /// LEDES 2000: adjustment of expenses.
    pub adjustment_of_expenses: Value<Decimal>,
    /// Fees after discounts and shares.
    pub net_fees: Value<Decimal>,
    /// Expenses after discounts and shares.
    pub net_expenses: Value<Decimal>,
    /// What is due for the matter.
    pub total_due: Value<Decimal>,
    /// file_item_nbr.
    pub item: Cell,
    /// Discounts of the matter.
    pub discounts: Vec<Discount>,
    /// One per tax used.
    pub tax_summaries: Vec<TaxSummary>,
    /// One per timekeeper, level and rate.
    pub timekeepers: Vec<TimekeeperSummary>,
    /// Elements and extension data no table knows.
    pub extensions: Vec<Extension>,
}

/// `tax_summary`: what one tax comes to in a matter.
#[derive(Clone, Default, PartialEq, Debug)]
pub struct TaxSummary {
    /// The opening tag.
    pub record: Cell,
    /// Refers to a [`super::Tax`].
    pub tax_id: Cell,
    /// Taxable fees.
    pub detail_fees: Value<Decimal>,
    /// Tax on them.
    pub tax_on_fees: Value<Decimal>,
    /// Taxable expenses.
    pub detail_expenses: Value<Decimal>,
    /// Tax on them.
    pub tax_on_expenses: Value<Decimal>,
    /// file_item_nbr.
    pub item: Cell,
}

/// `tk_sum` or `tksum`: a timekeeper at one level and rate.
#[derive(Clone, Default, PartialEq, Debug)]
pub struct TimekeeperSummary {
    /// The opening tag.
    pub record: Cell,
    /// The firm's id.
    pub id: Cell,
    /// Last name.
    pub last_name: Cell,
    /// First name.
    pub first_name: Cell,
    /// Classification.
    pub level: Cell,
    /// Hourly rate.
    pub rate: Value<Decimal>,
    /// LEDES 2000: hours.
    pub hours: Value<Decimal>,
    /// LEDES 2000: fees.
    pub cost: Value<Decimal>,
    /// file_item_nbr.
    pub item: Cell,
}
