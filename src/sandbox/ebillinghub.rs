//! eBillingHub's REST interface: submit, validate, search, details and history, under the old and the new paths.

use super::asked::{Asked, fits};
use super::book::Held;
use super::faults::Operation;
use super::ledes;
use super::portal::{Delivery, Portal, Taken};
use super::review::{self, Case, State as Where};
use super::settings::Account;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, Method, Request, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use serde_json::{Value, json};
use std::sync::Arc;

pub(super) fn router(portal: Arc<Portal>) -> Router {
    Router::new().fallback(asked).with_state(portal)
}

/// Old and new path of each operation.
const PATHS: [(&str, &str, Call); 10] = [
    (
        "POST",
        "/submissions/api/{v}/SubmissionRequests",
        Call::Submit,
    ),
    (
        "POST",
        "/ebh/submissions/{v}/SubmissionRequests",
        Call::Submit,
    ),
    (
        "POST",
        "/validations/api/{v}/ValidationRequest",
        Call::Validate,
    ),
    (
        "POST",
        "/ebh/validations/{v}/ValidationRequest",
        Call::Validate,
    ),
    ("POST", "/statuses/api/{v}/search", Call::Search),
    ("POST", "/ebh/statuses/{v}/search", Call::Search),
    ("GET", "/statuses/api/{v}/details", Call::Details),
    ("GET", "/ebh/statuses/{v}/details", Call::Details),
    ("GET", "/statuses/api/{v}/history", Call::History),
    ("GET", "/ebh/statuses/{v}/history", Call::History),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Call {
    Submit,
    Validate,
    Search,
    Details,
    History,
}

fn call(method: &Method, path: &str) -> Option<(Call, String)> {
    PATHS.iter().find_map(|(known, pattern, call)| {
        let found = fits(pattern, path).filter(|_| method == known)?;
        Some((*call, found.get("v")?.clone()))
    })
}

/// What a request is for.
pub(super) fn operation(method: &Method, path: &str) -> Operation {
    match call(method, path) {
        Some((Call::Submit, _)) => Operation::Submit,
        Some((Call::Search, _)) => Operation::Search,
        Some((Call::Details | Call::History, _)) => Operation::Status,
        Some((Call::Validate, _)) => Operation::Other,
        None if path.contains("attach") => Operation::Attachment,
        None => Operation::Other,
    }
}

fn error(status: StatusCode, message: &str) -> Response {
    let body = json!({"StatusCode": status.as_u16(), "Message": message});
    (status, Json(body)).into_response()
}

async fn asked(State(portal): State<Arc<Portal>>, request: Request<Body>) -> Response {
    let asked = Asked::of(request).await;
    let mut answer = answered(&portal, &asked);
    let operation = super::portal::sha256(format!("{} {}", asked.path(), portal.now()).as_bytes());
    if let Ok(value) = HeaderValue::from_str(operation.get(..32).unwrap_or("0")) {
        let name = HeaderName::from_static("operationid");
        answer.headers_mut().insert(name, value);
    }
    answer
}

fn answered(portal: &Portal, asked: &Asked) -> Response {
    let id = asked.header("producerid").unwrap_or("");
    let key = asked.header("providerkey").unwrap_or("");
    let Some(account) = portal.account(id, key) else {
        return error(
            StatusCode::UNAUTHORIZED,
            "ProducerId or ProviderKey is wrong",
        );
    };
    let accept = asked.header("accept").unwrap_or("*/*");
    if !accept.contains("*/*") && !accept.contains("json") {
        return error(StatusCode::NOT_ACCEPTABLE, "answers are JSON here");
    }
    let rules = &portal.settings.ebillinghub;
    let called = call(&asked.head.method, asked.path());
    let (called, version) = match called {
        Some(called) => called,
        None => return other(portal, account, asked),
    };
    if version != rules.version {
        return error(StatusCode::NOT_FOUND, "this version is not there");
    }
    match called {
        Call::Submit => submitted(portal, account, asked),
        Call::Validate => validated(portal, asked),
        Call::Search => searched(portal, account, asked),
        Call::Details => match one(portal, account, asked) {
            Some(held) => Json(details(portal, &held)).into_response(),
            None => error(StatusCode::NOT_FOUND, "there is no such invoice"),
        },
        Call::History => match one(portal, account, asked) {
            Some(held) => Json(history(portal, &held)).into_response(),
            None => error(StatusCode::NOT_FOUND, "there is no such invoice"),
        },
    }
}

/// Paths that are settings, since nobody publishes them: release of an invoice that waits, and attachments.
fn other(portal: &Portal, account: &Account, asked: &Asked) -> Response {
    let rules = &portal.settings.ebillinghub;
    let at = |path: &str| path.replace("{v}", &rules.version);
    let releases = asked.path() == at(&rules.status_path);
    let attaches = asked.path() == at(&rules.attachment_path);
    if asked.head.method != Method::POST || !(releases || attaches) {
        return error(StatusCode::NOT_FOUND, "there is nothing here");
    }
    let Some(held) = one(portal, account, asked) else {
        return error(StatusCode::NOT_FOUND, "there is no such invoice");
    };
    portal.change(&held.id, |held| {
        if releases {
            held.waits = false;
        } else {
            let name = asked
                .query("FileName")
                .unwrap_or_else(|| "attachment".to_owned());
            held.attachments.push(name);
        }
    });
    Json(json!({"InvoiceId": held.number()})).into_response()
}

/// Reads the invoice of a body, or says what is wrong with it.
fn in_body(asked: &Asked, types: &[&str]) -> Result<ledes::Read, Response> {
    if !asked.is("application/xml") && !asked.is("text/xml") {
        let text = "Content-Type is application/xml";
        return Err(error(StatusCode::UNSUPPORTED_MEDIA_TYPE, text));
    }
    if asked
        .header("invoicetype")
        .is_some_and(|t| !types.contains(&t))
    {
        let text = format!("InvoiceType is one of {}", types.join(", "));
        return Err(error(StatusCode::BAD_REQUEST, &text));
    }
    let state = asked.header("invoicestate").unwrap_or("FinalInvoice");
    if !matches!(state, "FinalInvoice" | "Proforma") {
        let text = "InvoiceState is FinalInvoice or Proforma";
        return Err(error(StatusCode::BAD_REQUEST, text));
    }
    let read = ledes::read(&asked.body).map_err(|why| {
        let body =
            json!({"StatusCode": 400, "Message": "the schema does not fit", "Errors": [why]});
        (StatusCode::BAD_REQUEST, Json(body)).into_response()
    })?;
    if read.number.contains(' ') || read.number.chars().count() > 60 {
        let text = "the invoice id has 60 characters at most and no spaces";
        return Err(error(StatusCode::BAD_REQUEST, text));
    }
    Ok(read)
}

fn submitted(portal: &Portal, account: &Account, asked: &Asked) -> Response {
    let text = String::from_utf8_lossy(&asked.body).to_lowercase();
    let waits = ["has_attachments", "attachments"].iter().any(|name| {
        let open = format!("<{name}>");
        let value = text
            .split_once(open.as_str())
            .map(|(_, rest)| rest.trim_start());
        value.is_some_and(|v| v.starts_with("true") || v.starts_with('y') || v.starts_with('1'))
    });
    let delivery = Delivery {
        account: account.id.clone(),
        firm_id: account.firm_id.clone(),
        file_name: "body.xml".to_owned(),
        bytes: asked.body.to_vec(),
        invoice_type: asked
            .header("invoicestate")
            .unwrap_or("FinalInvoice")
            .to_owned(),
        strike: asked.strike(),
        waits,
        ..Delivery::default()
    };
    if let Err(response) = in_body(asked, &["ESF", "UBF"]) {
        portal.refuse(&delivery, "the request does not fit");
        return response;
    }
    if !account.may_post {
        return error(StatusCode::UNAUTHORIZED, "this key may not submit");
    }
    match portal.take(&delivery) {
        Taken::Accepted(held) => {
            let body = json!({"SubmissionId": submission(&held), "InvoiceId": held.number()});
            (StatusCode::CREATED, Json(body)).into_response()
        }
        Taken::Duplicate(why, _) | Taken::WrongFirm(why) | Taken::Refused(why) => {
            error(StatusCode::BAD_REQUEST, &why)
        }
    }
}

fn submission(held: &Held) -> String {
    format!("S{}", held.id)
}

/// Says what a submission would be told, and keeps nothing.
fn validated(portal: &Portal, asked: &Asked) -> Response {
    let types = [
        "ESF",
        "MultipleInvoiceUBF",
        "TimeEntryInvoice",
        "TimeEntryESF",
    ];
    let read = match in_body(asked, &types) {
        Ok(read) => read,
        Err(response) => return response,
    };
    let story = review::story(&Case {
        settings: &portal.settings,
        seed: portal.seed,
        at: portal.now(),
        read: Ok(&read),
        duplicate: false,
    });
    // Only what the hub's own rules find; what a client will say is not known yet.
    let own = story
        .objections
        .iter()
        .filter(|_| !story.stages.iter().any(|s| s.state == Where::InReview));
    let errors: Vec<_> = own.map(|o| o.text.clone()).collect();
    let id = super::portal::sha256(&asked.body);
    let id = id.get(..12).unwrap_or("0");
    let location = format!("{}/{id}", asked.path());
    let body = json!({"ValidationId": id, "InvoiceId": read.number, "IsValid": errors.is_empty(), "Errors": errors});
    (StatusCode::CREATED, [("location", location)], Json(body)).into_response()
}

fn one(portal: &Portal, account: &Account, asked: &Asked) -> Option<Held> {
    let by_submission = || {
        let id = asked.query("SubmissionId")?;
        portal.invoice(id.strip_prefix('S')?)
    };
    let by_number = || portal.numbered(&asked.query("InvoiceId")?).pop();
    let held = by_submission().or_else(by_number)?;
    (held.account == account.id).then_some(held)
}

fn word(state: Where) -> &'static str {
    match state {
        Where::Received => "received",
        Where::FileError | Where::Rejected => "rejected",
        Where::Delivered => "ebilled",
        Where::InReview | Where::TaxPending => "in review",
        Where::Question => "more info required",
        Where::Approved => "approved",
        Where::SentToAp => "payment sent",
        Where::Paid => "paid",
        Where::Strange => "escalated",
    }
}

