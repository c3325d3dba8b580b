//! The overnight job: all accounts side by side, each driven by one process at a time. What is due is sent, what is in
//! doubt is asked for, what was sent is followed.

use super::attempt::{Lease, Went};
use super::quota::Quota;
use super::{Door, Parcel, status};
use crate::model::Outcome;
use crate::portals::{Portal, PortalError};
use crate::store::{SubmissionFilter, SubmissionRow};
use crate::workflow::desk::Desk;
use crate::workflow::refusal::WorkflowError;
use chrono::DateTime;
use futures_util::future::{join_all, ready};
use futures_util::stream::{self, StreamExt};
use serde::Serialize;
use std::cell::Cell;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::Notify;

/// How long an account stays with a process that no longer says anything: another takes over within a minute.
const LEASE_MS: i64 = 45_000;
/// How often a process says that it still drives an account.
const HEARTBEAT: Duration = Duration::from_secs(10);
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

    async fn take(&self, door: &Door) -> Result<Option<Lease>, WorkflowError> {
        again!(self.try_take(door))
    }

    async fn try_take(&self, door: &Door) -> Result<Option<Lease>, WorkflowError> {
        let now = (self.desk.clock)();
        let mut tx = self.desk.store.db.write().await?;
        let fence = tx
            .take_lease(&door.name, &self.holder, now, now + LEASE_MS)
            .await?;
        tx.commit().await?;
        Ok(fence.map(|fence| Lease {
            account: door.name.clone(),
            holder: self.holder.clone(),
            fence,
        }))
    }

    async fn give_back(&self, lease: &Lease) -> Result<(), WorkflowError> {
        again!(self.try_give_back(lease))
    }

    async fn try_give_back(&self, lease: &Lease) -> Result<(), WorkflowError> {
        let mut tx = self.desk.store.db.write().await?;
        tx.end_lease(&lease.account, &lease.holder).await?;
        Ok(tx.commit().await?)
    }

    /// Says again and again that the account is ours; ends when it no longer is.
    async fn hold(&self, door: &Door) -> Result<(), WorkflowError> {
        loop {
            tokio::time::sleep(HEARTBEAT).await;
            match self.take(door).await {
                Ok(Some(_)) => {}
                Ok(None) => {
                    tracing::warn!(account = door.name, "another process has taken over");
                    return Ok(());
                }
                // The next beat may get through; the lease ends by itself if none does.
                Err(error) => tracing::warn!(account = door.name, "{error}"),
            }
        }
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

    /// Invoices in doubt: the portal is asked.
    async fn settle_doubts(
        &self,
        door: &Door,
        now: i64,
        end: &mut NightEnd,
    ) -> Result<(), WorkflowError> {
        let rows = self.rows(door, status::IN_DOUBT, Some(now)).await?;
        for parcel in self.parcels(rows).await? {
            if self.is_over() || self.pause(door, now).is_some() {
                return Ok(());
            }
            if self.desk.ask_in_doubt(door, &parcel).await? {
                end.settled += 1;
            } else {
                self.later(&parcel, now).await?;
            }
        }
        Ok(())
    }

    /// Asks again later.
    async fn later(&self, parcel: &Parcel, now: i64) -> Result<(), WorkflowError> {
        again!(self.try_later(parcel, now))
    }

    async fn try_later(&self, parcel: &Parcel, now: i64) -> Result<(), WorkflowError> {
        let mut tx = self.desk.store.db.write().await?;
        if let Some(mut row) = tx.submission(&parcel.submission.id).await?
            && row.status == status::IN_DOUBT
        {
            row.asked += 1;
            // Soon at first: what was cut off a moment ago is mostly known within seconds.
            row.next_ms = now + (5_000 << row.asked.min(6));
            tx.put_submission(&row).await?;
            tx.commit().await?;
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

    /// Sends what is due. True where something was done or waited for.
    async fn send_due(
        &self,
        door: &Door,
        lease: &Lease,
        now: i64,
        end: &mut NightEnd,
    ) -> Result<bool, WorkflowError> {
        let mut due = self.rows(door, status::WAITING, Some(now)).await?;
        if due.is_empty() {
            return Ok(false);
        }
        if let Some(why) = self.desk.rests(&door.name).await? {
            end.put_off = Some(why);
            return Ok(false);
        }
        end.put_off = None;
        match self.desk.quota(door, now).await? {
            Quota::Free => {}
            Quota::Left(left) => due.truncate(left),
            Quota::UsedUp { per_day, .. } => {
                end.put_off = Some(format!(
                    "the day's quota of {per_day} invoices is used up; the rest goes tomorrow"
                ));
                return Ok(false);
            }
        }
        if let Some(pause) = self.pause(door, now) {
            if self.until_ms.is_none() && pause > PATIENCE_MS {
                end.stopped = Some(format!(
                    "the portal is left alone for {} minutes",
                    pause / 60_000
                ));
                return Ok(false);
            }
            self.nap(pause).await;
            return Ok(true);
        }
        self.send(door, lease, &due, end).await?;
        Ok(true)
    }

    /// Sends invoices, as many at once as the portal bears, until something speaks against the next. What is under way is
    /// always waited for: left behind, it would be in doubt.
    async fn send(
        &self,
        door: &Door,
        lease: &Lease,
        due: &[SubmissionRow],
        end: &mut NightEnd,
    ) -> Result<(), WorkflowError> {
        let at_once = door.portal.limits().at_once.max(1) as usize;
        let go_on = Cell::new(true);
        let mut sent = stream::iter(due)
            .take_while(|_| ready(go_on.get() && !self.is_over()))
            .map(|row| self.desk.attempt(door, lease, &row.id))
            .buffer_unordered(at_once);
        let (mut ours, mut failed) = (false, None);
        while let Some(went) = sent.next().await {
            match went {
                Ok(went) => {
                    ours |= !matches!(went, Went::NotOurs);
                    self.count(went, end);
                }
                Err(error) => failed = failed.or(Some(error)),
            }
            let paused = self.pause(door, (self.desk.clock)()).is_some();
            go_on.set(go_on.get() && end.stopped.is_none() && failed.is_none() && !paused);
        }
        if let Some(error) = failed {
            return Err(error);
        }
        if !ours && !self.is_over() {
            // The heartbeat says soon whether the account is another's by now.
            self.nap(SHORTEST_NAP_MS).await;
        }
        Ok(())
    }

    fn count(&self, went: Went, end: &mut NightEnd) {
        if !matches!(went, Went::NotOurs | Went::NotThis) {
            end.attempts += 1;
        }
        match went {
            Went::Arrived => end.arrived += 1,
            Went::ByHand => end.by_hand += 1,
            Went::Refused => end.refused += 1,
            Went::InDoubt => end.in_doubt += 1,
            Went::Stopped { why } => end.stopped = Some(why),
            Went::Later { wait_ms } => {
                tracing::info!(account = end.account, wait_ms, "not taken, again later");
            }
            Went::NotThis | Went::NotOurs => {}
        }
    }

    /// Asks what became of what was sent. True where something was asked.
    async fn follow_due(
        &self,
        door: &Door,
        now: i64,
        end: &mut NightEnd,
    ) -> Result<bool, WorkflowError> {
        if !door.portal.abilities().status || self.pause(door, now).is_some() {
            return Ok(false);
        }
        let rows = self.rows(door, status::SENT, Some(now)).await?;
        let mut any = false;
        for parcel in self.parcels(rows).await? {
            if self.is_over() {
                break;
            }
            match self.desk.follow(door, &parcel).await? {
                Ok(followed) => {
                    any = true;
                    end.news += u64::from(followed.news.is_some());
                    let number = &parcel.invoice.number;
                    let doubts = followed.doubts.iter().map(|d| format!("{number}: {d}"));
                    end.doubts.extend(doubts);
                    if followed.news == Some(Outcome::Unknown) {
                        tracing::warn!(account = end.account, "a status nobody here knows");
                    }
                }
                Err(PortalError::Credentials(why)) => {
                    end.stopped = Some(why);
                    return Ok(false);
                }
                Err(error) => {
                    tracing::info!(account = end.account, "not asked: {error}");
                    return Ok(any);
                }
            }
        }
        Ok(any)
    }

    /// When something of the account has to be done next.
    async fn next_wake(&self, door: &Door, now: i64) -> Result<Option<i64>, WorkflowError> {
        let mut first = self.next_sending(door, now).await?;
        for status in [status::IN_DOUBT, status::SENT] {
            let rows = self.rows(door, status, None).await?;
            let soonest = rows.iter().map(|r| r.next_ms).min();
            first = first.into_iter().chain(soonest).min();
        }
        Ok(first)
    }

    /// When the next may be sent, the day's quota included.
    async fn next_sending(&self, door: &Door, now: i64) -> Result<Option<i64>, WorkflowError> {
        if self.desk.rests(&door.name).await?.is_some() {
            return Ok(None);
        }
        let waiting = self.rows(door, status::WAITING, None).await?;
        let soonest = waiting.iter().map(|r| r.next_ms).min();
        Ok(match (soonest, self.desk.quota(door, now).await?) {
            (Some(at), Quota::UsedUp { wait_ms, .. }) => Some(at.max(now + wait_ms)),
            (soonest, _) => soonest,
        })
    }

    /// When the next is tried again that was put off, or that is in doubt and can be asked for.
    async fn put_off(&self, door: &Door, now: i64) -> Result<Option<i64>, WorkflowError> {
        let mut soonest = self.next_sending(door, now).await?;
        if door.portal.abilities().find {
            let doubts = self.rows(door, status::IN_DOUBT, None).await?;
            soonest = soonest
                .into_iter()
                .chain(doubts.iter().map(|r| r.next_ms))
                .min();
        }
        Ok(soonest)
    }
}
