//! Keeping: for how long documents stay, what goes when, and that a backup was made. Each of it is an event of one
//! chain, so that the audit can tell what was purged from what was lost.

use super::desk::{Desk, given};
use super::permits::Act;
use super::projection::Facts;
use super::refusal::{WorkflowError, refused};
use super::state::State;
use crate::store::{Event, Filter, InvoiceRow, StoreError, Tx, backup};
use chrono::{DateTime, Months, NaiveDate};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The chain of what was decided about keeping.
pub(super) const KEEPING: &str = "keeping";

const RETAIN: &str = "retain";
const PURGE: &str = "purge";
const BACKUP: &str = "backup";

/// What an event of keeping says.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KeepingFacts {
    /// Whose documents; empty for every client without a rule of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    client: Option<String>,
    /// For how many years after the end; without it for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    years: Option<i64>,
    /// Ids of the invoices whose documents went.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    invoices: Vec<String>,
    /// SHA-256 of what went.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    documents: Vec<String>,
    /// SHA-256 of the reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// SHA-256 of the backup.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    /// The public key that opens it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    recipient: Option<String>,
}

/// That documents were purged.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Purged {
    /// When, in milliseconds since 1970.
    pub at_ms: i64,
    /// By whom.
    pub by: String,
}

/// What the chain of keeping comes to.
#[derive(Clone, Default, Debug)]
pub(super) struct Kept {
    /// Years by client.
    pub rules: BTreeMap<String, i64>,
    /// By SHA-256.
    pub documents: BTreeMap<String, Purged>,
    /// By id.
    pub invoices: BTreeMap<String, Purged>,
    /// Reasons.
    pub reasons: Vec<String>,
}

impl Kept {
    /// # Errors
    /// An event that cannot be read.
    pub fn of(events: &[Event]) -> Result<Self, String> {
        let mut kept = Self::default();
        for event in events {
            let facts: KeepingFacts = serde_json::from_str(&event.facts)
                .map_err(|e| format!("event {} cannot be read: {e}", event.seq))?;
            let purged = Purged {
                at_ms: event.at_ms,
                by: event.actor.clone(),
            };
            kept.reasons.extend(facts.reason);
            match (event.step.as_str(), facts.client) {
                (RETAIN, Some(client)) => {
                    match facts.years {
                        Some(years) => kept.rules.insert(client, years),
                        None => kept.rules.remove(&client),
                    };
                }
                (PURGE, _) => {
                    let all = |names: Vec<String>| names.into_iter().map(|n| (n, purged.clone()));
                    kept.documents.extend(all(facts.documents));
                    kept.invoices.extend(all(facts.invoices));
                }
                (BACKUP, _) => {}
                (other, _) => {
                    return Err(format!(
                        "event {} is of no known kind: \"{other}\"",
                        event.seq
                    ));
                }
            }
        }
        Ok(kept)
    }
}

/// An invoice whose documents may go.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Due {
    /// The invoice.
    pub row: InvoiceRow,
    /// The day it ended: paid or withdrawn.
    pub ended: NaiveDate,
    /// The first day on which its documents may go.
    pub from: NaiveDate,
    /// Documents that go: those no other invoice needs.
    pub documents: Vec<String>,
}

/// How a state is written as a day.
fn day(ms: i64) -> Option<NaiveDate> {
    DateTime::from_timestamp_millis(ms).map(|at| at.date_naive())
}

