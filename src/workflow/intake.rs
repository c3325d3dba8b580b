//! Invoices come in: each file is checked, each invoice stored once, and other bytes under a known number are a
//! new version or refused, by state.

use super::desk::Desk;
use super::memory::Memory;
use super::permits::Act;
use super::projection::Facts;
use super::refusal::WorkflowError;
use super::state::State;
use super::table::{Step, next};
use crate::check::{Checked, Checker, NotChecked, PackUsed, Verdict};
use crate::model::{Finding, History};
use crate::store::{InvoiceRow, StoreError, Tx, sha256};
use chrono::NaiveDate;
use rayon::prelude::*;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What the check said about one invoice, as it is kept.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct KeptReport {
    /// The day of the check.
    pub today: NaiveDate,
    /// Findings on the file as a whole.
    pub file: Vec<Finding>,
    /// The invoice's own report.
    pub invoice: crate::check::InvoiceReport,
    /// Packs in force.
    pub packs: Vec<PackUsed>,
    /// What could not be judged.
    pub not_checked: Vec<NotChecked>,
}

impl KeptReport {
    /// Its findings, those of the file first.
    pub fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.file.iter().chain(&self.invoice.findings)
    }
}

/// A file that came.
pub struct Arrival {
    /// As it is called in messages.
    pub name: String,
    /// What it holds.
    pub bytes: Vec<u8>,
}

/// What became of an invoice.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// It was not known.
    New,
    /// It replaced the version before.
    NewVersion,
    /// The same bytes were here already.
    Known,
    /// It was not taken; says why.
    Refused(String),
}

/// An invoice that came.
#[derive(Clone, Debug)]
pub struct Taken {
    /// The file's name.
    pub file: String,
    /// INVOICE_NUMBER; empty for a file without an invoice.
    pub number: String,
    /// What became of it.
    pub outcome: Outcome,
    /// As it stands now.
    pub row: Option<InvoiceRow>,
}

/// An invoice that was checked and may be stored.
pub(super) struct Candidate {
    id: String,
    number: String,
    client: String,
    pub(super) content: String,
    pub(super) report: Vec<u8>,
    pub(super) facts: Facts,
}

/// A file that was checked.
struct Prepared {
    file: String,
    document: String,
    bytes: Vec<u8>,
    candidates: Vec<Candidate>,
    refused: Option<String>,
}

/// The id of an invoice: it follows from what makes it that invoice.
pub fn id_of(client: &str, number: &str) -> String {
    let mut hash = sha256(format!("{client}\u{1f}{number}").as_bytes());
    hash.truncate(16);
    hash
}

