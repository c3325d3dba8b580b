//! Legal Tracker's billing API as far as its public pages show it; what they do not show is a setting.

use super::asked::{Asked, fits};
use super::book::Held;
use super::faults::Operation;
use super::ledes;
use super::oauth;
use super::portal::{Delivery, Portal, Taken, lock};
use super::reasons;
use super::settings::{Like, PortalSettings};
use super::words;
use axum::body::Body;
use axum::extract::State;
use axum::http::{Method, Request, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};
use std::sync::Arc;

pub(super) fn router(portal: Arc<Portal>) -> Router {
    Router::new()
        .route(&portal.settings.token_path, post(oauth::token))
        .fallback(asked)
        .with_state(portal)
}

fn below<'a>(settings: &PortalSettings, path: &'a str) -> Option<&'a str> {
    path.strip_prefix(settings.legal_tracker.base_path.as_str())
}

/// What a request is for.
pub(super) fn operation(settings: &PortalSettings, method: &Method, path: &str) -> Operation {
    let below = below(settings, path).unwrap_or("");
    match (method, below) {
        (&Method::POST, "/invoices") => Operation::Submit,
        (&Method::GET, "/invoices") => Operation::Search,
        (&Method::GET, below) if fits("/invoices/{id}", below).is_some() => Operation::Status,
        (_, below) if below.starts_with(settings.legal_tracker.files_path.as_str()) => {
            Operation::Attachment
        }
        _ => Operation::Other,
    }
}

fn error(status: StatusCode, code: &str, message: &str) -> Response {
    let body = json!({"errors": [{"code": code, "message": message}]});
    (status, Json(body)).into_response()
}

fn bad(message: &str) -> Response {
    error(StatusCode::BAD_REQUEST, "400", message)
}

fn list(portal: &Portal, asked: &Asked, rows: Vec<Value>) -> Response {
    let count = rows.len();
    let said = |name: &str| asked.query(name).and_then(|n| n.parse().ok());
    let rows = rows.into_iter().skip(said("$skip").unwrap_or(0));
    let rows: Vec<_> = rows
        .take(said("$top").unwrap_or(1_000).min(1_000))
        .collect();
    let field = &portal.settings.legal_tracker.list_field;
    if field.is_empty() {
        return Json(rows).into_response();
    }
    let mut body = Map::new();
    body.insert(field.clone(), json!(rows));
    if asked.query("$count").as_deref() == Some("true") {
        body.insert("count".to_owned(), json!(count));
    }
    Json(body).into_response()
}

async fn asked(State(portal): State<Arc<Portal>>, request: Request<Body>) -> Response {
    let asked = Asked::of(request).await;
    let rules = &portal.settings.legal_tracker;
    let Some(path) = below(&portal.settings, asked.path()) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let upload = format!("{}/{{key}}", rules.files_path);
    let method = &asked.head.method;
    // The link to temporary storage carries its own permission.
    if let (&Method::PUT, Some(found)) = (method, fits(&upload, path)) {
        return stored(&portal, found.get("key").map_or("", String::as_str), &asked);
    }
    let account = match portal.caller(asked.headers()) {
        Ok(account) => account.clone(),
        Err(stranger) => return stranger.response(),
    };
    match asked.header("company-id").map(str::parse::<u64>) {
        None => return bad("header Company-ID is required"),
        Some(Err(_)) => return bad("header Company-ID is an integer"),
        Some(Ok(id)) if id != rules.company_id => {
            return error(StatusCode::FORBIDDEN, "403", "no access to this company");
        }
        Some(Ok(_)) => {}
    }
    match (method, path) {
        (&Method::GET, "/matters") => matters(&portal, &asked),
        (&Method::POST, "/invoices") if !account.may_post => error(
            StatusCode::FORBIDDEN,
            "403",
            "the application may not post invoices",
        ),
        (&Method::POST, "/invoices") => posted(&portal, &account, &asked),
        (&Method::GET, "/invoices") => found(&portal, &account.id, &asked),
        (&Method::GET, path) if path == rules.attachment_types_path => {
            let rows = [("1", "Invoice copy", true), ("2", "Receipt", false)];
            let row = |(id, name, default): (&str, &str, bool)| {
                json!({"id": id, "name": name, "isDefault": default, "isActive": true,
                    "allowMultiple": true, "includeInAPBatch": default, "requirement": "optional"})
            };
            list(&portal, &asked, rows.map(row).to_vec())
        }
        (&Method::POST, path) if path == rules.files_path => link(&portal, &asked),
        (&Method::GET, path) => {
            let found = fits("/invoices/{id}", path);
            let held = found.and_then(|f| portal.invoice(f.get("id")?));
            match held.filter(|h| h.account == account.id) {
                Some(held) => Json(shown(&portal, &held, &asked)).into_response(),
                None => error(StatusCode::NOT_FOUND, "404", "there is nothing here"),
            }
        }
        _ => error(StatusCode::NOT_FOUND, "404", "there is nothing here"),
    }
}

