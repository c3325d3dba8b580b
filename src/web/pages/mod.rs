//! The pages: each asks the desk and fills a template.
//! Not here: who may see them (`routes.rs`, `gate.rs`), and markup (`templates`).

mod bill;
pub(super) mod check;
pub(super) mod clearing;
pub(super) mod invoice;
pub(super) mod invoices;
pub(super) mod rewrites;
pub(super) mod sign_in;
pub(super) mod today;
