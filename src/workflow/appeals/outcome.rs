//! What became of an appeal, line by line: from the answer to its file, or typed in.

use super::{ended, in_status, status};
use crate::model::{Outcome as Said, StatusReport};
use crate::store::{AppealFilter, AppealRow, InvoiceRow, ReductionFilter, ReductionRow, Tx};
use crate::workflow::desk::{Desk, given};
use crate::workflow::permits::Act;
use crate::workflow::projection::Facts;
use crate::workflow::refusal::{WorkflowError, refused};
use crate::workflow::state::State;
use crate::workflow::table::{Step, next};
use rust_decimal::Decimal;

/// What a person says became of an appeal.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// All of it came back.
    Won,
    /// Nothing.
    Lost,
    /// So much of each line or reduction; of those not named nothing.
    Lines(Vec<(String, Decimal)>),
}

impl Desk<'_> {
    /// Writes down what became of a filed appeal.
    ///
    /// # Errors
    /// Not allowed, not filed, no reason, or more than a line asked for.
    pub async fn end_appeal(
        &self,
        id: &str,
        outcome: &Outcome,
        reason: &str,
    ) -> Result<AppealRow, WorkflowError> {
        self.may(Act::Step(Step::EndAppeal))?;
        let reason = given(reason)?;
        again!(self.try_end_appeal(id, outcome, reason))
    }

    async fn try_end_appeal(
        &self,
        id: &str,
        outcome: &Outcome,
        reason: &str,
    ) -> Result<AppealRow, WorkflowError> {
        let mut tx = self.store.db.write().await?;
        let (row, invoice) = self.appeal(&mut tx, id).await?;
        in_status(&row, &[status::FILED], "ended")?;
        let cuts = cuts_of(&mut tx, &row).await?;
        let back: Vec<Decimal> = match outcome {
            Outcome::Won => cuts.iter().map(ReductionRow::contested).collect(),
            Outcome::Lost => vec![Decimal::ZERO; cuts.len()],
            Outcome::Lines(lines) => {
                let mut back = vec![Decimal::ZERO; cuts.len()];
                for (name, amount) in lines {
                    let own = |c: &ReductionRow| c.id == *name || c.item.as_ref() == Some(name);
                    let mut found = (0..).zip(&cuts).filter(|(_, c)| own(c)).map(|(n, _)| n);
                    let place: usize = match (found.next(), found.next()) {
                        (Some(one), None) => one,
                        (None, _) => {
                            return refused(format!("appeal {id} is not about line {name}"));
                        }
                        _ => {
                            return refused(format!(
                                "line {name} was cut several times: name the reduction by its id"
                            ));
                        }
                    };
                    let asked = cuts[place].contested();
                    if *amount < Decimal::ZERO || *amount > asked || amount.normalize().scale() > 2
                    {
                        return refused(format!(
                            "line {name}: {asked} was asked for, so {amount} cannot have come back"
                        ));
                    }
                    back[place] = *amount;
                }
                back
            }
        };
        let facts = Facts {
            reason: Some(self.keep(&tx, reason.as_bytes())?),
            ..Facts::default()
        };
        let row = self.end(&mut tx, row, invoice, &cuts, &back, facts).await?;
        tx.commit().await?;
        Ok(row)
    }

    /// Writes the end of an appeal and of each of its lines.
    async fn end(
        &self,
        tx: &mut Tx,
        mut row: AppealRow,
        invoice: InvoiceRow,
        cuts: &[ReductionRow],
        back: &[Decimal],
        facts: Facts,
    ) -> Result<AppealRow, WorkflowError> {
        let sum = back
            .iter()
            .fold(Decimal::ZERO, |sum, one| sum.saturating_add(*one));
        let pairs = cuts.iter().zip(back);
        let facts = Facts {
            version: Some(invoice.version),
            id: Some(row.id.clone()),
            amount: Some(sum),
            reductions: pairs.map(|(c, b)| format!("{} {b}", c.id)).collect(),
            ..facts
        };
        let invoice = self
            .money_step(tx, invoice, Step::EndAppeal, &facts)
            .await?;
        tx.put_invoice(&invoice).await?;
        for (cut, back) in cuts.iter().zip(back) {
            let mut cut = cut.clone();
            let asked = cut.contested();
            cut.recovered += *back;
            ended(asked, *back).clone_into(&mut cut.status);
            tx.put_reduction(&cut).await?;
        }
        row.recovered = sum;
        ended(row.claimed, sum).clone_into(&mut row.status);
        row.ended_ms = Some((self.clock)());
        tx.put_appeal(&row).await?;
        Ok(row)
    }

    /// What the answer to an invoice says of the appeal whose file it is. A file that could not be read decides nothing:
    /// it is corrected and sent again.
    pub(in crate::workflow) async fn hear_of_appeal(
        &self,
        tx: &mut Tx,
        own: &InvoiceRow,
        report: &StatusReport,
        answer: &str,
    ) -> Result<(), WorkflowError> {
        let filter = AppealFilter {
            filed_as: Some(own.id.clone()),
            statuses: vec![status::FILED],
            ..AppealFilter::default()
        };
        let Some(row) = tx.appeals(&filter).await?.into_iter().next() else {
            return Ok(());
        };
        let Some(first) = tx.invoice(&row.invoice).await? else {
            return Ok(());
        };
        if next(State::named(&first.state), Step::EndAppeal).is_none() {
            return Ok(());
        }
        let cuts = cuts_of(tx, &row).await?;
        let Some(back) = self.back(tx, own, report, &cuts).await? else {
            return Ok(());
        };
        let facts = Facts {
            answer: Some(answer.to_owned()),
            ..Facts::default()
        };
        self.end(tx, row, first, &cuts, &back, facts).await?;
        Ok(())
    }

    /// What came back of each reduction, by the answer to the appeal's file; `None` where it decides nothing, or not
    /// for certain of which line.
    async fn back(
        &self,
        tx: &mut Tx,
        own: &InvoiceRow,
        report: &StatusReport,
        cuts: &[ReductionRow],
    ) -> Result<Option<Vec<Decimal>>, WorkflowError> {
        match report.outcome {
            Said::Rejected => {
                let word = report.word.to_lowercase();
                let unread = ["file", "format", "validation", "returned"];
                let of_the_file = unread.iter().any(|w| word.contains(w));
                return Ok((!of_the_file).then(|| vec![Decimal::ZERO; cuts.len()]));
            }
            Said::Approved | Said::Reduced | Said::PartlyPaid | Said::Paid => {}
            _ => return Ok(None),
        }
        let filter = ReductionFilter {
            invoice: Some(own.id.clone()),
            ..ReductionFilter::default()
        };
        let refused: Vec<ReductionRow> = tx
            .reductions(&filter)
            .await?
            .into_iter()
            .filter(|r| r.recovered.is_zero())
            .collect();
        let less = own
            .total
            .zip(report.approved_total)
            .map(|(asked, approved)| asked - approved);
        let told: Decimal = refused.iter().map(|r| r.cut).sum();
        if less.is_some_and(|less| less != told) {
            // All or nothing is clear without lines.
            return Ok(match report.approved_total {
                Some(none) if none.is_zero() => Some(vec![Decimal::ZERO; cuts.len()]),
                _ => None,
            });
        }
        if less.is_none() && report.outcome != Said::Approved && refused.is_empty() {
            return Ok(None);
        }
        let mut left: Vec<(Option<&String>, Decimal)> =
            refused.iter().map(|r| (r.item.as_ref(), r.cut)).collect();
        if left.iter().any(|(item, _)| item.is_none()) {
            return Ok(None);
        }
        let mut back = Vec::with_capacity(cuts.len());
        for cut in cuts {
            let mut asked = cut.contested();
            for (item, amount) in left.iter_mut().filter(|(i, _)| *i == cut.item.as_ref()) {
                let _ = item;
                let part = (*amount).min(asked);
                asked -= part;
                *amount -= part;
            }
            back.push(asked);
        }
        Ok(Some(back))
    }
}

async fn cuts_of(tx: &mut Tx, row: &AppealRow) -> Result<Vec<ReductionRow>, WorkflowError> {
    let filter = ReductionFilter {
        appeal: Some(row.id.clone()),
        ..ReductionFilter::default()
    };
    Ok(tx.reductions(&filter).await?)
}
