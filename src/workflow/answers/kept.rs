//! What was heard, as it is kept: sealed, because clients' words are in it.

use crate::model::{Evidence, Outcome, Payment, PortalRemark, Reduction, StatusReport};
use crate::portals::answers::Told;
use crate::store::{AnswerRow, sha256};
use crate::workflow::desk::Desk;
use crate::workflow::refusal::WorkflowError;
use chrono::{DateTime, FixedOffset};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// Where an answer is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// The invoice knows of it.
    Taken,
    /// No invoice of ours is meant, as far as anybody can say.
    Unmatched,
    /// Several could be meant.
    Ambiguous,
    /// A person should look before it is believed.
    Doubtful,
    /// It says what cannot be after what is known.
    Contradicts,
    /// A person put it aside.
    PutAside,
}

impl Standing {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Taken,
        Self::Unmatched,
        Self::Ambiguous,
        Self::Doubtful,
        Self::Contradicts,
        Self::PutAside,
    ];

    /// Those that wait for a person.
    pub const WAITING: [&'static str; 4] = ["unmatched", "ambiguous", "doubtful", "contradicts"];

    /// Its word in the store.
    pub fn name(self) -> &'static str {
        match self {
            Self::Taken => "taken",
            Self::Unmatched => "unmatched",
            Self::Ambiguous => "ambiguous",
            Self::Doubtful => "doubtful",
            Self::Contradicts => "contradicts",
            Self::PutAside => "put aside",
        }
    }

    /// The standing of a word.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.name() == name)
    }
}

/// What was heard, with why it waits and what was decided.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct KeptTold {
    /// File, sheet and row, or the mail's file.
    pub place: String,
    /// Why it waits, in sentences.
    pub why: Vec<String>,
    /// Why a person decided so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The portal's id of the invoice.
    pub portal_id: Option<String>,
    /// What became of the invoice.
    pub outcome: Outcome,
    /// The portal's word.
    pub word: String,
    /// When.
    pub at: Option<DateTime<FixedOffset>>,
    /// What the client wrote.
    pub note: Option<String>,
    /// As billed.
    pub original_total: Option<Decimal>,
    /// As it will be paid.
    pub approved_total: Option<Decimal>,
    /// Errors.
    pub errors: Vec<PortalRemark>,
    /// Cuts.
    pub reductions: Vec<Reduction>,
    /// Payments.
    pub payments: Vec<Payment>,
    /// What it stood in.
    pub asked: String,
    /// Word for word.
    pub text: String,
}

impl KeptTold {
    pub(super) fn of(told: &Told, why: &[String]) -> Self {
        let r = told.report.clone();
        Self {
            place: told.place.clone(),
            why: why.to_vec(),
            reason: None,
            portal_id: r.portal_id,
            outcome: r.outcome,
            word: r.word,
            at: r.at,
            note: r.note,
            original_total: r.original_total,
            approved_total: r.approved_total,
            errors: r.errors,
            reductions: r.reductions,
            payments: r.payments,
            asked: r.evidence.asked,
            text: String::from_utf8_lossy(&r.evidence.body).into_owned(),
        }
    }

    /// What was given as a reason.
    pub(super) fn given(&self) -> Vec<crate::workflow::submission::Given> {
        let note = self.note.as_deref();
        crate::workflow::submission::given_reasons(&self.errors, &self.reductions, note)
    }

    /// The report it was.
    pub(super) fn report(&self, number: &str) -> StatusReport {
        let kept = self.clone();
        StatusReport {
            portal_id: kept.portal_id,
            invoice_number: Some(number.to_owned()).filter(|n| !n.is_empty()),
            outcome: kept.outcome,
            word: kept.word,
            at: kept.at,
            note: kept.note,
            original_total: kept.original_total,
            approved_total: kept.approved_total,
            errors: kept.errors,
            reductions: kept.reductions,
            payments: kept.payments,
            doubts: Vec::new(),
            evidence: Evidence {
                asked: kept.asked,
                status: None,
                body: kept.text.into_bytes(),
            },
        }
    }
}

/// The id of something heard: it follows from what makes it that and nothing else.
pub(super) fn id_of(told: &Told) -> String {
    let report = &told.report;
    let number = report.invoice_number.as_deref().unwrap_or("");
    let client = told.client.as_deref().unwrap_or("");
    let all = [
        told.source.as_str(),
        number,
        client,
        report.outcome.name(),
        &told.mark,
    ];
    sha256(all.join("\u{1f}").as_bytes())
}

impl Desk<'_> {
    /// What was heard, opened; `None` where it was purged.
    pub(super) fn kept_told(&self, row: &AnswerRow) -> Result<Option<KeptTold>, WorkflowError> {
        if row.words.is_empty() {
            return Ok(None);
        }
        let words = self.store.unseal(&row.words)?;
        Ok(Some(serde_json::from_slice(&words)?))
    }

    pub(super) fn sealed(&self, kept: &KeptTold) -> Result<String, WorkflowError> {
        Ok(self.store.seal(&serde_json::to_vec(kept)?)?)
    }
}