impl Desk<'_> {
    /// Takes in files that came together: they are checked on every core and stored in one transaction. Each is judged
    /// after what the store has of its clients, and after the files before it.
    ///
    /// # Errors
    /// The person may not, or the store failed: then nothing of it was stored.
    pub async fn take_in(
        &self,
        checker: &Checker,
        memory: &mut Memory,
        arrivals: Vec<Arrival>,
    ) -> Result<Vec<Taken>, WorkflowError> {
        self.may(Act::Step(Step::TakeIn))?;
        let (history, firsts) = memory.before(self, checker.history(), &arrivals).await?;
        let prepared: Vec<Prepared> = arrivals
            .into_par_iter()
            .zip(firsts)
            .map(|(arrival, first)| {
                let before = |index: usize| Arc::new(history.before(first + index as u64));
                prepare(checker, arrival, &before)
            })
            .collect::<Result<_, _>>()?;
        let taken = self.take_prepared(&prepared).await?;
        memory.keep(&taken);
        Ok(taken)
    }

    async fn take_prepared(&self, prepared: &[Prepared]) -> Result<Vec<Taken>, WorkflowError> {
        self.keep_documents(prepared).await?;
        again!(self.store_all(prepared))
    }

    /// Documents first, so that no event ever names one that is not there.
    async fn keep_documents(&self, prepared: &[Prepared]) -> Result<(), WorkflowError> {
        let mut tx = self.store.db.read().await?;
        let mut wanted: BTreeMap<&str, &[u8]> = BTreeMap::new();
        for file in prepared.iter().filter(|f| f.refused.is_none()) {
            for candidate in &file.candidates {
                let row = tx.invoice(&candidate.id).await?;
                if let Decision::Step(_) =
                    self.decide(&mut tx, file, candidate, row.as_ref()).await?
                {
                    wanted.insert(&file.document, &file.bytes);
                    wanted.insert(
                        candidate.facts.report.as_deref().unwrap_or(""),
                        &candidate.report,
                    );
                }
            }
        }
        drop(tx);
        let wanted: Vec<(&str, &[u8])> = wanted.into_iter().collect();
        self.store.documents.put_all(&wanted)?;
        Ok(())
    }

    async fn store_all(&self, prepared: &[Prepared]) -> Result<Vec<Taken>, WorkflowError> {
        let mut tx = self.store.db.write().await?;
        let mut taken = Vec::new();
        for file in prepared {
            if let Some(why) = &file.refused {
                taken.push(Taken {
                    file: file.file.clone(),
                    number: String::new(),
                    outcome: Outcome::Refused(why.clone()),
                    row: None,
                });
                continue;
            }
            for candidate in &file.candidates {
                taken.push(self.store_one(&mut tx, file, candidate).await?);
            }
        }
        tx.commit().await?;
        Ok(taken)
    }

    async fn store_one(
        &self,
        tx: &mut Tx,
        file: &Prepared,
        candidate: &Candidate,
    ) -> Result<Taken, WorkflowError> {
        let before = tx.invoice(&candidate.id).await?;
        let decision = self.decide(tx, file, candidate, before.as_ref()).await?;
        let (outcome, row) = match decision {
            Decision::Known => (Outcome::Known, before),
            Decision::Refused(why) => (Outcome::Refused(why), before),
            Decision::Step(step) => {
                // Somebody may have changed the state since the documents were kept.
                let report = candidate.facts.report.as_deref().unwrap_or("");
                self.store
                    .documents
                    .put_all(&[(&file.document, &file.bytes), (report, &candidate.report)])?;
                let arrived = Facts {
                    number: Some(candidate.number.clone()),
                    client: Some(candidate.client.clone()),
                    document: Some(file.document.clone()),
                    content: Some(candidate.content.clone()),
                    ..Facts::default()
                };
                let id = &candidate.id;
                let row = self.step(tx, before, id, step, &arrived).await?;
                let row = self
                    .step(tx, Some(row), id, Step::Check, &candidate.facts)
                    .await?;
                tx.put_invoice(&row).await?;
                let outcome = if step == Step::TakeIn {
                    Outcome::New
                } else {
                    Outcome::NewVersion
                };
                (outcome, Some(row))
            }
        };
        Ok(Taken {
            file: file.file.clone(),
            number: candidate.number.clone(),
            outcome,
            row,
        })
    }

    /// What to do with an invoice, by what is known of it.
    async fn decide(
        &self,
        tx: &mut Tx,
        file: &Prepared,
        candidate: &Candidate,
        row: Option<&InvoiceRow>,
    ) -> Result<Decision, WorkflowError> {
        let (name, client) = (&self.person.name, &candidate.client);
        if !self.person.serves(client) {
            let client = if client.is_empty() {
                "invoices without a client id"
            } else {
                client
            };
            return Ok(Decision::Refused(format!("{name} does not serve {client}")));
        }
        let Some(row) = row else {
            return Ok(Decision::Step(Step::TakeIn));
        };
        if row.document == file.document || row.content == candidate.content {
            return Ok(Decision::Known);
        }
        for event in tx.events(&row.id).await? {
            let facts = Facts::of(&event).map_err(StoreError::Unreadable)?;
            let old = facts.content.as_ref() == Some(&candidate.content)
                || facts.document.as_ref() == Some(&file.document);
            if old {
                return Ok(Decision::Refused(format!(
                    "this is an old version of {}, which version {} has replaced",
                    row.number, row.version
                )));
            }
        }
        let state = State::named(&row.state);
        Ok(match next(state, Step::NewVersion) {
            Some(_) => Decision::Step(Step::NewVersion),
            None => Decision::Refused(format!(
                "invoice {} is {}: it cannot be replaced by another file; {}",
                row.number,
                row.state,
                remedy(state)
            )),
        })
    }
}

