//! What an invoice is, as it follows from its events. Written with each event, and computed again by the audit.

use super::state::State;
use super::table::{Step, next};
use crate::store::{Event, InvoiceRow};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// What an event says beside who, when and what: hashes, ids and amounts, never narratives.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    /// INVOICE_NUMBER.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// CLIENT_ID.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<String>,
    /// SHA-256 of the invoice file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
    /// SHA-256 of what makes the invoice this version, whatever else the file holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
    /// The partner who answers for the matter, by the firm's list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partner: Option<String>,
    /// The portal it goes to, by the firm's lists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub portal: Option<String>,
    /// SHA-256 of what the check said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report: Option<String>,
    /// The check's verdict.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verdict: Option<String>,
    /// The firm's number of the first matter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub matter: Option<String>,
    /// Invoice date, ISO.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// ISO 4217, or `?`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// The total the file states.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<Decimal>,
    /// Money in doubt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_risk: Option<Decimal>,
    /// How many lines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lines: Option<i64>,
    /// Packs in force, as `name version sha256`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub packs: Vec<String>,
    /// Which version it concerns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<i64>,
    /// Fingerprint of a finding.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<String>,
    /// SHA-256 of what the finding said, its places left out: an override holds only for the same words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finding: Option<String>,
    /// Its rule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// SHA-256 of the reason somebody gave.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Id of the request, write-down or attachment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// LINE_ITEM_NUMBER of the line it concerns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<String>,
    /// SHA-256 of what that line said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<String>,
    /// TIMEKEEPER_ID of that line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timekeeper: Option<String>,
    /// Money of a write-down, without tax.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Decimal>,
    /// Reason code of a write-down; kind of an attachment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// SHA-256 of what a request, answer, write-down, attachment or comment says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// SHA-256 of an attached file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// SHA-256 of the record of changes for the billing system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changes: Option<String>,
    /// The account at a portal it goes through.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// SHA-256 of the file as it left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent: Option<String>,
    /// Which attempt to send it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempt: Option<String>,
    /// The portal's id of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub portal_id: Option<String>,
    /// SHA-256 of the portal's answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<String>,
    /// What the client will pay, by the portal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved: Option<Decimal>,
    /// The portal's word for what became of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub word: Option<String>,
    /// The id of the refused invoice it takes the place of, under a number of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<String>,
    /// Ids of the reductions an appeal is about; of one that ended, each with what came back.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reductions: Vec<String>,
    /// The partner in whose place somebody approved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_place_of: Option<String>,
}

impl Facts {
    /// The facts of an event.
    ///
    /// # Errors
    /// They cannot be read.
    pub fn of(event: &Event) -> Result<Self, String> {
        let read = serde_json::from_str(&event.facts);
        read.map_err(|e| format!("event {} cannot be read: {e}", event.seq))
    }

    /// Every document these facts name.
    pub fn documents(&self) -> impl Iterator<Item = &str> {
        let all = [
            &self.document,
            &self.report,
            &self.reason,
            &self.about,
            &self.file,
            &self.changes,
            &self.answer,
            &self.sent,
        ];
        all.into_iter().filter_map(|d| d.as_deref())
    }
}

/// What an invoice becomes by an event.
///
/// # Errors
/// The event is not allowed there, or lacks what it must say.
pub fn apply(before: Option<InvoiceRow>, event: &Event) -> Result<InvoiceRow, String> {
    let n = event.seq;
    let step = Step::named(&event.step);
    let step = step.ok_or_else(|| format!("event {n} is of no known kind: \"{}\"", event.step))?;
    let from = match &before {
        None => None,
        Some(row) => {
            Some(State::named(&row.state).ok_or_else(|| format!("\"{}\" is no state", row.state))?)
        }
    };
    let to = next(from, step).ok_or_else(|| {
        let from = from.map_or("unknown", State::name);
        format!(
            "event {n} ({}) is not allowed: the invoice was {from}",
            step.name()
        )
    })?;
    let facts = Facts::of(event)?;
    let lacks = |what: &str| format!("event {n} lacks its {what}");
    let mut row = before.unwrap_or_default();
    match step {
        Step::TakeIn | Step::NewVersion | Step::Rewrite | Step::AcceptWriteDown => {
            if step == Step::TakeIn {
                row.id.clone_from(&event.chain);
                row.number = facts.number.ok_or_else(|| lacks("number"))?;
                row.client = facts.client.ok_or_else(|| lacks("client"))?;
                row.taken_ms = event.at_ms;
            }
            row.version += 1;
            row.document = facts.document.ok_or_else(|| lacks("document"))?;
            row.content = facts.content.unwrap_or_default();
            // A timekeeper's answer and a partner's decision leave the invoice with who prepares it.
            if matches!(step, Step::TakeIn | Step::NewVersion) {
                row.preparer.clone_from(&event.actor);
            }
            row.report.clear();
            row.verdict.clear();
        }
        Step::Check => {
            row.report = facts.report.ok_or_else(|| lacks("report"))?;
            row.verdict = facts.verdict.ok_or_else(|| lacks("verdict"))?;
            row.matter = facts.matter.unwrap_or_default();
            row.invoice_date = facts.date;
            row.currency = facts.currency.ok_or_else(|| lacks("currency"))?;
            row.total = facts.total;
            row.at_risk = facts.at_risk.ok_or_else(|| lacks("money at risk"))?;
            row.lines = facts.lines.ok_or_else(|| lacks("lines"))?;
            row.partner = facts.partner.unwrap_or_default();
            row.portal = facts.portal.unwrap_or_default();
        }
        Step::Clear => row.cleared_by = Some(event.actor.clone()),
        _ => {}
    }
    if matches!(to.to, State::Draft | State::InReview) {
        row.cleared_by = None;
    }
    to.to.name().clone_into(&mut row.state);
    row.changed_ms = event.at_ms;
    row.seq = event.seq;
    row.head.clone_from(&event.hash);
    Ok(row)
}
