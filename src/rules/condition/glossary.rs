//! The glossary: what each field is called in an expression, its type, and where its value stands.

use super::subject::{Level, Subject};
use super::value::{Type, Value as Found};
use crate::model::{Cell, Field, LineKind, Value};
use Of::{Day, Invoice, Line, Matter, Timekeeper};
use Read::{Amount, Date, Text};
use chrono::NaiveDate;
use rust_decimal::Decimal;
use std::borrow::Cow;

/// What a field belongs to: it is the same on all lines of that.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Of {
    /// A line.
    Line,
    /// A day of a timekeeper.
    Day,
    /// A timekeeper.
    Timekeeper,
    /// A matter.
    Matter,
    /// An invoice.
    Invoice,
}

impl Of {
    /// True where a rule about `level` has one value of the field to look at.
    pub fn is_known_at(self, level: Level) -> bool {
        match self {
            Line => level == Level::Line,
            Day => matches!(level, Level::Line | Level::TimekeeperDay),
            Timekeeper => matches!(
                level,
                Level::Line | Level::TimekeeperDay | Level::Timekeeper
            ),
            Matter => matches!(level, Level::Line | Level::Timekeeper | Level::Matter),
            Invoice => true,
        }
    }

    /// In words.
    pub fn name(self) -> &'static str {
        match self {
            Line => "line",
            Day => "day",
            Timekeeper => "timekeeper",
            Matter => "matter",
            Invoice => "invoice",
        }
    }
}

