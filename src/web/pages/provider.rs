//! Signing in by the firm's identity provider: the way there, and the way back. A form could not lead there: the policy
//! of our pages lets forms go nowhere else, and who knows how many hosts a provider sends people through. So it is a
//! link, and it is followed from our own pages only.

use super::sign_in::{Page, let_in, unprocessable};
use crate::web::answer::{Trouble, html, see};
use crate::web::app::App;
use crate::web::asked::Visit;
use crate::web::headers::Cookie;
use crate::web::provider::{Away, Back, Fault, Proof, Provider};
use crate::web::wording::for_pages;
use crate::workflow::{
    Admission, PENDING, Vouched, WorkflowError, admit, keep_pending, take_pending,
};
use axum::http::StatusCode;
use axum::response::Response;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

/// How long somebody may take at the provider, in seconds.
const AWAY_SECONDS: i64 = 600;
/// How long the page for a code waits, in seconds.
const CODE_SECONDS: i64 = 180;

/// A sign-in that is under way.
#[derive(Serialize, Deserialize)]
enum Pending {
    /// They are at the provider.
    Away(Away),
    /// The provider vouches for them; a code is wanted as well.
    Code { vouched: Vouched, next: String },
}

pub(super) fn provider(app: &App) -> Result<&Provider, Trouble> {
    app.provider.as_ref().ok_or_else(|| {
        Trouble::NotFound(
            "people do not sign in by an identity provider here; whoever runs cleanbill can set that up with oidc_issuer"
                .to_owned(),
        )
    })
}

/// Keeps what is under way; the browser holds the key to it.
async fn keep(
    app: &App,
    response: &mut Response,
    pending: &Pending,
    until_ms: i64,
) -> Result<(), Trouble> {
    let text = serde_json::to_vec(pending).map_err(WorkflowError::from)?;
    let held = keep_pending(&app.store, &text, until_ms, &*app.clock).await?;
    let seconds = (until_ms - (app.clock)()) / 1000;
    Cookie::Pending.set(app, response, held.expose_secret(), seconds);
    Ok(())
}

/// Takes what is under way in this browser, once.
async fn take(visit: &Visit<'_>) -> Result<Option<(Pending, i64)>, Trouble> {
    let Some(held) = visit.pending.as_ref().filter(|p| p.starts_with(PENDING)) else {
        return Ok(None);
    };
    let held = SecretString::from(held.clone());
    let app = visit.app;
    let Some((text, until_ms)) = take_pending(&app.store, &held, &*app.clock).await? else {
        return Ok(None);
    };
    // One of another version of the program is none.
    Ok(serde_json::from_slice(&text).ok().map(|p| (p, until_ms)))
}

/// The page for signing in, with what went wrong.
fn again(visit: &Visit<'_>, fault: &Fault, next: Option<&str>) -> Response {
    fault.tell();
    let name = visit.app.provider.as_ref().map_or("", Provider::name);
    let mut page = Page::new(visit, "");
    page.lead_to(next);
    page.trouble = Some(fault.words(name));
    let mut response = html(&page);
    *response.status_mut() = fault.status();
    Cookie::Pending.set(visit.app, &mut response, "", 0);
    response
}

/// Leads to the provider.
pub async fn begin(visit: &Visit<'_>) -> Result<Response, Trouble> {
    let provider = provider(visit.app)?;
    let page = Page::new(visit, "");
    // No other site begins a sign-in here and so decides who somebody is.
    if visit.from_elsewhere {
        return Ok(see("/sign-in"));
    }
    match provider.begin(page.next()).await {
        Ok((way, away)) => {
            let mut response = see(&way);
            let until = (visit.app.clock)() + AWAY_SECONDS * 1000;
            keep(visit.app, &mut response, &Pending::Away(away), until).await?;
            Ok(response)
        }
        Err(fault) => Ok(again(visit, &fault, None)),
    }
}

/// Somebody comes back from the provider.
pub async fn answer(visit: &Visit<'_>) -> Result<Response, Trouble> {
    let provider = provider(visit.app)?;
    let query = &visit.given.query;
    let Some((Pending::Away(away), _)) = take(visit).await? else {
        return Ok(again(visit, &Fault::Stale, None));
    };
    let back = Back {
        state: query.whole("state"),
        code: query.some("code"),
        error: query.some("error"),
        issuer: query.some("iss"),
    };
    let proof = match provider.end(&away, &back, &*visit.app.clock).await {
        Ok(mut proof) => match more(visit, provider, &mut proof).await? {
            Ok(()) => proof,
            Err(fault) => return Ok(again(visit, &fault, Some(&away.next))),
        },
        Err(fault) => return Ok(again(visit, &fault, Some(&away.next))),
    };
    enter(visit, proof.vouched, None, &away.next, None).await
}

/// Asks for the claim that names somebody, where it is needed: the account is not linked yet.
async fn more(
    visit: &Visit<'_>,
    provider: &Provider,
    proof: &mut Proof,
) -> Result<Result<(), Fault>, Trouble> {
    if !proof.wants_more() {
        return Ok(Ok(()));
    }
    let vouched = &proof.vouched;
    let mut tx = visit.app.store.db.read().await?;
    let link = tx.link_of(&vouched.issuer, &vouched.subject).await?;
    drop(tx);
    match link {
        Some(_) => Ok(Ok(())),
        None => Ok(provider.ask_more(proof).await),
    }
}

/// Whether the second page of a sign-in is one of these.
pub(super) fn is_mine(visit: &Visit<'_>) -> bool {
    let held = visit.pending.as_ref();
    held.is_some_and(|p| p.starts_with(PENDING))
}

/// The page with the code was sent.
pub(super) async fn second(visit: &Visit<'_>) -> Result<Response, Trouble> {
    let Some((Pending::Code { vouched, next }, until_ms)) = take(visit).await? else {
        return Ok(again(visit, &Fault::Stale, None));
    };
    let code = SecretString::from(visit.given.form.get("code").to_owned());
    enter(visit, vouched, Some(&code), &next, Some(until_ms)).await
}

/// Lets somebody in, or asks for a code.
async fn enter(
    visit: &Visit<'_>,
    vouched: Vouched,
    code: Option<&SecretString>,
    next: &str,
    until_ms: Option<i64>,
) -> Result<Response, Trouble> {
    let app = visit.app;
    let offered = visit.session.as_ref();
    let clock = &*app.clock;
    let mut page = Page::new(visit, "");
    page.lead_to(Some(next));
    let admitted = admit(&app.store, &vouched, code, offered, &app.terms, clock).await;
    let (trouble, wants_code) = match admitted {
        Ok(Admission::SignedIn(signed)) => return Ok(let_in(app, &page, &signed)),
        Ok(_) => (None, true),
        // A wrong code may be followed by a right one.
        Err(WorkflowError::Refused(why)) => (Some(for_pages(&why)), code.is_some()),
        Err(error) => return Err(error.into()),
    };
    page.trouble = trouble;
    page.second = wants_code.then_some((true, false));
    let mut response = match page.trouble {
        Some(_) => unprocessable(&page),
        None => html(&page),
    };
    if wants_code {
        let until = until_ms.unwrap_or(clock() + CODE_SECONDS * 1000);
        let next = next.to_owned();
        keep(app, &mut response, &Pending::Code { vouched, next }, until).await?;
    } else {
        Cookie::Pending.set(app, &mut response, "", 0);
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}
