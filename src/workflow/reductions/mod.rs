//! What clients cut and paid: written down line by line from their answers, proven against the totals, accepted by partners.
//! Not here: appeals against it (`appeals`), reading of answers (`portals`), SQL (`store`).

mod accept;
mod book;
mod ledger;
mod line;
mod list;
mod support;

pub use accept::{Accepted, Decided};
pub use ledger::{BookedAppeal, BookedReduction, Ledger};
pub use list::{Cut, Overview, WriteOff};
pub use support::Ground;

pub(super) use list::texts;

/// Words of a reduction's status.
pub(super) mod status {
    /// Nobody has decided.
    pub const OPEN: &str = "open";
    /// A partner accepted all of it.
    pub const ACCEPTED: &str = "accepted";
    /// A partner accepted a part; the rest is open.
    pub const IN_PART: &str = "accepted in part";
    /// It is part of an appeal.
    pub const APPEALED: &str = "appealed";
    /// All that was asked for came back.
    pub const WON: &str = "won";
    /// Some of it.
    pub const PARTLY_WON: &str = "partly won";
    /// Nothing of it.
    pub const LOST: &str = "lost";
    /// Its appeal was not filed in time.
    pub const MISSED: &str = "window missed";
    /// The client no longer cuts it.
    pub const TAKEN_BACK: &str = "taken back";
}
