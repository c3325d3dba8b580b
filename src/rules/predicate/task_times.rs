//! `task-times-sum` and `task-times-in-narrative`: times that stand inside a narrative (reference
//! guidelines.md section 3.5, step 2).

use super::{Judging, Params, Predicate};
use crate::model::{Hits, Invoice, RuleId};
use crate::rules::PackMistake;
use rust_decimal::Decimal;

struct TaskTimes {
    rule: RuleId,
    tolerance: Decimal,
    /// Raise where the times agree with the hours, instead of where they do not.
    agreeing: bool,
}

/// Parameter: `tolerance`, hours.
pub(super) fn sum(params: &mut Params<'_>) -> Result<Box<dyn Predicate>, PackMistake> {
    Ok(Box::new(TaskTimes {
        rule: params.rule,
        tolerance: params.decimal("tolerance", Decimal::new(5, 2))?,
        agreeing: false,
    }))
}

/// Parameter: `tolerance`, hours.
pub(super) fn present(params: &mut Params<'_>) -> Result<Box<dyn Predicate>, PackMistake> {
    Ok(Box::new(TaskTimes {
        rule: params.rule,
        tolerance: params.decimal("tolerance", Decimal::new(5, 2))?,
        agreeing: true,
    }))
}

impl Predicate for TaskTimes {
    fn judge(&self, invoice: &Invoice, judging: &Judging, hits: &mut Hits) {
        for told in judging.narratives(invoice).iter(invoice) {
            let times = told.reading.times;
            let Some(hours) = told.hours().filter(|_| times.count >= 2) else {
                continue;
            };
            let sum = Decimal::new(i64::from(times.sum), 2);
            let Some(difference) = hours.checked_sub(sum) else {
                continue;
            };
            let agrees = difference.abs() <= self.tolerance;
            // Where a task carries no time, the rest of the hours may be its.
            let judged = times.all || difference < Decimal::ZERO || self.agreeing;
            if judged && agrees == self.agreeing {
                let hit = told.hit(self.rule, invoice);
                hits.raise(
                    hit.with("count_of_times", times.count)
                        .with("sum", sum.normalize())
                        .with("hours", hours.normalize()),
                );
            }
        }
    }
}
