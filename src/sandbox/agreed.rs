//! An upload under an agreement: address, credentials, fields, answers and the look-up are what the settings say.

use super::asked::{Asked, fits};
use super::book::Held;
use super::faults::Operation;
use super::oauth::{self, Stranger};
use super::portal::{Delivery, Portal, Taken};
use super::settings::{Account, Auth, Body, PortalSettings};
use super::words;
use axum::body::Body as Wire;
use axum::extract::State;
use axum::http::{HeaderValue, Method, Request, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};
use std::sync::Arc;

pub(super) fn router(portal: Arc<Portal>) -> Router {
    Router::new()
        .route(&portal.settings.token_path, post(oauth::token))
        .fallback(asked)
        .layer(axum::extract::DefaultBodyLimit::disable())
        .with_state(portal)
}

/// What a request is for.
pub(super) fn operation(settings: &PortalSettings, method: &Method, path: &str) -> Operation {
    let agreed = &settings.agreed;
    if *method == agreed.method.as_str() && fits(&agreed.upload_path, path).is_some() {
        Operation::Submit
    } else if *method == Method::GET && path == agreed.find_path {
        Operation::Search
    } else if *method == Method::GET && fits(&agreed.status_path, path).is_some() {
        Operation::Status
    } else {
        Operation::Other
    }
}

async fn asked(State(portal): State<Arc<Portal>>, request: Request<Wire>) -> Response {
    let asked = Asked::of(request).await;
    let agreed = &portal.settings.agreed;
    let account = match who(&portal, &asked) {
        Ok(account) => account.cloned(),
        Err(stranger) => return unknown(agreed.auth, stranger),
    };
    let id = account.as_ref().map(|a| a.id.clone()).unwrap_or_default();
    match operation(&portal.settings, &asked.head.method, asked.path()) {
        Operation::Submit => upload(&portal, account.as_ref(), asked).await,
        Operation::Search => {
            let number = asked.query(&agreed.find_field).unwrap_or_default();
            let found = portal.numbered(&number);
            let own = found.iter().filter(|h| h.account == id);
            Json(own.map(|h| shown(&portal, h)).collect::<Vec<_>>()).into_response()
        }
        Operation::Status => {
            let found = fits(&agreed.status_path, asked.path()).unwrap_or_default();
            let by_id = found.get("id").and_then(|id| portal.invoice(id));
            let by_number = || portal.numbered(found.get("number")?).pop();
            match by_id.or_else(by_number).filter(|h| h.account == id) {
                Some(held) => Json(shown(&portal, &held)).into_response(),
                None => StatusCode::NOT_FOUND.into_response(),
            }
        }
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Nobody, where the certificate of the connection says enough.
fn who<'a>(portal: &'a Portal, asked: &Asked) -> Result<Option<&'a Account>, Stranger> {
    match portal.settings.agreed.auth {
        Auth::Basic => portal.basic(asked.headers()).map(Some),
        Auth::Bearer => portal.holder(asked.headers()).map(Some),
        Auth::Oauth2 => portal.caller(asked.headers()).map(Some),
        Auth::Certificate => Ok(portal.settings.accounts.first()),
    }
}

fn unknown(auth: Auth, stranger: Stranger) -> Response {
    if auth == Auth::Basic {
        let head = [(header::WWW_AUTHENTICATE, "Basic realm=\"upload\"")];
        return (StatusCode::UNAUTHORIZED, head, "not authorized").into_response();
    }
    stranger.response()
}

async fn upload(portal: &Portal, account: Option<&Account>, asked: Asked) -> Response {
    let strike = asked.strike();
    let in_path = fits(&portal.settings.agreed.upload_path, asked.path()).unwrap_or_default();
    let mut delivery = Delivery {
        account: account.map(|a| a.id.clone()).unwrap_or_default(),
        firm_id: account.and_then(|a| a.firm_id.clone()),
        invoice_type: "INVOICE".to_owned(),
        fields: in_path,
        strike,
        ..Delivery::default()
    };
    if let Err(why) = contents(portal, asked, &mut delivery).await {
        portal.refuse(&delivery, &why);
        return refused(portal, &why);
    }
    match portal.take(&delivery) {
        Taken::Accepted(held) => accepted(portal, &held),
        Taken::Duplicate(why, _) | Taken::WrongFirm(why) | Taken::Refused(why) => {
            refused(portal, &why)
        }
    }
}

