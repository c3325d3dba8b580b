//! `timekeeper-identity`: one timekeeper id with two names or two classifications in one invoice.

use super::places::{PLACES, line_number};
use super::{Judging, Params, Predicate};
use crate::model::{Anchor, Cell, Field, Hit, Hits, Invoice, Line, Mark, RuleId};
use crate::rules::PackMistake;
use rustc_hash::FxHashMap;

struct TimekeeperIdentity {
    rule: RuleId,
}

/// No parameters.
pub fn build(params: &mut Params<'_>) -> Result<Box<dyn Predicate>, PackMistake> {
    Ok(Box::new(TimekeeperIdentity { rule: params.rule }))
}

impl Predicate for TimekeeperIdentity {
    fn judge(&self, invoice: &Invoice, _: &Judging, hits: &mut Hits) {
        if invoice.format.is_xml() {
            self.judge_summaries(invoice, hits);
        } else {
            self.judge_lines(invoice, hits);
        }
    }
}

/// The same without regard to case and blanks. A suffix such as "Jr." makes another name.
fn same(a: &str, b: &str) -> bool {
    fn letters(text: &str) -> impl Iterator<Item = char> + '_ {
        text.chars()
            .filter(|c| !c.is_whitespace())
            .flat_map(char::to_lowercase)
    }
    a == b || letters(a).eq(letters(b))
}

/// The lines of a timekeeper that say who it is.
#[derive(Default)]
struct Known {
    name: Option<(usize, Cell)>,
    class: Option<(usize, Cell)>,
    other_names: Vec<(usize, Cell)>,
    other_classes: Vec<(usize, Cell)>,
}

impl Known {
    fn meet(&mut self, invoice: &Invoice, index: usize, line: &Line) {
        let differs = |known: &mut Option<(usize, Cell)>, cell: Cell| {
            if cell.is_blank() {
                return false;
            }
            let (_, first) = *known.get_or_insert((index, cell));
            !same(invoice.text.raw(first), invoice.text.raw(cell))
        };
        if differs(&mut self.name, line.timekeeper_name) {
            self.other_names.push((index, line.timekeeper_name));
        }
        if differs(&mut self.class, line.timekeeper_classification) {
            self.other_classes
                .push((index, line.timekeeper_classification));
        }
    }
}

impl TimekeeperIdentity {
    fn judge_lines(&self, invoice: &Invoice, hits: &mut Hits) {
        let mut places: FxHashMap<&str, usize> = FxHashMap::default();
        let mut all: Vec<(&str, Known)> = Vec::new();
        // Lines of one timekeeper often stand together.
        let mut last = usize::MAX;
        for (index, line) in invoice.lines.iter().enumerate() {
            let id = invoice.text.raw(line.timekeeper_id);
            if id.is_empty() {
                continue;
            }
            if all.get(last).is_none_or(|(known, _)| *known != id) {
                last = *places.entry(id).or_insert(all.len());
                if last == all.len() {
                    all.push((id, Known::default()));
                }
            }
            all[last].1.meet(invoice, index, line);
        }
        for (id, known) in &all {
            let names = (known.name, &known.other_names, Field::TimekeeperName, "");
            let classes = (
                known.class,
                &known.other_classes,
                Field::TimekeeperClassification,
                "class",
            );
            // Another name is another person, whose class may well be another.
            let worst = if known.other_names.is_empty() {
                classes
            } else {
                names
            };
            let (Some(first), others, field, variant) = worst else {
                continue;
            };
            if !others.is_empty() {
                hits.raise(self.hit(invoice, id, first, others, field).variant(variant));
            }
        }
    }

    fn hit(
        &self,
        invoice: &Invoice,
        id: &str,
        first: (usize, Cell),
        others: &[(usize, Cell)],
        field: Field,
    ) -> Hit {
        let mut hit = self.said(invoice, id, first.1, others[0].1);
        for (line, cell) in std::iter::once(&first).chain(others).take(PLACES) {
            hit = hit.at_line(invoice.format, field, *cell, *line);
        }
        hit
    }

    /// A hit that names both values, without places yet.
    fn said(&self, invoice: &Invoice, id: &str, first: Cell, other: Cell) -> Hit {
        Hit::new(self.rule, Anchor::Invoice)
            .with("id", id)
            .with("first", invoice.get(first))
            .with("line1", line_number(invoice, first))
            .with("other", invoice.get(other))
            .with("line2", line_number(invoice, other))
    }

    /// XML: names stand in the timekeeper summaries. Levels may differ there: one summary a level and rate
    /// is the format's own rule (ledes-xml-2.md section 4, tk_sum).
    fn judge_summaries(&self, invoice: &Invoice, hits: &mut Hits) {
        let mut known: FxHashMap<&str, usize> = FxHashMap::default();
        let mut all: Vec<(Cell, Cell, Option<Hit>)> = Vec::new();
        let raw = |cell| invoice.text.raw(cell);
        for summary in invoice.matters.iter().flat_map(|m| &m.timekeepers) {
            let (last, first) = (summary.last_name, summary.first_name);
            if summary.id.is_blank() || last.is_blank() || first.is_blank() {
                continue;
            }
            let id = raw(summary.id);
            let place = *known.entry(id).or_insert(all.len());
            let Some((known_last, known_first, hit)) = all.get_mut(place) else {
                all.push((last, first, None));
                continue;
            };
            let (was, is, name) = if !same(raw(last), raw(*known_last)) {
                (*known_last, last, Field::TimekeeperLastName)
            } else if !same(raw(first), raw(*known_first)) {
                (*known_first, first, Field::TimekeeperFirstName)
            } else {
                continue;
            };
            let hit = hit.get_or_insert_with(|| {
                self.said(invoice, id, was, is)
                    .at(invoice.format, name, was)
                    .variant("summary")
            });
            if hit.marks.len() < PLACES {
                hit.marks.push(Mark {
                    field: invoice.name(name),
                    cell: is,
                    line: None,
                    everywhere: None,
                });
            }
        }
        hits.hits.extend(all.into_iter().filter_map(|k| k.2));
    }
}
