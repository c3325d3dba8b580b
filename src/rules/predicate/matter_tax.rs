//! `matter-tax`: in LEDES XML 2.x, tax summaries, tiers and the totals of tax agree with one another.

use super::amount::{near, shown};
use super::places::matter_name;
use super::tax_reference::{is_tiered, is_withheld, taxes};
use super::{Judging, Params, Predicate};
use crate::model::Value;
use crate::model::{Anchor, Family, Field, Hit, Hits, Invoice, Matter, RuleId, Tax, TaxSummary};
use crate::rules::PackMistake;
use rust_decimal::{Decimal, dec};
use rustc_hash::FxHashMap;

struct MatterTax {
    rule: RuleId,
    tolerance: Decimal,
}

/// Parameter: `tolerance` of a tax summary and of a tier, in the invoice's currency.
pub fn build(params: &mut Params<'_>) -> Result<Box<dyn Predicate>, PackMistake> {
    Ok(Box::new(MatterTax {
        rule: params.rule,
        tolerance: params.decimal("tolerance", dec!(0.01))?,
    }))
}

/// The two halves of a matter's taxes.
#[derive(Clone, Copy)]
enum Half {
    Fees,
    Expenses,
}

impl Half {
    const BOTH: [Self; 2] = [Self::Fees, Self::Expenses];

    /// Base and tax of a summary, and what the latter is called.
    fn of(self, s: &TaxSummary) -> (&Value<Decimal>, &Value<Decimal>, &'static str) {
        match self {
            Self::Fees => (&s.detail_fees, &s.tax_on_fees, "total_tax_on_fees"),
            Self::Expenses => (
                &s.detail_expenses,
                &s.tax_on_expenses,
                "total_tax_on_expense",
            ),
        }
    }

    fn total(self, matter: &Matter) -> (&Value<Decimal>, Field) {
        match self {
            Self::Fees => (&matter.tax_on_fees, Field::MatterTaxOnFees),
            Self::Expenses => (&matter.tax_on_expenses, Field::MatterTaxOnExpenses),
        }
    }
}

type Taxes<'a> = FxHashMap<&'a str, &'a Tax>;

impl Predicate for MatterTax {
    fn judge(&self, invoice: &Invoice, _: &Judging, hits: &mut Hits) {
        if invoice.format.family() != Family::Xml2 {
            return;
        }
        let taxes = taxes(invoice);
        let mut sum = Some([Decimal::ZERO; 2]);
        for (index, matter) in invoice.matters.iter().enumerate() {
            if !matter.complete {
                sum = None;
                continue;
            }
            for half in Half::BOTH {
                let own = self.judge_half(invoice, &taxes, index, matter, half, hits);
                sum = sum
                    .zip(own)
                    .and_then(|(a, b)| Some([a[0].checked_add(b[0])?, a[1].checked_add(b[1])?]));
            }
        }
        self.judge_tiers(invoice, &taxes, hits);
        if let Some(sum) = sum.filter(|_| invoice.whole && !invoice.matters.is_empty()) {
            self.judge_invoice(invoice, sum, hits);
        }
    }
}

