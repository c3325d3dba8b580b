//! `narrative-too-short`: a narrative of a few characters and words (reference guideline-rules.csv).

use super::{Judging, Params, Predicate};
use crate::model::{Hits, Invoice, RuleId};
use crate::rules::PackMistake;

struct NarrativeTooShort {
    rule: RuleId,
    min_chars: usize,
    min_words: usize,
}

/// Parameters: `min_chars` and `min_words`; a narrative with fewer of both is too short.
pub(super) fn build(params: &mut Params<'_>) -> Result<Box<dyn Predicate>, PackMistake> {
    let size = |number: i64| usize::try_from(number).unwrap_or(0);
    Ok(Box::new(NarrativeTooShort {
        rule: params.rule,
        min_chars: size(params.integer("min_chars", 12)?),
        min_words: size(params.integer("min_words", 3)?),
    }))
}

impl Predicate for NarrativeTooShort {
    fn judge(&self, invoice: &Invoice, judging: &Judging, hits: &mut Hits) {
        for told in judging.narratives(invoice).iter(invoice) {
            if told.text.len() >= self.min_chars * 4 {
                continue;
            }
            let words = told.text.split_whitespace().count();
            let characters = told.text.chars().count();
            if words < self.min_words && characters < self.min_chars {
                let hit = told.hit(self.rule, invoice).with("words", words);
                hits.raise(hit.with("characters", characters));
            }
        }
    }
}
