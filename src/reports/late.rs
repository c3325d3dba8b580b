//! The clock of late billing, which a rejection does not stop: days against the limits of the client's packs.

use crate::model::RuleId;
use crate::rules::pack::written::Param;
use crate::rules::{Circumstances, PackMistake, Shelf};
use crate::store::InvoiceRow;
use chrono::{Days, NaiveDate};
use std::collections::HashMap;

/// Rules with a limit of days, the parameter it stands in, and what is counted.
const LIMITS: [(&str, &str, &str); 2] = [
    ("late-invoice", "max_days_after_period", "the invoice date"),
    ("late-time-entry", "max_age_days", "the oldest line"),
];

/// The limits of a client, which hold for all invoices of a matter and date.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Limits([Option<i64>; 2]);

/// What tells limits apart before packs are looked at: client, matter, portal, and between which two days on which packs
/// begin or end.
type Place = (String, String, String, Option<usize>);

/// The limits of many invoices. Putting the rules of a client together takes as long as checking an invoice of hundreds of
/// lines, so the same packs are put together once, whichever invoices they govern.
pub struct ClientLimits<'a> {
    shelf: &'a Shelf,
    turns: Vec<NaiveDate>,
    of_places: HashMap<Place, Limits>,
    /// By names and versions of packs.
    of_packs: HashMap<Vec<(String, String)>, Limits>,
}

impl<'a> ClientLimits<'a> {
    /// None is known yet.
    pub fn new(shelf: &'a Shelf) -> Self {
        Self {
            shelf,
            turns: shelf.turns(),
            of_places: HashMap::new(),
            of_packs: HashMap::new(),
        }
    }

    /// The limits for an invoice, as [`Limits::of`] has them.
    ///
    /// # Errors
    /// A mistake in a pack.
    pub fn of(&mut self, row: &InvoiceRow, portal: &str) -> Result<Limits, PackMistake> {
        let day = date(row);
        let span = day.map(|day| self.turns.partition_point(|turn| *turn <= day));
        let place = (
            row.client.clone(),
            row.matter.clone(),
            portal.to_owned(),
            span,
        );
        if let Some(known) = self.of_places.get(&place) {
            return Ok(*known);
        }
        let packs = self.shelf.packs_on(&told(row, portal), day)?;
        let names: Vec<(String, String)> = packs
            .iter()
            .map(|p| (p.pack.clone(), p.version.clone()))
            .collect();
        let own = match self.of_packs.get(&names) {
            Some(known) => *known,
            None => {
                let own = Limits::of(row, portal, self.shelf)?;
                self.of_packs.insert(names, own);
                own
            }
        };
        self.of_places.insert(place, own);
        Ok(own)
    }
}

fn told(row: &InvoiceRow, portal: &str) -> Circumstances {
    Circumstances {
        client_id: Some(row.client.clone()),
        portal: Some(portal.to_owned()).filter(|p| !p.is_empty()),
        law_firm_matter_id: vec![row.matter.clone()],
        ..Circumstances::default()
    }
}

impl Limits {
    /// The limits for an invoice. Only a rule that is on for the client is one: the house's own is no term of theirs.
    ///
    /// # Errors
    /// A mistake in a pack.
    pub fn of(row: &InvoiceRow, portal: &str, shelf: &Shelf) -> Result<Self, PackMistake> {
        let rules = shelf.rules_on(&told(row, portal), date(row))?;
        let of_client = |pack: &str| !["house", "guidelines"].contains(&pack);
        Ok(Self(LIMITS.map(|(rule, parameter, _)| {
            rules
                .rule(RuleId::intern(rule))
                .filter(|r| !r.is_off() && of_client(&r.pack))
                .and_then(|r| match r.params.get(parameter) {
                    Some(Param::Integer(days)) => Some(*days),
                    _ => None,
                })
        })))
    }

    /// Whether there is one.
    pub fn is_known(self) -> bool {
        self.0.iter().any(Option::is_some)
    }

    /// Whether one counts from the oldest line, so that the file has to be read.
    pub fn needs_lines(self) -> bool {
        self.0[1].is_some()
    }
}

fn date(row: &InvoiceRow) -> Option<NaiveDate> {
    row.invoice_date.as_deref().and_then(|d| d.parse().ok())
}

/// One of its limits.
struct Counted {
    what: &'static str,
    from: Option<NaiveDate>,
    limit: Option<i64>,
}

/// Days that have passed, by what is counted.
pub struct Clock {
    today: NaiveDate,
    counted: Vec<Counted>,
}

impl Clock {
    /// The days of an invoice that is not at its portal. `oldest`: the first day any of its lines is of.
    pub fn of(
        row: &InvoiceRow,
        oldest: Option<NaiveDate>,
        limits: Limits,
        today: NaiveDate,
    ) -> Self {
        let from = [date(row), oldest];
        let each = LIMITS.iter().zip(from).zip(limits.0);
        let counted = each.map(|(((_, _, what), from), limit)| Counted { what, from, limit });
        Self {
            today,
            counted: counted.collect(),
        }
    }

    /// The last day on which it is not late, and how that was computed; `None` where no limit is configured.
    pub fn last_day(&self) -> Option<(NaiveDate, String)> {
        let days = self.counted.iter().filter_map(|c| {
            let (from, limit) = (c.from?, c.limit?);
            let last = from.checked_add_days(Days::new(u64::try_from(limit).ok()?))?;
            let words = format!(
                "{limit} days after {} ({from}), by the client's pack",
                c.what
            );
            Some((last, words))
        });
        days.min()
    }

    /// Whether a limit of the client is passed.
    pub fn is_over(&self) -> bool {
        let last = self.last_day();
        last.is_some_and(|(last, _)| last < self.today)
    }

    /// In words.
    pub fn sentences(&self) -> Vec<String> {
        let one = |c: &Counted| {
            let what = c.what;
            let Some(from) = c.from else {
                return format!("{what} is not known");
            };
            let days = (self.today - from).num_days();
            match c.limit {
                None => {
                    format!("{days} days since {what}; a limit of the client is not configured")
                }
                Some(limit) if days > limit => {
                    format!(
                        "{days} days since {what}: {} over the client's limit of {limit}",
                        days - limit
                    )
                }
                Some(limit) => {
                    format!(
                        "{days} days since {what}: {} left of the client's limit of {limit}",
                        limit - days
                    )
                }
            }
        };
        self.counted.iter().map(one).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shorter_of_two_limits_is_the_last_day() {
        let day = |text: &str| text.parse::<NaiveDate>().expect("a day");
        let row = InvoiceRow {
            invoice_date: Some("2026-01-31".to_owned()),
            ..InvoiceRow::default()
        };
        let oldest = Some(day("2026-01-02"));
        let last = |limits: [Option<i64>; 2]| {
            let clock = Clock::of(&row, oldest, Limits(limits), day("2026-02-15"));
            clock.last_day().map(|(last, _)| last)
        };
        assert_eq!(last([None, None]), None);
        assert_eq!(last([Some(29), None]), Some(day("2026-03-01")));
        assert_eq!(last([Some(30), Some(45)]), Some(day("2026-02-16")));
        assert!(
            !Limits([Some(1), None]).needs_lines() && Limits::default() == Limits([None, None])
        );
        let clock = Clock::of(&row, None, Limits([Some(10), Some(5)]), day("2026-02-15"));
        assert_eq!(
            clock.sentences(),
            [
                "15 days since the invoice date: 5 over the client's limit of 10",
                "the oldest line is not known"
            ]
        );
    }
}
