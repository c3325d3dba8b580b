//! `currency-code`: a currency that is no ISO 4217 code.

use super::places::on_invoice;
use super::{Judging, Params, Predicate};
use crate::model::{Anchor, Cell, Field, Hit, Hits, Invoice, RuleId};
use crate::rules::PackMistake;
use iso_currency::Currency;

struct CurrencyCode {
    rule: RuleId,
}

/// No parameters.
pub fn build(params: &mut Params<'_>) -> Result<Box<dyn Predicate>, PackMistake> {
    Ok(Box::new(CurrencyCode { rule: params.rule }))
}

impl Predicate for CurrencyCode {
    fn judge(&self, invoice: &Invoice, _: &Judging, hits: &mut Hits) {
        self.judge_code(invoice, Field::InvoiceCurrency, invoice.currency, hits);
        self.judge_code(
            invoice,
            Field::InvoiceTaxCurrency,
            invoice.tax_currency,
            hits,
        );
    }
}

impl CurrencyCode {
    fn judge_code(&self, invoice: &Invoice, field: Field, cell: Cell, hits: &mut Hits) {
        if cell.is_blank() {
            return;
        }
        let code = invoice.get(cell);
        if Currency::from_code(&code).is_some() {
            return;
        }
        let hit = Hit::new(self.rule, Anchor::Invoice);
        let mut hit = on_invoice(hit, invoice, field, cell);
        let upper = code.to_ascii_uppercase();
        if Currency::from_code(&upper).is_some() {
            hit = hit.variant("case").expecting(upper);
        }
        hits.raise(hit);
    }
}
