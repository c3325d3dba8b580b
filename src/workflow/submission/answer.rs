//! What a portal said, kept word for word.

use crate::model::{Evidence, PortalRemark, Reduction, StatusReport};
use crate::workflow::projection::Facts;
use crate::workflow::refusal::WorkflowError;
use serde::{Deserialize, Serialize};

/// What was heard of a parcel.
#[derive(Clone, Default)]
pub(super) struct Heard {
    /// The answer's bytes.
    pub(super) evidence: Option<Evidence>,
    /// The portal's id of the invoice.
    pub(super) portal_id: Option<String>,
    /// Its word, or ours where it has none.
    pub(super) word: Option<String>,
    /// What it says against the invoice.
    pub(super) remarks: Vec<PortalRemark>,
    /// What the client wrote.
    pub(super) note: Option<String>,
    /// What was cut.
    pub(super) reductions: Vec<Reduction>,
    /// Why a person says so.
    pub(super) reason: Option<String>,
    /// Sums and the like for the event.
    pub(super) facts: Facts,
    /// All of what a portal or client said.
    pub(super) report: Option<StatusReport>,
}

/// An answer as it is kept: what we asked, the portal's bytes, and what we made of them.
#[derive(Debug, Serialize, Deserialize)]
pub struct KeptAnswer {
    /// What was asked.
    pub asked: String,
    /// HTTP status, where there was one.
    pub status: Option<u16>,
    /// The answer, where it is text.
    pub text: Option<String>,
    /// The answer in hexadecimal digits, where it is none.
    pub bytes: Option<String>,
    /// What it says against the invoice.
    pub remarks: Vec<PortalRemark>,
    /// What the client wrote.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// What was cut.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reductions: Vec<Reduction>,
}

impl Heard {
    pub(super) fn of(evidence: &Evidence, word: &str) -> Self {
        Self {
            evidence: Some(evidence.clone()),
            word: Some(word.to_owned()),
            ..Self::default()
        }
    }

    /// The answer as it is kept; `None` where there was none.
    pub(super) fn kept(&self) -> Result<Option<Vec<u8>>, WorkflowError> {
        let Some(evidence) = &self.evidence else {
            return Ok(None);
        };
        let text = std::str::from_utf8(&evidence.body).ok().map(str::to_owned);
        let bytes = text.is_none().then(|| hex::encode(&evidence.body));
        let kept = KeptAnswer {
            asked: evidence.asked.clone(),
            status: evidence.status,
            text,
            bytes,
            remarks: self.remarks.clone(),
            note: self.note.clone(),
            reductions: self.reductions.clone(),
        };
        Ok(Some(serde_json::to_vec(&kept)?))
    }

    pub(super) fn report(report: &StatusReport) -> Self {
        let mut heard = Self::of(&report.evidence, &report.word);
        heard.portal_id.clone_from(&report.portal_id);
        heard.remarks.clone_from(&report.errors);
        heard.note.clone_from(&report.note);
        heard.reductions.clone_from(&report.reductions);
        heard.facts.approved = report.approved_total;
        heard.report = Some(report.clone());
        heard
    }
}
