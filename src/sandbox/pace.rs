//! How often a portal is asked: its limit, and the log that shows whether the limit was kept.

use super::faults::Operation;
use super::settings::Limit;
use chrono::{DateTime, Utc};
use serde::Serialize;
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// One request, in real time.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Request {
    /// When it came.
    pub at: DateTime<Utc>,
    /// Method.
    pub method: String,
    /// Path, without its query.
    pub path: String,
    /// What for.
    pub operation: Operation,
    /// Status of the answer; absent if there was none.
    pub status: Option<u16>,
    /// The fault that struck it.
    pub fault: Option<String>,
    /// X-Request-ID.
    pub request_id: Option<String>,
}

/// A bucket of requests that fills up again with time, and the requests that came.
#[derive(Debug)]
pub(super) struct Pace {
    limit: Option<Limit>,
    /// Requests that may still come at once.
    left: f64,
    since: Instant,
    log: VecDeque<Request>,
    /// Requests answered with 429 for coming too fast.
    too_fast: u64,
}

/// Requests kept in the log; the oldest are forgotten.
const LOGGED: usize = 200_000;

impl Pace {
    pub(super) fn new(limit: Option<Limit>) -> Self {
        Self {
            limit,
            left: limit.map_or(0.0, burst),
            since: Instant::now(),
            log: VecDeque::new(),
            too_fast: 0,
        }
    }

    /// Takes one request out of the bucket, or says how many seconds to wait.
    pub(super) fn take(&mut self, now: Instant) -> Result<(), u64> {
        let Some(limit) = self.limit else {
            return Ok(());
        };
        let rate = f64::from(limit.requests) / f64::from(limit.seconds);
        let passed = now.saturating_duration_since(self.since);
        self.since = now;
        self.left = (self.left + passed.as_secs_f64() * rate).min(burst(limit));
        if self.left >= 1.0 {
            self.left -= 1.0;
            return Ok(());
        }
        self.too_fast += 1;
        let wait = Duration::from_secs_f64(((1.0 - self.left) / rate).clamp(0.0, 86_400.0));
        Err(wait.as_secs() + u64::from(wait.subsec_nanos() > 0))
    }

    pub(super) fn note(&mut self, request: Request) {
        if self.log.len() >= LOGGED {
            self.log.pop_front();
        }
        self.log.push_back(request);
    }

    pub(super) fn log(&self) -> Vec<Request> {
        self.log.iter().cloned().collect()
    }

    pub(super) fn too_fast(&self) -> u64 {
        self.too_fast
    }
}

fn burst(limit: Limit) -> f64 {
    f64::from(limit.burst.unwrap_or(limit.requests).max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_empties_and_fills() {
        let limit = Limit {
            requests: 2,
            seconds: 1,
            burst: None,
        };
        let mut pace = Pace::new(Some(limit));
        let start = pace.since;
        assert_eq!(pace.take(start), Ok(()));
        assert_eq!(pace.take(start), Ok(()));
        assert_eq!(pace.take(start), Err(1));
        assert_eq!(pace.take(start + Duration::from_millis(600)), Ok(()));
        assert_eq!(pace.too_fast(), 1);
        assert_eq!(Pace::new(None).take(start), Ok(()));
    }
}
