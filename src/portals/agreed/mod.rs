//! Agreed upload: HTTPS to an address, with fields and answers, as the firm's own agreement with a portal says them.
//! Not here: any portal's name.

mod agreement;
mod answer;

use super::account::Account;
use super::portal::{Abilities, Asked, Handle, Portal};
use super::transport::{Effect, Http};
use super::{PortalError, settings_of};
use crate::model::{Outcome, Receipt, Submission};
use agreement::{Agreement, in_address, of_handle};
pub(super) use agreement::{filled, of_submission};
use answer::{in_answer, remarks};
use async_trait::async_trait;
use reqwest::multipart::{Form, Part};
use reqwest::{Client, Method, RequestBuilder};
use std::collections::BTreeMap;

/// An account with an agreed upload.
pub(super) struct Agreed {
    http: Http,
    agreement: Agreement,
    words: BTreeMap<String, Outcome>,
}

fn setup(why: String) -> PortalError {
    PortalError::Setup(why)
}

fn wrong(error: reqwest::Error) -> PortalError {
    setup(error.to_string())
}

impl Agreed {
    /// `words` are the portal's words by its terms.
    ///
    /// # Errors
    /// The account is not set up.
    pub fn new(account: &Account, words: &BTreeMap<String, String>) -> Result<Self, PortalError> {
        let agreement: Agreement = settings_of(account)?;
        let mut known = BTreeMap::new();
        for (word, outcome) in words.iter().chain(&agreement.words) {
            let outcome = Outcome::named(outcome).ok_or_else(|| {
                setup(format!(
                    "words: \"{outcome}\" is no outcome; write one of {}",
                    outcomes()
                ))
            })?;
            known.insert(word.to_lowercase(), outcome);
        }
        Ok(Self {
            http: Http::new(account)?,
            agreement,
            words: known,
        })
    }

    fn request(
        &self,
        client: &Client,
        submission: &Submission,
    ) -> Result<RequestBuilder, PortalError> {
        let upload = &self.agreement.submit;
        let method = match upload.method.to_ascii_uppercase().as_str() {
            "POST" => Method::POST,
            "PUT" => Method::PUT,
            other => {
                return Err(setup(format!(
                    "submit.method: {other} is neither POST nor PUT"
                )));
            }
        };
        let fill = |text: &str| filled(text, |name| of_submission(submission, name)).map_err(setup);
        let mut fields = Vec::new();
        for (name, value) in &upload.fields {
            fields.push((name.clone(), fill(value)?));
        }
        let path = filled(&upload.path, |name| {
            of_submission(submission, name).map(|text| in_address(&text))
        });
        let request = client.request(method, self.http.url(&path.map_err(setup)?)?);
        let Some(file_field) = &upload.file_field else {
            return Ok(request
                .query(&fields)
                .header("Content-Type", submission.media_type())
                // RFC 6266: the file's name, where there is no form to carry it.
                .header("Content-Disposition", disposition(&submission.file_name)?)
                .body(submission.bytes.clone()));
        };
        let file = Part::bytes(submission.bytes.clone())
            .file_name(submission.file_name.clone())
            .mime_str(submission.media_type())
            .map_err(wrong)?;
        let mut form = Form::new();
        for (name, value) in fields {
            form = form.text(name, value);
        }
        form = form.part(file_field.clone(), file);
        if let Some(field) = &upload.attachment_field {
            for attachment in &submission.attachments {
                let part = Part::bytes(attachment.bytes.clone())
                    .file_name(attachment.name.clone())
                    .mime_str(&attachment.media_type)
                    .map_err(wrong)?;
                form = form.part(field.clone(), part);
            }
        }
        Ok(request.multipart(form))
    }
}

