//! Refused invoices: why, how often, and how far their correction is. There is no appeal against a refusal.

use super::reasons::Meant;
use crate::revise::line::lines;
use crate::store::{InvoiceRow, SubmissionFilter, SubmissionRow, Tx};
use crate::workflow::desk::Desk;
use crate::workflow::permits::Act;
use crate::workflow::refusal::{WorkflowError, refused};
use crate::workflow::state::State;
use crate::workflow::submission::status;
use chrono::NaiveDate;
use serde::Serialize;
use std::collections::BTreeMap;

/// Invoices that follow one another are looked through this far.
const MOST_TRIES: usize = 32;

/// How far a correction is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// Nothing was done yet.
    Refused,
    /// A corrected version, or an invoice of a new number, is being worked on.
    InCorrection,
    /// It is cleared and can be resubmitted.
    Cleared,
}

/// A refused invoice.
#[derive(Clone, Debug, Serialize)]
pub struct Rejection {
    /// The invoice.
    pub row: InvoiceRow,
    /// The attempt that was refused.
    pub submission: SubmissionRow,
    /// How far its correction is.
    pub stage: Stage,
    /// Why it was refused.
    pub causes: Vec<Meant>,
    /// How often it was refused, those in whose place it stands included.
    pub tries: usize,
    /// The number of the invoice in whose place it stands.
    pub original: Option<String>,
    /// The number of the invoice in its place.
    pub replaced_by: Option<String>,
    /// The first day any of its lines is of.
    pub oldest_line: Option<NaiveDate>,
}

/// A corrected invoice that may go again.
#[derive(Clone, Debug)]
pub struct Correction {
    /// As it stands.
    pub row: InvoiceRow,
    /// The account that refused it.
    pub account: String,
    /// The number that was refused; its own where it goes under the same.
    pub refused: String,
}

