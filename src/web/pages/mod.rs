//! The pages: each asks the desk and fills a template.
//! Not here: who may see them (`routes.rs`, `gate.rs`), and markup (`templates`).

#[cfg(feature = "oidc")]
pub(super) mod accounts;
pub(super) mod appeals;
pub(super) mod audit;
mod bill;
pub(super) mod check;
pub(super) mod clearing;
mod due;
pub(super) mod invoice;
pub(super) mod invoices;
pub(super) mod lists;
pub(super) mod morning;
mod names;
pub(super) mod payments;
pub(super) mod people;
pub(super) mod portals;
#[cfg(feature = "oidc")]
pub(super) mod provider;
pub(super) mod readiness;
pub(super) mod receivables;
pub(super) mod reductions;
pub(super) mod rejections;
pub(super) mod reports;
pub(super) mod rewrites;
pub(super) mod rules;
pub(super) mod sign_in;
pub(super) mod submissions;
pub(super) mod today;
