//! An account is driven by one process at a time: its lease, and the heartbeat that keeps it.

use super::Night;
use crate::workflow::refusal::WorkflowError;
use crate::workflow::submission::Door;
use crate::workflow::submission::attempt::Lease;
use std::time::Duration;

/// How long an account stays with a process that no longer says anything: another takes over within a minute.
const LEASE_MS: i64 = 45_000;
/// How often a process says that it still drives an account.
const HEARTBEAT: Duration = Duration::from_secs(10);

impl Night<'_> {
    pub(super) async fn take(&self, door: &Door) -> Result<Option<Lease>, WorkflowError> {
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

    pub(super) async fn give_back(&self, lease: &Lease) -> Result<(), WorkflowError> {
        again!(self.try_give_back(lease))
    }

    async fn try_give_back(&self, lease: &Lease) -> Result<(), WorkflowError> {
        let mut tx = self.desk.store.db.write().await?;
        tx.end_lease(&lease.account, &lease.holder).await?;
        Ok(tx.commit().await?)
    }

    /// Says again and again that the account is ours; ends when it no longer is.
    pub(super) async fn hold(&self, door: &Door) -> Result<(), WorkflowError> {
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
}
