//! Dates, amounts and durations as time and billing programs export them.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Deserialize;

/// Which number of a date comes first.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DateOrder {
    /// `2026-01-31`, `2026/01/31`, `20260131`.
    #[default]
    YearFirst,
    /// `1/31/2026`.
    MonthFirst,
    /// `31/1/2026`, `31.01.2026`.
    DayFirst,
}

impl DateOrder {
    /// The word mappings use.
    pub fn word(self) -> &'static str {
        match self {
            Self::YearFirst => "year-first",
            Self::MonthFirst => "month-first",
            Self::DayFirst => "day-first",
        }
    }

    /// All of them.
    pub const ALL: [Self; 3] = [Self::YearFirst, Self::MonthFirst, Self::DayFirst];
}

/// What stands between whole numbers and fractions.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DecimalMark {
    /// `1,250.50`
    #[default]
    Point,
    /// `1.250,50`
    Comma,
}

impl DecimalMark {
    /// The word mappings use.
    pub fn word(self) -> &'static str {
        match self {
            Self::Point => "point",
            Self::Comma => "comma",
        }
    }

    /// All of them.
    pub const ALL: [Self; 2] = [Self::Point, Self::Comma];
}

/// How durations are written.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HoursForm {
    /// `1.5`
    #[default]
    Decimal,
    /// `1:30`, `1:30:00`, `1h 30m`
    Clock,
    /// `90`
    Minutes,
    /// `5400`
    Seconds,
}

impl HoursForm {
    /// The word mappings use.
    pub fn word(self) -> &'static str {
        match self {
            Self::Decimal => "decimal",
            Self::Clock => "clock",
            Self::Minutes => "minutes",
            Self::Seconds => "seconds",
        }
    }

    /// All of them.
    pub const ALL: [Self; 4] = [Self::Decimal, Self::Clock, Self::Minutes, Self::Seconds];

    /// As it is asked for: `1.5 or 1.50`.
    pub fn example(self) -> &'static str {
        match self {
            Self::Decimal => "decimal hours, as in 1.5",
            Self::Clock => "hours and minutes, as in 1:30",
            Self::Minutes => "minutes, as in 90",
            Self::Seconds => "seconds, as in 5400",
        }
    }
}

/// Reads a day. Names of months, and years first, mean the same in every order; a time behind the day is not read.
pub fn date(text: &str, order: DateOrder) -> Option<NaiveDate> {
    const SURE: [&str; 11] = [
        "%Y-%m-%d",
        "%Y/%m/%d",
        "%Y.%m.%d",
        "%b %d, %Y",
        "%b %d %Y",
        "%d %b %Y",
        "%d-%b-%Y",
        "%b-%d-%Y",
        "%B %d, %Y",
        "%B %d %Y",
        "%d %B %Y",
    ];
    let text = without_time(text.trim());
    let read = |form: &str| NaiveDate::parse_from_str(text, form).ok();
    if text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit()) {
        return read("%Y%m%d");
    }
    let plausible = |day: &NaiveDate| (1970..2100).contains(&chrono::Datelike::year(day));
    if let Some(day) = SURE.iter().find_map(|form| read(form)).filter(plausible) {
        return Some(day);
    }
    let parts: Vec<&str> = text.split(['/', '.', '-']).collect();
    let [first, second, year] = parts.as_slice() else {
        return None;
    };
    let year: i32 = match year.len() {
        4 => year.parse().ok()?,
        2 => 2000 + year.parse::<i32>().ok()?,
        _ => return None,
    };
    let (first, second) = (first.parse().ok()?, second.parse().ok()?);
    match order {
        DateOrder::YearFirst => None,
        DateOrder::MonthFirst => NaiveDate::from_ymd_opt(year, first, second),
        DateOrder::DayFirst => NaiveDate::from_ymd_opt(year, second, first),
    }
    .filter(plausible)
}

/// `2026-03-02T10:00:00Z` and `3/2/2026 10:15 AM` without the time.
fn without_time(text: &str) -> &str {
    let at = text
        .find(':')
        .and_then(|colon| text[..colon].rfind(['T', ' ']));
    at.map_or(text, |at| text[..at].trim_end())
}