/// Where a value stands.
#[derive(Clone, Copy)]
pub enum Read {
    /// A text.
    Text(fn(&Subject<'_>) -> Cell),
    /// A number.
    Amount(fn(&Subject<'_>) -> Value<Decimal>),
    /// A day.
    Date(fn(&Subject<'_>) -> Value<NaiveDate>),
    /// The code of the line's type.
    Kind,
}

/// A field of the glossary.
pub struct Entry {
    /// Which field.
    pub field: Field,
    /// Other names for it.
    pub aliases: &'static [&'static str],
    /// What it belongs to.
    pub of: Of,
    /// Where it stands.
    pub read: Read,
}

impl Entry {
    /// The type of its values.
    pub fn kind(&self) -> Type {
        match self.read {
            Text(_) | Read::Kind => Type::Text,
            Amount(_) => Type::Decimal,
            Date(_) => Type::Date,
        }
    }

    /// Its cell.
    pub fn cell(&self, subject: &Subject<'_>) -> Cell {
        match self.read {
            Text(read) => read(subject),
            Amount(read) => read(subject).cell,
            Date(read) => read(subject).cell,
            Read::Kind => subject.line.kind.cell,
        }
    }

    /// Its value, where it is an amount that could be read.
    pub fn amount(&self, subject: &Subject<'_>) -> Option<Decimal> {
        match self.read {
            Amount(read) => read(subject).get(),
            _ => None,
        }
    }

    /// Its value; `None` where it is absent, blank or unreadable.
    pub fn value<'a>(&self, subject: &Subject<'a>) -> Option<Found<'a>> {
        match self.read {
            Text(read) => {
                let cell = read(subject);
                if cell.is_blank() {
                    return None;
                }
                Some(Found::Text(subject.invoice.get(cell)))
            }
            Amount(read) => read(subject).get().map(Found::Decimal),
            Date(read) => read(subject).get().map(Found::Date),
            Read::Kind => subject
                .line
                .kind
                .get()
                .map(|kind: LineKind| Found::Text(Cow::Borrowed(kind.code()))),
        }
    }
}

macro_rules! glossary {
    ($($field:ident $of:ident $read:ident $path:expr, [$($alias:literal)*];)*) => {
        /// Every field.
        pub const FIELDS: &[Entry] = &[$(Entry {
            field: Field::$field,
            aliases: &[$($alias),*],
            of: $of,
            read: $read($path),
        }),*];
    };
}

glossary! {
    Units Line Amount |s| s.line.units, ["hours"];
    UnitCost Line Amount |s| s.line.unit_cost, ["rate"];
    Adjustment Line Amount |s| s.line.adjustment, [];
    LineTotal Line Amount |s| s.line.total, [];
    BaseAmount Line Amount |s| s.line.base_amount, [];
    TaxRate Line Amount |s| s.line.tax_rate, [];
    TaxTotal Line Amount |s| s.line.tax_total, [];
    TaxType Line Text |s| s.line.tax_type, [];
    LineDate Day Date |s| s.line.date, ["work_date"];
    TaskCode Line Text |s| s.line.task_code, ["task"];
    ActivityCode Line Text |s| s.line.activity_code, ["activity"];
    ExpenseCode Line Text |s| s.line.expense_code, [];
    LineDescription Line Text |s| s.line.description, ["narrative"];
    LineItemNumber Line Text |s| s.line.item, ["item"];
    ChargeType Line Text |s| s.line.charge_type, [];
    TimekeeperId Timekeeper Text |s| s.line.timekeeper_id, [];
    TimekeeperName Timekeeper Text |s| s.line.timekeeper_name, [];
    TimekeeperLastName Timekeeper Text |s| s.line.timekeeper_last_name, [];
    TimekeeperFirstName Timekeeper Text |s| s.line.timekeeper_first_name, [];
    TimekeeperClassification Timekeeper Text |s| s.line.timekeeper_classification, ["class"];
    LawFirmMatterId Matter Text |s| s.matter.law_firm_matter_id, [];
    ClientMatterId Matter Text |s| s.matter.client_matter_id, [];
    MatterName Matter Text |s| s.matter.name, [];
    PoNumber Matter Text |s| s.matter.po_number, [];
    AccountType Matter Text |s| s.matter.account_type, [];
    MatterTotalDetailFees Matter Amount |s| s.matter.total_detail_fees, [];
    MatterTotalDetailExpenses Matter Amount |s| s.matter.total_detail_expenses, [];
    MatterNetFees Matter Amount |s| s.matter.net_fees, [];
    MatterNetExpenses Matter Amount |s| s.matter.net_expenses, [];
    MatterTotalDue Matter Amount |s| s.matter.total_due, [];
    MatterTaxOnFees Matter Amount |s| s.matter.tax_on_fees, [];
    MatterTaxOnExpenses Matter Amount |s| s.matter.tax_on_expenses, [];
    InvoiceNumber Invoice Text |s| s.invoice.number, [];
    InvoiceDate Invoice Date |s| s.invoice.date, [];
    BillingStartDate Invoice Date |s| s.invoice.billing_start, ["period_start"];
    BillingEndDate Invoice Date |s| s.invoice.billing_end, ["period_end"];
    InvoiceDescription Invoice Text |s| s.invoice.description, [];
    InvoiceTotal Invoice Amount |s| s.invoice.total, [];
    InvoiceTaxTotal Invoice Amount |s| s.invoice.tax_total, [];
    InvoiceNetTotal Invoice Amount |s| s.invoice.net_total, [];
    InvoiceReportedTaxTotal Invoice Amount |s| s.invoice.reported_tax_total, [];
    InvoiceCurrency Invoice Text |s| s.invoice.currency, ["currency"];
    InvoiceTaxCurrency Invoice Text |s| s.invoice.tax_currency, [];
    ClientId Invoice Text |s| s.invoice.client.client_id, [];
    ClientName Invoice Text |s| s.invoice.client.name, [];
    ClientTaxId Invoice Text |s| s.invoice.client.tax_id, [];
    ClientCity Invoice Text |s| s.invoice.client.address.city, [];
    ClientState Invoice Text |s| s.invoice.client.address.state_province, [];
    ClientPostcode Invoice Text |s| s.invoice.client.address.postcode, [];
    ClientCountry Invoice Text |s| s.invoice.client.address.country, [];
    LawFirmId Invoice Text |s| s.invoice.firm.law_firm_id, [];
    LawFirmName Invoice Text |s| s.invoice.firm.name, [];
    LawFirmCity Invoice Text |s| s.invoice.firm.address.city, [];
    LawFirmState Invoice Text |s| s.invoice.firm.address.state_province, [];
    LawFirmPostcode Invoice Text |s| s.invoice.firm.address.postcode, [];
    LawFirmCountry Invoice Text |s| s.invoice.firm.address.country, [];
}

/// The type of a line; its cell in XML is the element itself, so it is read apart.
pub const LINE_TYPE: Entry = Entry {
    field: Field::LineType,
    aliases: &["type"],
    of: Line,
    read: Read::Kind,
};

/// The narrative.
pub const NARRATIVE: Entry = Entry {
    field: Field::LineDescription,
    aliases: &["narrative"],
    of: Line,
    read: Text(|s| s.line.description),
};

/// The field with this name: ours, an alias, or the pipe formats' column in small letters.
pub fn entry(name: &str) -> Option<&'static Entry> {
    static KIND: Entry = LINE_TYPE;
    let all = || std::iter::once(&KIND).chain(FIELDS);
    let by_name = all().find(|e| e.field.canonical() == name || e.aliases.contains(&name));
    by_name.or_else(|| {
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
        let column = Field::of_column(name).filter(|_| name.bytes().all(plain))?;
        all().find(|entry| entry.field == column)
    })
}

/// Every name an expression may use for a field, for "did you mean".
pub fn known_names() -> impl Iterator<Item = &'static str> {
    let of = |entry: &'static Entry| {
        std::iter::once(entry.field.canonical()).chain(entry.aliases.iter().copied())
    };
    FIELDS.iter().flat_map(of).chain(["line_type", "type"])
}
