//! A new version made here: the file with a line changed, checked again.

use crate::check::{Checked, Checker};
use crate::model::Finding;
use crate::revise::fix::{Entry, Signed};
use crate::revise::line::{LineChange, LineText, Revised, line, lines, revise};
use crate::store::{InvoiceRow, StoreError, Tx, canonical, sha256};
use crate::workflow::desk::Desk;
use crate::workflow::intake::{Arrival, KeptReport, candidate};
use crate::workflow::memory::Memory;
use crate::workflow::projection::Facts;
use crate::workflow::refusal::{WorkflowError, refused};
use crate::workflow::table::Step;
use std::collections::BTreeSet;
use std::sync::Arc;

/// A file with a line changed, and what the check says of it.
pub(super) struct Draft {
    pub(super) revised: Revised,
    content: String,
    report: Vec<u8>,
    facts: Facts,
    /// Findings on the line, or on those that stand in its place.
    pub(super) findings: Vec<Finding>,
}

/// SHA-256 of what a line says.
pub(super) fn mark(line: &LineText) -> Result<String, WorkflowError> {
    let value = serde_json::to_value(line)?;
    Ok(sha256(canonical(&value).as_bytes()))
}

impl Desk<'_> {
    /// A line of the version that stands.
    pub(super) fn line_of(&self, row: &InvoiceRow, item: &str) -> Result<LineText, WorkflowError> {
        let bytes = self.store.documents.get(&row.document)?;
        line(&bytes, &row.number, item).or_else(|r| refused(r.0))
    }

    /// The line, if it still is what it was.
    pub(super) fn unchanged(
        &self,
        row: &InvoiceRow,
        item: &str,
        before: &str,
    ) -> Result<LineText, WorkflowError> {
        let text = self.line_of(row, item)?;
        if mark(&text)? == before {
            return Ok(text);
        }
        refused(format!(
            "line {item} of invoice {} is another in version {} than it was when this was asked for",
            row.number, row.version
        ))
    }

    /// The file with the line changed, checked.
    pub(super) async fn draft(
        &self,
        checker: &Checker,
        row: &InvoiceRow,
        item: &str,
        change: &LineChange,
        rule: &str,
    ) -> Result<Draft, WorkflowError> {
        let bytes = self.store.documents.get(&row.document)?;
        let number = &row.number;
        let revised = revise(&bytes, number, item, change, rule).or_else(|r| refused(r.0))?;
        if revised.changes.is_empty() || revised.bytes == bytes {
            return refused(format!("line {item} of invoice {number} says that already"));
        }
        let old: BTreeSet<String> = items(&bytes, number)?;
        let mut own: BTreeSet<String> = items(&revised.bytes, number)?;
        own.retain(|i| i == item || !old.contains(i));
        let arrival = Arrival {
            name: number.clone(),
            bytes: revised.bytes.clone(),
        };
        let (history, firsts) = Memory::default()
            .before(self, checker.history(), std::slice::from_ref(&arrival))
            .await?;
        let first = firsts.first().copied().unwrap_or_default();
        let before = |index: usize| Arc::new(history.before(first + index as u64));
        let (file, invoices) = checker.file(number, &revised.bytes, &before)?;
        let same = invoices
            .into_iter()
            .find(|i| i.report.number.trim() == *number);
        let Some(checked) = same else {
            return refused(format!(
                "invoice {number} could not be read again after the change"
            ));
        };
        let on_line = |f: &&Finding| {
            f.places
                .iter()
                .any(|p| p.item.as_ref().is_some_and(|i| own.contains(i)))
        };
        // Whoever wrote this line reads them: what others wrote is not theirs to see.
        let alone = |f: &Finding| {
            f.places_total.is_none()
                && f.places
                    .iter()
                    .all(|p| p.item.as_ref().is_none_or(|i| own.contains(i)))
        };
        let findings = checked.report.findings.iter().filter(on_line).cloned();
        let findings = findings
            .map(|mut f| {
                if !alone(&f) {
                    f.message = "it also concerns other lines; ask who returned yours".to_owned();
                }
                f
            })
            .collect();
        self.as_well_checked(row, &checked)?;
        let candidate = candidate(checker, &file.findings, checked)?;
        Ok(Draft {
            revised,
            content: candidate.content,
            report: candidate.report,
            facts: candidate.facts,
            findings,
        })
    }

    /// The change is judged by no less than the version before: whoever lacks the firm's packs and lists could else
    /// make findings vanish.
    fn as_well_checked(&self, row: &InvoiceRow, checked: &Checked) -> Result<(), WorkflowError> {
        let kept = self.store.documents.get(&row.report)?;
        let before: KeptReport = serde_json::from_slice(&kept)?;
        let gone: Vec<&str> = before
            .packs
            .iter()
            .filter(|old| !checked.packs.iter().any(|new| new.pack == old.pack))
            .map(|old| old.pack.as_str())
            .collect();
        let mut unjudged: Vec<&str> = checked
            .not_checked
            .iter()
            .filter(|new| !before.not_checked.iter().any(|old| old.rule == new.rule))
            .map(|new| new.because.as_str())
            .collect();
        unjudged.dedup();
        if gone.is_empty() && unjudged.is_empty() {
            return Ok(());
        }
        let mut lacks: Vec<String> = gone.iter().map(|p| format!("the pack {p}")).collect();
        lacks.extend(unjudged.iter().map(|why| (*why).to_owned()));
        refused(format!(
            "invoice {} was checked with more than is given now ({}): say the same --packs, --firm and --history as when \
             it was taken in",
            row.number,
            lacks.join("; ")
        ))
    }

    /// Stores a draft as the invoice's new version. `facts` say what it answers.
    pub(super) async fn new_version(
        &self,
        tx: &mut Tx,
        row: InvoiceRow,
        step: Step,
        draft: &Draft,
        reason: &str,
        facts: Facts,
    ) -> Result<InvoiceRow, WorkflowError> {
        let at = chrono::DateTime::from_timestamp_millis((self.clock)()).unwrap_or_default();
        let signed = Signed {
            by: self.person.name.clone(),
            reason: reason.to_owned(),
            at,
        };
        let entries: Vec<Entry> = draft
            .revised
            .changes
            .iter()
            .map(|c| Entry::new(c, &row.document, &signed))
            .collect();
        let facts = Facts {
            document: Some(self.keep(tx, &draft.revised.bytes)?),
            content: Some(draft.content.clone()),
            changes: Some(self.keep(tx, &serde_json::to_vec(&entries)?)?),
            ..facts
        };
        self.keep(tx, &draft.report)?;
        let id = row.id.clone();
        let row = self.step(tx, Some(row), &id, step, &facts).await?;
        let row = self
            .step(tx, Some(row), &id, Step::Check, &draft.facts)
            .await?;
        self.put_reviewed(tx, &row).await?;
        Ok(row)
    }

    /// Writes the invoice and what its events say of its review.
    pub(super) async fn put_reviewed(
        &self,
        tx: &mut Tx,
        row: &InvoiceRow,
    ) -> Result<(), WorkflowError> {
        tx.put_invoice(row).await?;
        let events = tx.events(&row.id).await?;
        let review = super::Review::of(&events).map_err(StoreError::Unreadable)?;
        for item in review.rows(&row.id) {
            tx.put_review_item(&item).await?;
        }
        Ok(())
    }

    /// The changes made here since the last file from the billing system, which does not know of them.
    ///
    /// # Errors
    /// Not allowed, no such invoice, or a document is missing.
    pub async fn changes(&self, named: &str) -> Result<Vec<Entry>, WorkflowError> {
        let story = self.story(named).await?;
        let mut all = Vec::new();
        for hash in &story.review.changes {
            let bytes = self.store.documents.get(hash)?;
            let entries: Vec<Entry> = serde_json::from_slice(&bytes)?;
            all.extend(entries);
        }
        Ok(all)
    }
}

fn items(bytes: &[u8], number: &str) -> Result<BTreeSet<String>, WorkflowError> {
    let all = lines(bytes, number).or_else(|r| refused(r.0))?;
    Ok(all.into_iter().map(|l| l.item).collect())
}

/// The findings of a kept report that stand on a line.
pub(super) fn on_line<'a>(
    report: &'a KeptReport,
    item: &'a str,
) -> impl Iterator<Item = &'a Finding> {
    report
        .findings()
        .filter(move |f| f.places.iter().any(|p| p.item.as_deref() == Some(item)))
}
