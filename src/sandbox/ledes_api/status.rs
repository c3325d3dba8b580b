//! `GET /invoices/{invoiceid}`.

use super::{answer, errors, member};
use crate::sandbox::book::Held;
use crate::sandbox::ledes::Line;
use crate::sandbox::portal::Portal;
use crate::sandbox::reasons::Reason;
use crate::sandbox::review::{Cut, Objection, Payment, Stamps, State as Where, Story};
use crate::sandbox::settings::Outcome;
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, FixedOffset, Utc};
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use std::sync::Arc;

/// The receiver kept no reference to the line.
const NO_LINE: &str = "-9999";

pub(super) async fn status(
    State(portal): State<Arc<Portal>>,
    Path((business, id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let account = match member(&portal, &headers, &business) {
        Ok(account) => account,
        Err(response) => return response,
    };
    match portal
        .invoice(&id)
        .filter(|held| held.account == account.id)
    {
        Some(held) => answer(&portal, StatusCode::OK, shown(&portal, &held)),
        None => errors(
            &portal,
            StatusCode::NOT_FOUND,
            vec![format!("there is no invoice {id}")],
        ),
    }
}

/// No standard has this; the settings may switch it on.
pub(super) async fn search(
    State(portal): State<Arc<Portal>>,
    Path(business): Path<String>,
    Query(asked): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Response {
    let account = match member(&portal, &headers, &business) {
        Ok(account) => account,
        Err(response) => return response,
    };
    let number = asked
        .get("vendor_invoice_number")
        .or_else(|| asked.get("vendorInvoiceNumber"));
    let Some(number) = number else {
        let text = "Missing vendor_invoice_number".to_owned();
        return errors(&portal, StatusCode::BAD_REQUEST, vec![text]);
    };
    let found = portal.numbered(number);
    let own = found.iter().filter(|held| held.account == account.id);
    let list: Vec<Value> = own.map(|held| shown(&portal, held)).collect();
    let spelled = super::names::spell(portal.settings.ledes_api.names, Value::Array(list));
    (StatusCode::OK, Json(spelled)).into_response()
}

fn word(state: Where) -> &'static str {
    match state {
        Where::Received => "RECEIVED",
        Where::FileError => "FILE_ERROR",
        Where::Delivered => "DELIVERED_TO_CLIENT",
        Where::InReview => "PENDING_CLIENT",
        Where::Question => "PENDING_VENDOR",
        Where::TaxPending => "PENDING_TAX_AUTHORITY",
        Where::Approved => "APPROVED",
        Where::SentToAp => "SENT_TO_AP",
        Where::Paid => "PAID",
        Where::Rejected => "REJECTED",
        Where::Strange => "ESCALATED_TO_PANEL",
    }
}

/// A time as the portal writes it. `nth` chooses the offset where the times are mixed.
pub(super) fn stamp(story: &Story, nth: usize, at: DateTime<Utc>) -> String {
    let hours = match story.stamps {
        Stamps::Mixed => [0, 2, -4].get(nth % 3).copied().unwrap_or(0),
        Stamps::Usual | Stamps::Bad => 0,
    };
    let offset = FixedOffset::east_opt(hours * 3_600).filter(|_| hours != 0);
    match offset {
        None => at.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
        Some(offset) => at
            .with_timezone(&offset)
            .format("%Y-%m-%dT%H:%M:%S%:z")
            .to_string(),
    }
}

fn money(amount: Decimal) -> String {
    format!("{:.2}", amount.round_dp(2))
}

fn shown(portal: &Portal, held: &Held) -> Value {
    let now = portal.now();
    let story = &held.story;
    let stage = story.at(now);
    let nth = story.stages.iter().position(|s| *s == stage).unwrap_or(0);
    let mut body = Map::new();
    let mut put = |name: &str, value: Value| body.insert(name.to_owned(), value);
    put("invoiceid", json!(held.id));
    put("vendor_invoice_number", json!(held.number()));
    put("invoice_status", json!(word(stage.state)));
    let time = match story.stamps {
        Stamps::Bad if nth > 0 => stage.at.format("%Y-14-%dT%H:%M:%S-04:00").to_string(),
        _ => stamp(story, nth, stage.at),
    };
    put("invoice_status_time", json!(time));
    let currency = held.read.as_ref().ok().map(currency);
    if let (Ok(read), Some(currency)) = (&held.read, &currency)
        && story.outcome != Outcome::FileError
    {
        put("original_total", json!(money(read.total)));
        put("original_currency", json!(currency));
    }
    let refused = matches!(
        stage.state,
        Where::Rejected | Where::FileError | Where::Question
    );
    if let (true, Some(note)) = (refused, &story.note) {
        put("rejection_note", json!(note));
    }
    let decided = story.decided(now);
    if let (true, Some(total)) = (decided, story.approved_total) {
        put("approved_total", json!(money(total)));
        put("approved_currency", json!(currency));
    }
    let list = |shown: bool, list: Vec<Value>| if shown { list } else { Vec::new() };
    let currency = currency.unwrap_or_default();
    let objections = story.objections.iter().enumerate();
    let objections = objections
        .map(|(n, o)| error(story, n, stage.at, o))
        .collect();
    put("invoice_errors", json!(list(decided, objections)));
    let cuts = story.cuts.iter().enumerate();
    let cuts = cuts
        .map(|(n, c)| adjustment(story, n, c, &currency))
        .collect();
    put("adjustments", json!(list(decided, cuts)));
    let paid = story.paid_by(now).iter().enumerate();
    let paid: Vec<_> = paid.map(|(n, p)| payment(story, n, p, &currency)).collect();
    put("payments", json!(paid));
    if story.outcome == Outcome::Strange {
        put("workflow", json!({"panel": "B", "step": 2}));
        put("priority", json!(3));
    }
    Value::Object(body)
}

fn currency(read: &crate::sandbox::ledes::Read) -> String {
    // 1998B has no currency.
    if read.currency.is_empty() {
        "USD".to_owned()
    } else {
        read.currency.clone()
    }
}

fn error_type(objection: &Objection) -> &'static str {
    let Reason { slug, category, .. } = objection.reason;
    match (slug, category, &objection.line) {
        ("file_invalid_format", ..) => "FILE_STRUCTURE",
        (slug, _, _) if slug.ends_with("_missing") || slug.ends_with("_blank") => "MISSING_FIELD",
        ("invoice_total_sum" | "invoice_total_inconsistent" | "line_math", ..) => "BAD_FILE_DATA",
        ("blended_rate_mismatch", ..) => "AFA_ERROR",
        (_, "guideline" | "budget", _) => "AUDIT_ERROR",
        (_, _, Some(_)) => "LINE_ITEM_ERROR",
        _ => "INVOICE_LEVEL_ERROR",
    }
}

fn error(story: &Story, nth: usize, at: DateTime<Utc>, objection: &Objection) -> Value {
    let mut error = json!({
        "error_type": error_type(objection),
        "datetime": stamp(story, nth, at),
        // Opaque, as the list of codes is not public.
        "error_code": format!("SB{:03}", objection.reason.slug.len() * 7 % 1_000),
        "error_name": objection.reason.words,
        "error_description": objection.text,
    });
    if let Some(line) = &objection.line {
        error["line_item"] = line_item(line, false);
    }
    error
}

fn line_item(line: &Line, unmatched: bool) -> Value {
    let kind = if line.kind.starts_with('E') { "E" } else { "F" };
    if !unmatched {
        return json!({"line_item_ref": line.number, "line_item_type": kind});
    }
    let mut item = json!({
        "line_item_ref": NO_LINE,
        "line_item_type": kind,
        "line_item_date": line.date.replace('-', ""),
        "line_item_number_of_units": line.units,
        "line_item_unit_cost": line.unit_cost,
        "line_item_total": money(line.total),
        "line_item_description": line.description,
        "line_item_task_code": line.task,
    });
    if kind == "F" {
        item["timekeeper_id"] = json!(line.timekeeper);
        item["line_item_activity_code"] = json!(line.activity);
        if let Some((last, first)) = line.timekeeper_name.split_once(", ") {
            item["timekeeper_last_name"] = json!(last);
            item["timekeeper_first_name"] = json!(first);
        }
    } else {
        item["line_item_expense_code"] = json!(line.expense);
    }
    item
}

fn adjustment(story: &Story, nth: usize, cut: &Cut, currency: &str) -> Value {
    let at = story.stages.iter().find(|s| s.state == Where::Approved);
    let kind = match cut.line {
        Some(_) => "LINE_ITEM_ADJUSTMENT",
        None => "INVOICE_LEVEL_ADJUSTMENT",
    };
    let mut adjustment = json!({
        "adjustment_type": kind,
        "datetime": at.map(|s| stamp(story, nth, s.at)),
        "adjustment_amount": money(cut.amount),
        "adjustment_currency": currency,
        "adjustment_reason": cut.reason.words,
    });
    if let Some(line) = &cut.line {
        adjustment["original_line_item"] = line_item(line, cut.unmatched);
        let kind = if line.kind.starts_with('E') { "E" } else { "F" };
        adjustment["adjusted_line_item"] = json!({
            "line_item_type": kind,
            "line_item_total": money(line.total - cut.amount),
        });
    }
    adjustment
}

fn payment(story: &Story, nth: usize, payment: &Payment, currency: &str) -> Value {
    let mut shown = json!({
        "payment_type": payment.by,
        "datetime": stamp(story, nth + 1, payment.at),
        "payment_amount": money(payment.amount),
        "payment_currency": currency,
        "payment_reference": payment.reference,
        "payee": "the vendor",
    });
    if payment.by != "CHECK" {
        shown["paid_to_account"] = json!("****4471");
    }
    shown
}
