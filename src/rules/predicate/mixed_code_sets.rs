//! `mixed-code-sets`: task codes of unrelated sets on one matter, or both lists of expense codes on one
//! invoice (reference utbms/rules.csv U015, U016).

use super::code_cells::{calls_for, code_cells};
use super::{Judging, Params, Predicate};
use crate::model::{Anchor, Cell, Hit, Hits, Invoice, RuleId};
use crate::rules::PackMistake;
use crate::rules::utbms::{CodeKind, catalogue};
use rustc_hash::FxHashSet;

struct MixedCodeSets {
    rule: RuleId,
}

/// No parameters.
pub(super) fn build(params: &mut Params<'_>) -> Result<Box<dyn Predicate>, PackMistake> {
    Ok(Box::new(MixedCodeSets { rule: params.rule }))
}

/// Where a set was first met.
#[derive(Clone, Copy)]
struct Met {
    matter: u32,
    set: usize,
    line: usize,
    cell: Cell,
}

impl Predicate for MixedCodeSets {
    fn judge(&self, invoice: &Invoice, _: &Judging, hits: &mut Hits) {
        let mut tasks: Vec<Met> = Vec::new();
        let mut expenses: Vec<Met> = Vec::new();
        let mut known: FxHashSet<(CodeKind, u32, usize)> = FxHashSet::default();
        for (index, line) in invoice.lines.iter().enumerate() {
            for field in code_cells(line) {
                if field.cell.is_blank()
                    || field.kind == CodeKind::Activity
                    || !calls_for(invoice, line, field.kind)
                {
                    continue;
                }
                let Some(code) = catalogue()
                    .find(&invoice.get(field.cell))
                    .filter(|code| code.kind == field.kind)
                else {
                    continue;
                };
                let (seen, matter) = match field.kind {
                    CodeKind::Expense => (&mut expenses, 0),
                    _ => (&mut tasks, line.matter),
                };
                let set = catalogue().set_index(code);
                if known.insert((field.kind, matter, set)) {
                    seen.push(Met {
                        matter,
                        set,
                        line: index,
                        cell: field.cell,
                    });
                }
            }
        }
        // Stable: of each matter the sets stay in the order they were met in.
        tasks.sort_by_key(|m| m.matter);
        for of_matter in tasks.chunk_by(|a, b| a.matter == b.matter) {
            if unrelated(of_matter) {
                let anchor = Anchor::Matter(of_matter[0].matter);
                hits.raise(self.hit(invoice, anchor, CodeKind::Task, of_matter));
            }
        }
        if expenses.len() > 1 {
            let hit = self.hit(invoice, Anchor::Invoice, CodeKind::Expense, &expenses);
            hits.raise(hit.variant("expenses"));
        }
    }
}

/// True where there are several sets and they are not Litigation with its supplement eDiscovery.
fn unrelated(met: &[Met]) -> bool {
    let litigation = |m: &Met| {
        matches!(
            catalogue().sets()[m.set].name.as_str(),
            "litigation" | "ediscovery"
        )
    };
    met.len() > 1 && !met.iter().all(litigation)
}

impl MixedCodeSets {
    /// Points first at the set met second, since the first is likely the matter's own.
    fn hit(&self, invoice: &Invoice, anchor: Anchor, kind: CodeKind, met: &[Met]) -> Hit {
        let named: Vec<String> = met
            .iter()
            .map(|m| {
                let title = &catalogue().sets()[m.set].title;
                format!("{title} ({})", invoice.get(m.cell))
            })
            .collect();
        let mut hit = Hit::new(self.rule, anchor).with("sets", named.join(" and "));
        for m in met.iter().skip(1).chain(met.first()) {
            hit = hit.at_line(invoice.format, kind.field(), m.cell, m.line);
        }
        hit
    }
}
