//! Every value an invoice can hold, part by part, with what each family of formats calls it. Writers, lists of
//! losses and the comparison of two invoices all go by these lists, so that none of them forgets a field.

use crate::model::line::LineDetail;
use crate::model::{
    Address, Cell, Client, Contact, Discount, Extension, Firm, Invoice, LedesFormat, Line, Matter,
    Tax, TaxSummary, TaxTier, TaxTierSummary, TimekeeperSummary, Value,
};
use chrono::NaiveDate;
use rust_decimal::Decimal;
use rustc_hash::FxHasher;
use std::borrow::Cow;
use std::hash::{Hash, Hasher};
use std::sync::LazyLock;

/// What a slot holds.
#[derive(Clone, Copy, Debug)]
pub enum Content {
    /// Words.
    Text(Cell),
    /// A day.
    Date(Value<NaiveDate>),
    /// Money, units, a rate.
    Number(Value<Decimal>),
}

impl Content {
    /// True where there is nothing.
    pub fn is_blank(self) -> bool {
        self.cell().is_blank()
    }

    /// True where there is something that could not be read.
    pub fn is_unreadable(self) -> bool {
        match self {
            Self::Text(_) => false,
            Self::Date(value) => value.is_unreadable(),
            Self::Number(value) => value.is_unreadable(),
        }
    }

    /// Where it stands.
    pub fn cell(self) -> Cell {
        match self {
            Self::Text(cell) => cell,
            Self::Date(value) => value.cell,
            Self::Number(value) => value.cell,
        }
    }
}

/// A slot that can be changed.
#[derive(Debug)]
pub enum ContentMut<'a> {
    /// The part does not have it.
    None,
    /// Words.
    Text(&'a mut Cell),
    /// A day.
    Date(&'a mut Value<NaiveDate>),
    /// Money, units, a rate.
    Number(&'a mut Value<Decimal>),
}

impl ContentMut<'_> {
    /// What it holds.
    pub fn content(&self) -> Content {
        match self {
            Self::None => Content::Text(Cell::ABSENT),
            Self::Text(cell) => Content::Text(**cell),
            Self::Date(value) => Content::Date(**value),
            Self::Number(value) => Content::Number(**value),
        }
    }

    /// Takes the value away.
    pub fn clear(self) {
        match self {
            Self::None => {}
            Self::Text(cell) => *cell = Cell::ABSENT,
            Self::Date(value) => *value = Value::ABSENT,
            Self::Number(value) => *value = Value::ABSENT,
        }
    }
}

/// What the families of formats call a slot; empty where one has no such field.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Names {
    /// LEDES XML 2.x: the element.
    pub xml2: &'static str,
    /// LEDES 2000: the element; for a contact, which has no segment there, the element of the part it belongs to.
    pub l2000: &'static str,
    /// The column of 1998BI, the first 24 of which are those of 1998B.
    pub pipe: &'static str,
}

/// One value of a part.
pub struct Slot<T: 'static> {
    /// Its names.
    pub names: Names,
    /// Reads it.
    pub get: fn(&T) -> Content,
    /// Changes it.
    pub get_mut: for<'a> fn(&'a mut T) -> ContentMut<'a>,
}

/// The part of an invoice a value belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
#[allow(missing_docs)]
pub enum Owner {
    Invoice,
    Firm,
    FirmAddress,
    RemitAddress,
    BillingContact,
    Client,
    ClientAddress,
    ClientContact,
    Matter,
    ManagingContact,
    MatterContact,
    MatterDiscount,
    DiscountTax,
    Timekeeper,
    TaxSummary,
    Fee,
    Expense,
    /// IF and IE lines of the pipe formats.
    Adjustment,
    FeeDiscount,
    ExpenseDiscount,
    FeeTax,
    ExpenseTax,
    Tax,
    TaxTier,
    TaxTierSummary,
    Statement,
}

