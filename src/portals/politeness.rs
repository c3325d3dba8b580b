//! What a portal bears: requests a second and at once, a day's quota, closed hours; and leaving it alone when it fails.
//! The one place for all of it.

use super::PortalError;
use super::portal::{Abilities, Asked, Handle, Portal};
use crate::model::{Evidence, Receipt, Submission};
use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::Deserialize;
use serde_json::Value;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Semaphore;

/// Failures in a row after which a portal is left alone.
const FAILURES: u32 = 5;
/// The first pause, doubled with each further failure.
const FIRST_PAUSE: Duration = Duration::from_secs(15);
/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(15 * 60);

/// What an account bears.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Requests a second, written as text: "0.5" is one in two seconds. One where the portal says nothing (reference
    /// portals.md section 12).
    pub per_second: Decimal,
    /// Requests at once.
    pub at_once: u32,
    /// Invoices a day.
    pub per_day: Option<u32>,
    /// Hours in which nothing is sent, as "02:00-04:30", in `time_zone`.
    pub closed: Vec<String>,
    /// Days on which nothing is sent, as "2026-12-25" or "2026-12-24 to 2026-12-27", in `time_zone`.
    pub closed_days: Vec<String>,
    /// IANA name of the zone that `closed`, `closed_days` and the day of the quota are in.
    pub time_zone: Tz,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            per_second: Decimal::ONE,
            at_once: 1,
            per_day: None,
            closed: Vec::new(),
            closed_days: Vec::new(),
            time_zone: Tz::UTC,
        }
    }
}

impl Limits {
    /// Hours in which nothing is sent.
    fn hours(&self) -> Result<Vec<(NaiveTime, NaiveTime)>, PortalError> {
        let time = |text: &str| NaiveTime::parse_from_str(text.trim(), "%H:%M").ok();
        let span = |text: &String| {
            let (from, until) = text.split_once('-')?;
            Some((time(from)?, time(until)?))
        };
        self.closed
            .iter()
            .map(|text| {
                span(text).ok_or_else(|| {
                    PortalError::Setup(format!(
                        "limits.closed: \"{text}\" is no span of hours; write it as 02:00-04:30"
                    ))
                })
            })
            .collect()
    }

    /// First and last days on which nothing is sent.
    fn days(&self) -> Result<Vec<(NaiveDate, NaiveDate)>, PortalError> {
        let day = |text: &str| NaiveDate::parse_from_str(text.trim(), "%Y-%m-%d").ok();
        let span = |text: &String| match text.split_once(" to ") {
            None => Some((day(text)?, day(text)?)),
            Some((from, until)) => Some((day(from)?, day(until)?)).filter(|(a, b)| a <= b),
        };
        self.closed_days
            .iter()
            .map(|text| {
                span(text).ok_or_else(|| {
                    PortalError::Setup(format!(
                        "limits.closed_days: \"{text}\" is no day and no span of days; write it as 2026-12-25 or 2026-12-24 to 2026-12-27"
                    ))
                })
            })
            .collect()
    }

    /// The day of an instant, from its first moment to the first of the next, in milliseconds since 1970: what a day's
    /// quota counts.
    pub fn day(&self, now: DateTime<Utc>) -> (i64, i64) {
        let today = now.with_timezone(&self.time_zone).date_naive();
        let begins = |day: NaiveDate| begins(self.time_zone, day).timestamp_millis();
        (begins(today), begins(today.succ_opt().unwrap_or(today)))
    }

    fn quota(&self) -> Result<Quota, PortalError> {
        let wrong = || {
            PortalError::Setup(format!(
                "limits.per_second: {} is no rate; write a number above 0 and up to 1000",
                self.per_second
            ))
        };
        if self.per_second <= Decimal::ZERO || self.per_second > Decimal::ONE_THOUSAND {
            return Err(wrong());
        }
        let nanos = (Decimal::from(1_000_000_000) / self.per_second).to_u64();
        let each = Duration::from_nanos(nanos.ok_or_else(wrong)?);
        // One at a time, evenly: a burst is what limits are against.
        Ok(Quota::with_period(each)
            .ok_or_else(wrong)?
            .allow_burst(NonZeroU32::MIN))
    }
}

