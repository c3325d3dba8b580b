//! The sandbox's clock: the real one, put ahead on request, so that a review of weeks is rehearsed in a moment.

use chrono::{DateTime, TimeDelta, Utc};
use std::sync::atomic::{AtomicI64, Ordering};

/// Real time plus what was advanced.
#[derive(Debug, Default)]
pub(super) struct Clock {
    ahead_ms: AtomicI64,
}

impl Clock {
    /// A clock that shows this time now.
    pub(super) fn starting(at: DateTime<Utc>) -> Self {
        let ahead = at.signed_duration_since(Utc::now());
        Self {
            ahead_ms: AtomicI64::new(ahead.num_milliseconds()),
        }
    }

    /// What time it is in the sandbox.
    pub(super) fn now(&self) -> DateTime<Utc> {
        let ahead = TimeDelta::milliseconds(self.ahead_ms.load(Ordering::SeqCst));
        Utc::now()
            .checked_add_signed(ahead)
            .unwrap_or_else(Utc::now)
    }

    /// Puts the clock ahead. At most a hundred years in all, so that dates stay within their range.
    pub(super) fn advance(&self, seconds: u64) {
        const CENTURY_MS: i64 = 100 * 366 * 86_400_000;
        let more = i64::try_from(seconds)
            .unwrap_or(CENTURY_MS)
            .saturating_mul(1_000);
        let _ = self
            .ahead_ms
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |ahead| {
                Some(ahead.saturating_add(more).min(CENTURY_MS))
            });
    }
}
