//! The proof: every chain, every document and every state computed again, and heads that were signed earlier.

use super::desk::PEOPLE;
use super::keeping::{KEEPING, Kept, Purged};
use super::people;
use super::projection::{Facts, apply};
use super::reading::{self, READS};
use super::reductions::Ledger;
use super::refusal::WorkflowError;
use super::review::{Authority, FIRM, Review};
use super::submission::{ACCOUNTS, paused_of};
use crate::store::{
    AppealFilter, Event, Filter, Head, InvoiceRow, PaymentFilter, ReductionFilter, ReviewFilter,
    ReviewRow, SigningKey, Store, Tx, canonical, is_signed,
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// The name of the head's form.
const SCHEMA: &str = "cleanbill.audit-head/1";
/// Chains after which a long verification says how far it is.
const ALIVE: usize = 10_000;

/// The ends of all chains at one moment, signed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignedHead {
    /// `cleanbill.audit-head/1`.
    pub schema: String,
    /// When, in milliseconds since 1970.
    pub at_ms: i64,
    /// The ends, in the order of the chains' names.
    pub chains: Vec<Head>,
    /// Ed25519, base64.
    pub public_key: String,
    /// Over the canonical JSON of the rest, base64.
    pub signature: String,
}

impl SignedHead {
    fn text(at_ms: i64, chains: &[Head], public_key: &str) -> String {
        canonical(&json!({
            "schema": SCHEMA, "at_ms": at_ms, "chains": chains, "public_key": public_key,
        }))
    }

    /// Whether it was signed by the holder of this public key and not changed since.
    pub fn is_by(&self, public_key: &str) -> bool {
        let text = Self::text(self.at_ms, &self.chains, &self.public_key);
        self.schema == SCHEMA
            && self.public_key == public_key
            && is_signed(&text, &self.signature, public_key)
    }
}

/// Writes down where every chain ends now.
///
/// # Errors
/// The store fails.
pub async fn head(
    store: &Store,
    key: &SigningKey,
    now_ms: i64,
) -> Result<SignedHead, WorkflowError> {
    let mut tx = store.db.read().await?;
    let chains = tx.heads().await?;
    let public_key = key.public();
    let signature = key.sign(&SignedHead::text(now_ms, &chains, &public_key));
    Ok(SignedHead {
        schema: SCHEMA.to_owned(),
        at_ms: now_ms,
        chains,
        public_key,
        signature,
    })
}

/// Something that is not as it was written.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Broken {
    /// The chain, by the invoice's number where it is known.
    pub chain: String,
    /// What.
    pub what: String,
}

/// What was looked at, and what is wrong with it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Verified {
    /// Chains.
    pub chains: usize,
    /// Their events.
    pub events: usize,
    /// Documents that are named in events.
    pub documents: usize,
    /// Those of them that are gone by a rule of retention, and what was decided.
    pub purged: Vec<(String, Purged)>,
    /// What is wrong; nothing if all is well.
    pub broken: Vec<Broken>,
}

