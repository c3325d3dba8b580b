//! One invoice made several, and the proof that nothing was lost or made on the way.
//! Not here: numbers of invoices, which the firm gives; files on disk.

mod ledger;
mod line_shares;
mod matter_shares;
mod matters;
mod number;
pub mod records;
mod shares;
mod whole;

pub use matters::by_matter;
pub use number::NumberPattern;
pub use shares::{Share, Shares, by_shares};
pub use whole::{Sums, sums};

pub(super) use whole::divisible;
use whole::{proven, sum_up};
