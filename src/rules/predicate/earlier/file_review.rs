//! `excess-file-review`: more hours of reading the file in a month than a client pays (reference
//! guideline-rules.csv, excess-file-review).

use super::{NO_HISTORY, Own};
use crate::model::{Field, Hit, Hits, Invoice, LineKind, RuleId};
use crate::rules::PackMistake;
use crate::rules::condition::Pattern;
use crate::rules::predicate::matters::number_of;
use crate::rules::predicate::places::PLACES;
use crate::rules::predicate::{Judging, Params, Predicate};
use chrono::{Datelike, NaiveDate};
use rust_decimal::Decimal;
use rustc_hash::FxHashMap;

/// Reading the file as a whole; "review file of the expert" or "profile" are something else.
const FILE_REVIEW: &str = r"(?i)\b(?:(?:re-?)?(?:review|read|study|examin|familiari[sz])[a-z]*(?:\s+with)?(?:\s+(?:and|to)\s+(?:analy|organi|re-?review|study)[a-z]*)?(?:\s+(?:of|the|our|entire|complete|whole|case|matter|client(?:'s)?|litigation))*\s+files?(?:\s*(?:[.,;:(]|$|\s(?:for|to|in|and|re|regarding|concerning|on|before|status|history)\b))|(?:case\s+)?file\s+review\b)";

struct FileReview {
    rule: RuleId,
    max_hours_per_month: Decimal,
    pattern: Pattern,
}

/// Parameter: `max_hours_per_month`, of one timekeeper on one matter.
pub(in crate::rules::predicate) fn build(
    params: &mut Params<'_>,
) -> Result<Box<dyn Predicate>, PackMistake> {
    Ok(Box::new(FileReview {
        rule: params.rule,
        max_hours_per_month: params.decimal("max_hours_per_month", Decimal::ONE)?,
        pattern: Pattern::new(FILE_REVIEW),
    }))
}

/// The word without which there is no match: most narratives have none, and this is found faster.
fn names_a_file(narrative: &str) -> bool {
    let bytes = narrative.as_bytes();
    let word = |at: usize| {
        bytes
            .get(at..at + 4)
            .is_some_and(|w| w.eq_ignore_ascii_case(b"file"))
    };
    memchr::memchr2_iter(b'f', b'F', bytes).any(word)
}

/// Year and month.
fn month(day: NaiveDate) -> (i32, u32) {
    (day.year(), day.month())
}

/// One timekeeper's reading of one matter's file in a month.
#[derive(Default)]
struct Read {
    hours: Decimal,
    lines: Vec<usize>,
}

type Reader<'a> = (u32, &'a str, (i32, u32));

impl Predicate for FileReview {
    fn judge(&self, invoice: &Invoice, judging: &Judging, hits: &mut Hits) {
        let mut read: FxHashMap<Reader<'_>, Read> = FxHashMap::default();
        for (index, line) in invoice.lines.iter().enumerate() {
            let own = line.date.get().zip(line.units.get());
            let Some((date, hours)) = own.filter(|_| line.kind.get() == Some(LineKind::Fee)) else {
                continue;
            };
            let timekeeper = invoice.text.raw(line.timekeeper_id).trim();
            let narrative = invoice.get(line.description);
            let told = names_a_file(&narrative) && self.pattern.is_match(&narrative) == Some(true);
            if timekeeper.is_empty() || !told {
                continue;
            }
            let read = read
                .entry((line.matter, timekeeper, month(date)))
                .or_default();
            read.hours = read.hours.checked_add(hours).unwrap_or(read.hours);
            read.lines.push(index);
        }
        if read.is_empty() {
            return;
        }
        if !judging.history.is_loaded() {
            hits.lacking(self.rule, NO_HISTORY);
        }
        let mut read: Vec<_> = read.into_iter().collect();
        read.sort_by_key(|(_, read)| read.lines.first().copied());
        for (reader, read) in read {
            let before = self.before(invoice, judging, reader);
            let hours = before.checked_add(read.hours).unwrap_or(read.hours);
            if hours <= self.max_hours_per_month {
                continue;
            }
            let Some((first, rest)) = read.lines.split_first() else {
                continue;
            };
            let cell = |index: usize| invoice.lines[index].description;
            let (year, month) = reader.2;
            let mut hit = Hit::on_line(self.rule, *first)
                .at(invoice.format, Field::LineDescription, cell(*first))
                .with("timekeeper", reader.1)
                .with("month", format!("{year}-{month:02}"))
                .with("hours", hours.normalize())
                .with("most", self.max_hours_per_month.normalize())
                .with(
                    "before",
                    match before.is_zero() {
                        true => String::new(),
                        false => format!(", {} of them on earlier invoices", before.normalize()),
                    },
                );
            for index in rest.iter().take(PLACES) {
                hit = hit.at_line(invoice.format, Field::LineDescription, cell(*index), *index);
            }
            hits.raise(hit);
        }
    }
}

impl FileReview {
    /// Hours of the same kind on earlier invoices.
    fn before(&self, invoice: &Invoice, judging: &Judging, reader: Reader<'_>) -> Decimal {
        let (matter, timekeeper, wanted) = reader;
        let number = invoice.matters.get(matter as usize);
        let number = number.and_then(|matter| number_of(invoice, matter));
        let Some((own, number)) = Own::of(invoice).zip(number) else {
            return Decimal::ZERO;
        };
        let standing = own.standing(&judging.history, number);
        let lines = standing.iter().flat_map(|(earlier, at)| {
            let lines = earlier.lines.iter();
            lines.filter(move |line| line.matter as usize == *at)
        });
        lines
            .filter(|line| {
                line.kind == Some(LineKind::Fee)
                    && line.timekeeper_id == timekeeper
                    && line.date.is_some_and(|day| month(day) == wanted)
                    && self.pattern.is_match(&line.description) == Some(true)
            })
            .filter_map(|line| line.units)
            .fold(Decimal::ZERO, |sum, hours| {
                sum.checked_add(hours).unwrap_or(sum)
            })
    }
}
