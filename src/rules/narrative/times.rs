//! Times that stand inside a narrative: "(0.4)", "[1.1 hrs]", "(12 min)".

use super::reading::{Segment, Times};
use super::token::{Kind, Token};

/// Finds the times and gives each to the part it stands in. A number in brackets is a time where it has a
/// decimal point or a unit: "(341)" and "(2018)" are none.
pub fn times(text: &str, tokens: &[Token], segments: &mut [Segment]) -> Times {
    let mut found = Times::default();
    let mut segment = 0;
    for (at, token) in tokens.iter().enumerate() {
        if !token.is_mark(b'(') && !token.is_mark(b'[') {
            continue;
        }
        let Some(time) = time_at(text, tokens, at + 1) else {
            continue;
        };
        found.count += 1;
        found.sum = found.sum.saturating_add(time);
        while segments.get(segment + 1).is_some_and(|s| s.first <= at) {
            segment += 1;
        }
        if let Some(segment) = segments.get_mut(segment) {
            segment.time = Some(segment.time.unwrap_or(0).saturating_add(time));
        }
    }
    found
}

/// A time that fills the bracket beginning before `at`, in hundredths of an hour.
fn time_at(text: &str, tokens: &[Token], at: usize) -> Option<u32> {
    let mut at = at;
    // "(.5)": the point is a mark of its own.
    let bare_point = tokens.get(at)?.is_mark(b'.');
    if bare_point {
        at += 1;
    }
    let number = tokens.get(at)?;
    if number.kind != Kind::Number {
        return None;
    }
    let written = &text[number.start as usize..number.end as usize];
    let digits = written.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let mut unit = &written[digits.len()..];
    let next = tokens.get(at + 1)?;
    let mut close = next;
    if unit.is_empty() && !next.is_any_mark() {
        unit = &text[next.start as usize..next.end as usize];
        close = tokens.get(at + 2)?;
        if close.is_mark(b'.') {
            close = tokens.get(at + 3)?;
        }
    }
    if !close.is_mark(b')') && !close.is_mark(b']') {
        return None;
    }
    let hours = ["h", "hr", "hrs", "hour", "hours"]
        .iter()
        .any(|u| unit.eq_ignore_ascii_case(u));
    let minutes = ["m", "min", "mins", "minutes"]
        .iter()
        .any(|u| unit.eq_ignore_ascii_case(u));
    if !unit.is_empty() && !hours && !minutes {
        return None;
    }
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let (whole, part) = if bare_point {
        ("0", whole)
    } else {
        (whole, part)
    };
    if part.is_empty() && unit.is_empty() || part.len() > 2 || whole.len() > 3 {
        return None;
    }
    let mut hundredths: u32 = whole.parse::<u32>().ok()? * 100;
    if !part.is_empty() {
        let value: u32 = part.parse().ok()?;
        hundredths += if part.len() == 1 { value * 10 } else { value };
    }
    if minutes {
        hundredths = (hundredths + 30) / 60;
    }
    (hundredths > 0 && hundredths <= 2_400).then_some(hundredths)
}
