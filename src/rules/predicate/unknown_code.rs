//! `unknown-code`: a code that stands in no set. Level follows the data: where the set it looks like is not
//! wholly attested, the variant `uncertain` speaks.

use super::code_cells::{judged_cells, mended};
use super::{Judging, Params, Predicate};
use crate::model::{Hit, Hits, Invoice, RuleId};
use crate::rules::PackMistake;
use crate::rules::utbms::{Catalogue, CodeKind, catalogue};
use rustc_hash::FxHashMap;

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
    fn judge(&self, invoice: &Invoice, _: &Judging, hits: &mut Hits) {
        let mut hints: FxHashMap<(CodeKind, String), String> = FxHashMap::default();
        for (index, line) in invoice.lines.iter().enumerate() {
            for field in judged_cells(invoice, line) {
                let written = invoice.get(field.cell);
                if catalogue().find(&written).is_some()
                    || Catalogue::is_client_reserved(&written)
                    || self.also.iter().any(|code| *code == written)
                    || mended(&written).is_some()
                {
                    continue;
                }
                let like = catalogue().set_like(&written);
                let key = (field.kind, written.clone().into_owned());
                let hint = match hints.len() < MOST_HINTS {
                    true => hints
                        .entry(key)
                        .or_insert_with(|| hint(&written, field.kind))
                        .as_str(),
                    false => hints.get(&key).map_or("", String::as_str),
                };
                let hit = Hit::on_line(self.rule, index)
                    .at(invoice.format, field.kind.field(), field.cell)
                    .with("kind", field.kind.noun())
                    .with("hint", hint);
                hits.raise(match like {
                    Some(set) if !set.certain => hit.variant("uncertain").with("set", &set.title),
                    _ => hit,
                });
            }
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
