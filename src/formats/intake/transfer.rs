//! What mail does to a file on its way: base64 and quoted-printable, undone line by line so that each
//! line of the file is known to begin on a line of the mail (RFC 2045 sections 6.7 and 6.8).

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use quoted_printable::ParseMode;

/// Base64 as mails hold it: a missing end is no reason not to read what is there.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A decoded part.
#[derive(Debug, Default)]
pub struct Decoded {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// For each of its lines, how many lines of the encoded part stand before the one it begins on.
    pub lines: Vec<u32>,
    within: bool,
}

impl Decoded {
    fn push(&mut self, piece: &[u8], line: u32) {
        for part in piece.split_inclusive(|b| *b == b'\n') {
            if !self.within {
                self.lines.push(line);
            }
            self.within = !part.ends_with(b"\n");
        }
        self.bytes.extend_from_slice(piece);
    }
}

/// Undoes base64. What is no base64 is passed over, as RFC 2045 section 6.8 demands.
pub fn base64(body: &[u8]) -> Decoded {
    let mut decoded = Decoded::default();
    let mut digits = Vec::new();
    for (number, line) in (0..).zip(body.split(|b| *b == b'\n')) {
        // Padding ends a run; another may follow where parts were put together.
        let mut runs = line.split(|b| *b == b'=').peekable();
        while let Some(run) = runs.next() {
            let plain = |b: &&u8| b.is_ascii_alphanumeric() || **b == b'+' || **b == b'/';
            digits.extend(run.iter().filter(plain));
            let whole = match runs.peek() {
                Some(_) => digits.len(),
                None => digits.len() - digits.len() % 4,
            };
            flush(&mut decoded, &mut digits, whole, number);
        }
    }
    let last = decoded.lines.last().copied().unwrap_or(0);
    let rest = digits.len();
    flush(&mut decoded, &mut digits, rest, last);
    decoded
}

fn flush(decoded: &mut Decoded, digits: &mut Vec<u8>, whole: usize, line: u32) {
    // One digit alone holds no byte.
    let usable = if whole % 4 == 1 { whole - 1 } else { whole };
    if let Ok(bytes) = BASE64.decode(&digits[..usable]) {
        decoded.push(&bytes, line);
    }
    digits.drain(..whole);
}

/// Undoes quoted-printable. A line end of the mail is one of the file unless `=` stands before it.
pub fn quoted_printable(body: &[u8]) -> Decoded {
    let mut decoded = Decoded::default();
    for (number, line) in (0..).zip(body.split_inclusive(|b| *b == b'\n')) {
        let (line, end) = match line.strip_suffix(b"\n") {
            Some(line) => match line.strip_suffix(b"\r") {
                Some(line) => (line, b"\r\n".as_slice()),
                None => (line, b"\n".as_slice()),
            },
            None => (line, b"".as_slice()),
        };
        let line = line.trim_ascii_end();
        let (line, end) = match line.strip_suffix(b"=") {
            Some(line) => (line, b"".as_slice()),
            None => (line, end),
        };
        let mut bytes = Vec::with_capacity(line.len());
        // The decoder drops what is not ASCII; a relay that put it there meant it.
        for run in line.chunk_by(|a, b| a.is_ascii() == b.is_ascii()) {
            if run.is_ascii() {
                // With `=` behind it, blanks at the end of the run are kept.
                let run = [run, b"="].concat();
                bytes.extend(quoted_printable::decode(run, ParseMode::Robust).unwrap_or_default());
            } else {
                bytes.extend_from_slice(run);
            }
        }
        bytes.extend_from_slice(end);
        decoded.push(&bytes, number);
    }
    decoded
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lines_of_base64_know_where_they_begin() {
        let text = "LEDES1998B[]\r\nA|B[]\r\n\r\nC|D[]\r\n";
        let encoded = BASE64.encode(text);
        let wrapped: Vec<&str> = encoded
            .as_bytes()
            .chunks(16)
            .map(|c| std::str::from_utf8(c).expect("ASCII"))
            .collect();
        let decoded = base64(wrapped.join("\r\n").as_bytes());
        assert_eq!(decoded.bytes, text.as_bytes());
        // Twelve bytes a line: the second line of the file begins at byte 14, the third at 21, the last at 23.
        assert_eq!(decoded.lines, [0, 1, 1, 1]);
        let unwrapped = base64(encoded.as_bytes());
        assert_eq!(unwrapped.bytes, text.as_bytes());
        assert_eq!(unwrapped.lines, [0, 0, 0, 0]);
    }

    #[test]
    fn damaged_base64_gives_what_is_there() {
        assert_eq!(base64(b"TEVE").bytes, b"LED");
        assert_eq!(base64(b"TEVERV").bytes, b"LEDE");
        assert_eq!(base64(b"T*E V\nE").bytes, b"LED");
        assert_eq!(base64(b"TEVERQ==\nUw==").bytes, b"LEDES");
        assert_eq!(base64(b"T").bytes, b"");
        assert_eq!(base64(b"====\n!").bytes, b"");
    }

    #[test]
    fn soft_line_ends_join_and_octets_are_decoded() {
        let decoded = quoted_printable(b"Ren=C3=A9 wrote =\r\nto \xe9l=3D  \r\n\r\nend=\n");
        assert_eq!(decoded.bytes, b"Ren\xc3\xa9 wrote to \xe9l=\r\n\r\nend");
        assert_eq!(decoded.lines, [0, 2, 3]);
    }

    proptest! {
        #[test]
        fn every_line_has_a_number(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            for decoded in [base64(&bytes), quoted_printable(&bytes)] {
                let lines = decoded.bytes.split_inclusive(|b| *b == b'\n').count();
                prop_assert_eq!(lines, decoded.lines.len());
            }
        }
    }
}
