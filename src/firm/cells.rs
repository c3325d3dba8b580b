//! The cells of one row, read by the name of their column; what cannot be read is a mistake with its place.

use crate::model::did_you_mean;
use chrono::{NaiveDate, NaiveTime};
use chrono_tz::Tz;
use rust_decimal::Decimal;
use std::collections::BTreeMap;
use std::fmt;

/// A mistake in a list, by file, row and column.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ListMistake {
    /// The file.
    pub file: String,
    /// Row from 1, the column names being row 1; 0: the whole file.
    pub row: usize,
    /// The column; empty: the whole row.
    pub column: String,
    /// What stands there.
    pub found: String,
    /// What should, and what to do.
    pub message: String,
}

impl fmt::Display for ListMistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if self.row > 0 {
            write!(f, ", row {}", self.row)?;
        }
        if !self.column.is_empty() {
            write!(f, ", column {}", self.column)?;
        }
        f.write_str(": ")?;
        if !self.found.is_empty() {
            write!(f, "\"{}\" ", self.found)?;
        }
        f.write_str(&self.message)
    }
}

/// The cells of one row.
pub struct Cells<'a> {
    file: &'a str,
    row: usize,
    cells: &'a BTreeMap<String, String>,
    mistakes: &'a mut Vec<ListMistake>,
}

impl<'a> Cells<'a> {
    /// The cells of row `row` of `file`, by the names of their columns.
    pub fn new(
        file: &'a str,
        row: usize,
        cells: &'a BTreeMap<String, String>,
        mistakes: &'a mut Vec<ListMistake>,
    ) -> Self {
        Self {
            file,
            row,
            cells,
            mistakes,
        }
    }

