//! Exports of time and billing programs as draft invoices: CSV and a mapping in, invoices out. Nothing is made up: what
//! no column, mapping, option or list says is named and refused.
//! Not here: the text of a format (`formats`), files on disk, and the check of what was drafted (the caller's).

mod bill;
mod field;
mod known;
mod layout;
mod mapping;
mod propose;
mod row;

pub use cells::{DateOrder, DecimalMark, HoursForm, amount, date, shown};
pub use field::{SLOTS, Slot, slot};
pub use layout::Layout;
pub use mapping::{Mapping, Status};
pub use propose::proposal;
pub use row::{Problem, Reckoning};

use crate::firm::figures as cells;
use crate::firm::{Sheet, SheetRow};
use crate::model::{Invoice, LedesFormat, Lists};
use row::{Entry, Reader};
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// What an import came to.
#[derive(Debug, Default)]
pub struct Imported {
    /// The drafts.
    pub invoices: Vec<Invoice>,
    /// Rows that became lines.
    pub lines: usize,
    /// Rows left out, and why.
    pub problems: Vec<Problem>,
    /// Rows that bill nothing: headings, and those the mapping leaves aside.
    pub aside: usize,
    /// Rows of totals: line and amount.
    pub totals: Vec<(usize, Option<Decimal>)>,
    /// Time of the fees as it was recorded, in seconds.
    pub seconds: Decimal,
    /// Hours of the fees as they are billed.
    pub hours: Decimal,
    /// What the lines come to.
    pub amount: Decimal,
    /// What the rows of the file state, those left out too; `None` where one states nothing that can be read.
    pub stated: Option<Decimal>,
}

