//! A corrected invoice in the place of a refused one: a new version under the same number, or an invoice of a new number.

use crate::store::{InvoiceRow, SubmissionRow, Tx};
use crate::workflow::desk::Desk;
use crate::workflow::permits::Act;
use crate::workflow::projection::Facts;
use crate::workflow::refusal::{WorkflowError, refused};
use crate::workflow::state::State;
use crate::workflow::submission::status;
use crate::workflow::table::Step;

impl Desk<'_> {
    /// The refused attempt an invoice follows: of an earlier version, or of the invoice in whose place it stands.
    pub(in crate::workflow) async fn refused_before(
        &self,
        tx: &mut Tx,
        row: &InvoiceRow,
    ) -> Result<Option<SubmissionRow>, WorkflowError> {
        let own = self.sent(tx, row).await?;
        let earlier = own
            .into_iter()
            .find(|s| s.version < row.version && s.status == status::REFUSED);
        if earlier.is_some() {
            return Ok(earlier);
        }
        let Some(replaced) = tx.replaces(&row.id).await? else {
            return Ok(None);
        };
        let Some(replaced) = tx.invoice(&replaced).await? else {
            return Ok(None);
        };
        let sent = self.sent(tx, &replaced).await?;
        Ok(sent.into_iter().find(|s| s.status == status::REFUSED))
    }

    /// Of an invoice and the one in whose place it stands, one goes out.
    ///
    /// # Errors
    /// The other is on its way, or is to go instead.
    pub(in crate::workflow) async fn not_billed_twice(
        &self,
        tx: &mut Tx,
        row: &InvoiceRow,
    ) -> Result<(), WorkflowError> {
        for id in tx.replaced_by(&row.id).await? {
            if let Some(other) = tx.invoice(&id).await?
                && State::named(&other.state) != Some(State::Withdrawn)
            {
                return refused(format!(
                    "invoice {} stands in the place of {}; withdraw one of them",
                    other.number, row.number
                ));
            }
        }
        let Some(old) = tx.replaces(&row.id).await? else {
            return Ok(());
        };
        let Some(old) = tx.invoice(&old).await? else {
            return Ok(());
        };
        match State::named(&old.state) {
            Some(
                State::Rejected
                | State::Withdrawn
                | State::Draft
                | State::Checked
                | State::InReview
                | State::Cleared,
            ) => Ok(()),
            _ => refused(format!(
                "invoice {}, in whose place {} stands, is {}: the work would be billed twice",
                old.number, row.number, old.state
            )),
        }
    }

    /// Puts an invoice in the place of a refused one of another number.
    ///
    /// # Errors
    /// Not allowed, the other was not refused or has a successor, or is another client's.
    pub async fn replace(
        &self,
        new: &str,
        old: &str,
    ) -> Result<(InvoiceRow, InvoiceRow), WorkflowError> {
        self.may(Act::Step(Step::Replace))?;
        again!(self.try_replace(new, old))
    }

    async fn try_replace(
        &self,
        new: &str,
        old: &str,
    ) -> Result<(InvoiceRow, InvoiceRow), WorkflowError> {
        let mut tx = self.store.db.write().await?;
        let row = self.find(&mut tx, new).await?;
        let replaced = self.find(&mut tx, old).await?;
        if tx.replaces(&row.id).await?.as_ref() == Some(&replaced.id) {
            return Ok((row, replaced));
        }
        self.may_replace(&mut tx, &row, &replaced).await?;
        let facts = Facts {
            version: Some(row.version),
            replaces: Some(replaced.id.clone()),
            ..Facts::default()
        };
        let id = row.id.clone();
        let row = self
            .step(&mut tx, Some(row), &id, Step::Replace, &facts)
            .await?;
        tx.put_invoice(&row).await?;
        tx.put_replacement(&row.id, &replaced.id).await?;
        tx.commit().await?;
        Ok((row, replaced))
    }

    async fn may_replace(
        &self,
        tx: &mut Tx,
        row: &InvoiceRow,
        old: &InvoiceRow,
    ) -> Result<(), WorkflowError> {
        if row.id == old.id {
            return refused(format!(
                "{} is the invoice itself: under the same number, take in the corrected file as its new version",
                old.number
            ));
        }
        if row.client != old.client {
            return refused(format!(
                "invoice {} is of client {}, and {} of {}",
                row.number, row.client, old.number, old.client
            ));
        }
        if State::named(&old.state) != Some(State::Rejected) {
            return refused(format!(
                "invoice {} is {}: only what was rejected is replaced",
                old.number, old.state
            ));
        }
        if tx.replaces(&row.id).await?.is_some() {
            return refused(format!(
                "invoice {} stands in another's place already",
                row.number
            ));
        }
        for id in tx.replaced_by(&old.id).await? {
            if let Some(other) = tx.invoice(&id).await?
                && State::named(&other.state) != Some(State::Withdrawn)
            {
                return refused(format!(
                    "invoice {} stands in the place of {} already; withdraw it first",
                    other.number, old.number
                ));
            }
        }
        Ok(())
    }
}
