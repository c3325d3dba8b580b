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
use super::figures::{Cell, Kind, Report, Row};
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

/// A currency as people read it.
pub(in crate::reports) fn currency(code: &str) -> &str {
    match code {
        "?" => "?",
        named => named,
    }
}

/// Columns beside the figures, by their places, with the place before which the currency stands.
pub fn beside(report: &Report) -> (Vec<usize>, Option<usize>) {
    let all = report.columns.iter().enumerate();
    let places: Vec<usize> = all.filter(|(_, c)| !c.below).map(|(at, _)| at).collect();
    let money = places
        .iter()
        .position(|at| report.columns[*at].kind == Kind::Money);
    (places, money.filter(|_| report.names_currencies()))
}

/// What stands below a row.
pub(in crate::reports) fn below(report: &Report, row: &Row) -> Vec<String> {
    let all = report.columns.iter().zip(&row.cells);
    all.filter(|(column, _)| column.below)
        .map(|(column, cell)| shown(cell, column.kind))
        .filter(|text| !text.is_empty())
        .collect()
}

/// What an invoice adds to a row, in words: `Cut 60.00, Billed 300.00`.
pub(in crate::reports) fn adds(report: &Report, cells: &[Cell]) -> String {
    let numbers = report
        .columns
        .iter()
        .zip(cells)
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
    words.join(", ")
}
