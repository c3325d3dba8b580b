//! Signing in and out. The second page of a sign-in asks for a code or a new password; what was given on the first
//! travels there encrypted to the key of the documents, in a cookie that holds for three minutes.

use crate::web::answer::{Trouble, html, see};
use crate::web::app::App;
use crate::web::asked::{Asked, Visit};
use crate::web::frame::Frame;
use crate::web::headers::Cookie;
use crate::web::notice::{done, notice};
use crate::web::wording::for_pages;
use crate::workflow::{
    Admission, Known, LONGEST_PASSWORD, SHORTEST_PASSWORD, SignIn, Signed, WorkflowError, sign_in,
    sign_out,
};
use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

/// How long the second page waits, in seconds.
const PENDING_SECONDS: i64 = 180;
/// Recovery codes from which on somebody is told that few are left.
const FEW_CODES: usize = 2;

/// What was given on the first page.
#[derive(Serialize, Deserialize)]
struct Pending {
    name: String,
    password: String,
    until_ms: i64,
    new_password: bool,
}

#[derive(Template)]
#[template(path = "sign_in.html", config = "src/web/askama.toml")]
pub(super) struct Page<'a> {
    frame: Frame,
    name: &'a str,
    next: String,
    pub(super) trouble: Option<String>,
    /// The second page: a code, a new password.
    pub(super) second: Option<(bool, bool)>,
    shortest: usize,
    longest: usize,
    /// The firm's identity provider: its name, where the link leads, and whether it could not be reached.
    provider: Option<(String, String, bool)>,
    /// Where somebody who has just signed out can sign out at the provider too.
    elsewhere: Option<(String, String)>,
    /// Passwords are for a few only.
    few: bool,
}

impl<'a> Page<'a> {
    pub(super) fn new(visit: &'a Visit<'_>, name: &'a str) -> Self {
        let given = &visit.given;
        let next = given.form.some("next").or(given.query.some("next"));
        let next = next.filter(|n| is_here(n)).unwrap_or("/");
        Self {
            frame: Frame {
                title: "Sign in".to_owned(),
                notice: notice(given.query.get("done")),
                ..Frame::bare()
            },
            name,
            next: next.to_owned(),
            trouble: None,
            second: None,
            shortest: SHORTEST_PASSWORD,
            longest: LONGEST_PASSWORD,
            provider: provider(visit.app, next),
            elsewhere: match given.query.get("done") {
                ELSEWHERE => elsewhere(visit.app),
                _ => None,
            },
            few: visit.app.passwords_only_for.is_some(),
        }
    }

    /// Where they go when they are in.
    #[cfg(feature = "oidc")]
    pub(super) fn next(&self) -> &str {
        &self.next
    }

    /// Says where, if it is here.
    #[cfg(feature = "oidc")]
    pub(super) fn lead_to(&mut self, next: Option<&str>) {
        if let Some(next) = next.filter(|n| is_here(n)) {
            next.clone_into(&mut self.next);
            self.provider = self.provider.take().map(|(name, _, away)| {
                let href = way(next);
                (name, href, away)
            });
        }
    }
}

/// Said after signing out of a session that began at the provider.
const ELSEWHERE: &str = "signed-out-here";

/// Where the link to the provider leads.
#[cfg(feature = "oidc")]
fn way(next: &str) -> String {
    let next: String = url::form_urlencoded::byte_serialize(next.as_bytes()).collect();
    format!("/sign-in/provider?next={next}")
}

#[cfg(feature = "oidc")]
fn provider(app: &App, next: &str) -> Option<(String, String, bool)> {
    let provider = app.provider.as_ref()?;
    Some((provider.name().to_owned(), way(next), provider.is_away()))
}

/// Whether people sign in by an identity provider.
pub(super) fn has_provider(app: &App) -> bool {
    provider(app, "/").is_some()
}

#[cfg(not(feature = "oidc"))]
fn provider(_: &App, _: &str) -> Option<(String, String, bool)> {
    None
}

#[cfg(feature = "oidc")]
fn elsewhere(app: &App) -> Option<(String, String)> {
    let provider = app.provider.as_ref()?;
    Some((provider.name().to_owned(), provider.sign_out_address()?))
}

#[cfg(not(feature = "oidc"))]
fn elsewhere(_: &App) -> Option<(String, String)> {
    None
}

/// Whether a path is one of this program's, and not another host's.
fn is_here(path: &str) -> bool {
    let plain = |c: char| !c.is_control() && c != '\\';
    path.starts_with('/') && !path.starts_with("//") && path.chars().all(plain)
}

/// Alive, and the database answers.
pub async fn health(visit: &Visit<'_>) -> Result<Response, Trouble> {
    visit.app.store.db.read().await?;
    Ok("ok\n".into_response())
}

/// The first page.
pub async fn show(visit: &Visit<'_>) -> Result<Response, Trouble> {
    Ok(html(&Page::new(visit, "")))
}

