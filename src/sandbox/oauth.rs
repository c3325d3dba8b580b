//! Tokens: OAuth 2 client credentials, the one grant the practice portals know, and other ways to say who one is.

use super::portal::{Portal, lock};
use super::seed;
use super::settings::Account;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Form, Json};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

/// Tokens handed out, by token: the account's id, and when it ends.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    given: Mutex<HashMap<String, (String, DateTime<Utc>)>>,
}

impl Tokens {
    /// Ends every token.
    pub(super) fn end(&self) {
        lock(&self.given).clear();
    }
}

/// Why somebody is not let in. `Expired` holds what the header of the answer says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stranger {
    Missing,
    Invalid,
}

impl Stranger {
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Missing => "no token was sent",
            Self::Invalid => "the token is unknown or has expired",
        }
    }

    /// 401, with the header that RFC 6750 asks for.
    pub(super) fn response(self) -> Response {
        let challenge = match self {
            Self::Missing => "Bearer",
            Self::Invalid => "Bearer error=\"invalid_token\"",
        };
        let head = [(header::WWW_AUTHENTICATE, challenge)];
        let body = Json(json!({"error": "invalid_token", "error_description": self.words()}));
        (StatusCode::UNAUTHORIZED, head, body).into_response()
    }
}

/// Compares without telling by the time it takes where the difference is.
fn same(a: &str, b: &str) -> bool {
    let differ = a.bytes().zip(b.bytes()).fold(0, |d, (x, y)| d | (x ^ y));
    a.len() == b.len() && differ == 0
}

impl Portal {
    /// The account with that id and secret.
    pub(super) fn account(&self, id: &str, secret: &str) -> Option<&Account> {
        let known = |a: &&Account| a.id == id && same(&a.secret, secret);
        self.settings.accounts.iter().find(known)
    }

    /// Who sent a request with a token of the token endpoint.
    pub(super) fn caller(&self, headers: &HeaderMap) -> Result<&Account, Stranger> {
        let token = bearer(headers).ok_or(Stranger::Missing)?;
        let given = lock(&self.tokens.given);
        let (id, ends) = given.get(token).ok_or(Stranger::Invalid)?;
        if *ends <= self.now() {
            return Err(Stranger::Invalid);
        }
        let known = |a: &&Account| a.id == *id;
        let account = self.settings.accounts.iter().find(known);
        account.ok_or(Stranger::Invalid)
    }

    /// Who sent a request whose token is an account's secret.
    pub(super) fn holder(&self, headers: &HeaderMap) -> Result<&Account, Stranger> {
        let token = bearer(headers).ok_or(Stranger::Missing)?;
        let known = |a: &&Account| same(&a.secret, token);
        let account = self.settings.accounts.iter().find(known);
        account.ok_or(Stranger::Invalid)
    }

    /// Who sent a request with HTTP basic authentication.
    pub(super) fn basic(&self, headers: &HeaderMap) -> Result<&Account, Stranger> {
        let (id, secret) = basic(headers).ok_or(Stranger::Missing)?;
        self.account(&id, &secret).ok_or(Stranger::Invalid)
    }
}

fn authorization<'a>(headers: &'a HeaderMap, scheme: &str) -> Option<&'a str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (said, rest) = value.split_once(' ')?;
    said.eq_ignore_ascii_case(scheme).then(|| rest.trim())
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    authorization(headers, "Bearer")
}

fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    let decoded = STANDARD.decode(authorization(headers, "Basic")?).ok()?;
    let text = String::from_utf8(decoded).ok()?;
    let (id, secret) = text.split_once(':')?;
    Some((id.to_owned(), secret.to_owned()))
}

/// The token endpoint: id and secret by HTTP basic or in the form.
pub(super) async fn token(
    State(portal): State<Arc<Portal>>,
    headers: HeaderMap,
    form: Result<Form<HashMap<String, String>>, axum::extract::rejection::FormRejection>,
) -> Response {
    let wrong = |status: StatusCode, error: &str, text: &str| {
        let body = Json(json!({"error": error, "error_description": text}));
        (status, body).into_response()
    };
    let Ok(Form(form)) = form else {
        return wrong(
            StatusCode::BAD_REQUEST,
            "invalid_request",
            "expected application/x-www-form-urlencoded",
        );
    };
    if form.get("grant_type").map(String::as_str) != Some("client_credentials") {
        return wrong(
            StatusCode::BAD_REQUEST,
            "unsupported_grant_type",
            "grant_type is client_credentials",
        );
    }
    let in_form = || {
        Some((
            form.get("client_id")?.clone(),
            form.get("client_secret")?.clone(),
        ))
    };
    let Some((id, secret)) = basic(&headers).or_else(in_form) else {
        return wrong(
            StatusCode::UNAUTHORIZED,
            "invalid_client",
            "client_id and client_secret are missing",
        );
    };
    let Some(account) = portal.account(&id, &secret) else {
        return wrong(
            StatusCode::UNAUTHORIZED,
            "invalid_client",
            "client_id or client_secret is wrong",
        );
    };
    let now = portal.now();
    let lives = portal.settings.token_seconds;
    let ends = now + TimeDelta::seconds(i64::from(lives));
    let mut given = lock(&portal.tokens.given);
    given.retain(|_, (_, ends)| *ends > now);
    let nanos = now.timestamp_nanos_opt().unwrap_or_default().to_string();
    let count = given.len().to_string();
    let draw = |half: &str| seed::draw(portal.seed, &[&account.id, &nanos, &count, half]);
    let token = format!("practice-{:016x}{:016x}", draw("a"), draw("b"));
    given.insert(token.clone(), (account.id.clone(), ends));
    let head = [(header::CACHE_CONTROL, "no-store")];
    let body = json!({"access_token": token, "token_type": "Bearer", "expires_in": lives});
    (head, Json(body)).into_response()
}
