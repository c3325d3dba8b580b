//! The firm's lists as CSV: read, checked, written as templates; cells of tables as other programs write them.
//! Not here: what the lists mean for an invoice (`rules`), what they hold (`model::lists`).

mod add;
mod cells;
pub mod figures;
mod file;
mod folder;
mod rows;
mod sheet;
mod table;
mod template;
mod twice;

pub use add::add_row;
pub use cells::{Cells, ListMistake};
pub use file::table_of;
pub use folder::{Loaded, load};
pub use rows::Row;
pub use sheet::{Sheet, SheetRow};
pub use table::{Column, Plan, Table, from_tables, tables};
pub use template::{README, template};
