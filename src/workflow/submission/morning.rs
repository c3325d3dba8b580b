//! What the night leaves in the morning: each invoice that moved or waits, with what a person has to do about it.

use super::answer::KeptAnswer;
use super::status;
use crate::store::{Carried, InvoiceRow, ReductionFilter, StoreError, SubmissionRow, Tx};
use crate::workflow::desk::Desk;
use crate::workflow::permits::Act;
use crate::workflow::projection::Facts;
use crate::workflow::receivables::{Bucket, Owed, Terms};
use crate::workflow::reductions;
use crate::workflow::refusal::WorkflowError;
use crate::workflow::state::State;
use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// An invoice in the morning report.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct MorningLine {
    /// INVOICE_NUMBER.
    pub number: String,
    /// CLIENT_ID.
    pub client: String,
    /// The account.
    pub account: String,
    /// Invoice total.
    pub total: Option<Decimal>,
    /// What the client will pay, where it said so.
    pub approved: Option<Decimal>,
    /// ISO 4217, or `?`.
    pub currency: String,
    /// Why, in the portal's words or ours.
    pub why: String,
    /// The last day on which it should be at the portal, ISO.
    pub due: Option<String>,
    /// When it came to stand like this, in milliseconds since 1970.
    pub since_ms: i64,
}

/// What happened since an instant, and what waits.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Morning {
    /// From this instant, in milliseconds since 1970.
    pub since_ms: i64,
    /// To this one.
    pub now_ms: i64,
    /// Arrived at portals.
    pub sent: Vec<MorningLine>,
    /// Approved in full.
    pub approved: Vec<MorningLine>,
    /// Refused, by a portal or a client.
    pub rejected: Vec<MorningLine>,
    /// Cut.
    pub reduced: Vec<MorningLine>,
    /// The client wants something first.
    pub action_required: Vec<MorningLine>,
    /// Paid, or paid in part.
    pub paid: Vec<MorningLine>,
    /// Whose outcome is unknown.
    pub in_doubt: Vec<MorningLine>,
    /// Made ready for a person to upload.
    pub by_hand: Vec<MorningLine>,
    /// Still in the queue, and why.
    pub not_sent: Vec<MorningLine>,
    /// At a portal that has said nothing for longer than it takes.
    pub silent: Vec<MorningLine>,
    /// Cut, and the window of an appeal closes soon or is not configured.
    pub closing: Vec<MorningLine>,
    /// Appeals whose window passed before they were filed.
    pub missed: Vec<MorningLine>,
    /// Accounts whose credentials end soon.
    pub credentials: BTreeMap<String, NaiveDate>,
    /// Accounts through which nothing more could be sent, and why.
    pub stopped: BTreeMap<String, String>,
    /// Accounts of which the rest goes another day, and why.
    pub put_off: BTreeMap<String, String>,
    /// Answers that do not fit together.
    pub doubts: Vec<String>,
    /// What is owed, as far as somebody should look.
    pub owed: MorningOwed,
}

/// What is owed: sums by currency, in one line of the report.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct MorningOwed {
    /// Invoices of which less came than the client approved.
    pub short: usize,
    /// What is missing of them.
    pub missing: BTreeMap<String, Decimal>,
    /// Invoices that are open for more than 90 days.
    pub old: usize,
    /// What is open of them.
    pub open: BTreeMap<String, Decimal>,
    /// Rows of remittances that wait for a person.
    pub waiting: usize,
}

impl MorningOwed {
    /// What somebody should look at, of all that is owed.
    fn of(owed: &Owed, waiting: usize) -> Self {
        let mut all = Self {
            waiting,
            ..Self::default()
        };
        for one in &owed.all {
            let currency = &one.invoice.currency;
            if let Some(missing) = one.short() {
                all.short += 1;
                *all.missing.entry(currency.clone()).or_default() += missing;
            }
            if one.bucket == Bucket::Over90 && one.open > Decimal::ZERO {
                all.old += 1;
                *all.open.entry(currency.clone()).or_default() += one.open;
            }
        }
        all
    }
}

impl Morning {
    /// How many things need a person. An invoice is one thing, however many lists it stands in.
    pub fn for_a_person(&self) -> usize {
        let lists = [
            &self.rejected,
            &self.reduced,
            &self.action_required,
            &self.in_doubt,
            &self.by_hand,
            &self.silent,
            &self.closing,
            &self.missed,
        ];
        let put_off = self.not_sent.iter().filter(|l| !l.why.is_empty());
        let invoices: BTreeSet<_> = lists
            .into_iter()
            .flatten()
            .chain(put_off)
            .map(|line| (&line.client, &line.number))
            .collect();
        invoices.len() + self.credentials.len() + self.stopped.len() + self.doubts.len()
    }
}

const HOUR_MS: i64 = 60 * 60 * 1000;

