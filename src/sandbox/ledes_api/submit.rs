//! `POST /invoices`.

use super::names;
use super::{answer, errors, member};
use crate::sandbox::ledes;
use crate::sandbox::portal::{Delivery, Portal, Strike, Taken};
use crate::sandbox::settings::Names;
use axum::Extension;
use axum::extract::multipart::MultipartRejection;
use axum::extract::{Multipart, Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde_json::{Map, Value, json};
use std::sync::Arc;

const FORMATS: [&str; 7] = [
    "LEDES98B",
    "LEDES98BI",
    "LEDES98BIV2",
    "LEDES2000",
    "LEDESXML20",
    "LEDESXML21",
    "LEDESXML22",
];

const TYPES: [&str; 6] = [
    "INVOICE",
    "ACCRUAL",
    "SHADOW",
    "RESUBMIT",
    "APPEAL",
    "REPLACEMENT",
];

const MEDIA: [&str; 3] = ["text/plain", "text/csv", "application/xml"];

/// The two parts.
#[derive(Default)]
struct Parts {
    invoice: Option<Vec<u8>>,
    file: Option<Vec<u8>>,
    file_type: Option<String>,
}

pub(super) async fn submit(
    State(portal): State<Arc<Portal>>,
    Path(business): Path<String>,
    Extension(strike): Extension<Strike>,
    headers: HeaderMap,
    form: Result<Multipart, MultipartRejection>,
) -> Response {
    let account = match member(&portal, &headers, &business) {
        Ok(account) => account,
        Err(response) => return response,
    };
    let refused = |status, text: &str| errors(&portal, status, vec![text.to_owned()]);
    if !account.may_post {
        return refused(StatusCode::FORBIDDEN, "the caller may not post invoices");
    }
    let Ok(form) = form else {
        return refused(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "expected is multipart/form-data",
        );
    };
    let parts = match parts(form, portal.settings.ledes_api.names).await {
        Ok(parts) => parts,
        Err(text) => return refused(StatusCode::BAD_REQUEST, &text),
    };
    let Some(file) = parts.file else {
        return refused(StatusCode::BAD_REQUEST, "Missing part ledesfile");
    };
    let about: Option<Map<String, Value>> = parts
        .invoice
        .as_deref()
        .and_then(|json| serde_json::from_slice(json).ok());
    let Some(about) = about else {
        return refused(StatusCode::BAD_REQUEST, "part invoice is no JSON object");
    };
    let mut delivery = Delivery {
        account: account.id.clone(),
        firm_id: account.firm_id.clone(),
        bytes: file,
        strike,
        ..Delivery::default()
    };
    if let Err((status, list)) =
        described(&portal, &about, parts.file_type.as_deref(), &mut delivery)
    {
        portal.refuse(&delivery, &list.join("; "));
        return errors(&portal, status, list);
    }
    taken(&portal, portal.take(&delivery), delivery.bytes.len())
}

async fn parts(mut form: Multipart, spelling: Names) -> Result<Parts, String> {
    let mut parts = Parts::default();
    while let Some(part) = form.next_field().await.map_err(|e| e.body_text())? {
        let name = part.name().unwrap_or_default().to_owned();
        let name = match spelling {
            Names::Snake => name,
            Names::Camel => name.to_lowercase(),
        };
        let media = part.content_type().map(str::to_owned);
        let bytes = part.bytes().await.map_err(|e| e.body_text())?.to_vec();
        match name.as_str() {
            "invoice" => parts.invoice = Some(bytes),
            "ledesfile" => {
                parts.file = Some(bytes);
                parts.file_type = media;
            }
            _ => return Err(format!("Unknown part {name}")),
        }
    }
    Ok(parts)
}

/// Reads what is said of the file, and compares it with the file.
fn described(
    portal: &Portal,
    about: &Map<String, Value>,
    part_type: Option<&str>,
    delivery: &mut Delivery,
) -> Result<(), (StatusCode, Vec<String>)> {
    let rules = &portal.settings.ledes_api;
    let field = |name: &str| names::field(rules.names, about, name).filter(|v| !v.is_null());
    let mut wrong = Vec::new();
    let mut text = |name: &str| match field(name) {
        Some(Value::String(text)) if !text.is_empty() => text.clone(),
        None | Some(Value::String(_)) => {
            wrong.push(format!("Missing {name}"));
            String::new()
        }
        Some(other) => {
            wrong.push(format!("Invalid {name} : {other}"));
            String::new()
        }
    };
    let format = text("ledes_format");
    let name = text("ledes_filename");
    let media = text("ledes_file_media_type");
    let kind = text("invoice_type");
    delivery.file_name.clone_from(&name);
    delivery.invoice_type.clone_from(&kind);
    match field("encrypted") {
        Some(Value::Bool(false)) => {}
        Some(Value::Bool(true)) => {
            wrong.push(
                "encrypted is true, but no encryption was set up with this sender".to_owned(),
            );
        }
        Some(other) => wrong.push(format!("Invalid encrypted : {other}")),
        None => wrong.push("Missing encrypted".to_owned()),
    }
    let known_format = names::word(rules.names, &format, &FORMATS);
    if !format.is_empty() && known_format.is_none() {
        wrong.push(format!("Invalid ledes_format : {format}"));
    }
    if !media.is_empty() && !MEDIA.contains(&media.as_str()) {
        wrong.push(format!("Invalid ledes_file_media_type : {media}"));
    }
    let known_type = names::word(rules.names, &kind, &TYPES);
    match known_type {
        None if kind.is_empty() => {}
        None => wrong.push(format!("Invalid invoice_type : {kind}")),
        Some(known) => known.clone_into(&mut delivery.invoice_type),
    }
    if name.contains(['/', '\\']) {
        wrong.push(format!("Invalid ledes_filename : {name} holds a folder"));
    }
    if name.chars().count() > rules.file_name_limit {
        let limit = rules.file_name_limit;
        wrong.push(format!(
            "Invalid ledes_filename : longer than {limit} characters"
        ));
    }
    delivery.related = match field("related_invoice_id") {
        Some(Value::String(id)) if !id.is_empty() => Some(id.clone()),
        Some(Value::Number(id)) => Some(id.to_string()),
        Some(Value::String(_)) | None => None,
        Some(other) => {
            wrong.push(format!("Invalid related_invoice_id : {other}"));
            None
        }
    };
    let needs = matches!(known_type, Some("RESUBMIT" | "APPEAL" | "REPLACEMENT"));
    if needs && delivery.related.is_none() {
        wrong.push(format!(
            "Missing related_invoice_id for invoice_type {kind}"
        ));
    }
    if let Some(Value::String(comment)) = field("comment") {
        delivery
            .fields
            .insert("comment".to_owned(), comment.clone());
    }
    if !wrong.is_empty() {
        return Err((StatusCode::BAD_REQUEST, wrong));
    }
    let format = known_format.unwrap_or_default();
    if !rules.formats.iter().any(|taken| taken == format) {
        let text = format!("{format} is not supported");
        return Err((StatusCode::UNSUPPORTED_MEDIA_TYPE, vec![text]));
    }
    agrees(format, &media, part_type, &delivery.bytes)
        .map_err(|text| (StatusCode::BAD_REQUEST, vec![text]))
}

/// Whether the file is what was said of it.
fn agrees(format: &str, media: &str, part: Option<&str>, bytes: &[u8]) -> Result<(), String> {
    let part = part.map(|p| p.split(';').next().unwrap_or(p).trim().to_lowercase());
    if let Some(part) = part
        && part != media
        && part != "application/octet-stream"
    {
        return Err(format!(
            "ledes_file_media_type is {media}, the part is {part}"
        ));
    }
    let mark = bytes
        .iter()
        .find(|b| !b.is_ascii_whitespace() && !b"\xef\xbb\xbf".contains(b));
    let is_xml = mark == Some(&b'<');
    if (media == "application/xml") != is_xml && (media != "text/plain") {
        return Err(format!(
            "ledes_file_media_type is {media}, the file is something else"
        ));
    }
    if let Ok(read) = ledes::read(bytes)
        && read.format != format
    {
        return Err(format!(
            "ledes_format is {format}, the file is {}",
            read.format
        ));
    }
    Ok(())
}

fn taken(portal: &Portal, taken: Taken, bytes: usize) -> Response {
    let held = match taken {
        Taken::Accepted(held) => held,
        Taken::Duplicate(why, _) | Taken::Refused(why) => {
            return errors(portal, StatusCode::BAD_REQUEST, vec![why]);
        }
        Taken::WrongFirm(why) => return errors(portal, StatusCode::FORBIDDEN, vec![why]),
    };
    let later = bytes > portal.settings.ledes_api.async_over_bytes;
    let status = if later {
        StatusCode::ACCEPTED
    } else {
        StatusCode::CREATED
    };
    let body = json!({
        "invoiceid": held.id,
        "received_time": super::status::stamp(&held.story, 0, held.at),
        "invoice_status": "RECEIVED",
    });
    answer(portal, status, body)
}
