//! Exceptions nobody needs any more: of packs, over or unused; of people, repeated so often that the pack should say it.

use super::shape::{Cell, Column, Kind, Period, Report, Row, Total};
use super::tally::Counted;
use crate::model::Lists;
use crate::rules::Shelf;
use crate::rules::pack::Pack;
use crate::workflow::Chronicle;
use chrono::NaiveDate;
use rust_decimal::Decimal;
use std::collections::{BTreeMap, BTreeSet};

/// The question it answers.
pub const QUESTION: &str = "Which exceptions are over, unused, or made again and again?";

/// Setting the same rule aside for the same client so often is no exception.
pub const REPEATED: usize = 3;

/// An exception of a pack.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PackException {
    /// The pack.
    pub pack: String,
    /// Clients the pack is about; empty: not about certain clients; `None`: about some matters, of whichever client.
    pub clients: Option<Vec<String>>,
    /// Its place among the pack's exceptions, from 1.
    pub place: usize,
    /// The rule.
    pub rule: String,
    /// Who answers for it.
    pub by: String,
    /// The last invoice date it holds for.
    pub until: Option<NaiveDate>,
    /// What findings it sets aside say of it.
    pub note: String,
}

/// Clients a pack is about: those it governs, and those for which the firm's lists name it.
fn clients_of(pack: &Pack, lists: &Lists) -> Option<Vec<String>> {
    let mut clients: Vec<String> = pack.governs.get("client_id").cloned().unwrap_or_default();
    let named = |packs: &[String]| packs.contains(&pack.pack);
    let own = lists.clients.rows().iter().filter(|c| named(&c.packs));
    clients.extend(own.map(|c| c.client_id.clone()));
    let own = lists.matters.rows().iter().filter(|m| named(&m.packs));
    clients.extend(own.map(|m| m.client_id.clone()));
    let matters = ["law_firm_matter_id", "client_matter_id"];
    let of_matters = matters.iter().any(|m| pack.governs.contains_key(*m));
    (!clients.is_empty() || !of_matters).then_some(clients)
}

/// The exceptions of all packs at hand, the latest version of each.
pub fn of_packs(shelf: &Shelf, lists: &Lists) -> Vec<PackException> {
    let mut latest: BTreeMap<&str, &Pack> = BTreeMap::new();
    for pack in shelf.packs() {
        let from = |p: &Pack| p.effective.as_ref().map(|d| d.0.clone());
        let own = latest.entry(&pack.pack).or_insert(pack);
        if from(pack) >= from(own) {
            *own = pack;
        }
    }
    let mut all = Vec::new();
    for pack in latest.into_values() {
        for (place, one) in pack.ignore.iter().enumerate() {
            all.push(PackException {
                pack: pack.pack.clone(),
                clients: clients_of(pack, lists),
                place: place + 1,
                rule: one.rule.clone(),
                by: one.by.clone(),
                until: one.until.0.parse().ok(),
                note: format!(
                    "set aside until {} by {}: {}",
                    one.until.0, one.by, one.reason
                ),
            });
        }
    }
    all
}

