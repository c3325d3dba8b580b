//! Fees, expenses and adjustments: items of XML 2.x, and discounts of their matter.

use super::Reshaper;
use crate::formats::parts::{self, Names, Owner};
use crate::model::{Cell, Discount, Invoice, Line, LineKind, Value};
use crate::revise::losses::why;
use crate::revise::money::{Refusal, add, base_of, less, or_zero, times};

impl Reshaper<'_> {
    /// A fee or an expense.
    pub(super) fn item(
        &mut self,
        invoice: &mut Invoice,
        line: &mut Line,
        kind: LineKind,
    ) -> Result<(), Refusal> {
        let owner = parts::owner_of(line);
        if !line.item.is_blank() {
            self.losses
                .note(self.source, owner, &parts::LINE[0].names, why::NUMBERED);
            line.item = Cell::ABSENT;
        }
        let side = usize::from(kind == LineKind::Expense);
        let tax = or_zero(line.tax_total);
        let adjustment = or_zero(line.adjustment);
        if let Some(total) = line.total.get() {
            let net = less(total, tax)?;
            line.total = if tax.is_zero() {
                line.total
            } else {
                Value::calculated(net)
            };
            let rest = less(net, adjustment)?;
            let base = match (line.units.get(), line.unit_cost.get()) {
                (Some(units), Some(price)) => {
                    line.charge_type = self.words.unit;
                    base_of(units, price, rest)?
                }
                _ => rest,
            };
            line.base_amount = Value::calculated(base);
            add(&mut self.sums[line.matter as usize].detail[side], net)?;
        }
        if !adjustment.is_zero() {
            let discount = Discount {
                disc_cred: self.words.item_code,
                kind: self.words.flat,
                increase_decrease: self.words.direction(adjustment),
                amount: Value::calculated(adjustment),
                ..Discount::default()
            };
            line.detail.get_or_insert_default().discounts.push(discount);
        }
        add(&mut self.sums[line.matter as usize].tax[side], tax)?;
        self.untaxed(line);
        if self.taxed
            && let Some((id, net)) = self.tax_of(invoice, line, owner)
        {
            line.detail.get_or_insert_default().tax_ids.push(id.0);
            self.summarise(invoice, line.matter, id.1, side, net, tax)?;
        }
        if kind == LineKind::Fee {
            self.person(invoice, line);
        }
        Ok(())
    }

    /// An IF or IE line becomes a discount of its matter.
    pub(super) fn adjustment(
        &mut self,
        invoice: &mut Invoice,
        line: &mut Line,
        kind: LineKind,
    ) -> Result<(), Refusal> {
        let side = usize::from(kind == LineKind::ExpenseAdjustment);
        let tax = or_zero(line.tax_total);
        let net = less(or_zero(line.total), tax)?;
        self.untaxed(line);
        let tax_id = if self.taxed {
            self.tax_of(invoice, line, Owner::Adjustment)
        } else {
            None
        };
        if let Some(((_, index), _)) = tax_id {
            self.summarise(invoice, line.matter, index, side, net, tax)?;
        }
        invoice.matters[line.matter as usize]
            .discounts
            .push(Discount {
                disc_cred: self.words.matter_code,
                note: line.description,
                category: if side == 0 {
                    self.words.fee
                } else {
                    self.words.expense
                },
                kind: self.words.flat,
                increase_decrease: self.words.direction(net),
                pre_post_split: self.words.pre_split,
                amount: Value::calculated(net),
                tax_ids: tax_id.iter().map(|((id, _), _)| *id).collect(),
                ..Discount::default()
            });
        line.description = Cell::ABSENT;
        line.total = Value::ABSENT;
        line.adjustment = Value::ABSENT;
        // 1 x amount, as the standard's own sample writes adjustments.
        let priced = times(or_zero(line.units), or_zero(line.unit_cost))?;
        if priced.is_zero() || priced == net {
            line.units = Value::ABSENT;
            line.unit_cost = Value::ABSENT;
        }
        parts::visit_line(line, &mut |owner, names: &Names, content| {
            if !content.is_blank() {
                self.losses.note(self.source, owner, names, why::ADJUSTMENT);
            }
        });
        for extension in line.detail.iter().flat_map(|d| &d.extensions) {
            if !extension.value.is_blank() {
                self.losses
                    .note_extension(Owner::Adjustment, &extension.name);
            }
        }
        let sums = &mut self.sums[line.matter as usize];
        add(&mut sums.discounts[side], net)?;
        add(&mut sums.tax[side], tax)
    }
}
