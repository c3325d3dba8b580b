//! A remittance is brought in, row by row: each once, matched, and applied to its invoice or queued for a person.
//!
//! The queue is one of its own beside that of answers: an answer says what became of one invoice and is taken the way a
//! portal's own is, a row of a remittance says an amount alone, may be spread over several invoices, and leads where the
//! sums lead. Words of the standing and what a person can do are the same.

use super::apply::Share;
use super::matching::{Match, Meaning};
use super::{REMITTANCE, status};
use crate::portals::remittance::PaidRow;
use crate::store::{InvoiceRow, PaymentRow, RemittanceRow, Tx, sha256};
use crate::workflow::desk::Desk;
use crate::workflow::permits::Act;
use crate::workflow::refusal::WorkflowError;
use crate::workflow::table::Step;
use rust_decimal::Decimal;
use serde::Serialize;
use std::collections::BTreeMap;

/// Where a row stood that no remittance says.
pub(super) const FROM_PORTAL: &str = "the portal's answer";

/// Why money that was taken back waits.
pub(super) fn taken_back(amount: Decimal) -> String {
    format!(
        "{} is taken back (a chargeback or reversal); find out why before it is assigned",
        -amount
    )
}

/// What became of a row.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Received {
    /// The row's id.
    pub id: String,
    /// Where it stood.
    pub place: String,
    /// The number it names: ours, or the client's.
    pub number: String,
    /// How much.
    pub amount: Decimal,
    /// ISO 4217, as it was said; empty where it was not.
    pub currency: String,
    /// Where it is: `taken`, `unmatched`, `ambiguous`, `doubtful`, `put aside`.
    pub standing: String,
    /// It was known before, and stands where it stood.
    pub known: bool,
    /// The number and the state of the invoice it was applied to.
    pub invoice: Option<(String, String)>,
    /// Why it waits for a person, or what else should be known.
    pub why: Vec<String>,
}

/// The id of a row: the same payment for the same invoice in another file, or twice in one, is the same.
fn id_of(row: &PaidRow) -> String {
    let amount = row.amount.normalize().to_string();
    let day = row.day.to_string();
    let all = [
        REMITTANCE,
        &row.reference,
        &day,
        &amount,
        &row.currency,
        &row.number,
        &row.client_number,
        &row.client,
        row.item.as_deref().unwrap_or(""),
    ];
    let mut id = sha256(all.join("\u{1f}").as_bytes());
    id.truncate(16);
    id
}

