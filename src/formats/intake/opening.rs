//! The beginning of a file: where its first character stands, and as much of it as it takes to say what it is.

use crate::formats::Source;
use std::io::{self, BufRead};

/// As much as is looked at to say what a file is.
const WINDOW: usize = 64 * 1024;

/// The byte order mark of UTF-8.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// The beginning of a file.
#[derive(Debug)]
pub struct Opening {
    /// The file without a UTF-8 byte order mark.
    pub source: Source,
    /// True where it had one.
    pub marked: bool,
    /// Bytes from the first that is no blank, at most 64 KiB; empty where there is none.
    pub head: Vec<u8>,
    /// Where they begin in `source`.
    pub at: u64,
    /// The physical line they begin on, from 1.
    pub line: u32,
    /// Characters that stand before them on that line.
    pub column: u32,
}

impl Opening {
    /// Looks for the first byte that is no blank. Ten million empty lines are passed over in pieces.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn of(source: &Source) -> io::Result<Self> {
        let marked = source.bytes(0, MARK.len())? == MARK;
        let source = if marked {
            source.part(MARK.len() as u64, source.len())
        } else {
            source.clone()
        };
        let mut opening = Self {
            source,
            marked,
            head: Vec::new(),
            at: 0,
            line: 1,
            column: 0,
        };
        opening.pass_blanks()?;
        opening.head = opening.source.bytes(opening.at, WINDOW)?;
        Ok(opening)
    }

    fn pass_blanks(&mut self) -> io::Result<()> {
        let mut reader = self.source.reader();
        loop {
            let piece = reader.fill_buf()?;
            if piece.is_empty() {
                return Ok(());
            }
            let blanks = piece
                .iter()
                .position(|b| !b.is_ascii_whitespace())
                .unwrap_or(piece.len());
            let before = &piece[..blanks];
            let ends = memchr::memchr_iter(b'\n', before).count();
            self.line = self.line.saturating_add(bounded(ends));
            match memchr::memrchr(b'\n', before) {
                Some(last) => self.column = bounded(blanks - last - 1),
                None => self.column = self.column.saturating_add(bounded(blanks)),
            }
            self.at += blanks as u64;
            if blanks < piece.len() {
                return Ok(());
            }
            reader.consume(blanks);
        }
    }
}

fn bounded(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opening(bytes: &[u8]) -> Opening {
        let source = Source::of_bytes(bytes).expect("a temporary file");
        Opening::of(&source).expect("readable")
    }

    #[test]
    fn blanks_and_the_mark_are_passed_over() {
        let found = opening(b"\xef\xbb\xbf\r\n \n  LEDES1998B[]\n");
        assert!(found.marked);
        assert_eq!((found.line, found.column, found.at), (3, 2, 6));
        assert!(found.head.starts_with(b"LEDES"));
        assert_eq!(found.source.len(), 19);
    }

    #[test]
    fn ten_million_empty_lines_hold_nothing() {
        let found = opening(&vec![b'\n'; 10_000_000]);
        assert!(found.head.is_empty());
        assert_eq!(found.line, 10_000_001);
    }
}
