//! `matter-count`: more matters on one invoice than the client accepts.

use super::places::PLACES;
use super::{Judging, Params, Predicate};
use crate::model::{Anchor, Field, Hit, Hits, Invoice, RuleId};
use crate::rules::PackMistake;

struct MatterCount {
    rule: RuleId,
    max_matters: usize,
}

/// Parameter: `max_matters`.
pub fn build(params: &mut Params<'_>) -> Result<Box<dyn Predicate>, PackMistake> {
    let max = params.integer("max_matters", 1)?;
    Ok(Box::new(MatterCount {
        rule: params.rule,
        max_matters: usize::try_from(max).unwrap_or(0),
    }))
}

impl Predicate for MatterCount {
    fn judge(&self, invoice: &Invoice, _: &Judging, hits: &mut Hits) {
        let Some(too_many) = invoice.matters.get(self.max_matters..) else {
            return;
        };
        if too_many.is_empty() {
            return;
        }
        let mut hit = Hit::new(self.rule, Anchor::Invoice)
            .with("matters", invoice.matters.len())
            .with("limit", self.max_matters);
        for matter in too_many.iter().take(PLACES) {
            hit = hit.at(
                invoice.format,
                Field::LawFirmMatterId,
                matter.law_firm_matter_id,
            );
        }
        hits.raise(hit);
    }
}
