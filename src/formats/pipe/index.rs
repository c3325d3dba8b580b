//! The first pass: marker, header, and where the lines of each invoice are. Lines of one invoice need not
//! stand together; what is kept grows with the number of stretches, not with their text.

use super::header::{Header, format_of, header, looks_like_header};
use super::layout::Layout;
use super::marker::{Marker, marker};
use super::physical::{PhysicalLine, for_each_line};
use super::records::{Assembler, End, LONGEST_LINE, Step, end_of};
use super::{marker as markers, order, read, rule};
use crate::formats::{FileHits, Invoices, LineNumbers, Reading, Source, Survey, encoding};
use crate::model::{Anchor, Cell, Field, Hit, LedesFormat};
use rustc_hash::FxHashMap;
use sha2::{Digest, Sha256};
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

/// A stretch grows no further than this, so that a large invoice is read piece by piece.
const LONGEST_RUN: u64 = 1 << 20;
/// Bytes of a line that are shown at most.
const LONGEST_SHOWN: usize = 16 * 1024;
/// An invoice in more pieces than this is not searched for a second invoice under its number.
const MOST_PIECES: usize = 16;
/// An invoice number longer than this is known by its beginning and its hash.
const LONGEST_NAME: usize = 64;

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
}

/// What is known of the file while its lines go by.
struct Indexer {
    file: FileHits,
    marker: Option<(Marker, Cell)>,
    layout: Option<Layout>,
    recognised: String,
    /// Where the header line ends.
    header_end: Cell,
    /// The header has the right names in another order, and no record has shown yet whether the values follow it.
    order_in_doubt: bool,
    number_at: usize,
    assembler: Assembler,
    runs: Vec<Run>,
    names: Vec<Box<[u8]>>,
    by_name: FxHashMap<Box<[u8]>, u32>,
    /// The blank lines met since the last record, of those after the header, and the first of all.
    blanks: Blanks,
    ascii: bool,
    utf8: bool,
    first_bad_line: Option<(u32, Vec<u8>)>,
}

#[derive(Default)]
struct Blanks {
    before_marker: Option<u32>,
    first: Option<u32>,
    count: u64,
    last: u32,
}

/// Looks a pipe file through. The caller has recognised it and skipped a byte order mark.
///
/// # Errors
/// The file cannot be read any more.
pub fn survey(source: &Source) -> io::Result<Survey> {
    let mut indexer = Indexer {
        file: FileHits::default(),
        marker: None,
        layout: None,
        recognised: String::new(),
        header_end: Cell::ABSENT,
        order_in_doubt: false,
        number_at: 0,
        assembler: Assembler::new(0),
        runs: Vec::new(),
        names: Vec::new(),
        by_name: FxHashMap::default(),
        blanks: Blanks::default(),
        ascii: true,
        utf8: true,
        first_bad_line: None,
    };
    let mut last_line = 0;
    for_each_line(source, |line| {
        last_line = line.number;
        indexer.line(&line);
    })?;
    indexer.finish(source, last_line)
}

impl Indexer {
    fn line(&mut self, line: &PhysicalLine<'_>) {
        if !line.ascii {
            self.ascii = false;
            if std::str::from_utf8(line.bytes).is_err() {
                self.utf8 = false;
                // Among the records each field is named that holds such bytes.
                if self.layout.is_none() && self.first_bad_line.is_none() {
                    let shown = &line.bytes[..line.bytes.len().min(4096)];
                    self.first_bad_line = Some((line.number, shown.to_vec()));
                }
            }
        }
        if line.too_long {
            // A record goes on no further than here: its stretch would hold all of this line.
            if let Some(layout) = &self.layout {
                self.assembler = Assembler::new(layout.width());
            }
            let cell = self.show(line.number, line.bytes);
            self.file.hits.push(
                Hit::new(rule::FIELD_COUNT, Anchor::Invoice)
                    .variant("line-too-long")
                    .at_name("", cell)
                    .with("limit", LONGEST_LINE / 1024),
            );
            return;
        }
        if self.layout.is_some() {
            self.record_line(line);
        } else if line.bytes.trim_ascii().is_empty() {
            if self.marker.is_none() {
                self.blanks.before_marker.get_or_insert(line.number);
            }
        } else {
            self.opening_line(line);
        }
    }

