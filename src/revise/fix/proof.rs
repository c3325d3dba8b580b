//! The proof of a fix: what the check finds afterwards and did not find before.

use super::change::Change;
use super::wanted::findings;
use crate::check::{FileReport, NotChecked};
use crate::model::{Finding, Safety};
use std::collections::{BTreeMap, BTreeSet};

/// Rules about how a value or a line is written. A fix that changes the form may not break one.
const OF_FORM: [&str; 22] = [
    "not-ledes",
    "signature",
    "header",
    "line-terminator",
    "field-count",
    "embedded-line-break",
    "encoding",
    "forbidden-character",
    "trailing-blank-lines",
    "required-field",
    "invalid-date",
    "invalid-number",
    "lenient-number",
    "number-precision",
    "field-too-long",
    "line-type",
    "padded-value",
    "null-text",
    "malformed-code",
    "xml-not-well-formed",
    "xml-unknown-element",
    "duplicate-invoice-number",
];

/// Changes after which an invoice says what it said: only marks, blanks and line forms are others.
const OF_MARKS: [&str; 9] = [
    "encoding",
    "forbidden-character",
    "padded-value",
    "lenient-number",
    "number-precision",
    "line-terminator",
    "embedded-line-break",
    "trailing-blank-lines",
    "name-order",
];

/// Changes without which the file could not be read as what it is.
const OF_READING: [&str; 3] = ["not-ledes", "signature", "header"];

/// What a check says after a fix and did not say before.
#[derive(Default, Debug)]
pub struct News {
    /// The fix is at fault: nothing may be written.
    pub made: Vec<String>,
    /// It was there all the time, hidden by what is now mended.
    pub revealed: Vec<String>,
}

/// Where a rule spoke, by invoice and rule: lines of the original file; `None`: anywhere.
type Known<'a> = BTreeMap<(&'a str, &'a str), Option<BTreeSet<u32>>>;

fn known<'a>(report: &'a FileReport, hidden: &mut BTreeSet<(&'a str, &'a str)>) -> Known<'a> {
    let mut known = Known::new();
    for (invoice, finding) in findings(report) {
        let lines = known
            .entry((invoice, &finding.rule))
            .or_insert_with(|| Some(BTreeSet::new()));
        match (lines, finding.places_total) {
            (lines, Some(_)) => *lines = None,
            (Some(lines), None) => lines.extend(finding.places.iter().map(|p| p.line)),
            (None, None) => {}
        }
        // What a byte of Windows-1252 stood for is still no ASCII when it is written in UTF-8.
        if finding.rule == "encoding" {
            let invoices = report.invoices.iter().map(|i| i.number.as_str());
            hidden.extend(invoices.map(|number| (number, "forbidden-character")));
        }
        for consequence in &finding.consequences {
            hidden.insert((invoice, &consequence.rule));
        }
    }
    known
}

/// Compares two checks. `original` gives the number a line had in the original file.
pub fn news(
    before: (&FileReport, &[NotChecked]),
    after: &FileReport,
    changes: &[Change],
    original: impl Fn(u32) -> u32,
) -> News {
    let mut hidden = BTreeSet::new();
    let known = known(before.0, &mut hidden);
    let unjudged: BTreeSet<&str> = before.1.iter().map(|n| n.rule.as_str()).collect();
    let unread = before.0.invoices.is_empty()
        || changes
            .iter()
            .any(|c| c.invoice.is_empty() && OF_READING.contains(&c.rule.as_str()));
    let mut news = News::default();
    for (invoice, finding) in findings(after) {
        let rule = finding.rule.as_str();
        let is_known = match known.get(&(invoice, rule)) {
            Some(None) => true,
            Some(Some(lines)) => finding
                .places
                .iter()
                .all(|p| lines.contains(&original(p.line))),
            None => false,
        };
        if is_known {
            continue;
        }
        let said = format!("{rule}: {}", finding.message);
        let of_invoice = || changes.iter().filter(|c| c.invoice == invoice);
        let was_hidden = unread
            || hidden.contains(&(invoice, rule))
            || unjudged.contains(rule)
            // A value that can be read now is judged for the first time.
            || of_invoice().any(|c| {
                c.safety == Safety::Safe && !OF_MARKS.contains(&c.rule.as_str())
            }) && !spoils(finding, of_invoice(), &original);
        if rule == "forbidden-character" && hidden.contains(&(invoice, rule)) {
            continue;
        }
        if was_hidden {
            news.revealed.push(said);
        } else {
            news.made.push(said);
        }
    }
    news
}

/// A rule of form speaks of a value that was changed.
fn spoils<'a>(
    finding: &Finding,
    mut changes: impl Iterator<Item = &'a Change>,
    original: &impl Fn(u32) -> u32,
) -> bool {
    OF_FORM.contains(&finding.rule.as_str())
        && changes.any(|c| {
            finding
                .places
                .iter()
                .any(|p| original(p.line) == c.line && p.field.as_deref() == Some(&c.field))
        })
}
