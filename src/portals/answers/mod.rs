//! What portals say of invoices in files and mails: read into [`StatusReport`]s, with what they say about which invoice is meant.
//! Not here: which invoice of ours that is and what becomes of it (`workflow`), and asking a portal (each one's folder).

mod attachments;
mod mail;
mod mail_table;
#[cfg(feature = "imap")]
mod mailbox;
mod mapping;
mod proof;
mod row;
mod table;
mod workbook;

#[cfg(feature = "imap")]
pub use mailbox::{Letter, Mailbox};
pub use mapping::AnswerMapping;
pub(in crate::portals) use mapping::plain;
#[cfg(feature = "sftp")]
pub(in crate::portals) use row::{Laid, Row};
pub(in crate::portals) use workbook::Tab;

use crate::firm::Sheet;
use crate::model::StatusReport;
use crate::rules::pack::Terms;
use rust_decimal::Decimal;
use std::collections::BTreeMap;
use std::fmt;

/// The largest file that is read, in bytes.
pub const MOST_BYTES: u64 = 64 << 20;

/// One thing that was heard of one invoice.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Told {
    /// What it stood in: `mail`, or the name of a mapping.
    pub source: String,
    /// File, sheet and row, or the mail's subject line's place.
    pub place: String,
    /// The portal, as far as it is known.
    pub portal: Option<String>,
    /// CLIENT_ID, where it was said.
    pub client: Option<String>,
    /// What tells the same thing said twice from two things: the row, or the mail.
    pub mark: String,
    /// What was said; INVOICE_NUMBER and totals are in it.
    pub report: StatusReport,
    /// Why a person should look before it is believed: an unproven sender, figures that do not fit together.
    pub doubts: Vec<String>,
}

/// Something that cannot be read: where, what stands there, what is expected, and what to do.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mistake {
    /// File, sheet, row and column.
    pub place: String,
    /// What stands there; empty where nothing does.
    pub value: String,
    /// What is expected.
    pub expected: String,
    /// What to do.
    pub remedy: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            place,
            value,
            expected,
            remedy,
        } = self;
        write!(f, "{place}: ")?;
        if !value.is_empty() {
            write!(f, "\"{value}\" stands there; ")?;
        }
        write!(f, "expected is {expected}; {remedy}")
    }
}

/// What a file held.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Heard {
    /// What was said, in the order of the file.
    pub told: Vec<Told>,
    /// What could not be read.
    pub mistakes: Vec<Mistake>,
}

/// What is known when answers are read.
#[derive(Clone, Debug, Default)]
pub struct Listener<'a> {
    /// The portal all of it is from, where somebody said so.
    pub portal: Option<String>,
    /// A mapping of the firm's own; without one, those of the program are tried.
    pub mapping: Option<AnswerMapping>,
    /// Senders that are listened to: an address, or `@domain`, with its portal.
    pub senders: BTreeMap<String, String>,
    /// The name by which the firm's own mail server signs Authentication-Results (RFC 8601, authserv-id).
    pub mail_server: Option<String>,
    /// Terms of portals by [`crate::rules::portal_key`], for their words.
    pub terms: BTreeMap<String, &'a Terms>,
}

