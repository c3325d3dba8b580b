//! Review and approval: findings are set aside with a reason, a partner clears, the firm withdraws.

use super::desk::{Desk, TRIES, not_from};
use super::intake::KeptReport;
use super::permits::Act;
use super::projection::Facts;
use super::refusal::{WorkflowError, refused};
use super::state::State;
use super::table::{Step, next};
use crate::model::{Finding, Level};
use crate::store::{Event, InvoiceRow, StoreError, Tx, canonical, sha256};
use serde_json::json;

/// Everything about one invoice.
pub struct Story {
    /// As it stands.
    pub row: InvoiceRow,
    /// What the check says of this version.
    pub report: KeptReport,
    /// Findings of this version that were set aside.
    pub overrides: Vec<StoryOverride>,
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
fn said(finding: &Finding) -> String {
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

    pub(super) async fn story_of(
        &self,
        tx: &mut Tx,
        row: InvoiceRow,
    ) -> Result<Story, WorkflowError> {
        let events = tx.events(&row.id).await?;
        if !self.store.documents.has(&row.report)? {
            self.not_purged(tx, &row).await?;
        }
        let report: KeptReport = serde_json::from_slice(&self.store.documents.get(&row.report)?)?;
        let mut overrides: Vec<StoryOverride> = Vec::new();
        for event in events.iter().filter(|e| e.step == Step::Override.name()) {
            let facts = Facts::of(event).map_err(StoreError::Unreadable)?;
            let holds = report.findings().any(|f| Some(said(f)) == facts.finding);
            let (Some(fingerprint), Some(reason), true) = (facts.fingerprint, facts.reason, holds)
            else {
                continue;
            };
            let reason = self.store.documents.get(&reason)?;
            overrides.push(StoryOverride {
                fingerprint,
                by: event.actor.clone(),
                at_ms: event.at_ms,
                reason: String::from_utf8_lossy(&reason).into_owned(),
            });
        }
        Ok(Story {
            row,
            report,
            overrides,
            events,
        })
    }

    /// Sets a finding aside. It counts again as soon as it says something else.
    ///
    /// # Errors
    /// Not allowed, no such finding, or no reason.
    pub async fn override_finding(
        &self,
        named: &str,
        fingerprint: &str,
        reason: &str,
    ) -> Result<Finding, WorkflowError> {
        self.may(Act::Step(Step::Override))?;
        let reason = self.reason(reason)?;
        for _ in 0..TRIES {
            match self.try_override(named, fingerprint, &reason).await {
                Err(WorkflowError::Store(StoreError::Conflict)) => {}
                done => return done,
            }
        }
        Err(StoreError::Conflict.into())
    }

    async fn try_override(
        &self,
        named: &str,
        fingerprint: &str,
        reason: &str,
    ) -> Result<Finding, WorkflowError> {
        let mut tx = self.store.db.write().await?;
        let row = self.find(&mut tx, named).await?;
        let story = self.story_of(&mut tx, row).await?;
        let fits = |f: &&Finding| fingerprint.len() >= 6 && f.fingerprint.starts_with(fingerprint);
        let found: Vec<&Finding> = story.report.findings().filter(fits).collect();
        let [finding] = found[..] else {
            return refused(format!(
                "{} findings of invoice {} have a fingerprint that begins with {fingerprint}; cleanbill show {0} prints them",
                found.len(),
                story.row.number
            ));
        };
        let finding = finding.clone();
        if let Some(known) = story.override_of(&finding) {
            return refused(format!(
                "{} has set this finding aside already: {}",
                known.by, known.reason
            ));
        }
        let facts = Facts {
            version: Some(story.row.version),
            fingerprint: Some(finding.fingerprint.clone()),
            finding: Some(said(&finding)),
            rule: Some(finding.rule.clone()),
            reason: Some(reason.to_owned()),
            ..Facts::default()
        };
        let id = story.row.id.clone();
        let row = self
            .step(&mut tx, Some(story.row), &id, Step::Override, &facts)
            .await?;
        tx.put_invoice(&row).await?;
        tx.commit().await?;
        Ok(finding)
    }

    /// Approves an invoice for sending. `document` is the hash of the file that was looked at, where it is known.
    ///
    /// # Errors
    /// Not allowed, prepared by the same person, findings that would bounce it are open, or the file is another by now.
    pub async fn clear(
        &self,
        named: &str,
        document: Option<&str>,
    ) -> Result<InvoiceRow, WorkflowError> {
        self.may(Act::Step(Step::Clear))?;
        for _ in 0..TRIES {
            match self.try_clear(named, document).await {
                Err(WorkflowError::Store(StoreError::Conflict)) => {}
                done => return done,
            }
        }
        Err(StoreError::Conflict.into())
    }

    async fn try_clear(
        &self,
        named: &str,
        document: Option<&str>,
    ) -> Result<InvoiceRow, WorkflowError> {
        let mut tx = self.store.db.write().await?;
        let row = self.find(&mut tx, named).await?;
        // Before anything that is wrong with the person or the file.
        if next(State::named(&row.state), Step::Clear).is_none() {
            return refused(not_from(Some(&row), Step::Clear));
        }
        if let Some(seen) = document
            && !(seen.len() >= 6 && row.document.starts_with(seen))
        {
            return refused(format!(
                "the file of invoice {} is {} by now (version {}), not {seen}; look at it again",
                row.number, row.document, row.version
            ));
        }
        let name = &self.person.name;
        if row.preparer == *name {
            return refused(format!(
                "{name} brought in version {} of invoice {}; another partner has to clear it",
                row.version, row.number
            ));
        }
        let story = self.story_of(&mut tx, row).await?;
        let number = &story.row.number;
        if let Some(own) = story.overrides.iter().find(|o| o.by == *name) {
            return refused(format!(
                "{name} set finding {} of invoice {number} aside; another partner has to clear it",
                own.fingerprint
            ));
        }
        let open: Vec<String> = story
            .open()
            .map(|f| format!("\n  {} {}: {}", f.fingerprint, f.rule, f.message))
            .collect();
        if !open.is_empty() {
            return refused(format!(
                "invoice {number} would bounce; correct it, or set these findings aside with cleanbill override:{}",
                open.concat()
            ));
        }
        let facts = Facts {
            version: Some(story.row.version),
            document: Some(story.row.document.clone()),
            report: Some(story.row.report.clone()),
            ..Facts::default()
        };
        let id = story.row.id.clone();
        let row = self
            .step(&mut tx, Some(story.row), &id, Step::Clear, &facts)
            .await?;
        tx.put_invoice(&row).await?;
        tx.commit().await?;
        Ok(row)
    }

    /// Takes an invoice back ([`Step::Withdraw`]) or takes back its clearance ([`Step::Reopen`]).
    ///
    /// # Errors
    /// Not allowed, not possible in its state, or no reason.
    pub async fn take_back(
        &self,
        named: &str,
        step: Step,
        reason: &str,
    ) -> Result<InvoiceRow, WorkflowError> {
        self.may(Act::Step(step))?;
        let reason = self.reason(reason)?;
        for _ in 0..TRIES {
            match self.try_take_back(named, step, &reason).await {
                Err(WorkflowError::Store(StoreError::Conflict)) => {}
                done => return done,
            }
        }
        Err(StoreError::Conflict.into())
    }

    async fn try_take_back(
        &self,
        named: &str,
        step: Step,
        reason: &str,
    ) -> Result<InvoiceRow, WorkflowError> {
        let mut tx = self.store.db.write().await?;
        let row = self.find(&mut tx, named).await?;
        let facts = Facts {
            version: Some(row.version),
            reason: Some(reason.to_owned()),
            ..Facts::default()
        };
        let id = row.id.clone();
        let row = self.step(&mut tx, Some(row), &id, step, &facts).await?;
        tx.put_invoice(&row).await?;
        tx.commit().await?;
        Ok(row)
    }

    /// Reasons may name clients and their affairs: they are kept as documents, their hash in the event.
    pub(super) fn reason(&self, reason: &str) -> Result<String, WorkflowError> {
        let reason = reason.trim();
        if reason.is_empty() {
            return refused("a reason is needed: --reason \"...\"");
        }
        Ok(self.store.documents.put(reason.as_bytes())?)
    }
}
