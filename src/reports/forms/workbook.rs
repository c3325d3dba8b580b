//! Reports as a workbook: a sheet a report, totals as formulas, and a sheet of the invoices behind every figure. What is
//! words in a report is words in a cell, whatever they begin with.

use super::About;
use crate::reports::figures::{Cell, Kind, Report, Row, Total};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use rust_xlsxwriter::utility::row_col_to_cell;
use rust_xlsxwriter::{
    Color, ExcelDateTime, Format, FormatAlign, FormatBorder, Formula, Workbook, Worksheet,
    XlsxError,
};

/// The longest text a cell holds.
const LONGEST: usize = 32_000;
/// Rows a sheet may have, head and a last sentence aside.
const MOST: u32 = 1_048_000;
const RED: u32 = 0x00a4_262c;
const GREY: u32 = 0x00e8_ebef;

/// Formats of cells.
struct Looks {
    title: Format,
    plain: Format,
    wrapped: Format,
    lead: Format,
    head: Format,
}

impl Looks {
    fn new() -> Self {
        let plain = Format::new().set_align(FormatAlign::Top);
        Self {
            title: Format::new().set_bold().set_font_size(14),
            wrapped: plain.clone().set_font_color(Color::Gray),
            lead: plain.clone().set_bold().set_font_color(Color::RGB(RED)),
            head: Format::new()
                .set_bold()
                .set_text_wrap()
                .set_align(FormatAlign::Bottom)
                .set_background_color(Color::RGB(GREY))
                .set_border_bottom(FormatBorder::Thin),
            plain,
        }
    }

    fn of(&self, kind: Kind, alarm: bool, total: bool) -> Format {
        let mut format = self.plain.clone();
        format = match kind {
            // Figures stand close to the words of the next column otherwise.
            Kind::Text => format.set_indent(1),
            Kind::Count | Kind::Days => format.set_num_format("#,##0"),
            Kind::Money => format.set_num_format("#,##0.00"),
            Kind::Percent => format.set_num_format("0.0 %"),
            Kind::Ratio => format.set_num_format("0.00"),
            Kind::Date => format.set_num_format("yyyy-mm-dd"),
        };
        if alarm {
            format = format.set_font_color(Color::RGB(RED));
        }
        if total {
            format = format.set_bold().set_border_top(FormatBorder::Thin);
        }
        format
    }
}

/// A number as workbooks hold it: they know no other kind.
fn float(number: Decimal) -> f64 {
    number.to_f64().unwrap_or(f64::NAN)
}

fn words(text: &str) -> String {
    text.chars().take(LONGEST).collect()
}

fn write(
    sheet: &mut Worksheet,
    at: (u32, u16),
    cell: &Cell,
    format: &Format,
) -> Result<(), XlsxError> {
    let (row, column) = at;
    match cell {
        Cell::Empty => sheet.write_blank(row, column, format)?,
        Cell::Text(text) => sheet.write_string_with_format(row, column, words(text), format)?,
        Cell::Number(number) => {
            sheet.write_number_with_format(row, column, float(*number), format)?
        }
        Cell::Date(day) => {
            let iso = day.format("%Y-%m-%d").to_string();
            match ExcelDateTime::parse_from_str(&iso) {
                Ok(date) => sheet.write_datetime_with_format(row, column, date, format)?,
                // Before 1900 workbooks have no days.
                Err(_) => sheet.write_string_with_format(row, column, iso, format)?,
            }
        }
    };
    Ok(())
}

/// A column's place in the sheet: the currency stands second.
fn place(column: usize) -> u16 {
    let shifted = if column == 0 { 0 } else { column + 1 };
    u16::try_from(shifted).unwrap_or(u16::MAX)
}

const CURRENCY: u16 = 1;

fn width(report: &Report, column: usize) -> f64 {
    let cells = report.rows.iter().map(|r| match &r.cells[column] {
        Cell::Text(text) => text.chars().count(),
        _ => 12,
    });
    let widest = cells.max().unwrap_or(8).clamp(9, 48);
    widest as f64 + 2.0
}

fn sheet_of(
    book: &mut Workbook,
    report: &Report,
    about: &About,
    looks: &Looks,
) -> Result<(), XlsxError> {
    let sheet = book.add_worksheet();
    sheet.set_name(report.title)?;
    sheet.set_landscape();
    sheet.set_paper_size(9);
    sheet.set_print_fit_to_pages(1, 0);
    sheet.set_footer("&L&A&Rpage &P of &N");
    sheet.write_string_with_format(0, 0, report.title, &looks.title)?;
    let when = match report.period {
        Some(period) => period.words(),
        None => format!("as of {}", about.made),
    };
    let whose = match about.whose.as_str() {
        "" => String::new(),
        whose => format!(", {whose}"),
    };
    sheet.write_string_with_format(1, 0, words(&format!("{when}{whose}")), &looks.wrapped)?;
    let mut row = 2;
    for lead in &report.lead {
        let look = if lead.alarm {
            &looks.lead
        } else {
            &looks.plain
        };
        sheet.write_string_with_format(row, 0, words(&lead.text), look)?;
        row += 1;
    }
    let head = row + 1;
    sheet.write_string_with_format(head, CURRENCY, "Currency", &looks.head)?;
    sheet.set_column_width(CURRENCY, 9)?;
    for (at, column) in report.columns.iter().enumerate() {
        let look = match column.kind.is_number() {
            true => looks.head.clone().set_align(FormatAlign::Right),
            false => looks.head.clone().set_indent(1),
        };
        sheet.write_string_with_format(head, place(at), column.title, &look)?;
        sheet.set_column_width(place(at), width(report, at))?;
    }
    let first = head + 1;
    row = first;
    for one in &report.rows {
        let format = looks.of(Kind::Text, one.alarm, false);
        sheet.write_string_with_format(row, CURRENCY, words(&one.currency), &format)?;
        for (at, column) in report.columns.iter().enumerate() {
            let mut format = looks.of(column.kind, one.alarm, false);
            if column.below {
                format = format.set_text_wrap();
            }
            write(sheet, (row, place(at)), &one.cells[at], &format)?;
        }
        row += 1;
    }
    if row > first {
        sheet.set_freeze_panes(first, 1)?;
        sheet.autofilter(head, 0, row - 1, place(report.columns.len() - 1))?;
        sheet.set_repeat_rows(head, head)?;
        row = totals(sheet, report, looks, first, row)?;
    } else {
        sheet.write_string(row, 0, "Nothing to show.")?;
        row += 1;
    }
    row += 1;
    for note in std::iter::once(&report.counts).chain(&report.notes) {
        sheet.write_string_with_format(row, 0, words(note), &looks.wrapped)?;
        row += 1;
    }
    Ok(())
}

