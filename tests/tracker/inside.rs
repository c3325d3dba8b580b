//! What a test does in its own process: practice portals, and a desk whose clock is the test's.

use crate::firm::{Firm, wait};
use cleanbill::sandbox::{self, Running, Settings};
use cleanbill::workflow::{Desk, Known, Person, Role};
use tokio::runtime::Runtime;

/// Practice portals, with the runtime they live as long as.
pub fn practice_portals(settings: Settings) -> (Runtime, Running) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .expect("a runtime");
    let running = runtime.block_on(sandbox::start(settings)).expect("started");
    (runtime, running)
}

/// At the desk of bob, a partner who serves all clients.
pub fn at_bobs_desk<T>(
    firm: &Firm,
    clock: &(dyn Fn() -> i64 + Send + Sync + 'static),
    work: impl AsyncFnOnce(&Desk<'_>) -> T,
) -> T {
    wait(async {
        let store = firm.store().await;
        let person = Person {
            name: "bob".to_owned(),
            role: Role::Partner,
            clients: None,
            known: Known::OsUser,
        };
        let desk = Desk {
            store: &store,
            person,
            clock,
        };
        let done = work(&desk).await;
        store.db.close().await;
        done
    })
}
