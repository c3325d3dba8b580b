//! The changes a check asks for, and those of single values made in the file.

use super::change::Change;
use crate::check::FileReport;
use crate::formats::write::push_escaped;
use crate::model::finding::Repair;
use crate::model::{Finding, Safety};
use crate::revise::document::Document;
use std::collections::BTreeSet;

/// A change somebody may make.
pub struct Wanted<'a> {
    /// The rule that asks for it.
    pub rule: &'a str,
    /// INVOICE_NUMBER; empty for the file.
    pub invoice: &'a str,
    /// Where and what.
    pub repair: &'a Repair,
}

impl Wanted<'_> {
    /// The change, without its line.
    pub fn change(&self) -> Change {
        Change {
            rule: self.rule.to_owned(),
            safety: self.repair.safety,
            line: self.repair.line,
            invoice: self.invoice.to_owned(),
            item: self.repair.item.clone(),
            field: self.repair.field.clone(),
            before: self.repair.before.clone(),
            after: self.repair.after.clone().unwrap_or_default(),
        }
    }
}

/// The findings of a report with the number of their invoice.
pub fn findings(report: &FileReport) -> impl Iterator<Item = (&str, &Finding)> {
    let own = report.findings.iter().map(|f| ("", f));
    let invoices = report.invoices.iter();
    own.chain(invoices.flat_map(|i| i.findings.iter().map(|f| (i.number.as_str(), f))))
}

/// What may be changed: all that is safe, and of the rest what these rules ask for.
pub fn wanted<'a>(report: &'a FileReport, allowed: &BTreeSet<String>) -> Vec<Wanted<'a>> {
    findings(report)
        .flat_map(|(invoice, finding)| {
            finding.repairs.iter().map(move |repair| Wanted {
                rule: &finding.rule,
                invoice,
                repair,
            })
        })
        .filter(|w| w.repair.safety == Safety::Safe || allowed.contains(w.rule))
        .collect()
}

/// A place in a line, and what comes there.
struct Edit<'a> {
    line: usize,
    from: usize,
    until: usize,
    text: String,
    wanted: &'a Wanted<'a>,
}

/// Puts values into their places. What stands there must be what the check saw; places that overlap wait for the next
/// round.
pub fn values(document: &mut Document, xml: bool, wanted: &[Wanted<'_>]) -> Vec<Change> {
    let mut edits: Vec<Edit<'_>> = wanted
        .iter()
        .filter_map(|wanted| edit(document, xml, wanted))
        .collect();
    edits.sort_by_key(|e| (e.line, e.from, e.until));
    edits.dedup_by(|b, a| {
        a.line == b.line && (b.from < a.until || (b.from, b.until) == (a.from, a.until))
    });
    let mut changes: Vec<Change> = Vec::with_capacity(edits.len());
    for edit in edits.iter().rev() {
        let line = &mut document.lines[edit.line];
        let mut change = edit.wanted.change();
        change.line = line.original;
        if edit.wanted.rule == "encoding" {
            line.windows = false;
            change.before.push_str(" (Windows-1252)");
            change.after.push_str(" (UTF-8)");
        }
        // A sign alone says little; it is shown with the words round it.
        let lead = match change.field.is_empty() {
            true => around(&line.text[..edit.from], true),
            false => String::new(),
        };
        let tail = match change.field.is_empty() {
            true => around(&line.text[edit.until..], false),
            false => String::new(),
        };
        change.before = format!("{lead}{}{tail}", change.before);
        change.after = format!("{lead}{}{tail}", change.after);
        line.text.replace_range(edit.from..edit.until, &edit.text);
        changes.push(change);
    }
    changes.reverse();
    changes
}

/// The end or the beginning of a text.
fn around(text: &str, end: bool) -> String {
    const REACH: usize = 24;
    match end {
        true => {
            let skip = text.chars().count().saturating_sub(REACH);
            text.chars().skip(skip).collect()
        }
        false => text.chars().take(REACH).collect(),
    }
}

fn edit<'a>(document: &Document, xml: bool, wanted: &'a Wanted<'a>) -> Option<Edit<'a>> {
    let repair = wanted.repair;
    let after = repair.after.as_ref()?;
    // Columns out of order are not mended by another name above them.
    if wanted.rule == "header" && repair.variant == "order" {
        return None;
    }
    let index = repair.line.checked_sub(1)? as usize;
    let line = document.lines.get(index)?;
    let skip = repair.column.checked_sub(1)? as usize;
    let from = line
        .text
        .char_indices()
        .map(|(at, _)| at)
        .chain([line.text.len()])
        .nth(skip)?;
    if !line.text[from..].starts_with(&repair.before) {
        return None;
    }
    let mut text = String::new();
    // The sign that has to be escaped is no value.
    if xml && wanted.rule != "xml-not-well-formed" {
        push_escaped(&mut text, after);
    } else {
        text.push_str(after);
    }
    // A character that stands for itself in Windows-1252 alone is one byte there.
    let same = text == repair.before && (wanted.rule != "encoding" || !line.windows);
    (!same).then(|| Edit {
        line: index,
        from,
        until: from + repair.before.len(),
        text,
        wanted,
    })
}
