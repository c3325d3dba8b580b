//! Tables of money as CSV: no cell is taken for a formula, and the names of the columns stand even over no rows.

use crate::render::for_sheets;
use serde::Serialize;
use std::io::Write;

/// The byte order mark by which spreadsheets know UTF-8.
pub const MARK: &[u8] = "\u{feff}".as_bytes();

/// A row of a table.
pub trait SheetRow: Serialize {
    /// The names of its columns, in the order its values are written in.
    const COLUMNS: &'static [&'static str];

    /// Its texts: what other people wrote may begin as a formula does.
    fn texts(&mut self) -> Vec<&mut String>;
}

/// A row's columns, in the order of its fields: `text` (or `perhaps`, where there may be none) stands behind those that
/// other people wrote, `=` before a name a field cannot have.
macro_rules! columns {
    (@name $field:ident) => { stringify!($field) };
    (@name $field:ident $name:literal) => { $name };
    (@texts $row:ident $field:ident text) => { std::slice::from_mut(&mut $row.$field) };
    (@texts $row:ident $field:ident perhaps) => { $row.$field.as_mut_slice() };
    ($row:ty: $($field:ident $(= $name:literal)? $($text:ident)?),+ $(,)?) => {
        impl $crate::reports::sheet::SheetRow for $row {
            const COLUMNS: &'static [&'static str] =
                &[$($crate::reports::sheet::columns!(@name $field $($name)?)),+];

            fn texts(&mut self) -> Vec<&mut String> {
                let row = self;
                let mut texts = Vec::new();
                $($(texts.extend($crate::reports::sheet::columns!(@texts row $field $text));)?)+
                texts
            }
        }
    };
}
pub(super) use columns;

/// Writes the names of the columns, and the rows.
///
/// # Errors
/// `out` cannot be written to.
pub fn sheet<R: SheetRow>(
    rows: impl IntoIterator<Item = R>,
    out: impl Write,
) -> Result<(), csv::Error> {
    let mut table = csv::WriterBuilder::new()
        .has_headers(false)
        .from_writer(out);
    table.write_record(R::COLUMNS)?;
    for mut row in rows {
        for text in row.texts() {
            *text = for_sheets(text).into_owned();
        }
        table.serialize(row)?;
    }
    Ok(table.flush()?)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// The names a row has by itself are those that are written over it.
    #[track_caller]
    pub(in crate::reports) fn names_agree<R: SheetRow>(row: R) {
        let mut table = csv::Writer::from_writer(Vec::new());
        table.serialize(row).expect("a row");
        let text = String::from_utf8(table.into_inner().expect("bytes")).expect("UTF-8");
        let head: Vec<&str> = text.lines().next().expect("a head").split(',').collect();
        assert_eq!(head, R::COLUMNS);
    }
}
