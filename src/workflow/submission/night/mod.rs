//! The overnight job: all accounts side by side, each driven by one process at a time. What is due is sent, what is in
//! doubt is asked for, what was sent is followed.
//! Not here: one attempt to send (`attempt`), and what an answer does to an invoice (`follow`).

mod asking;
mod lease;
mod sending;
mod waking;

use super::attempt::Lease;
use super::{Door, Parcel, status};
use crate::store::{SubmissionFilter, SubmissionRow};
use crate::workflow::desk::Desk;
use crate::workflow::refusal::WorkflowError;
use chrono::DateTime;
use futures_util::future::join_all;
use serde::Serialize;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::Notify;

/// Without an end, so long is waited for what a portal put off.
const PATIENCE_MS: i64 = 120_000;
/// Rows looked at in one go.
const BATCH: i64 = 64;
/// The shortest nap: what cannot be done is not tried without end.
const SHORTEST_NAP_MS: i64 = 1_000;
/// The longest nap: somebody may have queued something.
const NAP_MS: i64 = 15_000;

/// Asks a night to end after what is under way.
#[derive(Default)]
pub struct Stop {
    asked: AtomicBool,
    wake: Notify,
}

impl Stop {
    /// Ends the night after what is under way.
    pub fn now(&self) {
        self.asked.store(true, Ordering::SeqCst);
        self.wake.notify_waiters();
    }

    fn is_asked(&self) -> bool {
        self.asked.load(Ordering::SeqCst)
    }
}

/// A run of the overnight job.
pub struct Night<'a> {
    /// Who runs it, and the store.
    pub desk: &'a Desk<'a>,
    /// The accounts.
    pub doors: Vec<Door>,
    /// The name of this process, for leases.
    pub holder: String,
    /// When it ends, in milliseconds since 1970. Without: when nothing is left to send.
    pub until_ms: Option<i64>,
    /// Ends it early.
    pub stop: &'a Stop,
}

/// What a night did with one account.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct NightEnd {
    /// The account.
    pub account: String,
    /// Attempts.
    pub attempts: u64,
    /// Taken by the portal.
    pub arrived: u64,
    /// Made ready for a person.
    pub by_hand: u64,
    /// Refused by the portal.
    pub refused: u64,
    /// Whose outcome became unknown.
    pub in_doubt: u64,
    /// In doubt before, and found out.
    pub settled: u64,
    /// Answers that changed something.
    pub news: u64,
    /// Sentences about answers that do not fit together, by invoice number.
    pub doubts: Vec<String>,
    /// Why nothing more could be sent.
    pub stopped: Option<String>,
    /// Why the rest goes another day.
    pub put_off: Option<String>,
    /// Another process drives the account.
    pub elsewhere: bool,
}

impl Night<'_> {
    /// Drives every account until the end.
    pub async fn run(&self) -> Vec<NightEnd> {
        let all = self.doors.iter().map(|door| self.account(door));
        join_all(all).await
    }

    /// One account's failure is its own.
    async fn account(&self, door: &Door) -> NightEnd {
        let mut end = NightEnd {
            account: door.name.clone(),
            ..NightEnd::default()
        };
        if let Err(error) = self.drive(door, &mut end).await {
            tracing::error!(account = door.name, "{error}");
            end.stopped = Some(error.to_string());
        }
        end
    }

    async fn drive(&self, door: &Door, end: &mut NightEnd) -> Result<(), WorkflowError> {
        let lease = loop {
            if let Some(lease) = self.take(door).await? {
                break lease;
            }
            let waits = self.until_ms.is_some() && !self.is_over();
            if !waits {
                end.elsewhere = true;
                return Ok(());
            }
            self.nap(NAP_MS).await;
        };
        let done = tokio::select! {
            done = self.work(door, &lease, end) => done,
            // What was under way is in doubt then, and whoever took over asks the portal for it.
            lost = self.hold(door) => lost,
        };
        self.give_back(&lease).await?;
        done
    }

    fn is_over(&self) -> bool {
        let now = (self.desk.clock)();
        self.stop.is_asked() || self.until_ms.is_some_and(|until| now >= until)
    }

    /// Waits, but not beyond the end.
    async fn nap(&self, ms: i64) {
        let left = self.until_ms.map(|until| until - (self.desk.clock)());
        let ms = ms.min(left.unwrap_or(ms)).clamp(0, NAP_MS);
        let ms = u64::try_from(ms).unwrap_or(0);
        tokio::select! {
            () = tokio::time::sleep(Duration::from_millis(ms)) => {}
            () = self.stop.wake.notified() => {}
        }
    }

    async fn rows(
        &self,
        door: &Door,
        status: &'static str,
        by_ms: Option<i64>,
    ) -> Result<Vec<SubmissionRow>, WorkflowError> {
        let filter = SubmissionFilter {
            account: Some(door.name.clone()),
            status: Some(status),
            next_by_ms: by_ms,
            limit: Some(BATCH),
            ..SubmissionFilter::default()
        };
        let mut tx = self.desk.store.db.read().await?;
        Ok(tx.submissions(&filter).await?)
    }

    async fn parcels(&self, rows: Vec<SubmissionRow>) -> Result<Vec<Parcel>, WorkflowError> {
        let mut tx = self.desk.store.db.read().await?;
        let mut parcels = Vec::with_capacity(rows.len());
        for submission in rows {
            if let Some(invoice) = tx.invoice(&submission.invoice).await? {
                parcels.push(Parcel {
                    submission,
                    invoice,
                });
            }
        }
        Ok(parcels)
    }

    async fn work(
        &self,
        door: &Door,
        lease: &Lease,
        end: &mut NightEnd,
    ) -> Result<(), WorkflowError> {
        // Whoever had the account before ended while sending these.
        let left = self.rows(door, status::SENDING, None).await?;
        for parcel in self.parcels(left).await? {
            self.desk.lose_sight(&parcel).await?;
            end.in_doubt += 1;
        }
        while !self.is_over() {
            let now = (self.desk.clock)();
            self.settle_doubts(door, now, end).await?;
            if self.send_due(door, lease, now, end).await? {
                if end.stopped.is_some() {
                    return Ok(());
                }
                continue;
            }
            if self.follow_due(door, now, end).await? {
                continue;
            }
            if end.stopped.is_some() {
                return Ok(());
            }
            let wake = match self.until_ms {
                Some(_) => self.next_wake(door, now).await?,
                None => match self.put_off(door, now).await? {
                    Some(at) if self.after_pause(door, at, now) <= PATIENCE_MS => Some(at),
                    _ => return Ok(()),
                },
            };
            // What is due and could not be done waits for the portal, not for us.
            let wait = wake.map_or(NAP_MS, |at| self.after_pause(door, at, now));
            self.nap(wait.max(SHORTEST_NAP_MS)).await;
        }
        Ok(())
    }

    /// Milliseconds until something due at an instant can be done, the portal's pause included.
    fn after_pause(&self, door: &Door, at: i64, now: i64) -> i64 {
        (at - now).max(self.pause(door, now).unwrap_or(0))
    }

    fn pause(&self, door: &Door, now: i64) -> Option<i64> {
        let at = DateTime::from_timestamp_millis(now)?;
        let pause = door.portal.pause(at)?;
        i64::try_from(pause.as_millis()).ok()
    }
}
