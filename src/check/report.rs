//! What a check has to say: per invoice, per file, per run (DESIGN section 5).

use crate::model::lists::ListHead;
use crate::model::{Finding, LedesFormat, Level, Lists};
use chrono::NaiveDate;
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::io;

/// The highest level of its findings, or `clean`.
#[derive(
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Debug,
    Hash,
    Default,
    Serialize,
    Deserialize,
    JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Nothing to say.
    #[default]
    Clean,
    /// Notes only.
    Note,
    /// A person may question it.
    Review,
    /// Money will be cut.
    Reduce,
    /// It will bounce.
    Reject,
}

impl Verdict {
    /// The verdict on a set of findings.
    pub fn of<'a>(findings: impl IntoIterator<Item = &'a Finding>) -> Self {
        findings
            .into_iter()
            .map(|f| Self::from(f.level))
            .max()
            .unwrap_or_default()
    }

    /// The word used in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Clean => "clean",
            Self::Note => "note",
            Self::Review => "review",
            Self::Reduce => "reduce",
            Self::Reject => "reject",
        }
    }
}

impl From<Level> for Verdict {
    fn from(level: Level) -> Self {
        match level {
            Level::Off => Self::Clean,
            Level::Note => Self::Note,
            Level::Review => Self::Review,
            Level::Reduce => Self::Reduce,
            Level::Reject => Self::Reject,
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What the check says about one invoice.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct InvoiceReport {
    /// Invoice number; empty where the file has none.
    pub number: String,
    /// Client id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<String>,
    /// The firm's matter number; the first of several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub matter: Option<String>,
    /// Invoice date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<NaiveDate>,
    /// ISO 4217, or "?" where the format names none.
    pub currency: String,
    /// The invoice total the file states.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<Decimal>,
    /// How many lines.
    pub lines: usize,
    /// Highest level, or clean.
    pub verdict: Verdict,
    /// Money in doubt; never more than the total.
    pub at_risk: Decimal,
    /// Most serious first, then in the order of the file.
    pub findings: Vec<Finding>,
    /// The invoice as a readable bill, where a renderer asks for it.
    #[serde(skip)]
    #[schemars(skip)]
    pub bill: Option<Box<Bill>>,
}

/// An invoice for people to read.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Bill {
    /// Name of the firm, or its id.
    pub firm: String,
    /// Name of the client, or its id.
    pub client: String,
    /// Matter names or numbers.
    pub matters: Vec<String>,
    /// Billing period.
    pub period: Option<(NaiveDate, NaiveDate)>,
    /// What is billed.
    pub description: String,
    /// Its lines, in the order of the file.
    pub lines: Vec<BillLine>,
}

/// A line for people to read; texts as they stand in the file.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct BillLine {
    /// Physical line in the file.
    pub file_line: u32,
    /// Physical line after the last that belongs to it (XML items go over several).
    pub file_line_end: u32,
    /// LINE_ITEM_NUMBER or file_item_nbr.
    pub item: String,
    /// F, E, IF, IE, or as written.
    pub kind: String,
    /// Date, ISO where it could be read.
    pub date: String,
    /// Timekeeper, with class.
    pub timekeeper: String,
    /// Task, activity, expense code.
    pub codes: String,
    /// The narrative.
    pub narrative: String,
    /// Hours or pieces.
    pub units: String,
    /// Rate or price.
    pub unit_cost: String,
    /// Adjustment.
    pub adjustment: String,
    /// Tax.
    pub tax: String,
    /// Line total.
    pub total: String,
}

/// What the check says about one file.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct FileReport {
    /// As it was given; `-` for standard input.
    pub path: String,
    /// SHA-256 of its bytes, where it was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// What it was read as.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ledes_format: Option<LedesFormat>,
    /// How that was recognised, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recognised: Option<String>,
    /// `ascii`, `utf-8`, `utf-8-bom`, `windows-1252`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encoding: Option<String>,
    /// The highest of its own findings and its invoices'.
    pub verdict: Verdict,
    /// What concerns the file as a whole.
    pub findings: Vec<Finding>,
    /// Its invoices, in the order of their first lines.
    pub invoices: Vec<InvoiceReport>,
}

/// A pack that was in force.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct PackUsed {
    /// Its name.
    pub pack: String,
    /// Its version.
    pub version: String,
    /// SHA-256 of its file; of a pack shipped with the program, of what it says.
    pub sha256: String,
}

/// A list of the firm that was used.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct ListUsed {
    /// Its name.
    pub list: String,
    /// The day it was true, where it says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub as_of: Option<NaiveDate>,
    /// How many rows it has.
    pub rows: usize,
    /// What is not on it does not exist.
    pub complete: bool,
    /// Why it may no longer hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warning: Option<String>,
}

