//! The report for people at a terminal. Written as it comes: nothing is kept but what was already explained in the
//! file at hand.

use super::Look;
use super::snippet::{snippet, style};
use super::summary;
use super::wording::{
    amount, counted, further_places, grouped, invoice_words, level_words, printable, recognition,
    wrapped,
};
use crate::check::report::Wants;
use crate::check::{FileReport, InvoiceReport, Run, RunError, Sink, Verdict};
use crate::model::{Finding, Level};
use annotate_snippets::renderer::{AnsiColor, Effects, Style};
use rustc_hash::FxHashMap;
use std::io::{self, Write};

/// Rows wider than this are hard to read.
const WIDEST: usize = 120;
const INDENT: &str = "  ";
/// Where the words of a row begin, after its name.
const ROW: &str = "            ";

/// Writes the text report.
pub(super) struct TextReport {
    out: Box<dyn Write + Send>,
    colour: bool,
    width: usize,
    /// By rule, the help last given in this file: the same advice forty times is noise.
    explained: FxHashMap<String, String>,
    any_file: bool,
    /// The last thing written was a paragraph, so that a blank row is due.
    gap: bool,
}

impl TextReport {
    pub(super) fn new(out: Box<dyn Write + Send>, look: &Look) -> Self {
        Self {
            out,
            colour: look.colour,
            width: look.width.clamp(40, WIDEST),
            explained: FxHashMap::default(),
            any_file: false,
            gap: false,
        }
    }

    fn paint(&self, style: Style, text: &str) -> String {
        if self.colour {
            format!("{style}{text}{style:#}")
        } else {
            text.to_owned()
        }
    }

    fn bold(&self, text: &str) -> String {
        self.paint(Style::new().effects(Effects::BOLD), text)
    }

    fn finding(&mut self, path: &str, finding: &Finding) -> io::Result<()> {
        writeln!(self.out)?;
        let words = level_words(finding.level);
        // The words are painted after wrapping, as colours have no width.
        let title = format!(
            "{words}: {} [{}]",
            printable(&finding.message),
            finding.rule
        );
        let rows = wrapped(&title, self.width - INDENT.len());
        for (at, row) in rows.iter().enumerate() {
            let row = match row.strip_prefix(words).filter(|_| at == 0) {
                Some(rest) => self.paint(style(finding.level), words) + &self.bold(rest),
                None => self.bold(row),
            };
            writeln!(self.out, "{INDENT}{row}")?;
        }
        if let Some(place) = finding.places.first() {
            let shown = snippet(
                path,
                place,
                finding.level,
                self.colour,
                self.width - 2 * INDENT.len(),
            );
            for row in shown.lines() {
                writeln!(self.out, "{INDENT}{INDENT}{}", row.trim_end())?;
            }
            if let Some(value) = &place.value {
                if value.trim() == value {
                    self.row("value", value)?;
                } else {
                    // Only marks round it show the blanks.
                    self.row("value", &format!("\"{value}\""))?;
                }
            }
        }
        if let Some(expected) = &finding.expected {
            self.row("expected", expected)?;
        }
        if let Some(also) = further_places(finding) {
            self.row("places", &also)?;
        }
        self.explain(finding)?;
        for (at, consequence) in finding.consequences.iter().enumerate() {
            if at == 0 {
                writeln!(self.out, "{INDENT}{INDENT}because of it:")?;
            }
            let text = format!("{} [{}]", printable(&consequence.message), consequence.rule);
            for (at, row) in wrapped(&text, self.width - 8).iter().enumerate() {
                let lead = if at == 0 { "- " } else { "  " };
                writeln!(self.out, "{INDENT}{INDENT}{INDENT}{lead}{row}")?;
            }
        }
        Ok(())
    }

    /// Why, and what to do: once a rule and file; other help of the same rule when it changes.
    fn explain(&mut self, finding: &Finding) -> io::Result<()> {
        let before = self.explained.get(&finding.rule);
        let first = before.is_none();
        let other_help = before.is_some_and(|help| *help != finding.help);
        if first {
            self.row("why", &finding.why)?;
        }
        if first || other_help {
            self.row("what to do", &finding.help)?;
            self.explained
                .insert(finding.rule.clone(), finding.help.clone());
        }
        Ok(())
    }

    fn row(&mut self, name: &str, text: &str) -> io::Result<()> {
        if text.is_empty() {
            return Ok(());
        }
        let text = printable(text);
        let dim = Style::new().effects(Effects::DIMMED);
        let rows = wrapped(&text, self.width - 2 * INDENT.len() - ROW.len());
        for (at, row) in rows.iter().enumerate() {
            let name = if at == 0 { name } else { "" };
            let name = self.paint(dim, &format!("{name:<width$}", width = ROW.len()));
            writeln!(self.out, "{INDENT}{INDENT}{name}{row}")?;
        }
        Ok(())
    }

    fn findings(&mut self, path: &str, findings: &[Finding]) -> io::Result<()> {
        for finding in findings {
            self.finding(path, finding)?;
        }
        self.gap = !findings.is_empty();
        Ok(())
    }

