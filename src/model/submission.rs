//! What is sent to a portal, and what it answers, in words of our own: no portal's shapes.

use super::LedesFormat;
use chrono::{DateTime, FixedOffset, NaiveDate};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Why an invoice is sent (LEDES Software API v1, `invoice_type`; reference ledes-api.md section 4).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InvoiceType {
    /// To be paid.
    #[default]
    Invoice,
    /// An estimate of work not billed yet.
    Accrual,
    /// For the client's information, to be paid by somebody else.
    Shadow,
    /// Corrected, after a rejection.
    Resubmit,
    /// Against a reduction.
    Appeal,
    /// In the place of another.
    Replacement,
}

impl InvoiceType {
    /// Every type.
    pub const ALL: [Self; 6] = [
        Self::Invoice,
        Self::Accrual,
        Self::Shadow,
        Self::Resubmit,
        Self::Appeal,
        Self::Replacement,
    ];

    /// Its word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Invoice => "invoice",
            Self::Accrual => "accrual",
            Self::Shadow => "shadow",
            Self::Resubmit => "resubmit",
            Self::Appeal => "appeal",
            Self::Replacement => "replacement",
        }
    }

    /// The type of a word.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|t| t.name() == name)
    }

    /// True where it names the invoice it follows.
    pub fn follows(self) -> bool {
        matches!(self, Self::Resubmit | Self::Appeal | Self::Replacement)
    }
}

/// A file that goes with an invoice. Its content is not shown when it is debugged.
#[derive(Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Its name at the portal.
    pub name: String,
    /// Media type, as `application/pdf`.
    pub media_type: String,
    /// Its content.
    pub bytes: Vec<u8>,
    /// LINE_ITEM_NUMBER of the line it belongs to; `None`: the invoice.
    pub item: Option<String>,
}

/// One invoice on its way to one portal: the file as it will leave, and what the portal is told beside it.
/// Neither its content nor a word to the client is shown when it is debugged.
#[derive(Clone, PartialEq, Eq)]
pub struct Submission {
    /// Tells this attempt from every other, for the portal's log and ours.
    pub attempt: String,
    /// INVOICE_NUMBER.
    pub invoice_number: String,
    /// CLIENT_ID.
    pub client_id: String,
    /// The client's number of the matter.
    pub client_matter_id: String,
    /// The firm's number of the matter.
    pub law_firm_matter_id: String,
    /// Invoice date.
    pub invoice_date: Option<NaiveDate>,
    /// Invoice total.
    pub total: Option<Decimal>,
    /// ISO 4217, or `?`.
    pub currency: String,
    /// The file's format.
    pub format: LedesFormat,
    /// Why it is sent.
    pub invoice_type: InvoiceType,
    /// The portal's id of the invoice it follows.
    pub follows: Option<String>,
    /// The file's name at the portal, without a folder.
    pub file_name: String,
    /// The file.
    pub bytes: Vec<u8>,
    /// A word to the client.
    pub comment: Option<String>,
    /// What goes with it.
    pub attachments: Vec<Attachment>,
}

impl fmt::Debug for Attachment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attachment")
            .field("name", &self.name)
            .field("bytes", &self.bytes.len())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Submission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Submission")
            .field("attempt", &self.attempt)
            .field("invoice_number", &self.invoice_number)
            .field("format", &self.format)
            .field("invoice_type", &self.invoice_type)
            .field("file_name", &self.file_name)
            .field("bytes", &self.bytes.len())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Evidence")
            .field("asked", &self.asked)
            .field("status", &self.status)
            .field("body", &self.body.len())
            .finish()
    }
}

impl Submission {
    /// Media type of the file.
    pub fn media_type(&self) -> &'static str {
        if self.format.is_xml() {
            "application/xml"
        } else {
            "text/plain"
        }
    }
}

/// What a portal said, word for word, to be kept. It may repeat a narrative, so it is not shown when it is debugged.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Evidence {
    /// What was asked: `POST /invoices`.
    pub asked: String,
    /// HTTP status, where there was one.
    pub status: Option<u16>,
    /// The answer's bytes.
    pub body: Vec<u8>,
}

