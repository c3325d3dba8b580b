//! The invoices of a pipe file: which stretches of it each one is made of.

use super::layout::Layout;
use super::read;
use crate::formats::{Invoices, Reading, Source, encoding};
use std::io;

/// A stretch of lines of one invoice that stand together.
#[derive(Clone, Copy, Debug)]
pub struct Run {
    pub offset: u64,
    pub len: u32,
    pub first_line: u32,
    pub invoice: u32,
    /// The invoice of the stretch behind it in the file; its own where there is none.
    pub next: u32,
}

/// An invoice in more pieces than this is not searched for a second invoice under its number.
const MOST_PIECES: usize = 16;
/// More of what stands before the first record makes no invoice another.
const LONGEST_HEAD: usize = 1 << 16;
/// An invoice number longer than this is known by its beginning and its hash.
pub const LONGEST_NAME: usize = 64;

/// One invoice of the file: some of the runs.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    first: u32,
    count: u32,
    /// Line of an earlier, complete invoice with the same number.
    pub repeats: Option<u32>,
}

/// The invoices of a pipe file.
pub struct PipeInvoices {
    pub source: Source,
    pub layout: Layout,
    runs: Vec<Run>,
    entries: Vec<Entry>,
    names: Vec<Box<[u8]>>,
    /// Bytes before the first record: marker and header.
    head: u64,
}

impl PipeInvoices {
    /// The stretches of one invoice, in the order of the file.
    pub fn runs(&self, entry: &Entry) -> &[Run] {
        let first = entry.first as usize;
        &self.runs[first..first + entry.count as usize]
    }

    /// Where the lines of an invoice stop standing together: the line it goes on at, and the number of an
    /// invoice that stands between.
    pub fn gaps(&self, entry: &Entry) -> Vec<(u32, String)> {
        let runs = self.runs(entry);
        let mut gaps = Vec::new();
        for pair in runs.windows(2) {
            let between = pair[0].next;
            if between != pair[0].invoice {
                let name = self.names.get(between as usize);
                let name = name.map_or_else(String::new, |n| shown_name(n));
                gaps.push((pair[1].first_line, name));
                if gaps.len() >= MOST_PIECES {
                    break;
                }
            }
        }
        gaps
    }
}

/// An invoice number for people; of a long one its beginning.
fn shown_name(name: &[u8]) -> String {
    let end = name.len().min(LONGEST_NAME);
    let (text, _) = encoding::decode(&name[..end]);
    match name.len() > LONGEST_NAME {
        true => format!("{text}\u{2026}"),
        false => text.into_owned(),
    }
}

impl Invoices for PipeInvoices {
    fn count(&self) -> usize {
        self.entries.len()
    }

    fn size(&self, index: usize) -> u64 {
        let entry = &self.entries[index];
        self.runs(entry).iter().map(|r| u64::from(r.len)).sum()
    }

    fn read(&self, index: usize) -> io::Result<Reading> {
        read::read(self, &self.entries[index])
    }

    fn own(&self, index: usize) -> io::Result<Vec<u8>> {
        let head = usize::try_from(self.head).unwrap_or(usize::MAX);
        let mut own = self.source.bytes(0, head.min(LONGEST_HEAD))?;
        for run in self.runs(&self.entries[index]) {
            own.truncate(own.trim_ascii_end().len());
            own.push(b'\n');
            own.extend(self.source.bytes(run.offset, run.len as usize)?);
        }
        own.truncate(own.trim_ascii_end().len());
        Ok(own)
    }
}

impl PipeInvoices {
    /// The invoices whose lines stand in `runs`, in the order of the file; `names` are their numbers.
    ///
    /// # Errors
    /// The file cannot be read any more.
    pub fn new(
        source: Source,
        layout: Layout,
        mut runs: Vec<Run>,
        names: Vec<Box<[u8]>>,
    ) -> io::Result<Self> {
        for at in 1..runs.len() {
            runs[at - 1].next = runs[at].invoice;
        }
        let head = runs.first().map_or(0, |r| r.offset);
        runs.sort_unstable_by_key(|r| (r.invoice, r.offset));
        let mut entries: Vec<Entry> = Vec::with_capacity(names.len());
        let mut from = 0;
        while from < runs.len() {
            let invoice = runs[from].invoice;
            let count = runs[from..]
                .iter()
                .take_while(|r| r.invoice == invoice)
                .count();
            entries.push(Entry {
                first: from as u32,
                count: count as u32,
                repeats: None,
            });
            from += count;
        }
        let mut all = Self {
            source,
            layout,
            runs,
            entries,
            names,
            head,
        };
        all.part_repeated()?;
        Ok(all)
    }

    /// Two complete invoices under one number are two invoices with a repeated number, not one whose lines
    /// stand apart.
    fn part_repeated(&mut self) -> io::Result<()> {
        let mut parted = Vec::with_capacity(self.entries.len());
        for entry in &self.entries {
            let pieces = entry.count as usize;
            let apart = (2..=MOST_PIECES).contains(&pieces) && self.gaps(entry).len() + 1 == pieces;
            let mut each = Vec::new();
            if apart {
                for index in 0..entry.count {
                    let piece = Entry {
                        first: entry.first + index,
                        count: 1,
                        repeats: None,
                    };
                    let reading = read::read(self, &piece)?;
                    if !is_complete(&reading) {
                        each.clear();
                        break;
                    }
                    each.push(piece);
                }
            }
            if each.is_empty() {
                parted.push(*entry);
                continue;
            }
            let first_line = self.runs[entry.first as usize].first_line;
            for piece in each.iter_mut().skip(1) {
                piece.repeats = Some(first_line);
            }
            parted.append(&mut each);
        }
        // In the order of their first lines.
        parted.sort_by_key(|e| self.runs[e.first as usize].offset);
        self.entries = parted;
        Ok(())
    }
}

/// The lines' totals make the invoice total.
fn is_complete(reading: &Reading) -> bool {
    let invoice = &reading.invoice;
    let sum = invoice
        .lines
        .iter()
        .try_fold(rust_decimal::Decimal::ZERO, |sum, line| {
            sum.checked_add(line.total.get()?)
        });
    invoice.unread.is_empty() && sum.is_some() && sum == invoice.total.get()
}
