//! Codes suggested for lines of an invoice, from the sets their matters are coded by. Nothing applies a suggestion.

use super::narrative::{Reader, Roster};
use super::suggest::{Suggestion, activity, expense, task};
use super::utbms::{CodeKind, catalogue};
use crate::model::{Cell, Confidence, Invoice, Line, Lists};
use std::collections::BTreeMap;
use std::fmt::Write;

/// Most lines of a finding for which a code is told; the command tells it for all.
const MOST_TOLD: usize = 3;

/// The set where neither the list of matters nor the invoice names one.
const USUAL: &str = "litigation";

/// Rules about a code that is missing or wrong, with the kind of code where the rule says it.
const ABOUT_CODES: [(&str, Option<CodeKind>); 10] = [
    ("missing-task-code", Some(CodeKind::Task)),
    ("missing-activity-code", Some(CodeKind::Activity)),
    ("missing-expense-code", Some(CodeKind::Expense)),
    ("unknown-code", None),
    ("malformed-code", None),
    ("code-in-wrong-field", None),
    ("heading-code-posted", None),
    ("phase-code-posted", None),
    ("code-set-not-allowed", None),
    ("residual-code", None),
];

/// The kind of code a rule is about: `None` where it is about none, `Some(None)` where its place says which.
pub fn kind_of(rule: &str) -> Option<Option<CodeKind>> {
    ABOUT_CODES
        .iter()
        .find(|(id, _)| *id == rule)
        .map(|(_, kind)| *kind)
}

/// What an invoice's lines are read with.
pub struct CodeHelp<'a> {
    invoice: &'a Invoice,
    roster: Roster,
    reader: Reader,
    /// Task sets of each matter.
    sets: Vec<Vec<&'a str>>,
}

impl<'a> CodeHelp<'a> {
    /// Looks through an invoice: its people, and the task sets of its matters. A matter's sets are those the list of
    /// matters names; else those at least a quarter of its coded lines are of; else litigation.
    pub fn new(invoice: &'a Invoice, lists: &'a Lists) -> Self {
        let mut roster = Roster::default();
        for line in &invoice.lines {
            if !line.timekeeper_name.is_blank() {
                roster.add(&invoice.get(line.timekeeper_name));
            }
        }
        for person in invoice.matters.iter().flat_map(|m| &m.timekeepers) {
            let (last, first) = (
                invoice.get(person.last_name),
                invoice.get(person.first_name),
            );
            roster.add(&format!("{last}, {first}"));
        }
        let mut used: Vec<BTreeMap<&str, usize>> = vec![BTreeMap::new(); invoice.matters.len()];
        for line in &invoice.lines {
            let code = catalogue().find(invoice.text.raw(line.task_code).trim());
            if let (Some(code), Some(used)) = (code, used.get_mut(line.matter as usize)) {
                let set: &str = &catalogue().set_of(code).name;
                *used.entry(set).or_default() += 1;
            }
        }
        let client = invoice.get(invoice.client.client_id);
        let sets = invoice
            .matters
            .iter()
            .zip(used)
            .map(|(matter, used)| {
                let own = invoice.get(matter.law_firm_matter_id);
                let listed = lists.matter(client.trim(), own.trim());
                let listed = listed.map_or(&[][..], |m| m.code_sets.as_slice());
                let of_tasks = |name: &&str| {
                    let mut sets = catalogue().sets().iter();
                    sets.any(|s| s.name == **name && s.kind == CodeKind::Task)
                };
                let listed: Vec<&str> =
                    listed.iter().map(String::as_str).filter(of_tasks).collect();
                let known: usize = used.values().sum();
                match (listed.is_empty(), known) {
                    (false, _) => listed,
                    (true, 0) => vec![USUAL],
                    (true, _) => {
                        let often = used.into_iter().filter(|(_, count)| count * 4 >= known);
                        often.map(|(set, _)| set).collect()
                    }
                }
            })
            .collect();
        Self {
            invoice,
            roster,
            reader: Reader::default(),
            sets,
        }
    }

    /// The code a line's narrative suggests; `None` where the words tell none, or the line has it.
    pub fn suggest(&mut self, line: &Line, kind: CodeKind) -> Option<Suggestion> {
        let text = self.invoice.get(line.description);
        let found = match kind {
            CodeKind::Activity => activity(&text, &self.reader.read(&text, &self.roster)),
            CodeKind::Task => {
                let sets = self.sets.get(line.matter as usize);
                task(&text, sets.map_or(&[USUAL], Vec::as_slice))
            }
            CodeKind::Expense => expense(&text),
        };
        let written = self.invoice.get(code_cell(line, kind));
        found.filter(|s| s.code.code != written.trim())
    }

    /// A sentence for the help of a finding of `rule` at these cells and lines; `None` where no code can be told.
    pub fn sentence(
        &mut self,
        rule: &str,
        places: impl Iterator<Item = (Cell, u32)>,
    ) -> Option<String> {
        let kind = kind_of(rule)?;
        let invoice = self.invoice;
        let mut told = String::new();
        let mut count = 0;
        for (cell, index) in places {
            let Some(line) = invoice.lines.get(index as usize) else {
                continue;
            };
            let Some(kind) = kind.or_else(|| kind_at(line, cell)) else {
                continue;
            };
            let Some(found) = self.suggest(line, kind) else {
                continue;
            };
            count += 1;
            if count > MOST_TOLD {
                break;
            }
            let item = match invoice.get(line.item).trim() {
                "" => format!("item {}", index + 1),
                item => format!("line item {item}"),
            };
            let _ = write!(
                told,
                "{}{item}: {} {} ({}, by \"{}\")",
                if told.is_empty() { "" } else { "; " },
                found.code.code,
                found.code.label,
                confidence_in_words(found.confidence),
                found.because
            );
        }
        let more = match count > MOST_TOLD {
            true => "; cleanbill codes --suggest FILE tells the others",
            false => "",
        };
        (!told.is_empty()).then(|| {
            format!("The narrative suggests, for whoever did the work to decide: {told}{more}.")
        })
    }
}

/// "high confidence", ...
pub fn confidence_in_words(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::High => "high confidence",
        Confidence::Medium => "medium confidence",
        Confidence::Low => "low confidence",
    }
}

fn code_cell(line: &Line, kind: CodeKind) -> Cell {
    match kind {
        CodeKind::Task => line.task_code,
        CodeKind::Activity => line.activity_code,
        CodeKind::Expense => line.expense_code,
    }
}

/// Which code stands in a cell.
fn kind_at(line: &Line, cell: Cell) -> Option<CodeKind> {
    let kinds = [CodeKind::Task, CodeKind::Activity, CodeKind::Expense];
    kinds
        .into_iter()
        .find(|kind| !cell.is_absent() && code_cell(line, *kind) == cell)
}
