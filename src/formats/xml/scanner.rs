//! The elements of a file as they go by: where firms, clients and invoices stand, and what is wrong on the way.

use super::feed::{Feed, Spot};
use super::form::{self, Stop};
use super::items::Items;
use super::names::Name;
use super::scan::{Found, Head, Piece, Scan};
use super::trouble::{Span, Trouble, rule};
use super::version::{Evidence, Root, Told, recognise};
use quick_xml::events::{BytesDecl, BytesStart};
use rustc_hash::FxHashMap;

/// How deep elements may stand in one another.
pub const DEEPEST: usize = 64;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Area {
    Document,
    Top,
    Firm(u32),
    Client(u32),
    Invoice,
}

struct Open {
    area: Area,
    /// Elements open round its children.
    depth: usize,
    start: Option<Spot>,
    filled: bool,
}

/// Which text is being gathered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Wanted {
    Nothing,
    Item,
    Number,
}

/// What is known while the elements of a file go by.
pub struct Scanner {
    pub scan: Scan,
    open: Vec<Open>,
    pub names: Names,
    ended: bool,
    firm: Option<u32>,
    client: Option<u32>,
    wanted: Wanted,
    text: String,
    items: Items,
    numbers: FxHashMap<(Option<u32>, String), Span>,
    after_start: bool,
    /// Text that may turn out to stand beside elements: where, and how long.
    loose: Option<(u64, u64)>,
    want_evidence: bool,
}

/// Names of the open elements.
#[derive(Default)]
pub struct Names {
    text: String,
    starts: Vec<usize>,
}

impl Names {
    fn push(&mut self, name: &str) {
        self.starts.push(self.text.len());
        self.text.push_str(name);
    }

    fn pop(&mut self) {
        if let Some(start) = self.starts.pop() {
            self.text.truncate(start);
        }
    }

    fn last(&self) -> Option<&str> {
        self.starts.last().map(|start| &self.text[*start..])
    }

    fn len(&self) -> usize {
        self.starts.len()
    }

    /// True outside the root.
    pub fn is_empty(&self) -> bool {
        self.starts.is_empty()
    }
}

impl Scanner {
    /// Nothing seen yet.
    pub fn new() -> Self {
        Self {
            scan: Scan::default(),
            open: vec![Open {
                area: Area::Document,
                depth: 0,
                start: None,
                filled: false,
            }],
            names: Names::default(),
            ended: false,
            firm: None,
            client: None,
            wanted: Wanted::Nothing,
            text: String::new(),
            items: Items::default(),
            numbers: FxHashMap::default(),
            after_start: false,
            loose: None,
            want_evidence: true,
        }
    }

    pub fn start(
        &mut self,
        tag: &BytesStart<'_>,
        empty: bool,
        len: u64,
        feed: &mut Feed,
    ) -> Option<Stop> {
        let depth = self.names.len();
        if let Some(variant) = form::wrong_tag(tag, &mut self.scan.troubles, || (feed.event(), len))
        {
            return Some(Stop::at(feed.event(), len.min(200), variant));
        }
        if depth == DEEPEST {
            return Some(Stop::at(feed.event(), len.min(200), "deep").with("limit", DEEPEST));
        }
        // Places are asked for in the order of the file, and it stands before the tag.
        if let Some((offset, len)) = self.loose.take() {
            let start = feed.spot(offset);
            self.loose_text(Span { start, len });
        }
        let name = tag.local_name().into_inner();
        if tag.len() > tag.name().into_inner().len() {
            self.control("a tag", tag, feed.event());
        }
        if depth == 0 {
            if self.ended && !self.scan.fragment {
                return Some(Stop::at(feed.event(), len, "after-root").with("found", name));
            }
            if !self.ended && self.scan.root.is_none() {
                self.root(tag, len, feed);
            }
        }
        self.names.push(name);
        if self
            .open
            .last()
            .is_some_and(|o| o.area != Area::Invoice && o.depth == depth)
        {
            self.enter(name, depth, len, feed);
        }
        self.wanted = match name {
            "file_item_nbr" => Wanted::Item,
            "inv_id" => Wanted::Number,
            _ => Wanted::Nothing,
        };
        self.text.clear();
        self.after_start = !empty;
        if self.want_evidence
            && let Some(name) = Name::of(name)
        {
            self.scan.evidence.see(name);
        }
        None
    }

