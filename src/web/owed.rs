//! What is owed and somebody should look at, as the first page tells it to everybody: it is worked out from the whole
//! history of what clients paid, so it is kept for a moment.

use crate::workflow::submission::MorningOwed;
use crate::workflow::{Desk, ReceivableTerms, WorkflowError};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// Another process, the overnight job for one, may change it too: so old may it be.
const HOLDS: Duration = Duration::from_secs(30);

struct Kept {
    owed: Arc<MorningOwed>,
    /// Changes made through this server before it was worked out.
    changes: u64,
    at: Instant,
}

/// Clients that somebody serves; `None` are all.
type Scope = Option<Vec<String>>;

#[derive(Default)]
pub(super) struct OwedNow {
    changes: AtomicU64,
    by_scope: Mutex<BTreeMap<Scope, Kept>>,
}

impl OwedNow {
    /// Something was changed through this server: what was worked out before holds no more.
    pub(super) fn changed(&self) {
        self.changes.fetch_add(1, Ordering::SeqCst);
    }

    /// What clients of this person owe. Whoever asks while it is worked out waits for that.
    ///
    /// # Errors
    /// Not allowed, or the store fails.
    pub(super) async fn of(
        &self,
        desk: &Desk<'_>,
        terms: &ReceivableTerms,
    ) -> Result<Arc<MorningOwed>, WorkflowError> {
        let mut all = self.by_scope.lock().await;
        let changes = self.changes.load(Ordering::SeqCst);
        all.retain(|_, kept| kept.changes == changes && kept.at.elapsed() < HOLDS);
        if let Some(kept) = all.get(&desk.person.clients) {
            return Ok(Arc::clone(&kept.owed));
        }
        let at = Instant::now();
        let owed = Arc::new(desk.morning_owed(terms).await?);
        let kept = Kept {
            owed: Arc::clone(&owed),
            changes,
            at,
        };
        all.insert(desk.person.clients.clone(), kept);
        Ok(owed)
    }
}
