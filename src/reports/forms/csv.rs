//! A report as a table for a spreadsheet; nothing in it is taken for a formula.

use crate::render::for_sheets;
use crate::reports::figures::{Cell, Report};

/// The byte order mark by which spreadsheets know UTF-8.
const MARK: &[u8] = "\u{feff}".as_bytes();

fn plain(cell: &Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => for_sheets(text).into_owned(),
        Cell::Number(number) => number.to_string(),
        Cell::Date(day) => day.to_string(),
    }
}

/// The rows; or, with `invoices`, the invoices behind them, with the key of the row each stands in.
///
/// # Errors
/// Never: it is written into memory.
pub fn csv(report: &Report, invoices: bool) -> Result<Vec<u8>, csv::Error> {
    let mut table = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(MARK.to_vec());
    let names = report.columns.iter().map(|c| c.name);
    if !invoices {
        table.write_record(["row", "currency"].into_iter().chain(names))?;
        for row in &report.rows {
            let head = [for_sheets(&row.key).into_owned(), text(&row.currency)];
            table.write_record(head.into_iter().chain(row.cells.iter().map(plain)))?;
        }
    } else {
        let head = [
            "row",
            "currency",
            "invoice_number",
            "client_id",
            "law_firm_matter_id",
            "partner",
            "portal",
            "state",
            "id",
        ];
        table.write_record(head.into_iter().chain(names.skip(1)))?;
        for row in &report.rows {
            for one in &row.invoices {
                let head = [
                    &row.key,
                    &row.currency,
                    &one.number,
                    &one.client,
                    &one.matter,
                    &one.partner,
                    &one.portal,
                    &one.state,
                    &one.id,
                ]
                .map(|t| text(t));
                table.write_record(head.into_iter().chain(one.cells.iter().skip(1).map(plain)))?;
            }
        }
    }
    table.into_inner().map_err(|e| e.into_error().into())
}

fn text(text: &str) -> String {
    for_sheets(text).into_owned()
}
