//! `overlapping-billing-period`: the period of an earlier invoice of the same matter, or part of it, is billed
//! again (reference guideline-rules.csv, overlapping-billing-period).

use super::{NO_HISTORY, Own};
use crate::model::{Anchor, EarlierInvoice, Field, Hit, Hits, Invoice, LineKind, RuleId};
use crate::rules::PackMistake;
use crate::rules::predicate::matters::number_of;
use crate::rules::predicate::places::on_invoice;
use crate::rules::predicate::{Judging, Params, Predicate};
use chrono::NaiveDate;

struct OverlappingPeriod {
    rule: RuleId,
}

/// No parameters.
pub(in crate::rules::predicate) fn build(
    params: &mut Params<'_>,
) -> Result<Box<dyn Predicate>, PackMistake> {
    Ok(Box::new(OverlappingPeriod { rule: params.rule }))
}

impl Predicate for OverlappingPeriod {
    fn judge(&self, invoice: &Invoice, judging: &Judging, hits: &mut Hits) {
        if !judging.history.is_loaded() {
            return hits.lacking(self.rule, NO_HISTORY);
        }
        let Some((own, period)) = Own::of(invoice).zip(period(invoice)) else {
            return;
        };
        let credit = invoice.text.raw(invoice.credit_note);
        if credit.eq_ignore_ascii_case("Y") {
            return;
        }
        for (index, matter) in invoice.matters.iter().enumerate() {
            let Some(number) = number_of(invoice, matter) else {
                continue;
            };
            let standing = own.standing(&judging.history, number);
            let again = standing.iter().rev().find(|(earlier, at)| {
                overlaps(earlier, period) && bills_alike(invoice, index, earlier, *at)
            });
            let Some((earlier, _)) = again else {
                continue;
            };
            let day = |day: Option<NaiveDate>| day.map_or_else(String::new, |d| d.to_string());
            let hit = Hit::new(self.rule, Anchor::Invoice)
                .with("matter", number)
                .with("start", period.0)
                .with("end", period.1)
                .with("earlier", &earlier.number)
                .with("earlier_start", day(earlier.billing_start))
                .with("earlier_end", day(earlier.billing_end));
            let cell = invoice.billing_start.cell;
            // One period is one cause, however many matters there are.
            return hits.raise(on_invoice(hit, invoice, Field::BillingStartDate, cell));
        }
    }
}

/// First and last day of the billing period, where they are in their order.
pub(super) fn period(invoice: &Invoice) -> Option<(NaiveDate, NaiveDate)> {
    let period = invoice.billing_start.get().zip(invoice.billing_end.get());
    period.filter(|(start, end)| start <= end)
}

/// True where the periods have a day in common.
pub(super) fn overlaps(earlier: &EarlierInvoice, (start, end): (NaiveDate, NaiveDate)) -> bool {
    let other = earlier.billing_start.zip(earlier.billing_end);
    other.is_some_and(|(from, until)| from <= until && from <= end && start <= until)
}

/// True where both bill fees on the matter, or both expenses: some firms bill them apart.
fn bills_alike(invoice: &Invoice, index: usize, earlier: &EarlierInvoice, at: usize) -> bool {
    [LineKind::Fee, LineKind::Expense].into_iter().any(|kind| {
        let now = invoice
            .lines
            .iter()
            .any(|line| line.matter as usize == index && line.kind.get() == Some(kind));
        let then = earlier.lines.iter();
        let mut then = then.filter(|line| line.matter as usize == at);
        now && then.any(|line| line.kind == Some(kind))
    })
}
