//! Who calls: known by a token and by nothing else, so that no page of another site can call in anybody's name.

use super::problem::Problem;
use crate::web::app::App;
use crate::workflow::{Credentials, Person, WorkflowError, identify};
use axum::http::{HeaderMap, header};
use secrecy::SecretString;
use std::net::IpAddr;

/// The token of `Authorization: Bearer TOKEN`. Of several none is believed.
fn bearer(headers: &HeaderMap) -> Option<SecretString> {
    let mut all = headers.get_all(header::AUTHORIZATION).iter();
    let (Some(one), None) = (all.next(), all.next()) else {
        return None;
    };
    let (scheme, token) = one.to_str().ok()?.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then(|| token.to_owned().into())
}

/// Who it is. Whoever is wrong too often from one address waits.
pub(in crate::web) async fn known(
    app: &App,
    headers: &HeaderMap,
    from: IpAddr,
) -> Result<Person, Problem> {
    let Some(token) = bearer(headers) else {
        return Err(Problem::unauthenticated(
            "send a token: Authorization: Bearer cb-...; cookies are nothing here. One is made with: cleanbill user token add",
        ));
    };
    let who = Credentials {
        token: Some(token),
        ..Credentials::default()
    };
    match identify(&app.store, &who, (app.clock)()).await {
        Ok(person) => Ok(person),
        Err(WorkflowError::Refused(_)) => {
            app.pace.stranger(from)?;
            Err(Problem::unauthenticated(
                "this token is nobody's who may work here, or has ended; a new one is made with: cleanbill user token add",
            ))
        }
        Err(error) => Err(error.into()),
    }
}

/// Said where no path of the API is.
pub(in crate::web) fn nowhere() -> Problem {
    Problem::not_found()
}

/// Said where a path is called by another method than its own.
pub(in crate::web) fn wrong_verb() -> Problem {
    Problem::method()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;
    use secrecy::ExposeSecret;

    fn token(values: &[&'static str]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(header::AUTHORIZATION, HeaderValue::from_static(value));
        }
        bearer(&headers).map(|t| t.expose_secret().to_owned())
    }

    #[test]
    fn only_one_bearer_token_is_believed() {
        assert_eq!(token(&["Bearer cb-1"]).as_deref(), Some("cb-1"));
        assert_eq!(token(&["bearer  cb-1 "]).as_deref(), Some("cb-1"));
        for wrong in [
            &["cb-1"][..],
            &["Basic cb-1"],
            &["Bearer "],
            &["Bearer a", "Bearer b"],
            &[],
        ] {
            assert_eq!(token(wrong), None, "{wrong:?}");
        }
    }
}
