//! Numbers and dates as the formats write them, and what is unusual about those that can still be read
//! (ledes-1998b.md section 3, "Lexical rules").

use chrono::NaiveDate;
use nom::branch::alt;
use nom::bytes::complete::{tag, take};
use nom::character::complete::{digit0, digit1, one_of};
use nom::combinator::{all_consuming, map_opt, opt};
use nom::sequence::preceded;
use nom::{IResult, Parser};
use rust_decimal::Decimal;

/// A number that could be read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Number {
    /// Its value; `None` where it has more digits than can be calculated with (28).
    pub value: Option<Decimal>,
    /// Digits before the point, leading zeros left out.
    pub digits: usize,
    /// Digits after the point.
    pub decimals: usize,
    /// What is unusual about it.
    pub oddity: Option<Oddity>,
}

/// Unusual, but readable.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Oddity {
    /// `+100.00`
    Plus,
    /// `1250.`
    TrailingPoint,
    /// `.5`
    LeadingPoint,
    /// `00711.50`
    LeadingZeros,
}

impl Oddity {
    /// In words, for messages.
    pub fn words(self) -> &'static str {
        match self {
            Self::Plus => "a plus sign",
            Self::TrailingPoint => "a point with no digit after it",
            Self::LeadingPoint => "no digit before the point",
            Self::LeadingZeros => "leading zeros",
        }
    }
}

/// Sign, digits before the point, and digits after it where there is a point.
type NumberParts<'a> = (Option<char>, &'a [u8], Option<&'a [u8]>);

fn number_parts(text: &[u8]) -> IResult<&[u8], NumberParts<'_>> {
    all_consuming((opt(one_of("+-")), digit0, opt(preceded(tag("."), digit0)))).parse(text)
}

/// Reads a plain decimal number: an optional sign, digits, and at most one point. Blanks round it are not read.
pub fn number(text: &str) -> Option<Number> {
    let (_, (sign, whole, fraction)) = number_parts(text.as_bytes()).ok()?;
    let decimals = fraction.map_or(0, <[u8]>::len);
    if whole.is_empty() && decimals == 0 {
        return None;
    }
    let zeros = whole.iter().take_while(|digit| **digit == b'0').count();
    let oddity = if sign == Some('+') {
        Some(Oddity::Plus)
    } else if fraction == Some(b"") {
        Some(Oddity::TrailingPoint)
    } else if whole.is_empty() {
        Some(Oddity::LeadingPoint)
    } else if whole.len() > 1 && zeros > 0 {
        Some(Oddity::LeadingZeros)
    } else {
        None
    };
    Some(Number {
        value: value(sign == Some('-'), whole, fraction.unwrap_or(b"")),
        digits: whole.len() - zeros,
        decimals,
        oddity,
    })
}

/// The value of digits before and after the point. Short numbers, nearly all of them, need no general parser.
fn value(negative: bool, whole: &[u8], fraction: &[u8]) -> Option<Decimal> {
    let length = whole.len() + fraction.len();
    if length <= 18 {
        let mut mantissa: i64 = 0;
        for digits in [whole, fraction] {
            for digit in digits {
                mantissa = mantissa * 10 + i64::from(digit - b'0');
            }
        }
        let mantissa = if negative { -mantissa } else { mantissa };
        return Some(Decimal::new(mantissa, fraction.len() as u32));
    }
    let read = |digits| std::str::from_utf8(digits).ok();
    let sign = if negative { "-" } else { "" };
    let (whole, fraction) = (read(whole)?, read(fraction)?);
    let whole = if whole.is_empty() { "0" } else { whole };
    let text = if fraction.is_empty() {
        format!("{sign}{whole}")
    } else {
        format!("{sign}{whole}.{fraction}")
    };
    text.parse().ok()
}

/// What a text that is no plain number looks like, in words; for messages.
pub fn number_lookalike(text: &str) -> &'static str {
    let text = text.trim();
    let plain = |c: char| c.is_ascii_digit() || ".-+".contains(c);
    if text.contains(['$', '\u{20ac}', '\u{a3}', '\u{a5}']) {
        "a currency sign"
    } else if text.starts_with('(') && text.ends_with(')') {
        "parentheses for a negative amount"
    } else if text.contains(['\u{2013}', '\u{2014}', '\u{2212}']) {
        "a dash that is no plain minus"
    } else if text.contains(',') {
        "a comma"
    } else if text.len() > 1 && text.ends_with('-') {
        "a minus behind the digits"
    } else if text.contains(char::is_whitespace)
        && text.chars().all(|c| plain(c) || c.is_whitespace())
    {
        "a blank inside"
    } else if text.contains('%') {
        "a percent sign"
    } else if text.trim_start_matches(['-', '+']).contains(['e', 'E'])
        && text.starts_with(|c: char| plain(c))
        && text.chars().all(|c| plain(c) || c == 'e' || c == 'E')
    {
        "an exponent"
    } else if text.chars().all(plain) {
        "signs or points that make no number"
    } else {
        "letters or other characters"
    }
}

