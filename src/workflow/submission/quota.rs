//! How many invoices an account bears in a day, counted from the store: every process and every restart counts alike.

use super::Door;
use crate::workflow::desk::Desk;
use crate::workflow::refusal::WorkflowError;
use chrono::DateTime;

/// What an account's quota for the day allows.
pub(super) enum Quota {
    /// There is none.
    Free,
    /// So many more.
    Left(usize),
    /// None, for so many milliseconds.
    UsedUp {
        /// Invoices a day.
        per_day: u32,
        /// Until the day ends where the portal is.
        wait_ms: i64,
    },
}

impl Desk<'_> {
    /// What may still go through an account on the day of an instant.
    pub(super) async fn quota(&self, door: &Door, now: i64) -> Result<Quota, WorkflowError> {
        let limits = door.portal.limits();
        let at = DateTime::from_timestamp_millis(now);
        let Some((per_day, at)) = limits.per_day.zip(at) else {
            return Ok(Quota::Free);
        };
        let (from, until) = limits.day(at);
        let mut tx = self.store.db.read().await?;
        let sent = tx.sent_since(&door.name, from).await?;
        Ok(match usize::try_from(i64::from(per_day) - sent) {
            Ok(left) if left > 0 => Quota::Left(left),
            _ => Quota::UsedUp {
                per_day,
                wait_ms: until - now,
            },
        })
    }
}
