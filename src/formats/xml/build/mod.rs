//! The typed invoice, filled from judged segments: one file for the parties, the matter, the line and the taxes.
//! Not here: what a value must look like.

mod line;
mod matter;
mod parties;
mod taxes;

use super::judge::{Judge, Mode};
use super::names::Name;
use super::tree::{TOP, Tree};
use super::trouble::rule as xml;
use crate::formats::Reading;
use crate::model::{Anchor, Cell, Extension, Hit, Invoice, LedesFormat, Matter, SourceText};

/// Fills an invoice from its text.
pub struct Builder<'a> {
    judge: Judge<'a>,
    invoice: Invoice,
}

/// How a text is to be read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Manner {
    /// What it is read as.
    pub format: LedesFormat,
    /// It is a part of an invoice: nothing is missed.
    pub fragment: bool,
    /// False where the file breaks off inside it.
    pub complete: bool,
}

/// Reads one invoice.
pub fn invoice(text: SourceText, manner: Manner) -> Reading {
    let tree = Tree::of(text.as_str());
    let mode = if manner.fragment {
        Mode::Part
    } else {
        Mode::Judge
    };
    let mut builder = Builder {
        judge: Judge::new(&text, &tree, manner.format, mode),
        invoice: Invoice::new(manner.format, SourceText::default()),
    };
    builder.invoice.whole = manner.complete && !manner.fragment;
    builder.container(TOP, mode);
    if builder.invoice.whole {
        builder.nothing_billed();
    }
    let Builder { judge, mut invoice } = builder;
    let hits = judge.hits;
    invoice.text = text;
    Reading { invoice, hits }
}

/// Reads the head of a firm, a client or the root and says what is wrong with it.
pub fn head(text: &SourceText, format: LedesFormat, fragment: bool) -> Vec<Hit> {
    let tree = Tree::of(text.as_str());
    let mode = if fragment { Mode::Part } else { Mode::Judge };
    let mut builder = Builder {
        judge: Judge::new(text, &tree, format, mode),
        invoice: Invoice::new(format, SourceText::default()),
    };
    builder.heads(TOP);
    builder.judge.hits.hits
}

impl<'a> Builder<'a> {
    /// The text itself, the root, a firm or a client: what stands in it is read by its name.
    fn container(&mut self, node: usize, mode: Mode) {
        let tree = self.judge.tree;
        for child in tree.children(node) {
            match tree.node(child).name {
                Some(Name::firm) => {
                    self.quietly(mode, |b| b.firm(child));
                    self.container(child, mode);
                }
                Some(Name::client) => {
                    self.quietly(mode, |b| b.client(child));
                    self.container(child, mode);
                }
                Some(Name::tax) => self.quietly(mode, |b| b.tax(child)),
                Some(Name::invoice) => self.invoice(child),
                Some(Name::matter) => self.matter(child),
                Some(Name::ledesxml) => self.container(child, mode),
                Some(name) if node == TOP => self.stray(child, name),
                None if self
                    .judge
                    .tree
                    .written_name(child, self.judge.text)
                    .starts_with("ledesxml") =>
                {
                    self.container(child, mode);
                }
                _ => {}
            }
        }
    }

    /// The heads were judged with the file; here they are only read. A part of an invoice has no such heads.
    fn quietly(&mut self, mode: Mode, read: impl FnOnce(&mut Self)) {
        self.judge.mode = Mode::Silent;
        read(self);
        self.judge.mode = mode;
    }

    fn heads(&mut self, node: usize) {
        let tree = self.judge.tree;
        for child in tree.children(node) {
            match tree.node(child).name {
                Some(Name::firm) => self.firm(child),
                Some(Name::client) => self.client(child),
                _ if node == TOP
                    && self
                        .judge
                        .tree
                        .written_name(child, self.judge.text)
                        .starts_with("ledesxml") =>
                {
                    self.judge.read(child, Name::ledesxml, Anchor::Invoice);
                    let _ = self.judge.take_extensions();
                    for (tax, _, inner) in self.judge.segments(child, Name::ledesxml) {
                        if inner == Name::tax {
                            self.tax(tax);
                        }
                    }
                }
                _ => {}
            }
        }
        // Taxes of a firm are read with it.
        if node == TOP {
            for firm in tree.children(TOP) {
                if tree.node(firm).name == Some(Name::firm) {
                    for tax in tree
                        .children(firm)
                        .filter(|t| tree.node(*t).name == Some(Name::tax))
                    {
                        self.tax(tax);
                    }
                }
            }
        }
    }

