//! A person at work: each thing asked for is allowed or refused, and what is done becomes an event.

use super::people::Person;
use super::permits::{self, Act};
use super::projection::{Facts, apply};
use super::refusal::{WorkflowError, refused};
use super::state::State;
use super::table::{Step, next};
use crate::store::{Event, Filter, InvoiceRow, Store, StoreError, Tx};
use std::time::{SystemTime, UNIX_EPOCH};

/// Says what time it is, in milliseconds since 1970.
pub type Clock = dyn Fn() -> i64 + Send + Sync;

/// The chain of what was decided about people.
pub(super) const PEOPLE: &str = "people";

/// The machine's clock.
pub fn system_clock() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |d| i64::try_from(d.as_millis()).unwrap_or(i64::MAX))
}

/// A person at work with a store.
pub struct Desk<'a> {
    /// The store.
    pub store: &'a Store,
    /// Who.
    pub person: Person,
    /// What time it is.
    pub clock: &'a Clock,
}

impl Desk<'_> {
    /// Whether this person may, whatever the invoice.
    ///
    /// # Errors
    /// They may not; says who may.
    pub fn may(&self, act: Act) -> Result<(), WorkflowError> {
        permits::may(&self.person, act)
    }

    /// The day, where this machine is.
    pub(super) fn today(&self) -> chrono::NaiveDate {
        let at = chrono::DateTime::from_timestamp_millis((self.clock)());
        at.map(|at| at.with_timezone(&chrono::Local).date_naive())
            .unwrap_or_default()
    }

    /// Takes one step with an invoice: permission, table, event and state in one transaction. The new state is
    /// written by [`Tx::put_invoice`] of the caller, who may take several steps.
    pub(super) async fn step(
        &self,
        tx: &mut Tx,
        before: Option<InvoiceRow>,
        chain: &str,
        step: Step,
        facts: &Facts,
    ) -> Result<InvoiceRow, WorkflowError> {
        self.may(Act::Step(step))?;
        let client = before.as_ref().map(|row| row.client.clone());
        let client = client.or_else(|| facts.client.clone()).unwrap_or_default();
        if !self.person.serves(&client) {
            return refused(not_served(&self.person, &client));
        }
        let from = before.as_ref().and_then(|row| State::named(&row.state));
        match next(from, step) {
            None => return refused(not_from(before.as_ref(), step)),
            Some(t) if !t.who.contains(&self.person.role) => {
                return refused(format!(
                    "{} may not {} an invoice that is {}",
                    self.person.name,
                    step.name(),
                    from.map_or("new", State::name)
                ));
            }
            Some(_) => {}
        }
        let last = tx.last_event(chain).await?;
        let same = last.as_ref().map(|l| (l.seq, l.hash.as_str()));
        if same != before.as_ref().map(|row| (row.seq, row.head.as_str())) {
            let why = format!("invoice {chain} is not what its events say");
            return Err(StoreError::Unreadable(why).into());
        }
        let facts = serde_json::to_value(facts)?;
        let now = (self.clock)();
        warn_of_clock(last.as_ref(), now);
        let event = Event::after(
            last.as_ref(),
            chain,
            now,
            &self.person.name,
            step.name(),
            &facts,
        );
        let after = apply(before, &event).map_err(StoreError::Unreadable)?;
        tx.append(&event).await?;
        Ok(after)
    }

    /// Keeps a document that an event of this transaction is going to name. Nothing is purged while one that writes is
    /// open, so a document that is there stays there.
    pub(super) fn keep(&self, _during: &Tx, bytes: &[u8]) -> Result<String, WorkflowError> {
        Ok(self.store.documents.put(bytes)?)
    }

    /// Invoices this person may see.
    ///
    /// # Errors
    /// None at all, or the store fails.
    pub async fn list(&self, filter: &Filter) -> Result<Vec<InvoiceRow>, WorkflowError> {
        self.may(Act::Read)?;
        let mut filter = filter.clone();
        filter.clients.clone_from(&self.person.clients);
        let mut tx = self.store.db.read().await?;
        Ok(tx.invoices(&filter).await?)
    }

    /// The invoice with an id or number, if this person serves its client.
    pub(super) async fn find(&self, tx: &mut Tx, named: &str) -> Result<InvoiceRow, WorkflowError> {
        let filter = Filter {
            named: Some(named.to_owned()),
            clients: self.person.clients.clone(),
            ..Filter::default()
        };
        let mut found = tx.invoices(&filter).await?;
        match found.len() {
            1 => Ok(found.remove(0)),
            // Whether it exists is itself nobody's business who does not serve the client.
            0 => refused(format!(
                "no invoice {named} of a client you serve; cleanbill list shows those there are"
            )),
            _ => {
                let ids: Vec<String> = found
                    .iter()
                    .map(|i| format!("{} (client {})", i.id, i.client))
                    .collect();
                refused(format!(
                    "{} invoices have the number {named}; name one by its id: {}",
                    found.len(),
                    ids.join(", ")
                ))
            }
        }
    }
}

/// The words of a reason. They may name clients and their affairs: they are kept as documents, their hash in the event.
pub(super) fn given(reason: &str) -> Result<&str, WorkflowError> {
    match reason.trim() {
        "" => refused("a reason is needed: --reason \"...\""),
        words => Ok(words),
    }
}

/// Milliseconds by which clocks of several machines may differ before anything is said.
const CLOCKS_DIFFER_MS: i64 = 60 * 1000;

/// A clock that jumped back changes no order of events, but somebody should set it right.
fn warn_of_clock(last: Option<&Event>, now: i64) {
    let behind = last.map_or(0, |l| l.at_ms - now);
    if behind > CLOCKS_DIFFER_MS {
        tracing::warn!(
            "this machine's clock is {} minutes behind the last event of this invoice: set it right. The new event is \
             dated as the last one",
            behind / 60_000
        );
    }
}

fn not_served(person: &Person, client: &str) -> String {
    let client = if client.is_empty() {
        "no client"
    } else {
        client
    };
    format!("{} does not serve {client}", person.name)
}

/// Why a step is not possible, and what is.
pub(super) fn not_from(row: Option<&InvoiceRow>, step: Step) -> String {
    let Some(row) = row else {
        return format!("there is no such invoice to {}", step.name());
    };
    let from = State::named(&row.state);
    let possible: Vec<&str> = super::table::TABLE
        .iter()
        .filter(|t| t.from == from)
        .map(|t| t.step.name())
        .collect();
    let possible = if possible.is_empty() {
        "that is its end".to_owned()
    } else {
        format!("from there it can: {}", possible.join(", "))
    };
    let by = row
        .cleared_by
        .as_ref()
        .filter(|_| from == Some(State::Cleared));
    let by = by.map_or_else(String::new, |who| format!(" by {who}"));
    format!(
        "invoice {} is {}{by}: \"{}\" is not possible; {possible}",
        row.number,
        row.state,
        step.name()
    )
}