impl Desk<'_> {
    /// Brings in the rows of a remittance file; `file` is its SHA-256. What was brought in before changes nothing.
    ///
    /// # Errors
    /// Not allowed, or the store fails. Rows before stay brought in.
    pub async fn receive(
        &self,
        rows: &[PaidRow],
        file: &str,
    ) -> Result<Vec<Received>, WorkflowError> {
        self.may(Act::Step(Step::Receive))?;
        let mut all = Vec::with_capacity(rows.len());
        let mut seen: BTreeMap<String, &str> = BTreeMap::new();
        for row in rows {
            let id = id_of(row);
            if let Some(first) = seen.get(&id) {
                all.push(twice(id, row, first));
                continue;
            }
            // A file that comes again each week asks for no right to write.
            let before = self.store.db.read().await?.remittance(&id).await?;
            let received = match before.filter(rests) {
                Some(before) => Received::known(row, &before),
                None => again!(self.try_receive(&id, row, file))?,
            };
            seen.insert(id, &row.place);
            all.push(received);
        }
        Ok(all)
    }

    /// A portal says that money was taken back: it waits for a person, as a row of a remittance that says so does.
    pub(in crate::workflow) async fn hear_of_taken_back(
        &self,
        tx: &mut Tx,
        invoice: &InvoiceRow,
        payment: &PaymentRow,
    ) -> Result<(), WorkflowError> {
        if tx.remittance(&payment.id).await?.is_some() {
            return Ok(());
        }
        let now = (self.clock)();
        let today = || self.today().to_string();
        let row = RemittanceRow {
            id: payment.id.clone(),
            document: payment.document.clone(),
            place: FROM_PORTAL.to_owned(),
            number: invoice.number.clone(),
            client: invoice.client.clone(),
            amount: payment.amount,
            currency: match payment.currency.as_str() {
                "?" => String::new(),
                known => known.to_owned(),
            },
            day: payment.day.clone().unwrap_or_else(today),
            kind: payment.kind.clone(),
            reference: payment.reference.clone(),
            status: status::DOUBTFUL.to_owned(),
            invoice: Some(invoice.id.clone()),
            why: taken_back(payment.amount),
            received_ms: now,
            changed_ms: now,
            ..RemittanceRow::default()
        };
        Ok(tx.put_remittance(&row).await?)
    }

    async fn try_receive(
        &self,
        id: &str,
        paid: &PaidRow,
        file: &str,
    ) -> Result<Received, WorkflowError> {
        let mut tx = self.store.db.write().await?;
        let before = tx.remittance(id).await?;
        if let Some(row) = before.as_ref().filter(|row| rests(row)) {
            return Ok(Received::known(paid, row));
        }
        let mut received = Received::of(id, paid);
        let now = (self.clock)();
        let mut row = RemittanceRow {
            id: id.to_owned(),
            document: file.to_owned(),
            place: paid.place.clone(),
            number: paid.number.clone(),
            client_number: paid.client_number.clone(),
            client: paid.client.clone(),
            item: paid.item.clone(),
            amount: paid.amount,
            currency: paid.currency.clone(),
            day: paid.day.to_string(),
            kind: paid.kind.clone(),
            reference: paid.reference.clone(),
            received_ms: before.as_ref().map_or(now, |b| b.received_ms),
            changed_ms: now,
            ..RemittanceRow::default()
        };
        let standing = match self.invoice_of(&mut tx, paid).await? {
            Match::None(why) => {
                received.why.push(why);
                status::UNMATCHED
            }
            Match::Several(invoices) => {
                let named: Vec<String> = invoices
                    .iter()
                    .map(|i| format!("{} (client {})", i.id, i.client))
                    .collect();
                received.why.push(format!(
                    "several invoices may be meant: {}; assign it to one, or to each its part",
                    named.join(", ")
                ));
                status::AMBIGUOUS
            }
            Match::One(invoice) => {
                row.invoice = Some(invoice.id.clone());
                match self.meaning_of(&mut tx, id, paid, &invoice).await? {
                    Meaning::Doubtful(why) => {
                        received.why = why;
                        status::DOUBTFUL
                    }
                    Meaning::Told => {
                        received.why.push(
                            "the portal told of it already, under the same reference: it is counted once".to_owned(),
                        );
                        received.invoice = Some((invoice.number.clone(), invoice.state.clone()));
                        status::TAKEN
                    }
                    Meaning::Known => {
                        received.why.push(
                            "another row said it: the same reference, day, amount and invoice; it is counted once; if two such \
                             payments came, write a reference of its own to each"
                                .to_owned(),
                        );
                        received.invoice = Some((invoice.number.clone(), invoice.state.clone()));
                        status::TAKEN
                    }
                    Meaning::New => {
                        status::TAKEN.clone_into(&mut row.status);
                        let share = Share {
                            row: &row,
                            nth: 0,
                            item: paid.item.clone(),
                            amount: paid.amount,
                            reason: None,
                        };
                        let invoice = self.apply(&mut tx, *invoice, &share).await?;
                        received.invoice = Some((invoice.number, invoice.state));
                        status::TAKEN
                    }
                }
            }
        };
        standing.clone_into(&mut row.status);
        standing.clone_into(&mut received.standing);
        received.known = before.as_ref().is_some_and(|b| b.status == row.status);
        if standing != status::TAKEN {
            row.why = received.why.join("; ");
        }
        tx.put_remittance(&row).await?;
        tx.commit().await?;
        Ok(received)
    }
}

/// Whether a row waits for nothing any more: taken, or decided by a person.
fn rests(row: &RemittanceRow) -> bool {
    row.decided_by.is_some() || !status::WAITING.contains(&row.status.as_str())
}

impl Received {
    /// A row that stands where it stood.
    fn known(paid: &PaidRow, before: &RemittanceRow) -> Self {
        Self {
            standing: before.status.clone(),
            known: true,
            ..Self::of(&before.id, paid)
        }
    }

    fn of(id: &str, row: &PaidRow) -> Self {
        let number = match row.number.as_str() {
            "" => &row.client_number,
            own => own,
        };
        Self {
            id: id.to_owned(),
            place: row.place.clone(),
            number: number.to_owned(),
            amount: row.amount,
            currency: row.currency.clone(),
            standing: String::new(),
            known: false,
            invoice: None,
            why: Vec::new(),
        }
    }
}

/// A row that stands in the file twice.
fn twice(id: String, row: &PaidRow, first: &str) -> Received {
    let mut received = Received::of(&id, row);
    status::TAKEN.clone_into(&mut received.standing);
    received.known = true;
    received.why.push(format!(
        "it says what {first} says, and counts once; if two such payments came, write a reference of its own to each"
    ));
    received
}
