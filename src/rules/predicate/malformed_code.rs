//! `malformed-code`: a known code written in lower case or with blanks inside.

use super::code_cells::mended;
use super::{Judging, Params, Predicate};
use crate::model::{Hits, Invoice, RuleId};
use crate::rules::PackMistake;

struct MalformedCode {
    rule: RuleId,
}

/// No parameters.
pub(super) fn build(params: &mut Params<'_>) -> Result<Box<dyn Predicate>, PackMistake> {
    Ok(Box::new(MalformedCode { rule: params.rule }))
}

impl Predicate for MalformedCode {
    fn judge(&self, invoice: &Invoice, judging: &Judging, hits: &mut Hits) {
        let codes = judging.codes(invoice);
        for (posting, code) in codes.judged(|written| mended(&written.text)) {
            hits.raise(
                posting
                    .hit(self.rule, invoice)
                    .with("label", &code.label)
                    .expecting(&code.code),
            );
        }
    }
}
