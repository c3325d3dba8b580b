//! HTTPS to the provider: no redirects, limits of time and size. What it says is never logged: it may hold tokens.

use crate::portals::https;
use openidconnect::{HttpRequest, HttpResponse};
use reqwest::{Certificate, Client, Request, StatusCode};
use std::path::Path;
use std::time::Duration;
use thiserror::Error;

/// Until the connection stands.
const CONNECT: Duration = Duration::from_secs(4);
/// Until the answer has come: somebody waits before a screen.
const ANSWER: Duration = Duration::from_secs(8);
/// The largest answer that is read.
const MOST: usize = 1 << 20;

/// Why there is no answer.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub(in crate::web) enum WireError {
    /// No connection, or none in time.
    #[error("{0}")]
    Away(String),
    /// It has troubles of its own.
    #[error("it answers with status {0}")]
    Ailing(u16),
    /// More than is read.
    #[error("its answer is longer than {MOST} bytes")]
    TooLong,
}

/// Calls the provider.
pub(super) struct Wire {
    client: Client,
}

impl Wire {
    /// With the authority that is trusted, where only one is.
    pub(super) fn new(authority: Option<&Path>) -> Result<Self, String> {
        let mut client = https(CONNECT, ANSWER);
        if let Some(path) = authority {
            let wrong =
                |e: &dyn std::fmt::Display| format!("oidc_authority: {}: {e}", path.display());
            let pem = std::fs::read(path).map_err(|e| wrong(&e))?;
            let authority = Certificate::from_pem(&pem).map_err(|e| wrong(&e))?;
            client = client.tls_certs_only([authority]);
        }
        let client = client.build().map_err(|e| e.to_string())?;
        Ok(Self { client })
    }

    pub(super) async fn send(&self, request: HttpRequest) -> Result<HttpResponse, WireError> {
        let away = |error: reqwest::Error| {
            let what = match (error.is_timeout(), error.is_connect()) {
                (true, _) => "it does not answer in time",
                (_, true) => "no connection can be made to it",
                _ => "the connection broke",
            };
            tracing::debug!(error = %error.without_url(), "no answer of the identity provider");
            WireError::Away(what.to_owned())
        };
        let request = Request::try_from(request).map_err(away)?;
        let mut answer = self.client.execute(request).await.map_err(away)?;
        let status = answer.status();
        let later = [StatusCode::REQUEST_TIMEOUT, StatusCode::TOO_MANY_REQUESTS];
        if status.is_server_error() || later.contains(&status) {
            return Err(WireError::Ailing(status.as_u16()));
        }
        let headers = std::mem::take(answer.headers_mut());
        let mut body = Vec::new();
        while let Some(some) = answer.chunk().await.map_err(away)? {
            if body.len() + some.len() > MOST {
                return Err(WireError::TooLong);
            }
            body.extend_from_slice(&some);
        }
        let mut response = HttpResponse::new(body);
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        Ok(response)
    }
}
