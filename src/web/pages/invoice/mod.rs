//! One invoice: the bill with its findings, what may be done, what happened, and its papers.
//! Not here: the list (`invoices.rs`), and who may do what.

mod beside;
mod facts;
pub(in crate::web) mod line;
mod lines;
mod page;
pub(in crate::web) mod papers;
mod seen;
pub(in crate::web) mod steps;
mod story;
mod talk;

pub use lines::more_lines;
pub use page::show;
