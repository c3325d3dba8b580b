//! `tax-type`: a taxed line of 1998BI names its tax, where the client asks for that.

use super::{Judging, Params, Predicate};
use crate::model::{Field, Hit, Hits, Invoice, RuleId};
use crate::rules::PackMistake;

struct TaxType {
    rule: RuleId,
    accepted: Vec<String>,
}

/// Parameter: `accepted`, the words the client takes; none: any.
pub fn build(params: &mut Params<'_>) -> Result<Box<dyn Predicate>, PackMistake> {
    Ok(Box::new(TaxType {
        rule: params.rule,
        accepted: params.list("accepted")?,
    }))
}

impl Predicate for TaxType {
    fn judge(&self, invoice: &Invoice, _: &Judging, hits: &mut Hits) {
        for (index, line) in invoice.lines.iter().enumerate() {
            if line.tax_type.is_absent() {
                continue;
            }
            let values = [line.tax_total.get(), line.tax_rate.get()];
            if !values.iter().flatten().any(|v| !v.is_zero()) {
                continue;
            }
            let found = invoice.text.raw(line.tax_type);
            let variant = if found.is_empty() {
                ""
            } else if self.accepted.is_empty() || self.accepted.iter().any(|a| a == found) {
                continue;
            } else {
                "not-accepted"
            };
            hits.raise(
                Hit::on_line(self.rule, index)
                    .at(invoice.format, Field::TaxType, line.tax_type)
                    .variant(variant)
                    .with("accepted", self.accepted.join(", ")),
            );
        }
    }
}
