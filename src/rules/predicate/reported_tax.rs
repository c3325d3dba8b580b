//! `reported-tax`: INVOICE_REPORTED_TAX_TOTAL and INVOICE_TAX_CURRENCY of 1998BI come together, and in the
//! invoice's own currency the reported tax is the invoice's tax.

use super::amount::shown;
use super::{Judging, Params, Predicate};
use crate::model::{Anchor, Field, Hit, Hits, Invoice, RuleId};
use crate::rules::PackMistake;
use rust_decimal::Decimal;

struct ReportedTax {
    rule: RuleId,
}

/// No parameters.
pub fn build(params: &mut Params<'_>) -> Result<Box<dyn Predicate>, PackMistake> {
    Ok(Box::new(ReportedTax { rule: params.rule }))
}

impl Predicate for ReportedTax {
    fn judge(&self, invoice: &Invoice, _: &Judging, hits: &mut Hits) {
        let (reported, currency) = (&invoice.reported_tax_total, invoice.tax_currency);
        if reported.is_absent() || currency.is_absent() {
            return;
        }
        let (total, money) = (Field::InvoiceReportedTaxTotal, Field::InvoiceTaxCurrency);
        if reported.is_blank() != currency.is_blank() {
            let (given, given_cell, missing, missing_cell) = match reported.is_blank() {
                true => (money, currency, total, reported.cell),
                false => (total, reported.cell, money, currency),
            };
            return hits.raise(
                Hit::new(self.rule, Anchor::Invoice)
                    .everywhere(invoice.format, missing, missing_cell)
                    .with("given", invoice.name(given))
                    .with("given_value", invoice.get(given_cell)),
            );
        }
        if currency.is_blank() {
            return;
        }
        let own = [total, money, Field::InvoiceTaxTotal, Field::InvoiceCurrency];
        if let Some(v) = invoice.variations.iter().find(|v| own.contains(&v.field)) {
            return hits.unjudged(self.rule, Anchor::Invoice, v.other);
        }
        for value in [reported, &invoice.tax_total] {
            if value.is_unreadable() {
                return hits.unjudged(self.rule, Anchor::Invoice, value.cell);
            }
        }
        let (Some(stated), Some(tax)) = (reported.get(), invoice.tax_total.get()) else {
            return;
        };
        if stated != tax && invoice.get(currency) == invoice.get(invoice.currency) {
            let lines = invoice.lines.iter();
            let sum = lines
                .filter_map(|l| l.tax_total.get())
                .try_fold(Decimal::ZERO, Decimal::checked_add);
            if sum == Some(stated) {
                // The reported tax is what the lines make; the invoice's tax total is wrong.
                return hits.unjudged(self.rule, Anchor::Invoice, invoice.tax_total.cell);
            }
            hits.raise(
                Hit::new(self.rule, Anchor::Invoice)
                    .everywhere(invoice.format, total, reported.cell)
                    .variant("same-currency")
                    .with("tax", shown(tax))
                    .with("currency", invoice.get(currency))
                    .expecting(shown(tax)),
            );
        }
    }
}
