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

#[cfg(test)]
mod tests {
    use super::*;
    use rust_decimal::dec;
    use serde_json::json;

    fn way(steps: &[(Step, serde_json::Value)]) -> Way {
        let mut events: Vec<Event> = Vec::new();
        for (at, (step, facts)) in (1..).zip(steps) {
            let last = events.last();
            events.push(Event::after(last, "one", at, "ann", step.name(), facts));
        }
        Way::of(&events).expect("a way")
    }

    #[test]
    fn what_is_paid_is_what_the_client_said_and_what_came_back_since() {
        let decided = |approved: &str| {
            way(&[
                (Step::TakeIn, json!({})),
                (Step::Reduce, json!({ "approved": approved })),
            ])
        };
        let total = Some(dec!(100));
        // Said before 30 of 50 came back, and after.
        assert_eq!(
            decided("50").approved(total, dec!(20), dec!(50)),
            (Some(dec!(80)), dec!(0))
        );
        assert_eq!(
            decided("80").approved(total, dec!(20), dec!(50)),
            (Some(dec!(80)), dec!(0))
        );
        // What no cut explains is the client's last word, and is named.
        assert_eq!(
            decided("60").approved(total, dec!(20), dec!(20)),
            (Some(dec!(60)), dec!(20))
        );
        let silent = way(&[(Step::TakeIn, json!({})), (Step::Approve, json!({}))]);
        assert_eq!(
            silent.approved(total, dec!(0), dec!(0)),
            (total, dec!(0)),
            "approved without a sum is approved whole"
        );
        let open = way(&[(Step::TakeIn, json!({}))]);
        assert_eq!(open.approved(total, dec!(0), dec!(0)), (None, dec!(0)));
    }

    #[test]
    fn each_version_at_the_portal_is_a_round() {
        let way = way(&[
            (Step::TakeIn, json!({})),
            (Step::Check, json!({ "total": "10", "report": "r1" })),
            (Step::Send, json!({ "account": "one" })),
            (Step::NeverArrived, json!({})),
            (Step::Send, json!({ "account": "two" })),
            (Step::Reject, json!({ "answer": "a1" })),
            (Step::NewVersion, json!({})),
            (Step::Check, json!({ "total": "9", "report": "r2" })),
            (Step::Send, json!({ "account": "two" })),
            (Step::LoseSight, json!({})),
            (Step::Arrive, json!({})),
            (Step::Acknowledge, json!({})),
        ]);
        let rounds: Vec<_> = way
            .rounds
            .iter()
            .map(|r| (r.version, r.sent_ms, r.refused_ms, r.accepted_ms))
            .collect();
        assert_eq!(
            rounds,
            [(1, 5, Some(6), None), (2, 9, None, Some(12))],
            "the attempt that never arrived is none"
        );
        assert_eq!(way.answers[&1], "a1");
        assert_eq!((way.totals[&2], way.reports.len()), (Some(dec!(9)), 2));
    }
}
