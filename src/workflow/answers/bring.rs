//! What was heard is brought in: each thing once, matched, and taken the way a portal's own answer is.

use super::fit::{Fit, beside, fit};
use super::kept::{KeptTold, Standing, id_of};
use super::matching::Match;
use crate::model::{Outcome, StatusReport};
use crate::portals::answers::Told;
use crate::store::AnswerRow;
use crate::workflow::desk::Desk;
use crate::workflow::permits::Act;
use crate::workflow::refusal::WorkflowError;
use crate::workflow::state::State;
use crate::workflow::submission::Parcel;
use serde::Serialize;
use std::collections::BTreeMap;

/// How invoices went out: which account is at which portal, and by what names portals go.
#[derive(Clone, Debug, Default)]
pub struct Ways {
    /// The portal of each account.
    pub accounts: BTreeMap<String, String>,
    /// Other names of portals, each with the first, both as [`crate::rules::portal_key`] writes them.
    pub aliases: BTreeMap<String, String>,
}

/// What became of one thing that was heard.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Brought {
    /// The answer's id.
    pub id: String,
    /// Where it stood.
    pub place: String,
    /// INVOICE_NUMBER, as it was said.
    pub number: String,
    /// What became of the invoice, by it.
    pub outcome: Outcome,
    /// Where the answer is.
    pub standing: Standing,
    /// It was known before, and stands where it stood.
    pub known: bool,
    /// The invoice's state now.
    pub state: Option<String>,
    /// Why it waits for a person.
    pub why: Vec<String>,
}

