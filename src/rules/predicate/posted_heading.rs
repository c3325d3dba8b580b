//! `phase-code-posted` and `heading-code-posted`: work or costs billed under a heading.

use super::code_cells::judged_cells;
use super::{Judging, Params, Predicate};
use crate::model::{Hit, Hits, Invoice, RuleId};
use crate::rules::PackMistake;
use crate::rules::utbms::{CodeLevel, catalogue};

struct PostedHeading {
    rule: RuleId,
    level: CodeLevel,
    /// How every heading of this level ends; looked at first, since it is cheap.
    end: &'static str,
}

/// A phase such as L100. No parameters.
pub(super) fn phase(params: &mut Params<'_>) -> Result<Box<dyn Predicate>, PackMistake> {
    Ok(Box::new(PostedHeading {
        rule: params.rule,
        level: CodeLevel::Phase,
        end: "0",
    }))
}

/// The heading of a list: A100, E100. No parameters.
pub(super) fn group(params: &mut Params<'_>) -> Result<Box<dyn Predicate>, PackMistake> {
    Ok(Box::new(PostedHeading {
        rule: params.rule,
        level: CodeLevel::Group,
        end: "100",
    }))
}

impl Predicate for PostedHeading {
    fn judge(&self, invoice: &Invoice, _: &Judging, hits: &mut Hits) {
        for (index, line) in invoice.lines.iter().enumerate() {
            for field in judged_cells(invoice, line) {
                let written = invoice.get(field.cell);
                if !written.ends_with(self.end) {
                    continue;
                }
                let Some(code) = catalogue()
                    .find(&written)
                    .filter(|c| c.level == self.level && c.kind == field.kind)
                else {
                    continue;
                };
                let below: Vec<&str> = catalogue()
                    .codes()
                    .iter()
                    .filter(|c| c.parent == code.code)
                    .take(4)
                    .map(|c| c.code.as_str())
                    .collect();
                hits.raise(
                    Hit::on_line(self.rule, index)
                        .at(invoice.format, field.kind.field(), field.cell)
                        .with("label", &code.label)
                        .with("set", &catalogue().set_of(code).title)
                        .with("below", below.join(", ")),
                );
            }
        }
    }
}