/// Why there is no import at all.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum NoImport {
    /// The file and the mapping do not fit.
    #[error("{0}")]
    Layout(String),
    /// Fields that must be filled and have no value on any row.
    #[error("{}", missing_words(.0))]
    Missing(Vec<&'static str>),
    /// Money that cannot be reckoned with.
    #[error("{0}")]
    Money(#[from] super::Refusal),
}

fn missing_words(fields: &[&'static str]) -> String {
    let mut text = "an invoice needs these, and nothing says them (nothing is made up):".to_owned();
    for name in fields {
        let what = SLOTS
            .iter()
            .find(|s| s.name == *name)
            .map_or("", |s| s.what);
        let remedy = match *name {
            "timekeeper_id" | "timekeeper_name" | "timekeeper_classification" => {
                "a column, [lookup.timekeeper_name] (or _id) in the mapping, or timekeepers.csv in --firm"
            }
            "unit_cost" => {
                "a column, [lookup.timekeeper_id] in the mapping, or rates.csv in --firm"
            }
            "units" | "line_description" | "line_date" => "a column",
            "line_type" => "a column, or --set line_type=F where every row is time",
            "law_firm_matter_id" => {
                "a column, --set law_firm_matter_id=..., or matters.csv in --firm"
            }
            "client_id" => "a column, --set client_id=..., or clients.csv in --firm",
            name => {
                text.push_str(&format!(
                    "\n  {name:<26} {what}: a column, or --set {name}=..."
                ));
                continue;
            }
        };
        text.push_str(&format!("\n  {name:<26} {what}: {remedy}"));
    }
    text
}

/// Reads the rows of a sheet as drafts.
///
/// # Errors
/// See [`NoImport`]. A row that cannot be read is a [`Problem`], and the others go on.
pub fn import(
    sheet: &Sheet,
    mapping: &Mapping,
    lists: &Lists,
    reckoning: Reckoning,
    format: LedesFormat,
) -> Result<Imported, NoImport> {
    let layout = Layout::of(sheet, mapping).map_err(NoImport::Layout)?;
    let reader = Reader {
        mapping,
        layout: &layout,
        lists,
        reckoning,
    };
    let mut done = Imported {
        stated: layout
            .columns
            .contains_key("line_total")
            .then_some(Decimal::ZERO),
        ..Imported::default()
    };
    let mut entries: Vec<Entry> = Vec::new();
    let mut missing: BTreeMap<&'static str, Vec<usize>> = BTreeMap::new();
    let mut kinds = Vec::new();
    for row in &sheet.rows[layout.header + 1..] {
        if is_aside(row, &layout) {
            done.aside += 1;
            continue;
        }
        let stated = stated(row, &layout, mapping);
        if is_total(row, &layout) {
            done.totals.push((row.line, stated));
            continue;
        }
        done.stated = done.stated.and_then(|sum| sum.checked_add(stated?));
        let read = reader.read(row);
        kinds.push(read.kind);
        done.problems.extend(read.problems);
        for field in read.missing {
            missing.entry(field).or_default().push(row.line);
        }
        entries.extend(read.entry);
    }
    if kinds.is_empty() {
        return Err(NoImport::Layout(
            "there are column names and no entries below them".to_owned(),
        ));
    }
    refuse_missing(&missing, &kinds)?;
    for (field, lines) in missing {
        done.problems.extend(lines.into_iter().map(|line| {
            Problem {
                line,
                field,
                found: String::new(),
                message:
                    "is blank, and an invoice needs it; fill the row, or say it in the mapping"
                        .to_owned(),
            }
        }));
    }
    let bill::Billed {
        invoices,
        entries,
        problems,
    } = bill::invoices(entries, format)?;
    done.problems.extend(problems);
    done.problems.sort_by_key(|p| p.line);
    for entry in &entries {
        let sum = |sum: Decimal, more: Decimal| {
            sum.checked_add(more)
                .ok_or_else(|| super::Refusal::new("its amounts are too large to be added"))
        };
        done.amount = sum(done.amount, entry.total)?;
        if entry.kind == crate::model::LineKind::Fee {
            done.seconds = sum(done.seconds, entry.seconds)?;
            done.hours = sum(done.hours, entry.units.unwrap_or_default())?;
        }
    }
    done.lines = entries.len();
    done.invoices = invoices;
    Ok(done)
}

/// A field that no row has is said once, for the whole import.
fn refuse_missing(
    missing: &BTreeMap<&'static str, Vec<usize>>,
    kinds: &[Option<crate::model::LineKind>],
) -> Result<(), NoImport> {
    let nowhere = |slot: &&Slot| {
        let rows = missing.get(slot.name).map_or(0, Vec::len);
        let needing = kinds.iter().filter(|k| match k {
            Some(kind) => slot.needed.on(*kind),
            None => slot.name == "line_type",
        });
        let needing = needing.count();
        // One row that lacks what its neighbours need not have is a row to mend, not a gap of the export.
        rows > 0 && rows == needing && (slot.of_invoice || needing == kinds.len() || needing > 1)
    };
    let all: Vec<&'static str> = SLOTS.iter().filter(nowhere).map(|s| s.name).collect();
    if all.is_empty() {
        Ok(())
    } else {
        Err(NoImport::Missing(all))
    }
}

/// A heading, or a row the mapping leaves aside.
fn is_aside(row: &SheetRow, layout: &Layout) -> bool {
    let filled = row.cells.iter().filter(|c| !c.is_empty()).count();
    let heading = filled == 1 && layout.columns.len() > 2 && !has_number(row);
    let skipped = |(column, values): &(usize, Vec<String>)| {
        values.contains(&mapping::plain(row.cell(*column)))
    };
    heading || layout.skip.iter().any(skipped)
}

fn has_number(row: &SheetRow) -> bool {
    let figures = row.cells.iter().filter(|c| !c.is_empty());
    figures.clone().any(|c| {
        c.chars()
            .all(|c| c.is_ascii_digit() || ".,$:() -".contains(c))
    })
}

/// A row of totals has no day, and says so or holds nothing but figures.
fn is_total(row: &SheetRow, layout: &Layout) -> bool {
    let day = layout.columns.get("line_date").map_or("", |c| row.cell(*c));
    let says = |text: &str| {
        let text = mapping::plain(text);
        [
            "total",
            "totals",
            "subtotal",
            "sub-total",
            "grand total",
            "sum",
            "summe",
        ]
        .iter()
        .any(|w| {
            text == *w
                || text
                    .strip_prefix(w)
                    .is_some_and(|rest| rest.starts_with(' '))
        })
    };
    let says_so = row.cells.iter().any(|c| says(c));
    let words = |field: &str| {
        layout
            .columns
            .get(field)
            .is_some_and(|c| !row.cell(*c).is_empty())
    };
    let only_figures = ![
        "line_description",
        "line_type",
        "timekeeper_name",
        "timekeeper_id",
        "client_name",
    ]
    .iter()
    .any(|f| words(f));
    if day.is_empty() {
        says_so || only_figures
    } else {
        says(day)
    }
}

fn stated(row: &SheetRow, layout: &Layout, mapping: &Mapping) -> Option<Decimal> {
    let column = layout.columns.get("line_total")?;
    amount(row.cell(*column), mapping.decimal_mark)
}
