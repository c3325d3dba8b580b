//! `code-set-not-allowed`: a known code of a set, or of an extension of a set, that the client does not take
//! (reference utbms/rules.csv U014, U017 to U019).

use super::code_cells::judged_cells;
use super::{Judging, Params, Predicate};
use crate::model::did_you_mean;
use crate::model::{Hit, Hits, Invoice, RuleId};
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
    fn judge(&self, invoice: &Invoice, _: &Judging, hits: &mut Hits) {
        for (index, line) in invoice.lines.iter().enumerate() {
            for field in judged_cells(invoice, line) {
                let Some(code) = catalogue()
                    .find(&invoice.get(field.cell))
                    .filter(|code| code.kind == field.kind)
                else {
                    continue;
                };
                let set = catalogue().set_of(code);
                let set_taken = self.sets.is_empty() || self.sets.contains(&set.name);
                let extension_taken =
                    code.status != Status::Extended || self.extended.contains(&code.code);
                if set_taken && extension_taken {
                    continue;
                }
                let hit = Hit::on_line(self.rule, index)
                    .at(invoice.format, field.kind.field(), field.cell)
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
}
