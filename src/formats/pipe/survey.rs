//! The first pass over a pipe file: what it is, what is wrong with it as a whole, where its invoices are.

use super::index::Index;
use super::invoices::PipeInvoices;
use super::layout::Layout;
use super::marker::Marker;
use super::physical::{PhysicalLine, for_each_line};
use super::records::{LONGEST_LINE, Step};
use super::rule;
use crate::formats::{FileHits, LineNumbers, Source, Survey, encoding};
use crate::model::{Anchor, Cell, Hit, LedesFormat};
use std::io;

/// Bytes of a line that are shown at most.
const LONGEST_SHOWN: usize = 16 * 1024;

/// What is known of the file while its lines go by.
pub struct Surveyor {
    pub(super) file: FileHits,
    pub(super) marker: Option<(Marker, Cell)>,
    /// Where the records are, and how they stand; from the header on.
    pub(super) begun: Option<(Index, Layout)>,
    pub(super) recognised: String,
    /// Where the header line ends.
    pub(super) header_end: Cell,
    /// The header has the right names in another order, and no record has shown yet whether the values follow it.
    pub(super) order_in_doubt: bool,
    blanks: Blanks,
    seen: encoding::Seen,
    /// The first line before the records that is neither ASCII nor UTF-8.
    foreign: Option<(u32, Vec<u8>)>,
}

/// Blank lines.
#[derive(Default)]
struct Blanks {
    before_marker: Option<u32>,
    /// The first, the last, and how many there are below the header.
    first: Option<u32>,
    last: u32,
    count: u64,
}

/// Looks a pipe file through. The caller has recognised it and skipped a byte order mark.
///
/// # Errors
/// The file cannot be read any more.
pub fn survey(source: &Source) -> io::Result<Survey> {
    let mut surveyor = Surveyor {
        file: FileHits::default(),
        marker: None,
        begun: None,
        recognised: String::new(),
        header_end: Cell::ABSENT,
        order_in_doubt: false,
        blanks: Blanks::default(),
        seen: encoding::Seen::default(),
        foreign: None,
    };
    let mut last_line = 0;
    for_each_line(source, |line| {
        last_line = line.number;
        surveyor.line(&line);
    })?;
    surveyor.finish(source, last_line)
}

impl Surveyor {
    fn line(&mut self, line: &PhysicalLine<'_>) {
        let foreign = !line.ascii && !self.seen.note(line.bytes);
        // Among the records each field is named that holds such bytes.
        if foreign && self.begun.is_none() && self.foreign.is_none() {
            let shown = &line.bytes[..line.bytes.len().min(4096)];
            self.foreign = Some((line.number, shown.to_vec()));
        }
        if line.too_long {
            // A record goes on no further than here: its stretch would hold all of this line.
            if let Some((index, _)) = &mut self.begun {
                index.interrupt();
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
        if self.begun.is_some() {
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
    pub(super) fn show(&mut self, number: u32, bytes: &[u8]) -> Cell {
        let (text, _) = encoding::decode(bytes);
        let mut end = text.len().min(LONGEST_SHOWN);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let text = text[..end].trim_ascii_end();
        let start = self.file.text.push_line(number, text);
        Cell::new(start, start + text.len())
    }

    /// A line among the records.
    pub(super) fn record_line(&mut self, line: &PhysicalLine<'_>) {
        if self.order_in_doubt {
            self.decide_order(line.bytes);
        }
        let Some((index, _)) = &mut self.begun else {
            return;
        };
        if index.line(line) == Step::Blank {
            self.blanks.first.get_or_insert(line.number);
            self.blanks.count += 1;
            self.blanks.last = line.number;
        }
    }

    fn finish(mut self, source: &Source, last_line: u32) -> io::Result<Survey> {
        if self.begun.is_none() {
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
        } else if self.begun.as_ref().is_some_and(|(i, _)| i.runs.is_empty())
            && self.file.hits.iter().all(|h| h.variant != "line-too-long")
        {
            let cell = self.header_end;
            self.file
                .hits
                .push(Hit::new(rule::NO_LINE_ITEMS, Anchor::Invoice).at_name("", cell));
        }
        self.judge_blanks(last_line);
        self.judge_encoding();
        let encoding = self.seen.name();
        let (index, layout) = self.begun.unwrap_or_else(|| {
            let layout = Layout::standard(LedesFormat::L1998B);
            (Index::new(&layout), layout)
        });
        let invoices = PipeInvoices::new(source.clone(), layout, index.runs, index.names)?;
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
        let Some((number, bytes)) = self.foreign.take() else {
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
