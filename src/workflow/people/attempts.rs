//! Lock-out: wrong tries to sign in are counted by name in the store, so that they count on every machine, and from
//! the fifth on each locks the name for twice as long as the one before, from one minute up to one hour. A try while
//! it is locked is not looked at and not counted. A right one, an administrator, or a day without a try forgets them.

use super::DAY_MS;
#[cfg(feature = "oidc")]
use crate::store::Tx;
use crate::store::{AttemptRow, Store, sha256};
use crate::workflow::desk::Clock;
use crate::workflow::refusal::{WorkflowError, refused};

/// Wrong tries until a name is locked.
pub const FREE_TRIES: i64 = 5;
/// How long the first lock holds, in milliseconds.
pub const SHORTEST_LOCK_MS: i64 = 60_000;
/// How long a lock holds at most, in milliseconds.
pub const LONGEST_LOCK_MS: i64 = 3_600_000;
/// How long a wrong try is remembered, in milliseconds.
const REMEMBERED_MS: i64 = DAY_MS;

/// A try that was counted as wrong before it was looked at, so that many at once cannot outrun the count.
pub(super) struct Counted {
    key: String,
    before: AttemptRow,
    after: AttemptRow,
}

impl Counted {
    /// Until when it locks the name, if it was wrong.
    pub(super) fn locks_until_ms(&self) -> Option<i64> {
        (self.after.failures >= FREE_TRIES).then_some(self.after.locked_until_ms)
    }

    /// How many wrong tries it makes.
    pub(super) fn failures(&self) -> i64 {
        self.after.failures
    }
}

/// What a name is counted under.
pub(super) fn key(name: &str) -> String {
    sha256(name.as_bytes())
}

/// What tries with a password are counted under where the name is not one passwords are for. They lock those tries, so
/// that nobody learns which names passwords are for, and not the person, who signs in another way.
pub(super) fn key_apart(name: &str) -> String {
    sha256(format!("no password\n{name}").as_bytes())
}

/// How long so many wrong tries lock a name, in milliseconds.
fn lock_ms(failures: i64) -> i64 {
    let over = failures - FREE_TRIES;
    if over < 0 {
        return 0;
    }
    let doubled = 1_i64.checked_shl(u32::try_from(over).unwrap_or(u32::MAX).min(32));
    SHORTEST_LOCK_MS
        .saturating_mul(doubled.unwrap_or(i64::MAX))
        .min(LONGEST_LOCK_MS)
}

/// Counts a try.
///
/// # Errors
/// The name is locked, or the store fails.
pub(super) async fn count(
    store: &Store,
    name: &str,
    clock: &Clock,
) -> Result<Counted, WorkflowError> {
    count_under(store, &key(name), name, clock).await
}

/// Counts a try under a key.
pub(super) async fn count_under(
    store: &Store,
    key: &str,
    name: &str,
    clock: &Clock,
) -> Result<Counted, WorkflowError> {
    again!(async {
        let mut tx = store.db.write().await?;
        let now = clock();
        tx.sweep_attempts(now.saturating_sub(REMEMBERED_MS)).await?;
        let before = tx.attempt(key).await?;
        if before.locked_until_ms > now {
            return refused(locked(before.locked_until_ms - now, name));
        }
        let key = key.to_owned();
        let failures = before.failures + 1;
        let after = AttemptRow {
            failures,
            last_ms: now,
            locked_until_ms: match lock_ms(failures) {
                0 => 0,
                ms => now.saturating_add(ms),
            },
        };
        tx.put_attempt(&key, &after).await?;
        tx.commit().await?;
        Ok(Counted { key, before, after })
    })
}

/// A counted try was not wrong, but did not end in a session either: it is as if it had not been.
pub(super) async fn uncount(store: &Store, counted: &Counted) -> Result<(), WorkflowError> {
    again!(async {
        let mut tx = store.db.write().await?;
        // What others counted meanwhile stays counted.
        if tx.attempt(&counted.key).await? == counted.after {
            tx.put_attempt(&counted.key, &counted.before).await?;
        }
        Ok(tx.commit().await?)
    })
}

/// Refuses a name that is locked.
#[cfg(feature = "oidc")]
pub(super) async fn not_locked(tx: &mut Tx, name: &str, now_ms: i64) -> Result<(), WorkflowError> {
    let until = tx.attempt(&key(name)).await?.locked_until_ms;
    if until > now_ms {
        return refused(locked(until - now_ms, name));
    }
    Ok(())
}

fn locked(ms: i64, name: &str) -> String {
    let minutes = (ms + 59_999) / 60_000;
    let minutes = match minutes {
        1 => "1 minute".to_owned(),
        more => format!("{more} minutes"),
    };
    format!(
        "too many wrong tries: {name} is locked for {minutes}; wait, or ask an administrator for: cleanbill user unlock {name}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locks_double_from_a_minute_to_an_hour() {
        let minutes: Vec<i64> = (3..14).map(|n| lock_ms(n) / 60_000).collect();
        assert_eq!(minutes, [0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60]);
        assert_eq!(lock_ms(i64::MAX), LONGEST_LOCK_MS);
    }
}
