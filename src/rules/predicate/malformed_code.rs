//! `malformed-code`: a known code written in lower case or with blanks inside.

use super::code_cells::{judged_cells, mended};
use super::{Judging, Params, Predicate};
use crate::model::{Hit, Hits, Invoice, RuleId};
use crate::rules::PackMistake;

struct MalformedCode {
    rule: RuleId,
}

/// No parameters.
pub(super) fn build(params: &mut Params<'_>) -> Result<Box<dyn Predicate>, PackMistake> {
    Ok(Box::new(MalformedCode { rule: params.rule }))
}

impl Predicate for MalformedCode {
    fn judge(&self, invoice: &Invoice, _: &Judging, hits: &mut Hits) {
        for (index, line) in invoice.lines.iter().enumerate() {
            for field in judged_cells(invoice, line) {
                if let Some(code) = mended(&invoice.get(field.cell)) {
                    hits.raise(
                        Hit::on_line(self.rule, index)
                            .at(invoice.format, field.kind.field(), field.cell)
                            .with("label", &code.label)
                            .expecting(&code.code),
                    );
                }
            }
        }
    }
}
