//! What happened to invoices, as plain rows: read once from the store, for clients a person serves, for whoever counts it.
//! Not here: any figure and its printing (`reports`), SQL, narratives and clients' words.

mod life;
mod outcomes;
mod read;
mod rows;

pub use read::Depth;
pub use rows::{
    AppealTold, Chronicle, CutTold, Exception, Life, LineTold, OverrideTold, PaymentTold, Refusal,
    Round, Why,
};