/// The plain number somebody meant who wrote a currency sign, thousands commas, parentheses or a dash for
/// the minus. `None` where it would be a guess.
pub fn meant_number(text: &str) -> Option<String> {
    let text = text.trim();
    let (negative, inner) = match text.strip_prefix('(').and_then(|t| t.strip_suffix(')')) {
        Some(inner) => (true, inner),
        None => match text.strip_prefix(['-', '\u{2013}', '\u{2014}', '\u{2212}']) {
            Some(inner) => (true, inner),
            None => (false, text),
        },
    };
    let inner = inner
        .trim()
        .trim_start_matches(['$', '\u{20ac}', '\u{a3}'])
        .trim();
    let (whole, fraction) = inner.split_once('.').unwrap_or((inner, ""));
    let mut groups = whole.split(',');
    let first = groups.next().unwrap_or("");
    let grouped = whole.contains(',');
    if grouped && (first.is_empty() || first.len() > 3) {
        return None;
    }
    let mut digits = first.to_owned();
    for group in groups {
        if group.len() != 3 {
            return None;
        }
        digits.push_str(group);
    }
    let mut plain = if negative {
        "-".to_owned()
    } else {
        String::new()
    };
    plain.push_str(&digits);
    if !fraction.is_empty() {
        plain.push('.');
        plain.push_str(fraction);
    }
    let ok = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
    (ok(&digits) && (fraction.is_empty() || ok(fraction))).then_some(plain)
}

/// How a date should be written in a format.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DateForm {
    /// `YYYYMMDD`: pipe formats and LEDES 2000.
    Compact,
    /// `YYYY-MM-DD`: LEDES XML 2.x.
    Iso,
}

impl DateForm {
    /// For messages.
    pub fn words(self) -> &'static str {
        match self {
            Self::Compact => "YYYYMMDD",
            Self::Iso => "YYYY-MM-DD",
        }
    }

    /// A date in this form.
    pub fn write(self, date: NaiveDate) -> String {
        match self {
            Self::Compact => date.format("%Y%m%d").to_string(),
            Self::Iso => date.format("%Y-%m-%d").to_string(),
        }
    }
}

fn part<'a>(
    length: usize,
) -> impl Parser<&'a [u8], Output = u32, Error = nom::error::Error<&'a [u8]>> {
    map_opt(take(length), |digits: &[u8]| {
        digits.iter().try_fold(0, |sum, digit| {
            let value = u32::from(*digit).checked_sub(u32::from(b'0'))?;
            (value < 10).then_some(sum * 10 + value)
        })
    })
}

fn compact(text: &str) -> Option<(u32, u32, u32)> {
    let mut date = all_consuming((part(4), part(2), part(2)));
    date.parse(text.as_bytes()).ok().map(|(_, date)| date)
}

fn iso(text: &str) -> Option<(u32, u32, u32)> {
    let rest = (preceded(tag("-"), part(2)), preceded(tag("-"), part(2)));
    let (_, (y, (m, d))) = all_consuming((part(4), rest)).parse(text.as_bytes()).ok()?;
    Some((y, m, d))
}

/// Why a date could not be read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BadDate {
    /// The right form, but no such day.
    NoSuchDay,
    /// A real day in another form, named here.
    OtherForm(&'static str, NaiveDate),
    /// No date at all.
    NoDate,
}

/// Reads a date in the format's own form.
///
/// # Errors
/// Anything else, told apart so that the message can name it.
pub fn date(text: &str, form: DateForm) -> Result<NaiveDate, BadDate> {
    let parts = match form {
        DateForm::Compact => compact(text),
        DateForm::Iso => iso(text),
    };
    match parts {
        Some((y, m, d)) => NaiveDate::from_ymd_opt(y as i32, m, d)
            .filter(|_| y > 0)
            .ok_or(BadDate::NoSuchDay),
        None => Err(other_form(text, form)),
    }
}

fn slashed(text: &str) -> IResult<&str, (&str, &str, &str)> {
    let sep = || alt((tag("/"), tag("-"), tag(".")));
    all_consuming((digit1, preceded(sep(), digit1), preceded(sep(), digit1))).parse(text)
}

