//! Is there anything in an invoice that could not be read? Then it must be mended before it is converted.

use super::money::Refusal;
use crate::formats::parts::{Content, Names, Owner, shown, visit};
use crate::model::{Cell, Field, Invoice};

/// Refuses an invoice with amounts, dates or records that could not be read.
///
/// # Errors
/// The first such place.
pub fn readable(invoice: &Invoice) -> Result<(), Refusal> {
    let mut bad: Option<String> = None;
    visit(invoice, &mut |owner: Owner,
                         names: &Names,
                         content: Content| {
        if content.is_unreadable() && bad.is_none() {
            let value = invoice.get(content.cell());
            let what = match content {
                Content::Date(_) => "date",
                _ => "number",
            };
            bad = Some(format!(
                "{}{} \"{}\" is no {what}",
                place(invoice, content.cell()),
                shown(invoice.format, owner, names),
                value.chars().take(40).collect::<String>(),
            ));
        }
    });
    if let Some(bad) = bad {
        return Err(mend(&bad));
    }
    for line in &invoice.lines {
        if line.kind.get().is_none() {
            return Err(mend(&format!(
                "{}a line has no type (F, E, IF, IE)",
                place(invoice, line.record)
            )));
        }
    }
    if let Some(unread) = invoice.unread.first() {
        return Err(mend(&format!(
            "{}a record cannot be taken apart",
            place(invoice, unread.record)
        )));
    }
    if let Some(matter) = invoice.matters.iter().find(|m| !m.complete)
        && (invoice.format.is_xml() || invoice.record.is_absent())
    {
        return Err(mend(&format!(
            "{}the file breaks off in a matter, or is only a part of an invoice",
            place(invoice, matter.record)
        )));
    }
    if invoice.format.is_xml() && !invoice.whole {
        return Err(mend("the file is only a part of an invoice"));
    }
    let decisive = |field: Field| {
        matches!(
            field,
            Field::InvoiceTotal
                | Field::InvoiceTaxTotal
                | Field::InvoiceNetTotal
                | Field::InvoiceDate
                | Field::ClientId
                | Field::InvoiceCurrency
                | Field::LawFirmId
        )
    };
    if let Some(varies) = invoice.variations.iter().find(|v| decisive(v.field)) {
        return Err(mend(&format!(
            "{}{} differs between the lines of the invoice",
            place(invoice, varies.other),
            invoice.name(varies.field)
        )));
    }
    Ok(())
}

fn place(invoice: &Invoice, cell: Cell) -> String {
    invoice
        .text
        .position(cell)
        .map_or_else(String::new, |p| format!("line {}: ", p.line))
}

fn mend(what: &str) -> Refusal {
    Refusal::new(format!("{what}; mend it first: cleanbill check"))
}
