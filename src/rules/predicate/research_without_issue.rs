//! `research-without-issue`: research that names no issue (reference guidelines.md section 4).

use super::{Judging, Params, Predicate};
use crate::model::{Hits, Invoice, RuleId};
use crate::rules::PackMistake;
use crate::rules::narrative::Missing;

struct ResearchWithoutIssue {
    rule: RuleId,
}

/// No parameters.
pub(super) fn build(params: &mut Params<'_>) -> Result<Box<dyn Predicate>, PackMistake> {
    Ok(Box::new(ResearchWithoutIssue { rule: params.rule }))
}

impl Predicate for ResearchWithoutIssue {
    fn judge(&self, invoice: &Invoice, judging: &Judging, hits: &mut Hits) {
        for told in judging.narratives(invoice).iter(invoice) {
            let Some(segment) = told.reading.vague() else {
                continue;
            };
            if segment.missing == Some(Missing::Issue) {
                let hit = told.hit(self.rule, invoice);
                hits.raise(hit.with("part", told.part(segment)));
            }
        }
    }
}
