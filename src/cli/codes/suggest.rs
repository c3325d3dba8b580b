//! `cleanbill codes --suggest FILE`: codes for lines that have none, or one a rule objects to.

use crate::check::{Options, Wants, check_whole};
use crate::cli::Outcome;
use crate::cli::basis::mistakes;
use crate::cli::named::of_source;
use crate::firm;
use crate::formats::{Source, survey};
use crate::model::{Cell, Field, Invoice, Level, Line, LineKind, Lists};
use crate::rules::Shelf;
use crate::rules::code_help::{CodeHelp, confidence_in_words};
use crate::rules::suggest::Suggestion;
use crate::rules::utbms::{Classes, CodeKind};
use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

/// Characters of a narrative shown.
const SHOWN: usize = 70;

/// A code field and what the line has there.
type Place = (CodeKind, Cell);

/// Reads a file and writes what its narratives suggest. Nothing is changed.
///
/// # Errors
/// A mistake in a pack; output that cannot be written.
pub fn run(path: &Path, firm: Option<&Path>, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let Some(bytes) = of_source(path, |source| source.whole()) else {
        return Ok(Outcome::System);
    };
    let today = chrono::Local::now().date_naive();
    let lists = match firm {
        Some(folder) => firm::load(folder).map_err(mistakes)?.lists,
        None => Lists::default(),
    };
    let options = Options {
        lists: Arc::new(lists),
        ..Options::on(today, Shelf::shipped()?)
    };
    let checked = check_whole("", &bytes, &options, Wants::default());
    let (report, _) = checked.map_err(|e| anyhow::anyhow!("{e}"))?;
    let source = Source::of_bytes(&bytes)?;
    let surveyed = survey(&source)?;
    let (mut uncoded, mut told) = (0, 0);
    for index in 0..surveyed.invoices.count() {
        let invoice = surveyed.invoices.read(index)?.invoice;
        // Codes a rule objects to, by line of the file and field.
        let wrong: BTreeSet<(u32, &str)> = report.invoices[index]
            .findings
            .iter()
            .filter(|f| f.level > Level::Note)
            .flat_map(|f| &f.places)
            .filter_map(|p| Some((p.line, p.field.as_deref()?)))
            .collect();
        let mut help = CodeHelp::new(&invoice, &options.lists);
        for line in &invoice.lines {
            let places = places(&invoice, line, &wrong, &surveyed.numbers);
            if places.is_empty() {
                continue;
            }
            uncoded += 1;
            let text = invoice.get(line.description).into_owned();
            let found: Vec<(Place, Option<Suggestion>)> = places
                .into_iter()
                .map(|place| (place, help.suggest(line, place.0)))
                .collect();
            told += usize::from(found.iter().any(|(_, s)| s.is_some()));
            show(out, &invoice, line, &text, &found, &surveyed.numbers)?;
        }
    }
    let lines = |n: usize| format!("{n} line{}", if n == 1 { "" } else { "s" });
    match uncoded {
        0 => writeln!(out, "Every line has codes no rule objects to.")?,
        n => writeln!(
            out,
            "{} without a code or with one a rule objects to; codes are suggested for {told}. Nothing was changed: whoever did \
             the work decides.",
            lines(n)
        )?,
    }
    Ok(Outcome::Clean)
}

/// The code fields of a line that are empty, or that a rule objects to.
fn places(
    invoice: &Invoice,
    line: &Line,
    wrong: &BTreeSet<(u32, &str)>,
    numbers: &crate::formats::LineNumbers,
) -> Vec<Place> {
    let fields: &[(CodeKind, Field, Cell)] = match line.kind.get() {
        Some(LineKind::Fee)
            if !Classes::is_nobody(&invoice.get(line.timekeeper_classification)) =>
        {
            &[
                (CodeKind::Task, Field::TaskCode, line.task_code),
                (CodeKind::Activity, Field::ActivityCode, line.activity_code),
            ]
        }
        Some(LineKind::Expense) => &[(CodeKind::Expense, Field::ExpenseCode, line.expense_code)],
        _ => &[],
    };
    let objected = |field: Field, cell: Cell| {
        let at = invoice.text.position(cell);
        at.is_some_and(|p| wrong.contains(&(numbers.outer(p.line), invoice.name(field))))
    };
    fields
        .iter()
        .filter(|(_, field, cell)| cell.is_blank() || objected(*field, *cell))
        .map(|(kind, _, cell)| (*kind, *cell))
        .collect()
}

fn show(
    out: &mut dyn Write,
    invoice: &Invoice,
    line: &Line,
    text: &str,
    found: &[(Place, Option<Suggestion>)],
    numbers: &crate::formats::LineNumbers,
) -> io::Result<()> {
    let at = invoice
        .text
        .position(line.record)
        .map_or(0, |p| numbers.outer(p.line));
    let mut shown: String = text.chars().take(SHOWN).collect();
    if text.chars().count() > SHOWN {
        shown.push_str("...");
    }
    let item = match invoice.get(line.item) {
        item if item.trim().is_empty() => String::new(),
        item => format!(", line item {item}"),
    };
    let number = invoice.get(invoice.number);
    writeln!(out, "line {at}, invoice {number}{item}: \"{shown}\"")?;
    for ((kind, cell), suggestion) in found {
        let written = invoice.get(*cell);
        let now = match written.trim() {
            "" => "now empty".to_owned(),
            code => format!("now {code}"),
        };
        match suggestion {
            Some(s) => writeln!(
                out,
                "  {:<8}  {}  {} ({}, by \"{}\"; {now})",
                kind.noun(),
                s.code.code,
                s.code.label,
                confidence_in_words(s.confidence),
                s.because
            )?,
            None => writeln!(
                out,
                "  {:<8}  nothing to be told from the words; cleanbill codes WORDS searches the list ({now})",
                kind.noun()
            )?,
        }
    }
    Ok(())
}
