//! When there is something to do again.

use super::Night;
use crate::portals::Portal;
use crate::workflow::refusal::WorkflowError;
use crate::workflow::submission::quota::Quota;
use crate::workflow::submission::{Door, status};

impl Night<'_> {
    /// When something of the account has to be done next.
    pub(super) async fn next_wake(
        &self,
        door: &Door,
        now: i64,
    ) -> Result<Option<i64>, WorkflowError> {
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
    pub(super) async fn put_off(
        &self,
        door: &Door,
        now: i64,
    ) -> Result<Option<i64>, WorkflowError> {
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
