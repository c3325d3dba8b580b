//! The right columns in another order, put into the format's own.

use super::change::Change;
use super::wanted::Wanted;
use crate::formats::parts::{Owner, values};
use crate::formats::{Source, pipe, survey};
use crate::model::LedesFormat;
use crate::revise::document::Document;

/// Puts header and records into the format's order; where the records stand in it already, only the header. Nothing is
/// changed where records fit both orders equally well, so that it is not known whose order they have, and nothing
/// that would be read as another invoice afterwards.
pub fn ordered(document: &mut Document, format: LedesFormat, wanted: &[Wanted<'_>]) -> Vec<Change> {
    let order = |w: &&Wanted<'_>| w.rule == "header" && w.repair.variant == "order";
    let Some(one) = wanted.iter().find(order) else {
        return Vec::new();
    };
    let Some((mended, changes)) = in_order(document, format, one) else {
        return Vec::new();
    };
    let says = |document: &Document| said(&document.bytes());
    match (says(document), says(&mended)) {
        (Some(before), Some(after)) if before == after => {
            *document = mended;
            changes
        }
        _ => Vec::new(),
    }
}

/// Everything a file says; `None` where some of it could not be read.
fn said(bytes: &[u8]) -> Option<Vec<Vec<(Owner, String, String)>>> {
    let source = Source::of_bytes(bytes).ok()?;
    let survey = survey(&source).ok()?;
    let mut all = Vec::with_capacity(survey.invoices.count());
    for index in 0..survey.invoices.count() {
        let invoice = survey.invoices.read(index).ok()?.invoice;
        if !invoice.unread.is_empty() {
            return None;
        }
        all.push(values(&invoice));
    }
    Some(all)
}

/// The fields of a line, and whether it ends with the format's mark.
fn fields(text: &str) -> (Vec<&str>, bool) {
    let text = text.trim_end();
    let ended = text.strip_suffix("[]");
    (ended.unwrap_or(text).split('|').collect(), ended.is_some())
}

fn in_order(
    document: &Document,
    format: LedesFormat,
    one: &Wanted<'_>,
) -> Option<(Document, Vec<Change>)> {
    let mut mended = document.clone();
    let head = one.repair.line.checked_sub(1)? as usize;
    let (names, ended) = fields(&document.lines.get(head)?.text);
    let names: Vec<&str> = names.into_iter().map(str::trim).collect();
    let places = pipe::places(format, &names)?;
    let mut records = Vec::new();
    let mut misfits = [0, 0];
    for (index, line) in document.lines.iter().enumerate().skip(head + 1) {
        if line.text.trim().is_empty() {
            continue;
        }
        let (values, ended) = fields(&line.text);
        if values.len() != names.len() {
            return None;
        }
        let trimmed: Vec<&str> = values.iter().map(|v| v.trim()).collect();
        let own = pipe::misfits(format, &names, &trimmed);
        misfits[0] += own[0];
        misfits[1] += own[1];
        records.push((index, values, ended));
    }
    let change = |index: usize, before: &str, after: &str| Change {
        line: document.lines[index].original,
        field: String::new(),
        before: before.to_owned(),
        after: after.to_owned(),
        ..one.change()
    };
    let header = pipe::head(format).1;
    let header = match ended {
        true => header.as_str(),
        false => header.strip_suffix("[]").unwrap_or(&header),
    };
    let mut changes = vec![change(head, &document.lines[head].text, header)];
    header.clone_into(&mut mended.lines[head].text);
    if misfits[0] == misfits[1] {
        return None;
    }
    if misfits[0] < misfits[1] {
        for (index, values, ended) in &records {
            let moved: Vec<&str> = places.iter().map(|at| values[*at]).collect();
            let text = moved.join("|") + if *ended { "[]" } else { "" };
            // A record may have the same in both places.
            if text != document.lines[*index].text {
                changes.push(change(*index, &document.lines[*index].text, &text));
                mended.lines[*index].text = text;
            }
        }
    }
    Some((mended, changes))
}
