//! LEDES 1998B and 1998BI: marker, header, records of pipe-separated fields.
//! Not here: what the fields' values mean together; that is for rules.

mod characters;
mod header;
mod index;
mod invoices;
pub(super) mod layout;
mod line_fields;
pub(super) mod marker;
mod opening;
mod order;
mod physical;
mod pipes;
mod read;
mod realign;
mod records;
pub(super) mod slots;
mod survey;
pub(super) mod table;

pub use survey::survey;

use crate::model::{LedesFormat, RuleId};

/// Whether a pipe format has this column.
pub fn has_column(format: LedesFormat, name: &str) -> bool {
    layout::table_of(format).iter().any(|c| c.name == name)
}

/// How many values of a record cannot be what their columns say: by the names of its file's header, and by the format's
/// own order.
pub fn misfits(format: LedesFormat, names: &[&str], values: &[&str]) -> [usize; 2] {
    [
        layout::Layout::by_name(format, names),
        layout::Layout::standard(format),
    ]
    .map(|layout| order::misfits(&layout, values))
}

/// Where each column of the format stands in a header; `None` where it is not this format's columns, each once.
pub fn places(format: LedesFormat, names: &[&str]) -> Option<Vec<usize>> {
    let table = layout::table_of(format);
    let place = |c: &table::Column| names.iter().position(|n| c.name.eq_ignore_ascii_case(n));
    let places: Option<Vec<usize>> = table.iter().map(place).collect();
    places.filter(|p| p.len() == names.len())
}

/// The first two lines of a pipe format, without their line ends.
pub fn head(format: LedesFormat) -> (&'static str, String) {
    let marker = if format.is_international() {
        marker::MARKER_BI
    } else {
        marker::MARKER_B
    };
    let names: Vec<&str> = layout::table_of(format).iter().map(|c| c.name).collect();
    (marker, names.join("|") + "[]")
}

/// Rules that reading a pipe file can raise, beside those of [`super::cells::rule`].
mod rule {
    use super::RuleId;

    pub const SIGNATURE: RuleId = RuleId::new("signature");
    pub const HEADER: RuleId = RuleId::new("header");
    pub const LINE_TERMINATOR: RuleId = RuleId::new("line-terminator");
    pub const FIELD_COUNT: RuleId = RuleId::new("field-count");
    pub const EMBEDDED_LINE_BREAK: RuleId = RuleId::new("embedded-line-break");
    pub const ENCODING: RuleId = RuleId::new("encoding");
    pub const FORBIDDEN_CHARACTER: RuleId = RuleId::new("forbidden-character");
    pub const NO_LINE_ITEMS: RuleId = RuleId::new("no-line-items");
    pub const TRAILING_BLANK_LINES: RuleId = RuleId::new("trailing-blank-lines");
    pub const LINE_TYPE: RuleId = RuleId::new("line-type");
    pub const INVOICE_NOT_ADJACENT: RuleId = RuleId::new("invoice-not-adjacent");
    pub const DUPLICATE_INVOICE_NUMBER: RuleId = RuleId::new("duplicate-invoice-number");
}

#[cfg(test)]
mod tests;
