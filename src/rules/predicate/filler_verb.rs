//! `filler-verb`: "attention to", "work on", "handle" in place of what was done (reference guidelines.md
//! section 4).

use super::{Judging, Params, Predicate};
use crate::model::{Hits, Invoice, RuleId};
use crate::rules::PackMistake;

struct FillerVerb {
    rule: RuleId,
}

/// No parameters.
pub(super) fn build(params: &mut Params<'_>) -> Result<Box<dyn Predicate>, PackMistake> {
    Ok(Box::new(FillerVerb { rule: params.rule }))
}

impl Predicate for FillerVerb {
    fn judge(&self, invoice: &Invoice, judging: &Judging, hits: &mut Hits) {
        for told in judging.narratives(invoice).iter(invoice) {
            let Some(segment) = told.reading.segments.iter().find(|s| s.filler) else {
                continue;
            };
            let verb = segment.action.clone().and_then(|a| told.text.get(a));
            let hit = told
                .hit(self.rule, invoice)
                .with("verb", verb.unwrap_or(""));
            hits.raise(hit.with("part", told.part(segment)));
        }
    }
}
