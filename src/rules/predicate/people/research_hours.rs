//! `research-hours`: research on a matter beyond the hours a client pays without its consent.
//!
//! Counted are lines whose code, or where there is none whose narrative, says research, on the invoice and on
//! earlier ones. No consent on file means something where the approvals say they are complete, or where a consent
//! for research on the matter is among them.

use super::approvals;
use super::engagement::{Engagement, engagements};
use super::fee::{Fee, fees};
use crate::model::lists::Approves;
use crate::model::{Field, Hit, Hits, Invoice, LineKind, Lists, RuleId};
use crate::rules::PackMistake;
use crate::rules::narrative::{Class as Activity, NarrativeReading};
use crate::rules::predicate::earlier::{Own, lines};
use crate::rules::predicate::{Judging, Params, Predicate};
use chrono::NaiveDate;
use rust_decimal::{Decimal, dec};
use rustc_hash::FxHashSet;

struct ResearchHours {
    rule: RuleId,
    max_hours: Decimal,
}

/// Parameter: `max_hours` on a matter without consent.
pub fn build(params: &mut Params<'_>) -> Result<Box<dyn Predicate>, PackMistake> {
    Ok(Box::new(ResearchHours {
        rule: params.rule,
        max_hours: params.decimal("max_hours", dec!(3))?,
    }))
}

/// The hours a client pays on a day; `None`: without limit.
fn allowance(lists: &Lists, engagement: &Engagement<'_>, day: NaiveDate) -> Option<Decimal> {
    let mut most = Decimal::ZERO;
    for row in approvals::of(lists, engagement, Approves::Research) {
        if approvals::is_in_force(row, day) {
            most = most.max(row.limit?);
        }
    }
    Some(most)
}

impl Predicate for ResearchHours {
    fn judge(&self, invoice: &Invoice, judging: &Judging, hits: &mut Hits) {
        let lists = &judging.lists;
        let told: FxHashSet<usize> = judging
            .narratives(invoice)
            .iter(invoice)
            .filter(|told| tells_research(told.reading))
            .map(|told| told.index)
            .collect();
        let engagements = engagements(invoice, lists);
        let mut unsure = false;
        for (matter, engagement) in engagements.iter().enumerate() {
            let research: Vec<(Fee<'_>, Decimal)> = fees(invoice, &engagements)
                .filter(|fee| fee.line.matter as usize == matter)
                .filter(|fee| match fee.line.activity_code.is_blank() {
                    true => told.contains(&fee.index),
                    false => invoice.text.raw(fee.line.activity_code) == "A102",
                })
                .filter_map(|fee| {
                    let hours = fee.line.units.get().filter(|h| *h > Decimal::ZERO)?;
                    Some((fee, hours))
                })
                .collect();
            let before = self.before(judging, invoice, engagement);
            let total = research
                .iter()
                .fold(before, |sum, (_, hours)| sum.saturating_add(*hours));
            if research.is_empty() || total <= self.max_hours {
                continue;
            }
            if !lists.approvals.is_loaded() {
                hits.lacking(self.rule, "no approvals loaded");
                return;
            }
            let mut known = approvals::of(lists, engagement, Approves::Research);
            if !lists.approvals.is_complete() && known.next().is_none() {
                unsure = true;
                continue;
            }
            self.judge_matter(invoice, lists, &research, (before, total), hits);
        }
        if unsure {
            hits.lacking(
                self.rule,
                "no consent to research on file, and the approvals do not say they are complete",
            );
        }
    }
}

/// Research alone: hours of several tasks cannot be told apart.
fn tells_research(reading: &NarrativeReading) -> bool {
    let mut tasks = reading.tasks();
    tasks
        .next()
        .is_some_and(|task| task.class == Activity::A102)
        && tasks.next().is_none()
}

impl ResearchHours {
    fn before(&self, judging: &Judging, invoice: &Invoice, engagement: &Engagement<'_>) -> Decimal {
        let number = engagement.law_firm_matter_id.as_str();
        let own = Own::of(invoice);
        let standing = own.map_or_else(Vec::new, |own| own.standing(&judging.history, number));
        standing
            .into_iter()
            .flat_map(|(earlier, matter)| lines(earlier, matter))
            .filter(|line| line.kind == Some(LineKind::Fee) && line.activity_code == "A102")
            .filter_map(|line| line.units)
            .fold(Decimal::ZERO, |sum, hours| {
                sum.checked_add(hours).unwrap_or(sum)
            })
    }

    fn judge_matter(
        &self,
        invoice: &Invoice,
        lists: &Lists,
        research: &[(Fee<'_>, Decimal)],
        (before, total): (Decimal, Decimal),
        hits: &mut Hits,
    ) {
        let mut reached = before;
        for (fee, hours) in research {
            reached = reached.saturating_add(*hours);
            let Some(limit) = allowance(lists, fee.engagement, fee.date) else {
                continue;
            };
            let allowed = limit.max(self.max_hours);
            let over = reached.saturating_sub(allowed).min(*hours);
            if over <= Decimal::ZERO {
                continue;
            }
            let mut hit = Hit::on_line(self.rule, fee.index)
                .at(invoice.format, Field::Units, fee.line.units.cell)
                .with("matter", fee.engagement.name())
                .with("client", &fee.engagement.client_id)
                .with("hours", total.normalize())
                .with("allowed", allowed.normalize())
                .with(
                    "earlier",
                    match before.is_zero() {
                        true => String::new(),
                        false => format!(", {} of them on earlier invoices", before.normalize()),
                    },
                );
            let paid = fee.line.total.get();
            hit.amount = paid
                .and_then(|paid| paid.checked_mul(over)?.checked_div(*hours))
                .map(|amount| amount.round_dp(2));
            hits.raise(hit);
        }
    }
}
