//! Reading, rules and levels put together: files in, reports out. The one place where levels are applied
//! and one cause becomes one finding.
//! Not here: any format's syntax, any rule's text, any way of printing.

mod bill;
mod checker;
mod compare;
pub mod examples;
mod families;
mod gather;
pub mod history;
mod inputs;
mod judge;
mod message;
mod places;
pub mod report;
mod run;
pub mod scenario;

pub use bill::bill_of;
pub use checker::{Checked, Checker, Placed};
pub use compare::{Changed, Comparison, Difference, Said, compare};
pub use inputs::{Input, remedy};
pub use judge::Options;
pub use report::{
    Bill, BillLine, FileReport, InvoiceReport, ListUsed, NotChecked, PackUsed, RuleUsed, Run,
    RunError, Sink, Summary, Verdict, Wants,
};
pub use run::{CheckError, Progress, Quiet, check, check_bytes, check_whole};
