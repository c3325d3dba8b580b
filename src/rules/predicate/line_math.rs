//! `line-math`: on a fee or expense of the pipe formats, units x unit cost + adjustment (+ tax) is the total.

use super::amount::{Fit, fit, in_place_of, shown, term};
use super::line_sum::{self, LineSum};
use super::{Judging, Params, Predicate};
use crate::model::{Anchor, Field, Hit, Hits, Invoice, Line, LineKind, RuleId};
use crate::rules::PackMistake;
use rust_decimal::{Decimal, dec};

struct LineMath {
    rule: RuleId,
    tolerance: Decimal,
}

/// Parameter: `tolerance`, in the invoice's currency.
pub fn build(params: &mut Params<'_>) -> Result<Box<dyn Predicate>, PackMistake> {
    Ok(Box::new(LineMath {
        rule: params.rule,
        tolerance: params.decimal("tolerance", dec!(0.01))?,
    }))
}

impl Predicate for LineMath {
    fn judge(&self, invoice: &Invoice, _: &Judging, hits: &mut Hits) {
        if invoice.format.is_xml() {
            return;
        }
        for (index, line) in invoice.lines.iter().enumerate() {
            if matches!(line.kind.get(), Some(LineKind::Fee | LineKind::Expense)) {
                self.judge_line(invoice, index, line, hits);
            }
        }
    }
}

impl LineMath {
    fn judge_line(&self, invoice: &Invoice, index: usize, line: &Line, hits: &mut Hits) {
        let Some(stated) = line.total.get() else {
            if line.total.is_unreadable() {
                hits.unjudged(self.rule, Anchor::Line(index as u32), line.total.cell);
            }
            return;
        };
        let sum = line_sum::of(line, invoice.format.is_international());
        let (net, exact, tax) = match sum {
            LineSum::Is { net, tax } => match sum.gross() {
                Some(gross) => (net, gross, tax),
                None => return,
            },
            LineSum::NotJudged => return,
            LineSum::Unreadable(cell) => {
                return hits.unjudged(self.rule, Anchor::Line(index as u32), cell);
            }
            LineSum::Overflow => {
                return hits.raise(
                    self.hit(invoice, index, line, Decimal::ZERO)
                        .variant("overflow"),
                );
            }
        };
        let variant = match fit(exact, stated, self.tolerance) {
            Fit::Exact => return,
            Fit::Cents => "cents",
            Fit::Off if !tax.is_zero() && fit(net, stated, self.tolerance) != Fit::Off => {
                "tax-left-out"
            }
            Fit::Off => "",
        };
        let difference = exact.checked_sub(stated).unwrap_or_default().abs();
        hits.raise(
            self.hit(invoice, index, line, tax)
                .variant(variant)
                .with("tax", shown(tax))
                .with("exact", shown(exact))
                .with("difference", shown(difference))
                .expecting(shown(in_place_of(exact, stated))),
        );
    }

    fn hit(&self, invoice: &Invoice, index: usize, line: &Line, tax: Decimal) -> Hit {
        let adjustment = term(line.adjustment.get().unwrap_or_default());
        let tax = match tax.is_zero() {
            true => String::new(),
            false => format!("{} tax", term(tax)),
        };
        let formula = format!(
            "{} x {}{adjustment}{tax}",
            invoice.get(line.units.cell),
            invoice.get(line.unit_cost.cell),
        );
        Hit::on_line(self.rule, index)
            .at(invoice.format, Field::LineTotal, line.total.cell)
            .with("formula", formula)
    }
}
