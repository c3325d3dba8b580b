//! Sending what is due, within the day's quota and the portal's pauses.

use super::{Night, NightEnd, PATIENCE_MS, SHORTEST_NAP_MS};
use crate::store::SubmissionRow;
use crate::workflow::refusal::WorkflowError;
use crate::workflow::submission::attempt::{Lease, Went};
use crate::workflow::submission::quota::Quota;
use crate::workflow::submission::{Door, status};
use futures_util::future::ready;
use futures_util::stream::{self, StreamExt};
use std::cell::Cell;

impl Night<'_> {
    /// Sends what is due. True where something was done or waited for.
    pub(super) async fn send_due(
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
}