/// A file name as a header; what a header cannot carry is refused.
fn disposition(name: &str) -> Result<String, PortalError> {
    if !name.is_ascii()
        || name.contains(['"', '\\', '/'])
        || name.chars().any(|c| c.is_ascii_control())
    {
        return Err(setup(format!(
            "file name {name}: the file is the body, and its name stands in a header; use letters, digits, blanks and . _ -"
        )));
    }
    Ok(format!("attachment; filename=\"{name}\""))
}

fn outcomes() -> String {
    Outcome::ALL.map(Outcome::name).join(", ")
}

#[async_trait]
impl Portal for Agreed {
    fn abilities(&self) -> Abilities {
        Abilities {
            status: self.agreement.status.is_some(),
            find: self.agreement.find.is_some(),
            attachments: self.agreement.submit.attachment_field.is_some(),
            by_hand: false,
        }
    }

    async fn submit(&self, submission: &Submission) -> Result<Receipt, PortalError> {
        let upload = &self.agreement.submit;
        if !submission.attachments.is_empty() && upload.attachment_field.is_none() {
            return Err(setup(
                "the agreement names no field for attachments (submit.attachment_field)".to_owned(),
            ));
        }
        let answer = self
            .http
            .send("upload", Effect::Sends, |client| {
                self.request(client, submission)
            })
            .await?;
        let status = answer.status.as_u16();
        if upload.refused.contains(&status) {
            return Err(PortalError::Refused {
                remarks: remarks(upload.errors.as_deref(), &answer),
                portal_id: None,
                evidence: Box::new(answer.evidence),
            });
        }
        if status == 401 || status == 403 {
            return Err(PortalError::Credentials(format!(
                "this account may not upload ({status})"
            )));
        }
        if !upload.taken.contains(&status) {
            return Err(PortalError::Unexpected {
                because: format!("status {status} is not in the agreement"),
                evidence: Box::new(answer.evidence),
            });
        }
        let body = &answer.evidence.body;
        let portal_id = upload.id.as_deref().and_then(|p| in_answer(body, p));
        if upload.id.is_some() && portal_id.is_none() {
            return Err(PortalError::Unexpected {
                because: "the answer holds no id where the agreement says".to_owned(),
                evidence: Box::new(answer.evidence),
            });
        }
        Ok(Receipt {
            portal_id,
            evidence: answer.evidence,
            ..Receipt::default()
        })
    }

    async fn ask(&self, handle: &Handle) -> Result<Asked, PortalError> {
        let by_id = self
            .agreement
            .status
            .as_ref()
            .filter(|_| handle.portal_id.is_some());
        let Some(question) = by_id.or(self.agreement.find.as_ref()) else {
            return Ok(Asked::CannotSay);
        };
        let path = filled(&question.path, |name| of_handle(handle, name)).map_err(setup)?;
        let url = self.http.url(&path)?;
        let answer = self
            .http
            .send("status", Effect::Asks, |client| Ok(client.get(url.clone())))
            .await?;
        let status = answer.status.as_u16();
        if question.absent.contains(&status) {
            return Ok(Asked::Absent);
        }
        if !answer.status.is_success() {
            return Err(PortalError::Unexpected {
                because: format!("status {status} is not in the agreement"),
                evidence: Box::new(answer.evidence),
            });
        }
        self.report(question, answer)
    }

    async fn check(&self) -> Result<Vec<String>, PortalError> {
        let mut found: Vec<String> = self.http.try_token().await?.into_iter().collect();
        match &self.agreement.check {
            None => found.push(
                "the agreement names no path that can be read without changing anything (check)"
                    .to_owned(),
            ),
            Some(path) => {
                let url = self.http.url(path)?;
                let answer = self
                    .http
                    .send("check", Effect::Asks, |client| Ok(client.get(url.clone())))
                    .await?;
                if !answer.status.is_success() {
                    return Err(PortalError::Credentials(format!(
                        "{path} answers {}",
                        answer.status
                    )));
                }
                found.push("the portal answers".to_owned());
            }
        }
        Ok(found)
    }
}