impl MatterTax {
    /// Tax summaries and their sum; returns the matter's tax as stated and as it should be.
    fn judge_half(
        &self,
        invoice: &Invoice,
        taxes: &Taxes<'_>,
        index: usize,
        matter: &Matter,
        half: Half,
        hits: &mut Hits,
    ) -> Option<[Decimal; 2]> {
        let anchor = Anchor::Matter(index as u32);
        let (total, field) = half.total(matter);
        let mut stated = Decimal::ZERO;
        let mut corrected = Decimal::ZERO;
        let mut wrong = None;
        for summary in &matter.tax_summaries {
            let (_, tax, _) = half.of(summary);
            if tax.is_unreadable() {
                hits.unjudged(self.rule, anchor, tax.cell);
                return None;
            }
            let amount = tax.get().unwrap_or_default();
            let right = self.judge_summary(invoice, taxes, index, matter, summary, half, hits);
            if right.is_some() {
                wrong = wrong.or(Some(tax.cell));
            }
            stated = stated.checked_add(amount)?;
            corrected = corrected.checked_add(right.unwrap_or(amount))?;
        }
        let Some(given) = total.get() else {
            return match total.is_blank() {
                true => Some([stated, corrected]),
                false => None,
            };
        };
        if given == stated {
            return Some([given, corrected]);
        }
        if let Some(cell) = wrong.filter(|_| given == corrected) {
            hits.unjudged(self.rule, anchor, cell);
            return Some([given, corrected]);
        }
        let variant = match matter.tax_summaries.is_empty() {
            true => "no-summary",
            false => "matter-tax",
        };
        hits.raise(
            Hit::new(self.rule, anchor)
                .at(invoice.format, field, total.cell)
                .variant(variant)
                .with("matter", matter_name(invoice, index))
                .expecting(shown(stated)),
        );
        Some([given, stated])
    }

    /// Rule 11: a summary's tax is its base x the rate. Returns what it should be where it is wrong.
    #[allow(clippy::too_many_arguments)]
    fn judge_summary(
        &self,
        invoice: &Invoice,
        taxes: &Taxes<'_>,
        index: usize,
        matter: &Matter,
        summary: &TaxSummary,
        half: Half,
        hits: &mut Hits,
    ) -> Option<Decimal> {
        let (base, stated, name) = half.of(summary);
        let tax = taxes.get(invoice.text.raw(summary.tax_id))?;
        let amount = stated.get()?;
        let hit = || {
            Hit::new(self.rule, Anchor::Matter(index as u32))
                .at_name(name, stated.cell)
                .with("tax", invoice.get(summary.tax_id))
                .with("matter", matter_name(invoice, index))
        };
        if is_tiered(invoice, tax) {
            if amount.is_zero() {
                return None;
            }
            hits.raise(hit().variant("tiered").expecting("0.00"));
            return Some(Decimal::ZERO);
        }
        for value in [base, &tax.rate] {
            if value.is_unreadable() {
                hits.unjudged(self.rule, Anchor::Matter(index as u32), value.cell);
            }
        }
        let (base, rate) = (base.get()?, tax.rate.get()?);
        if rate > Decimal::ONE {
            hits.unjudged(self.rule, Anchor::Matter(index as u32), tax.rate.cell);
            return None;
        }
        let sign = match is_withheld(invoice, tax) {
            true => Decimal::NEGATIVE_ONE,
            false => Decimal::ONE,
        };
        let expected = base.checked_mul(rate)?.checked_mul(sign)?;
        if near(expected, amount, self.tolerance) {
            return None;
        }
        // A tax on a tax: its base may or may not hold the other tax already.
        if invoice.text.raw(tax.on_tax).eq_ignore_ascii_case("Y") {
            let other_id = invoice.text.raw(tax.on_tax_id);
            let mut others = matter.tax_summaries.iter();
            let other = others.find(|s| invoice.text.raw(s.tax_id) == other_id);
            let other = other.and_then(|s| half.of(s).1.get()).unwrap_or_default();
            let more = other.checked_mul(rate)?.checked_mul(sign)?;
            if near(expected.checked_add(more)?, amount, self.tolerance) {
                return None;
            }
        }
        let expected = expected.round_dp(2);
        hits.raise(
            hit()
                .variant("summary")
                .with("base", shown(base))
                .with("rate", rate.normalize())
                .expecting(shown(expected)),
        );
        Some(expected)
    }

