//! Accruals of one matter: replaced as a whole, or removed, and then they are null and not zero.

use super::names::field;
use super::{answer, errors, member};
use crate::sandbox::portal::{Portal, lock};
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};
use std::sync::Arc;

type Asked = (State<Arc<Portal>>, Path<(String, String)>, HeaderMap);

/// Under which an account's accruals of a matter are kept.
fn key(account: &str, matter: &str) -> String {
    format!("accruals {account} {matter}")
}

/// The key, if the caller may and the matter is known.
fn place(
    portal: &Portal,
    headers: &HeaderMap,
    business: &str,
    matter: &str,
) -> Result<String, Response> {
    let account = member(portal, headers, business)?;
    let no = |status, text: String| Err(errors(portal, status, vec![text]));
    if !portal.settings.ledes_api.accruals {
        return no(
            StatusCode::NOT_IMPLEMENTED,
            "accruals are not supported".to_owned(),
        );
    }
    let known = &portal.settings.matters;
    if !known.is_empty() && !known.iter().any(|m| m == matter) {
        return no(
            StatusCode::NOT_FOUND,
            format!("there is no matter {matter}"),
        );
    }
    Ok(key(&account.id, matter))
}

pub(super) async fn replace(
    State(portal): State<Arc<Portal>>,
    Path((business, matter)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let key = match place(&portal, &headers, &business, &matter) {
        Ok(key) => key,
        Err(response) => return response,
    };
    let Ok(accruals) = serde_json::from_slice::<Map<String, Value>>(&body) else {
        let text = "the body is no JSON object".to_owned();
        return errors(&portal, StatusCode::BAD_REQUEST, vec![text]);
    };
    let wrong = mistakes(&portal, &accruals);
    if !wrong.is_empty() {
        return errors(&portal, StatusCode::BAD_REQUEST, wrong);
    }
    lock(&portal.shelf).insert(key, Value::Object(accruals));
    answer(&portal, StatusCode::OK, json!({}))
}

pub(super) async fn remove((state, path, headers): Asked) -> Response {
    let (State(portal), Path((business, matter))) = (state, path);
    match place(&portal, &headers, &business, &matter) {
        Ok(key) => {
            lock(&portal.shelf).remove(&key);
            answer(&portal, StatusCode::OK, json!({}))
        }
        Err(response) => response,
    }
}

/// Not in the proposal: shows what is kept, so that somebody rehearsing can look.
pub(super) async fn show((state, path, headers): Asked) -> Response {
    let (State(portal), Path((business, matter))) = (state, path);
    match place(&portal, &headers, &business, &matter) {
        Ok(key) => {
            let kept = lock(&portal.shelf).get(&key).cloned();
            answer(&portal, StatusCode::OK, json!({"accruals": kept}))
        }
        Err(response) => response,
    }
}

/// An earlier form of the proposal named the kind of id in the path. This portal supports none of them.
pub(super) async fn discriminated(
    State(portal): State<Arc<Portal>>,
    Path((business, discriminator, _)): Path<(String, String, String)>,
    headers: HeaderMap,
) -> Response {
    match member(&portal, &headers, &business) {
        Err(response) => response,
        Ok(_) => errors(
            &portal,
            StatusCode::NOT_IMPLEMENTED,
            vec![format!("matters are not found by {discriminator}")],
        ),
    }
}

fn decimal(value: Option<&Value>) -> Option<Decimal> {
    let text = value?.as_str()?;
    let places = text.split_once('.').map_or(0, |(_, cents)| cents.len());
    matches!(places, 2 | 4).then(|| Decimal::from_str_exact(text).ok())?
}

fn mistakes(portal: &Portal, body: &Map<String, Value>) -> Vec<String> {
    let names = portal.settings.ledes_api.names;
    let mut wrong = Vec::new();
    if field(names, body, "accrual_currency")
        .and_then(Value::as_str)
        .is_none()
    {
        wrong.push("Missing accrual_currency".to_owned());
    }
    if decimal(field(names, body, "accrual_net_total")).is_none() {
        wrong.push("accrual_net_total is no decimal string with 2 or 4 decimals".to_owned());
    }
    let lines = field(names, body, "line_items").and_then(Value::as_array);
    for (n, line) in lines.into_iter().flatten().enumerate() {
        let Some(line) = line.as_object() else {
            wrong.push(format!("line {} is no object", n + 1));
            continue;
        };
        let total = field(names, line, "line_item_total");
        if total.is_none_or(Value::is_null) {
            wrong.push(format!("line {}: Missing line_item_total", n + 1));
            continue;
        }
        let number = |name| {
            let text = field(names, line, name)?.as_str()?;
            Decimal::from_str_exact(text).ok()
        };
        let (Some(total), Some(cost), Some(units)) = (
            number("line_item_total"),
            number("line_item_unit_cost"),
            number("line_item_number_of_units"),
        ) else {
            wrong.push(format!(
                "line {}: totals, costs and units are decimal strings",
                n + 1
            ));
            continue;
        };
        let adjustment = number("line_item_adjustment_amount").unwrap_or_default();
        let product = cost
            .checked_mul(units)
            .and_then(|p| p.checked_add(adjustment));
        if product.map(|p| p.round_dp(2)) != Some(total.round_dp(2)) {
            wrong.push(format!(
                "line {}: line_item_total is not unit cost x units + adjustment",
                n + 1
            ));
        }
    }
    wrong
}
