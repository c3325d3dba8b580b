//! Sessions: 256 random bits each, of which the store keeps the hash; they end when they lie unused, after some hours
//! however much they are used, and at once when anything about their person changes.

use super::{record, secret};
use crate::store::{SessionRow, Store, Tx};
use crate::workflow::desk::Clock;
use crate::workflow::refusal::WorkflowError;
use secrecy::SecretString;

/// How long a session holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Terms {
    /// Unused, in milliseconds.
    pub idle_ms: i64,
    /// However much it is used, in milliseconds.
    pub whole_ms: i64,
}

impl Terms {
    /// Minutes unused, and hours at most.
    pub fn of(idle_minutes: u32, hours: u32) -> Self {
        Self {
            idle_ms: i64::from(idle_minutes) * 60_000,
            whole_ms: i64::from(hours) * 3_600_000,
        }
    }
}

/// A session that was ended by its person.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ended {
    /// Whose it was.
    pub person: String,
    /// The identity provider by which it began, where it was not a password.
    pub issuer: Option<String>,
}

/// Begins a session of a person, by an identity provider or a password.
pub(super) async fn begin(
    tx: &mut Tx,
    person: &str,
    issuer: Option<&str>,
    terms: &Terms,
    now_ms: i64,
) -> Result<(SecretString, SessionRow), WorkflowError> {
    let made = secret::long("cs-")?;
    let row = SessionRow {
        hash: secret::hash(&made),
        person: person.to_owned(),
        seen_ms: now_ms,
        idle_ms: terms.idle_ms,
        until_ms: now_ms.saturating_add(terms.whole_ms),
        issuer: issuer.map(str::to_owned),
    };
    tx.add_session(&row).await?;
    Ok((made, row))
}

/// Whether a session has ended by itself. A clock that jumped back does not end it.
pub(super) fn has_ended(session: &SessionRow, now_ms: i64) -> bool {
    now_ms >= session.until_ms || now_ms.saturating_sub(session.seen_ms) >= session.idle_ms
}

/// Ends a session; nothing if there was none.
///
/// # Errors
/// The store fails.
pub async fn sign_out(
    store: &Store,
    session: &SecretString,
    clock: &Clock,
) -> Result<Option<Ended>, WorkflowError> {
    let hash = &secret::hash(session);
    again!(async {
        let mut tx = store.db.write().await?;
        let Some(row) = tx.session(hash).await? else {
            return Ok(None);
        };
        tx.end_session(hash).await?;
        let facts = record::of_sign_out(&row);
        record::note(&mut tx, &row.person, "sign out", &facts, clock).await?;
        tx.commit().await?;
        Ok(Some(Ended {
            person: row.person,
            issuer: row.issuer,
        }))
    })
}
