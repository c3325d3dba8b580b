//! Fees, expenses and discounts as lines of a pipe file.

use super::Work;
use super::people::People;
use crate::formats::parts::{self, Owner};
use crate::model::{Cell, Discount, Line, LineKind, Value};
use crate::revise::losses::why;
use crate::revise::money::{Refusal, base_of, less, or_zero};
use rust_decimal::Decimal;

impl Work<'_> {
    /// A fee or an expense.
    pub(super) fn item(&mut self, line: &mut Line) -> Result<(), Refusal> {
        let owner = parts::owner_of(line);
        let adjustment = or_zero(line.adjustment);
        let rest = less(or_zero(line.total), adjustment)?;
        let base = line.base_amount.get();
        let priced = match (line.units.get(), line.unit_cost.get()) {
            (Some(units), Some(price)) => Some(base_of(units, price, rest)?),
            _ => None,
        };
        let fixed = self.is(line.charge_type, "F");
        if fixed && let Some(base) = base.filter(|b| priced != Some(*b)) {
            line.units = Value::calculated(Decimal::ONE);
            line.unit_cost = Value::calculated(base);
            self.lose(owner, parts::LINE, "charge_type", why::FLAT);
            line.charge_type = Cell::ABSENT;
            line.base_amount = Value::ABSENT;
        } else {
            if !fixed {
                line.charge_type = Cell::ABSENT;
            }
            if base == priced || base == Some(rest) {
                line.base_amount = Value::ABSENT;
            }
        }
        // A plain adjustment says no more than its amount.
        if let Some(detail) = &mut line.detail
            && let [one] = &detail.discounts[..]
            && one.note.is_blank()
            && one.percent.is_blank()
            && (self.text.get(one.disc_cred) == "IA")
            && one.amount.get() == line.adjustment.get()
        {
            detail.discounts.clear();
        }
        if let Some(detail) = &mut line.detail {
            for discount in &mut detail.discounts {
                // Said by the line's adjustment.
                discount.amount = Value::ABSENT;
                discount.increase_decrease = Cell::ABSENT;
            }
        }
        Ok(())
    }

    /// Name and class of a line's timekeeper, from the matter's list.
    pub(super) fn person(&mut self, line: &mut Line, people: &mut People) {
        let Some(index) = people.find(self.text, line) else {
            return;
        };
        people.used[index] = true;
        let person = &people.list[index];
        if line.timekeeper_classification.is_blank() {
            line.timekeeper_classification = person.level;
        }
        if people.names[index].is_none() {
            let last = self.text.get(person.last_name).into_owned();
            let first = self.text.get(person.first_name).into_owned();
            people.names[index] = Some(match (last.is_empty(), first.is_empty()) {
                (false, false) => self.text.push_value(&format!("{last}, {first}")),
                (false, true) => person.last_name,
                _ => person.first_name,
            });
        }
        line.timekeeper_name = people.names[index].unwrap_or_default();
        if self.target.is_international() {
            line.timekeeper_last_name = person.last_name;
            line.timekeeper_first_name = person.first_name;
        }
    }

    /// A matter's discount becomes an IF or IE line.
    pub(super) fn discount(&mut self, matter: u32, discount: &Discount) -> Option<Line> {
        let owner = Owner::MatterDiscount;
        let Some(amount) = discount.amount.get() else {
            // Without an amount it changes no sum that is not stated elsewhere.
            parts::DISCOUNT.iter().for_each(|slot| {
                if !(slot.get)(discount).is_blank() {
                    self.losses
                        .note(self.source, owner, &slot.names, why::NO_PLACE);
                }
            });
            return None;
        };
        let kind = if self.is(discount.category, "Exp") {
            LineKind::ExpenseAdjustment
        } else {
            LineKind::FeeAdjustment
        };
        let description = if discount.note.is_blank() {
            discount.disc_cred
        } else {
            if !["MIA", "Other"]
                .iter()
                .any(|c| self.is(discount.disc_cred, c))
            {
                self.lose(owner, parts::DISCOUNT, "disc_cred", why::NO_PLACE);
            }
            discount.note
        };
        let description = if self.text.get(description) == "MIA" {
            Cell::ABSENT
        } else {
            description
        };
        if !discount.percent.is_blank() {
            self.lose(owner, parts::DISCOUNT, "discount_percent", why::NO_PLACE);
        }
        if self.is(discount.pre_post_split, "Post-Split") {
            self.lose(owner, parts::DISCOUNT, "pre_post_split", why::NO_PLACE);
        }
        Some(Line {
            item: discount.item,
            kind: Value::calculated(kind),
            matter,
            date: self.date,
            adjustment: Value::calculated(amount),
            total: Value::calculated(amount),
            description,
            ..Line::default()
        })
    }
}
