//! `discount-math`: discounts and credits of the XML formats: their signs, their percentages and their sums.

use super::amount::{near, shown};
use super::places::matter_name;
use super::{Judging, Params, Predicate};
use crate::model::{Anchor, Cell, Discount, Family, Field, Hit, Hits, Invoice, Line, Matter};
use crate::model::{RuleId, Value};
use crate::rules::PackMistake;
use rust_decimal::{Decimal, dec};

struct DiscountMath {
    rule: RuleId,
    tolerance: Decimal,
}

/// Parameter: `tolerance` of a percentage, in the invoice's currency.
pub fn build(params: &mut Params<'_>) -> Result<Box<dyn Predicate>, PackMistake> {
    Ok(Box::new(DiscountMath {
        rule: params.rule,
        tolerance: params.decimal("tolerance", dec!(0.01))?,
    }))
}

/// Sums of discounts, as stated and with the signs they should have. `None`: an amount is missing, cannot be
/// read, or is too large.
#[derive(Clone, Copy)]
pub(super) struct Discounts {
    pub(super) stated: Option<Decimal>,
    pub(super) corrected: Option<Decimal>,
}

impl Discounts {
    pub(super) fn of<'a>(
        invoice: &Invoice,
        discounts: impl IntoIterator<Item = &'a Discount>,
    ) -> Self {
        let mut sums = Self {
            stated: Some(Decimal::ZERO),
            corrected: Some(Decimal::ZERO),
        };
        for discount in discounts {
            let amount = discount.amount.get();
            let corrected = amount.map(|a| corrected(invoice, discount, a));
            let add = |sum: Option<Decimal>, more: Option<Decimal>| {
                sum.zip(more).and_then(|(a, b)| a.checked_add(b))
            };
            sums.stated = add(sums.stated, amount);
            sums.corrected = add(sums.corrected, corrected);
        }
        sums
    }
}

/// The amount with the sign that `increase_decrease` asks for.
fn corrected(invoice: &Invoice, discount: &Discount, amount: Decimal) -> Decimal {
    let word = invoice.text.raw(discount.increase_decrease);
    if word.eq_ignore_ascii_case("Decrease") {
        -amount.abs()
    } else if word.eq_ignore_ascii_case("Increase") {
        amount.abs()
    } else {
        amount
    }
}

/// Discounts of a matter that take no part in its discount totals (ledes-xml-2.md section 6 rule 7).
pub(super) fn stands_apart(invoice: &Invoice, discount: &Discount) -> bool {
    let code = invoice.text.raw(discount.disc_cred);
    ["MISF", "MIDB", "MIFA"]
        .iter()
        .any(|apart| apart.eq_ignore_ascii_case(code))
}

/// True where a discount is of a category, `Fee` or `Exp`.
pub(super) fn is_of(invoice: &Invoice, discount: &Discount, category: &str) -> bool {
    invoice
        .text
        .raw(discount.category)
        .eq_ignore_ascii_case(category)
}

impl Predicate for DiscountMath {
    fn judge(&self, invoice: &Invoice, _: &Judging, hits: &mut Hits) {
        if invoice.format.family() != Family::Xml2 {
            return;
        }
        for (index, line) in invoice.lines.iter().enumerate() {
            self.judge_item(invoice, index, line, hits);
        }
        for (index, matter) in invoice.matters.iter().enumerate() {
            if matter.complete {
                self.judge_matter(invoice, index, matter, hits);
            }
        }
    }
}

impl DiscountMath {
    /// The sign of a discount; true where it is right.
    fn judge_sign(
        &self,
        invoice: &Invoice,
        hit: Hit,
        discount: &Discount,
        hits: &mut Hits,
    ) -> bool {
        let Some(amount) = discount.amount.get() else {
            return true;
        };
        let right = corrected(invoice, discount, amount);
        if right == amount {
            return true;
        }
        hits.raise(
            hit.at_name("disc_cred_amount", discount.amount.cell)
                .variant("sign")
                .with("direction", invoice.get(discount.increase_decrease))
                .expecting(shown(right)),
        );
        false
    }

    fn judge_item(&self, invoice: &Invoice, index: usize, line: &Line, hits: &mut Hits) {
        let discounts = line.detail.as_ref().map_or(&[][..], |d| &d.discounts);
        if discounts.is_empty() && line.adjustment.get().is_none_or(|a| a.is_zero()) {
            return;
        }
        for discount in discounts {
            let hit = Hit::on_line(self.rule, index);
            if self.judge_sign(invoice, hit.clone(), discount, hits) {
                self.judge_percent(invoice, hit, line, discount, hits);
            }
        }
        let Some(stated) = line.adjustment.get() else {
            return;
        };
        let sums = Discounts::of(invoice, discounts);
        let anchor = Anchor::Line(index as u32);
        self.judge_sum(
            anchor,
            &line.adjustment,
            stated,
            discounts,
            sums,
            hits,
            || {
                Hit::on_line(self.rule, index)
                    .at(invoice.format, Field::Adjustment, line.adjustment.cell)
                    .variant("discount-sum")
            },
        );
    }