impl Desk<'_> {
    /// Brings in what was heard, the earlier first.
    ///
    /// # Errors
    /// Not allowed, or the store fails. What was brought in before stays.
    pub async fn hear(&self, told: &[Told], ways: &Ways) -> Result<Vec<Brought>, WorkflowError> {
        self.may(Act::HearAnswers)?;
        let mut order: Vec<&Told> = told.iter().collect();
        order.sort_by_key(|t| (t.report.at.is_none(), t.report.at));
        let mut all = Vec::with_capacity(order.len());
        for told in order {
            all.push(self.hear_one(told, ways).await?);
        }
        Ok(all)
    }

    async fn hear_one(&self, told: &Told, ways: &Ways) -> Result<Brought, WorkflowError> {
        let id = id_of(told);
        let mut brought = Brought {
            id: id.clone(),
            place: told.place.clone(),
            number: told.report.invoice_number.clone().unwrap_or_default(),
            outcome: told.report.outcome,
            standing: Standing::Taken,
            known: false,
            state: None,
            why: Vec::new(),
        };
        let mut tx = self.store.db.read().await?;
        let before = tx.answer(&id).await?;
        if let Some(row) = &before {
            let standing = Standing::named(&row.status).unwrap_or(Standing::PutAside);
            // An invoice may have come since, and a sender may be proven by now; what was decided stays.
            let again =
                [Standing::Unmatched, Standing::Ambiguous, Standing::Doubtful].contains(&standing);
            if !again || row.decided_by.is_some() {
                brought.standing = standing;
                brought.known = true;
                return Ok(brought);
            }
        }
        let found = self.matching(&mut tx, told, ways).await?;
        drop(tx);
        let mut why = told.doubts.clone();
        let mut invoice = None;
        match found {
            Match::None(reason) => {
                brought.standing = Standing::Unmatched;
                why.insert(0, reason);
            }
            Match::Several(rows) => {
                brought.standing = Standing::Ambiguous;
                let names = rows
                    .iter()
                    .map(|r| format!("{} (client {})", r.id, r.client));
                let names: Vec<String> = names.collect();
                why.insert(
                    0,
                    format!(
                        "several invoices may be meant: {}; assign it to one",
                        names.join(", ")
                    ),
                );
            }
            Match::One(parcel, doubts) => {
                why.extend(doubts);
                invoice = Some(parcel.invoice.clone());
                let report = beside(&told.report, parcel.invoice.total);
                brought.outcome = report.outcome;
                brought.standing = match self.standing_of(&parcel, &report, &mut why) {
                    Standing::Taken if !why.is_empty() => Standing::Doubtful,
                    other => other,
                };
                if brought.standing == Standing::Taken {
                    brought.state = Some(self.take_answer(&parcel, &report).await?);
                }
            }
        }
        brought.why.clone_from(&why);
        brought.known = before
            .as_ref()
            .is_some_and(|b| b.status == brought.standing.name());
        let kept = KeptTold::of(told, &why);
        let now = (self.clock)();
        let row = AnswerRow {
            id,
            source: told.source.clone(),
            received_ms: before.map_or(now, |b| b.received_ms),
            said_ms: told.report.at.map(|at| at.timestamp_millis()),
            portal: told.portal.clone().unwrap_or_default(),
            number: brought.number.clone(),
            client: invoice
                .as_ref()
                .map(|i| i.client.clone())
                .or_else(|| told.client.clone())
                .unwrap_or_default(),
            total: told.report.original_total,
            outcome: brought.outcome.name().to_owned(),
            invoice: invoice.map(|i| i.id),
            status: brought.standing.name().to_owned(),
            words: self.sealed(&kept)?,
            decided_by: None,
            changed_ms: now,
        };
        self.write_answer(&row).await?;
        Ok(brought)
    }

    pub(super) async fn write_answer(&self, row: &AnswerRow) -> Result<(), WorkflowError> {
        again!(self.try_write_answer(row))
    }

    async fn try_write_answer(&self, row: &AnswerRow) -> Result<(), WorkflowError> {
        let mut tx = self.store.db.write().await?;
        tx.put_answer(row).await?;
        Ok(tx.commit().await?)
    }

    /// Whether an answer can be taken by its invoice; where not, `why` says so.
    pub(super) fn standing_of(
        &self,
        parcel: &Parcel,
        report: &StatusReport,
        why: &mut Vec<String>,
    ) -> Standing {
        let (row, sent) = (&parcel.invoice, &parcel.submission);
        let state = State::named(&row.state);
        let told = format!("it says {}", report.outcome.name().replace('-', " "));
        if sent.version != row.version {
            // Only the version before is at the portal: the answer is about that, and nothing waits for it.
            if report.outcome == Outcome::Rejected || report.outcome < Outcome::Approved {
                return Standing::Taken;
            }
            why.push(format!(
                "{told} of version {}, which was refused; version {} is {} here",
                sent.version, row.version, row.state
            ));
            return Standing::Contradicts;
        }
        match state {
            Some(State::Sending) => {
                why.push(
                    "the invoice is being sent just now; bring the answer in again later"
                        .to_owned(),
                );
                return Standing::Doubtful;
            }
            // The portal has it, then.
            Some(State::InDoubt) => return Standing::Taken,
            Some(State::Queued) => {
                why.push(format!(
                    "{told}, and the invoice waits to be sent; assign it when it is at the portal"
                ));
                return Standing::Contradicts;
            }
            _ => {}
        }
        let fits = state.map_or(Fit::Contradicts, |s| fit(s, report));
        if fits == Fit::Contradicts {
            why.push(format!(
                "{told}, and the invoice is {}; ask the client which holds",
                row.state
            ));
            return Standing::Contradicts;
        }
        Standing::Taken
    }

    /// Takes an answer as a portal's own; returns the invoice's state.
    pub(super) async fn take_answer(
        &self,
        parcel: &Parcel,
        report: &StatusReport,
    ) -> Result<String, WorkflowError> {
        if parcel.submission.version != parcel.invoice.version {
            return Ok(parcel.invoice.state.clone());
        }
        let mut parcel = parcel.clone();
        if State::named(&parcel.invoice.state) == Some(State::InDoubt) {
            self.arrived_by(&parcel, report).await?;
            parcel = self.parcel(&parcel.invoice.id).await?;
        }
        self.take_report(&parcel, report).await?;
        Ok(self.parcel(&parcel.invoice.id).await?.invoice.state)
    }
}
