//! The story of an invoice: where it is from when, what was wrong, cut and paid.

use crate::sandbox::ledes::Line;
use crate::sandbox::reasons::Reason;
use crate::sandbox::settings::Outcome;
use chrono::{DateTime, Utc};
use rust_decimal::Decimal;

/// Where an invoice is. Each portal has its own words for these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::sandbox) enum State {
    Received,
    FileError,
    Delivered,
    InReview,
    Question,
    TaxPending,
    Approved,
    SentToAp,
    Paid,
    Rejected,
    /// A word that is on no list.
    Strange,
}

/// From when an invoice is where.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::sandbox) struct Stage {
    pub(in crate::sandbox) at: DateTime<Utc>,
    pub(in crate::sandbox) state: State,
}

/// What was wrong.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::sandbox) struct Objection {
    pub(in crate::sandbox) reason: Reason,
    /// The reason with what it is about.
    pub(in crate::sandbox) text: String,
    /// The charge, where it is about one.
    pub(in crate::sandbox) line: Option<Line>,
}

/// What was cut.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::sandbox) struct Cut {
    pub(in crate::sandbox) reason: Reason,
    /// Above 0: so much less.
    pub(in crate::sandbox) amount: Decimal,
    pub(in crate::sandbox) line: Option<Line>,
    /// The portal kept no line number.
    pub(in crate::sandbox) unmatched: bool,
}

/// Money that was sent.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::sandbox) struct Payment {
    pub(in crate::sandbox) at: DateTime<Utc>,
    pub(in crate::sandbox) amount: Decimal,
    pub(in crate::sandbox) reference: String,
    pub(in crate::sandbox) by: &'static str,
}

/// How times are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sandbox) enum Stamps {
    Usual,
    Mixed,
    Bad,
}

/// All that will be said of an invoice.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::sandbox) struct Story {
    pub(in crate::sandbox) outcome: Outcome,
    pub(in crate::sandbox) stages: Vec<Stage>,
    pub(in crate::sandbox) note: Option<String>,
    pub(in crate::sandbox) objections: Vec<Objection>,
    pub(in crate::sandbox) approved_total: Option<Decimal>,
    pub(in crate::sandbox) cuts: Vec<Cut>,
    pub(in crate::sandbox) payments: Vec<Payment>,
    pub(in crate::sandbox) stamps: Stamps,
    pub(in crate::sandbox) reviewer: &'static str,
}

impl Story {
    /// Where the invoice is at a time.
    pub(in crate::sandbox) fn at(&self, now: DateTime<Utc>) -> Stage {
        let told = self.stages.iter().take_while(|s| s.at <= now).last();
        told.or(self.stages.first()).cloned().unwrap_or(Stage {
            at: now,
            state: State::Received,
        })
    }

    /// Whether what the reviewers decided can be seen.
    pub(in crate::sandbox) fn decided(&self, now: DateTime<Utc>) -> bool {
        let visible = |s: &Stage| {
            s.at <= now
                && matches!(
                    s.state,
                    State::Approved
                        | State::SentToAp
                        | State::Paid
                        | State::Rejected
                        | State::FileError
                )
        };
        self.stages.iter().any(visible)
    }

    /// Whether it ends in a rejection, of the file or by people.
    pub(in crate::sandbox) fn rejected(&self, now: DateTime<Utc>) -> bool {
        matches!(self.at(now).state, State::Rejected | State::FileError)
    }

    /// Payments that were made by then.
    pub(in crate::sandbox) fn paid_by(&self, now: DateTime<Utc>) -> &[Payment] {
        let count = self.payments.iter().take_while(|p| p.at <= now).count();
        self.payments.get(..count).unwrap_or_default()
    }
}
