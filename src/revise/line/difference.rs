//! The lines of an invoice that were not paid in full, as an invoice of their own at the unpaid difference.

use super::edit::{put, record_at};
use super::parts::money;
use super::text::place;
use super::{alone, read};
use crate::model::{Line, LineKind};
use crate::revise::document::Document;
use crate::revise::money::{Refusal, add, cents, less, or_zero, times};
use crate::revise::split::{divisible, sums};
use chrono::NaiveDate;
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// What is to be asked for again.
#[derive(Clone, Debug)]
pub struct Difference<'a> {
    /// The number of the new invoice.
    pub number: &'a str,
    /// Its date; `None`: that of the first.
    pub date: Option<NaiveDate>,
    /// LINE_ITEM_NUMBER and what is asked for, with tax where the line's total has it: in the pipe formats, not in XML.
    pub lines: &'a [(String, Decimal)],
}

/// The file of the new invoice: only these lines, each with its own number, date, rate, hours and words, its total
/// brought down to the difference by its adjustment; INVOICE_TOTAL is their sum. Everything else stays byte for byte.
///
/// # Errors
/// No such line, more than it bills, or a record that cannot be changed; says why and what to do.
pub fn difference(bytes: &[u8], number: &str, wanted: &Difference<'_>) -> Result<Vec<u8>, Refusal> {
    let alone = alone(bytes, number)?;
    let bytes = alone.as_deref().unwrap_or(bytes);
    let invoice = read(bytes, number)?;
    if invoice.format.is_xml() {
        return super::xml::difference(bytes, &invoice, wanted);
    }
    divisible(&invoice)?;
    super::edit::fits(wanted.number)?;
    let mut changed: BTreeMap<usize, Cells> = BTreeMap::new();
    let (mut total, mut tax_total) = (Decimal::ZERO, Decimal::ZERO);
    for (item, amount) in wanted.lines {
        let index = place(&invoice, item)?;
        let (cells, tax) = cells(&invoice.lines[index], item, *amount)?;
        add(&mut total, *amount)?;
        add(&mut tax_total, tax)?;
        if changed.insert(index, cells).is_some() {
            return Err(Refusal::new(format!("line {item} is named twice")));
        }
    }
    if changed.is_empty() {
        return Err(Refusal::new("no line is named"));
    }
    let mut everywhere = vec![
        ("INVOICE_NUMBER", wanted.number.to_owned()),
        ("INVOICE_TOTAL", money(total)),
    ];
    if let Some(date) = wanted.date {
        everywhere.push(("INVOICE_DATE", date.format("%Y%m%d").to_string()));
    }
    for (value, column, amount) in [
        (invoice.tax_total, "INVOICE_TAX_TOTAL", tax_total),
        (
            invoice.reported_tax_total,
            "INVOICE_REPORTED_TAX_TOTAL",
            tax_total,
        ),
        (
            invoice.net_total,
            "INVOICE_NET_TOTAL",
            less(total, tax_total)?,
        ),
    ] {
        if !value.is_blank() {
            everywhere.push((column, money(amount)));
        }
    }
    let mut document = Document::new(bytes, false);
    // From the end, so that lines taken out move nothing that is still to be changed.
    for (index, line) in invoice.lines.iter().enumerate().rev() {
        let at = record_at(&invoice, line, &document)?;
        let Some(own) = changed.get(&index) else {
            document.lines.remove(at);
            continue;
        };
        for (column, value) in own.iter().chain(&everywhere) {
            put(&mut document.lines[at].text, &invoice, column, value)?;
        }
    }
    let made = document.bytes();
    let again = read(&made, wanted.number)?;
    if sums(&again)?.total != total || again.total.get() != Some(total) {
        return Err(Refusal::new(
            "the lines do not add up to what is asked for: nothing was made. This is a mistake of cleanbill: please \
             report it with the file",
        ));
    }
    Ok(made)
}

/// Columns with what is new in them.
type Cells = Vec<(&'static str, String)>;

/// The cells of a line that change, and its tax.
fn cells(line: &Line, item: &str, amount: Decimal) -> Result<(Cells, Decimal), Refusal> {
    if line.kind.get().is_none_or(LineKind::is_adjustment) {
        return Err(Refusal::new(format!(
            "line {item} is an adjustment itself: what was cut from it is asked for by hand"
        )));
    }
    let total = or_zero(line.total);
    if amount <= Decimal::ZERO || amount > total || amount.normalize().scale() > 2 {
        return Err(Refusal::new(format!(
            "line {item} bills {total}: {amount} cannot be asked for"
        )));
    }
    let tax = cents(times(amount, or_zero(line.tax_total))? / total);
    let net = less(amount, tax)?;
    let priced = line.units.get().zip(line.unit_cost.get());
    let Some((units, price)) = priced else {
        return Err(Refusal::new(format!(
            "line {item} has no units or no unit cost: what was cut from it is asked for by hand"
        )));
    };
    let base = times(units, price)?;
    let base = if base.normalize().scale() > 2 {
        cents(base)
    } else {
        base
    };
    let mut cells = vec![
        ("LINE_ITEM_ADJUSTMENT_AMOUNT", money(less(net, base)?)),
        ("LINE_ITEM_TOTAL", money(amount)),
    ];
    if !line.tax_total.is_blank() {
        cells.push(("LINE_ITEM_TAX_TOTAL", money(tax)));
    }
    Ok((cells, tax))
}
