//! From the pipe formats to the shape of LEDES XML 2.x (ledes-xml-2.md section 10).
//!
//! What XML wants beyond it is arithmetic on what the lines say: base amounts, totals of matters, the summary of
//! timekeepers, the table of taxes. Nothing else is filled in.
//! Not here: the other way (`to_pipe`), and reading or writing either (`formats`).

mod lines;
mod people;
mod taxes;
mod words;

pub use people::{says_both, split_name};

use super::losses::Losses;
use super::money::{Refusal, add, less, or_zero};
use crate::formats::parts::{self, Owner};
use crate::model::{Invoice, LedesFormat, Line, LineKind, SourceText, Value};
use rust_decimal::Decimal;
use rustc_hash::FxHashMap;
use taxes::{Taxes, taxes};
use words::Words;

/// Sums of a matter.
#[derive(Clone, Copy, Default)]
struct Sums {
    /// Fees and expenses.
    detail: [Decimal; 2],
    discounts: [Decimal; 2],
    tax: [Decimal; 2],
}

/// Changes a pipe invoice into the shape of XML 2.x. `taxed` is false where the target has no table of taxes.
///
/// # Errors
/// Amounts that cannot be added.
pub fn reshape(invoice: &mut Invoice, taxed: bool, losses: &mut Losses) -> Result<(), Refusal> {
    let source = invoice.format;
    let mut text = std::mem::take(&mut invoice.text);
    let words = Words::new(&mut text);
    let taxes = if taxed && source.is_international() {
        taxes(invoice, &mut text, &words)
    } else {
        Taxes::default()
    };
    let done = Reshaper {
        source,
        text: &text,
        words,
        taxes,
        taxed,
        losses,
        people: FxHashMap::default(),
        sums: vec![Sums::default(); invoice.matters.len()],
        summaries: FxHashMap::default(),
    }
    .invoice(invoice);
    invoice.text = text;
    done
}

type PersonKey<'a> = (u32, &'a str, &'a str, Option<Decimal>);

struct Reshaper<'a> {
    source: LedesFormat,
    text: &'a SourceText,
    words: Words,
    taxes: Taxes,
    taxed: bool,
    losses: &'a mut Losses,
    /// Index of each timekeeper in its matter.
    people: FxHashMap<PersonKey<'a>, usize>,
    sums: Vec<Sums>,
    summaries: FxHashMap<(u32, usize), usize>,
}

impl<'a> Reshaper<'a> {
    fn lose(&mut self, owner: Owner, pipe: &str, why: &'static str) {
        let slot = parts::LINE.iter().find(|s| s.names.pipe == pipe);
        if let Some(slot) = slot {
            self.losses.note(self.source, owner, &slot.names, why);
        }
    }

    fn invoice(mut self, invoice: &mut Invoice) -> Result<(), Refusal> {
        let mut lines = std::mem::take(&mut invoice.lines);
        for line in &mut lines {
            let kind = line.kind.get().unwrap_or(LineKind::Fee);
            if kind.is_adjustment() {
                self.adjustment(invoice, line, kind)?;
            } else {
                self.item(invoice, line, kind)?;
            }
        }
        lines.retain(|l| !l.kind.get().is_some_and(LineKind::is_adjustment));
        let place = |l: &Line| (l.matter, l.kind.get() == Some(LineKind::Expense));
        if !lines.is_sorted_by_key(place) {
            lines.sort_by_key(place);
        }
        invoice.lines = lines;
        self.expense_names(invoice);
        self.matters(invoice)?;
        if let (Some(total), Some(net)) = (invoice.total.get(), invoice.net_total.get())
            && less(total, or_zero(invoice.tax_total))? == net
        {
            invoice.net_total = Value::ABSENT;
        }
        // PO_NUMBER is one for the invoice.
        if let Some(po) = invoice.matters.first().map(|m| m.po_number) {
            for matter in &mut invoice.matters {
                matter.po_number = po;
            }
        }
        Ok(())
    }

    /// Totals of matters, by the rules of ledes-xml-2.md section 6; tax is not in the nets.
    fn matters(&self, invoice: &mut Invoice) -> Result<(), Refusal> {
        let international = self.source.is_international();
        for (matter, sums) in invoice.matters.iter_mut().zip(&self.sums) {
            let mut net = sums.detail;
            add(&mut net[0], sums.discounts[0])?;
            add(&mut net[1], sums.discounts[1])?;
            let mut due = net[0];
            for more in [net[1], sums.tax[0], sums.tax[1]] {
                add(&mut due, more)?;
            }
            let value = Value::calculated;
            matter.total_detail_fees = value(sums.detail[0]);
            matter.total_detail_expenses = value(sums.detail[1]);
            if !matter.discounts.is_empty() {
                matter.disc_credit_fees = value(sums.discounts[0]);
                matter.disc_credit_expenses = value(sums.discounts[1]);
                let mut both = sums.discounts[0];
                add(&mut both, sums.discounts[1])?;
                matter.disc_cred_total = value(both);
            }
            if international {
                matter.tax_on_fees = value(sums.tax[0]);
                matter.tax_on_expenses = value(sums.tax[1]);
            }
            matter.net_fees = value(net[0]);
            matter.net_expenses = value(net[1]);
            matter.total_due = value(due);
        }
        Ok(())
    }
}
