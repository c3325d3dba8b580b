//! `copied-narrative-pattern`: one narrative on many lines of a matter (guideline-rules.csv, 3 to 10 lines).

use super::entries::{Entry, Telling, meeting_line, mixed};
use super::places::PLACES;
use super::{Judging, Params, Predicate, repeats};
use crate::model::{Hits, Invoice, RuleId};
use crate::rules::PackMistake;

struct CopiedNarrative {
    rule: RuleId,
    min_repeats: i64,
}

/// Parameter: `min_repeats`, lines. Attendance and travel may read the same on every day.
pub(super) fn build(params: &mut Params<'_>) -> Result<Box<dyn Predicate>, PackMistake> {
    Ok(Box::new(CopiedNarrative {
        rule: params.rule,
        min_repeats: params.integer("min_repeats", 5)?,
    }))
}

impl Predicate for CopiedNarrative {
    fn judge(&self, invoice: &Invoice, judging: &Judging, hits: &mut Hits) {
        let key = |entry: &Entry| {
            (entry.telling != Telling::Presence).then(|| mixed(entry.matter, entry.text))
        };
        for group in judging.entries(invoice).alike(key) {
            if (group.len() as i64) < self.min_repeats {
                continue;
            }
            let Some(first) = meeting_line(&group) else {
                continue;
            };
            let others: Vec<u32> = group
                .iter()
                .map(|e| e.line)
                .filter(|line| *line != first)
                .take(PLACES)
                .collect();
            hits.raise(
                repeats::hit(self.rule, invoice, first, &others)
                    .with("times", group.len())
                    .with(
                        "people",
                        repeats::people(invoice, group.iter().map(|e| e.line)),
                    ),
            );
        }
    }
}
