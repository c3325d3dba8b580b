//! `period-reversed`: a billing period that ends before it starts.

use super::places::on_invoice;
use super::{Judging, Params, Predicate};
use crate::model::{Anchor, Field, Hit, Hits, Invoice, RuleId};
use crate::rules::PackMistake;

struct PeriodReversed {
    rule: RuleId,
}

/// No parameters.
pub fn build(params: &mut Params<'_>) -> Result<Box<dyn Predicate>, PackMistake> {
    Ok(Box::new(PeriodReversed { rule: params.rule }))
}

impl Predicate for PeriodReversed {
    fn judge(&self, invoice: &Invoice, _: &Judging, hits: &mut Hits) {
        let (start, end) = (&invoice.billing_start, &invoice.billing_end);
        for date in [start, end] {
            if date.is_unreadable() {
                return hits.unjudged(self.rule, Anchor::Invoice, date.cell);
            }
        }
        if let (Some(first), Some(last)) = (start.get(), end.get())
            && last < first
        {
            let hit = Hit::new(self.rule, Anchor::Invoice);
            hits.raise(
                on_invoice(hit, invoice, Field::BillingEndDate, end.cell)
                    .with("start_field", invoice.name(Field::BillingStartDate))
                    .with("start", invoice.get(start.cell)),
            );
        }
    }
}
