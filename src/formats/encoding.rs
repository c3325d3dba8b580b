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
    /// Some line has other characters than ASCII, in UTF-8.
    utf8: bool,
    /// Some line is not UTF-8.
    other: bool,
}

impl Seen {
    /// Takes note of a line; true where it is UTF-8, which ASCII is too.
    pub fn note(&mut self, line: &[u8]) -> bool {
        let valid = std::str::from_utf8(line).is_ok();
        self.other |= !valid;
        self.utf8 |= valid && !line.is_ascii();
        valid
    }

    /// The file's encoding, as the report names it.
    pub fn name(self) -> &'static str {
        if self.other {
            "windows-1252"
        } else if self.utf8 {
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
        assert!(seen.note("né".as_bytes()));
        assert_eq!(seen.name(), "utf-8");
        assert!(!seen.note(b"n\xe9"));
        assert_eq!(seen.name(), "windows-1252");
    }
}
