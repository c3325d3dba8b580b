//! `expense-markup`: more than the vendor's bill, or a fee for handling it (reference guideline-rules.csv,
//! expense-markup; ABA Formal Opinion 93-379).

use super::wording::phrases;
use super::{Expense, expenses};
use crate::model::{Field, Hit, Hits, Invoice, Lists, RuleId};
use crate::rules::PackMistake;
use crate::rules::predicate::places::{money, same_currency};
use crate::rules::predicate::{Judging, Params, Predicate};
use rust_decimal::Decimal;

/// Words before a phrase that deny it.
const DENIED: &[&str] = &["no", "without", "not", "excluding", "excl", "less", "minus"];

struct Markup {
    rule: RuleId,
    words: Vec<Vec<String>>,
}

/// Parameter: `words`, phrases that say a price was added to a vendor's.
pub(in crate::rules::predicate) fn build(
    params: &mut Params<'_>,
) -> Result<Box<dyn Predicate>, PackMistake> {
    Ok(Box::new(Markup {
        rule: params.rule,
        words: phrases(&params.list("words")?),
    }))
}

impl Predicate for Markup {
    fn judge(&self, invoice: &Invoice, judging: &Judging, hits: &mut Hits) {
        let lists = &judging.lists;
        let mut any = false;
        for expense in expenses(invoice) {
            any = true;
            match paid(invoice, lists, &expense) {
                Some(paid) if paid < expense.net => {
                    let over = expense.net.checked_sub(paid);
                    let hit = expense
                        .hit(self.rule)
                        .with("billed", money(expense.net))
                        .with("paid", money(paid))
                        .with("over", money(over.unwrap_or_default()));
                    hits.raise(Hit {
                        amount: over,
                        ..hit
                    });
                }
                // The vendor's own bill has all of it.
                Some(_) => {}
                None => hits.hits.extend(self.worded(invoice, &expense)),
            }
        }
        if any && !lists.receipts.is_loaded() {
            hits.lacking(self.rule, "no receipts loaded");
        }
    }
}

/// What the receipts of a line come to; `None` where there is none, or one in another currency.
fn paid(invoice: &Invoice, lists: &Lists, expense: &Expense<'_>) -> Option<Decimal> {
    if !lists.receipts.is_loaded() {
        return None;
    }
    let number = invoice.text.raw(invoice.number).trim();
    let item = invoice.text.raw(expense.line.item).trim();
    if number.is_empty() || item.is_empty() {
        return None;
    }
    let currency = invoice.text.raw(invoice.currency);
    let mut sum = None;
    for row in lists.receipts.of(number) {
        if row.line_item_number != item {
            continue;
        }
        if !same_currency(&row.currency, currency) {
            return None;
        }
        sum = Some(sum.unwrap_or(Decimal::ZERO).checked_add(row.amount)?);
    }
    sum
}

impl Markup {
    fn worded(&self, invoice: &Invoice, expense: &Expense<'_>) -> Option<Hit> {
        let wording = expense.wording();
        let phrase = self.words.iter().find(|phrase| {
            wording
                .find(phrase)
                .is_some_and(|at| !wording.has_before(at, DENIED))
        })?;
        let cell = expense.line.description;
        let hit = Hit::on_line(self.rule, expense.index)
            .variant("worded")
            .at(invoice.format, Field::LineDescription, cell)
            .with("found", phrase.join(" "));
        Some(hit)
    }
}
