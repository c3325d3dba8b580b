//! HTTPS to one portal: TLS, sign-in, time limits, and what a failure means for what was sent.

use crate::model::{Evidence, PortalRemark};
use crate::portals::account::{Account, SignIn};
use crate::portals::json::Object;
use crate::portals::{PortalError, Secret, https};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use reqwest::{Certificate, Client, Identity, RequestBuilder, StatusCode, Url};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// Until the connection stands.
const CONNECT: Duration = Duration::from_secs(30);
/// Until the answer has come.
const ANSWER: Duration = Duration::from_secs(120);
/// The largest answer that is read (reference ledes-api.md section 9).
const MOST: usize = 10 * 1024 * 1024;
/// A token is renewed so long before it ends.
const EARLY: Duration = Duration::from_secs(60);

/// What a request does at the portal.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Effect {
    /// It asks: doing it twice changes nothing.
    Asks,
    /// It sends an invoice: doing it twice may send two.
    Sends,
}

/// An answer, of whatever status.
#[derive(Debug)]
pub struct Answer {
    /// HTTP status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// What was asked and what came.
    pub evidence: Evidence,
}

/// HTTPS through one account.
pub struct Http {
    client: Client,
    base: Url,
    sign_in: SignIn,
    token: Mutex<Option<Token>>,
}

struct Token {
    text: SecretString,
    until: Option<Instant>,
}

fn setup(what: impl std::fmt::Display) -> PortalError {
    PortalError::Setup(what.to_string())
}

fn pem(path: &Path) -> Result<Vec<u8>, PortalError> {
    fs::read(path).map_err(|e| setup(format!("{}: {e}", path.display())))
}

fn secret(secret: &Secret) -> Result<SecretString, PortalError> {
    secret.read().map_err(PortalError::Credentials)
}

impl Http {
    /// A connection of an account. Nothing is sent yet.
    ///
    /// # Errors
    /// No address, or certificates that cannot be read.
    pub fn new(account: &Account) -> Result<Self, PortalError> {
        let url = account.url.as_deref().ok_or_else(|| {
            setup("the account has no url; write the address the portal gave you")
        })?;
        // A last slash, so that paths are added and do not replace the last part.
        let base = Url::parse(&format!("{}/", url.trim_end_matches('/')))
            .map_err(|e| setup(format!("url: {url} is no address: {e}")))?;
        let local = base
            .host_str()
            .is_some_and(|h| h == "localhost" || h.starts_with("127.") || h == "[::1]");
        if base.scheme() != "https" && !local {
            return Err(setup(format!(
                "url: {url} is not encrypted; invoices go over https only"
            )));
        }
        let mut client = https(CONNECT, ANSWER);
        if let Some(path) = &account.certificate {
            let identity = Identity::from_pem(&pem(path)?)
                .map_err(|e| setup(format!("certificate {}: {e}", path.display())))?;
            client = client.identity(identity);
        }
        if let Some(path) = &account.authority {
            let authority = Certificate::from_pem(&pem(path)?)
                .map_err(|e| setup(format!("authority {}: {e}", path.display())))?;
            client = client.tls_certs_only([authority]);
        }
        Ok(Self {
            client: client.build().map_err(setup)?,
            base,
            sign_in: account.sign_in.clone(),
            token: Mutex::new(None),
        })
    }

    /// An address below the account's.
    ///
    /// # Errors
    /// The path makes none, or leaves the portal.
    pub fn url(&self, path: &str) -> Result<Url, PortalError> {
        let url = self
            .base
            .join(path.trim_start_matches('/'))
            .map_err(|e| setup(format!("{path}: {e}")))?;
        if url.origin() != self.base.origin() {
            return Err(setup(format!("{path} leads away from the portal")));
        }
        Ok(url)
    }

    /// Sends one request and waits for its answer. `make` may be called a second time where the portal did not accept
    /// the token, and so did nothing.
    ///
    /// # Errors
    /// No answer, or one that means that credentials or patience are wanting. Other answers are for the caller,
    /// whatever their status.
    pub async fn send(
        &self,
        asked: &str,
        effect: Effect,
        make: impl Fn(&Client) -> Result<RequestBuilder, PortalError>,
    ) -> Result<Answer, PortalError> {
        let answer = self.once(asked, effect, &make, false).await?;
        if answer.status != StatusCode::UNAUTHORIZED {
            return self.judged(answer, effect);
        }
        if !matches!(self.sign_in, SignIn::Oauth2 { .. }) {
            return Err(PortalError::Credentials(
                "the portal does not accept them (401)".to_owned(),
            ));
        }
        let answer = self.once(asked, effect, &make, true).await?;
        if answer.status == StatusCode::UNAUTHORIZED {
            return Err(PortalError::Credentials(
                "the portal does not accept a fresh token (401)".to_owned(),
            ));
        }
        self.judged(answer, effect)
    }

