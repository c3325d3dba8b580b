//! `discount-agreed`: fees on which the agreed discount is missing or too small.
//!
//! A discount may stand on the lines, on lines of its own, on the matter, or in rates below the approved ones: all
//! of it counts. More than was agreed is the firm's affair.

use super::approved_rate::ApprovedRates;
use super::engagement::engagements;
use super::fee::Fee;
use crate::model::lists::FeeArrangement;
use crate::model::{Anchor, Field, Hit, Hits, Invoice, Line, LineKind, Matter, RuleId};
use crate::rules::PackMistake;
use crate::rules::predicate::amount::{percent, shown};
use crate::rules::predicate::discount_math::{Discounts, is_of};
use crate::rules::predicate::line_sum;
use crate::rules::predicate::places::on_invoice;
use crate::rules::predicate::{Judging, Params, Predicate};
use crate::rules::utbms::Classes;
use rust_decimal::{Decimal, dec};

struct DiscountAgreed {
    rule: RuleId,
    tolerance: Decimal,
}

/// Parameter: `tolerance` of each fee, in the invoice's currency.
pub fn build(params: &mut Params<'_>) -> Result<Box<dyn Predicate>, PackMistake> {
    Ok(Box::new(DiscountAgreed {
        rule: params.rule,
        tolerance: params.decimal("tolerance", dec!(0.01))?,
    }))
}

/// Sums over the fees of an invoice.
#[derive(Default)]
struct Sums {
    /// Fees of matters with a discount, before any.
    fees: Decimal,
    /// The discount agreed on them.
    due: Decimal,
    /// What was taken off, of whatever kind.
    given: Decimal,
    /// How many fees may have been rounded.
    lines: i64,
}

impl Predicate for DiscountAgreed {
    fn judge(&self, invoice: &Invoice, judging: &Judging, hits: &mut Hits) {
        let lists = &judging.lists;
        if invoice.lines.is_empty() || !invoice.unread.is_empty() {
            return;
        }
        if !lists.matters.is_loaded() {
            hits.lacking(self.rule, "no list of matters loaded");
            return;
        }
        let engagements = engagements(invoice, lists);
        let agreed: Vec<Decimal> = engagements
            .iter()
            .map(|e| match e.listed {
                Some(row) if row.fee_arrangement != FeeArrangement::Flat => {
                    row.discount.unwrap_or_default()
                }
                _ => Decimal::ZERO,
            })
            .collect();
        let Some(first) = agreed.iter().position(|share| *share > Decimal::ZERO) else {
            return;
        };
        let mut rates = ApprovedRates::of(lists);
        let mut sums = Sums::default();
        for (index, line) in invoice.lines.iter().enumerate() {
            let matter = line.matter as usize;
            let share = agreed.get(matter).copied().unwrap_or_default();
            let approved = engagements.get(matter).and_then(|engagement| {
                let fee = Fee {
                    index,
                    line,
                    engagement,
                    timekeeper_id: invoice.get(line.timekeeper_id),
                    date: line.date.get()?,
                };
                rates.find(invoice, &fee).map(|row| row.rate)
            });
            if sums.add(invoice, line, share, approved).is_none() {
                return;
            }
        }
        for matter in &invoice.matters {
            let off = taken_off_matter(invoice, matter, sums.fees);
            sums.given = sums.given.saturating_add(off);
        }
        let generic = invoice.generic_discount.get().unwrap_or_default().abs();
        sums.given = sums.given.saturating_add(generic);
        let rounding = self.tolerance.saturating_mul(Decimal::from(sums.lines));
        if sums.due <= Decimal::ZERO || sums.given.saturating_add(rounding) >= sums.due {
            return;
        }
        let hit = on_invoice(
            Hit::new(self.rule, Anchor::Invoice),
            invoice,
            Field::InvoiceTotal,
            invoice.total.cell,
        );
        let variant = match sums.given > Decimal::ZERO {
            true => "short",
            false => "",
        };
        hits.raise(
            hit.variant(variant)
                .with("percent", percent(agreed[first]))
                .with("matter", engagements[first].name())
                .with("fees", shown(sums.fees.round_dp(2)))
                .with("due", shown(sums.due.round_dp(2)))
                .with("given", shown(sums.given.round_dp(2))),
        );
    }
}

impl Sums {
    /// `None` where a number cannot be read or calculated with.
    fn add(
        &mut self,
        invoice: &Invoice,
        line: &Line,
        share: Decimal,
        approved: Option<Decimal>,
    ) -> Option<()> {
        match line.kind.get()? {
            LineKind::Fee
                if Classes::is_nobody(invoice.text.raw(line.timekeeper_classification)) => {}
            LineKind::Fee => {
                let (units, rate) = (line.units.get()?, line.unit_cost.get()?);
                let net = net(invoice, line, units.checked_mul(rate)?)?;
                let full = match approved {
                    Some(approved) if approved > rate && rate > Decimal::ZERO => {
                        units.checked_mul(approved)?
                    }
                    _ => line.base_amount.get().unwrap_or(units.checked_mul(rate)?),
                };
                self.given = self.given.checked_add(full.checked_sub(net)?)?;
                if share > Decimal::ZERO {
                    self.fees = self.fees.checked_add(full)?;
                    self.due = self.due.checked_add(full.checked_mul(share)?)?;
                    self.lines += 1;
                }
            }
            LineKind::FeeAdjustment => {
                let sum = line_sum::of(line, invoice.format.is_international());
                let line_sum::LineSum::Is { net, .. } = sum else {
                    return None;
                };
                self.given = self.given.checked_sub(net)?;
            }
            LineKind::Expense | LineKind::ExpenseAdjustment => {}
        }
        Some(())
    }
}

/// What a fee comes to before tax.
fn net(invoice: &Invoice, line: &Line, product: Decimal) -> Option<Decimal> {
    if invoice.format.is_xml() {
        return line.total.get();
    }
    product.checked_add(line.adjustment.get().unwrap_or_default())
}

/// Fee discounts of a matter in the XML formats. A share of the fees (MISF, MIFA) is not one.
fn taken_off_matter(invoice: &Invoice, matter: &Matter, fees: Decimal) -> Decimal {
    let raw = |cell| invoice.text.raw(cell);
    let own = matter.discounts.iter().filter(|discount| {
        let code = raw(discount.disc_cred);
        is_of(invoice, discount, "Fee")
            && !code.eq_ignore_ascii_case("MISF")
            && !code.eq_ignore_ascii_case("MIFA")
    });
    let listed = -Discounts::of(invoice, own).corrected.unwrap_or_default();
    // LEDES 2000 has one amount, whose sign firms write either way.
    let adjusted = matter.adjustment_of_fees.get().unwrap_or_default().abs();
    let billed = matter.discounted_bill_fees.get();
    let part = billed.filter(|p| *p > Decimal::ZERO && *p < Decimal::ONE);
    let bill = part.map_or(Decimal::ZERO, |part| {
        fees.checked_mul(Decimal::ONE - part).unwrap_or_default()
    });
    listed.max(bill).saturating_add(adjusted)
}
