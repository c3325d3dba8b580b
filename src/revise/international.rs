//! Between 1998B and 1998BI, which share their first 24 columns.

use super::losses::{Losses, why};
use super::money::{Refusal, less, or_zero};
use super::to_xml::{says_both, split_name};
use crate::formats::parts::{self, Owner};
use crate::model::{Cell, Invoice, LedesFormat, Value};
use rust_decimal::Decimal;

/// Takes away what 1998B says otherwise or not at all.
///
/// # Errors
/// A tax that is billed.
pub fn to_1998b(
    invoice: &mut Invoice,
    source: LedesFormat,
    losses: &mut Losses,
) -> Result<(), Refusal> {
    let line_tax = invoice.lines.iter().map(|l| or_zero(l.tax_total));
    let tax = line_tax
        .chain([or_zero(invoice.tax_total)])
        .find(|t| !t.is_zero());
    if let Some(tax) = tax {
        return Err(Refusal::new(format!(
            "it bills {tax} of tax, and 1998B has no place for tax; convert it to XML"
        )));
    }
    if invoice.net_total.get() == invoice.total.get() {
        invoice.net_total = Value::ABSENT;
    }
    if invoice.tax_total.get().is_some() {
        invoice.tax_total = Value::ABSENT;
    }
    let mut text = std::mem::take(&mut invoice.text);
    for line in &mut invoice.lines {
        if or_zero(line.tax_rate).is_zero() {
            line.tax_rate = Value::ABSENT;
        }
        line.tax_total = Value::ABSENT;
        let last = text.get(line.timekeeper_last_name).into_owned();
        let first = text.get(line.timekeeper_first_name).into_owned();
        if last.is_empty() && first.is_empty() {
            continue;
        }
        let name = text.get(line.timekeeper_name).into_owned();
        if name.is_empty() {
            line.timekeeper_name = match (last.is_empty(), first.is_empty()) {
                (false, false) => text.push_value(&format!("{last}, {first}")),
                (false, true) => line.timekeeper_last_name,
                _ => line.timekeeper_first_name,
            };
        } else if !says_both(&name, &last, &first) {
            let slot = parts::LINE
                .iter()
                .find(|s| s.names.pipe == "TIMEKEEPER_LAST_NAME");
            if let Some(slot) = slot {
                let owner = if line.kind.get().is_some_and(|k| k.code() == "E") {
                    Owner::Expense
                } else {
                    Owner::Fee
                };
                losses.note(source, owner, &slot.names, why::NO_PLACE);
            }
        }
        line.timekeeper_last_name = Cell::ABSENT;
        line.timekeeper_first_name = Cell::ABSENT;
    }
    invoice.text = text;
    Ok(())
}

/// Adds what the lines of a 1998B invoice say without a column: that they bear no tax, and the parts of names.
///
/// # Errors
/// Amounts that cannot be subtracted.
pub fn to_1998bi(invoice: &mut Invoice) -> Result<(), Refusal> {
    let zero = Value::calculated(Decimal::ZERO);
    if invoice.tax_total.is_blank() {
        invoice.tax_total = zero;
    }
    if invoice.net_total.is_blank()
        && let Some(total) = invoice.total.get()
    {
        invoice.net_total = Value::calculated(less(total, or_zero(invoice.tax_total))?);
    }
    for line in &mut invoice.lines {
        if line.tax_rate.is_blank() && line.tax_total.is_blank() {
            line.tax_rate = zero;
            line.tax_total = zero;
        }
        if line.timekeeper_last_name.is_blank() && line.timekeeper_first_name.is_blank() {
            let (last, first) = split_name(&invoice.text, line.timekeeper_name);
            line.timekeeper_last_name = last;
            line.timekeeper_first_name = first;
        }
    }
    Ok(())
}
