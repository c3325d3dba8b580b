//! How many invoices are taken at the first try.

use super::by::of_invoice;
use super::heading::Heading;
use super::shape::{Column, Report};
use super::tally::Tally;
use super::{Asked, sent_in};
use crate::workflow::{Chronicle, Round};
use rust_decimal::Decimal;

const SENT: usize = 1;
const ANSWERED: usize = 2;
const FIRST: usize = 3;
const REFUSED: usize = 4;
const ASKED: usize = 5;
const RATE: usize = 6;
const BILLED: usize = 7;
const BILLED_FIRST: usize = 8;

/// The column of what became of the first version; `None`: nobody has answered.
fn became(first: &Round) -> Option<usize> {
    if first.refused_ms.is_some() {
        Some(REFUSED)
    } else if first.asked_ms.is_some() {
        Some(ASKED)
    } else {
        first.accepted_ms.map(|_| FIRST)
    }
}

/// First tries, and what became of them.
pub fn report(told: &Chronicle, asked: &Asked<'_>) -> Report {
    let columns = vec![
        Column::text(asked.by.name(), asked.by.title()),
        Column::count("invoices_sent", "Sent"),
        Column::count("answered", "Answered"),
        Column::count("taken_at_first", "Taken at first"),
        Column::count("refused_at_first", "Refused"),
        Column::count("questioned_at_first", "Questioned"),
        Column::percent("first_pass_rate", "Rate", FIRST, ANSWERED),
        Column::money("billed", "Billed, answered"),
        Column::money("billed_taken_at_first", "Taken at first, money"),
        Column::percent("first_pass_share", "Of money", BILLED_FIRST, BILLED),
    ];
    let mut tally = Tally::new(columns, &told.invoices);
    for (at, life, sent_ms) in sent_in(told, asked.period) {
        // What stands in the place of a refused invoice is no first try.
        let Some(first) = life.rounds.first().filter(|_| life.replaces.is_none()) else {
            continue;
        };
        let key = of_invoice(asked.by, life, sent_ms, asked.lists);
        let total = life.total.unwrap_or_default();
        let mut add = |column: usize, value: Decimal| {
            tally.add(&key, &life.currency, at, column, &life.id, value);
        };
        add(SENT, Decimal::ONE);
        let Some(column) = became(first) else {
            continue;
        };
        add(ANSWERED, Decimal::ONE);
        add(column, Decimal::ONE);
        add(BILLED, total);
        if column == FIRST {
            add(BILLED_FIRST, total);
        }
    }
    Heading {
        name: "acceptance",
        title: "First-pass acceptance",
        counts: "Invoices first sent in the period, without those that replace a refused one. Taken at first: the portal or the \
                 client took the first version, without a refusal or a question, whatever it cut later.",
        largest: SENT,
        chart: ("Taken at the first try, of those answered", RATE),
    }
    .over(asked, tally, Vec::new())
}
