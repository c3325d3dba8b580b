//! `line-tax`: in 1998BI, the tax of a line is its net amount x its rate.

use super::amount::{in_place_of, near, shown};
use super::line_sum::{self, LineSum};
use super::{Judging, Params, Predicate};
use crate::model::{Anchor, Field, Hit, Hits, Invoice, Line, RuleId};
use crate::rules::PackMistake;
use rust_decimal::{Decimal, dec};

struct LineTax {
    rule: RuleId,
    tolerance: Decimal,
}

/// Parameter: `tolerance`, in the invoice's currency.
pub fn build(params: &mut Params<'_>) -> Result<Box<dyn Predicate>, PackMistake> {
    Ok(Box::new(LineTax {
        rule: params.rule,
        tolerance: params.decimal("tolerance", dec!(0.01))?,
    }))
}

impl Predicate for LineTax {
    fn judge(&self, invoice: &Invoice, _: &Judging, hits: &mut Hits) {
        if !invoice.format.is_international() {
            return;
        }
        for (index, line) in invoice.lines.iter().enumerate() {
            self.judge_line(invoice, index, line, hits);
        }
    }
}

/// The tax a line should have: exact, and `None` where it cannot be worked out or the rate is no rate.
pub(super) fn exact_tax(line: &Line) -> Option<Decimal> {
    let rate = line.tax_rate.get()?;
    match line_sum::of(line, true) {
        LineSum::Is { net, .. } if !is_no_rate(rate) => net.checked_mul(rate),
        _ => None,
    }
}

/// Negative, or written as a percentage.
fn is_no_rate(rate: Decimal) -> bool {
    rate.is_sign_negative() && !rate.is_zero() || rate > Decimal::ONE
}

impl LineTax {
    fn judge_line(&self, invoice: &Invoice, index: usize, line: &Line, hits: &mut Hits) {
        let mut unjudged = |cell| hits.unjudged(self.rule, Anchor::Line(index as u32), cell);
        for value in [&line.tax_rate, &line.tax_total] {
            if value.is_unreadable() {
                return unjudged(value.cell);
            }
        }
        let (Some(rate), Some(stated)) = (line.tax_rate.get(), line.tax_total.get()) else {
            return;
        };
        if rate > Decimal::ONE {
            return unjudged(line.tax_rate.cell);
        }
        let negative = rate.is_sign_negative() && !rate.is_zero();
        if negative || rate.is_zero() && !stated.is_zero() {
            return hits.raise(
                Hit::on_line(self.rule, index)
                    .at(invoice.format, Field::TaxRate, line.tax_rate.cell)
                    .variant("zero-rate")
                    .with("tax", shown(stated)),
            );
        }
        let net = match line_sum::of(line, true) {
            LineSum::Is { net, .. } => net,
            LineSum::Unreadable(cell) => return unjudged(cell),
            LineSum::NotJudged | LineSum::Overflow => return,
        };
        let Some(exact) = net.checked_mul(rate) else {
            return;
        };
        if near(exact, stated, self.tolerance) {
            return;
        }
        hits.raise(
            Hit::on_line(self.rule, index)
                .at(invoice.format, Field::TaxTotal, line.tax_total.cell)
                .with("net", shown(net))
                .with("rate", rate.normalize())
                .expecting(shown(in_place_of(exact, stated))),
        );
    }
}