    async fn once(
        &self,
        asked: &str,
        effect: Effect,
        make: &impl Fn(&Client) -> Result<RequestBuilder, PortalError>,
        fresh: bool,
    ) -> Result<Answer, PortalError> {
        let request = self.signed(make(&self.client)?, fresh).await?;
        let failed = |error: &reqwest::Error| PortalError::Unreachable {
            outcome_unknown: effect == Effect::Sends && !error.is_connect() && !error.is_builder(),
            because: reason(error),
        };
        let response = request.send().await.map_err(|e| failed(&e))?;
        let (status, headers) = (response.status(), response.headers().clone());
        let body = whole(response).await.map_err(|e| match e {
            Broken::TooLong(begun) => PortalError::Unexpected {
                because: format!("the answer is longer than {MOST} bytes"),
                evidence: Box::new(evidence(asked, status, begun)),
            },
            Broken::Off(because) => PortalError::Unreachable {
                outcome_unknown: effect == Effect::Sends,
                because: format!("the answer broke off: {because}"),
            },
        })?;
        Ok(Answer {
            status,
            headers,
            evidence: evidence(asked, status, body),
        })
    }

    /// Answers that mean the same at every portal.
    fn judged(&self, answer: Answer, effect: Effect) -> Result<Answer, PortalError> {
        let retry_after = retry_after(&answer.headers);
        let status = answer.status;
        let busy = status == StatusCode::TOO_MANY_REQUESTS
            || status == StatusCode::SERVICE_UNAVAILABLE && retry_after.is_some();
        if busy {
            return Err(PortalError::Busy { retry_after });
        }
        if status.is_server_error() && status != StatusCode::NOT_IMPLEMENTED {
            return Err(match effect {
                Effect::Asks => PortalError::Unreachable {
                    outcome_unknown: false,
                    because: format!("the portal failed ({status})"),
                },
                Effect::Sends => PortalError::Unexpected {
                    because: format!("the portal failed ({status})"),
                    evidence: Box::new(answer.evidence),
                },
            });
        }
        if status.is_redirection() {
            return Err(setup(format!(
                "the portal sends us elsewhere ({status}); write the address it names as url, if you trust it"
            )));
        }
        Ok(answer)
    }

    async fn signed(
        &self,
        request: RequestBuilder,
        fresh: bool,
    ) -> Result<RequestBuilder, PortalError> {
        Ok(match &self.sign_in {
            SignIn::None => request,
            SignIn::SshKey { .. } => return Err(setup("sign_in: ssh-key is for sftp only")),
            SignIn::Basic { user, password } => {
                request.basic_auth(user, Some(secret(password)?.expose_secret()))
            }
            SignIn::Bearer { token } => request.bearer_auth(secret(token)?.expose_secret()),
            SignIn::Headers { headers } => {
                let mut map = HeaderMap::new();
                for (name, value) in headers {
                    let name = HeaderName::try_from(name.as_str())
                        .map_err(|e| setup(format!("sign_in.headers: {name}: {e}")))?;
                    let mut value =
                        HeaderValue::try_from(secret(value)?.expose_secret()).map_err(|_| {
                            setup(format!(
                                "sign_in.headers: the value of {name} cannot stand in a header"
                            ))
                        })?;
                    value.set_sensitive(true);
                    map.insert(name, value);
                }
                request.headers(map)
            }
            SignIn::Oauth2 { .. } => {
                let mut kept = self.token.lock().await;
                let ended = |t: &Token| t.until.is_some_and(|until| Instant::now() >= until);
                if fresh || kept.as_ref().is_none_or(ended) {
                    *kept = None;
                    *kept = Some(self.new_token().await?);
                }
                match kept.as_ref() {
                    Some(token) => request.bearer_auth(token.text.expose_secret()),
                    None => request,
                }
            }
        })
    }

