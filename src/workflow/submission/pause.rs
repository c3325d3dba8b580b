//! Accounts at portals that rest because a person says so: nothing leaves through them until somebody resumes them. What
//! was sent before is still asked about. It stands in a chain of its own, so the audit proves it like all the rest.

use crate::store::{Event, StoreError, Tx};
use crate::workflow::desk::{Desk, given};
use crate::workflow::permits::Act;
use crate::workflow::projection::Facts;
use crate::workflow::refusal::{WorkflowError, refused};
use serde::Serialize;
use std::collections::BTreeMap;

/// The chain of what was decided about accounts.
pub const ACCOUNTS: &str = "accounts";

const PAUSE: &str = "pause";
const RESUME: &str = "resume";

/// An account that rests.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Paused {
    /// Who said so.
    pub by: String,
    /// Since when, in milliseconds since 1970.
    pub since_ms: i64,
    /// Why, in their words.
    pub reason: String,
}

/// Accounts that rest, each with the event that says so.
///
/// # Errors
/// An event that cannot be read.
pub(in crate::workflow) fn paused_of(events: &[Event]) -> Result<BTreeMap<String, &Event>, String> {
    let mut paused = BTreeMap::new();
    for event in events {
        let n = event.seq;
        let Some(account) = Facts::of(event)?.account else {
            return Err(format!("event {n} names no account"));
        };
        match event.step.as_str() {
            PAUSE => paused.insert(account, event),
            RESUME => paused.remove(&account),
            other => return Err(format!("event {n} is of no known kind: \"{other}\"")),
        };
    }
    Ok(paused)
}

impl Tx {
    /// Who paused an account, and when; nothing where it does not rest.
    pub(super) async fn pause_of(
        &mut self,
        account: &str,
    ) -> Result<Option<(String, i64)>, StoreError> {
        let events = self.events(ACCOUNTS).await?;
        let paused = paused_of(&events).map_err(StoreError::Unreadable)?;
        Ok(paused.get(account).map(|e| (e.actor.clone(), e.at_ms)))
    }
}

impl Desk<'_> {
    /// Accounts that rest, by name.
    ///
    /// # Errors
    /// Not allowed, or the store fails.
    pub async fn paused_accounts(&self) -> Result<BTreeMap<String, Paused>, WorkflowError> {
        if self.may(Act::People).is_err() {
            self.may(Act::Read)?;
        }
        let events = self.store.db.read().await?.events(ACCOUNTS).await?;
        let mut all = BTreeMap::new();
        for (account, event) in paused_of(&events).map_err(StoreError::Unreadable)? {
            let facts = Facts::of(event).map_err(StoreError::Unreadable)?;
            let reason = match &facts.reason {
                Some(document) => self.store.documents.get(document)?,
                None => Vec::new(),
            };
            let paused = Paused {
                by: event.actor.clone(),
                since_ms: event.at_ms,
                reason: String::from_utf8_lossy(&reason).into_owned(),
            };
            all.insert(account, paused);
        }
        Ok(all)
    }

    /// Has an account rest: what waits stays in its queue, whoever runs the night. `clients` are those the account is
    /// for; with nothing in the list, every client of its portal.
    ///
    /// # Errors
    /// Not allowed, no reason, or it rests already.
    pub async fn pause_account(
        &self,
        account: &str,
        clients: &[String],
        reason: &str,
    ) -> Result<(), WorkflowError> {
        self.may_pause(account, clients)?;
        let reason = given(reason)?;
        again!(self.try_turn(account, Some(reason)))
    }

    /// Has an account go on.
    ///
    /// # Errors
    /// Not allowed, or it does not rest.
    pub async fn resume_account(
        &self,
        account: &str,
        clients: &[String],
    ) -> Result<(), WorkflowError> {
        self.may_pause(account, clients)?;
        again!(self.try_turn(account, None))
    }

    /// Whether this person may have an account for these clients rest: nobody holds up what is another's.
    ///
    /// # Errors
    /// They may not; says who may.
    pub fn may_pause(&self, account: &str, clients: &[String]) -> Result<(), WorkflowError> {
        self.may(Act::PauseAccounts)?;
        let person = &self.person;
        let theirs = !clients.is_empty() && clients.iter().all(|c| person.serves(c));
        if person.clients.is_none() || theirs {
            return Ok(());
        }
        refused(format!(
            "account {account} is for clients too that {} does not serve; that is for somebody who serves all of them",
            person.name
        ))
    }

    async fn try_turn(&self, account: &str, reason: Option<&str>) -> Result<(), WorkflowError> {
        let mut tx = self.store.db.write().await?;
        match (tx.pause_of(account).await?, reason) {
            (Some((by, _)), Some(_)) => {
                return refused(format!("account {account} is paused already, by {by}"));
            }
            (None, None) => {
                return refused(format!("account {account} is not paused"));
            }
            _ => {}
        }
        let step = if reason.is_some() { PAUSE } else { RESUME };
        let reason = reason.map(|r| self.keep(&tx, r.as_bytes())).transpose()?;
        let facts = Facts {
            account: Some(account.to_owned()),
            reason,
            ..Facts::default()
        };
        let facts = serde_json::to_value(facts)?;
        let last = tx.last_event(ACCOUNTS).await?;
        let now = (self.clock)();
        let event = Event::after(
            last.as_ref(),
            ACCOUNTS,
            now,
            &self.person.name,
            step,
            &facts,
        );
        tx.append(&event).await?;
        Ok(tx.commit().await?)
    }

    /// Why nothing leaves through an account; nothing where it does not rest.
    pub(super) async fn rests(&self, account: &str) -> Result<Option<String>, WorkflowError> {
        let paused = self.store.db.read().await?.pause_of(account).await?;
        Ok(paused
            .map(|(by, _)| format!("paused by {by}: nothing is sent until somebody resumes it")))
    }
}
