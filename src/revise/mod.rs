//! Invoices changed into others: corrections, conversions, splitting, merging. Each ends in a new check.
//! Not here: the text of a format (`formats`), levels of findings, and anything a person must decide.

pub mod advise;
pub mod convert;
mod document;
pub mod file;
pub mod fix;
mod given;
pub mod import;
mod international;
pub mod line;
mod losses;
mod money;
mod readable;
pub mod split;
mod strip;
pub mod table;
mod to_2000;
mod to_pipe;
mod to_xml;

pub use convert::{Target, convert};
pub use losses::{Loss, Losses};
pub use money::Refusal;