/// Computes everything again: chains, states, documents, and what a saved head says.
///
/// # Errors
/// The store fails. What was tampered with is no error but stands in [`Verified::broken`].
pub async fn verify(store: &Store, saved: Option<&SignedHead>) -> Result<Verified, WorkflowError> {
    let mut tx = store.db.read().await?;
    let mut done = Verified::default();
    let mut rows: BTreeMap<String, InvoiceRow> = BTreeMap::new();
    for row in tx.invoices(&Filter::default()).await? {
        rows.insert(row.id.clone(), row);
    }
    let nobody = tx.people().await?.is_empty();
    let mut items: BTreeMap<String, Vec<ReviewRow>> = BTreeMap::new();
    for item in tx.review_items(&ReviewFilter::default()).await? {
        items.entry(item.invoice.clone()).or_default().push(item);
    }
    let mut chains: BTreeSet<String> = tx.chains().await?.into_iter().collect();
    let mut heads: BTreeMap<&str, &Head> = BTreeMap::new();
    for head in saved.iter().flat_map(|s| &s.chains) {
        heads.insert(&head.chain, head);
        chains.insert(head.chain.clone());
    }
    chains.extend(rows.keys().cloned());
    if !tx.retention().await?.is_empty() {
        chains.insert(KEEPING.to_owned());
    }
    // Without people there is no store that was ever used.
    if !nobody {
        chains.insert(PEOPLE.to_owned());
    }
    let keeping = tx.events(KEEPING).await?;
    let kept = Kept::of(&keeping).unwrap_or_default();
    let rules: BTreeMap<String, i64> = tx.retention().await?.into_iter().collect();
    let mut seen: BTreeMap<String, Option<String>> = BTreeMap::new();
    for chain in chains {
        if done.chains % ALIVE == 0 {
            tracing::info!(
                chains = done.chains,
                events = done.events,
                "verified so far"
            );
        }
        let events = tx.events(&chain).await?;
        done.chains += 1;
        done.events += events.len();
        let row = rows.get(&chain);
        let mut found = faults(&events, heads.get(chain.as_str()).copied());
        if found.is_empty() {
            found = if chain == PEOPLE {
                people::faults(&mut tx, &events).await?
            } else if chain == FIRM {
                Authority::of(&events).err().into_iter().collect()
            } else if chain == ACCOUNTS {
                paused_of(&events).err().into_iter().collect()
            } else if chain == READS {
                reading::faults(&events)
            } else if chain == KEEPING {
                keeping_faults(&events, &rules)
            } else {
                let kept = items.remove(&chain).unwrap_or_default();
                let mut found = invoice_faults(&events, row);
                found.extend(review_faults(&events, &chain, kept));
                found.extend(replaces_fault(&events, tx.replaces(&chain).await?));
                found.extend(money_faults(&mut tx, &events, &chain).await?);
                found
            };
        }
        let named: Vec<String> = match chain.as_str() {
            PEOPLE | READS => Vec::new(),
            KEEPING => kept.reasons.clone(),
            _ => {
                let facts = events.iter().filter_map(|e| Facts::of(e).ok());
                facts
                    .flat_map(|f| f.documents().map(str::to_owned).collect::<Vec<_>>())
                    .collect()
            }
        };
        for document in named {
            let purged = kept.documents.get(&document);
            let gone = || !matches!(store.documents.has(&document), Ok(true));
            if let Some(purged) = purged
                && gone()
            {
                if seen.insert(document.clone(), None).is_none() {
                    done.purged.push((document, purged.clone()));
                }
                continue;
            }
            let fault = seen
                .entry(document)
                .or_insert_with_key(|d| store.documents.get(d).err().map(|e| e.to_string()));
            found.extend(fault.clone());
        }
        found.dedup();
        let name = row.map_or_else(
            || chain.clone(),
            |r| format!("invoice {} ({chain})", r.number),
        );
        done.broken.extend(found.into_iter().map(|what| Broken {
            chain: name.clone(),
            what,
        }));
    }
    done.documents = seen.len();
    Ok(done)
}

/// The first break of a chain, and where it departs from a saved head.
pub(super) fn faults(events: &[Event], saved: Option<&Head>) -> Vec<String> {
    let mut last = None;
    for event in events {
        if let Some(fault) = event.fault(last) {
            return vec![fault];
        }
        last = Some(event);
    }
    let Some(saved) = saved else {
        return Vec::new();
    };
    let have = i64::try_from(events.len()).unwrap_or(i64::MAX);
    if have < saved.seq {
        return vec![format!(
            "it has {have} events, but had {} when the head was signed: the last were dropped",
            saved.seq
        )];
    }
    let then = events.iter().find(|e| e.seq == saved.seq);
    if then.is_none_or(|e| e.hash != saved.hash) {
        return vec![format!(
            "event {} is not the one of the signed head: the chain was written anew",
            saved.seq
        )];
    }
    Vec::new()
}

