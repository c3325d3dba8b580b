//! Cells judged one by one, the same way in every format: numbers, dates, lengths, blanks.

use super::lexer::{self, BadDate, DateForm};
use crate::model::{Anchor, Cell, Hit, Hits, Mark, RuleId, SourceText, Value};
use chrono::NaiveDate;
use rust_decimal::Decimal;

/// Rules that reading a cell can raise.
pub mod rule {
    use crate::model::RuleId;

    /// Not a date of the format's form.
    pub const INVALID_DATE: RuleId = RuleId::new("invalid-date");
    /// Not a plain number.
    pub const INVALID_NUMBER: RuleId = RuleId::new("invalid-number");
    /// Readable, but unusual.
    pub const LENIENT_NUMBER: RuleId = RuleId::new("lenient-number");
    /// Too many digits.
    pub const NUMBER_PRECISION: RuleId = RuleId::new("number-precision");
    /// Too many characters.
    pub const FIELD_TOO_LONG: RuleId = RuleId::new("field-too-long");
    /// Blanks round a value.
    pub const PADDED_VALUE: RuleId = RuleId::new("padded-value");
    /// The word NULL.
    pub const NULL_TEXT: RuleId = RuleId::new("null-text");
    /// Empty, and must not be.
    pub const REQUIRED_FIELD: RuleId = RuleId::new("required-field");
}

/// Where a cell stands, for the hits about it.
#[derive(Clone, Copy, Debug)]
pub struct At {
    /// What the hit is about.
    pub anchor: Anchor,
    /// The file's own name of the field.
    pub field: &'static str,
}

impl At {
    /// A hit about this cell.
    pub fn hit(self, rule: RuleId, cell: Cell) -> Hit {
        let mut hit = Hit::new(rule, self.anchor);
        hit.marks.push(Mark {
            field: self.field,
            cell,
            line: match self.anchor {
                Anchor::Line(line) => Some(line),
                Anchor::Invoice | Anchor::Matter(_) => None,
            },
            everywhere: None,
        });
        hit
    }
}

/// How many digits a number may have. Source: ledes-1998b.md section 3, "12.4" and "10.4".
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Precision {
    /// Digits before the point.
    pub digits: usize,
    /// Digits after it.
    pub decimals: usize,
}

/// A hit about a cell with blanks round it, which stands at `cell` with them.
pub fn padded(text: &SourceText, rule: RuleId, cell: Cell, at: At) -> Hit {
    at.hit(rule, cell).with("written", text.raw(cell))
}

/// Reads a number. `cell` is trimmed; `padded_cell` is the cell with the blanks that stood round it. With `lenient` false the
/// oddities that XML files are full of (`.175`, `00.00`) are taken silently.
pub fn number(
    text: &SourceText,
    cell: Cell,
    padded_cell: Option<Cell>,
    precision: Precision,
    lenient: bool,
    at: At,
    hits: &mut Hits,
) -> Value<Decimal> {
    if cell.is_blank() {
        return Value::new(cell, None);
    }
    let found = text.get(cell);
    let Some(number) = lexer::number(&found) else {
        let mut hit = at
            .hit(rule::INVALID_NUMBER, cell)
            .with("seen", lexer::number_lookalike(&found));
        if let Some(meant) = lexer::meant_number(&found) {
            hit = hit.expecting(meant);
        }
        hits.raise(hit);
        return Value::new(cell, None);
    };
    if let Some(whole) = padded_cell {
        hits.raise(
            padded(text, rule::INVALID_NUMBER, whole, at)
                .variant("padded")
                .expecting(&found),
        );
    }
    if number.decimals > precision.decimals {
        let hit = at
            .hit(rule::NUMBER_PRECISION, cell)
            .with("count", number.decimals)
            .with("limit", precision.decimals)
            .variant("decimals");
        let kept = found.len() - (number.decimals - precision.decimals);
        // Zeros can go; other digits are somebody's to round.
        let zeros = found.bytes().skip(kept).all(|b| b == b'0');
        hits.raise(if zeros {
            hit.expecting(&found[..kept])
        } else {
            hit
        });
    } else if number.digits > precision.digits {
        hits.raise(
            at.hit(rule::NUMBER_PRECISION, cell)
                .with("count", number.digits)
                .with("limit", precision.digits),
        );
    } else if let Some(oddity) = number.oddity.filter(|_| lenient) {
        let mut hit = at
            .hit(rule::LENIENT_NUMBER, cell)
            .with("seen", oddity.words());
        if let Some(value) = number.value {
            hit = hit.expecting(value);
        }
        hits.raise(hit);
    }
    Value::new(cell, number.value)
}

/// Reads a date in the format's own form.
pub fn date(
    text: &SourceText,
    cell: Cell,
    padded_cell: Option<Cell>,
    form: DateForm,
    at: At,
    hits: &mut Hits,
) -> Value<NaiveDate> {
    if cell.is_blank() {
        return Value::new(cell, None);
    }
    let found = text.get(cell);
    match lexer::date(&found, form) {
        Ok(date) => {
            if let Some(whole) = padded_cell {
                hits.raise(
                    padded(text, rule::INVALID_DATE, whole, at)
                        .variant("padded")
                        .with("form", form.words())
                        .expecting(form.write(date)),
                );
            }
            Value::new(cell, Some(date))
        }
        Err(bad) => {
            let hit = at.hit(rule::INVALID_DATE, cell).with("form", form.words());
            hits.raise(match bad {
                BadDate::NoDate => hit,
                BadDate::NoSuchDay => hit.variant("no-such-day"),
                BadDate::OtherForm(seen, date) => hit
                    .variant("other-form")
                    .with("seen", seen)
                    .expecting(form.write(date)),
            });
            Value::new(cell, None)
        }
    }
}

/// Says that a text is longer than its field. Returns true where it is. Lengths are in characters.
pub fn too_long(text: &SourceText, cell: Cell, limit: usize, at: At, hits: &mut Hits) -> bool {
    if cell.end() - cell.start().min(cell.end()) <= limit {
        return false;
    }
    let length = text.get(cell).chars().count();
    if length <= limit {
        return false;
    }
    hits.raise(
        at.hit(rule::FIELD_TOO_LONG, cell)
            .with("length", length)
            .with("limit", limit),
    );
    true
}