    /// An element directly under the document, the root, a firm or a client.
    fn enter(&mut self, name: &str, depth: usize, len: u64, feed: &mut Feed) {
        let outer = self.open.last().map_or(Area::Document, |o| o.area);
        let area = match (outer, name) {
            (Area::Document | Area::Top, "firm") => {
                self.scan.firms.push(Head::default());
                let index = self.scan.firms.len() as u32 - 1;
                self.firm = Some(index);
                self.client = None;
                Area::Firm(index)
            }
            (Area::Document | Area::Top | Area::Firm(_), "client") => {
                let start = feed.event();
                let span = Span { start, len };
                if matches!(outer, Area::Firm(_)) {
                    self.scan.client_inside.get_or_insert(span);
                } else {
                    self.scan.evidence.client_beside_firm |= self.firm.is_some();
                    self.scan.client_outside.get_or_insert(span);
                }
                self.scan.clients.push(Head::default());
                let index = self.scan.clients.len() as u32 - 1;
                self.client = Some(index);
                Area::Client(index)
            }
            (_, "invoice") => Area::Invoice,
            _ => {
                if let Some(open) = self.open.last_mut() {
                    open.filled = true;
                }
                return;
            }
        };
        let start = feed.event();
        self.cut(start.offset);
        if area == Area::Invoice {
            self.scan.invoices.push(Found {
                piece: Piece {
                    start,
                    end: start.offset + len,
                },
                firm: self.firm,
                client: self.client,
                complete: false,
            });
        }
        self.open.push(Open {
            area,
            depth: depth + 1,
            start: Some(start),
            filled: true,
        });
    }

    /// Takes the outermost element for what it is.
    fn root(&mut self, tag: &BytesStart<'_>, len: u64, feed: &mut Feed) {
        let start = feed.event();
        let span = Span { start, len };
        let doctype = self
            .scan
            .doctype
            .as_ref()
            .map_or_else(String::new, |d| d.0.clone());
        let root = Root::of(tag, doctype);
        if root.is_ledes() {
            self.want_evidence = recognise(&root, Evidence::default()).told != Told::Plainly;
            self.open.push(Open {
                area: Area::Top,
                depth: 1,
                start: Some(start),
                filled: true,
            });
        } else {
            self.scan.fragment = true;
            let split = matches!(root.name.as_str(), "firm" | "client" | "invoice");
            if !split && Name::of(&root.name).is_some() {
                self.scan.invoices.push(Found {
                    piece: Piece {
                        start,
                        end: start.offset + len,
                    },
                    firm: None,
                    client: None,
                    complete: false,
                });
                self.open.push(Open {
                    area: Area::Invoice,
                    depth: 0,
                    start: Some(start),
                    filled: true,
                });
            }
        }
        self.scan.root = Some((root, span));
    }

    pub fn end(&mut self, after: u64, feed: &mut Feed) {
        self.names.pop();
        let depth = self.names.len();
        self.gathered(feed);
        self.after_start = false;
        self.loose = None;
        let Some(open) = self.open.last_mut() else {
            return;
        };
        if open.depth == depth + 1 && open.area != Area::Document {
            match open.area {
                Area::Invoice => {
                    if let Some(found) = self.scan.invoices.last_mut() {
                        found.piece.end = after;
                        found.complete = true;
                    }
                }
                _ => {
                    open.filled = true;
                    self.cut(after);
                }
            }
            self.open.pop();
            let start = feed.spot(after);
            if let Some(outer) = self.open.last_mut()
                && outer.area != Area::Document
            {
                outer.start = Some(start);
                outer.filled = false;
            }
        } else if open.area != Area::Invoice {
            open.filled = true;
        }
        if depth == 0 {
            self.ended = true;
        }
    }

    /// Ends the running piece of the innermost firm, client or root.
    fn cut(&mut self, end: u64) {
        let Some(open) = self.open.last_mut() else {
            return;
        };
        let (Some(start), true) = (open.start.take(), open.filled) else {
            return;
        };
        let head = match open.area {
            Area::Top => &mut self.scan.top,
            Area::Firm(i) => &mut self.scan.firms[i as usize],
            Area::Client(i) => &mut self.scan.clients[i as usize],
            Area::Document | Area::Invoice => return,
        };
        head.pieces.push(Piece { start, end });
    }

    pub fn text(&mut self, text: &str, before: u64, at_end: bool, feed: &mut Feed) -> Option<Stop> {
        // At the very end it may have been cut off.
        if text.starts_with('&') && !at_end {
            let spot = feed.event();
            self.scan.troubles.raise(
                Trouble::new(rule::NOT_WELL_FORMED, "ampersand", spot, 1)
                    .with("column", spot.column() + 1)
                    .expecting("&amp;"),
            );
        }
        if self.wanted != Wanted::Nothing {
            self.text.push_str(text);
        }
        if text.bytes().all(|b| b.is_ascii_whitespace()) {
            return None;
        }
        let len = text.len().min(200) as u64;
        if self.names.is_empty() {
            let variant = if self.ended {
                "text-after-root"
            } else {
                "text-before-root"
            };
            return Some(Stop::at(feed.event(), len, variant));
        }
        if self.after_start {
            // Whether an element follows, and this is loose, is not known yet; nearly all texts are values.
            self.loose = Some((before, len));
        } else {
            let start = feed.event();
            self.loose_text(Span { start, len });
        }
        None
    }

