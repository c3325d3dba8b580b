//! An invoice withdrawn, or its clearance taken back.

use crate::store::InvoiceRow;
use crate::workflow::desk::{Desk, given};
use crate::workflow::permits::Act;
use crate::workflow::projection::Facts;
use crate::workflow::refusal::WorkflowError;
use crate::workflow::table::Step;

impl Desk<'_> {
    /// Takes an invoice back ([`Step::Withdraw`]) or takes back its clearance ([`Step::Reopen`]).
    ///
    /// # Errors
    /// Not allowed, not possible in its state, or no reason.
    pub async fn take_back(
        &self,
        named: &str,
        step: Step,
        reason: &str,
    ) -> Result<InvoiceRow, WorkflowError> {
        self.may(Act::Step(step))?;
        let reason = given(reason)?;
        again!(self.try_take_back(named, step, reason))
    }

    async fn try_take_back(
        &self,
        named: &str,
        step: Step,
        reason: &str,
    ) -> Result<InvoiceRow, WorkflowError> {
        let mut tx = self.store.db.write().await?;
        let row = self.find(&mut tx, named).await?;
        let facts = Facts {
            version: Some(row.version),
            reason: Some(self.keep(&tx, reason.as_bytes())?),
            ..Facts::default()
        };
        let id = row.id.clone();
        let row = self.step(&mut tx, Some(row), &id, step, &facts).await?;
        tx.put_invoice(&row).await?;
        tx.commit().await?;
        Ok(row)
    }
}
