//! `rate-over-approved`: a rate above the approved one of the line's day.

use super::approvals;
use super::approved_rate::{ApprovedRates, basis, has_any};
use super::engagement::engagements;
use super::fee::{fees, priced};
use super::roster;
use crate::model::lists::Approves;
use crate::model::{Field, Hit, Hits, Invoice, RuleId};
use crate::rules::PackMistake;
use crate::rules::predicate::amount::shown;
use crate::rules::predicate::{Judging, Params, Predicate};
use rust_decimal::{Decimal, dec};

struct RateOverApproved {
    rule: RuleId,
    tolerance: Decimal,
}

/// Parameter: `tolerance`, money an hour.
pub fn build(params: &mut Params<'_>) -> Result<Box<dyn Predicate>, PackMistake> {
    Ok(Box::new(RateOverApproved {
        rule: params.rule,
        tolerance: params.decimal("tolerance", dec!(0))?,
    }))
}

impl Predicate for RateOverApproved {
    fn judge(&self, invoice: &Invoice, judging: &Judging, hits: &mut Hits) {
        let lists = &judging.lists;
        let engagements = engagements(invoice, lists);
        let billed = fees(invoice, &engagements).filter_map(|fee| {
            let priced = priced(fee.line)?;
            Some((fee, priced))
        });
        let mut billed = billed.peekable();
        if billed.peek().is_none() {
            return;
        }
        if !lists.rates.is_loaded() {
            hits.lacking(self.rule, "no approved rates loaded");
            return;
        }
        let mut rates = ApprovedRates::of(lists);
        let mut unsure = false;
        for (fee, (units, rate)) in billed {
            let (engagement, id) = (fee.engagement, fee.timekeeper_id.as_ref());
            let consented = || {
                approvals::highest_rate(lists, engagement, Approves::Rate, id, fee.date)
                    .unwrap_or_default()
            };
            let Some(approved) = rates.find(invoice, &fee) else {
                // A client whose rates are not on the list may approve none; an id nobody has is another rule's.
                if lists.rates.is_complete()
                    && has_any(lists, engagement)
                    && consented() < rate
                    && !roster::is_unknown(lists, &engagement.client_id, id)
                {
                    hits.raise(
                        Hit::on_line(self.rule, fee.index)
                            .at(invoice.format, Field::UnitCost, fee.line.unit_cost.cell)
                            .variant("none")
                            .with("who", fee.who(invoice, lists))
                            .with("rate", shown(rate))
                            .with("day", fee.date)
                            .with("client", &engagement.client_id)
                            .with("matter", engagement.name()),
                    );
                } else {
                    unsure |= !lists.rates.is_complete();
                }
                continue;
            };
            let allows = |allowed: Decimal| {
                let most = allowed.checked_add(self.tolerance);
                most.is_none_or(|most| rate <= most)
            };
            if allows(approved.rate) {
                continue;
            }
            let consented = consented();
            if allows(consented) {
                continue;
            }
            let (allowed, basis) = match consented > approved.rate {
                true => (consented, "by the consent on file".to_owned()),
                false => (approved.rate, basis(approved)),
            };
            hits.raise(
                fee.above(self.rule, invoice, (units, rate), allowed)
                    .with("who", fee.who(invoice, lists))
                    .with("basis", basis),
            );
        }
        if unsure {
            hits.lacking(self.rule, "no approved rate on file for some timekeepers");
        }
    }
}
