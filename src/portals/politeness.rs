//! What a portal bears: requests a second and at once, a day's quota, closed hours; and leaving it alone when it fails.
//! The one place for all of it.

use super::PortalError;
use super::portal::{Abilities, Asked, Handle, Portal};
use crate::model::{Evidence, Receipt, Submission};
use async_trait::async_trait;
use chrono::{DateTime, NaiveTime, Utc};
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
    /// IANA name of the zone `closed` and the day of the quota are in.
    pub time_zone: Tz,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            per_second: Decimal::ONE,
            at_once: 1,
            per_day: None,
            closed: Vec::new(),
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

    /// How long the portal is to be left alone from `now` on: closed hours, or a pause after failures.
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
        closed.chain(failing).max()
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
