//! Figures over many invoices and what became of them.
//! Not here: judging an invoice (`check`), printing reports of a check (`render`).

pub mod morning;
pub mod readiness;
pub mod replay;
