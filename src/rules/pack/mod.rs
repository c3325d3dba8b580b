//! Packs of rules: how they are written, read and laid over one another (DESIGN section 4).
//! Not here: what a rule does with an invoice.

pub mod mistake;
mod reading;
mod sound;
#[allow(missing_docs)]
pub mod terms;
#[allow(missing_docs)]
pub mod written;

pub use mistake::{PackMistake, Spot};
pub use reading::{in_words, read_pack};
pub use terms::{AppealRoute, AppealTerms, FileTerms, MailTerms, Terms, WAYS};
pub use written::{AttachmentTerms, Pack};
