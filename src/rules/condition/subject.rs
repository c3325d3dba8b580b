//! What an expression is asked about: a line, a timekeeper's day, a timekeeper on a matter, a matter, the invoice.

use super::eval::weekdays;
use crate::model::{Invoice, Line, LineKind, Lists, Matter};
use chrono::{Datelike, NaiveDate};
use rust_decimal::Decimal;
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};

/// What a rule is judged for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Level {
    /// Each line.
    Line,
    /// Each day of each timekeeper, over all matters of the invoice; fee lines only.
    TimekeeperDay,
    /// Each timekeeper on each matter; fee lines only.
    Timekeeper,
    /// Each matter.
    Matter,
    /// The invoice.
    Invoice,
}

impl Level {
    /// Every level.
    pub const ALL: [Self; 5] = [
        Self::Line,
        Self::TimekeeperDay,
        Self::Timekeeper,
        Self::Matter,
        Self::Invoice,
    ];

    /// As packs write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Line => "line",
            Self::TimekeeperDay => "timekeeper-day",
            Self::Timekeeper => "timekeeper",
            Self::Matter => "matter",
            Self::Invoice => "invoice",
        }
    }
}

static NO_LINE: LazyLock<Line> = LazyLock::new(Line::default);
static NO_MATTER: LazyLock<Matter> = LazyLock::new(Matter::default);

/// One thing an expression is asked about.
#[derive(Clone, Copy)]
pub struct Subject<'a> {
    /// The invoice.
    pub invoice: &'a Invoice,
    /// Its matter.
    pub matter: &'a Matter,
    /// Its line, or the first of its lines.
    pub line: &'a Line,
    /// Index of that line.
    pub index: usize,
    /// The lines of a timekeeper-day, timekeeper, matter or invoice.
    pub lines: &'a [u32],
    /// Sums over the invoice's lines.
    pub gathered: &'a Gathered,
    /// What it is.
    pub level: Level,
}

impl<'a> Subject<'a> {
    /// A line.
    pub fn of_line(invoice: &'a Invoice, index: usize, gathered: &'a Gathered) -> Self {
        let line = invoice.lines.get(index).unwrap_or(&NO_LINE);
        Self {
            invoice,
            matter: invoice.matter_of(line).unwrap_or(&NO_MATTER),
            line,
            index,
            lines: &[],
            gathered,
            level: Level::Line,
        }
    }

    /// Lines that stand together at `level`.
    pub fn of_lines(
        invoice: &'a Invoice,
        level: Level,
        lines: &'a [u32],
        gathered: &'a Gathered,
    ) -> Self {
        let first = lines.first().map_or(usize::MAX, |first| *first as usize);
        Self {
            lines,
            level,
            ..Self::of_line(invoice, first, gathered)
        }
    }

    /// A matter, of which there may be no line.
    pub fn with_matter(self, matter: &'a Matter) -> Self {
        Self { matter, ..self }
    }
}

/// Lines that stand together, and what they come to.
#[derive(Clone, Default, PartialEq, Debug)]
pub struct Group {
    /// Their indexes.
    pub lines: Vec<u32>,
    /// Hours of their fees.
    pub hours: Decimal,
    /// Sum of their totals.
    pub amount: Decimal,
}

impl Group {
    fn add(&mut self, index: usize, line: &Line) {
        self.lines.push(index as u32);
        let add = |sum: Decimal, more: Option<Decimal>| {
            more.and_then(|m| sum.checked_add(m)).unwrap_or(sum)
        };
        if line.kind.get() == Some(LineKind::Fee) {
            self.hours = add(self.hours, line.units.get());
        }
        self.amount = add(self.amount, line.total.get());
    }
}

/// Which groups the rules in force ask for.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Needs {
    /// Days of timekeepers.
    pub days: bool,
    /// Timekeepers on matters.
    pub timekeepers: bool,
    /// Matters, and the invoice.
    pub matters: bool,
}

impl Needs {
    /// What either needs.
    pub fn and(self, other: Self) -> Self {
        Self {
            days: self.days || other.days,
            timekeepers: self.timekeepers || other.timekeepers,
            matters: self.matters || other.matters,
        }
    }
}

