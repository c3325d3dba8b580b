//! `internal-conference-mismatch`: those who took part in a conference inside the firm record different hours,
//! or only one of them records it (guideline-rules.csv; TRIB, AUDIT).

use super::named_people::People;
use super::topics::WordSet;
use super::{Judging, Params, Predicate, repeats};
use crate::model::{Hit, Hits, Invoice, RuleId};
use crate::rules::PackMistake;
use crate::rules::narrative::{NarrativeReading, Segment};
use crate::rules::predicate::entries::{billed, words};
use chrono::NaiveDate;
use rust_decimal::Decimal;
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeMap;

struct ConferenceMismatch {
    rule: RuleId,
    tolerance: Decimal,
    one_sided: bool,
}

/// Parameters: `tolerance`, hours; `one_sided` (true: a conference that only one of those named records is found
/// too).
pub(super) fn build(params: &mut Params<'_>) -> Result<Box<dyn Predicate>, PackMistake> {
    Ok(Box::new(ConferenceMismatch {
        rule: params.rule,
        tolerance: params.decimal("tolerance", Decimal::new(1, 1))?,
        one_sided: params.flag("one_sided", true)?,
    }))
}

/// A conference as one of those in it records it.
struct Record {
    line: u32,
    matter: u32,
    date: NaiveDate,
    biller: u32,
    with: Vec<u32>,
    /// Its own hours; `None` where the line tells other tasks under the same time.
    hours: Option<Decimal>,
    about: WordSet,
}

/// What two people record of their conferences on a day: lines of the one and of the other.
#[derive(Default)]
struct Pair<'a> {
    sides: [Vec<&'a Record>; 2],
}

impl Predicate for ConferenceMismatch {
    fn judge(&self, invoice: &Invoice, judging: &Judging, hits: &mut Hits) {
        let narratives = judging.narratives(invoice);
        let talks = |s: &Segment| s.internal && !s.written;
        let mut people: Option<People<'_>> = None;
        let mut records: Vec<Record> = Vec::new();
        // Everybody with a conference inside the firm on the day, with whomever.
        let mut talked: FxHashSet<(u32, NaiveDate)> = FxHashSet::default();
        for told in narratives.iter(invoice) {
            for segment in told.reading.segments.iter().filter(|s| talks(s)) {
                let people = people.get_or_insert_with(|| People::of(invoice));
                let Some(biller) = people.biller(invoice, told.line) else {
                    continue;
                };
                let Some((date, line_hours)) = told.line.date.get().zip(billed(invoice, told.line))
                else {
                    continue;
                };
                talked.insert((biller, date));
                let party = segment.counterparty.clone();
                let party = party.and_then(|range| told.text.get(range)).unwrap_or("");
                let mut with = people.named(party);
                with.retain(|person| *person != biller);
                let text = told.part(segment);
                if with.is_empty() || !is_conference(text) {
                    continue;
                }
                records.push(Record {
                    line: told.index as u32,
                    matter: told.line.matter,
                    date,
                    biller,
                    with,
                    hours: own_hours(told.reading, segment, line_hours),
                    about: WordSet::of_subject(text),
                });
            }
        }
        if let Some(people) = people {
            self.mismatches(invoice, &people, &records, hits);
            if self.one_sided {
                self.alone(invoice, &people, &records, &talked, hits);
            }
        }
    }
}

