//! `expense-approval-threshold`: an expense above an amount without the client's consent (reference
//! guideline-rules.csv, expense-approval-threshold).

use super::expenses;
use crate::model::lists::Approves;
use crate::model::{Hits, Invoice, RuleId};
use crate::rules::PackMistake;
use crate::rules::predicate::places::{matter_name, money};
use crate::rules::predicate::{Judging, Params, Predicate};
use rust_decimal::Decimal;

struct Approval {
    rule: RuleId,
    threshold: Decimal,
}

/// Parameter: `threshold`, the amount without tax up to which no consent is needed.
pub(in crate::rules::predicate) fn build(
    params: &mut Params<'_>,
) -> Result<Box<dyn Predicate>, PackMistake> {
    Ok(Box::new(Approval {
        rule: params.rule,
        threshold: params.decimal("threshold", Decimal::from(500))?,
    }))
}

impl Predicate for Approval {
    fn judge(&self, invoice: &Invoice, judging: &Judging, hits: &mut Hits) {
        let lists = &judging.lists;
        for expense in expenses(invoice).filter(|e| e.net > self.threshold) {
            if !lists.approvals.is_loaded() {
                return hits.lacking(self.rule, "no approvals loaded");
            }
            if expense.approved(lists, &[Approves::Expense, Approves::Vendor]) {
                continue;
            }
            hits.raise(
                expense
                    .hit(self.rule)
                    .with("amount", money(expense.net))
                    .with("threshold", money(self.threshold))
                    .with("code", expense.code)
                    .with("matter", matter_name(invoice, expense.line.matter as usize)),
            );
        }
    }
}
