//! Who stands where: whose lines are whose, who stands in for which partner, and which amounts need two.

use super::super::people::{Known, Person, Role};
use crate::store::{Event, StoreError, Tx};
use crate::workflow::desk::Desk;
use crate::workflow::permits::Act;
use crate::workflow::refusal::{WorkflowError, refused};
use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The chain of what the firm decided about approvals and timekeepers.
pub const FIRM: &str = "firm";

/// Somebody who stands in for a partner for a while.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Substitute {
    /// Its number, from 1.
    pub id: u32,
    /// The partner.
    pub partner: String,
    /// Who stands in.
    pub by: String,
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub until: NaiveDate,
    /// For these clients of the partner; nothing is all of them.
    pub clients: Option<Vec<String>>,
    /// Who ended it early.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_by: Option<String>,
}

impl Substitute {
    /// Whether it holds on a day.
    pub fn holds(&self, day: NaiveDate) -> bool {
        self.ended_by.is_none() && self.from <= day && day <= self.until
    }
}

/// Above this amount two partners have to approve.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Limit {
    /// ISO 4217.
    pub currency: String,
    /// Of this client only.
    pub client: Option<String>,
    /// Invoices with a larger total need two, credits as well as bills.
    pub amount: Decimal,
    /// Who set it.
    pub by: String,
}

/// One decision, as it stands in an event.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
enum Decision {
    Timekeeper {
        person: String,
        ids: Vec<String>,
    },
    Substitute {
        partner: String,
        by: String,
        from: NaiveDate,
        until: NaiveDate,
        clients: Option<Vec<String>>,
    },
    EndSubstitute {
        id: u32,
    },
    Limit {
        currency: String,
        client: Option<String>,
        amount: Option<Decimal>,
    },
}

impl Decision {
    fn step(&self) -> &'static str {
        match self {
            Self::Timekeeper { .. } => "timekeeper",
            Self::Substitute { .. } => "substitute",
            Self::EndSubstitute { .. } => "end substitute",
            Self::Limit { .. } => "limit",
        }
    }
}

/// What holds, as the events of the chain say.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Authority {
    /// Who each TIMEKEEPER_ID is.
    pub timekeepers: BTreeMap<String, String>,
    /// Every substitution, also those that ended.
    pub substitutes: Vec<Substitute>,
    /// The limits.
    pub limits: Vec<Limit>,
}

impl Authority {
    /// What the events say.
    ///
    /// # Errors
    /// An event that cannot be read.
    pub fn of(events: &[Event]) -> Result<Self, String> {
        let mut authority = Self::default();
        for event in events {
            let read: Result<Decision, _> = serde_json::from_str(&event.facts);
            let decision = read.map_err(|e| format!("event {} cannot be read: {e}", event.seq))?;
            authority.take(decision, &event.actor);
        }
        Ok(authority)
    }

    fn take(&mut self, decision: Decision, actor: &str) {
        match decision {
            Decision::Timekeeper { person, ids } => {
                self.timekeepers.retain(|_, of| *of != person);
                for id in ids {
                    self.timekeepers.insert(id, person.clone());
                }
            }
            Decision::Substitute {
                partner,
                by,
                from,
                until,
                clients,
            } => self.substitutes.push(Substitute {
                id: u32::try_from(self.substitutes.len() + 1).unwrap_or(u32::MAX),
                partner,
                by,
                from,
                until,
                clients,
                ended_by: None,
            }),
            Decision::EndSubstitute { id } => {
                for own in self.substitutes.iter_mut().filter(|s| s.id == id) {
                    own.ended_by = Some(actor.to_owned());
                }
            }
            Decision::Limit {
                currency,
                client,
                amount,
            } => {
                self.limits
                    .retain(|l| (&l.currency, &l.client) != (&currency, &client));
                self.limits.extend(amount.map(|amount| Limit {
                    currency,
                    client,
                    amount,
                    by: actor.to_owned(),
                }));
            }
        }
    }