/// The form a date was written in, where it is a real day in a form people use.
fn other_form(text: &str, wanted: DateForm) -> BadDate {
    let day = |y: u32, m: u32, d: u32| NaiveDate::from_ymd_opt(y as i32, m, d).filter(|_| y > 1900);
    if wanted == DateForm::Iso
        && let Some((y, m, d)) = compact(text)
        && let Some(date) = day(y, m, d)
    {
        return BadDate::OtherForm("YYYYMMDD", date);
    }
    // A timestamp is its date with a time behind it.
    let head = text.split(['T', ' ']).next().unwrap_or(text);
    if let Some((y, m, d)) = iso(head)
        && let Some(date) = day(y, m, d)
    {
        let words = if head.len() < text.len() {
            "a timestamp"
        } else {
            "YYYY-MM-DD"
        };
        return BadDate::OtherForm(words, date);
    }
    if let Ok((_, (a, b, c))) = slashed(text) {
        let n = |t: &str| t.parse::<u32>().unwrap_or(0);
        if a.len() == 4
            && let Some(date) = day(n(a), n(b), n(c))
        {
            return BadDate::OtherForm("year first with separators", date);
        }
        if c.len() == 4 && n(a) <= 12 && n(b) > 12 {
            if let Some(date) = day(n(c), n(a), n(b)) {
                return BadDate::OtherForm("MM/DD/YYYY", date);
            }
        } else if c.len() == 4
            && n(a) > 12
            && let Some(date) = day(n(c), n(b), n(a))
        {
            return BadDate::OtherForm("DD/MM/YYYY", date);
        }
    }
    BadDate::NoDate
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        text.parse().expect("a number")
    }

    #[test]
    fn plain_numbers_are_read_exactly() {
        for text in [
            "1250.00",
            "0.2",
            "-75.00",
            "118",
            "1234567890.1234",
            "99999999999999999999.5",
        ] {
            let read = number(text).expect(text);
            assert_eq!(read.value, Some(decimal(text)), "{text}");
            assert_eq!(read.oddity, None, "{text}");
        }
    }

    #[test]
    fn unusual_numbers_are_read_and_named() {
        for (text, value, oddity) in [
            ("1250.", "1250", Oddity::TrailingPoint),
            (".5", "0.5", Oddity::LeadingPoint),
            ("+100.00", "100.00", Oddity::Plus),
            ("00711.50", "711.50", Oddity::LeadingZeros),
            ("-012.5", "-12.5", Oddity::LeadingZeros),
        ] {
            let read = number(text).expect(text);
            assert_eq!(
                (read.value, read.oddity),
                (Some(decimal(value)), Some(oddity)),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_no_number_is_refused_and_described() {
        for (text, words) in [
            ("1,250.00", "a comma"),
            ("$75", "a currency sign"),
            ("(75.00)", "parentheses for a negative amount"),
            ("75,00", "a comma"),
            ("1e3", "an exponent"),
            ("1 250", "a blank inside"),
            ("75.00-", "a minus behind the digits"),
            ("--5", "signs or points that make no number"),
            ("-", "signs or points that make no number"),
            (".", "signs or points that make no number"),
            ("700T", "letters or other characters"),
        ] {
            assert_eq!(number(text), None, "{text}");
            assert_eq!(number_lookalike(text), words, "{text}");
        }
    }

    #[test]
    fn the_meant_number_is_offered_only_where_it_is_certain() {
        for (text, meant) in [
            ("$1,200", Some("1200")),
            ("(75.00)", Some("-75.00")),
            ("\u{2013}40", Some("-40")),
            ("75,00", None),
            ("1,2345", None),
            ("700T", None),
        ] {
            assert_eq!(meant_number(text).as_deref(), meant, "{text}");
        }
    }

    #[test]
    fn digits_and_decimals_are_counted() {
        let read = number("200000000000000000000000000.50000").expect("readable");
        assert_eq!((read.digits, read.decimals), (27, 5));
        assert_eq!(number("0.00").expect("zero").digits, 0);
    }

    #[test]
    fn dates_are_real_days_in_the_formats_form() {
        assert!(date("20240229", DateForm::Compact).is_ok());
        assert!(date("2024-02-29", DateForm::Iso).is_ok());
        for text in ["20230229", "20241301", "20240400", "00000000"] {
            assert_eq!(
                date(text, DateForm::Compact),
                Err(BadDate::NoSuchDay),
                "{text}"
            );
        }
        let day = NaiveDate::from_ymd_opt(2024, 2, 29).expect("leap day");
        for (text, words) in [
            ("2024-02-29", "YYYY-MM-DD"),
            ("02/29/2024", "MM/DD/YYYY"),
            ("29.02.2024", "DD/MM/YYYY"),
            ("2024-02-29 00:00:00.0", "a timestamp"),
        ] {
            assert_eq!(
                date(text, DateForm::Compact),
                Err(BadDate::OtherForm(words, day)),
                "{text}"
            );
        }
        assert_eq!(date("240229", DateForm::Compact), Err(BadDate::NoDate));
        assert_eq!(
            date("20240229", DateForm::Iso),
            Err(BadDate::OtherForm("YYYYMMDD", day))
        );
        // Which of the two is the month cannot be told.
        assert_eq!(date("03/04/2024", DateForm::Compact), Err(BadDate::NoDate));
    }
}
