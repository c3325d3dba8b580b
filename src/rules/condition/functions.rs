//! The functions and aggregate values of expressions: names, types, what they say.

use super::glossary::Of;
use super::subject::{Level, Needs};
use super::value::Type;

/// A function.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Function {
    /// `matches(text, pattern)`
    Matches,
    /// `has(field)`
    Has,
    /// `size(text or list)`
    Size,
    /// `startsWith(text, text)`
    StartsWith,
    /// `endsWith(text, text)`
    EndsWith,
    /// `contains(text, text)`
    Contains,
    /// `lower(text)`
    Lower,
    /// `days_between(date, date)`
    DaysBetween,
    /// `business_days_between(date, date)`
    BusinessDaysBetween,
    /// `is_holiday(date)`
    IsHoliday,
    /// `day_of_week(date)`
    DayOfWeek,
    /// `day_of_month(date)`
    DayOfMonth,
    /// `days_in_month(date)`
    DaysInMonth,
    /// `date("2026-01-31")`
    Date,
    /// `abs(decimal)`
    Abs,
    /// `round(decimal, places)`
    Round,
    /// `is_multiple(decimal, decimal)`
    IsMultiple,
    /// `share_of(condition)`
    ShareOf,
}

/// A function with its documentation.
pub struct Described {
    /// Which.
    pub function: Function,
    /// Its name.
    pub name: &'static str,
    /// How it is written.
    pub form: &'static str,
    /// What it gives.
    pub gives: Type,
    /// What it says.
    pub says: &'static str,
}

const fn described(
    function: Function,
    name: &'static str,
    form: &'static str,
    gives: Type,
    says: &'static str,
) -> Described {
    Described {
        function,
        name,
        form,
        gives,
        says,
    }
}

/// Every function.
pub const FUNCTIONS: [Described; 18] = [
    described(
        Function::Matches,
        "matches",
        "matches(text, 'pattern')",
        Type::Bool,
        "the pattern, a regular expression, is found in the text; ^ and $ tie it to the ends, (?i) ignores case. Compiled when the pack is loaded; its time grows with the text, never faster",
    ),
    described(
        Function::Has,
        "has",
        "has(field)",
        Type::Bool,
        "the field is there, is not blank and could be read; never without a value itself",
    ),
    described(
        Function::Size,
        "size",
        "size(text or list)",
        Type::Decimal,
        "characters of a text, values of a list",
    ),
    described(
        Function::StartsWith,
        "startsWith",
        "startsWith(text, 'beginning')",
        Type::Bool,
        "the text begins so; case counts",
    ),
    described(
        Function::EndsWith,
        "endsWith",
        "endsWith(text, 'end')",
        Type::Bool,
        "the text ends so; case counts",
    ),
    described(
        Function::Contains,
        "contains",
        "contains(text, 'part')",
        Type::Bool,
        "the part stands somewhere in the text; case counts",
    ),
    described(
        Function::Lower,
        "lower",
        "lower(text)",
        Type::Text,
        "the text in small letters, to compare without regard to case",
    ),
    described(
        Function::DaysBetween,
        "days_between",
        "days_between(from, to)",
        Type::Days,
        "calendar days from the first date to the second; negative where the second is earlier",
    ),
    described(
        Function::BusinessDaysBetween,
        "business_days_between",
        "business_days_between(from, to)",
        Type::Days,
        "days from Monday to Friday after the first date, up to and with the second; negative where the second is earlier. Days on the firm's list of holidays are left out",
    ),
    described(
        Function::IsHoliday,
        "is_holiday",
        "is_holiday(date)",
        Type::Bool,
        "true for a day on the firm's list of holidays; without that list no day is one",
    ),
    described(
        Function::DayOfWeek,
        "day_of_week",
        "day_of_week(date)",
        Type::Decimal,
        "1 for Monday to 7 for Sunday",
    ),
    described(
        Function::DayOfMonth,
        "day_of_month",
        "day_of_month(date)",
        Type::Decimal,
        "1 for the first of the month",
    ),
    described(
        Function::DaysInMonth,
        "days_in_month",
        "days_in_month(date)",
        Type::Decimal,
        "28 to 31: the days of the month the date is in",
    ),
    described(
        Function::Date,
        "date",
        "date('2026-01-31')",
        Type::Date,
        "a day of the calendar, written year-month-day",
    ),
    described(
        Function::Abs,
        "abs",
        "abs(decimal)",
        Type::Decimal,
        "the number without its sign",
    ),
    described(
        Function::Round,
        "round",
        "round(decimal, places)",
        Type::Decimal,
        "the number rounded to so many decimals, half away from zero; without places to a whole number",
    ),
    described(
        Function::IsMultiple,
        "is_multiple",
        "is_multiple(decimal, step)",
        Type::Bool,
        "the number is a whole number of steps: 1.3 of 0.1",
    ),
    described(
        Function::ShareOf,
        "share_of",
        "share_of(condition)",
        Type::Decimal,
        "the share of the lines (of the timekeeper-day, timekeeper, matter or invoice) for which the condition holds, 0 to 1; lines for which it has no value are not counted. Not in rules about each line",
    ),
];

