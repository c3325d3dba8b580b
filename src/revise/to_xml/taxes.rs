//! The table of taxes, made of what the lines bear, and what each comes to in a matter.

use super::Reshaper;
use super::words::Words;
use crate::formats::parts::Owner;
use crate::model::{Cell, Invoice, Line, SourceText, Tax, TaxSummary, Value};
use crate::revise::losses::why;
use crate::revise::money::{Refusal, add, or_zero};
use rust_decimal::Decimal;
use rustc_hash::FxHashMap;

/// The taxes of an invoice's lines, by type and rate.
#[derive(Default)]
pub(super) struct Taxes {
    by_kind: FxHashMap<(Box<str>, Decimal), usize>,
}

fn bears_tax(line: &Line) -> bool {
    !or_zero(line.tax_rate).is_zero() || !or_zero(line.tax_total).is_zero()
}

/// Makes an entry for each tax. Its key says what it is, so that the same tax has the same key on every invoice.
pub(super) fn taxes(invoice: &mut Invoice, text: &mut SourceText, words: &Words) -> Taxes {
    let mut taxes = Taxes::default();
    for line in invoice.lines.iter().filter(|l| bears_tax(l)) {
        let rate = or_zero(line.tax_rate).normalize();
        let kind: Box<str> = text.get(line.tax_type).into();
        if taxes.by_kind.contains_key(&(kind.clone(), rate)) {
            continue;
        }
        let id = format!("{}{rate}", if kind.is_empty() { "" } else { &kind });
        let id = text.push_value(&id);
        taxes.by_kind.insert((kind, rate), invoice.taxes.len());
        // Each line bears one tax on its own amount, and withholding cannot be said in 1998BI
        // (ledes-1998bi.md section 5): hence no tax on tax, no tiers, an increase.
        invoice.taxes.push(Tax {
            id,
            tax_type: line.tax_type,
            tiers: words.no,
            rate: Value::calculated(rate),
            on_tax: words.no,
            increase_decrease: words.increase,
            ..Tax::default()
        });
    }
    taxes
}

impl Reshaper<'_> {
    /// Without a table of taxes a line's tax goes into its matter's; only rate and type have no place.
    pub(super) fn untaxed(&self, line: &mut Line) {
        if self.taxed {
            return;
        }
        line.tax_total = Value::ABSENT;
        if or_zero(line.tax_rate).is_zero() {
            line.tax_rate = Value::ABSENT;
        }
    }

    /// The tax a line bears, its key and its place in the table, with the amount it is on; the line's own tax fields
    /// are used up.
    pub(super) fn tax_of(
        &mut self,
        invoice: &Invoice,
        line: &mut Line,
        owner: Owner,
    ) -> Option<((Cell, usize), Decimal)> {
        let taxed = bears_tax(line);
        let kind = self.text.raw(line.tax_type);
        let found = if taxed {
            let key = (Box::from(kind), or_zero(line.tax_rate).normalize());
            self.taxes.by_kind.get(&key).copied()
        } else {
            if !line.tax_type.is_blank() {
                self.lose(owner, "LINE_ITEM_TAX_TYPE", why::UNTAXED);
            }
            None
        };
        line.tax_type = Cell::ABSENT;
        line.tax_rate = Value::ABSENT;
        line.tax_total = Value::ABSENT;
        let index = found?;
        Some(((invoice.taxes[index].id, index), or_zero(line.total)))
    }

    pub(super) fn summarise(
        &mut self,
        invoice: &mut Invoice,
        matter: u32,
        tax: usize,
        side: usize,
        net: Decimal,
        amount: Decimal,
    ) -> Result<(), Refusal> {
        let id = invoice.taxes[tax].id;
        let summaries = &mut invoice.matters[matter as usize].tax_summaries;
        let index = *self.summaries.entry((matter, tax)).or_insert_with(|| {
            let zero = Value::calculated(Decimal::ZERO);
            summaries.push(TaxSummary {
                tax_id: id,
                detail_fees: zero,
                tax_on_fees: zero,
                detail_expenses: zero,
                tax_on_expenses: zero,
                ..TaxSummary::default()
            });
            summaries.len() - 1
        });
        let summary = &mut summaries[index];
        let (detail, on) = if side == 0 {
            (&mut summary.detail_fees, &mut summary.tax_on_fees)
        } else {
            (&mut summary.detail_expenses, &mut summary.tax_on_expenses)
        };
        for (slot, more) in [(detail, net), (on, amount)] {
            let mut sum = or_zero(*slot);
            add(&mut sum, more)?;
            *slot = Value::calculated(sum);
        }
        Ok(())
    }
}
