//! Sign-ins under way. The browser holds 256 random bits and nothing else: what is known of a sign-in lies here, so that
//! nobody can make one up, and each is taken once, on whichever machine.

use super::secret;
use crate::store::Store;
use crate::workflow::desk::Clock;
use crate::workflow::refusal::WorkflowError;
use secrecy::SecretString;

/// With what the browser's part begins.
pub const PENDING: &str = "cp-";

/// Keeps a sign-in until a time in milliseconds since 1970; returns what the browser holds.
///
/// # Errors
/// The store fails.
pub async fn keep_pending(
    store: &Store,
    what: &[u8],
    until_ms: i64,
    clock: &Clock,
) -> Result<SecretString, WorkflowError> {
    let made = secret::long(PENDING)?;
    let (hash, sealed) = (secret::hash(&made), store.seal(what)?);
    again!(async {
        let mut tx = store.db.write().await?;
        tx.put_pending(&hash, &sealed, until_ms, clock()).await?;
        Ok(tx.commit().await?)
    })?;
    Ok(made)
}

/// Takes a sign-in; nothing if there is none, its time is over, or it was taken. Also says until when it would have
/// waited.
///
/// # Errors
/// The store fails.
pub async fn take_pending(
    store: &Store,
    held: &SecretString,
    clock: &Clock,
) -> Result<Option<(Vec<u8>, i64)>, WorkflowError> {
    let hash = &secret::hash(held);
    let taken = again!(async {
        let mut tx = store.db.write().await?;
        let taken = tx.take_pending(hash, clock()).await?;
        tx.commit().await?;
        Ok::<_, WorkflowError>(taken)
    })?;
    Ok(match taken {
        Some((sealed, until_ms)) => Some((store.unseal(&sealed)?, until_ms)),
        None => None,
    })
}
