//! The fields an import can fill.

use crate::model::did_you_mean;
use crate::model::{Field, LineKind};

/// On which lines a field must have a value. Source: ledes-1998b.md section 3.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Needed {
    /// Every line.
    Always,
    /// Fees and expenses.
    Work,
    /// Fees.
    Fees,
    /// None; it may stay blank.
    Never,
}

impl Needed {
    /// Whether a line of this kind needs it.
    pub fn on(self, kind: LineKind) -> bool {
        match self {
            Self::Always => true,
            Self::Work => !kind.is_adjustment(),
            Self::Fees => kind == LineKind::Fee,
            Self::Never => false,
        }
    }
}

/// A field by its name in mappings.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Slot {
    /// The name.
    pub name: &'static str,
    /// What it holds.
    pub what: &'static str,
    /// Where it must be filled.
    pub needed: Needed,
    /// Has one value for a whole invoice.
    pub of_invoice: bool,
}

const fn of_invoice(name: &'static str, what: &'static str, needed: Needed) -> Slot {
    Slot {
        name,
        what,
        needed,
        of_invoice: true,
    }
}

const fn of_line(name: &'static str, what: &'static str, needed: Needed) -> Slot {
    Slot {
        name,
        what,
        needed,
        of_invoice: false,
    }
}

/// Every field, in the order a person would ask for them.
pub const SLOTS: &[Slot] = &[
    of_invoice("invoice_number", "the invoice's number", Needed::Always),
    of_invoice("invoice_date", "the day of the invoice", Needed::Always),
    of_invoice(
        "billing_start_date",
        "first day of the billing period",
        Needed::Always,
    ),
    of_invoice(
        "billing_end_date",
        "last day of the billing period",
        Needed::Always,
    ),
    of_invoice(
        "law_firm_id",
        "the firm's id, often its tax id",
        Needed::Always,
    ),
    of_invoice(
        "client_id",
        "the client's id as its portal knows it",
        Needed::Always,
    ),
    of_invoice(
        "client_name",
        "the client's name, to find its id by",
        Needed::Never,
    ),
    of_invoice(
        "invoice_description",
        "what is billed, in words",
        Needed::Never,
    ),
    of_invoice(
        "invoice_currency",
        "ISO 4217; 1998B has no field for it",
        Needed::Never,
    ),
    of_line(
        "law_firm_matter_id",
        "the firm's number of the matter",
        Needed::Always,
    ),
    of_line(
        "client_matter_id",
        "the client's number of the matter",
        Needed::Never,
    ),
    of_line(
        "matter_name",
        "the matter's name, to find its number by",
        Needed::Never,
    ),
    of_line("line_type", "fee or expense", Needed::Always),
    of_line(
        "line_date",
        "the day of the work or the expense",
        Needed::Always,
    ),
    of_line("line_description", "the narrative", Needed::Fees),
    of_line("units", "hours, or pieces of an expense", Needed::Work),
    of_line(
        "unit_cost",
        "hourly rate, or price of a piece",
        Needed::Work,
    ),
    of_line(
        "adjustment",
        "a discount or an increase of the line",
        Needed::Never,
    ),
    of_line(
        "line_total",
        "the line's amount, which is only compared",
        Needed::Never,
    ),
    of_line(
        "timekeeper_id",
        "the firm's id of the timekeeper",
        Needed::Fees,
    ),
    of_line("timekeeper_name", "Last, First", Needed::Fees),
    of_line(
        "timekeeper_last_name",
        "where the export has two columns",
        Needed::Never,
    ),
    of_line(
        "timekeeper_first_name",
        "where the export has two columns",
        Needed::Never,
    ),
    of_line(
        "timekeeper_classification",
        "PARTNR, ASSOC, ...",
        Needed::Fees,
    ),
    of_line(
        "code",
        "a UTBMS code of any kind, put where its kind belongs",
        Needed::Never,
    ),
    of_line("task_code", "UTBMS task code", Needed::Never),
    of_line("activity_code", "UTBMS activity code", Needed::Never),
    of_line("expense_code", "UTBMS expense code", Needed::Never),
];

/// The field of this name, or of this column of the pipe formats.
///
/// # Errors
/// There is none; says which was meant.
pub fn slot(name: &str) -> Result<&'static Slot, String> {
    let plain = name.trim().to_ascii_lowercase();
    let column = Field::of_column(&plain).map(Field::canonical);
    SLOTS
        .iter()
        .find(|s| s.name == plain || Some(s.name) == column)
        .ok_or_else(|| {
            let names = SLOTS.iter().map(|s| s.name);
            format!(
                "\"{name}\" is no field an import can fill; {}",
                did_you_mean(&plain, names)
            )
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_known_by_our_names_and_the_formats() {
        assert_eq!(slot("units").map(|s| s.name), Ok("units"));
        assert_eq!(slot("LINE_ITEM_TASK_CODE").map(|s| s.name), Ok("task_code"));
        let error = slot("timekeper_id").expect_err("misspelt");
        assert!(error.contains("did you mean \"timekeeper_id\"?"), "{error}");
    }

    #[test]
    fn every_field_is_one_of_the_model() {
        for slot in SLOTS.iter().filter(|s| s.name != "code") {
            assert!(
                crate::rules::condition::entry(slot.name).is_some(),
                "{}",
                slot.name
            );
        }
    }
}
