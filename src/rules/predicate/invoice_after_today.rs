//! `invoice-after-today`: an invoice date that lies after the day of the check.

use super::places::on_invoice;
use super::{Judging, Params, Predicate};
use crate::model::{Anchor, Field, Hit, Hits, Invoice, RuleId};
use crate::rules::PackMistake;

struct InvoiceAfterToday {
    rule: RuleId,
}

/// No parameters.
pub fn build(params: &mut Params<'_>) -> Result<Box<dyn Predicate>, PackMistake> {
    Ok(Box::new(InvoiceAfterToday { rule: params.rule }))
}

impl Predicate for InvoiceAfterToday {
    fn judge(&self, invoice: &Invoice, judging: &Judging, hits: &mut Hits) {
        match invoice.date.get() {
            Some(date) if date > judging.today => {
                let hit = Hit::new(self.rule, Anchor::Invoice).with("today", judging.today);
                hits.raise(on_invoice(
                    hit,
                    invoice,
                    Field::InvoiceDate,
                    invoice.date.cell,
                ));
            }
            Some(_) => {}
            None if invoice.date.is_unreadable() => {
                hits.unjudged(self.rule, Anchor::Invoice, invoice.date.cell);
            }
            None => {}
        }
    }
}
