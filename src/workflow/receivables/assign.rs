//! The queue of rows that wait for a person, what a person decides, and payments as people read them.

use super::account::same_currency;
use super::apply::Share;
use super::owed::{AgeFrom, Receivable};
use super::status;
use crate::store::{
    InvoiceRow, PaymentFilter, PaymentRow, ReductionFilter, RemittanceFilter, RemittanceRow, Tx,
};
use crate::workflow::desk::{Desk, given};
use crate::workflow::permits::Act;
use crate::workflow::reductions::texts;
use crate::workflow::refusal::{WorkflowError, refused};
use crate::workflow::state::State;
use crate::workflow::table::{Step, next};
use rust_decimal::Decimal;
use serde::Serialize;
use std::collections::BTreeMap;

/// What of a row a person gives to one invoice.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Part {
    /// The invoice: its number or id.
    pub invoice: String,
    /// How much, in the invoice's currency; `None`: all of the row, which then has no other part.
    pub amount: Option<Decimal>,
}

/// A row of a remittance, opened.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct RemittanceShown {
    /// The row.
    #[serde(flatten)]
    pub row: RemittanceRow,
    /// Why a person decided so; empty where nobody said.
    pub decision: String,
}

/// What came for a line.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct LinePaid {
    /// LINE_ITEM_NUMBER.
    pub item: String,
    /// What it bills.
    pub billed: Option<Decimal>,
    /// What was cut of it and not given back.
    pub cut: Decimal,
    /// What came for it by name.
    pub paid: Decimal,
}

/// What came for one invoice.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct PaymentShown {
    /// What it comes to.
    #[serde(flatten)]
    pub account: Receivable,
    /// Payments, in the order heard of; of the files of its appeals too.
    pub payments: Vec<PaymentRow>,
    /// Lines that payments name.
    pub lines: Vec<LinePaid>,
    /// What came without a line.
    pub without_line: Decimal,
    /// Rows of remittances that may be for it and wait for a person.
    pub waiting: Vec<RemittanceRow>,
}

