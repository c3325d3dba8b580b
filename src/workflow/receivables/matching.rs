//! Which invoice a row of a remittance is for, and what a person should look at before it is believed.

use super::account::same_currency;
use super::owed::AgeFrom;
use super::receive::{FROM_PORTAL, taken_back};
use super::{ANSWER, status};
use crate::portals::remittance::PaidRow;
use crate::revise::line::LineText;
use crate::store::{
    AppealFilter, Filter, InvoiceRow, PaymentFilter, PaymentRow, RemittanceFilter, RemittanceRow,
    SubmissionFilter, Tx,
};
use crate::workflow::desk::Desk;
use crate::workflow::refusal::WorkflowError;
use crate::workflow::state::State;
use crate::workflow::table::{Step, next};
use chrono::NaiveDate;
use rust_decimal::Decimal;
use std::collections::BTreeSet;

/// How many days two tell of the same payment apart: one dates it when it is sent, the other when it comes.
const DAYS_APART: i64 = 10;

/// What was found.
pub(super) enum Match {
    /// This one.
    One(Box<InvoiceRow>),
    /// Several.
    Several(Vec<InvoiceRow>),
    /// None; says why.
    None(String),
}

/// What a row means for the invoice it is for.
pub(super) enum Meaning {
    /// Money that nobody has told of.
    New,
    /// A portal or client has told of it already, under the same reference.
    Told,
    /// Another row said the same: reference, day, amount and invoice.
    Known,
    /// A person decides, for these reasons.
    Doubtful(Vec<String>),
}

impl Desk<'_> {
    /// The invoice of a row: by our number, else by the client's.
    pub(super) async fn invoice_of(
        &self,
        tx: &mut Tx,
        row: &PaidRow,
    ) -> Result<Match, WorkflowError> {
        let mut found = Vec::new();
        let mut names = Vec::new();
        for number in [&row.number, &row.client_number] {
            if number.is_empty() || !found.is_empty() {
                continue;
            }
            names.push(number.as_str());
            found = self.numbered_so(tx, number).await?;
            if found.is_empty() {
                found = self.known_at_client(tx, number).await?;
            }
        }
        if names.is_empty() {
            return Ok(Match::None(
                "no invoice number stands in it; assign it to the invoices it is for".to_owned(),
            ));
        }
        let names = names.join(" or ");
        if found.is_empty() {
            return Ok(Match::None(format!(
                "no invoice of a client you serve has the number {names}; assign it to the one that is meant"
            )));
        }
        if found.len() > 1 && found.iter().any(|i| i.client == row.client) {
            found.retain(|i| i.client == row.client);
        }
        Ok(match found.len() {
            1 => Match::One(Box::new(found.remove(0))),
            _ => Match::Several(found),
        })
    }

    async fn numbered_so(
        &self,
        tx: &mut Tx,
        number: &str,
    ) -> Result<Vec<InvoiceRow>, WorkflowError> {
        let mut all = Vec::new();
        let mut tried = vec![number.to_owned()];
        if number != number.to_uppercase() {
            tried.push(number.to_uppercase());
        }
        for number in tried {
            let filter = Filter {
                named: Some(number.clone()),
                clients: self.person.clients.clone(),
                ..Filter::default()
            };
            let rows = tx.invoices(&filter).await?;
            all.extend(rows.into_iter().filter(|row| row.number == number));
            if !all.is_empty() {
                break;
            }
        }
        Ok(all)
    }

    /// Invoices their portal or client calls so.
    async fn known_at_client(
        &self,
        tx: &mut Tx,
        number: &str,
    ) -> Result<Vec<InvoiceRow>, WorkflowError> {
        let filter = SubmissionFilter {
            portal_id: Some(number.to_owned()),
            ..SubmissionFilter::default()
        };
        let mut ids: Vec<String> = Vec::new();
        ids.extend(
            tx.submissions(&filter)
                .await?
                .into_iter()
                .map(|s| s.invoice),
        );
        let filter = AppealFilter {
            clients: self.person.clients.clone(),
            ..AppealFilter::default()
        };
        // An appeal filed inside the portal has a number there and no invoice here.
        let own = tx.appeals(&filter).await?;
        let own = own
            .into_iter()
            .filter(|a| a.number == number && a.filed_as.is_none());
        ids.extend(own.map(|a| a.invoice));
        ids.sort();
        ids.dedup();
        let mut all = Vec::new();
        for id in ids {
            let row = tx.invoice(&id).await?;
            all.extend(row.filter(|row| self.person.serves(&row.client)));
        }
        Ok(all)
    }

    /// What a row means for its invoice.
    pub(super) async fn meaning_of(
        &self,
        tx: &mut Tx,
        id: &str,
        row: &PaidRow,
        invoice: &InvoiceRow,
    ) -> Result<Meaning, WorkflowError> {
        let mut why = Vec::new();
        let number = &invoice.number;
        let filter = PaymentFilter {
            invoice: Some(invoice.id.clone()),
            ..PaymentFilter::default()
        };
        let known = tx.payments(&filter).await?;
        let filter = RemittanceFilter {
            invoice: Some(invoice.id.clone()),
            statuses: vec![status::TAKEN],
            ..RemittanceFilter::default()
        };
        let taken = tx.remittances(&filter).await?;
        let day = row.day.to_string();
        let twins = taken.iter().filter(|r| {
            r.id != id && r.reference == row.reference && r.amount == row.amount && r.day == day
        });
        if twins.clone().any(|r| r.item == row.item) {
            return Ok(Meaning::Known);
        }
        if twins
            .clone()
            .any(|r| r.item.is_none() != row.item.is_none())
        {
            why.push(
                "a payment of the same reference, day and amount is known, of which one names a line and the other does \
                 not; put this aside if it is the same, else assign it"
                    .to_owned(),
            );
        }
        if row.amount < Decimal::ZERO {
            let filter = RemittanceFilter {
                invoice: Some(invoice.id.clone()),
                ..RemittanceFilter::default()
            };
            let same = |r: &RemittanceRow| {
                r.place == FROM_PORTAL && r.reference == row.reference && r.amount == row.amount
            };
            if !row.reference.is_empty() && tx.remittances(&filter).await?.iter().any(same) {
                return Ok(Meaning::Told);
            }
            why.push(taken_back(row.amount));
        }
        let state = State::named(&invoice.state);
        if next(state, Step::Receive).is_none() {
            why.push(format!(
                "invoice {number} is {} here: nobody could have paid it; if it went another way, say so with settle first",
                invoice.state
            ));
        } else if state == Some(State::Rejected) {
            why.push(format!(
                "invoice {number} was refused; look which invoice the client paid"
            ));
        }
        if !row.client.is_empty() && row.client != invoice.client {
            why.push(format!(
                "it names the client {}, and invoice {number} is of {}",
                row.client, invoice.client
            ));
        }
        if !row.currency.is_empty() && !same_currency(invoice, &row.currency) {
            why.push(format!(
                "it is in {}, and invoice {number} is in {}; say with the assignment what it settles there",
                row.currency, invoice.currency
            ));
        }
        if row.day > self.today() {
            why.push(format!("it is dated {}, a day that lies ahead", row.day));
        }
        if why.is_empty() && is_told(id, row, &known, &taken, &mut why) {
            return Ok(Meaning::Told);
        }
        if let Some(item) = &row.item {
            why.extend(self.line_doubt(row, item, invoice, &known)?);
        }
        if why.is_empty() {
            let owner = self.owner(tx, invoice).await?;
            let open = self.receivable(tx, owner, AgeFrom::default()).await?.open;
            if row.amount > open {
                why.push(format!(
                    "{} came, and only {open} is open of invoice {number}; ask the client what else it is for",
                    row.amount
                ));
            }
        }
        Ok(match why.is_empty() {
            true => Meaning::New,
            false => Meaning::Doubtful(why),
        })
    }

    /// What is wrong with the line a row names.
    fn line_doubt(
        &self,
        row: &PaidRow,
        item: &String,
        invoice: &InvoiceRow,
        known: &[PaymentRow],
    ) -> Result<Option<String>, WorkflowError> {
        let sent = self.sent_lines(invoice)?;
        let own = |l: &&LineText| l.item == *item;
        let Some(line) = sent.iter().find(own) else {
            return Ok(Some(format!(
                "invoice {} has no line {item}; assign it to the invoice if the line does not matter",
                invoice.number
            )));
        };
        let before: Decimal = known
            .iter()
            .filter(|p| p.item.as_ref() == Some(item))
            .map(|p| p.amount)
            .sum();
        let over = line.total.is_some_and(|t| before + row.amount > t);
        Ok(over.then(|| {
            format!(
                "line {item} bills {}, and with this {} would have come for it",
                line.total.unwrap_or_default(),
                before + row.amount
            )
        }))
    }
}

