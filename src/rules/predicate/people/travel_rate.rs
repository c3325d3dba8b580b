//! `travel-rate`: travel billed above the share of the approved rate the client pays for it.

use super::approvals;
use super::approved_rate::ApprovedRates;
use super::engagement::engagements;
use super::fee::{fees, is_coded_travel, priced, tells_travel_only};
use super::words::Words;
use crate::model::lists::Approves;
use crate::model::{Hits, Invoice, RuleId};
use crate::rules::PackMistake;
use crate::rules::predicate::amount::{near, percent, shown};
use crate::rules::predicate::{Judging, Params, Predicate};
use rust_decimal::{Decimal, dec};
use rustc_hash::FxHashMap;

struct TravelRate {
    rule: RuleId,
    share: Decimal,
    halved: Words,
}

/// Parameters: `share` of the approved rate, and `reduced_words` by which a narrative says that the hours were
/// cut instead.
pub fn build(params: &mut Params<'_>) -> Result<Box<dyn Predicate>, PackMistake> {
    let words = params.list("reduced_words")?;
    Ok(Box::new(TravelRate {
        rule: params.rule,
        share: params.share("share", dec!(0.5))?,
        halved: Words::of(words),
    }))
}

impl Predicate for TravelRate {
    fn judge(&self, invoice: &Invoice, judging: &Judging, hits: &mut Hits) {
        let lists = &judging.lists;
        let engagements = engagements(invoice, lists);
        // Where travel and other work stand in one line, `travel-not-separated` says so.
        let told: FxHashMap<usize, (bool, bool)> = judging
            .narratives(invoice)
            .iter(invoice)
            .map(|told| {
                let reading = told.reading;
                let only = tells_travel_only(reading);
                (told.index, (only, reading.travel_mixed()))
            })
            .collect();
        let mut rates = ApprovedRates::of(lists);
        let mut unsure = false;
        for fee in fees(invoice, &engagements) {
            let raw = |cell| invoice.text.raw(cell);
            let (only, mixed) = told.get(&fee.index).copied().unwrap_or_default();
            let coded = is_coded_travel(raw(fee.line.activity_code), raw(fee.line.task_code));
            if mixed || !(coded || only) {
                continue;
            }
            let Some((units, rate)) = priced(fee.line) else {
                continue;
            };
            if !lists.rates.is_loaded() {
                hits.lacking(self.rule, "no approved rates loaded");
                return;
            }
            let Some(approved) = rates.find(invoice, &fee) else {
                unsure = true;
                continue;
            };
            let Some(allowed) = approved.rate.checked_mul(self.share) else {
                continue;
            };
            let taken_off = fee.line.adjustment.get().unwrap_or_default();
            let paid = units
                .checked_mul(rate)
                .and_then(|p| p.checked_add(taken_off));
            let most = units.checked_mul(allowed);
            let Some((paid, most)) = paid.zip(most) else {
                continue;
            };
            if paid <= most || near(paid, most, dec!(0.01)) || self.is_cut(invoice, &fee) {
                continue;
            }
            let consented = approvals::highest_rate(
                lists,
                fee.engagement,
                Approves::Travel,
                &fee.timekeeper_id,
                fee.date,
            );
            let allowed = allowed.max(consented.unwrap_or_default());
            if rate <= allowed {
                continue;
            }
            hits.raise(
                fee.above(self.rule, invoice, (units, rate), allowed)
                    .with("who", fee.who(invoice, lists))
                    .with("id", &fee.timekeeper_id)
                    .with("percent", percent(self.share))
                    .with("full", shown(approved.rate)),
            );
        }
        if unsure {
            hits.lacking(self.rule, "no approved rate on file for some timekeepers");
        }
    }
}

impl TravelRate {
    /// True where the narrative says the hours were cut instead of the rate.
    fn is_cut(&self, invoice: &Invoice, fee: &super::fee::Fee<'_>) -> bool {
        let narrative = invoice.get(fee.line.description);
        self.halved.first(&narrative).is_some()
    }
}
