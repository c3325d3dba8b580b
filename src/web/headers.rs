//! Headers of every answer, and the cookies.

use super::app::App;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::Response;

/// Nothing from elsewhere, nothing inline, in no frame.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
                      connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

const ALWAYS: &[(&str, &str)] = &[
    ("content-security-policy", POLICY),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    // With no-referrer browsers would hide the origin of our own forms as well.
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    (
        "permissions-policy",
        "camera=(), geolocation=(), microphone=()",
    ),
];

/// Puts what every answer says on this one. Only what says itself how it may be kept is kept.
pub(super) fn secure(app: &App, response: &mut Response) {
    let headers = response.headers_mut();
    for (name, value) in ALWAYS {
        headers.insert(
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        );
    }
    if app.is_encrypted() {
        let year = HeaderValue::from_static("max-age=31536000");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, year);
    }
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
}

/// A cookie of ours.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Cookie {
    /// The secret of the session.
    Session,
    /// Between the two pages of a sign-in.
    Pending,
}

impl Cookie {
    /// Browsers take a name that begins with `__Host-` only with Secure, for this host and every path.
    fn name(self, app: &App) -> &'static str {
        match (self, app.is_encrypted()) {
            (Self::Session, true) => "__Host-cleanbill",
            (Self::Session, false) => "cleanbill",
            (Self::Pending, true) => "__Host-cleanbill-sign-in",
            (Self::Pending, false) => "cleanbill-sign-in",
        }
    }

    /// Its value in a request. Of several of one name none is believed.
    pub(super) fn read(self, app: &App, headers: &HeaderMap) -> Option<String> {
        let name = self.name(app);
        let all = headers.get_all(header::COOKIE);
        let pairs = all.iter().filter_map(|v| v.to_str().ok());
        let mut own = pairs
            .flat_map(|line| line.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .filter(|(n, _)| *n == name)
            .map(|(_, value)| value.to_owned());
        match (own.next(), own.next()) {
            (Some(value), None) => Some(value),
            _ => None,
        }
    }

    /// Sets it, for at most so many seconds; 0 takes it away.
    pub(super) fn set(self, app: &App, response: &mut Response, value: &str, seconds: i64) {
        let secure = if app.is_encrypted() { "; Secure" } else { "" };
        let text = format!(
            "{}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}",
            self.name(app)
        );
        if let Ok(mut value) = HeaderValue::from_str(&text) {
            value.set_sensitive(true);
            response.headers_mut().append(header::SET_COOKIE, value);
        }
    }
}
