//! `billing-frequency`: more or fewer invoices than the client wants (reference guideline-rules.csv,
//! billing-frequency).

use super::overlapping_period::{overlaps, period};
use super::{NO_HISTORY, Own};
use crate::model::{Anchor, Field, Hit, Hits, Invoice, RuleId};
use crate::rules::PackMistake;
use crate::rules::predicate::matters::number_of;
use crate::rules::predicate::places::on_invoice;
use crate::rules::predicate::{Judging, Params, Predicate};
use chrono::{Datelike, NaiveDate};

/// Cycles and their months.
const CYCLES: [(&str, i32); 5] = [
    ("monthly", 1),
    ("bimonthly", 2),
    ("quarterly", 3),
    ("half-yearly", 6),
    ("yearly", 12),
];

struct BillingCycle {
    rule: RuleId,
    cycle: &'static str,
}

/// Parameter: `cycle`, for clients whose row in the list of clients names none.
pub(in crate::rules::predicate) fn build(
    params: &mut Params<'_>,
) -> Result<Box<dyn Predicate>, PackMistake> {
    Ok(Box::new(BillingCycle {
        rule: params.rule,
        cycle: params.word("cycle", &CYCLES.map(|(name, _)| name))?,
    }))
}

/// Months since the year 0.
fn month(day: NaiveDate) -> i32 {
    day.year() * 12 + day.month0() as i32
}

impl Predicate for BillingCycle {
    fn judge(&self, invoice: &Invoice, judging: &Judging, hits: &mut Hits) {
        let Some((own, period)) = Own::of(invoice).zip(period(invoice)) else {
            return;
        };
        let agreed = judging
            .lists
            .clients
            .of(own.client)
            .map(|row| row.billing_cycle.as_str())
            .find(|cycle| !cycle.is_empty())
            .unwrap_or(self.cycle);
        let Some((cycle, months)) = CYCLES.iter().find(|(name, _)| *name == agreed) else {
            return;
        };
        let covered = month(period.1) - month(period.0) + 1;
        if covered > *months {
            let hit = Hit::new(self.rule, Anchor::Invoice)
                .variant("rare")
                .with("start", period.0)
                .with("end", period.1)
                .with("months", covered)
                .with("cycle", cycle);
            let cell = invoice.billing_start.cell;
            return hits.raise(on_invoice(hit, invoice, Field::BillingStartDate, cell));
        }
        if !judging.history.is_loaded() {
            return hits.lacking(self.rule, NO_HISTORY);
        }
        for matter in &invoice.matters {
            let Some(number) = number_of(invoice, matter) else {
                continue;
            };
            let standing = own.standing(&judging.history, number);
            let before = standing.iter().rev().find_map(|(earlier, _)| {
                let end = earlier.billing_end?;
                let apart = month(period.1) - month(end);
                // Days billed twice are `overlapping-billing-period`'s.
                let soon = end < period.1 && apart < *months && !overlaps(earlier, period);
                soon.then_some((earlier, end))
            });
            if let Some((earlier, end)) = before {
                let hit = Hit::new(self.rule, Anchor::Invoice)
                    .with("matter", number)
                    .with("earlier", &earlier.number)
                    .with("earlier_end", end)
                    .with("end", period.1)
                    .with("cycle", cycle);
                let cell = invoice.billing_end.cell;
                return hits.raise(on_invoice(hit, invoice, Field::BillingEndDate, cell));
            }
        }
    }
}
