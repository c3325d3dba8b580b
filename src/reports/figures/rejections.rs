//! How much is refused.

use super::by::{of_invoice, of_why};
use super::heading::Heading;
use super::shape::{Column, Report};
use super::tally::Tally;
use super::{Asked, purged, sent_in};
use crate::workflow::{Chronicle, Life};
use rust_decimal::Decimal;
use std::collections::BTreeMap;

const ANSWERED: usize = 1;
const REFUSED: usize = 2;
const TIMES: usize = 3;
const MONEY: usize = 5;
const BILLED: usize = 6;

/// Whether a portal or client has said anything of an invoice.
pub(super) fn answered(life: &Life) -> bool {
    let said = |r: &crate::workflow::Round| {
        r.accepted_ms.is_some() || r.refused_ms.is_some() || r.asked_ms.is_some()
    };
    life.rounds.iter().any(said)
}

/// Refusals, and what they are of.
pub fn report(told: &Chronicle, asked: &Asked<'_>) -> Report {
    let columns = vec![
        Column::text(asked.by.name(), asked.by.title()),
        Column::count("invoices_answered", "Answered"),
        Column::count("invoices_refused", "Refused"),
        Column::count("refusals", "Times"),
        Column::percent("rejection_rate", "Rate", REFUSED, ANSWERED),
        Column::money("refused", "Refused money"),
        Column::money("billed", "Billed"),
        Column::percent("refused_share", "Of money", MONEY, BILLED),
    ];
    let mut tally = Tally::new(columns, &told.invoices);
    let mut cohort: BTreeMap<usize, i64> = BTreeMap::new();
    for (at, life, sent_ms) in sent_in(told, asked.period) {
        if !answered(life) {
            continue;
        }
        cohort.insert(at, sent_ms);
        let (one, total) = (Decimal::ONE, life.total.unwrap_or_default());
        if asked.by.is_of_invoice() {
            let key = of_invoice(asked.by, life, sent_ms, asked.lists);
            tally.add(&key, &life.currency, at, ANSWERED, &life.id, one);
            tally.add(&key, &life.currency, at, BILLED, &life.id, total);
        } else {
            tally.base(&life.currency, at, ANSWERED, &life.id, one);
            tally.base(&life.currency, at, BILLED, &life.id, total);
        }
    }
    for refusal in &told.refusals {
        let Some(sent_ms) = cohort.get(&refusal.invoice) else {
            continue;
        };
        let life = &told.invoices[refusal.invoice];
        let thing = format!("{} {}", life.id, refusal.version);
        for why in &refusal.whys {
            let key = of_why(asked.by, why, life, *sent_ms, asked.lists);
            let (at, currency) = (refusal.invoice, life.currency.as_str());
            let total = life.total.unwrap_or_default();
            tally.add(&key, currency, at, REFUSED, &life.id, Decimal::ONE);
            tally.add(&key, currency, at, TIMES, &thing, Decimal::ONE);
            tally.add(&key, currency, at, MONEY, &life.id, total);
        }
    }
    let mut notes: Vec<String> = purged(told).into_iter().collect();
    if !asked.by.is_of_invoice() {
        notes.push(
            "An invoice refused for several reasons stands in several rows with its whole amount, and once in the total; rates \
             are of all invoices that were answered."
                .to_owned(),
        );
    }
    Heading {
        name: "rejections",
        title: "Rejections",
        counts: "Invoices first sent in the period that a portal or client has answered; refused are those of which a version \
                 was refused at least once, each number being an invoice of its own. Money is the invoice's total.",
        largest: MONEY,
        chart: ("Refused money", MONEY),
    }
    .over(asked, tally, notes)
}