fn status(portal: &Portal, held: &Held) -> &'static str {
    if held.waits {
        return "new";
    }
    word(portal.state(held))
}

fn note(portal: &Portal, held: &Held) -> Option<String> {
    let story = &held.story;
    let now = portal.now();
    let asks = portal.state(held) == Where::Question;
    if !asks && !story.decided(now) {
        return None;
    }
    if let Some(note) = &story.note {
        return Some(note.clone());
    }
    if let Some(first) = story.objections.first() {
        return Some(first.text.clone());
    }
    let cut = |c: &review::Cut| {
        let line = c.line.as_ref().map_or("invoice", |l| l.number.as_str());
        format!("{line}: -{} {}", c.amount, c.reason.words)
    };
    let cuts: Vec<_> = story.cuts.iter().map(cut).collect();
    (!cuts.is_empty()).then(|| cuts.join("; "))
}

fn details(portal: &Portal, held: &Held) -> Value {
    let now = portal.now();
    let story = &held.story;
    let read = held.read.as_ref().ok();
    let approved = story.stages.iter().find(|s| s.state == Where::Approved);
    let approved = approved.filter(|s| s.at <= now).map(|s| s.at);
    json!({
        "InvoiceId": held.number(),
        "SubmissionId": submission(held),
        "HubReferenceNumber": held.id,
        "InvoiceDate": read.and_then(|r| r.date),
        "TransmitDateTime": held.at,
        "ApprovedDateTime": approved,
        "CurrentHubStatus": status(portal, held),
        "StatusChangedDateTime": story.at(now).at,
        "MatterId": read.and_then(|r| r.matters.first()),
        "StatusNote": note(portal, held),
        "EBHRecipient": portal.settings.client,
        "Vendor": portal.settings.name,
        "ClientName": portal.settings.client,
        "ClientId": read.map(|r| &r.client_id),
        "InvoiceTotal": read.map(|r| r.total.to_string()),
        "ApprovedTotal": story.approved_total.filter(|_| approved.is_some()).map(|t| t.to_string()),
    })
}

