//! Why somebody was not signed in by the provider, named by what can be done about it.

use axum::http::StatusCode;

/// Why not.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Fault {
    /// The provider cannot be reached, or is too slow: try again.
    Away(String),
    /// A setting here or at the provider has to change.
    Setup(String),
    /// What it answered does not prove who it is.
    Untrusted(String),
    /// The provider did not let them in.
    Denied,
    /// Begin again.
    Stale,
}

/// Codes of errors that standards name (RFC 6749, sections 4.1.2.1 and 5.2; OpenID Connect Core 1.0, section 3.1.2.6).
const CODES: [&str; 19] = [
    "access_denied",
    "account_selection_required",
    "consent_required",
    "interaction_required",
    "invalid_client",
    "invalid_grant",
    "invalid_request",
    "invalid_request_object",
    "invalid_request_uri",
    "invalid_scope",
    "login_required",
    "registration_not_supported",
    "request_not_supported",
    "request_uri_not_supported",
    "server_error",
    "temporarily_unavailable",
    "unauthorized_client",
    "unsupported_grant_type",
    "unsupported_response_type",
];

/// A code as it may be shown: others could be anybody's words.
pub(super) fn known_code(code: &str) -> &'static str {
    let own = CODES.iter().find(|c| **c == code);
    own.copied().unwrap_or("an error no standard names")
}

impl Fault {
    pub(super) fn untrusted(why: impl std::fmt::Display) -> Self {
        Self::Untrusted(why.to_string())
    }

    /// What an error means with which the provider sends somebody back.
    pub(super) fn answered(code: &str) -> Self {
        match code {
            "access_denied" => Self::Denied,
            "login_required"
            | "interaction_required"
            | "consent_required"
            | "account_selection_required" => Self::Stale,
            "server_error" | "temporarily_unavailable" => {
                Self::Away(format!("it says {}", known_code(code)))
            }
            other => Self::Setup(format!(
                "the provider refuses this client's request: {}; see how the client is registered there",
                known_code(other)
            )),
        }
    }

    /// Why, for whoever runs the program.
    pub(super) fn why(&self) -> String {
        match self {
            Self::Away(why) | Self::Setup(why) | Self::Untrusted(why) => why.clone(),
            Self::Denied => "the provider did not let them in".to_owned(),
            Self::Stale => "it was used, too old, or not begun here".to_owned(),
        }
    }

    /// For whoever wanted to sign in.
    pub(crate) fn words(&self, name: &str) -> String {
        match self {
            Self::Away(_) => format!(
                "{name} cannot be reached just now. Try again in a minute, or sign in with a password if you have one."
            ),
            Self::Setup(why) => format!(
                "{name} and cleanbill do not agree with each other. Tell whoever runs cleanbill: {why}."
            ),
            Self::Untrusted(why) => format!(
                "What {name} answered does not prove who you are: {why}. Begin again; if it goes on, tell whoever runs \
                 cleanbill."
            ),
            Self::Denied => {
                format!(
                    "{name} did not let you in. Whoever runs it there says who may use cleanbill."
                )
            }
            Self::Stale => {
                "That took too long, was used already, or was begun in another window. Begin again."
                    .to_owned()
            }
        }
    }

    /// The status it is answered with.
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::Away(_) | Self::Setup(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Untrusted(_) | Self::Denied | Self::Stale => StatusCode::UNPROCESSABLE_ENTITY,
        }
    }

    /// Tells the log what happened; no words that came from outside, and no token.
    pub(crate) fn tell(&self) {
        match self {
            Self::Away(why) => tracing::warn!(why, "the identity provider cannot be reached"),
            Self::Setup(why) => tracing::error!(why, "signing in by the identity provider fails"),
            Self::Untrusted(why) => {
                tracing::warn!(why, "the identity provider's answer proves nothing")
            }
            Self::Denied | Self::Stale => tracing::info!(why = self.why(), "nobody was signed in"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_from_outside_are_not_repeated() {
        assert_eq!(Fault::answered("access_denied"), Fault::Denied);
        assert_eq!(Fault::answered("login_required"), Fault::Stale);
        assert!(matches!(Fault::answered("server_error"), Fault::Away(_)));
        let odd = Fault::answered("<script>call 555-0100 to sign in</script>");
        assert!(matches!(odd, Fault::Setup(_)));
        assert!(!odd.words("Northwind ID").contains("555"));
    }
}