/// The first moment of a day in a zone. Where a clock set forward leaves midnight out, the first after it.
fn begins(zone: Tz, day: NaiveDate) -> DateTime<Utc> {
    let first = (0..=180).find_map(|minutes| {
        let later = day.and_time(NaiveTime::MIN) + chrono::Duration::minutes(minutes);
        zone.from_local_datetime(&later).earliest()
    });
    first.map_or_else(
        || day.and_time(NaiveTime::MIN).and_utc(),
        |at| at.with_timezone(&Utc),
    )
}

/// When a portal that failed is asked again.
#[derive(Debug, Default)]
struct Breaker {
    failures: u32,
    closed_until: Option<DateTime<Utc>>,
}

/// A portal, asked within its limits.
pub struct Polite {
    portal: Arc<dyn Portal>,
    limits: Limits,
    hours: Vec<(NaiveTime, NaiveTime)>,
    days: Vec<(NaiveDate, NaiveDate)>,
    limiter: DefaultDirectRateLimiter,
    at_once: Semaphore,
    breaker: Mutex<Breaker>,
}

impl Polite {
    /// A portal within limits.
    ///
    /// # Errors
    /// The limits say nothing that can be kept.
    pub fn new(portal: Arc<dyn Portal>, limits: Limits) -> Result<Self, PortalError> {
        Ok(Self {
            hours: limits.hours()?,
            days: limits.days()?,
            limiter: RateLimiter::direct(limits.quota()?),
            at_once: Semaphore::new(limits.at_once.max(1) as usize),
            portal,
            limits,
            breaker: Mutex::default(),
        })
    }

    /// What it bears.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// How long a calendar keeps the portal closed from `now` on: until the first day that is in no span.
    fn calendar(&self, now: DateTime<Utc>) -> Option<Duration> {
        let zone = self.limits.time_zone;
        let today = now.with_timezone(&zone).date_naive();
        let mut day = today;
        while let Some((_, last)) = self.days.iter().find(|(a, b)| (*a..=*b).contains(&day)) {
            day = last.succ_opt()?;
        }
        let opens = (day != today).then(|| begins(zone, day))?;
        (opens - now).to_std().ok()
    }

    /// How long the portal is to be left alone from `now` on: closed hours or days, or a pause after failures.
    pub fn pause(&self, now: DateTime<Utc>) -> Option<Duration> {
        let breaker = self.breaker.lock().unwrap_or_else(PoisonError::into_inner);
        let after = breaker.closed_until.filter(|until| *until > now);
        let failing = after.and_then(|until| (until - now).to_std().ok());
        let local = now.with_timezone(&self.limits.time_zone).time();
        let closed = self.hours.iter().filter_map(|(from, until)| {
            let inside = match from <= until {
                true => (*from..*until).contains(&local),
                false => local >= *from || local < *until,
            };
            let left = *until - local;
            let left = if left.num_seconds() < 0 {
                left + chrono::Duration::days(1)
            } else {
                left
            };
            inside.then(|| left.to_std().ok()).flatten()
        });
        closed.chain(failing).chain(self.calendar(now)).max()
    }

    async fn turn(&self) -> Result<tokio::sync::SemaphorePermit<'_>, PortalError> {
        if let Some(left) = self.pause(Utc::now()) {
            return Err(PortalError::Busy {
                retry_after: Some(left),
            });
        }
        let permit = self
            .at_once
            .acquire()
            .await
            .map_err(|_| PortalError::Setup("the portal is being closed".to_owned()))?;
        self.limiter.until_ready().await;
        // Others may have failed while this one waited.
        if let Some(left) = self.pause(Utc::now()) {
            return Err(PortalError::Busy {
                retry_after: Some(left),
            });
        }
        Ok(permit)
    }

    fn heard<T>(&self, answer: &Result<T, PortalError>, now: DateTime<Utc>) {
        let mut breaker = self.breaker.lock().unwrap_or_else(PoisonError::into_inner);
        let wait = match answer {
            Err(PortalError::Busy {
                retry_after: Some(wait),
            }) => Some(*wait),
            Err(PortalError::Busy { retry_after: None }) => {
                breaker.failures += 1;
                Some(pause_after(breaker.failures))
            }
            Err(PortalError::Unreachable { .. } | PortalError::Unexpected { .. }) => {
                breaker.failures += 1;
                let over = breaker.failures.checked_sub(FAILURES);
                over.map(|over| pause_after(over + 1))
            }
            _ => {
                breaker.failures = 0;
                None
            }
        };
        let until = wait.and_then(|w| chrono::Duration::from_std(w.min(LONGEST_PAUSE)).ok());
        if let Some(until) = until.and_then(|w| now.checked_add_signed(w)) {
            breaker.closed_until = breaker.closed_until.max(Some(until));
        }
    }
}

