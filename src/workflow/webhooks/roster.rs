//! Which addresses are told, and of what: added, listed, tried, enabled again and removed by administrators.

use super::notice::{SECRET, headers, step_of, test, type_names};
use crate::model::did_you_mean;
use crate::portals::{HookPost, hook_url};
use crate::store::webhooks::{EVERY_STEP, status};
use crate::store::{Tx, WebhookRow, sha256};
use crate::workflow::desk::Desk;
use crate::workflow::people::note;
use crate::workflow::permits::Act;
use crate::workflow::refusal::{WorkflowError, refused};
use crate::workflow::table::Step;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::SecretString;
use serde_json::json;

/// As many as a store has at most.
const MOST: usize = 50;

/// An address to be told.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewWebhook {
    /// The address.
    pub url: String,
    /// Types of messages; `*` is all.
    pub events: Vec<String>,
    /// It may be an address inside the firm, and unencrypted.
    pub private: bool,
}

/// An address that is told, as it may be shown.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WebhookShown {
    /// Its id.
    pub id: String,
    /// The address.
    pub url: String,
    /// Types of messages; `*` is all.
    pub events: Vec<String>,
    /// `active` or `disabled`.
    pub status: String,
    /// Why it is disabled; empty while it is not.
    pub note: String,
    /// It may be an address inside the firm.
    pub private: bool,
    /// Who made it.
    pub made_by: String,
    /// When, in milliseconds since 1970.
    pub made_ms: i64,
    /// Tries in a row that failed.
    pub failed: i64,
    /// When the next try is due, where one failed.
    pub next_ms: Option<i64>,
    /// When it last took a message.
    pub delivered_ms: Option<i64>,
    /// Events it has not been told of.
    pub untold: i64,
}

/// What became of a message that only tries the way.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Tried {
    /// Whether it was taken.
    pub taken: bool,
    /// The status, or why there was none.
    pub said: String,
}

fn named(step: &str) -> String {
    Step::named(step).map_or_else(
        || step.to_owned(),
        |s| format!("invoice.{}", s.name().replace(' ', "-")),
    )
}

fn steps_of(events: &[String]) -> Result<Vec<String>, WorkflowError> {
    if events.is_empty() {
        return refused("say of what the address is told: invoice.clear, ..., or * for everything");
    }
    if events.iter().any(|e| e == EVERY_STEP) {
        return Ok(vec![EVERY_STEP.to_owned()]);
    }
    let mut steps = Vec::new();
    for event in events {
        let Some(step) = step_of(event) else {
            let known = type_names();
            return refused(format!(
                "there is no event {event}; {}",
                did_you_mean(event, known.iter().map(String::as_str))
            ));
        };
        steps.push(step.name().to_owned());
    }
    steps.sort();
    steps.dedup();
    Ok(steps)
}

