//! `duplicate-expense`: an expense of the same date, code, amount and text twice, on one invoice or over several
//! (reference guideline-rules.csv, duplicate-expense).

use super::{NO_HISTORY, Own};
use crate::model::{
    EarlierInvoice, EarlierLine, Field, Hit, Hits, Invoice, Line, LineKind, RuleId,
};
use crate::rules::PackMistake;
use crate::rules::predicate::matters::number_of;
use crate::rules::predicate::{Judging, Params, Predicate};
use chrono::NaiveDate;
use rust_decimal::Decimal;
use rustc_hash::FxHashMap;

struct DuplicateExpense {
    rule: RuleId,
    by_matter: bool,
}

/// Parameter: `within`, `matter` or `client`: where an expense may stand once only.
pub(in crate::rules::predicate) fn build(
    params: &mut Params<'_>,
) -> Result<Box<dyn Predicate>, PackMistake> {
    Ok(Box::new(DuplicateExpense {
        rule: params.rule,
        by_matter: params.word("within", &["matter", "client"])? == "matter",
    }))
}

/// What makes two expenses one, but for the text.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Key<'a> {
    matter: u32,
    date: NaiveDate,
    total: Decimal,
    code: &'a str,
}

impl Predicate for DuplicateExpense {
    fn judge(&self, invoice: &Invoice, judging: &Judging, hits: &mut Hits) {
        let own = Own::of(invoice);
        let days = own
            .as_ref()
            .and_then(|own| judging.history.days_of(own.client));
        let mut seen: FxHashMap<Key<'_>, Vec<(usize, String)>> = FxHashMap::default();
        let mut any = false;
        for (index, line) in invoice.lines.iter().enumerate() {
            let Some(key) = self.key(invoice, line) else {
                continue;
            };
            any = true;
            let text = plain(&invoice.get(line.description));
            let billed = own.as_ref().zip(days.as_ref()).and_then(|(own, days)| {
                days.on(key.date)
                    .find(|(earlier, other)| self.is_again(own, line, key, &text, earlier, other))
            });
            let alike = seen.entry(key).or_default();
            let first = alike.iter().find(|(_, other)| *other == text);
            let (format, cell) = (invoice.format, line.description);
            // The first of the two is owed; only this one is in doubt.
            let hit = Hit {
                amount: Some(key.total),
                ..Hit::on_line(self.rule, index).at(format, Field::LineDescription, cell)
            };
            if let Some((earlier, other)) = billed {
                let date = earlier
                    .date
                    .map_or_else(String::new, |d| format!(" of {d}"));
                hits.raise(
                    hit.variant("earlier")
                        .with("earlier", &earlier.number)
                        .with("earlier_item", &other.item)
                        .with("of", date),
                );
            } else if let Some((first, _)) = first {
                let cell = invoice.lines[*first].description;
                hits.raise(
                    hit.at_line(format, Field::LineDescription, cell, *first)
                        .with("first", invoice.get(invoice.lines[*first].item)),
                );
            } else {
                alike.push((index, text));
            }
        }
        if any && !judging.history.is_loaded() {
            hits.lacking(self.rule, NO_HISTORY);
        }
    }
}

impl DuplicateExpense {
    /// `None` for lines that are no expense, cost nothing, or lack what an expense is known by.
    fn key<'a>(&self, invoice: &'a Invoice, line: &Line) -> Option<Key<'a>> {
        if line.kind.get() != Some(LineKind::Expense) || line.description.is_blank() {
            return None;
        }
        Some(Key {
            matter: if self.by_matter { line.matter } else { 0 },
            date: line.date.get()?,
            total: line.total.get().filter(|total| *total > Decimal::ZERO)?,
            code: invoice.text.raw(line.expense_code).trim(),
        })
    }

    fn is_again(
        &self,
        own: &Own<'_>,
        line: &Line,
        key: Key<'_>,
        text: &str,
        earlier: &EarlierInvoice,
        other: &EarlierLine,
    ) -> bool {
        let invoice = own.invoice;
        other.kind == Some(LineKind::Expense)
            && other.total == Some(key.total)
            && other.expense_code == key.code
            && plain(&other.description) == text
            && own.is_after(earlier)
            && !own.stands_for(earlier)
            && (!self.by_matter
                || invoice.matter_of(line).is_some_and(|matter| {
                    let there = earlier.law_firm_matter_ids.get(other.matter as usize);
                    number_of(invoice, matter) == there.map(String::as_str)
                }))
    }
}

/// A text without regard to case and blanks.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !plain.is_empty() {
            plain.push(' ');
        }
        plain.extend(word.chars().flat_map(char::to_lowercase));
    }
    plain
}
