//! Signing in and out. The second page of a sign-in asks for a code or a new password; what was given on the first
//! travels there encrypted to the key of the documents, in a cookie that holds for three minutes.

use crate::web::answer::{Trouble, html, see};
use crate::web::asked::{Asked, Visit};
use crate::web::frame::Frame;
use crate::web::headers::Cookie;
use crate::web::notice::{done, notice};
use crate::web::wording::for_pages;
use crate::workflow::{
    Admission, Known, LONGEST_PASSWORD, SHORTEST_PASSWORD, SignIn, WorkflowError, sign_in, sign_out,
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
struct Page<'a> {
    frame: Frame,
    name: &'a str,
    next: &'a str,
    trouble: Option<String>,
    /// The second page: a code, a new password.
    second: Option<(bool, bool)>,
    shortest: usize,
    longest: usize,
}

impl<'a> Page<'a> {
    fn new(visit: &'a Visit<'_>, name: &'a str) -> Self {
        let given = &visit.given;
        let next = given.form.some("next").or(given.query.some("next"));
        Self {
            frame: Frame {
                title: "Sign in".to_owned(),
                notice: notice(given.query.get("done")),
                ..Frame::bare()
            },
            name,
            next: next.filter(|n| is_here(n)).unwrap_or("/"),
            trouble: None,
            second: None,
            shortest: SHORTEST_PASSWORD,
            longest: LONGEST_PASSWORD,
        }
    }
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
    };
    let app = visit.app;
    let mut page = Page::new(visit, &name);
    match sign_in(&app.store, &who, &app.terms, &*app.clock).await {
        Ok(Admission::SignedIn(signed)) => {
            let few = signed
                .recovery_codes_left
                .is_some_and(|left| left <= FEW_CODES);
            let mut response = match few {
                true => done(page.next, "recovery"),
                false => see(page.next),
            };
            let seconds = (signed.until_ms - now) / 1000;
            let secret = signed.session.expose_secret();
            Cookie::Session.set(app, &mut response, secret, seconds);
            Cookie::Pending.set(app, &mut response, "", 0);
            Ok(response)
        }
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

fn unprocessable(page: &Page<'_>) -> Response {
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

/// Ends the session.
pub async fn leave(asked: &Asked<'_>) -> Result<Response, Trouble> {
    if let Known::Session(_) = &asked.desk.person.known
        && let Some(session) = &asked.session
    {
        sign_out(&asked.app.store, session, &*asked.app.clock).await?;
    }
    let mut response = done("/sign-in", "signed-out");
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