impl Desk<'_> {
    /// Has an address told of what happens from now on; returns the secret by which messages are signed, which is shown
    /// this once.
    ///
    /// # Errors
    /// Not allowed, no address to send to, no such event, or too many.
    pub async fn add_webhook(
        &self,
        new: &NewWebhook,
    ) -> Result<(WebhookShown, SecretString), WorkflowError> {
        self.may(Act::Webhooks)?;
        if self.person.clients.is_some() {
            return refused(format!(
                "{} serves only some clients, and an address is told of all; that is for somebody who serves every client",
                self.person.name
            ));
        }
        let url = match hook_url(&new.url, new.private) {
            Ok(url) => url.to_string(),
            Err(why) => return refused(why),
        };
        let steps = steps_of(&new.events)?;
        let mut chance = [0_u8; 40];
        if let Err(error) = getrandom::fill(&mut chance) {
            return refused(format!(
                "the operating system gives no random numbers: {error}"
            ));
        }
        let secret = format!("{SECRET}{}", STANDARD.encode(&chance[..32]));
        let row = WebhookRow {
            id: hex::encode(&chance[32..]),
            url: self.store.seal(url.as_bytes())?,
            secret: self.store.seal(secret.as_bytes())?,
            steps,
            status: status::ACTIVE.to_owned(),
            private: new.private,
            made_by: self.person.name.clone(),
            made_ms: (self.clock)(),
            ..WebhookRow::default()
        };
        again!(async {
            let mut tx = self.store.db.write().await?;
            let known = tx.webhooks().await?;
            if known.len() >= MOST {
                return refused(format!(
                    "{MOST} addresses are told already; remove one that nobody needs"
                ));
            }
            tx.add_webhook(&row).await?;
            self.note_webhook(&mut tx, "add webhook", &row).await?;
            Ok(tx.commit().await?)
        })?;
        Ok((self.webhook_shown(row, 0)?, secret.into()))
    }

    fn webhook_shown(&self, row: WebhookRow, untold: i64) -> Result<WebhookShown, WorkflowError> {
        let url = self.store.unseal(&row.url)?;
        Ok(WebhookShown {
            id: row.id,
            url: String::from_utf8_lossy(&url).into_owned(),
            events: row.steps.iter().map(|s| named(s)).collect(),
            status: row.status,
            note: row.note,
            private: row.private,
            made_by: row.made_by,
            made_ms: row.made_ms,
            failed: row.failed,
            next_ms: Some(row.next_ms).filter(|at| *at > 0),
            delivered_ms: row.delivered_ms,
            untold,
        })
    }

    /// Writes down what was done with an address. Secrets may stand in it, so the event has its hash.
    async fn note_webhook(
        &self,
        tx: &mut Tx,
        step: &str,
        row: &WebhookRow,
    ) -> Result<(), WorkflowError> {
        let url = self.store.unseal(&row.url)?;
        let facts = json!({ "webhook": row.id, "url": sha256(&url), "steps": row.steps });
        note(tx, &self.person.name, step, &facts, self.clock).await
    }

    /// Every address that is told, the oldest first.
    ///
    /// # Errors
    /// Not allowed, or the store fails.
    pub async fn webhooks(&self) -> Result<Vec<WebhookShown>, WorkflowError> {
        // Who may not send anything may look, with a token that only reads.
        self.may(Act::SeeWebhooks)?;
        let mut tx = self.store.db.read().await?;
        let mut all = Vec::new();
        for row in tx.webhooks().await? {
            let untold = tx.untold(&row.id).await?;
            all.push(self.webhook_shown(row, untold)?);
        }
        Ok(all)
    }

    async fn one_webhook(&self, tx: &mut Tx, id: &str) -> Result<WebhookRow, WorkflowError> {
        match tx.webhooks().await?.into_iter().find(|w| w.id == id) {
            Some(row) => Ok(row),
            None => refused(format!(
                "there is no webhook {id}; cleanbill webhooks list shows those there are"
            )),
        }
    }

    /// Tells an address no longer. What it was not told of is lost to it.
    ///
    /// # Errors
    /// Not allowed, or there is none.
    pub async fn remove_webhook(&self, id: &str) -> Result<WebhookShown, WorkflowError> {
        self.may(Act::Webhooks)?;
        again!(async {
            let mut tx = self.store.db.write().await?;
            let row = self.one_webhook(&mut tx, id).await?;
            tx.remove_webhook(id).await?;
            self.note_webhook(&mut tx, "remove webhook", &row).await?;
            tx.commit().await?;
            self.webhook_shown(row, 0)
        })
    }

    /// Tells a disabled address again, beginning with what it was not told of before it was disabled.
    ///
    /// # Errors
    /// Not allowed, there is none, or it is not disabled.
    pub async fn enable_webhook(&self, id: &str) -> Result<WebhookShown, WorkflowError> {
        self.may(Act::Webhooks)?;
        again!(async {
            let mut tx = self.store.db.write().await?;
            let row = self.one_webhook(&mut tx, id).await?;
            if row.status != status::DISABLED {
                return refused(format!(
                    "webhook {id} is {}: it is told already",
                    row.status
                ));
            }
            tx.set_webhook(&row, true, "").await?;
            self.note_webhook(&mut tx, "enable webhook", &row).await?;
            let row = self.one_webhook(&mut tx, id).await?;
            let untold = tx.untold(id).await?;
            tx.commit().await?;
            self.webhook_shown(row, untold)
        })
    }

    /// Sends an address a signed message that says nothing, and says what became of it. Nothing else changes.
    ///
    /// # Errors
    /// Not allowed, or there is none.
    pub async fn test_webhook(&self, id: &str, post: &HookPost) -> Result<Tried, WorkflowError> {
        self.may(Act::Webhooks)?;
        let mut tx = self.store.db.read().await?;
        let row = self.one_webhook(&mut tx, id).await?;
        drop(tx);
        let now_ms = (self.clock)();
        let body = serde_json::to_string(&test(now_ms))?;
        let (url, secret) = (
            self.store.unseal(&row.url)?,
            self.store.unseal(&row.secret)?,
        );
        let (url, secret) = (
            String::from_utf8_lossy(&url),
            String::from_utf8_lossy(&secret),
        );
        let message = sha256(format!("{id} {now_ms}").as_bytes());
        let Some(headers) = headers(&secret, &format!("test_{}", &message[..32]), now_ms, &body)
        else {
            return refused(format!(
                "the secret of webhook {id} cannot be read; remove it and add it anew"
            ));
        };
        Ok(match post.send(&url, row.private, &headers, &body).await {
            Ok(status) => Tried {
                taken: (200..300).contains(&status),
                said: format!("answered with status {status}"),
            },
            Err(why) => Tried {
                taken: false,
                said: why,
            },
        })
    }
}