impl Desk<'_> {
    /// What is owed and somebody should look at, by what the firm has decided about its receivables.
    ///
    /// # Errors
    /// Not allowed, or the store fails.
    pub async fn morning_owed(&self, terms: &Terms) -> Result<MorningOwed, WorkflowError> {
        let owed = self.receivables(terms).await?;
        let waiting = self.remittances(true, i64::from(u32::MAX)).await?;
        Ok(MorningOwed::of(&owed, waiting.len()))
    }

    /// The morning after a night that began at `since_ms`. `silence_hours` says by account how long a portal may be silent.
    ///
    /// # Errors
    /// Not allowed, or the store fails.
    pub async fn morning(
        &self,
        since_ms: i64,
        silence_hours: &BTreeMap<String, u32>,
    ) -> Result<Morning, WorkflowError> {
        self.may(Act::Read)?;
        let now_ms = (self.clock)();
        let mut morning = Morning {
            since_ms,
            now_ms,
            ..Morning::default()
        };
        let mut tx = self.store.db.read().await?;
        // What nobody has answered may have been silent for long.
        let of_this_person = Carried {
            clients: self.person.clients.as_deref(),
            states: &[State::Submitted.name()],
        };
        let rows = tx
            .submissions_since(since_ms, &status::LIVE, of_this_person)
            .await?;
        let ids: Vec<String> = rows.iter().map(|r| r.invoice.clone()).collect();
        let invoices = tx.invoices_of(&ids).await?;
        for row in rows {
            let Some(invoice) = invoices.get(&row.invoice) else {
                continue;
            };
            let mut line = line(&row, invoice);
            match row.status.as_str() {
                status::WAITING => morning.not_sent.push(line),
                status::IN_DOUBT | status::SENDING => morning.in_doubt.push(line),
                status::BY_HAND => morning.by_hand.push(line),
                _ => {
                    if row.sent_ms.is_some_and(|at| at >= since_ms) {
                        morning.sent.push(line.clone());
                    }
                    let hours = silence_hours.get(&row.account).copied();
                    let silent = State::named(&invoice.state) == Some(State::Submitted)
                        && hours.zip(row.sent_ms).is_some_and(|(hours, sent)| {
                            now_ms - sent > i64::from(hours) * HOUR_MS
                        });
                    if silent {
                        let hours = (now_ms - line.since_ms) / HOUR_MS;
                        line.why = format!("no answer for {hours} hours");
                        morning.silent.push(line.clone());
                    }
                    if row.changed_ms < since_ms {
                        continue;
                    }
                    line.why = self.said(&row)?;
                    let state = State::named(&invoice.state);
                    if matches!(
                        state,
                        Some(State::Reduced | State::PartlyPaid | State::Paid)
                    ) {
                        let events = tx.events(&invoice.id).await?;
                        let facts = events.iter().rev().filter_map(|e| Facts::of(e).ok());
                        line.approved = facts.take(3).find_map(|f| f.approved);
                        if line.approved.is_none() {
                            line.approved = left(&mut tx, invoice).await?;
                        }
                    }
                    // Portals may cut and pay between two looks.
                    let cut = line.approved.zip(line.total).is_some_and(|(a, t)| a < t);
                    if cut || state == Some(State::Reduced) {
                        morning.reduced.push(line.clone());
                    }
                    match state {
                        Some(State::Rejected) => morning.rejected.push(line),
                        Some(State::ActionRequired) => morning.action_required.push(line),
                        Some(State::Approved) => morning.approved.push(line),
                        Some(State::PartlyPaid | State::Paid) => morning.paid.push(line),
                        _ => {}
                    }
                }
            }
        }
        Ok(morning)
    }

    /// What the last answer says against an invoice.
    fn said(&self, row: &SubmissionRow) -> Result<String, WorkflowError> {
        let Some(answer) = &row.answer else {
            return Ok(row.note.clone());
        };
        let kept = match self.store.documents.get(answer) {
            Ok(bytes) => serde_json::from_slice::<KeptAnswer>(&bytes)?,
            Err(StoreError::Document { .. }) => {
                return Ok("the answer is not kept any more".to_owned());
            }
            Err(error) => return Err(error.into()),
        };
        let texts: Vec<&str> = kept.remarks.iter().map(|r| r.text.as_str()).collect();
        Ok(texts.join("; "))
    }
}

/// What is left after the cuts, where the client names them and no sum; `None` where it cut nothing.
async fn left(tx: &mut Tx, invoice: &InvoiceRow) -> Result<Option<Decimal>, StoreError> {
    let own = ReductionFilter {
        invoice: Some(invoice.id.clone()),
        ..ReductionFilter::default()
    };
    let cuts = tx.reductions(&own).await?;
    let mut standing = cuts
        .iter()
        .filter(|r| r.status != reductions::status::TAKEN_BACK)
        .peekable();
    let total = invoice.total.filter(|_| standing.peek().is_some());
    Ok(total.and_then(|total| standing.try_fold(total, |left, r| left.checked_sub(r.cut))))
}

fn line(row: &SubmissionRow, invoice: &InvoiceRow) -> MorningLine {
    MorningLine {
        number: invoice.number.clone(),
        client: invoice.client.clone(),
        account: row.account.clone(),
        total: invoice.total,
        approved: None,
        currency: invoice.currency.clone(),
        why: row.note.clone(),
        due: row.due.clone(),
        since_ms: row.sent_ms.unwrap_or(row.changed_ms),
    }
}
