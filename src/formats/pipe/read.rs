//! The second pass: the lines of one invoice, fetched from the file and read into the model.

use super::invoices::{Entry, PipeInvoices};
use super::line_fields::{Filler, Raw};
use super::pipes::each_pipe;
use super::realign::realigned;
use super::records::{Assembler, End, Step, end_of};
use super::rule;
use crate::formats::Reading;
use crate::formats::encoding::decode;
use crate::model::{
    Anchor, Cell, Field, Hit, Hits, Invoice, LedesFormat, RuleId, SourceText, UnreadRecord,
};
use std::io;
use std::ops::Range;

/// Places beyond which no more are named when an invoice's lines stand apart.
const MOST_APART: usize = 20;

/// Reads one invoice.
pub fn read(file: &PipeInvoices, entry: &Entry) -> io::Result<Reading> {
    let runs = file.runs(entry);
    let mut text = SourceText::default();
    let mut blocks = Vec::with_capacity(runs.len());
    let mut foreign = Vec::new();
    for run in runs {
        let bytes = file.source.bytes(run.offset, run.len as usize)?;
        let start = push(&mut text, run.first_line, bytes, &mut foreign);
        blocks.push((start, text.as_str().len()));
    }
    let mut invoice = Invoice::new(file.layout.format, text);
    invoice.columns = file.layout.names.clone();
    invoice.whole = file.layout.whole;
    let mut hits = Hits::default();
    let records = records(invoice.text.as_str(), file.layout.width(), &blocks);
    let mut filler = Filler::new(&mut invoice, &file.layout, &mut hits);
    filler.foreign = foreign;
    let mut raws = Vec::with_capacity(64);
    filler.invoice.lines.reserve_exact(records.len());
    for record in records {
        take(&mut filler, record, &mut raws);
    }
    if invoice.record.is_absent()
        && let Some(first) = invoice.unread.first()
    {
        invoice.record = first.record;
    }
    stand_apart(file, entry, &invoice, &mut hits);
    Ok(Reading { invoice, hits })
}

/// Appends the bytes of a run as text: UTF-8 where they are, else line by line as Windows-1252. Notes where
/// the lines of the second kind stand in the text.
fn push(
    text: &mut SourceText,
    first_line: u32,
    bytes: Vec<u8>,
    foreign: &mut Vec<Range<usize>>,
) -> usize {
    let bytes = match String::from_utf8(bytes) {
        Ok(valid) => return text.push_block(first_line, 0, valid),
        Err(other) => other.into_bytes(),
    };
    let start = text.as_str().len();
    let body = bytes.strip_suffix(b"\n").unwrap_or(&bytes);
    for (line, number) in body.split(|b| *b == b'\n').zip(first_line..) {
        let (decoded, valid) = decode(line);
        let at = text.push_line(number, &decoded);
        if !valid {
            foreign.push(at..at + decoded.len());
        }
    }
    start
}

/// A record: its bytes in the text without line end and blanks behind, and how many lines it goes over.
#[derive(Clone, Copy)]
struct Record {
    start: usize,
    end: usize,
    lines: u32,
}

/// Puts the lines of each block together to records.
fn records(text: &str, width: usize, blocks: &[(usize, usize)]) -> Vec<Record> {
    let mut records = Vec::new();
    for (start, end) in blocks {
        let mut assembler = Assembler::new(width);
        let mut at = *start;
        let mut pending: Option<Record> = None;
        while at < *end {
            let line_end =
                memchr::memchr(b'\n', &text.as_bytes()[at..*end]).map_or(*end, |n| at + n);
            let line = &text.as_bytes()[at..line_end];
            let length = line.trim_ascii_end().len();
            let whole = Record {
                start: at,
                end: at + length,
                lines: 1,
            };
            match assembler.line(line) {
                Step::Blank => {}
                Step::Whole => {
                    records.extend(pending.take());
                    records.push(whole);
                }
                Step::Begins => {
                    records.extend(pending.replace(whole));
                }
                Step::GoesOn | Step::Ends => {
                    if let Some(record) = &mut pending {
                        record.end = whole.end;
                        record.lines += 1;
                    }
                    if !assembler.is_pending() {
                        records.extend(pending.take());
                    }
                }
            }
            at = line_end + 1;
        }
        records.extend(pending);
    }
    records
}

/// Cuts a record at its pipes.
fn cut(text: &str, start: usize, body: &[u8], raws: &mut Vec<Raw>) {
    debug_assert!(text.len() >= start + body.len());
    raws.clear();
    let mut from = start;
    each_pipe(body, |pipe| {
        raws.push(Raw {
            start: from,
            end: start + pipe,
        });
        from = start + pipe + 1;
    });
    raws.push(Raw {
        start: from,
        end: start + body.len(),
    });
}