    /// The TIMEKEEPER_IDs of a person.
    pub fn ids_of(&self, person: &str) -> Vec<String> {
        let own = self.timekeepers.iter().filter(|(_, of)| *of == person);
        own.map(|(id, _)| id.clone()).collect()
    }

    /// The limit an invoice is above. One of the client's own goes before the general one; an invoice that names no
    /// currency is held against every limit.
    pub fn limit(&self, client: &str, currency: &str, total: Option<Decimal>) -> Option<&Limit> {
        let fits = |l: &&Limit| currency == "?" || l.currency.eq_ignore_ascii_case(currency);
        let own = |l: &&Limit| l.client.as_deref() == Some(client);
        let mut held: Vec<&Limit> = self.limits.iter().filter(fits).filter(own).collect();
        for general in self
            .limits
            .iter()
            .filter(fits)
            .filter(|l| l.client.is_none())
        {
            if !held.iter().any(|l| l.currency == general.currency) {
                held.push(general);
            }
        }
        let above = |l: &&Limit| total.is_none_or(|total| total.abs() > l.amount);
        held.into_iter().filter(above).min_by_key(|l| l.amount)
    }
}

impl Tx {
    /// What holds about approvals and timekeepers.
    pub(in crate::workflow) async fn authority(&mut self) -> Result<Authority, StoreError> {
        let events = self.events(FIRM).await?;
        Authority::of(&events).map_err(StoreError::Unreadable)
    }
}

