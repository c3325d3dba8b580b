//! What the rules say of past invoices, beside what became of them: which rules foresaw it, missed it, or cried wolf, and
//! which reasons no rule explains.
//! Not here: the check itself (`check`), reading folders, printing (`cli`).

mod outcomes;
mod proposals;

pub use outcomes::{Ending, Outcome, read};
pub use proposals::Proposal;

use crate::check::InvoiceReport;
use crate::model::{EarlierInvoice, EarlierLine, Finding, Level};
use crate::rules::Reasons;
use rust_decimal::Decimal;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Money by currency; "?" where nothing names it.
pub type Money = BTreeMap<String, Decimal>;

/// A rule in figures.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct RuleFigures {
    /// Its id.
    pub rule: String,
    /// It was in force for one of the invoices; one that was not could only miss.
    pub in_force: bool,
    /// Outcomes it foresaw.
    pub foresaw: usize,
    /// Outcomes it should have foreseen, and no rule for that reason spoke.
    pub missed: usize,
    /// Findings borne out by an outcome.
    pub right: usize,
    /// Findings on what was taken as it was.
    pub cried_wolf: usize,
    /// Findings of which the outcomes say nothing: the invoice has none or was sent back, or the line was cut for
    /// something else.
    pub undecided: usize,
    /// Right findings of a hundred that were decided.
    pub precision: Option<Decimal>,
    /// Foreseen outcomes of a hundred there were.
    pub recall: Option<Decimal>,
    /// What was cut where it spoke.
    pub money_foreseen: Money,
    /// What was cut where it did not.
    pub money_missed: Money,
}

/// What a replay found.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Replay {
    /// Invoices checked.
    pub invoices: usize,
    /// Of them with a known outcome.
    pub decided: usize,
    /// Outcomes that object to something.
    pub objections: usize,
    /// Of them foreseen by some rule.
    pub foreseen: usize,
    /// Of them explained by a rule that did not speak.
    pub missed: usize,
    /// Of them explained by no rule.
    pub unexplained: usize,
    /// What was cut in all.
    pub cut: Money,
    /// What was cut where a rule had spoken.
    pub cut_foreseen: Money,
    /// By rule: the most money first.
    pub rules: Vec<RuleFigures>,
    /// Reasons no rule explains, the most money first.
    pub proposals: Vec<Proposal>,
    /// Invoices that outcomes name and the folder does not have.
    pub unknown_invoices: Vec<String>,
    /// Outcomes that name a line the invoice does not have.
    pub unknown_lines: Vec<String>,
}

/// A finding of one rule: the lines it is about; none: the invoice as a whole.
struct Spoken<'a> {
    rule: &'a str,
    lines: BTreeSet<&'a str>,
    /// A note is no warning: it may have foreseen something, and never cried wolf.
    warns: bool,
}

