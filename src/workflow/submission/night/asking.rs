//! Asking a portal: for what is in doubt, and for what became of what was sent.

use super::{Night, NightEnd};
use crate::model::Outcome;
use crate::portals::{Portal, PortalError};
use crate::workflow::refusal::WorkflowError;
use crate::workflow::submission::{Door, Parcel, status};

impl Night<'_> {
    /// Invoices in doubt: the portal is asked.
    pub(super) async fn settle_doubts(
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

    /// Asks what became of what was sent. True where something was asked.
    pub(super) async fn follow_due(
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
}
