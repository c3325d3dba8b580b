//! From the shape of LEDES XML 2.x to the pipe formats (ledes-xml-2.md section 10).
//!
//! Money is never lost: where the lines of the target do not add up to the invoice's total, because of a share, a
//! percentage or a tax it cannot hold, the invoice is refused.
//! Not here: the other way (`to_xml`), and reading or writing either (`formats`).

mod lines;
mod people;
mod sums;
mod taxes;

use super::losses::{Losses, why};
use super::money::Refusal;
use crate::formats::parts::{self, Owner, Slot};
use crate::formats::write::AdjustmentDate;
use crate::model::{Cell, Invoice, LedesFormat, Line, SourceText, Value};
use people::People;
use rustc_hash::FxHashSet;
use taxes::{Bearers, taxes_fit};

/// Changes an invoice in the shape of XML 2.x into that of 1998B or 1998BI. `source` is what it was read as.
///
/// # Errors
/// Money the target has no place for.
pub fn reshape(
    invoice: &mut Invoice,
    source: LedesFormat,
    target: LedesFormat,
    date: Option<AdjustmentDate>,
    losses: &mut Losses,
) -> Result<(), Refusal> {
    taxes_fit(invoice, target)?;
    let mut text = std::mem::take(&mut invoice.text);
    let mut work = Work {
        source,
        target,
        date: match date {
            Some(AdjustmentDate::InvoiceDate) => invoice.date,
            Some(AdjustmentDate::BillingEnd) => invoice.billing_end,
            None => Value::ABSENT,
        },
        text: &mut text,
        losses,
    };
    let done = work.invoice(invoice);
    invoice.text = text;
    done
}

struct Work<'a> {
    source: LedesFormat,
    target: LedesFormat,
    date: Value<chrono::NaiveDate>,
    text: &'a mut SourceText,
    losses: &'a mut Losses,
}

impl Work<'_> {
    fn lose<T>(&mut self, owner: Owner, slots: &[Slot<T>], xml2: &str, why: &'static str) {
        if let Some(slot) = slots.iter().find(|s| s.names.xml2 == xml2) {
            self.losses.note(self.source, owner, &slot.names, why);
        }
    }

    fn is(&self, cell: Cell, word: &str) -> bool {
        self.text.get(cell).eq_ignore_ascii_case(word)
    }

    fn invoice(&mut self, invoice: &mut Invoice) -> Result<(), Refusal> {
        let mut by_matter: Vec<Vec<Line>> = invoice.matters.iter().map(|_| Vec::new()).collect();
        for line in std::mem::take(&mut invoice.lines) {
            if let Some(own) = by_matter.get_mut(line.matter as usize) {
                own.push(line);
            }
        }
        let mut bearers = Bearers::default();
        let mut lines: Vec<Line> = Vec::new();
        for (index, own) in by_matter.into_iter().enumerate() {
            let mut people = People::of(self.text, &invoice.matters[index]);
            for mut line in own {
                self.item(&mut line)?;
                self.person(&mut line, &mut people);
                let ids = line.detail.as_mut().map(|d| std::mem::take(&mut d.tax_ids));
                self.bears(
                    invoice,
                    &line,
                    &ids.unwrap_or_default(),
                    lines.len(),
                    &mut bearers,
                )?;
                lines.push(line);
            }
            for unused in people.used.iter().filter(|used| !**used) {
                let _ = unused;
                self.lose(Owner::Timekeeper, parts::TIMEKEEPER, "tk_id", why::UNUSED);
            }
            for discount in std::mem::take(&mut invoice.matters[index].discounts) {
                let line = self.discount(index as u32, &discount);
                let Some(line) = line else {
                    continue;
                };
                self.bears(invoice, &line, &discount.tax_ids, lines.len(), &mut bearers)?;
                lines.push(line);
            }
        }
        if lines.is_empty() {
            return Err(Refusal::new(format!(
                "it has no fees, expenses or discounts, and {} is nothing but lines",
                self.target
            )));
        }
        self.tax_lines(invoice, &mut lines, &bearers)?;
        self.number(&mut lines);
        invoice.lines = lines;
        self.totals(invoice)?;
        self.matters(invoice);
        Ok(())
    }

    /// Line numbers: the file's item numbers, or from 1 where it has none or one twice.
    fn number(&mut self, lines: &mut [Line]) {
        let mut seen = FxHashSet::default();
        let unique = lines
            .iter()
            .all(|l| !l.item.is_blank() && seen.insert(self.text.get(l.item).into_owned()));
        if unique {
            return;
        }
        for (index, line) in lines.iter_mut().enumerate() {
            line.item = self.text.push_value(&(index + 1).to_string());
        }
    }
}
