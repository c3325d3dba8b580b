//! What was decided about people, as events of one chain, and whether the tables still say it. An event holds hashes
//! of what people prove themselves with, never the thing: a token or password slipped into the tables is found, and
//! nobody signs in with what stands in an event.

use super::{Role, Scope};
use crate::store::{Event, PersonRow, SessionRow, Tx, sha256};
use crate::workflow::audit::difference;
use crate::workflow::desk::{Clock, PEOPLE};
use crate::workflow::refusal::WorkflowError;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// A person as an event records them.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
struct PersonFacts {
    #[serde(flatten)]
    person: PersonRow,
    /// SHA-256 of the password's hash, in which its salt stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    password: Option<String>,
    /// Until when a one-time password holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    password_until_ms: Option<i64>,
    /// SHA-256 of the sealed secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    totp: Option<String>,
    /// SHA-256 of the recovery codes' hashes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    recovery_codes: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    tokens: Vec<TokenFacts>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    link: Option<LinkFacts>,
}

/// By which account at the identity provider they are known, or will be.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
struct LinkFacts {
    issuer: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    subject: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    claim: Option<String>,
    /// SHA-256 of what the claim has to say: a mail address does not stay here for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expected: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    until_ms: Option<i64>,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
struct TokenFacts {
    label: String,
    hash: String,
    scope: String,
    until_ms: i64,
}

/// The one token of a person, as it stood in events before there were several.
#[derive(Deserialize)]
struct OnlyToken {
    token_hash: Option<String>,
    token_until_ms: Option<i64>,
}

/// Steps that change nothing about a person.
const NO_CHANGE: [&str; 9] = [
    "sign in",
    "sign out",
    "lock",
    "unlock",
    "replace file",
    "add webhook",
    "remove webhook",
    "enable webhook",
    "disable webhook",
];

fn facts_of(event: &Event) -> Result<PersonFacts, serde_json::Error> {
    let mut facts: PersonFacts = serde_json::from_str(&event.facts)?;
    let before: OnlyToken = serde_json::from_str(&event.facts)?;
    if let (Some(hash), Some(until_ms)) = (before.token_hash, before.token_until_ms) {
        facts.tokens.push(TokenFacts {
            label: "first".to_owned(),
            hash,
            scope: Scope::Write.name().to_owned(),
            until_ms,
        });
    }
    Ok(facts)
}

/// Everybody as the tables have them.
async fn all(tx: &mut Tx) -> Result<Vec<PersonFacts>, WorkflowError> {
    let tokens = tx.tokens().await?;
    let links = tx.links().await?;
    let mut found = Vec::new();
    for person in tx.people().await? {
        let credential = tx.credential(&person.name).await?;
        let codes = tx.recovery_codes(&person.name).await?;
        let codes: Vec<String> = codes.into_iter().map(|c| c.hash).collect();
        let hashed = |column: Option<String>| column.map(|text| sha256(text.as_bytes()));
        let of = tokens.iter().filter(|t| t.person == person.name);
        let link = links.iter().find(|l| l.person == person.name);
        found.push(PersonFacts {
            password: hashed(credential.password),
            password_until_ms: credential.password_until_ms,
            totp: hashed(credential.totp),
            recovery_codes: hashed((!codes.is_empty()).then(|| codes.join(" "))),
            tokens: of
                .map(|t| TokenFacts {
                    label: t.label.clone(),
                    hash: t.hash.clone(),
                    scope: t.scope.clone(),
                    until_ms: t.until_ms,
                })
                .collect(),
            link: link.map(|l| LinkFacts {
                issuer: l.issuer.clone(),
                subject: l.subject.clone(),
                claim: l.claim.clone(),
                expected: hashed(l.expected.clone()),
                until_ms: l.until_ms,
            }),
            person,
        });
    }
    Ok(found)
}

/// Writes down what a person is now, after the tables were changed.
pub(super) async fn change(
    tx: &mut Tx,
    by: &str,
    step: &str,
    name: &str,
    clock: &Clock,
) -> Result<(), WorkflowError> {
    for facts in all(tx).await? {
        if facts.person.name == name {
            note(tx, by, step, &serde_json::to_value(facts)?, clock).await?;
        }
    }
    Ok(())
}

/// Writes down a step; by itself one that changes nothing about the person, of [`NO_CHANGE`].
pub(in crate::workflow) async fn note(
    tx: &mut Tx,
    by: &str,
    step: &str,
    facts: &Value,
    clock: &Clock,
) -> Result<(), WorkflowError> {
    let last = tx.last_event(PEOPLE).await?;
    let event = Event::after(last.as_ref(), PEOPLE, clock(), by, step, facts);
    Ok(tx.append(&event).await?)
}

/// The facts of a sign-in.
pub(super) fn of_sign_in(session: &SessionRow, second: &str) -> Value {
    let (name, hash) = (&session.person, &session.hash);
    match &session.issuer {
        Some(issuer) => json!({
            "name": name, "session": hash, "by": "provider", "issuer": issuer, "second_factor": second,
        }),
        None => json!({ "name": name, "session": hash, "by": "password", "second_factor": second }),
    }
}

/// The facts of a sign-out.
pub(super) fn of_sign_out(session: &SessionRow) -> Value {
    json!({ "name": session.person, "session": session.hash })
}

/// Where the tables are not what the events of the people make them.
pub(in crate::workflow) async fn faults(
    tx: &mut Tx,
    events: &[Event],
) -> Result<Vec<String>, WorkflowError> {
    let mut made: BTreeMap<String, PersonFacts> = BTreeMap::new();
    let mut sessions: BTreeSet<(String, String)> = BTreeSet::new();
    for event in events {
        let unreadable = |e| format!("event {} cannot be read: {e}", event.seq);
        if NO_CHANGE.contains(&event.step.as_str()) {
            match serde_json::from_str::<Value>(&event.facts) {
                Ok(facts) => {
                    let text = |key: &str| facts[key].as_str().unwrap_or_default().to_owned();
                    sessions.insert((text("name"), text("session")));
                }
                Err(e) => return Ok(vec![unreadable(e)]),
            }
            continue;
        }
        match facts_of(event) {
            Ok(facts) => made.insert(facts.person.name.clone(), facts),
            Err(e) => return Ok(vec![unreadable(e)]),
        };
    }
    let mut found = Vec::new();
    for facts in all(tx).await? {
        let name = &facts.person.name;
        match made.remove(name) {
            None => found.push(format!("{name} was never added")),
            Some(made) if made == facts => {}
            Some(made) => {
                let what = difference(
                    &serde_json::to_value(&made)?,
                    &serde_json::to_value(&facts)?,
                );
                found.push(format!("{name}: {what}"));
            }
        }
        if Role::named(&facts.person.role).is_none() {
            found.push(format!("{name} has the unknown role {}", facts.person.role));
        }
    }
    found.extend(made.keys().map(|name| format!("{name} is missing")));
    for link in tx.links().await? {
        if tx.person(&link.person).await?.is_none() {
            found.push(format!("{} has a link and was never added", link.person));
        }
    }
    for SessionRow { hash, person, .. } in tx.sessions().await? {
        if !sessions.contains(&(person.clone(), hash.clone())) {
            let short = hash.get(..16).unwrap_or(&hash);
            found.push(format!("{person}: session {short} began without a sign-in"));
        }
    }
    Ok(found)
}
