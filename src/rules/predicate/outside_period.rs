//! `outside-period`: a line dated before the start or after the end of the billing period.

use super::{Judging, Params, Predicate};
use crate::model::{Anchor, Field, Hit, Hits, Invoice, RuleId};
use crate::rules::PackMistake;

struct OutsidePeriod {
    rule: RuleId,
}

/// No parameters.
pub fn build(params: &mut Params<'_>) -> Result<Box<dyn Predicate>, PackMistake> {
    Ok(Box::new(OutsidePeriod { rule: params.rule }))
}

impl Predicate for OutsidePeriod {
    fn judge(&self, invoice: &Invoice, _: &Judging, hits: &mut Hits) {
        let (start, end) = (&invoice.billing_start, &invoice.billing_end);
        for date in [start, end] {
            if date.is_unreadable() {
                return hits.unjudged(self.rule, Anchor::Invoice, date.cell);
            }
        }
        let (Some(first), Some(last)) = (start.get(), end.get()) else {
            return;
        };
        if last < first {
            return hits.unjudged(self.rule, Anchor::Invoice, end.cell);
        }
        let period = [Field::BillingStartDate, Field::BillingEndDate];
        if let Some(v) = invoice
            .variations
            .iter()
            .find(|v| period.contains(&v.field))
        {
            return hits.unjudged(self.rule, Anchor::Invoice, v.other);
        }
        for (index, line) in invoice.lines.iter().enumerate() {
            let Some(date) = line.date.get() else {
                continue;
            };
            // A line after the invoice date has a rule of its own.
            let in_future = || invoice.date.get().is_some_and(|billed| date > billed);
            if (date < first || date > last) && !in_future() {
                hits.raise(
                    Hit::on_line(self.rule, index)
                        .at(invoice.format, Field::LineDate, line.date.cell)
                        .with("start", invoice.get(start.cell))
                        .with("end", invoice.get(end.cell)),
                );
            }
        }
    }
}
