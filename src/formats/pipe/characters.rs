//! Characters the format does not allow in a cell.

use super::rule;
use crate::formats::cells::At;
use crate::model::{Cell, Hits, Safety};

/// Raises what a cell holds beyond plain printable ASCII: control characters, other characters, the pair `[]`.
/// In a line that is not UTF-8 the other characters are a matter of its encoding.
pub fn forbidden(text: &str, cell: Cell, foreign: bool, at: At, hits: &mut Hits) {
    let mut control = None;
    let mut other = None;
    for character in text.chars() {
        if character.is_control() && !matches!(character, '\n' | '\r') {
            control.get_or_insert(character);
        } else if !character.is_ascii() {
            other.get_or_insert(character);
        }
    }
    let hit = |variant: &'static str, character: char| {
        let hit = at
            .hit(rule::FORBIDDEN_CHARACTER, cell)
            .variant(variant)
            .with("character", described(character));
        match plain_marks(text) {
            mended if mended != text => hit.mending(mended),
            _ => hit,
        }
    };
    if let Some(character) = control {
        hits.raise(hit("control", character));
    }
    if let Some(character) = other {
        hits.raise(if foreign {
            at.hit(rule::ENCODING, cell)
                .variant("field")
                .with("character", described(character))
                .mending(plain_marks(text))
        } else {
            hit("", character)
        });
    }
    if text.contains("[]") {
        hits.raise(
            at.hit(rule::FORBIDDEN_CHARACTER, cell)
                .variant("brackets")
                .with("character", "[]")
                .with_safety(Safety::Unsafe)
                .mending(text.replace("[]", "()")),
        );
    }
}

/// A text with typographic marks and blanks as a typewriter has them. Letters, and characters that stand for
/// something else, stay.
fn plain_marks(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{2032}' => out.push('\''),
            '\u{201c}' | '\u{201d}' | '\u{201e}' => out.push('"'),
            '\u{2010}'..='\u{2015}' | '\u{2212}' => out.push('-'),
            '\u{2026}' => out.push_str("..."),
            '\u{a0}' | '\t' | '\u{2002}'..='\u{200a}' | '\u{202f}' => out.push(' '),
            '\u{200b}' | '\u{feff}' => {}
            c => out.push(c),
        }
    }
    out
}

/// A character as a person can find it: itself, its code point and, for the usual ones, its name.
fn described(character: char) -> String {
    let name = match character {
        '\u{2018}' | '\u{2019}' => "curly apostrophe",
        '\u{201c}' | '\u{201d}' => "curly quotation mark",
        '\u{2013}' => "en dash",
        '\u{2014}' => "em dash",
        '\u{a0}' => "non-breaking space",
        '\u{2026}' => "ellipsis",
        '\u{fffd}' => "replacement for a lost character",
        '\0' => "NUL",
        '\t' => "tab",
        _ => "",
    };
    let code = format!("U+{:04X}", character as u32);
    match (name.is_empty(), character.is_control()) {
        (true, true) => code,
        (true, false) => format!("{character} ({code})"),
        (false, true) => format!("{name} ({code})"),
        (false, false) => format!("{character} ({name}, {code})"),
    }
}

#[cfg(test)]
mod tests {
    use super::plain_marks;

    #[test]
    fn marks_are_written_plainly_and_letters_stay() {
        assert_eq!(
            plain_marks(
                "client\u{2019}s \u{201c}plan\u{201d}\u{a0}\u{2013}\tS\u{e3}o Paulo\u{2026}"
            ),
            "client's \"plan\" - S\u{e3}o Paulo..."
        );
        assert_eq!(plain_marks("a\u{7}b \u{20ac}5"), "a\u{7}b \u{20ac}5");
    }
}
