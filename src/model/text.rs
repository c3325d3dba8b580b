//! The text an invoice was read from, and the places of its values in it.

use std::borrow::Cow;

/// A stretch of an invoice's [`SourceText`]: one field of a record, or the text of an element.
/// Blanks around the value are not part of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub struct Cell {
    start: u32,
    /// Bytes, with the top bit set where the text holds XML entities.
    len: u32,
}

const ENCODED: u32 = 1 << 31;

impl Cell {
    /// The column or element does not exist in the file. Not the same as an empty one.
    pub const ABSENT: Self = Self {
        start: u32::MAX,
        len: 0,
    };

    /// The place of a value that was calculated and stands in no file. Neither absent nor blank.
    pub const CALCULATED: Self = Self {
        start: u32::MAX - 1,
        len: 1,
    };

    /// The bytes `start..end` of the source text.
    pub fn new(start: usize, end: usize) -> Self {
        let bound = |at: usize| u32::try_from(at).unwrap_or(u32::MAX - 1);
        Self {
            start: bound(start),
            len: bound(end.saturating_sub(start)) & !ENCODED,
        }
    }

    /// The same stretch, whose text holds XML entities or CDATA sections that are decoded when it is read.
    pub fn encoded(self) -> Self {
        Self {
            len: self.len | ENCODED,
            ..self
        }
    }

    /// True where the file has no such column or element at all.
    pub fn is_absent(self) -> bool {
        self.start == u32::MAX
    }

    /// True where there is nothing to read: the column or element is missing or holds nothing.
    pub fn is_blank(self) -> bool {
        self.len & !ENCODED == 0
    }

    /// First byte in the source text.
    pub fn start(self) -> usize {
        self.start as usize
    }

    /// The byte after the last.
    pub fn end(self) -> usize {
        self.start as usize + (self.len & !ENCODED) as usize
    }

    fn is_encoded(self) -> bool {
        self.len & ENCODED != 0
    }
}

impl Default for Cell {
    fn default() -> Self {
        Self::ABSENT
    }
}

/// One physical line of the file that takes part in an invoice.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct TextLine {
    /// Where the line begins in the source text.
    start: u32,
    /// Its number in the file, from 1.
    number: u32,
    /// Characters of the physical line that stand before `start` (0 unless the text begins inside a line).
    column: u32,
}

/// Where a cell stands in the file, as a person counts: lines and characters from 1.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Position {
    /// Physical line in the file, from 1.
    pub line: u32,
    /// First character, from 1.
    pub column: u32,
    /// The character after the last. Equal to `column` for an empty value.
    pub end_column: u32,
}

/// The physical lines of a file that make up one invoice, one after another, decoded to UTF-8.
/// They need not stand together in the file; each remembers its number.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct SourceText {
    text: String,
    lines: Vec<TextLine>,
}

impl SourceText {
    /// An empty text with room for `bytes`.
    pub fn with_capacity(bytes: usize) -> Self {
        Self {
            text: String::with_capacity(bytes),
            lines: Vec::new(),
        }
    }

    /// Appends the physical line `number` (from 1) of the file, without its line end, and returns where it begins.
    pub fn push_line(&mut self, number: u32, line: &str) -> usize {
        self.push_part(number, 0, line)
    }

    /// Appends a line of which only the part after `column` characters is taken.
    pub fn push_part(&mut self, number: u32, column: u32, part: &str) -> usize {
        let start = self.text.len();
        self.lines.push(TextLine {
            start: start as u32,
            number,
            column,
        });
        self.text.push_str(part);
        self.text.push('\n');
        start
    }

