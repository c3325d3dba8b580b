//! `law-firm-id`: in 1998BI, LAW_FIRM_ID holds one to three ids joined by `~`, none of them empty.

use super::{Judging, Params, Predicate};
use crate::model::{Anchor, Field, Hit, Hits, Invoice, RuleId};
use crate::rules::PackMistake;

struct LawFirmId {
    rule: RuleId,
}

/// No parameters.
pub fn build(params: &mut Params<'_>) -> Result<Box<dyn Predicate>, PackMistake> {
    Ok(Box::new(LawFirmId { rule: params.rule }))
}

impl Predicate for LawFirmId {
    fn judge(&self, invoice: &Invoice, _: &Judging, hits: &mut Hits) {
        let cell = invoice.firm.law_firm_id;
        if !invoice.format.is_international() || cell.is_blank() {
            return;
        }
        let found = invoice.text.raw(cell);
        let empty = found.split('~').any(|part| part.trim().is_empty());
        let parts = found.split('~').count();
        if empty || parts > 3 {
            hits.raise(
                Hit::new(self.rule, Anchor::Invoice)
                    .everywhere(invoice.format, Field::LawFirmId, cell)
                    .variant(if empty { "empty-part" } else { "" })
                    .with("parts", parts),
            );
        }
    }
}
