//! `budget-exceeded`: what was billed to date passes the budget of a matter, a phase or a task (reference
//! guideline-rules.csv, budget-exceeded).

use super::{NO_HISTORY, Own};
use crate::model::lists::Budget;
use crate::model::{Anchor, Cell, EarlierInvoice, Hit, Hits, Invoice, RuleId};
use crate::rules::PackMistake;
use crate::rules::predicate::matters::number_of;
use crate::rules::predicate::places::{money, on_matter, same_currency};
use crate::rules::predicate::{Judging, Params, Predicate};
use crate::rules::utbms::catalogue;
use rust_decimal::Decimal;

struct BudgetExceeded {
    rule: RuleId,
    warn: Decimal,
    reject: Decimal,
}

/// Parameters: `warn_percent` and `reject_percent` of the budget.
pub(in crate::rules::predicate) fn build(
    params: &mut Params<'_>,
) -> Result<Box<dyn Predicate>, PackMistake> {
    Ok(Box::new(BudgetExceeded {
        rule: params.rule,
        warn: params.share("warn_percent", Decimal::new(80, 2))?,
        reject: params.share("reject_percent", Decimal::ONE)?,
    }))
}

/// A budget against what was billed under it.
struct Billed<'a> {
    budget: &'a Budget,
    before: Decimal,
    now: Decimal,
}

impl Billed<'_> {
    fn to_date(&self) -> Decimal {
        self.before.checked_add(self.now).unwrap_or(Decimal::MAX)
    }

    /// True where the budget is passed, or reached where `reached` says so, at this share of it.
    fn is_over(&self, share: Decimal, reached: bool) -> bool {
        let limit = self.budget.amount.checked_mul(share);
        limit.is_some_and(|limit| self.to_date() > limit || reached && self.to_date() == limit)
    }

    /// The matter before its phases, those before their tasks.
    fn breadth(&self) -> (bool, bool) {
        let code = &self.budget.task_code;
        (!code.is_empty(), !code.ends_with("00"))
    }
}

impl Predicate for BudgetExceeded {
    fn judge(&self, invoice: &Invoice, judging: &Judging, hits: &mut Hits) {
        let budgets = &judging.lists.budgets;
        if !budgets.is_loaded() {
            return hits.lacking(self.rule, "no budgets loaded");
        }
        let Some(own) = Own::of(invoice) else {
            return;
        };
        for (index, matter) in invoice.matters.iter().enumerate() {
            let Some(number) = number_of(invoice, matter) else {
                continue;
            };
            let rows = in_force(budgets.of(own.client), number);
            if rows.is_empty() {
                continue;
            }
            let standing = own.standing(&judging.history, number);
            let mut billed = Vec::new();
            let mut unknown = false;
            for budget in rows {
                if !same_currency(&budget.currency, invoice.text.raw(invoice.currency)) {
                    hits.lacking(self.rule, "some budgets are in another currency");
                    continue;
                }
                let Some(now) = now(invoice, index, &budget.task_code) else {
                    let because = unreadable(invoice, index);
                    hits.unjudged(self.rule, Anchor::Matter(index as u32), because);
                    continue;
                };
                // A credit, or nothing under this budget, does not pass it.
                if now <= Decimal::ZERO {
                    continue;
                }
                let as_of = budgets.head().and_then(|head| head.as_of);
                let later = standing.iter().filter(|(earlier, _)| {
                    let counted = budget.billed_before.and(as_of).zip(earlier.date);
                    counted.is_none_or(|(as_of, date)| as_of < date)
                });
                let known = later
                    .map(|(earlier, at)| then(earlier, *at, &budget.task_code))
                    .try_fold(budget.billed_before.unwrap_or_default(), |sum, amount| {
                        sum.checked_add(amount?)
                    });
                unknown |= !judging.history.is_loaded() && budget.billed_before.is_none();
                let Some(before) = known else {
                    hits.lacking(
                        self.rule,
                        "amounts of some earlier invoices could not be read",
                    );
                    continue;
                };
                billed.push(Billed {
                    budget,
                    before,
                    now,
                });
            }
            billed.sort_by_key(Billed::breadth);
            let rejected = |b: &&Billed<'_>| b.is_over(self.reject, false);
            let warned = |b: &&Billed<'_>| b.is_over(self.warn, true);
            let worst: Vec<&Billed<'_>> = billed.iter().filter(rejected).collect();
            let (variant, worst) = match worst.is_empty() {
                false => ("", worst),
                true => ("warn", billed.iter().filter(warned).collect()),
            };
            if let Some((first, others)) = worst.split_first() {
                let hit = Hit::new(self.rule, Anchor::Matter(index as u32)).variant(variant);
                let hit = told(hit, number, first, others, judging);
                hits.raise(on_matter(hit, invoice, index));
            }
            if unknown && worst.is_empty() {
                hits.lacking(self.rule, NO_HISTORY);
            }
        }
    }
}

