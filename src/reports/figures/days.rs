//! How many days pass.

use super::by::of_invoice;
use super::heading::Heading;
use super::shape::{Column, Kind, Report, Total, day};
use super::tally::Tally;
use super::{Asked, purged, sent_in};
use crate::workflow::{Chronicle, Life, State};
use chrono::NaiveDate;
use rust_decimal::Decimal;
use std::collections::BTreeMap;

const INVOICES: usize = 1;
/// The first of the two columns of each span.
const TO_INVOICE: usize = 2;
const TO_ACCEPTANCE: usize = 4;
const TO_PAYMENT: usize = 6;
const WORK_TO_PAYMENT: usize = 8;

fn column(name: &'static str, title: &'static str) -> Column {
    Column::of(name, title, Kind::Days, Total::Own)
}

/// The day an invoice was first taken by its portal or client.
fn accepted(life: &Life) -> Option<NaiveDate> {
    let taken = life.rounds.iter().filter_map(|r| r.accepted_ms);
    taken.min().map(day)
}

/// Days from work to invoice, acceptance and payment.
pub fn report(told: &Chronicle, asked: &Asked<'_>) -> Report {
    let columns = vec![
        Column::text(asked.by.name(), asked.by.title()),
        Column::count("invoices", "Invoices"),
        column("work_to_invoice_median", "Work to invoice, median"),
        column("work_to_invoice_p90", "9 of 10 within"),
        column(
            "invoice_to_acceptance_median",
            "Invoice to acceptance, median",
        ),
        column("invoice_to_acceptance_p90", "9 of 10 within"),
        column("invoice_to_payment_median", "Invoice to payment, median"),
        column("invoice_to_payment_p90", "9 of 10 within"),
        column("work_to_payment_median", "Work to payment, median"),
        column("work_to_payment_p90", "9 of 10 within"),
    ];
    let mut tally = Tally::new(columns, &told.invoices);
    // Of several payments the last one is the one that was waited for. What was taken back again was waited for in vain.
    let mut paid: BTreeMap<usize, NaiveDate> = BTreeMap::new();
    let mut came: BTreeMap<usize, Decimal> = BTreeMap::new();
    for payment in &told.payments {
        let sum = came.entry(payment.invoice).or_default();
        *sum = sum.saturating_add(payment.amount);
        if payment.amount > Decimal::ZERO {
            let last = paid.entry(payment.invoice).or_insert(payment.day);
            *last = (*last).max(payment.day);
        }
    }
    for (at, life, sent_ms) in sent_in(told, asked.period) {
        let key = of_invoice(asked.by, life, sent_ms, asked.lists);
        let worked = life.lines.iter().filter_map(|l| l.date).min();
        let taken_back = came.get(&at).is_some_and(|sum| *sum <= Decimal::ZERO);
        let is_paid = life.state == State::Paid && !taken_back;
        let heard = life.paid_ms.map(day);
        let paid = paid.get(&at).copied().or(heard).filter(|_| is_paid);
        let mut add = |column: usize, value: i64| {
            tally.add(&key, "", at, column, &life.id, Decimal::from(value));
        };
        add(INVOICES, 1);
        let spans = [
            (TO_INVOICE, worked, life.date),
            (TO_ACCEPTANCE, life.date, accepted(life)),
            (TO_PAYMENT, life.date, paid),
            (WORK_TO_PAYMENT, worked, paid),
        ];
        for (column, from, to) in spans {
            if let (Some(from), Some(to)) = (from, to) {
                let days = (to - from).num_days();
                add(column, days);
                add(column + 1, days);
            }
        }
    }
    Heading {
        name: "days",
        title: "Days from work to money",
        counts: "Invoices first sent in the period: calendar days from the oldest line to the invoice date, from there to the \
                 day a portal or client first took it, and to the last payment of one that is paid and was not taken back.",
        largest: WORK_TO_PAYMENT,
        chart: ("Days from work to payment, median", WORK_TO_PAYMENT),
    }
    .over(asked, tally, purged(told).into_iter().collect())
}