impl ListUsed {
    /// The lists that were given, looked at on the day of the check.
    pub fn of(lists: &Lists, today: NaiveDate) -> Vec<Self> {
        let used = |(list, head, rows): (&str, &ListHead, usize)| {
            let age = head.as_of.map(|day| (today - day).num_days());
            let warning = match (age, head.max_age_days) {
                (Some(age), Some(most)) if age > most => Some(format!(
                    "it is {age} days old, where {most} are allowed: what it says may no longer hold"
                )),
                (Some(age), _) if age < 0 => {
                    Some("its as-of day is after the day of the check".to_owned())
                }
                (None, Some(_)) => Some(
                    "it does not say of which day it is; write \"# as_of: DAY\" at its top"
                        .to_owned(),
                ),
                _ => None,
            };
            Self {
                list: list.to_owned(),
                as_of: head.as_of,
                rows,
                complete: head.complete,
                warning,
            }
        };
        lists.given().into_iter().map(used).collect()
    }
}

/// A rule that could not be applied for want of data.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema, PartialOrd, Ord)]
pub struct NotChecked {
    /// The rule's id.
    pub rule: String,
    /// What was missing.
    pub because: String,
}

/// A rule that was in force.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RuleUsed {
    /// Its id.
    pub id: String,
    /// Its pack.
    pub pack: String,
    /// What it looks for, in one short line.
    pub title: String,
    /// Its level.
    pub level: Level,
    /// Why it matters.
    pub why: String,
    /// What to do.
    pub help: String,
    /// Where it comes from.
    pub source: String,
}

/// Something this program could not do.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct RunError {
    /// The file it concerns.
    pub path: String,
    /// What went wrong and what to do.
    pub message: String,
}

/// The run in numbers.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Summary {
    /// Files read.
    pub files: usize,
    /// Invoices judged.
    pub invoices: usize,
    /// Lines judged.
    pub lines: usize,
    /// Invoices without any finding.
    pub clean: usize,
    /// Invoices (and files without one) by verdict.
    pub reject: usize,
    /// See `reject`.
    pub reduce: usize,
    /// See `reject`.
    pub review: usize,
    /// See `reject`.
    pub note: usize,
    /// Money in doubt by currency; "?" where the format names none.
    pub at_risk: BTreeMap<String, Decimal>,
}

/// What is known when all files have been read.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Run {
    /// The day of the check.
    pub today: NaiveDate,
    /// Packs in force, in their order.
    pub packs: Vec<PackUsed>,
    /// Rules in force.
    pub rules: Vec<RuleUsed>,
    /// The firm's lists that were given.
    pub lists: Vec<ListUsed>,
    /// Rules that could not be applied.
    pub not_checked: Vec<NotChecked>,
    /// Files that could not be read.
    pub errors: Vec<RunError>,
    /// The run in numbers.
    pub summary: Summary,
    /// The worst of what concerns files as a whole.
    pub worst_file: Verdict,
}

/// What a renderer needs beyond the findings.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Wants {
    /// [`InvoiceReport::bill`].
    pub bill: bool,
    /// [`FileReport::sha256`].
    pub sha256: bool,
    /// [`crate::model::finding::Excerpt`]s of the places.
    pub excerpts: bool,
    /// [`Finding::repairs`].
    pub repairs: bool,
}

/// Takes reports as they are made, always in the same order: `file`, its invoices, `file_done`, and `finish` at
/// the end. Nothing is kept that the sink does not keep.
pub trait Sink {
    /// What it needs.
    fn wants(&self) -> Wants {
        Wants::default()
    }

    /// A file was opened and looked through. `file` has its findings, and no invoices.
    ///
    /// # Errors
    /// The output could not be written.
    fn file(&mut self, file: &FileReport) -> io::Result<()>;

    /// One of its invoices.
    ///
    /// # Errors
    /// The output could not be written.
    fn invoice(&mut self, file: &FileReport, invoice: InvoiceReport) -> io::Result<()>;

    /// No more invoices; `file` now has its verdict.
    ///
    /// # Errors
    /// The output could not be written.
    fn file_done(&mut self, _file: &FileReport) -> io::Result<()> {
        Ok(())
    }

    /// A file could not be read.
    ///
    /// # Errors
    /// The output could not be written.
    fn error(&mut self, _error: &RunError) -> io::Result<()> {
        Ok(())
    }

    /// The end.
    ///
    /// # Errors
    /// The output could not be written.
    fn finish(&mut self, _run: &Run) -> io::Result<()> {
        Ok(())
    }
}
