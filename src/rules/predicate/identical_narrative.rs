//! `identical-narrative`: the same text of the same timekeeper on the same date and matter (guideline-rules.csv;
//! WV-PDS in guidelines.md section 2: several calls to one person are numbered or combined).

use super::entries::{Entry, mixed};
use super::places::PLACES;
use super::{Judging, Params, Predicate, repeats};
use crate::model::{Hits, Invoice, RuleId};
use crate::rules::PackMistake;

struct IdenticalNarrative {
    rule: RuleId,
    same_hours: bool,
}

/// Parameter: `same_hours` (true: only entries of the same hours are the same).
pub(super) fn build(params: &mut Params<'_>) -> Result<Box<dyn Predicate>, PackMistake> {
    Ok(Box::new(IdenticalNarrative {
        rule: params.rule,
        same_hours: params.flag("same_hours", false)?,
    }))
}

impl Predicate for IdenticalNarrative {
    fn judge(&self, invoice: &Invoice, judging: &Judging, hits: &mut Hits) {
        let key = |entry: &Entry| {
            let hours = entry.hours.normalize().mantissa() as u64;
            let identity = entry.identity()?;
            Some(if self.same_hours {
                mixed(identity, hours)
            } else {
                identity
            })
        };
        for group in judging.entries(invoice).alike(key) {
            let lines: Vec<u32> = group.iter().take(PLACES).map(|e| e.line).collect();
            let Some((first, others)) = lines.split_first() else {
                continue;
            };
            let mut hit = repeats::hit(self.rule, invoice, *first, others)
                .with("times", group.len())
                .with("others", repeats::items(invoice, others));
            // One of them may stand.
            hit.amount = Some(repeats::totals(invoice, others));
            hits.raise(hit);
        }
    }
}
