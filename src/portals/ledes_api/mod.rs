//! LEDES Software API v1: the open standard (reference ledes-api.md).
//! Not here: its shapes (`wire`), and when something is sent.

mod accruals;
mod wire;

use super::account::Account;
use super::portal::{Abilities, Asked, Handle, Portal};
use super::transport::{Answer, Effect, Http, plain_remark};
use super::{PortalError, settings_of};
use crate::model::{Evidence, Receipt, Submission};
use async_trait::async_trait;
use reqwest::multipart::{Form, Part};
use reqwest::{Client, RequestBuilder, StatusCode, Url};
use serde::Deserialize;
use serde_json::Value;

/// What only this portal's accounts have under `settings`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Settings {
    /// How names are written: `snake` or `camel`.
    names: wire::Names,
    /// The longest file name the receiver takes.
    most_name: Option<usize>,
    /// Whether `related_invoice_id` is written as `text` or `number`: the standard's schema says one, its text the other.
    related_id: wire::RelatedId,
}

/// An account at a receiver of the LEDES API.
pub(super) struct LedesApi {
    http: Http,
    settings: Settings,
}

impl LedesApi {
    /// # Errors
    /// The account is not set up.
    pub fn new(account: &Account) -> Result<Self, PortalError> {
        Ok(Self {
            http: Http::new(account)?,
            settings: settings_of(account)?,
        })
    }

    fn form(&self, submission: &Submission) -> Result<Form, PortalError> {
        let wrong = |e: reqwest::Error| PortalError::Setup(e.to_string());
        let about = wire::invoice_part(submission, self.settings.names, self.settings.related_id);
        let about = about.to_string();
        let about = Part::text(about).mime_str("application/json");
        let file = Part::bytes(submission.bytes.clone())
            .file_name(submission.file_name.clone())
            .mime_str(submission.media_type());
        Ok(Form::new()
            .part("invoice", about.map_err(wrong)?)
            .part("ledesfile", file.map_err(wrong)?))
    }

    /// Replacing figures twice is replacing them once, so nothing is left in doubt.
    async fn accruals(
        &self,
        asked: &str,
        matter: &str,
        make: impl Fn(&Client, &Url) -> RequestBuilder + Send + Sync,
    ) -> Result<Evidence, PortalError> {
        let mut url = self.http.url("matter/")?;
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().push(matter).push("accruals");
        }
        let answer = self
            .http
            .send(asked, Effect::Asks, |client| Ok(make(client, &url)))
            .await?;
        match answer.status {
            StatusCode::OK | StatusCode::NO_CONTENT => Ok(answer.evidence),
            StatusCode::NOT_FOUND => Err(PortalError::Setup(format!(
                "the receiver knows no matter {matter} (404); ask the client for its number there"
            ))),
            StatusCode::NOT_IMPLEMENTED => Err(PortalError::Setup(
                "the receiver takes no accruals under this kind of matter number (501); send them as the client says".to_owned(),
            )),
            status if status.is_client_error() => Err(refused(answer)),
            status => Err(PortalError::Unexpected {
                because: format!("{status} is no answer of the standard"),
                evidence: Box::new(answer.evidence),
            }),
        }
    }

    fn ready(&self, submission: &Submission) -> Result<(), PortalError> {
        let name = &submission.file_name;
        if name.contains(['/', '\\']) {
            return Err(PortalError::Setup(format!(
                "file name {name}: the receiver takes no folder"
            )));
        }
        if self
            .settings
            .most_name
            .is_some_and(|most| name.chars().count() > most)
        {
            return Err(PortalError::Setup(format!(
                "file name {name} is longer than the receiver takes"
            )));
        }
        if submission.invoice_type.follows() && submission.follows.is_none() {
            return Err(PortalError::Setup(format!(
                "invoice {} is a {}: the portal's id of the invoice it follows is needed and not known",
                submission.invoice_number,
                submission.invoice_type.name()
            )));
        }
        if !submission.attachments.is_empty() {
            return Err(PortalError::Setup(
                "the LEDES API v1 has no documented way for attachments; send them as the client says, and take them off the package".to_owned(),
            ));
        }
        Ok(())
    }
}

