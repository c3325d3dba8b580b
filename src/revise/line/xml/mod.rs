//! Lines of LEDES XML 2.x changed where they stand in their file: divided, billed lower, or asked for again.
//! Not here: pipe files (`edit`), and who may ask for it (`workflow`). Elements that are not changed keep their bytes.

mod difference;
mod parts;
mod write_down;

pub(super) use difference::{alone, difference};
pub(super) use parts::parts;
pub(super) use write_down::write_down;

use super::Revised;
use crate::formats::write::push_escaped;
use crate::model::{Cell, Invoice, LedesFormat, Line, LineKind};
use crate::revise::fix::Change;
use crate::revise::money::Refusal;
use encoding_rs::WINDOWS_1252;
use std::ops::Range;

const UTF_8_MARK: &str = "\u{feff}";

/// The text of a file, and what is to stand in it instead.
struct Places<'a> {
    invoice: &'a Invoice,
    text: String,
    windows: bool,
    /// Where each line begins.
    lines: Vec<usize>,
    edits: Vec<(Range<usize>, String)>,
    highest_item: u64,
}

impl<'a> Places<'a> {
    fn new(bytes: &[u8], invoice: &'a Invoice) -> Result<Self, Refusal> {
        if invoice.format == LedesFormat::L2000 {
            return Err(Refusal::new(
                "a line of LEDES 2000 is not divided or written down here: do it in the billing system and take the new \
                 export in",
            ));
        }
        let (text, windows) = match std::str::from_utf8(bytes) {
            Ok(text) => (text.to_owned(), false),
            Err(_) => (
                WINDOWS_1252
                    .decode_without_bom_handling(bytes)
                    .0
                    .into_owned(),
                true,
            ),
        };
        let begins = text.match_indices('\n').map(|(at, _)| at + 1);
        let lines = std::iter::once(0).chain(begins).collect();
        let highest_item = numbers(&text)
            .filter_map(|at| text[at].trim().parse().ok())
            .max()
            .unwrap_or_default();
        Ok(Self {
            invoice,
            text,
            windows,
            lines,
            edits: Vec::new(),
            highest_item,
        })
    }

    /// Where a cell stands.
    fn at(&self, cell: Cell) -> Result<Range<usize>, Refusal> {
        let raw = self.invoice.text.raw(cell);
        let place = || {
            let from = self.invoice.text.position(cell)?;
            let begin = *self.lines.get(from.line.checked_sub(1)? as usize)?;
            let line = &self.text[begin..];
            let marked = usize::from(begin == 0 && line.starts_with(UTF_8_MARK));
            let before = from.column.checked_sub(1)? as usize + marked;
            let start = begin + line.char_indices().nth(before)?.0;
            self.text[start..]
                .starts_with(raw)
                .then(|| start..start + raw.len())
        };
        place().ok_or_else(|| {
            Refusal::new(format!(
                "\"{raw}\" is not where it was read in its file; correct it in the billing system"
            ))
        })
    }

    /// The whole element whose opening tag this is.
    fn element(&self, tag: Cell, name: &str) -> Result<Range<usize>, Refusal> {
        let start = self.at(tag)?.start;
        let close = format!("</{name}>");
        let end = self.text[start..].find(&close);
        end.map(|end| start..start + end + close.len())
            .ok_or_else(|| {
                Refusal::new(format!(
                    "the element {name} is not closed by {close}; correct it in the billing system"
                ))
            })
    }

    /// Puts a value where a cell stands.
    fn set(&mut self, cell: Cell, value: &str) -> Result<(), Refusal> {
        let at = self.at(cell)?;
        self.edits.push((at, escaped(value)));
        Ok(())
    }

    /// The blanks and line end before a place, with which another element stands beside the one that begins there.
    fn lead(&self, at: usize) -> &str {
        let before = &self.text[..at];
        let blanks = &before[before.trim_end().len()..];
        let Some(end) = blanks.rfind('\n') else {
            return "";
        };
        let pair = blanks[..end].ends_with('\r');
        &blanks[end - usize::from(pair)..]
    }

    fn next_item(&mut self) -> String {
        self.highest_item += 1;
        self.highest_item.to_string()
    }

    /// The file with every edit made.
    fn written(mut self, changes: Vec<Change>) -> Result<Revised, Refusal> {
        self.edits.sort_by_key(|(at, _)| (at.start, at.end));
        let text = edited(&self.text, 0..self.text.len(), &self.edits);
        let bytes = match self.windows {
            true => {
                let (bytes, _, lost) = WINDOWS_1252.encode(&text);
                if lost {
                    return Err(Refusal::new(
                        "the file is written in Windows-1252, which has no place for some of these characters",
                    ));
                }
                bytes.into_owned()
            }
            false => text.into_bytes(),
        };
        Ok(Revised { bytes, changes })
    }
}

/// A part of a text with edits made, which come in order and do not overlap.
fn edited(text: &str, part: Range<usize>, edits: &[(Range<usize>, String)]) -> String {
    let mut out = String::with_capacity(part.len() + 64);
    let mut from = part.start;
    for (at, new) in edits {
        if at.start < from || at.end > part.end {
            continue;
        }
        out.push_str(&text[from..at.start]);
        out.push_str(new);
        from = at.end;
    }
    out.push_str(&text[from..part.end]);
    out
}

/// Where the numbers of elements stand.
fn numbers(text: &str) -> impl Iterator<Item = Range<usize>> {
    const TAG: &str = "<file_item_nbr>";
    text.match_indices(TAG).filter_map(|(at, _)| {
        let from = at + TAG.len();
        let end = text[from..].find('<')?;
        Some(from..from + end)
    })
}

fn escaped(value: &str) -> String {
    let mut out = String::new();
    push_escaped(&mut out, value);
    out
}

/// `fee` or `expense`.
fn name(line: &Line) -> &'static str {
    match line.kind.get() {
        Some(LineKind::Expense) => "expense",
        _ => "fee",
    }
}
