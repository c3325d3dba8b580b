//! The invoice as a readable bill, for renderers that show it whole.

use super::report::{Bill, BillLine};
use crate::formats::{self, LineNumbers, Source};
use crate::model::{Cell, Invoice, LedesFormat, Line, LineKind, TimekeeperSummary, Value};
use rustc_hash::FxHashMap;
use std::io;

/// The bill of an invoice.
pub fn bill(invoice: &Invoice, numbers: &LineNumbers) -> Bill {
    let text = |cell: Cell| invoice.get(cell).trim().to_owned();
    let either = |name: Cell, id: Cell| {
        let name = text(name);
        if name.is_empty() { text(id) } else { name }
    };
    let mut people = People::default();
    for (index, matter) in (0..).zip(&invoice.matters) {
        for person in &matter.timekeepers {
            let key = (index, invoice.text.raw(person.id));
            people.entry(key).or_insert(person);
        }
    }
    Bill {
        firm: either(invoice.firm.name, invoice.firm.law_firm_id),
        client: either(invoice.client.name, invoice.client.client_id),
        matters: invoice
            .matters
            .iter()
            .map(|m| either(m.name, m.law_firm_matter_id))
            .filter(|m| !m.is_empty())
            .collect(),
        period: invoice.billing_start.get().zip(invoice.billing_end.get()),
        description: text(invoice.description),
        lines: invoice
            .lines
            .iter()
            .map(|l| bill_line(invoice, l, numbers, &people))
            .collect(),
    }
}

/// The bill of the invoice with a number, of a file that was checked before, and what the file is; nothing where it
/// holds no such invoice.
///
/// # Errors
/// No temporary file can be written.
pub fn bill_of(bytes: &[u8], number: &str) -> io::Result<Option<(Bill, Option<LedesFormat>)>> {
    let survey = formats::survey(&Source::of_bytes(bytes)?)?;
    for index in 0..survey.invoices.count() {
        let reading = survey.invoices.read(index)?;
        if reading.invoice.get(reading.invoice.number).trim() == number {
            let made = bill(&reading.invoice, &survey.numbers);
            return Ok(Some((made, survey.format)));
        }
    }
    Ok(None)
}

/// The summaries of timekeepers by matter and id.
type People<'a> = FxHashMap<(u32, &'a str), &'a TimekeeperSummary>;

fn bill_line(
    invoice: &Invoice,
    line: &Line,
    numbers: &LineNumbers,
    people: &People<'_>,
) -> BillLine {
    let text = |cell: Cell| invoice.get(cell).trim().to_owned();
    let first = invoice.text.position(line.record).map_or(0, |p| p.line);
    // The last value of an XML item stands lines below its opening tag.
    let last = [line.total.cell, line.item, line.description]
        .into_iter()
        .filter_map(|c| invoice.text.position(c))
        .map(|p| p.line)
        .max()
        .unwrap_or(first)
        .max(first);
    let kind = match line.kind.get() {
        Some(kind) => kind.code().to_owned(),
        None => text(line.kind.cell),
    };
    let codes: Vec<String> = [line.task_code, line.activity_code, line.expense_code]
        .into_iter()
        .map(text)
        .filter(|c| !c.is_empty())
        .collect();
    BillLine {
        file_line: numbers.outer(first),
        file_line_end: numbers.outer(last) + 1,
        item: text(line.item),
        kind,
        date: line
            .date
            .get()
            .map_or_else(|| text(line.date.cell), |d| d.to_string()),
        timekeeper: timekeeper(invoice, line, people),
        codes: codes.join(" "),
        narrative: text(line.description),
        units: amount(invoice, &line.units),
        unit_cost: amount(invoice, &line.unit_cost),
        adjustment: amount(invoice, &line.adjustment),
        tax: amount(invoice, &line.tax_total),
        total: amount(invoice, &line.total),
    }
}

fn amount(invoice: &Invoice, value: &Value<rust_decimal::Decimal>) -> String {
    value
        .get()
        .map_or_else(|| invoice.get(value.cell).into_owned(), |d| d.to_string())
}

/// Name or id of the timekeeper, with the class.
fn timekeeper(invoice: &Invoice, line: &Line, people: &People<'_>) -> String {
    if line.kind.get().is_some_and(LineKind::is_adjustment) {
        return String::new();
    }
    let id = invoice.get(line.timekeeper_id);
    let mut name = invoice.get(line.timekeeper_name).into_owned();
    let mut class = invoice.get(line.timekeeper_classification).into_owned();
    let key = (line.matter, invoice.text.raw(line.timekeeper_id));
    let summary = people.get(&key).filter(|_| !id.is_empty());
    if let Some(summary) = summary {
        if name.is_empty() {
            name = format!(
                "{}, {}",
                invoice.get(summary.last_name),
                invoice.get(summary.first_name)
            );
        }
        if class.is_empty() {
            class = invoice.get(summary.level).into_owned();
        }
    }
    if name.is_empty() {
        name = id.into_owned();
    }
    match (name.is_empty(), class.is_empty()) {
        (false, false) => format!("{name} ({class})"),
        (false, true) => name,
        (true, _) => class,
    }
}