/// Finds the file and the fields, as agreed.
async fn contents(portal: &Portal, asked: Asked, delivery: &mut Delivery) -> Result<(), String> {
    let agreed = &portal.settings.agreed;
    match agreed.body {
        Body::Raw => {
            let named = asked.header("content-disposition").and_then(file_name);
            delivery.file_name = named.unwrap_or_default();
            for name in agreed.fields.keys() {
                let value = asked.query(name).or(asked.header(name).map(str::to_owned));
                delivery.fields.extend(value.map(|v| (name.clone(), v)));
            }
            delivery.bytes = asked.body.to_vec();
        }
        Body::Multipart => {
            for (name, file, bytes) in asked.parts().await? {
                if name == agreed.file_field {
                    delivery.file_name = file.unwrap_or_default();
                    delivery.bytes = bytes;
                } else {
                    let text = String::from_utf8_lossy(&bytes).into_owned();
                    delivery.fields.insert(name, text);
                }
            }
        }
        Body::Json => {
            let body: Map<String, Value> = serde_json::from_slice(&asked.body)
                .map_err(|_| "the body is no JSON object".to_owned())?;
            for (name, value) in body {
                let text = value
                    .as_str()
                    .map_or_else(|| value.to_string(), str::to_owned);
                if name == agreed.file_field {
                    let bytes = STANDARD.decode(text.as_bytes());
                    delivery.bytes = bytes.map_err(|_| format!("{name} is no base64"))?;
                } else {
                    delivery.fields.insert(name, text);
                }
            }
        }
    }
    if delivery.bytes.is_empty() {
        return Err(format!("there is no file in {}", agreed.file_field));
    }
    for (name, wanted) in &agreed.fields {
        match delivery.fields.get(name) {
            None => return Err(format!("field {name} is missing")),
            Some(said) if !wanted.is_empty() && said != wanted => {
                return Err(format!("field {name} is not as agreed"));
            }
            Some(_) => {}
        }
    }
    Ok(())
}

fn file_name(disposition: &str) -> Option<String> {
    let (_, name) = disposition.split_once("filename=")?;
    Some(name.trim_matches(['"', ' ']).to_owned())
}

fn answer(portal: &Portal, status: u16, fields: Map<String, Value>) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    if !portal.settings.agreed.text_answers {
        return (status, Json(fields)).into_response();
    }
    let mut text = String::new();
    for (name, value) in fields {
        let value = value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned);
        text.push_str(&format!("{name}: {value}\n"));
    }
    let plain = HeaderValue::from_static("text/plain; charset=utf-8");
    (status, [(header::CONTENT_TYPE, plain)], text).into_response()
}

fn accepted(portal: &Portal, held: &Held) -> Response {
    let agreed = &portal.settings.agreed;
    let mut fields = Map::new();
    fields.insert(agreed.confirmation_field.clone(), json!(held.id));
    let word = words::word(agreed, portal.state(held), false);
    fields.insert(agreed.status_field.clone(), json!(word));
    answer(portal, agreed.accepted_status, fields)
}

fn refused(portal: &Portal, why: &str) -> Response {
    let agreed = &portal.settings.agreed;
    let mut fields = Map::new();
    fields.insert(agreed.status_field.clone(), json!("refused"));
    fields.insert(agreed.message_field.clone(), json!(why));
    answer(portal, agreed.refused_status, fields)
}

/// What a look-up says of an invoice. Beside the agreed names: `number`, `client`, `total`, `at`, `approved_total`,
/// `adjustments`, `errors`, `payments`.
fn shown(portal: &Portal, held: &Held) -> Value {
    let agreed = &portal.settings.agreed;
    let now = portal.now();
    let story = &held.story;
    let word = words::word(agreed, portal.state(held), !story.cuts.is_empty());
    let mut body = Map::new();
    body.insert(agreed.confirmation_field.clone(), json!(held.id));
    body.insert(agreed.status_field.clone(), json!(word));
    body.insert("number".to_owned(), json!(held.number()));
    body.insert("at".to_owned(), json!(story.at(now).at));
    if let Ok(read) = &held.read {
        body.insert("client".to_owned(), json!(read.client_id));
        body.insert("total".to_owned(), json!(read.total.to_string()));
    }
    if let Some(note) = &story.note
        && (story.decided(now) || portal.state(held) == super::review::State::Question)
    {
        body.insert(agreed.message_field.clone(), json!(note));
    }
    if story.decided(now) {
        let line = |line: &Option<super::ledes::Line>| line.as_ref().map(|l| l.number.clone());
        let cuts = story.cuts.iter().map(|c| {
            json!({"line": line(&c.line), "amount": (-c.amount).to_string(), "reason": c.reason.words})
        });
        let errors = story
            .objections
            .iter()
            .map(|o| json!({"line": line(&o.line), "text": o.text}));
        let total = story.approved_total.map(|t| t.to_string());
        body.insert("approved_total".to_owned(), json!(total));
        body.insert("adjustments".to_owned(), cuts.collect());
        body.insert("errors".to_owned(), errors.collect());
        let paid = story.paid_by(now).iter();
        let paid = paid
            .map(|p| json!({"amount": p.amount.to_string(), "at": p.at, "reference": p.reference}));
        body.insert("payments".to_owned(), paid.collect());
    }
    Value::Object(body)
}
