//! `item-math`: in XML, units x rate is the base amount of an item, and the base amount less its discounts is
//! its total.

use super::amount::{Fit, fit, in_place_of, near, shown, term};
use super::discount_math::Discounts;
use super::{Judging, Params, Predicate};
use crate::model::{Anchor, Cell, Field, Hit, Hits, Invoice, LedesFormat, Line, LineKind, RuleId};
use crate::rules::PackMistake;
use rust_decimal::{Decimal, dec};

struct ItemMath {
    rule: RuleId,
    tolerance: Decimal,
}

/// Parameter: `tolerance`, in the invoice's currency.
pub fn build(params: &mut Params<'_>) -> Result<Box<dyn Predicate>, PackMistake> {
    Ok(Box::new(ItemMath {
        rule: params.rule,
        tolerance: params.decimal("tolerance", dec!(0.01))?,
    }))
}

impl Predicate for ItemMath {
    fn judge(&self, invoice: &Invoice, _: &Judging, hits: &mut Hits) {
        if !invoice.format.is_xml() {
            return;
        }
        for (index, line) in invoice.lines.iter().enumerate() {
            let item = Item {
                invoice,
                index,
                line,
            };
            self.judge_base(item, hits);
            if invoice.format == LedesFormat::L2000 {
                self.judge_total_2000(item, hits);
            } else {
                self.judge_total(item, hits);
            }
        }
    }
}

/// An item of the invoice.
#[derive(Clone, Copy)]
struct Item<'a> {
    invoice: &'a Invoice,
    index: usize,
    line: &'a Line,
}

impl Item<'_> {
    fn hit(self, rule: RuleId, variant: &'static str, field: Field, cell: Cell) -> Hit {
        Hit::on_line(rule, self.index)
            .at(self.invoice.format, field, cell)
            .variant(variant)
            .with("kind", self.line.kind.get().map_or("", LineKind::noun))
    }
}

/// The base amount that units and rate make; `None` on a fixed charge, whose units need not
/// (ledes-xml-2.md section 0).
fn exact_base(invoice: &Invoice, line: &Line) -> Option<Decimal> {
    let charge_type = invoice.text.raw(line.charge_type);
    if !charge_type.eq_ignore_ascii_case("U") {
        return None;
    }
    line.units.get()?.checked_mul(line.unit_cost.get()?)
}

/// The base amount as it should be: the stated one, or what units and rate make of it where it is wrong.
fn corrected_base(invoice: &Invoice, line: &Line, tolerance: Decimal) -> Option<Decimal> {
    let stated = line.base_amount.get()?;
    match exact_base(invoice, line) {
        Some(exact) if fit(exact, stated, tolerance) != Fit::Exact => {
            Some(in_place_of(exact, stated))
        }
        _ => Some(stated),
    }
}

/// Base amount and discounts of an item as stated, and as they should be.
fn readings(invoice: &Invoice, line: &Line, tolerance: Decimal) -> Option<[Decimal; 2]> {
    let base = line.base_amount.get()?;
    let discounts = line.detail.as_ref().map_or(&[][..], |d| &d.discounts);
    let discounts = Discounts::of(invoice, discounts);
    let stated = match line.adjustment.get() {
        Some(adjustment) => adjustment,
        None if line.adjustment.is_blank() => discounts.stated?,
        None => return None,
    };
    let corrected = match line
        .detail
        .as_ref()
        .is_some_and(|d| !d.discounts.is_empty())
    {
        true => discounts.corrected?,
        false => stated,
    };
    let corrected_base = corrected_base(invoice, line, tolerance)?;
    Some([
        base.checked_add(stated)?,
        corrected_base.checked_add(corrected)?,
    ])
}

/// The item's total as it should stand; the stated one where nothing is known against it.
pub(super) fn corrected_total(
    invoice: &Invoice,
    line: &Line,
    tolerance: Decimal,
) -> Option<Decimal> {
    let stated = line.total.get()?;
    if invoice.format == LedesFormat::L2000 {
        return Some(match total_2000(invoice, line, tolerance) {
            Total2000::Wrong(exact) => in_place_of(exact, stated),
            _ => stated,
        });
    }
    let right = |exact| fit(exact, stated, tolerance) == Fit::Exact;
    Some(match readings(invoice, line, tolerance) {
        Some([plain, corrected]) if !right(plain) && !right(corrected) => {
            in_place_of(plain, stated)
        }
        _ => stated,
    })
}

/// True where nothing is missing in an item, and its base amount, discounts and total follow from one another.
pub(super) fn agrees(invoice: &Invoice, line: &Line, tolerance: Decimal) -> bool {
    let (Some(base), Some(stated)) = (line.base_amount.get(), line.total.get()) else {
        return false;
    };
    let unit = invoice.text.raw(line.charge_type).eq_ignore_ascii_case("U");
    let base_agrees = match exact_base(invoice, line) {
        Some(exact) => fit(exact, base, tolerance) == Fit::Exact,
        None => !unit,
    };
    let total_agrees = match invoice.format == LedesFormat::L2000 {
        true => matches!(total_2000(invoice, line, tolerance), Total2000::Right),
        false => readings(invoice, line, tolerance).is_some_and(|[plain, corrected]| {
            plain == corrected && fit(plain, stated, tolerance) == Fit::Exact
        }),
    };
    base_agrees && total_agrees
}