/// A page was sent.
pub async fn enter(visit: &Visit<'_>) -> Result<Response, Trouble> {
    let form = &visit.given.form;
    let now = (visit.app.clock)();
    let second = form.get("step") == "second";
    #[cfg(feature = "oidc")]
    if second && super::provider::is_mine(visit) {
        return super::provider::second(visit).await;
    }
    let (name, password, wants_new) = if second {
        let Some(pending) = carried(visit).filter(|p| p.until_ms > now) else {
            let mut page = Page::new(visit, "");
            page.trouble = Some("That took too long. Begin again.".to_owned());
            return Ok(unprocessable(&page));
        };
        (
            pending.name,
            SecretString::from(pending.password),
            pending.new_password,
        )
    } else {
        // Blanks at the ends of a password are part of it.
        let password = form.whole("password").to_owned();
        (
            form.get("name").to_owned(),
            SecretString::from(password),
            false,
        )
    };
    let code = form.some("code").map(|c| SecretString::from(c.to_owned()));
    let chosen = form.whole("new_password");
    if second && wants_new && chosen != form.whole("again") {
        let mut page = Page::new(visit, &name);
        page.trouble = Some("The two new passwords differ. Type them again.".to_owned());
        page.second = Some((form.has("code"), true));
        return Ok(unprocessable(&page));
    }
    let chosen = (!chosen.is_empty()).then(|| SecretString::from(chosen.to_owned()));
    let who = SignIn {
        name: &name,
        password: &password,
        code: code.as_ref(),
        new_password: chosen.as_ref(),
        offered: visit.session.as_ref(),
        passwords: visit.app.passwords(),
    };
    let app = visit.app;
    let mut page = Page::new(visit, &name);
    match sign_in(&app.store, &who, &app.terms, &*app.clock).await {
        Ok(Admission::SignedIn(signed)) => Ok(let_in(app, &page, &signed)),
        Ok(wanted) => {
            let new_password = wants_new || matches!(wanted, Admission::NewPasswordWanted);
            let code_too = matches!(wanted, Admission::CodeWanted) || form.has("code");
            page.second = Some((code_too, new_password));
            let pending = Pending {
                name: name.clone(),
                password: password.expose_secret().to_owned(),
                until_ms: now + PENDING_SECONDS * 1000,
                new_password,
            };
            let mut response = html(&page);
            let text = serde_json::to_vec(&pending).map_err(WorkflowError::from)?;
            let sealed = app.store.seal(&text)?;
            // A cookie takes no blanks, commas or signs of equality in its value.
            let value = URL_SAFE_NO_PAD.encode(sealed);
            Cookie::Pending.set(app, &mut response, &value, PENDING_SECONDS);
            Ok(response)
        }
        Err(WorkflowError::Refused(why)) => {
            page.trouble = Some(for_pages(&why));
            if second {
                page.second = Some((form.has("code"), wants_new));
            }
            Ok(unprocessable(&page))
        }
        Err(error) => Err(error.into()),
    }
}

/// Leads somebody who is in to where they wanted to go.
pub(super) fn let_in(app: &App, page: &Page<'_>, signed: &Signed) -> Response {
    let few = signed
        .recovery_codes_left
        .is_some_and(|left| left <= FEW_CODES);
    let mut response = match few {
        true => done(&page.next, "recovery"),
        false => see(&page.next),
    };
    let seconds = (signed.until_ms - (app.clock)()) / 1000;
    let secret = signed.session.expose_secret();
    Cookie::Session.set(app, &mut response, secret, seconds);
    Cookie::Pending.set(app, &mut response, "", 0);
    response
}

pub(super) fn unprocessable(page: &Page<'_>) -> Response {
    let mut response = html(page);
    *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    response
}

fn carried(visit: &Visit<'_>) -> Option<Pending> {
    let bytes = URL_SAFE_NO_PAD.decode(visit.pending.as_ref()?).ok()?;
    let sealed = String::from_utf8(bytes).ok()?;
    let text = visit.app.store.unseal(&sealed).ok()?;
    serde_json::from_slice(&text).ok()
}

/// Ends the session here. At the provider nobody is signed out unasked: other programs of the firm's may be open by the
/// same sign-in there. The page that follows says so, and leads there.
pub async fn leave(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let mut word = "signed-out";
    if let Known::Session(_) = &asked.desk.person.known
        && let Some(session) = &asked.session
    {
        let ended = sign_out(&asked.app.store, session, &*asked.app.clock).await?;
        if ended.is_some_and(|e| e.issuer.is_some()) {
            word = ELSEWHERE;
        }
    }
    let mut response = done("/sign-in", word);
    Cookie::Session.set(asked.app, &mut response, "", 0);
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::is_here;

    #[test]
    fn nobody_is_led_elsewhere() {
        for good in ["/", "/invoices?state=checked", "/rewrites/ab"] {
            assert!(is_here(good), "{good}");
        }
        for bad in [
            "",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "evil",
            "/a\nb",
        ] {
            assert!(!is_here(bad), "{bad}");
        }
    }
}
