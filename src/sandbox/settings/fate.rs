//! What becomes of an invoice at a practice portal.

use serde::Deserialize;

/// What happens to a number that was posted before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Duplicates {
    /// Refused at once; nothing is kept.
    #[default]
    Refuse,
    /// Taken as one more invoice.
    Take,
    /// Taken, and rejected in the review.
    RejectLater,
}

/// What becomes of an invoice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Approved in full and paid.
    Approved,
    /// Lines cut, the rest paid.
    Reduced,
    /// Cut, with line references of -9999.
    ReducedUnmatched,
    /// Cut as a whole, without a line.
    ReducedWhole,
    /// Cut, and the adjustments do not add up to the difference.
    ReducedWrongSum,
    /// Rejected with a note and one to three errors.
    Rejected,
    /// Rejected with a note and exactly three errors, one a line.
    RejectedThree,
    /// The file could not be read.
    FileError,
    /// The client asks; it stays so.
    Question,
    /// Waits for a tax authority before the review.
    TaxPending,
    /// Approved in full, paid in two payments.
    PaidTwice,
    /// Approved in full, paid with another amount.
    PaidWrong,
    /// Approved in full and paid; one stage later all of it is taken back.
    ChargedBack,
    /// A status that no list has, and fields that no list has.
    Strange,
    /// Approved; the times are written with Z, +02:00 and -04:00.
    OddTimes,
    /// Approved; one time has a month 14.
    BadTime,
    /// Nothing is ever said after the receipt.
    Silent,
}

/// The outcome of invoices whose number begins so.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ByNumber {
    /// Beginning of the number.
    pub starts: String,
    /// What becomes of it.
    pub outcome: Outcome,
}
