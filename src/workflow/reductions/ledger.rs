//! What the events of an invoice make of its reductions, payments and appeals: the rows are proven by it.

use super::status;
use crate::store::{AppealRow, Event, PaymentRow, ReductionRow, ReminderRow};
use crate::workflow::appeals;
use crate::workflow::projection::Facts;
use crate::workflow::table::Step;
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// A reduction, as far as events say.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct BookedReduction {
    /// What was cut.
    pub cut: Decimal,
    /// Of it accepted.
    pub accepted: Decimal,
    /// Of it given back.
    pub recovered: Decimal,
    /// Where it is.
    pub status: String,
    /// The appeal it is part of, or was last.
    pub appeal: Option<String>,
    /// The first of two partners, and how much they accepted.
    pub endorsed: Option<(String, Decimal)>,
}

/// An appeal, as far as events say.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct BookedAppeal {
    /// What is asked for.
    pub claimed: Decimal,
    /// What came back.
    pub recovered: Decimal,
    /// Where it is.
    pub status: String,
    /// Its reductions.
    pub reductions: Vec<String>,
}

/// Everything the events say of money.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Ledger {
    /// By id.
    pub reductions: BTreeMap<String, BookedReduction>,
    /// By id.
    pub appeals: BTreeMap<String, BookedAppeal>,
    /// Amounts by id.
    pub payments: BTreeMap<String, Decimal>,
    /// What was asked for, by the number of days.
    pub reminders: BTreeMap<String, Decimal>,
}

impl Ledger {
    /// What the events say.
    ///
    /// # Errors
    /// An event that cannot be read, or speaks of what there is not.
    pub fn of(events: &[Event]) -> Result<Self, String> {
        let mut ledger = Self::default();
        for event in events {
            ledger.take(event)?;
        }
        Ok(ledger)
    }

    fn take(&mut self, event: &Event) -> Result<(), String> {
        let Some(step) = Step::named(&event.step) else {
            return Err(format!("event {} is of no known kind", event.seq));
        };
        if !step.is_about_money() {
            return Ok(());
        }
        let facts = Facts::of(event)?;
        let lacks = |what: &str| format!("event {} lacks its {what}", event.seq);
        let nothing = |id: &str| format!("event {} is about {id}, which there is not", event.seq);
        let id = facts.id.clone().ok_or_else(|| lacks("id"))?;
        let amount = || facts.amount.ok_or_else(|| lacks("amount"));
        match step {
            Step::Cut => {
                let new = BookedReduction {
                    cut: amount()?,
                    status: status::OPEN.to_owned(),
                    ..BookedReduction::default()
                };
                self.reductions.insert(id, new);
            }
            Step::Receive => {
                self.payments.insert(id, amount()?);
            }
            Step::Remind => {
                self.reminders.insert(id, amount()?);
            }
            Step::TakeCutBack | Step::EndorseCut | Step::AcceptCut => {
                let own = self.reductions.get_mut(&id).ok_or_else(|| nothing(&id))?;
                match step {
                    Step::TakeCutBack => {
                        own.recovered = own.cut;
                        status::TAKEN_BACK.clone_into(&mut own.status);
                    }
                    Step::EndorseCut => own.endorsed = Some((event.actor.clone(), amount()?)),
                    _ => {
                        own.accepted += amount()?;
                        own.endorsed = None;
                        let left = own.cut - own.accepted - own.recovered;
                        let word = if left > Decimal::ZERO {
                            status::IN_PART
                        } else {
                            status::ACCEPTED
                        };
                        word.clone_into(&mut own.status);
                    }
                }
            }
            Step::ProposeAppeal => {
                for own in &facts.reductions {
                    let own = self.reductions.get_mut(own).ok_or_else(|| nothing(own))?;
                    status::APPEALED.clone_into(&mut own.status);
                    own.appeal = Some(id.clone());
                    own.endorsed = None;
                }
                let new = BookedAppeal {
                    claimed: amount()?,
                    status: appeals::status::PROPOSED.to_owned(),
                    reductions: facts.reductions,
                    ..BookedAppeal::default()
                };
                self.appeals.insert(id, new);
            }
            _ => {
                let own = self.appeals.get_mut(&id).ok_or_else(|| nothing(&id))?;
                let word = match step {
                    Step::PrepareAppeal => return Ok(()),
                    Step::DecideAppeal if facts.code.as_deref() == Some("file") => {
                        appeals::status::DECIDED
                    }
                    Step::FileAppeal => appeals::status::FILED,
                    Step::EndAppeal => {
                        own.recovered = amount()?;
                        appeals::ended(own.claimed, own.recovered)
                    }
                    Step::MissWindow => appeals::status::MISSED,
                    // Decided to drop it, or withdrawn.
                    _ => appeals::status::WITHDRAWN,
                };
                word.clone_into(&mut own.status);
                let ids = own.reductions.clone();
                self.lines_of(step, word, &ids, &facts, &nothing)?;
            }
        }
        Ok(())
    }