const NONE: u32 = u32::MAX;

/// The groups of an invoice's lines.
#[derive(Clone, Default, PartialEq, Debug)]
pub struct Gathered {
    /// Days of timekeepers, in the order met.
    pub days: Vec<Group>,
    /// Timekeepers on matters, in the order met.
    pub timekeepers: Vec<Group>,
    /// How many of them each matter has, by its index.
    pub timekeepers_on: Vec<u32>,
    /// Matters, by their index.
    pub matters: Vec<Group>,
    /// All lines.
    pub invoice: Group,
    /// The firm's lists.
    pub lists: Arc<Lists>,
    day_of: Vec<u32>,
    timekeeper_of: Vec<u32>,
}

impl Gathered {
    /// Puts the lines of an invoice together, as far as they are asked for.
    pub fn new(invoice: &Invoice, needs: Needs) -> Self {
        let mut all = Self::default();
        let mut days: FxHashMap<(&str, NaiveDate), u32> = FxHashMap::default();
        let mut timekeepers: FxHashMap<(&str, u32), u32> = FxHashMap::default();
        if needs.matters {
            all.matters = vec![Group::default(); invoice.matters.len()];
        }
        if needs.timekeepers {
            all.timekeepers_on = vec![0; invoice.matters.len()];
        }
        if !(needs.days || needs.timekeepers || needs.matters) {
            return all;
        }
        for (index, line) in invoice.lines.iter().enumerate() {
            let fee = line.kind.get() == Some(LineKind::Fee) && !line.timekeeper_id.is_blank();
            let id = invoice.text.raw(line.timekeeper_id);
            if needs.days {
                let place = line
                    .date
                    .get()
                    .filter(|_| fee)
                    .map(|date| join(&mut days, (id, date), &mut all.days, index, line));
                all.day_of.push(place.unwrap_or(NONE));
            }
            if needs.timekeepers {
                let key = (id, line.matter);
                let before = all.timekeepers.len();
                let place =
                    fee.then(|| join(&mut timekeepers, key, &mut all.timekeepers, index, line));
                all.timekeeper_of.push(place.unwrap_or(NONE));
                if all.timekeepers.len() > before
                    && let Some(count) = all.timekeepers_on.get_mut(line.matter as usize)
                {
                    *count += 1;
                }
            }
            if needs.matters {
                if let Some(matter) = all.matters.get_mut(line.matter as usize) {
                    matter.add(index, line);
                }
                all.invoice.add(index, line);
            }
        }
        all
    }

    /// True for a day on the firm's list of holidays, in whichever calendar.
    pub fn is_holiday(&self, day: NaiveDate) -> bool {
        let mut holidays = self.lists.holidays.rows().iter();
        holidays.any(|holiday| holiday.date == day)
    }

    /// Days of work after `from`, up to and with `to`; negative where `to` is earlier.
    pub fn business_days(&self, from: NaiveDate, to: NaiveDate) -> i64 {
        if to < from {
            return -self.business_days(to, from);
        }
        let inside =
            |day: &NaiveDate| from < *day && *day <= to && day.weekday().num_days_from_monday() < 5;
        let holidays = self
            .lists
            .holidays
            .rows()
            .iter()
            .map(|holiday| holiday.date);
        let holidays: BTreeSet<NaiveDate> = holidays.filter(inside).collect();
        weekdays(from, to) - holidays.len() as i64
    }

    /// The timekeeper's day a line belongs to.
    pub fn day_of(&self, line: usize) -> Option<&Group> {
        self.days.get(*self.day_of.get(line)? as usize)
    }

    /// The timekeeper on a matter a line belongs to.
    pub fn timekeeper_of(&self, line: usize) -> Option<&Group> {
        self.timekeepers
            .get(*self.timekeeper_of.get(line)? as usize)
    }
}

fn join<K: std::hash::Hash + Eq>(
    known: &mut FxHashMap<K, u32>,
    key: K,
    groups: &mut Vec<Group>,
    index: usize,
    line: &Line,
) -> u32 {
    let place = *known.entry(key).or_insert_with(|| {
        groups.push(Group::default());
        groups.len() as u32 - 1
    });
    groups[place as usize].add(index, line);
    place
}
