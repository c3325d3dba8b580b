//! Places of hits about more than one line, and of values the pipe formats repeat on every line.

use crate::model::{Cell, Field, Hit, Invoice};
use rust_decimal::{Decimal, RoundingStrategy};

/// Places of one finding; the rest of an invoice of a million lines would say nothing new.
pub(super) const PLACES: usize = 1_000;

/// The physical line a cell stands on, for a message; empty for an absent cell.
pub(super) fn line_number(invoice: &Invoice, cell: Cell) -> String {
    let place = invoice.text.position(cell);
    place.map_or_else(String::new, |p| p.line.to_string())
}

/// Adds the place of a value of the invoice: on every line in the pipe formats, once in XML.
pub(super) fn on_invoice(hit: Hit, invoice: &Invoice, field: Field, cell: Cell) -> Hit {
    if invoice.format.is_xml() {
        hit.at(invoice.format, field, cell)
    } else {
        hit.everywhere(invoice.format, field, cell)
    }
}

/// Adds the place of a matter's number: the firm's, else the client's, else where the matter begins.
pub(super) fn on_matter(hit: Hit, invoice: &Invoice, index: usize) -> Hit {
    let Some(matter) = invoice.matters.get(index) else {
        return hit.at_name("", invoice.record);
    };
    let fields = [
        (Field::LawFirmMatterId, matter.law_firm_matter_id),
        (Field::ClientMatterId, matter.client_matter_id),
    ];
    match fields.into_iter().find(|(_, cell)| !cell.is_blank()) {
        Some((field, cell)) if invoice.matters.len() == 1 => on_invoice(hit, invoice, field, cell),
        Some((field, cell)) => hit.at(invoice.format, field, cell),
        None => hit.at_name("", matter.record),
    }
}

/// What a matter is called in a message: the firm's number, else the client's.
pub(super) fn matter_name(invoice: &Invoice, index: usize) -> String {
    let Some(matter) = invoice.matters.get(index) else {
        return String::new();
    };
    let cell = match matter.law_firm_matter_id.is_blank() {
        false => matter.law_firm_matter_id,
        true => matter.client_matter_id,
    };
    invoice.get(cell).into_owned()
}

/// An amount for a message, with two decimals.
pub(super) fn money(amount: Decimal) -> String {
    let rounded = amount.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
    format!("{rounded:.2}")
}

/// True where two currencies may be compared: they are the same, or one is not named.
pub(super) fn same_currency(listed: &str, found: &str) -> bool {
    let (listed, found) = (listed.trim(), found.trim());
    listed.is_empty() || found.is_empty() || listed.eq_ignore_ascii_case(found)
}
