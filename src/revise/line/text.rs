//! A line as a person reads it.

use super::read;
use crate::model::{Invoice, Line};
use crate::revise::money::Refusal;
use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// What a line says, without the invoice's own values: the same line of another version says the same.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct LineText {
    /// LINE_ITEM_NUMBER.
    pub item: String,
    /// `F`, `E`, `IF`, `IE`; empty where it could not be read.
    pub kind: String,
    /// LINE_ITEM_DATE.
    pub date: Option<NaiveDate>,
    /// TIMEKEEPER_ID.
    pub timekeeper_id: String,
    /// Hours or pieces.
    pub units: Option<Decimal>,
    /// The rate or price.
    pub unit_cost: Option<Decimal>,
    /// LINE_ITEM_ADJUSTMENT_AMOUNT.
    pub adjustment: Option<Decimal>,
    /// LINE_ITEM_TOTAL.
    pub total: Option<Decimal>,
    /// Task, activity and expense code.
    pub codes: [String; 3],
    /// LINE_ITEM_DESCRIPTION.
    pub narrative: String,
}

impl LineText {
    /// A fee of so many hours.
    pub fn is_fee(&self) -> bool {
        self.kind == "F"
    }
}

fn text(invoice: &Invoice, line: &Line) -> LineText {
    let get = |cell| invoice.get(cell).trim().to_owned();
    LineText {
        item: get(line.item),
        kind: line
            .kind
            .get()
            .map_or_else(String::new, |k| k.code().to_owned()),
        date: line.date.get(),
        timekeeper_id: get(line.timekeeper_id),
        units: line.units.get(),
        unit_cost: line.unit_cost.get(),
        adjustment: line.adjustment.get(),
        total: line.total.get(),
        codes: [line.task_code, line.activity_code, line.expense_code].map(get),
        narrative: get(line.description),
    }
}

/// Every line of an invoice.
///
/// # Errors
/// The file cannot be read or holds no such invoice.
pub fn lines(bytes: &[u8], number: &str) -> Result<Vec<LineText>, Refusal> {
    let invoice = read(bytes, number)?;
    Ok(invoice.lines.iter().map(|l| text(&invoice, l)).collect())
}

/// The line with a number.
///
/// # Errors
/// There is none, or there are several.
pub fn line(bytes: &[u8], number: &str, item: &str) -> Result<LineText, Refusal> {
    let invoice = read(bytes, number)?;
    Ok(text(&invoice, &invoice.lines[place(&invoice, item)?]))
}

/// The index of the line with a number.
pub(super) fn place(invoice: &Invoice, item: &str) -> Result<usize, Refusal> {
    let own = |line: &Line| invoice.get(line.item).trim() == item;
    let mut found = (0..)
        .zip(&invoice.lines)
        .filter(|(_, line)| own(line))
        .map(|(index, _)| index);
    let number = invoice.get(invoice.number);
    match (found.next(), found.next()) {
        (Some(index), None) => Ok(index),
        (None, _) => {
            let first = invoice.lines.first().map(|l| invoice.get(l.item));
            let last = invoice.lines.last().map(|l| invoice.get(l.item));
            Err(Refusal::new(format!(
                "invoice {number} has no line {item}; its {} lines are numbered {} to {}",
                invoice.lines.len(),
                first.unwrap_or_default().trim(),
                last.unwrap_or_default().trim()
            )))
        }
        _ => Err(Refusal::new(format!(
            "invoice {number} has several lines with the number {item}: number them apart in the billing system first"
        ))),
    }
}
