//! The life of an invoice inside the firm: what may happen to it, who may do it, and the proof of what was done.
//! Not here: SQL, files' formats, rules, and the printing of anything.

#[macro_use]
mod again;
pub mod answers;
mod appeals;
mod audit;
mod chain;
mod chronicle;
mod desk;
mod export;
mod intake;
mod keeping;
mod memory;
pub mod page;
mod people;
mod permits;
mod projection;
mod reading;
mod receivables;
mod reductions;
mod refusal;
mod review;
mod saved_filters;
mod state;
pub mod submission;
mod table;
pub mod webhooks;
pub mod windows;

pub use appeals::{
    AppealShown, Approved as ApprovalOnFile, Due as AppealDue, EarlierWin, Expiry, ExpiryKind,
    Filing, NewAppeal, Outcome as AppealOutcome, Packet, PacketLine, Prepared as PreparedAppeal,
};
pub use audit::{Broken, SignedHead, Verified, head, verify};
pub use chronicle::{
    AppealTold, Chronicle, CutTold, Depth, Exception, Life, LineTold, OverrideTold, PaymentTold,
    Refusal, Round, Why,
};
pub use desk::{Clock, Desk, system_clock};
pub use export::Exported;
pub use intake::{Arrival, KeptReport, Outcome, Taken, id_of};
pub use keeping::{Due, Purged};
pub use memory::Memory;
pub use people::{
    Account, Admission, Credentials, Ended, FREE_TRIES, FirstAccess, Known, LINK_DAYS,
    LONGEST_LOCK_MS, LONGEST_PASSWORD, LONGEST_TOKEN_DAYS, NewLink, NewPerson, NewToken,
    ONE_TIME_DAYS, Offer, Passwords, Person, PersonShown, RECOVERY_CODES, Role, SHORTEST_LOCK_MS,
    SHORTEST_PASSWORD, Scope, SignIn, Signed, Terms, TokenShown, first_person, identify,
    last_resort, sign_in, sign_out,
};
#[cfg(feature = "oidc")]
pub use people::{PENDING, Vouched, admit, keep_pending, take_pending};
pub use permits::{Act, may};
pub use projection::Facts;
pub use reading::{Paper, ReadOut};
pub use receivables::{
    AgeFrom, Aged, Bucket, Escalation, Letter, LinePaid, Open, Owed, Part, PaymentShown,
    Receivable, Received, Reminded, Reminder, RemittanceShown, Terms as ReceivableTerms, aged,
};
pub use reductions::{
    Accepted, BookedAppeal, BookedReduction, Cut, Decided, Ground, Ledger, Overview, WriteOff,
};
pub use refusal::WorkflowError;
pub use review::{
    About, Answer, Approval, Approved, Asked, Attachment, Authority, Comment, End, Item, Limit,
    Lowered, NewAttachment, NewReturn, NewWriteDown, OwnInvoice, OwnLine, OwnRequest, Proposed,
    ReasonCode, Review, Standing, Story, StoryOverride, Substitute, Trial, reason_codes,
};
pub use state::State;
pub use table::{Step, TABLE, Transition, next};
