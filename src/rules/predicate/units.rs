//! `units`: units or unit cost of zero, or negative, on a fee or expense.

use super::{Judging, Params, Predicate};
use crate::model::{Field, Hit, Hits, Invoice, Line, LineKind, RuleId};
use crate::rules::PackMistake;
use rust_decimal::Decimal;

struct Units {
    rule: RuleId,
}

/// No parameters.
pub fn build(params: &mut Params<'_>) -> Result<Box<dyn Predicate>, PackMistake> {
    Ok(Box::new(Units { rule: params.rule }))
}

impl Predicate for Units {
    fn judge(&self, invoice: &Invoice, _: &Judging, hits: &mut Hits) {
        for (index, line) in invoice.lines.iter().enumerate() {
            let (Some(units), Some(unit_cost)) = (line.units.get(), line.unit_cost.get()) else {
                self.judge_alone(invoice, index, line, hits);
                continue;
            };
            if is_positive(units) && is_positive(unit_cost) {
                continue;
            }
            if is_charge(invoice, line) {
                let both = !is_positive(units) && !is_positive(unit_cost);
                if both && !units.is_zero() && !unit_cost.is_zero() {
                    let hit = hit(self.rule, invoice, index, line, Field::Units);
                    hits.raise(
                        hit.variant("both-negative")
                            .with("unit_cost", invoice.get(line.unit_cost.cell)),
                    );
                } else {
                    self.judge_alone(invoice, index, line, hits);
                }
            }
        }
    }
}

fn is_positive(amount: Decimal) -> bool {
    amount > Decimal::ZERO
}

/// A fee or expense whose units count: a fixed charge of the XML formats may have none
/// (ledes-xml-2.md section 0).
fn is_charge(invoice: &Invoice, line: &Line) -> bool {
    matches!(line.kind.get(), Some(LineKind::Fee | LineKind::Expense))
        && (line.charge_type.is_blank() || !invoice.get(line.charge_type).eq_ignore_ascii_case("F"))
}

fn hit(rule: RuleId, invoice: &Invoice, index: usize, line: &Line, field: Field) -> Hit {
    let cell = match field {
        Field::Units => line.units.cell,
        _ => line.unit_cost.cell,
    };
    Hit::on_line(rule, index)
        .at(invoice.format, field, cell)
        .with("kind", line.kind.get().map_or("", LineKind::noun))
}

impl Units {
    fn judge_alone(&self, invoice: &Invoice, index: usize, line: &Line, hits: &mut Hits) {
        let variants = [
            (line.units.get(), Field::Units, "", "negative-units"),
            // A negative price is the proper way to credit a charge.
            (line.unit_cost.get(), Field::UnitCost, "zero-unit-cost", ""),
        ];
        for (value, field, zero, negative) in variants {
            let Some(value) = value.filter(|v| !is_positive(*v)) else {
                continue;
            };
            if !is_charge(invoice, line) || (field == Field::UnitCost && !value.is_zero()) {
                continue;
            }
            let variant = if value.is_zero() { zero } else { negative };
            hits.raise(hit(self.rule, invoice, index, line, field).variant(variant));
        }
    }
}
