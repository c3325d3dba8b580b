//! `/sandbox`: what people and tests ask of the sandbox itself. No limit and no fault applies here.

use super::clock::Clock;
use super::faults::Fault;
use super::page;
use super::portal::{Portal, lock};
use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::Arc;

/// All portals, where they are, and their clock.
pub(super) struct Sandbox {
    pub(super) clock: Arc<Clock>,
    pub(super) portals: Vec<(Arc<Portal>, String)>,
}

impl Sandbox {
    /// The portal of that name.
    pub(super) fn portal(&self, name: &str) -> Option<&Arc<Portal>> {
        let named = |(portal, _): &&(Arc<Portal>, String)| portal.settings.name == name;
        self.portals.iter().find(named).map(|(portal, _)| portal)
    }

    /// Puts the clock ahead, and sends out what has become due.
    pub(super) fn advance(&self, seconds: u64) {
        self.clock.advance(seconds);
        for (portal, _) in &self.portals {
            portal.tell();
        }
    }
}

#[derive(Clone)]
struct Scope {
    sandbox: Arc<Sandbox>,
    /// Only this portal.
    only: Option<usize>,
}

type Asked = Query<HashMap<String, String>>;

impl Scope {
    fn portals(&self, asked: &Asked) -> Result<Vec<&(Arc<Portal>, String)>, Response> {
        let all: Vec<_> = match self.only {
            Some(one) => self.sandbox.portals.get(one).into_iter().collect(),
            None => self.sandbox.portals.iter().collect(),
        };
        let Some(name) = asked.get("portal") else {
            return Ok(all);
        };
        let named: Vec<_> = all
            .into_iter()
            .filter(|(p, _)| p.settings.name == *name)
            .collect();
        if named.is_empty() {
            return Err((StatusCode::NOT_FOUND, "there is no portal of that name").into_response());
        }
        Ok(named)
    }

    /// One portal's answer as it is; several under their names.
    fn each(&self, asked: &Asked, show: impl Fn(&Portal) -> Value) -> Response {
        match self.portals(asked) {
            Err(response) => response,
            Ok(portals) if self.only.is_some() || asked.contains_key("portal") => {
                let one = portals.first().map(|(portal, _)| show(portal));
                Json(one.unwrap_or_default()).into_response()
            }
            Ok(portals) => {
                let named = |(p, _): &(Arc<Portal>, String)| (p.settings.name.clone(), show(p));
                let all: serde_json::Map<String, Value> = portals.into_iter().map(named).collect();
                Json(all).into_response()
            }
        }
    }
}

/// The routes, for all portals or for one.
pub(super) fn router(sandbox: Arc<Sandbox>, only: Option<usize>) -> Router {
    Router::new()
        .route("/", get(shown))
        .route("/sandbox", get(shown))
        .route("/sandbox/portals", get(portals))
        .route("/sandbox/ledger", get(ledger))
        .route("/sandbox/money", get(money))
        .route("/sandbox/requests", get(requests))
        .route(
            "/sandbox/faults",
            get(faults).post(add_faults).delete(no_faults),
        )
        .route("/sandbox/advance", post(advance))
        .with_state(Scope { sandbox, only })
}

async fn shown(State(scope): State<Scope>, asked: Asked) -> Response {
    match scope.portals(&asked) {
        Err(response) => response,
        Ok(portals) => {
            let head = [(
                "content-security-policy",
                "default-src 'none'; style-src 'unsafe-inline'",
            )];
            let now = scope.sandbox.clock.now();
            (head, Html(page::page(now, &portals))).into_response()
        }
    }
}

async fn portals(State(scope): State<Scope>, asked: Asked) -> Response {
    let portals = match scope.portals(&asked) {
        Err(response) => return response,
        Ok(portals) => portals,
    };
    let row = |(portal, base): &(Arc<Portal>, String)| {
        let settings = &portal.settings;
        json!({
            "name": settings.name, "kind": settings.kind.name(), "client": settings.client, "base": base,
            "rows": portal.row_count(), "too_fast": lock(&portal.pace).too_fast(),
        })
    };
    Json(portals.into_iter().map(row).collect::<Vec<_>>()).into_response()
}

async fn ledger(State(scope): State<Scope>, asked: Asked) -> Response {
    scope.each(&asked, |portal| json!(portal.rows()))
}

async fn money(State(scope): State<Scope>, asked: Asked) -> Response {
    scope.each(&asked, |portal| json!(portal.money()))
}

async fn requests(State(scope): State<Scope>, asked: Asked) -> Response {
    scope.each(&asked, |portal| json!(lock(&portal.pace).log()))
}

async fn faults(State(scope): State<Scope>, asked: Asked) -> Response {
    scope.each(&asked, |portal| json!(lock(&portal.faults).shown()))
}

fn read<T: DeserializeOwned>(body: &Bytes) -> Result<T, Response> {
    serde_json::from_slice(body)
        .map_err(|error| (StatusCode::BAD_REQUEST, error.to_string()).into_response())
}

async fn add_faults(State(scope): State<Scope>, asked: Asked, body: Bytes) -> Response {
    let one: Result<Value, _> = read(&body);
    let list: Vec<Fault> = match one {
        Err(response) => return response,
        Ok(value) => {
            let list = if value.is_array() {
                value
            } else {
                json!([value])
            };
            match serde_json::from_value(list) {
                Ok(list) => list,
                Err(error) => {
                    return (StatusCode::BAD_REQUEST, error.to_string()).into_response();
                }
            }
        }
    };
    for fault in &list {
        if let Err(text) = fault.sound() {
            return (StatusCode::BAD_REQUEST, text).into_response();
        }
    }
    match scope.portals(&asked) {
        Err(response) => return response,
        Ok(portals) => {
            for (portal, _) in portals {
                let mut faults = lock(&portal.faults);
                list.iter().cloned().for_each(|fault| faults.add(fault));
            }
        }
    }
    scope.each(&asked, |portal| json!(lock(&portal.faults).shown()))
}

async fn no_faults(State(scope): State<Scope>, asked: Asked) -> Response {
    match scope.portals(&asked) {
        Err(response) => return response,
        Ok(portals) => {
            for (portal, _) in portals {
                lock(&portal.faults).clear();
            }
        }
    }
    scope.each(&asked, |portal| json!(lock(&portal.faults).shown()))
}

async fn advance(State(scope): State<Scope>, asked: Asked, body: Bytes) -> Response {
    let said = asked.get("seconds").and_then(|s| s.parse().ok());
    let in_body = || {
        let value: Value = serde_json::from_slice(&body).ok()?;
        value.get("seconds")?.as_u64()
    };
    let Some(seconds) = said.or_else(in_body) else {
        let text = "expected is {\"seconds\": 60} or ?seconds=60";
        return (StatusCode::BAD_REQUEST, text).into_response();
    };
    scope.sandbox.advance(seconds);
    Json(json!({"now": scope.sandbox.clock.now()})).into_response()
}
