//! `communication-without-subject`: a call, meeting, email or letter without the other party or the subject (reference guidelines.md section 4).

use super::{Judging, Params, Predicate};
use crate::model::{Hits, Invoice, RuleId};
use crate::rules::PackMistake;
use crate::rules::narrative::Missing;

struct CommunicationWithoutSubject {
    rule: RuleId,
}

/// No parameters.
pub(super) fn build(params: &mut Params<'_>) -> Result<Box<dyn Predicate>, PackMistake> {
    Ok(Box::new(CommunicationWithoutSubject { rule: params.rule }))
}

impl Predicate for CommunicationWithoutSubject {
    fn judge(&self, invoice: &Invoice, judging: &Judging, hits: &mut Hits) {
        for told in judging.narratives(invoice).iter(invoice) {
            let Some(segment) = told.reading.vague() else {
                continue;
            };
            let variant = match segment.missing {
                Some(Missing::Subject) => "",
                Some(Missing::Counterparty) => "counterparty",
                _ => continue,
            };
            let hit = told.hit(self.rule, invoice).variant(variant);
            hits.raise(hit.with("part", told.part(segment)));
        }
    }
}
