//! What was heard of invoices outside the portals' own interfaces: matched, taken the way a portal's own answer is, or queued for
//! a person; reasons, refused invoices and their resubmission.
//! Not here: reading files and mails (`portals::answers`), SQL, and any step of an invoice that is not in the table.

mod bring;
mod fit;
mod kept;
mod mailbox;
mod matching;
mod next_number;
mod queue;
mod reasons;
mod rejections;
mod replace;
mod typed;

pub use bring::{Brought, Ways};
pub use kept::{KeptTold, Standing};
pub use mailbox::MailMark;
pub use next_number::NextNumber;
pub use queue::Answer;
pub use reasons::{Meant, UnknownWords};
pub use rejections::{Correction, Rejection, Stage};
pub use typed::Typed;
