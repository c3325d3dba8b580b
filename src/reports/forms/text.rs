//! A report as text for a terminal.

use super::{About, Beside, below, beside, invoice, texts};
use crate::reports::figures::{Cell, Report, Row};
use std::fmt::Write as _;

/// No column of words is made narrower than that.
const NARROWEST: usize = 8;
const GAP: usize = 2;
const RED: &str = "\u{1b}[31m";
const BOLD: &str = "\u{1b}[1m";
const PLAIN: &str = "\u{1b}[0m";

/// A column as it is printed.
struct Shown {
    head: String,
    right: bool,
    width: usize,
}

/// A line of the table, and whether a person must see it.
type Line = (Vec<String>, bool);

/// The report, so many characters wide, with colours where they are wanted.
pub fn text(report: &Report, about: &About, width: usize, colour: bool) -> String {
    let mut out = String::new();
    let paint = |text: &str, code: &str| match colour {
        true => format!("{code}{text}{PLAIN}"),
        false => text.to_owned(),
    };
    let _ = writeln!(out, "{}", paint(report.title, BOLD));
    let when = match report.period {
        Some(period) => period.words(),
        None => format!("as of {}", about.made),
    };
    let _ = writeln!(
        out,
        "{when}{}\n",
        match about.whose.as_str() {
            "" => String::new(),
            whose => format!(", {whose}"),
        }
    );
    for lead in &report.lead {
        for line in wrapped(&lead.text, width) {
            let line = if lead.alarm { paint(&line, RED) } else { line };
            let _ = writeln!(out, "{line}");
        }
    }
    if !report.lead.is_empty() {
        out.push('\n');
    }
    if report.rows.is_empty() {
        let _ = writeln!(out, "Nothing to show.");
    } else {
        table(report, about, width, &paint, &mut out);
    }
    out.push('\n');
    for note in std::iter::once(&report.counts).chain(&report.notes) {
        for line in wrapped(note, width) {
            let _ = writeln!(out, "{line}");
        }
    }
    out
}

fn table(
    report: &Report,
    about: &About,
    width: usize,
    paint: &impl Fn(&str, &str) -> String,
    out: &mut String,
) {
    let beside = beside(report);
    let named = beside.iter().any(|one| matches!(one, Beside::Currency));
    let line = |cells: &[Cell], code: &str| texts(&beside, cells, code);
    let rows: Vec<Line> = report
        .rows
        .iter()
        .map(|row| (line(&row.cells, &row.currency), row.alarm))
        .collect();
    let totals: Vec<Vec<String>> = report
        .totals
        .iter()
        .map(|sum| {
            let mut cells = line(&sum.cells, &sum.currency);
            cells[0] = match sum.currency.as_str() {
                code if !code.is_empty() && !named => format!("Total {code}"),
                _ => "Total".to_owned(),
            };
            cells
        })
        .collect();
    let columns = fitted(&beside, &rows, &totals, width);
    let head: Vec<String> = columns.iter().map(|c| c.head.clone()).collect();
    print(&columns, &head, None, out);
    let rule: usize = columns.iter().map(|c| c.width + GAP).sum::<usize>() - GAP;
    let _ = writeln!(out, "{}", "-".repeat(rule));
    for (row, (cells, alarm)) in report.rows.iter().zip(&rows) {
        let red = |text: &str| paint(text, RED);
        let red: Option<&dyn Fn(&str) -> String> = if *alarm { Some(&red) } else { None };
        print(&columns, cells, red, out);
        for text in below(report, row) {
            for line in wrapped(&text, width.saturating_sub(4)) {
                let _ = writeln!(out, "    {line}");
            }
        }
        if about.invoices {
            invoices(report, row, width, out);
        }
    }
    if !totals.is_empty() {
        let _ = writeln!(out, "{}", "-".repeat(rule));
    }
    for cells in &totals {
        print(&columns, cells, None, out);
    }
}