/// Where an invoice is not what its events make it.
pub(super) fn invoice_faults(events: &[Event], row: Option<&InvoiceRow>) -> Vec<String> {
    let mut made = None;
    for event in events {
        match apply(made, event) {
            Ok(next) => made = Some(next),
            Err(fault) => return vec![fault],
        }
    }
    match (&made, row) {
        (None, _) => vec!["the invoice has no events".to_owned()],
        (Some(_), None) => vec!["the invoice is missing, its events are there".to_owned()],
        (Some(made), Some(row)) if made == row => Vec::new(),
        (Some(made), Some(row)) => vec![difference(&json!(made), &json!(row))],
    }
}

/// Where what waits for somebody is not what the events make it.
fn review_faults(events: &[Event], invoice: &str, mut kept: Vec<ReviewRow>) -> Option<String> {
    let made = match Review::of(events) {
        Ok(review) => review.rows(invoice),
        Err(fault) => return Some(fault),
    };
    kept.sort();
    let differs = |id: &str| format!("{id} is not what its events say: a request or write-down");
    let own = made.iter().find(|row| !kept.contains(row));
    let foreign = kept.iter().find(|row| !made.contains(row));
    own.or(foreign).map(|row| differs(&row.id))
}

/// Where the invoice stands in another's place than its events say.
fn replaces_fault(events: &[Event], kept: Option<String>) -> Option<String> {
    let facts = events.iter().rev().filter_map(|e| Facts::of(e).ok());
    let made = facts.filter_map(|f| f.replaces).next();
    (made != kept).then(|| "in whose place it stands is not what its events say".to_owned())
}

/// Where reductions, appeals, payments and reminders are not what the events make them.
async fn money_faults(
    tx: &mut Tx,
    events: &[Event],
    invoice: &str,
) -> Result<Option<String>, WorkflowError> {
    let ledger = match Ledger::of(events) {
        Ok(ledger) => ledger,
        Err(fault) => return Ok(Some(fault)),
    };
    let reminders = tx.reminders(Some(invoice), &None).await?;
    let invoice = Some(invoice.to_owned());
    let reductions = ReductionFilter {
        invoice: invoice.clone(),
        ..ReductionFilter::default()
    };
    let appeals = AppealFilter {
        invoice: invoice.clone(),
        ..AppealFilter::default()
    };
    let payments = PaymentFilter {
        invoice,
        ..PaymentFilter::default()
    };
    Ok(ledger.fault(
        &tx.reductions(&reductions).await?,
        &tx.appeals(&appeals).await?,
        &tx.payments(&payments).await?,
        &reminders,
    ))
}

/// Where the rules of retention are not what was decided.
fn keeping_faults(events: &[Event], rules: &BTreeMap<String, i64>) -> Vec<String> {
    match Kept::of(events) {
        Err(fault) => vec![fault],
        Ok(kept) if kept.rules == *rules => Vec::new(),
        Ok(kept) => vec![difference(&json!(kept.rules), &json!(rules))],
    }
}

/// The first value that differs.
pub(super) fn difference(made: &serde_json::Value, row: &serde_json::Value) -> String {
    let empty = serde_json::Map::new();
    let (made, row) = (made.as_object(), row.as_object());
    let (made, row) = (made.unwrap_or(&empty), row.unwrap_or(&empty));
    let keys: BTreeSet<&String> = made.keys().chain(row.keys()).collect();
    let null = serde_json::Value::Null;
    let of = |map: &serde_json::Map<String, serde_json::Value>, key: &str| {
        map.get(key).unwrap_or(&null).to_string()
    };
    keys.into_iter()
        .find(|key| of(made, key) != of(row, key))
        .map_or_else(String::new, |key| {
            format!(
                "{key} is {}, its events make it {}",
                of(row, key),
                of(made, key)
            )
        })
}
