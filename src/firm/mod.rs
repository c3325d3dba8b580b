//! The firm's lists as CSV: read, checked, written as templates.
//! Not here: what the lists mean for an invoice (`rules`), what they hold (`model::lists`).

mod cells;
mod rows;
mod table;

pub use cells::{Cells, ListMistake};
pub use rows::Row;
pub use table::{Column, Plan, Table, from_tables, tables};
