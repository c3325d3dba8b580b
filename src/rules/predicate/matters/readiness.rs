//! `not-ready-at-portal`: something is still open for the matter at the portal the invoice goes to (reference
//! portals.md, preconditions; DESIGN section 6).

use super::{client_of, listed, number_of};
use crate::model::lists::Readiness;
use crate::model::{Anchor, Hit, Hits, Invoice, RuleId};
use crate::rules::PackMistake;
use crate::rules::predicate::places::on_matter;
use crate::rules::predicate::{Judging, Params, Predicate};

struct PortalReadiness {
    rule: RuleId,
}

/// No parameters.
pub(in crate::rules::predicate) fn build(
    params: &mut Params<'_>,
) -> Result<Box<dyn Predicate>, PackMistake> {
    Ok(Box::new(PortalReadiness { rule: params.rule }))
}

/// What the list says is open.
fn open(row: &Readiness) -> Vec<&'static str> {
    [
        (row.assigned, "the matter is not assigned to the firm"),
        (row.number_matched, "the firm's number is not known there"),
        (row.timekeepers_known, "not every timekeeper is known there"),
        (row.rates_approved, "rates are not approved"),
        (row.budget_approved, "no budget is approved"),
        (row.guidelines_accepted, "the guidelines are not accepted"),
    ]
    .into_iter()
    .filter_map(|(ready, words)| (ready == Some(false)).then_some(words))
    .collect()
}

impl Predicate for PortalReadiness {
    fn judge(&self, invoice: &Invoice, judging: &Judging, hits: &mut Hits) {
        let lists = &judging.lists;
        if !lists.readiness.is_loaded() {
            return hits.lacking(self.rule, "no list of matters' readiness at portals loaded");
        }
        let Some(client) = client_of(invoice) else {
            return;
        };
        let clients_portal = lists
            .clients
            .of(client)
            .map(|row| row.portal.as_str())
            .find(|portal| !portal.is_empty());
        for (index, matter) in invoice.matters.iter().enumerate() {
            let Some(number) = number_of(invoice, matter) else {
                continue;
            };
            let own = listed(lists, invoice, matter).map(|row| row.portal.as_str());
            let portal = own.filter(|portal| !portal.is_empty()).or(clients_portal);
            let rows = lists.readiness.of(client).filter(|row| {
                row.law_firm_matter_id == number
                    && portal.is_none_or(|portal| row.portal.eq_ignore_ascii_case(portal))
            });
            for row in rows {
                let open = open(row);
                if open.is_empty() {
                    continue;
                }
                let checked = row
                    .checked_on
                    .map_or_else(String::new, |day| format!(", as of {day}"));
                let note = match row.note.as_str() {
                    "" => String::new(),
                    note => format!(" ({note})"),
                };
                let hit = Hit::new(self.rule, Anchor::Matter(index as u32))
                    .with("matter", number)
                    .with("portal", &row.portal)
                    .with("open", open.join(", "))
                    .with("checked", checked)
                    .with("note", note);
                hits.raise(on_matter(hit, invoice, index));
            }
        }
    }
}