/// Totals below rows `first` to before `end`; returns the row after them.
fn totals(
    sheet: &mut Worksheet,
    report: &Report,
    looks: &Looks,
    first: u32,
    end: u32,
) -> Result<u32, XlsxError> {
    let mut row = end;
    for sum in &report.totals {
        let text = looks.of(Kind::Text, false, true);
        sheet.write_string_with_format(row, 0, "Total", &text)?;
        sheet.write_string_with_format(row, CURRENCY, words(&sum.currency), &text)?;
        for (at, column) in report.columns.iter().enumerate().skip(1) {
            let look = looks.of(column.kind, false, true);
            let here = place(at);
            let cell = |row: u32, column: u16| row_col_to_cell(row, column);
            let formula = match column.total {
                Total::None => {
                    sheet.write_blank(row, here, &look)?;
                    continue;
                }
                Total::Own => {
                    write(sheet, (row, here), &sum.cells[at], &look)?;
                    continue;
                }
                // Compared cell by cell: what a currency is called never becomes part of a formula.
                Total::Sum => format!(
                    "=SUMPRODUCT(--({}:{}={}),{}:{})",
                    cell(first, CURRENCY),
                    cell(end - 1, CURRENCY),
                    cell(row, CURRENCY),
                    cell(first, here),
                    cell(end - 1, here)
                ),
                Total::Share(of, by) => {
                    let (of, by) = (cell(row, place(of)), cell(row, place(by)));
                    format!("=IF({by}=0,\"\",{of}/{by})")
                }
            };
            let result = sum.cells[at].number().map(|n| n.normalize().to_string());
            let formula = Formula::new(formula).set_result(result.unwrap_or_default());
            sheet.write_formula_with_format(row, here, formula, &look)?;
        }
        row += 1;
    }
    Ok(row)
}

const HEADS: [(&str, f64); 11] = [
    ("Report", 24.0),
    ("Row", 28.0),
    ("Invoice", 18.0),
    ("Client", 14.0),
    ("Matter", 14.0),
    ("Partner", 18.0),
    ("Portal", 18.0),
    ("State", 14.0),
    ("Currency", 9.0),
    ("Figure", 22.0),
    ("Value", 14.0),
];

/// One row for each figure of each invoice behind each row.
fn invoices(book: &mut Workbook, reports: &[Report], looks: &Looks) -> Result<(), XlsxError> {
    let sheet = book.add_worksheet();
    sheet.set_name("Invoices")?;
    sheet.set_landscape();
    sheet.set_paper_size(9);
    sheet.set_print_fit_to_pages(1, 0);
    sheet.set_repeat_rows(0, 0)?;
    sheet.set_footer("&L&A&Rpage &P of &N");
    for (at, (head, width)) in (0..).zip(HEADS) {
        sheet.write_string_with_format(0, at, head, &looks.head)?;
        sheet.set_column_width(at, width)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    let mut at = 1;
    for report in reports {
        for row in &report.rows {
            for one in &row.invoices {
                let figures = report.columns.iter().zip(&one.cells).skip(1);
                for (column, cell) in figures {
                    if matches!(column.total, Total::Share(..)) || cell.number().is_none() {
                        continue;
                    }
                    if at >= MOST {
                        let text = "More do not fit into a sheet: ask for one report, a client or a shorter period.";
                        sheet.write_string_with_format(at, 0, text, &looks.lead)?;
                        return Ok(());
                    }
                    let texts = [
                        report.title,
                        label(row),
                        &one.number,
                        &one.client,
                        &one.matter,
                        &one.partner,
                        &one.portal,
                        &one.state,
                        &row.currency,
                        column.title,
                    ];
                    for (place, text) in (0..).zip(texts) {
                        sheet.write_string(at, place, words(text))?;
                    }
                    write(sheet, (at, 10), cell, &looks.of(column.kind, false, false))?;
                    at += 1;
                }
            }
        }
    }
    if at > 1 {
        sheet.autofilter(0, 0, at - 1, 10)?;
    }
    Ok(())
}

fn label(row: &Row) -> &str {
    match row.cells.first() {
        Some(Cell::Text(text)) => text,
        _ => &row.key,
    }
}

/// The workbook.
///
/// # Errors
/// More rows than a sheet holds.
pub fn workbook(reports: &[Report], about: &About) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let looks = Looks::new();
    for report in reports {
        sheet_of(&mut book, report, about, &looks)?;
    }
    invoices(&mut book, reports, &looks)?;
    book.save_to_buffer()
}
