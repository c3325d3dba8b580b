//! `after-invoice-date`: a line dated after the invoice.

use super::{Judging, Params, Predicate};
use crate::model::{Anchor, Field, Hit, Hits, Invoice, RuleId};
use crate::rules::PackMistake;

struct AfterInvoiceDate {
    rule: RuleId,
}

/// No parameters.
pub fn build(params: &mut Params<'_>) -> Result<Box<dyn Predicate>, PackMistake> {
    Ok(Box::new(AfterInvoiceDate { rule: params.rule }))
}

impl Predicate for AfterInvoiceDate {
    fn judge(&self, invoice: &Invoice, _: &Judging, hits: &mut Hits) {
        let Some(billed) = invoice.date.get() else {
            if invoice.date.is_unreadable() {
                hits.unjudged(self.rule, Anchor::Invoice, invoice.date.cell);
            }
            return;
        };
        let mut variations = invoice.variations.iter();
        if let Some(v) = variations.find(|v| v.field == Field::InvoiceDate) {
            return hits.unjudged(self.rule, Anchor::Invoice, v.other);
        }
        for (index, line) in invoice.lines.iter().enumerate() {
            if line.date.get().is_some_and(|date| date > billed) {
                hits.raise(
                    Hit::on_line(self.rule, index)
                        .at(invoice.format, Field::LineDate, line.date.cell)
                        .with("invoice_date", invoice.get(invoice.date.cell)),
                );
            }
        }
    }
}
