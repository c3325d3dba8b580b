//! Figures over many invoices and what became of them.
//! Not here: judging an invoice (`check`), printing reports of a check (`render`).

pub mod appeal;
pub mod calendar;
pub mod morning;
pub mod readiness;
pub mod reminder;
pub mod replay;
