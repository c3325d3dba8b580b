//! `residual-code`: work or costs under "other" (reference utbms/rules.csv U022).

use super::tax_as_expense::names_a_tax;
use super::{Judging, Params, Predicate};
use crate::model::{Hits, Invoice, RuleId};
use crate::rules::PackMistake;
use crate::rules::utbms::CodeKind;
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
    fn judge(&self, invoice: &Invoice, judging: &Judging, hits: &mut Hits) {
        let residual = judging.codes(invoice).judged(|written| {
            let code = written.in_its_field()?;
            self.codes.contains(&written.text).then_some(code)
        });
        for (posting, code) in residual {
            // A tax is explained by its name, and has a rule of its own.
            let tax = || names_a_tax(&invoice.get(invoice.lines[posting.line].description));
            if posting.kind != CodeKind::Expense || !tax() {
                hits.raise(posting.hit(self.rule, invoice).with("label", &code.label));
            }
        }
    }
}
