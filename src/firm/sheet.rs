//! CSV as other programs and spreadsheets write it, row by row: nothing is known of its columns yet.

use std::borrow::Cow;

/// The rows of a file that hold anything.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Sheet {
    /// In the order of the file.
    pub rows: Vec<SheetRow>,
}

/// One row.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct SheetRow {
    /// The physical line it begins on, from 1.
    pub line: usize,
    /// Its cells, blanks round them taken away.
    pub cells: Vec<String>,
}

impl SheetRow {
    /// A cell; blank where the row ends before it.
    pub fn cell(&self, column: usize) -> &str {
        self.cells.get(column).map_or("", String::as_str)
    }
}

/// Rows that are looked at for what stands between the cells.
const LOOKED_AT: usize = 25;
/// A cell with more line breaks has swallowed rows: its quote was never closed.
const MOST_BREAKS: usize = 40;

impl Sheet {
    /// Reads a file: commas, semicolons or tabs; UTF-8, UTF-16 with its mark, else Windows-1252.
    ///
    /// # Errors
    /// It is a workbook, a PDF or empty, or a quote is opened and never closed.
    pub fn read(bytes: &[u8]) -> Result<Self, String> {
        if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"\xd0\xcf\x11\xe0") {
            return Err("this is a workbook; save the sheet as CSV and take that".to_owned());
        }
        if bytes.starts_with(b"%PDF") {
            return Err("this is a PDF; export the entries as CSV and take that".to_owned());
        }
        let text = text_of(bytes);
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter(&text))
            .from_reader(text.as_bytes());
        let mut rows = Vec::new();
        let mut lines = Lines {
            text: text.as_bytes(),
            at: 0,
            line: 1,
        };
        for record in reader.records() {
            let record = record.map_err(|e| format!("cannot be read as CSV: {e}"))?;
            let begin = record.position().map_or(0, |p| p.byte() as usize);
            let line = lines.of(begin);
            let cells: Vec<String> = record.iter().map(|c| c.trim().to_owned()).collect();
            if cells.iter().any(|c| c.matches('\n').count() > MOST_BREAKS) {
                return Err(format!(
                    "line {line}: a quote is opened and not closed; close it, or write it twice where it belongs to \
                     the text"
                ));
            }
            if cells.iter().any(|c| !c.is_empty()) {
                rows.push(SheetRow { line, cells });
            }
        }
        if rows.is_empty() {
            return Err("there is nothing in it".to_owned());
        }
        Ok(Self { rows })
    }
}

fn text_of(bytes: &[u8]) -> Cow<'_, str> {
    if let Some((encoding, mark)) = encoding_rs::Encoding::for_bom(bytes) {
        return encoding.decode_without_bom_handling(&bytes[mark..]).0;
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => encoding_rs::WINDOWS_1252.decode(bytes).0,
    }
}

/// The mark that most rows have equally often: titles above the columns have none, narratives have commas of their own.
fn delimiter(text: &str) -> u8 {
    // A comment is written as people write.
    let is_comment = |line: &str| line.trim_start_matches(['"', ' ']).starts_with('#');
    let lines = || {
        text.lines()
            .filter(|l| !l.trim().is_empty() && !is_comment(l))
            .take(LOOKED_AT)
    };
    let agreed = |mark: u8| {
        let counts: Vec<usize> = lines()
            .map(|line| unquoted(line, mark))
            .filter(|count| *count > 0)
            .collect();
        let rows = |count: &usize| counts.iter().filter(|c| *c == count).count();
        counts.iter().map(|c| (rows(c), *c)).max()
    };
    [b',', b';', b'\t']
        .into_iter()
        .rev()
        .max_by_key(|mark| agreed(*mark))
        .unwrap_or(b',')
}

/// Counts the lines of a text: the reader's own count is one too low behind a carriage return.
struct Lines<'a> {
    text: &'a [u8],
    at: usize,
    line: usize,
}

impl Lines<'_> {
    /// The line of what follows `from`, breaks left out.
    fn of(&mut self, from: usize) -> usize {
        let breaks = |b: &&u8| matches!(b, b'\r' | b'\n');
        let rest = self.text.get(from..).unwrap_or_default();
        let begin = from + rest.iter().take_while(breaks).count();
        let passed = self.text.get(self.at..begin).unwrap_or_default();
        self.line += memchr::memchr_iter(b'\n', passed).count();
        self.at = begin;
        self.line
    }
}

fn unquoted(line: &str, mark: u8) -> usize {
    let mut quoted = false;
    let mut count = 0;
    for byte in line.bytes() {
        quoted ^= byte == b'"';
        count += usize::from(byte == mark && !quoted);
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(bytes: &[u8]) -> Vec<(usize, Vec<String>)> {
        let sheet = Sheet::read(bytes).expect("a sheet");
        sheet.rows.into_iter().map(|r| (r.line, r.cells)).collect()
    }

    #[test]
    fn rows_keep_the_line_they_stand_on() {
        let all = cells(b"\xef\xbb\xbfA,B\r\n\r\n\"x, y\nz\",2\r\n,,\r\n3,4\r\n");
        assert_eq!(all[0], (1, vec!["A".into(), "B".into()]));
        assert_eq!(all[1].1[0], "x, y\nz");
        assert_eq!(all[2].0, 6);
        assert_eq!(all.len(), 3);
    }

    #[test]
    fn semicolons_are_found_behind_titles_and_among_commas() {
        let text = b"Time report\n\nDate;Hours;Note\n1;2,5;a, b, c\n2;1,5;d, e, f\n";
        assert_eq!(cells(text)[2].1, ["1", "2,5", "a, b, c"]);
    }

    #[test]
    fn other_encodings_are_read() {
        assert_eq!(cells(b"A,B\nM\xfcller,1\n")[1].1[0], "M\u{fc}ller");
        let utf16: Vec<u8> = "\u{feff}A\tB\nx\t1\n"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        assert_eq!(cells(&utf16)[1].1, ["x", "1"]);
    }

    #[test]
    fn what_is_no_csv_is_named() {
        assert!(Sheet::read(b"PK\x03\x04...").is_err_and(|e| e.contains("workbook")));
        assert!(Sheet::read(b" \n,,\n").is_err_and(|e| e.contains("nothing")));
        let open = format!("A,B\n\"x,1\n{}", "y,2\n".repeat(60));
        assert!(Sheet::read(open.as_bytes()).is_err_and(|e| e.contains("line 2: a quote")));
    }
}