/// Exceptions, and how often they were used. `clients`: those a person serves; exceptions of packs of others are not
/// theirs to see.
pub fn report(
    told: &Chronicle,
    packs: &[PackException],
    period: Period,
    today: NaiveDate,
    clients: Option<&[String]>,
) -> Report {
    let mut rows = Vec::new();
    for one in packs {
        let theirs = match (clients, &one.clients) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(own), Some(about)) => about.is_empty() || about.iter().any(|c| own.contains(c)),
        };
        if !theirs {
            continue;
        }
        let used: BTreeSet<usize> = told
            .exceptions
            .iter()
            .filter(|e| e.rule == one.rule && e.message.contains(&one.note))
            .map(|e| e.invoice)
            .filter(|at| period.holds(told.invoices[*at].taken_ms))
            .collect();
        let over = one.until.is_some_and(|until| until < today);
        let (state, remedy) = match (over, used.is_empty()) {
            (true, _) => ("over", "take it out of the pack, or agree on a new end"),
            (false, true) => (
                "unused",
                "ask who answers for it whether it is still needed",
            ),
            (false, false) => continue,
        };
        rows.push(row(
            told,
            format!("{}.{}", one.pack, one.place),
            [
                Cell::Text(format!("pack {}, exception {}", one.pack, one.place)),
                Cell::Text(one.rule.clone()),
                Cell::Text(one.by.clone()),
                Cell::Text(state.to_owned()),
                one.until.map_or(Cell::Empty, Cell::Date),
                Cell::Empty,
                Cell::Text(remedy.to_owned()),
            ],
            &used,
            over,
        ));
    }
    let mut repeated: BTreeMap<(&str, &str), Vec<&crate::workflow::OverrideTold>> = BTreeMap::new();
    for one in told.overrides.iter().filter(|o| period.holds(o.at_ms)) {
        let client = told.invoices[one.invoice].client.as_str();
        repeated.entry((client, &one.rule)).or_default().push(one);
    }
    for ((client, rule), all) in repeated {
        let invoices: BTreeSet<usize> = all.iter().map(|o| o.invoice).collect();
        if invoices.len() < REPEATED {
            continue;
        }
        let people: BTreeSet<&str> = all.iter().map(|o| o.by.as_str()).collect();
        let people: Vec<&str> = people.into_iter().collect();
        rows.push(row(
            told,
            format!("{client}.{rule}"),
            [
                Cell::Text(format!("client {client}, set aside by hand")),
                Cell::Text(rule.to_owned()),
                Cell::Text(people.join(", ")),
                Cell::Text("repeated".to_owned()),
                Cell::Empty,
                Cell::Empty,
                Cell::Text(
                    "agree with the client and write it into its pack, or change the work"
                        .to_owned(),
                ),
            ],
            &invoices,
            false,
        ));
    }
    let mut report = Report {
        name: super::EXCEPTIONS,
        title: "Stale exceptions",
        period: Some(period),
        by: "exception",
        counts: format!(
            "Exceptions of packs that are over, or that set aside no finding of an invoice that came in the period; and rules that \
             people set aside on {REPEATED} or more invoices of a client in it."
        ),
        lead: Vec::new(),
        columns: vec![
            Column::text("exception", "Exception"),
            Column::text("rule", "Rule"),
            Column::text("by", "Who answers"),
            Column::text("state", "State"),
            Column::of("until", "Until", Kind::Date, Total::None),
            Column::count("invoices", "Invoices"),
            Column::text("remedy", "What to do").below(),
        ],
        rows,
        totals: Vec::new(),
        notes: super::purged(told).into_iter().collect(),
        chart: None,
    };
    report.add_up();
    report
}

fn row(
    told: &Chronicle,
    key: String,
    mut cells: [Cell; 7],
    invoices: &BTreeSet<usize>,
    alarm: bool,
) -> Row {
    let one = |at: &usize| {
        let life = &told.invoices[*at];
        let mut own = vec![Cell::Empty; 7];
        own[0] = Cell::Text(life.number.clone());
        own[5] = Cell::Number(Decimal::ONE);
        life.behind(own)
    };
    cells[5] = Cell::Number(Decimal::from(invoices.len()));
    Row {
        key,
        currency: String::new(),
        cells: cells.to_vec(),
        alarm,
        invoices: invoices.iter().map(one).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::life;
    use super::*;
    use crate::workflow::{Exception, OverrideTold};

    #[test]
    fn what_is_used_and_holds_is_not_stale() {
        let today: NaiveDate = "2026-11-22".parse().expect("a day");
        let period = Period {
            from: "1960-01-01".parse().expect("a day"),
            to: today,
        };
        let exception = |place: usize, until: &str| PackException {
            pack: "client-one".to_owned(),
            clients: Some(vec!["C1".to_owned()]),
            place,
            rule: "block-billing".to_owned(),
            by: "A. Quillfeather".to_owned(),
            until: until.parse().ok(),
            note: format!("set aside until {until} by A. Quillfeather: agreed {place}"),
        };
        let packs = [
            exception(1, "2026-12-31"),
            exception(2, "2026-12-31"),
            exception(3, "2026-10-31"),
        ];
        let mut told = Chronicle {
            invoices: vec![life("A-1"), life("A-2"), life("A-3")],
            exceptions: vec![Exception {
                invoice: 0,
                rule: "block-billing".to_owned(),
                message: format!("several tasks ({})", packs[0].note),
            }],
            ..Chronicle::default()
        };
        for invoice in [0, 1, 2, 2] {
            told.overrides.push(OverrideTold {
                invoice,
                rule: "vague-narrative".to_owned(),
                by: "ann".to_owned(),
                at_ms: 0,
            });
        }
        let keys = |clients: Option<&[String]>| {
            let made = report(&told, &packs, period, today, clients);
            let keys: Vec<String> = made.rows.into_iter().map(|r| r.key).collect();
            keys.join(" ")
        };
        assert_eq!(keys(None), "client-one.2 client-one.3 C1.vague-narrative");
        assert_eq!(keys(Some(&["C2".to_owned()])), "C1.vague-narrative");
        told.overrides.truncate(2);
        assert_eq!(
            report(&told, &[], period, today, None).rows.len(),
            0,
            "twice is no habit"
        );
    }
}