impl Desk<'_> {
    /// What concerns every client is not for who serves only some.
    fn all_clients(&self, what: &str) -> Result<(), WorkflowError> {
        if self.person.clients.is_none() {
            return Ok(());
        }
        refused(format!(
            "{} serves only some clients and may not {what} of all",
            self.person.name
        ))
    }

    pub(super) async fn kept(&self, tx: &mut Tx) -> Result<Kept, WorkflowError> {
        let events = tx.events(KEEPING).await?;
        Ok(Kept::of(&events).map_err(StoreError::Unreadable)?)
    }

    async fn record(
        &self,
        tx: &mut Tx,
        step: &str,
        facts: &KeepingFacts,
    ) -> Result<(), WorkflowError> {
        let last = tx.last_event(KEEPING).await?;
        let facts = serde_json::to_value(facts)?;
        let (now, name) = ((self.clock)(), &self.person.name);
        let event = Event::after(last.as_ref(), KEEPING, now, name, step, &facts);
        Ok(tx.append(&event).await?)
    }

    /// For how many years documents are kept, by client; the client `` is every other.
    ///
    /// # Errors
    /// Not allowed, or the store fails.
    pub async fn retention(&self) -> Result<Vec<(String, i64)>, WorkflowError> {
        self.may(Act::SeeRetention)?;
        Ok(self.store.db.read().await?.retention().await?)
    }

    /// Says for how many years a client's documents are kept; without years they are kept for ever.
    ///
    /// # Errors
    /// Not allowed, or the store fails.
    pub async fn retain(&self, client: &str, years: Option<u16>) -> Result<(), WorkflowError> {
        self.may(Act::Retain)?;
        self.all_clients("change the rules")?;
        let years = years.map(i64::from);
        let mut tx = self.store.db.write().await?;
        let facts = KeepingFacts {
            client: Some(client.to_owned()),
            years,
            ..KeepingFacts::default()
        };
        self.record(&mut tx, RETAIN, &facts).await?;
        tx.put_retention(client, years).await?;
        Ok(tx.commit().await?)
    }

    /// What may go on a day, the longest due first.
    ///
    /// # Errors
    /// Not allowed, or the store fails.
    pub async fn due(&self, today: NaiveDate) -> Result<Vec<Due>, WorkflowError> {
        self.may(Act::SeeRetention)?;
        self.all_clients("see what goes")?;
        let mut tx = self.store.db.read().await?;
        Ok(self.due_in(&mut tx, today).await?.0)
    }

    /// What may go, and every document that is still needed.
    async fn due_in(
        &self,
        tx: &mut Tx,
        today: NaiveDate,
    ) -> Result<(Vec<Due>, BTreeSet<String>), WorkflowError> {
        let kept = self.kept(tx).await?;
        let mut due: BTreeMap<String, Due> = BTreeMap::new();
        let filter = Filter {
            states: [State::Paid, State::Withdrawn]
                .map(|s| s.name().to_owned())
                .to_vec(),
            ..Filter::default()
        };
        for row in tx.invoices(&filter).await? {
            let years = kept.rules.get(&row.client).or_else(|| kept.rules.get(""));
            let months = years
                .and_then(|y| u32::try_from(y * 12).ok())
                .map(Months::new);
            let ended = day(row.changed_ms);
            let from = ended
                .zip(months)
                .and_then(|(day, m)| day.checked_add_months(m));
            if let (Some(ended), Some(from)) = (ended, from.filter(|from| *from <= today))
                && !kept.invoices.contains_key(&row.id)
            {
                let documents = Vec::new();
                let id = row.id.clone();
                due.insert(
                    id,
                    Due {
                        row,
                        ended,
                        from,
                        documents,
                    },
                );
            }
        }
        let mut needed: BTreeSet<String> = kept.reasons.into_iter().collect();
        let mut theirs: Vec<(String, String)> = Vec::new();
        // One question for all of them: others wait for a purge.
        tx.each_event(|event| {
            if kept.invoices.contains_key(&event.chain) {
                return;
            }
            let facts = Facts::of(&event).unwrap_or_default();
            for hash in facts.documents() {
                if due.contains_key(&event.chain) {
                    theirs.push((event.chain.clone(), hash.to_owned()));
                } else {
                    needed.insert(hash.to_owned());
                }
            }
        })
        .await?;
        let mut seen = BTreeSet::new();
        for (chain, hash) in theirs {
            if let Some(due) = due.get_mut(&chain)
                && !needed.contains(&hash)
                && seen.insert(hash.clone())
            {
                due.documents.push(hash);
            }
        }
        let mut due: Vec<Due> = due.into_values().collect();
        due.sort_by(|a, b| (a.from, &a.row.id).cmp(&(b.from, &b.row.id)));
        Ok((due, needed))
    }

    /// Takes away the documents whose time is over. Events and what each invoice was stay; the audit says who purged
    /// what, and when.
    ///
    /// # Errors
    /// Not allowed, no reason, or the store fails. Begun again, it ends what was cut short.
    pub async fn purge(&self, today: NaiveDate, reason: &str) -> Result<Vec<Due>, WorkflowError> {
        self.may(Act::Purge)?;
        self.all_clients("purge documents")?;
        let reason = given(reason)?;
        let mut tx = self.store.db.write().await?;
        let (due, _) = self.due_in(&mut tx, today).await?;
        if !due.is_empty() {
            let facts = KeepingFacts {
                invoices: due.iter().map(|d| d.row.id.clone()).collect(),
                documents: due.iter().flat_map(|d| d.documents.clone()).collect(),
                reason: Some(self.keep(&tx, reason.as_bytes())?),
                ..KeepingFacts::default()
            };
            self.record(&mut tx, PURGE, &facts).await?;
            for gone in &due {
                tx.forget_answers(&gone.row.id).await?;
                tx.forget_words(&gone.row.id).await?;
                tx.forget_remittances(&gone.row.id).await?;
                tx.forget_reason_words_of(&gone.row.id).await?;
            }
        }
        // The event first: a document that is gone without one would count as lost.
        tx.commit().await?;
        self.remove_purged().await?;
        Ok(due)
    }

    /// Removes what was purged and is needed by nobody since. Nobody writes meanwhile: an event that is about to name
    /// one of these documents is either seen here, or finds it gone and keeps it anew.
    async fn remove_purged(&self) -> Result<(), WorkflowError> {
        let mut tx = self.store.db.alone().await?;
        let needed = self.due_in(&mut tx, NaiveDate::MIN).await?.1;
        let documents = &self.store.documents;
        for hash in self.kept(&mut tx).await?.documents.into_keys() {
            if !needed.contains(&hash) {
                documents.remove(&hash)?;
            }
        }
        Ok(())
    }

    /// Writes a backup and reads it back; see [`backup::write`].
    ///
    /// # Errors
    /// Not allowed, or it could not be written.
    pub async fn backup(
        &self,
        file: &Path,
        to: Option<&str>,
    ) -> Result<backup::Written, WorkflowError> {
        self.may(Act::Backup)?;
        let written = backup::write(self.store, file, to, (self.clock)()).await?;
        let mut tx = self.store.db.write().await?;
        let facts = KeepingFacts {
            file: Some(written.sha256.clone()),
            recipient: Some(written.recipient.clone()),
            ..KeepingFacts::default()
        };
        self.record(&mut tx, BACKUP, &facts).await?;
        tx.commit().await?;
        Ok(written)
    }

    /// Says of an invoice whose documents were purged that they were, instead of that they are missing.
    pub(super) async fn not_purged(
        &self,
        tx: &mut Tx,
        row: &InvoiceRow,
    ) -> Result<(), WorkflowError> {
        match self.kept(tx).await?.invoices.get(&row.id) {
            None => Ok(()),
            Some(purged) => refused(format!(
                "the documents of invoice {} were {}; its events stay, cleanbill audit verify proves them",
                row.number,
                purged.words()
            )),
        }
    }
}

impl Purged {
    /// In words.
    pub fn words(&self) -> String {
        let when = day(self.at_ms).map_or_else(|| "?".to_owned(), |d| d.to_string());
        format!("purged on {when} by {}", self.by)
    }
}