impl Owner {
    /// Its path in XML 2.x below the invoice's own level, for people; empty for the invoice.
    pub fn path(self) -> &'static str {
        match self {
            Self::Invoice => "",
            Self::Firm => "firm",
            Self::FirmAddress => "lf_address",
            Self::RemitAddress => "lf_remit_address",
            Self::BillingContact => "lf_billing_contact",
            Self::Client => "client",
            Self::ClientAddress => "cl_address",
            Self::ClientContact => "client_contact",
            Self::Matter => "matter",
            Self::ManagingContact => "lf_managing_contact",
            Self::MatterContact => "cl_contact",
            Self::MatterDiscount => "matter_disc_cred",
            Self::DiscountTax => "tax_matter_disc_cred",
            Self::Timekeeper => "tk_sum",
            Self::TaxSummary => "tax_summary",
            Self::Fee => "fee",
            Self::Expense => "expense",
            Self::Adjustment => "adjustment",
            Self::FeeDiscount => "fee_item_disc_cred",
            Self::ExpenseDiscount => "expense_item_disc_cred",
            Self::FeeTax => "tax_item_fee",
            Self::ExpenseTax => "tax_item_expense",
            Self::Tax => "tax",
            Self::TaxTier => "tax_tier_detail",
            Self::TaxTierSummary => "tax_tier_summary",
            Self::Statement => "regulatory_statement",
        }
    }

    /// The segment of the field tables its elements stand in.
    pub fn segment(self) -> &'static str {
        match self {
            Self::Invoice => "invoice",
            Self::FirmAddress | Self::RemitAddress | Self::ClientAddress => "address_info",
            Self::BillingContact
            | Self::ClientContact
            | Self::ManagingContact
            | Self::MatterContact => "contact_info",
            other => other.path(),
        }
    }
}

