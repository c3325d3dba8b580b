//! `timekeeper-approved`: a timekeeper the client has not approved for the matter on the day of the work.
//!
//! Many clients approve nobody by name. A client is taken to approve people where a consent for a timekeeper is
//! on file for this matter or for all its matters. Then a consent that does not hold on the day is a finding, and so
//! is no consent at all, provided the list of approvals says it is complete.

use super::approvals;
use super::engagement::engagements;
use super::fee::{Fee, fees};
use super::roster;
use crate::model::lists::{Approval, Approves, holds_for};
use crate::model::{Field, Hit, Hits, Invoice, Lists, RuleId};
use crate::rules::PackMistake;
use crate::rules::predicate::{Judging, Params, Predicate};
use chrono::NaiveDate;
use rustc_hash::FxHashMap;

struct TimekeeperApproved {
    rule: RuleId,
    per_matter: bool,
}

/// Parameter: `per_matter`; without it a consent for any matter of the client will do.
pub fn build(params: &mut Params<'_>) -> Result<Box<dyn Predicate>, PackMistake> {
    Ok(Box::new(TimekeeperApproved {
        rule: params.rule,
        per_matter: params.flag("per_matter", true)?,
    }))
}

#[derive(Clone, Copy)]
enum Standing<'a> {
    Approved,
    /// The nearest consent, which does not hold on the day.
    NotThen(&'a Approval),
    Nothing,
    /// The client approves nobody by name.
    NotAsked,
}

impl Predicate for TimekeeperApproved {
    fn judge(&self, invoice: &Invoice, judging: &Judging, hits: &mut Hits) {
        let lists = &judging.lists;
        let engagements = engagements(invoice, lists);
        let mut judged = fees(invoice, &engagements).peekable();
        if judged.peek().is_none() {
            return;
        }
        if !lists.approvals.is_loaded() {
            hits.lacking(self.rule, "no approvals loaded");
            return;
        }
        let mut unsure = false;
        let mut known: FxHashMap<(u32, String, NaiveDate), Standing<'_>> = FxHashMap::default();
        for fee in judged {
            let hit = || {
                Hit::on_line(self.rule, fee.index)
                    .at(invoice.format, Field::TimekeeperId, fee.line.timekeeper_id)
                    .with("who", fee.who(invoice, lists))
                    .with("id", &fee.timekeeper_id)
                    .with("client", &fee.engagement.client_id)
                    .with("matter", fee.engagement.name())
            };
            let key = (fee.line.matter, fee.timekeeper_id.to_string(), fee.date);
            let standing = known.entry(key);
            match *standing.or_insert_with(|| self.standing(lists, &fee)) {
                Standing::Approved | Standing::NotAsked => {}
                Standing::NotThen(row) => {
                    hits.raise(hit().variant("not-then").with("times", times(row)));
                }
                // An id nobody has is `timekeeper-missing-or-unknown`'s.
                Standing::Nothing if self.is_unknown(lists, &fee) => {}
                Standing::Nothing if lists.approvals.is_complete() => hits.raise(hit()),
                Standing::Nothing => unsure = true,
            }
        }
        if unsure {
            hits.lacking(
                self.rule,
                "some timekeepers have no approval on file, and the approvals do not say they are complete",
            );
        }
    }
}

/// When a consent holds, in words.
fn times(row: &Approval) -> String {
    match (row.from, row.until) {
        (Some(from), Some(until)) => format!("from {from} to {until}"),
        (Some(from), None) => format!("from {from} on"),
        (None, Some(until)) => format!("until {until}"),
        (None, None) => "always".to_owned(),
    }
}

impl TimekeeperApproved {
    fn is_unknown(&self, lists: &Lists, fee: &Fee<'_>) -> bool {
        roster::is_unknown(lists, &fee.engagement.client_id, &fee.timekeeper_id)
    }

    fn standing<'a>(&self, lists: &'a Lists, fee: &Fee<'a>) -> Standing<'a> {
        let consents: Vec<&Approval> = match self.per_matter {
            true => approvals::of(lists, fee.engagement, Approves::Timekeeper).collect(),
            false => approvals::of_client(lists, fee.engagement, Approves::Timekeeper).collect(),
        };
        let own = || {
            let rows = consents.iter().copied();
            rows.filter(|row| holds_for(&row.subject, &fee.timekeeper_id))
        };
        if consents.is_empty() {
            Standing::NotAsked
        } else if own().any(|row| approvals::is_in_force(row, fee.date)) {
            Standing::Approved
        } else {
            own()
                .next_back()
                .map_or(Standing::Nothing, Standing::NotThen)
        }
    }
}
