//! Dates and money as a person's country writes them, by the languages their browser asks for.

use chrono::{DateTime, Datelike, NaiveDate};
use rust_decimal::Decimal;

/// In which order a date stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Order {
    /// `Mar 4, 2026`
    MonthFirst,
    /// `4 Mar 2026`
    DayFirst,
    /// `04.03.2026` with this mark.
    Numbers(char),
    /// `2026-03-04`
    Iso,
}

/// How dates and money are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Locale {
    group: &'static str,
    point: char,
    order: Order,
}

const NO_BREAK: &str = "\u{a0}";

/// By language and, where they differ, country: mark of thousands, decimal mark, order of a date.
const KNOWN: &[(&str, Locale)] = &[
    ("en-us", Locale::new(",", '.', Order::MonthFirst)),
    ("en-ca", Locale::new(",", '.', Order::Iso)),
    ("en-za", Locale::new(NO_BREAK, ',', Order::DayFirst)),
    ("en-gb", Locale::new(",", '.', Order::DayFirst)),
    ("en-au", Locale::new(",", '.', Order::DayFirst)),
    ("en-nz", Locale::new(",", '.', Order::DayFirst)),
    ("en-ie", Locale::new(",", '.', Order::DayFirst)),
    ("en-in", Locale::new(",", '.', Order::DayFirst)),
    ("en", Locale::new(",", '.', Order::MonthFirst)),
    ("de-ch", Locale::new("\u{2019}", '.', Order::Numbers('.'))),
    ("de-at", Locale::new(NO_BREAK, ',', Order::Numbers('.'))),
    ("de", Locale::new(".", ',', Order::Numbers('.'))),
    ("fr-ca", Locale::new(NO_BREAK, ',', Order::Iso)),
    ("fr", Locale::new("\u{202f}", ',', Order::Numbers('/'))),
    ("es-mx", Locale::new(",", '.', Order::Numbers('/'))),
    ("es", Locale::new(".", ',', Order::Numbers('/'))),
    ("it", Locale::new(".", ',', Order::Numbers('/'))),
    ("pt", Locale::new(".", ',', Order::Numbers('/'))),
    ("nl", Locale::new(".", ',', Order::Numbers('-'))),
    ("da", Locale::new(".", ',', Order::Numbers('.'))),
    ("nb", Locale::new(NO_BREAK, ',', Order::Numbers('.'))),
    ("fi", Locale::new(NO_BREAK, ',', Order::Numbers('.'))),
    ("pl", Locale::new(NO_BREAK, ',', Order::Numbers('.'))),
    ("cs", Locale::new(NO_BREAK, ',', Order::Numbers('.'))),
    ("sv", Locale::new(NO_BREAK, ',', Order::Iso)),
];

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

impl Locale {
    const fn new(group: &'static str, point: char, order: Order) -> Self {
        Self {
            group,
            point,
            order,
        }
    }

    /// The first known one that is asked for (`Accept-Language`); else ISO dates and `1,234.56`.
    pub fn of(accepted: &str) -> Self {
        let asked = accepted.split(',').map(|part| {
            let tag = part.split(';').next().unwrap_or("");
            tag.trim().to_ascii_lowercase()
        });
        for tag in asked {
            let language = tag.split('-').next().unwrap_or("");
            let exact = KNOWN.iter().find(|(name, _)| *name == tag);
            if let Some((_, locale)) = exact.or(KNOWN.iter().find(|(name, _)| *name == language)) {
                return *locale;
            }
        }
        Self::new(",", '.', Order::Iso)
    }

    /// A day.
    pub fn day(&self, day: NaiveDate) -> String {
        let (d, m, y) = (day.day(), day.month(), day.year());
        let month = MONTHS[day.month0() as usize % 12];
        match self.order {
            Order::MonthFirst => format!("{month} {d}, {y}"),
            Order::DayFirst => format!("{d} {month} {y}"),
            Order::Numbers(mark) => format!("{d:02}{mark}{m:02}{mark}{y}"),
            Order::Iso => day.to_string(),
        }
    }

    /// A day that stands as text; what is no day stays as it is.
    pub fn day_of(&self, text: &str) -> String {
        let day = text.parse::<NaiveDate>();
        day.map_or_else(|_| text.to_owned(), |day| self.day(day))
    }

    /// A sentence of ours in which days and instants stand as ISO 8601 has them (`2026-03-04`, `2026-03-04 17:00`,
    /// `2026-03-04T22:00:00Z`), with them as this person reads them. What only looks like a day within a name stays, and
    /// so does what stands in quotation marks: those are somebody else's words.
    pub fn days_in(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut words = text.split_inclusive(char::is_whitespace).peekable();
        let mut quoted = false;
        while let Some(word) = words.next() {
            let marks = word.matches('"').count();
            if quoted || marks > 0 {
                quoted ^= marks % 2 == 1;
                out += word;
                continue;
            }
            let core = word.trim_matches(|c: char| !c.is_alphanumeric());
            if let Some(day) = iso_day(core) {
                out += &word.replacen(core, &self.day(day), 1);
                let is_time = |next: &&str| {
                    let digits = next.bytes().take(2).filter(u8::is_ascii_digit).count();
                    digits == 2 && next.as_bytes().get(2) == Some(&b':')
                };
                let blank = word.len() - word.trim_end().len();
                if word.trim_end().ends_with(core) && words.peek().is_some_and(is_time) {
                    out.insert(out.len() - blank, ',');
                }
            } else if let Ok(at) = DateTime::parse_from_rfc3339(core) {
                out += &word.replacen(core, &self.instant(at.timestamp_millis()), 1);
            } else {
                out += word;
            }
        }
        out
    }

