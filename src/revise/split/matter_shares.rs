//! Shares of an XML invoice, as the formats have them for split billing: items stay whole, and their matter says
//! which share of its fees and expenses is billed here (`matter_perc_shar_fees`, `_exp`; in 2.x with a MISF entry).

use super::ledger::Ledger;
use super::shares::Share;
use crate::model::{Discount, Family, Invoice, Matter, SourceText, TaxSummary, Value};
use crate::revise::money::{Refusal, add, less, or_zero};
use rust_decimal::Decimal;

/// The fees of a matter, or its expenses.
struct Half {
    category: &'static str,
    detail: fn(&mut Matter) -> &mut Value<Decimal>,
    discounts: fn(&mut Matter) -> &mut Value<Decimal>,
    bill_percent: fn(&mut Matter) -> &mut Value<Decimal>,
    share: fn(&mut Matter) -> &mut Value<Decimal>,
    adjustment: fn(&mut Matter) -> &mut Value<Decimal>,
    tax: fn(&mut Matter) -> &mut Value<Decimal>,
    net: fn(&mut Matter) -> &mut Value<Decimal>,
    summary: fn(&mut TaxSummary) -> [&mut Value<Decimal>; 2],
}

const HALVES: [Half; 2] = [
    Half {
        category: "Fee",
        detail: |m| &mut m.total_detail_fees,
        discounts: |m| &mut m.disc_credit_fees,
        bill_percent: |m| &mut m.discounted_bill_fees,
        share: |m| &mut m.share_of_fees,
        adjustment: |m| &mut m.adjustment_of_fees,
        tax: |m| &mut m.tax_on_fees,
        net: |m| &mut m.net_fees,
        summary: |s| [&mut s.detail_fees, &mut s.tax_on_fees],
    },
    Half {
        category: "Exp",
        detail: |m| &mut m.total_detail_expenses,
        discounts: |m| &mut m.disc_credit_expenses,
        bill_percent: |m| &mut m.discounted_bill_expenses,
        share: |m| &mut m.share_of_expenses,
        adjustment: |m| &mut m.adjustment_of_expenses,
        tax: |m| &mut m.tax_on_expenses,
        net: |m| &mut m.net_expenses,
        summary: |s| [&mut s.detail_expenses, &mut s.tax_on_expenses],
    },
];

/// Divides every matter among the parts.
///
/// # Errors
/// A matter that is shared, discounted as a bill or paid from funds already, or does not add up; an amount that is no
/// whole number of the currency's smallest unit.
pub(super) fn divide(
    invoice: &Invoice,
    parts: &mut [Invoice],
    shares: &[Share],
    places: u32,
) -> Result<(), Refusal> {
    if !or_zero(invoice.generic_discount).is_zero() {
        return Err(Refusal::new(
            "inv_generic_discount is on the whole invoice; write it into its matters and divide that",
        ));
    }
    let mut work = Work {
        text: &invoice.text,
        in_2: invoice.format.family() == Family::Xml2,
        shares,
        amounts: Ledger::new(shares, places),
        taxes: Ledger::new(shares, places),
        bases: Ledger::new(shares, places),
    };
    for (index, matter) in invoice.matters.iter().enumerate() {
        work.matter(index, matter.clone(), parts).map_err(|why| {
            let id = invoice.get(matter.law_firm_matter_id);
            Refusal::new(format!("matter {id}: {why}"))
        })?;
    }
    Ok(())
}

struct Work<'a> {
    text: &'a SourceText,
    in_2: bool,
    shares: &'a [Share],
    amounts: Ledger<'a>,
    taxes: Ledger<'a>,
    /// Amounts that only say what a tax is on.
    bases: Ledger<'a>,
}

