//! `tax-rate-percent`: a tax rate above 1, where the formats want a fraction (0.2 for 20 %).

use super::{Judging, Params, Predicate};
use crate::model::{Anchor, Field, Hit, Hits, Invoice, RuleId, Value};
use crate::rules::PackMistake;
use rust_decimal::Decimal;

struct TaxRatePercent {
    rule: RuleId,
}

/// No parameters.
pub fn build(params: &mut Params<'_>) -> Result<Box<dyn Predicate>, PackMistake> {
    Ok(Box::new(TaxRatePercent { rule: params.rule }))
}

impl Predicate for TaxRatePercent {
    fn judge(&self, invoice: &Invoice, _: &Judging, hits: &mut Hits) {
        if invoice.format.is_international() {
            let name = invoice.name(Field::TaxRate);
            for (index, line) in invoice.lines.iter().enumerate() {
                self.judge_rate(Hit::on_line(self.rule, index), name, &line.tax_rate, hits);
            }
        }
        for tax in &invoice.taxes {
            let hit = Hit::new(self.rule, Anchor::Invoice);
            self.judge_rate(hit, "tax_rate_percent", &tax.rate, hits);
        }
        for tier in &invoice.tax_tiers {
            let hit = Hit::new(self.rule, Anchor::Invoice);
            self.judge_rate(hit, "tax_tier_rate", &tier.rate, hits);
        }
    }
}

impl TaxRatePercent {
    fn judge_rate(&self, hit: Hit, name: &'static str, rate: &Value<Decimal>, hits: &mut Hits) {
        let Some(percent) = rate.get().filter(|r| *r > Decimal::ONE) else {
            return;
        };
        let hit = hit
            .at_name(name, rate.cell)
            .with("percent", percent.normalize());
        hits.raise(match percent.checked_div(Decimal::ONE_HUNDRED) {
            Some(fraction) => hit.expecting(fraction.normalize()),
            None => hit,
        });
    }
}
