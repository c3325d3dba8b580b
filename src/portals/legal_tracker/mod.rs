//! Legal Tracker (Thomson Reuters): its billing API, as far as it is documented (reference portals.md section 7).
//! What its pages do not show is a setting of the account; without it the account is not set up.
//! Not here: sign-in and time limits (`transport`), and paths or words that nobody has published.

use super::account::Account;
use super::json::Object;
use super::portal::{Abilities, Asked, Handle, Portal};
use super::transport::{Answer, Effect, Http, plain_remark};
use super::{PortalError, settings_of};
use crate::model::{Evidence, Outcome, Receipt, ReducedLine, Reduction, StatusReport, Submission};
use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::{Client, RequestBuilder, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// What only these accounts have under `settings`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    /// `Company-ID`, from the Company List API.
    company_id: u64,
    /// From the application's registration, or from support.
    firm_id: Id,
    firm_office_id: Id,
    /// The invoice's type.
    type_id: Id,
    #[serde(default = "invoices")]
    invoices_path: String,
    #[serde(default = "matters")]
    matters_path: String,
    /// The field that holds the file itself, in base64; the public pages do not name it.
    #[serde(default)]
    content_field: Option<String>,
    /// The field of the answer with the status word, and the words; the public pages name neither.
    #[serde(default = "status")]
    status_field: String,
    #[serde(default)]
    words: BTreeMap<String, String>,
}

/// An id, sent as it is written in the settings: the public pages do not say whether it is a number or a text.
#[derive(Debug, Deserialize, Serialize)]
#[serde(untagged)]
enum Id {
    Number(u64),
    Text(String),
}

fn invoices() -> String {
    "invoices".to_owned()
}

fn matters() -> String {
    "matters".to_owned()
}

fn status() -> String {
    "status".to_owned()
}

/// An account at Legal Tracker.
pub(super) struct LegalTracker {
    http: Http,
    settings: Settings,
    words: BTreeMap<String, Outcome>,
}

impl LegalTracker {
    /// `words` are the portal's words by its terms.
    ///
    /// # Errors
    /// The account is not set up.
    pub fn new(account: &Account, words: &BTreeMap<String, String>) -> Result<Self, PortalError> {
        let settings: Settings = settings_of(account)?;
        let all = words.iter().chain(&settings.words);
        let words = all
            .filter_map(|(word, outcome)| Some((word.to_lowercase(), Outcome::named(outcome)?)))
            .collect();
        Ok(Self {
            http: Http::new(account)?,
            settings,
            words,
        })
    }

    fn for_company(&self, request: RequestBuilder) -> RequestBuilder {
        request.header("Company-ID", self.settings.company_id)
    }

    /// The portal's id of a matter, by the client's number of it.
    async fn matter(&self, submission: &Submission) -> Result<Value, PortalError> {
        let url = self.http.url(&self.settings.matters_path)?;
        let make = |client: &Client| {
            let select = [("$select", "id,clientMatterName,clientMatterNumber,status")];
            Ok(self.for_company(client.get(url.clone()).query(&select)))
        };
        let answer = self.http.send("GET /matters", Effect::Asks, make).await?;
        if !answer.status.is_success() {
            return Err(PortalError::Setup(format!(
                "the list of matters answers {}; nothing was sent",
                answer.status
            )));
        }
        let value: Value = serde_json::from_slice(&answer.evidence.body).map_err(|e| {
            PortalError::Setup(format!(
                "the list of matters is no JSON ({e}); nothing was sent"
            ))
        })?;
        let rows = match &value {
            Value::Array(rows) => rows.as_slice(),
            other => Object::of(other)
                .get(&["value", "items", "matters"])
                .and_then(Value::as_array)
                .map_or(&[][..], Vec::as_slice),
        };
        let wanted = &submission.client_matter_id;
        let own =
            |row: &&Value| Object::of(row).text(&["client_matter_number"]).as_ref() == Some(wanted);
        let found: Vec<&Value> = rows.iter().filter(own).collect();
        match found.as_slice() {
            [one] => Object::of(one).get(&["id"]).cloned().ok_or_else(|| {
                PortalError::Setup(format!("matter {wanted} has no id in the list of matters"))
            }),
            [] => Err(PortalError::Setup(format!(
                "matter {wanted} is not among the {} matters of the firm at Legal Tracker; ask the client to assign it",
                rows.len()
            ))),
            several => Err(PortalError::Setup(format!(
                "{} matters at Legal Tracker have the number {wanted}",
                several.len()
            ))),
        }
    }

