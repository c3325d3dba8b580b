//! Workbooks, read as what they show: values only. No formula is computed, no link followed, and a workbook that would
//! fill the memory is not opened.

use super::Mistake;
use crate::firm::{Sheet, SheetRow};
use calamine::{Data, DataRef, DataType, ExcelDateTime, Reader, Xls, Xlsx};
use std::collections::BTreeMap;
use std::io::{Cursor, Read};

/// Cells of a workbook.
pub const MOST_CELLS: usize = 2_000_000;
/// Rows of a sheet.
pub const MOST_ROWS: u32 = 200_000;
/// Columns of a sheet.
const MOST_COLUMNS: u32 = 512;
/// Bytes of a workbook once it is unpacked.
const MOST_UNPACKED: u64 = 128 << 20;
/// Files inside a workbook.
const MOST_PARTS: usize = 2_000;

/// A sheet, and where formulas stand in it.
#[derive(Clone, Debug, Default)]
pub struct Tab {
    /// Its name; `None`: the file has no sheets.
    pub name: Option<String>,
    /// Its rows that hold anything; `line` is the number of the row.
    pub sheet: Sheet,
    /// Row (from 1) and column (from 0) of each formula.
    pub formulas: Vec<(usize, usize)>,
}

fn unreadable(place: &str, why: impl std::fmt::Display) -> Mistake {
    Mistake {
        place: place.to_owned(),
        value: String::new(),
        expected: "a workbook that spreadsheet programs open".to_owned(),
        remedy: format!("save it anew as .xlsx or CSV, and import that ({why})"),
    }
}

fn too_large(place: &str, value: String, expected: String) -> Mistake {
    Mistake {
        place: place.to_owned(),
        value,
        expected,
        remedy: "export only the invoices that have news, or save the one sheet as CSV".to_owned(),
    }
}

/// What is gathered of one sheet.
#[derive(Default)]
struct Gathered {
    rows: BTreeMap<u32, Vec<String>>,
    formulas: Vec<(usize, usize)>,
}

impl Gathered {
    fn put(&mut self, place: &str, (row, column): (u32, u32), text: String) -> Result<(), Mistake> {
        if row >= MOST_ROWS {
            let value = format!("row {}", u64::from(row) + 1);
            return Err(too_large(place, value, format!("at most {MOST_ROWS} rows")));
        }
        if column >= MOST_COLUMNS {
            let value = format!("column {}", u64::from(column) + 1);
            return Err(too_large(
                place,
                value,
                format!("at most {MOST_COLUMNS} columns"),
            ));
        }
        let cells = self.rows.entry(row).or_default();
        let column = column as usize;
        if cells.len() <= column {
            cells.resize(column + 1, String::new());
        }
        cells[column] = text.trim().to_owned();
        Ok(())
    }

    fn tab(self, name: &str) -> Tab {
        let rows = self.rows.into_iter().map(|(row, cells)| SheetRow {
            line: row as usize + 1,
            cells,
        });
        let filled = |row: &SheetRow| row.cells.iter().any(|c| !c.is_empty());
        Tab {
            name: Some(name.to_owned()),
            sheet: Sheet {
                rows: rows.filter(filled).collect(),
            },
            formulas: self.formulas,
        }
    }
}

/// Reads an Office Open XML workbook.
///
/// # Errors
/// It cannot be read, or is too large.
pub fn xlsx(place: &str, bytes: &[u8]) -> Result<Vec<Tab>, Mistake> {
    unpacked(place, bytes)?;
    let wrong = |e: calamine::XlsxError| unreadable(place, e);
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(wrong)?;
    let mut tabs = Vec::new();
    let mut count = 0;
    for name in book.sheet_names() {
        let place = format!("{place}, sheet {name}");
        let mut gathered = Gathered::default();
        let mut cells = match book.worksheet_cells_reader(&name) {
            Ok(cells) => cells,
            // A sheet of charts only.
            Err(calamine::XlsxError::NotAWorksheet(_)) => continue,
            Err(e) => return Err(unreadable(&place, e)),
        };
        while let Some(cell) = cells
            .next_cell_with_formula_metadata()
            .map_err(|e| unreadable(&place, e))?
        {
            count += 1;
            if count > MOST_CELLS {
                let value = format!("more than {MOST_CELLS} cells");
                return Err(too_large(
                    &place,
                    value,
                    format!("at most {MOST_CELLS} cells"),
                ));
            }
            if cell.formula.is_some() {
                let at = (cell.pos.0 as usize + 1, cell.pos.1 as usize);
                gathered.formulas.push(at);
            }
            let text = shown_ref(&cell.value);
            if !text.is_empty() {
                gathered.put(&place, cell.pos, text)?;
            }
        }
        tabs.push(gathered.tab(&name));
    }
    Ok(tabs)
}

/// Whether a package unpacks to a size that can be worked with. What it says of its own size may be a lie, so it is
/// unpacked once, into nothing.
fn unpacked(place: &str, bytes: &[u8]) -> Result<(), Mistake> {
    let wrong = |e: zip::result::ZipError| unreadable(place, e);
    let mut package = zip::ZipArchive::new(Cursor::new(bytes)).map_err(wrong)?;
    if package.len() > MOST_PARTS {
        let value = format!("{} files inside", package.len());
        return Err(too_large(place, value, format!("at most {MOST_PARTS}")));
    }
    let mut left = MOST_UNPACKED;
    for index in 0..package.len() {
        let part = package.by_index(index).map_err(wrong)?;
        let read = std::io::copy(&mut part.take(left + 1), &mut std::io::sink());
        let read = read.map_err(|e| unreadable(place, e))?;
        left = left.checked_sub(read).ok_or_else(|| {
            let value = format!("more than {} MB once unpacked", MOST_UNPACKED >> 20);
            let expected = format!("at most {} MB or {MOST_CELLS} cells", MOST_UNPACKED >> 20);
            too_large(place, value, expected)
        })?;
    }
    Ok(())
}

