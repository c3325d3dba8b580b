//! The courier: takes what lies in the outboxes to its addresses, in order, each until it is taken.

use super::PAUSES_MS;
use super::notice::{headers, notice};
use crate::portals::HookPost;
use crate::store::webhooks::status;
use crate::store::{Store, StoreError, WebhookRow};
use crate::workflow::desk::Clock;
use crate::workflow::people::note;
use crate::workflow::refusal::{WorkflowError, refused};
use futures_util::future::join_all;
use serde_json::json;

/// So long an address is one process's, unless it says that it goes on.
const HELD_MS: i64 = 60_000;
/// Events that are taken to one address before others have their turn.
const AT_A_TIME: i64 = 100;
/// By whom it is done.
const ACTOR: &str = "cleanbill";

/// What a round came to.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Round {
    /// Messages that were taken.
    pub told: usize,
    /// Tries that failed; the same message goes again later.
    pub failed: usize,
    /// Addresses that were disabled, each with why, in a sentence.
    pub disabled: Vec<String>,
}

/// What became of one message.
enum Became {
    Told,
    /// Nobody outside is told of it, or somebody else told of it meanwhile.
    Nothing,
    Failed(Option<String>),
}

/// Takes to every address what is due, one message after another, all addresses side by side. Several processes may do so
/// at once: each address is one process's at a time. A message may come twice, where a process ends before it could write
/// down that it was taken. `post` is set up when there is first something to send.
///
/// # Errors
/// The store fails, or TLS cannot be set up.
pub async fn deliver(
    store: &Store,
    clock: &Clock,
    post: &mut Option<HookPost>,
) -> Result<Round, WorkflowError> {
    let mut tx = store.db.read().await?;
    let due = tx.webhooks_due(clock()).await?;
    drop(tx);
    if due.is_empty() {
        return Ok(Round::default());
    }
    let post = match post {
        Some(post) => post,
        None => match HookPost::new() {
            Ok(made) => post.insert(made),
            Err(why) => return refused(format!("TLS cannot be set up on this machine: {why}")),
        },
    };
    let post = &*post;
    let each = due.iter().map(|row| to_one(store, clock, post, row));
    let mut round = Round::default();
    for one in join_all(each).await {
        let one = one?;
        round.told += one.told;
        round.failed += one.failed;
        round.disabled.extend(one.disabled);
    }
    Ok(round)
}

/// Addresses that are disabled, each with why, in a sentence: somebody has to mend them, or take them away.
///
/// # Errors
/// The store fails.
pub async fn disabled(store: &Store) -> Result<Vec<String>, WorkflowError> {
    let mut tx = store.db.read().await?;
    let all = tx.webhooks().await?.into_iter();
    let off = all.filter(|w| w.status == status::DISABLED);
    Ok(off.map(|w| words(&w.id, &w.note)).collect())
}

fn words(id: &str, why: &str) -> String {
    format!("webhook {id} is disabled: {why}; mend it, then: cleanbill webhooks enable {id}")
}

async fn to_one(
    store: &Store,
    clock: &Clock,
    post: &HookPost,
    row: &WebhookRow,
) -> Result<Round, WorkflowError> {
    let mut round = Round::default();
    let mut tx = store.db.write().await?;
    let now = clock();
    let claimed = match tx.claim_webhook(&row.id, now, now + HELD_MS).await {
        Ok(true) => tx.commit().await,
        Ok(false) => return Ok(round),
        Err(error) => Err(error),
    };
    match claimed {
        Ok(()) => {}
        Err(StoreError::Conflict) => return Ok(round),
        Err(error) => return Err(error.into()),
    }
    let mut tx = store.db.read().await?;
    let waiting = tx.outbox(&row.id, AT_A_TIME).await?;
    drop(tx);
    for (chain, seq) in waiting {
        match one(store, clock, post, row, &chain, seq).await? {
            Became::Told => round.told += 1,
            Became::Nothing => {}
            Became::Failed(disabled) => {
                round.failed += 1;
                round.disabled.extend(disabled);
                return Ok(round);
            }
        }
    }
    again!(async {
        let mut tx = store.db.write().await?;
        tx.hold_webhook(&row.id, 0).await?;
        Ok::<(), WorkflowError>(tx.commit().await?)
    })?;
    Ok(round)
}

