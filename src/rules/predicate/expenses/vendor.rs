//! `expert-or-vendor-not-approved`: an expert or vendor who is not on the list of those approved (reference
//! guideline-rules.csv, expert-or-vendor-not-approved).

use super::{Expense, expenses};
use crate::model::lists::{Approves, in_span};
use crate::model::{Field, Hit, Hits, Invoice, Lists, RuleId};
use crate::rules::PackMistake;
use crate::rules::predicate::matters::client_of;
use crate::rules::predicate::{Judging, Params, Predicate};

struct ApprovedVendor {
    rule: RuleId,
    codes: Vec<String>,
}

/// Parameter: `codes`, expense codes whose payees need approval.
pub(in crate::rules::predicate) fn build(
    params: &mut Params<'_>,
) -> Result<Box<dyn Predicate>, PackMistake> {
    Ok(Box::new(ApprovedVendor {
        rule: params.rule,
        codes: params.list("codes")?,
    }))
}

impl Predicate for ApprovedVendor {
    fn judge(&self, invoice: &Invoice, judging: &Judging, hits: &mut Hits) {
        let lists = &judging.lists;
        for expense in expenses(invoice) {
            if !self.codes.iter().any(|code| code == expense.code) {
                continue;
            }
            if !lists.vendors.is_loaded() {
                return hits.lacking(self.rule, "no list of vendors loaded");
            }
            if !lists.vendors.is_complete() {
                return hits.lacking(self.rule, "the list of vendors is not said to be complete");
            }
            let Some(client) = client_of(invoice) else {
                return;
            };
            if expense.line.description.is_blank() {
                continue;
            }
            let named = named(invoice, lists, client, &expense);
            if named == Some(None) || expense.approved(lists, &[Approves::Vendor]) {
                continue;
            }
            let cell = expense.line.description;
            let hit = Hit::on_line(self.rule, expense.index)
                .at(invoice.format, Field::LineDescription, cell)
                .with("code", expense.code)
                .with("client", client);
            hits.raise(match named.flatten() {
                Some(vendor) => hit.variant("otherwise").with("vendor", vendor),
                None => hit,
            });
        }
    }
}

/// The vendor of an expense, as its narrative or its receipt names one of the list: `Some(None)` where it is
/// approved for the code and day, else the name.
fn named<'a>(
    invoice: &Invoice,
    lists: &'a Lists,
    client: &str,
    expense: &Expense<'_>,
) -> Option<Option<&'a str>> {
    let wording = expense.wording();
    let number = invoice.text.raw(invoice.number).trim();
    let item = invoice.text.raw(expense.line.item).trim();
    let paid: Vec<_> = lists
        .receipts
        .of(number)
        .filter(|row| row.line_item_number == item && !row.vendor.is_empty())
        .map(|row| super::Wording::of(&row.vendor))
        .collect();
    let day = expense.line.date.get().or(invoice.date.get());
    let mut otherwise = None;
    for row in lists.vendors.of(client) {
        if !wording.names(&row.vendor) && !paid.iter().any(|paid| paid.names(&row.vendor)) {
            continue;
        }
        let for_code =
            row.expense_codes.is_empty() || row.expense_codes.iter().any(|c| c == expense.code);
        if for_code && day.is_none_or(|day| in_span(day, row.from, row.until)) {
            return Some(None);
        }
        otherwise = otherwise.or(Some(row.vendor.as_str()));
    }
    otherwise.map(Some)
}
