//! Which refusals and cuts our own check had foreseen.

use super::by::of_why;
use super::heading::Heading;
use super::reductions::currency;
use super::shape::{Column, Kind, Report, Total};
use super::tally::Tally;
use super::{Asked, purged, sent_in};
use crate::workflow::{Chronicle, Life, Why};
use rust_decimal::Decimal;
use std::collections::BTreeMap;

const OUTCOMES: usize = 1;
const FORESEEN: usize = 2;
const MISSED: usize = 3;
const UNKNOWN: usize = 4;
const JUDGED: usize = 5;
const MONEY: usize = 7;

/// Outcomes, and whether our check had said so.
pub fn report(told: &Chronicle, asked: &Asked<'_>) -> Report {
    let columns = vec![
        Column::text(asked.by.name(), asked.by.title()),
        Column::count("outcomes", "Outcomes"),
        Column::count("foreseen", "Foreseen"),
        Column::count("not_foreseen", "Not foreseen"),
        Column::count("cannot_be_said", "Cannot be said"),
        Column::of("judged", "Judged", Kind::Count, Total::Sum),
        Column::percent("foreseen_rate", "Foreseen, rate", FORESEEN, JUDGED),
        Column::money("cut_not_foreseen", "Cut, not foreseen"),
    ];
    let mut tally = Tally::new(columns, &told.invoices);
    let cohort: BTreeMap<usize, i64> = sent_in(told, asked.period)
        .map(|(at, _, sent_ms)| (at, sent_ms))
        .collect();
    let mut practice = 0;
    let mut add = |at: usize, currency: &str, why: &Why, thing: &str, cut: Option<Decimal>| {
        let life: &Life = &told.invoices[at];
        let key = of_why(asked.by, why, life, cohort[&at], asked.lists);
        let mut one = |column: usize, value: Decimal| {
            tally.add(&key, currency, at, column, thing, value);
        };
        one(OUTCOMES, Decimal::ONE);
        match why.foreseen {
            None => one(UNKNOWN, Decimal::ONE),
            Some(foreseen) => {
                one(JUDGED, Decimal::ONE);
                one(if foreseen { FORESEEN } else { MISSED }, Decimal::ONE);
                if let (false, Some(cut)) = (foreseen, cut) {
                    one(MONEY, cut);
                }
            }
        }
    };
    for refusal in &told.refusals {
        let Some(life) = cohort
            .get(&refusal.invoice)
            .map(|_| &told.invoices[refusal.invoice])
        else {
            continue;
        };
        if life.practice {
            practice += refusal.whys.len();
            continue;
        }
        for (n, why) in refusal.whys.iter().enumerate() {
            let thing = format!("{} {} {n}", life.id, refusal.version);
            add(refusal.invoice, &life.currency, why, &thing, None);
        }
    }
    for cut in told.cuts.iter().filter(|c| !c.taken_back()) {
        let Some(life) = cohort
            .get(&cut.invoice)
            .map(|_| &told.invoices[cut.invoice])
        else {
            continue;
        };
        if life.practice {
            practice += 1;
            continue;
        }
        let currency = currency(cut, life);
        add(cut.invoice, currency, &cut.why, &cut.id, Some(cut.cut));
    }
    let mut notes: Vec<String> = purged(told).into_iter().collect();
    let come = match practice {
        1 => "1 outcome comes".to_owned(),
        many => format!("{many} outcomes come"),
    };
    if practice > 0 {
        notes.push(format!(
            "{come} from practice portals, left out: what a sandbox says is no evidence of foresight."
        ));
    }
    Heading {
        name: "foresight",
        title: "Foreseen and not foreseen",
        counts: "Reasons of refusals and of cuts, on invoices first sent in the period. Foreseen: a rule about that reason spoke \
                 of that line, or of the invoice, in our check of the version that was sent. Cannot be said: no reason was \
                 given or it is not known, no rule is about it, or the check is not kept.",
        largest: MISSED,
        chart: ("Outcomes that were not foreseen", MISSED),
    }
    .over(asked, tally, notes)
}
