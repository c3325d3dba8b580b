//! A cleared invoice joins the queue of its account, or leaves it.

use super::{Parcel, id_of, status};
use crate::store::{InvoiceRow, SubmissionRow};
use crate::workflow::desk::Desk;
use crate::workflow::permits::Act;
use crate::workflow::projection::Facts;
use crate::workflow::refusal::{WorkflowError, refused};
use crate::workflow::state::State;
use crate::workflow::table::Step;
use chrono::NaiveDate;

/// What became of a wish to queue an invoice.
#[derive(Clone, Debug)]
pub enum Queued {
    /// It waits now.
    Now(Parcel),
    /// It was in the queue, or further, already.
    Before(Parcel),
}

impl Desk<'_> {
    /// Puts a cleared invoice into the queue of an account. `due` is the last day on which it should be at the portal.
    ///
    /// # Errors
    /// Not allowed, or the invoice is not cleared.
    pub async fn queue(
        &self,
        named: &str,
        account: &str,
        file_name: &str,
        due: Option<NaiveDate>,
    ) -> Result<Queued, WorkflowError> {
        self.may(Act::Step(Step::Queue))?;
        again!(self.try_queue(named, account, file_name, due))
    }

    async fn try_queue(
        &self,
        named: &str,
        account: &str,
        file_name: &str,
        due: Option<NaiveDate>,
    ) -> Result<Queued, WorkflowError> {
        let mut tx = self.store.db.write().await?;
        let row = self.find(&mut tx, named).await?;
        let id = id_of(&row);
        if let Some(submission) = tx.submission(&id).await?
            && submission.status != status::DONE
        {
            return Ok(Queued::Before(Parcel {
                submission,
                invoice: row,
            }));
        }
        let facts = Facts {
            version: Some(row.version),
            account: Some(account.to_owned()),
            document: Some(row.document.clone()),
            ..Facts::default()
        };
        let chain = row.id.clone();
        let invoice = self
            .step(&mut tx, Some(row), &chain, Step::Queue, &facts)
            .await?;
        let now = (self.clock)();
        let due = due
            .into_iter()
            .chain(self.appeal_due(&mut tx, &invoice).await?)
            .min();
        let submission = SubmissionRow {
            id,
            invoice: invoice.id.clone(),
            version: invoice.version,
            account: account.to_owned(),
            status: status::WAITING.to_owned(),
            file_name: file_name.to_owned(),
            due: due.map(|day| day.to_string()),
            total_order: order(&invoice),
            next_ms: now,
            changed_ms: now,
            ..SubmissionRow::default()
        };
        tx.put_invoice(&invoice).await?;
        tx.put_submission(&submission).await?;
        tx.commit().await?;
        Ok(Queued::Now(Parcel {
            submission,
            invoice,
        }))
    }

    /// Takes an invoice out of the queue again; it stays cleared.
    ///
    /// # Errors
    /// Not allowed, or it is not in the queue (any more).
    pub async fn unqueue(&self, named: &str) -> Result<InvoiceRow, WorkflowError> {
        self.may(Act::Step(Step::Unqueue))?;
        again!(self.try_unqueue(named))
    }

    async fn try_unqueue(&self, named: &str) -> Result<InvoiceRow, WorkflowError> {
        let mut tx = self.store.db.write().await?;
        let row = self.find(&mut tx, named).await?;
        if State::named(&row.state) != Some(State::Queued) {
            return refused(format!(
                "invoice {} is {}, not queued",
                row.number, row.state
            ));
        }
        let id = id_of(&row);
        let chain = row.id.clone();
        let facts = Facts {
            version: Some(row.version),
            ..Facts::default()
        };
        let row = self
            .step(&mut tx, Some(row), &chain, Step::Unqueue, &facts)
            .await?;
        if let Some(mut submission) = tx.submission(&id).await? {
            submission.status = status::DONE.to_owned();
            submission.note = "taken out of the queue".to_owned();
            submission.changed_ms = (self.clock)();
            tx.put_submission(&submission).await?;
        }
        tx.put_invoice(&row).await?;
        tx.commit().await?;
        Ok(row)
    }
}

/// The total in ten-thousandths, as large as it fits.
fn order(invoice: &InvoiceRow) -> i64 {
    use rust_decimal::Decimal;
    use rust_decimal::prelude::ToPrimitive;
    let total = invoice.total.unwrap_or(Decimal::ZERO);
    let whole = total.checked_mul(Decimal::from(10_000));
    whole.and_then(|w| w.trunc().to_i64()).unwrap_or(i64::MAX)
}
