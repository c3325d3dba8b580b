//! `adjustment-line`: the total of an IF or IE line is its adjustment (with its tax in 1998BI).

use super::amount::{Fit, fit, in_place_of, shown, term};
use super::line_sum::{self, LineSum};
use super::{Judging, Params, Predicate};
use crate::model::{Anchor, Field, Hit, Hits, Invoice, Line, LineKind, RuleId};
use crate::rules::PackMistake;
use rust_decimal::{Decimal, dec};

struct AdjustmentLine {
    rule: RuleId,
    tolerance: Decimal,
}

/// Parameter: `tolerance`, in the invoice's currency.
pub fn build(params: &mut Params<'_>) -> Result<Box<dyn Predicate>, PackMistake> {
    Ok(Box::new(AdjustmentLine {
        rule: params.rule,
        tolerance: params.decimal("tolerance", dec!(0.01))?,
    }))
}

impl Predicate for AdjustmentLine {
    fn judge(&self, invoice: &Invoice, _: &Judging, hits: &mut Hits) {
        if invoice.format.is_xml() {
            return;
        }
        for (index, line) in invoice.lines.iter().enumerate() {
            if line.kind.get().is_some_and(LineKind::is_adjustment) {
                self.judge_line(invoice, index, line, hits);
            }
        }
    }
}

impl AdjustmentLine {
    fn judge_line(&self, invoice: &Invoice, index: usize, line: &Line, hits: &mut Hits) {
        let Some(stated) = line.total.get() else {
            if line.total.is_unreadable() {
                hits.unjudged(self.rule, Anchor::Line(index as u32), line.total.cell);
            }
            return;
        };
        let international = invoice.format.is_international();
        let sum = line_sum::of(line, international);
        let (net, tax, exact) = match sum {
            LineSum::Is { net, tax } => match sum.gross() {
                Some(gross) => (net, tax, gross),
                None => return,
            },
            LineSum::NotJudged => return,
            LineSum::Unreadable(cell) => {
                return hits.unjudged(self.rule, Anchor::Line(index as u32), cell);
            }
            LineSum::Overflow => {
                return hits.raise(
                    Hit::on_line(self.rule, index)
                        .at(invoice.format, Field::LineTotal, line.total.cell)
                        .variant("overflow"),
                );
            }
        };
        let adjustment = line.adjustment.get().unwrap_or_default();
        let in_unit_cost = match international {
            true => line_sum::amount_in_unit_cost(line),
            false => None,
        };
        let fits = |amount: Decimal| fit(amount, stated, self.tolerance) != Fit::Off;
        if let Some(amount) = in_unit_cost {
            // The published 98BI sample writes the amount into the unit cost (ledes-1998bi.md section 5 rule 2).
            let both = exact.checked_add(amount);
            let variant = match adjustment.is_zero() {
                true if fits(exact) => "in-unit-cost",
                false if fits(exact) || both.is_some_and(fits) => "in-both",
                _ => "",
            };
            if !variant.is_empty() {
                return hits.raise(
                    Hit::on_line(self.rule, index)
                        .at(invoice.format, Field::Adjustment, line.adjustment.cell)
                        .at(invoice.format, Field::UnitCost, line.unit_cost.cell)
                        .variant(variant)
                        .with("amount", shown(amount))
                        .with("adjustment", shown(adjustment)),
                );
            }
        }
        let agreement = fit(exact, stated, self.tolerance);
        if line.adjustment.is_blank() && net.is_zero() && agreement != Fit::Exact {
            // A missing column is said once, by the header's rule.
            if !line.adjustment.is_absent() {
                let amount = stated.checked_sub(tax).unwrap_or(stated);
                hits.raise(
                    Hit::on_line(self.rule, index)
                        .at(invoice.format, Field::Adjustment, line.adjustment.cell)
                        .variant("empty")
                        .with("type", line.kind.get().map_or("", LineKind::code))
                        .with("total", shown(stated))
                        .expecting(shown(amount)),
                );
            }
            return;
        }
        let variant = match agreement {
            Fit::Exact => return,
            Fit::Cents => "cents",
            Fit::Off if !tax.is_zero() && fits(net) => "tax-left-out",
            Fit::Off => "",
        };
        let tax_text = match tax.is_zero() {
            true => String::new(),
            false => format!("{} tax", term(tax)),
        };
        let type_code = line.kind.get().map_or("", LineKind::code);
        hits.raise(
            Hit::on_line(self.rule, index)
                .at(invoice.format, Field::LineTotal, line.total.cell)
                .variant(variant)
                .with("type", type_code)
                .with("adjustment", shown(net))
                .with("formula", format!("{}{tax_text}", shown(net)))
                .with("tax", shown(tax))
                .expecting(shown(in_place_of(exact, stated))),
        );
    }
}
