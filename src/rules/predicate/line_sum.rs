//! What a line of the pipe formats should come to, worked out from its own cells.

use super::amount::{Fit, fit, in_place_of};
use crate::model::{Cell, Line, LineKind, Value};
use rust_decimal::Decimal;

/// What the cells of a line make.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum LineSum {
    /// The amount before tax, and the line's tax (0 in 1998B).
    Is { net: Decimal, tax: Decimal },
    /// Something the sum needs is missing or the type is unknown: another rule's business.
    NotJudged,
    /// The sum cannot be made because of a cell that could not be read.
    Unreadable(Cell),
    /// More digits than can be calculated with (28).
    Overflow,
}

impl LineSum {
    /// Net and tax together.
    pub(super) fn gross(self) -> Option<Decimal> {
        match self {
            Self::Is { net, tax } => net.checked_add(tax),
            _ => None,
        }
    }
}

/// A blank or missing amount counts as zero.
fn or_zero(value: &Value<Decimal>) -> Result<Decimal, LineSum> {
    match value.get() {
        Some(amount) => Ok(amount),
        None if value.is_blank() => Ok(Decimal::ZERO),
        None => Err(LineSum::Unreadable(value.cell)),
    }
}

fn needed(value: &Value<Decimal>) -> Result<Decimal, LineSum> {
    match value.get() {
        Some(amount) => Ok(amount),
        None if value.is_blank() => Err(LineSum::NotJudged),
        None => Err(LineSum::Unreadable(value.cell)),
    }
}

/// Works a line out: units x unit cost + adjustment on fees and expenses, the adjustment on adjustment lines
/// (ledes-1998b.md section 5); in 1998BI an adjustment line without an adjustment has its amount in the unit
/// cost (ledes-1998bi.md section 5 rule 2).
pub(super) fn of(line: &Line, international: bool) -> LineSum {
    let worked_out = match line.kind.get() {
        None => return LineSum::NotJudged,
        Some(LineKind::Fee | LineKind::Expense) => charge(line),
        Some(LineKind::FeeAdjustment | LineKind::ExpenseAdjustment) => {
            adjustment(line, international)
        }
    };
    worked_out.unwrap_or_else(|instead| instead)
}

fn charge(line: &Line) -> Result<LineSum, LineSum> {
    let (units, unit_cost) = (needed(&line.units)?, needed(&line.unit_cost)?);
    let (adjustment, tax) = (or_zero(&line.adjustment)?, or_zero(&line.tax_total)?);
    let net = units
        .checked_mul(unit_cost)
        .and_then(|product| product.checked_add(adjustment))
        .ok_or(LineSum::Overflow)?;
    net.checked_add(tax).ok_or(LineSum::Overflow)?;
    Ok(LineSum::Is { net, tax })
}

fn adjustment(line: &Line, international: bool) -> Result<LineSum, LineSum> {
    let (given, tax) = (or_zero(&line.adjustment)?, or_zero(&line.tax_total)?);
    let net = if international && given.is_zero() {
        in_unit_cost(line)?
    } else {
        given
    };
    net.checked_add(tax).ok_or(LineSum::Overflow)?;
    Ok(LineSum::Is { net, tax })
}

/// Units x unit cost of an adjustment line; zero where either is left out.
fn in_unit_cost(line: &Line) -> Result<Decimal, LineSum> {
    or_zero(&line.units)?
        .checked_mul(or_zero(&line.unit_cost)?)
        .ok_or(LineSum::Overflow)
}

/// What an adjustment line of 1998BI has in its unit cost; `None` where that is nothing or cannot be read.
pub(super) fn amount_in_unit_cost(line: &Line) -> Option<Decimal> {
    in_unit_cost(line).ok().filter(|amount| !amount.is_zero())
}

/// The line's total as it should stand, where it can be worked out and the stated one is wrong.
pub(super) fn correction(line: &Line, international: bool, tolerance: Decimal) -> Option<Decimal> {
    let stated = line.total.get()?;
    let exact = of(line, international).gross()?;
    if fit(exact, stated, tolerance) != Fit::Off {
        return None;
    }
    if international && line.kind.get().is_some_and(LineKind::is_adjustment) {
        // Both readings of such a line pass; see `adjustment-line`.
        let both = amount_in_unit_cost(line).and_then(|extra| exact.checked_add(extra));
        if both.is_some_and(|both| fit(both, stated, tolerance) != Fit::Off) {
            return None;
        }
    }
    Some(in_place_of(exact, stated))
}
