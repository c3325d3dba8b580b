//! `budget-missing`: a matter without an approved budget (reference guideline-rules.csv, budget-missing).

use super::{client_of, number_of};
use crate::model::{Anchor, Hit, Hits, Invoice, RuleId};
use crate::rules::PackMistake;
use crate::rules::predicate::places::on_matter;
use crate::rules::predicate::{Judging, Params, Predicate};

struct BudgetMissing {
    rule: RuleId,
    require: bool,
}

/// Parameter: `require` (true: every matter needs a budget; false: those of clients that have approved any).
pub(in crate::rules::predicate) fn build(
    params: &mut Params<'_>,
) -> Result<Box<dyn Predicate>, PackMistake> {
    Ok(Box::new(BudgetMissing {
        rule: params.rule,
        require: params.flag("require", false)?,
    }))
}

impl Predicate for BudgetMissing {
    fn judge(&self, invoice: &Invoice, judging: &Judging, hits: &mut Hits) {
        let budgets = &judging.lists.budgets;
        if !budgets.is_loaded() {
            return hits.lacking(self.rule, "no budgets loaded");
        }
        if !budgets.is_complete() {
            return hits.lacking(self.rule, "the list of budgets is not said to be complete");
        }
        let Some(client) = client_of(invoice) else {
            return;
        };
        if !self.require && budgets.of(client).next().is_none() {
            return;
        }
        for (index, matter) in invoice.matters.iter().enumerate() {
            let Some(number) = number_of(invoice, matter) else {
                continue;
            };
            if budgets.of(client).any(|b| b.law_firm_matter_id == number) {
                continue;
            }
            let hit = Hit::new(self.rule, Anchor::Matter(index as u32))
                .with("matter", number)
                .with("client", client);
            hits.raise(on_matter(hit, invoice, index));
        }
    }
}
