//! Invoices to text, one file a family of formats: each value where the field tables of `rules/formats/` have it.
//! Not here: what becomes of a value in a format of another family (`revise`), and files on disk.

pub mod advisor;
mod characters;
mod dialect;
pub mod given;
mod number;
mod pipe;
mod xml;

pub use characters::{plain_text, push_escaped, xml_text};
pub use dialect::{AdjustmentDate, CountryForm, Dialect, Encoding, LineEnd};
pub use number::{push_date, push_number};
pub use xml::in_order;
pub use xml::schema::schema;

use crate::formats::lexer::DateForm;
use crate::formats::parts::{Content, Owner};
use crate::model::{Invoice, LedesFormat};
use rust_decimal::Decimal;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;
use std::io::{self, Write};

/// Why an invoice was not written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The output took no more.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The target or its dialect cannot hold this invoice; the others can go on.
    #[error("{0}")]
    Refused(String),
}

/// Writes invoices one after another. Each must already be in the shape of the target format
/// ([`crate::formats::parts::has_place`] for every value it has).
pub struct Writer<W: Write> {
    out: W,
    form: Form,
    inner: Inner,
    buffer: String,
    missing: FxHashMap<(Owner, &'static str), u64>,
    written: u64,
}

/// Required fields that stay empty.
type Missing = Vec<(Owner, &'static str)>;

enum Inner {
    Pipe(pipe::Records),
    Xml(Box<xml::Elements>),
}

impl<W: Write> Writer<W> {
    /// Begins a file of `format`.
    pub fn new(out: W, format: LedesFormat, dialect: &Dialect) -> Self {
        let inner = if format.is_xml() {
            Inner::Xml(Box::new(xml::Elements::new(format, dialect)))
        } else {
            Inner::Pipe(pipe::Records::new(format, dialect))
        };
        Self {
            out,
            form: Form::new(format, dialect),
            inner,
            buffer: String::with_capacity(1 << 16),
            missing: FxHashMap::default(),
            written: 0,
        }
    }

    /// Writes one invoice; all of it, or nothing where it is refused.
    ///
    /// # Errors
    /// See [`WriteError`]. After [`WriteError::Refused`] the file goes on.
    pub fn invoice(&mut self, invoice: &Invoice) -> Result<(), WriteError> {
        self.buffer.clear();
        let mut sheet = Sheet {
            out: std::mem::take(&mut self.buffer),
            form: &self.form,
            refused: None,
        };
        let first = self.written == 0;
        let mut missing = Vec::new();
        match &mut self.inner {
            Inner::Pipe(records) => records.invoice(invoice, first, &mut sheet, &mut missing),
            Inner::Xml(elements) => elements.invoice(invoice, first, &mut sheet, &mut missing),
        }
        let refused = sheet.refused.take();
        self.buffer = sheet.out;
        let bytes = match refused {
            Some(why) => Err(why),
            None => self.form.encoding.encode(&self.buffer),
        };
        let bytes = match bytes {
            Ok(bytes) => bytes,
            Err(why) => {
                if let Inner::Xml(elements) = &mut self.inner {
                    elements.forget();
                }
                return Err(WriteError::Refused(why));
            }
        };
        self.out.write_all(&bytes)?;
        self.written += 1;
        if let Inner::Xml(elements) = &mut self.inner {
            elements.keep();
        }
        for place in missing {
            *self.missing.entry(place).or_default() += 1;
        }
        Ok(())
    }

    /// How many invoices were written.
    pub fn written(&self) -> u64 {
        self.written
    }

    /// Ends the file. Returns the required fields that stayed empty, with how often.
    ///
    /// # Errors
    /// The output took no more.
    pub fn finish(mut self) -> io::Result<(W, BTreeMap<String, u64>)> {
        self.buffer.clear();
        match &mut self.inner {
            Inner::Pipe(records) => records.finish(&mut self.buffer),
            Inner::Xml(elements) => elements.finish(&mut self.buffer, self.form.line_end),
        }
        self.out.write_all(self.buffer.as_bytes())?;
        self.out.flush()?;
        let named = self.missing.into_iter().map(|((owner, name), count)| {
            let path = match (owner.path(), name) {
                ("", name) => name.to_owned(),
                (path, "") => path.to_owned(),
                (path, name) => format!("{path}/{name}"),
            };
            (path, count)
        });
        Ok((self.out, named.collect()))
    }
}

/// How values are written in a file.
#[derive(Clone, Debug)]
struct Form {
    date: DateForm,
    amount: u32,
    rate: u32,
    most: Option<u32>,
    line_end: &'static str,
    encoding: Encoding,
    negative_lines: bool,
}

impl Form {
    fn new(format: LedesFormat, dialect: &Dialect) -> Self {
        Self {
            date: match format {
                LedesFormat::Xml20 | LedesFormat::Xml21 | LedesFormat::Xml22 => DateForm::Iso,
                _ => DateForm::Compact,
            },
            amount: dialect.amount_decimals,
            rate: dialect.rate_decimals,
            most: dialect.most_decimals,
            line_end: dialect.line_end.text(),
            encoding: dialect.encoding.unwrap_or(Encoding::Utf8),
            negative_lines: dialect.negative_lines,
        }
    }
}

/// The text of one invoice while it is written.
struct Sheet<'a> {
    out: String,
    form: &'a Form,
    refused: Option<String>,
}

impl Sheet<'_> {
    /// Appends a number; money and units with the dialect's decimals, rates with theirs.
    fn number(&mut self, number: Decimal, rate: bool, name: &str) {
        let number = number.normalize();
        let least = if rate {
            self.form.rate
        } else {
            self.form.amount
        };
        if let Some(most) = self.form.most
            && !rate
            && number.scale() > most
        {
            self.refuse(format!(
                "{name} is {number}, and the dialect takes at most {most} decimals; bill it with fewer, nothing is \
                 rounded here"
            ));
        }
        push_number(&mut self.out, number, least);
    }

    fn content(&mut self, invoice: &Invoice, content: Content, rate: bool, name: &str) {
        match content {
            Content::Text(cell) => self.out.push_str(&invoice.get(cell)),
            Content::Date(value) => {
                if let Some(date) = value.get() {
                    push_date(&mut self.out, date, self.form.date);
                }
            }
            Content::Number(value) => {
                if let Some(number) = value.get() {
                    self.number(number, rate, name);
                }
            }
        }
    }

    /// The first reason counts.
    fn refuse(&mut self, why: String) {
        self.refused.get_or_insert(why);
    }

    /// Refuses a negative line where the dialect says that there are none.
    fn sign(&mut self, invoice: &Invoice) {
        if self.form.negative_lines {
            return;
        }
        let negative = |n: Option<Decimal>| n.filter(|n| n.is_sign_negative() && !n.is_zero());
        for (index, line) in invoice.lines.iter().enumerate() {
            if let Some(total) = negative(line.total.get()) {
                self.refuse(format!(
                    "line {} comes to {total}, and the dialect has no negative lines (negative_lines = false); take \
                     the credit off the lines it belongs to",
                    index + 1
                ));
            }
        }
        for discount in invoice.matters.iter().flat_map(|m| &m.discounts) {
            if let Some(amount) = negative(discount.amount.get()) {
                self.refuse(format!(
                    "a discount of {amount} stands beside the lines, and the dialect has no negative lines \
                     (negative_lines = false); take it off the lines it belongs to"
                ));
            }
        }
    }
}
