//! `activity-narrative-mismatch`: the activity code disagrees with the narrative (reference guidelines.md
//! section 6). Only where one task is told and the two cannot mean the same: preparation, drafting and review
//! are mixed up everywhere, a letter may be drafting or talking, a meeting talking or attendance.

use super::{Judging, Params, Predicate};
use crate::model::{Field, Hit, Hits, Invoice, RuleId};
use crate::rules::PackMistake;
use crate::rules::narrative::Class;

struct ActivityMismatch {
    rule: RuleId,
}

/// No parameters.
pub(super) fn build(params: &mut Params<'_>) -> Result<Box<dyn Predicate>, PackMistake> {
    Ok(Box::new(ActivityMismatch { rule: params.rule }))
}

impl Predicate for ActivityMismatch {
    fn judge(&self, invoice: &Invoice, judging: &Judging, hits: &mut Hits) {
        for told in judging.narratives(invoice).iter(invoice) {
            let cell = told.line.activity_code;
            let code = Class::of_list(invoice.text.raw(cell));
            if code == Class::None || told.reading.tasks().count() != 1 {
                continue;
            }
            let Some(task) = told.reading.segments.first() else {
                continue;
            };
            let of_letters =
                task.written && (code.is_communication() || task.class.is_communication());
            if task.office.is_some()
                || task.missing.is_some()
                || of_letters
                || !disagree(code, task.class)
            {
                continue;
            }
            hits.raise(
                Hit::on_line(self.rule, told.index)
                    .at(invoice.format, Field::ActivityCode, cell)
                    .with("coded", code.words())
                    .with("told", task.class.words())
                    .with("code", task.class.code())
                    .with("part", told.part(task)),
            );
        }
    }
}

/// Codes that cannot stand for one another.
fn disagree(code: Class, told: Class) -> bool {
    use Class::{A102, A103, A104, A109};
    let paper = |class| matches!(class, A102 | A103 | A104);
    match (code, told) {
        (A102, A103) | (A103, A102) => true,
        (code, told) if paper(code) => told == A109 || told.is_communication(),
        (A109, told) => paper(told),
        (code, told) if code.is_communication() => paper(told),
        _ => false,
    }
}
