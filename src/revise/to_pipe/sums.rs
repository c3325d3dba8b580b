//! What is left of an invoice's and its matters' sums, once their lines say it.

use super::Work;
use crate::formats::parts::{self, Names, Owner};
use crate::model::{Cell, Invoice, Matter, Value};
use crate::revise::losses::why;
use crate::revise::money::{Refusal, add, less, or_zero};
use rust_decimal::Decimal;
use rustc_hash::FxHashSet;

impl Work<'_> {
    pub(super) fn totals(&mut self, invoice: &mut Invoice) -> Result<(), Refusal> {
        let mut sum = Decimal::ZERO;
        let mut tax = Decimal::ZERO;
        for line in &invoice.lines {
            add(&mut sum, or_zero(line.total))?;
            add(&mut tax, or_zero(line.tax_total))?;
        }
        if let Some(total) = invoice.total.get()
            && total != sum
        {
            let share = |m: &Matter| {
                [m.share_of_fees, m.share_of_expenses]
                    .iter()
                    .any(|s| s.get().is_some_and(|s| s != Decimal::ONE))
            };
            let because = if invoice.matters.iter().any(share) {
                "the matter's share (matter_perc_shar_fees, _exp) has no place there"
            } else {
                "what makes the difference has no place there, or the invoice does not add up"
            };
            return Err(Refusal::new(format!(
                "in {} its lines would come to {sum}, and its total is {total}: {because}; check it first: cleanbill \
                 check",
                self.target
            )));
        }
        if self.target.is_international() {
            if invoice.tax_total.get() != Some(tax) {
                invoice.tax_total = Value::calculated(tax);
            }
            invoice.net_total = Value::calculated(less(sum, tax)?);
        } else {
            // Zero: see `taxes_fit`.
            invoice.tax_total = Value::ABSENT;
        }
        Ok(())
    }

    /// Sums of matters are said by their lines; of taxes only rate and type have a place, on the lines.
    pub(super) fn matters(&mut self, invoice: &mut Invoice) {
        let one = |v: Value<Decimal>| v.get() == Some(Decimal::ONE);
        let billed: FxHashSet<u32> = invoice.lines.iter().map(|l| l.matter).collect();
        let po = invoice
            .matters
            .first()
            .map(|m| self.text.get(m.po_number).into_owned());
        for (index, matter) in invoice.matters.iter_mut().enumerate() {
            for sum in [
                &mut matter.total_detail_fees,
                &mut matter.total_detail_expenses,
                &mut matter.disc_credit_fees,
                &mut matter.disc_credit_expenses,
                &mut matter.disc_cred_total,
                &mut matter.tax_on_fees,
                &mut matter.tax_on_expenses,
                &mut matter.net_fees,
                &mut matter.net_expenses,
                &mut matter.total_due,
            ] {
                *sum = Value::ABSENT;
            }
            for share in [&mut matter.share_of_fees, &mut matter.share_of_expenses] {
                if one(*share) {
                    *share = Value::ABSENT;
                }
            }
            matter.tax_summaries.clear();
            matter.timekeepers.clear();
            if index > 0 && self.target.is_international() {
                if po.as_deref() != Some(&*self.text.get(matter.po_number)) {
                    self.lose(Owner::Matter, parts::MATTER, "po_number", why::VARIES);
                }
                matter.po_number = Cell::ABSENT;
            }
            if !billed.contains(&(index as u32)) {
                self.lose(Owner::Matter, parts::MATTER, "lf_matter_id", why::UNUSED);
            }
        }
        self.drop_unbilled(invoice, &billed);
        for tax in &mut invoice.taxes {
            tax.id = Cell::ABSENT;
            if self.target.is_international() {
                tax.rate = Value::ABSENT;
                tax.tax_type = Cell::ABSENT;
            }
            if self.text.get(tax.on_tax).eq_ignore_ascii_case("N") {
                tax.on_tax = Cell::ABSENT;
            }
            if self.text.get(tax.tiers).eq_ignore_ascii_case("N") {
                tax.tiers = Cell::ABSENT;
            }
            if self
                .text
                .get(tax.increase_decrease)
                .eq_ignore_ascii_case("Increase")
            {
                tax.increase_decrease = Cell::ABSENT;
            }
        }
    }

    /// Matters without a line do not exist in a pipe file.
    fn drop_unbilled(&mut self, invoice: &mut Invoice, billed: &FxHashSet<u32>) {
        if billed.len() == invoice.matters.len() {
            return;
        }
        let mut moved: Vec<u32> = Vec::with_capacity(invoice.matters.len());
        let mut kept = Vec::new();
        for (index, matter) in std::mem::take(&mut invoice.matters).into_iter().enumerate() {
            moved.push(kept.len() as u32);
            if billed.contains(&(index as u32)) {
                kept.push(matter);
            } else {
                for slot in parts::MATTER {
                    let names: &Names = &slot.names;
                    if names.xml2 != "lf_matter_id" && !(slot.get)(&matter).is_blank() {
                        self.losses
                            .note(self.source, Owner::Matter, names, why::UNUSED);
                    }
                }
            }
        }
        invoice.matters = kept;
        for line in &mut invoice.lines {
            line.matter = moved.get(line.matter as usize).copied().unwrap_or(0);
        }
    }
}
