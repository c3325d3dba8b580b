//! `residual-code`: work or costs under "other" (reference utbms/rules.csv U022).

use super::code_cells::judged_cells;
use super::tax_as_expense::names_a_tax;
use super::{Judging, Params, Predicate};
use crate::model::{Hit, Hits, Invoice, RuleId};
use crate::rules::PackMistake;
use crate::rules::utbms::{CodeKind, catalogue};
use rustc_hash::FxHashSet;

struct ResidualCode {
    rule: RuleId,
    codes: FxHashSet<String>,
}

/// Parameter: `codes`, the residual ones.
pub(super) fn build(params: &mut Params<'_>) -> Result<Box<dyn Predicate>, PackMistake> {
    Ok(Box::new(ResidualCode {
        rule: params.rule,
        codes: params.list("codes")?.into_iter().collect(),
    }))
}

impl Predicate for ResidualCode {
    fn judge(&self, invoice: &Invoice, _: &Judging, hits: &mut Hits) {
        for (index, line) in invoice.lines.iter().enumerate() {
            for field in judged_cells(invoice, line) {
                let written = invoice.get(field.cell);
                if !self.codes.contains(&*written) {
                    continue;
                }
                let Some(code) = catalogue().find(&written).filter(|c| c.kind == field.kind) else {
                    continue;
                };
                // A tax is explained by its name, and has a rule of its own.
                if field.kind == CodeKind::Expense && names_a_tax(&invoice.get(line.description)) {
                    continue;
                }
                hits.raise(
                    Hit::on_line(self.rule, index)
                        .at(invoice.format, field.kind.field(), field.cell)
                        .with("label", &code.label),
                );
            }
        }
    }
}
