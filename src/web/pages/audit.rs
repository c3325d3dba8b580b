//! Audit: whether everything is as it was written, a signed head to keep elsewhere, and the events of an invoice.

use super::reductions::shown;
use crate::store::{Event, SigningKey};
use crate::web::answer::{Trouble, download, html};
use crate::web::asked::Asked;
use crate::web::frame::Frame;
use crate::workflow::{Act, SignedHead, Verified, WorkflowError, head, verify};
use askama::Template;
use axum::response::Response;
use std::collections::BTreeMap;

/// Faults on the page.
const MOST: usize = 100;

struct Found {
    chains: usize,
    events: usize,
    documents: usize,
    against: Option<String>,
    purged: Vec<(String, usize)>,
    broken: Vec<(String, String)>,
    more: usize,
}

struct Row {
    seq: i64,
    when: String,
    by: String,
    step: String,
    facts: Vec<(String, String)>,
    hash: String,
}

#[derive(Template)]
#[template(path = "audit.html", config = "src/web/askama.toml")]
struct Page {
    frame: Frame,
    found: Option<Found>,
    invoice: String,
    /// Number and events.
    chain: Option<(String, Vec<Row>)>,
    refused: String,
    may_read: bool,
    can_sign: bool,
}

fn empty(asked: &Asked<'_>) -> Page {
    Page {
        frame: asked.frame("Audit", "audit"),
        found: None,
        invoice: String::new(),
        chain: None,
        refused: String::new(),
        may_read: asked.desk.may(Act::Read).is_ok(),
        can_sign: asked.app.own.audit_key.is_some(),
    }
}

fn row(event: &Event, asked: &Asked<'_>) -> Row {
    let facts: serde_json::Value = serde_json::from_str(&event.facts).unwrap_or_default();
    let pairs = facts
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, value)| {
            let text = match value {
                serde_json::Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            (name.replace('_', " "), shown(&text))
        });
    Row {
        seq: event.seq,
        when: asked.locale().instant(event.at_ms),
        by: event.actor.clone(),
        step: event.step.clone(),
        facts: pairs.collect(),
        hash: event.hash.clone(),
    }
}

/// The page; with an invoice its events.
pub async fn show(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let mut page = empty(asked);
    if let Some(named) = asked.given.query.some("invoice") {
        asked.desk.may(Act::Read).map_err(|error| match error {
            WorkflowError::Refused(why) => Trouble::Forbidden(why),
            other => other.into(),
        })?;
        named.clone_into(&mut page.invoice);
        match asked.desk.events_of(named).await {
            Ok((invoice, events)) => {
                let rows = events.iter().map(|e| row(e, asked)).collect();
                page.chain = Some((shown(&invoice.number), rows));
            }
            Err(WorkflowError::Refused(why)) => page.refused = crate::web::wording::for_pages(&why),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(html(&page))
}

/// A head that was saved and truly signed by the firm.
fn saved(asked: &Asked<'_>) -> Result<Option<SignedHead>, Trouble> {
    let file = match asked.given.files.as_slice() {
        [] => return Ok(None),
        [file] => file,
        _ => return Err(Trouble::wrong("choose one head")),
    };
    let head: SignedHead = serde_json::from_slice(&file.bytes)
        .map_err(|_| Trouble::wrong(format!("{}: this is no head of cleanbill", file.name)))?;
    let path = asked.app.own.audit_key.as_deref();
    let key = path.map(SigningKey::load).transpose()?.flatten();
    let Some(key) = key else {
        return Err(Trouble::Refused(
            "the key the heads were signed with is not on this machine".to_owned(),
        ));
    };
    match head.is_by(&key.public()) {
        true => Ok(Some(head)),
        false => Err(Trouble::wrong(format!(
            "{}: this head was changed after it was signed, or was signed with another key",
            file.name
        ))),
    }
}

fn found(done: &Verified, saved: Option<&SignedHead>, asked: &Asked<'_>) -> Found {
    let mut purged: BTreeMap<String, usize> = BTreeMap::new();
    for (_, how) in &done.purged {
        *purged.entry(how.words()).or_default() += 1;
    }
    let broken = done.broken.iter().take(MOST);
    Found {
        chains: done.chains,
        events: done.events,
        documents: done.documents,
        against: saved.map(|s| asked.locale().instant(s.at_ms)),
        purged: purged.into_iter().collect(),
        broken: broken.map(|b| (shown(&b.chain), shown(&b.what))).collect(),
        more: done.broken.len().saturating_sub(MOST),
    }
}

/// Computes every chain, state and document again.
pub async fn verify_now(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let saved = saved(asked)?;
    let done = verify(asked.desk.store, saved.as_ref()).await?;
    let mut page = empty(asked);
    page.found = Some(found(&done, saved.as_ref(), asked));
    Ok(html(&page))
}

/// Where every chain ends now, signed.
pub async fn head_now(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let Some(path) = &asked.app.own.audit_key else {
        return Err(Trouble::Refused(
            "there is no key to sign with here".to_owned(),
        ));
    };
    let key = SigningKey::load_or_make(path)?;
    let now = (asked.app.clock)();
    let signed = head(asked.desk.store, &key, now).await?;
    let text = serde_json::to_string_pretty(&signed).map_err(WorkflowError::from)? + "\n";
    let at = chrono::DateTime::from_timestamp_millis(now).unwrap_or_default();
    let name = format!(
        "{}.head",
        at.with_timezone(&chrono::Local).format("%Y-%m-%dT%H-%M-%S")
    );
    Ok(download(&name, "application/json", text.into_bytes()))
}