    /// Rule 4: a percentage of the base amount, written 10 or 0.10 for 10 %.
    fn judge_percent(
        &self,
        invoice: &Invoice,
        hit: Hit,
        line: &Line,
        discount: &Discount,
        hits: &mut Hits,
    ) {
        let kind = invoice.text.raw(discount.kind);
        let (true, Some(percent), Some(amount), Some(base)) = (
            kind.eq_ignore_ascii_case("Percent"),
            discount.percent.get(),
            discount.amount.get(),
            line.base_amount.get(),
        ) else {
            return;
        };
        let Some(whole) = base.checked_mul(percent).map(|p| p.abs()) else {
            return;
        };
        let hundredth = whole / Decimal::ONE_HUNDRED;
        if [whole, hundredth]
            .iter()
            .any(|exact| near(*exact, amount.abs(), self.tolerance))
        {
            return;
        }
        let exact = if percent.abs() > Decimal::ONE {
            hundredth
        } else {
            whole
        };
        let exact = corrected(invoice, discount, exact).round_dp(2);
        hits.raise(
            hit.at_name("disc_cred_amount", discount.amount.cell)
                .variant("percent")
                .with("percent", invoice.get(discount.percent.cell))
                .with("base", shown(base))
                .expecting(shown(exact)),
        );
    }

    #[allow(clippy::too_many_arguments)]
    fn judge_sum(
        &self,
        anchor: Anchor,
        total: &Value<Decimal>,
        stated: Decimal,
        discounts: &[Discount],
        sums: Discounts,
        hits: &mut Hits,
        hit: impl FnOnce() -> Hit,
    ) {
        let Some(sum) = sums.stated else {
            let unreadable = discounts.iter().find(|d| d.amount.is_unreadable());
            if let Some(discount) = unreadable {
                hits.unjudged(self.rule, anchor, discount.amount.cell);
            }
            return;
        };
        if sum == stated {
            return;
        }
        if sums.corrected == Some(stated) {
            return hits.unjudged(self.rule, anchor, total.cell);
        }
        hits.raise(hit().expecting(shown(sum)));
    }

    fn judge_matter(&self, invoice: &Invoice, index: usize, matter: &Matter, hits: &mut Hits) {
        let anchor = Anchor::Matter(index as u32);
        let hit = || Hit::new(self.rule, anchor).with("matter", matter_name(invoice, index));
        for discount in &matter.discounts {
            self.judge_sign(invoice, hit(), discount, hits);
        }
        let totals = [
            ("Fee", "matter_disc_credit_fees", &matter.disc_credit_fees),
            (
                "Exp",
                "matter_disc_credit_exp",
                &matter.disc_credit_expenses,
            ),
        ];
        let mut right = Some(Decimal::ZERO);
        for (category, name, total) in totals {
            let counted = || {
                matter
                    .discounts
                    .iter()
                    .filter(|d| is_of(invoice, d, category) && !stands_apart(invoice, d))
            };
            let sums = Discounts::of(invoice, counted());
            let part = total
                .get()
                .or(sums.stated)
                .filter(|_| !total.is_unreadable());
            right = right.zip(part).and_then(|(a, b)| a.checked_add(b));
            if let Some(stated) = total.get() {
                self.judge_sum(anchor, total, stated, &matter.discounts, sums, hits, || {
                    hit().at_name(name, total.cell).variant("matter-discounts")
                });
            }
        }
        let total = &matter.disc_cred_total;
        let (Some(stated), Some(expected)) = (total.get(), right) else {
            return;
        };
        if stated == expected {
            return;
        }
        let all = matter.discounts.iter();
        let all = Discounts::of(invoice, all.filter(|d| !stands_apart(invoice, d)));
        if [all.stated, all.corrected].contains(&Some(stated)) {
            // The parts are wrong, not their sum.
            return hits.unjudged(self.rule, anchor, first_stated(&totals.map(|t| t.2)));
        }
        hits.raise(
            hit()
                .at_name("matter_disc_cred_total", total.cell)
                .variant("matter-discount-total")
                .expecting(shown(expected)),
        );
    }
}

fn first_stated(totals: &[&Value<Decimal>]) -> Cell {
    let stated = totals.iter().find(|t| !t.is_blank());
    stated.map_or(Cell::ABSENT, |t| t.cell)
}
