//! LEDES Software API v1 as a receiving system speaks it: one file an operation, `names` for the two spellings.
//! Not here: anything the public material does not show, but for what settings switch on.

mod accruals;
mod names;
mod status;
mod submit;

use super::faults::Operation;
use super::oauth;
use super::portal::Portal;
use super::settings::Account;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use axum::{Json, Router};
use serde_json::{Value, json};
use std::sync::Arc;

/// The routes below `/api/v1/businesses/{business}`.
pub(super) fn router(portal: Arc<Portal>) -> Router {
    let below = |path: &str| format!("/api/v1/businesses/{{business}}{path}");
    let submit = if portal.settings.ledes_api.search {
        post(submit::submit).get(status::search)
    } else {
        post(submit::submit)
    };
    let replace = put(accruals::replace)
        .delete(accruals::remove)
        .get(accruals::show);
    Router::new()
        .route(&portal.settings.token_path, post(oauth::token))
        .route(&below("/invoices"), submit)
        .route(&below("/invoices/{id}"), get(status::status))
        .route(&below("/matter/{matter}/accruals"), replace.clone())
        .route(
            &below("/matter/{discriminator}/{matter}/accruals"),
            put(accruals::discriminated)
                .delete(accruals::discriminated)
                .get(accruals::discriminated),
        )
        .layer(axum::extract::DefaultBodyLimit::disable())
        .with_state(portal)
}

/// What a request is for.
pub(super) fn operation(method: &Method, path: &str) -> Operation {
    let last = path.trim_end_matches('/').rsplit('/').next().unwrap_or("");
    match (method, last) {
        (&Method::POST, "invoices") => Operation::Submit,
        (&Method::GET, "invoices") => Operation::Search,
        (_, "accruals") => Operation::Accruals,
        (&Method::GET, _) => Operation::Status,
        _ => Operation::Other,
    }
}

/// The account behind a request, if it belongs to the business in the address.
fn member<'a>(
    portal: &'a Portal,
    headers: &HeaderMap,
    business: &str,
) -> Result<&'a Account, Response> {
    let account = portal.caller(headers).map_err(oauth::Stranger::response)?;
    let own = account.business.as_deref();
    let own = own.unwrap_or(&portal.settings.ledes_api.business);
    if own != business {
        let text = "the caller has no access to this business";
        return Err(errors(portal, StatusCode::FORBIDDEN, vec![text.to_owned()]));
    }
    Ok(account)
}

/// An answer in the portal's spelling.
fn answer(portal: &Portal, status: StatusCode, body: Value) -> Response {
    let spelled = names::spell(portal.settings.ledes_api.names, body);
    (status, Json(spelled)).into_response()
}

/// An answer that lists what was wrong.
fn errors(portal: &Portal, status: StatusCode, list: Vec<String>) -> Response {
    let mut body = json!({
        "received_time": portal.now().format("%Y-%m-%dT%H:%M:%SZ").to_string(),
        "invoice_status": "REJECTED",
        "errors": list.iter().map(|text| json!({"error": text})).collect::<Vec<_>>(),
    });
    if portal.settings.ledes_api.id_on_refusal {
        body["invoiceid"] = json!(format!("{}", 9_000_000 + portal.row_count()));
    }
    answer(portal, status, body)
}
