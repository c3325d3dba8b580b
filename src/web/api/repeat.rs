//! Calls with an Idempotency-Key: made twice they are done once, and answered alike for a day.

use super::call::Called;
use super::problem::Problem;
use crate::store::{RepeatRow, StoreError, sha256};
use crate::web::route::Route;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use http_body_util::BodyExt;
use serde::{Deserialize, Serialize};

/// The header that names a call.
pub(super) const KEY: &str = "idempotency-key";
/// The header of an answer that was given before.
pub(super) const REPLAYED: &str = "idempotency-replayed";
/// The longest key, in characters.
pub(super) const LONGEST: usize = 200;
/// How long an answer is kept, in milliseconds.
const KEPT_MS: i64 = 24 * 60 * 60 * 1000;
/// How long a call is believed to be worked on whose process said nothing more. What it did it did whole or not at all, and
/// no step of an invoice is taken twice; so it may be made again then.
const WORKING_MS: i64 = 5 * 60 * 1000;
/// How often an answer is written down where others write at the same moment.
const TRIES: usize = 8;

/// The answer as it is kept.
#[derive(Serialize, Deserialize)]
struct Kept {
    media_type: String,
    body: String,
}

/// The key of a call, where it has one.
///
/// # Errors
/// It is none.
fn key(headers: &HeaderMap) -> Result<Option<&str>, Problem> {
    let mut all = headers.get_all(KEY).iter();
    let Some(one) = all.next() else {
        return Ok(None);
    };
    let text = one
        .to_str()
        .ok()
        .filter(|t| (1..=LONGEST).contains(&t.len()) && t.bytes().all(|b| b.is_ascii_graphic()));
    match (text, all.next()) {
        (Some(key), None) => Ok(Some(key)),
        _ => Err(Problem::malformed(
            "Idempotency-Key",
            format!(
                "one key of 1 to {LONGEST} letters, digits and signs without blanks is expected, as a UUID"
            ),
        )),
    }
}

/// Does a call; where it has a key and was done before, gives the answer of then.
pub(in crate::web) async fn once<'a, F>(
    called: &'a Called<'a>,
    route: &Route,
    headers: &HeaderMap,
    work: F,
) -> Result<Response, Problem>
where
    F: AsyncFnOnce(&'a Called<'a>) -> Result<Response, Problem>,
{
    let Some(key) = key(headers)? else {
        return work(called).await;
    };
    let what = format!(
        "{:?} {} {:?} {} {} {}",
        route.verb,
        route.path,
        called.params,
        called.query,
        called.media_type,
        sha256(&called.body)
    );
    let mut row = RepeatRow {
        id: sha256(format!("{}\u{1f}{key}", called.desk.person.name).as_bytes()),
        request: sha256(what.as_bytes()),
        ..RepeatRow::default()
    };
    if let Some(before) = begin(called, &mut row).await? {
        return answered(called, &before);
    }
    let done = work(called).await;
    let response = done.unwrap_or_else(IntoResponse::into_response);
    keep(called, row, response).await
}

fn working() -> Problem {
    Problem::refused(
        "the same call is being worked on at this moment; wait, then send it again with the same key",
    )
    .after(1)
}

/// Writes down that a call begins; the row of the one before, where there was one.
async fn begin(called: &Called<'_>, row: &mut RepeatRow) -> Result<Option<RepeatRow>, Problem> {
    let store = &called.app.store;
    let now = (called.app.clock)();
    row.until_ms = now + WORKING_MS;
    let begun = async {
        let mut tx = store.db.write().await?;
        tx.purge_repeats(now).await?;
        let before = tx.repeat(&row.id).await?;
        if before.is_none() {
            tx.begin_repeat(row).await?;
        }
        tx.commit().await?;
        Ok::<_, StoreError>(before)
    };
    match begun.await {
        Ok(None) => Ok(None),
        Ok(Some(before)) if before.request != row.request => Err(Problem::unusable(
            "Idempotency-Key",
            "this key was used for another call within the last day; use a new one for each call that is not the same",
        )),
        Ok(Some(before)) if before.status.is_none() => Err(working()),
        Ok(Some(before)) => Ok(Some(before)),
        Err(StoreError::Conflict) => Err(working()),
        Err(error) => Err(error.into()),
    }
}

/// The answer of then.
fn answered(called: &Called<'_>, row: &RepeatRow) -> Result<Response, Problem> {
    let kept = called.app.store.unseal(&row.answer)?;
    let kept: Kept = serde_json::from_slice(&kept).map_err(Problem::failed)?;
    let status = row.status.and_then(|s| u16::try_from(s).ok());
    let status = status.and_then(|s| StatusCode::from_u16(s).ok());
    let mut response = Response::new(Body::from(kept.body));
    *response.status_mut() = status.unwrap_or(StatusCode::OK);
    let headers = response.headers_mut();
    if let Ok(kind) = HeaderValue::from_str(&kept.media_type)
        && !kept.media_type.is_empty()
    {
        headers.insert(header::CONTENT_TYPE, kind);
    }
    headers.insert(
        HeaderName::from_static(REPLAYED),
        HeaderValue::from_static("true"),
    );
    Ok(response)
}

/// Keeps the answer for the next time. What failed for no fault of the call is forgotten, so that it can be made again.
async fn keep(
    called: &Called<'_>,
    mut row: RepeatRow,
    response: Response,
) -> Result<Response, Problem> {
    let (head, body) = response.into_parts();
    let body = body.collect().await.map_err(Problem::failed)?.to_bytes();
    let media_type = head.headers.get(header::CONTENT_TYPE);
    let media_type = media_type.and_then(|v| v.to_str().ok()).unwrap_or("");
    let store = &called.app.store;
    let passing = head.status.is_server_error()
        || head.status == StatusCode::REQUEST_TIMEOUT
        || head.status == StatusCode::TOO_MANY_REQUESTS;
    let kept = Kept {
        media_type: media_type.to_owned(),
        body: String::from_utf8_lossy(&body).into_owned(),
    };
    let kept = serde_json::to_vec(&kept).map_err(Problem::failed)?;
    row.answer = store.seal(&kept)?;
    row.status = Some(i64::from(head.status.as_u16()));
    row.until_ms = (called.app.clock)() + KEPT_MS;
    for left in (0..TRIES).rev() {
        let written = async {
            let mut tx = store.db.write().await?;
            match passing {
                true => tx.forget_repeat(&row.id).await?,
                false => tx.end_repeat(&row).await?,
            }
            tx.commit().await
        };
        match written.await {
            Ok(()) => break,
            Err(StoreError::Conflict) if left > 0 => {}
            // The call was done: that its answer is not kept does not undo it.
            Err(error) => {
                tracing::error!(%error, "the answer of a call was not kept");
                break;
            }
        }
    }
    Ok(Response::from_parts(head, Body::from(body)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_short_and_plain() {
        let long = "k".repeat(LONGEST + 1);
        let of = |values: &[&str]| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(KEY, HeaderValue::from_str(value).expect("a value"));
            }
            key(&headers).map(|k| k.map(str::to_owned)).ok()
        };
        assert_eq!(of(&[]), Some(None));
        assert_eq!(of(&["a-1"]), Some(Some("a-1".to_owned())));
        for wrong in [&[""][..], &["a b"], &["a", "a"], &[long.as_str()]] {
            assert_eq!(of(wrong), None, "{wrong:?}");
        }
    }
}
