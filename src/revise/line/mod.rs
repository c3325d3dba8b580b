//! One line of an invoice changed in its file: other words, several lines for one, or a write-down.
//! Not here: who may ask for it (`workflow`). Everything else in the file stays byte for byte what it was.

mod difference;
mod edit;
mod parts;
mod text;
mod write_down;
mod xml;

pub use difference::{Difference, difference};
pub use text::{LineText, line, lines};

use super::fix::Change;
use super::money::Refusal;
use super::split::records::Records;
use crate::formats::{Source, survey};
use crate::model::Invoice;
use rust_decimal::Decimal;

/// What is to become of a line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum LineChange {
    /// It gets these words.
    Narrative(String),
    /// Lines of these hours and words stand in its place. Rate and sum stay.
    Parts(Vec<(Decimal, String)>),
    /// It is billed this much lower, without tax.
    WriteDown(Decimal),
}

/// A file with the change made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Revised {
    /// The file. Of a pipe file with several invoices only this one is in it.
    pub bytes: Vec<u8>,
    /// What was changed, for the billing system.
    pub changes: Vec<Change>,
}

/// Changes the line `item` of the invoice `number`. `rule` stands in the record as what asked for it.
///
/// # Errors
/// No such line, or one that cannot be changed in this way; says why and what to do.
pub fn revise(
    bytes: &[u8],
    number: &str,
    item: &str,
    change: &LineChange,
    rule: &str,
) -> Result<Revised, Refusal> {
    let alone = alone(bytes, number)?;
    let bytes = alone.as_deref().unwrap_or(bytes);
    let invoice = read(bytes, number)?;
    let changes = match change {
        LineChange::Narrative(words) => return edit::narrative(bytes, &invoice, item, words, rule),
        LineChange::Parts(parts) if invoice.format.is_xml() => {
            return xml::parts(bytes, &invoice, item, parts, rule);
        }
        LineChange::WriteDown(amount) if invoice.format.is_xml() => {
            return xml::write_down(bytes, &invoice, item, *amount, rule);
        }
        LineChange::Parts(parts) => parts::parts(&invoice, item, parts)?,
        LineChange::WriteDown(amount) => write_down::write_down(&invoice, item, *amount)?,
    };
    edit::records(bytes, &invoice, &changes, rule)
}

/// The file of one invoice: as it is where nothing else stands in it, else without the others.
///
/// # Errors
/// It is not in it, or others cannot be taken out of it.
pub fn only(bytes: &[u8], number: &str) -> Result<Vec<u8>, Refusal> {
    if let Some(own) = alone(bytes, number)? {
        return Ok(own);
    }
    let invoice = read(bytes, number)?;
    let source = Source::of_bytes(bytes).map_err(failed)?;
    let count = survey(&source).map_err(failed)?.invoices.count();
    match invoice.format.is_xml() && count > 1 {
        true => xml::alone(bytes, &invoice),
        false => Ok(bytes.to_vec()),
    }
}

/// A file of the one invoice, where others stand beside it.
fn alone(bytes: &[u8], number: &str) -> Result<Option<Vec<u8>>, Refusal> {
    let Some(records) = Records::of(bytes).map_err(failed)? else {
        return Ok(None);
    };
    let own = |invoice: &Invoice| invoice.get(invoice.number).trim() == number;
    let index = records.invoices().position(own);
    Ok(index
        .filter(|_| records.invoices().count() > 1)
        .map(|index| records.alone(index)))
}

/// The invoice of a number.
fn read(bytes: &[u8], number: &str) -> Result<Invoice, Refusal> {
    let source = Source::of_bytes(bytes).map_err(failed)?;
    let survey = survey(&source).map_err(failed)?;
    for index in 0..survey.invoices.count() {
        let invoice = survey.invoices.read(index).map_err(failed)?.invoice;
        if invoice.get(invoice.number).trim() == number {
            return Ok(invoice);
        }
    }
    Err(Refusal::new(format!(
        "invoice {number} cannot be found in its file"
    )))
}

fn failed(error: std::io::Error) -> Refusal {
    Refusal::new(format!("the file cannot be read: {error}"))
}

#[cfg(test)]
mod tests;
