//! Places of hits about more than one line, and of values the pipe formats repeat on every line.

use crate::model::{Cell, Field, Hit, Invoice};

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
