//! `jcode-use`: J-Codes on a matter that is not civil litigation in England and Wales, or without the
//! activity that belongs to them (reference utbms/rules.csv U020, U021).

use super::code_cells::missing_at;
use super::{Judging, Params, Predicate};
use crate::model::{Field, Hit, Hits, Invoice, RuleId};
use crate::rules::PackMistake;
use crate::rules::utbms::{Code, CodeKind, catalogue};

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
    fn judge(&self, invoice: &Invoice, judging: &Judging, hits: &mut Hits) {
        let is_jcode = |code: &&Code| catalogue().set_of(code).name == "uk-jcodes";
        let jcodes = judging.codes(invoice).judged(|written| {
            let task = written.kind == CodeKind::Task;
            written.code.filter(|code| task && is_jcode(code))
        });
        for (posting, code) in jcodes {
            let line = &invoice.lines[posting.line];
            if !self.allowed {
                hits.raise(posting.hit(self.rule, invoice).with("label", &code.label));
            } else if line.activity_code.is_blank()
                && let Some(place) = missing_at(invoice, line, line.activity_code)
            {
                hits.raise(
                    Hit::on_line(self.rule, posting.line)
                        .variant("activity")
                        .at(invoice.format, Field::ActivityCode, place)
                        .with("task", &code.code)
                        .with("label", &code.label),
                );
            }
        }
    }
}
