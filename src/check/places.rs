//! Marks turned into places a person can find.

use super::message::shortened;
use crate::formats::LineNumbers;
use crate::model::finding::Excerpt;
use crate::model::{Cell, Hit, Invoice, Lists, Mark, Place, Repair, Safety, SourceText};
use std::sync::Arc;

/// Places one finding keeps; the others are counted.
pub const MOST_PLACES: usize = 200;
/// Places that come with their line's text.
const MOST_EXCERPTS: usize = 3;
/// Characters of a line kept on either side of a place.
const EXCERPT_REACH: usize = 2_000;
/// Characters of a value shown.
const VALUE_SHOWN: usize = 80;

/// What places are made from.
#[derive(Clone, Copy)]
pub struct Ground<'a> {
    pub text: &'a SourceText,
    pub invoice: Option<&'a Invoice>,
    pub numbers: &'a LineNumbers,
    pub excerpts: bool,
    pub repairs: bool,
    /// For help with codes.
    pub lists: &'a Lists,
}

impl Ground<'_> {
    /// Where a mark's cell stands; what is missing is shown at its record.
    fn shown_at(&self, mark: &Mark) -> Cell {
        if !mark.cell.is_absent() {
            return mark.cell;
        }
        let Some(invoice) = self.invoice else {
            return Cell::new(0, 0);
        };
        let record = mark
            .line
            .and_then(|l| invoice.lines.get(l as usize))
            .map_or(invoice.record, |l| l.record);
        if record.is_absent() {
            Cell::new(0, 0)
        } else {
            record
        }
    }

    fn item(&self, line: Option<u32>) -> Option<String> {
        let invoice = self.invoice?;
        let line = invoice.lines.get(line? as usize)?;
        let item = invoice.get(line.item);
        (!item.is_empty()).then(|| shortened(&item, VALUE_SHOWN))
    }

    fn place(&self, mark: &Mark, kept: usize) -> Option<Place> {
        let cell = self.shown_at(mark);
        let position = self.text.position(cell)?;
        // What is missing in XML is shown at the tag of the segment that lacks it; the tag is no value.
        let is_tag = self.invoice.is_some_and(|i| i.format.is_xml())
            && self.text.raw(mark.cell).starts_with('<');
        let value = self.text.get(mark.cell);
        Some(Place {
            line: self.numbers.outer(position.line),
            column: position.column,
            end_column: position.end_column,
            item: self.item(mark.line),
            field: (!mark.field.is_empty()).then(|| mark.field.to_owned()),
            value: (!is_tag && !value.trim().is_empty()).then(|| shortened(&value, VALUE_SHOWN)),
            excerpt: (self.excerpts && kept < MOST_EXCERPTS)
                .then(|| self.excerpt(cell))
                .flatten(),
        })
    }

    fn excerpt(&self, cell: Cell) -> Option<Excerpt> {
        let (line, before) = self.text.line_of(cell)?;
        let position = self.text.position(cell)?;
        let at = (position.column - 1 - before) as usize;
        let length = line.chars().count();
        if length <= 2 * EXCERPT_REACH {
            return Some(Excerpt {
                text: Arc::from(line),
                skipped: before,
            });
        }
        let from = at.saturating_sub(EXCERPT_REACH);
        let text: String = line.chars().skip(from).take(2 * EXCERPT_REACH).collect();
        Some(Excerpt {
            text: Arc::from(text),
            skipped: before + from as u32,
        })
    }

    /// The changes a hit asks for: of its first place, or of each line where the value is repeated on all.
    pub fn repairs(&self, hit: &Hit, safety: Safety) -> Vec<Repair> {
        let Some(mark) = hit.marks.first() else {
            return Vec::new();
        };
        let after = hit.expected.as_ref().or(hit.mended.as_ref());
        let repeated = self
            .invoice
            .filter(|i| !i.columns.is_empty())
            .zip(mark.everywhere);
        let marks: Vec<Mark> = match repeated {
            // What is wrong with a file is wrong in the same way at each of its places.
            None if self.invoice.is_none() => hit.marks.clone(),
            None => vec![*mark],
            Some((invoice, field)) => (0..)
                .zip(&invoice.lines)
                .map(|(index, line)| Mark {
                    cell: invoice.cell_on(line, field),
                    line: Some(index),
                    everywhere: None,
                    ..*mark
                })
                .collect(),
        };
        let repair = |mark: Mark| {
            let position = self.text.position(mark.cell)?;
            Some(Repair {
                safety: hit.safety.unwrap_or(safety),
                variant: hit.variant,
                line: position.line,
                column: position.column,
                item: self.item(mark.line).unwrap_or_default(),
                field: mark.field.to_owned(),
                before: self.text.raw(mark.cell).to_owned(),
                after: after.cloned(),
            })
        };
        marks.into_iter().filter_map(repair).collect()
    }

    /// Adds a mark's places to `places`, as many as are kept, and returns how many there are.
    pub fn add(&self, mark: &Mark, places: &mut Vec<Place>) -> usize {
        let repeated = self
            .invoice
            .filter(|i| !i.columns.is_empty())
            .zip(mark.everywhere);
        let Some((invoice, field)) = repeated else {
            if places.len() < MOST_PLACES {
                places.extend(self.place(mark, places.len()));
            }
            return 1;
        };
        for (index, line) in invoice.lines.iter().enumerate() {
            if places.len() >= MOST_PLACES {
                break;
            }
            let on_line = Mark {
                cell: invoice.cell_on(line, field),
                line: Some(index as u32),
                everywhere: None,
                ..*mark
            };
            let mut place = self.place(&on_line, places.len());
            if let Some(place) = &mut place {
                // The value is the invoice's, not the line's.
                place.item = None;
            }
            places.extend(place);
        }
        invoice.lines.len().max(1)
    }
}
