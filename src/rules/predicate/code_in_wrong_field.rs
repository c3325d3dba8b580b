//! `code-in-wrong-field`: a known code of one kind in the field of another.

use super::code_cells::{code_cells, in_lower_case, misplaced};
use super::{Judging, Params, Predicate};
use crate::model::{Hit, Hits, Invoice, RuleId};
use crate::rules::PackMistake;

struct CodeInWrongField {
    rule: RuleId,
}

/// No parameters.
pub(super) fn build(params: &mut Params<'_>) -> Result<Box<dyn Predicate>, PackMistake> {
    Ok(Box::new(CodeInWrongField { rule: params.rule }))
}

impl Predicate for CodeInWrongField {
    fn judge(&self, invoice: &Invoice, _: &Judging, hits: &mut Hits) {
        for (index, line) in invoice.lines.iter().enumerate() {
            let mut hit: Option<Hit> = None;
            for field in code_cells(line) {
                let Some(code) = misplaced(invoice, line, field) else {
                    continue;
                };
                if in_lower_case(invoice, line) {
                    continue;
                }
                let own = field.kind.field();
                hit = Some(match hit {
                    // Two codes in each other's fields are one slip.
                    Some(first) => first
                        .at(invoice.format, own, field.cell)
                        .with("other", &code.code)
                        .variant("exchanged"),
                    None => Hit::on_line(self.rule, index)
                        .at(invoice.format, own, field.cell)
                        .with("kind", code.kind.noun())
                        .with("label", &code.label)
                        .with("right", invoice.name(code.kind.field())),
                });
            }
            if let Some(hit) = hit {
                hits.raise(hit);
            }
        }
    }
}
