//! Messages: a rule's sentence with its values put in.

use crate::model::Hit;

/// Characters of a value in a sentence.
const LONGEST_VALUE: usize = 1_000;

/// Fills `{name}` from the hit's own values, then from `common`. A name nobody knows stays as it is, so that
/// a test can find it.
pub fn filled(template: &str, hit: &Hit, common: &dyn Fn(&str) -> Option<String>) -> String {
    let mut out = String::with_capacity(template.len() + 32);
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        out.push_str(&rest[..open]);
        let tail = &rest[open + 1..];
        let Some(close) = tail.find('}') else {
            out.push_str(&rest[open..]);
            return out;
        };
        let name = &tail[..close];
        let own = hit.args.iter().find(|(n, _)| *n == name);
        match own.map(|(_, v)| v.clone()).or_else(|| common(name)) {
            Some(value) => out.push_str(&shortened(&value, LONGEST_VALUE)),
            None => {
                out.push('{');
                out.push_str(name);
                out.push('}');
            }
        }
        rest = &tail[close + 1..];
    }
    out.push_str(rest);
    out
}

/// A value shortened for a sentence: the beginning and how long it is.
pub fn shortened(value: &str, limit: usize) -> String {
    // No character is shorter than a byte, and nearly every value is a short one.
    if value.len() <= limit && memchr::memchr2(b'\n', b'\r', value.as_bytes()).is_none() {
        return value.to_owned();
    }
    let one = |c: char| if matches!(c, '\n' | '\r') { ' ' } else { c };
    if value.chars().nth(limit).is_none() {
        return value.chars().map(one).collect();
    }
    let head = value.chars().take(limit.saturating_sub(1));
    head.map(one).chain(['\u{2026}']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Anchor, RuleId};

    #[test]
    fn values_of_the_hit_come_first() {
        let hit = Hit::new(RuleId::new("x"), Anchor::Invoice).with("a", 1);
        let common = |name: &str| (name == "b").then(|| "two".to_owned());
        assert_eq!(filled("{a}, {b}, {c}, {", &hit, &common), "1, two, {c}, {");
    }

    #[test]
    fn long_values_are_shortened_by_characters() {
        assert_eq!(shortened("äöüäöü", 4), "äöü…");
        assert_eq!(shortened("a\nb", 4), "a b");
    }
}
