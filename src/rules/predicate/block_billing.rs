//! `block-billing`: two or more discrete tasks under one undivided time (reference guidelines.md section 3).

use super::{Judging, Params, Predicate};
use crate::model::{Hits, Invoice, RuleId};
use crate::rules::PackMistake;
use crate::rules::narrative::{Options, Verdict, explain, score};
use rust_decimal::Decimal;

struct BlockBilling {
    rule: RuleId,
    options: Options,
    borderline: bool,
}

/// Parameters, all of which clients differ in: `score_threshold`, `de_minimis_hours`, `hours_threshold`,
/// `group_communications`, `allow_itemised`, `linked_pairs` (true: pairs such as prepare and attend pass), and
/// `borderline` (true: borderline lines are named too).
pub(super) fn build(params: &mut Params<'_>) -> Result<Box<dyn Predicate>, PackMistake> {
    let usual = Options::default();
    Ok(Box::new(BlockBilling {
        rule: params.rule,
        options: Options {
            score_threshold: params.integer("score_threshold", usual.score_threshold)?,
            de_minimis_hours: params.decimal("de_minimis_hours", usual.de_minimis_hours)?,
            hours_threshold: params.decimal("hours_threshold", usual.hours_threshold)?,
            group_communications: params
                .flag("group_communications", usual.group_communications)?,
            allow_itemised: params.flag("allow_itemised", usual.allow_itemised)?,
            linked_pairs: params.flag("linked_pairs", usual.linked_pairs)?,
        },
        borderline: params.flag("borderline", false)?,
    }))
}

impl Predicate for BlockBilling {
    fn judge(&self, invoice: &Invoice, judging: &Judging, hits: &mut Hits) {
        for told in judging.narratives(invoice).iter(invoice) {
            // A flat fee has no time to divide.
            let Some(hours) = told.hours().filter(|h| *h > Decimal::ZERO) else {
                continue;
            };
            if told.reading.segments.len() < 2 || invoice.text.raw(told.line.charge_type) == "F" {
                continue;
            }
            let score = score(told.reading, Some(hours), &self.options);
            let speaks = match score.verdict {
                Verdict::BlockBilled => true,
                Verdict::Borderline => self.borderline,
                Verdict::Clear => false,
            };
            if speaks {
                hits.raise(
                    told.hit(self.rule, invoice)
                        .with("tasks", score.tasks)
                        .with("hours", hours)
                        .with("parts", explain::tasks(&told.text, told.reading))
                        .with("split", explain::proposal(&told.text, told.reading)),
                );
            }
        }
    }
}
