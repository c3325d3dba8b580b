//! The narratives of an invoice's fees, each read once for all predicates that ask about them.

use crate::model::{Cell, Field, Hit, Invoice, Line, LineKind, RuleId};
use crate::rules::narrative::{NarrativeReading, Reader, Roster, Segment};
use crate::rules::utbms::Classes;
use rust_decimal::Decimal;
use rustc_hash::FxHashSet;
use std::borrow::Cow;

/// Readings by line.
#[derive(Clone, Debug, Default)]
pub(super) struct Narratives {
    /// Index of the line, and its reading.
    readings: Vec<(u32, NarrativeReading)>,
}

/// A fee with its narrative.
pub(super) struct Told<'a> {
    /// Index of the line.
    pub index: usize,
    /// The line.
    pub line: &'a Line,
    /// The narrative.
    pub text: Cow<'a, str>,
    /// What the reader makes of it.
    pub reading: &'a NarrativeReading,
}

impl Narratives {
    /// Reads the narrative of every fee that has one.
    pub fn of(invoice: &Invoice) -> Self {
        let roster = roster(invoice);
        let mut reader = Reader::default();
        let mut readings = Vec::with_capacity(invoice.lines.len());
        for (index, line) in invoice.lines.iter().enumerate() {
            if line.kind.get() != Some(LineKind::Fee) || line.description.is_blank() {
                continue;
            }
            // A flat fee is a price, not an account of work.
            if Classes::is_nobody(invoice.text.raw(line.timekeeper_classification)) {
                continue;
            }
            let text = invoice.get(line.description);
            // The word NULL is `null-text`'s.
            if text.eq_ignore_ascii_case("null") {
                continue;
            }
            readings.push((index as u32, reader.read(&text, &roster)));
        }
        Self { readings }
    }

    /// The fees with their narratives, in the order of the file.
    pub fn iter<'a>(&'a self, invoice: &'a Invoice) -> impl Iterator<Item = Told<'a>> {
        self.readings.iter().filter_map(|(index, reading)| {
            let line = invoice.lines.get(*index as usize)?;
            Some(Told {
                index: *index as usize,
                line,
                text: invoice.get(line.description),
                reading,
            })
        })
    }
}

impl Told<'_> {
    /// The line's hours, where they were read.
    pub fn hours(&self) -> Option<Decimal> {
        self.line.units.get()
    }

    /// The words of a task.
    pub fn part(&self, segment: &Segment) -> &str {
        let words = self.reading.words_of(segment);
        self.text.get(words).unwrap_or("")
    }

    /// A hit about the narrative.
    pub fn hit(&self, rule: RuleId, invoice: &Invoice) -> Hit {
        let cell: Cell = self.line.description;
        Hit::on_line(rule, self.index).at(invoice.format, Field::LineDescription, cell)
    }
}

/// The people who bill on the invoice.
fn roster(invoice: &Invoice) -> Roster {
    let mut roster = Roster::default();
    let mut known: FxHashSet<&str> = FxHashSet::default();
    let mut last = Cell::ABSENT;
    for line in &invoice.lines {
        let (name, surname) = (line.timekeeper_name, line.timekeeper_last_name);
        if !name.is_blank() && invoice.text.raw(name) != invoice.text.raw(last) {
            last = name;
            if known.insert(invoice.text.raw(name)) {
                roster.add(&invoice.get(name));
            }
        } else if !surname.is_blank() && known.insert(invoice.text.raw(surname)) {
            let first = invoice.get(line.timekeeper_first_name);
            roster.add(&format!("{}, {first}", invoice.get(surname)));
        }
    }
    for person in invoice.matters.iter().flat_map(|m| &m.timekeepers) {
        if !person.last_name.is_blank() && known.insert(invoice.text.raw(person.last_name)) {
            let first = invoice.get(person.first_name);
            roster.add(&format!("{}, {first}", invoice.get(person.last_name)));
        }
    }
    roster
}