/// Whether a portal or client has told of this money. Money under one reference for one invoice is the same, whoever tells
/// of it, and in however many rows. `known`: the invoice's payments; `taken`: rows of remittances for it.
fn is_told(
    id: &str,
    row: &PaidRow,
    known: &[PaymentRow],
    taken: &[RemittanceRow],
    why: &mut Vec<String>,
) -> bool {
    let told = known.iter().filter(|p| p.source == ANSWER);
    if row.reference.is_empty() {
        if told.clone().any(|p| may_be(p, row)) {
            why.push(format!(
                "the portal told of a payment of {} too; put this aside if it is the same, else assign it",
                row.amount
            ));
        }
        return false;
    }
    let under = told.clone().filter(|p| p.reference == row.reference);
    let told_sum: Decimal = under.map(|p| p.amount).sum();
    if told_sum.is_zero() {
        if told
            .clone()
            .any(|p| p.reference.is_empty() && may_be(p, row))
        {
            why.push(format!(
                "the portal told of a payment of {} without a reference; put this aside if it is the same, else assign it",
                row.amount
            ));
        }
        return false;
    }
    let own = taken
        .iter()
        .filter(|r| r.reference == row.reference && r.id != id);
    // What two files said with other words is there twice.
    let own: BTreeSet<_> = own.map(|r| (&r.day, r.amount, &r.item)).collect();
    let before: Decimal = own.iter().map(|(_, amount, _)| *amount).sum();
    if before + row.amount <= told_sum {
        return true;
    }
    if before < told_sum {
        why.push(format!(
            "the portal told of {told_sum} under the reference {}, and remittances make it {}; ask the client which holds",
            row.reference,
            before + row.amount
        ));
    }
    false
}

/// Whether a payment of the same amount may be the same: their days lie close, or one has none.
fn may_be(payment: &PaymentRow, row: &PaidRow) -> bool {
    payment.amount == row.amount && close(payment.day.as_deref(), Some(row.day))
}

/// Whether two days may be those of one payment.
pub(in crate::workflow) fn close(one: Option<&str>, other: Option<NaiveDate>) -> bool {
    let one = one.and_then(|d| d.parse::<NaiveDate>().ok());
    one.zip(other)
        .is_none_or(|(a, b)| (a - b).num_days().abs() <= DAYS_APART)
}
