//! `activity-without-task`: a fee with an activity code and an empty task code (ledes-1998b.md section 4,
//! ledes-1998bi.md I-023).

use super::code_cells::{filled, missing_at, stands_elsewhere};
use super::{Judging, Params, Predicate};
use crate::model::{Field, Hit, Hits, Invoice, LineKind, RuleId};
use crate::rules::PackMistake;
use crate::rules::utbms::{CodeKind, catalogue};

struct ActivityWithoutTask {
    rule: RuleId,
}

/// No parameters.
pub(super) fn build(params: &mut Params<'_>) -> Result<Box<dyn Predicate>, PackMistake> {
    Ok(Box::new(ActivityWithoutTask { rule: params.rule }))
}

impl Predicate for ActivityWithoutTask {
    fn judge(&self, invoice: &Invoice, _: &Judging, hits: &mut Hits) {
        for (index, line) in invoice.lines.iter().enumerate() {
            if line.kind.get() != Some(LineKind::Fee)
                || !filled(invoice, line.activity_code)
                || !line.task_code.is_blank()
                || stands_elsewhere(invoice, line, CodeKind::Task)
            {
                continue;
            }
            let activity = invoice.get(line.activity_code);
            let of_another_kind = catalogue()
                .find(&activity)
                .is_some_and(|code| code.kind != CodeKind::Activity);
            if of_another_kind {
                continue;
            }
            if let Some(place) = missing_at(invoice, line, line.task_code) {
                hits.raise(
                    Hit::on_line(self.rule, index)
                        .at(invoice.format, Field::TaskCode, place)
                        .with("activity", activity),
                );
            }
        }
    }
}
