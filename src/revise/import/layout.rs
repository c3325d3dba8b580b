//! Where the columns of a mapping stand in a file.

use super::field::slot;
use super::mapping::{Mapping, plain};
use crate::firm::Sheet;
use crate::model::did_you_mean;
use std::collections::BTreeMap;

/// The row of column names, and the column of each field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    /// Index of that row in the sheet.
    pub header: usize,
    /// Column by field.
    pub columns: BTreeMap<&'static str, usize>,
    /// Columns that decide which rows are left aside, and the values that do.
    pub skip: Vec<(usize, Vec<String>)>,
}

/// Rows in which the column names are looked for: reports begin with titles.
const LOOKED_AT: usize = 25;

impl Layout {
    /// Finds them.
    ///
    /// # Errors
    /// No row has the names; a name the firm's own mapping has is not there; two columns are one field.
    pub fn of(sheet: &Sheet, mapping: &Mapping) -> Result<Self, String> {
        let rows = sheet.rows.iter().take(LOOKED_AT).enumerate();
        let known = |cell: &&String| {
            let cell = plain(cell);
            let mut names = mapping.columns.values().flatten();
            !cell.is_empty() && names.any(|n| plain(n) == cell)
        };
        let best = rows
            .map(|(index, row)| (row.cells.iter().filter(known).count(), index))
            .max_by_key(|(count, index)| (*count, usize::MAX - index));
        let enough = (mapping.columns.len() / 2).min(2);
        let Some((_, header)) = best.filter(|(count, _)| *count >= enough.max(1)) else {
            return Err(no_header(sheet, mapping));
        };
        let row = &sheet.rows[header];
        let named: Vec<String> = row.cells.iter().map(|c| plain(c)).collect();
        let mut layout = Self {
            header,
            ..Self::default()
        };
        for (field, names) in &mapping.columns {
            let names: Vec<String> = names.iter().map(|n| plain(n)).collect();
            let found: Vec<usize> = (0..named.len())
                .filter(|i| names.contains(&named[*i]))
                .collect();
            match found.as_slice() {
                [] if mapping.strict || mapping.asked.contains(field) => {
                    let known = row
                        .cells
                        .iter()
                        .map(String::as_str)
                        .filter(|c| !c.is_empty());
                    let wanted = mapping.columns[field].join("\" or \"");
                    return Err(format!(
                        "line {}: there is no column \"{wanted}\" for {field}; {}",
                        row.line,
                        did_you_mean(&wanted, known)
                    ));
                }
                [] => {}
                [column] => {
                    layout.columns.insert(field, *column);
                }
                [one, other, ..] => {
                    return Err(format!(
                        "line {}: columns {} \"{}\" and {} \"{}\" are both {field}; say which: --column {field}=NAME, or \
                         give one of them another name",
                        row.line,
                        one + 1,
                        row.cell(*one),
                        other + 1,
                        row.cell(*other)
                    ));
                }
            }
        }
        for (column, values) in &mapping.skip {
            let name = plain(column);
            match named.iter().position(|n| *n == name) {
                Some(at) => layout.skip.push((at, values.clone())),
                None if mapping.strict => {
                    let known = row
                        .cells
                        .iter()
                        .map(String::as_str)
                        .filter(|c| !c.is_empty());
                    return Err(format!(
                        "line {}: there is no column \"{column}\", by which rows are to be left aside; {}",
                        row.line,
                        did_you_mean(column, known)
                    ));
                }
                None => {}
            }
        }
        let used: Vec<usize> = layout.columns.values().copied().collect();
        if let Some(twice) = used
            .iter()
            .enumerate()
            .find(|(i, c)| used[..*i].contains(c))
        {
            let fields = layout.columns.iter().filter(|(_, c)| *c == twice.1);
            let fields: Vec<&str> = fields.map(|(f, _)| *f).collect();
            return Err(format!(
                "column \"{}\" is mapped to {}; a [[split]] takes one column apart",
                row.cell(*twice.1),
                fields.join(" and ")
            ));
        }
        Ok(layout)
    }
}

fn no_header(sheet: &Sheet, mapping: &Mapping) -> String {
    let first = sheet
        .rows
        .first()
        .map(|r| r.cells.join(", "))
        .unwrap_or_default();
    let first: String = first.chars().take(120).collect();
    let wanted: Vec<String> = mapping
        .columns
        .iter()
        .take(6)
        .filter_map(|(field, names)| {
            let what = slot(field).ok()?.what;
            Some(format!("\"{}\" ({what})", names.first()?))
        })
        .collect();
    format!(
        "no row has the names of the columns that the mapping \"{}\" reads, such as {}; the file begins with \"{first}\". \
         Add a row of names, or propose a mapping with --map",
        mapping.name,
        wanted.join(", ")
    )
}
