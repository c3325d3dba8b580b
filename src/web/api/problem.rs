//! What went wrong, as `application/problem+json` (RFC 9457): which kind, where in what was sent, and what to do.

use crate::check::CheckError;
use crate::store::StoreError;
use crate::web::answer::Trouble;
use crate::web::wording::for_pages;
use crate::workflow::WorkflowError;
use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Serialize;

/// The media type of a problem.
pub(super) const PROBLEM_JSON: &str = "application/problem+json";

/// Kinds of problems: word, status, title, and what the kind means for who calls.
pub(super) const KINDS: &[(&str, u16, &str, &str)] = &[
    (
        "malformed",
        400,
        "The call cannot be read",
        "What was sent is no JSON, or not of the shape that is documented; `at` says where.",
    ),
    (
        "unauthenticated",
        401,
        "Nobody is known by this",
        "No token came, or one that is unknown or has ended.",
    ),
    (
        "forbidden",
        403,
        "Not allowed",
        "The person of the token may not, or the token has the scope read and something would change.",
    ),
    (
        "not-found",
        404,
        "Not found",
        "There is no such thing of a client that the person of the token serves.",
    ),
    (
        "method",
        405,
        "Not this method",
        "The path is known, and not called by this method; the header Allow names those it is called by.",
    ),
    (
        "slow",
        408,
        "It took too long to arrive",
        "Nothing was changed; send it again.",
    ),
    (
        "refused",
        409,
        "Not possible as things stand",
        "Nothing was changed; `detail` says what stands in the way.",
    ),
    (
        "too-large",
        413,
        "Too large",
        "The body is larger than this call takes.",
    ),
    (
        "media-type",
        415,
        "Not this media type",
        "The header Content-Type names something else than this call takes.",
    ),
    (
        "unusable",
        422,
        "This cannot be used as it is",
        "It can be read, and its values make no sense here; or the idempotency key was used for something else.",
    ),
    (
        "too-many",
        429,
        "Too many calls",
        "Wait as many seconds as the header Retry-After says.",
    ),
    (
        "failed",
        500,
        "The system failed",
        "Nothing was changed; try again, and tell whoever runs cleanbill if it goes on.",
    ),
];

/// What went wrong.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, JsonSchema)]
pub(in crate::web) struct Problem {
    /// The kind of problem, for programs: `urn:cleanbill:problem:refused`.
    r#type: String,
    /// The kind, for people.
    title: String,
    /// The HTTP status.
    status: u16,
    /// What happened, with the value, what is expected and what to do.
    detail: String,
    /// Where in what was sent: a path in the body, or the name of a parameter.
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<String>,
    #[serde(skip)]
    #[schemars(skip)]
    wait: Option<u64>,
}

impl Problem {
    fn of(word: &str, detail: impl Into<String>) -> Self {
        let kind = KINDS.iter().find(|(name, ..)| *name == word);
        let (word, status, title, _) = kind.unwrap_or(&KINDS[KINDS.len() - 1]);
        Self {
            r#type: format!("urn:cleanbill:problem:{word}"),
            title: (*title).to_owned(),
            status: *status,
            detail: detail.into(),
            at: None,
            wait: None,
        }
    }

    /// What was sent cannot be read, at this place.
    pub(super) fn malformed(at: &str, detail: impl Into<String>) -> Self {
        Self {
            at: Some(at.to_owned()).filter(|at| !at.is_empty()),
            ..Self::of("malformed", detail)
        }
    }

    /// It can be read, and its value at this place cannot be used.
    pub(super) fn unusable(at: &str, detail: impl Into<String>) -> Self {
        Self {
            at: Some(at.to_owned()).filter(|at| !at.is_empty()),
            ..Self::of("unusable", detail)
        }
    }

    /// Nobody is known by what came.
    pub(super) fn unauthenticated(detail: impl Into<String>) -> Self {
        Self::of("unauthenticated", detail)
    }

    /// There is no such thing of a client of theirs.
    pub(super) fn not_found() -> Self {
        Self::of("not-found", NOT_FOUND)
    }

    /// There is not, for a reason of its own.
    pub(super) fn missing(detail: impl Into<String>) -> Self {
        Self::of("not-found", detail)
    }

    pub(super) fn method() -> Self {
        Self::of(
            "method",
            "this path is not called by this method; the header Allow names those it is called by",
        )
    }

    pub(super) fn media_type(detail: impl Into<String>) -> Self {
        Self::of("media-type", detail)
    }

    pub(super) fn refused(detail: impl Into<String>) -> Self {
        Self::of("refused", detail)
    }

    /// The system failed; was not logged yet.
    pub(super) fn failed(detail: impl std::fmt::Display) -> Self {
        tracing::error!(error = %detail, "a call failed");
        Self::of(
            "failed",
            format!(
                "nothing was changed; try again, and if it goes on, tell whoever runs cleanbill: {detail}"
            ),
        )
    }

    /// To be tried again after so many seconds.
    pub(super) fn after(mut self, seconds: u64) -> Self {
        self.wait = Some(seconds);
        self
    }

    /// The same where what is refused is that there is such a thing.
    pub(super) fn into_missing(self) -> Self {
        match self.status {
            409 => Self::missing(self.detail),
            _ => self,
        }
    }
}

/// Said of what is nobody's business who asks, and of what there is not: the same.
const NOT_FOUND: &str = "there is no such path, or nothing of that kind of a client you serve";

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let text = serde_json::to_vec(&self).unwrap_or_default();
        let mut response = Response::new(Body::from(text));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        if let Some(seconds) = self.wait {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if status == StatusCode::UNAUTHORIZED {
            let how = HeaderValue::from_static("Bearer realm=\"cleanbill\"");
            headers.insert(header::WWW_AUTHENTICATE, how);
        }
        response
    }
}

impl From<Trouble> for Problem {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Unknown => Self::unauthenticated("send a token: Authorization: Bearer cb-..."),
            Trouble::Forbidden(why) => Self::of("forbidden", for_pages(&why)),
            Trouble::NotFound(_) => Self::not_found(),
            Trouble::Wrong(why) => Self::of("unusable", for_pages(&why)),
            Trouble::Refused(why) => Self::of("refused", for_pages(&why)),
            Trouble::TooLarge(why) => Self::of("too-large", why),
            Trouble::Slow => Self::of(
                "slow",
                "the body did not arrive in time; nothing was changed, send it again",
            ),
            Trouble::Busy(seconds) => Self::of(
                "too-many",
                format!(
                    "wait {}, then call again",
                    crate::web::answer::waiting(seconds)
                ),
            )
            .after(seconds),
            // Was logged where it came up.
            Trouble::Failed(why) => Self::of(
                "failed",
                format!(
                    "nothing was changed; try again, and if it goes on, tell whoever runs cleanbill: {why}"
                ),
            ),
        }
    }
}

impl From<WorkflowError> for Problem {
    fn from(error: WorkflowError) -> Self {
        Trouble::from(error).into()
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        Trouble::from(error).into()
    }
}

impl From<CheckError> for Problem {
    fn from(error: CheckError) -> Self {
        Trouble::from(error).into()
    }
}
