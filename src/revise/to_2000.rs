//! Between LEDES XML 2.x and LEDES 2000 (ledes-other.md section 1): discounts of items and matters are written
//! otherwise, and the nets of 2000 have the tax in them.

use super::losses::{Losses, why};
use super::money::{Refusal, add, less, or_zero, times};
use crate::formats::parts;
use crate::model::line::LineDetail;
use crate::model::{
    Cell, Discount, Invoice, LedesFormat, Line, LineKind, Matter, SourceText, Value,
};
use rust_decimal::Decimal;

fn is(text: &SourceText, cell: Cell, word: &str) -> bool {
    text.get(cell).eq_ignore_ascii_case(word)
}

/// From the shape of 2.x to that of 2000.
///
/// # Errors
/// Money that 2000 has no place for.
pub fn reshape(
    invoice: &mut Invoice,
    source: LedesFormat,
    losses: &mut Losses,
) -> Result<(), Refusal> {
    if !invoice.tax_tier_summaries.is_empty() || !invoice.tax_tiers.is_empty() {
        return Err(Refusal::new(
            "it bears a tiered tax (tax_tier_summary), and LEDES 2000 has no place for one; convert it to XML-2.2",
        ));
    }
    let mut text = std::mem::take(&mut invoice.text);
    let flat = text.push_value("flat");
    let percent = text.push_value("percent");
    let mut done = Ok(());
    for line in &mut invoice.lines {
        done = done.and_then(|()| item(&text, [flat, percent], source, line, losses));
        if !line.item.is_blank() && source.is_xml() {
            line.item = Cell::ABSENT;
        }
    }
    let mut tax = Decimal::ZERO;
    let mut due = Decimal::ZERO;
    let shape = Shape { source };
    for (index, matter) in invoice.matters.iter_mut().enumerate() {
        done = done.and_then(|()| {
            add(&mut tax, or_zero(matter.tax_on_fees))?;
            add(&mut tax, or_zero(matter.tax_on_expenses))?;
            shape.matter(&text, matter, losses)?;
            add(&mut due, or_zero(matter.total_due))
        });
        let own = |l: &&Line| l.matter as usize == index;
        let lines: Vec<&Line> = invoice.lines.iter().filter(own).collect();
        done = done.and_then(|()| timekeepers(&text, matter, &lines));
    }
    // Levels stand in the summary of timekeepers only.
    for line in &mut invoice.lines {
        let people = &invoice.matters[line.matter as usize].timekeepers;
        let id = text.get(line.timekeeper_id);
        let level = text.get(line.timekeeper_classification);
        let said = people
            .iter()
            .any(|p| text.get(p.id) == id && text.get(p.level) == level);
        if said {
            line.timekeeper_classification = Cell::ABSENT;
        }
    }
    if invoice.tax_total.get() == Some(tax) {
        invoice.tax_total = Value::ABSENT;
    }
    invoice.text = text;
    done?;
    if let Some(total) = invoice.total.get()
        && total != due
    {
        return Err(Refusal::new(format!(
            "its matters come to {due}, and its total is {total}: what makes the difference has no place in LEDES \
             2000, or the invoice does not add up; check it first: cleanbill check"
        )));
    }
    Ok(())
}