impl Desk<'_> {
    /// What holds about approvals and timekeepers.
    ///
    /// # Errors
    /// Not allowed, or the store fails.
    pub async fn authority(&self) -> Result<Authority, WorkflowError> {
        self.may(Act::Authority)?;
        let mut tx = self.store.db.read().await?;
        Ok(tx.authority().await?)
    }

    /// Says which TIMEKEEPER_IDs are a person's; those they had before are theirs no longer.
    ///
    /// # Errors
    /// Not allowed, no such person, or an id is another's.
    pub async fn set_timekeeper(&self, person: &str, ids: &[String]) -> Result<(), WorkflowError> {
        self.may(Act::People)?;
        let mut ids: Vec<String> = ids.iter().map(|id| id.trim().to_owned()).collect();
        ids.retain(|id| !id.is_empty());
        self.decided(async |tx, authority| {
            let row = somebody(tx, person).await?;
            if ![Role::Timekeeper, Role::Partner].contains(&row.role) && !ids.is_empty() {
                return refused(format!(
                    "{person} is here as {} and answers for no lines; timekeepers and partners do",
                    row.role
                ));
            }
            for id in &ids {
                if let Some(other) = authority.timekeepers.get(id).filter(|o| *o != person) {
                    return refused(format!(
                        "timekeeper {id} is {other}; take it from them first: cleanbill user timekeeper {other} --ids ..."
                    ));
                }
            }
            Ok(Decision::Timekeeper {
                person: person.to_owned(),
                ids: ids.clone(),
            })
        })
        .await
    }

    /// Names somebody who stands in for a partner from one day to another.
    ///
    /// # Errors
    /// Not allowed, or no such people or days.
    pub async fn add_substitute(
        &self,
        partner: &str,
        by: &str,
        (from, until): (NaiveDate, NaiveDate),
        clients: Option<Vec<String>>,
    ) -> Result<(), WorkflowError> {
        self.own_or_administrator(partner)?;
        if until < from {
            return refused(format!(
                "the last day, {until}, lies before the first, {from}"
            ));
        }
        self.decided(async |tx, _| {
            let of = somebody(tx, partner).await?;
            let to = somebody(tx, by).await?;
            if of.role != Role::Partner {
                return refused(format!("{partner} is no partner and clears nothing"));
            }
            if partner == by || ![Role::Partner, Role::Specialist].contains(&to.role) {
                return refused(format!(
                    "{by} cannot stand in for {partner}: that takes another partner, or a specialist"
                ));
            }
            let strange = clients.iter().flatten().find(|c| !of.serves(c));
            if let Some(client) = strange {
                return refused(format!("{partner} does not serve {client}"));
            }
            Ok(Decision::Substitute {
                partner: partner.to_owned(),
                by: by.to_owned(),
                from,
                until,
                clients: clients.clone(),
            })
        })
        .await
    }

    /// Ends a substitution early.
    ///
    /// # Errors
    /// Not allowed, or there is none of this number.
    pub async fn end_substitute(&self, id: u32) -> Result<(), WorkflowError> {
        self.may(Act::Substitutes)?;
        self.decided(async |_, authority| {
            let known = authority.substitutes.iter().find(|s| s.id == id);
            let Some(known) = known else {
                return refused(format!(
                    "there is no substitution {id}; cleanbill substitute list shows them"
                ));
            };
            self.own_or_administrator(&known.partner)?;
            if let Some(by) = &known.ended_by {
                return refused(format!("{by} has ended substitution {id} already"));
            }
            Ok(Decision::EndSubstitute { id })
        })
        .await
    }

    /// Says above which total two partners have to approve; `None` takes the limit away.
    ///
    /// # Errors
    /// Not allowed, no such currency or amount, or no such limit to take away.
    pub async fn set_limit(
        &self,
        currency: &str,
        client: Option<&str>,
        amount: Option<Decimal>,
    ) -> Result<(), WorkflowError> {
        self.may(Act::Limits)?;
        let currency = currency.to_ascii_uppercase();
        if iso_currency::Currency::from_code(&currency).is_none() {
            return refused(format!("{currency} is no currency of ISO 4217, as USD is"));
        }
        if amount.is_some_and(|a| a < Decimal::ZERO) {
            return refused("a limit is an amount of 0 or more");
        }
        self.decided(async |_, authority| {
            let same = |l: &Limit| l.currency == currency && l.client.as_deref() == client;
            if amount.is_none() && !authority.limits.iter().any(same) {
                return refused("there is no such limit; cleanbill limit list shows them");
            }
            Ok(Decision::Limit {
                currency: currency.clone(),
                client: client.map(str::to_owned),
                amount,
            })
        })
        .await
    }

    fn own_or_administrator(&self, partner: &str) -> Result<(), WorkflowError> {
        self.may(Act::Substitutes)?;
        if self.person.role == Role::Administrator || self.person.name == partner {
            return Ok(());
        }
        refused(format!(
            "{partner} or an administrator says who stands in for {partner}"
        ))
    }

    /// Writes a decision into the firm's chain.
    async fn decided(
        &self,
        made: impl AsyncFn(&mut Tx, &Authority) -> Result<Decision, WorkflowError>,
    ) -> Result<(), WorkflowError> {
        again!(self.try_settle(&made))
    }

    async fn try_settle(
        &self,
        made: &impl AsyncFn(&mut Tx, &Authority) -> Result<Decision, WorkflowError>,
    ) -> Result<(), WorkflowError> {
        let mut tx = self.store.db.write().await?;
        let authority = tx.authority().await?;
        let decision = made(&mut tx, &authority).await?;
        let last = tx.last_event(FIRM).await?;
        let facts = serde_json::to_value(&decision)?;
        let now = (self.clock)();
        let event = Event::after(
            last.as_ref(),
            FIRM,
            now,
            &self.person.name,
            decision.step(),
            &facts,
        );
        tx.append(&event).await?;
        Ok(tx.commit().await?)
    }
}

/// A person who may work here.
pub(super) async fn somebody(tx: &mut Tx, name: &str) -> Result<Person, WorkflowError> {
    let people = tx.people().await?;
    let found = people.into_iter().find(|p| p.name == name && p.active);
    let Some(row) = found else {
        return refused(format!(
            "nobody who works here is called {name}; cleanbill user list says who does"
        ));
    };
    let Some(role) = Role::named(&row.role) else {
        return refused(format!("{name} has the unknown role {}", row.role));
    };
    Ok(Person {
        name: row.name,
        role,
        clients: row.clients,
        known: Known::Named,
    })
}