    fn get(&self, column: &str) -> &'a str {
        self.cells.get(column).map_or("", |cell| cell.trim())
    }

    fn wrong(&mut self, column: &str, found: &str, message: impl Into<String>) {
        self.mistakes.push(ListMistake {
            file: self.file.to_owned(),
            row: self.row,
            column: column.to_owned(),
            found: found.to_owned(),
            message: message.into(),
        });
    }

    /// A text; blank where there is none.
    pub fn text(&mut self, column: &str) -> String {
        self.get(column).to_owned()
    }

    /// A text that must be there.
    pub fn needed(&mut self, column: &str) -> String {
        let text = self.text(column);
        if text.is_empty() {
            self.wrong(column, "", "is blank; this list needs it in every row");
        }
        text
    }

    /// Texts between semicolons.
    pub fn texts(&mut self, column: &str) -> Vec<String> {
        let parts = self.get(column).split(';').map(str::trim);
        parts
            .filter(|part| !part.is_empty())
            .map(str::to_owned)
            .collect()
    }

    /// A day written year-month-day.
    pub fn date(&mut self, column: &str) -> Option<NaiveDate> {
        let found = self.get(column);
        if found.is_empty() {
            return None;
        }
        let day = found.parse().ok();
        if day.is_none() {
            self.wrong(
                column,
                found,
                "is no day; write year-month-day, as in 2026-01-31",
            );
        }
        day
    }

    /// A day that must be there.
    pub fn needed_date(&mut self, column: &str) -> NaiveDate {
        if self.get(column).is_empty() {
            self.wrong(
                column,
                "",
                "is blank; write the day as year-month-day, as in 2026-01-31",
            );
        }
        self.date(column).unwrap_or_default()
    }

    /// An amount with a decimal point, without thousands separators or currency signs. Negative is a mistake.
    pub fn amount(&mut self, column: &str) -> Option<Decimal> {
        let found = self.get(column);
        if found.is_empty() {
            return None;
        }
        let plain = found.bytes().all(|b| b.is_ascii_digit() || b == b'.');
        let amount = found.parse().ok().filter(|_| plain);
        if amount.is_none() {
            self.wrong(
                column,
                found,
                "is no amount; write digits and a decimal point only, as in 1250.00",
            );
        }
        amount
    }

    /// An amount that must be there.
    pub fn needed_amount(&mut self, column: &str) -> Decimal {
        if self.get(column).is_empty() {
            self.wrong(column, "", "is blank; write the amount, as in 1250.00");
        }
        self.amount(column).unwrap_or_default()
    }

    /// A share of one hundred, with or without the sign: `10 %` and `10` are a tenth.
    pub fn percent(&mut self, column: &str) -> Option<Decimal> {
        let found = self.get(column);
        self.percent_of(column, found)
    }

    /// Shares between semicolons.
    pub fn percents(&mut self, column: &str) -> Vec<Decimal> {
        let parts = self.get(column).split(';').map(str::trim);
        parts
            .filter_map(|part| self.percent_of(column, part))
            .collect()
    }

    fn percent_of(&mut self, column: &str, found: &str) -> Option<Decimal> {
        if found.is_empty() {
            return None;
        }
        let number = found.trim_end_matches('%').trim_end();
        let share: Option<Decimal> = number.parse().ok();
        let share = share.filter(|s| (Decimal::ZERO..=Decimal::ONE_HUNDRED).contains(s));
        if share.is_none() {
            self.wrong(
                column,
                found,
                "is no percentage from 0 to 100; write it as 10 or 10 %",
            );
        }
        share.map(|s| s / Decimal::ONE_HUNDRED)
    }

    /// A text with the blanks about it.
    pub fn untrimmed(&mut self, column: &str) -> String {
        self.cells.get(column).cloned().unwrap_or_default()
    }

    /// Says that a cell cannot be understood, and what to do.
    pub fn not_understood(&mut self, column: &str, message: &str) {
        let found = self.get(column);
        self.wrong(column, found, message);
    }

    /// One of some words; a blank is a mistake.
    pub fn needed_word<T: Copy>(&mut self, column: &str, known: &[(&str, T)]) -> Option<T> {
        if self.needed(column).is_empty() {
            return None;
        }
        self.word(column, known)
    }

    /// A whole number between two others.
    pub fn number(&mut self, column: &str, least: u32, most: u32) -> Option<u32> {
        let found = self.get(column);
        if found.is_empty() {
            return None;
        }
        let number = found.parse().ok().filter(|n| (least..=most).contains(n));
        if number.is_none() {
            let message = format!("is no whole number from {least} to {most}");
            self.wrong(column, found, message);
        }
        number
    }

    /// A number of days; a blank is a mistake.
    pub fn needed_days(&mut self, column: &str) -> u32 {
        if self.needed(column).is_empty() {
            return 0;
        }
        self.number(column, 0, 3660).unwrap_or_default()
    }

    /// A time of the day.
    pub fn time(&mut self, column: &str) -> Option<NaiveTime> {
        let found = self.get(column);
        if found.is_empty() {
            return None;
        }
        let time = NaiveTime::parse_from_str(found, "%H:%M").ok();
        if time.is_none() {
            let message = "is no time of the day; write hours and minutes, as in 17:00, and leave it blank for the end \
                           of the day";
            self.wrong(column, found, message);
        }
        time
    }

    /// A time zone of the tz database; a blank is a mistake.
    pub fn needed_time_zone(&mut self, column: &str) -> Option<Tz> {
        if self.needed(column).is_empty() {
            return None;
        }
        let found = self.get(column);
        let zone = found.parse().ok();
        if zone.is_none() {
            let names = chrono_tz::TZ_VARIANTS.iter().map(|z| z.name());
            let remedy = did_you_mean(found, names);
            self.wrong(column, found, format!("is no time zone; {remedy}"));
        }
        zone
    }

    /// A year.
    pub fn year(&mut self, column: &str) -> Option<i32> {
        let found = self.get(column);
        if found.is_empty() {
            return None;
        }
        let year = found.parse().ok().filter(|y| (1900..=2100).contains(y));
        if year.is_none() {
            self.wrong(column, found, "is no year; write four digits, as in 2014");
        }
        year
    }

    /// `yes` or `no`; `None` where it is blank.
    pub fn yes_or_no(&mut self, column: &str) -> Option<bool> {
        let found = self.get(column);
        match found.to_ascii_lowercase().as_str() {
            "" => None,
            "yes" | "y" | "true" => Some(true),
            "no" | "n" | "false" => Some(false),
            _ => {
                self.wrong(
                    column,
                    found,
                    "is neither yes nor no; write one of them, or leave it blank if nobody knows",
                );
                None
            }
        }
    }

    /// One of some words.
    pub fn word<T: Copy>(&mut self, column: &str, known: &[(&str, T)]) -> Option<T> {
        let found = self.get(column);
        if found.is_empty() {
            return None;
        }
        let word = known.iter().find(|(w, _)| w.eq_ignore_ascii_case(found));
        if word.is_none() {
            let words: Vec<&str> = known.iter().map(|(w, _)| *w).collect();
            self.wrong(
                column,
                found,
                format!("is not known here; write one of {}", words.join(", ")),
            );
        }
        word.map(|(_, value)| *value)
    }

    /// Says that two days stand in the wrong order.
    pub fn in_order(&mut self, from: &str, until: &str) {
        let day = |column: &str| self.get(column).parse::<NaiveDate>().ok();
        if let (Some(first), Some(last)) = (day(from), day(until))
            && last < first
        {
            let found = self.get(until);
            self.wrong(
                until,
                found,
                format!("is before {from} ({first}); change one of the two days"),
            );
        }
    }
}