fn history(portal: &Portal, held: &Held) -> Value {
    let now = portal.now();
    let told = held
        .story
        .stages
        .iter()
        .filter(|s| !held.waits && s.at <= now);
    let row = |s: &review::Stage| json!({"Status": word(s.state), "StatusDateTime": s.at});
    let mut rows: Vec<_> = told.map(row).collect();
    rows.insert(0, json!({"Status": "new", "StatusDateTime": held.at}));
    json!({"InvoiceId": held.number(), "SubmissionId": submission(held), "History": rows})
}

fn searched(portal: &Portal, account: &Account, asked: &Asked) -> Response {
    /// The hub lists no more.
    const MOST: usize = 100;
    if !asked.is("application/json") {
        return error(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "Content-Type is application/json",
        );
    }
    let Ok(body) = serde_json::from_slice::<Value>(&asked.body) else {
        return error(StatusCode::BAD_REQUEST, "the body is no JSON");
    };
    let list = |name: &str| -> Vec<String> {
        let value = body.get(name);
        let many = value.and_then(Value::as_array).cloned();
        let all = many.unwrap_or_else(|| {
            value
                .filter(|v| v.is_string())
                .cloned()
                .into_iter()
                .collect()
        });
        all.iter()
            .filter_map(|v| Some(v.as_str()?.to_owned()))
            .collect()
    };
    let (submissions, invoices, matters) =
        (list("SubmissionId"), list("InvoiceId"), list("MatterId"));
    let payors = list("PayorOrgId");
    if payors
        .iter()
        .any(|p| *p != portal.settings.ebillinghub.payor_org_id)
    {
        return Json(json!([])).into_response();
    }
    let day = |name: &str| {
        let text = body.get(name)?.as_str()?;
        let time = text.parse::<chrono::DateTime<chrono::Utc>>().ok();
        let midnight = || {
            Some(
                text.parse::<chrono::NaiveDate>()
                    .ok()?
                    .and_hms_opt(0, 0, 0)?
                    .and_utc(),
            )
        };
        time.or_else(midnight)
    };
    let (from, to) = (day("StartDate"), day("EndDate"));
    let active = body.get("IsActive").and_then(Value::as_bool);
    let now = portal.now();
    let any = |list: &[String], value: &str| list.is_empty() || list.iter().any(|l| l == value);
    let fits = |h: &Held| {
        let changed = h.story.at(now).at;
        let matter = h.read.as_ref().ok().and_then(|r| r.matters.first());
        let ended = matches!(
            h.story.at(now).state,
            Where::Paid | Where::Rejected | Where::FileError
        );
        h.account == account.id
            && any(&submissions, &submission(h))
            && any(&invoices, h.number())
            && any(&matters, matter.map_or("", String::as_str))
            && from.is_none_or(|from| changed >= from)
            && to.is_none_or(|to| changed <= to)
            && active.is_none_or(|active| active != ended)
    };
    let found = portal.newest(MOST, fits);
    Json(found.iter().map(|h| details(portal, h)).collect::<Vec<_>>()).into_response()
}
