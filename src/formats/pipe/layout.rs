//! Which column of a file holds which field.

use super::table::{self, Column};
use crate::model::{Field, LedesFormat};
use std::sync::Arc;

/// The columns of one file.
#[derive(Clone, Debug)]
pub struct Layout {
    pub format: LedesFormat,
    /// The file's own names, in its order.
    pub names: Arc<[String]>,
    /// What is known of each; `None` for a name of the file's own.
    pub columns: Vec<Option<&'static Column>>,
    /// False where columns of the format are missing: what is missing because of that is no further finding.
    pub whole: bool,
}

impl Layout {
    /// The standard's own layout.
    pub fn standard(format: LedesFormat) -> Self {
        let columns = table_of(format);
        Self {
            format,
            names: columns.iter().map(|c| c.name.to_owned()).collect(),
            columns: columns.iter().map(Some).collect(),
            whole: true,
        }
    }

    /// The layout of a header that has the format's names, or some of them, in an order of its own.
    /// Of a name that stands twice the first counts.
    pub fn by_name(format: LedesFormat, names: &[&str]) -> Self {
        let table = table_of(format);
        let mut columns: Vec<Option<&'static Column>> = Vec::with_capacity(names.len());
        for (index, name) in names.iter().enumerate() {
            let column = table
                .iter()
                .find(|c| c.name.eq_ignore_ascii_case(name))
                .filter(|c| {
                    !names[..index]
                        .iter()
                        .any(|n| c.name.eq_ignore_ascii_case(n))
                });
            columns.push(column);
        }
        let known = columns.iter().flatten().count();
        Self {
            format,
            names: names.iter().map(|n| (*n).to_owned()).collect(),
            whole: known == table.len(),
            columns,
        }
    }

    /// How many fields a record has.
    pub fn width(&self) -> usize {
        self.columns.len()
    }

    /// Where a field stands in a record.
    pub fn position(&self, field: Field) -> Option<usize> {
        self.columns
            .iter()
            .position(|c| c.is_some_and(|c| c.field == field))
    }
}

/// The columns of a pipe format.
pub fn table_of(format: LedesFormat) -> &'static [Column] {
    if format.is_international() {
        table::ledes_1998bi()
    } else {
        table::ledes_1998b()
    }
}
