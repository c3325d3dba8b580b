//! Everything about one invoice, as those who decide on it see it.

use super::record::Review;
use crate::model::{Finding, Level};
use crate::store::{Event, InvoiceRow, StoreError, Tx, canonical, sha256};
use crate::workflow::desk::Desk;
use crate::workflow::intake::KeptReport;
use crate::workflow::permits::Act;
use crate::workflow::projection::Facts;
use crate::workflow::refusal::WorkflowError;
use crate::workflow::table::Step;
use serde_json::json;
use std::collections::BTreeMap;

/// Everything about one invoice.
pub struct Story {
    /// As it stands.
    pub row: InvoiceRow,
    /// What the check says of this version.
    pub report: KeptReport,
    /// Findings of this version that were set aside.
    pub overrides: Vec<StoryOverride>,
    /// Requests, write-downs, attachments, comments and approvals.
    pub review: Review,
    /// What was asked, answered and commented, and why what happened did, by SHA-256.
    pub texts: BTreeMap<String, Vec<u8>>,
    /// What happened, from the beginning.
    pub events: Vec<Event>,
}

/// A finding that was set aside and still says the same.
pub struct StoryOverride {
    /// The finding's fingerprint.
    pub fingerprint: String,
    /// Who.
    pub by: String,
    /// When, in milliseconds since 1970.
    pub at_ms: i64,
    /// Why.
    pub reason: String,
}

impl Story {
    /// A kept text of this invoice; empty where there is none.
    pub fn text(&self, hash: &str) -> String {
        let bytes = self.texts.get(hash);
        bytes.map_or_else(String::new, |b| String::from_utf8_lossy(b).into_owned())
    }

    /// A kept text that was written as JSON.
    pub fn read<T: serde::de::DeserializeOwned>(&self, hash: &str) -> Option<T> {
        serde_json::from_slice(self.texts.get(hash)?).ok()
    }

    /// Findings that would bounce the invoice and that nobody has set aside.
    pub fn open(&self) -> impl Iterator<Item = &Finding> {
        self.report
            .findings()
            .filter(|f| f.level == Level::Reject && self.override_of(f).is_none())
    }

    /// Who set a finding aside.
    pub fn override_of(&self, finding: &Finding) -> Option<&StoryOverride> {
        let same = |o: &&StoryOverride| o.fingerprint == finding.fingerprint;
        self.overrides.iter().find(same)
    }
}

/// What a finding says, its places left out: they move when lines above them change.
pub(super) fn said(finding: &Finding) -> String {
    let what = json!([
        finding.rule,
        finding.level.name(),
        finding.message,
        finding.at_risk.map(|a| a.normalize().to_string()),
        finding.fingerprint,
    ]);
    sha256(canonical(&what).as_bytes())
}

impl Desk<'_> {
    /// Everything about one invoice.
    ///
    /// # Errors
    /// Not allowed, no such invoice, or a document is missing.
    pub async fn story(&self, named: &str) -> Result<Story, WorkflowError> {
        self.may(Act::Read)?;
        let mut tx = self.store.db.read().await?;
        let row = self.find(&mut tx, named).await?;
        self.story_of(&mut tx, row).await
    }

    pub(in crate::workflow) async fn story_of(
        &self,
        tx: &mut Tx,
        row: InvoiceRow,
    ) -> Result<Story, WorkflowError> {
        let events = tx.events(&row.id).await?;
        if !self.store.documents.has(&row.report)? {
            self.not_purged(tx, &row).await?;
        }
        let report: KeptReport = serde_json::from_slice(&self.store.documents.get(&row.report)?)?;
        let mut texts: BTreeMap<String, Vec<u8>> = BTreeMap::new();
        for event in &events {
            let facts = Facts::of(event).map_err(StoreError::Unreadable)?;
            if let Some(hash) = facts.reason.filter(|hash| !texts.contains_key(hash)) {
                let words = self.store.documents.get(&hash)?;
                texts.insert(hash, words);
            }
        }
        let mut overrides: Vec<StoryOverride> = Vec::new();
        for event in events.iter().filter(|e| e.step == Step::Override.name()) {
            let facts = Facts::of(event).map_err(StoreError::Unreadable)?;
            let holds = report.findings().any(|f| Some(said(f)) == facts.finding);
            let (Some(fingerprint), Some(reason), true) = (facts.fingerprint, facts.reason, holds)
            else {
                continue;
            };
            let reason = texts.get(&reason).map(Vec::as_slice).unwrap_or_default();
            overrides.push(StoryOverride {
                fingerprint,
                by: event.actor.clone(),
                at_ms: event.at_ms,
                reason: String::from_utf8_lossy(reason).into_owned(),
            });
        }
        let review = Review::of(&events).map_err(StoreError::Unreadable)?;
        for hash in review.texts() {
            texts.insert(hash.to_owned(), self.store.documents.get(hash)?);
        }
        Ok(Story {
            row,
            report,
            overrides,
            review,
            texts,
            events,
        })
    }
}
