//! Expenses against what lies on file: receipts, vendors, consents, official prices.
//! Not here: expenses judged by the invoice alone, and those billed before (`earlier`).

pub(super) mod approval;
pub(super) mod lodging;
pub(super) mod markup;
pub(super) mod mileage;
pub(super) mod receipt;
pub(super) mod vendor;
pub(super) mod wording;

use super::matters::{client_of, number_of};
use crate::model::lists::{Approves, holds_for, in_span};
use crate::model::{Field, Hit, Invoice, Line, LineKind, Lists, RuleId};
use rust_decimal::Decimal;
use wording::Wording;

/// An expense that costs something.
pub(super) struct Expense<'a> {
    /// Index of the line.
    pub index: usize,
    /// The line.
    pub line: &'a Line,
    /// Its expense code.
    pub code: &'a str,
    /// Its total without tax.
    pub net: Decimal,
    invoice: &'a Invoice,
}

/// The expenses of an invoice whose totals could be read and are above zero.
pub(super) fn expenses(invoice: &Invoice) -> impl Iterator<Item = Expense<'_>> {
    invoice
        .lines
        .iter()
        .enumerate()
        .filter_map(move |(index, line)| {
            let net = line.net().filter(|net| *net > Decimal::ZERO)?;
            (line.kind.get() == Some(LineKind::Expense)).then(|| Expense {
                index,
                line,
                code: invoice.text.raw(line.expense_code).trim(),
                net,
                invoice,
            })
        })
}

impl Expense<'_> {
    /// Its narrative, taken apart.
    pub fn wording(&self) -> Wording {
        Wording::of(&self.invoice.get(self.line.description))
    }

    /// A hit about its total.
    pub fn hit(&self, rule: RuleId) -> Hit {
        let cell = self.line.total.cell;
        Hit::on_line(rule, self.index).at(self.invoice.format, Field::LineTotal, cell)
    }

    /// True where a consent on file covers it: for its matter, date and amount, and for all, its code, or a
    /// vendor its narrative names.
    pub fn approved(&self, lists: &Lists, kinds: &[Approves]) -> bool {
        let Some(client) = client_of(self.invoice) else {
            return false;
        };
        let matter = self.invoice.matter_of(self.line);
        let matter = matter
            .and_then(|m| number_of(self.invoice, m))
            .unwrap_or("");
        let day = self.line.date.get().or(self.invoice.date.get());
        let mut wording = None;
        lists.approvals.of(client).any(|row| {
            kinds.contains(&row.approves)
                && holds_for(&row.law_firm_matter_id, matter)
                && row.limit.is_none_or(|limit| self.net <= limit)
                && day.is_none_or(|day| in_span(day, row.from, row.until))
                && (holds_for(&row.subject, self.code)
                    || wording
                        .get_or_insert_with(|| self.wording())
                        .names(&row.subject))
        })
    }
}
