//! Where the lines of each invoice are. Lines of one invoice need not stand together; what is kept grows with
//! the number of stretches, not with their text.

use super::invoices::{LONGEST_NAME, Run};
use super::layout::Layout;
use super::physical::PhysicalLine;
use super::records::{Assembler, Step, end_of};
use crate::model::Field;
use rustc_hash::FxHashMap;
use sha2::{Digest, Sha256};

/// A stretch grows no further than this, so that a large invoice is read piece by piece.
const LONGEST_RUN: u64 = 1 << 20;

/// The stretches met so far.
pub struct Index {
    width: usize,
    number_at: usize,
    assembler: Assembler,
    pub runs: Vec<Run>,
    /// Invoice numbers, in the order met.
    pub names: Vec<Box<[u8]>>,
    by_name: FxHashMap<Box<[u8]>, u32>,
}

impl Index {
    /// For records of a layout.
    pub fn new(layout: &Layout) -> Self {
        Self {
            width: layout.width(),
            number_at: layout.position(Field::InvoiceNumber).unwrap_or(usize::MAX),
            assembler: Assembler::new(layout.width()),
            runs: Vec::new(),
            names: Vec::new(),
            by_name: FxHashMap::default(),
        }
    }

    /// A record goes on no further than here.
    pub fn interrupt(&mut self) {
        self.assembler = Assembler::new(self.width);
    }

    /// Takes a line among the records.
    pub fn line(&mut self, line: &PhysicalLine<'_>) -> Step {
        let step = self.assembler.line(line.bytes);
        let end = line.offset + line.bytes.len() as u64;
        match step {
            Step::Blank => {}
            Step::GoesOn | Step::Ends => {
                if let Some(run) = self.runs.last_mut() {
                    run.len = u32::try_from(end - run.offset).unwrap_or(u32::MAX);
                }
            }
            Step::Whole | Step::Begins => {
                let invoice = self.invoice_of(line.bytes);
                match self.runs.last_mut() {
                    Some(run) if run.invoice == invoice && end - run.offset <= LONGEST_RUN => {
                        run.len = (end - run.offset) as u32;
                    }
                    _ => self.runs.push(Run {
                        offset: line.offset,
                        len: line.bytes.len() as u32,
                        first_line: line.number,
                        invoice,
                        next: invoice,
                    }),
                }
            }
        }
        step
    }

    /// The invoice a record belongs to, by its number. A record without one stays with its neighbour before.
    fn invoice_of(&mut self, record: &[u8]) -> u32 {
        let mut key = field_at(end_of(record).1, self.number_at);
        let hashed;
        if key.len() > LONGEST_NAME {
            hashed = name_of_long(key);
            key = &hashed;
        }
        if let Some(last) = self.runs.last().map(|r| r.invoice) {
            let name = &self.names[last as usize];
            if key.is_empty() || **name == *key {
                return last;
            }
        }
        if let Some(known) = self.by_name.get(key) {
            return *known;
        }
        let index = self.names.len() as u32;
        self.names.push(key.into());
        self.by_name.insert(key.into(), index);
        index
    }
}

/// The field at a position, without the blanks round it; empty where there is none.
fn field_at(body: &[u8], position: usize) -> &[u8] {
    let mut from = 0;
    let pipes = memchr::memchr_iter(b'|', body).chain(std::iter::once(body.len()));
    for (index, pipe) in pipes.enumerate() {
        if index == position {
            return body.get(from..pipe).unwrap_or_default().trim_ascii();
        }
        from = pipe + 1;
    }
    b""
}

/// Megabytes of invoice numbers need not be kept to tell them apart.
fn name_of_long(key: &[u8]) -> Vec<u8> {
    let mut name = key[..LONGEST_NAME].to_vec();
    name.extend(Sha256::digest(key));
    name
}
