//! What a client has said of an invoice's money, as its events tell it.

use crate::store::{Event, ReductionRow};
use crate::workflow::projection::Facts;
use crate::workflow::table::Step;
use chrono::{DateTime, Local, NaiveDate};
use rust_decimal::Decimal;

/// What the events of one invoice say.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Stated {
    /// What it will pay, as it said last.
    approved: Option<Decimal>,
    /// What it gave back since.
    back: Decimal,
    /// When the version that stands reached its portal.
    pub(super) arrived_ms: Option<i64>,
    /// When the client decided on it.
    pub(super) decided_ms: Option<i64>,
    /// How it decided last.
    decided: Option<Step>,
}

impl Stated {
    /// Steps that say something; others do where their facts name [`Self::FACT`].
    pub(super) const STEPS: [Step; 8] = [
        Step::NewVersion,
        Step::Rewrite,
        Step::AcceptWriteDown,
        Step::Arrive,
        Step::Approve,
        Step::Reduce,
        Step::EndAppeal,
        Step::TakeCutBack,
    ];
    /// The amount a client said that it approves.
    pub(super) const FACT: &str = "approved";

    /// What the events of an invoice say; `cuts` are its reductions.
    pub(super) fn of(events: &[Event], cuts: &[ReductionRow]) -> Self {
        let mut stated = Self::default();
        for event in events {
            stated.take(event, cuts);
        }
        stated
    }

    /// Takes the next event.
    pub(super) fn take(&mut self, event: &Event, cuts: &[ReductionRow]) {
        let Some(step) = Step::named(&event.step) else {
            return;
        };
        match step {
            // What was said of an earlier version is not about this one.
            Step::NewVersion | Step::Rewrite | Step::AcceptWriteDown => *self = Self::default(),
            Step::Arrive => self.arrived_ms = Some(event.at_ms),
            Step::Approve | Step::Reduce => {
                self.decided_ms = self.decided_ms.or(Some(event.at_ms));
                self.decided = Some(step);
            }
            _ => {}
        }
        let tells = event.facts.contains(&format!("\"{}\"", Self::FACT))
            || matches!(step, Step::EndAppeal | Step::TakeCutBack);
        if !tells {
            return;
        }
        let Ok(facts) = Facts::of(event) else {
            return;
        };
        match step {
            Step::EndAppeal => self.give_back(facts.amount.unwrap_or_default()),
            Step::TakeCutBack => {
                let own = cuts.iter().find(|c| Some(&c.id) == facts.id.as_ref());
                self.give_back(own.map_or(Decimal::ZERO, |c| c.cut));
            }
            _ => {
                if let Some(approved) = facts.approved {
                    self.state(approved);
                }
            }
        }
    }

    /// What is stated anew holds from then on; what is merely repeated does not undo what came back meanwhile.
    fn state(&mut self, approved: Decimal) {
        if self.approved != Some(approved) {
            self.approved = Some(approved);
            self.back = Decimal::ZERO;
        }
    }

    fn give_back(&mut self, amount: Decimal) {
        self.back = self.back.saturating_add(amount);
    }

    /// What the client will pay of an invoice that bills `billed`, what it gave back included: never more than was billed.
    /// Many portals say approved, or name what they cut, and no amount: then it is what was billed less `held`, the cuts
    /// it has not given back. Reduced by nobody knows what is no amount.
    pub(super) fn approved(&self, billed: Option<Decimal>, held: Decimal) -> Option<Decimal> {
        let Some(stated) = self.approved else {
            let known = match self.decided? {
                Step::Reduce => !held.is_zero() || !self.back.is_zero(),
                _ => true,
            };
            return billed.filter(|_| known).map(|b| b.saturating_sub(held));
        };
        let all = stated.saturating_add(self.back);
        Some(match billed {
            Some(billed) if billed >= Decimal::ZERO => all.min(billed),
            _ => all,
        })
    }
}

/// The day of an instant, where this machine is.
pub(super) fn day(ms: i64) -> Option<NaiveDate> {
    let at = DateTime::from_timestamp_millis(ms)?;
    Some(at.with_timezone(&Local).date_naive())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rust_decimal::dec;
    use serde_json::{Value, json};

    fn event(step: Step, facts: &Value) -> Event {
        Event::after(None, "i", 7, "nyx", step.name(), facts)
    }

    fn approved(events: &[(Step, Value)]) -> Option<Decimal> {
        let cut = ReductionRow {
            id: "r".to_owned(),
            cut: dec!(10),
            ..ReductionRow::default()
        };
        let events: Vec<Event> = events.iter().map(|(s, f)| event(*s, f)).collect();
        Stated::of(&events, &[cut]).approved(Some(dec!(100)), dec!(25))
    }

    #[test]
    fn other_steps_say_nothing_and_need_not_be_read() {
        let known = Stated::of(&[event(Step::Reduce, &json!({"approved": "90"}))], &[]);
        for step in Step::ALL {
            let mut after = known.clone();
            after.take(&event(step, &json!({"amount": "10", "id": "r"})), &[]);
            assert!(after == known || Stated::STEPS.contains(&step), "{step:?}");
        }
    }

    #[test]
    fn what_comes_back_is_added_until_the_client_says_anew_what_it_pays() {
        let reduce = (Step::Reduce, json!({"approved": "90"}));
        let won = (Step::EndAppeal, json!({"amount": "10"}));
        let pay = |approved: &str| (Step::Pay, json!({"approved": approved}));
        assert_eq!(approved(&[]), None);
        assert_eq!(approved(std::slice::from_ref(&reduce)), Some(dec!(90)));
        assert_eq!(approved(&[reduce.clone(), won.clone()]), Some(dec!(100)));
        // Said once more, it is old news; said otherwise, it counts.
        assert_eq!(
            approved(&[reduce.clone(), won.clone(), pay("90")]),
            Some(dec!(100))
        );
        assert_eq!(
            approved(&[reduce.clone(), won.clone(), pay("95")]),
            Some(dec!(95))
        );
        assert_eq!(
            approved(&[reduce.clone(), pay("100"), won]),
            Some(dec!(100)),
            "never more than billed"
        );
        let back = (Step::TakeCutBack, json!({"id": "r"}));
        assert_eq!(approved(&[reduce.clone(), back]), Some(dec!(100)));
        // Without an amount, what was cut says it.
        assert_eq!(approved(&[(Step::Approve, json!({}))]), Some(dec!(75)));
        assert_eq!(approved(&[(Step::Reduce, json!({}))]), Some(dec!(75)));
        assert_eq!(approved(&[(Step::UnderReview, json!({}))]), None);
        let again = (Step::NewVersion, json!({"document": "d"}));
        assert_eq!(approved(&[reduce, again]), None);
    }
}
