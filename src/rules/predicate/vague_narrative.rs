//! `vague-narrative`: no specific action, object or event (reference guidelines.md section 4).

use super::{Judging, Params, Predicate};
use crate::model::{Hits, Invoice, RuleId};
use crate::rules::PackMistake;
use crate::rules::narrative::{Class, Missing};

struct VagueNarrative {
    rule: RuleId,
}

/// No parameters.
pub(super) fn build(params: &mut Params<'_>) -> Result<Box<dyn Predicate>, PackMistake> {
    Ok(Box::new(VagueNarrative { rule: params.rule }))
}

impl Predicate for VagueNarrative {
    fn judge(&self, invoice: &Invoice, judging: &Judging, hits: &mut Hits) {
        for told in judging.narratives(invoice).iter(invoice) {
            let Some(segment) = told.reading.vague() else {
                continue;
            };
            let Some(missing) = segment.missing else {
                continue;
            };
            // Reviews, research and communications have rules of their own.
            let own = match missing {
                Missing::Action | Missing::Content | Missing::Event => true,
                Missing::Document => segment.class != Class::A104,
                Missing::Counterparty | Missing::Subject | Missing::Issue => false,
            };
            if own {
                let hit = told
                    .hit(self.rule, invoice)
                    .with("missing", missing.words());
                hits.raise(hit.with("part", told.part(segment)));
            }
        }
    }
}
