//! A file as lines that can be changed one by one, the others staying byte for byte what they were.

use encoding_rs::{Encoding, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// A physical line.
#[derive(Clone, Debug)]
pub struct DocumentLine {
    /// Its number in the original file, from 1; of a line that was put in, that of the line it stands before.
    pub original: u32,
    /// Its text without the line end.
    pub text: String,
    /// `\n`, `\r\n`, or nothing at the end of the file.
    pub end: &'static str,
    /// It is written in Windows-1252, else in UTF-8.
    pub windows: bool,
}

/// A file in memory.
#[derive(Clone, Debug)]
pub struct Document {
    /// A byte order mark of UTF-8 stands before the first line.
    pub marked: bool,
    /// Its lines.
    pub lines: Vec<DocumentLine>,
}

const UTF_8_MARK: &[u8] = b"\xef\xbb\xbf";

impl Document {
    /// Cuts a file into lines. A pipe file is decoded line by line, as it is read; an XML file as a whole.
    pub fn new(bytes: &[u8], xml: bool) -> Self {
        let (marked, bytes) = match bytes.strip_prefix(UTF_8_MARK) {
            Some(rest) => (true, rest),
            None => (false, bytes),
        };
        let whole = xml && std::str::from_utf8(bytes).is_err();
        let lines = (1..)
            .zip(bytes.split_inclusive(|b| *b == b'\n'))
            .map(|(original, line)| {
                let (body, end) = match line {
                    [body @ .., b'\r', b'\n'] => (body, "\r\n"),
                    [body @ .., b'\n'] => (body, "\n"),
                    body => (body, ""),
                };
                let windows = whole || std::str::from_utf8(body).is_err();
                let text = if windows {
                    WINDOWS_1252.decode_without_bom_handling(body).0
                } else {
                    String::from_utf8_lossy(body)
                };
                DocumentLine {
                    original,
                    text: text.into_owned(),
                    end,
                    windows,
                }
            })
            .collect();
        Self { marked, lines }
    }

    /// The file's bytes.
    pub fn bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.lines.iter().map(|l| l.text.len() + 2).sum());
        if self.marked {
            out.extend_from_slice(UTF_8_MARK);
        }
        for line in &self.lines {
            if line.windows {
                out.extend_from_slice(&WINDOWS_1252.encode(&line.text).0);
            } else {
                out.extend_from_slice(line.text.as_bytes());
            }
            out.extend_from_slice(line.end.as_bytes());
        }
        out
    }

    /// The line end most lines have.
    pub fn usual_end(&self) -> &'static str {
        let with_return = self.lines.iter().filter(|l| l.end == "\r\n").count();
        let plain = self.lines.iter().filter(|l| l.end == "\n").count();
        if with_return > plain { "\r\n" } else { "\n" }
    }

    /// The number in the original file of a line of this one.
    pub fn original(&self, line: u32) -> u32 {
        let index = (line.max(1) - 1) as usize;
        let line = self.lines.get(index).or(self.lines.last());
        line.map_or(1, |l| l.original)
    }
}

/// A text in UTF-16 with its byte order mark, in UTF-8. `None` where it is none, or is damaged.
pub fn from_utf_16(bytes: &[u8]) -> Option<String> {
    let (encoding, length) = Encoding::for_bom(bytes)?;
    if encoding != UTF_16LE && encoding != UTF_16BE {
        return None;
    }
    let (text, damaged) = encoding.decode_without_bom_handling(&bytes[length..]);
    (!damaged).then(|| text.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_changed_keeps_its_bytes() {
        for bytes in [
            &b"plain\r\nlines\n\nno end"[..],
            b"",
            b"\xef\xbb\xbfmarked\n",
            b"client\x92s\r\nna\xc3\xafve\n",
            b"\x81\x8d\x9d\n",
            b"bare\rreturn\n",
        ] {
            assert_eq!(Document::new(bytes, false).bytes(), bytes);
            assert_eq!(Document::new(bytes, true).bytes(), bytes);
        }
    }

    #[test]
    fn utf_16_is_decoded_with_its_mark_only() {
        assert_eq!(from_utf_16(b"\xff\xfeL\0E\0").as_deref(), Some("LE"));
        assert_eq!(from_utf_16(b"\xfe\xff\0L\0E").as_deref(), Some("LE"));
        assert_eq!(from_utf_16(b"\xff\xfeL\0E"), None);
        assert_eq!(from_utf_16(b"LEDES"), None);
    }
}