fn matters(portal: &Portal, asked: &Asked) -> Response {
    let Some(select) = asked.query("$select") else {
        return bad("$select is required");
    };
    let named: Vec<&str> = select.split(',').map(str::trim).collect();
    let rows = portal
        .settings
        .matters
        .iter()
        .zip(1_u64..)
        .map(|(number, id)| {
            let mut row = json!({"id": id, "clientMatterName": format!("Matter {number}"),
            "clientMatterNumber": number, "status": "open", "matterType": "Litigation",
            "substantiveLaw": "Commercial", "countryOrRegion": "US", "state": "OH",
            "leadCompanyPersonEmail": "lead@client.example"});
            if let Some(fields) = row.as_object_mut() {
                fields.retain(|name, _| named.contains(&name.as_str()));
            }
            row
        });
    list(portal, asked, rows.collect())
}

/// A link to temporary storage, and the key under which the file is named afterwards.
fn link(portal: &Portal, asked: &Asked) -> Response {
    let mut shelf = lock(&portal.shelf);
    let key = format!("f{:06}", shelf.len() + 1);
    shelf.insert(key.clone(), Value::Null);
    let host = asked.header("host").unwrap_or("localhost");
    let scheme = if portal.settings.tls.is_some() {
        "https"
    } else {
        "http"
    };
    let rules = &portal.settings.legal_tracker;
    let link = format!(
        "{scheme}://{host}{}{}/{key}",
        rules.base_path, rules.files_path
    );
    let body = json!({"fileKey": key, "uploadLink": link});
    (StatusCode::CREATED, Json(body)).into_response()
}

fn stored(portal: &Portal, key: &str, asked: &Asked) -> Response {
    match lock(&portal.shelf).get_mut(key) {
        None => StatusCode::NOT_FOUND.into_response(),
        Some(place) => {
            *place = json!(STANDARD.encode(&asked.body));
            StatusCode::CREATED.into_response()
        }
    }
}

fn posted(portal: &Portal, account: &super::settings::Account, asked: &Asked) -> Response {
    let rules = &portal.settings.legal_tracker;
    let Ok(body) = serde_json::from_slice::<Map<String, Value>>(&asked.body) else {
        return bad("the body is no JSON object");
    };
    let number = |name: &str| body.get(name).and_then(Value::as_u64);
    for name in ["firmId", "firmOfficeId", "matterId", "typeId"] {
        if number(name).is_none() {
            return error(
                StatusCode::BAD_REQUEST,
                "005",
                &format!("{name} is required"),
            );
        }
    }
    if number("firmId") != Some(rules.firm_id)
        || number("firmOfficeId") != Some(rules.firm_office_id)
    {
        return error(
            StatusCode::FORBIDDEN,
            "403",
            "firmId or firmOfficeId is not this application's",
        );
    }
    if !number("typeId").is_some_and(|id| rules.type_ids.contains(&id)) {
        return bad("typeId is unknown");
    }
    let matter = number("matterId").unwrap_or(0);
    let known = portal.settings.matters.len() as u64;
    if known > 0 && !(1..=known).contains(&matter) {
        return bad("matterId is unknown");
    }
    let text = |name: &str| body.get(name).and_then(Value::as_str);
    let encoded = match (text("invoiceFileKey"), text(&rules.inline_field)) {
        (Some(_), Some(_)) => return bad("a file key or the content, not both"),
        (None, None) => return bad("there is no file"),
        (None, Some(inline)) => Some(inline.to_owned()),
        (Some(key), None) => lock(&portal.shelf)
            .get(key)
            .and_then(Value::as_str)
            .map(str::to_owned),
    };
    let Some(bytes) = encoded.and_then(|e| STANDARD.decode(e.as_bytes()).ok()) else {
        return bad("nothing was uploaded under this key");
    };
    let attached = body.get("attachments").and_then(Value::as_array);
    let attached: Vec<String> = attached
        .into_iter()
        .flatten()
        .filter_map(|a| Some(a.get("fileKey")?.as_str()?.to_owned()))
        .collect();
    if let Some(missing) = attached
        .iter()
        .find(|key| !lock(&portal.shelf).contains_key(*key))
    {
        return bad(&format!(
            "nothing was uploaded under attachment key {missing}"
        ));
    }
    let delivery = Delivery {
        account: account.id.clone(),
        firm_id: account.firm_id.clone(),
        file_name: text("fileName").unwrap_or("invoice.txt").to_owned(),
        bytes,
        invoice_type: "INVOICE".to_owned(),
        fields: [("matterId".to_owned(), matter.to_string())].into(),
        strike: asked.strike(),
        ..Delivery::default()
    };
    if let Some((code, message)) = blocks(&delivery.bytes) {
        portal.refuse(&delivery, &message);
        return error(StatusCode::BAD_REQUEST, code, &message);
    }
    match portal.take(&delivery) {
        Taken::Accepted(held) => {
            portal.change(&held.id, |held| held.attachments = attached);
            let id = held.id.parse::<u64>().unwrap_or_default();
            (
                StatusCode::CREATED,
                Json(json!({"id": id, "status": "pending"})),
            )
                .into_response()
        }
        Taken::Duplicate(why, _) => error(StatusCode::BAD_REQUEST, "duplicate", &why),
        Taken::WrongFirm(why) => error(StatusCode::FORBIDDEN, "403", &why),
        Taken::Refused(why) => bad(&why),
    }
}

