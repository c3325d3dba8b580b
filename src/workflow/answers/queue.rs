//! The queue of answers that wait for a person, and what a person decides.

use super::kept::{KeptTold, Standing};
use super::reasons::Meant;
use crate::store::{AnswerFilter, AnswerRow};
use crate::workflow::desk::{Desk, given};
use crate::workflow::permits::Act;
use crate::workflow::refusal::{WorkflowError, refused};
use crate::workflow::submission::Parcel;
use serde::Serialize;

/// An answer, opened.
#[derive(Clone, Debug, Serialize)]
pub struct Answer {
    /// What is known of it.
    pub row: AnswerRow,
    /// What it says; `None` where that was purged.
    pub told: Option<KeptTold>,
    /// What its reasons mean.
    pub meant: Vec<Meant>,
}

impl Desk<'_> {
    /// Answers of clients this person serves, the latest first. Who serves some clients only does not see what nobody has
    /// matched: it may be another's.
    ///
    /// # Errors
    /// Not allowed, or the store fails.
    pub async fn answers(&self, waiting: bool, limit: i64) -> Result<Vec<Answer>, WorkflowError> {
        self.may(Act::Read)?;
        let filter = AnswerFilter {
            statuses: if waiting {
                Standing::WAITING.to_vec()
            } else {
                Vec::new()
            },
            limit: self.person.clients.is_none().then_some(limit),
            ..AnswerFilter::default()
        };
        let mut tx = self.store.db.read().await?;
        let mut rows = tx.answers(&filter).await?;
        rows.retain(|row| self.may_see(row));
        rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        let mut all = Vec::with_capacity(rows.len());
        for row in rows {
            all.push(Answer {
                told: self.kept_told(&row)?,
                meant: Vec::new(),
                row,
            });
        }
        Ok(all)
    }

    fn may_see(&self, row: &AnswerRow) -> bool {
        self.person.clients.is_none() || row.invoice.is_some() && self.person.serves(&row.client)
    }

    /// One answer, by its id or the beginning of it, with what its reasons mean.
    ///
    /// # Errors
    /// Not allowed, no such answer, or several.
    pub async fn answer(&self, id: &str) -> Result<Answer, WorkflowError> {
        self.may(Act::Read)?;
        let mut tx = self.store.db.read().await?;
        let row = self.one_answer(&mut tx, id).await?;
        let told = self.kept_told(&row)?;
        let mut meant = Vec::new();
        if let Some(told) = &told {
            let given = told.given();
            let invoice = match &row.invoice {
                Some(id) => tx.invoice(id).await?,
                None => None,
            };
            let report = match &invoice {
                Some(invoice) => self.sent_report(&mut tx, invoice).await?,
                None => None,
            };
            for given in given {
                meant.push(self.meant(&mut tx, given, report.as_ref()).await?);
            }
        }
        Ok(Answer { row, told, meant })
    }

    async fn one_answer(
        &self,
        tx: &mut crate::store::Tx,
        id: &str,
    ) -> Result<AnswerRow, WorkflowError> {
        let filter = AnswerFilter {
            id: Some(id.trim().to_lowercase()),
            ..AnswerFilter::default()
        };
        let mut found = match id.trim().len() {
            0..6 => Vec::new(),
            _ => tx.answers(&filter).await?,
        };
        found.retain(|row| self.may_see(row));
        match found.len() {
            1 => Ok(found.remove(0)),
            0 => refused(format!(
                "no answer {id}; name at least six signs of an id that cleanbill answers list shows"
            )),
            _ => refused(format!(
                "several answers begin with {id}; write more of the id"
            )),
        }
    }

    /// A person says which invoice an answer is about; it is taken, unless it contradicts what is known.
    ///
    /// # Errors
    /// Not allowed, decided before, the invoice was never sent, or what the answer says cannot follow.
    pub async fn assign_answer(&self, id: &str, invoice: &str) -> Result<Parcel, WorkflowError> {
        self.may(Act::DecideAnswers)?;
        let mut tx = self.store.db.read().await?;
        let mut row = self.one_answer(&mut tx, id).await?;
        drop(tx);
        undecided(&row)?;
        let Some(mut told) = self.kept_told(&row)? else {
            return refused("what it said was purged");
        };
        let parcel = self.sent_parcel(invoice).await?;
        let report = told.report(&parcel.invoice.number);
        let report = super::fit::beside(&report, parcel.invoice.total);
        let mut why = Vec::new();
        match self.standing_of(&parcel, &report, &mut why) {
            Standing::Taken => {}
            _ => {
                return refused(format!(
                    "not possible: {}. Put it aside with a reason, or type in what holds (cleanbill answers type)",
                    why.join("; ")
                ));
            }
        }
        if report.outcome == crate::model::Outcome::Unknown {
            return refused(
                "nobody knows what it says; type it in (cleanbill answers type), and put this one aside",
            );
        }
        self.take_answer(&parcel, &report).await?;
        told.why.clear();
        row.invoice = Some(parcel.invoice.id.clone());
        row.client.clone_from(&parcel.invoice.client);
        self.decide_answer(row, &told, Standing::Taken).await?;
        self.sent_parcel(&parcel.invoice.id).await
    }

    /// A person puts an answer aside.
    ///
    /// # Errors
    /// Not allowed, no reason, or decided before.
    pub async fn put_answer_aside(
        &self,
        id: &str,
        reason: &str,
    ) -> Result<AnswerRow, WorkflowError> {
        self.may(Act::DecideAnswers)?;
        let reason = given(reason)?;
        let mut tx = self.store.db.read().await?;
        let row = self.one_answer(&mut tx, id).await?;
        drop(tx);
        undecided(&row)?;
        let Some(mut told) = self.kept_told(&row)? else {
            return refused("what it said was purged");
        };
        told.reason = Some(reason.to_owned());
        self.decide_answer(row, &told, Standing::PutAside).await
    }

    async fn decide_answer(
        &self,
        mut row: AnswerRow,
        told: &KeptTold,
        standing: Standing,
    ) -> Result<AnswerRow, WorkflowError> {
        standing.name().clone_into(&mut row.status);
        row.words = self.sealed(told)?;
        row.decided_by = Some(self.person.name.clone());
        row.changed_ms = (self.clock)();
        self.write_answer(&row).await?;
        Ok(row)
    }

    /// An invoice with the version of it that went out last.
    pub(super) async fn sent_parcel(&self, named: &str) -> Result<Parcel, WorkflowError> {
        let mut tx = self.store.db.read().await?;
        let invoice = self.find(&mut tx, named).await?;
        let sent = self.sent(&mut tx, &invoice).await?;
        match sent.into_iter().next() {
            Some(submission) => Ok(Parcel {
                submission,
                invoice,
            }),
            None => refused(format!(
                "invoice {} was never sent from here: nothing can be said about it",
                invoice.number
            )),
        }
    }
}

fn undecided(row: &AnswerRow) -> Result<(), WorkflowError> {
    match Standing::named(&row.status) {
        Some(Standing::Taken) => refused(format!("answer {} is taken already", &row.id[..12])),
        Some(Standing::PutAside) => refused(format!(
            "answer {} was put aside by {}",
            &row.id[..12],
            row.decided_by.as_deref().unwrap_or("somebody")
        )),
        _ => Ok(()),
    }
}
