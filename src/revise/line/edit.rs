//! The change written into the file: cells of records, or the narrative where it stands.

use super::Revised;
use super::text::place;
use crate::formats::write::push_escaped;
use crate::model::{Field, Invoice, Line, Safety};
use crate::revise::document::{Document, DocumentLine};
use crate::revise::fix::Change;
use crate::revise::money::Refusal;
use encoding_rs::WINDOWS_1252;

/// What is written into the records of a pipe file.
pub(super) struct Plan {
    /// The line that is changed.
    pub line: usize,
    /// The lines that stand in its place, each with the columns that are new.
    pub into: Vec<Vec<(&'static str, String)>>,
    /// Columns that are new on every record of the invoice.
    pub everywhere: Vec<(&'static str, String)>,
}

/// Writes new cells into the records of a pipe file.
pub(super) fn records(
    bytes: &[u8],
    invoice: &Invoice,
    plan: &Plan,
    rule: &str,
) -> Result<Revised, Refusal> {
    let mut document = Document::new(bytes, false);
    let mut changes = Vec::new();
    // From the end, so that lines put in move nothing that is still to be changed.
    for (index, line) in invoice.lines.iter().enumerate().rev() {
        let at = record_at(invoice, line, &document)?;
        let original = document.lines[at].clone();
        let written =
            |cells: &[(&'static str, String)], new: Option<&str>, changes: &mut Vec<Change>| {
                let mut text = original.text.clone();
                for (column, value) in cells {
                    let before = put(&mut text, invoice, column, value)?;
                    let change = change(
                        invoice,
                        line,
                        original.original,
                        column,
                        before,
                        value,
                        rule,
                    );
                    match new {
                        // A line that was not there is new in every field.
                        Some(item) if index == plan.line => changes.push(Change {
                            item: item.to_owned(),
                            before: String::new(),
                            ..change
                        }),
                        None if index == plan.line && change.before != change.after => {
                            changes.push(change)
                        }
                        _ => {}
                    }
                }
                Ok::<_, Refusal>(text)
            };
        if index != plan.line {
            document.lines[at].text = written(&plan.everywhere, None, &mut changes)?;
            continue;
        }
        let mut all = Vec::with_capacity(plan.into.len());
        for (n, cells) in plan.into.iter().enumerate() {
            let number = cells
                .iter()
                .find(|(column, _)| *column == "LINE_ITEM_NUMBER");
            let new = number.filter(|_| n > 0).map(|(_, item)| item.as_str());
            let mut text = written(cells, new, &mut changes)?;
            for (column, value) in &plan.everywhere {
                let before = put(&mut text, invoice, column, value)?;
                if n == 0 {
                    let new = change(
                        invoice,
                        line,
                        original.original,
                        column,
                        before,
                        value,
                        rule,
                    );
                    // It is the invoice's.
                    changes.push(Change {
                        item: String::new(),
                        ..new
                    });
                }
            }
            let mut new = original.clone();
            new.windows = windows(&document, &original, &text)?;
            new.text = text;
            all.push(new);
        }
        // What stood before the end of the file ends like the others.
        let end = document.usual_end();
        let last = all.len().saturating_sub(1);
        for (n, new) in all.iter_mut().enumerate() {
            if n < last && new.end.is_empty() {
                new.end = end;
            }
        }
        document.lines.splice(at..=at, all);
    }
    Ok(Revised {
        bytes: document.bytes(),
        changes,
    })
}

/// Writes other words into a line, whatever the format.
pub(super) fn narrative(
    bytes: &[u8],
    invoice: &Invoice,
    item: &str,
    words: &str,
    rule: &str,
) -> Result<Revised, Refusal> {
    let index = place(invoice, item)?;
    let line = &invoice.lines[index];
    if !invoice.format.is_xml() {
        fits(words)?;
        let plan = Plan {
            line: index,
            into: vec![vec![("LINE_ITEM_DESCRIPTION", words.to_owned())]],
            everywhere: Vec::new(),
        };
        return records(bytes, invoice, &plan, rule);
    }
    let mut document = Document::new(bytes, true);
    let absent = || {
        Refusal::new(format!(
            "line {item} has no place for a narrative in its file"
        ))
    };
    let from = invoice.text.position(line.description).ok_or_else(absent)?;
    let at = (from.line.max(1) - 1) as usize;
    let raw = invoice.text.raw(line.description).to_owned();
    let breaks = raw.matches('\n').count();
    let lost = || {
        Refusal::new(format!(
            "line {item} is not where it was read in its file; correct it in the billing system"
        ))
    };
    if at + breaks >= document.lines.len() {
        return Err(lost());
    }
    let mut whole = document.lines[at].clone();
    for more in &document.lines[at + 1..=at + breaks] {
        whole.text.push('\n');
        whole.text.push_str(&more.text);
        whole.end = more.end;
    }
    let skip = from.column.max(1) as usize - 1;
    let start = whole.text.char_indices().map(|(i, _)| i);
    let start = start.chain([whole.text.len()]).nth(skip).ok_or_else(lost)?;
    if !whole.text[start..].starts_with(&raw) {
        return Err(lost());
    }
    let mut escaped = String::new();
    push_escaped(&mut escaped, words);
    whole.text.replace_range(start..start + raw.len(), &escaped);
    whole.windows = windows(&document, &whole, &whole.text)?;
    let before = invoice.get(line.description).into_owned();
    let field = invoice.name(Field::LineDescription);
    let change = change(invoice, line, whole.original, field, before, words, rule);
    document.lines.splice(at..=at + breaks, [whole]);
    Ok(Revised {
        bytes: document.bytes(),
        changes: vec![change],
    })
}

pub(super) fn change(
    invoice: &Invoice,
    line: &Line,
    at: u32,
    field: &str,
    before: String,
    after: &str,
    rule: &str,
) -> Change {
    Change {
        rule: rule.to_owned(),
        safety: Safety::Unsafe,
        line: at,
        invoice: invoice.get(invoice.number).into_owned(),
        item: invoice.get(line.item).into_owned(),
        field: field.to_owned(),
        before,
        after: after.to_owned(),
    }
}

/// Words that a pipe file can hold.
pub(super) fn fits(words: &str) -> Result<(), Refusal> {
    if words.trim().is_empty() {
        return Err(Refusal::new("a line needs words"));
    }
    match words.chars().find(|c| *c == '|' || c.is_control()) {
        Some('|') => Err(Refusal::new(
            "the sign | parts the fields of the file and cannot stand in a narrative",
        )),
        Some(_) => Err(Refusal::new(
            "a narrative is one line, without line ends and tabs",
        )),
        None if words.contains("[]") => Err(Refusal::new(
            "the signs [] end a record of the file and cannot stand in a narrative",
        )),
        None => Ok(()),
    }
}

/// The physical line of a record.
pub(super) fn record_at(
    invoice: &Invoice,
    line: &Line,
    document: &Document,
) -> Result<usize, Refusal> {
    let position = invoice.text.position(line.record);
    let at = position.map_or(0, |p| p.line.max(1) as usize - 1);
    let raw = invoice.text.raw(line.record);
    let whole = !raw.contains('\n')
        && document
            .lines
            .get(at)
            .is_some_and(|l| l.text.trim_end().starts_with(raw.trim_end()));
    if whole {
        return Ok(at);
    }
    Err(Refusal::new(format!(
        "line {} is broken over several lines of the file; cleanbill fix puts it together",
        invoice.get(line.item)
    )))
}

/// Puts a value into a column of a record and returns what stood there.
pub(super) fn put(
    text: &mut String,
    invoice: &Invoice,
    column: &str,
    value: &str,
) -> Result<String, Refusal> {
    let index = invoice
        .columns
        .iter()
        .position(|c| c.eq_ignore_ascii_case(column));
    let missing = || Refusal::new(format!("the file has no column {column}"));
    let index = index.ok_or_else(missing)?;
    let end = text
        .trim_end()
        .strip_suffix("[]")
        .map_or(text.trim_end().len(), str::len);
    let mut from = 0;
    for (n, part) in text[..end].split('|').enumerate() {
        if n == index {
            let before = part.trim().to_owned();
            let until = from + part.len();
            text.replace_range(from..until, value);
            return Ok(before);
        }
        from += part.len() + 1;
    }
    Err(missing())
}

/// How a line is written: as the file's others are, where it has signs beyond ASCII.
fn windows(document: &Document, old: &DocumentLine, text: &str) -> Result<bool, Refusal> {
    if text.is_ascii() || !(old.windows || document.lines.iter().any(|l| l.windows)) {
        return Ok(old.windows && !text.is_ascii());
    }
    if WINDOWS_1252.encode(text).2 {
        return Err(Refusal::new(
            "the file is written in Windows-1252, which has no place for some of these characters",
        ));
    }
    Ok(true)
}