    /// Keeps a line of the file, cut to a length a person can read, for the hits about it.
    fn show(&mut self, number: u32, bytes: &[u8]) -> Cell {
        let (text, _) = encoding::decode(bytes);
        let mut end = text.len().min(LONGEST_SHOWN);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let text = text[..end].trim_ascii_end();
        let start = self.file.text.push_line(number, text);
        Cell::new(start, start + text.len())
    }

    /// A line before the records: marker or header, or a record where both are missing.
    fn opening_line(&mut self, line: &PhysicalLine<'_>) {
        let text = encoding::decode(line.bytes).0;
        let text = text.trim_ascii_end().to_owned();
        if self.marker.is_none() {
            let found = marker(&text);
            let cell = self.show(line.number, line.bytes);
            self.marker = Some((found, cell));
            if found != Marker::None {
                return;
            }
        }
        if looks_like_header(&text) || (self.is_after_marker() && !is_record(&text)) {
            self.header_line(line, &text);
            return;
        }
        let wide = text.matches('|').count() >= 40;
        let format = self.marked_format().unwrap_or(if wide {
            LedesFormat::L1998BIV2
        } else {
            LedesFormat::L1998B
        });
        let cell = self.show(line.number, line.bytes);
        self.file.hits.push(
            Hit::new(rule::HEADER, Anchor::Invoice)
                .variant("missing")
                .at_name("", cell),
        );
        self.start(
            Layout::standard(format),
            "its marker, without a header line",
        );
        self.record_line(line);
    }

    fn is_after_marker(&self) -> bool {
        !matches!(self.marker, None | Some((Marker::None, _)))
    }

    fn marked_format(&self) -> Option<LedesFormat> {
        match self.marker {
            Some((Marker::Exact(format) | Marker::Spelling(format), _)) => Some(format),
            _ => None,
        }
    }

    fn header_line(&mut self, line: &PhysicalLine<'_>, text: &str) {
        let (end, body) = end_of(text.as_bytes());
        let body = &text[..body.len()];
        let cell = self.show(line.number, line.bytes);
        self.header_end = Cell::new(cell.end(), cell.end());
        let mut names = Vec::new();
        let mut cells = Vec::new();
        let mut at = cell.start();
        for part in body.split('|') {
            let lead = part.len() - part.trim_ascii_start().len();
            let name = part.trim_ascii();
            names.push(name);
            // Of a very long line only the beginning is kept.
            let within = |offset: usize| offset.min(cell.end());
            cells.push(Cell::new(within(at + lead), within(at + lead + name.len())));
            at += part.len() + 1;
        }
        let by_columns = format_of(&names);
        let marked = self.marked_format();
        let format = match (marked, by_columns) {
            (Some(m), Some(c)) if m.is_international() == c.is_international() => m,
            (_, Some(c)) => c,
            (Some(m), None) => m,
            (None, None) if names.len() > 40 => LedesFormat::L1998BIV2,
            (None, None) => LedesFormat::L1998B,
        };
        if end != End::Terminated {
            let variant = if end == End::TrailingPipe {
                "trailing-pipe"
            } else {
                ""
            };
            let at = Cell::new(cell.end(), cell.end());
            self.file.hits.push(
                Hit::new(rule::LINE_TERMINATOR, Anchor::Invoice)
                    .variant(variant)
                    .at_name("", at),
            );
        }
        let Header { layout, hits } = header(format, &names, &cells, cell);
        let disagrees = marked
            .filter(|m| by_columns.is_some_and(|c| c.is_international() != m.is_international()));
        self.judge_marker(format, disagrees, names.len());
        self.order_in_doubt = hits.iter().any(|h| h.variant == "order");
        self.file.hits.extend(hits);
        let how = match (&self.marker, by_columns) {
            (Some((Marker::Exact(_), _)), Some(_)) => "its marker and its header",
            (_, Some(_)) => "its header",
            (Some((Marker::Exact(_) | Marker::Spelling(_), _)), None) => "its marker",
            _ => "the column names it has",
        };
        self.start(layout, how);
    }

