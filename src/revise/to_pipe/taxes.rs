//! Which line bears which tax, and how much of it.

use super::Work;
use crate::formats::parts::{self, Owner};
use crate::model::{Cell, Invoice, LedesFormat, Line, LineKind, Value};
use crate::revise::losses::why;
use crate::revise::money::{Refusal, add, cents, less, or_zero, times};
use rust_decimal::Decimal;
use rustc_hash::FxHashMap;

/// What one tax comes to on the fees or the expenses of a matter, line by line.
pub(super) type Bearers = FxHashMap<(u32, usize, bool), Vec<usize>>;

/// Whether the target has a place for the invoice's taxes.
pub(super) fn taxes_fit(invoice: &Invoice, target: LedesFormat) -> Result<(), Refusal> {
    let matters = invoice.matters.iter();
    let billed: Vec<Decimal> = matters
        .flat_map(|m| [m.tax_on_fees, m.tax_on_expenses])
        .chain([invoice.tax_total])
        .map(or_zero)
        .filter(|tax| !tax.is_zero())
        .collect();
    if let (Some(tax), false) = (billed.last(), target.is_international()) {
        return Err(Refusal::new(format!(
            "it bills {tax} of tax, and 1998B has no place for tax; convert it to 1998BI-V2 or XML"
        )));
    }
    if !invoice.tax_tier_summaries.is_empty() || !invoice.tax_tiers.is_empty() {
        return Err(Refusal::new(format!(
            "it bears a tiered tax (tax_tier_summary), and {target} has no place for one; convert it to XML-2.2"
        )));
    }
    Ok(())
}

impl Work<'_> {
    /// Notes which tax a line bears.
    pub(super) fn bears(
        &mut self,
        invoice: &Invoice,
        line: &Line,
        ids: &[Cell],
        at: usize,
        bearers: &mut Bearers,
    ) -> Result<(), Refusal> {
        if !self.target.is_international() {
            for _ in ids {
                let owner = match parts::owner_of(line) {
                    Owner::Expense => Owner::ExpenseTax,
                    Owner::Adjustment => Owner::DiscountTax,
                    _ => Owner::FeeTax,
                };
                self.losses
                    .note(self.source, owner, &parts::TAX_REFERENCE, why::NO_PLACE);
            }
            return Ok(());
        }
        let one = match ids {
            [] => return Ok(()),
            [one] => *one,
            _ => {
                return Err(Refusal::new(format!(
                    "a line of {} bears {} taxes, and {} has one a line; keep it in XML",
                    or_zero(line.total),
                    ids.len(),
                    self.target
                )));
            }
        };
        let id = self.text.get(one);
        let found = invoice.taxes.iter().position(|t| self.text.get(t.id) == id);
        let Some(index) = found else {
            return Err(Refusal::new(format!(
                "a line bears the tax \"{id}\", which no tax segment has; mend it first: cleanbill check"
            )));
        };
        let tax = &invoice.taxes[index];
        if self.is(tax.on_tax, "Y") || self.is(tax.increase_decrease, "Decrease") {
            return Err(Refusal::new(format!(
                "the tax \"{id}\" is on another tax or withheld, and {} cannot say so; keep it in XML",
                self.target
            )));
        }
        let fees = matches!(
            line.kind.get(),
            Some(LineKind::Fee | LineKind::FeeAdjustment)
        );
        bearers
            .entry((line.matter, index, fees))
            .or_default()
            .push(at);
        Ok(())
    }

    /// The tax of each line, so that the lines of a matter come to what its tax summary says.
    pub(super) fn tax_lines(
        &mut self,
        invoice: &Invoice,
        lines: &mut [Line],
        bearers: &Bearers,
    ) -> Result<(), Refusal> {
        if !self.target.is_international() {
            return Ok(());
        }
        for line in lines.iter_mut() {
            line.tax_rate = Value::calculated(Decimal::ZERO);
            line.tax_total = Value::calculated(Decimal::ZERO);
        }
        for ((matter, tax, fees), own) in bearers {
            let entry = &invoice.taxes[*tax];
            let rate = or_zero(entry.rate);
            let mut sum = Decimal::ZERO;
            for at in own {
                let line = &mut lines[*at];
                let amount = cents(times(or_zero(line.total), rate)?);
                add(&mut sum, amount)?;
                line.tax_rate = Value::calculated(rate);
                line.tax_type = entry.tax_type;
                line.tax_total = Value::calculated(amount);
            }
            let summaries = &invoice.matters[*matter as usize].tax_summaries;
            let id = self.text.get(entry.id);
            let stated = summaries.iter().find(|s| self.text.get(s.tax_id) == id);
            let stated = stated.and_then(|s| {
                let value = if *fees {
                    s.tax_on_fees
                } else {
                    s.tax_on_expenses
                };
                value.get()
            });
            if let Some(stated) = stated {
                spread(less(stated, sum)?, own, lines)?;
            }
        }
        for line in lines {
            let mut gross = or_zero(line.total);
            add(&mut gross, or_zero(line.tax_total))?;
            line.total = Value::calculated(gross);
        }
        Ok(())
    }
}

/// Spreads what rounding line by line left over: a cent a line, no more.
fn spread(left: Decimal, own: &[usize], lines: &mut [Line]) -> Result<(), Refusal> {
    let cent = Decimal::new(if left.is_sign_negative() { -1 } else { 1 }, 2);
    let mut left = left;
    for at in own {
        if left.abs() < cent.abs() {
            break;
        }
        let line = &mut lines[*at];
        let mut amount = or_zero(line.tax_total);
        if amount.is_zero() {
            continue;
        }
        add(&mut amount, cent)?;
        line.tax_total = Value::calculated(amount);
        left = less(left, cent)?;
    }
    Ok(())
}
