//! The time in which something may be sent to a client: as its contract says, never as anybody assumes.

use super::Keyed;
use chrono::{NaiveDate, NaiveTime};
use chrono_tz::Tz;

/// What the time is for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub enum WindowKind {
    /// An appeal against a reduction.
    #[default]
    Appeal,
    /// A corrected invoice after a rejection.
    Resubmission,
    /// An answer to a question.
    Dispute,
}

impl WindowKind {
    /// Its word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Appeal => "appeal",
            Self::Resubmission => "resubmission",
            Self::Dispute => "dispute",
        }
    }
}

/// What its days are.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum DayUnit {
    /// Every day.
    #[default]
    Calendar,
    /// Monday to Friday without holidays.
    Business,
}

/// What it begins with.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum StartsAt {
    /// The client cut something.
    #[default]
    Adjusted,
    /// The invoice was refused.
    Rejected,
    /// The firm heard of it.
    Notified,
    /// The last payment.
    Paid,
    /// The client approved what it pays.
    Approved,
}

impl StartsAt {
    /// Its word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Adjusted => "adjusted",
            Self::Rejected => "rejected",
            Self::Notified => "notified",
            Self::Paid => "paid",
            Self::Approved => "approved",
        }
    }
}

/// How what is sent in it is numbered.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum Numbering {
    /// The portal's own rule.
    #[default]
    OfPortal,
    /// As the first invoice.
    Same,
    /// With this behind the first number.
    Suffix(String),
    /// A number of its own, which the billing system gives.
    New,
}

/// A client's window, by portal and contract.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Window {
    /// The client; blank: every client at the portal.
    pub client_id: String,
    /// The portal; blank: whichever it is.
    pub portal: String,
    /// What it is for.
    pub kind: WindowKind,
    /// The first day of the contract it stands in.
    pub from: Option<NaiveDate>,
    /// How many days.
    pub length: u32,
    /// Of which kind.
    pub unit: DayUnit,
    /// What it begins with.
    pub starts_at: StartsAt,
    /// Where its days begin and end.
    pub time_zone: Option<Tz>,
    /// The time of the last day; `None`: its end.
    pub cut_off: Option<NaiveTime>,
    /// The calendar of holidays; blank: the days that hold for all.
    pub holidays: String,
    /// How many tries there are; `None`: not said.
    pub tries: Option<u32>,
    /// How what is sent is numbered.
    pub numbering: Numbering,
    /// A window whose last day is no day of work ends on the next that is one.
    pub moved: bool,
    /// Where all this is written.
    pub source: String,
}

impl Keyed for Window {
    fn key(&self) -> &str {
        &self.client_id
    }
}
