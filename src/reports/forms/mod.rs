//! Forms in which a report leaves: text, CSV, JSON, a workbook, a page, PDF; one file each. None knows what it counts.
//! Not here: any figure (`figures`).

pub mod chart;
pub mod csv;
pub mod json;
pub mod page;
#[cfg(feature = "pdf")]
pub mod pdf;
pub mod text;
pub mod workbook;

use super::amounts::{grouped, thousands};
use super::figures::{Behind, Cell, Column, Kind, Report, Row};
use rust_decimal::Decimal;

/// What there is beside the reports themselves.
#[derive(Clone, Debug, Default)]
pub struct About {
    /// Who it was made for.
    pub whose: String,
    /// When it was made, as people read it.
    pub made: String,
    /// Whether invoices stand below the rows.
    pub invoices: bool,
}

/// A cell as people read it.
pub(in crate::reports) fn shown(cell: &Cell, kind: Kind) -> String {
    match (cell, kind) {
        (Cell::Empty, _) => String::new(),
        (Cell::Text(text), _) => one_line(text),
        (Cell::Date(day), _) => day.to_string(),
        (Cell::Number(number), Kind::Money) => grouped(*number),
        (Cell::Number(number), Kind::Percent) => {
            let percent = number.saturating_mul(Decimal::ONE_HUNDRED);
            format!("{:.1} %", percent.round_dp(1))
        }
        (Cell::Number(number), Kind::Ratio) => format!("{:.2}", number.round_dp(2)),
        (Cell::Number(number), _) => thousands(&number.normalize().to_string()),
    }
}

/// Text on one line without what moves a cursor.
fn one_line(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

/// What stands beside one another in a row of a report.
#[derive(Clone, Copy)]
pub enum Beside<'a> {
    /// The currency of the amounts behind it.
    Currency,
    /// A column, and its place among those of the report.
    Column(usize, &'a Column),
}

impl Beside<'_> {
    /// What is written above it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Currency => "Currency",
            Self::Column(_, column) => column.title,
        }
    }

    /// The same where there is little room.
    pub fn short(self) -> &'static str {
        match self {
            Self::Currency => "Cur",
            Self::Column(..) => self.title(),
        }
    }

    /// True where it holds numbers, which stand to the right.
    pub fn right(self) -> bool {
        matches!(self, Self::Column(_, column) if column.kind.is_number())
    }
}

/// What stands beside one another in the rows of a report, first to last.
pub fn beside(report: &Report) -> Vec<Beside<'_>> {
    let mut all = Vec::new();
    let mut named = !report.names_currencies();
    for (place, column) in report.columns.iter().enumerate() {
        if column.below {
            continue;
        }
        if column.kind == Kind::Money && !named {
            named = true;
            all.push(Beside::Currency);
        }
        all.push(Beside::Column(place, column));
    }
    all
}

/// A row as plain texts.
pub(in crate::reports) fn texts(beside: &[Beside<'_>], cells: &[Cell], code: &str) -> Vec<String> {
    let text = |one: &Beside<'_>| match one {
        Beside::Currency => code.to_owned(),
        Beside::Column(place, column) => shown(&cells[*place], column.kind),
    };
    beside.iter().map(text).collect()
}

/// What stands below a row.
pub(in crate::reports) fn below(report: &Report, row: &Row) -> Vec<String> {
    let all = report.columns.iter().zip(&row.cells);
    all.filter(|(column, _)| column.below)
        .map(|(column, cell)| shown(cell, column.kind))
        .filter(|text| !text.is_empty())
        .collect()
}

/// An invoice behind a row, with what it adds to that: `AW-1, client SF01, matter 7, paid: cut 60.00, billed 300.00`.
pub(in crate::reports) fn invoice(report: &Report, one: &Behind) -> String {
    let numbers = report
        .columns
        .iter()
        .zip(&one.cells)
        .skip(1)
        .filter(|(c, cell)| {
            !matches!(c.total, super::figures::Total::Share(..))
                && cell.number().is_some_and(|n| !n.is_zero())
        });
    let words: Vec<String> = numbers
        .map(|(column, cell)| {
            format!(
                "{} {}",
                column.title.to_lowercase(),
                shown(cell, column.kind)
            )
        })
        .collect();
    format!(
        "{}, client {}, matter {}, {}: {}",
        one.number,
        one.client,
        one.matter,
        one.state,
        words.join(", ")
    )
}
