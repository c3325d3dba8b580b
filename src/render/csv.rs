//! The report as a table, one row a place, for a spreadsheet.

use super::wording::printable;
use crate::check::{FileReport, InvoiceReport, Run, Sink};
use crate::model::{Finding, Place};
use std::borrow::Cow;
use std::io::{self, Write};

/// The table's columns. The first holds the byte order mark by which spreadsheets know UTF-8.
const COLUMNS: [&str; 15] = [
    "\u{feff}path",
    "invoice",
    "client",
    "matter",
    "item",
    "line",
    "column",
    "field",
    "value",
    "level",
    "rule",
    "message",
    "expected",
    "at_risk",
    "help",
];

/// Writes the table as findings come.
pub(super) struct CsvReport {
    table: csv::Writer<Box<dyn Write + Send>>,
    begun: bool,
}

impl CsvReport {
    pub(super) fn new(out: Box<dyn Write + Send>) -> Self {
        Self {
            table: csv::WriterBuilder::new()
                .terminator(csv::Terminator::CRLF)
                .from_writer(out),
            begun: false,
        }
    }

    fn begin(&mut self) -> io::Result<()> {
        if !self.begun {
            self.begun = true;
            self.table.write_record(COLUMNS)?;
        }
        Ok(())
    }

    /// Its places, and a row without a place where there are none or more than the report holds.
    fn finding(
        &mut self,
        path: &str,
        invoice: Option<&InvoiceReport>,
        finding: &Finding,
    ) -> io::Result<()> {
        self.begin()?;
        for (at, place) in finding.places.iter().enumerate() {
            self.row(
                path,
                invoice,
                finding,
                Some(place),
                &finding.message,
                at == 0,
            )?;
        }
        let held = finding.places.len();
        let more = finding.places_total.unwrap_or(0).saturating_sub(held);
        if held == 0 {
            self.row(path, invoice, finding, None, &finding.message, true)?;
        } else if more > 0 {
            let message = format!("{} (and at {more} more places)", finding.message);
            self.row(path, invoice, finding, None, &message, false)?;
        }
        Ok(())
    }

    /// What belongs to the finding's first place only (the money, the expected value) stands in its first row,
    /// so that a column can be summed.
    fn row(
        &mut self,
        path: &str,
        invoice: Option<&InvoiceReport>,
        finding: &Finding,
        place: Option<&Place>,
        message: &str,
        first: bool,
    ) -> io::Result<()> {
        let text = |s: Option<&String>| s.map_or(String::new(), |s| cell(s).into_owned());
        let number = |n: Option<u32>| n.map_or(String::new(), |n| n.to_string());
        let at_risk = finding.at_risk.filter(|_| first);
        self.table.write_record([
            &*cell(path),
            &*text(invoice.map(|i| &i.number)),
            &*text(invoice.and_then(|i| i.client.as_ref())),
            &*text(invoice.and_then(|i| i.matter.as_ref())),
            &*text(place.and_then(|p| p.item.as_ref())),
            &*number(place.map(|p| p.line)),
            &*number(place.map(|p| p.column)),
            &*text(place.and_then(|p| p.field.as_ref())),
            &*text(place.and_then(|p| p.value.as_ref())),
            finding.level.name(),
            &*cell(&finding.rule),
            &*cell(message),
            &*text(finding.expected.as_ref().filter(|_| first)),
            &*at_risk.map_or(String::new(), |money| money.to_string()),
            &*cell(&finding.help),
        ])?;
        Ok(())
    }
}

/// The text for one cell. What a spreadsheet would take for a formula gets an apostrophe before it; numbers stay
/// numbers.
pub fn cell(text: &str) -> Cow<'_, str> {
    let text = printable(text);
    let formula = text.trim_start().starts_with([
        '=', '+', '-', '@', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}',
    ]);
    if formula && !is_number(&text) {
        Cow::Owned(format!("'{text}"))
    } else {
        text
    }
}

fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
    let all = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    all(whole) && all(decimals) && whole.len() + decimals.len() > 0
}

impl Sink for CsvReport {
    fn file(&mut self, file: &FileReport) -> io::Result<()> {
        for finding in &file.findings {
            self.finding(&file.path, None, finding)?;
        }
        Ok(())
    }

    fn invoice(&mut self, file: &FileReport, invoice: InvoiceReport) -> io::Result<()> {
        for finding in &invoice.findings {
            self.finding(&file.path, Some(&invoice), finding)?;
        }
        Ok(())
    }

    fn file_done(&mut self, _file: &FileReport) -> io::Result<()> {
        Ok(())
    }

    fn finish(&mut self, _run: &Run) -> io::Result<()> {
        self.begin()?;
        self.table.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::{OutputFormat, sample};
    use rust_decimal::Decimal;

    #[test]
    fn the_table() {
        let text = sample::rendered(OutputFormat::Csv, &sample::look());
        assert!(text.starts_with("\u{feff}path,invoice,"));
        let rows = text.matches("\r\n").count();
        assert_eq!(rows, text.matches('\n').count());
        insta::assert_snapshot!(text.replace("\r\n", "\n"));
    }

    #[test]
    fn the_money_of_a_finding_stands_there_once() {
        let text = sample::rendered(OutputFormat::Csv, &sample::look());
        let mut table = csv::Reader::from_reader(text.as_bytes());
        let sum: Decimal = table
            .records()
            .map(|row| row.expect("rows of one length"))
            .filter(|row| &row[10] == "invalid-date")
            .filter_map(|row| row[13].parse::<Decimal>().ok())
            .sum();
        assert_eq!(Some(sum), sample::grouped().at_risk);
    }

    #[test]
    fn formulas_are_disarmed_and_numbers_are_not() {
        for text in [
            "=1+1", "+CALL()", "-", "@SUM(A1)", "-1-1", "  =x", "＝1", "-1.2.3", "\t=1",
        ] {
            assert!(cell(text).starts_with('\''), "{text}");
        }
        for text in ["-120.00", "+5", "-.5", "390.00", "a=b", ""] {
            assert_eq!(cell(text), text);
        }
    }
}