/// Reads money or a number: currency signs and codes, thousands separators, parentheses or a minus behind for less than
/// nothing, `/hr` behind a rate.
pub fn amount(text: &str, mark: DecimalMark) -> Option<Decimal> {
    let mut rest = text.trim();
    for tail in ["/hour", "/hr", "/h", "per hour"] {
        rest = rest.strip_suffix(tail).map_or(rest, str::trim_end);
    }
    let mut negative = false;
    if let Some(inner) = rest.strip_prefix('(').and_then(|t| t.strip_suffix(')')) {
        negative = true;
        rest = inner.trim();
    }
    let minus = |c: char| matches!(c, '-' | '\u{2212}' | '\u{2013}');
    let mut signs = 0;
    loop {
        let before = rest;
        if let Some(inner) = rest
            .strip_prefix(minus)
            .or_else(|| rest.strip_suffix(minus))
        {
            signs += 1;
            rest = inner.trim();
        }
        rest = without_currency(rest);
        if rest == before {
            break;
        }
    }
    if signs + usize::from(negative) > 1 {
        return None;
    }
    negative |= signs == 1;
    rest = rest.strip_prefix('+').unwrap_or(rest);
    let (point, separators): (char, &[char]) = match mark {
        DecimalMark::Point => ('.', &[',', '\'', '\u{2019}', ' ', '\u{a0}', '\u{202f}']),
        DecimalMark::Comma => (',', &['.', '\'', '\u{2019}', ' ', '\u{a0}', '\u{202f}']),
    };
    let (whole, fraction) = rest.split_once(point).unwrap_or((rest, ""));
    let mut groups = whole.split(separators);
    let first = groups.next()?;
    let mut digits = first.to_owned();
    for group in groups {
        if group.len() != 3 || first.is_empty() || first.len() > 3 {
            return None;
        }
        digits.push_str(group);
    }
    let plain = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
    if !plain(&digits) || !plain(fraction) || digits.is_empty() && fraction.is_empty() {
        return None;
    }
    let digits = if digits.is_empty() { "0" } else { &digits };
    let number: Decimal = match fraction.is_empty() {
        true => digits.parse().ok()?,
        false => format!("{digits}.{fraction}").parse().ok()?,
    };
    Some(if negative { -number } else { number })
}

fn without_currency(text: &str) -> &str {
    const SIGNS: [char; 4] = ['$', '\u{20ac}', '\u{a3}', '\u{a5}'];
    let is_code = |code: &str| iso_currency::Currency::from_code(code).is_some();
    let mut rest = text.trim_matches(SIGNS).trim();
    if let Some((code, tail)) = rest.split_at_checked(3)
        && is_code(code)
    {
        rest = tail.trim_start();
    }
    if let Some((head, code)) = rest.split_at_checked(rest.len().saturating_sub(3))
        && is_code(code)
    {
        rest = head.trim_end();
    }
    rest
}

/// Reads a duration, in seconds, exactly.
pub fn seconds(text: &str, form: HoursForm, mark: DecimalMark) -> Option<Decimal> {
    let text = text.trim();
    let hour = Decimal::from(3600);
    match form {
        HoursForm::Decimal => {
            let lower = text.to_ascii_lowercase();
            let units = ["hours", "hour", "hrs", "hr", "h"];
            let bare = units.iter().find_map(|u| lower.strip_suffix(u));
            amount(bare.unwrap_or(&lower), mark)?.checked_mul(hour)
        }
        HoursForm::Minutes => amount(text, mark)?.checked_mul(Decimal::from(60)),
        HoursForm::Seconds => amount(text, mark),
        HoursForm::Clock => clock(text),
    }
}

fn clock(text: &str) -> Option<Decimal> {
    let (negative, text) = text.strip_prefix('-').map_or((false, text), |t| (true, t));
    let lower = text.to_ascii_lowercase();
    let parts: Vec<u32> = if lower.contains(':') {
        let parts: Option<Vec<u32>> = lower.split(':').map(|p| p.parse().ok()).collect();
        parts.filter(|p| p.len() <= 3)?
    } else {
        let (hours, rest) = match lower.split_once('h') {
            Some((hours, rest)) => (hours.trim().parse().ok()?, rest.trim()),
            None => (0, lower.as_str()),
        };
        let rest = rest.trim_start_matches("rs").trim_start_matches('r').trim();
        let minutes = match rest.strip_suffix("min").or_else(|| rest.strip_suffix('m')) {
            Some(minutes) => minutes.trim().parse().ok()?,
            None if rest.is_empty() && lower.contains('h') => 0,
            None => return None,
        };
        vec![hours, minutes]
    };
    let [hours, minutes, seconds] = [0, 1, 2].map(|i| parts.get(i).copied().unwrap_or(0));
    if minutes > 59 || seconds > 59 {
        return None;
    }
    let all = Decimal::from(u64::from(hours) * 3600 + u64::from(minutes) * 60 + u64::from(seconds));
    Some(if negative { -all } else { all })
}

/// Seconds as hours with at most four decimals, which is what LEDES holds; `None` where that would change them.
pub fn hours(seconds: Decimal) -> Option<Decimal> {
    let hour = Decimal::from(3600);
    let hours = seconds.checked_div(hour)?.round_dp(4).normalize();
    (hours.checked_mul(hour)? == seconds).then_some(hours)
}

