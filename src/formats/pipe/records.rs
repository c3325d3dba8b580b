//! Physical lines put together to records: a record normally is one line that ends in `[]`, but a line break
//! inside a narrative splits it (ledes-1998b.md section 7, step 4).

use memchr::memchr_iter;

/// Lines above this length are no LEDES record (24 fields of at most 15 KB each fill a third of it).
pub const LONGEST_LINE: usize = 1 << 20;
/// A record that goes on over more lines than this is not put together.
const MOST_LINES: u32 = 200;

/// How a line ends a record.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum End {
    /// With `[]`.
    Terminated,
    /// With a pipe instead.
    TrailingPipe,
    /// With neither.
    Open,
}

/// The end of a line, blanks behind it left aside, and the bytes before it.
pub fn end_of(line: &[u8]) -> (End, &[u8]) {
    let line = line.trim_ascii_end();
    if let Some(body) = line.strip_suffix(b"[]") {
        (End::Terminated, body)
    } else if let Some(body) = line.strip_suffix(b"|") {
        (End::TrailingPipe, body)
    } else {
        (End::Open, line)
    }
}

/// A line begins a record: its first field is eight digits, as the first column's date is.
fn begins_record(line: &[u8]) -> bool {
    line.len() > 8 && line[8] == b'|' && line[..8].iter().all(u8::is_ascii_digit)
}

/// What to do with the next line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    /// Nothing but blanks.
    Blank,
    /// It is a whole record by itself; a pending one before it has ended.
    Whole,
    /// It begins a record that may go on; a pending one before it has ended.
    Begins,
    /// It goes on with the pending record.
    GoesOn,
    /// It goes on with the pending record and ends it.
    Ends,
}

/// Tells line by line how records are put together. The same decisions are taken in both passes over a file.
#[derive(Clone, Debug)]
pub struct Assembler {
    width: usize,
    pending: Option<(usize, u32)>,
}

impl Assembler {
    /// For records of `width` fields.
    pub fn new(width: usize) -> Self {
        Self {
            width,
            pending: None,
        }
    }

    /// True while a record may go on.
    pub fn is_pending(&self) -> bool {
        self.pending.is_some()
    }

    /// Judges one physical line, without its line feed.
    pub fn line(&mut self, line: &[u8]) -> Step {
        if line.first().is_none_or(u8::is_ascii_whitespace) && line.trim_ascii().is_empty() {
            return Step::Blank;
        }
        let terminated = end_of(line).0 == End::Terminated;
        if let Some((pipes, lines)) = self.pending {
            let fits = lines < MOST_LINES && !begins_record(line);
            if fits {
                let pipes = pipes + memchr_iter(b'|', line).count();
                if terminated || pipes + 1 >= self.width {
                    // A last piece that would make too many fields is a record of its own.
                    if pipes < self.width {
                        self.pending = None;
                        return Step::Ends;
                    }
                } else {
                    self.pending = Some((pipes, lines + 1));
                    return Step::GoesOn;
                }
            }
        }
        self.pending = None;
        if terminated {
            return Step::Whole;
        }
        let pipes = memchr_iter(b'|', line).count();
        if pipes + 1 >= self.width || pipes == 0 {
            return Step::Whole;
        }
        self.pending = Some((pipes, 1));
        Step::Begins
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(lines: &[&str]) -> Vec<Step> {
        let mut assembler = Assembler::new(4);
        lines.iter().map(|l| assembler.line(l.as_bytes())).collect()
    }

    #[test]
    fn whole_records_stay_alone() {
        assert_eq!(
            steps(&["20260101|a|b|c[]", " ", "20260101|a[]", "20260101|a|b|c"]),
            [Step::Whole, Step::Blank, Step::Whole, Step::Whole]
        );
    }

    #[test]
    fn a_broken_record_goes_on_until_it_ends() {
        assert_eq!(
            steps(&["20260101|a|text", "goes on", "here|c[]", "20260101|a|b|c[]"]),
            [Step::Begins, Step::GoesOn, Step::Ends, Step::Whole]
        );
    }

    #[test]
    fn a_new_record_ends_a_broken_one() {
        assert_eq!(
            steps(&["20260101|a|text", "20260101|a|b|c[]"]),
            [Step::Begins, Step::Whole]
        );
    }
}