    /// Appends lines that stand together, the first of which is the physical line `number`, of which
    /// `column` characters stand before this text. Returns where they begin. A first block that is owned becomes
    /// the text and is not copied.
    pub fn push_block<'a>(
        &mut self,
        number: u32,
        column: u32,
        block: impl Into<Cow<'a, str>>,
    ) -> usize {
        let start = self.text.len();
        match block.into() {
            Cow::Owned(block) if start == 0 => self.text = block,
            block => self.text.push_str(&block),
        }
        let mut line = TextLine {
            start: start as u32,
            number,
            column,
        };
        self.lines.push(line);
        let end = self.text.len();
        for at in memchr::memchr_iter(b'\n', &self.text.as_bytes()[start..]) {
            line = TextLine {
                start: (start + at + 1) as u32,
                number: line.number + 1,
                column: 0,
            };
            if (line.start as usize) < end {
                self.lines.push(line);
            }
        }
        if !self.text[start..].ends_with('\n') {
            self.text.push('\n');
        }
        start
    }

    /// Appends a text that stands in no line of the file, for an invoice that is changed. An empty one is blank.
    pub fn push_value(&mut self, value: &str) -> Cell {
        let start = self.text.len();
        self.text.push_str(value);
        Cell::new(start, self.text.len())
    }

    /// Gives every line another number: those of the file round a part that was unwrapped.
    pub fn renumber(&mut self, outer: impl Fn(u32) -> u32) {
        for line in &mut self.lines {
            line.number = outer(line.number);
        }
    }

    /// The whole text, lines ended by a line feed.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The bytes of a cell as they stand in the file, decoded to UTF-8 but not unescaped.
    pub fn raw(&self, cell: Cell) -> &str {
        if cell.is_absent() {
            return "";
        }
        self.text.get(cell.start()..cell.end()).unwrap_or("")
    }

    /// The value of a cell: its text, XML entities decoded. Empty for an absent cell.
    pub fn get(&self, cell: Cell) -> Cow<'_, str> {
        let raw = self.raw(cell);
        if cell.is_encoded() {
            Cow::Owned(decoded(raw))
        } else {
            Cow::Borrowed(raw)
        }
    }

    fn line_at(&self, offset: usize) -> Option<(usize, TextLine)> {
        let index = self.lines.partition_point(|l| l.start as usize <= offset);
        let index = index.checked_sub(1)?;
        Some((index, self.lines[index]))
    }

    fn line_text(&self, index: usize) -> &str {
        let start = self.lines[index].start as usize;
        let end = self
            .lines
            .get(index + 1)
            .map_or(self.text.len(), |next| next.start as usize);
        self.text[start..end].trim_end_matches(['\n', '\r'])
    }

    /// Where a cell stands in the file. A cell that goes over several lines is cut at the end of its first.
    /// `None` for an absent cell.
    pub fn position(&self, cell: Cell) -> Option<Position> {
        if cell.is_absent() {
            return None;
        }
        let (index, line) = self.line_at(cell.start())?;
        let text = self.line_text(index);
        let within = |offset: usize| {
            let bytes = (offset - line.start as usize).min(text.len());
            let bytes = floor_boundary(text, bytes);
            line.column + 1 + characters(&text[..bytes])
        };
        Some(Position {
            line: line.number,
            column: within(cell.start()),
            end_column: within(cell.end()),
        })
    }

    /// The physical line a cell begins on, without its line end, and the characters left out before it.
    pub fn line_of(&self, cell: Cell) -> Option<(&str, u32)> {
        if cell.is_absent() {
            return None;
        }
        let (index, line) = self.line_at(cell.start())?;
        Some((self.line_text(index), line.column))
    }
}

fn characters(text: &str) -> u32 {
    if text.is_ascii() {
        text.len() as u32
    } else {
        text.chars().count() as u32
    }
}

fn floor_boundary(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// Text of an XML element with the five predefined entities, character references and CDATA sections
/// decoded. What cannot be decoded stays as it is: entities are never expanded.
pub fn decoded(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find(['&', '<']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some(section) = rest.strip_prefix("<![CDATA[") {
            let end = section.find("]]>").unwrap_or(section.len());
            out.push_str(&section[..end]);
            rest = section.get(end + 3..).unwrap_or("");
        } else if let Some((length, character)) = reference(rest) {
            out.push(character);
            rest = &rest[length..];
        } else {
            let (head, tail) = rest.split_at(1);
            out.push_str(head);
            rest = tail;
        }
    }
    out.push_str(rest);
    out
}

/// The character reference `text` begins with, and its length in bytes.
fn reference(text: &str) -> Option<(usize, char)> {
    let end = text.bytes().take(12).position(|b| b == b';')?;
    let name = text.get(1..end)?;
    let character = match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => {
            let digits = name.strip_prefix('#')?;
            let code = match digits.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => digits.parse().ok()?,
            };
            char::from_u32(code)?
        }
    };
    Some((end + 1, character))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_knows_its_line_and_its_characters() {
        let mut text = SourceText::default();
        text.push_line(3, "20260331|é|x");
        let start = text.push_line(9, "naïve|abc");
        let cell = Cell::new(start + 7, start + 10);
        assert_eq!(text.raw(cell), "abc");
        assert_eq!(
            text.position(cell),
            Some(Position {
                line: 9,
                column: 7,
                end_column: 10
            })
        );
        assert_eq!(text.position(Cell::ABSENT), None);
    }

    #[test]
    fn a_block_numbers_its_lines_from_where_it_begins() {
        let mut text = SourceText::default();
        let start = text.push_block(10, 4, "<a>\n  <b>x</b>\n</a>");
        let cell = Cell::new(start + 9, start + 10);
        let position = text.position(cell).expect("inside the text");
        assert_eq!((position.line, position.column), (11, 6));
        let first = text.position(Cell::new(start, start + 3)).expect("inside");
        assert_eq!((first.line, first.column), (10, 5));
    }

    #[test]
    fn entities_are_decoded_and_unknown_ones_kept() {
        assert_eq!(
            decoded("A &amp; B &#8217;s <![CDATA[<x>]]> &who;"),
            "A & B \u{2019}s <x> &who;"
        );
        assert_eq!(decoded("tail &"), "tail &");
        assert_eq!(decoded("<![CDATA[open"), "open");
    }
}