/// The next multiple of `step` hours, away from nothing.
pub fn rounded_up(seconds: Decimal, step: Decimal) -> Option<Decimal> {
    let step = step.checked_mul(Decimal::from(3600))?;
    let over = seconds.abs().checked_rem(step)?;
    if over.is_zero() {
        return Some(seconds);
    }
    let up = seconds.abs().checked_sub(over)?.checked_add(step)?;
    Some(if seconds.is_sign_negative() { -up } else { up })
}

/// A duration for people: hours where they are exact, else hours, minutes and seconds.
pub fn shown(seconds: Decimal) -> String {
    if let Some(hours) = hours(seconds) {
        return hours.to_string();
    }
    let sign = if seconds.is_sign_negative() { "-" } else { "" };
    let whole = seconds.abs().trunc();
    let part = |by: u32, of: u32| (whole / Decimal::from(by)).trunc() % Decimal::from(of);
    let hours = (whole / Decimal::from(3600)).trunc();
    format!(
        "{sign}{hours}:{:0>2}:{:0>2}",
        part(60, 60).to_string(),
        part(1, 60).to_string()
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use rust_decimal::dec;

    #[test]
    fn amounts_are_read_and_none_is_guessed() {
        let point = |t: &str| amount(t, DecimalMark::Point);
        for (text, wanted) in [
            ("1,250.50", dec!(1250.5)),
            ("$760.00", dec!(760)),
            ("-$12.00", dec!(-12)),
            ("$-12.00", dec!(-12)),
            ("(1,200.00)", dec!(-1200)),
            ("12.00-", dec!(-12)),
            ("USD 5", dec!(5)),
            ("5.10 EUR", dec!(5.1)),
            ("$165.00/hr", dec!(165)),
            (".5", dec!(0.5)),
            ("1 250.00", dec!(1250)),
        ] {
            assert_eq!(point(text), Some(wanted), "{text}");
        }
        for text in [
            "1,25",
            "12,3456",
            "abc",
            "",
            "(-5)",
            "1.2.3",
            "--5",
            "1,2345.00",
            "$",
        ] {
            assert_eq!(point(text), None, "{text}");
        }
        assert_eq!(
            amount("1.250,50 \u{20ac}", DecimalMark::Comma),
            Some(dec!(1250.5))
        );
        assert_eq!(amount("2,5", DecimalMark::Comma), Some(dec!(2.5)));
        assert_eq!(amount("2.5", DecimalMark::Comma), None);
    }

    #[test]
    fn days_are_read_in_the_order_that_was_said() {
        let day = |t, o| date(t, o).map(|d| d.to_string());
        let third = Some("2026-03-02".to_owned());
        assert_eq!(day("3/2/2026", DateOrder::MonthFirst), third);
        assert_eq!(day("02.03.2026", DateOrder::DayFirst), third);
        assert_eq!(day("3/2/26 10:15 AM", DateOrder::MonthFirst), third);
        for text in [
            "2026-03-02",
            "20260302",
            "Mar 2, 2026",
            "2 March 2026",
            "2026-03-02T10:00:00Z",
            "2026/3/2",
        ] {
            assert_eq!(day(text, DateOrder::DayFirst), third, "{text}");
        }
        assert_eq!(day("3/2/2026", DateOrder::YearFirst), None);
        assert_eq!(day("13/2/2026", DateOrder::MonthFirst), None);
        assert_eq!(day("2026-02-30", DateOrder::YearFirst), None);
        assert_eq!(day("0026-03-02", DateOrder::YearFirst), None);
    }

    #[test]
    fn durations_are_exact_or_are_none() {
        let read = |t, f| seconds(t, f, DecimalMark::Point);
        assert_eq!(read("1:30", HoursForm::Clock), Some(dec!(5400)));
        assert_eq!(read("1h 30m", HoursForm::Clock), Some(dec!(5400)));
        assert_eq!(read("45m", HoursForm::Clock), Some(dec!(2700)));
        assert_eq!(read("2h", HoursForm::Clock), Some(dec!(7200)));
        assert_eq!(read("0:75", HoursForm::Clock), None);
        assert_eq!(read("1.5", HoursForm::Clock), None);
        assert_eq!(read("1:30", HoursForm::Decimal), None);
        assert_eq!(read("1.5h", HoursForm::Decimal), Some(dec!(5400)));
        assert_eq!(read("20", HoursForm::Minutes), Some(dec!(1200)));
        assert_eq!(hours(dec!(5400)), Some(dec!(1.5)));
        assert_eq!(hours(dec!(1200)), None);
        assert_eq!(shown(dec!(4800)), "1:20:00");
        assert_eq!(rounded_up(dec!(1200), dec!(0.1)), Some(dec!(1440)));
        assert_eq!(rounded_up(dec!(1440), dec!(0.1)), Some(dec!(1440)));
        assert_eq!(rounded_up(dec!(-1200), dec!(0.25)), Some(dec!(-1800)));
    }
}
