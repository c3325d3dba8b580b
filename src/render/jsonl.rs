//! The report as lines of JSON: an invoice each, as they are judged; a file where there is something to say about
//! it; the run last.

use super::Look;
use crate::check::report::Wants;
use crate::check::{
    FileReport, InvoiceReport, ListUsed, NotChecked, PackUsed, Run, RunError, Sink, Summary,
    Verdict,
};
use crate::model::{Finding, LedesFormat};
use chrono::NaiveDate;
use serde::Serialize;
use std::io::{self, Write};

#[derive(Serialize)]
struct InvoiceLine<'a> {
    schema: &'static str,
    path: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    sha256: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ledes_format: Option<LedesFormat>,
    #[serde(skip_serializing_if = "Option::is_none")]
    encoding: Option<&'a str>,
    #[serde(flatten)]
    invoice: &'a InvoiceReport,
}

#[derive(Serialize)]
struct FileLine<'a> {
    schema: &'static str,
    path: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    sha256: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ledes_format: Option<LedesFormat>,
    #[serde(skip_serializing_if = "Option::is_none")]
    recognised: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    encoding: Option<&'a str>,
    verdict: Verdict,
    invoices: usize,
    findings: &'a [Finding],
}

#[derive(Serialize)]
struct RunLine<'a> {
    schema: &'static str,
    program: &'a str,
    today: NaiveDate,
    packs: &'a [PackUsed],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [RunError],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    lists: &'a [ListUsed],
    not_checked: &'a [NotChecked],
    summary: &'a Summary,
}

/// Writes the lines.
pub(super) struct JsonLines {
    out: Box<dyn Write + Send>,
    /// A line is put together here: its many small pieces would each be a call.
    room: Vec<u8>,
    program: String,
    invoices: usize,
}

impl JsonLines {
    pub(super) fn new(out: Box<dyn Write + Send>, look: &Look) -> Self {
        Self {
            out,
            room: Vec::new(),
            program: look.version.clone(),
            invoices: 0,
        }
    }

    fn line(&mut self, line: &impl Serialize) -> io::Result<()> {
        self.room.clear();
        serde_json::to_writer(&mut self.room, line)?;
        self.room.push(b'\n');
        self.out.write_all(&self.room)
    }
}

impl Sink for JsonLines {
    fn wants(&self) -> Wants {
        Wants {
            sha256: true,
            ..Wants::default()
        }
    }

    fn file(&mut self, _file: &FileReport) -> io::Result<()> {
        self.invoices = 0;
        Ok(())
    }

    fn invoice(&mut self, file: &FileReport, invoice: InvoiceReport) -> io::Result<()> {
        self.invoices += 1;
        self.line(&InvoiceLine {
            schema: "cleanbill.invoice/1",
            path: &file.path,
            sha256: file.sha256.as_deref(),
            ledes_format: file.ledes_format,
            encoding: file.encoding.as_deref(),
            invoice: &invoice,
        })
    }

    fn file_done(&mut self, file: &FileReport) -> io::Result<()> {
        if file.findings.is_empty() && self.invoices > 0 {
            return Ok(());
        }
        self.line(&FileLine {
            schema: "cleanbill.file/1",
            path: &file.path,
            sha256: file.sha256.as_deref(),
            ledes_format: file.ledes_format,
            recognised: file.recognised.as_deref(),
            encoding: file.encoding.as_deref(),
            verdict: file.verdict,
            invoices: self.invoices,
            findings: &file.findings,
        })
    }

    fn finish(&mut self, run: &Run) -> io::Result<()> {
        let program = std::mem::take(&mut self.program);
        self.line(&RunLine {
            schema: "cleanbill.run/1",
            program: &program,
            today: run.today,
            packs: &run.packs,
            errors: &run.errors,
            lists: &run.lists,
            not_checked: &run.not_checked,
            summary: &run.summary,
        })?;
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use crate::render::{OutputFormat, sample};
    use serde_json::Value;

    #[test]
    fn the_lines() {
        insta::assert_snapshot!(sample::rendered(OutputFormat::Jsonl, &sample::look()));
    }

    #[test]
    fn each_line_is_an_object_that_names_its_schema() {
        let text = sample::rendered(OutputFormat::Jsonl, &sample::look());
        let schemas: Vec<String> = text
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).expect("JSON"))
            .map(|line| line["schema"].as_str().expect("a name").to_owned())
            .collect();
        let invoice = "cleanbill.invoice/1";
        assert_eq!(
            schemas,
            [
                invoice,
                invoice,
                "cleanbill.file/1",
                invoice,
                "cleanbill.file/1",
                "cleanbill.run/1"
            ]
        );
        assert!(!text.contains("null"));
    }
}