/// `discount_type` and `discount_percent` for the discounts of an item.
fn item(
    text: &SourceText,
    [flat, percent]: [Cell; 2],
    source: LedesFormat,
    line: &mut Line,
    losses: &mut Losses,
) -> Result<(), Refusal> {
    let adjustment = or_zero(line.adjustment);
    let fee = line.kind.get() == Some(LineKind::Fee);
    if !adjustment.is_zero() && (!fee || adjustment.is_sign_positive()) {
        let what = if fee {
            "a fee above units x rate"
        } else {
            "a discount on an expense"
        };
        return Err(Refusal::new(format!(
            "a line is adjusted by {adjustment}, and LEDES 2000 has no place for {what}; convert it to XML-2.1"
        )));
    }
    line.adjustment = Value::ABSENT;
    let detail = line.detail.get_or_insert_default();
    let discounts = std::mem::take(&mut detail.discounts);
    if source.is_xml() {
        for discount in &discounts {
            for slot in parts::DISCOUNT {
                let said = match slot.names.xml2 {
                    "disc_cred" => is(text, discount.disc_cred, "IA"),
                    "disc_cred_note" => false,
                    _ => true,
                };
                if !said && !(slot.get)(discount).is_blank() {
                    let owner = if fee {
                        parts::Owner::FeeDiscount
                    } else {
                        parts::Owner::ExpenseDiscount
                    };
                    losses.note(source, owner, &slot.names, why::NO_PLACE);
                }
            }
        }
    }
    if adjustment.is_zero() && discounts.is_empty() {
        if **detail == LineDetail::default() {
            line.detail = None;
        }
        return Ok(());
    }
    let base = or_zero(line.base_amount);
    let one = match &discounts[..] {
        [one] if is(text, one.kind, "Percent") => one.percent.get(),
        _ => None,
    };
    let found = match one {
        Some(written) => fraction(written, base, adjustment)?,
        None => None,
    };
    if adjustment.is_zero() {
        return Ok(());
    }
    match found {
        Some(part) => {
            detail.discount_type = percent;
            let percent = times(part, Decimal::ONE_HUNDRED)?;
            detail.discount_percent = Value::calculated(percent.normalize());
        }
        None => detail.discount_type = flat,
    }
    Ok(())
}

/// The part of the base a percentage takes off: 10 and 0.10 are both written for 10 %, and the amount tells which
/// is meant. `None` where neither makes the amount.
fn fraction(written: Decimal, base: Decimal, amount: Decimal) -> Result<Option<Decimal>, Refusal> {
    let written = written.abs();
    let hundredth = written.checked_div(Decimal::ONE_HUNDRED);
    for part in hundredth.into_iter().chain([written]) {
        if super::money::cents(times(base, part)?) == amount.abs() {
            return Ok(Some(part.normalize()));
        }
    }
    Ok(None)
}

struct Shape {
    source: LedesFormat,
}

impl Shape {
    /// Discounts become one adjustment of the fees and one of the expenses.
    fn matter(
        &self,
        text: &SourceText,
        matter: &mut Matter,
        losses: &mut Losses,
    ) -> Result<(), Refusal> {
        let mut adjustment = [Decimal::ZERO; 2];
        for discount in std::mem::take(&mut matter.discounts) {
            let side = usize::from(is(text, discount.category, "Exp"));
            let share = [matter.share_of_fees, matter.share_of_expenses][side];
            // A share is said by matter_perc_shar.
            if !(is(text, discount.disc_cred, "MISF") && share.get().is_some()) {
                add(&mut adjustment[side], or_zero(discount.amount))?;
            }
            self.said(text, &discount, losses);
        }
        let shares = [matter.share_of_fees, matter.share_of_expenses];
        let detail = [matter.total_detail_fees, matter.total_detail_expenses];
        let tax = [matter.tax_on_fees, matter.tax_on_expenses];
        let mut nets = [Decimal::ZERO; 2];
        let mut due = Decimal::ZERO;
        for side in 0..2 {
            let share = shares[side].get().unwrap_or(Decimal::ONE);
            let mut net = times(or_zero(detail[side]), share)?;
            add(&mut net, adjustment[side])?;
            add(&mut net, or_zero(tax[side]))?;
            nets[side] = net.normalize();
            add(&mut due, net)?;
        }
        if let Some(stated) = matter.total_due.get()
            && stated != due
        {
            return Err(Refusal::new(format!(
                "matter {} would come to {due} in LEDES 2000, and it says {stated}; check it first: cleanbill check",
                text.get(matter.law_firm_matter_id)
            )));
        }
        let some = |n: Decimal| {
            if n.is_zero() {
                Value::ABSENT
            } else {
                Value::calculated(n)
            }
        };
        matter.adjustment_of_fees = some(adjustment[0]);
        matter.adjustment_of_expenses = some(adjustment[1]);
        matter.disc_credit_fees = Value::ABSENT;
        matter.disc_credit_expenses = Value::ABSENT;
        matter.disc_cred_total = Value::ABSENT;
        matter.net_fees = Value::calculated(nets[0]);
        matter.net_expenses = Value::calculated(nets[1]);
        matter.total_due = Value::calculated(due);
        Ok(())
    }

