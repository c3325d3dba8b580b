//! A segment judged against its table: each element once, in the order of the file. Values are kept in slots, from
//! which the typed parts of the invoice are filled.

use super::names::Name;
use super::table::{Found, Kind, Row, Segment, Table, index_of};
use super::tree::Tree;
use super::trouble::rule as xml;
use super::values;
use crate::formats::cells::{self, At, Precision};
use crate::formats::lexer::DateForm;
use crate::model::{Anchor, Cell, Extension, Hit, Hits, LedesFormat, RuleId, SourceText, Value};
use chrono::NaiveDate;
use rust_decimal::Decimal;

/// Amounts and units: 4 decimals (ledes-xml-2.md section 2).
const AMOUNT: Precision = Precision {
    digits: 18,
    decimals: 4,
};

/// Rates of tax have 6 or more decimals.
const RATE: Precision = Precision {
    digits: 18,
    decimals: 10,
};

/// What was read for a row.
#[derive(Clone, Copy, Default)]
struct Slot {
    cell: Cell,
    seen: bool,
    number: Option<Decimal>,
    date: Option<NaiveDate>,
}

/// Whether what is found is said.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mode {
    /// Yes.
    Judge,
    /// Cell by cell, but nothing is missed: the text is a part of an invoice.
    Part,
    /// No: it was said before, about the file.
    Silent,
}

/// See the module.
pub struct Judge<'a> {
    /// The text.
    pub text: &'a SourceText,
    /// Its elements.
    pub tree: &'a Tree,
    /// What it is read as.
    pub format: LedesFormat,
    /// What was found.
    pub hits: Hits,
    /// Elements without a row, of the segment read last.
    pub extensions: Vec<Extension>,
    /// Whether what is found is said.
    pub mode: Mode,
    table: &'static Table,
    version: usize,
    segment: Option<&'static Segment>,
    slots: Vec<Slot>,
    order_said: bool,
}

impl<'a> Judge<'a> {
    /// For one text.
    pub fn new(text: &'a SourceText, tree: &'a Tree, format: LedesFormat, mode: Mode) -> Self {
        Self {
            text,
            tree,
            format,
            hits: Hits::default(),
            extensions: Vec::new(),
            mode,
            table: Table::of(format),
            version: index_of(format),
            segment: None,
            slots: Vec::new(),
            order_said: false,
        }
    }

    /// Reads the elements of a node as those of a segment. `below` is called afterwards for each child that is a
    /// segment of its own, by [`Judge::segments`].
    pub fn read(&mut self, node: usize, name: Name, anchor: Anchor) {
        self.segment = self.table.segment(name);
        let Some(segment) = self.segment else {
            return;
        };
        self.slots.clear();
        self.slots.resize(segment.rows.len(), Slot::default());
        let mut last = 0;
        self.read_children(node, name, segment, anchor, &mut last);
        if self.mode == Mode::Judge && self.tree.node(node).closed {
            self.missing(node, segment, anchor);
        }
    }

    fn read_children(
        &mut self,
        node: usize,
        name: Name,
        segment: &'static Segment,
        anchor: Anchor,
        last: &mut u8,
    ) {
        for child in self.tree.children(node) {
            let found = self.tree.node(child).name;
            // LEDES 2000 wraps addresses; the samples of 2.x do not, and some writers do.
            if found == Some(name)
                && matches!(name, Name::address_info | Name::contact_info)
                && !self.tree.is_leaf(child)
            {
                self.read_children(child, name, segment, anchor, last);
                continue;
            }
            match found.map_or(Found::Unknown, |n| segment.find(n)) {
                Found::Row(index) => self.element(child, segment, index, anchor, last),
                Found::Misnamed(index) => {
                    let right = segment.rows[index as usize].name;
                    self.misnamed(child, right, anchor);
                    self.element(child, segment, index, anchor, last);
                }
                Found::Unknown => self.unknown(child, segment, anchor, last),
            }
        }
    }

