//! The proof for one invoice: what left, when, through which account, what came back, and that all of it is as it was
//! written.

use super::package::alone;
use crate::store::{Event, StoreError, sha256};
use crate::workflow::audit::{faults, invoice_faults};
use crate::workflow::desk::Desk;
use crate::workflow::keeping::{KEEPING, Kept};
use crate::workflow::permits::Act;
use crate::workflow::projection::Facts;
use crate::workflow::refusal::WorkflowError;
use crate::workflow::table::Step;
use chrono::{DateTime, SecondsFormat};
use schemars::JsonSchema;
use serde::Serialize;

/// Whether a document can still be looked at.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum StillKept {
    /// It is there, and its hash is the one that was written.
    Kept,
    /// Its time was over; its hash stays.
    Purged,
    /// It is gone or altered.
    Missing,
}

/// Something a portal said of an attempt, or a person found out.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, JsonSchema)]
pub struct ProofAnswer {
    /// When it was written down, RFC 3339.
    pub at: String,
    /// By whom.
    pub by: String,
    /// The step that was taken.
    pub step: String,
    /// The portal's word.
    pub word: Option<String>,
    /// The portal's id of the invoice.
    pub portal_id: Option<String>,
    /// SHA-256 of the answer as it is kept, or of the person's reason.
    pub sha256: Option<String>,
    /// Whether it is.
    pub kept: Option<StillKept>,
}

/// One attempt to send.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, JsonSchema)]
pub struct ProofAttempt {
    /// Its id.
    pub attempt: String,
    /// The account.
    pub account: String,
    /// The invoice's version.
    pub version: i64,
    /// Who approved this version for sending.
    pub cleared_by: Option<String>,
    /// When it was written down that the sending begins, RFC 3339: before the first byte left.
    pub began: String,
    /// By whom.
    pub by: String,
    /// SHA-256 of the file that was cleared.
    pub cleared: String,
    /// SHA-256 of the file as it left; nothing where it could not be made.
    pub sent: Option<String>,
    /// Whether that file is still kept.
    pub kept: Option<StillKept>,
    /// What was heard of it, in order.
    pub answers: Vec<ProofAnswer>,
}

/// The proof for one invoice.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, JsonSchema)]
pub struct Proof {
    /// The invoice's id, which names its chain.
    pub invoice: String,
    /// INVOICE_NUMBER.
    pub number: String,
    /// CLIENT_ID.
    pub client: String,
    /// Where it stands.
    pub state: String,
    /// How many events its chain has.
    pub events: usize,
    /// Hash of the last, which binds all before it.
    pub head: String,
    /// Attempts, in order.
    pub attempts: Vec<ProofAttempt>,
    /// SHA-256 of the last answer heard, where it changed nothing.
    pub heard_since: Option<String>,
    /// What is not as it was written; nothing if all is well.
    pub broken: Vec<String>,
}

fn instant(ms: i64) -> String {
    DateTime::from_timestamp_millis(ms).map_or_else(
        || ms.to_string(),
        |at| at.to_rfc3339_opts(SecondsFormat::Millis, true),
    )
}

