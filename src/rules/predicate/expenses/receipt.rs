//! `receipt-required`: an expense above an amount without a receipt on file (reference guideline-rules.csv,
//! receipt-required).

use super::expenses;
use super::mileage::is_driven;
use crate::model::{Hits, Invoice, RuleId};
use crate::rules::PackMistake;
use crate::rules::predicate::places::money;
use crate::rules::predicate::{Judging, Params, Predicate};
use rust_decimal::Decimal;

struct ReceiptRequired {
    rule: RuleId,
    threshold: Decimal,
    in_house: Vec<String>,
}

/// Parameters: `threshold`, the amount without tax up to which no receipt is needed; `in_house`, codes of what
/// the firm makes itself, for which nobody writes a receipt.
pub(in crate::rules::predicate) fn build(
    params: &mut Params<'_>,
) -> Result<Box<dyn Predicate>, PackMistake> {
    Ok(Box::new(ReceiptRequired {
        rule: params.rule,
        threshold: params.decimal("threshold", Decimal::from(75))?,
        in_house: params.list("in_house")?,
    }))
}

impl Predicate for ReceiptRequired {
    fn judge(&self, invoice: &Invoice, judging: &Judging, hits: &mut Hits) {
        let receipts = &judging.lists.receipts;
        let number = invoice.text.raw(invoice.number).trim();
        for expense in expenses(invoice).filter(|e| e.net > self.threshold) {
            if self.in_house.iter().any(|code| code == expense.code) || is_driven(&expense) {
                continue;
            }
            if !receipts.is_loaded() {
                return hits.lacking(self.rule, "no receipts loaded");
            }
            let item = invoice.text.raw(expense.line.item).trim();
            if number.is_empty() || item.is_empty() {
                continue;
            }
            if receipts.of(number).any(|row| row.line_item_number == item) {
                continue;
            }
            hits.raise(
                expense
                    .hit(self.rule)
                    .with("amount", money(expense.net))
                    .with("threshold", money(self.threshold)),
            );
        }
    }
}