enum Decision {
    Known,
    Refused(String),
    Step(Step),
}

/// What can be done with a changed file, by the state of the invoice.
fn remedy(state: Option<State>) -> &'static str {
    match state {
        Some(State::Withdrawn) => "bill the work under a new number",
        Some(State::Queued) => "take it out of the queue first",
        Some(State::Sending | State::InDoubt) => "wait until it is known whether the portal has it",
        _ => "the client has it: wait for an answer, or bill the difference under a new number",
    }
}

fn prepare(
    checker: &Checker,
    arrival: Arrival,
    history: &dyn Fn(usize) -> Arc<History>,
) -> Result<Prepared, WorkflowError> {
    let Arrival { name, bytes } = arrival;
    let (file, invoices) = checker.file(&name, &bytes, history)?;
    let mut prepared = Prepared {
        file: name,
        document: sha256(&bytes),
        bytes,
        candidates: Vec::new(),
        refused: None,
    };
    if invoices.is_empty() {
        let why = file
            .findings
            .first()
            .map_or("there is no invoice in it", |f| &f.message);
        prepared.refused = Some(why.to_owned());
        return Ok(prepared);
    }
    let mut seen: BTreeMap<String, ()> = BTreeMap::new();
    for checked in invoices {
        let candidate = candidate(checker, &file.findings, checked)?;
        if candidate.number.is_empty() {
            prepared.refused = Some("an invoice in it has no number".to_owned());
        } else if seen.insert(candidate.id.clone(), ()).is_some() {
            prepared.refused = Some(format!("invoice {} stands in it twice", candidate.number));
        }
        prepared.candidates.push(candidate);
    }
    Ok(prepared)
}

pub(super) fn candidate(
    checker: &Checker,
    file: &[Finding],
    checked: Checked,
) -> Result<Candidate, WorkflowError> {
    let Checked {
        report,
        packs,
        not_checked,
        content,
        placed,
    } = checked;
    let number = report.number.trim().to_owned();
    let client = report.client.as_deref().unwrap_or("").trim().to_owned();
    let kept = KeptReport {
        today: checker.today(),
        file: file.to_vec(),
        invoice: report,
        packs: packs.to_vec(),
        not_checked,
    };
    let bytes = serde_json::to_vec(&kept)?;
    let invoice = &kept.invoice;
    let verdict = invoice.verdict.max(Verdict::of(&kept.file));
    // A file that bounces puts all of its money in doubt.
    let whole = invoice
        .total
        .filter(|_| Verdict::of(&kept.file) == Verdict::Reject);
    let at_risk = invoice.at_risk.max(whole.unwrap_or(Decimal::ZERO));
    let facts = Facts {
        report: Some(sha256(&bytes)),
        verdict: Some(verdict.name().to_owned()),
        matter: invoice.matter.clone(),
        partner: Some(placed.partner).filter(|p| !p.is_empty()),
        portal: Some(placed.portal).filter(|p| !p.is_empty()),
        date: invoice.date.map(|d| d.to_string()),
        currency: Some(invoice.currency.clone()),
        total: invoice.total,
        at_risk: Some(at_risk),
        lines: Some(i64::try_from(invoice.lines).unwrap_or(i64::MAX)),
        packs: packs
            .iter()
            .map(|p| format!("{} {} {}", p.pack, p.version, p.sha256))
            .collect(),
        ..Facts::default()
    };
    Ok(Candidate {
        id: id_of(&client, &number),
        number,
        client,
        content,
        report: bytes,
        facts,
    })
}
