//! Fees of people: a timekeeper's hours on a day.

use super::engagement::{Engagement, of_line};
use crate::model::{Field, Hit, Invoice, Line, LineKind, Lists, RuleId};
use crate::rules::narrative::{Class as Activity, NarrativeReading};
use crate::rules::predicate::amount::shown;
use crate::rules::utbms::Classes;
use chrono::NaiveDate;
use rust_decimal::Decimal;
use std::borrow::Cow;

/// A fee that names its timekeeper and its day. Flat fees and adjustments stand for no person and are left out.
pub(in crate::rules::predicate) struct Fee<'a> {
    /// Index of the line.
    pub index: usize,
    /// The line.
    pub line: &'a Line,
    /// Its matter.
    pub engagement: &'a Engagement<'a>,
    /// TIMEKEEPER_ID.
    pub timekeeper_id: Cow<'a, str>,
    /// The day of the work.
    pub date: NaiveDate,
}

/// The fees of people, in the order of the file. One without a day or without an id is another rule's business.
pub(in crate::rules::predicate) fn fees<'a>(
    invoice: &'a Invoice,
    engagements: &'a [Engagement<'a>],
) -> impl Iterator<Item = Fee<'a>> {
    invoice
        .lines
        .iter()
        .enumerate()
        .filter(|(_, line)| is_of_person(invoice, line) && !line.timekeeper_id.is_blank())
        .filter_map(|(index, line)| {
            Some(Fee {
                index,
                line,
                engagement: of_line(engagements, line)?,
                timekeeper_id: invoice.get(line.timekeeper_id),
                date: line.date.get()?,
            })
        })
}

/// True for a fee that stands for the work of a person, not for a fixed charge.
pub(in crate::rules::predicate) fn is_of_person(invoice: &Invoice, line: &Line) -> bool {
    line.kind.get() == Some(LineKind::Fee)
        && !Classes::is_nobody(invoice.text.raw(line.timekeeper_classification))
        && !invoice.text.raw(line.charge_type).eq_ignore_ascii_case("F")
}

/// Hours and rate of a charge; `None` for credits, for time without charge, and where one cannot be read.
pub(in crate::rules::predicate) fn priced(line: &Line) -> Option<(Decimal, Decimal)> {
    let both = line.units.get().zip(line.unit_cost.get());
    both.filter(|(units, rate)| *units > Decimal::ZERO && *rate > Decimal::ZERO)
}

/// True where an activity or task code says travel (A112; B195 in bankruptcy).
pub(in crate::rules::predicate) fn is_coded_travel(activity: &str, task: &str) -> bool {
    [activity, task]
        .iter()
        .any(|code| code.eq_ignore_ascii_case("A112") || code.eq_ignore_ascii_case("B195"))
}

/// True where a narrative tells of travel and of nothing else.
pub(in crate::rules::predicate) fn tells_travel_only(reading: &NarrativeReading) -> bool {
    let mut classes = reading
        .segments
        .iter()
        .map(|segment| segment.class)
        .filter(|class| *class != Activity::None)
        .peekable();
    classes.peek().is_some()
        && classes.all(|class| class == Activity::A112)
        && !reading.travel_mixed()
}

impl<'a> Fee<'a> {
    /// The timekeeper's class as the line has it, else as the firm's list has it.
    pub fn class(&self, invoice: &'a Invoice, lists: &'a Lists) -> Cow<'a, str> {
        match self.line.timekeeper_classification.is_blank() {
            false => invoice.get(self.line.timekeeper_classification),
            true => {
                let row = super::roster::row(lists, &self.timekeeper_id, self.date);
                Cow::Borrowed(row.map_or("", |row| row.timekeeper_classification.as_str()))
            }
        }
    }

    /// The timekeeper for messages: the id, and the name where one is known.
    pub fn who(&self, invoice: &Invoice, lists: &Lists) -> String {
        let line = self.line;
        let name = if !line.timekeeper_name.is_blank() {
            invoice.get(line.timekeeper_name).into_owned()
        } else if !line.timekeeper_last_name.is_blank() {
            let first = invoice.get(line.timekeeper_first_name);
            joined(&invoice.get(line.timekeeper_last_name), &first)
        } else if let Some(name) = self.name_in_summary(invoice) {
            name
        } else if let Some(row) = super::roster::row(lists, &self.timekeeper_id, self.date) {
            joined(&row.last_name, &row.first_name)
        } else {
            String::new()
        };
        match name.as_str() {
            "" => self.timekeeper_id.to_string(),
            name => format!("{} ({name})", self.timekeeper_id),
        }
    }

    /// The name in the matter's summaries of timekeepers (XML formats).
    fn name_in_summary(&self, invoice: &Invoice) -> Option<String> {
        let mut people = invoice.matter_of(self.line)?.timekeepers.iter();
        let person = people.find(|p| invoice.get(p.id) == self.timekeeper_id)?;
        let last = invoice.get(person.last_name);
        (!last.is_empty()).then(|| joined(&last, &invoice.get(person.first_name)))
    }

    /// A hit about the line's rate. At risk is what the rate is above `allowed`, less what the line's own
    /// adjustment already takes off.
    pub fn above(
        &self,
        rule: RuleId,
        invoice: &Invoice,
        (units, rate): (Decimal, Decimal),
        allowed: Decimal,
    ) -> Hit {
        let mut hit = Hit::on_line(rule, self.index)
            .at(invoice.format, Field::UnitCost, self.line.unit_cost.cell)
            .with("rate", shown(rate))
            .with("allowed", shown(allowed))
            .with("day", self.date)
            .with("matter", self.engagement.name())
            .with("client", &self.engagement.client_id)
            .expecting(shown(allowed));
        let taken_off = self.line.adjustment.get().unwrap_or_default();
        hit.amount = rate
            .checked_sub(allowed)
            .and_then(|excess| excess.checked_mul(units))
            .and_then(|excess| excess.checked_add(taken_off.min(Decimal::ZERO)))
            .map(|excess| excess.max(Decimal::ZERO).round_dp(2));
        hit
    }
}

fn joined(last: &str, first: &str) -> String {
    match first {
        "" => last.to_owned(),
        first => format!("{last}, {first}"),
    }
}
