//! The report as one JSON document (DESIGN section 5).

use super::Look;
use crate::check::report::Wants;
use crate::check::{
    FileReport, InvoiceReport, ListUsed, NotChecked, PackUsed, Run, RunError, Sink, Summary,
};
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::io::{self, Write};

/// The name and version of the document's form.
pub(super) const SCHEMA: &str = "cleanbill.check/1";

/// What a check found: amounts are decimal strings, dates ISO, columns count characters from 1, and what is
/// absent is left out.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct CheckReport {
    /// Always `cleanbill.check/1`.
    #[schemars(extend("const" = SCHEMA))]
    pub schema: String,
    /// Version of the program that wrote it.
    pub program: String,
    /// The day of the check.
    pub today: NaiveDate,
    /// Packs in force, in their order.
    pub packs: Vec<PackUsed>,
    /// The files in the order they were given.
    pub files: Vec<FileReport>,
    /// Files that could not be read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<RunError>,
    /// The firm's lists that were given.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lists: Vec<ListUsed>,
    /// Rules that could not be applied.
    pub not_checked: Vec<NotChecked>,
    /// The run in numbers.
    pub summary: Summary,
}

/// Collects the report and writes it at the end.
pub(super) struct JsonReport {
    out: Box<dyn Write + Send>,
    program: String,
    files: Vec<FileReport>,
    invoices: Vec<InvoiceReport>,
}

impl JsonReport {
    pub(super) fn new(out: Box<dyn Write + Send>, look: &Look) -> Self {
        Self {
            out,
            program: look.version.clone(),
            files: Vec::new(),
            invoices: Vec::new(),
        }
    }
}

impl Sink for JsonReport {
    fn wants(&self) -> Wants {
        Wants {
            sha256: true,
            ..Wants::default()
        }
    }

    fn file(&mut self, _file: &FileReport) -> io::Result<()> {
        self.invoices.clear();
        Ok(())
    }

    fn invoice(&mut self, _file: &FileReport, invoice: InvoiceReport) -> io::Result<()> {
        self.invoices.push(invoice);
        Ok(())
    }

    fn file_done(&mut self, file: &FileReport) -> io::Result<()> {
        self.files.push(FileReport {
            invoices: std::mem::take(&mut self.invoices),
            ..file.clone()
        });
        Ok(())
    }

    fn finish(&mut self, run: &Run) -> io::Result<()> {
        let report = CheckReport {
            schema: SCHEMA.to_owned(),
            program: self.program.clone(),
            today: run.today,
            packs: run.packs.clone(),
            files: std::mem::take(&mut self.files),
            errors: run.errors.clone(),
            lists: run.lists.clone(),
            not_checked: run.not_checked.clone(),
            summary: run.summary.clone(),
        };
        serde_json::to_writer_pretty(&mut self.out, &report)?;
        writeln!(self.out)?;
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::{OutputFormat, sample};

    #[test]
    fn the_document() {
        insta::assert_snapshot!(sample::rendered(OutputFormat::Json, &sample::look()));
    }

    #[test]
    fn what_is_absent_is_left_out() {
        let text = sample::rendered(OutputFormat::Json, &sample::look());
        assert!(!text.contains("null"), "{text}");
    }

    #[test]
    fn it_can_be_read_back() {
        let text = sample::rendered(OutputFormat::Json, &sample::look());
        let report: CheckReport = serde_json::from_str(&text).expect("our own document");
        let again = serde_json::to_string_pretty(&report).expect("plain data");
        assert_eq!(again + "\n", text);
    }
}