    /// Notes what a discount says beside its amount.
    fn said(&self, text: &SourceText, discount: &Discount, losses: &mut Losses) {
        // Made of an IF or IE line, of which only the description is not said by the amount.
        if !self.source.is_xml() {
            let slot = parts::LINE.iter().find(|s| s.names.xml2 == "charge_desc");
            if let Some(slot) = slot.filter(|_| !discount.note.is_blank()) {
                let owner = parts::Owner::Adjustment;
                losses.note(self.source, owner, &slot.names, why::ADJUSTMENT);
            }
            return;
        }
        let plain = is(text, discount.disc_cred, "MIA") && discount.percent.is_blank();
        for slot in parts::DISCOUNT {
            let name = slot.names.xml2;
            let silent = match name {
                "disc_cred_amount" | "disc_cred_category" | "increase_decrease" => true,
                "disc_cred" | "disc_cred_type" | "pre_post_split" => plain,
                _ => false,
            };
            if !silent && !(slot.get)(discount).is_blank() {
                let owner = parts::Owner::MatterDiscount;
                losses.note(self.source, owner, &slot.names, why::NO_PLACE);
            }
        }
        for _ in &discount.tax_ids {
            let owner = parts::Owner::DiscountTax;
            losses.note(self.source, owner, &parts::TAX_REFERENCE, why::NO_PLACE);
        }
    }
}

/// Hours and fees of each timekeeper.
fn timekeepers(text: &SourceText, matter: &mut Matter, lines: &[&Line]) -> Result<(), Refusal> {
    for person in &mut matter.timekeepers {
        let id = text.get(person.id);
        let level = text.get(person.level);
        let mut hours = Decimal::ZERO;
        let mut cost = Decimal::ZERO;
        for line in lines {
            let own = line.kind.get() == Some(LineKind::Fee)
                && text.get(line.timekeeper_id) == id
                && line.unit_cost.get() == person.rate.get()
                && (line.timekeeper_classification.is_blank()
                    || text.get(line.timekeeper_classification) == level);
            if own {
                add(&mut hours, or_zero(line.units))?;
                add(&mut cost, or_zero(line.total))?;
            }
        }
        person.hours = Value::calculated(hours);
        person.cost = Value::calculated(cost);
    }
    Ok(())
}

/// A pipe format has the amount of a fee's discount, and no word on how it was reckoned.
fn plain_adjustments(invoice: &mut Invoice, losses: &mut Losses) {
    let source = invoice.format;
    for line in &mut invoice.lines {
        let owner = parts::owner_of(line);
        for slot in parts::DETAIL {
            let content = (slot.get_mut)(line);
            if slot.names.l2000.starts_with("discount_") && !content.content().is_blank() {
                losses.note(source, owner, &slot.names, why::NO_PLACE);
                content.clear();
            }
        }
    }
}