    fn element(
        &mut self,
        node: usize,
        segment: &'static Segment,
        index: u8,
        anchor: Anchor,
        last: &mut u8,
    ) {
        let row = &segment.rows[index as usize];
        if row.place != 0 {
            if row.place < *last {
                self.out_of_order(node, row, segment, *last, anchor);
            } else {
                *last = row.place;
            }
        }
        if (row.since as usize) > self.version && self.tree.node(node).name == Some(row.name) {
            let since = if row.since == 1 { "2.1" } else { "2.2" };
            self.say(|j| {
                Hit::new(xml::VERSION, anchor)
                    .variant("later-element")
                    .with("element", row.name.text())
                    .with("since", since)
                    .with("version", j.format)
                    .with("path", j.tree.path(node, j.text))
                    .at_name(row.name.text(), j.tree.tag(node))
            });
        }
        let inner = matches!(row.kind, Kind::Segment(_));
        let cell = if inner {
            self.tree.tag(node)
        } else {
            self.tree.content(node, self.text)
        };
        let before = self.slots[index as usize];
        if before.seen && !row.many {
            self.say(|j| {
                Hit::new(xml::ELEMENT_ORDER, anchor)
                    .variant("repeated")
                    .with("element", row.name.text())
                    .with("path", j.tree.path(node, j.text))
                    .at_name(row.name.text(), cell)
                    .at_name(row.name.text(), before.cell)
            });
            return;
        }
        let mut slot = Slot {
            cell,
            seen: true,
            ..Slot::default()
        };
        if !inner {
            if !self.tree.is_leaf(node) {
                for stranger in self.tree.children(node) {
                    self.unknown(stranger, segment, anchor, &mut 0);
                }
            }
            let at = At {
                anchor,
                field: row.name.text(),
            };
            // A value the file breaks off in says nothing.
            if self.tree.node(node).closed {
                self.value(row, &mut slot, at);
            }
        }
        self.slots[index as usize] = slot;
    }

    fn value(&mut self, row: &'static Row, slot: &mut Slot, at: At) {
        let cell = slot.cell;
        if cell.is_blank() {
            return;
        }
        let silent = self.mode == Mode::Silent;
        let before = self.hits.hits.len();
        let (text, hits) = (self.text, &mut self.hits);
        match row.kind {
            Kind::Number => {
                slot.number = cells::number(text, cell, None, AMOUNT, false, at, hits).get()
            }
            Kind::Rate => {
                slot.number = cells::number(text, cell, None, RATE, false, at, hits).get()
            }
            Kind::Date => {
                let form = if self.format == LedesFormat::L2000 {
                    DateForm::Compact
                } else {
                    DateForm::Iso
                };
                slot.date = cells::date(text, cell, None, form, at, hits).get();
            }
            _ if silent => {}
            Kind::Item => values::item(text, cell, at, hits),
            Kind::Country => values::country(text, cell, at, hits),
            Kind::List(list) => values::list(text, cell, list, xml::CODE_LIST, "", at, hits),
            Kind::OpenList(list) => {
                values::list(text, cell, list, xml::CODE_LIST, "open", at, hits)
            }
            Kind::Charge(list) => {
                values::list(text, cell, list, xml::LINE_TYPE, "charge-type", at, hits)
            }
            Kind::Text | Kind::Segment(_) => {
                values::characters(text, cell, at, hits);
                let width = row.width[self.version] as usize;
                if width > 0 {
                    cells::too_long(text, cell, width, at, hits);
                }
            }
        }
        if silent {
            self.hits.hits.truncate(before);
        }
    }

    /// Required elements that are not there, or hold nothing.
    fn missing(&mut self, node: usize, segment: &'static Segment, anchor: Anchor) {
        for (row, slot) in segment.rows.iter().zip(&self.slots) {
            let required = row.required[self.version];
            let inner = matches!(row.kind, Kind::Segment(_));
            if !required || (slot.seen && (inner || !slot.cell.is_blank())) {
                continue;
            }
            let field = row.name.text();
            let cell = if slot.seen {
                slot.cell
            } else {
                self.tree.tag(node)
            };
            let (id, variant): (RuleId, _) = if row.kind == Kind::Item {
                (xml::ITEM_NUMBER, "missing")
            } else if matches!(row.name, Name::source_app | Name::app_version) {
                (cells::rule::REQUIRED_FIELD, "metadata")
            } else {
                (cells::rule::REQUIRED_FIELD, "element")
            };
            let mut path = self.tree.path(node, self.text);
            if id == cells::rule::REQUIRED_FIELD {
                path = format!("{path}/{field}");
            }
            let hit = At { anchor, field }
                .hit(id, cell)
                .variant(variant)
                .with("path", path);
            self.hits.raise(hit);
        }
        // ledes-xml-2.md section 0: the 2.0 sample has none in addresses and contacts.
        let shared = [Name::address_info, Name::contact_info].map(|n| self.table.segment(n));
        let is_shared = shared.iter().flatten().any(|s| std::ptr::eq(*s, segment));
        if is_shared
            && self.version > 0
            && self.format != LedesFormat::L2000
            && self.cell(Name::file_item_nbr).is_blank()
        {
            let hit = Hit::new(xml::ITEM_NUMBER, anchor)
                .variant("missing-in-group")
                .with("path", self.tree.path(node, self.text))
                .at_name(Name::file_item_nbr.text(), self.tree.tag(node));
            self.hits.raise(hit);
        }
    }