/// Compares what was said of some invoices with what became of them; `past` are the same invoices with their lines,
/// `in_force` the rules they were judged by.
pub fn replay(
    reports: &[InvoiceReport],
    past: &[Arc<EarlierInvoice>],
    outcomes: &[Outcome],
    in_force: &BTreeSet<String>,
) -> Replay {
    let mut done = Replay {
        invoices: reports.len(),
        ..Replay::default()
    };
    let mut figures: BTreeMap<String, RuleFigures> = BTreeMap::new();
    let mut unexplained = Vec::new();
    let mut by_invoice: BTreeMap<&str, Vec<&Outcome>> = BTreeMap::new();
    for outcome in outcomes {
        by_invoice
            .entry(outcome.invoice_number.as_str())
            .or_default()
            .push(outcome);
    }
    let numbers: BTreeSet<&str> = reports.iter().map(|r| r.number.as_str()).collect();
    let unknown = by_invoice.keys().filter(|n| !numbers.contains(**n));
    done.unknown_invoices = unknown.map(|n| (*n).to_owned()).collect();
    for report in reports {
        let own = by_invoice
            .get(report.number.as_str())
            .map_or(&[][..], Vec::as_slice);
        done.decided += usize::from(!own.is_empty());
        let bills = past.iter().filter(|i| i.number == report.number);
        let bill: Vec<&EarlierLine> = bills.flat_map(|i| &i.lines).collect();
        let spoken: Vec<Spoken<'_>> = report.findings.iter().flat_map(spoken).collect();
        let mut borne_out = vec![false; spoken.len()];
        // Lines that were cut, and whether something was objected to in the invoice as a whole.
        let mut cut: BTreeSet<&str> = BTreeSet::new();
        let mut whole = false;
        for outcome in own.iter().filter(|o| o.ending != Ending::Accepted) {
            let Some(lines) = lines_of(outcome, &bill) else {
                done.unknown_lines.push(format!(
                    "{}: invoice {}",
                    outcome.place, outcome.invoice_number
                ));
                continue;
            };
            done.objections += 1;
            let currency = match outcome.currency.is_empty() {
                true => report.currency.clone(),
                false => outcome.currency.clone(),
            };
            let add = |money: &mut Money| {
                if !outcome.cut.is_zero() {
                    let sum = money.entry(currency.clone()).or_default();
                    *sum = sum.saturating_add(outcome.cut);
                }
            };
            add(&mut done.cut);
            whole |= lines.is_empty();
            cut.extend(&lines);
            let rules = Reasons::shipped().rules_for(&outcome.code, &outcome.text);
            let Some(first) = rules.first() else {
                done.unexplained += 1;
                let narrative = bill.iter().find(|l| lines.contains(l.item.as_str()));
                unexplained.push((
                    *outcome,
                    currency.clone(),
                    narrative.map(|l| l.description.clone()),
                ));
                continue;
            };
            let mut foreseen: BTreeSet<&str> = BTreeSet::new();
            for (spoken, borne_out) in spoken.iter().zip(&mut borne_out) {
                let there = lines.is_empty()
                    || spoken.lines.is_empty()
                    || !spoken.lines.is_disjoint(&lines);
                if there && rules.contains(&spoken.rule) {
                    *borne_out = true;
                    foreseen.insert(spoken.rule);
                }
            }
            if foreseen.is_empty() {
                done.missed += 1;
                let own = figures.entry((*first).to_owned()).or_default();
                own.missed += 1;
                add(&mut own.money_missed);
            } else {
                done.foreseen += 1;
                add(&mut done.cut_foreseen);
            }
            for rule in foreseen {
                let own = figures.entry(rule.to_owned()).or_default();
                own.foresaw += 1;
                add(&mut own.money_foreseen);
            }
        }
        for (spoken, borne_out) in spoken.iter().zip(borne_out) {
            if !spoken.warns && !borne_out {
                continue;
            }
            let own_figures = figures.entry(spoken.rule.to_owned()).or_default();
            let elsewhere = whole || spoken.lines.iter().any(|l| cut.contains(l));
            if borne_out {
                own_figures.right += 1;
            } else if own.is_empty() || elsewhere {
                own_figures.undecided += 1;
            } else {
                own_figures.cried_wolf += 1;
            }
        }
    }
    done.rules = figures
        .into_iter()
        .map(|(rule, f)| finished(rule, f, in_force))
        .collect();
    let weight = |f: &RuleFigures| -> Decimal {
        f.money_foreseen
            .values()
            .chain(f.money_missed.values())
            .copied()
            .sum()
    };
    done.rules.sort_by(|a, b| {
        let count = |f: &RuleFigures| f.foresaw + f.missed + f.cried_wolf;
        weight(b)
            .cmp(&weight(a))
            .then(count(b).cmp(&count(a)))
            .then(a.rule.cmp(&b.rule))
    });
    done.proposals = proposals::grouped(&unexplained);
    done
}

fn spoken(finding: &Finding) -> Vec<Spoken<'_>> {
    let lines: BTreeSet<&str> = finding
        .places
        .iter()
        .filter_map(|p| p.item.as_deref())
        .collect();
    let mut all = vec![Spoken {
        rule: &finding.rule,
        lines: lines.clone(),
        warns: finding.level >= Level::Review,
    }];
    // What follows from it would have been said too.
    all.extend(finding.consequences.iter().map(|c| Spoken {
        rule: &c.rule,
        lines: lines.clone(),
        warns: false,
    }));
    all
}

/// The lines an outcome is about; none: the invoice as a whole. `None` where the invoice has no such line.
fn lines_of<'a>(outcome: &Outcome, bill: &[&'a EarlierLine]) -> Option<BTreeSet<&'a str>> {
    let number = outcome.line_number.as_str();
    if !number.is_empty() {
        let line = bill.iter().find(|l| l.item == number)?;
        return Some(BTreeSet::from([line.item.as_str()]));
    }
    let Some(day) = outcome.line_date else {
        return Some(BTreeSet::new());
    };
    let same = |l: &&&EarlierLine| {
        l.date == Some(day)
            && (outcome.timekeeper_id.is_empty() || l.timekeeper_id == outcome.timekeeper_id)
    };
    let lines: BTreeSet<&str> = bill.iter().filter(same).map(|l| l.item.as_str()).collect();
    (!lines.is_empty()).then_some(lines)
}

fn finished(rule: String, figures: RuleFigures, in_force: &BTreeSet<String>) -> RuleFigures {
    let share = |part: usize, rest: usize| {
        let all = Decimal::from(part + rest);
        let share = (Decimal::from(part) * Decimal::ONE_HUNDRED).checked_div(all)?;
        Some(
            share
                .round_dp_with_strategy(1, rust_decimal::RoundingStrategy::MidpointAwayFromZero)
                .normalize(),
        )
    };
    RuleFigures {
        in_force: in_force.contains(&rule),
        rule,
        precision: share(figures.right, figures.cried_wolf),
        recall: share(figures.foresaw, figures.missed),
        ..figures
    }
}