impl ItemMath {
    fn judge_base(&self, item: Item<'_>, hits: &mut Hits) {
        let (invoice, line) = (item.invoice, item.line);
        let mut unjudged = |cell| hits.unjudged(self.rule, Anchor::Line(item.index as u32), cell);
        for value in [&line.units, &line.unit_cost, &line.base_amount] {
            if value.is_unreadable() {
                return unjudged(value.cell);
            }
        }
        let (Some(exact), Some(stated)) = (exact_base(invoice, line), line.base_amount.get())
        else {
            return;
        };
        let variant = match fit(exact, stated, self.tolerance) {
            Fit::Exact => return,
            Fit::Cents => "cents",
            Fit::Off => "base-amount",
        };
        let formula = format!(
            "{} x {}",
            invoice.get(line.units.cell),
            invoice.get(line.unit_cost.cell)
        );
        let difference = exact.checked_sub(stated).unwrap_or_default().abs();
        hits.raise(
            item.hit(self.rule, variant, Field::BaseAmount, line.base_amount.cell)
                .with("formula", formula)
                .with("exact", shown(exact))
                .with("difference", shown(difference))
                .expecting(shown(in_place_of(exact, stated))),
        );
    }

    /// LEDES XML 2.x: total_amount = base_amount + item_disc_cred_amount; tax is no part of it.
    fn judge_total(&self, item: Item<'_>, hits: &mut Hits) {
        let (invoice, line) = (item.invoice, item.line);
        let mut unjudged = |cell| hits.unjudged(self.rule, Anchor::Line(item.index as u32), cell);
        for value in [&line.adjustment, &line.total] {
            if value.is_unreadable() {
                return unjudged(value.cell);
            }
        }
        let (Some(base), Some(stated)) = (line.base_amount.get(), line.total.get()) else {
            return;
        };
        let Some([plain, corrected]) = readings(invoice, line, self.tolerance) else {
            return;
        };
        if fit(plain, stated, self.tolerance) == Fit::Exact {
            return;
        }
        if plain != corrected && fit(corrected, stated, self.tolerance) == Fit::Exact {
            // The total is right; the base amount or a discount is what is wrong, and that is said already.
            let base_wrong = corrected_base(invoice, line, self.tolerance) != Some(base);
            return unjudged(match base_wrong {
                true => line.base_amount.cell,
                false => line.adjustment.cell,
            });
        }
        let discount = plain.checked_sub(base).unwrap_or_default();
        hits.raise(
            item.hit(self.rule, "item-total", Field::LineTotal, line.total.cell)
                .with("formula", format!("{}{}", shown(base), term(discount)))
                .expecting(shown(in_place_of(plain, stated))),
        );
    }

    /// LEDES 2000.
    fn judge_total_2000(&self, item: Item<'_>, hits: &mut Hits) {
        let (invoice, line) = (item.invoice, item.line);
        let mut unjudged = |cell| hits.unjudged(self.rule, Anchor::Line(item.index as u32), cell);
        let percent = line.detail.as_ref().map(|d| d.discount_percent);
        let percent = percent.unwrap_or_default();
        for value in [&line.base_amount, &line.total, &percent] {
            if value.is_unreadable() {
                return unjudged(value.cell);
            }
        }
        let hit = |variant| item.hit(self.rule, variant, Field::LineTotal, line.total.cell);
        let base = line.base_amount.get().unwrap_or_default();
        match total_2000(invoice, line, self.tolerance) {
            Total2000::Right => {}
            Total2000::FollowsRates => unjudged(line.base_amount.cell),
            Total2000::AboveBase => hits.raise(hit("above-base").with("base", shown(base))),
            Total2000::Wrong(exact) => {
                let percent = percent.get().unwrap_or_default();
                let formula = match percent.is_zero() {
                    true => shown(base),
                    false => format!("{} less {} %", shown(base), percent.normalize()),
                };
                let stated = line.total.get().unwrap_or_default();
                hits.raise(
                    hit("item-total")
                        .with("formula", formula)
                        .expecting(shown(in_place_of(exact, stated))),
                );
            }
        }
    }
}

/// The total of a LEDES 2000 item against its base amount.
enum Total2000 {
    /// Right, or nothing can be said.
    Right,
    /// It is what units and rate make: the base amount is wrong.
    FollowsRates,
    /// More than the base amount, with a flat discount.
    AboveBase,
    /// It should be this.
    Wrong(Decimal),
}

/// A percent is taken off the base amount; of a flat discount only the direction is known
/// (ledes-other.md section 1.3 rules 2 and 3). The percent may be written 10 or 0.10.
fn total_2000(invoice: &Invoice, line: &Line, tolerance: Decimal) -> Total2000 {
    let (Some(base), Some(stated)) = (line.base_amount.get(), line.total.get()) else {
        return Total2000::Right;
    };
    let detail = line.detail.as_deref();
    let kind = detail.map_or("", |d| invoice.text.raw(d.discount_type));
    if kind.eq_ignore_ascii_case("flat") {
        let above = match base.is_sign_negative() {
            true => stated < base,
            false => stated > base,
        };
        return if above {
            Total2000::AboveBase
        } else {
            Total2000::Right
        };
    }
    let percent = detail
        .and_then(|d| d.discount_percent.get())
        .unwrap_or_default();
    let less = |fraction: Option<Decimal>| base.checked_sub(base.checked_mul(fraction?)?);
    let hundredth = less(percent.checked_div(Decimal::ONE_HUNDRED));
    let whole = less(Some(percent)).filter(|_| percent <= Decimal::ONE);
    let fits = |exact: Decimal| near(exact, stated, tolerance);
    if hundredth.is_some_and(fits) || whole.is_some_and(fits) {
        return Total2000::Right;
    }
    let corrected = corrected_base(invoice, line, tolerance);
    match hundredth {
        _ if corrected.is_some_and(|c| c != base && fits(c)) => Total2000::FollowsRates,
        Some(exact) => Total2000::Wrong(exact),
        None => Total2000::Right,
    }
}
