//! Travel mentioned beside a part's own work: "attend hearing, including travel".

use super::class::Class;
use super::lexicon::{AND, CONTENT, TOPIC, TRAVEL, WITH};
use super::reading::Segment;
use super::token::Token;

/// True where travel stands beside the part's own work. What a call or paper was about is not travel.
pub fn inside(tokens: &[Token], segment: &Segment) -> bool {
    if segment.class == Class::A112
        || segment.class == Class::None
        || segment.class.is_communication()
    {
        return false;
    }
    let words = segment.content(tokens);
    let mut topic = false;
    for (at, token) in words.iter().enumerate() {
        topic |= token.is(TOPIC);
        if !token.is(TRAVEL) || topic {
            continue;
        }
        let before = at.checked_sub(1).and_then(|i| words.get(i));
        let joined = before.is_some_and(|t| {
            t.is(AND | CONTENT | WITH)
                || t.is_mark(b'(')
                || t.is_mark(b'+')
                || t.is_mark(b'&')
                || t.is_mark(b',')
        });
        let excluded = words[..at]
            .iter()
            .rev()
            .take(3)
            .any(|t| t.is(super::lexicon::NEGATION));
        let after_excluded = words
            .get(at + 1..)
            .unwrap_or(&[])
            .iter()
            .take(4)
            .any(|t| t.is(super::lexicon::NEGATION));
        if joined && !excluded && !after_excluded {
            return true;
        }
    }
    false
}