    /// Raises what is wrong with the first line, now that the header has shown what the file is.
    fn judge_marker(
        &mut self,
        format: LedesFormat,
        disagrees: Option<LedesFormat>,
        columns: usize,
    ) {
        let Some((found, cell)) = self.marker else {
            return;
        };
        let wanted = if format.is_international() {
            markers::MARKER_BI
        } else {
            markers::MARKER_B
        };
        let hit = Hit::new(rule::SIGNATURE, Anchor::Invoice)
            .at_name("", cell)
            .expecting(wanted);
        let hit = match (found, disagrees) {
            (_, Some(marked)) => hit
                .variant("disagrees")
                .with("marker", marked)
                .with("columns", columns)
                .with("marker_columns", Layout::standard(marked).width()),
            (Marker::Exact(_), None) => return,
            (Marker::Spelling(_), None) => hit.variant("variant"),
            (Marker::Unknown, None) => hit,
            (Marker::None, None) => hit.variant("missing"),
        };
        self.file.hits.push(hit);
    }

    fn start(&mut self, layout: Layout, how: &str) {
        if self.file.hits.iter().all(|h| h.rule != rule::SIGNATURE) && layout_missing(&self.marker)
        {
            self.judge_marker(layout.format, None, layout.width());
        }
        self.recognised = how.to_owned();
        self.number_at = layout.position(Field::InvoiceNumber).unwrap_or(usize::MAX);
        self.assembler = Assembler::new(layout.width());
        self.layout = Some(layout);
    }

