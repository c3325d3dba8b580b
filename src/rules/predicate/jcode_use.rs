//! `jcode-use`: J-Codes on a matter that is not civil litigation in England and Wales, or without the
//! activity that belongs to them (reference utbms/rules.csv U020, U021).

use super::code_cells::{judged_cells, missing_at};
use super::{Judging, Params, Predicate};
use crate::model::{Field, Hit, Hits, Invoice, RuleId};
use crate::rules::PackMistake;
use crate::rules::utbms::{CodeKind, catalogue};

struct JCodeUse {
    rule: RuleId,
    allowed: bool,
}

/// Parameter: `allowed`, whether the client's matters are ones J-Codes are made for.
pub(super) fn build(params: &mut Params<'_>) -> Result<Box<dyn Predicate>, PackMistake> {
    Ok(Box::new(JCodeUse {
        rule: params.rule,
        allowed: params.flag("allowed", false)?,
    }))
}

impl Predicate for JCodeUse {
    fn judge(&self, invoice: &Invoice, _: &Judging, hits: &mut Hits) {
        for (index, line) in invoice.lines.iter().enumerate() {
            let Some(task) = judged_cells(invoice, line).find(|c| c.kind == CodeKind::Task) else {
                continue;
            };
            let written = invoice.get(task.cell);
            let Some(code) = catalogue()
                .find(&written)
                .filter(|code| catalogue().set_of(code).name == "uk-jcodes")
            else {
                continue;
            };
            if !self.allowed {
                hits.raise(
                    Hit::on_line(self.rule, index)
                        .at(invoice.format, Field::TaskCode, task.cell)
                        .with("label", &code.label),
                );
            } else if line.activity_code.is_blank()
                && let Some(place) = missing_at(invoice, line, line.activity_code)
            {
                hits.raise(
                    Hit::on_line(self.rule, index)
                        .variant("activity")
                        .at(invoice.format, Field::ActivityCode, place)
                        .with("task", &code.code)
                        .with("label", &code.label),
                );
            }
        }
    }
}
