//! Who outside is told of what happens: listed, added, tried, enabled again and removed by administrators.

use super::call::{Called, NoQuery};
use super::given::{Done, Json, Made};
use super::problem::Problem;
use super::shape::{instant, maybe};
use super::taken::{Body, Nothing};
use crate::model::did_you_mean;
use crate::portals::{HookPost, hook_url};
use crate::store::webhooks::EVERY_STEP;
use crate::workflow::webhooks::{NewWebhook, WebhookShown, type_names};
use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};

/// An address that is told.
#[derive(Serialize, JsonSchema)]
pub(super) struct Webhook {
    /// Its id.
    id: String,
    /// The address.
    url: String,
    /// What it is told of: `invoice.clear`, ...; `*` is everything.
    events: Vec<String>,
    /// `active` or `disabled`.
    status: String,
    /// Why it is disabled.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    /// It may be an address inside the firm, which is said where the program runs and not here.
    private: bool,
    /// Who added it.
    made_by: String,
    /// When.
    made_at: DateTime<Utc>,
    /// Tries in a row that failed.
    failed: i64,
    /// When the next try is due, where one failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_at: Option<DateTime<Utc>>,
    /// When it last took a message.
    #[serde(skip_serializing_if = "Option::is_none")]
    delivered_at: Option<DateTime<Utc>>,
    /// Events it has not been told of.
    untold: i64,
}

impl From<WebhookShown> for Webhook {
    fn from(row: WebhookShown) -> Self {
        Self {
            id: row.id,
            url: row.url,
            events: row.events,
            status: row.status,
            note: maybe(&row.note),
            private: row.private,
            made_by: row.made_by,
            made_at: instant(row.made_ms),
            failed: row.failed,
            next_at: row.next_ms.map(instant),
            delivered_at: row.delivered_ms.map(instant),
            untold: row.untold,
        }
    }
}

/// Addresses that are told.
#[derive(Serialize, JsonSchema)]
pub(super) struct Webhooks {
    /// The oldest first.
    items: Vec<Webhook>,
}

/// Who is told.
pub(super) async fn list(
    called: &Called<'_>,
    _: NoQuery,
    _: Nothing,
) -> Result<Json<Webhooks>, Problem> {
    let all = called.desk.webhooks().await?;
    Ok(Json(Webhooks {
        items: all.into_iter().map(Webhook::from).collect(),
    }))
}

/// An address to be told.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewHook {
    /// The address, beginning with `https://`, of the public internet.
    url: String,
    /// What it is told of: `invoice.clear`, ...; `*` is everything.
    events: Vec<String>,
}

/// An address that is told from now on.
#[derive(Serialize, JsonSchema)]
pub(super) struct Added {
    /// The address.
    webhook: Webhook,
    /// By which messages are signed (Standard Webhooks). It is shown this once.
    secret: String,
}

/// Has an address told of what happens from now on.
pub(super) async fn add(
    called: &Called<'_>,
    _: NoQuery,
    Body(new): Body<NewHook>,
) -> Result<Made<Added>, Problem> {
    hook_url(&new.url, false).map_err(|why| Problem::unusable("url", why))?;
    let known = type_names();
    let unknown = |e: &&String| *e != EVERY_STEP && !known.contains(e);
    if let Some(event) = new.events.iter().find(unknown) {
        let near = did_you_mean(event, known.iter().map(String::as_str));
        return Err(Problem::unusable(
            "events",
            format!("there is no such event; {near}"),
        ));
    }
    if new.events.is_empty() {
        return Err(Problem::unusable(
            "events",
            "say of what the address is told: invoice.clear, ..., or * for everything",
        ));
    }
    let new = NewWebhook {
        url: new.url,
        events: new.events,
        // Whoever holds a token may be anywhere: what lies inside the firm is named where the program runs.
        private: false,
    };
    let (shown, secret) = called.desk.add_webhook(&new).await?;
    Ok(Made(Added {
        webhook: Webhook::from(shown),
        secret: secret.expose_secret().to_owned(),
    }))
}

/// Tells an address no longer.
pub(super) async fn remove(called: &Called<'_>, _: NoQuery, _: Nothing) -> Result<Done, Problem> {
    let removed = called.desk.remove_webhook(called.param("webhook")).await;
    removed
        .map(|_| Done)
        .map_err(|error| Problem::from(error).into_missing())
}

/// Tells a disabled address again, beginning with what it was not told of before it was disabled.
pub(super) async fn enable(
    called: &Called<'_>,
    _: NoQuery,
    _: Nothing,
) -> Result<Json<Webhook>, Problem> {
    let shown = called.desk.enable_webhook(called.param("webhook")).await?;
    Ok(Json(Webhook::from(shown)))
}

/// What became of a message that only tries the way.
#[derive(Serialize, JsonSchema)]
pub(super) struct Tried {
    /// Whether it was taken.
    taken: bool,
    /// The status, or why there was none.
    said: String,
}

/// Sends a signed message that says nothing, and says what became of it.
pub(super) async fn test(
    called: &Called<'_>,
    _: NoQuery,
    _: Nothing,
) -> Result<Json<Tried>, Problem> {
    let post = HookPost::new().map_err(Problem::failed)?;
    let tried = called
        .desk
        .test_webhook(called.param("webhook"), &post)
        .await?;
    Ok(Json(Tried {
        taken: tried.taken,
        said: tried.said,
    }))
}
