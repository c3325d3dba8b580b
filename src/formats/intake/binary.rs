//! Files that are no text: told by the bytes they begin with.

use super::container;
use super::kind::Refused;
use crate::formats::{Source, encoding};
use std::io;

/// Bytes a kind of file begins with, and what it is called.
const SIGNATURES: &[(&[u8], &str)] = &[
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ\x00", "an xz archive"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
    (b"\x89PNG", "a picture (PNG)"),
    (b"\xff\xd8\xff", "a picture (JPEG)"),
    (b"GIF8", "a picture (GIF)"),
    (b"II*\x00", "a picture (TIFF)"),
    (b"MM\x00*", "a picture (TIFF)"),
    (
        b"\x78\x9f\x3e\x22",
        "an Outlook attachment package (winmail.dat)",
    ),
    (b"SQLite format 3\x00", "a database"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90\x00", "a program"),
];

/// Says what a file is that begins with the signature of a known kind.
///
/// # Errors
/// The file cannot be read.
pub fn recognise(head: &[u8], at: u64, source: &Source) -> io::Result<Option<Refused>> {
    if head.starts_with(b"%PDF-") {
        return Ok(Some(Refused::binary("pdf", "a PDF document")));
    }
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        return Ok(Some(container::zip(head)));
    }
    if head.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") {
        return container::ole(head, at, source).map(Some);
    }
    if let Some(order) = utf16(head) {
        return Ok(Some(Refused::binary("utf-16", order)));
    }
    if head.starts_with(b"\x30\x82") || head.starts_with(b"\x30\x80") {
        return Ok(Some(Refused::binary(
            "",
            "a signature, certificate or encrypted message (DER)",
        )));
    }
    let known = SIGNATURES.iter().find(|(start, _)| head.starts_with(start));
    Ok(known.map(|(_, name)| Refused::binary("", *name)))
}

/// The byte order of text in UTF-16 (or UTF-32): by its mark, or because every other byte is NUL.
fn utf16(head: &[u8]) -> Option<&'static str> {
    const LITTLE: &str = "text in UTF-16 (little-endian)";
    const BIG: &str = "text in UTF-16 (big-endian)";
    if head.starts_with(b"\xff\xfe\x00\x00") || head.starts_with(b"\x00\x00\xfe\xff") {
        return Some("text in UTF-32");
    }
    if head.starts_with(b"\xff\xfe") {
        return Some(LITTLE);
    }
    if head.starts_with(b"\xfe\xff") {
        return Some(BIG);
    }
    let pairs = head.len().min(1024) / 2;
    if pairs < 4 {
        return None;
    }
    let nul = |odd: usize| (0..pairs).filter(|pair| head[pair * 2 + odd] == 0).count();
    match (nul(0), nul(1)) {
        (first, second) if second * 10 >= pairs * 9 && first * 10 <= pairs => Some(LITTLE),
        (first, second) if first * 10 >= pairs * 9 && second * 10 <= pairs => Some(BIG),
        _ => None,
    }
}

/// A short printable rendering of the bytes a file begins with: `%PDF-1.7`.
pub fn rendering(head: &[u8]) -> String {
    let first = head.split(|b| *b == b'\n').next().unwrap_or(head);
    let first = first.strip_suffix(b"\r").unwrap_or(first);
    let printable = |c: char| match c {
        ' '..='~' => c,
        _ => '.',
    };
    encoding::decode(first)
        .0
        .chars()
        .take(24)
        .map(printable)
        .collect::<String>()
        .trim_end()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(bytes: &[u8]) -> Option<(&'static str, String)> {
        let source = Source::of_bytes(bytes).expect("a temporary file");
        let found = recognise(bytes, 0, &source).expect("readable")?;
        Some((found.variant, found.seen.into_owned()))
    }

    #[test]
    fn known_signatures_are_named() {
        let cases: &[(&[u8], &str, &str)] = &[
            (b"%PDF-1.7\n%\xe2\xe3", "pdf", "a PDF document"),
            (b"\x1f\x8b\x08\x00", "", "a gzip archive"),
            (b"\x89PNG\r\n\x1a\n", "", "a picture (PNG)"),
            (b"\xff\xfeL\x00", "utf-16", "text in UTF-16 (little-endian)"),
            (b"\xfe\xff\x00L", "utf-16", "text in UTF-16 (big-endian)"),
        ];
        for (bytes, variant, words) in cases {
            assert_eq!(seen(bytes), Some((*variant, (*words).to_owned())));
        }
        assert_eq!(seen(b"LEDES1998B[]"), None);
    }

    #[test]
    fn utf16_is_known_without_its_mark_and_a_few_nuls_are_not_utf16() {
        let text = "LEDES1998B[]\r\nINVOICE_DATE|";
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(utf16(&little), Some("text in UTF-16 (little-endian)"));
        assert_eq!(utf16(&big), Some("text in UTF-16 (big-endian)"));
        assert_eq!(utf16(b"LEDES\x001998B[]\r\n\x00\x00\x00"), None);
        assert_eq!(utf16(&[0; 64]), None);
    }

    #[test]
    fn what_cannot_be_printed_is_a_point() {
        assert_eq!(rendering(b"%PDF-1.7\n%\xe2"), "%PDF-1.7");
        assert_eq!(rendering(b"PK\x03\x04\x14\x00name"), "PK....name");
    }
}
