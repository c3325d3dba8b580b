//! eBillingHub (Elite): the aggregator that reaches most portals (reference portals.md section 10.1).
//! It takes Elite's own XML (ESF or UBF), whose layout is not public: the file the firm's billing system made for the
//! hub is sent, the LEDES invoice is what was checked.
//! Not here: making that XML.

use super::account::Account;
use super::json::Object;
use super::portal::{Abilities, Asked, Handle, Portal};
use super::transport::{Answer, Effect, Http, plain_remark};
use super::{PortalError, settings_of};
use crate::model::{Evidence, Outcome, Receipt, StatusReport, Submission};
use async_trait::async_trait;
use reqwest::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

/// What only these accounts have under `settings`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    /// Where the billing system lays its files for the hub: `INVOICE_NUMBER.xml`.
    files: PathBuf,
    /// `ESF` or `UBF`.
    #[serde(default = "ubf")]
    invoice_type: String,
    /// Documented: `submissions/api/v1/SubmissionRequests` (old), `ebh/submissions/v1/SubmissionRequests` (new, by the
    /// pattern of the others).
    #[serde(default = "submit_path")]
    submit_path: String,
    #[serde(default = "search_path")]
    search_path: String,
    #[serde(default = "details_path")]
    details_path: String,
}

fn ubf() -> String {
    "UBF".to_owned()
}

fn submit_path() -> String {
    "submissions/api/v1/SubmissionRequests".to_owned()
}

fn search_path() -> String {
    "statuses/api/v1/search".to_owned()
}

fn details_path() -> String {
    "statuses/api/v1/details".to_owned()
}

/// An account at the hub.
pub(super) struct EbillingHub {
    http: Http,
    settings: Settings,
    words: BTreeMap<String, Outcome>,
}

impl EbillingHub {
    /// `words` are the hub's statuses by its terms.
    ///
    /// # Errors
    /// The account is not set up.
    pub fn new(account: &Account, words: &BTreeMap<String, String>) -> Result<Self, PortalError> {
        let outcome = |(word, outcome): (&String, &String)| {
            Some((word.to_lowercase(), Outcome::named(outcome)?))
        };
        Ok(Self {
            http: Http::new(account)?,
            settings: settings_of(account)?,
            words: words.iter().filter_map(outcome).collect(),
        })
    }

    fn file(&self, submission: &Submission) -> Result<Vec<u8>, PortalError> {
        let number = &submission.invoice_number;
        if number.contains(['/', '\\', ' ']) || number.starts_with('.') || number.len() > 60 {
            return Err(PortalError::Setup(format!(
                "invoice number {number}: the hub takes at most 60 characters without blanks"
            )));
        }
        let path = self.settings.files.join(format!("{number}.xml"));
        let bytes = fs::read(&path).map_err(|e| {
            PortalError::Setup(format!(
                "{}: {e}; the hub takes {} XML, which the billing system has to lay there",
                path.display(),
                self.settings.invoice_type
            ))
        })?;
        // The file that leaves has to be that of the invoice that was cleared, as far as this can be told without its
        // layout: its number stands in it.
        let named = String::from_utf8_lossy(&bytes).contains(number.as_str());
        if !named {
            return Err(PortalError::Setup(format!(
                "{} does not name invoice {number}",
                path.display()
            )));
        }
        Ok(bytes)
    }

    fn report(&self, object: Object<'_>, evidence: Evidence) -> StatusReport {
        let mut doubts = Vec::new();
        let word = object
            .text(&[
                "current_hub_status",
                "hub_status",
                "current_status",
                "status",
            ])
            .unwrap_or_default();
        let outcome = self.words.get(&word.to_lowercase()).copied();
        if outcome.is_none() {
            doubts.push(format!("nobody here knows the status \"{word}\""));
        }
        let note = object.text(&["status_note", "note"]);
        let original_total = object.amount(&["invoice_total"], &mut doubts);
        let approved_total = object.amount(&["approved_total"], &mut doubts);
        let totals = original_total.zip(approved_total);
        let outcome = match (outcome, totals) {
            (Some(Outcome::Approved), Some((billed, approved))) if approved < billed => {
                Some(Outcome::Reduced)
            }
            (Some(Outcome::Approved), None) if note.is_some() => {
                // Reference portals.md section 13: a reduction is approved, with a note.
                doubts.push("approved with a note; look whether it was reduced".to_owned());
                outcome
            }
            _ => outcome,
        };
        StatusReport {
            portal_id: object.text(&["invoice_id"]),
            invoice_number: object.text(&["invoice_number"]),
            outcome: outcome.unwrap_or(Outcome::Unknown),
            word,
            at: object.time(
                &[
                    "changed_time",
                    "status_changed_time",
                    "status_changed_date_time",
                    "status_date",
                ],
                &mut doubts,
            ),
            note,
            original_total,
            approved_total,
            doubts,
            evidence,
            ..StatusReport::default()
        }
    }
}