/// What a refusal means (section 4).
fn refused(answer: Answer) -> PortalError {
    let (mut remarks, portal_id) = wire::refusal(&answer.evidence.body);
    if answer.status == StatusCode::FORBIDDEN {
        return PortalError::Credentials(
            "this account may not post invoices, or not those of the LAW_FIRM_ID in the file (403)"
                .to_owned(),
        );
    }
    if remarks.is_empty() {
        remarks = plain_remark(&answer);
    }
    PortalError::Refused {
        remarks,
        portal_id,
        evidence: Box::new(answer.evidence),
    }
}

#[async_trait]
impl Portal for LedesApi {
    fn abilities(&self) -> Abilities {
        Abilities {
            status: true,
            ..Abilities::default()
        }
    }

    async fn submit(&self, submission: &Submission) -> Result<Receipt, PortalError> {
        self.ready(submission)?;
        let url = self.http.url("invoices")?;
        let make = |client: &Client| {
            let request = client.post(url.clone());
            Ok(request
                .header("X-Request-ID", &submission.attempt)
                .multipart(self.form(submission)?))
        };
        let answer = self
            .http
            .send("POST /invoices", Effect::Sends, make)
            .await?;
        match answer.status {
            StatusCode::CREATED | StatusCode::ACCEPTED => {
                wire::receipt(answer.evidence).map_err(|(because, evidence)| {
                    PortalError::Unexpected {
                        because,
                        evidence: Box::new(evidence),
                    }
                })
            }
            status if status.is_client_error() => Err(refused(answer)),
            status => Err(PortalError::Unexpected {
                because: format!("{status} is no answer of the standard"),
                evidence: Box::new(answer.evidence),
            }),
        }
    }

    async fn ask(&self, handle: &Handle) -> Result<Asked, PortalError> {
        let Some(id) = &handle.portal_id else {
            // Version 1 has no search (section 3).
            return Ok(Asked::CannotSay);
        };
        let mut url = self.http.url("invoices/")?;
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().push(id);
        }
        let answer = self
            .http
            .send("GET /invoices/{invoiceid}", Effect::Asks, |client| {
                Ok(client.get(url.clone()))
            })
            .await?;
        match answer.status {
            StatusCode::OK => match wire::report(answer.evidence) {
                Ok(report) => Ok(Asked::Here(Box::new(report))),
                Err((because, evidence)) => Err(PortalError::Unexpected {
                    because,
                    evidence: Box::new(evidence),
                }),
            },
            StatusCode::NOT_FOUND => Ok(Asked::Absent),
            StatusCode::FORBIDDEN => Err(PortalError::Credentials(
                "this account may not read invoices (403)".to_owned(),
            )),
            status => Err(PortalError::Unexpected {
                because: format!("{status} is no answer of the standard"),
                evidence: Box::new(answer.evidence),
            }),
        }
    }

    async fn put_accruals(&self, matter: &str, figures: &Value) -> Result<Evidence, PortalError> {
        let wrong = accruals::mistakes(figures);
        if !wrong.is_empty() {
            return Err(PortalError::Setup(format!(
                "the accruals of {matter} are not sent: {}",
                wrong.join("; ")
            )));
        }
        let body = accruals::spelled(figures, self.settings.names);
        let make = |client: &Client, url: &Url| client.put(url.clone()).json(&body);
        self.accruals("PUT accruals", matter, make).await
    }

    async fn delete_accruals(&self, matter: &str) -> Result<Evidence, PortalError> {
        let make = |client: &Client, url: &Url| client.delete(url.clone());
        self.accruals("DELETE accruals", matter, make).await
    }

    async fn check(&self) -> Result<Vec<String>, PortalError> {
        let mut found: Vec<String> = self.http.try_token().await?.into_iter().collect();
        // An invoice that cannot exist: only whether the answer is that of the standard is of interest.
        let nothing = Handle {
            portal_id: Some("cleanbill-connection-check".to_owned()),
            ..Handle::default()
        };
        found.push(match self.ask(&nothing).await? {
            Asked::Absent => "the receiver answers as the standard says".to_owned(),
            _ => "the receiver answers, but knows an invoice that does not exist".to_owned(),
        });
        Ok(found)
    }
}