/// The function with this name.
pub fn function(name: &str) -> Option<&'static Described> {
    static ALL: [Described; 18] = FUNCTIONS;
    ALL.iter().find(|f| f.name == name)
}

/// A sum or count over lines.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Aggregate {
    /// Hours of the timekeeper on the day.
    HoursToday,
    /// Fee lines of the timekeeper on the day.
    LinesToday,
    /// Hours on the matter.
    HoursOnMatter,
    /// Money on the matter.
    AmountOnMatter,
    /// People on the matter.
    TimekeepersOnMatter,
    /// Lines.
    Count,
}

impl Aggregate {
    /// Every one.
    pub const ALL: [Self; 6] = [
        Self::HoursToday,
        Self::LinesToday,
        Self::HoursOnMatter,
        Self::AmountOnMatter,
        Self::TimekeepersOnMatter,
        Self::Count,
    ];

    /// Its name in expressions.
    pub fn name(self) -> &'static str {
        match self {
            Self::HoursToday => "hours_today",
            Self::LinesToday => "lines_today",
            Self::HoursOnMatter => "hours_on_matter",
            Self::AmountOnMatter => "amount_on_matter",
            Self::TimekeepersOnMatter => "timekeepers_on_matter",
            Self::Count => "count",
        }
    }

    /// What it is.
    pub fn says(self) -> &'static str {
        match self {
            Self::HoursToday => {
                "hours of all fee lines of the timekeeper on the date, over all matters of the invoice"
            }
            Self::LinesToday => "how many fee lines the timekeeper has on the date",
            Self::HoursOnMatter => {
                "hours of the timekeeper on the matter; in rules about each matter or invoice the hours of all its timekeepers"
            }
            Self::AmountOnMatter => {
                "sum of the line totals of the matter; in rules about each invoice of all its matters"
            }
            Self::TimekeepersOnMatter => {
                "how many different timekeepers, by their ids, have fee lines on the matter"
            }
            Self::Count => {
                "how many lines the timekeeper-day, timekeeper, matter or invoice has, after `only`"
            }
        }
    }

    /// True where rules about `level` may use it.
    pub fn is_known_at(self, level: Level) -> bool {
        match self {
            Self::HoursToday | Self::LinesToday => Of::Day.is_known_at(level),
            Self::HoursOnMatter | Self::AmountOnMatter => level != Level::TimekeeperDay,
            Self::TimekeepersOnMatter => Of::Matter.is_known_at(level),
            Self::Count => level != Level::Line,
        }
    }

    /// The groups it is worked out from.
    pub fn needs(self, level: Level) -> Needs {
        let mut needs = Needs::default();
        match self {
            Self::HoursToday | Self::LinesToday => needs.days = true,
            Self::HoursOnMatter if matches!(level, Level::Line | Level::Timekeeper) => {
                needs.timekeepers = true;
            }
            Self::HoursOnMatter | Self::AmountOnMatter => needs.matters = true,
            Self::TimekeepersOnMatter => needs.timekeepers = true,
            Self::Count => {}
        }
        needs
    }
}