    fn misnamed(&mut self, node: usize, right: Name, anchor: Anchor) {
        self.say(|j| {
            Hit::new(xml::UNKNOWN_ELEMENT, anchor)
                .variant("misnamed")
                .with("element", short(j.tree.written_name(node, j.text)))
                .with("path", j.tree.path(node, j.text))
                .at_name(right.text(), j.tree.tag(node))
                .expecting(right.text())
        });
    }

    fn out_of_order(
        &mut self,
        node: usize,
        row: &'static Row,
        segment: &'static Segment,
        last: u8,
        anchor: Anchor,
    ) {
        if self.order_said || self.mode == Mode::Silent {
            return;
        }
        let before = segment.rows.iter().find(|r| r.place == last);
        let other = before.map_or("", |r| r.name.text());
        self.say(|j| {
            Hit::new(xml::ELEMENT_ORDER, anchor)
                .with("element", row.name.text())
                .with("other", other)
                .with("path", j.tree.path(node, j.text))
                .at_name(row.name.text(), j.tree.tag(node))
        });
        self.order_said = true;
    }

    /// An element the segment lacks: kept, and said.
    fn unknown(&mut self, node: usize, segment: &'static Segment, anchor: Anchor, last: &mut u8) {
        let written = self.tree.written_name(node, self.text);
        let name = self.tree.node(node).name;
        if name.is_none()
            && let Some(meant) = Name::meant(written)
            && let Found::Row(index) = segment.find(meant)
        {
            self.misnamed(node, segment.rows[index as usize].name, anchor);
            self.element(node, segment, index, anchor, last);
            return;
        }
        self.keep(node, String::new());
        if segment.open {
            return;
        }
        let elsewhere = name.is_some_and(|n| self.table.knows(n));
        self.say(|j| {
            let (id, variant) = if elsewhere {
                (xml::ELEMENT_ORDER, "place")
            } else {
                (xml::UNKNOWN_ELEMENT, "")
            };
            Hit::new(id, anchor)
                .variant(variant)
                .with("element", short(written))
                .with(
                    "path",
                    j.tree.path(j.tree.node(node).parent as usize, j.text),
                )
                .with("version", j.format)
                .at_name("", j.tree.tag(node))
        });
    }

    /// Keeps an element and what is in it verbatim.
    fn keep(&mut self, node: usize, above: String) {
        let written = self.tree.written_name(node, self.text);
        let name = if above.is_empty() {
            written.to_owned()
        } else {
            format!("{above}/{written}")
        };
        if self.tree.is_leaf(node) {
            self.extensions.push(Extension {
                name,
                value: self.tree.content(node, self.text),
            });
            return;
        }
        for child in self.tree.children(node) {
            self.keep(child, name.clone());
        }
    }

    fn say(&mut self, hit: impl FnOnce(&Self) -> Hit) {
        if self.mode != Mode::Silent {
            let hit = hit(self);
            self.hits.raise(hit);
        }
    }

    fn slot(&self, name: Name) -> Slot {
        match self.segment.map(|s| s.find(name)) {
            Some(Found::Row(index)) => self.slots[index as usize],
            _ => Slot::default(),
        }
    }

    /// The text of an element of the segment read last.
    pub fn cell(&self, name: Name) -> Cell {
        self.slot(name).cell
    }

    /// Its number.
    pub fn number(&self, name: Name) -> Value<Decimal> {
        let slot = self.slot(name);
        Value::new(slot.cell, slot.number)
    }

    /// Its date.
    pub fn date(&self, name: Name) -> Value<NaiveDate> {
        let slot = self.slot(name);
        Value::new(slot.cell, slot.date)
    }

    /// What was kept since the last call.
    pub fn take_extensions(&mut self) -> Vec<Extension> {
        std::mem::take(&mut self.extensions)
    }

    /// The children of a node that are segments in a segment of this name, with the segment each is.
    pub fn segments(
        &self,
        node: usize,
        name: Name,
    ) -> impl Iterator<Item = (usize, Name, Name)> + use<'a> {
        let segment = self.table.segment(name);
        let tree = self.tree;
        tree.children(node).filter_map(move |child| {
            let found = tree.node(child).name?;
            let Found::Row(index) = segment?.find(found) else {
                return None;
            };
            let row = &segment?.rows[index as usize];
            match row.kind {
                Kind::Segment(inner) => Some((child, row.name, inner)),
                _ => None,
            }
        })
    }
}

fn short(name: &str) -> String {
    name.chars().take(60).collect()
}
