//! The cells of one record, judged column by column and put where they belong in the invoice.

use super::characters::forbidden;
use super::layout::Layout;
use super::rule;
use super::slots::{Read, fill_invoice, fill_line};
use super::table::{Column, Kind, Level};
use crate::formats::cells::{self, At};
use crate::formats::lexer::{self, DateForm};
use crate::model::{
    Anchor, Cell, Extension, Field, Hits, Invoice, Line, LineKind, Matter, Value, Variation,
};
use rustc_hash::FxHashMap;
use std::cmp::Ordering;
use std::ops::Range;

/// A field of a record as it was cut out, blanks included.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Raw {
    pub start: usize,
    pub end: usize,
}

/// Classes that stand for no person: no name is needed (ledes-1998b.md section 6).
const NO_PERSON: [&str; 2] = ["FLTFEE", "ADJSMT"];

/// Puts records into an invoice.
pub struct Filler<'a> {
    pub invoice: &'a mut Invoice,
    pub layout: &'a Layout,
    pub hits: &'a mut Hits,
    /// Stretches of the text that are neither ASCII nor UTF-8 in the file.
    pub foreign: Vec<Range<usize>>,
    type_at: Option<usize>,
    class_at: Option<usize>,
    matter_at: Option<usize>,
    /// The first record's cells.
    first: Vec<Raw>,
    /// Columns of the invoice whose value on the first line is at fault, so that the same value elsewhere is too.
    faulty: Vec<bool>,
    /// Index of each matter by its number.
    matters: FxHashMap<Box<str>, usize>,
    /// For each matter, the cells of its first record, and whether they are at fault.
    matter_first: Vec<(Cell, bool)>,
    /// For each column how many columns of the matter stand before it, and how many there are.
    matter_slots: Vec<usize>,
    matter_width: usize,
}

impl<'a> Filler<'a> {
    pub fn new(invoice: &'a mut Invoice, layout: &'a Layout, hits: &'a mut Hits) -> Self {
        let mut matter_width = 0;
        let mut matter_slots = Vec::with_capacity(layout.width());
        for column in &layout.columns {
            matter_slots.push(matter_width);
            matter_width += usize::from(column.is_some_and(|c| c.level == Level::Matter));
        }
        Self {
            type_at: layout.position(Field::LineType),
            class_at: layout.position(Field::TimekeeperClassification),
            matter_at: layout.position(Field::LawFirmMatterId),
            foreign: Vec::new(),
            first: Vec::new(),
            faulty: vec![false; layout.width()],
            matters: FxHashMap::default(),
            matter_first: Vec::new(),
            matter_width,
            matter_slots,
            invoice,
            layout,
            hits,
        }
    }

    fn raw(&self, raw: Raw) -> &str {
        self.invoice
            .text
            .as_str()
            .get(raw.start..raw.end)
            .unwrap_or("")
    }