fn pause_after(failures: u32) -> Duration {
    FIRST_PAUSE
        .saturating_mul(1 << failures.saturating_sub(1).min(10))
        .min(LONGEST_PAUSE)
}

#[async_trait]
impl Portal for Polite {
    fn abilities(&self) -> Abilities {
        self.portal.abilities()
    }

    async fn submit(&self, submission: &Submission) -> Result<Receipt, PortalError> {
        let _turn = self.turn().await?;
        let answer = self.portal.submit(submission).await;
        self.heard(&answer, Utc::now());
        answer
    }

    async fn ask(&self, handle: &Handle) -> Result<Asked, PortalError> {
        let _turn = self.turn().await?;
        let answer = self.portal.ask(handle).await;
        self.heard(&answer, Utc::now());
        answer
    }

    async fn put_accruals(&self, matter: &str, figures: &Value) -> Result<Evidence, PortalError> {
        let _turn = self.turn().await?;
        let answer = self.portal.put_accruals(matter, figures).await;
        self.heard(&answer, Utc::now());
        answer
    }

    async fn delete_accruals(&self, matter: &str) -> Result<Evidence, PortalError> {
        let _turn = self.turn().await?;
        let answer = self.portal.delete_accruals(matter).await;
        self.heard(&answer, Utc::now());
        answer
    }

    async fn check(&self) -> Result<Vec<String>, PortalError> {
        let _turn = self.turn().await?;
        self.portal.check().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Nobody;

    #[async_trait]
    impl Portal for Nobody {
        fn abilities(&self) -> Abilities {
            Abilities::default()
        }

        async fn submit(&self, _: &Submission) -> Result<Receipt, PortalError> {
            Ok(Receipt::default())
        }

        async fn ask(&self, _: &Handle) -> Result<Asked, PortalError> {
            Ok(Asked::CannotSay)
        }

        async fn check(&self) -> Result<Vec<String>, PortalError> {
            Ok(Vec::new())
        }
    }

    fn polite(toml: &str) -> Result<Polite, PortalError> {
        Polite::new(Arc::new(Nobody), toml::from_str(toml).expect("limits"))
    }

    fn minutes(polite: &Polite, at: &str) -> Option<u64> {
        let at: DateTime<Utc> = at.parse().expect("a time");
        polite.pause(at).map(|pause| pause.as_secs() / 60)
    }

    #[test]
    fn a_calendar_closes_whole_days_where_the_portal_is() {
        let polite = polite(
            "time_zone = \"America/New_York\"\n\
             closed_days = [\"2026-12-24 to 2026-12-25\", \"2026-12-26\"]\nclosed = [\"02:00-04:00\"]\n",
        )
        .expect("limits");
        assert_eq!(minutes(&polite, "2026-12-24T04:59:00Z"), None);
        // Midnight in New York is five in the morning in UTC; the spans join.
        assert_eq!(minutes(&polite, "2026-12-24T05:00:00Z"), Some(3 * 24 * 60));
        assert_eq!(minutes(&polite, "2026-12-26T08:00:00Z"), Some(21 * 60));
        assert_eq!(minutes(&polite, "2026-12-27T05:00:00Z"), None);
        assert_eq!(minutes(&polite, "2026-12-27T07:30:00Z"), Some(90));
    }

    #[test]
    fn a_day_is_as_long_as_it_is_there() {
        let limits: Limits = toml::from_str("time_zone = \"Europe/Berlin\"").expect("limits");
        // The clock is set back on this day.
        let (from, until) = limits.day("2026-10-25T12:00:00Z".parse().expect("a time"));
        assert_eq!((until - from) / 3_600_000, 25);
        let (next, _) = limits.day("2026-10-25T23:30:00Z".parse().expect("a time"));
        assert_eq!(next, until);
    }

    #[test]
    fn what_is_no_day_is_told() {
        for wrong in ["25.12.2026", "2026-12-27 to 2026-12-24", "2026-02-30"] {
            let error = polite(&format!("closed_days = [\"{wrong}\"]"));
            let error = error.err().expect("wrong").to_string();
            assert!(
                error.contains(wrong) && error.contains("2026-12-25"),
                "{error}"
            );
        }
    }
}