fn invoices(report: &Report, row: &Row, width: usize, out: &mut String) {
    for one in &row.invoices {
        let text = invoice(report, one);
        for (at, line) in wrapped(&text, width.saturating_sub(6)).iter().enumerate() {
            let _ = writeln!(out, "    {}{line}", if at == 0 { "" } else { "  " });
        }
    }
}

/// Columns that fit the width: words are given less room, figures are not.
fn fitted(
    beside: &[Beside<'_>],
    rows: &[Line],
    totals: &[Vec<String>],
    width: usize,
) -> Vec<Shown> {
    let mut columns: Vec<Shown> = beside
        .iter()
        .enumerate()
        .map(|(at, one)| {
            let cells = rows.iter().map(|(cells, _)| &cells[at]);
            let cells = cells.chain(totals.iter().map(|cells| &cells[at]));
            let widest = cells.map(|c| c.chars().count()).max().unwrap_or(0);
            // A long head is broken at its words.
            let word = one.short().split(' ').map(|w| w.chars().count()).max();
            Shown {
                head: one.short().to_owned(),
                right: one.right(),
                width: widest.max(word.unwrap_or(0)),
            }
        })
        .collect();
    loop {
        let all: usize = columns.iter().map(|c| c.width + GAP).sum::<usize>() - GAP;
        if all <= width {
            break;
        }
        let words = columns
            .iter_mut()
            .filter(|c| !c.right && c.width > NARROWEST);
        let Some(widest) = words.max_by_key(|c| c.width) else {
            break;
        };
        widest.width -= (all - width).min(widest.width / 8 + 1);
        widest.width = widest.width.max(NARROWEST);
    }
    columns
}

fn print(
    columns: &[Shown],
    cells: &[String],
    paint: Option<&dyn Fn(&str) -> String>,
    out: &mut String,
) {
    let broken: Vec<Vec<String>> = columns
        .iter()
        .zip(cells)
        .map(|(column, cell)| wrapped(cell, column.width))
        .collect();
    let high = broken.iter().map(Vec::len).max().unwrap_or(1);
    for at in 0..high {
        let mut line = String::new();
        for (column, cell) in columns.iter().zip(&broken) {
            let text = cell.get(at).map_or("", String::as_str);
            let fill = column.width.saturating_sub(text.chars().count()) + GAP;
            let fill = " ".repeat(fill);
            if column.right {
                // The gap stands at the right.
                line += &fill[GAP..];
                line += text;
                line += &fill[..GAP];
            } else {
                line += text;
                line += &fill;
            }
        }
        let line = line.trim_end();
        let _ = match paint {
            Some(paint) => writeln!(out, "{}", paint(line)),
            None => writeln!(out, "{line}"),
        };
    }
}

/// Lines no longer than a width, broken at blanks; a longer word is broken inside.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let width = width.max(1);
    let mut lines = vec![String::new()];
    let mut length = 0;
    for word in text.split_whitespace() {
        let mut letters: Vec<char> = word.chars().collect();
        if length > 0 && length + 1 + letters.len() > width {
            lines.push(String::new());
            length = 0;
        }
        if length > 0 {
            if let Some(line) = lines.last_mut() {
                line.push(' ');
            }
            length += 1;
        }
        while letters.len() > width {
            let rest = letters.split_off(width - length.min(width - 1));
            if let Some(line) = lines.last_mut() {
                line.extend(letters);
            }
            lines.push(String::new());
            length = 0;
            letters = rest;
        }
        length += letters.len();
        if let Some(line) = lines.last_mut() {
            line.extend(letters);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_broken_at_blanks() {
        assert_eq!(wrapped("a window closes", 8), ["a window", "closes"]);
        assert_eq!(wrapped("", 8), [""]);
        assert_eq!(wrapped("abcdefghij", 4), ["abcd", "efgh", "ij"]);
    }
}
