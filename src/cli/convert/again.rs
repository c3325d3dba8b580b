//! The new check a conversion ends in: what would be rejected of the output and was not of the source.

use crate::check::{self, FileReport, Input, InvoiceReport, Options, Quiet, Sink};
use crate::formats::Source;
use crate::model::{Finding, LedesFormat, Level};
use crate::rules::Shelf;
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

/// Rules that reject something, by invoice number (empty: the file), with one message each.
#[derive(Default)]
struct Rejects(BTreeMap<(String, String), (String, u64)>);

impl Rejects {
    fn take(&mut self, number: &str, findings: &[Finding]) {
        for finding in findings.iter().filter(|f| f.level == Level::Reject) {
            self.0
                .entry((number.to_owned(), finding.rule.to_string()))
                .or_insert_with(|| (finding.message.clone(), 0))
                .1 += 1;
        }
    }
}

impl Sink for Rejects {
    fn file(&mut self, file: &FileReport) -> io::Result<()> {
        self.take("", &file.findings);
        Ok(())
    }

    fn invoice(&mut self, _file: &FileReport, invoice: InvoiceReport) -> io::Result<()> {
        self.take(&invoice.number, &invoice.findings);
        Ok(())
    }
}

/// What would be rejected of `written` and was not in `from`, a line each.
///
/// # Errors
/// Files that cannot be read any more.
pub fn new_rejects<'a>(
    from: impl Iterator<Item = &'a Source>,
    written: &Source,
    format: LedesFormat,
    today: NaiveDate,
) -> anyhow::Result<Vec<String>> {
    // Words, hours and prices are carried over; what a conversion can spoil is form.
    let options = Options::on(today, Shelf::shipped()?.without_guidelines());
    let mut before = Rejects::default();
    for source in from {
        checked(source, &options, &mut before)?;
    }
    let mut after = Rejects::default();
    checked(written, &options, &mut after)?;
    let known: BTreeSet<&(String, String)> = before.0.keys().collect();
    let new = after.0.iter().filter(|(key, _)| !known.contains(key));
    Ok(new
        .map(|((number, rule), (message, count))| {
            let whose = if number.is_empty() {
                format.name().to_owned()
            } else {
                format!("invoice {number}")
            };
            let more = match count - 1 {
                0 => String::new(),
                more => format!(" (and {more} more of this rule)"),
            };
            format!("{whose}: {rule}: {message}{more}")
        })
        .collect())
}

/// The check reads paths; a stream was spooled and has none.
fn checked(source: &Source, options: &Options, sink: &mut Rejects) -> anyhow::Result<()> {
    let mut copy = tempfile::NamedTempFile::new()?;
    io::copy(&mut source.reader(), &mut copy)?;
    copy.flush()?;
    let inputs = [Input::Path(copy.path().to_owned())];
    check::check(&inputs, options.clone(), &Quiet, sink).map_err(|e| anyhow::anyhow!("{e}"))?;
    Ok(())
}
