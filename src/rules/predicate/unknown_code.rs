//! `unknown-code`: a code that stands in no set. Level follows the data: where the set it looks like is not
//! wholly attested, the variant `uncertain` speaks.

use super::code_cells::mended;
use super::{Judging, Params, Predicate};
use crate::model::{Hits, Invoice, RuleId};
use crate::rules::PackMistake;
use crate::rules::utbms::{Catalogue, CodeKind, catalogue};

/// Codes for which the nearest is looked for; it is compared with all codes there are.
const MOST_HINTS: usize = 1_000;

struct UnknownCode {
    rule: RuleId,
    /// The client's own codes.
    also: Vec<String>,
}

/// Parameter: `also`, codes of the client's own.
pub(super) fn build(params: &mut Params<'_>) -> Result<Box<dyn Predicate>, PackMistake> {
    Ok(Box::new(UnknownCode {
        rule: params.rule,
        also: params.list("also")?,
    }))
}

impl Predicate for UnknownCode {
    fn judge(&self, invoice: &Invoice, judging: &Judging, hits: &mut Hits) {
        let mut hints = 0;
        let unknown = judging.codes(invoice).judged(|written| {
            let text = written.text.as_str();
            if written.code.is_some()
                || Catalogue::is_client_reserved(text)
                || self.also.iter().any(|code| code == text)
                || mended(text).is_some()
            {
                return None;
            }
            hints += 1;
            let hint = match hints <= MOST_HINTS {
                true => hint(text, written.kind),
                false => String::new(),
            };
            Some((hint, catalogue().set_like(text)))
        });
        for (posting, (hint, like)) in unknown {
            let hit = posting
                .hit(self.rule, invoice)
                .with("kind", posting.kind.noun())
                .with("hint", hint);
            hits.raise(match like {
                Some(set) if !set.certain => hit.variant("uncertain").with("set", &set.title),
                _ => hit,
            });
        }
    }
}

/// "; the nearest known code is ...", or nothing where none is near.
fn hint(written: &str, kind: CodeKind) -> String {
    catalogue()
        .nearest(written, kind)
        .map_or_else(String::new, |near| {
            format!("; the nearest known code is {} ({})", near.code, near.label)
        })
}