macro_rules! slots {
    ($(#[$doc:meta])* $name:ident of $type:ty: $($kind:ident $($path:ident).+ = $xml2:literal $l2000:literal $pipe:literal;)*) => {
        $(#[$doc])*
        pub static $name: &[Slot<$type>] = &[$(Slot {
            names: Names { xml2: $xml2, l2000: $l2000, pipe: $pipe },
            get: |part| Content::$kind(part.$($path).+),
            get_mut: |part| ContentMut::$kind(&mut part.$($path).+),
        }),*];
    };
}

slots! {
    /// The invoice's own values.
    INVOICE of Invoice:
    Text number = "inv_id" "inv_id" "INVOICE_NUMBER";
    Date date = "inv_date" "inv_date" "INVOICE_DATE";
    Date due_date = "inv_due_date" "inv_due_date" "";
    Text currency = "inv_currency" "inv_currency" "INVOICE_CURRENCY";
    Date billing_start = "inv_start_date" "inv_start_date" "BILLING_START_DATE";
    Date billing_end = "inv_end_date" "inv_end_date" "BILLING_END_DATE";
    Text description = "inv_desc" "inv_desc" "INVOICE_DESCRIPTION";
    Text tax_invoice = "tax_invoice" "" "";
    Text credit_note = "credit_note" "" "";
    Text rejected_inv_replacement = "rejected_inv_replacement" "" "";
    Text inv_reference = "inv_reference" "" "";
    Text tax_authority_ref = "tax_authority_ref" "" "";
    Text payment_terms = "inv_payment_terms" "inv_payment_terms" "";
    Number generic_discount = "" "inv_generic_discount" "";
    Number tax_total = "inv_total_tax" "" "INVOICE_TAX_TOTAL";
    Number total = "inv_total_net_due" "inv_total_net_due" "INVOICE_TOTAL";
    Number net_total = "" "" "INVOICE_NET_TOTAL";
    Number reported_tax_total = "" "" "INVOICE_REPORTED_TAX_TOTAL";
    Text tax_currency = "" "" "INVOICE_TAX_CURRENCY";
    Text image_file_name = "inv_image_file_name" "" "";
    Number exchange_rate = "exchange_rate" "" "";
}

slots! {
    /// The firm's own values.
    FIRM of Firm:
    Text law_firm_id = "lf_vendor_id" "lf_tax_id" "LAW_FIRM_ID";
    Text own_id = "lf_id" "lf_id" "";
    Text name = "lf_name" "lf_name" "LAW_FIRM_NAME";
    Text source_app = "source_app" "source_app" "";
    Text app_version = "app_version" "app_version" "";
    Text url = "firm_URL" "" "";
}

slots! {
    /// The client's own values.
    CLIENT of Client:
    Text client_id = "cl_id" "cl_id" "CLIENT_ID";
    Text law_firm_code = "cl_lf_id" "" "";
    Text name = "cl_name" "cl_name" "CLIENT_NAME";
    Text email = "" "cl_email" "";
    Text tax_id = "cl_tax_id" "cl_tax_id" "CLIENT_TAX_ID";
}

macro_rules! addresses {
    ($($(#[$doc:meta])* $name:ident $one:literal $two:literal $city:literal $state:literal $code:literal $country:literal;)*) => {
        $(slots! {
            $(#[$doc])*
            $name of Address:
            Text address_1 = "address_1" "address_1" $one;
            Text address_2 = "address_2" "address_2" $two;
            Text address_3 = "address_3" "address_3" "";
            Text city = "city" "city" $city;
            Text state_province = "state_province" "state_province" $state;
            Text postcode = "zip_postal_code" "zip_postal_code" $code;
            Text country = "country" "country" $country;
            Text phone = "phone" "phone" "";
            Text fax = "fax" "fax" "";
        })*
    };
}

addresses! {
    /// Where the firm is.
    FIRM_ADDRESS "LAW_FIRM_ADDRESS_1" "LAW_FIRM_ADDRESS_2" "LAW_FIRM_CITY" "LAW_FIRM_STATEorREGION" "LAW_FIRM_POSTCODE" "LAW_FIRM_COUNTRY";
    /// Where money is sent.
    REMIT_ADDRESS "" "" "" "" "" "";
    /// Where the client is.
    CLIENT_ADDRESS "CLIENT_ADDRESS_1" "CLIENT_ADDRESS_2" "CLIENT_CITY" "CLIENT_STATEorREGION" "CLIENT_POSTCODE" "CLIENT_COUNTRY";
}

// LEDES 2000 has the parts of a contact among the elements of the firm, the client or the matter: they are listed
// twice, for the segment of 2.x and for the elements of 2000.
macro_rules! contacts {
    ($($(#[$doc:meta])* $name:ident $inline:ident of $type:ty, $part:ident: $last:literal $first:literal $id:literal $phone:literal $fax:literal $email:literal;)*) => {
        $(slots! {
            $(#[$doc])*
            $name of Contact:
            Text last_name = "contact_lname" $last "";
            Text first_name = "contact_fname" $first "";
            Text id = "contact_id" $id "";
            Text phone = "contact_phone" $phone "";
            Text fax = "contact_fax" $fax "";
            Text email = "contact_email" $email "";
        }
        slots! {
            $(#[$doc])*
            $inline of $type:
            Text $part.last_name = "" $last "";
            Text $part.first_name = "" $first "";
            Text $part.id = "" $id "";
            Text $part.phone = "" $phone "";
            Text $part.fax = "" $fax "";
            Text $part.email = "" $email "";
        })*
    };
}

contacts! {
    /// Whom to ask about the bill.
    BILLING_CONTACT FIRM_INLINE of Firm, billing_contact:
        "lf_billing_contact_lname" "lf_billing_contact_fname" "lf_billing_contact_id" "lf_billing_contact_phone"
        "lf_billing_contact_fax" "lf_billing_contact_email";
    /// The client's contact.
    CLIENT_CONTACT CLIENT_INLINE of Client, contact: "cl_contact_lname" "cl_contact_fname" "" "" "" "";
    /// The firm's contact in a matter.
    MANAGING_CONTACT MANAGING_INLINE of Matter, firm_contact:
        "lf_managing_contact_lname" "lf_managing_contact_fname" "lf_contact_id" "lf_contact_phone" "" "lf_contact_email";
    /// The client's contact in a matter.
    MATTER_CONTACT MATTER_INLINE of Matter, client_contact:
        "cl_contact_lname" "cl_contact_fname" "cl_contact_id" "cl_contact_phone" "" "cl_contact_email";
}

slots! {
    /// The matter's own values.
    MATTER of Matter:
    Text client_matter_id = "cl_matter_id" "cl_matter_id" "CLIENT_MATTER_ID";
    Text law_firm_matter_id = "lf_matter_id" "lf_matter_id" "LAW_FIRM_MATTER_ID";
    Text name = "matter_name" "matter_name" "MATTER_NAME";
    Text description = "matter_desc" "matter_desc" "";
    Text po_number = "po_number" "" "PO_NUMBER";
    Text account_type = "account_type" "" "ACCOUNT_TYPE";
    Text eft_agreement_number = "" "eft_agreement_number" "";
    Text billing_type = "matter_billing_type" "matter_billing_type" "";
    Text final_bill = "matter_final_bill" "matter_final_bill" "";
    Number total_detail_fees = "matter_total_detail_fees" "matter_total_detail_fees" "";
    Number total_detail_expenses = "matter_total_detail_exp" "matter_total_detail_exp" "";
    Number disc_credit_fees = "matter_disc_credit_fees" "" "";
    Number disc_credit_expenses = "matter_disc_credit_exp" "" "";
    Number disc_cred_total = "matter_disc_cred_total" "" "";
    Number share_of_fees = "matter_perc_shar_fees" "matter_perc_shar_fees" "";
    Number discounted_bill_fees = "matter_disc_bill_pct_fees" "" "";
    Number discounted_bill_expenses = "matter_disc_bill_pct_exp" "" "";
    Number share_of_expenses = "matter_perc_shar_exp" "matter_perc_shar_exp" "";
    Number tax_on_fees = "matter_tax_on_fees" "matter_tax_on_fees" "";
    Number tax_on_expenses = "matter_tax_on_exp" "matter_tax_on_exp" "";
    Number adjustment_of_fees = "" "matter_adj_on_fees" "";
    Number adjustment_of_expenses = "" "matter_adj_on_exp" "";
    Number net_fees = "matter_net_fees" "matter_net_fees" "";
    Number net_expenses = "matter_net_exp" "matter_net_exp" "";
    Number total_due = "matter_total_due" "matter_total_due" "";
}

slots! {
    /// A discount of a matter or of an item.
    DISCOUNT of Discount:
    Text disc_cred = "disc_cred" "" "";
    Text note = "disc_cred_note" "" "";
    Text category = "disc_cred_category" "" "";
    Text kind = "disc_cred_type" "" "";
    Text increase_decrease = "increase_decrease" "" "";
    Text pre_post_split = "pre_post_split" "" "";
    Number percent = "discount_percent" "" "";
    Number amount = "disc_cred_amount" "" "";
}

slots! {
    /// A timekeeper at one level and rate.
    TIMEKEEPER of TimekeeperSummary:
    Text id = "tk_id" "tk_id" "TIMEKEEPER_ID";
    Text last_name = "tk_lname" "tk_lname" "TIMEKEEPER_LAST_NAME";
    Text first_name = "tk_fname" "tk_fname" "TIMEKEEPER_FIRST_NAME";
    Text level = "tk_level" "tk_level" "TIMEKEEPER_CLASSIFICATION";
    Number rate = "tk_rate" "tk_rate" "";
    Number hours = "" "tk_hours" "";
    Number cost = "" "tk_cost" "";
}

slots! {
    /// What a tax comes to in a matter.
    TAX_SUMMARY of TaxSummary:
    Text tax_id = "tx_id" "" "";
    Number detail_fees = "tax_total_detail_fees" "" "";
    Number tax_on_fees = "total_tax_on_fees" "" "";
    Number detail_expenses = "tax_total_detail_expense" "" "";
    Number tax_on_expenses = "total_tax_on_expense" "" "";
}

slots! {
    /// A line's own values.
    LINE of Line:
    Text item = "file_item_nbr" "" "LINE_ITEM_NUMBER";
    Date date = "charge_date" "charge_date" "LINE_ITEM_DATE";
    Text timekeeper_id = "tk_id" "tk_id" "TIMEKEEPER_ID";
    Text timekeeper_name = "" "" "TIMEKEEPER_NAME";
    Text timekeeper_last_name = "" "" "TIMEKEEPER_LAST_NAME";
    Text timekeeper_first_name = "" "" "TIMEKEEPER_FIRST_NAME";
    Text timekeeper_classification = "tk_level" "" "TIMEKEEPER_CLASSIFICATION";
    Text description = "charge_desc" "charge_desc" "LINE_ITEM_DESCRIPTION";
    Text task_code = "task_code" "acca_task" "LINE_ITEM_TASK_CODE";
    Text activity_code = "task_activity" "acca_activity" "LINE_ITEM_ACTIVITY_CODE";
    Text expense_code = "expense_code" "acca_expense" "LINE_ITEM_EXPENSE_CODE";
    Text charge_type = "charge_type" "charge_type" "";
    Number units = "units" "units" "LINE_ITEM_NUMBER_OF_UNITS";
    Number unit_cost = "rate" "rate" "LINE_ITEM_UNIT_COST";
    Number base_amount = "base_amount" "base_amount" "";
    Number adjustment = "item_disc_cred_amount" "" "LINE_ITEM_ADJUSTMENT_AMOUNT";
    Number total = "total_amount" "total_amount" "LINE_ITEM_TOTAL";
    Number tax_rate = "" "" "LINE_ITEM_TAX_RATE";
    Number tax_total = "" "" "LINE_ITEM_TAX_TOTAL";
    Text tax_type = "" "" "LINE_ITEM_TAX_TYPE";
}

macro_rules! detail {
    ($($kind:ident $field:ident = $xml2:literal $l2000:literal;)*) => {
        /// What only the XML formats have of a line.
        pub static DETAIL: &[Slot<Line>] = &[$(Slot {
            names: Names { xml2: $xml2, l2000: $l2000, pipe: "" },
            get: |line| line.detail.as_ref().map_or(Content::Text(Cell::ABSENT), |d: &Box<LineDetail>| Content::$kind(d.$field)),
            get_mut: |line| line.detail.as_mut().map_or(ContentMut::None, |d| ContentMut::$kind(&mut d.$field)),
        }),*];
    };
}

detail! {
    Text work_location = "work_location_country" "";
    Text discount_type = "" "discount_type";
    Number discount_percent = "" "discount_percent";
    Text client_code_1 = "" "cl_code_1";
    Text client_code_2 = "" "cl_code_2";
}

slots! {
    /// A tax of the file.
    TAX of Tax:
    Text id = "tx_id" "" "";
    Text id_number = "tx_id_number" "" "";
    Text tax_type = "tax_type" "" "LINE_ITEM_TAX_TYPE";
    Text tiers = "tax_tiers" "" "";
    Number rate = "tax_rate_percent" "" "LINE_ITEM_TAX_RATE";
    Text country = "taxing_jurisdiction_country" "" "";
    Text locality = "taxing_jurisdiction_locality" "" "";
    Text on_tax = "tax_on_tax" "" "";
    Text on_tax_id = "tax_on_tax_id" "" "";
    Text increase_decrease = "increase_decrease" "" "";
}

slots! {
    /// A tier of a tax.
    TIER of TaxTier:
    Text tax_id = "tx_id" "" "";
    Number rate = "tax_tier_rate" "" "";
    Number taxable_amount = "tax_tier_taxable_amount" "" "";
    Number tax = "tax_tier_amount_tax" "" "";
}

slots! {
    /// What the tiers of a tax come to.
    TIER_SUMMARY of TaxTierSummary:
    Text tax_id = "tx_id" "" "";
    Number total_taxable_amount = "tax_tier_total_taxable_amount" "" "";
    Number total_tax = "tax_tier_total_tax" "" "";
}

/// Names of the references to a tax.
pub const TAX_REFERENCE: Names = Names {
    xml2: "tx_id",
    l2000: "",
    pipe: "",
};

/// Names of `cl_matter_var_1` and 2.
pub const CLIENT_VARIABLE: Names = Names {
    xml2: "",
    l2000: "cl_matter_var_1",
    pipe: "",
};

/// The part a line is.
pub fn owner_of(line: &Line) -> Owner {
    use crate::model::LineKind::{Expense, Fee};
    match line.kind.get() {
        Some(Fee) | None => Owner::Fee,
        Some(Expense) => Owner::Expense,
        Some(_) => Owner::Adjustment,
    }
}

fn discount_owner(line: Owner) -> Owner {
    match line {
        Owner::Expense => Owner::ExpenseDiscount,
        _ => Owner::FeeDiscount,
    }
}

fn tax_owner(line: Owner) -> Owner {
    match line {
        Owner::Expense => Owner::ExpenseTax,
        _ => Owner::FeeTax,
    }
}

macro_rules! visits {
    ($(#[$doc:meta])* $name:ident $lines:ident $get:ident $content:ident $iter:ident [$($mutable:tt)?] $wrap:expr) => {
        $(#[$doc])*
        pub fn $name(invoice: &$($mutable)? Invoice, visit: &mut impl FnMut(Owner, &Names, $content)) {
            fn all<T>(part: &$($mutable)? T, owner: Owner, slots: &[Slot<T>], visit: &mut impl FnMut(Owner, &Names, $content)) {
                for slot in slots {
                    visit(owner, &slot.names, (slot.$get)(part));
                }
            }
            let wrap = $wrap;
            all(invoice, Owner::Invoice, INVOICE, visit);
            let firm = &$($mutable)? invoice.firm;
            all(firm, Owner::Firm, FIRM, visit);
            all(&$($mutable)? firm.address, Owner::FirmAddress, FIRM_ADDRESS, visit);
            all(&$($mutable)? firm.remit_address, Owner::RemitAddress, REMIT_ADDRESS, visit);
            all(&$($mutable)? firm.billing_contact, Owner::BillingContact, BILLING_CONTACT, visit);
            let client = &$($mutable)? invoice.client;
            all(client, Owner::Client, CLIENT, visit);
            all(&$($mutable)? client.address, Owner::ClientAddress, CLIENT_ADDRESS, visit);
            all(&$($mutable)? client.contact, Owner::ClientContact, CLIENT_CONTACT, visit);
            for tax in invoice.taxes.$iter() {
                all(tax, Owner::Tax, TAX, visit);
            }
            for summary in invoice.tax_tier_summaries.$iter() {
                all(summary, Owner::TaxTierSummary, TIER_SUMMARY, visit);
            }
            for tier in invoice.tax_tiers.$iter() {
                all(tier, Owner::TaxTier, TIER, visit);
            }
            for statement in invoice.regulatory_statements.$iter() {
                for part in statement.$iter() {
                    if part.name != "file_item_nbr" {
                        visit(Owner::Statement, &Names { xml2: "regulatory_statement", l2000: "", pipe: "" }, wrap(&$($mutable)? part.value));
                    }
                }
            }
            for matter in invoice.matters.$iter() {
                all(matter, Owner::Matter, MATTER, visit);
                all(&$($mutable)? matter.firm_contact, Owner::ManagingContact, MANAGING_CONTACT, visit);
                all(&$($mutable)? matter.client_contact, Owner::MatterContact, MATTER_CONTACT, visit);
                for variable in matter.client_variables.$iter() {
                    visit(Owner::Matter, &CLIENT_VARIABLE, wrap(variable));
                }
                for discount in matter.discounts.$iter() {
                    all(discount, Owner::MatterDiscount, DISCOUNT, visit);
                    for tax in discount.tax_ids.$iter() {
                        visit(Owner::DiscountTax, &TAX_REFERENCE, wrap(tax));
                    }
                }
                for summary in matter.tax_summaries.$iter() {
                    all(summary, Owner::TaxSummary, TAX_SUMMARY, visit);
                }
                for person in matter.timekeepers.$iter() {
                    all(person, Owner::Timekeeper, TIMEKEEPER, visit);
                }
            }
            for line in invoice.lines.$iter() {
                $lines(line, visit);
            }
        }

        /// The values of one line.
        pub fn $lines(line: &$($mutable)? Line, visit: &mut impl FnMut(Owner, &Names, $content)) {
            let wrap = $wrap;
            let owner = owner_of(line);
            for slot in LINE {
                visit(owner, &slot.names, (slot.$get)(line));
            }
            if line.detail.is_none() {
                return;
            }
            for slot in DETAIL {
                visit(owner, &slot.names, (slot.$get)(line));
            }
            if let Some(detail) = &$($mutable)? line.detail {
                for discount in detail.discounts.$iter() {
                    for slot in DISCOUNT {
                        visit(discount_owner(owner), &slot.names, (slot.$get)(discount));
                    }
                }
                for tax in detail.tax_ids.$iter() {
                    visit(tax_owner(owner), &TAX_REFERENCE, wrap(tax));
                }
            }
        }
    };
}

fn held(cell: &Cell) -> Content {
    Content::Text(*cell)
}

fn held_mut(cell: &mut Cell) -> ContentMut<'_> {
    ContentMut::Text(cell)
}

visits! {
    /// Visits every value; those in extensions are visited by [`extensions`].
    visit visit_line get Content iter [] held
}

visits! {
    /// Visits every value to change it.
    visit_mut visit_line_mut get_mut ContentMut iter_mut [mut] held_mut
}

/// The extensions of each part that can have some.
pub fn extensions(invoice: &Invoice) -> impl Iterator<Item = (Owner, &Extension)> {
    let of = |owner: Owner| move |e| (owner, e);
    let heads = invoice.extensions.iter().map(of(Owner::Invoice));
    let firm = invoice.firm.extensions.iter().map(of(Owner::Firm));
    let client = invoice.client.extensions.iter().map(of(Owner::Client));
    let matters = invoice.matters.iter().flat_map(|m| &m.extensions);
    let lines = invoice.lines.iter().flat_map(move |line| {
        let detail = line.detail.iter();
        detail
            .flat_map(|d| &d.extensions)
            .map(move |e| (owner_of(line), e))
    });
    heads
        .chain(firm)
        .chain(client)
        .chain(matters.map(of(Owner::Matter)))
        .chain(lines)
}

/// The text of a value, one way for each value: a number without closing zeros, a date as ISO has it.
pub fn plain(invoice: &Invoice, content: Content) -> Cow<'_, str> {
    match content {
        Content::Text(cell) => invoice.get(cell),
        Content::Date(value) => value
            .get()
            .map_or(Cow::Borrowed(""), |d| Cow::Owned(d.to_string())),
        Content::Number(value) => value
            .get()
            .map_or(Cow::Borrowed(""), |n| Cow::Owned(n.normalize().to_string())),
    }
}

/// Every value of an invoice that is not empty, with the part and the name it has there; places in the text do not
/// matter, nor do the item numbers of XML files, which whoever writes a file gives anew. Two invoices that say the
/// same have the same values, whatever files they were read from.
pub fn values(invoice: &Invoice) -> Vec<(Owner, String, String)> {
    let mut all = Vec::new();
    let numbered = !invoice.format.is_xml();
    visit(invoice, &mut |owner, names, content| {
        if content.is_blank() || (names.xml2 == "file_item_nbr" && !numbered) {
            return;
        }
        let name = [names.xml2, names.l2000, names.pipe];
        let name = name.iter().find(|n| !n.is_empty());
        all.push((
            owner,
            name.map_or_else(String::new, |n| (*n).to_owned()),
            plain(invoice, content).into_owned(),
        ));
    });
    for line in &invoice.lines {
        let matter = invoice.matter_of(line);
        let id = matter.map_or(Cow::Borrowed(""), |m| invoice.get(m.law_firm_matter_id));
        let kind = line.kind.get().map_or("", |k| k.code());
        all.push((owner_of(line), "line".to_owned(), format!("{kind} of {id}")));
    }
    for (owner, extension) in extensions(invoice) {
        if !extension.value.is_blank() {
            all.push((
                owner,
                extension.name.clone(),
                invoice.get(extension.value).into_owned(),
            ));
        }
    }
    all
}

/// One number for all an invoice says: the same for invoices of the same [`values`] in the same order.
pub fn fingerprint(invoice: &Invoice) -> u64 {
    let mut hasher = FxHasher::default();
    let numbered = !invoice.format.is_xml();
    visit(invoice, &mut |owner, names, content| {
        if content.is_blank() || (names.xml2 == "file_item_nbr" && !numbered) {
            return;
        }
        owner.hash(&mut hasher);
        (names.xml2, names.l2000).hash(&mut hasher);
        match content {
            Content::Text(cell) => invoice.get(cell).hash(&mut hasher),
            Content::Date(value) => value.get().hash(&mut hasher),
            // Equal numbers have equal hashes, whatever their closing zeros.
            Content::Number(value) => value.get().hash(&mut hasher),
        }
    });
    for line in &invoice.lines {
        let matter = invoice.matter_of(line);
        matter
            .map(|m| invoice.get(m.law_firm_matter_id))
            .hash(&mut hasher);
        line.kind.get().hash(&mut hasher);
    }
    for (owner, extension) in extensions(invoice) {
        if !extension.value.is_blank() {
            owner.hash(&mut hasher);
            extension.name.hash(&mut hasher);
            invoice.get(extension.value).hash(&mut hasher);
        }
    }
    hasher.finish()
}

/// Whether a format has a place for a value.
pub fn has_place(format: LedesFormat, owner: Owner, names: &Names) -> bool {
    use super::{pipe, xml};
    if !format.is_xml() {
        return !names.pipe.is_empty()
            && !matches!(owner, Owner::Timekeeper | Owner::Tax)
            && pipe::has_column(format, names.pipe);
    }
    if owner == Owner::Adjustment {
        return false;
    }
    if owner == Owner::Statement {
        return matches!(format, LedesFormat::Xml21 | LedesFormat::Xml22);
    }
    if format != LedesFormat::L2000 {
        return xml::has_element(format, owner.segment(), names.xml2);
    }
    // Contacts are no segments of their own.
    let around = match owner {
        Owner::BillingContact => "firm",
        Owner::ClientContact => "client",
        Owner::ManagingContact | Owner::MatterContact => "matter",
        other => other.segment(),
    };
    xml::has_element(format, around, names.l2000)
}

/// What a format calls a value, for people: the column, or the element with the part it stands in.
pub fn shown(format: LedesFormat, owner: Owner, names: &Names) -> String {
    let name = match format.family() {
        crate::model::Family::Pipe => names.pipe,
        crate::model::Family::Xml2 => names.xml2,
        crate::model::Family::Xml2000 => names.l2000,
    };
    if !format.is_xml() && !name.is_empty() {
        return name.to_owned();
    }
    let name = [name, names.xml2, names.l2000, names.pipe]
        .into_iter()
        .find(|n| !n.is_empty())
        .unwrap_or("");
    match owner.path() {
        "" => name.to_owned(),
        path if path == name => name.to_owned(),
        path => format!("{path}/{name}"),
    }
}

/// Every value any format knows, once: for tables of what is lost between two formats.
pub fn every() -> &'static [(Owner, Names)] {
    static EVERY: LazyLock<Vec<(Owner, Names)>> = LazyLock::new(|| {
        let mut all: Vec<(Owner, Names)> = Vec::new();
        fn add<T>(all: &mut Vec<(Owner, Names)>, owner: Owner, slots: &[Slot<T>]) {
            all.extend(slots.iter().map(|s| (owner, s.names)));
        }
        add(&mut all, Owner::Invoice, INVOICE);
        add(&mut all, Owner::Firm, FIRM);
        add(&mut all, Owner::FirmAddress, FIRM_ADDRESS);
        add(&mut all, Owner::RemitAddress, REMIT_ADDRESS);
        add(&mut all, Owner::BillingContact, BILLING_CONTACT);
        add(&mut all, Owner::Client, CLIENT);
        add(&mut all, Owner::ClientAddress, CLIENT_ADDRESS);
        add(&mut all, Owner::ClientContact, CLIENT_CONTACT);
        add(&mut all, Owner::Tax, TAX);
        add(&mut all, Owner::TaxTier, TIER);
        add(&mut all, Owner::TaxTierSummary, TIER_SUMMARY);
        add(&mut all, Owner::Matter, MATTER);
        add(&mut all, Owner::ManagingContact, MANAGING_CONTACT);
        add(&mut all, Owner::MatterContact, MATTER_CONTACT);
        all.push((Owner::Matter, CLIENT_VARIABLE));
        add(&mut all, Owner::MatterDiscount, DISCOUNT);
        add(&mut all, Owner::TaxSummary, TAX_SUMMARY);
        add(&mut all, Owner::Timekeeper, TIMEKEEPER);
        for owner in [Owner::Fee, Owner::Expense, Owner::Adjustment] {
            add(&mut all, owner, LINE);
            add(&mut all, owner, DETAIL);
        }
        for owner in [Owner::FeeDiscount, Owner::ExpenseDiscount] {
            add(&mut all, owner, DISCOUNT);
        }
        for owner in [Owner::FeeTax, Owner::ExpenseTax, Owner::DiscountTax] {
            all.push((owner, TAX_REFERENCE));
        }
        all
    });
    &EVERY
}
