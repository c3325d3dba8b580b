//! `code-on-wrong-line-type`: an expense code on a fee, a task or activity code on an expense, any code or
//! timekeeper on an adjustment (ledes-1998b.md section 4).

use super::code_cells::{calls_for, code_cells, filled, misplaced};
use super::{Judging, Params, Predicate};
use crate::model::{Anchor, Cell, Field, Hit, Hits, Invoice, Line, LineKind, RuleId};
use crate::rules::PackMistake;
use crate::rules::utbms::{Classes, CodeKind};

struct CodeOnWrongLineType {
    rule: RuleId,
    task_on_expense: bool,
    activity_on_expense: bool,
    expense_code_on_adjustment: bool,
}

/// Parameters: what a client takes all the same.
pub(super) fn build(params: &mut Params<'_>) -> Result<Box<dyn Predicate>, PackMistake> {
    Ok(Box::new(CodeOnWrongLineType {
        rule: params.rule,
        task_on_expense: params.flag("task_on_expense", false)?,
        activity_on_expense: params.flag("activity_on_expense", false)?,
        expense_code_on_adjustment: params.flag("expense_code_on_adjustment", false)?,
    }))
}

impl Predicate for CodeOnWrongLineType {
    fn judge(&self, invoice: &Invoice, _: &Judging, hits: &mut Hits) {
        for (index, line) in invoice.lines.iter().enumerate() {
            if line.kind.is_unreadable() && !line.expense_code.is_blank() {
                hits.unjudged(self.rule, Anchor::Line(index as u32), line.kind.cell);
            }
            let Some(kind) = line.kind.get() else {
                continue;
            };
            let variant = match kind {
                LineKind::Fee => "fee",
                LineKind::Expense => "expense",
                LineKind::FeeAdjustment | LineKind::ExpenseAdjustment => "adjustment",
            };
            let mut found: Vec<(Field, Cell)> = Vec::new();
            for code in code_cells(line) {
                if filled(invoice, code.cell)
                    && !calls_for(invoice, line, code.kind)
                    && !self.taken(kind, code.kind)
                    && misplaced(invoice, line, code).is_none()
                {
                    found.push((code.kind.field(), code.cell));
                }
            }
            if kind.is_adjustment() && !bills_nobody(invoice, line) {
                for (field, cell) in [
                    (Field::TimekeeperId, line.timekeeper_id),
                    (Field::TimekeeperName, line.timekeeper_name),
                    (
                        Field::TimekeeperClassification,
                        line.timekeeper_classification,
                    ),
                ] {
                    if filled(invoice, cell) {
                        found.push((field, cell));
                    }
                }
            }
            if !found.is_empty() {
                let hit = Hit::on_line(self.rule, index)
                    .variant(variant)
                    .with("type", kind.noun())
                    .with("what", listed(invoice, &found));
                hits.raise(found.into_iter().fold(hit, |hit, (field, cell)| {
                    hit.at(invoice.format, field, cell)
                }));
            }
        }
    }
}

/// Every field and its value, in words; long values are cut.
fn listed(invoice: &Invoice, found: &[(Field, Cell)]) -> String {
    let parts: Vec<String> = found
        .iter()
        .map(|(field, cell)| {
            let value: String = invoice.get(*cell).chars().take(20).collect();
            format!("{} \"{value}\"", invoice.name(*field))
        })
        .collect();
    match parts.as_slice() {
        [rest @ .., last] if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => parts.join(""),
    }
}

impl CodeOnWrongLineType {
    fn taken(&self, line: LineKind, code: CodeKind) -> bool {
        match code {
            CodeKind::Task => line == LineKind::Expense && self.task_on_expense,
            CodeKind::Activity => line == LineKind::Expense && self.activity_on_expense,
            CodeKind::Expense => {
                line == LineKind::ExpenseAdjustment && self.expense_code_on_adjustment
            }
        }
    }
}

/// FLTFEE and ADJSMT stand for lines without a biller: with them a timekeeper is only a name for the line.
fn bills_nobody(invoice: &Invoice, line: &Line) -> bool {
    Classes::is_nobody(&invoice.get(line.timekeeper_classification))
}
