//! The one shape of every report: what it counts, columns with their kinds, rows, totals, and the invoices behind each row.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Serialize;

/// Days from and to, both inside.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct Period {
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
}

impl Period {
    /// Whether an instant (milliseconds since 1970) lies in it, by the days of this machine.
    pub fn holds(&self, ms: i64) -> bool {
        let day = day(ms);
        self.from <= day && day <= self.to
    }

    /// `2026-01-01 to 2026-12-31`.
    pub fn words(&self) -> String {
        format!("{} to {}", self.from, self.to)
    }
}

/// The day of an instant (milliseconds since 1970) where this machine is.
pub fn day(ms: i64) -> NaiveDate {
    let at = chrono::DateTime::from_timestamp_millis(ms);
    at.map(|at| at.with_timezone(&chrono::Local).date_naive())
        .unwrap_or_default()
}

/// What a column holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Words.
    Text,
    /// How many.
    Count,
    /// Money, in the currency of the row.
    Money,
    /// A share; 1 is the whole.
    Percent,
    /// How many of something for each of something else.
    Ratio,
    /// Days.
    Days,
    /// A day.
    Date,
}

impl Kind {
    /// Whether it stands at the right side of its column.
    pub fn is_number(self) -> bool {
        !matches!(self, Self::Text | Self::Date)
    }
}

/// How the total of a column comes about.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Total {
    /// There is none.
    None,
    /// The sum of the rows of its currency.
    Sum,
    /// The total of one column over that of another, by their places.
    Share(usize, usize),
    /// Of its own, as one thing may stand in several rows, or as it is a median.
    Own,
}

/// A column.
#[derive(Clone, Debug, Serialize)]
pub struct Column {
    /// Its name for programs.
    pub name: &'static str,
    /// Its name for people.
    pub title: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// How its total comes about.
    pub total: Total,
    /// Words that stand below a row and not beside its figures.
    pub below: bool,
    /// Sentences of ours in which days stand as ISO 8601 has them: files keep them so, pages write them as their reader
    /// does.
    #[serde(skip)]
    pub says_days: bool,
}

impl Column {
    /// Words.
    pub const fn text(name: &'static str, title: &'static str) -> Self {
        Self::of(name, title, Kind::Text, Total::None)
    }

    /// A number that adds up.
    pub const fn count(name: &'static str, title: &'static str) -> Self {
        Self::of(name, title, Kind::Count, Total::Sum)
    }

    /// Money that adds up.
    pub const fn money(name: &'static str, title: &'static str) -> Self {
        Self::of(name, title, Kind::Money, Total::Sum)
    }

    /// A share of one column in another, by their places.
    pub const fn percent(name: &'static str, title: &'static str, of: usize, by: usize) -> Self {
        Self::of(name, title, Kind::Percent, Total::Share(of, by))
    }

    /// One column for each of another, by their places.
    pub const fn ratio(name: &'static str, title: &'static str, of: usize, by: usize) -> Self {
        Self::of(name, title, Kind::Ratio, Total::Share(of, by))
    }

    /// Of any kind.
    pub const fn of(name: &'static str, title: &'static str, kind: Kind, total: Total) -> Self {
        Self {
            name,
            title,
            kind,
            total,
            below: false,
            says_days: false,
        }
    }

    /// The same, of sentences in which days stand.
    pub const fn saying_days(mut self) -> Self {
        self.says_days = true;
        self
    }

    /// The same, to stand below a row.
    pub const fn below(mut self) -> Self {
        self.below = true;
        self
    }
}

/// What stands in a column of a row.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(untagged)]
pub enum Cell {
    /// Nothing, as nothing is known or nothing can be said.
    Empty,
    /// Words.
    Text(String),
    /// A count, an amount, a share or days.
    Number(Decimal),
    /// A day.
    Date(NaiveDate),
}

impl Cell {
    /// Its number.
    pub fn number(&self) -> Option<Decimal> {
        match self {
            Self::Number(number) => Some(*number),
            _ => None,
        }
    }
}

