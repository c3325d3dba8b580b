//! Invoices against those sent before: numbers, periods, cycles, budgets, expenses and file review billed again.
//! Not here: reading earlier invoices (`check`), and rules that need only the firm's lists.

pub(super) mod billing_cycle;
pub(super) mod budget_exceeded;
pub(super) mod duplicate_expense;
pub(super) mod file_review;
pub(super) mod number_used;
pub(super) mod overlapping_period;

use super::matters::client_of;
use crate::model::{EarlierInvoice, EarlierLine, History, Invoice};
use rustc_hash::FxHashSet;
use std::borrow::Cow;

/// What is said of a rule that needs earlier invoices where none were given.
pub(super) const NO_HISTORY: &str = "no earlier invoices loaded";

/// The invoice at hand, as far as earlier ones are told from it.
pub(super) struct Own<'a> {
    invoice: &'a Invoice,
    client: &'a str,
    number: &'a str,
    /// The number of the rejected invoice it replaces; blank where it says that it replaces one and not which.
    replaces: Option<Cow<'a, str>>,
}

impl<'a> Own<'a> {
    /// `None` where the invoice has no client or no number: nothing can be told from it then.
    pub(super) fn of(invoice: &'a Invoice) -> Option<Self> {
        let number = invoice.text.raw(invoice.number).trim();
        Some(Self {
            invoice,
            client: client_of(invoice)?,
            number: Some(number).filter(|number| !number.is_empty())?,
            replaces: invoice.replaces(),
        })
    }

    /// True where `earlier` is this invoice itself or another version of it, or the one it replaces.
    fn stands_for(&self, earlier: &EarlierInvoice) -> bool {
        if earlier.number == self.number {
            return true;
        }
        match self.replaces.as_deref().map(str::trim) {
            None => false,
            Some("") => {
                earlier.billing_start.is_some()
                    && earlier.billing_start == self.invoice.billing_start.get()
                    && earlier.billing_end == self.invoice.billing_end.get()
            }
            Some(number) => earlier.number == number,
        }
    }

    /// True where `earlier` was sent before this invoice, as far as dates tell.
    fn is_after(&self, earlier: &EarlierInvoice) -> bool {
        match (earlier.date, self.invoice.date.get()) {
            (Some(earlier), Some(own)) => earlier <= own,
            _ => true,
        }
    }

    /// Earlier invoices that bill a matter and still stand: not this one, none that was replaced, of several
    /// versions with one number the last. With the index of the matter in each; earliest first.
    pub(super) fn standing<'h>(
        &self,
        history: &'h History,
        law_firm_matter_id: &str,
    ) -> Vec<(&'h EarlierInvoice, usize)> {
        let all = || history.of_matter(self.client, law_firm_matter_id);
        let replaced: FxHashSet<&str> = all()
            .map(|(earlier, _)| earlier.replaces.as_str())
            .filter(|number| !number.is_empty())
            .collect();
        let mut later: FxHashSet<&str> = FxHashSet::default();
        let mut standing: Vec<_> = all()
            .rev()
            .filter(|(earlier, _)| {
                !self.stands_for(earlier)
                    && self.is_after(earlier)
                    && !replaced.contains(earlier.number.as_str())
                    && later.insert(&earlier.number)
            })
            .collect();
        standing.reverse();
        standing
    }
}

/// The lines of an earlier invoice on one of its matters, by the index [`Own::standing`] gives.
pub(super) fn lines(earlier: &EarlierInvoice, matter: usize) -> impl Iterator<Item = &EarlierLine> {
    let lines = earlier.lines.iter();
    lines.filter(move |line| line.matter as usize == matter)
}
