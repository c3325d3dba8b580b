//! Tables of text turned into lists.

use super::cells::{Cells, ListMistake};
use super::rows::Row;
use crate::model::lists::{List, ListHead, Lists};
use std::collections::BTreeMap;

/// A column of a list.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Column {
    /// Its name, as the first row of the file writes it.
    pub name: &'static str,
    /// What it holds.
    pub what: &'static str,
    /// A value for the template.
    pub example: &'static str,
    /// Every row must have it.
    pub needed: bool,
}

/// A list as text: rows by the names of their columns.
#[derive(Clone, Default, PartialEq, Debug)]
pub struct Table {
    /// The list's name.
    pub list: String,
    /// The file, for mistakes.
    pub file: String,
    /// What it says of itself.
    pub head: ListHead,
    /// Number of each row in the file, and its cells.
    pub rows: Vec<(usize, BTreeMap<String, String>)>,
}

/// What a list is for, and its columns.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Plan {
    /// Its name; its file is `NAME.csv`.
    pub list: &'static str,
    /// What it is for.
    pub title: &'static str,
    /// Its columns.
    pub columns: &'static [Column],
}

type Take = fn(&Table, &mut Lists, &mut Vec<ListMistake>);

fn plan<R: Row>() -> Plan {
    Plan {
        list: R::LIST,
        title: R::TITLE,
        columns: R::COLUMNS,
    }
}

fn read<R: Row>(table: &Table, mistakes: &mut Vec<ListMistake>) -> List<R> {
    let rows = table
        .rows
        .iter()
        .map(|(row, cells)| R::read(&mut Cells::new(&table.file, *row, cells, mistakes)));
    let rows = rows.collect();
    List::new(table.head.clone(), rows)
}

macro_rules! lists {
    ($($field:ident),* $(,)?) => {
        /// Every list.
        pub fn tables() -> Vec<Plan> {
            fn of<R: Row>(_: fn(&Lists) -> &List<R>) -> Plan {
                plan::<R>()
            }
            vec![$(of(|lists| &lists.$field)),*]
        }

        fn taker(list: &str) -> Option<Take> {
            match list {
                $(stringify!($field) => Some(|table, lists, mistakes| {
                    lists.$field = read(table, mistakes);
                }),)*
                _ => None,
            }
        }
    };
}

lists!(
    clients,
    matters,
    timekeepers,
    names,
    rates,
    rate_caps,
    budgets,
    approvals,
    codes,
    vendors,
    mileage,
    lodging,
    receipts,
    holidays,
    cut_offs,
    readiness,
    windows,
    wrong,
);

/// Lists from tables. A table of an unknown name is a mistake; rows with mistakes are read as far as they can be.
pub fn from_tables(tables: &[Table]) -> (Lists, Vec<ListMistake>) {
    let mut lists = Lists::default();
    let mut mistakes = Vec::new();
    for table in tables {
        match taker(&table.list) {
            Some(take) => take(table, &mut lists, &mut mistakes),
            None => mistakes.push(ListMistake {
                file: table.file.clone(),
                row: 0,
                column: String::new(),
                found: table.list.clone(),
                message: "is no list of the firm".to_owned(),
            }),
        }
    }
    (lists, mistakes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_list_is_kept_under_its_own_name() {
        for plan in tables() {
            assert!(taker(plan.list).is_some(), "{}", plan.list);
        }
    }
}
