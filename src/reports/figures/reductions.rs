//! How much is cut.

use super::by::{of_invoice, of_line, of_why};
use super::heading::Heading;
use super::shape::{Column, Report};
use super::tally::Tally;
use super::{Asked, purged, sent_in};
use crate::workflow::{Chronicle, CutTold, Life};
use rust_decimal::Decimal;
use std::collections::{BTreeMap, BTreeSet};

const INVOICES: usize = 1;
const CUTS: usize = 2;
const CUT: usize = 3;
const ACCEPTED: usize = 4;
const RECOVERED: usize = 5;
const LEFT: usize = 6;
const BILLED: usize = 7;

/// What is still contested or lost of a cut: neither accepted nor given back.
fn left(cut: &CutTold) -> Decimal {
    (cut.cut - cut.accepted - cut.recovered).max(Decimal::ZERO)
}

/// The currency in which a cut is counted: its own, else its invoice's.
pub(super) fn currency<'a>(cut: &'a CutTold, life: &'a Life) -> &'a str {
    match cut.currency.as_str() {
        "" | "?" => &life.currency,
        own => own,
    }
}

/// Cuts, and what they are of.
pub fn report(told: &Chronicle, asked: &Asked<'_>) -> Report {
    let columns = vec![
        Column::text(asked.by.name(), asked.by.title()),
        Column::count("invoices_cut", "Invoices cut"),
        Column::count("cuts", "Cuts"),
        Column::money("cut", "Cut"),
        Column::money("accepted", "Accepted"),
        Column::money("recovered", "Recovered"),
        Column::money("left", "Neither"),
        Column::money("billed", "Billed"),
        Column::percent("reduction_rate", "Rate", CUT, BILLED),
    ];
    let mut tally = Tally::new(columns, &told.invoices);
    let is_cut: BTreeSet<usize> = told.cuts.iter().map(|c| c.invoice).collect();
    let mut cohort: BTreeMap<usize, i64> = BTreeMap::new();
    for (at, life, sent_ms) in sent_in(told, asked.period) {
        if life.decided_ms.is_none() && !is_cut.contains(&at) {
            continue;
        }
        cohort.insert(at, sent_ms);
        if asked.by.needs_lines() {
            for line in &life.lines {
                let key = of_line(asked.by, Some(line), asked.lists);
                let thing = format!("{} {}", life.id, line.item);
                let total = line.total.unwrap_or_default();
                tally.add(&key, &life.currency, at, BILLED, &thing, total);
            }
            continue;
        }
        let total = life.total.unwrap_or_default();
        if asked.by.is_of_invoice() {
            let key = of_invoice(asked.by, life, sent_ms, asked.lists);
            tally.add(&key, &life.currency, at, BILLED, &life.id, total);
        } else {
            tally.base(&life.currency, at, BILLED, &life.id, total);
        }
    }
    for cut in told.cuts.iter().filter(|c| !c.taken_back()) {
        let Some(sent_ms) = cohort.get(&cut.invoice) else {
            continue;
        };
        let life = &told.invoices[cut.invoice];
        let key = of_why(asked.by, &cut.why, life, *sent_ms, asked.lists);
        let (at, currency) = (cut.invoice, currency(cut, life));
        tally.add(&key, currency, at, INVOICES, &life.id, Decimal::ONE);
        tally.add(&key, currency, at, CUTS, &cut.id, Decimal::ONE);
        tally.add(&key, currency, at, CUT, &cut.id, cut.cut);
        tally.add(&key, currency, at, ACCEPTED, &cut.id, cut.accepted);
        tally.add(&key, currency, at, RECOVERED, &cut.id, cut.recovered);
        tally.add(&key, currency, at, LEFT, &cut.id, left(cut));
    }
    let mut notes: Vec<String> = purged(told).into_iter().collect();
    notes.push(
        "A cut the client took back itself is none. Neither: not accepted and not given back, whether open, appealed or lost."
            .to_owned(),
    );
    if asked.by.needs_lines() {
        notes.push("Billed is what the lines of the row come to.".to_owned());
    } else if !asked.by.is_of_invoice() {
        notes.push("The rate is of everything billed on these invoices.".to_owned());
    }
    Heading {
        name: "reductions",
        title: "Reductions",
        counts: "Invoices first sent in the period on which the client has decided, and what it cut from them.",
        largest: CUT,
        chart: ("Money cut", CUT),
    }
    .over(asked, tally, notes)
}
