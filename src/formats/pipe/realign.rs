//! A record with too many fields, most often because of a pipe inside a narrative: where were the fields meant
//! to begin and end? Answered only where there is one answer and no amount has to be guessed.

use super::layout::Layout;
use super::line_fields::Raw;
use super::table::Kind;
use crate::formats::lexer::{self, DateForm};
use crate::model::{Field, LineKind};

/// The record's fields with the pieces of one text joined, or `None` where there is no way or more than one.
/// `text` is the whole text the raws point into.
pub fn realigned(layout: &Layout, text: &str, raws: &[Raw]) -> Option<(Field, Vec<Raw>)> {
    let surplus = raws.len().checked_sub(layout.width())?;
    if surplus == 0 || surplus > 50 {
        return None;
    }
    let mut found = None;
    for field in [Field::LineDescription, Field::InvoiceDescription] {
        let Some(at) = layout.position(field) else {
            continue;
        };
        let mut joined = Vec::with_capacity(layout.width());
        joined.extend_from_slice(&raws[..at]);
        joined.push(Raw {
            start: raws[at].start,
            end: raws[at + surplus].end,
        });
        joined.extend_from_slice(&raws[at + surplus + 1..]);
        if fits(layout, text, &joined) {
            if found.is_some() {
                return None;
            }
            found = Some((field, joined));
        }
    }
    found
}

/// True where every typed field reads as its type, and the line's type is known.
fn fits(layout: &Layout, text: &str, raws: &[Raw]) -> bool {
    layout.columns.iter().zip(raws).all(|(column, raw)| {
        let Some(column) = column else {
            return true;
        };
        let value = text.get(raw.start..raw.end).unwrap_or("").trim_ascii();
        match column.kind {
            Kind::Type => LineKind::of_code(value).is_some(),
            Kind::Date => value.is_empty() || lexer::date(value, DateForm::Compact).is_ok(),
            Kind::Amount(_) => value.is_empty() || lexer::number(value).is_some(),
            Kind::Text => value.len() <= column.max,
        }
    })
}