    fn invoice(&mut self, node: usize) {
        let anchor = Anchor::Invoice;
        self.judge.read(node, Name::invoice, anchor);
        let j = &self.judge;
        let i = &mut self.invoice;
        i.record = j.tree.tag(node);
        i.number = j.cell(Name::inv_id);
        i.date = j.date(Name::inv_date);
        i.due_date = j.date(Name::inv_due_date);
        i.currency = j.cell(Name::inv_currency);
        i.billing_start = j.date(Name::inv_start_date);
        i.billing_end = j.date(Name::inv_end_date);
        i.description = j.cell(Name::inv_desc);
        i.tax_invoice = j.cell(Name::tax_invoice);
        i.credit_note = j.cell(Name::credit_note);
        i.rejected_inv_replacement = j.cell(Name::rejected_inv_replacement);
        i.inv_reference = j.cell(Name::inv_reference);
        i.tax_authority_ref = j.cell(Name::tax_authority_ref);
        i.payment_terms = j.cell(Name::inv_payment_terms);
        i.tax_total = j.number(Name::inv_total_tax);
        i.total = j.number(Name::inv_total_net_due);
        i.image_file_name = j.cell(Name::inv_image_file_name);
        i.exchange_rate = j.number(Name::exchange_rate);
        i.generic_discount = j.number(Name::inv_generic_discount);
        i.item = j.cell(Name::file_item_nbr);
        let extensions = self.judge.take_extensions();
        self.invoice.extensions.extend(extensions);
        for (child, _, segment) in self.judge.segments(node, Name::invoice) {
            match segment {
                Name::matter => self.matter(child),
                Name::regulatory_statement => self.statement(child),
                Name::tax_tier_detail => self.tier(child),
                Name::tax_tier_summary => self.tier_summary(child),
                Name::extend_header => {
                    let data = self.extend_header(child, anchor);
                    self.invoice.extensions.extend(data);
                }
                _ => {}
            }
        }
    }

    /// A part of an invoice that begins below its matter: the lines get a matter of which nothing is known.
    fn stray(&mut self, node: usize, name: Name) {
        if matches!(name, Name::fee | Name::expense | Name::tk_sum | Name::tksum) {
            if self.invoice.matters.is_empty() {
                self.invoice.matters.push(Matter::default());
            }
            self.below_matter(
                node,
                if name == Name::tksum {
                    Name::tk_sum
                } else {
                    name
                },
                0,
            );
        } else {
            // A single element or segment.
            let written = name.text().to_owned();
            let value = self.judge.tree.content(node, self.judge.text);
            self.invoice.extensions.push(Extension {
                name: written,
                value,
            });
        }
    }

    /// `extend_header`: its attributes and its names and values.
    fn extend_header(&mut self, node: usize, anchor: Anchor) -> Vec<Extension> {
        self.judge.read(node, Name::extend_header, anchor);
        let mut kept = self.judge.take_extensions();
        let tag = self.judge.tree.tag(node);
        let raw = self.judge.text.raw(tag);
        let mut at = 0;
        while let Some(found) = raw[at..].find('=') {
            let equals = at + found;
            let name = raw[..equals]
                .trim_end()
                .rsplit([' ', '\t', '\n', '\r'])
                .next();
            let Some(open) = raw[equals..].find(['"', '\'']).map(|o| equals + o) else {
                break;
            };
            let quote = raw.as_bytes()[open] as char;
            let Some(close) = raw[open + 1..].find(quote).map(|c| open + 1 + c) else {
                break;
            };
            kept.push(Extension {
                name: format!("extend_header/{}", name.unwrap_or_default()),
                value: Cell::new(tag.start() + open + 1, tag.start() + close),
            });
            at = close + 1;
        }
        for (child, _, _) in self.judge.segments(node, Name::extend_header) {
            self.judge.read(child, Name::extend_data, anchor);
            let name = self.judge.cell(Name::ext_name);
            kept.push(Extension {
                name: self.judge.text.get(name).into_owned(),
                value: self.judge.cell(Name::ext_value),
            });
            kept.append(&mut self.judge.extensions);
        }
        kept
    }

    fn statement(&mut self, node: usize) {
        self.judge
            .read(node, Name::regulatory_statement, Anchor::Invoice);
        let mut statement = self.judge.take_extensions();
        statement.push(Extension {
            name: Name::file_item_nbr.text().to_owned(),
            value: self.judge.cell(Name::file_item_nbr),
        });
        self.invoice.regulatory_statements.push(statement);
    }

    /// An invoice without fees, expenses, or discounts.
    fn nothing_billed(&mut self) {
        let i = &self.invoice;
        if i.lines.is_empty()
            && !i.matters.is_empty()
            && i.matters.iter().all(|m| m.discounts.is_empty())
        {
            let hit = Hit::new(xml::NO_LINE_ITEMS, Anchor::Invoice)
                .variant("invoice")
                .at_name(Name::invoice.text(), i.record);
            self.judge.hits.raise(hit);
        }
    }
}
