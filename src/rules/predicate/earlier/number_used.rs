//! `duplicate-invoice-number` against earlier invoices: a number this client has had before (reference
//! guideline-rules.csv, duplicate-invoice-number). Inside one file the readers see it.

use super::{NO_HISTORY, Own};
use crate::model::{Anchor, EarlierInvoice, EarlierLine, Field, Hit, Hits, Invoice, Line, RuleId};
use crate::rules::PackMistake;
use crate::rules::predicate::places::{money, on_invoice};
use crate::rules::predicate::{Judging, Params, Predicate};

struct NumberUsed {
    rule: RuleId,
}

/// No parameters.
pub(in crate::rules::predicate) fn build(
    params: &mut Params<'_>,
) -> Result<Box<dyn Predicate>, PackMistake> {
    Ok(Box::new(NumberUsed { rule: params.rule }))
}

impl Predicate for NumberUsed {
    fn judge(&self, invoice: &Invoice, judging: &Judging, hits: &mut Hits) {
        if !judging.history.is_loaded() {
            return hits.lacking(self.rule, NO_HISTORY);
        }
        let Some(own) = Own::of(invoice) else {
            return;
        };
        let replaces = own.replaces.as_deref().map(str::trim);
        let same = judging.history.of_client(own.client).filter(|earlier| {
            earlier.number == own.number && !earlier.kept && own.is_after(earlier)
        });
        let mut other = None;
        for earlier in same {
            // It says itself that the earlier one was rejected and this one is in its place.
            if replaces.is_some_and(|number| number.is_empty() || number == earlier.number) {
                return;
            }
            if invoice.date.get() == earlier.date {
                // The invoice itself.
                if is_copy(invoice, earlier) {
                    continue;
                }
                other = other.or(Some((earlier, "version")));
            } else {
                other = Some((earlier, "earlier"));
            }
        }
        let Some((earlier, variant)) = other else {
            return;
        };
        let date = earlier
            .date
            .map_or_else(|| "unknown date".to_owned(), |day| day.to_string());
        let hit = Hit::new(self.rule, Anchor::Invoice)
            .variant(variant)
            .with("date", date)
            .with("file", &earlier.file)
            .with("total", earlier.total.map_or_else(|| "?".to_owned(), money));
        hits.raise(on_invoice(
            hit,
            invoice,
            Field::InvoiceNumber,
            invoice.number,
        ));
    }
}

/// True where every line says the same.
fn is_copy(invoice: &Invoice, earlier: &EarlierInvoice) -> bool {
    invoice.total.get() == earlier.total
        && invoice.lines.len() == earlier.lines.len()
        && invoice
            .lines
            .iter()
            .zip(&earlier.lines)
            .all(|(line, other)| is_same(invoice, line, other))
}

fn is_same(invoice: &Invoice, line: &Line, other: &EarlierLine) -> bool {
    let texts = [
        (line.item, &other.item),
        (line.timekeeper_id, &other.timekeeper_id),
        (line.task_code, &other.task_code),
        (line.activity_code, &other.activity_code),
        (line.expense_code, &other.expense_code),
        (line.description, &other.description),
    ];
    line.kind.get() == other.kind
        && line.date.get() == other.date
        && line.units.get() == other.units
        && line.unit_cost.get() == other.unit_cost
        && line.total.get() == other.total
        && texts
            .into_iter()
            .all(|(cell, text)| invoice.get(cell).trim() == text)
}