    fn report(&self, value: &Value, evidence: Evidence) -> StatusReport {
        let object = Object::of(value);
        let mut doubts = Vec::new();
        let word = object
            .text(&[self.settings.status_field.as_str()])
            .unwrap_or_default();
        let mut reductions = Vec::new();
        for one in object.list(&["adjustments"]) {
            let Some(amount) = one.amount(&["amount"], &mut doubts) else {
                continue;
            };
            let item = one.text(&["line_item_number"]);
            let reason = [one.text(&["reason"]), one.text(&["comment"])];
            let reason: Vec<String> = reason.into_iter().flatten().collect();
            reductions.push(Reduction {
                // Negative is a reduction there.
                amount: -amount,
                reason: reason.join("; "),
                line: item.map(|item| ReducedLine {
                    item: Some(item),
                    ..ReducedLine::default()
                }),
                reviewer: one.text(&["adjuster_name"]),
                at: one.time(&["date_time"], &mut doubts),
                currency: None,
            });
        }
        let outcome = self.words.get(&word.to_lowercase()).copied();
        let outcome = match outcome {
            None => {
                doubts.push(format!(
                    "nobody here knows the status \"{word}\"; add it to words of the account"
                ));
                Outcome::Unknown
            }
            Some(Outcome::Approved) if reductions.iter().any(|r| !r.amount.is_sign_negative()) => {
                Outcome::Reduced
            }
            Some(outcome) => outcome,
        };
        StatusReport {
            portal_id: object.text(&["id"]),
            invoice_number: object.text(&["invoice_number"]),
            outcome,
            word,
            at: object.time(&["status_date_time", "status_date"], &mut doubts),
            note: object.text(&["comment"]),
            reductions,
            doubts,
            evidence,
            ..StatusReport::default()
        }
    }
}

fn refused(answer: Answer) -> PortalError {
    if answer.status == StatusCode::FORBIDDEN {
        return PortalError::Credentials("this application may not post invoices (403)".to_owned());
    }
    PortalError::Refused {
        remarks: plain_remark(&answer),
        portal_id: None,
        evidence: Box::new(answer.evidence),
    }
}

#[async_trait]
impl Portal for LegalTracker {
    fn abilities(&self) -> Abilities {
        Abilities {
            status: true,
            ..Abilities::default()
        }
    }

    async fn submit(&self, submission: &Submission) -> Result<Receipt, PortalError> {
        let Some(content) = &self.settings.content_field else {
            return Err(PortalError::Setup(
                "settings.content_field: the field that holds the file is not named in public; take it from the portal's developer pages".to_owned(),
            ));
        };
        if !submission.attachments.is_empty() {
            return Err(PortalError::Setup(
                "attachments go through Legal Tracker's eFiles, whose paths are not public"
                    .to_owned(),
            ));
        }
        let mut invoice = Map::new();
        invoice.insert("firmId".to_owned(), json!(self.settings.firm_id));
        invoice.insert(
            "firmOfficeId".to_owned(),
            json!(self.settings.firm_office_id),
        );
        invoice.insert("typeId".to_owned(), json!(self.settings.type_id));
        invoice.insert("matterId".to_owned(), self.matter(submission).await?);
        invoice.insert("currency".to_owned(), json!(submission.currency));
        invoice.insert("isLedes".to_owned(), json!(true));
        invoice.insert(content.clone(), json!(STANDARD.encode(&submission.bytes)));
        let invoice = Value::Object(invoice);
        let url = self.http.url(&self.settings.invoices_path)?;
        let make = |client: &Client| Ok(self.for_company(client.post(url.clone()).json(&invoice)));
        let answer = self
            .http
            .send("POST /invoices", Effect::Sends, make)
            .await?;
        if answer.status.is_client_error() {
            return Err(refused(answer));
        }
        let value: Value = serde_json::from_slice(&answer.evidence.body).unwrap_or(Value::Null);
        match Object::of(&value).text(&["id", "invoice_id"]) {
            Some(id) if answer.status.is_success() => Ok(Receipt {
                portal_id: Some(id),
                evidence: answer.evidence,
                ..Receipt::default()
            }),
            _ => Err(PortalError::Unexpected {
                because: "the answer names no id".to_owned(),
                evidence: Box::new(answer.evidence),
            }),
        }
    }

    async fn ask(&self, handle: &Handle) -> Result<Asked, PortalError> {
        let Some(id) = &handle.portal_id else {
            return Ok(Asked::CannotSay);
        };
        let mut url = self.http.url(&format!(
            "{}/",
            self.settings.invoices_path.trim_end_matches('/')
        ))?;
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().push(id);
        }
        let make = |client: &Client| {
            let expand = [("$expand", "adjustments,attachments,taxes")];
            Ok(self.for_company(client.get(url.clone()).query(&expand)))
        };
        let answer = self
            .http
            .send("GET /invoices/{id}", Effect::Asks, make)
            .await?;
        match answer.status {
            StatusCode::NOT_FOUND => Ok(Asked::Absent),
            StatusCode::OK => match serde_json::from_slice::<Value>(&answer.evidence.body) {
                Ok(value) => Ok(Asked::Here(Box::new(self.report(&value, answer.evidence)))),
                Err(e) => Err(PortalError::Unexpected {
                    because: format!("the answer is no JSON: {e}"),
                    evidence: Box::new(answer.evidence),
                }),
            },
            status => Err(PortalError::Unexpected {
                because: format!("{status} is not documented"),
                evidence: Box::new(answer.evidence),
            }),
        }
    }

    async fn check(&self) -> Result<Vec<String>, PortalError> {
        let mut found: Vec<String> = self.http.try_token().await?.into_iter().collect();
        let url = self.http.url(&self.settings.matters_path)?;
        let make = |client: &Client| {
            Ok(self.for_company(client.get(url.clone()).query(&[("$select", "id")])))
        };
        let answer = self.http.send("GET /matters", Effect::Asks, make).await?;
        if !answer.status.is_success() {
            return Err(PortalError::Credentials(format!(
                "the list of matters answers {}",
                answer.status
            )));
        }
        found.push("the list of matters can be read".to_owned());
        Ok(found)
    }
}