impl Desk<'_> {
    /// Rows of remittances of clients this person serves, the latest first. Who serves some clients only does not see
    /// what nobody has matched: it may be another's.
    ///
    /// # Errors
    /// Not allowed, or the store fails.
    pub async fn remittances(
        &self,
        waiting: bool,
        limit: i64,
    ) -> Result<Vec<RemittanceShown>, WorkflowError> {
        self.may(Act::Read)?;
        let filter = RemittanceFilter {
            statuses: match waiting {
                true => status::WAITING.to_vec(),
                false => Vec::new(),
            },
            limit: self.person.clients.is_none().then_some(limit),
            ..RemittanceFilter::default()
        };
        let mut tx = self.store.db.read().await?;
        let mut all = Vec::new();
        for row in tx.remittances(&filter).await? {
            if self.may_see_row(&mut tx, &row).await? {
                all.push(self.opened(row)?);
            }
        }
        all.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(all)
    }

    /// One row, by its id or the beginning of it.
    ///
    /// # Errors
    /// Not allowed, no such row, or several.
    pub async fn remittance(&self, id: &str) -> Result<RemittanceShown, WorkflowError> {
        self.may(Act::Read)?;
        let mut tx = self.store.db.read().await?;
        let row = self.one_row(&mut tx, id).await?;
        self.opened(row)
    }

    /// Payments that are known of clients this person serves, with the invoices' numbers and clients.
    ///
    /// # Errors
    /// Not allowed, or the store fails.
    pub async fn payments(
        &self,
        client: Option<&str>,
    ) -> Result<Vec<(PaymentRow, InvoiceRow)>, WorkflowError> {
        self.may(Act::Read)?;
        let filter = PaymentFilter {
            clients: self.person.clients.clone(),
            ..PaymentFilter::default()
        };
        let mut tx = self.store.db.read().await?;
        let mut invoices: BTreeMap<String, Option<InvoiceRow>> = BTreeMap::new();
        let mut all = Vec::new();
        for payment in tx.payments(&filter).await? {
            if !invoices.contains_key(&payment.invoice) {
                let row = tx.invoice(&payment.invoice).await?;
                invoices.insert(payment.invoice.clone(), row);
            }
            let of = invoices.get(&payment.invoice).cloned().flatten();
            if let Some(invoice) = of.filter(|i| client.is_none_or(|c| c == i.client)) {
                all.push((payment, invoice));
            }
        }
        Ok(all)
    }

    /// What came for one invoice, line by line where lines are named.
    ///
    /// # Errors
    /// Not allowed, or no such invoice.
    pub async fn payments_of(
        &self,
        named: &str,
        from: AgeFrom,
    ) -> Result<PaymentShown, WorkflowError> {
        self.may(Act::Read)?;
        let mut tx = self.store.db.read().await?;
        let named = self.find(&mut tx, named).await?;
        let invoice = self.owner(&mut tx, &named).await?;
        let account = self.receivable(&mut tx, invoice.clone(), from).await?;
        let mut ids = vec![invoice.id.clone()];
        let appeals = self.appeals_of(&mut tx, &invoice).await?;
        ids.extend(appeals.into_iter().filter_map(|a| a.filed_as));
        let mut payments = Vec::new();
        let mut waiting = Vec::new();
        for id in ids {
            let filter = PaymentFilter {
                invoice: Some(id.clone()),
                ..PaymentFilter::default()
            };
            payments.extend(tx.payments(&filter).await?);
            let filter = RemittanceFilter {
                invoice: Some(id),
                statuses: status::WAITING.to_vec(),
                ..RemittanceFilter::default()
            };
            waiting.extend(tx.remittances(&filter).await?);
        }
        let filter = ReductionFilter {
            invoice: Some(invoice.id.clone()),
            ..ReductionFilter::default()
        };
        let cuts = tx.reductions(&filter).await?;
        let mut lines: Vec<LinePaid> = Vec::new();
        for line in self.sent_lines(&invoice)? {
            let of = |item: &Option<String>| item.as_deref() == Some(line.item.as_str());
            let paid: Vec<&PaymentRow> = payments.iter().filter(|p| of(&p.item)).collect();
            if paid.is_empty() {
                continue;
            }
            let own = cuts.iter().filter(|c| of(&c.item));
            lines.push(LinePaid {
                cut: own.map(|c| c.cut - c.recovered).sum(),
                paid: paid.iter().map(|p| p.amount).sum(),
                billed: line.total,
                item: line.item,
            });
        }
        let named: Decimal = lines.iter().map(|l| l.paid).sum();
        Ok(PaymentShown {
            without_line: account.paid - named,
            account,
            payments,
            lines,
            waiting,
        })
    }

    /// A person says which invoices a row is for; it is applied to them then. A row in another currency than an
    /// invoice's needs the amount it settles there. A reason is needed for money that was taken back, for another
    /// currency, and for more than is open.
    ///
    /// # Errors
    /// Not allowed, decided before, parts that do not make the row, an invoice nobody could have paid, or no reason where
    /// one is needed.
    pub async fn assign_remittance(
        &self,
        id: &str,
        parts: &[Part],
        reason: Option<&str>,
    ) -> Result<Vec<InvoiceRow>, WorkflowError> {
        self.may(Act::DecidePayments)?;
        again!(self.try_assign_row(id, parts, reason))
    }

    async fn try_assign_row(
        &self,
        id: &str,
        parts: &[Part],
        reason: Option<&str>,
    ) -> Result<Vec<InvoiceRow>, WorkflowError> {
        let mut tx = self.store.db.write().await?;
        let mut row = self.one_row(&mut tx, id).await?;
        waits(&row)?;
        let mut wanted: Vec<(InvoiceRow, Decimal)> = Vec::new();
        for part in parts {
            let invoice = self.find(&mut tx, &part.invoice).await?;
            if wanted.iter().any(|(i, _)| i.id == invoice.id) {
                return refused(format!(
                    "invoice {} is named twice: say its part once",
                    invoice.number
                ));
            }
            let amount = match part.amount {
                Some(amount) => amount,
                None if parts.len() == 1 => row.amount,
                None => {
                    return refused(format!(
                        "several invoices are named: say how much is for {}, as {0}=120.00",
                        invoice.number
                    ));
                }
            };
            wanted.push((invoice, amount));
        }
        let foreign = |i: &InvoiceRow| !row.currency.is_empty() && !same_currency(i, &row.currency);
        let other = wanted.iter().any(|(i, _)| foreign(i));
        if other && parts.iter().any(|p| p.amount.is_none()) {
            return refused(format!(
                "it is in {}: say for each invoice how much it settles in the invoice's own currency, as NUMBER=120.00",
                row.currency
            ));
        }
        let sum: Decimal = wanted.iter().map(|(_, amount)| *amount).sum();
        if !other && sum != row.amount {
            return refused(format!(
                "the parts make {sum}, and the row says {}: they have to come to the same",
                row.amount
            ));
        }
        let mut why = Vec::new();
        for (invoice, amount) in &wanted {
            self.bears(&mut tx, &row, invoice, *amount, &mut why)
                .await?;
        }
        if other {
            why.push("another currency".to_owned());
        }
        let reason = match reason {
            Some(words) => Some(given(words)?),
            None if why.is_empty() => None,
            None => {
                return refused(format!(
                    "a reason is needed for {}: --reason \"...\"",
                    why.join(", ")
                ));
            }
        };
        let said = reason
            .map(|words| self.keep(&tx, words.as_bytes()))
            .transpose()?;
        status::TAKEN.clone_into(&mut row.status);
        row.decided_by = Some(self.person.name.clone());
        row.why.clear();
        row.changed_ms = (self.clock)();
        row.invoice = wanted.first().map(|(i, _)| i.id.clone());
        if let Some(words) = reason {
            row.reason = self.store.seal(words.as_bytes())?;
        }
        let mut after = Vec::new();
        let alone = wanted.len() == 1;
        for (nth, (invoice, amount)) in wanted.into_iter().enumerate() {
            let line = row.item.clone().filter(|_| alone);
            let lines = self.sent_lines(&invoice)?;
            let share = Share {
                row: &row,
                nth,
                item: line.filter(|item| lines.iter().any(|l| l.item == *item)),
                amount,
                reason: said.clone(),
            };
            after.push(self.apply(&mut tx, invoice, &share).await?);
        }
        tx.put_remittance(&row).await?;
        tx.commit().await?;
        Ok(after)
    }

    /// Whether an invoice can have got a part of a row; adds to `why` what a reason is needed for.
    async fn bears(
        &self,
        tx: &mut Tx,
        row: &RemittanceRow,
        invoice: &InvoiceRow,
        amount: Decimal,
        why: &mut Vec<String>,
    ) -> Result<(), WorkflowError> {
        let number = &invoice.number;
        let back = row.amount < Decimal::ZERO;
        if amount.is_zero() || (amount < Decimal::ZERO) != back {
            return refused(format!(
                "{number}={amount}: each part is {} nothing, as the row is",
                if back { "below" } else { "above" }
            ));
        }
        if amount.normalize().scale() > 2 {
            return refused(format!("{number}={amount}: write whole cents"));
        }
        if next(State::named(&invoice.state), Step::Receive).is_none() {
            return refused(format!(
                "invoice {number} is {} here: nobody could have paid it; if it went another way, say so with settle first",
                invoice.state
            ));
        }
        let owner = self.owner(tx, invoice).await?;
        let account = self.receivable(tx, owner, AgeFrom::default()).await?;
        if back {
            if account.paid + amount < Decimal::ZERO {
                return refused(format!(
                    "{} came for invoice {number}: {} cannot be taken back of it",
                    account.paid, -amount
                ));
            }
            why.push("money that was taken back".to_owned());
        } else if amount > account.open {
            why.push(format!("more than is open of {number} ({})", account.open));
        }
        Ok(())
    }

    /// A person puts a row aside: it is no payment to us, or known already.
    ///
    /// # Errors
    /// Not allowed, no reason, or decided before.
    pub async fn put_remittance_aside(
        &self,
        id: &str,
        reason: &str,
    ) -> Result<RemittanceRow, WorkflowError> {
        self.may(Act::DecidePayments)?;
        let reason = given(reason)?;
        again!(self.try_put_row_aside(id, reason))
    }

    async fn try_put_row_aside(
        &self,
        id: &str,
        reason: &str,
    ) -> Result<RemittanceRow, WorkflowError> {
        let mut tx = self.store.db.write().await?;
        let mut row = self.one_row(&mut tx, id).await?;
        waits(&row)?;
        status::PUT_ASIDE.clone_into(&mut row.status);
        row.decided_by = Some(self.person.name.clone());
        row.reason = self.store.seal(reason.as_bytes())?;
        row.changed_ms = (self.clock)();
        tx.put_remittance(&row).await?;
        tx.commit().await?;
        Ok(row)
    }

    fn opened(&self, row: RemittanceRow) -> Result<RemittanceShown, WorkflowError> {
        Ok(RemittanceShown {
            decision: texts(self, &row.reason)?,
            row,
        })
    }

    async fn may_see_row(&self, tx: &mut Tx, row: &RemittanceRow) -> Result<bool, WorkflowError> {
        if self.person.clients.is_none() {
            return Ok(true);
        }
        let Some(id) = &row.invoice else {
            return Ok(false);
        };
        let invoice = tx.invoice(id).await?;
        Ok(invoice.is_some_and(|i| self.person.serves(&i.client)))
    }

    async fn one_row(&self, tx: &mut Tx, id: &str) -> Result<RemittanceRow, WorkflowError> {
        let filter = RemittanceFilter {
            id: Some(id.trim().to_lowercase()),
            ..RemittanceFilter::default()
        };
        let mut found = Vec::new();
        if id.trim().len() >= 6 {
            for row in tx.remittances(&filter).await? {
                if self.may_see_row(tx, &row).await? {
                    found.push(row);
                }
            }
        }
        match found.len() {
            1 => Ok(found.remove(0)),
            0 => refused(format!(
                "no row {id} of a client you serve; name at least six signs of an id that cleanbill payments list --queue shows"
            )),
            _ => refused(format!(
                "several rows begin with {id}; write more of the id"
            )),
        }
    }
}

fn waits(row: &RemittanceRow) -> Result<(), WorkflowError> {
    let by = row.decided_by.as_deref().unwrap_or("the import");
    match row.status.as_str() {
        status::TAKEN => refused(format!("row {} is taken already, by {by}", row.id)),
        status::PUT_ASIDE => refused(format!("row {} was put aside by {by}", row.id)),
        _ => Ok(()),
    }
}
