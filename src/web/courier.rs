//! While the server runs, it takes what happens to the addresses that are to be told.

use super::app::App;
use crate::portals::HookPost;
use crate::workflow::webhooks::deliver;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// Between two looks into the outboxes.
const BETWEEN: Duration = Duration::from_secs(2);
/// After a look that failed.
const AFTER_FAILURE: Duration = Duration::from_secs(30);

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
    let post = match HookPost::new() {
        Ok(post) => post,
        Err(error) => {
            tracing::error!(error, "webhooks are told nothing: TLS cannot be set up");
            return;
        }
    };
    loop {
        let pause = match deliver(&app.store, &*app.clock, &post).await {
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
