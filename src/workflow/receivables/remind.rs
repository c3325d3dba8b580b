//! Drafts of reminders: what is due for so many days and nobody was reminded of. Software drafts, a person sends.

use super::owed::{Receivable, Terms};
use crate::model::Lists;
use crate::store::ReminderRow;
use crate::workflow::desk::Desk;
use crate::workflow::permits::Act;
use crate::workflow::projection::Facts;
use crate::workflow::refusal::{WorkflowError, refused};
use crate::workflow::state::State;
use crate::workflow::table::{Step, next};
use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Serialize;
use std::collections::BTreeMap;

/// An invoice in a reminder.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Reminded {
    /// The invoice's id.
    #[serde(skip)]
    pub id: String,
    /// INVOICE_NUMBER.
    pub number: String,
    /// Invoice date, ISO; empty where it has none.
    pub date: String,
    /// The firm's number of the matter.
    pub matter: String,
    /// Its total.
    pub billed: Decimal,
    /// What the client approved; absent where it has not said.
    pub approved: Option<Decimal>,
    /// What came.
    pub paid: Decimal,
    /// What is asked for.
    pub due: Decimal,
    /// Since how many days.
    pub days: i64,
}

/// A draft: the invoices of one client, in one currency, that have reached the same rung.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Reminder {
    /// CLIENT_ID.
    pub client_id: String,
    /// Its name by the firm's list; empty where it has none.
    pub client_name: String,
    /// ISO 4217; empty where the invoices name none.
    pub currency: String,
    /// The rung: after so many days.
    pub rung: u32,
    /// Which reminder it is, from 1.
    pub nth: usize,
    /// The day it is drafted.
    pub today: NaiveDate,
    /// What is asked for in all.
    pub due: Decimal,
    /// Partners who answer for the matters, where known.
    pub partners: Vec<String>,
    /// Its invoices, the oldest first.
    pub invoices: Vec<Reminded>,
}

/// An amount as letters write it, with two decimals at least.
fn written(mut amount: Decimal) -> Decimal {
    if amount.scale() < 2 {
        amount.rescale(2);
    }
    amount
}

/// The highest rung an age has reached.
fn rung(days: i64, rungs: &[u32]) -> Option<u32> {
    let reached = rungs.iter().filter(|r| days >= i64::from(**r));
    reached.max().copied()
}

impl Receivable {
    /// The rung a reminder is to be drafted for; `None`: nothing is due, it is disputed, the client says that it paid, or
    /// one was drafted for that rung or a later one.
    pub fn to_remind(&self, rungs: &[u32]) -> Option<u32> {
        if self.due <= Decimal::ZERO || self.is_disputed() || self.said_paid_only() {
            return None;
        }
        let reached = rung(self.days, rungs)?;
        let later = |drafted: &i64| *drafted >= i64::from(reached);
        (!self.reminded.iter().any(later)).then_some(reached)
    }
}

impl Desk<'_> {
    /// Reminders to be drafted, by client, currency and rung. Who gets a name from the lists gets it.
    ///
    /// # Errors
    /// Not allowed, or the store fails.
    pub async fn reminders_due(
        &self,
        terms: &Terms,
        lists: &Lists,
    ) -> Result<Vec<Reminder>, WorkflowError> {
        self.may(Act::Step(Step::Remind))?;
        let owed = self.receivables(terms).await?;
        let mut drafts: BTreeMap<(String, String, u32), Reminder> = BTreeMap::new();
        for one in &owed.all {
            let Some(reached) = one.to_remind(&terms.rungs) else {
                continue;
            };
            let row = &one.invoice;
            let key = (row.client.clone(), row.currency.clone(), reached);
            let draft = drafts.entry(key).or_insert_with(|| Reminder {
                client_id: row.client.clone(),
                client_name: lists
                    .clients
                    .of(&row.client)
                    .find(|c| c.client_id == row.client)
                    .map_or_else(String::new, |c| c.client_name.clone()),
                currency: match row.currency.as_str() {
                    "?" => String::new(),
                    known => known.to_owned(),
                },
                rung: reached,
                nth: 1 + terms.rungs.iter().filter(|r| **r < reached).count(),
                today: owed.today,
                due: Decimal::ZERO,
                partners: Vec::new(),
                invoices: Vec::new(),
            });
            draft.due = written(draft.due.saturating_add(one.due));
            if !row.partner.is_empty() && !draft.partners.contains(&row.partner) {
                draft.partners.push(row.partner.clone());
            }
            draft.invoices.push(Reminded {
                id: row.id.clone(),
                number: row.number.clone(),
                date: row.invoice_date.clone().unwrap_or_default(),
                matter: row.matter.clone(),
                billed: written(one.billed),
                approved: one.approved.map(written),
                paid: written(one.paid),
                due: written(one.due),
                days: one.days,
            });
        }
        let mut drafts: Vec<Reminder> = drafts.into_values().collect();
        for draft in &mut drafts {
            draft.invoices.sort_by_key(|i| std::cmp::Reverse(i.days));
        }
        Ok(drafts)
    }

    /// Writes down that a reminder was drafted, with its text, for each of its invoices; returns the numbers of those for
    /// which somebody else had drafted one meanwhile.
    ///
    /// # Errors
    /// Not allowed, or the store fails.
    pub async fn drafted(
        &self,
        draft: &Reminder,
        letter: &str,
    ) -> Result<Vec<String>, WorkflowError> {
        self.may(Act::Step(Step::Remind))?;
        again!(self.try_drafted(draft, letter))
    }

    async fn try_drafted(
        &self,
        draft: &Reminder,
        letter: &str,
    ) -> Result<Vec<String>, WorkflowError> {
        let mut tx = self.store.db.write().await?;
        let about = self.keep(&tx, letter.as_bytes())?;
        let mut before = Vec::new();
        for one in &draft.invoices {
            let Some(invoice) = tx.invoice(&one.id).await? else {
                continue;
            };
            let known = tx.reminders(Some(&one.id), &None).await?;
            if known.iter().any(|k| k.days >= i64::from(draft.rung)) {
                before.push(one.number.clone());
                continue;
            }
            if next(State::named(&invoice.state), Step::Remind).is_none() {
                return refused(format!(
                    "invoice {} is {} by now: draft the reminders anew",
                    invoice.number, invoice.state
                ));
            }
            let row = ReminderRow {
                invoice: invoice.id.clone(),
                days: i64::from(draft.rung),
                amount: one.due,
                currency: invoice.currency.clone(),
                drafted_by: self.person.name.clone(),
                drafted_ms: (self.clock)(),
                letter: about.clone(),
            };
            let facts = Facts {
                version: Some(invoice.version),
                id: Some(draft.rung.to_string()),
                amount: Some(one.due),
                about: Some(about.clone()),
                ..Facts::default()
            };
            let invoice = self
                .money_step(&mut tx, invoice, Step::Remind, &facts)
                .await?;
            tx.put_invoice(&invoice).await?;
            tx.add_reminder(&row).await?;
        }
        tx.commit().await?;
        Ok(before)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_rung_that_was_reached_counts() {
        let rungs = [30, 60, 90];
        for (days, reached) in [
            (29, None),
            (30, Some(30)),
            (59, Some(30)),
            (60, Some(60)),
            (400, Some(90)),
        ] {
            assert_eq!(rung(days, &rungs), reached, "{days}");
        }
        assert_eq!(rung(400, &[]), None);
    }
}