/// Errors that keep an invoice from being posted, by their published numbers.
fn blocks(bytes: &[u8]) -> Option<(&'static str, String)> {
    let say = |code, slug| Some((code, reasons::reason(slug).words.to_owned()));
    match ledes::read(bytes) {
        Err(why) => Some(("005", why)),
        Ok(read) if read.date.is_none() => say("003", "date_invalid"),
        Ok(read) if !read.other_totals.is_empty() => say("007", "invoice_total_inconsistent"),
        Ok(_) => None,
    }
}

/// Looks by `$filter=invoiceNumber eq 'N'`: the pages show lists with `$filter`, not which fields it takes.
fn found(portal: &Portal, account: &str, asked: &Asked) -> Response {
    let filter = asked.query("$filter").unwrap_or_default();
    let number = filter
        .strip_prefix("invoiceNumber eq '")
        .and_then(|rest| rest.strip_suffix('\''));
    let own = |h: &Held| h.account == account;
    let held = match number {
        Some(number) => {
            let mut named = portal.numbered(&number.replace("''", "'"));
            named.retain(own);
            named
        }
        None if filter.is_empty() => portal.newest(1_000, own),
        None => return bad("$filter is invoiceNumber eq '...'"),
    };
    let rows = held.iter().map(|h| shown(portal, h, asked)).collect();
    list(portal, asked, rows)
}

/// An amount as the published sample writes it: a JSON number.
fn number(amount: Decimal) -> Value {
    let text = format!("{:.2}", amount.round_dp(2));
    serde_json::from_str(&text).unwrap_or_default()
}

fn shown(portal: &Portal, held: &Held, asked: &Asked) -> Value {
    let now = portal.now();
    let story = &held.story;
    let key = words::key(portal.state(held), !story.cuts.is_empty());
    // The cut stays visible after approval.
    let reduced = !story.cuts.is_empty() && matches!(key, "sent_to_ap" | "paid");
    let word = words::usual(Like::LegalTracker, if reduced { "reduced" } else { key });
    let mut body = json!({
        "id": held.id.parse::<u64>().unwrap_or_default(),
        "invoiceNumber": held.number(),
        "matterId": held.fields.get("matterId").and_then(|m| m.parse::<u64>().ok()),
        "status": word,
        "statusDateTime": story.at(now).at,
        "postedDateTime": held.at,
    });
    if let Ok(read) = &held.read {
        body["total"] = number(read.total);
        body["currency"] = json!(if read.currency.is_empty() {
            "USD"
        } else {
            &read.currency
        });
    }
    let decided = story.decided(now);
    if decided {
        body["approvedTotal"] = json!(story.approved_total.map(number));
        body["comment"] = json!(story.note);
    }
    if key == "question" {
        body["comment"] = json!(story.note);
    }
    let expand = asked.query("$expand").unwrap_or_default().to_lowercase();
    if expand.contains("invoicefileinfo") {
        body["invoiceFileInfo"] =
            json!({"fileName": held.file_name, "size": held.bytes, "uploadedDateTime": held.at});
    }
    if expand.contains("adjustments") {
        let row = |c: &super::review::Cut| {
            let line = c.line.as_ref().and_then(|l| l.number.parse::<u64>().ok());
            json!({"type": if line.is_some() { "fia" } else { "ia" }, "amount": number(-c.amount), "adjusterID": 77,
                "adjusterName": story.reviewer, "dateTime": story.at(now).at, "reason": c.reason.words,
                "comment": Value::Null, "lineItemNumber": line})
        };
        let rows: Vec<_> = story.cuts.iter().filter(|_| decided).map(row).collect();
        body["adjustments"] = json!(rows);
    }
    if expand.contains("attachments") {
        let row = |key: &String| json!({"fileKey": key});
        body["attachments"] = held.attachments.iter().map(row).collect();
    }
    if expand.contains("taxes") {
        body["taxes"] = json!([]);
    }
    body
}