    async fn new_token(&self) -> Result<Token, PortalError> {
        let SignIn::Oauth2 {
            token_url,
            client_id,
            client_secret,
            scope,
        } = &self.sign_in
        else {
            return Err(setup("the account does not sign in by OAuth 2"));
        };
        let given = secret(client_secret)?;
        let mut form = vec![
            ("grant_type", "client_credentials"),
            ("client_id", client_id),
            ("client_secret", given.expose_secret()),
        ];
        if let Some(scope) = scope {
            form.push(("scope", scope));
        }
        let answer = self.client.post(token_url).form(&form).send().await;
        let answer = answer.map_err(|e| PortalError::Unreachable {
            outcome_unknown: false,
            because: format!("no token: {}", reason(&e)),
        })?;
        let status = answer.status();
        if status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error() {
            return Err(PortalError::Busy {
                retry_after: retry_after(answer.headers()),
            });
        }
        if !status.is_success() {
            return Err(PortalError::Credentials(format!(
                "no token for client {client_id} ({status})"
            )));
        }
        let body = whole(answer).await.map_err(|e| match e {
            Broken::Off(because) => PortalError::Unreachable {
                outcome_unknown: false,
                because: format!("no token: {because}"),
            },
            Broken::TooLong(_) => PortalError::Credentials("the answer is no token".to_owned()),
        })?;
        // Nothing of it is repeated: it may be the token.
        let value: Value = serde_json::from_slice(&body).unwrap_or(Value::Null);
        let object = Object::of(&value);
        let text = object.text(&["access_token"]).ok_or_else(|| {
            PortalError::Credentials("the answer names no access_token".to_owned())
        })?;
        let seconds = object.text(&["expires_in"]).and_then(|s| s.parse().ok());
        let lives = seconds.map(Duration::from_secs);
        Ok(Token {
            text: SecretString::from(text),
            until: lives.map(|l| Instant::now() + l.saturating_sub(EARLY).max(l / 2)),
        })
    }

    /// Asks for nothing but whether the credentials are good.
    pub async fn try_token(&self) -> Result<Option<String>, PortalError> {
        if !matches!(self.sign_in, SignIn::Oauth2 { .. }) {
            return Ok(None);
        }
        let token = self.new_token().await?;
        *self.token.lock().await = Some(token);
        Ok(Some("a token was given".to_owned()))
    }
}

/// Why an answer is not whole.
enum Broken {
    /// With what came until then.
    TooLong(Vec<u8>),
    /// And why.
    Off(String),
}

/// The whole answer, up to what is read at most.
async fn whole(mut response: reqwest::Response) -> Result<Vec<u8>, Broken> {
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() <= MOST => body.extend(chunk),
            Ok(Some(_)) => return Err(Broken::TooLong(body)),
            Ok(None) => return Ok(body),
            Err(error) => return Err(Broken::Off(reason(&error))),
        }
    }
}

fn evidence(asked: &str, status: StatusCode, body: Vec<u8>) -> Evidence {
    Evidence {
        asked: asked.to_owned(),
        status: Some(status.as_u16()),
        body,
    }
}

/// Why a request failed, without its address, which may carry what is nobody's business.
fn reason(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    let kind = if error.is_timeout() {
        "no answer in time"
    } else if error.is_connect() {
        "no connection"
    } else {
        "the connection failed"
    };
    format!("{kind}: {cause}")
}

/// RFC 9110 section 10.2.3: seconds or a date.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let at = chrono::DateTime::parse_from_rfc2822(text).ok()?;
    let left = at.signed_duration_since(chrono::Utc::now());
    Some(left.to_std().unwrap_or_default())
}

/// What a portal said against an invoice: the messages of a JSON answer under their usual names, else all of it.
pub fn plain_remark(answer: &Answer) -> Vec<PortalRemark> {
    let value: Value = serde_json::from_slice(&answer.evidence.body).unwrap_or(Value::Null);
    let object = Object::of(&value);
    let named = ["error", "message", "error_description", "text"];
    let mut texts = object.texts(&["errors"], &named);
    texts.extend(object.text(&["message", "error_description", "error", "detail"]));
    if texts.is_empty() {
        let text = String::from_utf8_lossy(&answer.evidence.body);
        let text: String = text.trim().chars().take(2000).collect();
        texts.push(match text.is_empty() {
            true => format!("the portal answered {} without a word", answer.status),
            false => text,
        });
    }
    let code = object.text(&["code", "error_code"]);
    let remark = |text| PortalRemark {
        text,
        code: code.clone(),
        ..PortalRemark::default()
    };
    texts.into_iter().map(remark).collect()
}