    fn summary(&mut self, run: &Run) -> io::Result<()> {
        let title = self.bold("Summary");
        writeln!(self.out, "{title}")?;
        self.paragraph(&summary::scope(&run.summary))?;
        for (count, verdict) in summary::verdicts(&run.summary) {
            let words = self.paint(colour(verdict), summary::verdict_of_many(verdict));
            let count = grouped(&count.to_string());
            writeln!(self.out, "{INDENT}{count:>8}  {words}")?;
        }
        if let Some(sentence) = summary::whole_file(run) {
            self.paragraph(sentence)?;
        }
        if let Some(at_risk) = summary::at_risk(&run.summary) {
            self.paragraph(&format!("Money at risk: {at_risk}."))?;
        }
        let sentences = summary::not_read(run)
            .into_iter()
            .chain(summary::lists(&run.lists))
            .chain(summary::not_checked(&run.not_checked));
        for sentence in sentences {
            self.paragraph(&sentence)?;
        }
        Ok(())
    }

    fn paragraph(&mut self, text: &str) -> io::Result<()> {
        for row in wrapped(text, self.width - INDENT.len()) {
            writeln!(self.out, "{INDENT}{row}")?;
        }
        Ok(())
    }
}

fn colour(verdict: Verdict) -> Style {
    match verdict {
        Verdict::Clean => AnsiColor::Green.on_default(),
        Verdict::Note => style(Level::Note),
        Verdict::Review => style(Level::Review),
        Verdict::Reduce => style(Level::Reduce),
        Verdict::Reject => style(Level::Reject),
    }
}

impl Sink for TextReport {
    fn wants(&self) -> Wants {
        Wants {
            excerpts: true,
            ..Wants::default()
        }
    }

    fn file(&mut self, file: &FileReport) -> io::Result<()> {
        if self.any_file {
            writeln!(self.out)?;
        }
        self.any_file = true;
        self.explained.clear();
        let path = self.bold(&printable(&file.path));
        writeln!(self.out, "{path}")?;
        let about = recognition(file);
        if !about.is_empty() {
            self.paragraph(&printable(&about))?;
        }
        self.findings(&file.path, &file.findings)
    }

    fn invoice(&mut self, file: &FileReport, invoice: InvoiceReport) -> io::Result<()> {
        if self.gap || !invoice.findings.is_empty() {
            writeln!(self.out)?;
        }
        let heading = heading(&invoice);
        let words = invoice_words(file, &invoice);
        let at_risk = match invoice.total {
            Some(total) if total.abs() == invoice.at_risk => String::new(),
            _ if invoice.at_risk.is_zero() => String::new(),
            _ => format!(", {} at risk", amount(&invoice.at_risk, &invoice.currency)),
        };
        let length = heading.chars().count() + words.chars().count() + at_risk.chars().count();
        let gap = if length + ": ".len() > self.width {
            format!(":\n{INDENT}")
        } else {
            ": ".to_owned()
        };
        let heading = if invoice.findings.is_empty() {
            heading
        } else {
            self.bold(&heading)
        };
        let verdict = self.paint(colour(invoice.verdict), words);
        writeln!(self.out, "{heading}{gap}{verdict}{at_risk}")?;
        self.findings(&file.path, &invoice.findings)
    }

    fn file_done(&mut self, _file: &FileReport) -> io::Result<()> {
        Ok(())
    }

    fn error(&mut self, error: &RunError) -> io::Result<()> {
        if self.any_file {
            writeln!(self.out)?;
        }
        self.any_file = true;
        let path = self.bold(&printable(&error.path));
        writeln!(self.out, "{path}")?;
        self.paragraph(&format!("could not be read: {}", printable(&error.message)))
    }

    fn finish(&mut self, run: &Run) -> io::Result<()> {
        if self.any_file {
            writeln!(self.out)?;
        }
        self.summary(run)?;
        self.out.flush()
    }
}

/// `Invoice HV-10422 · client BWC01 · 1,403.60 USD · 4 lines`
fn heading(invoice: &InvoiceReport) -> String {
    let mut parts = vec![match invoice.number.as_str() {
        "" => "Invoice without a number".to_owned(),
        number => format!("Invoice {}", printable(number)),
    }];
    if let Some(client) = &invoice.client {
        parts.push(format!("client {}", printable(client)));
    }
    if let Some(total) = &invoice.total {
        parts.push(amount(total, &invoice.currency));
    }
    parts.push(counted(invoice.lines, "line"));
    parts.join(" · ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::{OutputFormat, sample};

    #[test]
    fn the_report_at_two_widths() {
        for width in [80, 120] {
            let look = Look {
                width,
                ..sample::look()
            };
            let text = sample::rendered(OutputFormat::Text, &look);
            insta::assert_snapshot!(format!("text_{width}"), text);
        }
    }

    #[test]
    fn no_row_is_wider_than_the_terminal() {
        let look = Look {
            width: 80,
            ..sample::look()
        };
        let text = sample::rendered(OutputFormat::Text, &look);
        let wide: Vec<&str> = text
            .lines()
            .filter(|row| row.chars().count() > 80)
            .collect();
        assert!(wide.is_empty(), "{wide:#?}");
    }

    #[test]
    fn colour_comes_only_when_asked() {
        let plain = sample::rendered(OutputFormat::Text, &sample::look());
        assert!(!plain.contains('\u{1b}'));
        let look = Look {
            colour: true,
            ..sample::look()
        };
        assert!(sample::rendered(OutputFormat::Text, &look).contains('\u{1b}'));
    }
}
