//! People: their roles and clients, how they sign in, and how a call is known to be theirs.
//! Not here: which role may do what (`permits.rs`), terminals and files, and SQL.

mod attempts;
mod firm_files;
mod identify;
mod link;
mod password;
mod passwords;
#[cfg(feature = "oidc")]
mod pending;
mod person;
mod record;
mod role;
mod roster;
mod second_factor;
mod secret;
mod session;
mod sign_in;
mod token;
#[cfg(feature = "oidc")]
mod vouched;

pub use attempts::{FREE_TRIES, LONGEST_LOCK_MS, SHORTEST_LOCK_MS};
pub use identify::{Credentials, identify};
pub use link::{Account, LINK_DAYS, NewLink};
pub use password::{LONGEST_PASSWORD, ONE_TIME_DAYS, SHORTEST_PASSWORD};
pub use passwords::{Passwords, last_resort};
#[cfg(feature = "oidc")]
pub use pending::{PENDING, keep_pending, take_pending};
pub use person::{Known, Person};
pub use role::Role;
pub use roster::{FirstAccess, NewPerson, PersonShown, first_person};
pub use second_factor::{Offer, RECOVERY_CODES};
pub use session::{Ended, Terms, sign_out};
pub use sign_in::{Admission, SignIn, Signed, sign_in};
pub use token::{LONGEST_TOKEN_DAYS, NewToken, Scope, TokenShown};
#[cfg(feature = "oidc")]
pub use vouched::{Vouched, admit};

pub(super) use record::{faults, note};

use super::refusal::{WorkflowError, refused};
use crate::store::{PersonRow, Tx};

/// A day in milliseconds.
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// Somebody who works here.
async fn active(tx: &mut Tx, name: &str) -> Result<PersonRow, WorkflowError> {
    match tx.person(name).await? {
        Some(row) if row.active => Ok(row),
        Some(_) => refused(format!("{name} may no longer work here")),
        None => refused(format!(
            "there is no {name}; cleanbill user list says who there is"
        )),
    }
}
