//! Timekeepers: off the lines, onto the list of their matter.

use super::Reshaper;
use crate::formats::parts::Owner;
use crate::model::{Cell, Invoice, Line, LineKind, SourceText, TimekeeperSummary};
use crate::revise::losses::why;

impl Reshaper<'_> {
    /// Last and first name of a line's timekeeper: of their own, or parts of `Last, First`.
    fn names_of(&self, line: &Line) -> (Cell, Cell) {
        if !line.timekeeper_last_name.is_blank() || !line.timekeeper_first_name.is_blank() {
            return (line.timekeeper_last_name, line.timekeeper_first_name);
        }
        split_name(self.text, line.timekeeper_name)
    }

    /// Puts a fee's timekeeper on the matter's list.
    pub(super) fn person(&mut self, invoice: &mut Invoice, line: &mut Line) {
        let (last, first) = self.names_of(line);
        let text = self.text;
        let name = text.raw(line.timekeeper_name);
        if !name.is_empty() && !says_both(name, text.raw(last), text.raw(first)) {
            self.lose(Owner::Fee, "TIMEKEEPER_NAME", why::VARIES);
        }
        if line.timekeeper_id.is_blank() {
            if !last.is_blank() || !first.is_blank() {
                self.lose(Owner::Fee, "TIMEKEEPER_NAME", why::NO_SUMMARY);
            }
        } else {
            let key = (
                line.matter,
                text.raw(line.timekeeper_id),
                text.raw(line.timekeeper_classification),
                line.unit_cost.get(),
            );
            let list = &mut invoice.matters[line.matter as usize].timekeepers;
            match self.people.get(&key) {
                Some(index) => {
                    let known = &list[*index];
                    let same = text.raw(known.last_name) == text.raw(last)
                        && text.raw(known.first_name) == text.raw(first);
                    if !same {
                        self.lose(Owner::Fee, "TIMEKEEPER_NAME", why::VARIES);
                    }
                }
                None => {
                    self.people.insert(key, list.len());
                    list.push(TimekeeperSummary {
                        id: line.timekeeper_id,
                        last_name: last,
                        first_name: first,
                        level: line.timekeeper_classification,
                        rate: line.unit_cost,
                        ..TimekeeperSummary::default()
                    });
                }
            }
        }
        line.timekeeper_name = Cell::ABSENT;
        line.timekeeper_last_name = Cell::ABSENT;
        line.timekeeper_first_name = Cell::ABSENT;
    }

    /// Names on expenses stand on the list only where the same person bills time.
    pub(super) fn expense_names(&mut self, invoice: &mut Invoice) {
        for line in &mut invoice.lines {
            if line.kind.get() != Some(LineKind::Expense) {
                continue;
            }
            let (last, first) = self.names_of(line);
            if !last.is_blank() || !first.is_blank() {
                let text = self.text;
                let id = text.raw(line.timekeeper_id);
                let list = &invoice.matters[line.matter as usize].timekeepers;
                let known = list.iter().any(|t| {
                    text.raw(t.id) == id
                        && text.raw(t.last_name) == text.raw(last)
                        && text.raw(t.first_name) == text.raw(first)
                });
                if !known {
                    self.lose(Owner::Expense, "TIMEKEEPER_NAME", why::NO_SUMMARY);
                }
            }
            line.timekeeper_name = Cell::ABSENT;
            line.timekeeper_last_name = Cell::ABSENT;
            line.timekeeper_first_name = Cell::ABSENT;
        }
    }
}

/// The two parts of `Last, First`, where they stand. A name without a comma is all last name: where it would be cut
/// is not known.
pub fn split_name(text: &SourceText, name: Cell) -> (Cell, Cell) {
    let raw = text.raw(name);
    let Some(comma) = raw.find(',') else {
        return (name, Cell::ABSENT);
    };
    let part = |from: usize, until: usize| {
        let inner = &raw[from..until];
        let lead = inner.len() - inner.trim_ascii_start().len();
        let start = name.start() + from + lead;
        Cell::new(start, start + inner.trim_ascii().len())
    };
    (part(0, comma), part(comma + 1, raw.len()))
}

/// Whether a name in one piece says the same as its two parts.
pub fn says_both(name: &str, last: &str, first: &str) -> bool {
    let squeezed = |text: &str| {
        text.chars()
            .filter(|c| *c != ',' && !c.is_whitespace())
            .collect::<String>()
    };
    if name.len() == last.len() + first.len() + 2
        && name.starts_with(last)
        && name.ends_with(first)
        && &name[last.len()..last.len() + 2] == ", "
    {
        return true;
    }
    squeezed(name) == format!("{}{}", squeezed(last), squeezed(first))
}
