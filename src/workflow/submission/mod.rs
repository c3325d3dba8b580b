//! Cleared invoices on their way to portals: queued, sent once, found again when the outcome is unknown, followed.
//! Not here: any portal's shapes (`portals`), SQL (`store`), and the printing of the morning report (`reports`).

mod answer;
mod attempt;
mod board;
mod closing;
mod dialect;
mod doors;
mod doubt;
mod duplicate;
mod follow;
mod morning;
mod night;
mod package;
mod pause;
mod proof;
mod queue;
mod quota;
mod reasons;

pub use answer::KeptAnswer;
pub use board::{Board, Glance, Pile};
pub use closing::closing_lines;
pub use dialect::Dialect;
pub use doors::Doors;
pub use doubt::Settled;
pub(in crate::workflow) use follow::steps;
pub use morning::{Morning, MorningLine, MorningOwed};
pub use night::{Night, NightEnd, Stop};
pub(in crate::workflow) use pause::paused_of;
pub use pause::{ACCOUNTS, Paused};
pub use proof::{Proof, ProofAnswer, ProofAttempt, StillKept};
pub use queue::Queued;
pub use reasons::Given;
pub(in crate::workflow) use reasons::given as given_reasons;

use crate::portals::Polite;
use crate::store::{InvoiceRow, SubmissionRow};

/// An account that is ready to be used.
pub struct Door {
    /// Its name among the firm's accounts.
    pub name: String,
    /// Its portal, within its limits.
    pub portal: Polite,
    /// What it takes by its portal's terms.
    pub dialect: Dialect,
    /// How long after an attempt the portal's word that it has nothing is believed, in milliseconds.
    pub believe_after_ms: i64,
}

/// A submission with its invoice.
#[derive(Clone, Debug)]
pub struct Parcel {
    /// What is known of its way.
    pub submission: SubmissionRow,
    /// The invoice.
    pub invoice: InvoiceRow,
}

/// Words of [`SubmissionRow::status`].
pub(crate) mod status {
    /// To be sent.
    pub const WAITING: &str = "waiting";
    /// Written before the first byte leaves.
    pub const SENDING: &str = "sending";
    /// The outcome is unknown.
    pub const IN_DOUBT: &str = "in-doubt";
    /// A person does the rest.
    pub const BY_HAND: &str = "by-hand";
    /// At the portal.
    pub const SENT: &str = "sent";
    /// Refused by the portal or rejected by the client.
    pub const REFUSED: &str = "refused";
    /// Nothing more comes, or it was taken out of the queue.
    pub const DONE: &str = "done";

    /// Of what has not yet arrived.
    pub const LIVE: [&str; 4] = [WAITING, SENDING, IN_DOUBT, BY_HAND];
}

/// The id of a submission: the invoice's and its version.
pub(crate) fn id_of(invoice: &InvoiceRow) -> String {
    format!("{}-{}", invoice.id, invoice.version)
}