/// A portal took an invoice.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Receipt {
    /// The portal's id of it.
    pub portal_id: Option<String>,
    /// When the portal says it came.
    pub received: Option<DateTime<FixedOffset>>,
    /// True where a person has to do the rest: the file was made ready and not sent.
    pub by_hand: bool,
    /// What a person should know.
    pub remarks: Vec<String>,
    /// The answer.
    pub evidence: Evidence,
}

/// What became of an invoice at the client.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The portal has the file.
    Received,
    /// It passed the portal's own tests.
    Acknowledged,
    /// The client looks at it.
    InReview,
    /// The client wants something from the firm.
    ActionRequired,
    /// To be paid in full.
    Approved,
    /// To be paid in part.
    Reduced,
    /// Refused.
    Rejected,
    /// Paid in part.
    PartlyPaid,
    /// Paid.
    Paid,
    /// A word nobody here knows.
    #[default]
    Unknown,
}

impl Outcome {
    /// Every outcome.
    pub const ALL: [Self; 10] = [
        Self::Received,
        Self::Acknowledged,
        Self::InReview,
        Self::ActionRequired,
        Self::Approved,
        Self::Reduced,
        Self::Rejected,
        Self::PartlyPaid,
        Self::Paid,
        Self::Unknown,
    ];

    /// Its word, as terms of portals write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Acknowledged => "acknowledged",
            Self::InReview => "in-review",
            Self::ActionRequired => "action-required",
            Self::Approved => "approved",
            Self::Reduced => "reduced",
            Self::Rejected => "rejected",
            Self::PartlyPaid => "partly-paid",
            Self::Paid => "paid",
            Self::Unknown => "unknown",
        }
    }

    /// The outcome of a word.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|o| o.name() == name)
    }

    /// True where nothing more comes.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Rejected | Self::Paid)
    }
}

/// An error a portal found in an invoice.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct PortalRemark {
    /// Its kind, in the portal's word.
    pub kind: Option<String>,
    /// Its code, as it came.
    pub code: Option<String>,
    /// What it says.
    pub text: String,
    /// LINE_ITEM_NUMBER.
    pub item: Option<String>,
}

/// The line a reduction is about, as far as the portal says.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct ReducedLine {
    /// LINE_ITEM_NUMBER; `None` where the portal kept none.
    pub item: Option<String>,
    /// Its date.
    pub date: Option<NaiveDate>,
    /// TIMEKEEPER_ID.
    pub timekeeper_id: Option<String>,
    /// Line total as billed.
    pub total: Option<Decimal>,
}

/// Money a reviewer cut.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Reduction {
    /// The amount as the portal wrote it; its sign is the portal's.
    pub amount: Decimal,
    /// ISO 4217, where it was said.
    pub currency: Option<String>,
    /// The reason, word for word.
    pub reason: String,
    /// Its line; `None`: the invoice as a whole.
    pub line: Option<ReducedLine>,
    /// Who cut it.
    pub reviewer: Option<String>,
    /// When.
    pub at: Option<DateTime<FixedOffset>>,
}

/// Money that came or is on its way.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Payment {
    /// How much.
    pub amount: Decimal,
    /// ISO 4217, where it was said.
    pub currency: Option<String>,
    /// Cheque, wire, in the portal's word.
    pub kind: Option<String>,
    /// Number of the cheque or of the transfer.
    pub reference: Option<String>,
    /// When.
    pub at: Option<DateTime<FixedOffset>>,
}

/// What a portal says of an invoice.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct StatusReport {
    /// The portal's id of it.
    pub portal_id: Option<String>,
    /// INVOICE_NUMBER, where it was said.
    pub invoice_number: Option<String>,
    /// What became of it.
    pub outcome: Outcome,
    /// The portal's own word.
    pub word: String,
    /// Since when.
    pub at: Option<DateTime<FixedOffset>>,
    /// What the client wrote.
    pub note: Option<String>,
    /// As billed.
    pub original_total: Option<Decimal>,
    /// As the client means to pay it.
    pub approved_total: Option<Decimal>,
    /// Errors.
    pub errors: Vec<PortalRemark>,
    /// Cuts.
    pub reductions: Vec<Reduction>,
    /// Payments.
    pub payments: Vec<Payment>,
    /// What does not fit together in the answer, in sentences: sums, times, words nobody knows.
    pub doubts: Vec<String>,
    /// The answer.
    pub evidence: Evidence,
}
