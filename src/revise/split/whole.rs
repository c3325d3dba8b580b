//! What an invoice comes to, before it is divided and in its parts.

use crate::model::{Invoice, Value};
use crate::revise::money::{Refusal, add, less, or_zero};
use crate::revise::readable::readable;
use rust_decimal::Decimal;

/// What an invoice adds up to: its lines in the pipe formats, its matters in XML.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Sums {
    /// With tax.
    pub total: Decimal,
    /// The tax.
    pub tax: Decimal,
}

/// What the lines or the matters of an invoice add up to.
///
/// # Errors
/// Amounts that cannot be added.
pub fn sums(invoice: &Invoice) -> Result<Sums, Refusal> {
    let mut sums = Sums::default();
    if invoice.format.is_xml() {
        for matter in &invoice.matters {
            add(&mut sums.total, or_zero(matter.total_due))?;
            add(&mut sums.tax, or_zero(matter.tax_on_fees))?;
            add(&mut sums.tax, or_zero(matter.tax_on_expenses))?;
        }
        return Ok(sums);
    }
    for line in &invoice.lines {
        add(&mut sums.total, or_zero(line.total))?;
        add(&mut sums.tax, or_zero(line.tax_total))?;
    }
    Ok(sums)
}

/// An invoice that can be divided: wholly read, and its total is what its lines or its matters come to.
pub(in crate::revise) fn divisible(invoice: &Invoice) -> Result<Sums, Refusal> {
    readable(invoice)?;
    if !invoice.tax_tiers.is_empty() || !invoice.tax_tier_summaries.is_empty() {
        return Err(Refusal::new(
            "it bears a tiered tax (tax_tier_summary), which is on the whole invoice and cannot be divided; bill it as it is",
        ));
    }
    let own = sums(invoice)?;
    let (total, parts) = if invoice.format.is_xml() {
        ("inv_total_net_due", "matters")
    } else {
        ("INVOICE_TOTAL", "lines")
    };
    let differ = |name: &str, stated: Option<Decimal>, sum: Decimal| {
        let stated = stated.map_or("empty".to_owned(), |t| t.to_string());
        Refusal::new(format!(
            "{name} is {stated} and its {parts} add up to {sum}; correct that first"
        ))
    };
    if invoice.total.get() != Some(own.total) {
        return Err(differ(total, invoice.total.get(), own.total));
    }
    if invoice.format.is_xml()
        && !invoice.tax_total.is_blank()
        && invoice.tax_total.get() != Some(own.tax)
    {
        return Err(differ("inv_total_tax", invoice.tax_total.get(), own.tax));
    }
    let reported = or_zero(invoice.reported_tax_total);
    if !reported.is_zero() && reported != own.tax {
        return Err(Refusal::new(
            "INVOICE_REPORTED_TAX_TOTAL is a tax in another currency, which cannot be divided without its rate",
        ));
    }
    Ok(own)
}

/// Writes the totals of the invoice's lines or matters into it.
pub(super) fn sum_up(invoice: &mut Invoice) -> Result<(), Refusal> {
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
pub(super) fn proven(whole: Sums, parts: &[Invoice]) -> Result<(), Refusal> {
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
