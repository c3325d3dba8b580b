//! Corrections: what a check asks for is changed in the file, value by value, and the file is checked again.
//! Not here: which change is right (rules), files on disk, and anything a person must decide.

pub mod change;

mod columns;
mod form;
mod proof;
mod wanted;

pub use change::{Change, Entry, Signed};
pub use proof::News;

use super::document::Document;
use crate::check::{CheckError, FileReport, NotChecked, Options, Wants, check_whole};
use crate::formats::{LineNumbers, Source, survey};
use crate::model::Safety;
use std::collections::{BTreeMap, BTreeSet};
use wanted::Wanted;

/// Rounds of change and check after which a fix does not come to rest any more.
const MOST_ROUNDS: usize = 24;

/// What a fix came to.
#[derive(Debug)]
pub struct Fixed {
    /// The file as it should be.
    pub bytes: Vec<u8>,
    /// What was changed, in the order of the file's lines.
    pub changes: Vec<Change>,
    /// The check of the file as it was.
    pub before: FileReport,
    /// The check of the file as it should be.
    pub after: FileReport,
    /// Findings that stand now and did not before.
    pub news: News,
    /// Rules that offer a change somebody must sign, with how many places each.
    pub offered: BTreeMap<String, usize>,
}

/// Why a file was not fixed.
#[derive(Debug, thiserror::Error)]
pub enum FixError {
    /// It could not be checked.
    #[error(transparent)]
    Check(#[from] CheckError),
    /// It stands inside another file.
    #[error(
        "the invoice stands inside a mail, where it cannot be changed: save the attached file by itself and fix that"
    )]
    Wrapped,
    /// Changes undo one another.
    #[error(
        "the changes do not come to rest: {0} asks for one again and again. This is a mistake of cleanbill: please report \
         it with the file"
    )]
    Restless(String),
}

type Checked = (FileReport, Vec<NotChecked>);

/// Fixes the bytes of a file: everything that is safe, and what the rules in `allowed` ask for beyond it. Each round
/// makes what the check asks for and checks again, until it asks for nothing more; a second fix changes nothing.
///
/// # Errors
/// See [`FixError`].
pub fn fix(
    name: &str,
    bytes: &[u8],
    options: &Options,
    allowed: &BTreeSet<String>,
) -> Result<Fixed, FixError> {
    let source = Source::of_bytes(bytes).map_err(CheckError::Output)?;
    let surveyed = survey(&source).map_err(CheckError::Output)?;
    if surveyed.numbers != LineNumbers::Same {
        return Err(FixError::Wrapped);
    }
    let wants = Wants {
        repairs: true,
        ..Wants::default()
    };
    let checked = |bytes: &[u8]| check_whole(name, bytes, options, wants);
    let first: Checked = checked(bytes)?;
    let mut changes = Vec::new();
    let mut now = bytes.to_vec();
    let mut report = first.0.clone();
    if report.ledes_format.is_none()
        && let Some((readable, change)) = form::readable(&now)
    {
        let read = checked(&readable)?;
        if read.0.ledes_format.is_some() {
            (now, report) = (readable, read.0);
            changes.push(change);
        }
    }
    let Some(format) = report.ledes_format else {
        return Ok(done(first, now, report, changes, |line| line));
    };
    let mut document = Document::new(&now, format.is_xml());
    if !format.is_xml() {
        let tidied = form::tidied(&mut document);
        if !tidied.is_empty() {
            changes.extend(tidied);
            now = document.bytes();
            report = checked(&now)?.0;
        }
    }
    for _ in 0..MOST_ROUNDS {
        let wanted = wanted::wanted(&report, allowed);
        let made = round(&mut document, &report, &wanted);
        if made.is_empty() {
            changes.sort_by_key(|c| c.line);
            return Ok(done(first, now, report, changes, |line| {
                document.original(line)
            }));
        }
        changes.extend(made);
        now = document.bytes();
        report = checked(&now)?.0;
    }
    let last = changes.last().map(|c| c.rule.clone());
    Err(FixError::Restless(last.unwrap_or_default()))
}

/// One round: lines first, since they move what stands on them.
fn round(document: &mut Document, report: &FileReport, wanted: &[Wanted<'_>]) -> Vec<Change> {
    let Some(format) = report.ledes_format else {
        return Vec::new();
    };
    if format.is_xml() {
        let encoding: Vec<&Wanted<'_>> = wanted.iter().filter(|w| is_of_file(w)).collect();
        if !encoding.is_empty() && document.lines.iter().any(|l| l.windows) {
            let declared = document.lines.first().is_some_and(|l| {
                l.text.contains("encoding=") && !l.text.to_ascii_lowercase().contains("utf-8")
            });
            if !declared {
                return encoding
                    .into_iter()
                    .map(|w| all_utf_8(document, w))
                    .collect();
            }
        }
        return wanted::values(document, true, wanted);
    }
    let made = form::lines(document, format, wanted);
    if !made.is_empty() {
        return made;
    }
    let made = columns::ordered(document, format, wanted);
    if !made.is_empty() {
        return made;
    }
    wanted::values(document, false, wanted)
}

fn is_of_file(wanted: &Wanted<'_>) -> bool {
    wanted.rule == "encoding" && matches!(wanted.repair.variant, "" | "contradicts")
}

fn all_utf_8(document: &mut Document, wanted: &Wanted<'_>) -> Change {
    for line in &mut document.lines {
        line.windows = false;
    }
    Change {
        before: "Windows-1252".to_owned(),
        after: "UTF-8".to_owned(),
        line: document.original(wanted.repair.line),
        ..wanted.change()
    }
}

fn done(
    first: Checked,
    bytes: Vec<u8>,
    after: FileReport,
    changes: Vec<Change>,
    original: impl Fn(u32) -> u32,
) -> Fixed {
    let mut offered = BTreeMap::new();
    for (_, finding) in wanted::findings(&after) {
        let unsafe_ones = finding
            .repairs
            .iter()
            .filter(|r| r.safety == Safety::Unsafe && r.after.is_some())
            .count();
        if unsafe_ones > 0 {
            *offered.entry(finding.rule.clone()).or_default() += unsafe_ones;
        }
    }
    Fixed {
        news: proof::news((&first.0, &first.1), &after, &changes, original),
        bytes,
        changes,
        before: first.0,
        after,
        offered,
    }
}
