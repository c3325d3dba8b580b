//! A line of an invoice: a fee, an expense, or an adjustment of either.

use super::parties::Extension;
use super::text::Cell;
use super::value::Value;
use chrono::NaiveDate;
use rust_decimal::Decimal;

/// What a line bills (LEDES 1998B field 10; `fee` and `expense` in XML).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum LineKind {
    /// `F`: time.
    Fee,
    /// `E`: a cost.
    Expense,
    /// `IF`: an adjustment of the invoice's fees.
    FeeAdjustment,
    /// `IE`: an adjustment of the invoice's expenses.
    ExpenseAdjustment,
}

impl LineKind {
    /// The code of the pipe formats.
    pub fn code(self) -> &'static str {
        match self {
            Self::Fee => "F",
            Self::Expense => "E",
            Self::FeeAdjustment => "IF",
            Self::ExpenseAdjustment => "IE",
        }
    }

    /// The kind with this code, exactly as written.
    pub fn of_code(code: &str) -> Option<Self> {
        match code {
            "F" => Some(Self::Fee),
            "E" => Some(Self::Expense),
            "IF" => Some(Self::FeeAdjustment),
            "IE" => Some(Self::ExpenseAdjustment),
            _ => None,
        }
    }

    /// In words, for messages: "fee", "expense", ...
    pub fn noun(self) -> &'static str {
        match self {
            Self::Fee => "fee",
            Self::Expense => "expense",
            Self::FeeAdjustment => "fee adjustment",
            Self::ExpenseAdjustment => "expense adjustment",
        }
    }

    /// True for `IF` and `IE`.
    pub fn is_adjustment(self) -> bool {
        matches!(self, Self::FeeAdjustment | Self::ExpenseAdjustment)
    }
}

/// One line. Cells and values the format does not have are absent. Money is in the invoice's currency,
/// units are hours on a fee and pieces on an expense.
#[derive(Clone, Default, PartialEq, Debug)]
pub struct Line {
    /// The whole record; in XML the opening tag. Missing elements are shown here.
    pub record: Cell,
    /// LINE_ITEM_NUMBER or file_item_nbr, as written.
    pub item: Cell,
    /// Fee, expense or adjustment. In XML the cell is the element's opening tag.
    pub kind: Value<LineKind>,
    /// Index of its matter in `Invoice::matters`.
    pub matter: u32,
    /// Date of the work or the expense.
    pub date: Value<NaiveDate>,
    /// Hours or pieces.
    pub units: Value<Decimal>,
    /// Hourly rate or price of a piece.
    pub unit_cost: Value<Decimal>,
    /// LINE_ITEM_ADJUSTMENT_AMOUNT or item_disc_cred_amount; signed.
    pub adjustment: Value<Decimal>,
    /// LINE_ITEM_TOTAL (with tax in 1998BI) or total_amount (without).
    pub total: Value<Decimal>,
    /// XML: units x rate.
    pub base_amount: Value<Decimal>,
    /// 1998BI: a fraction, 0.2 for 20 %.
    pub tax_rate: Value<Decimal>,
    /// 1998BI: the line's tax.
    pub tax_total: Value<Decimal>,
    /// 1998BI: VAT, GST or the client's word.
    pub tax_type: Cell,
    /// UTBMS task code.
    pub task_code: Cell,
    /// UTBMS activity code.
    pub activity_code: Cell,
    /// UTBMS expense code.
    pub expense_code: Cell,
    /// The firm's id of the timekeeper.
    pub timekeeper_id: Cell,
    /// `Last, First`; pipe formats only.
    pub timekeeper_name: Cell,
    /// 1998BI.
    pub timekeeper_last_name: Cell,
    /// 1998BI.
    pub timekeeper_first_name: Cell,
    /// TIMEKEEPER_CLASSIFICATION, or tk_level of the item.
    pub timekeeper_classification: Cell,
    /// The narrative.
    pub description: Cell,
    /// XML: `U` unit price or `F` fixed.
    pub charge_type: Cell,
    /// What only the XML formats have, and columns no table knows.
    pub detail: Option<Box<LineDetail>>,
}

/// The rest of an XML item, and the columns of a pipe file that are its own.
#[derive(Clone, Default, PartialEq, Debug)]
pub struct LineDetail {
    /// Discounts and credits of the item.
    pub discounts: Vec<Discount>,
    /// `tx_id` of each tax bearing on the item.
    pub tax_ids: Vec<Cell>,
    /// Country of the work.
    pub work_location: Cell,
    /// LEDES 2000: `flat` or `percent`.
    pub discount_type: Cell,
    /// LEDES 2000: percent of the base amount, 12.5 for 12.5 %.
    pub discount_percent: Value<Decimal>,
    /// LEDES 2000: client's own codes.
    pub client_code_1: Cell,
    /// LEDES 2000: client's own codes.
    pub client_code_2: Cell,
    /// Elements and extension data no table knows.
    pub extensions: Vec<Extension>,
}

/// A discount or credit of an item or of a matter (LEDES XML 2.x `*_disc_cred`).
#[derive(Clone, Default, PartialEq, Debug)]
pub struct Discount {
    /// The opening tag.
    pub record: Cell,
    /// MIA, MIDB, Other, ...
    pub disc_cred: Cell,
    /// Why, where the code is Other.
    pub note: Cell,
    /// `Fee` or `Exp`; matters only.
    pub category: Cell,
    /// `Percent` or `Flat`.
    pub kind: Cell,
    /// `Increase` or `Decrease`.
    pub increase_decrease: Cell,
    /// `Pre-Split`, `Post-Split` or `NA`; matters only.
    pub pre_post_split: Cell,
    /// Written 10 or 0.10 for 10 %; both are met.
    pub percent: Value<Decimal>,
    /// Signed: negative for a decrease.
    pub amount: Value<Decimal>,
    /// Taxes bearing on it; matters only.
    pub tax_ids: Vec<Cell>,
    /// file_item_nbr.
    pub item: Cell,
}

impl Line {
    /// The line total without tax. 1998BI line totals hold it, those of the other formats do not.
    pub fn net(&self) -> Option<Decimal> {
        self.total
            .get()?
            .checked_sub(self.tax_total.get().unwrap_or_default())
    }
}
