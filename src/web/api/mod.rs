//! The API: what the pages do, as JSON for other programs; one table of calls, from which its document (OpenAPI) is made.
//! Not here: who may what (the gate asks `workflow`), pages, and any work of its own: each call asks the desk.
//!
//! How a call is added: a row in `table.rs`, and a function in the file of its subject that takes what stands behind the
//! question mark and the body as types of its own, and returns a type of its own. Their documentation is the API's.
//! `tests/web/api_table.rs` fails until the call has its row there, and `API.md` and `openapi.json` until they are written anew.

mod accounts;
mod appeals;
mod arrivals;
mod attachments;
mod call;
mod contents;
mod document;
mod firm;
mod given;
mod guide;
mod invoices;
mod knock;
mod money;
mod operation;
mod page;
mod papers;
mod problem;
mod reductions;
mod repeat;
mod reports;
mod review;
mod rewrites;
mod shape;
mod submissions;
mod table;
mod taken;
mod tokens;
mod webhooks;
mod whole;

pub use document::document;
pub use guide::guide;
pub use table::{CALLS, Call};

pub(super) use call::{Called, Calling};
pub(super) use knock::{known, nowhere, wrong_verb};
pub(super) use problem::Problem;
pub(super) use repeat::once;