fn unexpected(because: impl Into<String>, evidence: Evidence) -> PortalError {
    PortalError::Unexpected {
        because: because.into(),
        evidence: Box::new(evidence),
    }
}

/// The answer's JSON.
fn read(answer: Answer) -> Result<(Value, Evidence), PortalError> {
    match serde_json::from_slice(&answer.evidence.body) {
        Ok(value) => Ok((value, answer.evidence)),
        Err(e) => Err(unexpected(
            format!("the answer is no JSON: {e}"),
            answer.evidence,
        )),
    }
}

#[async_trait]
impl Portal for EbillingHub {
    fn abilities(&self) -> Abilities {
        Abilities {
            status: true,
            find: true,
            ..Abilities::default()
        }
    }

    async fn submit(&self, submission: &Submission) -> Result<Receipt, PortalError> {
        if !submission.attachments.is_empty() {
            return Err(PortalError::Setup(
                "the hub's paths for attachments are not public; let the billing system attach them".to_owned(),
            ));
        }
        let body = self.file(submission)?;
        let url = self.http.url(&self.settings.submit_path)?;
        let answer = self
            .http
            .send("POST SubmissionRequests", Effect::Sends, |client| {
                Ok(client
                    .post(url.clone())
                    .header("Content-Type", "application/xml")
                    .header("Accept", "application/json")
                    .header("InvoiceType", &self.settings.invoice_type)
                    .header("InvoiceState", "FinalInvoice")
                    .body(body.clone()))
            })
            .await?;
        match answer.status {
            StatusCode::CREATED | StatusCode::OK => {
                let (value, evidence) = read(answer)?;
                let object = Object::of(&value);
                let id = object.text(&["invoice_id", "submission_id", "id"]);
                match id {
                    Some(id) => Ok(Receipt {
                        portal_id: Some(id),
                        evidence,
                        ..Receipt::default()
                    }),
                    None => Err(unexpected("the answer names no id", evidence)),
                }
            }
            status if status.is_client_error() => Err(PortalError::Refused {
                remarks: plain_remark(&answer),
                portal_id: None,
                evidence: Box::new(answer.evidence),
            }),
            status => Err(unexpected(
                format!("{status} is not documented"),
                answer.evidence,
            )),
        }
    }

    async fn ask(&self, handle: &Handle) -> Result<Asked, PortalError> {
        let answer = match &handle.portal_id {
            Some(id) => {
                let url = self.http.url(&self.settings.details_path)?;
                let make = |client: &reqwest::Client| {
                    Ok(client.get(url.clone()).query(&[("InvoiceId", id)]))
                };
                self.http.send("GET details", Effect::Asks, make).await?
            }
            None => {
                let url = self.http.url(&self.settings.search_path)?;
                let wanted = json!({ "InvoiceId": [handle.invoice_number] });
                let make = |client: &reqwest::Client| Ok(client.post(url.clone()).json(&wanted));
                self.http.send("POST search", Effect::Asks, make).await?
            }
        };
        if answer.status == StatusCode::NOT_FOUND {
            return Ok(Asked::Absent);
        }
        if !answer.status.is_success() {
            return Err(unexpected(
                format!("{} is not documented", answer.status),
                answer.evidence,
            ));
        }
        let (value, evidence) = read(answer)?;
        let found = match &value {
            Value::Array(all) => match all.as_slice() {
                [] => return Ok(Asked::Absent),
                [one] => one,
                _ => return Err(unexpected("the hub names several invoices", evidence)),
            },
            one => one,
        };
        Ok(Asked::Here(Box::new(
            self.report(Object::of(found), evidence),
        )))
    }

    async fn check(&self) -> Result<Vec<String>, PortalError> {
        let nothing = Handle {
            invoice_number: "cleanbill-connection-check".to_owned(),
            ..Handle::default()
        };
        Ok(vec![match self.ask(&nothing).await? {
            Asked::Absent => "the hub answers and knows the keys".to_owned(),
            _ => "the hub answers, but knows an invoice that does not exist".to_owned(),
        }])
    }
}