impl Work<'_> {
    fn matter(
        &mut self,
        index: usize,
        mut whole: Matter,
        parts: &mut [Invoice],
    ) -> Result<(), Refusal> {
        self.undivided(&mut whole)?;
        let inside = self.tax_is_inside(&mut whole)?;
        for part in parts.iter_mut() {
            part.matters[index].total_due = Value::calculated(Decimal::ZERO);
        }
        for half in &HALVES {
            self.half(half, index, &mut whole, inside, parts)?;
        }
        for part in parts {
            let matter = &mut part.matters[index];
            if !matter.disc_cred_total.is_blank() {
                let mut both = or_zero(matter.disc_credit_fees);
                add(&mut both, or_zero(matter.disc_credit_expenses))?;
                matter.disc_cred_total = Value::calculated(both);
            }
        }
        Ok(())
    }

    /// Refuses what is divided or paid already.
    fn undivided(&self, whole: &mut Matter) -> Result<(), Refusal> {
        for half in &HALVES {
            let share = (half.share)(whole).get();
            if share.is_some_and(|s| s != Decimal::ONE) {
                return Err(Refusal::new(
                    "it is a share of a bill already (matter_perc_shar); divide the whole bill",
                ));
            }
            if !or_zero(*(half.bill_percent)(whole)).is_zero() {
                return Err(Refusal::new(
                    "it is discounted as a bill (matter_disc_bill_pct), which cannot be divided; bill it as it is",
                ));
            }
        }
        let apart = whole.discounts.iter().find(|d| {
            let code = self.text.raw(d.disc_cred);
            ["MISF", "MIDB", "MIFA"]
                .iter()
                .any(|c| c.eq_ignore_ascii_case(code))
        });
        match apart {
            Some(discount) => Err(Refusal::new(format!(
                "it has an entry {} (share, discounted bill or funds applied), which cannot be divided once more; bill it as \
                 it is",
                self.text.get(discount.disc_cred)
            ))),
            None => Ok(()),
        }
    }

    /// Discounts of a half: those before the split, and those after it.
    fn discounts(&self, half: &Half, whole: &Matter) -> Result<[Decimal; 2], Refusal> {
        let mut sums = [Decimal::ZERO; 2];
        for discount in &whole.discounts {
            if self.is_of(half, discount) {
                add(
                    &mut sums[usize::from(self.is_post(discount))],
                    or_zero(discount.amount),
                )?;
            }
        }
        Ok(sums)
    }

    fn is_of(&self, half: &Half, discount: &Discount) -> bool {
        self.text
            .raw(discount.category)
            .eq_ignore_ascii_case(half.category)
    }

    fn is_post(&self, discount: &Discount) -> bool {
        let split = self.text.raw(discount.pre_post_split);
        split.eq_ignore_ascii_case("Post-Split")
    }

    /// Whether the taxes are in the net amounts: both readings are met (ledes-xml-2.md section 6 rule 13). Refuses a
    /// matter that adds up in neither.
    fn tax_is_inside(&self, whole: &mut Matter) -> Result<bool, Refusal> {
        let mut plain = [Decimal::ZERO; 2];
        let mut taxes = [Decimal::ZERO; 2];
        for (at, half) in HALVES.iter().enumerate() {
            let [pre, post] = self.discounts(half, whole)?;
            let stated = (half.discounts)(whole).get();
            let mut both = pre;
            add(&mut both, post)?;
            if stated.is_some_and(|s| s != both) {
                return Err(Refusal::new(format!(
                    "its discounts of {} add up to {both} and their total is {}; correct that first",
                    half.category,
                    or_zero(*(half.discounts)(whole))
                )));
            }
            let mut net = or_zero(*(half.detail)(whole));
            add(&mut net, both)?;
            add(&mut net, or_zero(*(half.adjustment)(whole)))?;
            plain[at] = net;
            taxes[at] = or_zero(*(half.tax)(whole));
            let mut summed = None;
            for summary in &mut whole.tax_summaries {
                let [_, tax] = (half.summary)(summary);
                add(summed.get_or_insert_default(), or_zero(*tax))?;
            }
            if summed.is_some_and(|s| s != taxes[at]) {
                return Err(Refusal::new(
                    "its taxes are not what its tax summaries come to; correct that first",
                ));
            }
        }
        let mut due = Decimal::ZERO;
        let mut with_tax = plain;
        for (net, tax) in with_tax.iter_mut().zip(taxes) {
            add(net, tax)?;
            add(&mut due, *net)?;
        }
        let nets = [or_zero(whole.net_fees), or_zero(whole.net_expenses)];
        if whole.total_due.get() != Some(due) || (nets != plain && nets != with_tax) {
            return Err(Refusal::new(
                "its net amounts and what is due do not follow from its items, discounts and taxes; correct that first: \
                 cleanbill check shows where",
            ));
        }
        Ok(nets != plain)
    }

    /// Gives each part its share of a half.
    fn half(
        &mut self,
        half: &Half,
        index: usize,
        whole: &mut Matter,
        inside: bool,
        parts: &mut [Invoice],
    ) -> Result<(), Refusal> {
        let [pre, _] = self.discounts(half, whole)?;
        let mut before = or_zero(*(half.detail)(whole));
        add(&mut before, pre)?;
        let nets = self.amounts.divide(before)?;
        for (at, part) in parts.iter_mut().enumerate() {
            let percent = self.shares[at].percent;
            let off = less(nets[at], before)?;
            let matter = &mut part.matters[index];
            *(half.share)(matter) = Value::calculated(fraction(percent));
            if self.in_2 && !off.is_zero() {
                let entry = shared(
                    &mut part.text,
                    half,
                    off,
                    fraction(less(Decimal::ONE_HUNDRED, percent)?),
                );
                part.matters[index].discounts.push(entry);
            }
        }
        let mut posts = vec![Decimal::ZERO; parts.len()];
        for (at, discount) in whole.discounts.iter().enumerate() {
            if self.is_of(half, discount) && self.is_post(discount) {
                let own = self.amounts.divide(or_zero(discount.amount))?;
                for ((part, post), own) in parts.iter_mut().zip(&mut posts).zip(own) {
                    part.matters[index].discounts[at].amount = Value::calculated(own);
                    add(post, own)?;
                }
            }
        }
        let adjustments = self.amounts.divide(or_zero(*(half.adjustment)(whole)))?;
        let taxes = self.taxes(half, index, whole, parts)?;
        for (at, part) in parts.iter_mut().enumerate() {
            let matter = &mut part.matters[index];
            let mut discounts = pre;
            add(&mut discounts, posts[at])?;
            let mut net = nets[at];
            add(&mut net, posts[at])?;
            add(&mut net, adjustments[at])?;
            let mut taxed = net;
            add(&mut taxed, taxes[at])?;
            let mut due = or_zero(matter.total_due);
            add(&mut due, taxed)?;
            matter.total_due = Value::calculated(due);
            *(half.net)(matter) = Value::calculated(if inside { taxed } else { net });
            rewrite((half.discounts)(matter), discounts);
            rewrite((half.tax)(matter), taxes[at]);
            rewrite((half.adjustment)(matter), adjustments[at]);
        }
        Ok(())
    }

    /// The taxes of a half, by its tax summaries where it has some.
    fn taxes(
        &mut self,
        half: &Half,
        index: usize,
        whole: &mut Matter,
        parts: &mut [Invoice],
    ) -> Result<Vec<Decimal>, Refusal> {
        if whole.tax_summaries.is_empty() {
            return self.taxes.divide(or_zero(*(half.tax)(whole)));
        }
        let mut sums = vec![Decimal::ZERO; parts.len()];
        for (at, summary) in whole.tax_summaries.iter_mut().enumerate() {
            let [base, tax] = (half.summary)(summary).map(|v| or_zero(*v));
            let bases = self.bases.divide(base)?;
            let taxes = self.taxes.divide(tax)?;
            for (which, part) in parts.iter_mut().enumerate() {
                let [base, tax] = (half.summary)(&mut part.matters[index].tax_summaries[at]);
                rewrite(base, bases[which]);
                rewrite(tax, taxes[which]);
                add(&mut sums[which], taxes[which])?;
            }
        }
        Ok(sums)
    }
}

/// Writes a value where the source has one.
fn rewrite(value: &mut Value<Decimal>, amount: Decimal) {
    if !value.is_blank() {
        *value = Value::calculated(amount);
    }
}

/// 60 % as the formats write it: 0.60.
fn fraction(percent: Decimal) -> Decimal {
    let mut fraction = (percent / Decimal::ONE_HUNDRED).normalize();
    if fraction.scale() < 2 {
        fraction.rescale(2);
    }
    fraction
}

/// The entry of 2.x that says what a share takes off.
fn shared(text: &mut SourceText, half: &Half, off: Decimal, percent: Decimal) -> Discount {
    let direction = if off.is_sign_negative() {
        "Decrease"
    } else {
        "Increase"
    };
    Discount {
        disc_cred: text.push_value("MISF"),
        category: text.push_value(half.category),
        kind: text.push_value("Percent"),
        increase_decrease: text.push_value(direction),
        pre_post_split: text.push_value("NA"),
        percent: Value::calculated(percent),
        amount: Value::calculated(off),
        ..Discount::default()
    }
}
