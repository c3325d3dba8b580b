//! A cleared invoice joins the queue of its account, or leaves it.

use super::doors::{Doors, due};
use super::{Parcel, id_of, status};
use crate::model::Lists;
use crate::store::{InvoiceRow, SubmissionFilter, SubmissionRow};
use crate::workflow::desk::{Desk, not_from};
use crate::workflow::permits::Act;
use crate::workflow::projection::Facts;
use crate::workflow::refusal::{WorkflowError, refused};
use crate::workflow::state::State;
use crate::workflow::table::{Step, next};

/// What became of a wish to queue an invoice.
#[derive(Clone, Debug)]
pub enum Queued {
    /// It waits now.
    Now(Parcel),
    /// It was in the queue, or further, already.
    Before(Parcel),
}

impl Desk<'_> {
    /// Puts a cleared invoice into the queue of an account: the named one, else that of its client, else of its portal.
    /// `lists` say by which day it should be at the portal.
    ///
    /// # Errors
    /// Not allowed, the invoice is not cleared, no account fits, or the portal does not take such a file.
    pub async fn queue(
        &self,
        named: &str,
        account: Option<&str>,
        doors: &Doors,
        lists: &Lists,
    ) -> Result<Queued, WorkflowError> {
        self.may(Act::Step(Step::Queue))?;
        again!(self.try_queue(named, account, doors, lists))
    }

    async fn try_queue(
        &self,
        named: &str,
        account: Option<&str>,
        doors: &Doors,
        lists: &Lists,
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
        if next(State::named(&row.state), Step::Queue).is_none() {
            return refused(not_from(Some(&row), Step::Queue));
        }
        self.not_billed_twice(&mut tx, &row).await?;
        let account = match account {
            Some(name) => doors.named(name)?,
            None => doors.of(&row)?,
        };
        let file_name = self.name_at(&doors.dialect(account)?, &row)?;
        let due = due(lists, &row.client, self.today());
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
            file_name,
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

    /// What waits to be sent, of clients this person serves, in the order of sending, with the invoices' numbers.
    ///
    /// # Errors
    /// Not allowed, or the store fails.
    pub async fn waiting(&self) -> Result<Vec<(SubmissionRow, String)>, WorkflowError> {
        self.may(Act::Read)?;
        let mut tx = self.store.db.read().await?;
        let filter = SubmissionFilter {
            status: Some(status::WAITING),
            ..SubmissionFilter::default()
        };
        let mut rows = Vec::new();
        for row in tx.submissions(&filter).await? {
            if let Some(invoice) = tx.invoice(&row.invoice).await?
                && self.person.serves(&invoice.client)
            {
                rows.push((row, invoice.number));
            }
        }
        Ok(rows)
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
