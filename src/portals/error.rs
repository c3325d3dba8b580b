//! Why a portal could not do what it was asked, named by the remedy.

use crate::model::{Evidence, PortalRemark};
use std::fmt;
use std::time::Duration;
use thiserror::Error;

/// Why a portal could not do what it was asked. A portal may repeat a narrative, so its own words are in the remarks
/// and the evidence only, not in what this displays or shows when it is debugged.
#[derive(Clone, PartialEq, Eq, Error)]
pub enum PortalError {
    /// The portal refused the invoice: a person has to correct something before it is sent again.
    #[error("refused{}", said(remarks))]
    Refused {
        /// What it said.
        remarks: Vec<PortalRemark>,
        /// The portal's id of the refused invoice, where it gave one.
        portal_id: Option<String>,
        /// The answer.
        evidence: Box<Evidence>,
    },
    /// The credentials are not accepted: nothing more is sent to this portal until a person has seen to them.
    #[error("credentials: {0}")]
    Credentials(String),
    /// The portal is busy, and the invoice was not taken: it can be sent again later.
    #[error("busy{}", retry_after.map_or_else(String::new, |d| format!(", again in {} s", d.as_secs())))]
    Busy {
        /// How long the portal asks to wait.
        retry_after: Option<Duration>,
    },
    /// The portal was not reached, or the answer never came.
    #[error("{}: {because}", if *outcome_unknown { "no answer" } else { "not reached" })]
    Unreachable {
        /// True where the portal may have the invoice all the same.
        outcome_unknown: bool,
        /// What happened.
        because: String,
    },
    /// The portal answered something nobody expected. Whether it has the invoice is not known where something was sent.
    #[error("unexpected answer: {because}")]
    Unexpected {
        /// What is wrong with it.
        because: String,
        /// The answer.
        evidence: Box<Evidence>,
    },
    /// The account is not set up for this; nothing was sent.
    #[error("{0}")]
    Setup(String),
}

impl PortalError {
    /// True where an invoice that was being sent may have arrived all the same.
    pub fn leaves_doubt(&self) -> bool {
        match self {
            Self::Unreachable {
                outcome_unknown, ..
            } => *outcome_unknown,
            Self::Unexpected { .. } => true,
            _ => false,
        }
    }

    /// True where a person has to act before anything else is sent to this account.
    pub fn stops_the_account(&self) -> bool {
        matches!(self, Self::Credentials(_) | Self::Setup(_))
    }
}

fn said(remarks: &[PortalRemark]) -> String {
    match remarks.len() {
        0 => String::new(),
        1 => ", with a remark of the portal's".to_owned(),
        n => format!(", with {n} remarks of the portal's"),
    }
}

impl fmt::Debug for PortalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}
