//! What goes back: pages, parts of pages, downloads, and what went wrong, said with the remedy.

use super::frame::Frame;
use crate::workflow::WorkflowError;
use askama::Template;
use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// Why something was not done.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Trouble {
    /// Nobody is signed in.
    Unknown,
    /// They may not.
    Forbidden(String),
    /// There is no such thing, or it is nobody's business who asks.
    NotFound(String),
    /// What was sent cannot be used.
    Wrong(String),
    /// It is not possible as things stand.
    Refused(String),
    /// More than is taken.
    TooLarge(String),
    /// It took too long to send.
    Slow,
    /// Too many at once; seconds to wait.
    Busy(u64),
    /// The system failed; was logged.
    Failed(String),
}

impl Trouble {
    pub(super) fn wrong(why: impl Into<String>) -> Self {
        Self::Wrong(why.into())
    }

    pub(super) fn not_found() -> Self {
        Self::NotFound(
            "there is no such page, or nothing of that kind of a client you serve".to_owned(),
        )
    }

    /// The status it is answered with.
    pub(super) fn status(&self) -> StatusCode {
        match self {
            Self::Unknown => StatusCode::UNAUTHORIZED,
            Self::Forbidden(_) => StatusCode::FORBIDDEN,
            Self::NotFound(_) => StatusCode::NOT_FOUND,
            Self::Wrong(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Refused(_) => StatusCode::CONFLICT,
            Self::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Slow => StatusCode::REQUEST_TIMEOUT,
            Self::Busy(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Failed(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// What happened, in a line.
    pub(super) fn title(&self) -> &'static str {
        match self {
            Self::Unknown => "Your session has ended",
            Self::Forbidden(_) => "You may not do this",
            Self::NotFound(_) => "Not found",
            Self::Wrong(_) => "This cannot be used as it is",
            Self::Refused(_) => "Not possible as things stand",
            Self::TooLarge(_) => "Too large",
            Self::Slow => "It took too long to arrive",
            Self::Busy(_) => "Too many requests",
            Self::Failed(_) => "The system failed",
        }
    }

    /// Why, with the remedy.
    pub(super) fn why(&self) -> String {
        match self {
            Self::Unknown => {
                "Sign in again; what you had typed was not kept. Go back to see it.".to_owned()
            }
            Self::Slow => {
                "Nothing was changed. Look at the connection and send it again.".to_owned()
            }
            Self::Busy(seconds) => format!(
                "Nothing was changed. Wait {}, then try again.",
                waiting(*seconds)
            ),
            Self::Failed(text) => format!(
                "Nothing was changed. Try again; if it goes on, tell whoever runs cleanbill: {text}"
            ),
            Self::Forbidden(text)
            | Self::NotFound(text)
            | Self::Wrong(text)
            | Self::Refused(text)
            | Self::TooLarge(text) => super::wording::for_pages(text),
        }
    }

    /// As a page; a part of a page for a script of ours.
    pub(super) fn response(&self, frame: Frame, part: bool) -> Response {
        let mut response = if part {
            html(&TroublePart {
                title: self.title(),
                why: &self.why(),
            })
        } else {
            html(&TroublePage {
                frame,
                title: self.title(),
                why: &self.why(),
            })
        };
        *response.status_mut() = self.status();
        if let Self::Busy(seconds) = self {
            let wait = HeaderValue::from(*seconds);
            response.headers_mut().insert(header::RETRY_AFTER, wait);
        }
        response
    }
}

/// `1 second`, `12 seconds`.
pub(super) fn waiting(seconds: u64) -> String {
    super::wording::counted(usize::try_from(seconds).unwrap_or(usize::MAX), "second")
}

impl From<WorkflowError> for Trouble {
    fn from(error: WorkflowError) -> Self {
        match error {
            WorkflowError::Refused(why) => Self::Refused(why),
            WorkflowError::Store(crate::store::StoreError::Conflict) => Self::Refused(
                "somebody else changed the same thing at the same moment; nothing was changed, look at it again".to_owned(),
            ),
            other => {
                tracing::error!(error = %other, "a page failed");
                Self::Failed(other.to_string())
            }
        }
    }
}

impl From<crate::check::CheckError> for Trouble {
    fn from(error: crate::check::CheckError) -> Self {
        WorkflowError::from(error).into()
    }
}

impl From<crate::store::StoreError> for Trouble {
    fn from(error: crate::store::StoreError) -> Self {
        WorkflowError::from(error).into()
    }
}

#[derive(Template)]
#[template(path = "trouble.html", config = "src/web/askama.toml")]
struct TroublePage<'a> {
    frame: Frame,
    title: &'a str,
    why: &'a str,
}

#[derive(Template)]
#[template(path = "trouble_part.html", config = "src/web/askama.toml")]
struct TroublePart<'a> {
    title: &'a str,
    why: &'a str,
}

/// A page or a part of one.
pub(super) fn html(page: &impl Template) -> Response {
    match page.render() {
        Ok(text) => {
            let kind = HeaderValue::from_static("text/html; charset=utf-8");
            ([(header::CONTENT_TYPE, kind)], text).into_response()
        }
        Err(error) => {
            tracing::error!(%error, "a page could not be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// Go and look there; after something was done.
pub(super) fn see(path: &str) -> Response {
    let place = HeaderValue::from_str(path).unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(header::LOCATION, place)]).into_response()
}

/// A file to keep. It is never shown in the browser.
pub(super) fn download(name: &str, media_type: &str, bytes: Vec<u8>) -> Response {
    let kind = HeaderValue::from_str(media_type);
    let kind = kind.unwrap_or(HeaderValue::from_static("application/octet-stream"));
    let disposition = HeaderValue::from_str(&disposition(name));
    let disposition = disposition.unwrap_or(HeaderValue::from_static("attachment"));
    (
        [
            (header::CONTENT_TYPE, kind),
            (header::CONTENT_DISPOSITION, disposition),
        ],
        Body::from(bytes),
    )
        .into_response()
}

/// RFC 6266: a plain name for old programs, the real one beside it.
fn disposition(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or("");
    let plain: String = last
        .chars()
        .map(|c| match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '.' | '-' | '_' | ' ' => c,
            _ => '_',
        })
        .collect();
    let mut whole = String::new();
    for byte in last.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' => {
                whole.push(char::from(byte))
            }
            other => whole += &format!("%{other:02X}"),
        }
    }
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{whole}")
}

#[cfg(test)]
mod tests {
    use super::disposition;

    #[test]
    fn names_of_downloads_break_out_of_nothing() {
        let said = disposition("../a\"\r\nSet-Cookie: x=1; März.txt");
        assert_eq!(
            said,
            "attachment; filename=\"a___Set-Cookie_ x_1_ M_rz.txt\"; \
             filename*=UTF-8''a%22%0D%0ASet-Cookie%3A%20x%3D1%3B%20M%C3%A4rz.txt"
        );
    }
}
