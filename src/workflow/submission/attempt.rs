//! One attempt: *sending* is written before the first byte leaves, what came of it after.

use super::answer::Heard;
use super::{Door, Parcel, status};
use crate::model::{Receipt, Submission};
use crate::portals::{Portal, PortalError};
use crate::store::{InvoiceRow, StoreError, Tx};
use crate::workflow::desk::Desk;
use crate::workflow::projection::Facts;
use crate::workflow::refusal::WorkflowError;
use crate::workflow::state::State;
use crate::workflow::table::Step;
use std::time::Duration;

/// The right to drive an account.
#[derive(Clone, Debug)]
pub(super) struct Lease {
    pub(super) account: String,
    pub(super) holder: String,
    pub(super) fence: i64,
}

/// What came of an attempt.
#[derive(Clone, Debug)]
pub(super) enum Went {
    /// The portal has it.
    Arrived,
    /// A person does the rest.
    ByHand,
    /// The portal refused it.
    Refused,
    /// Nothing was sent; again after so many milliseconds.
    Later { wait_ms: i64 },
    /// Nothing was sent, and nothing more can be through this account.
    Stopped { why: String },
    /// Nothing was sent: this invoice needs a person, others may go.
    NotThis,
    /// The outcome is unknown.
    InDoubt,
    /// Another process drives the account by now, or somebody took the invoice back.
    NotOurs,
}

impl Went {
    /// In words, for the log.
    fn words(&self) -> &'static str {
        match self {
            Self::Arrived => "the portal has it",
            Self::ByHand => "made ready for a person",
            Self::Refused => "the portal refused it",
            Self::Later { .. } => "not taken, again later",
            Self::Stopped { .. } => "not taken, and nothing more can be",
            Self::NotThis => "not sent, it needs a person",
            Self::InDoubt => "the outcome is unknown",
            Self::NotOurs => "not ours to send",
        }
    }
}

/// Until something is tried again that a person has to see to first, in milliseconds.
const FOR_A_PERSON_MS: i64 = 4 * 60 * 60 * 1000;
/// Between tries of an invoice that was not taken, in milliseconds.
const AGAIN_MS: i64 = 60_000;

