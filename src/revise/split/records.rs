//! Pipe files taken apart and put together record by record, every record byte for byte.

use crate::formats::{Source, survey};
use crate::model::{Cell, Invoice};
use crate::revise::document::{Document, DocumentLine};
use std::collections::BTreeSet;
use std::io;

/// The records of a file, by invoice.
pub struct Records {
    document: Document,
    /// Lines before the first record: marker and header.
    head: usize,
    /// Each invoice and the indexes of its lines.
    invoices: Vec<(Invoice, Vec<usize>)>,
}

impl Records {
    /// Reads a pipe file. `None` where it is none.
    ///
    /// # Errors
    /// The file cannot be read any more.
    pub fn of(bytes: &[u8]) -> io::Result<Option<Self>> {
        let source = Source::of_bytes(bytes)?;
        let survey = survey(&source)?;
        if survey.format.is_none_or(|f| f.is_xml()) || survey.invoices.count() == 0 {
            return Ok(None);
        }
        let document = Document::new(bytes, false);
        let mut invoices = Vec::with_capacity(survey.invoices.count());
        for index in 0..survey.invoices.count() {
            let invoice = survey.invoices.read(index)?.invoice;
            let lines = lines_of(&invoice)
                .into_iter()
                .filter(|at| *at < document.lines.len())
                .collect();
            invoices.push((invoice, lines));
        }
        let first = invoices
            .iter()
            .filter_map(|(_, lines): &(_, Vec<usize>)| lines.first());
        let head = first.min().copied().unwrap_or(0);
        Ok(Some(Self {
            document,
            head,
            invoices,
        }))
    }

    /// Its invoices.
    pub fn invoices(&self) -> impl Iterator<Item = &Invoice> {
        self.invoices.iter().map(|(invoice, _)| invoice)
    }

    /// Marker and header, for comparison with those of another file.
    pub fn head(&self) -> Vec<&str> {
        let lines = &self.document.lines[..self.head];
        lines.iter().map(|l| l.text.trim_end()).collect()
    }

    /// A file of one of its invoices: marker, header, and its records as they stand.
    pub fn alone(&self, index: usize) -> Vec<u8> {
        let mut lines: Vec<DocumentLine> = self.document.lines[..self.head].to_vec();
        if let Some((_, own)) = self.invoices.get(index) {
            lines.extend(own.iter().map(|at| self.document.lines[*at].clone()));
        }
        self.file(lines)
    }

    /// A file of all records of these files, under the head of the first.
    pub fn together(all: &[Self]) -> Vec<u8> {
        let Some(first) = all.first() else {
            return Vec::new();
        };
        let mut lines: Vec<DocumentLine> = first.document.lines[..first.head].to_vec();
        for records in all {
            for (_, own) in &records.invoices {
                lines.extend(own.iter().map(|at| records.document.lines[*at].clone()));
            }
        }
        first.file(lines)
    }

    /// Lines of several files end in one way.
    fn file(&self, mut lines: Vec<DocumentLine>) -> Vec<u8> {
        let end = self.document.usual_end();
        let count = lines.len();
        for (at, line) in lines.iter_mut().enumerate() {
            if at + 1 < count && line.end.is_empty() || at + 1 == count {
                line.end = end;
            }
        }
        Document {
            marked: self.document.marked,
            lines,
        }
        .bytes()
    }
}

/// Indexes of the physical lines of an invoice's records.
fn lines_of(invoice: &Invoice) -> Vec<usize> {
    let read = invoice.lines.iter().map(|l| l.record);
    let unread = invoice.unread.iter().map(|u| u.record);
    let mut all = BTreeSet::new();
    for record in read.chain(unread) {
        let record: Cell = record;
        if let Some(position) = invoice.text.position(record) {
            let first = position.line as usize - 1;
            let more = invoice.text.raw(record).matches('\n').count();
            all.extend(first..=first + more);
        }
    }
    all.into_iter().collect()
}
