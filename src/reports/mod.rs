//! Figures over many invoices and what became of them.
//! Not here: judging an invoice (`check`), printing reports of a check (`render`).

mod amounts;
pub mod appeal;
pub mod calendar;
pub mod figures;
pub mod forms;
pub mod gather;
pub mod late;
pub mod making;
pub mod morning;
pub mod owed;
pub mod paid;
pub mod readiness;
pub mod reminder;
pub mod replay;
pub mod sheet;
