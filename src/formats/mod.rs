//! Text to [`Invoice`], with places and format hits: one folder a family of formats.
//! Not here: arithmetic, codes, guidelines, levels of findings, and texts of messages.

pub mod cells;
pub mod encoding;
pub mod intake;
pub mod lexer;
pub mod parts;
pub mod pipe;
pub mod source;
pub mod write;
pub mod xml;

pub use source::{LineNumbers, Source};

pub use intake::survey;

use crate::model::{Hit, Hits, Invoice, LedesFormat, SourceText};
use std::io;

/// What the first pass over a file found: what it is, what is wrong with it as a whole, and where its
/// invoices are.
pub struct Survey {
    /// What it will be read as; `None` where it is no invoice file.
    pub format: Option<LedesFormat>,
    /// What it is and how that was recognised, in words for the report.
    pub recognised: String,
    /// `ascii`, `utf-8`, `utf-8-bom`, `windows-1252`; empty where it is no text.
    pub encoding: &'static str,
    /// What is wrong with the file as a whole.
    pub file: FileHits,
    /// Its invoices, in the order of their first lines.
    pub invoices: Box<dyn Invoices>,
    /// Line numbers of the outer file, where the invoice stood inside a mail; for the readings, since `file`
    /// has them already.
    pub numbers: LineNumbers,
}

/// Hits about a file as a whole, with the lines they point into.
#[derive(Default)]
pub struct FileHits {
    /// The lines concerned, and no others. They carry the numbers of the file a person has before them,
    /// also where the invoice stood inside a mail.
    pub text: SourceText,
    /// The hits; their cells are in `text`.
    pub hits: Vec<Hit>,
}

/// The invoices of a file, read one at a time.
pub trait Invoices: Send + Sync {
    /// How many there are.
    fn count(&self) -> usize;

    /// Bytes of the file that belong to an invoice, so that work can be shared out evenly.
    fn size(&self, index: usize) -> u64;

    /// Reads one.
    ///
    /// # Errors
    /// The file could not be read any more.
    fn read(&self, index: usize) -> io::Result<Reading>;

    /// The bytes an invoice is made of: the head that stands above it and its own, ends of stretches trimmed. They
    /// stay the same when other invoices of the file change or move.
    ///
    /// # Errors
    /// The file could not be read any more.
    fn own(&self, index: usize) -> io::Result<Vec<u8>>;
}

/// An invoice as read, with what reading it found. Rules have not been applied.
#[derive(Debug)]
pub struct Reading {
    /// The invoice.
    pub invoice: Invoice,
    /// What reading it found.
    pub hits: Hits,
}

/// A file without invoices.
pub struct NoInvoices;

impl Invoices for NoInvoices {
    fn count(&self) -> usize {
        0
    }

    fn size(&self, _index: usize) -> u64 {
        0
    }

    fn read(&self, index: usize) -> io::Result<Reading> {
        Err(io::Error::new(
            io::ErrorKind::NotFound,
            format!("no invoice {index}"),
        ))
    }

    fn own(&self, index: usize) -> io::Result<Vec<u8>> {
        self.read(index).map(|_| Vec::new())
    }
}
