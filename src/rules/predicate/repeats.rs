//! What findings about entries that repeat one another have in common.

use super::entries::person;
use crate::model::{Field, Hit, Invoice, Line, RuleId};
use rust_decimal::Decimal;

/// A hit about the narrative of one line that others repeat.
pub(super) fn hit(rule: RuleId, invoice: &Invoice, line: u32, others: &[u32]) -> Hit {
    let cell = |line: u32| invoice.lines.get(line as usize).map(|l| l.description);
    let mut hit = Hit::on_line(rule, line as usize);
    if let Some(cell) = cell(line) {
        hit = hit.at(invoice.format, Field::LineDescription, cell);
    }
    for other in others {
        if let Some(cell) = cell(*other) {
            hit = hit.at_line(
                invoice.format,
                Field::LineDescription,
                cell,
                *other as usize,
            );
        }
    }
    hit
}

/// Numbers of lines as a sentence names them, the first few of many: "3, 4 and 7".
pub(super) fn items(invoice: &Invoice, lines: &[u32]) -> String {
    let named = lines.iter().map(|line| {
        let line: Option<&Line> = invoice.lines.get(*line as usize);
        line.map_or_else(String::new, |l| invoice.get(l.item).into_owned())
    });
    listed(named)
}

/// Ids of the timekeepers of lines, each once, as a sentence names them.
pub(super) fn people<'a>(invoice: &'a Invoice, lines: impl Iterator<Item = u32>) -> String {
    let mut known: Vec<&'a str> = Vec::new();
    for line in lines {
        let id = invoice
            .lines
            .get(line as usize)
            .and_then(|l| person(invoice, l));
        known.extend(id.filter(|id| !known.contains(id)));
    }
    listed(known.into_iter().map(str::to_owned))
}

/// Words as a sentence lists them, the first few of many.
pub(super) fn listed(words: impl Iterator<Item = String>) -> String {
    const MOST: usize = 6;
    let mut words: Vec<String> = words.collect();
    if words.len() > MOST + 1 {
        let more = words.len() - MOST;
        words.truncate(MOST);
        words.push(format!("{more} more"));
    }
    match words.as_slice() {
        [most @ .., last] if !most.is_empty() => format!("{} and {last}", most.join(", ")),
        _ => words.concat(),
    }
}

/// What lines bill together.
pub(super) fn totals(invoice: &Invoice, lines: &[u32]) -> Decimal {
    lines
        .iter()
        .filter_map(|line| invoice.lines.get(*line as usize)?.total.get())
        .fold(Decimal::ZERO, |sum, total| {
            sum.checked_add(total).unwrap_or(sum)
        })
}
