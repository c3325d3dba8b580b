//! The money side of a portal's ledger: what it was billed, approved and paid, by invoice, when and why; and the client's
//! remittance.

use super::book::Held;
use super::ledes::Line;
use super::portal::Portal;
use super::reasons;
use super::review::State;
use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde::Serialize;
use std::io::{Error, Result};

/// What a portal knows of one invoice's money at a moment. Amounts are exact.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Money {
    /// The portal's id of it.
    pub id: String,
    /// Invoice number; empty if it could not be read.
    pub number: String,
    /// CLIENT_ID.
    pub client_id: String,
    /// INVOICE, RESUBMIT, APPEAL and so on, as it was said.
    pub invoice_type: String,
    /// When it came.
    pub at: DateTime<Utc>,
    /// Where it is: received, in review, question, approved, paid, rejected.
    pub state: &'static str,
    /// Where it was until now, and from when.
    pub way: Vec<Stood>,
    /// Short name of what its client said of it as a whole, refusing it or asking; absent where it said nothing.
    pub note: Option<&'static str>,
    /// Why it was refused, line by line where lines were named; nothing while it is not.
    pub refused_for: Vec<Cause>,
    /// What it cut and why; nothing while it has not decided.
    pub cut_for: Vec<Cause>,
    /// Its total; nothing if it could not be read.
    pub billed: Decimal,
    /// What the client will pay; absent while it has not decided, and for what it rejected.
    pub approved: Option<Decimal>,
    /// What it cut; nothing while it has not decided.
    pub cut: Decimal,
    /// What it paid so far, less what it took back.
    pub paid: Decimal,
    /// Each payment so far.
    pub payments: Vec<Paid>,
}

/// From when an invoice stood where.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Stood {
    /// From when.
    pub at: DateTime<Utc>,
    /// Where: received, delivered, in review, question, approved, sent to ap, paid, rejected, file error.
    pub state: &'static str,
}

/// Why something was refused or cut.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Cause {
    /// Short name of the reason.
    pub reason: &'static str,
    /// Number of the line; absent for the invoice as a whole.
    pub line: Option<String>,
    /// How much was cut for it; nothing of a refusal.
    pub amount: Decimal,
}

/// One payment.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Paid {
    /// When.
    pub at: DateTime<Utc>,
    /// How much; below nothing where it was taken back.
    pub amount: Decimal,
    /// ACH, CHECK, WIRE, REVERSAL.
    pub by: &'static str,
    /// Number of the cheque or of the transfer.
    pub reference: String,
}

fn word(state: State) -> &'static str {
    match state {
        State::Received | State::Delivered => "received",
        State::InReview | State::TaxPending | State::Strange => "in review",
        State::Question => "question",
        State::Approved | State::SentToAp => "approved",
        State::Paid => "paid",
        State::Rejected | State::FileError => "rejected",
    }
}

/// The same without two being one: what each portal shows of them differs.
fn place(state: State) -> &'static str {
    match state {
        State::Received => "received",
        State::Delivered => "delivered",
        State::SentToAp => "sent to ap",
        State::FileError => "file error",
        other => word(other),
    }
}

impl Portal {
    /// What is known of each invoice's money now, the oldest first.
    pub(super) fn money(&self) -> Vec<Money> {
        let now = self.now();
        self.from(0)
            .iter()
            .map(|held| of(held, self.state(held), now))
            .collect()
    }

    /// How many payments were made by now.
    pub(super) fn payments_made(&self) -> usize {
        let now = self.now();
        let mut made = 0;
        let _ = self.each(|held| {
            made += held.story.paid_by(now).len();
            Ok(())
        });
        made
    }
}

fn of(held: &Held, state: State, now: DateTime<Utc>) -> Money {
    let story = &held.story;
    let read = held.read.as_ref().ok();
    let decided = story.decided(now);
    let paid = story.paid_by(now);
    let asked = story.at(now).state == State::Question;
    let number = |line: &Option<Line>| line.as_ref().map(|l| l.number.clone());
    Money {
        id: held.id.clone(),
        number: held.number().to_owned(),
        client_id: read.map(|r| r.client_id.clone()).unwrap_or_default(),
        invoice_type: held.invoice_type.clone(),
        at: held.at,
        state: word(state),
        way: story
            .stages
            .iter()
            .take_while(|s| s.at <= now)
            .map(|s| Stood {
                at: s.at,
                state: place(s.state),
            })
            .collect(),
        note: story
            .note
            .as_deref()
            .filter(|_| decided || asked)
            .and_then(reasons::of_words),
        refused_for: story
            .objections
            .iter()
            .filter(|_| decided)
            .map(|o| Cause {
                reason: o.reason.slug,
                line: number(&o.line),
                amount: Decimal::ZERO,
            })
            .collect(),
        cut_for: story
            .cuts
            .iter()
            .filter(|_| decided)
            .map(|c| Cause {
                reason: c.reason.slug,
                line: number(&c.line),
                amount: c.amount,
            })
            .collect(),
        billed: read.map(|r| r.total).unwrap_or_default(),
        approved: story.approved_total.filter(|_| decided),
        cut: story
            .cuts
            .iter()
            .filter(|_| decided)
            .map(|c| c.amount)
            .sum(),
        paid: paid.iter().map(|p| p.amount).sum(),
        payments: paid
            .iter()
            .map(|p| Paid {
                at: p.at,
                amount: p.amount,
                by: p.by,
                reference: p.reference.clone(),
            })
            .collect(),
    }
}

/// The remittance, with names of columns as a client's accounts department has them.
pub(super) fn csv(all: &[Money]) -> Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record([
        "Supplier Invoice",
        "Our Document",
        "Paid",
        "Value Date",
        "Method",
        "Payment No",
    ])?;
    for one in all {
        for paid in &one.payments {
            writer.write_record([
                &one.number,
                &one.id,
                &format!("{:.2}", paid.amount.round_dp(2)),
                &paid.at.format("%m/%d/%Y").to_string(),
                paid.by,
                &paid.reference,
            ])?;
        }
    }
    writer.into_inner().map_err(|e| Error::other(e.to_string()))
}
