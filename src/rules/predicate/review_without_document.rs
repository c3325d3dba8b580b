//! `review-without-document`: a review whose object is only the file, documents, correspondence (reference guidelines.md section 4).

use super::{Judging, Params, Predicate};
use crate::model::{Hits, Invoice, RuleId};
use crate::rules::PackMistake;
use crate::rules::narrative::{Class, Missing};

struct ReviewWithoutDocument {
    rule: RuleId,
}

/// No parameters.
pub(super) fn build(params: &mut Params<'_>) -> Result<Box<dyn Predicate>, PackMistake> {
    Ok(Box::new(ReviewWithoutDocument { rule: params.rule }))
}

impl Predicate for ReviewWithoutDocument {
    fn judge(&self, invoice: &Invoice, judging: &Judging, hits: &mut Hits) {
        for told in judging.narratives(invoice).iter(invoice) {
            let Some(segment) = told.reading.vague() else {
                continue;
            };
            if segment.missing == Some(Missing::Document) && segment.class == Class::A104 {
                let hit = told.hit(self.rule, invoice);
                hits.raise(hit.with("part", told.part(segment)));
            }
        }
    }
}
