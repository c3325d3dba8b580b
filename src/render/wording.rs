//! Words, counts and amounts as reports for people write them.

use crate::check::{FileReport, InvoiceReport, Verdict};
use crate::model::{Finding, Level};
use rust_decimal::Decimal;
use std::borrow::Cow;
use std::fmt::Write;

/// What a level means for the bill.
pub(super) fn level_words(level: Level) -> &'static str {
    verdict_words(level.into())
}

/// What a verdict means for the bill.
pub(super) fn verdict_words(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Clean => "clean",
        Verdict::Note => "note",
        Verdict::Review => "may be questioned",
        Verdict::Reduce => "would be cut",
        Verdict::Reject => "would be rejected",
    }
}

/// The verdict on an invoice in words. One that is good by itself goes down with a file that would be rejected.
pub(super) fn invoice_words(file: &FileReport, invoice: &InvoiceReport) -> &'static str {
    if Verdict::of(&file.findings) < Verdict::Reject {
        return verdict_words(invoice.verdict);
    }
    match invoice.verdict {
        Verdict::Clean => "clean, in a rejected file",
        Verdict::Note => "note, in a rejected file",
        Verdict::Review => "may be questioned, in a rejected file",
        Verdict::Reduce => "would be cut, in a rejected file",
        Verdict::Reject => verdict_words(Verdict::Reject),
    }
}

/// `1 line`, `1,200 lines`.
pub(super) fn counted(count: usize, thing: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{} {thing}{plural}", grouped(&count.to_string()))
}

/// `1,403.60`: at least two decimals, more where they are not zero.
pub(super) fn money(amount: &Decimal) -> String {
    let mut amount = amount.normalize();
    if amount.scale() < 2 {
        amount.rescale(2);
    }
    grouped(&amount.to_string())
}

/// `1,403.60 USD`; without a word where the currency is not known.
pub(super) fn amount(amount: &Decimal, currency: &str) -> String {
    match currency {
        "" | "?" => money(amount),
        _ => format!("{} {}", money(amount), printable(currency)),
    }
}

/// The digits before the point in groups of three; a text that is no plain number stays as it is.
pub(super) fn grouped(number: &str) -> String {
    let unsigned = number.strip_prefix('-').unwrap_or(number);
    let (whole, rest) = unsigned.split_at(unsigned.find('.').unwrap_or(unsigned.len()));
    let plain = !whole.is_empty()
        && whole.bytes().all(|b| b.is_ascii_digit())
        && rest.bytes().skip(1).all(|b| b.is_ascii_digit());
    if !plain || whole.len() < 4 || whole.starts_with('0') {
        return number.to_owned();
    }
    let mut out = String::with_capacity(number.len() + whole.len() / 3);
    if number.len() > unsigned.len() {
        out.push('-');
    }
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out + rest
}

/// The text without characters that would act on a terminal or a page: a file may hold escape sequences or
/// marks that reverse the direction of writing. Each becomes one visible character, so that columns stay true.
pub fn printable(text: &str) -> Cow<'_, str> {
    if text.chars().all(|c| visible(c) == c) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.chars().map(visible).collect())
    }
}

fn visible(c: char) -> char {
    match c {
        '\t' => ' ',
        '\0'..='\u{1f}' => char::from_u32(0x2400 + c as u32).unwrap_or(char::REPLACEMENT_CHARACTER),
        '\u{7f}' => '\u{2421}',
        '\u{80}'..='\u{9f}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}' => char::REPLACEMENT_CHARACTER,
        _ => c,
    }
}

/// How many of the finding's places are named one by one in print.
const LISTED: usize = 8;

/// `also on lines 7, 8, 12 and 31 more`, for the places after the first; `None` where there is only one.
/// Values that differ from the first are named where the places are few.
pub(super) fn further_places(finding: &Finding) -> Option<String> {
    let (first, others) = finding.places.split_first()?;
    let total = finding.places_total.unwrap_or(0).max(finding.places.len());
    if total < 2 {
        return None;
    }
    let few = total <= 4;
    let mut told = 0;
    let mut lines: Vec<(u32, Option<&str>)> = Vec::new();
    for place in others {
        let value = place
            .value
            .as_deref()
            .filter(|_| few && place.value != first.value);
        let known = lines
            .iter()
            .any(|(line, v)| *line == place.line && *v == value);
        if !known {
            if lines.len() == LISTED {
                break;
            }
            lines.push((place.line, value));
        }
        told += 1;
    }
    let more = total - 1 - told;
    let mut parts: Vec<String> = lines
        .iter()
        .map(|(line, value)| match value {
            Some(value) => format!("{line} (\"{}\")", printable(value)),
            None => line.to_string(),
        })
        .collect();
    if more > 0 {
        parts.push(format!("{} more", grouped(&more.to_string())));
    }
    let word = if parts.len() == 1 { "line" } else { "lines" };
    Some(format!("also on {word} {}", listed(&parts)))
}