impl Listener<'_> {
    /// Reads a file or a mail.
    pub fn read(&self, name: &str, bytes: &[u8]) -> Heard {
        let ending = name.rsplit('.').next().unwrap_or("").to_lowercase();
        if bytes.len() as u64 > MOST_BYTES {
            return Heard::wrong(Mistake {
                place: name.to_owned(),
                value: format!("{} MB", bytes.len() >> 20),
                expected: format!("at most {} MB", MOST_BYTES >> 20),
                remedy: "export fewer invoices at a time".to_owned(),
            });
        }
        if ending == "eml" {
            return self.mail(name, bytes);
        }
        self.table(name, bytes)
    }

    /// Reads a table or a workbook.
    fn table(&self, name: &str, bytes: &[u8]) -> Heard {
        let ending = name.rsplit('.').next().unwrap_or("").to_lowercase();
        let sheets = if bytes.starts_with(b"PK\x03\x04") {
            workbook::xlsx(name, bytes)
        } else if bytes.starts_with(b"\xd0\xcf\x11\xe0") {
            workbook::xls(name, bytes)
        } else if ending.starts_with("xls") {
            Err(Mistake {
                place: name.to_owned(),
                value: "text under the name of a workbook".to_owned(),
                expected: "a workbook".to_owned(),
                remedy:
                    "open it in a spreadsheet program, save it as .xlsx or CSV, and import that"
                        .to_owned(),
            })
        } else {
            let sheet = Sheet::read(bytes).map_err(|why| Mistake {
                place: name.to_owned(),
                value: String::new(),
                expected: "a table (CSV, .xlsx, .xls) or a mail (.eml)".to_owned(),
                remedy: why,
            });
            sheet.map(|sheet| {
                vec![Tab {
                    name: None,
                    sheet,
                    formulas: Vec::new(),
                }]
            })
        };
        match sheets {
            Ok(tabs) => self.tables(name, tabs),
            Err(mistake) => Heard::wrong(mistake),
        }
    }

    /// What a portal's word means: the mapping's own words first, then the portal's terms, then ours.
    fn outcome(
        &self,
        own: &BTreeMap<String, crate::model::Outcome>,
        portal: Option<&str>,
        word: &str,
    ) -> Option<crate::model::Outcome> {
        let plain = word.trim().to_lowercase();
        if let Some(outcome) = own.get(&plain) {
            return Some(*outcome);
        }
        let terms = portal.and_then(|p| self.terms.get(&crate::rules::portal_key(p)));
        let meant = terms.and_then(|t| t.status.get(&plain));
        let named = crate::model::Outcome::named;
        meant
            .and_then(|m| named(m))
            .or_else(|| named(&plain.replace([' ', '_'], "-")))
    }
}

impl Heard {
    fn wrong(mistake: Mistake) -> Self {
        Self {
            told: Vec::new(),
            mistakes: vec![mistake],
        }
    }
}

/// The sum of what was cut, whatever sign the portal gives it.
fn cut(report: &StatusReport) -> Option<Decimal> {
    let mut sum = Decimal::ZERO;
    for reduction in &report.reductions {
        sum = sum.checked_add(reduction.amount.abs())?;
    }
    Some(sum)
}

/// What does not fit together in a report, whatever it stood in.
fn figures(report: &StatusReport) -> Vec<String> {
    let mut doubts = Vec::new();
    for reduction in &report.reductions {
        let line = reduction.line.as_ref();
        let item = line
            .and_then(|l| l.item.as_deref())
            .map_or_else(|| "the invoice".to_owned(), |i| format!("line {i}"));
        if let Some(total) = line.and_then(|l| l.total)
            && reduction.amount.abs() > total.abs()
        {
            doubts.push(format!(
                "{item}: {} was cut of {total}; a cut is at most what was billed; ask the client what was meant",
                reduction.amount.abs()
            ));
        }
    }
    let Some(sum) = cut(report) else {
        doubts.push("the sum of the cuts is no amount".to_owned());
        return doubts;
    };
    if let (Some(billed), Some(approved)) = (report.original_total, report.approved_total) {
        if approved > billed {
            doubts.push(format!(
                "approved is {approved}, billed was {billed}; more than the invoice is not approved; ask the client"
            ));
        } else if !report.reductions.is_empty() && billed.checked_sub(sum) != Some(approved) {
            doubts.push(format!(
                "the cuts come to {sum}, but {billed} billed and {approved} approved differ by {}; ask the client for the \
                 missing lines",
                billed - approved
            ));
        }
    } else if let Some(billed) = report.original_total
        && sum > billed.abs()
    {
        doubts.push(format!(
            "the cuts come to {sum} of an invoice of {billed}; ask the client what was meant"
        ));
    }
    doubts
}

#[cfg(test)]
mod tests;
