//! `code-set-not-allowed`: a known code of a set, or of an extension of a set, that the client does not take
//! (reference utbms/rules.csv U014, U017 to U019).

use super::{Judging, Params, Predicate};
use crate::model::did_you_mean;
use crate::model::{Hits, Invoice, RuleId};
use crate::rules::PackMistake;
use crate::rules::utbms::{Status, catalogue};

struct CodeSetNotAllowed {
    rule: RuleId,
    /// Names of the sets taken; empty: every one.
    sets: Vec<String>,
    /// Extended codes taken.
    extended: Vec<String>,
    /// Titles of `sets`, for the message.
    titles: String,
}

/// Parameters: `sets`, the sets the client takes (empty: every one); `extended`, the extended codes it takes.
pub(super) fn build(params: &mut Params<'_>) -> Result<Box<dyn Predicate>, PackMistake> {
    let sets = params.list("sets")?;
    let mut titles = Vec::new();
    for name in &sets {
        match catalogue().sets().iter().find(|s| s.name == *name) {
            Some(set) => titles.push(set.title.as_str()),
            None => {
                return Err(PackMistake::UnknownWord {
                    place: params.spot("sets"),
                    found: name.clone(),
                    what: "code set",
                    remedy: did_you_mean(name, catalogue().sets().iter().map(|s| s.name.as_str())),
                });
            }
        }
    }
    Ok(Box::new(CodeSetNotAllowed {
        rule: params.rule,
        titles: titles.join(", "),
        sets,
        extended: params.list("extended")?,
    }))
}

impl Predicate for CodeSetNotAllowed {
    fn judge(&self, invoice: &Invoice, judging: &Judging, hits: &mut Hits) {
        let refused = judging.codes(invoice).judged(|written| {
            let code = written.in_its_field()?;
            let set = catalogue().set_of(code);
            let set_taken = self.sets.is_empty() || self.sets.contains(&set.name);
            let extension_taken =
                code.status != Status::Extended || self.extended.contains(&code.code);
            (!set_taken || !extension_taken).then_some((code, set, set_taken))
        });
        for (posting, (code, set, set_taken)) in refused {
            let hit = posting
                .hit(self.rule, invoice)
                .with("label", &code.label)
                .with("set", &set.title)
                .with("sets", &self.titles);
            hits.raise(if set_taken {
                hit.variant("extended")
            } else {
                hit
            });
        }
    }
}