/// `a`, `a and b`, `a, b and c`.
pub(super) fn listed(parts: &[String]) -> String {
    match parts.split_last() {
        None => String::new(),
        Some((last, [])) => last.clone(),
        Some((last, before)) => format!("{} and {last}", before.join(", ")),
    }
}

/// Breaks a text into rows of at most `width` characters at its blanks; a longer word is cut.
pub(super) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let width = width.max(20);
    let mut rows = vec![String::new()];
    let mut filled = 0;
    for word in text.split_whitespace() {
        let mut length = word.chars().count();
        let mut word = word;
        if filled > 0 && filled + 1 + length > width {
            rows.push(String::new());
            filled = 0;
        }
        while length > width {
            let cut = word
                .char_indices()
                .nth(width)
                .map_or(word.len(), |(at, _)| at);
            if let Some(row) = rows.last_mut() {
                row.push_str(&word[..cut]);
            }
            rows.push(String::new());
            word = &word[cut..];
            length -= width;
        }
        if let Some(row) = rows.last_mut() {
            let gap = if filled > 0 { " " } else { "" };
            // Writing to a String cannot fail.
            let _ = write!(row, "{gap}{word}");
            filled += length + gap.len();
        }
    }
    rows
}

/// What a file is, how that was recognised, and its encoding.
pub fn recognition(file: &FileReport) -> String {
    let mut about = Vec::new();
    match (file.ledes_format, &file.recognised) {
        (Some(format), Some(how)) => about.push(format!("LEDES {format}, recognised by {how}")),
        (Some(format), None) => about.push(format!("LEDES {format}")),
        (None, Some(how)) => about.push(how.clone()),
        (None, None) => {}
    }
    about.extend(file.encoding.clone());
    about.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::sample;
    use rust_decimal::dec;

    #[test]
    fn amounts_have_separators_and_two_decimals() {
        let cases = [
            (dec!(0), "0.00"),
            (dec!(12.5), "12.50"),
            (dec!(1403.60), "1,403.60"),
            (dec!(-1234567.1250), "-1,234,567.125"),
            (dec!(999), "999.00"),
            (dec!(100000), "100,000.00"),
        ];
        for (value, shown) in cases {
            assert_eq!(money(&value), shown);
        }
        assert_eq!(
            money(&Decimal::MAX),
            "79,228,162,514,264,337,593,543,950,335"
        );
    }

    #[test]
    fn only_plain_numbers_are_grouped() {
        for text in [
            "$1200", "1,200", "1200,5", "", "-", "0012000", "1e9", "1200.x",
        ] {
            assert_eq!(grouped(text), text);
        }
        assert_eq!(grouped("-1200.5"), "-1,200.5");
    }

    #[test]
    fn rows_are_no_wider_than_asked() {
        let text = format!("a narrative {} and its end", "x".repeat(70));
        let rows = wrapped(&text, 30);
        assert!(rows.iter().all(|row| row.chars().count() <= 30), "{rows:?}");
        assert_eq!(
            rows.concat().replace(' ', ""),
            text.replace(' ', ""),
            "nothing is lost"
        );
    }

    #[test]
    fn what_acts_on_a_terminal_is_made_visible() {
        assert_eq!(printable("a\u{1b}[31mb\0\u{202e}"), "a␛[31mb␀\u{fffd}");
        assert!(matches!(printable("plain é"), Cow::Borrowed(_)));
    }

    #[test]
    fn further_places_are_counted_once() {
        let finding = sample::grouped();
        assert_eq!(
            further_places(&finding).as_deref(),
            Some("also on lines 3, 4, 5, 6, 7, 8, 9, 10 and 31 more")
        );
    }
}