    /// The cell without the blanks round it, and with them where there were any.
    fn trimmed(&self, raw: Raw) -> (Cell, Option<Cell>) {
        let bytes = self.invoice.text.as_str().as_bytes();
        let is_blank = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_whitespace);
        if raw.start == raw.end || !is_blank(raw.start) && !is_blank(raw.end - 1) {
            return (Cell::new(raw.start, raw.end), None);
        }
        let text = self.raw(raw);
        let inner = text.trim_ascii();
        let lead = text.len() - text.trim_ascii_start().len();
        let start = raw.start + lead;
        // A cell of nothing but blanks is empty, not padded.
        let whole = Cell::new(raw.start, raw.end);
        (
            Cell::new(start, start + inner.len()),
            (!inner.is_empty()).then_some(whole),
        )
    }

    /// Takes one record whose fields stand in `raws`, in the layout's order.
    pub fn record(&mut self, record: Cell, raws: &[Raw]) {
        let index = self.invoice.lines.len();
        let mut line = Line {
            record,
            ..Line::default()
        };
        line.kind = self.kind(raws, index);
        self.characters(record, raws, index);
        let matter = self.matter(record, raws);
        line.matter = matter as u32;
        let first_line = index == 0;
        for (position, raw) in raws.iter().enumerate() {
            let Some(column) = self.layout.columns[position] else {
                let (value, _) = self.trimmed(*raw);
                let name = self.layout.names[position].clone();
                let detail = line.detail.get_or_insert_default();
                detail.extensions.push(Extension { name, value });
                continue;
            };
            match column.level {
                Level::Invoice if first_line => {
                    let before = self.hits.hits.len();
                    let (cell, read) = self.judge(column, *raw, line.kind.get(), raws, None);
                    self.faulty[position] |= self.hits.hits.len() > before;
                    fill_invoice(self.invoice, column.field, cell, read);
                }
                Level::Invoice => self.compare_invoice(column, position, *raw, index, raws),
                Level::Matter => self.take_matter(column, position, *raw, matter, index, raws),
                Level::Line => {
                    if column.kind == Kind::Type {
                        continue;
                    }
                    let (cell, read) = self.judge(column, *raw, line.kind.get(), raws, Some(index));
                    fill_line(&mut line, column.field, cell, read);
                }
            }
        }
        if first_line {
            self.invoice.record = record;
            self.first = raws.to_vec();
        }
        self.invoice.lines.push(line);
    }

    /// Judges one cell of a record whose other cells cannot be placed.
    pub fn judge_alone(&mut self, column: &'static Column, raw: Raw) {
        self.judge(column, raw, None, &[], None);
    }

    fn at(column: &Column, line: Option<usize>) -> At {
        At {
            anchor: line.map_or(Anchor::Invoice, |l| Anchor::Line(l as u32)),
            field: column.name,
        }
    }

    /// Reads the line type, which decides what the other fields need.
    fn kind(&mut self, raws: &[Raw], index: usize) -> Value<LineKind> {
        let Some(raw) = self.type_at.and_then(|p| raws.get(p)) else {
            return Value::ABSENT;
        };
        let (cell, padded) = self.trimmed(*raw);
        let text = self.invoice.text.raw(cell);
        let at = At {
            anchor: Anchor::Line(index as u32),
            field: Field::LineType.name_in(self.layout.format),
        };
        if text.is_empty() {
            self.hits
                .raise(at.hit(cells::rule::REQUIRED_FIELD, cell).variant("invoice"));
            return Value::new(cell, None);
        }
        let exact = LineKind::of_code(text);
        if exact.is_some() {
            if let Some(whole) = padded {
                let text = &self.invoice.text;
                let hit = cells::padded(text, cells::rule::PADDED_VALUE, whole, at);
                self.hits.raise(hit.expecting(text.raw(cell)));
            }
            return Value::new(cell, exact);
        }
        let upper = text.to_ascii_uppercase();
        let meant = LineKind::of_code(&upper);
        let hit = at.hit(rule::LINE_TYPE, cell);
        self.hits.raise(match meant {
            Some(kind) => hit.variant("case").expecting(kind.code()),
            None => hit,
        });
        Value::new(cell, meant)
    }

    /// Judges one cell by its column.
    fn judge(
        &mut self,
        column: &'static Column,
        raw: Raw,
        kind: Option<LineKind>,
        raws: &[Raw],
        line: Option<usize>,
    ) -> (Cell, Read) {
        let (cell, padded) = self.trimmed(raw);
        let at = Self::at(column, line);
        if cell.is_blank() {
            self.judge_blank(column, cell, kind, raws, at);
            let read = match column.kind {
                Kind::Date => Read::Date(None),
                Kind::Amount(_) => Read::Amount(None),
                Kind::Text | Kind::Type => Read::Text,
            };
            return (cell, read);
        }
        let text = self.invoice.text.raw(cell);
        if text.len() == 4 && text.eq_ignore_ascii_case("null") {
            self.hits
                .raise(at.hit(cells::rule::NULL_TEXT, cell).mending(""));
            let read = match column.kind {
                Kind::Date => Read::Date(None),
                Kind::Amount(_) => Read::Amount(None),
                Kind::Text | Kind::Type => Read::Text,
            };
            return (cell, read);
        }
        let source = &self.invoice.text;
        match column.kind {
            Kind::Date => {
                let date = cells::date(source, cell, padded, DateForm::Compact, at, self.hits);
                (cell, Read::Date(date.get()))
            }
            Kind::Amount(precision) => {
                let amount = cells::number(source, cell, padded, precision, true, at, self.hits);
                (cell, Read::Amount(amount.get()))
            }
            Kind::Text | Kind::Type => {
                if let Some(whole) = padded {
                    let hit = cells::padded(source, cells::rule::PADDED_VALUE, whole, at);
                    self.hits.raise(hit.expecting(text));
                }
                if !cells::too_long(source, cell, column.max, at, self.hits)
                    && column.soft_max < text.len()
                    && text.chars().count() > column.soft_max
                {
                    self.hits.raise(
                        at.hit(cells::rule::FIELD_TOO_LONG, cell)
                            .variant("soft")
                            .with("length", text.chars().count())
                            .with("limit", column.soft_max),
                    );
                }
                (cell, Read::Text)
            }
        }
    }

    fn judge_blank(
        &mut self,
        column: &'static Column,
        cell: Cell,
        kind: Option<LineKind>,
        raws: &[Raw],
        at: At,
    ) {
        let names_a_person = matches!(
            column.field,
            Field::TimekeeperId
                | Field::TimekeeperName
                | Field::TimekeeperLastName
                | Field::TimekeeperFirstName
        );
        if column.needed.contains(kind) {
            if names_a_person && self.is_for_no_person(raws) {
                return;
            }
            let hit = at.hit(cells::rule::REQUIRED_FIELD, cell);
            self.hits.raise(if column.level == Level::Line {
                match kind {
                    Some(kind) => hit.with("type", kind.noun()),
                    None => hit.variant("invoice"),
                }
            } else {
                hit.variant("invoice")
            });
        } else if kind.is_some() && column.recommended.contains(kind) {
            self.hits.raise(
                at.hit(cells::rule::REQUIRED_FIELD, cell)
                    .variant("recommended")
                    .with("type", kind.map_or("", LineKind::noun)),
            );
        }
    }

    fn is_for_no_person(&self, raws: &[Raw]) -> bool {
        self.class_at
            .and_then(|p| raws.get(p))
            .is_some_and(|raw| NO_PERSON.contains(&self.raw(*raw).trim_ascii()))
    }

    /// Says which characters of a record the format does not allow. Nearly all records have none.
    fn characters(&mut self, record: Cell, raws: &[Raw], index: usize) {
        let bytes = self.invoice.text.raw(record).as_bytes();
        let mut odd = false;
        for byte in bytes {
            odd |= *byte < 0x20 || *byte > 0x7e;
        }
        let inner = bytes.strip_suffix(b"[]").unwrap_or(bytes);
        if !odd && memchr::memchr(b'[', inner).is_none() {
            return;
        }
        for (position, raw) in raws.iter().enumerate() {
            let Some(column) = self.layout.columns[position] else {
                continue;
            };
            if column.level == Level::Invoice && index > 0 && !self.faulty[position] {
                let first = self.first.get(position).copied().unwrap_or_default();
                if self.raw(first) == self.raw(*raw) {
                    continue;
                }
            }
            let cell = Cell::new(raw.start, raw.end);
            let before = self.hits.hits.len();
            let line = (column.level != Level::Invoice).then_some(index);
            let text = self.invoice.text.raw(cell);
            let foreign = self
                .foreign
                .binary_search_by(|f| {
                    if f.end <= cell.start() {
                        Ordering::Less
                    } else if f.start > cell.start() {
                        Ordering::Greater
                    } else {
                        Ordering::Equal
                    }
                })
                .is_ok();
            forbidden(text, cell, foreign, Self::at(column, line), self.hits);
            if index == 0 && self.hits.hits.len() > before {
                self.faulty[position] = true;
            }
        }
    }

    /// A column of the invoice on a later line: the same value needs no second look.
    fn compare_invoice(
        &mut self,
        column: &'static Column,
        position: usize,
        raw: Raw,
        index: usize,
        raws: &[Raw],
    ) {
        let first = self.first.get(position).copied().unwrap_or_default();
        let bytes = self.invoice.text.as_str().as_bytes();
        let same = bytes.get(first.start..first.end) == bytes.get(raw.start..raw.end);
        if same && !self.faulty[position] {
            return;
        }
        let (cell, read) = self.judge(column, raw, None, raws, None);
        if same {
            return;
        }
        let (first, _) = self.trimmed(first);
        self.vary(column, first, cell, read, index);
    }

    fn vary(
        &mut self,
        column: &'static Column,
        first: Cell,
        other: Cell,
        read: Read,
        index: usize,
    ) {
        let blank_and_needed = other.is_blank() && column.needed.contains(None);
        let first_blank_and_needed = first.is_blank() && column.needed.contains(None);
        if blank_and_needed || first_blank_and_needed {
            return;
        }
        let text = &self.invoice.text;
        let equal = match read {
            Read::Amount(Some(amount)) => lexer::number(text.raw(first))
                .and_then(|n| n.value)
                .is_some_and(|value| value == amount),
            _ => text.raw(first) == text.raw(other),
        };
        if !equal {
            self.invoice.variations.push(Variation {
                field: column.field,
                line: index as u32,
                first,
                other,
            });
        }
    }

    /// The index of the matter a record belongs to; a new one where it is the first.
    fn matter(&mut self, record: Cell, raws: &[Raw]) -> usize {
        let cell = match self.matter_at.and_then(|p| raws.get(p)) {
            Some(raw) => self.trimmed(*raw).0,
            None => Cell::ABSENT,
        };
        let text = &self.invoice.text;
        let id = text.raw(cell);
        let last = self.invoice.lines.last().map(|l| l.matter as usize);
        let known = last
            .filter(|m| text.raw(self.invoice.matters[*m].law_firm_matter_id) == id)
            .or_else(|| self.matters.get(id).copied());
        if let Some(known) = known {
            return known;
        }
        self.matters.insert(id.into(), self.invoice.matters.len());
        self.invoice.matters.push(Matter {
            record,
            complete: true,
            law_firm_matter_id: cell,
            ..Matter::default()
        });
        let slots = self.matter_first.len() + self.matter_width;
        self.matter_first.resize(slots, (Cell::ABSENT, false));
        self.invoice.matters.len() - 1
    }

    /// A column of the matter: the first line of the matter counts, others are compared with it.
    fn take_matter(
        &mut self,
        column: &'static Column,
        position: usize,
        raw: Raw,
        matter: usize,
        index: usize,
        raws: &[Raw],
    ) {
        let slot = matter * self.matter_width + self.matter_slots[position];
        let (first, faulty) = self.matter_first[slot];
        let (cell, _) = self.trimmed(raw);
        let same =
            !first.is_absent() && self.invoice.text.raw(first) == self.invoice.text.raw(cell);
        if same && !faulty {
            return;
        }
        let before = self.hits.hits.len();
        let (cell, read) = self.judge(column, raw, None, raws, Some(index));
        if first.is_absent() {
            self.matter_first[slot] = (cell, self.hits.hits.len() > before);
            let matter = &mut self.invoice.matters[matter];
            match column.field {
                Field::ClientMatterId => matter.client_matter_id = cell,
                Field::MatterName => matter.name = cell,
                Field::AccountType => matter.account_type = cell,
                _ => {}
            }
        } else if !same {
            self.vary(column, first, cell, read, index);
        }
    }
}