/// From LEDES 2000 to the shape of 2.x; `on_the_way` to a pipe format, what that cannot hold is noted there.
///
/// # Errors
/// A discount on the whole invoice, which 2.x has no place for.
pub fn to_xml_2(invoice: &mut Invoice, mut on_the_way: Option<&mut Losses>) -> Result<(), Refusal> {
    if let Some(losses) = &mut on_the_way {
        plain_adjustments(invoice, losses);
    }
    if let Some(discount) = invoice.generic_discount.get().filter(|d| !d.is_zero()) {
        return Err(Refusal::new(format!(
            "it has a discount of {discount} on the whole invoice (inv_generic_discount), and other formats have \
             discounts in matters only; put it into its matters"
        )));
    }
    invoice.generic_discount = Value::ABSENT;
    let text = &mut invoice.text;
    let words = [
        "IA",
        "MIA",
        "Flat",
        "Percent",
        "Decrease",
        "Increase",
        "Fee",
        "Exp",
        "Pre-Split",
        "Post-Split",
    ]
    .map(|word| text.push_value(word));
    let [
        item_code,
        code,
        flat,
        percent,
        decrease,
        increase,
        fee,
        expense,
        pre,
        post,
    ] = words;
    let text = &invoice.text;
    for line in &mut invoice.lines {
        let base = or_zero(line.base_amount);
        let adjustment = match line.total.get() {
            Some(total) if line.base_amount.get().is_some() => less(total, base)?,
            _ => Decimal::ZERO,
        };
        let Some(detail) = &mut line.detail else {
            if !adjustment.is_zero() {
                line.adjustment = Value::calculated(adjustment);
                line.detail = Some(Box::new(LineDetail {
                    discounts: vec![Discount {
                        disc_cred: item_code,
                        kind: flat,
                        increase_decrease: if adjustment.is_sign_negative() {
                            decrease
                        } else {
                            increase
                        },
                        amount: Value::calculated(adjustment),
                        ..Discount::default()
                    }],
                    ..LineDetail::default()
                }));
            }
            continue;
        };
        let part = detail.discount_percent.get();
        let by_percent = is(text, detail.discount_type, "percent") && part.is_some();
        detail.discount_type = Cell::ABSENT;
        detail.discount_percent = Value::ABSENT;
        if !adjustment.is_zero() {
            line.adjustment = Value::calculated(adjustment);
            let fraction = match part.filter(|_| by_percent) {
                Some(written) => fraction(written, base, adjustment)?,
                None => None,
            };
            detail.discounts.push(Discount {
                disc_cred: item_code,
                kind: if fraction.is_some() { percent } else { flat },
                increase_decrease: if adjustment.is_sign_negative() {
                    decrease
                } else {
                    increase
                },
                percent: fraction.map_or(Value::ABSENT, Value::calculated),
                amount: Value::calculated(adjustment),
                ..Discount::default()
            });
        }
    }
    let mut tax = Decimal::ZERO;
    let mut taxed = false;
    for (index, matter) in invoice.matters.iter_mut().enumerate() {
        let own = |l: &&Line| l.matter as usize == index;
        let lines: Vec<&Line> = invoice.lines.iter().filter(own).collect();
        let stated: Vec<_> = matter
            .timekeepers
            .iter()
            .map(|p| (p.hours, p.cost))
            .collect();
        timekeepers(text, matter, &lines)?;
        for (person, (hours, cost)) in matter.timekeepers.iter_mut().zip(stated) {
            // What only adds up lines is no loss.
            person.hours = if hours.get() == person.hours.get() {
                Value::ABSENT
            } else {
                hours
            };
            person.cost = if cost.get() == person.cost.get() {
                Value::ABSENT
            } else {
                cost
            };
        }
        let sides = [
            (matter.adjustment_of_fees, matter.share_of_fees, fee),
            (
                matter.adjustment_of_expenses,
                matter.share_of_expenses,
                expense,
            ),
        ];
        let mut credit = [Decimal::ZERO; 2];
        let mut any = false;
        for (side, (adjustment, share, category)) in sides.into_iter().enumerate() {
            let amount = or_zero(adjustment);
            if amount.is_zero() {
                continue;
            }
            any = true;
            credit[side] = amount;
            let shared = share.get().is_some_and(|s| s != Decimal::ONE);
            matter.discounts.push(Discount {
                disc_cred: code,
                category,
                kind: flat,
                increase_decrease: if amount.is_sign_negative() {
                    decrease
                } else {
                    increase
                },
                pre_post_split: if shared { post } else { pre },
                amount: Value::calculated(amount),
                ..Discount::default()
            });
        }
        if any {
            matter.disc_credit_fees = Value::calculated(credit[0]);
            matter.disc_credit_expenses = Value::calculated(credit[1]);
            let mut both = credit[0];
            add(&mut both, credit[1])?;
            matter.disc_cred_total = Value::calculated(both);
        }
        matter.adjustment_of_fees = Value::ABSENT;
        matter.adjustment_of_expenses = Value::ABSENT;
        for (net, on) in [
            (&mut matter.net_fees, matter.tax_on_fees),
            (&mut matter.net_expenses, matter.tax_on_expenses),
        ] {
            if let (Some(amount), Some(on)) = (net.get(), on.get()) {
                taxed = true;
                add(&mut tax, on)?;
                if !on.is_zero() {
                    *net = Value::calculated(less(amount, on)?);
                }
            }
        }
    }
    if taxed && invoice.tax_total.is_blank() {
        invoice.tax_total = Value::calculated(tax);
    }
    Ok(())
}
