//! The UTBMS code sets and the timekeeper classes, as data: what a code means, which set it is of, and
//! which known code stands nearest to an unknown one.
//! Not here: what a rule makes of it.

mod catalogue;
mod code;
mod pattern;
mod search;
mod timekeeper;

pub use catalogue::{Catalogue, catalogue};
pub use code::{Code, CodeKind, CodeLevel, CodeSet, Status};
pub use timekeeper::{Class, Classes, classes};
