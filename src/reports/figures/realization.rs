//! Of what was billed, how much is approved, and how much is paid.

use super::by::of_invoice;
use super::heading::Heading;
use super::shape::{Column, Report};
use super::tally::Tally;
use super::{Asked, sent_in};
use crate::workflow::Chronicle;
use rust_decimal::Decimal;
use std::collections::BTreeMap;

const INVOICES: usize = 1;
const BILLED: usize = 2;
const APPROVED: usize = 3;
const REALIZED: usize = 4;
const PAID: usize = 5;
const OPEN: usize = 7;

/// Billed, approved, paid.
pub fn report(told: &Chronicle, asked: &Asked<'_>) -> Report {
    let columns = vec![
        Column::text(asked.by.name(), asked.by.title()),
        Column::count("invoices", "Invoices"),
        Column::money("billed", "Billed"),
        Column::money("approved", "Approved"),
        Column::percent("realization", "Realization", APPROVED, BILLED),
        Column::money("paid", "Paid"),
        Column::percent("collection", "Collection", PAID, BILLED),
        Column::money("open", "Approved, not paid"),
    ];
    let mut tally = Tally::new(columns, &told.invoices);
    let mut paid: BTreeMap<usize, Decimal> = BTreeMap::new();
    let mut strange = 0;
    for payment in &told.payments {
        let own = &told.invoices[payment.invoice].currency;
        if payment.currency == *own || ["", "?"].contains(&payment.currency.as_str()) {
            let sum = paid.entry(payment.invoice).or_default();
            *sum = sum.saturating_add(payment.amount);
        } else {
            strange += 1;
        }
    }
    let (mut waiting, mut unexplained) = (0, 0);
    for (at, life, sent_ms) in sent_in(told, asked.period) {
        let (Some(total), Some(approved)) = (life.total, life.approved) else {
            waiting += 1;
            continue;
        };
        unexplained += usize::from(!life.unexplained.is_zero());
        let came = paid.get(&at).copied().unwrap_or_default();
        let key = of_invoice(asked.by, life, sent_ms, asked.lists);
        let mut add = |column: usize, value: Decimal| {
            tally.add(&key, &life.currency, at, column, &life.id, value);
        };
        add(INVOICES, Decimal::ONE);
        add(BILLED, total);
        add(APPROVED, approved);
        add(PAID, came);
        add(OPEN, approved.saturating_sub(came));
    }
    let mut notes = Vec::new();
    let mut note = |count: usize, one: &str, many: &str| match count {
        0 => {}
        1 => notes.push(format!("1 {one}")),
        count => notes.push(format!("{count} {many}")),
    };
    note(
        waiting,
        "more invoice was sent in the period and has no decision of the client yet.",
        "more invoices were sent in the period and have no decision of the client yet.",
    );
    note(
        unexplained,
        "invoice is to be paid otherwise than its cuts explain; the client's own figure counts (cleanbill reductions show).",
        "invoices are to be paid otherwise than their cuts explain; the client's own figures count (cleanbill reductions show).",
    );
    note(
        strange,
        "payment came in another currency than its invoice and is left out.",
        "payments came in another currency than their invoices and are left out.",
    );
    Heading {
        name: "realization",
        title: "Realization and collection",
        counts: "Invoices first sent in the period on which the client has decided. Realization is approved over billed, \
                 collection paid over billed; what appeals brought back counts as approved.",
        largest: BILLED,
        chart: ("Realization", REALIZED),
    }
    .over(asked, tally, notes)
}
