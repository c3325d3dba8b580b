//! A payment is applied to an invoice, and where that leaves the invoice.

use super::REMITTANCE;
use crate::store::{InvoiceRow, PaymentRow, RemittanceRow, SubmissionFilter, Tx, sha256};
use crate::workflow::desk::Desk;
use crate::workflow::projection::Facts;
use crate::workflow::refusal::WorkflowError;
use crate::workflow::state::State;
use crate::workflow::submission::{self, KeptAnswer};
use crate::workflow::table::{Step, next};
use rust_decimal::Decimal;

/// What of a row goes to one invoice.
pub(super) struct Share<'a> {
    /// The row.
    pub(super) row: &'a RemittanceRow,
    /// Which of its shares, from 0.
    pub(super) nth: usize,
    /// LINE_ITEM_NUMBER.
    pub(super) item: Option<String>,
    /// How much, in the invoice's currency.
    pub(super) amount: Decimal,
    /// SHA-256 of why a person decided so.
    pub(super) reason: Option<String>,
}

/// The steps of an invoice that money came for; `whole`: all of it. What is paid in part before the client decided is
/// written down, and leaves the invoice where it is: nobody knows what it approves.
fn steps(state: State, whole: bool) -> &'static [Step] {
    use State as S;
    match (state, whole) {
        (S::Submitted | S::Acknowledged | S::InClientReview, true) => &[Step::Approve, Step::Pay],
        (S::ActionRequired, true) => &[Step::UnderReview, Step::Approve, Step::Pay],
        (S::Approved | S::Reduced | S::PartlyPaid, true) => &[Step::Pay],
        (S::Approved | S::Reduced, false) => &[Step::PayPart],
        _ => &[],
    }
}

/// A row as it is kept: as an answer is, so that whoever reads an invoice's answers reads it too. Only the row: the file
/// speaks of other clients' money.
fn evidence(row: &RemittanceRow) -> Result<Vec<u8>, WorkflowError> {
    let kept = KeptAnswer {
        asked: format!("a remittance: {}", row.place),
        status: None,
        text: Some(serde_json::to_string(row)?),
        bytes: None,
        remarks: Vec::new(),
        note: None,
        reductions: Vec::new(),
    };
    Ok(serde_json::to_vec(&kept)?)
}

impl Desk<'_> {
    /// Writes a payment down, and takes the invoice where it leads.
    pub(super) async fn apply(
        &self,
        tx: &mut Tx,
        invoice: InvoiceRow,
        share: &Share<'_>,
    ) -> Result<InvoiceRow, WorkflowError> {
        let row = share.row;
        let evidence = self.keep(tx, &evidence(row)?)?;
        let text = format!(
            "{}\u{1f}{REMITTANCE}\u{1f}{}\u{1f}{}",
            invoice.id, row.id, share.nth
        );
        let mut id = sha256(text.as_bytes());
        id.truncate(16);
        let currency = match (invoice.currency.as_str(), row.currency.as_str()) {
            ("?", "") => "?",
            ("?", named) => named,
            (own, _) => own,
        };
        let payment = PaymentRow {
            id: id.clone(),
            invoice: invoice.id.clone(),
            item: share.item.clone(),
            amount: share.amount,
            currency: currency.to_owned(),
            kind: row.kind.clone(),
            reference: row.reference.clone(),
            day: Some(row.day.clone()),
            source: REMITTANCE.to_owned(),
            document: evidence.clone(),
            heard_ms: (self.clock)(),
        };
        let facts = Facts {
            version: Some(invoice.version),
            id: Some(id),
            item: share.item.clone(),
            amount: Some(share.amount),
            answer: Some(evidence.clone()),
            reason: share.reason.clone(),
            ..Facts::default()
        };
        let invoice = self.money_step(tx, invoice, Step::Receive, &facts).await?;
        tx.add_payment(&payment).await?;
        let invoice = self.moved_by_money(tx, invoice, &evidence).await?;
        tx.put_invoice(&invoice).await?;
        Ok(invoice)
    }

    /// Paid in part, or paid, by the payments that are known.
    async fn moved_by_money(
        &self,
        tx: &mut Tx,
        mut invoice: InvoiceRow,
        evidence: &str,
    ) -> Result<InvoiceRow, WorkflowError> {
        let Some(state) = State::named(&invoice.state) else {
            return Ok(invoice);
        };
        // Of the file itself: what an appeal asks for is paid under its own number.
        let own = self.of_file(tx, invoice.clone()).await?;
        let wanted = own.approved.unwrap_or(own.billed - own.accepted);
        if own.paid <= Decimal::ZERO || invoice.total.is_none() {
            return Ok(invoice);
        }
        for step in steps(state, own.paid >= wanted) {
            if next(State::named(&invoice.state), *step).is_none() {
                return Ok(invoice);
            }
            let facts = Facts {
                version: Some(invoice.version),
                answer: Some(evidence.to_owned()),
                word: Some("by the payments that are known".to_owned()),
                ..Facts::default()
            };
            let chain = invoice.id.clone();
            invoice = self.step(tx, Some(invoice), &chain, *step, &facts).await?;
        }
        if State::named(&invoice.state) == Some(State::Paid) && state != State::Paid {
            // Nothing more comes: its portal is not asked any more.
            let filter = SubmissionFilter {
                invoice: Some(invoice.id.clone()),
                status: Some(submission::status::SENT),
                ..SubmissionFilter::default()
            };
            for mut row in tx.submissions(&filter).await? {
                submission::status::DONE.clone_into(&mut row.status);
                row.changed_ms = (self.clock)();
                tx.put_submission(&row).await?;
            }
        }
        Ok(invoice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_is_in_the_table_and_ends_where_the_money_says() {
        for state in State::ALL {
            for whole in [true, false] {
                let mut at = Some(state);
                for step in steps(state, whole) {
                    let row = next(at, *step);
                    at = Some(row.unwrap_or_else(|| panic!("{state} {step:?}")).to);
                }
                if !steps(state, whole).is_empty() {
                    let end = if whole {
                        State::Paid
                    } else {
                        State::PartlyPaid
                    };
                    assert_eq!(at, Some(end), "{state}");
                }
            }
        }
    }
}
