//! `travel-not-separated`: travel and other work in one line (reference guidelines.md section 2, Travel).

use super::{Judging, Params, Predicate};
use crate::model::{Hits, Invoice, RuleId};
use crate::rules::PackMistake;
use crate::rules::narrative::explain;

struct TravelNotSeparated {
    rule: RuleId,
}

/// No parameters.
pub(super) fn build(params: &mut Params<'_>) -> Result<Box<dyn Predicate>, PackMistake> {
    Ok(Box::new(TravelNotSeparated { rule: params.rule }))
}

impl Predicate for TravelNotSeparated {
    fn judge(&self, invoice: &Invoice, judging: &Judging, hits: &mut Hits) {
        for told in judging.narratives(invoice).iter(invoice) {
            let reading = told.reading;
            // Tasks that carry their own times are separate.
            let itemised = reading.times.count >= 2 && reading.times.all;
            if reading.travel_mixed() && !itemised {
                let split = explain::proposal(&told.text, reading);
                hits.raise(told.hit(self.rule, invoice).with("split", split));
            }
        }
    }
}