impl ConferenceMismatch {
    fn mismatches(
        &self,
        invoice: &Invoice,
        people: &People<'_>,
        records: &[Record],
        hits: &mut Hits,
    ) {
        let mut pairs: BTreeMap<(u32, NaiveDate, u32, u32), Pair<'_>> = BTreeMap::new();
        for record in records {
            for other in &record.with {
                let low = record.biller.min(*other);
                let key = (record.matter, record.date, low, record.biller.max(*other));
                let side = usize::from(record.biller != low);
                pairs.entry(key).or_default().sides[side].push(record);
            }
        }
        let mut found: Vec<Hit> = Vec::new();
        let mut of_line: FxHashMap<u32, usize> = FxHashMap::default();
        for ((_, date, ..), pair) in &pairs {
            let Some([one, other]) = pair.differ(self.tolerance) else {
                continue;
            };
            let mut lines: Vec<u32> = pair.sides.iter().flatten().map(|r| r.line).collect();
            lines.sort_unstable();
            lines.dedup();
            // Three in one conference are three pairs.
            let known = lines.iter().find_map(|line| of_line.get(line).copied());
            let at = known.unwrap_or(found.len());
            let new: Vec<u32> = lines
                .into_iter()
                .filter(|line| of_line.insert(*line, at).is_none())
                .collect();
            if known.is_some() {
                let marks = new.iter().flat_map(|line| {
                    let hit = repeats::hit(self.rule, invoice, *line, &[]);
                    hit.marks
                });
                found[at].marks.extend(marks);
                continue;
            }
            let Some((first, others)) = new.split_first() else {
                continue;
            };
            let name = |side: usize| {
                let first = pair.sides[side].first();
                people.name(first.map_or(0, |r| r.biller))
            };
            found.push(
                repeats::hit(self.rule, invoice, *first, others)
                    .with("one", name(0))
                    .with("hours1", one.normalize())
                    .with("other", name(1))
                    .with("hours2", other.normalize())
                    .with("date", date),
            );
        }
        found.sort_by_key(|hit| hit.anchor);
        for hit in found {
            hits.raise(hit);
        }
    }

    /// Conferences of which nobody else named in them records any on the day.
    fn alone(
        &self,
        invoice: &Invoice,
        people: &People<'_>,
        records: &[Record],
        talked: &FxHashSet<(u32, NaiveDate)>,
        hits: &mut Hits,
    ) {
        for record in records {
            if record
                .with
                .iter()
                .any(|p| talked.contains(&(*p, record.date)))
            {
                continue;
            }
            let others = record.with.iter().map(|p| people.name(*p).to_owned());
            hits.raise(
                repeats::hit(self.rule, invoice, record.line, &[])
                    .variant("one-sided")
                    .with("one", people.name(record.biller))
                    .with("other", repeats::listed(others))
                    .with("date", record.date),
            );
        }
    }
}

impl Pair<'_> {
    /// The hours of both, where they are known of the same conferences and differ by more.
    fn differ(&self, tolerance: Decimal) -> Option<[Decimal; 2]> {
        let [one, other] = &self.sides;
        let about = |a: &Record, b: &Record| {
            a.about.is_empty() || b.about.is_empty() || a.about.shares_most(&b.about)
        };
        let same = one.iter().any(|a| other.iter().any(|b| about(a, b)));
        let sum = |side: &[&Record]| {
            side.iter()
                .try_fold(Decimal::ZERO, |sum, r| sum.checked_add(r.hours?))
        };
        let hours = [sum(one)?, sum(other)?];
        let difference = hours[0].checked_sub(hours[1])?.abs();
        (same && difference > tolerance).then_some(hours)
    }
}

/// The conference's own time: that in brackets, or the line's where it is all the line tells.
fn own_hours(reading: &NarrativeReading, segment: &Segment, line: Decimal) -> Option<Decimal> {
    match segment.time {
        Some(hundredths) => Some(Decimal::new(i64::from(hundredths), 2)),
        None => (reading.tasks().count() == 1).then_some(line),
    }
}

/// Two took part in it: no message, no instruction.
fn is_conference(text: &str) -> bool {
    const STEMS: [&str; 10] = [
        "confer",
        "conf",
        "meet",
        "met",
        "call",
        "discuss",
        "telephone",
        "spoke",
        "talk",
        "zoom",
    ];
    let mut both = false;
    for word in words(text) {
        let word = word.to_ascii_lowercase();
        if word.starts_with("message") || word.starts_with("voicemail") {
            return false;
        }
        both |= STEMS.iter().any(|stem| word.starts_with(stem)) || word == "tc";
    }
    both
}
