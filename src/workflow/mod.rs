//! The life of an invoice inside the firm: what may happen to it, who may do it, and the proof of what was done.
//! Not here: SQL, files' formats, rules, and the printing of anything.

mod audit;
mod desk;
mod export;
mod intake;
mod keeping;
mod memory;
pub mod page;
mod people;
mod permits;
mod projection;
mod refusal;
mod review;
mod state;
mod table;

pub use audit::{Broken, SignedHead, Verified, head, verify};
pub use desk::{Clock, Desk, first_person, system_clock};
pub use export::Exported;
pub use intake::{Arrival, KeptReport, Outcome, Taken, id_of};
pub use keeping::{Due, Purged};
pub use memory::Memory;
pub use people::{Credentials, NewPerson, Person, Role, sign_in};
pub use permits::Act;
pub use projection::Facts;
pub use refusal::WorkflowError;
pub use review::{Story, StoryOverride};
pub use state::State;
pub use table::{Step, TABLE, Transition, next};