    /// What a step of an appeal does to its lines.
    fn lines_of(
        &mut self,
        step: Step,
        word: &str,
        ids: &[String],
        facts: &Facts,
        nothing: &impl Fn(&str) -> String,
    ) -> Result<(), String> {
        let mut back: BTreeMap<&str, Decimal> = BTreeMap::new();
        for pair in &facts.reductions {
            let (id, amount) = pair.split_once(' ').unwrap_or((pair, "0"));
            back.insert(id, amount.parse().map_err(|_| nothing(pair))?);
        }
        for id in ids {
            let own = self.reductions.get_mut(id).ok_or_else(|| nothing(id))?;
            let after = if step == Step::EndAppeal {
                let asked = own.cut - own.accepted - own.recovered;
                let came = back.get(id.as_str()).copied().unwrap_or_default();
                own.recovered += came;
                appeals::ended(asked, came)
            } else if word == appeals::status::WITHDRAWN {
                if own.accepted.is_zero() {
                    status::OPEN
                } else {
                    status::IN_PART
                }
            } else if word == appeals::status::MISSED {
                status::MISSED
            } else {
                continue;
            };
            after.clone_into(&mut own.status);
        }
        Ok(())
    }

    /// The first row that is not what the events make it.
    pub(in crate::workflow) fn fault(
        &self,
        reductions: &[ReductionRow],
        appeals: &[AppealRow],
        payments: &[PaymentRow],
        reminders: &[ReminderRow],
    ) -> Option<String> {
        let differs =
            |what: &str, id: &str| Some(format!("{what} {id} is not what its events say"));
        for row in reductions {
            let own = self.reductions.get(&row.id);
            let same = own.is_some_and(|own| {
                (own.cut, own.accepted, own.recovered) == (row.cut, row.accepted, row.recovered)
                    && own.status == row.status
                    && own.appeal == row.appeal
            });
            if !same {
                return differs("reduction", &row.id);
            }
        }
        for row in appeals {
            let own = self.appeals.get(&row.id);
            let same = own.is_some_and(|own| {
                (own.claimed, own.recovered) == (row.claimed, row.recovered)
                    && own.status == row.status
            });
            if !same {
                return differs("appeal", &row.id);
            }
        }
        for row in payments {
            if self.payments.get(&row.id) != Some(&row.amount) {
                return differs("payment", &row.id);
            }
        }
        for row in reminders {
            if self.reminders.get(&row.days.to_string()) != Some(&row.amount) {
                return differs("reminder", &row.days.to_string());
            }
        }
        let missing = self
            .reductions
            .keys()
            .find(|id| !reductions.iter().any(|r| r.id == **id))
            .or_else(|| {
                let mut ids = self.appeals.keys();
                ids.find(|id| !appeals.iter().any(|a| a.id == **id))
            })
            .or_else(|| {
                let mut ids = self.payments.keys();
                ids.find(|id| !payments.iter().any(|p| p.id == **id))
            })
            .or_else(|| {
                let mut ids = self.reminders.keys();
                ids.find(|id| !reminders.iter().any(|r| r.days.to_string() == **id))
            });
        missing.map(|id| {
            format!("{id} is in the events and in no row: a reduction, appeal, payment or reminder")
        })
    }
}
