//! The three encodings invoice files come in: ASCII, UTF-8 and Windows-1252.

use encoding_rs::WINDOWS_1252;
use std::borrow::Cow;

/// The text of some bytes, and whether they are UTF-8. What is not UTF-8 is read as Windows-1252, in which
/// every byte means something: the standard's own first sample holds its apostrophe (dialects.md,
/// "Names, codes, characters").
pub fn decode(bytes: &[u8]) -> (Cow<'_, str>, bool) {
    match std::str::from_utf8(bytes) {
        Ok(text) => (Cow::Borrowed(text), true),
        Err(_) => (WINDOWS_1252.decode_without_bom_handling(bytes).0, false),
    }
}

/// What the lines of a file were encoded in, gathered line by line.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Seen {
    /// Lines of plain ASCII.
    pub ascii: u64,
    /// Lines with other characters, in UTF-8.
    pub utf8: u64,
    /// Lines that are not UTF-8.
    pub other: u64,
}

impl Seen {
    /// Counts a line.
    pub fn note(&mut self, line: &[u8]) {
        if line.is_ascii() {
            self.ascii += 1;
        } else if std::str::from_utf8(line).is_ok() {
            self.utf8 += 1;
        } else {
            self.other += 1;
        }
    }

    /// Counts a line and decodes it.
    pub fn decode<'a>(&mut self, line: &'a [u8]) -> Cow<'a, str> {
        let (text, utf8) = decode(line);
        if !utf8 {
            self.other += 1;
        } else if text.is_ascii() {
            self.ascii += 1;
        } else {
            self.utf8 += 1;
        }
        text
    }

    /// Adds what another part of the same file was encoded in.
    pub fn add(&mut self, other: Self) {
        self.ascii += other.ascii;
        self.utf8 += other.utf8;
        self.other += other.other;
    }

    /// True where some lines are UTF-8 and others are not: the file was put together from two sources.
    pub fn is_mixed(self) -> bool {
        self.utf8 > 0 && self.other > 0
    }

    /// The file's encoding, as the report names it.
    pub fn name(self) -> &'static str {
        if self.other > 0 {
            "windows-1252"
        } else if self.utf8 > 0 {
            "utf-8"
        } else {
            "ascii"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_utf8_is_windows_1252() {
        assert_eq!(decode(b"plain"), ("plain".into(), true));
        assert_eq!(decode("né".as_bytes()), ("né".into(), true));
        assert_eq!(
            decode(b"client\x92s n\xe9"),
            ("client\u{2019}s né".into(), false)
        );
        assert_eq!(decode(b"\x81\x8d"), ("\u{81}\u{8d}".into(), false));
    }

    #[test]
    fn a_file_is_named_by_its_least_common_denominator() {
        let mut seen = Seen::default();
        assert_eq!(seen.name(), "ascii");
        seen.note(b"plain");
        assert_eq!(seen.name(), "ascii");
        assert_eq!(seen.decode("né".as_bytes()), "né");
        assert_eq!((seen.name(), seen.is_mixed()), ("utf-8", false));
        let mut last = Seen::default();
        assert_eq!(last.decode(b"n\xe9"), "né");
        seen.add(last);
        assert_eq!((seen.name(), seen.is_mixed()), ("windows-1252", true));
    }
}
