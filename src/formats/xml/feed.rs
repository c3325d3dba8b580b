//! A file handed to the XML parser piece by piece: no text or tag may be longer than [`LONGEST`], and the line
//! and column of any byte just read can be asked for.

use crate::formats::Source;
use memchr::{memchr_iter, memrchr};
use std::io::{self, BufRead, Read};

/// The longest text or tag that is read, in bytes.
pub const LONGEST: usize = 1 << 20;

const BLOCK: usize = 1 << 20;

/// A byte of the file, as a person finds it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Spot {
    /// Bytes before it.
    pub offset: u64,
    /// Physical line, from 1.
    pub line: u32,
    /// Offset of the first byte of that line.
    pub line_start: u64,
    /// Bytes on that line, before it, that begin no character.
    continuation: u32,
}

impl Spot {
    /// The first byte.
    pub const FIRST: Self = Self {
        offset: 0,
        line: 1,
        line_start: 0,
        continuation: 0,
    };

    /// Characters on its line before it.
    pub fn column(self) -> u32 {
        u32::try_from(self.offset - self.line_start)
            .unwrap_or(u32::MAX)
            .saturating_sub(self.continuation)
    }

    /// The place `bytes` ASCII characters before this one; this one where a line break may stand between.
    pub fn back(self, bytes: u64) -> Self {
        let offset = self.offset.saturating_sub(bytes);
        if offset < self.line_start {
            return self;
        }
        Self { offset, ..self }
    }

    /// The place of a byte, found by counting from the beginning.
    ///
    /// # Errors
    /// The file could not be read any more.
    pub fn find(source: &Source, offset: u64) -> io::Result<Self> {
        let mut spot = Self::FIRST;
        while spot.offset < offset {
            let wanted = (offset - spot.offset).min(BLOCK as u64) as usize;
            let bytes = source.bytes(spot.offset, wanted)?;
            if bytes.is_empty() {
                break;
            }
            spot.pass(&bytes);
        }
        Ok(spot)
    }

    fn pass(&mut self, bytes: &[u8]) {
        let lines = memchr_iter(b'\n', bytes).count();
        let rest = match memrchr(b'\n', bytes) {
            Some(last) => {
                self.line = self.line.saturating_add(lines as u32);
                self.line_start = self.offset + last as u64 + 1;
                self.continuation = 0;
                &bytes[last + 1..]
            }
            None => bytes,
        };
        self.continuation = self
            .continuation
            .saturating_add(rest.iter().filter(|b| **b & 0xc0 == 0x80).count() as u32);
        self.offset += bytes.len() as u64;
    }
}

/// See the module.
pub struct Feed {
    source: Source,
    utf8: bool,
    block: Vec<u8>,
    offset: u64,
    at: usize,
    left: usize,
    counted: Spot,
    event: u64,
    event_spot: Option<Spot>,
    too_long: bool,
}

impl Feed {
    /// `utf8` says that the bytes are UTF-8; otherwise every byte outside ASCII is handed on as `?`, which
    /// changes no place.
    pub fn new(source: Source, utf8: bool) -> Self {
        Self {
            source,
            utf8,
            block: Vec::new(),
            offset: 0,
            at: 0,
            left: LONGEST,
            counted: Spot::FIRST,
            event: 0,
            event_spot: None,
            too_long: false,
        }
    }

    /// The next event begins at this byte, or behind blanks.
    pub fn begin(&mut self, offset: u64) {
        self.event = offset;
        self.event_spot = None;
        self.left = LONGEST;
    }

    /// True where reading stopped because a text or tag was too long.
    pub fn is_too_long(&self) -> bool {
        self.too_long
    }

    /// Where the current event begins, blanks before it left out.
    pub fn event(&mut self) -> Spot {
        match self.event_spot {
            Some(spot) => spot,
            None => {
                let (start, _) = self.event_start();
                self.spot(start)
            }
        }
    }

    /// The first byte of the current event in this block, and whether it has begun there.
    fn event_start(&self) -> (u64, bool) {
        let from = (self.event.max(self.offset) - self.offset) as usize;
        let rest = self.block.get(from..).unwrap_or_default();
        let blanks = rest
            .iter()
            .take_while(|b| matches!(**b, b' ' | b'\t' | b'\r' | b'\n'))
            .count();
        (self.offset + (from + blanks) as u64, blanks < rest.len())
    }

    /// The place of a byte that was read lately; places are asked for in the order of the file.
    pub fn spot(&mut self, offset: u64) -> Spot {
        self.count_to(offset);
        self.counted
    }

    fn count_to(&mut self, offset: u64) {
        let from = (self.counted.offset.max(self.offset) - self.offset) as usize;
        let to = (offset.max(self.offset) - self.offset) as usize;
        if let Some(bytes) = self.block.get(from..to.min(self.block.len())) {
            self.counted.pass(bytes);
        }
    }

    fn refill(&mut self) -> io::Result<()> {
        let next = self.offset + self.block.len() as u64;
        if next >= self.source.len() {
            return Ok(());
        }
        if self.event_spot.is_none()
            && let (start, true) = self.event_start()
        {
            self.event_spot = Some(self.spot(start));
        }
        self.count_to(next);
        self.block.resize(BLOCK, 0);
        let read = self.source.read_at(next, &mut self.block)?;
        self.block.truncate(read);
        if !self.utf8 {
            for byte in &mut self.block {
                if !byte.is_ascii() {
                    *byte = b'?';
                }
            }
        }
        self.offset = next;
        self.at = 0;
        Ok(())
    }
}

impl Read for Feed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.fill_buf()?.read(buffer)?;
        self.consume(n);
        Ok(n)
    }
}

impl BufRead for Feed {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.left == 0 {
            self.too_long = true;
            return Err(io::Error::new(io::ErrorKind::InvalidData, "too long"));
        }
        if self.at >= self.block.len() {
            self.refill()?;
        }
        let end = self.block.len().min(self.at.saturating_add(self.left));
        Ok(&self.block[self.at..end])
    }

    fn consume(&mut self, amount: usize) {
        self.at += amount;
        self.left -= amount.min(self.left);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_characters_are_counted_over_blocks() {
        let line = format!("{}é\n", "x".repeat(997));
        let text = line.repeat(2500);
        let source = Source::of_bytes(text.as_bytes()).expect("a temporary file");
        let mut feed = Feed::new(source, true);
        let mut offset = 0u64;
        for wanted in [5, 1200, 2300] {
            let target = wanted * 1000 + 999;
            while offset < target {
                feed.begin(offset);
                let n = feed
                    .fill_buf()
                    .expect("readable")
                    .len()
                    .min((target - offset) as usize);
                feed.consume(n);
                offset += n as u64;
            }
            let spot = feed.spot(target);
            assert_eq!(
                (spot.line, spot.column()),
                (wanted as u32 + 1, 998),
                "{wanted}"
            );
        }
    }

    #[test]
    fn a_text_without_end_is_not_read_to_its_end() {
        let source = Source::of_bytes(&vec![b'x'; LONGEST + 10]).expect("a temporary file");
        let mut feed = Feed::new(source, true);
        let mut read = 0;
        while let Ok(bytes) = feed.fill_buf() {
            assert!(!bytes.is_empty());
            let n = bytes.len();
            feed.consume(n);
            read += n;
        }
        assert!(feed.is_too_long() && read == LONGEST);
    }
}