async fn one(
    store: &Store,
    clock: &Clock,
    post: &HookPost,
    row: &WebhookRow,
    chain: &str,
    seq: i64,
) -> Result<Became, WorkflowError> {
    let mut tx = store.db.read().await?;
    let events = match tx.invoice(chain).await? {
        Some(_) => tx.events(chain).await?,
        None => Vec::new(),
    };
    drop(tx);
    let Some((id, notice)) = notice(&events, seq) else {
        told(store, row, chain, seq, None, clock).await?;
        return Ok(Became::Nothing);
    };
    let body = serde_json::to_string(&notice)?;
    let (url, secret) = (store.unseal(&row.url)?, store.unseal(&row.secret)?);
    let (url, secret) = (
        String::from_utf8_lossy(&url),
        String::from_utf8_lossy(&secret),
    );
    let said = match headers(&secret, &id, clock(), &body) {
        Some(headers) => post.send(&url, row.private, &headers, &body).await,
        None => Err("the secret cannot be read".to_owned()),
    };
    match said {
        Ok(200..=299) => {
            told(store, row, chain, seq, Some(clock()), clock).await?;
            Ok(Became::Told)
        }
        // The address says that nobody is there any more.
        Ok(410) => disable(store, clock, row, "it answered that it is gone (410)").await,
        Ok(status) => {
            failed(
                store,
                clock,
                row,
                &format!("it answered with status {status}"),
            )
            .await
        }
        Err(why) => failed(store, clock, row, &why).await,
    }
}

async fn told(
    store: &Store,
    row: &WebhookRow,
    chain: &str,
    seq: i64,
    at_ms: Option<i64>,
    clock: &Clock,
) -> Result<(), WorkflowError> {
    again!(async {
        let mut tx = store.db.write().await?;
        tx.told(&row.id, chain, seq, at_ms).await?;
        tx.hold_webhook(&row.id, clock() + HELD_MS).await?;
        Ok(tx.commit().await?)
    })
}

async fn failed(
    store: &Store,
    clock: &Clock,
    row: &WebhookRow,
    why: &str,
) -> Result<Became, WorkflowError> {
    // Somebody may have removed it, or it may have taken a message, since it was read.
    let mut tx = store.db.read().await?;
    let known = tx.webhooks().await?.into_iter().find(|w| w.id == row.id);
    drop(tx);
    let Some(known) = known else {
        return Ok(Became::Nothing);
    };
    let pause = usize::try_from(known.failed)
        .ok()
        .and_then(|n| PAUSES_MS.get(n));
    let Some(pause) = pause else {
        let why = format!(
            "{} tries over three days failed, at last: {why}",
            known.failed + 1
        );
        return disable(store, clock, row, &why).await;
    };
    tracing::warn!(
        webhook = row.id,
        why,
        "a webhook took no message; it goes again later"
    );
    again!(async {
        let mut tx = store.db.write().await?;
        tx.untellable(&row.id, known.failed + 1, clock() + pause)
            .await?;
        Ok::<(), WorkflowError>(tx.commit().await?)
    })?;
    Ok(Became::Failed(None))
}

async fn disable(
    store: &Store,
    clock: &Clock,
    row: &WebhookRow,
    why: &str,
) -> Result<Became, WorkflowError> {
    again!(async {
        let mut tx = store.db.write().await?;
        let facts = json!({ "webhook": row.id, "steps": row.steps });
        tx.set_webhook(row, false, why).await?;
        note(&mut tx, ACTOR, "disable webhook", &facts, clock).await?;
        Ok::<(), WorkflowError>(tx.commit().await?)
    })?;
    tracing::warn!(webhook = row.id, why, "a webhook is disabled");
    Ok(Became::Failed(Some(words(&row.id, why))))
}
