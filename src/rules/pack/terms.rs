// What a portal is known to take, want and say, as it is written in its pack. The build script includes this file, so
// it uses nothing of the crate.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How an invoice can get to a portal.
pub const WAYS: [&str; 5] = ["api", "agreed", "sftp", "mail", "assisted"];

/// A portal's terms. What is left out is not known, and is never guessed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// How an invoice can get there: `api`, `agreed` (an upload of the firm's own agreement), `sftp`, `mail`,
    /// `assisted` (a person uploads the file that was made ready).
    pub ways: Vec<String>,
    /// How far the client for it has been proven.
    pub proven: String,
    /// LEDES formats it takes.
    #[serde(default)]
    pub formats: Vec<String>,
    /// What an invoice file may be like.
    #[serde(default)]
    pub file: FileTerms,
    /// How it takes invoices by mail.
    #[serde(default)]
    pub mail: Option<MailTerms>,
    /// Its words for what became of an invoice, in lower case, and what they mean: `received`, `acknowledged`,
    /// `in-review`, `action-required`, `approved`, `reduced`, `rejected`, `paid`.
    #[serde(default)]
    pub status: BTreeMap<String, String>,
    /// Whether it says what became of an invoice when a program asks.
    #[serde(default)]
    pub can_be_asked: bool,
    /// How a reduction is appealed.
    #[serde(default)]
    pub appeal: Option<AppealTerms>,
    /// How a corrected invoice is numbered after a rejection: `same`, `new`, or a suffix such as `{number}-R`.
    #[serde(default)]
    pub resubmit_number: Option<String>,
    /// Days without an answer after which a dispute ends as a rejection.
    #[serde(default)]
    pub dispute_idle_days: Option<u32>,
    /// Days after which it deletes what became final.
    #[serde(default)]
    pub retention_days: Option<u32>,
    /// Hours each step of the answer may take before silence is an alarm: `received`, `parsed`, `accepted`, `decided`,
    /// `paid`.
    #[serde(default)]
    pub silence_hours: BTreeMap<String, u32>,
    /// What has to be in place before an invoice can be sent.
    #[serde(default)]
    pub before: Vec<String>,
    /// Where all this is written.
    pub source: String,
}

/// What an invoice file may be like.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileTerms {
    /// Name of the file: `{invoice_number}`, `{client_id}`, `{law_firm_matter_id}`, `{client_matter_id}`,
    /// `{invoice_date}`, `{extension}`.
    #[serde(default)]
    pub name: Option<String>,
    /// A regular expression every character of the name has to match.
    #[serde(default)]
    pub name_characters: Option<String>,
    /// The largest file, in bytes.
    #[serde(default)]
    pub most_bytes: Option<u64>,
    /// The most invoices in one file.
    #[serde(default)]
    pub most_invoices: Option<u32>,
}

/// How invoices are taken by mail.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailTerms {
    /// The portal's address, where it is public.
    #[serde(default)]
    pub to: Option<String>,
    /// The largest attachment, in bytes.
    #[serde(default)]
    pub most_bytes: Option<u64>,
    /// Ends of file names that are taken; empty: nothing is known.
    #[serde(default)]
    pub extensions: Vec<String>,
    /// What a person should know of it.
    #[serde(default)]
    pub note: Option<String>,
}

/// How a reduction is appealed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AppealTerms {
    /// The ways there are: where the client chooses, all that it may choose.
    pub routes: Vec<AppealRoute>,
    /// The number of an appeal: `{number} appeal`.
    #[serde(default)]
    pub number: Option<String>,
    /// The most appeals of one invoice.
    #[serde(default)]
    pub most: Option<u32>,
    /// Whether it holds only the lines that were cut, at the unpaid difference.
    #[serde(default)]
    pub only_the_difference: bool,
}

/// One way of an appeal.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AppealRoute {
    /// Its name, in lower case with hyphens.
    pub name: String,
    /// What a person or the program does, in a sentence.
    pub what: String,
    /// Whether it is an invoice of its own, that is sent as a file. Otherwise a person does it inside the portal.
    #[serde(default)]
    pub file: bool,
}
