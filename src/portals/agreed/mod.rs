//! Agreed upload: HTTPS to an address, with fields and answers, as the firm's own agreement with a portal says them.
//! Not here: any portal's name.

mod agreement;

use super::account::Account;
use super::portal::{Abilities, Asked, Handle, Portal};
use super::transport::{Answer, Effect, Http, plain_remark};
use super::{PortalError, settings_of};
use crate::model::{
    Evidence, Outcome, PortalRemark, Receipt, ReducedLine, Reduction, StatusReport, Submission,
};
use agreement::{Agreement, Question, Rows, in_address, of_handle};
pub(super) use agreement::{filled, of_submission};
use async_trait::async_trait;
use chrono::DateTime;
use reqwest::multipart::{Form, Part};
use reqwest::{Client, Method, RequestBuilder};
use rust_decimal::Decimal;
use serde_json::Value;
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

    fn report(&self, question: &Question, answer: Answer) -> Result<Asked, PortalError> {
        let evidence = answer.evidence;
        let unexpected = |because: String, evidence: Evidence| PortalError::Unexpected {
            because,
            evidence: Box::new(evidence),
        };
        let whole: Value = match serde_json::from_slice(&evidence.body) {
            Ok(value) => value,
            Err(e) => return Err(unexpected(format!("the answer is no JSON: {e}"), evidence)),
        };
        let about = match question.at.as_deref() {
            None => Some(&whole),
            Some(at) => whole.pointer(at),
        };
        let about = match about {
            Some(Value::Array(all)) => match all.as_slice() {
                [] => return Ok(Asked::Absent),
                [one] => Some(one),
                several => {
                    let because =
                        format!("the portal names {} invoices of this number", several.len());
                    return Err(unexpected(because, evidence));
                }
            },
            other => other,
        };
        let Some(about) = about.filter(|a| a.is_object()) else {
            let at = question.at.as_deref().unwrap_or("the answer");
            return Err(unexpected(format!("{at} is no object"), evidence));
        };
        let text = |pointer: &Option<String>| pointer.as_deref().and_then(|p| text_at(about, p));
        let Some(word) = text_at(about, &question.word) else {
            return Err(unexpected(
                format!("{} holds no word", question.word),
                evidence,
            ));
        };
        let mut doubts = Vec::new();
        let mut amount = |pointer: &Option<String>| {
            let text = text(pointer)?;
            let read = Decimal::from_str_exact(&text);
            if read.is_err() {
                doubts.push(format!("\"{text}\" is no amount"));
            }
            read.ok()
        };
        let original_total = amount(&question.original_total);
        let approved_total = amount(&question.approved_total);
        let reductions: Vec<Reduction> = rows(about, question.reductions.as_ref())
            .into_iter()
            .filter_map(|(text, item, cut)| {
                let cut = cut?;
                let Ok(amount) = Decimal::from_str_exact(&cut) else {
                    doubts.push(format!("\"{cut}\" is no amount"));
                    return None;
                };
                Some(Reduction {
                    amount: amount.abs(),
                    reason: text,
                    line: item.map(|item| ReducedLine {
                        item: Some(item),
                        ..ReducedLine::default()
                    }),
                    ..Reduction::default()
                })
            })
            .collect();
        let errors = rows(about, question.errors.as_ref());
        let errors = errors.into_iter().map(|(text, item, _)| PortalRemark {
            text,
            item,
            ..PortalRemark::default()
        });
        let mut outcome = self
            .words
            .get(&word.to_lowercase())
            .copied()
            .unwrap_or(Outcome::Unknown);
        if outcome == Outcome::Unknown {
            doubts.push(format!(
                "nobody here knows the word \"{word}\"; add it to words of the account"
            ));
        }
        let less = original_total
            .zip(approved_total)
            .is_some_and(|(o, a)| a < o);
        if outcome == Outcome::Approved && (less || !reductions.is_empty()) {
            outcome = Outcome::Reduced;
        }
        let at = text(&question.time).and_then(|t| DateTime::parse_from_rfc3339(&t).ok());
        Ok(Asked::Here(Box::new(StatusReport {
            portal_id: text(&question.id),
            invoice_number: text(&question.number),
            outcome,
            word,
            at,
            note: text(&question.note),
            original_total,
            approved_total,
            errors: errors.collect(),
            reductions,
            payments: Vec::new(),
            doubts,
            evidence,
        })))
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

/// The value of a line `NAME: value` of an answer in plain text.
fn in_text(body: &[u8], name: &str) -> Option<String> {
    let text = String::from_utf8_lossy(body);
    let value = text.lines().find_map(|line| {
        let (found, value) = line.split_once(':')?;
        found
            .trim()
            .eq_ignore_ascii_case(name)
            .then(|| value.trim().to_owned())
    });
    value.filter(|v| !v.is_empty())
}

/// What stands in an answer at a pointer, or at the beginning of a line.
fn in_answer(body: &[u8], pointer: &str) -> Option<String> {
    if let Some(name) = pointer.strip_prefix("text:") {
        return in_text(body, name);
    }
    text_at(&serde_json::from_slice(body).ok()?, pointer)
}

/// Words, line and amount of each object of a list.
fn rows(about: &Value, rows: Option<&Rows>) -> Vec<(String, Option<String>, Option<String>)> {
    let Some(rows) = rows else {
        return Vec::new();
    };
    let list = about.pointer(&rows.at).and_then(Value::as_array);
    let text = |one: &Value, pointer: &Option<String>| text_at(one, pointer.as_deref()?);
    let row = |one: &Value| {
        let words = text_at(one, &rows.text).unwrap_or_default();
        (words, text(one, &rows.item), text(one, &rows.amount))
    };
    list.into_iter().flatten().map(row).collect()
}

fn outcomes() -> String {
    Outcome::ALL.map(Outcome::name).join(", ")
}

fn text_at(value: &Value, pointer: &str) -> Option<String> {
    match value.pointer(pointer)? {
        Value::String(text) => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
    .filter(|text| !text.is_empty())
}

/// What the portal says against an invoice: at the pointer, else its whole answer.
fn remarks(pointer: Option<&str>, answer: &Answer) -> Vec<PortalRemark> {
    let body = &answer.evidence.body;
    if let Some(text) = pointer
        .filter(|p| p.starts_with("text:"))
        .and_then(|p| in_answer(body, p))
    {
        return vec![PortalRemark {
            text,
            ..PortalRemark::default()
        }];
    }
    let value: Value = serde_json::from_slice(body).unwrap_or(Value::Null);
    let found = pointer.and_then(|pointer| value.pointer(pointer));
    let texts: Vec<String> = match found {
        Some(Value::String(text)) => vec![text.clone()],
        Some(Value::Array(all)) => all
            .iter()
            .map(|one| one.as_str().map_or_else(|| one.to_string(), str::to_owned))
            .collect(),
        _ => return plain_remark(answer),
    };
    let remark = |text| PortalRemark {
        text,
        ..PortalRemark::default()
    };
    texts.into_iter().map(remark).collect()
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