    /// A line among the records.
    fn record_line(&mut self, line: &PhysicalLine<'_>) {
        if self.order_in_doubt {
            self.decide_order(line.bytes);
        }
        let step = self.assembler.line(line.bytes);
        let end = line.offset + line.bytes.len() as u64;
        match step {
            Step::Blank => {
                self.blanks.first.get_or_insert(line.number);
                self.blanks.count += 1;
                self.blanks.last = line.number;
            }
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
    }

    /// With the first whole record: where its values stand in the format's own order, only the header's names
    /// are in another.
    fn decide_order(&mut self, record: &[u8]) {
        let Some(layout) = &self.layout else {
            return;
        };
        let text = String::from_utf8_lossy(end_of(record).1);
        let values: Vec<&str> = text.split('|').map(str::trim).collect();
        if values.len() != layout.width() {
            return;
        }
        self.order_in_doubt = false;
        let standard = Layout::standard(layout.format);
        if order::misfits(&standard, &values) >= order::misfits(layout, &values) {
            return;
        }
        for hit in &mut self.file.hits {
            if hit.rule == rule::HEADER && hit.variant == "order" {
                hit.variant = "names";
            }
        }
        self.number_at = standard
            .position(Field::InvoiceNumber)
            .unwrap_or(usize::MAX);
        self.layout = Some(standard);
    }

    /// The invoice a record belongs to, by its number. A record without one stays with its neighbour before.
    fn invoice_of(&mut self, record: &[u8]) -> u32 {
        let body = end_of(record).1;
        let mut from = 0;
        let mut position = 0;
        let mut key: &[u8] = b"";
        for pipe in memchr::memchr_iter(b'|', body).chain(std::iter::once(body.len())) {
            if position == self.number_at {
                key = body.get(from..pipe).unwrap_or_default().trim_ascii();
                break;
            }
            position += 1;
            from = pipe + 1;
        }
        let last = self.runs.last().map(|r| r.invoice);
        let hashed;
        if key.len() > LONGEST_NAME {
            hashed = name_of_long(key);
            key = &hashed;
        }
        if let Some(last) = last {
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

    fn finish(mut self, source: &Source, last_line: u32) -> io::Result<Survey> {
        if self.layout.is_none() {
            let format = self.marked_format().unwrap_or(LedesFormat::L1998B);
            if let Some((found, cell)) = self.marker {
                if found == Marker::Unknown {
                    self.judge_marker(format, None, 0);
                }
                self.file.hits.push(
                    Hit::new(rule::HEADER, Anchor::Invoice)
                        .variant("missing")
                        .at_name("", Cell::new(cell.end(), cell.end())),
                );
            }
            self.start(Layout::standard(format), "its marker");
        } else if self.runs.is_empty()
            && self.file.hits.iter().all(|h| h.variant != "line-too-long")
        {
            let cell = self.header_end;
            self.file
                .hits
                .push(Hit::new(rule::NO_LINE_ITEMS, Anchor::Invoice).at_name("", cell));
        }
        self.judge_blanks(last_line);
        self.judge_encoding();
        let encoding = match (self.ascii, self.utf8) {
            (true, _) => "ascii",
            (false, true) => "utf-8",
            (false, false) => "windows-1252",
        };
        let layout = match self.layout {
            Some(layout) => layout,
            None => Layout::standard(LedesFormat::L1998B),
        };
        let invoices = PipeInvoices::new(source.clone(), layout, self.runs, self.names)?;
        Ok(Survey {
            format: Some(invoices.layout.format),
            recognised: self.recognised,
            encoding,
            file: self.file,
            invoices: Box::new(invoices),
            numbers: LineNumbers::Same,
        })
    }

    /// One blank last line is what many programs write; others are worth a note.
    fn judge_blanks(&mut self, last_line: u32) {
        if let Some(line) = self.blanks.before_marker {
            let cell = self.show(line, b"");
            self.file.hits.push(
                Hit::new(rule::TRAILING_BLANK_LINES, Anchor::Invoice)
                    .variant("first")
                    .at_name("", cell),
            );
        }
        let Some(first) = self.blanks.first else {
            return;
        };
        if self.blanks.count == 1 && self.blanks.last == last_line {
            return;
        }
        let cell = self.show(first, b"");
        self.file.hits.push(
            Hit::new(rule::TRAILING_BLANK_LINES, Anchor::Invoice)
                .at_name("", cell)
                .with("blank_lines", self.blanks.count),
        );
    }

    fn judge_encoding(&mut self) {
        let Some((number, bytes)) = self.first_bad_line.take() else {
            return;
        };
        let good = std::str::from_utf8(&bytes).map_or_else(|e| e.valid_up_to(), str::len);
        let (text, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(&bytes);
        let start = self.file.text.push_line(number, &text);
        // The bytes before are ASCII or UTF-8; counted as characters they are found again in the decoded text.
        let before = encoding_rs::WINDOWS_1252
            .decode_without_bom_handling(&bytes[..good])
            .0
            .len();
        let length = text[before..].chars().next().map_or(0, char::len_utf8);
        let cell = Cell::new(start + before, start + before + length);
        self.file
            .hits
            .push(Hit::new(rule::ENCODING, Anchor::Invoice).at_name("", cell));
    }
}

fn layout_missing(marker: &Option<(Marker, Cell)>) -> bool {
    matches!(
        marker,
        Some((Marker::None | Marker::Unknown | Marker::Spelling(_), _))
    )
}

/// Megabytes of invoice numbers need not be kept to tell them apart.
fn name_of_long(key: &[u8]) -> Vec<u8> {
    let mut name = key[..LONGEST_NAME].to_vec();
    name.extend(Sha256::digest(key));
    name
}

fn is_record(text: &str) -> bool {
    text.split('|')
        .next()
        .is_some_and(|first| first.len() >= 6 && first.bytes().all(|b| b.is_ascii_digit()))
}

impl PipeInvoices {
    fn new(
        source: Source,
        layout: Layout,
        mut runs: Vec<Run>,
        names: Vec<Box<[u8]>>,
    ) -> io::Result<Self> {
        for at in 1..runs.len() {
            runs[at - 1].next = runs[at].invoice;
        }
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
