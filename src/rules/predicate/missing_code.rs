//! `missing-task-code`, `missing-activity-code`, `missing-expense-code`: a line without the code it needs.

use super::code_cells::{missing_at, stands_elsewhere};
use super::{Judging, Params, Predicate};
use crate::model::{Hit, Hits, Invoice, LineKind, RuleId};
use crate::rules::PackMistake;
use crate::rules::utbms::CodeKind;

struct MissingCode {
    rule: RuleId,
    line: LineKind,
    code: CodeKind,
}

fn make(
    params: &Params<'_>,
    line: LineKind,
    code: CodeKind,
) -> Result<Box<dyn Predicate>, PackMistake> {
    Ok(Box::new(MissingCode {
        rule: params.rule,
        line,
        code,
    }))
}

/// A fee without task code. No parameters.
pub(super) fn task(params: &mut Params<'_>) -> Result<Box<dyn Predicate>, PackMistake> {
    make(params, LineKind::Fee, CodeKind::Task)
}

/// A fee without activity code. No parameters.
pub(super) fn activity(params: &mut Params<'_>) -> Result<Box<dyn Predicate>, PackMistake> {
    make(params, LineKind::Fee, CodeKind::Activity)
}

/// An expense without expense code. No parameters.
pub(super) fn expense(params: &mut Params<'_>) -> Result<Box<dyn Predicate>, PackMistake> {
    make(params, LineKind::Expense, CodeKind::Expense)
}

impl Predicate for MissingCode {
    fn judge(&self, invoice: &Invoice, _: &Judging, hits: &mut Hits) {
        for (index, line) in invoice.lines.iter().enumerate() {
            if line.kind.get() != Some(self.line) {
                continue;
            }
            let cell = match self.code {
                CodeKind::Task => line.task_code,
                CodeKind::Activity => line.activity_code,
                CodeKind::Expense => line.expense_code,
            };
            if !cell.is_blank() || stands_elsewhere(invoice, line, self.code) {
                continue;
            }
            if let Some(place) = missing_at(invoice, line, cell) {
                hits.raise(Hit::on_line(self.rule, index).at(
                    invoice.format,
                    self.code.field(),
                    place,
                ));
            }
        }
    }
}