impl Desk<'_> {
    /// Refused invoices that are not at the portal again, of clients this person serves; the longest refused first.
    ///
    /// # Errors
    /// Not allowed, or the store fails.
    pub async fn rejections(&self) -> Result<Vec<Rejection>, WorkflowError> {
        self.may(Act::Read)?;
        let mut tx = self.store.db.read().await?;
        let filter = SubmissionFilter {
            status: Some(status::REFUSED),
            ..SubmissionFilter::default()
        };
        let mut last: BTreeMap<String, SubmissionRow> = BTreeMap::new();
        for row in tx.submissions(&filter).await? {
            let before = last.get(&row.invoice).map_or(0, |b| b.version);
            if row.version > before {
                last.insert(row.invoice.clone(), row);
            }
        }
        let mut all = Vec::new();
        for submission in last.into_values() {
            let Some(row) = tx.invoice(&submission.invoice).await? else {
                continue;
            };
            if self.person.serves(&row.client)
                && let Some(rejection) = self.rejection_of(&mut tx, row, submission).await?
            {
                all.push(rejection);
            }
        }
        all.sort_by_key(|r| r.submission.changed_ms);
        Ok(all)
    }

    /// One refused invoice.
    ///
    /// # Errors
    /// Not allowed, no such invoice, or it was not refused.
    pub async fn rejection(&self, named: &str) -> Result<Rejection, WorkflowError> {
        self.may(Act::Read)?;
        let mut tx = self.store.db.read().await?;
        let row = self.find(&mut tx, named).await?;
        let sent = self.sent(&mut tx, &row).await?;
        let found = match sent.into_iter().find(|s| s.status == status::REFUSED) {
            Some(submission) => self.rejection_of(&mut tx, row.clone(), submission).await?,
            None => None,
        };
        match found {
            Some(rejection) => Ok(rejection),
            None => refused(format!(
                "invoice {} is {}: nothing refused waits to be corrected",
                row.number, row.state
            )),
        }
    }

    /// The file of a refused invoice as it stands here.
    ///
    /// # Errors
    /// Not allowed, or the document is missing.
    pub fn file_of(&self, row: &InvoiceRow) -> Result<Vec<u8>, WorkflowError> {
        self.may(Act::Read)?;
        Ok(self.store.documents.get(&row.document)?)
    }

    async fn rejection_of(
        &self,
        tx: &mut Tx,
        row: InvoiceRow,
        submission: SubmissionRow,
    ) -> Result<Option<Rejection>, WorkflowError> {
        let sent = self.sent(tx, &row).await?;
        let again = sent.iter().any(|s| s.version > submission.version);
        let stage = |state: &str, version: i64| match State::named(state) {
            Some(State::Rejected) if version == submission.version => Some(Stage::Refused),
            Some(State::Draft | State::Checked | State::InReview | State::ActionRequired) => {
                Some(Stage::InCorrection)
            }
            Some(State::Cleared) => Some(Stage::Cleared),
            _ => None,
        };
        if again {
            return Ok(None);
        }
        let Some(mut stage_now) = stage(&row.state, row.version) else {
            return Ok(None);
        };
        let mut replaced_by = None;
        for id in tx.replaced_by(&row.id).await? {
            let Some(other) = tx.invoice(&id).await? else {
                continue;
            };
            // It was at the portal in its place: what came of it there, or that it was given up, is told of itself.
            let went = self.sent(tx, &other).await?;
            if went
                .iter()
                .any(|s| [status::SENT, status::REFUSED].contains(&s.status.as_str()))
            {
                return Ok(None);
            }
            if State::named(&other.state) == Some(State::Withdrawn) {
                continue;
            }
            match stage(&other.state, 0) {
                Some(further) => stage_now = further,
                // It is on its way: the work is done.
                None => return Ok(None),
            }
            replaced_by = Some(other.number);
        }
        let mut tries = sent.iter().filter(|s| s.status == status::REFUSED).count();
        let mut original = None;
        let mut at = row.id.clone();
        for _ in 0..MOST_TRIES {
            let Some(before) = tx.replaces(&at).await? else {
                break;
            };
            let Some(before) = tx.invoice(&before).await? else {
                break;
            };
            let refused = self.sent(tx, &before).await?;
            tries += refused
                .iter()
                .filter(|s| s.status == status::REFUSED)
                .count();
            original.get_or_insert(before.number);
            at = before.id;
        }
        let bytes = self.store.documents.get(&row.document)?;
        let oldest = lines(&bytes, &row.number).map(|all| all.iter().filter_map(|l| l.date).min());
        Ok(Some(Rejection {
            causes: self.reasons_heard(tx, &row).await?,
            oldest_line: oldest.unwrap_or(None),
            row,
            submission,
            stage: stage_now,
            tries,
            original,
            replaced_by,
        }))
    }

    /// The correction of a refused invoice that may go again, and what was refused: the same invoice where it goes under the
    /// same number.
    ///
    /// # Errors
    /// Not allowed, no such invoice, not cleared, or nothing of it was refused.
    pub async fn correction(&self, named: &str) -> Result<Correction, WorkflowError> {
        self.may(Act::Read)?;
        let mut tx = self.store.db.read().await?;
        let row = self.find(&mut tx, named).await?;
        let Some(before) = self.refused_before(&mut tx, &row).await? else {
            return refused(format!(
                "nothing that invoice {} follows was refused; send it with submit, or say with intake --replaces which it \
                 replaces",
                row.number
            ));
        };
        let state = State::named(&row.state);
        if !matches!(state, Some(State::Cleared | State::Queued)) {
            return refused(format!(
                "invoice {} is {}: a corrected version has to be cleared before it goes again",
                row.number, row.state
            ));
        }
        let refused = match before.invoice == row.id {
            true => row.number.clone(),
            false => {
                let first = tx.invoice(&before.invoice).await?;
                first.map_or_else(String::new, |i| i.number)
            }
        };
        Ok(Correction {
            row,
            account: before.account,
            refused,
        })
    }
}
