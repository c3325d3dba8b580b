//! What the events of one invoice say of its way.

use super::rows::Round;
use crate::store::{Event, StoreError};
use crate::workflow::projection::Facts;
use crate::workflow::refusal::WorkflowError;
use crate::workflow::table::Step;
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// The way of one invoice.
#[derive(Default)]
pub(super) struct Way {
    /// Versions that were at the portal.
    pub rounds: Vec<Round>,
    /// When the client last said what it pays.
    pub decided_ms: Option<i64>,
    /// What it said then, of the version that stands.
    pub stated: Option<Decimal>,
    /// When all was paid.
    pub paid_ms: Option<i64>,
    /// Lines that were sent back.
    pub returns: u32,
    /// What reviewers wrote.
    pub notes: u32,
    /// Rules of findings that were set aside: rule, who, when.
    pub overrides: Vec<(String, String, i64)>,
    /// The total of each version.
    pub totals: BTreeMap<i64, Option<Decimal>>,
    /// SHA-256 of the check of each version.
    pub reports: BTreeMap<i64, String>,
    /// SHA-256 of the answer that refused a version.
    pub answers: BTreeMap<i64, String>,
}

impl Way {
    pub fn of(events: &[Event]) -> Result<Self, WorkflowError> {
        let mut way = Self::default();
        let mut version = 0;
        for event in events {
            let Some(step) = Step::named(&event.step) else {
                let why = format!("event {} is of no known kind", event.seq);
                return Err(StoreError::Unreadable(why).into());
            };
            let facts = Facts::of(event).map_err(StoreError::Unreadable)?;
            if matches!(
                step,
                Step::TakeIn | Step::NewVersion | Step::Rewrite | Step::AcceptWriteDown
            ) {
                version += 1;
                way.stated = None;
                way.decided_ms = None;
            }
            way.take(event, step, facts, version);
        }
        Ok(way)
    }

    fn take(&mut self, event: &Event, step: Step, facts: Facts, version: i64) {
        match step {
            Step::Check => {
                self.totals.insert(version, facts.total);
                self.reports.extend(facts.report.map(|r| (version, r)));
            }
            Step::Send => {
                let again = self.rounds.last().is_some_and(|r| r.version == version);
                let round = Round {
                    version,
                    account: facts.account.unwrap_or_default(),
                    sent_ms: event.at_ms,
                    ..Round::default()
                };
                // A second attempt counts, as the first one never arrived.
                if again {
                    self.rounds.pop();
                }
                self.rounds.push(round);
            }
            Step::NeverArrived => {
                self.rounds.retain(|r| r.version != version);
            }
            Step::Return => {
                self.returns += 1;
                self.notes += 1;
            }
            Step::Comment | Step::ProposeWriteDown => self.notes += 1,
            Step::Override => {
                self.notes += 1;
                let rule = facts.rule.unwrap_or_default();
                self.overrides
                    .push((rule, event.actor.clone(), event.at_ms));
            }
            Step::Acknowledge | Step::UnderReview => self.accepted(event.at_ms),
            Step::Approve | Step::Reduce | Step::PayPart | Step::Pay => {
                self.accepted(event.at_ms);
                self.decided_ms = Some(event.at_ms);
                self.stated = facts.approved.or(self.stated);
                if step == Step::Pay {
                    self.paid_ms = Some(event.at_ms);
                }
            }
            Step::Reject => {
                if let Some(round) = self.rounds.last_mut() {
                    round.refused_ms = Some(event.at_ms);
                }
                self.answers.extend(facts.answer.map(|a| (version, a)));
            }
            Step::RequireAction => {
                if let Some(round) = self.rounds.last_mut() {
                    round.asked_ms.get_or_insert(event.at_ms);
                }
            }
            _ => {}
        }
    }

    fn accepted(&mut self, at_ms: i64) {
        if let Some(round) = self.rounds.last_mut() {
            round.accepted_ms.get_or_insert(at_ms);
        }
    }

    /// What the client pays of the version that stands, and what no cut explains. `held`: what its cuts take away now, `cut`:
    /// what they took away at first.
    pub fn approved(
        &self,
        total: Option<Decimal>,
        held: Decimal,
        cut: Decimal,
    ) -> (Option<Decimal>, Decimal) {
        let (Some(total), Some(_)) = (total, self.decided_ms) else {
            return (None, Decimal::ZERO);
        };
        let by_cuts = total.saturating_sub(held);
        let Some(stated) = self.stated else {
            return (Some(by_cuts), Decimal::ZERO);
        };
        // What it said before an appeal was won, and what it says after, are both explained by its cuts.
        let less = total.saturating_sub(stated);
        if less == cut || less == held {
            (Some(by_cuts), Decimal::ZERO)
        } else {
            (Some(stated), less.saturating_sub(held))
        }
    }
}
