//! One invoice made several, and the proof that nothing was lost or made on the way.
//! Not here: numbers of invoices, which the firm gives; files on disk.

mod matters;
mod number;
pub mod records;
mod shares;

pub use matters::by_matter;
pub use number::NumberPattern;
pub use shares::{Share, Shares, by_shares};

use super::money::{Refusal, add, less, or_zero};
use super::readable::readable;
use crate::model::{Invoice, Value};
use rust_decimal::Decimal;

/// Sums of an invoice's lines.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Sums {
    /// With tax.
    pub total: Decimal,
    /// The tax.
    pub tax: Decimal,
}

/// What the lines of an invoice add up to.
///
/// # Errors
/// Amounts that cannot be added.
pub fn sums(invoice: &Invoice) -> Result<Sums, Refusal> {
    let mut sums = Sums::default();
    for line in &invoice.lines {
        add(&mut sums.total, or_zero(line.total))?;
        add(&mut sums.tax, or_zero(line.tax_total))?;
    }
    Ok(sums)
}

/// An invoice that can be divided: a pipe format, wholly read, whose total is the sum of its lines.
pub(super) fn divisible(invoice: &Invoice) -> Result<Sums, Refusal> {
    readable(invoice)?;
    if invoice.format.is_xml() {
        return Err(Refusal::new(
            "an XML invoice has totals on every level that belong together; convert it first (cleanbill convert --to \
             1998BI-V2) and divide that",
        ));
    }
    let own = sums(invoice)?;
    if invoice.total.get() != Some(own.total) {
        return Err(Refusal::new(format!(
            "INVOICE_TOTAL is {} and its lines add up to {}; correct that first",
            invoice
                .total
                .get()
                .map_or("empty".to_owned(), |t| t.to_string()),
            own.total
        )));
    }
    let reported = or_zero(invoice.reported_tax_total);
    if !reported.is_zero() && reported != own.tax {
        return Err(Refusal::new(
            "INVOICE_REPORTED_TAX_TOTAL is a tax in another currency, which cannot be divided without its rate",
        ));
    }
    Ok(own)
}

/// Writes the totals of the invoice's lines into it.
fn sum_up(invoice: &mut Invoice) -> Result<(), Refusal> {
    let own = sums(invoice)?;
    invoice.total = Value::calculated(own.total);
    if !invoice.tax_total.is_absent() {
        invoice.tax_total = Value::calculated(own.tax);
    }
    if !invoice.reported_tax_total.is_blank() {
        invoice.reported_tax_total = Value::calculated(own.tax);
    }
    if !invoice.net_total.is_absent() {
        invoice.net_total = Value::calculated(less(own.total, own.tax)?);
    }
    Ok(())
}

/// Proves that the parts of an invoice add up to it to the last cent.
fn proven(whole: Sums, parts: &[Invoice]) -> Result<(), Refusal> {
    let mut all = Sums::default();
    for part in parts {
        let own = sums(part)?;
        add(&mut all.total, or_zero(part.total))?;
        add(&mut all.tax, own.tax)?;
        if Some(own.total) != part.total.get() {
            return Err(Refusal::new("a part does not add up: nothing was written"));
        }
    }
    if all == whole {
        return Ok(());
    }
    Err(Refusal::new(format!(
        "the parts add up to {} and the invoice to {}: nothing was written. This is a mistake of cleanbill: please report \
         it with the file",
        all.total, whole.total
    )))
}
