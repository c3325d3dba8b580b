//! `internal-conference`: a conference, call or email among people of the firm (reference guidelines.md
//! section 2, Staffing).

use super::{Judging, Params, Predicate};
use crate::model::{Hits, Invoice, RuleId};
use crate::rules::PackMistake;

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
            if let Some(segment) = told.reading.segments.iter().find(|s| s.internal) {
                let hit = told.hit(self.rule, invoice);
                hits.raise(hit.with("part", told.part(segment)));
            }
        }
    }
}
