//! While the server runs, it takes what happens to the addresses that are to be told, and forgets answers of calls whose
//! time is over.

use super::app::App;
use crate::store::StoreError;
use crate::workflow::webhooks::deliver;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// Between two looks into the outboxes.
const BETWEEN: Duration = Duration::from_secs(2);
/// After a look that failed.
const AFTER_FAILURE: Duration = Duration::from_secs(30);

/// Between two times of forgetting.
const FORGETS: Duration = Duration::from_secs(60 * 60);

/// Begins, in a thread of its own, and ends when it is told to. What it breaks off is sent again by who comes next.
pub(super) fn begin(app: Arc<App>, mut stop: watch::Receiver<bool>) {
    let runtime = tokio::runtime::Handle::current();
    tokio::task::spawn_blocking(move || {
        runtime.block_on(async {
            tokio::select! {
                _ = stop.wait_for(|stop| *stop) => {}
                () = run(&app) => {}
            }
        });
    });
}

async fn run(app: &App) {
    let mut post = None;
    let mut forgot: Option<Instant> = None;
    loop {
        if forgot.is_none_or(|at| at.elapsed() >= FORGETS) {
            forgot = Some(Instant::now());
            if let Err(error) = forget(app).await {
                tracing::warn!(%error, "answers of calls were not forgotten");
            }
        }
        let pause = match deliver(&app.store, &*app.clock, &mut post).await {
            // There may be more than goes at a time.
            Ok(round) if round.told > 0 => continue,
            Ok(_) => BETWEEN,
            Err(error) => {
                tracing::warn!(%error, "webhooks were told nothing");
                AFTER_FAILURE
            }
        };
        tokio::time::sleep(pause).await;
    }
}

async fn forget(app: &App) -> Result<(), StoreError> {
    let mut tx = app.store.db.write().await?;
    tx.purge_repeats((app.clock)()).await?;
    tx.commit().await
}