    /// The day of an instant, where this machine is.
    pub fn day_at(&self, ms: i64) -> String {
        match DateTime::from_timestamp_millis(ms) {
            Some(at) => self.day(at.with_timezone(&chrono::Local).date_naive()),
            None => ms.to_string(),
        }
    }

    /// An instant, where this machine is.
    pub fn instant(&self, ms: i64) -> String {
        let Some(at) = DateTime::from_timestamp_millis(ms) else {
            return ms.to_string();
        };
        let local = at.with_timezone(&chrono::Local);
        format!(
            "{}, {}",
            self.day(local.date_naive()),
            local.format("%H:%M")
        )
    }

    /// A number with the decimals it has.
    pub fn number(&self, number: Decimal) -> String {
        self.marked(&number.to_string())
    }

    /// A number that stands as text in a file; what is no plain number stays as it is.
    pub fn number_of(&self, text: &str) -> String {
        self.marked(text)
    }

    /// Money with at least two decimals.
    pub fn amount(&self, amount: Decimal) -> String {
        let mut amount = amount.normalize();
        if amount.scale() < 2 {
            amount.rescale(2);
        }
        self.marked(&amount.to_string())
    }

    /// Money with its currency, where one is known.
    pub fn money(&self, amount: Decimal, currency: &str) -> String {
        match currency {
            "" | "?" => self.amount(amount),
            named => format!(
                "{}{NO_BREAK}{}",
                self.amount(amount),
                crate::render::printable(named)
            ),
        }
    }

    fn marked(&self, number: &str) -> String {
        let unsigned = number.strip_prefix('-').unwrap_or(number);
        let (whole, rest) = unsigned.split_once('.').unwrap_or((unsigned, ""));
        let digits = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
        let padded = whole.len() > 1 && whole.starts_with('0');
        if whole.is_empty() || !digits(whole) || !digits(rest) || padded {
            return number.to_owned();
        }
        let mut out = String::with_capacity(number.len() + whole.len());
        if unsigned.len() < number.len() {
            // A real minus does not break from its number.
            out.push('\u{2212}');
        }
        for (at, digit) in whole.chars().enumerate() {
            if at > 0 && (whole.len() - at).is_multiple_of(3) {
                out.push_str(self.group);
            }
            out.push(digit);
        }
        if !rest.is_empty() {
            out.push(self.point);
            out.push_str(rest);
        }
        out
    }
}

/// A day as ISO 8601 has it, with nothing before or behind it.
fn iso_day(text: &str) -> Option<NaiveDate> {
    let plain = text.len() == 10 && text.starts_with(|c: char| c.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_country_has_its_way() {
        let day = NaiveDate::from_ymd_opt(2026, 3, 4).expect("a day");
        let money = Decimal::new(-123_456_750, 2);
        for (accepted, date, amount) in [
            ("en-US,en;q=0.9", "Mar 4, 2026", "\u{2212}1,234,567.50"),
            ("en-GB", "4 Mar 2026", "\u{2212}1,234,567.50"),
            (
                "de-DE,de;q=0.9,en;q=0.8",
                "04.03.2026",
                "\u{2212}1.234.567,50",
            ),
            ("de-CH", "04.03.2026", "\u{2212}1\u{2019}234\u{2019}567.50"),
            ("sv", "2026-03-04", "\u{2212}1\u{a0}234\u{a0}567,50"),
            (
                "tlh, fr;q=0.5",
                "04/03/2026",
                "\u{2212}1\u{202f}234\u{202f}567,50",
            ),
            ("", "2026-03-04", "\u{2212}1,234,567.50"),
        ] {
            let locale = Locale::of(accepted);
            assert_eq!(locale.day(day), date, "{accepted}");
            assert_eq!(locale.amount(money), amount, "{accepted}");
        }
    }

    #[test]
    fn days_in_sentences_are_the_readers() {
        let sentence = "60 days after it was adjusted on 2026-09-01 (America/New_York): 2026-10-31; until 17:00";
        assert_eq!(
            Locale::of("en-US").days_in(sentence),
            "60 days after it was adjusted on Sep 1, 2026 (America/New_York): Oct 31, 2026; until 17:00"
        );
        let locale = Locale::of("de-DE");
        assert_eq!(
            locale.days_in("2026-10-31 23:59:59 America/New_York"),
            "31.10.2026, 23:59:59 America/New_York"
        );
        let at = "2026-03-04T12:00:00.000Z";
        let ms = DateTime::parse_from_rfc3339(at).expect("an instant");
        let instant = locale.instant(ms.timestamp_millis());
        assert_eq!(
            locale.days_in(&format!("what was heard at {at} is gone")),
            format!("what was heard at {instant} is gone")
        );
        for stays in [
            "the words \"Review letter of 2026-09-15; call\" and \"2026-09-16\"",
            "REF-2026-11-03-000177125, 2026-0401 and 2026-13-01",
            "matter 2026-11-03A",
            "",
        ] {
            assert_eq!(locale.days_in(stays), stays);
        }
        assert_eq!(Locale::of("").days_in(sentence), sentence);
    }

    #[test]
    fn what_is_no_number_or_day_stays() {
        let locale = Locale::of("de");
        assert_eq!(locale.number_of("1O.5"), "1O.5");
        assert_eq!(locale.number_of("007"), "007");
        assert_eq!(locale.number_of("1200.5"), "1.200,5");
        assert_eq!(locale.day_of("2026-13-01"), "2026-13-01");
        assert_eq!(locale.money(Decimal::ONE, "?"), "1,00");
    }
}
