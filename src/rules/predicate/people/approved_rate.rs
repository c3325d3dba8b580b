//! The approved rate of a line: of the rates on file for its day, the one that says most about it.

use super::engagement::Engagement;
use super::fee::Fee;
use crate::model::lists::{ApprovedRate, in_span};
use crate::model::{Invoice, Lists};
use crate::rules::utbms::classes;
use chrono::NaiveDate;
use rustc_hash::FxHashMap;

/// Approved rates of one invoice; what was looked up is kept.
pub(in crate::rules::predicate) struct ApprovedRates<'a> {
    lists: &'a Lists,
    known: FxHashMap<(u32, String, String, NaiveDate), Option<&'a ApprovedRate>>,
}

/// What a rate is for: the narrower, the more it says.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Breadth {
    Everything,
    Client,
    Matter,
}

/// Whom a rate is for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Whom {
    Everybody,
    Class,
    Timekeeper,
}

type Rank = (Breadth, Whom, Option<NaiveDate>);

fn breadth(row: &ApprovedRate) -> Breadth {
    match (row.law_firm_matter_id.is_empty(), row.client_id.is_empty()) {
        (false, _) => Breadth::Matter,
        (true, false) => Breadth::Client,
        (true, true) => Breadth::Everything,
    }
}

fn whom(row: &ApprovedRate) -> Whom {
    if !row.timekeeper_id.is_empty() {
        Whom::Timekeeper
    } else if !row.timekeeper_classification.is_empty() {
        Whom::Class
    } else {
        Whom::Everybody
    }
}

/// In words, for messages: "for this timekeeper on this matter".
pub(super) fn basis(row: &ApprovedRate) -> String {
    let whom = match whom(row) {
        Whom::Timekeeper => "for this timekeeper".to_owned(),
        Whom::Class => format!("for the class {}", row.timekeeper_classification),
        Whom::Everybody => "for everybody".to_owned(),
    };
    let breadth = match breadth(row) {
        Breadth::Matter => "on this matter",
        Breadth::Client => "on this client's matters",
        Breadth::Everything => "on all matters",
    };
    match row.from {
        Some(from) => format!("{whom} {breadth}, from {from}"),
        None => format!("{whom} {breadth}"),
    }
}

impl<'a> ApprovedRates<'a> {
    /// Nothing looked up yet.
    pub fn of(lists: &'a Lists) -> Self {
        Self {
            lists,
            known: FxHashMap::default(),
        }
    }

    /// The approved rate of a fee. Matter and timekeeper say more than matter and class, then client and
    /// timekeeper, client and class, timekeeper, class; of two that say as much, the one that began later counts.
    pub fn find(&mut self, invoice: &Invoice, fee: &Fee<'_>) -> Option<&'a ApprovedRate> {
        let class = fee.class(invoice, self.lists);
        let key = (
            fee.line.matter,
            fee.timekeeper_id.to_string(),
            class.to_string(),
            fee.date,
        );
        let lists = self.lists;
        *self.known.entry(key).or_insert_with(|| {
            approved(lists, fee.engagement, &fee.timekeeper_id, &class, fee.date)
        })
    }

    /// The approved rate of a class on the matter and day of a fee, whoever works.
    pub fn of_class(&self, fee: &Fee<'_>, class: &str) -> Option<&'a ApprovedRate> {
        approved(self.lists, fee.engagement, "", class, fee.date)
    }
}

fn approved<'a>(
    lists: &'a Lists,
    engagement: &Engagement<'_>,
    timekeeper_id: &str,
    class: &str,
    day: NaiveDate,
) -> Option<&'a ApprovedRate> {
    let holds = |row: &&ApprovedRate| {
        let of = |wanted: &str, found: &str| wanted.is_empty() || wanted == found;
        in_span(day, row.from, row.until)
            && of(&row.law_firm_matter_id, &engagement.law_firm_matter_id)
            && of(&row.timekeeper_id, timekeeper_id)
            && (row.timekeeper_classification.is_empty()
                || classes().same(&row.timekeeper_classification, class))
            && engagement.is_in(&row.currency)
    };
    let mut best: Option<(Rank, &ApprovedRate)> = None;
    let mut currencies = 0;
    for row in lists.rates.of(&engagement.client_id).filter(holds) {
        let rank = (breadth(row), whom(row), row.from);
        match best {
            Some((known, _)) if rank < known => continue,
            // Two rates that say as much: the firm may bill the higher one.
            Some((known, other)) if rank == known => {
                currencies += usize::from(other.currency != row.currency);
                if row.rate < other.rate {
                    continue;
                }
            }
            _ => currencies = 0,
        }
        best = Some((rank, row));
    }
    // Without a currency on the invoice, rates in two of them cannot be told apart.
    best.filter(|_| currencies == 0).map(|(_, row)| row)
}

/// True where rates are on file for the client of the matter, whoever works.
pub(super) fn has_any(lists: &Lists, engagement: &Engagement<'_>) -> bool {
    !engagement.client_id.is_empty()
        && lists.rates.of(&engagement.client_id).any(|row| {
            !row.client_id.is_empty()
                && (row.law_firm_matter_id.is_empty()
                    || row.law_firm_matter_id == engagement.law_firm_matter_id)
        })
}
