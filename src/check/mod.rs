//! Reading, rules and levels put together: files in, reports out. The one place where levels are applied
//! and one cause becomes one finding.
//! Not here: any format's syntax, any rule's text, any way of printing.

pub mod report;
pub mod scenario;

pub use report::{Bill, BillLine, FileReport, InvoiceReport, NotChecked, PackUsed, Run, RuleUsed, RunError, Sink, Summary, Verdict, Wants};
