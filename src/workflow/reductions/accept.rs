//! Reductions accepted by a partner, in whole or in part; above the firm's limit by two.

use super::ledger::Ledger;
use super::status;
use crate::store::{Filter, InvoiceRow, ReductionFilter, ReductionRow, StoreError, Tx};
use crate::workflow::desk::{Desk, given};
use crate::workflow::permits::Act;
use crate::workflow::projection::Facts;
use crate::workflow::refusal::{WorkflowError, refused};
use crate::workflow::table::Step;
use rust_decimal::Decimal;

/// What a decision came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Decided {
    /// It is accepted.
    Accepted,
    /// A second partner has to accept the same.
    NeedsAnother,
}

/// What was accepted of an invoice.
#[derive(Clone, Debug)]
pub struct Accepted {
    /// The invoice.
    pub invoice: InvoiceRow,
    /// The sum.
    pub amount: Decimal,
    /// How many reductions.
    pub reductions: usize,
    /// What it came to.
    pub decided: Decided,
}

impl Desk<'_> {
    /// Accepts a reduction by its id, or every open one of an invoice by its number. `amount`: only so much of it.
    ///
    /// # Errors
    /// Not allowed, no reason, nothing open of that name, or an amount that is no part of it.
    pub async fn accept_reduction(
        &self,
        named: &str,
        amount: Option<Decimal>,
        reason: &str,
    ) -> Result<Accepted, WorkflowError> {
        self.may(Act::Step(Step::AcceptCut))?;
        let reason = given(reason)?;
        again!(self.try_accept_reduction(named, amount, reason))
    }

    async fn try_accept_reduction(
        &self,
        named: &str,
        amount: Option<Decimal>,
        reason: &str,
    ) -> Result<Accepted, WorkflowError> {
        let mut tx = self.store.db.write().await?;
        let (mut invoice, rows) = self.open_cuts(&mut tx, named).await?;
        if amount.is_some() && rows.len() > 1 {
            return refused(format!(
                "invoice {} has {} open reductions: say which with its id, or leave --amount away to accept all",
                invoice.number,
                rows.len()
            ));
        }
        let mut parts: Vec<(ReductionRow, Decimal)> = Vec::new();
        for row in rows {
            let left = row.contested();
            let part = amount.unwrap_or(left);
            if part <= Decimal::ZERO || part > left || part.normalize().scale() > 2 {
                return refused(format!(
                    "--amount {part}: of reduction {} {left} is open; write an amount above 0 in whole cents up to that",
                    row.id
                ));
            }
            parts.push((row, part));
        }
        let sum = parts
            .iter()
            .fold(Decimal::ZERO, |sum, (_, part)| sum.saturating_add(*part));
        let authority = tx.authority().await?;
        let limit = authority.limit(&invoice.client, &invoice.currency, Some(sum));
        let events = tx.events(&invoice.id).await?;
        let ledger = Ledger::of(&events).map_err(StoreError::Unreadable)?;
        let endorsed = |row: &ReductionRow, part: Decimal| {
            let first = ledger
                .reductions
                .get(&row.id)
                .and_then(|r| r.endorsed.as_ref());
            first.is_some_and(|(by, same)| *by != self.person.name && *same == part)
        };
        let alone = limit.is_some() && !parts.iter().all(|(row, part)| endorsed(row, *part));
        let step = if alone {
            Step::EndorseCut
        } else {
            Step::AcceptCut
        };
        let sealed = self.store.seal(reason.as_bytes())?;
        let said = self.keep(&tx, reason.as_bytes())?;
        let count = parts.len();
        for (mut row, part) in parts {
            let facts = Facts {
                version: Some(row.version),
                id: Some(row.id.clone()),
                item: row.item.clone(),
                amount: Some(part),
                reason: Some(said.clone()),
                ..Facts::default()
            };
            invoice = self.money_step(&mut tx, invoice, step, &facts).await?;
            if step == Step::AcceptCut {
                row.accepted += part;
                let word = if row.contested().is_zero() {
                    status::ACCEPTED
                } else {
                    status::IN_PART
                };
                word.clone_into(&mut row.status);
                row.decided_by = Some(self.person.name.clone());
                row.decided_ms = Some((self.clock)());
                row.decision.clone_from(&sealed);
                tx.put_reduction(&row).await?;
            }
        }
        tx.put_invoice(&invoice).await?;
        tx.commit().await?;
        Ok(Accepted {
            invoice,
            amount: sum,
            reductions: count,
            decided: if alone {
                Decided::NeedsAnother
            } else {
                Decided::Accepted
            },
        })
    }

    /// The open reductions of an invoice, or the one with an id; where nothing is open, those whose appeal has ended.
    pub(in crate::workflow) async fn open_cuts(
        &self,
        tx: &mut Tx,
        named: &str,
    ) -> Result<(InvoiceRow, Vec<ReductionRow>), WorkflowError> {
        let by_id = ReductionFilter {
            id: Some(named.to_owned()),
            clients: self.person.clients.clone(),
            ..ReductionFilter::default()
        };
        let one = tx.reductions(&by_id).await?;
        let (invoice, rows) = match one.first() {
            Some(row) => {
                let filter = Filter {
                    named: Some(row.invoice.clone()),
                    ..Filter::default()
                };
                let found = tx.invoices(&filter).await?.into_iter().next();
                let Some(invoice) = found else {
                    let why = format!("reduction {named} has no invoice");
                    return Err(StoreError::Unreadable(why).into());
                };
                (invoice, one)
            }
            None => {
                let invoice = self.find(tx, named).await?;
                let filter = ReductionFilter {
                    invoice: Some(invoice.id.clone()),
                    ..ReductionFilter::default()
                };
                let rows = tx.reductions(&filter).await?;
                (invoice, rows)
            }
        };
        let open = |row: &ReductionRow| {
            matches!(row.status.as_str(), status::OPEN | status::IN_PART)
                && !row.contested().is_zero()
        };
        let (open, rest): (Vec<_>, Vec<_>) = rows.into_iter().partition(open);
        if !open.is_empty() {
            return Ok((invoice, open));
        }
        // What an appeal did not bring back, or came too late for, is accepted to be written off.
        let ended = |row: &ReductionRow| {
            let words = [status::LOST, status::PARTLY_WON, status::MISSED];
            words.contains(&row.status.as_str()) && !row.contested().is_zero()
        };
        let (ended, rest): (Vec<_>, Vec<_>) = rest.into_iter().partition(ended);
        if !ended.is_empty() {
            return Ok((invoice, ended));
        }
        let known: Vec<String> = rest
            .iter()
            .map(|r| format!("{} is {}", r.id, r.status))
            .collect();
        refused(if known.is_empty() {
            format!("nothing was cut from invoice {}", invoice.number)
        } else {
            format!(
                "nothing of invoice {} is open: {}",
                invoice.number,
                known.join(", ")
            )
        })
    }
}