/// An invoice behind a row: what it adds to each column of it.
#[derive(Clone, Debug, Serialize)]
pub struct Behind {
    /// Its id.
    pub id: String,
    /// INVOICE_NUMBER.
    pub number: String,
    /// CLIENT_ID.
    pub client: String,
    /// The firm's number of the matter.
    pub matter: String,
    /// The partner who answers for it.
    pub partner: String,
    /// Its portal.
    pub portal: String,
    /// Where it is.
    pub state: String,
    /// By column, the first being what is said of it in words.
    pub cells: Vec<Cell>,
}

/// A row.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// By which it is named on the command line.
    pub key: String,
    /// ISO 4217 of its amounts, or `?`; empty where it has none.
    pub currency: String,
    /// By column.
    pub cells: Vec<Cell>,
    /// Something a person must see.
    pub alarm: bool,
    /// The invoices it was made of.
    pub invoices: Vec<Behind>,
}

/// A row of totals: one a currency.
#[derive(Clone, Debug, Serialize)]
pub struct Sum {
    /// ISO 4217, or `?`; empty where there are no amounts.
    pub currency: String,
    /// By column; the first is empty.
    pub cells: Vec<Cell>,
}

/// A sentence over a report.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Lead {
    /// The sentence.
    pub text: String,
    /// Something a person must see.
    pub alarm: bool,
}

/// What a chart shows: rows as bars.
#[derive(Clone, Debug, Serialize)]
pub struct Chart {
    /// What its bars are.
    pub title: &'static str,
    /// The column of their names, by its place.
    pub label: usize,
    /// The column of their length, by its place.
    pub column: usize,
    /// Bars stand in the order of the rows and not by length: months, deadlines.
    pub in_order: bool,
}

/// A report.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// Its name on the command line.
    pub name: &'static str,
    /// Its name for people.
    pub title: &'static str,
    /// The days it is about; `None`: it is about today.
    pub period: Option<Period>,
    /// What its rows are.
    pub by: &'static str,
    /// What it counts, in a sentence.
    pub counts: String,
    /// What is to be seen first.
    pub lead: Vec<Lead>,
    /// Its columns; the first is what a row is called.
    pub columns: Vec<Column>,
    /// Its rows.
    pub rows: Vec<Row>,
    /// Their totals.
    pub totals: Vec<Sum>,
    /// What else a reader has to know.
    pub notes: Vec<String>,
    /// What a picture of it shows.
    pub chart: Option<Chart>,
}

impl Report {
    /// Whether several currencies, or one that is known, stand in it.
    pub fn names_currencies(&self) -> bool {
        let named = |c: &str| !c.is_empty() && c != "?";
        self.rows.iter().any(|r| named(&r.currency))
    }

    /// The sums of its rows by currency, of columns that add up; the rest is worked out of these.
    pub fn add_up(&mut self) {
        let mut totals: Vec<Sum> = Vec::new();
        for row in &self.rows {
            let at = totals.iter().position(|t| t.currency == row.currency);
            let at = at.unwrap_or_else(|| {
                totals.push(Sum {
                    currency: row.currency.clone(),
                    cells: vec![Cell::Empty; self.columns.len()],
                });
                totals.len() - 1
            });
            for (place, column) in self.columns.iter().enumerate() {
                if let (Total::Sum, Some(number)) = (column.total, row.cells[place].number()) {
                    let before = totals[at].cells[place].number().unwrap_or_default();
                    totals[at].cells[place] = Cell::Number(before.saturating_add(number));
                }
            }
        }
        for total in &mut totals {
            shares(&self.columns, &mut total.cells);
        }
        totals.sort_by(|a, b| a.currency.cmp(&b.currency));
        self.totals = totals;
    }
}

/// Fills in columns that are worked out of two others. Nothing of nothing is not known.
pub(super) fn shares(columns: &[Column], cells: &mut [Cell]) {
    for (place, column) in columns.iter().enumerate() {
        if let Total::Share(of, by) = column.total {
            let share = cells[of].number().zip(cells[by].number());
            let share = share.and_then(|(of, by)| of.checked_div(by));
            cells[place] = share.map_or(Cell::Empty, |s| Cell::Number(s.round_dp(6)));
        }
    }
}
