//! `rate-increase`: a rate above that of the latest earlier invoice, without an approved rate or a consent.

use super::approvals;
use super::approved_rate::ApprovedRates;
use super::engagement::{Engagement, engagements};
use super::fee::{fees, is_coded_travel, priced};
use crate::model::lists::Approves;
use crate::model::{History, Hits, Invoice, LineKind, RuleId};
use crate::rules::PackMistake;
use crate::rules::predicate::earlier::{NO_HISTORY, Own, lines};
use crate::rules::predicate::{Judging, Params, Predicate};
use rust_decimal::{Decimal, dec};
use rustc_hash::FxHashMap;

struct RateIncrease {
    rule: RuleId,
    max_increase: Decimal,
}

/// Parameter: `max_increase`, the share a rate may rise without consent.
pub fn build(params: &mut Params<'_>) -> Result<Box<dyn Predicate>, PackMistake> {
    Ok(Box::new(RateIncrease {
        rule: params.rule,
        max_increase: params.share("max_increase", dec!(0))?,
    }))
}

/// A timekeeper's rate on an earlier invoice.
#[derive(Clone)]
struct Before {
    rate: Decimal,
    number: String,
}

impl Predicate for RateIncrease {
    fn judge(&self, invoice: &Invoice, judging: &Judging, hits: &mut Hits) {
        let lists = &judging.lists;
        let engagements = engagements(invoice, lists);
        let mut rates = ApprovedRates::of(lists);
        let mut known: FxHashMap<(u32, String), Option<Before>> = FxHashMap::default();
        for fee in fees(invoice, &engagements) {
            let raw = |cell| invoice.text.raw(cell);
            let travels = is_coded_travel(raw(fee.line.activity_code), raw(fee.line.task_code));
            let Some((units, rate)) = priced(fee.line).filter(|_| !travels) else {
                continue;
            };
            if !judging.history.is_loaded() {
                hits.lacking(self.rule, NO_HISTORY);
                return;
            }
            let id = fee.timekeeper_id.as_ref();
            let before = known
                .entry((fee.line.matter, id.to_owned()))
                .or_insert_with(|| before(&judging.history, invoice, fee.engagement, id));
            let Some(before) = before else {
                continue;
            };
            let rise = Decimal::ONE
                .checked_add(self.max_increase)
                .and_then(|share| before.rate.checked_mul(share));
            if rise.is_none_or(|most| rate <= most) {
                continue;
            }
            // Above an approved rate it is `rate-over-approved`'s, up to it it is agreed.
            let consented =
                || approvals::highest_rate(lists, fee.engagement, Approves::Rate, id, fee.date);
            if rates.find(invoice, &fee).is_some() || consented().is_some_and(|most| rate <= most) {
                continue;
            }
            hits.raise(
                fee.above(self.rule, invoice, (units, rate), before.rate)
                    .with("who", fee.who(invoice, lists))
                    .with("id", id)
                    .with("number", &before.number),
            );
        }
    }
}

/// The timekeeper's rate on the latest earlier invoice that has one: the highest where there are two. Travel is left
/// out, and so is an invoice in another currency.
fn before(
    history: &History,
    invoice: &Invoice,
    engagement: &Engagement<'_>,
    id: &str,
) -> Option<Before> {
    let standing = Own::of(invoice)?.standing(history, engagement.law_firm_matter_id.as_str());
    standing
        .into_iter()
        .rev()
        .filter(|(earlier, _)| engagement.is_in(&earlier.currency))
        .find_map(|(earlier, matter)| {
            let rate = lines(earlier, matter)
                .filter(|line| line.kind == Some(LineKind::Fee) && line.timekeeper_id == id)
                .filter(|line| !is_coded_travel(&line.activity_code, &line.task_code))
                .filter_map(|line| line.unit_cost)
                .filter(|rate| *rate > Decimal::ZERO)
                .max()?;
            Some(Before {
                rate,
                number: earlier.number.clone(),
            })
        })
}
