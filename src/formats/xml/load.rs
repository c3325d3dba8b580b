//! Bytes of the file as text with places: for an invoice, and for hits about the file as a whole.

use super::feed::Spot;
use super::scan::Piece;
use super::trouble::{Span, Trouble};
use crate::formats::{FileHits, Source};
use crate::model::{Anchor, Cell, Hit, Mark, SourceText};
use encoding_rs::WINDOWS_1252;
use std::borrow::Cow;
use std::io;

/// Characters of a long line kept on either side of a place.
const WINDOW: usize = 2_000;

/// More of one piece is never read: places in a text are 32 bits.
const MOST: u64 = 1 << 30;

/// The pieces of the file one after another.
///
/// # Errors
/// The file could not be read any more.
pub fn pieces(source: &Source, utf8: bool, pieces: &[Piece]) -> io::Result<SourceText> {
    let size: u64 = pieces.iter().map(|p| p.end - p.start.offset).sum();
    let mut text = SourceText::with_capacity(size.min(MOST) as usize + pieces.len());
    let mut left = MOST;
    for piece in pieces {
        let length = (piece.end - piece.start.offset).min(left);
        left -= length;
        let bytes = source.bytes(piece.start.offset, length as usize)?;
        text.push_block(
            piece.start.line,
            piece.start.column(),
            decoded(&bytes, utf8),
        );
    }
    Ok(text)
}

fn decoded(bytes: &[u8], utf8: bool) -> Cow<'_, str> {
    if utf8 {
        std::str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::Borrowed)
    } else {
        WINDOWS_1252.decode_without_bom_handling(bytes).0
    }
}

/// The last boundary of characters at or before `at`.
fn boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// The hits about a file, with the lines they point into.
pub struct Gathered<'a> {
    source: &'a Source,
    utf8: bool,
    hits: FileHits,
}

impl<'a> Gathered<'a> {
    /// None yet.
    pub fn new(source: &'a Source, utf8: bool) -> Self {
        Self {
            source,
            utf8,
            hits: FileHits::default(),
        }
    }

    /// Adds trouble found while the file was looked through.
    ///
    /// # Errors
    /// The file could not be read any more.
    pub fn trouble(&mut self, trouble: Trouble) -> io::Result<()> {
        let mut hit = Hit::new(trouble.rule, Anchor::Invoice).variant(trouble.variant);
        for place in &trouble.places {
            let cell = self.line(*place)?;
            hit = hit.at_name(trouble.field, cell);
        }
        hit.args = trouble.args;
        hit.expected = trouble.expected;
        self.hits.hits.push(hit);
        Ok(())
    }

    /// Copies the line of a place, or the part of a long one round it, and returns the place in it.
    fn line(&mut self, place: Span) -> io::Result<Cell> {
        let Spot {
            offset, line_start, ..
        } = place.start;
        let from = line_start.max(offset.saturating_sub(WINDOW as u64));
        let ahead = self.source.bytes(from, (offset - from) as usize)?;
        let behind = self
            .source
            .bytes(offset, place.len.min(WINDOW as u64) as usize + WINDOW)?;
        let end = memchr::memchr(b'\n', &behind).unwrap_or(behind.len());
        let value = place.len.min(end as u64) as usize;
        let ahead = self.part(&ahead, from == line_start).into_owned();
        let skipped = place
            .start
            .column()
            .saturating_sub(ahead.chars().count() as u32);
        let inner = decoded(&behind[..value], self.utf8);
        let rest = decoded(&behind[value..end], self.utf8);
        let line = format!(
            "{ahead}{inner}{}",
            rest.trim_end_matches(['\r', '\u{fffd}'])
        );
        let start = self.hits.text.push_part(place.start.line, skipped, &line) + ahead.len();
        let lead = inner.len() - inner.trim_start().len();
        let length = inner.trim().len();
        Ok(if length == 0 {
            Cell::new(start, start)
        } else {
            Cell::new(start + lead, start + lead + length)
        })
    }

    /// Decodes a stretch that may begin inside a character.
    fn part<'b>(&self, bytes: &'b [u8], whole: bool) -> Cow<'b, str> {
        let mut bytes = bytes;
        while !whole
            && self.utf8
            && let [first, rest @ ..] = bytes
            && first & 0xc0 == 0x80
        {
            bytes = rest;
        }
        decoded(bytes, self.utf8)
    }

    /// Adds a hit about a firm's or client's head, whose cells are in `text`.
    pub fn keep(&mut self, text: &SourceText, mut hit: Hit) {
        for mark in &mut hit.marks {
            *mark = self.copied(text, *mark);
        }
        self.hits.hits.push(hit);
    }

    fn copied(&mut self, text: &SourceText, mark: Mark) -> Mark {
        let (Some((line, skipped)), Some(position)) =
            (text.line_of(mark.cell), text.position(mark.cell))
        else {
            return mark;
        };
        let base = line.as_ptr() as usize - text.as_str().as_ptr() as usize;
        let start = mark.cell.start() - base;
        let from = boundary(line, start.saturating_sub(WINDOW));
        let end = (mark.cell.end() - base)
            .min(line.len())
            .max(start.min(line.len()));
        let to = boundary(line, end + WINDOW).max(end);
        let cut = skipped + line[..from].chars().count() as u32;
        let at = self
            .hits
            .text
            .push_part(position.line, cut, &line[from..to]);
        let cell = Cell::new(at + start - from, at + end - from);
        let encoded = matches!(text.get(mark.cell), Cow::Owned(_));
        Mark {
            cell: if encoded { cell.encoded() } else { cell },
            ..mark
        }
    }

    /// All of them.
    pub fn finish(self) -> FileHits {
        self.hits
    }
}
