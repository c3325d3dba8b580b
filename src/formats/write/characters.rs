//! Characters a family of formats cannot hold, and what is written for them.

use std::borrow::Cow;

/// A text for a pipe format: no pipe, no line break, no `[]`, no control character, no typographic marks
/// (dialects.md, "Records" and "Names, codes, characters"). Letters beyond ASCII stay: they are a matter of the
/// file's encoding.
pub fn plain_text(text: &str) -> Cow<'_, str> {
    let plain = text
        .bytes()
        .all(|b| (0x20..0x7f).contains(&b) && b != b'|' && b != b'[');
    if plain && !text.starts_with(' ') && !text.ends_with(' ') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '|' => out.push('/'),
            '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{2032}' => out.push('\''),
            '\u{201c}' | '\u{201d}' | '\u{201e}' => out.push('"'),
            '\u{2010}'..='\u{2015}' | '\u{2212}' => out.push('-'),
            '\u{2026}' => out.push_str("..."),
            '\u{200b}' | '\u{feff}' => {}
            c if c.is_control() || c.is_whitespace() => {
                // A line break with what surrounds it is one blank.
                if !out.ends_with(' ') || c == ' ' {
                    out.push(' ');
                }
            }
            c => out.push(c),
        }
    }
    while out.contains("[]") {
        out = out.replace("[]", "()");
    }
    let trimmed = out.trim();
    if trimmed == text {
        return Cow::Borrowed(text);
    }
    Cow::Owned(trimmed.to_owned())
}

/// A text for an XML format: no character that XML forbids, no blanks round it.
pub fn xml_text(text: &str) -> Cow<'_, str> {
    let allowed = |c: char| {
        matches!(c, '\t' | '\n' | '\r') || (c >= ' ' && !matches!(c, '\u{fffe}' | '\u{ffff}'))
    };
    let trimmed = text.trim();
    if trimmed.bytes().all(|b| (0x20..0x80).contains(&b)) || trimmed.chars().all(allowed) {
        return Cow::Borrowed(trimmed);
    }
    let kept: String = trimmed
        .chars()
        .map(|c| if allowed(c) { c } else { ' ' })
        .collect();
    Cow::Owned(kept.trim().to_owned())
}

/// Appends a text to XML, escaped.
pub fn push_escaped(out: &mut String, text: &str) {
    let special = |b: &u8| matches!(b, b'&' | b'<' | b'>' | b'\r');
    let mut rest = text;
    while let Some(at) = rest.as_bytes().iter().position(special) {
        out.push_str(&rest[..at]);
        out.push_str(match rest.as_bytes()[at] {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            _ => "&#13;",
        });
        rest = &rest[at + 1..];
    }
    out.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_for_pipes_has_none() {
        for (text, expected) in [
            ("Draft answer", "Draft answer"),
            ("A|B", "A/B"),
            ("one\r\ntwo", "one two"),
            (" padded ", "padded"),
            ("see [] and [[]]", "see () and [()]"),
            (
                "client\u{2019}s \u{201c}plan\u{201d} \u{2013} draft\u{2026}",
                "client's \"plan\" - draft...",
            ),
            ("S\u{e3}o Paulo", "S\u{e3}o Paulo"),
            ("[Exhibit 3]", "[Exhibit 3]"),
        ] {
            assert_eq!(plain_text(text), expected);
            assert_eq!(plain_text(&plain_text(text)), expected);
        }
    }

    #[test]
    fn a_text_for_xml_has_no_control_characters() {
        assert_eq!(xml_text(" a\u{b}b "), "a b");
        assert_eq!(xml_text("two\nlines"), "two\nlines");
        let mut out = String::new();
        push_escaped(&mut out, "A & B <c>\r");
        assert_eq!(out, "A &amp; B &lt;c&gt;&#13;");
        assert_eq!(crate::model::text::decoded(&out), "A & B <c>\r");
    }
}