/// The values of the message. Several budgets that are passed have one cause; the widest speaks.
fn told(
    hit: Hit,
    number: &str,
    first: &Billed<'_>,
    others: &[&Billed<'_>],
    judging: &Judging,
) -> Hit {
    let scope = |code: &str| match code {
        "" => String::new(),
        code => format!(", {code}"),
    };
    let share = first
        .to_date()
        .checked_mul(Decimal::ONE_HUNDRED)
        .and_then(|billed| billed.checked_div(first.budget.amount))
        .map_or_else(|| "more than 100".to_owned(), |s| s.round_dp(0).to_string());
    let also: Vec<String> = others
        .iter()
        .map(|b| {
            let code = &b.budget.task_code;
            format!(
                "{code}: {} of {}",
                money(b.to_date()),
                money(b.budget.amount)
            )
        })
        .collect();
    let also = match also.is_empty() {
        true => String::new(),
        false => format!("; so do {}", also.join(", ")),
    };
    let basis = match (judging.history.is_loaded(), first.budget.billed_before) {
        (true, _) => "",
        (false, Some(_)) => {
            " (before this invoice as the list of budgets says; no earlier invoices loaded)"
        }
        (false, None) => " (this invoice alone; no earlier invoices loaded)",
    };
    hit.with("matter", number)
        .with("scope", scope(&first.budget.task_code))
        .with("billed", money(first.to_date()))
        .with("before", money(first.before))
        .with("now", money(first.now))
        .with("budget", money(first.budget.amount))
        .with("share", share)
        .with("also", also)
        .with("basis", basis)
}

/// The budgets of a matter; of several for one task code the one approved last.
fn in_force<'a>(rows: impl Iterator<Item = &'a Budget>, number: &str) -> Vec<&'a Budget> {
    let mut newest: Vec<&Budget> = Vec::new();
    for row in rows.filter(|row| row.law_firm_matter_id == number) {
        match newest.iter_mut().find(|b| b.task_code == row.task_code) {
            Some(known) if known.approved_on <= row.approved_on => *known = row,
            Some(_) => {}
            None => newest.push(row),
        }
    }
    newest
}

/// What this invoice bills under a budget, without tax.
fn now(invoice: &Invoice, matter: usize, budget: &str) -> Option<Decimal> {
    if budget.is_empty() {
        return invoice.billed_on(matter);
    }
    if !invoice.unread.is_empty() {
        return None;
    }
    let lines = invoice.lines.iter().filter(|line| {
        line.matter as usize == matter && covers(budget, invoice.text.raw(line.task_code).trim())
    });
    lines
        .map(|line| line.net())
        .try_fold(Decimal::ZERO, |sum, net| sum.checked_add(net?))
}

/// What an earlier invoice billed under a budget, without tax.
fn then(earlier: &EarlierInvoice, matter: usize, budget: &str) -> Option<Decimal> {
    if budget.is_empty() {
        return earlier.billed.get(matter).copied().flatten();
    }
    let lines = earlier
        .lines
        .iter()
        .filter(|line| line.matter as usize == matter && covers(budget, &line.task_code));
    lines
        .map(|line| line.net())
        .try_fold(Decimal::ZERO, |sum, net| sum.checked_add(net?))
}

/// The cell because of which what is billed on a matter is not known.
fn unreadable(invoice: &Invoice, matter: usize) -> Cell {
    let due = invoice.matters.get(matter).map(|m| m.total_due);
    let due = due.filter(|due| due.is_unreadable()).map(|due| due.cell);
    let lines = invoice.lines.iter().filter(|l| l.matter as usize == matter);
    let mut totals = lines
        .filter(|l| l.total.get().is_none())
        .map(|l| l.total.cell);
    let record = invoice.unread.first().map(|unread| unread.record);
    due.or(record)
        .or_else(|| totals.next())
        .unwrap_or(invoice.record)
}

/// True where a budget for `budget` holds for work under `code`: the same code, or a heading over it. `L100`
/// holds for `L110` to `L190` whether or not a code set lists them.
fn covers(budget: &str, code: &str) -> bool {
    if budget == code {
        return true;
    }
    let listed = catalogue().find(code);
    if listed.is_some_and(|code| code.parent == budget) {
        return true;
    }
    let heading = budget.strip_suffix("00");
    heading.is_some_and(|heading| {
        !heading.is_empty()
            && code.len() == budget.len()
            && code
                .strip_prefix(heading)
                .is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_digit()))
    })
}

#[cfg(test)]
mod tests {
    use super::covers;

    #[test]
    fn a_phase_holds_for_its_tasks() {
        for (budget, code, holds) in [
            ("L100", "L110", true),
            ("L100", "L190", true),
            ("L100", "L100", true),
            ("L100", "L210", false),
            ("L110", "L110", true),
            ("L110", "L120", false),
            ("L100", "", false),
            ("X100", "X145", true),
            ("L100", "L1100", false),
            ("100", "110", true),
        ] {
            assert_eq!(covers(budget, code), holds, "{budget} {code}");
        }
    }
}