    /// Rule 16: tiers and their sums; 2.2.
    fn judge_tiers(&self, invoice: &Invoice, taxes: &Taxes<'_>, hits: &mut Hits) {
        let raw = |cell| invoice.text.raw(cell);
        let mut sums: FxHashMap<&str, Option<[Decimal; 2]>> = FxHashMap::default();
        for tier in &invoice.tax_tiers {
            let id = raw(tier.tax_id);
            let sum = sums.entry(id).or_insert(Some([Decimal::ZERO; 2]));
            let parts = tier.taxable_amount.get().zip(tier.tax.get());
            *sum = sum.zip(parts).and_then(|(sum, (base, tax))| {
                Some([sum[0].checked_add(base)?, sum[1].checked_add(tax)?])
            });
            let (Some((base, tax)), Some(rate)) = (parts, tier.rate.get()) else {
                continue;
            };
            if rate > Decimal::ONE {
                hits.unjudged(self.rule, Anchor::Invoice, tier.rate.cell);
                continue;
            }
            let withheld = taxes.get(id).is_some_and(|t| is_withheld(invoice, t));
            let Some(mut exact) = base.checked_mul(rate) else {
                continue;
            };
            if withheld {
                exact = -exact.abs();
            }
            if !near(exact, tax, self.tolerance) {
                hits.raise(
                    Hit::new(self.rule, Anchor::Invoice)
                        .at_name("tax_tier_amount_tax", tier.tax.cell)
                        .variant("tier")
                        .with("tax", id)
                        .with("base", shown(base))
                        .with("rate", rate.normalize())
                        .expecting(shown(exact.round_dp(2))),
                );
            }
        }
        for summary in &invoice.tax_tier_summaries {
            let Some(Some([base, tax])) = sums.get(raw(summary.tax_id)) else {
                continue;
            };
            let totals = [
                (
                    "tax_tier_total_taxable_amount",
                    &summary.total_taxable_amount,
                    base,
                ),
                ("tax_tier_total_tax", &summary.total_tax, tax),
            ];
            for (name, total, sum) in totals {
                if total.get().is_some_and(|stated| stated != *sum) {
                    hits.raise(
                        Hit::new(self.rule, Anchor::Invoice)
                            .at_name(name, total.cell)
                            .variant("tier-summary")
                            .with("tax", raw(summary.tax_id))
                            .expecting(shown(*sum)),
                    );
                }
            }
        }
    }

    /// Rule 14, a weak one: inv_total_tax is the sum of the matters' taxes and of the tiered taxes.
    fn judge_invoice(&self, invoice: &Invoice, sums: [Decimal; 2], hits: &mut Hits) {
        if invoice.tax_total.is_unreadable() {
            return hits.unjudged(self.rule, Anchor::Invoice, invoice.tax_total.cell);
        }
        let Some(stated) = invoice.tax_total.get() else {
            return;
        };
        let add = |sum: Decimal, more: Decimal| sum.checked_add(more).unwrap_or(sum);
        let tiers = invoice.tax_tiers.iter();
        let tiers = tiers.filter_map(|t| t.tax.get()).fold(Decimal::ZERO, add);
        let totals = || invoice.tax_tier_summaries.iter();
        let tier_tax = totals().filter_map(|t| t.total_tax.get());
        let tier_tax = tier_tax.fold(Decimal::ZERO, add);
        // The published text names the taxable total here, which looks like a slip.
        let slip = totals().filter_map(|t| t.total_taxable_amount.get());
        let slip = slip.fold(Decimal::ZERO, add);
        let extras = [Decimal::ZERO, tiers, tier_tax, slip];
        let fits = |sum: Decimal| extras.iter().any(|extra| add(sum, *extra) == stated);
        if sums.into_iter().any(fits) {
            return;
        }
        let tiered = match tier_tax.is_zero() {
            true => tiers,
            false => tier_tax,
        };
        hits.raise(
            Hit::new(self.rule, Anchor::Invoice)
                .at(
                    invoice.format,
                    Field::InvoiceTaxTotal,
                    invoice.tax_total.cell,
                )
                .variant("weak")
                .expecting(shown(add(sums[0], tiered))),
        );
    }
}