/// Reads a workbook of Excel 97 to 2003.
///
/// # Errors
/// It cannot be read, or is too large.
pub fn xls(place: &str, bytes: &[u8]) -> Result<Vec<Tab>, Mistake> {
    measured(place, bytes)?;
    let wrong = |e: calamine::XlsError| unreadable(place, e);
    let mut book: Xls<_> = Xls::new(Cursor::new(bytes)).map_err(wrong)?;
    let mut tabs = Vec::new();
    for name in book.sheet_names() {
        let place = format!("{place}, sheet {name}");
        let mut gathered = Gathered::default();
        let range = book.worksheet_range(&name).map_err(wrong)?;
        let (top, left) = range.start().unwrap_or_default();
        for (row, column, value) in range.used_cells() {
            let at = (top + row as u32, left + column as u32);
            gathered.put(&place, at, shown(value))?;
        }
        let formulas = book.worksheet_formula(&name).map_err(wrong)?;
        let (top, left) = formulas.start().unwrap_or_default();
        for (row, column, formula) in formulas.used_cells() {
            if !formula.is_empty() {
                let at = (top as usize + row + 1, left as usize + column);
                gathered.formulas.push(at);
            }
        }
        tabs.push(gathered.tab(&name));
    }
    Ok(tabs)
}

/// Records of cells, which begin with row and column: [MS-XLS] 2.4.
const CELL_RECORDS: [u16; 10] = [
    0x0006, 0x00BD, 0x00BE, 0x00D6, 0x00FD, 0x0201, 0x0203, 0x0204, 0x0205, 0x027E,
];
/// The record a sheet begins with.
const BEGIN: u16 = 0x0809;

/// Whether an old workbook fits: the library lays each sheet out from its first to its last cell, before anybody can
/// ask how large that is.
fn measured(place: &str, bytes: &[u8]) -> Result<(), Mistake> {
    let mut file = cfb::CompoundFile::open(Cursor::new(bytes)).map_err(|e| unreadable(place, e))?;
    let name = ["/Workbook", "/Book"]
        .into_iter()
        .find(|n| file.is_stream(n));
    let Some(name) = name else {
        return Err(unreadable(place, "there is no sheet in it"));
    };
    let mut stream = Vec::new();
    let part = file.open_stream(name).map_err(|e| unreadable(place, e))?;
    part.take(MOST_UNPACKED)
        .read_to_end(&mut stream)
        .map_err(|e| unreadable(place, e))?;
    let (mut at, mut laid_out) = (0, 0_u64);
    let (mut rows, mut columns) = (0_u64, 0_u64);
    let number = |at: usize| -> Option<u16> {
        let two = stream.get(at..at + 2)?;
        Some(u16::from_le_bytes([two[0], two[1]]))
    };
    while let (Some(kind), Some(length)) = (number(at), number(at + 2)) {
        if kind == BEGIN {
            laid_out = laid_out.saturating_add(rows * columns);
            (rows, columns) = (0, 0);
        } else if CELL_RECORDS.contains(&kind)
            && let (Some(row), Some(column)) = (number(at + 4), number(at + 6))
        {
            // Some records hold several cells side by side.
            let wide = u64::from(column) + u64::from(length / 2).max(1);
            let wide = if matches!(kind, 0x00BD | 0x00BE) {
                wide
            } else {
                u64::from(column) + 1
            };
            rows = rows.max(u64::from(row) + 1);
            columns = columns.max(wide);
        }
        at += 4 + usize::from(length);
    }
    laid_out = laid_out.saturating_add(rows * columns);
    if laid_out > MOST_CELLS as u64 {
        let value = format!("{laid_out} cells between the first and the last of its sheets");
        return Err(too_large(place, value, format!("at most {MOST_CELLS}")));
    }
    Ok(())
}

fn shown(value: &Data) -> String {
    match value {
        Data::Float(number) => figure(*number),
        Data::DateTime(at) => instant(at),
        Data::Error(_) => String::new(),
        other => other.as_string().unwrap_or_default(),
    }
}

fn shown_ref(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Float(number) => figure(*number),
        DataRef::DateTime(at) => instant(at),
        DataRef::Int(number) => number.to_string(),
        DataRef::Bool(yes) => yes.to_string(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
            text.clone()
        }
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Error(_) | DataRef::Empty => String::new(),
    }
}

/// A number as the sheet shows it: workbooks keep binary fractions, of which the last digits mean nothing.
fn figure(number: f64) -> String {
    use rust_decimal::Decimal;
    let exact: Option<Decimal> = format!("{number}").parse().ok();
    exact.map_or_else(
        || number.to_string(),
        |n| n.round_dp(6).normalize().to_string(),
    )
}

fn instant(at: &ExcelDateTime) -> String {
    let (year, month, day, hour, minute, second, _) = at.to_ymd_hms_milli();
    let date = format!("{year:04}-{month:02}-{day:02}");
    match (hour, minute, second) {
        (0, 0, 0) => date,
        _ => format!("{date} {hour:02}:{minute:02}:{second:02}"),
    }
}
