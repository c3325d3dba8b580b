//! Rules: packs, predicates, code sets. Turns an [`crate::model::Invoice`] into hits.
//! Not here: reading files, levels' consequences for an invoice, printing. It sees only `model`.

mod circumstances;
pub mod code_help;
pub mod condition;
mod kept;
pub mod narrative;
pub mod pack;
pub mod predicate;
pub mod reasons;
pub mod rule;
pub mod rule_set;
pub mod shelf;
pub mod suggest;
mod tier;
pub mod utbms;

pub use circumstances::{Circumstances, Governed, portal_key};
pub use pack::{AttachmentTerms, Pack, PackMistake};
pub use predicate::{Judging, Predicate};
pub use reasons::{Known, Reason, Reasons};
pub use rule::{Gathering, Rule, Variant};
pub use rule_set::RuleSet;
pub use shelf::Shelf;
