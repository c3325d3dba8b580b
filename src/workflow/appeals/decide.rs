//! A partner decides on an appeal, or takes it back.

use super::{in_status, status};
use crate::store::{AppealRow, ReductionFilter, Tx};
use crate::workflow::desk::{Desk, given};
use crate::workflow::permits::Act;
use crate::workflow::projection::Facts;
use crate::workflow::reductions::status as of_reduction;
use crate::workflow::refusal::{WorkflowError, refused};
use crate::workflow::table::Step;

impl Desk<'_> {
    /// Decides whether an appeal is filed or dropped.
    ///
    /// # Errors
    /// Not allowed, proposed by the same person, decided already, or no reason.
    pub async fn decide_appeal(
        &self,
        id: &str,
        file: bool,
        reason: &str,
    ) -> Result<AppealRow, WorkflowError> {
        self.may(Act::Step(Step::DecideAppeal))?;
        let reason = given(reason)?;
        again!(self.try_decide_appeal(id, file, reason))
    }

    async fn try_decide_appeal(
        &self,
        id: &str,
        file: bool,
        reason: &str,
    ) -> Result<AppealRow, WorkflowError> {
        let mut tx = self.store.db.write().await?;
        let (mut row, invoice) = self.appeal(&mut tx, id).await?;
        in_status(&row, &[status::PROPOSED], "decided on")?;
        if row.proposed_by == self.person.name {
            return refused(format!(
                "{} proposed this appeal; another partner decides on it",
                row.proposed_by
            ));
        }
        let facts = Facts {
            version: Some(invoice.version),
            id: Some(id.to_owned()),
            code: Some(if file { "file" } else { "drop" }.to_owned()),
            reason: Some(self.keep(&tx, reason.as_bytes())?),
            ..Facts::default()
        };
        let invoice = self
            .money_step(&mut tx, invoice, Step::DecideAppeal, &facts)
            .await?;
        tx.put_invoice(&invoice).await?;
        row.decided_by = Some(self.person.name.clone());
        row.decided_ms = Some((self.clock)());
        row.reason = self.store.seal(reason.as_bytes())?;
        if file {
            status::DECIDED.clone_into(&mut row.status);
        } else {
            self.close(&mut tx, &mut row, status::WITHDRAWN).await?;
        }
        tx.put_appeal(&row).await?;
        tx.commit().await?;
        Ok(row)
    }

    /// Takes an appeal back that has no answer.
    ///
    /// # Errors
    /// Not allowed, it has ended, or no reason.
    pub async fn withdraw_appeal(
        &self,
        id: &str,
        reason: &str,
    ) -> Result<AppealRow, WorkflowError> {
        self.may(Act::Step(Step::WithdrawAppeal))?;
        let reason = given(reason)?;
        again!(self.try_withdraw_appeal(id, reason))
    }

    async fn try_withdraw_appeal(
        &self,
        id: &str,
        reason: &str,
    ) -> Result<AppealRow, WorkflowError> {
        let mut tx = self.store.db.write().await?;
        let (mut row, invoice) = self.appeal(&mut tx, id).await?;
        let live = [status::PROPOSED, status::DECIDED, status::FILED];
        in_status(&row, &live, "withdrawn")?;
        let facts = Facts {
            version: Some(invoice.version),
            id: Some(id.to_owned()),
            reason: Some(self.keep(&tx, reason.as_bytes())?),
            ..Facts::default()
        };
        let invoice = self
            .money_step(&mut tx, invoice, Step::WithdrawAppeal, &facts)
            .await?;
        tx.put_invoice(&invoice).await?;
        self.close(&mut tx, &mut row, status::WITHDRAWN).await?;
        tx.put_appeal(&row).await?;
        tx.commit().await?;
        Ok(row)
    }

    /// Ends an appeal without an answer; its reductions are open again, or lost where the window has passed.
    pub(super) async fn close(
        &self,
        tx: &mut Tx,
        row: &mut AppealRow,
        word: &'static str,
    ) -> Result<(), WorkflowError> {
        word.clone_into(&mut row.status);
        row.ended_ms = Some((self.clock)());
        let filter = ReductionFilter {
            appeal: Some(row.id.clone()),
            ..ReductionFilter::default()
        };
        for mut own in tx.reductions(&filter).await? {
            let after = if word == status::MISSED {
                of_reduction::MISSED
            } else if own.accepted.is_zero() {
                of_reduction::OPEN
            } else {
                of_reduction::IN_PART
            };
            after.clone_into(&mut own.status);
            tx.put_reduction(&own).await?;
        }
        Ok(())
    }
}