impl Desk<'_> {
    /// Sends one parcel.
    pub(super) async fn attempt(
        &self,
        door: &Door,
        lease: &Lease,
        id: &str,
    ) -> Result<Went, WorkflowError> {
        let Some((parcel, submission)) = self.begin(door, lease, id).await? else {
            return Ok(Went::NotOurs);
        };
        let submission = match submission {
            Ok(submission) => submission,
            // Not a byte has left: what is wrong is on our side.
            Err(why) => {
                let error = PortalError::Setup(why.to_string());
                self.not_taken(&parcel, &error, None).await?;
                return Ok(Went::NotThis);
            }
        };
        let attempt = &submission.attempt;
        tracing::info!(account = door.name, attempt, "sending");
        let answer = door.portal.submit(&submission).await;
        let went = match self.said_twice(door, &parcel, &answer).await? {
            Some(went) => went,
            None => self.after(&parcel, answer).await?,
        };
        tracing::info!(account = door.name, attempt, "{}", went.words());
        Ok(went)
    }

    /// Writes that the sending begins. `None` where it may not.
    async fn begin(
        &self,
        door: &Door,
        lease: &Lease,
        id: &str,
    ) -> Result<Option<(Parcel, Result<Submission, WorkflowError>)>, WorkflowError> {
        again!(self.try_begin(door, lease, id))
    }

    async fn try_begin(
        &self,
        door: &Door,
        lease: &Lease,
        id: &str,
    ) -> Result<Option<(Parcel, Result<Submission, WorkflowError>)>, WorkflowError> {
        let mut tx = self.store.db.write().await?;
        let now = (self.clock)();
        let ours = tx
            .holds_lease(&lease.account, &lease.holder, lease.fence, now)
            .await?;
        let row = tx.submission(id).await?;
        let Some(mut row) = row.filter(|r| ours && r.status == status::WAITING) else {
            return Ok(None);
        };
        // Whoever paused the account may count on it from that moment on.
        if tx.pause_of(&lease.account).await?.is_some() {
            return Ok(None);
        }
        let Some(invoice) = tx.invoice(&row.invoice).await? else {
            return Ok(None);
        };
        if invoice.version != row.version || invoice.state != State::Queued.name() {
            // Withdrawn, or replaced by a new version, since it was queued.
            row.status = status::DONE.to_owned();
            row.note = format!("not sent: the invoice is {} by now", invoice.state);
            row.changed_ms = now;
            tx.put_submission(&row).await?;
            tx.commit().await?;
            return Ok(None);
        }
        row.attempts += 1;
        let attempt = format!("{id}-{}", row.attempts);
        row.attempt = Some(attempt.clone());
        row.status = status::SENDING.to_owned();
        row.sent_ms = Some(now);
        row.changed_ms = now;
        row.note.clear();
        let mut parcel = Parcel {
            submission: row,
            invoice,
        };
        let submission = self
            .package(&mut tx, &door.dialect, &parcel, &attempt)
            .await;
        let sent = match &submission {
            Ok(submission) => Some(self.keep(&tx, &submission.bytes)?),
            Err(_) => None,
        };
        let row = &mut parcel.submission;
        row.sent.clone_from(&sent);
        if let Ok(submission) = &submission {
            row.file_name.clone_from(&submission.file_name);
        }
        let invoice = parcel.invoice.clone();
        let facts = Facts {
            version: Some(invoice.version),
            document: Some(invoice.document.clone()),
            sent,
            account: Some(row.account.clone()),
            attempt: Some(attempt.clone()),
            ..Facts::default()
        };
        let chain = invoice.id.clone();
        parcel.invoice = self
            .step(&mut tx, Some(invoice), &chain, Step::Send, &facts)
            .await?;
        tx.put_invoice(&parcel.invoice).await?;
        tx.put_submission(&parcel.submission).await?;
        tx.commit().await?;
        Ok(Some((parcel, submission)))
    }

    /// Writes what came of an attempt.
    pub(super) async fn after(
        &self,
        parcel: &Parcel,
        answer: Result<Receipt, PortalError>,
    ) -> Result<Went, WorkflowError> {
        match answer {
            Ok(receipt) if receipt.by_hand => {
                let heard = Heard::of(&receipt.evidence, "made ready for a person");
                self.take_step(parcel, Step::LoseSight, &heard, |row| {
                    row.status = status::BY_HAND.to_owned();
                    row.note = receipt.remarks.join("; ");
                })
                .await?;
                Ok(Went::ByHand)
            }
            Ok(receipt) => {
                let mut heard = Heard::of(&receipt.evidence, "taken");
                heard.portal_id.clone_from(&receipt.portal_id);
                self.arrived(parcel, &heard).await?;
                Ok(Went::Arrived)
            }
            Err(PortalError::Refused {
                remarks,
                portal_id,
                evidence,
            }) => {
                let mut heard = Heard::of(&evidence, "refused");
                heard.portal_id = portal_id;
                heard.remarks = remarks;
                self.take_step(parcel, Step::Reject, &heard, |row| {
                    row.status = status::REFUSED.to_owned();
                })
                .await?;
                Ok(Went::Refused)
            }
            Err(error) if error.leaves_doubt() => {
                let heard = match &error {
                    PortalError::Unexpected { evidence, .. } => Heard::of(evidence, "unexpected"),
                    _ => Heard::default(),
                };
                let note = error.to_string();
                self.take_step(parcel, Step::LoseSight, &heard, |row| {
                    row.status = status::IN_DOUBT.to_owned();
                    row.note = note.clone();
                })
                .await?;
                Ok(Went::InDoubt)
            }
            Err(error) => {
                let wait = match &error {
                    PortalError::Busy {
                        retry_after: Some(wait),
                    } => Some(*wait),
                    _ => None,
                };
                let wait_ms = self.not_taken(parcel, &error, wait).await?;
                Ok(match error {
                    PortalError::Credentials(why) => Went::Stopped { why },
                    PortalError::Setup(_) => Went::NotThis,
                    _ => Went::Later { wait_ms },
                })
            }
        }
    }

    /// Nothing was taken, and that is certain: back into the queue.
    async fn not_taken(
        &self,
        parcel: &Parcel,
        error: &PortalError,
        wait: Option<Duration>,
    ) -> Result<i64, WorkflowError> {
        let doubled = AGAIN_MS << parcel.submission.attempts.clamp(1, 6);
        let asked = wait.and_then(|w| i64::try_from(w.as_millis()).ok());
        let wait_ms = if error.stops_the_account() {
            FOR_A_PERSON_MS
        } else {
            asked.unwrap_or(doubled)
        };
        let note = error.to_string();
        self.take_step(parcel, Step::NeverArrived, &Heard::default(), |row| {
            row.status = status::WAITING.to_owned();
            row.note.clone_from(&note);
            row.next_ms = row.changed_ms.saturating_add(wait_ms);
        })
        .await?;
        Ok(wait_ms)
    }

    /// The portal has it.
    pub(super) async fn arrived(
        &self,
        parcel: &Parcel,
        heard: &Heard,
    ) -> Result<InvoiceRow, WorkflowError> {
        self.take_step(parcel, Step::Arrive, heard, |row| {
            row.status = status::SENT.to_owned();
            row.note.clear();
            row.asked = 0;
            row.next_ms = row.changed_ms.saturating_add(super::follow::after(0));
        })
        .await
    }

    /// Takes a step of a parcel with what was heard, and changes its row, in one transaction. Nothing is written where
    /// another attempt was begun since.
    pub(super) async fn take_step(
        &self,
        parcel: &Parcel,
        step: Step,
        heard: &Heard,
        change: impl Fn(&mut crate::store::SubmissionRow),
    ) -> Result<InvoiceRow, WorkflowError> {
        let answer = heard.kept()?;
        again!(self.try_step(parcel, step, heard, answer.as_deref(), &change))
    }

    async fn try_step(
        &self,
        parcel: &Parcel,
        step: Step,
        heard: &Heard,
        answer: Option<&[u8]>,
        change: &impl Fn(&mut crate::store::SubmissionRow),
    ) -> Result<InvoiceRow, WorkflowError> {
        let mut tx: Tx = self.store.db.write().await?;
        let id = &parcel.submission.id;
        let (Some(mut row), Some(invoice)) = (
            tx.submission(id).await?,
            tx.invoice(&parcel.invoice.id).await?,
        ) else {
            let why = format!("submission {id} is gone");
            return Err(StoreError::Unreadable(why).into());
        };
        if row.attempt != parcel.submission.attempt {
            let why = format!("submission {id} is at another attempt by now");
            return Err(StoreError::Unreadable(why).into());
        }
        row.changed_ms = (self.clock)();
        if heard.portal_id.is_some() {
            row.portal_id.clone_from(&heard.portal_id);
        }
        let answer = answer.map(|bytes| self.keep(&tx, bytes)).transpose()?;
        if answer.is_some() {
            row.answer.clone_from(&answer);
        }
        let reason = heard.reason.as_ref();
        let reason = reason.map(|r| self.keep(&tx, r.as_bytes())).transpose()?;
        change(&mut row);
        self.note_unknown_reasons(&mut tx, &row.invoice, heard)
            .await?;
        let facts = Facts {
            version: Some(row.version),
            account: Some(row.account.clone()),
            attempt: row.attempt.clone(),
            portal_id: row.portal_id.clone(),
            answer,
            reason,
            word: heard.word.clone(),
            ..heard.facts.clone()
        };
        let chain = invoice.id.clone();
        let mut invoice = self
            .step(&mut tx, Some(invoice), &chain, step, &facts)
            .await?;
        if let (Some(report), Some(answer)) = (&heard.report, &facts.answer)
            && invoice.version == row.version
        {
            invoice = self.book(&mut tx, invoice, report, answer).await?;
        }
        if step == Step::Arrive {
            self.appeal_arrived(&mut tx, &invoice).await?;
        }
        tx.put_invoice(&invoice).await?;
        tx.put_submission(&row).await?;
        tx.commit().await?;
        Ok(invoice)
    }
}