    /// Control characters outside of values; those in values are found with their invoice.
    pub fn control(&mut self, place: &str, text: &str, start: Spot) {
        let forbidden = |b: &u8| *b < 0x20 && !matches!(*b, b'\t' | b'\n' | b'\r');
        let Some(byte) = text.bytes().find(forbidden) else {
            return;
        };
        if !self.scan.troubles.has(rule::FORBIDDEN, "control") {
            let len = text.len().min(200) as u64;
            self.scan.troubles.raise(
                Trouble::new(rule::FORBIDDEN, "control", start, len)
                    .with("field", place)
                    .with("character", format!("U+{byte:04X}")),
            );
        }
    }

    /// A CDATA section.
    pub fn data(&mut self, data: &str) {
        if self.wanted != Wanted::Nothing {
            self.text.push_str(data);
        }
    }

    /// The document type declaration, which ends before `after`.
    pub fn doctype(&mut self, declared: &str, after: u64, feed: &mut Feed) {
        let start = feed.event();
        let span = Span {
            start,
            len: after - start.offset,
        };
        self.control("the document type declaration", declared, start);
        self.scan.doctype.get_or_insert((declared.to_owned(), span));
    }

    /// The XML declaration, which ends before `after`.
    pub fn declaration(&mut self, declaration: &BytesDecl<'_>, after: u64, feed: &mut Feed) {
        let start = feed.event();
        let span = Span {
            start,
            len: after - start.offset,
        };
        let troubles = &mut self.scan.troubles;
        if start.offset > 0 && !troubles.has(rule::NOT_WELL_FORMED, "declaration") {
            troubles.raise(
                Trouble::new(rule::NOT_WELL_FORMED, "declaration", start, span.len)
                    .with("column", start.column() + 1),
            );
        }
        self.control("the XML declaration", declaration, start);
        if let Some(name) = form::declared_encoding(declaration) {
            self.scan.declared.get_or_insert((name, span));
        }
    }

    fn loose_text(&mut self, span: Span) {
        if !self.scan.troubles.has(rule::UNKNOWN_ELEMENT, "loose-text") {
            let inside = self.names.last().unwrap_or_default().to_owned();
            self.scan.troubles.raise(
                Trouble::new(rule::UNKNOWN_ELEMENT, "loose-text", span.start, span.len)
                    .with("element", inside),
            );
        }
    }

    pub fn reference(&mut self, name: &str, feed: &mut Feed) {
        if self.wanted != Wanted::Nothing {
            self.text.push('&');
            self.text.push_str(name);
            self.text.push(';');
        }
        if form::is_known_reference(name) || self.scan.doctype.is_some() {
            return;
        }
        let spot = feed.event();
        let length = name.len() as u64 + 2;
        let shown: String = name.chars().take(40).collect();
        self.scan.troubles.raise(
            Trouble::new(rule::NOT_WELL_FORMED, "entity", spot, length.min(200))
                .with("column", spot.column() + 1)
                .with("entity", format!("&{shown};")),
        );
    }

    /// A file_item_nbr or inv_id is complete.
    fn gathered(&mut self, feed: &mut Feed) {
        let wanted = std::mem::replace(&mut self.wanted, Wanted::Nothing);
        match wanted {
            Wanted::Nothing => {}
            Wanted::Item => {
                let Ok(number) = self.text.trim().parse::<u64>() else {
                    return;
                };
                if !self.items.note(number) && self.scan.repeated.len() < 1_000 {
                    // The closing tag is being read; its line is the number's but for odd line breaks.
                    let end = feed.event();
                    let len = self.text.len() as u64;
                    let start = end.back(len);
                    self.scan.repeated.push((number, Span { start, len }));
                }
            }
            Wanted::Number => {
                let number = self.text.trim();
                let inside = self
                    .open
                    .last()
                    .is_some_and(|o| o.area == Area::Invoice && o.depth == self.names.len());
                if number.is_empty() || !inside || self.scan.fragment {
                    return;
                }
                let len = self.text.len() as u64;
                let start = feed.event().back(len);
                let span = Span { start, len };
                let key = (self.firm, number.to_owned());
                match self.numbers.get(&key) {
                    Some(first) => {
                        let mut trouble = Trouble::new(rule::DUPLICATE_INVOICE, "", start, len)
                            .field("inv_id")
                            .with("number", number)
                            .with("line2", first.start.line);
                        trouble.places.push(*first);
                        self.scan.troubles.raise(trouble);
                    }
                    None => {
                        self.numbers.insert(key, span);
                    }
                }
            }
        }
    }

    /// Reading ends here because of an error.
    pub fn stop(&mut self, stop: Stop, at: u64) {
        let trouble = stop.into_trouble(self.names.last());
        self.scan.troubles.raise(trouble);
        self.finish(at);
    }

    /// The end: what is still open ends here.
    pub fn finish(&mut self, end: u64) {
        if self.open.last().is_some_and(|o| o.area == Area::Invoice) {
            if let Some(found) = self.scan.invoices.last_mut() {
                found.piece.end = end;
            }
        } else {
            self.cut(end);
        }
    }
}
