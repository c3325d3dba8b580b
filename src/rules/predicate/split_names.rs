//! `split-names`: in 1998BI, TIMEKEEPER_NAME holds TIMEKEEPER_LAST_NAME and TIMEKEEPER_FIRST_NAME.

use super::{Judging, Params, Predicate};
use crate::model::{Field, Hit, Hits, Invoice, RuleId};
use crate::rules::PackMistake;
use rustc_hash::FxHashSet;

struct SplitNames {
    rule: RuleId,
}

/// No parameters.
pub fn build(params: &mut Params<'_>) -> Result<Box<dyn Predicate>, PackMistake> {
    Ok(Box::new(SplitNames { rule: params.rule }))
}

fn holds(name: &str, part: &str) -> bool {
    name.contains(part) || name.to_lowercase().contains(&part.to_lowercase())
}

impl Predicate for SplitNames {
    fn judge(&self, invoice: &Invoice, _: &Judging, hits: &mut Hits) {
        if !invoice.format.is_international() {
            return;
        }
        let mut said: FxHashSet<(&str, &str, &str)> = FxHashSet::default();
        for (index, line) in invoice.lines.iter().enumerate() {
            let name = invoice.text.raw(line.timekeeper_name);
            let last = invoice.text.raw(line.timekeeper_last_name);
            let first = invoice.text.raw(line.timekeeper_first_name);
            if name.is_empty() || (holds(name, last) && holds(name, first)) {
                continue;
            }
            // Once a person, not once a line.
            if said.insert((name, last, first)) {
                hits.raise(
                    Hit::on_line(self.rule, index)
                        .at(invoice.format, Field::TimekeeperName, line.timekeeper_name)
                        .variant("split-names")
                        .with("last", last)
                        .with("first", first),
                );
            }
        }
    }
}
