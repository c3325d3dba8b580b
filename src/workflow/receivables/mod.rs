//! What clients owe: remittances brought in and applied, open amounts and their age, short payments, drafts of reminders, what a partner should take up.
//! Not here: reading of files (`portals::remittance`), letters (`reports`), SQL (`store`), and any decision on collection or write-off.

mod account;
mod ageing;
mod apply;
mod assign;
mod escalate;
mod letters;
mod matching;
mod owed;
mod receive;
mod remind;
mod stated;

pub(super) use matching::close;
pub use owed::{AgeFrom, Owed, Receivable, Terms};

pub use ageing::{Aged, Bucket, Open, aged};
pub use assign::{LinePaid, Part, PaymentShown, RemittanceShown};
pub use escalate::Escalation;
pub use letters::Letter;
pub use receive::Received;
pub use remind::{Reminded, Reminder};

/// Words of a remittance row's status.
pub(super) mod status {
    /// The invoice knows of it.
    pub const TAKEN: &str = "taken";
    /// No invoice of ours is meant, as far as anybody can say.
    pub const UNMATCHED: &str = "unmatched";
    /// Several could be meant.
    pub const AMBIGUOUS: &str = "ambiguous";
    /// A person should look before it is believed.
    pub const DOUBTFUL: &str = "doubtful";
    /// A person put it aside.
    pub const PUT_ASIDE: &str = "put aside";

    /// Those that wait for a person.
    pub const WAITING: [&str; 3] = [UNMATCHED, AMBIGUOUS, DOUBTFUL];
}

/// The source of a payment that a remittance tells of.
pub(super) const REMITTANCE: &str = "remittance";
/// The source of a payment that a portal's or client's answer tells of.
pub(super) const ANSWER: &str = "answer";