impl Desk<'_> {
    /// The proof for one invoice, everything in it computed again.
    ///
    /// # Errors
    /// Not allowed, no such invoice, or the store fails. What was altered stands in [`Proof::broken`].
    pub async fn proof(&self, named: &str) -> Result<Proof, WorkflowError> {
        self.may(Act::Read)?;
        let mut tx = self.store.db.read().await?;
        let row = self.find(&mut tx, named).await?;
        let events = tx.events(&row.id).await?;
        let purged = Kept::of(&tx.events(KEEPING).await?).unwrap_or_default();
        let mut broken = faults(&events, None);
        if broken.is_empty() {
            broken = invoice_faults(&events, Some(&row));
        }
        let kept = |hash: &str| match self.store.documents.get(hash) {
            Ok(_) => StillKept::Kept,
            Err(_) if purged.documents.contains_key(hash) => StillKept::Purged,
            Err(_) => StillKept::Missing,
        };
        let mut attempts: Vec<ProofAttempt> = Vec::new();
        let mut cleared: Option<(String, Facts)> = None;
        for event in &events {
            let facts = Facts::of(event).map_err(StoreError::Unreadable)?;
            match Step::named(&event.step) {
                Some(Step::Clear) => cleared = Some((event.actor.clone(), facts)),
                Some(Step::Send) => {
                    let attempt = begun(event, facts, cleared.as_ref(), &kept);
                    broken.extend(self.not_what_was_cleared(&row.number, &attempt, &cleared));
                    attempts.push(attempt);
                }
                _ => {
                    let of = |a: &&mut ProofAttempt| Some(&a.attempt) == facts.attempt.as_ref();
                    if let Some(attempt) = attempts.iter_mut().rev().find(of) {
                        attempt.answers.push(answer(event, facts, &kept));
                    }
                }
            }
        }
        let submission = tx.submission(&super::id_of(&row)).await?;
        let named_in = |hash: &String| {
            let all = attempts.iter().flat_map(|a| &a.answers);
            all.filter_map(|a| a.sha256.as_ref()).any(|h| h == hash)
        };
        let heard_since = submission.and_then(|s| s.answer).filter(|h| !named_in(h));
        for attempt in &attempts {
            let gone = Some(StillKept::Missing);
            if attempt.kept == gone {
                broken.push(format!(
                    "the file of attempt {} is gone or altered",
                    attempt.attempt
                ));
            }
            for answer in attempt.answers.iter().filter(|a| a.kept == gone) {
                let at = &answer.at;
                broken.push(format!("what was heard at {at} is gone or altered"));
            }
        }
        Ok(Proof {
            invoice: row.id,
            number: row.number,
            client: row.client,
            state: row.state,
            events: events.len(),
            head: row.head,
            attempts,
            heard_since,
            broken,
        })
    }

    /// Where what left is not the file that was cleared, or its part of one with several invoices.
    fn not_what_was_cleared(
        &self,
        number: &str,
        attempt: &ProofAttempt,
        cleared: &Option<(String, Facts)>,
    ) -> Option<String> {
        let name = &attempt.attempt;
        let approved = cleared.as_ref().and_then(|(_, f)| f.document.as_ref());
        if approved != Some(&attempt.cleared) {
            return Some(format!("attempt {name}: another file was cleared"));
        }
        let sent = attempt.sent.as_ref().filter(|s| **s != attempt.cleared)?;
        // Purged, nothing can be compared any more.
        let whole = self.store.documents.get(&attempt.cleared).ok()?;
        let part = alone(number, whole).ok().map(|bytes| sha256(&bytes));
        let other = part.as_ref() != Some(sent);
        other.then(|| format!("attempt {name}: what left is not what was cleared"))
    }
}

fn begun(
    event: &Event,
    facts: Facts,
    cleared: Option<&(String, Facts)>,
    kept: &impl Fn(&str) -> StillKept,
) -> ProofAttempt {
    ProofAttempt {
        attempt: facts.attempt.unwrap_or_default(),
        account: facts.account.unwrap_or_default(),
        version: facts.version.unwrap_or_default(),
        cleared_by: cleared.map(|(by, _)| by.clone()),
        began: instant(event.at_ms),
        by: event.actor.clone(),
        cleared: facts.document.unwrap_or_default(),
        kept: facts.sent.as_deref().map(kept),
        sent: facts.sent,
        answers: Vec::new(),
    }
}

fn answer(event: &Event, facts: Facts, kept: &impl Fn(&str) -> StillKept) -> ProofAnswer {
    let sha256 = facts.answer.or(facts.reason);
    ProofAnswer {
        at: instant(event.at_ms),
        by: event.actor.clone(),
        step: event.step.clone(),
        word: facts.word,
        portal_id: facts.portal_id,
        kept: sha256.as_deref().map(kept),
        sha256,
    }
}
