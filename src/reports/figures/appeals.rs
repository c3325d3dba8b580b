//! What appeals bring back.

use super::Asked;
use super::by::of_invoice;
use super::heading::Heading;
use super::shape::{Column, Report};
use super::tally::Tally;
use crate::workflow::Chronicle;
use rust_decimal::Decimal;

/// Status of an appeal and the column that counts it.
const COUNTED: [(&str, usize); 5] = [
    ("won", 3),
    ("partly won", 4),
    ("lost", 5),
    ("window missed", 6),
    ("withdrawn", 7),
];
const ALL: usize = 1;
const FILED: usize = 2;
const OPEN: usize = 8;
const CLAIMED: usize = 9;
const ANSWERED: usize = 10;
const RECOVERED: usize = 11;
const MISSED: usize = 13;

/// Appeals, and what came of them.
pub fn report(told: &Chronicle, asked: &Asked<'_>) -> Report {
    let columns = vec![
        Column::text(asked.by.name(), asked.by.title()),
        Column::count("appeals", "Appeals"),
        Column::count("filed", "Filed"),
        Column::count("won", "Won"),
        Column::count("partly_won", "Partly"),
        Column::count("lost", "Lost"),
        Column::count("missed", "Missed"),
        Column::count("withdrawn", "Withdrawn"),
        Column::count("open", "Open"),
        Column::money("claimed", "Asked for"),
        Column::money("answered", "Answered"),
        Column::money("recovered", "Recovered"),
        Column::percent("recovery_rate", "Rate", RECOVERED, ANSWERED),
        Column::money("missed_money", "Missed money"),
    ];
    let mut tally = Tally::new(columns, &told.invoices);
    for appeal in &told.appeals {
        if !asked.period.holds(appeal.proposed_ms) {
            continue;
        }
        let (at, life) = (appeal.invoice, &told.invoices[appeal.invoice]);
        let currency = match appeal.currency.as_str() {
            "" | "?" => life.currency.as_str(),
            own => own,
        };
        let key = of_invoice(asked.by, life, appeal.proposed_ms, asked.lists);
        let mut add = |column: usize, value: Decimal| {
            tally.add(&key, currency, at, column, &appeal.id, value);
        };
        add(ALL, Decimal::ONE);
        add(CLAIMED, appeal.claimed);
        if appeal.filed_ms.is_some() {
            add(FILED, Decimal::ONE);
        }
        match COUNTED.iter().find(|(status, _)| *status == appeal.status) {
            Some((_, column)) => add(*column, Decimal::ONE),
            None => add(OPEN, Decimal::ONE),
        }
        match appeal.status.as_str() {
            "won" | "partly won" | "lost" => {
                add(ANSWERED, appeal.claimed);
                add(RECOVERED, appeal.recovered);
            }
            "window missed" => add(MISSED, appeal.claimed),
            _ => {}
        }
    }
    Heading {
        name: "appeals",
        title: "Appeals",
        counts: "Appeals proposed in the period and what became of them; the rate is what came back of what was asked for in \
                 those that were answered.",
        largest: CLAIMED,
        chart: ("Recovered", RECOVERED),
    }
    .over(asked, tally, Vec::new())
}