/// Reads one record. What cannot be aligned with the columns is kept as unread, and its first field, whose
/// place is certain, is judged all the same.
fn take(filler: &mut Filler<'_>, record: Record, raws: &mut Vec<Raw>) {
    let width = filler.layout.width();
    let text = filler.invoice.text.as_str();
    let bytes = &text.as_bytes()[record.start..record.end];
    let (mut end, mut body) = end_of(bytes);
    cut(text, record.start, body, raws);
    if end == End::TrailingPipe && raws.len() < width {
        // The last field is empty and the terminator missing: the pipe is a separator.
        end = End::Open;
        body = bytes;
        cut(text, record.start, body, raws);
    }
    let cell = Cell::new(record.start, record.end);
    let anchor = Anchor::Line(filler.invoice.lines.len() as u32);
    let mut shape = None;
    if raws.len() != width {
        let hit = Hit::new(rule::FIELD_COUNT, anchor)
            .with("columns", raws.len())
            .with("wanted", width);
        match realigned(filler.layout, text, raws) {
            Some((field, joined)) => {
                *raws = joined;
                let at = raws[filler.layout.position(field).unwrap_or(0)];
                let format = filler.layout.format;
                let written = text.get(at.start..at.end).unwrap_or("");
                let mended = written.replace('|', "/");
                shape = Some(
                    hit.variant("pipe-in-text")
                        .at(format, field, Cell::new(at.start, at.end))
                        .mending(mended),
                );
            }
            None => {
                unread(filler, cell, raws, hit);
                return;
            }
        }
    } else if record.lines > 1 {
        let first_line = filler.invoice.text.position(cell).map_or(0, |p| p.line);
        let field = broken_field(filler, record, raws);
        let format = filler.layout.format;
        let at = field.map_or(cell, |(_, c)| c);
        shape = Some(
            Hit::new(rule::EMBEDDED_LINE_BREAK, anchor)
                .at_name(field.map_or("", |(f, _)| f.name_in(format)), at)
                .with("line2", first_line + record.lines - 1),
        );
    } else if end != End::Terminated {
        let at = Cell::new(record.end, record.end);
        let variant = if end == End::TrailingPipe {
            "trailing-pipe"
        } else {
            ""
        };
        shape = Some(
            Hit::new(rule::LINE_TERMINATOR, anchor)
                .variant(variant)
                .at_name("", at),
        );
    }
    if let Some(hit) = shape {
        filler.hits.raise(hit);
    }
    filler.record(cell, raws);
}

/// The field a line break stands in.
fn broken_field(filler: &Filler<'_>, record: Record, raws: &[Raw]) -> Option<(Field, Cell)> {
    let bytes = filler.invoice.text.as_str().as_bytes();
    let newline = record.start + memchr::memchr(b'\n', &bytes[record.start..record.end])?;
    let index = raws
        .iter()
        .position(|raw| raw.start <= newline && newline < raw.end)?;
    let column = filler.layout.columns.get(index).copied().flatten()?;
    Some((column.field, Cell::new(raws[index].start, raws[index].end)))
}

/// Keeps a record that cannot be read. Only its first field stands where it should for certain.
fn unread(filler: &mut Filler<'_>, record: Cell, raws: &[Raw], hit: Hit) {
    filler.hits.raise(hit.at_name("", record));
    filler.invoice.unread.push(UnreadRecord { record });
    let number = filler.layout.position(Field::InvoiceNumber);
    if let Some(raw) = number.and_then(|at| raws.get(at)).filter(|_| {
        // Until a record is read this is the best name there is for the invoice.
        filler.invoice.number.is_absent()
    }) {
        filler.invoice.number = Cell::new(raw.start, raw.end);
    }
    if let (Some(Some(column)), [first, _, ..]) = (filler.layout.columns.first(), raws) {
        filler.judge_alone(column, *first);
    }
}

/// Says where the lines of an invoice stop standing together, or that its number is used twice.
fn stand_apart(file: &PipeInvoices, entry: &Entry, invoice: &Invoice, hits: &mut Hits) {
    let number = |format: LedesFormat, rule: RuleId, cell: Cell| {
        Hit::new(rule, Anchor::Invoice).at(format, Field::InvoiceNumber, cell)
    };
    if let Some(first) = entry.repeats {
        hits.raise(
            number(
                invoice.format,
                rule::DUPLICATE_INVOICE_NUMBER,
                invoice.number,
            )
            .with("line2", first),
        );
    }
    let gaps = file.gaps(entry);
    let Some((line, other)) = gaps.first() else {
        return;
    };
    let mut hit = Hit::new(rule::INVOICE_NOT_ADJACENT, Anchor::Invoice)
        .with("between", *line)
        .with("other", other);
    for (line, _) in gaps.iter().take(MOST_APART) {
        let at = invoice.lines.partition_point(|l| {
            invoice
                .text
                .position(l.record)
                .is_some_and(|p| p.line < *line)
        });
        if let Some(found) = invoice.lines.get(at) {
            hit = hit.at(
                invoice.format,
                Field::InvoiceNumber,
                invoice.cell_on(found, Field::InvoiceNumber),
            );
        }
    }
    if !hit.marks.is_empty() {
        hits.raise(hit);
    }
}
