//! `internal-conference`: a conference, call or email among people of the firm (reference guidelines.md
//! section 2, Staffing).

use super::{Judging, Params, Predicate};
use crate::model::{Hits, Invoice, RuleId};
use crate::rules::PackMistake;
use crate::rules::narrative::Segment;

struct InternalConference {
    rule: RuleId,
}

/// No parameters. Internal is what says so itself ("office conference", "associate") or names somebody who
/// bills on the invoice.
pub(super) fn build(params: &mut Params<'_>) -> Result<Box<dyn Predicate>, PackMistake> {
    Ok(Box::new(InternalConference { rule: params.rule }))
}

impl Predicate for InternalConference {
    fn judge(&self, invoice: &Invoice, judging: &Judging, hits: &mut Hits) {
        for told in judging.narratives(invoice).iter(invoice) {
            // Supervising is no talk: supervision-or-training-time says it.
            let supervises = |s: &&Segment| {
                let action = s.action.clone().and_then(|a| told.text.get(a));
                action.is_some_and(|a| a.to_ascii_lowercase().starts_with("supervis"))
            };
            let mut talks = told.reading.segments.iter().filter(|s| s.internal);
            if let Some(segment) = talks.find(|s| !supervises(s)) {
                let hit = told.hit(self.rule, invoice);
                hits.raise(hit.with("part", told.part(segment)));
            }
        }
    }
}
