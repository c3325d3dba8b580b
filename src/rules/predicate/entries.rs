//! The entries of an invoice as those look at them that search for repeats: words, person, date and matter,
//! each hashed once. Case, blanks and punctuation do not count.

use super::narratives::Told;
use crate::model::{EarlierLine, Invoice, Line, LineKind};
use crate::rules::narrative::{Class, NarrativeReading, Reader, Roster, eight};
use chrono::NaiveDate;
use rust_decimal::Decimal;
use std::ops::Range;

/// What kind of work an entry tells, as far as it decides whether a repeat means anything.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Telling {
    /// Presence or travel: the same words on every day of a trial are as it was.
    Presence,
    /// Calls and meetings: several people in one of them are `same-task-several-timekeepers`' affair.
    Talk,
    /// Anything else.
    Work,
}

impl Telling {
    fn of(reading: &NarrativeReading) -> Self {
        let presence = |class| matches!(class, Class::A109 | Class::A112);
        if reading.segments.is_empty() {
            Self::Work
        } else if reading.tasks().all(|s| presence(s.class)) {
            Self::Presence
        } else if reading
            .tasks()
            .all(|s| s.class.is_communication() && !s.written)
        {
            Self::Talk
        } else {
            Self::Work
        }
    }
}

/// One entry.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    /// Index of its line in its invoice.
    pub line: u32,
    /// Its matter, hashed by the matter's own number.
    pub matter: u64,
    /// Its timekeeper, hashed by id.
    pub person: u64,
    /// Its date.
    pub date: Option<NaiveDate>,
    /// Its hours.
    pub hours: Decimal,
    /// Its words in their order, hashed.
    pub text: u64,
    /// The hashes of its numbers laid over one another: the same for texts with the same numbers.
    pub numbers: u64,
    /// What kind of work it tells.
    pub telling: Telling,
    words: Range<u32>,
}

/// A word of an entry.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Word {
    /// Its letters without case, hashed.
    pub hash: u32,
    /// A number, or a name inside a sentence: two texts that differ there are about two things.
    pub telling: bool,
}

/// Words of a usual narrative.
const USUAL_WORDS: usize = 16;

/// A digit, in [`KINDS`].
const DIGIT: u8 = 2;

/// What words are made of: 1 for letters, [`DIGIT`], and 0 for all else.
const KINDS: [u8; 256] = {
    let mut kinds = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let own = byte as u8;
        if own.is_ascii_digit() {
            kinds[byte] = DIGIT;
        } else if own.is_ascii_alphabetic() {
            kinds[byte] = 1;
        }
        byte += 1;
    }
    kinds
};

/// Entries of one invoice, or of the earlier ones of a client.
#[derive(Clone, Debug, Default)]
pub(super) struct Entries {
    entries: Vec<Entry>,
    words: Vec<Word>,
}

impl Entries {
    /// The fee entries of an invoice that bill time: a credit, a line of no amount and a flat price repeat the
    /// words of the work they go with.
    pub fn of<'a>(invoice: &Invoice, told: impl Iterator<Item = Told<'a>>) -> Self {
        let lines = invoice.lines.len();
        let mut all = Self {
            entries: Vec::with_capacity(lines),
            words: Vec::with_capacity(lines * USUAL_WORDS),
        };
        let matters = matters(invoice);
        for told in told {
            let Some(hours) = billed(invoice, told.line) else {
                continue;
            };
            let Some(person) = person(invoice, told.line) else {
                continue;
            };
            let matter = matters.get(told.line.matter as usize).copied();
            all.push(
                &told.text,
                Entry {
                    line: told.index as u32,
                    matter: matter.unwrap_or_default(),
                    person: hash(person.as_bytes()),
                    date: told.line.date.get(),
                    hours,
                    text: 0,
                    numbers: 0,
                    telling: Telling::of(told.reading),
                    words: 0..0,
                },
            );
        }
        all
    }

    /// The fee entries among lines of earlier invoices, each with the matter of this invoice it is on, hashed as
    /// by [`matters`]. [`Entry::line`] is the place in `lines`.
    pub fn of_earlier<'a>(lines: impl Iterator<Item = (u64, &'a EarlierLine)>) -> Self {
        let mut all = Self::default();
        let (mut reader, nobody) = (Reader::default(), Roster::default());
        for (at, (matter, line)) in lines.enumerate() {
            let above_zero = |value: Option<Decimal>| value.filter(|v| *v > Decimal::ZERO);
            let billed = above_zero(line.units).zip(above_zero(line.total));
            let Some((hours, _)) = billed.filter(|_| line.kind == Some(LineKind::Fee)) else {
                continue;
            };
            all.push(
                &line.description,
                Entry {
                    line: at as u32,
                    matter,
                    person: hash(line.timekeeper_id.as_bytes()),
                    date: line.date,
                    hours,
                    text: 0,
                    numbers: 0,
                    telling: Telling::of(&reader.read(&line.description, &nobody)),
                    words: 0..0,
                },
            );
        }
        all
    }

    /// Adds an entry with its text.
    fn push(&mut self, text: &str, entry: Entry) {
        let start = self.words.len() as u32;
        let (mut whole, mut numbers) = (0_u64, 0);
        if text.is_ascii() {
            (whole, numbers) = self.push_ascii(text.as_bytes());
        }
        let others = if text.is_ascii() { "" } else { text };
        for (at, word) in words(others).enumerate() {
            let hashed = match word.is_ascii() {
                true => plain(word.as_bytes(), 0..word.len()),
                false => hash(word.as_bytes()),
            };
            whole = mixed(whole, hashed);
            let number = word.bytes().any(|b| b.is_ascii_digit());
            if number {
                numbers |= hashed;
            }
            let name = at > 0 && word.chars().next().is_some_and(char::is_uppercase);
            self.words.push(Word {
                hash: (hashed >> 32) as u32,
                telling: number || name,
            });
        }
        self.entries.push(Entry {
            text: whole,
            numbers,
            words: start..self.words.len() as u32,
            ..entry
        });
    }

    /// Adds the words of a text of plain letters, as nearly all are, in one pass, and gives the hash of the whole
    /// and of its numbers.
    fn push_ascii(&mut self, text: &[u8]) -> (u64, u64) {
        let (mut whole, mut numbers) = (0_u64, 0);
        let (start, mut at) = (self.words.len(), 0);
        while let Some(&first) = text.get(at) {
            if KINDS[usize::from(first)] == 0 {
                at += 1;
                continue;
            }
            let from = at;
            let mut kinds = 0;
            while let Some(byte) = text.get(at) {
                let kind = KINDS[usize::from(*byte)];
                if kind == 0 {
                    break;
                }
                kinds |= kind;
                at += 1;
            }
            let number = kinds & DIGIT != 0;
            let hashed = plain(text, from..at);
            whole = mixed(whole, hashed);
            if number {
                numbers |= hashed;
            }
            let name = self.words.len() > start && first.is_ascii_uppercase();
            self.words.push(Word {
                hash: (hashed >> 32) as u32,
                telling: number || name,
            });
        }
        (whole, numbers)
    }

    /// The entries, in the order of their lines.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Entry> {
        self.entries.iter()
    }

    /// The words of one of them, in their order.
    pub fn words(&self, entry: &Entry) -> &[Word] {
        let range = entry.words.start as usize..entry.words.end as usize;
        self.words.get(range).unwrap_or(&[])
    }

    /// Entries that have the same key, two or more, each group in the order of the lines.
    pub fn alike(&self, key: impl Fn(&Entry) -> Option<u64>) -> Vec<Vec<&Entry>> {
        let mut keyed: Vec<(u64, &Entry)> = self
            .entries
            .iter()
            .filter_map(|entry| Some((key(entry)?, entry)))
            .collect();
        keyed.sort_unstable_by_key(|(key, entry)| (*key, entry.line));
        let mut groups: Vec<Vec<&Entry>> = keyed
            .chunk_by(|(a, _), (b, _)| a == b)
            .filter(|run| run.len() > 1)
            .map(|run| run.iter().map(|(_, entry)| *entry).collect())
            .collect();
        groups.sort_unstable_by_key(|group| group.first().map(|entry| entry.line));
        groups
    }
}

impl Entry {
    /// The same for entries of one text, timekeeper, date and matter; `None` without a date.
    pub fn identity(&self) -> Option<u64> {
        let day = self.date?.to_epoch_days();
        let who = mixed(self.matter, self.person);
        Some(mixed(mixed(who, self.text), day as u64))
    }
}

/// The matters of an invoice, each hashed by the client's number, else by the firm's.
pub(super) fn matters(invoice: &Invoice) -> Vec<u64> {
    let hashed = invoice.matters.iter().map(|matter| {
        let id = match matter.client_matter_id.is_blank() {
            false => matter.client_matter_id,
            true => matter.law_firm_matter_id,
        };
        hash(invoice.text.raw(id).as_bytes())
    });
    hashed.collect()
}

/// The line a finding about repeats is about, where rules of one family meet: the first of those with the same
/// text, timekeeper and date, else the first of the text that stands there most often.
pub(super) fn meeting_line(entries: &[&Entry]) -> Option<u32> {
    let mut sorted: Vec<(u64, u64, u32)> = entries
        .iter()
        .map(|e| (e.text, e.identity().unwrap_or_default(), e.line))
        .collect();
    sorted.sort_unstable();
    let same = |a: &(u64, u64, u32), b: &(u64, u64, u32)| (a.0, a.1) == (b.0, b.1);
    let twins = sorted.chunk_by(same).filter(|run| run.len() > 1);
    let first = twins.filter_map(|run| run.first().map(|e| e.2)).min();
    first.or_else(|| {
        let texts = sorted.chunk_by(|a, b| a.0 == b.0);
        let lines = texts.map(|run| {
            let first = run.iter().map(|e| e.2).min().unwrap_or_default();
            (run.len(), std::cmp::Reverse(first))
        });
        lines.max().map(|(_, first)| first.0)
    })
}

/// The hours of a line that bills time; `None` for flat fees, credits and lines without amount.
pub(super) fn billed(invoice: &Invoice, line: &Line) -> Option<Decimal> {
    let above_zero = |value: Option<Decimal>| value.is_none_or(|v| v > Decimal::ZERO);
    let flat = invoice.text.raw(line.charge_type).eq_ignore_ascii_case("F");
    let hours = line.units.get()?;
    (!flat && hours > Decimal::ZERO && above_zero(line.total.get())).then_some(hours)
}

/// Who a line's timekeeper is: the id, else the name.
pub(super) fn person<'a>(invoice: &'a Invoice, line: &Line) -> Option<&'a str> {
    let cells = [
        line.timekeeper_id,
        line.timekeeper_name,
        line.timekeeper_last_name,
    ];
    let cell = cells.into_iter().find(|cell| !cell.is_blank())?;
    Some(invoice.text.raw(cell).trim())
}

/// The words of a text: letters and digits that stand together.
pub(super) fn words(text: &str) -> impl Iterator<Item = &str> {
    let mut at = 0;
    std::iter::from_fn(move || {
        while let (false, width) = letter(text, at)? {
            at += width;
        }
        let from = at;
        while let Some((true, width)) = letter(text, at) {
            at += width;
        }
        text.get(from..at)
    })
}

/// Whether a letter or digit stands at a place, and the bytes of what stands there; `None` at the end.
fn letter(text: &str, at: usize) -> Option<(bool, usize)> {
    let byte = *text.as_bytes().get(at)?;
    if byte.is_ascii() {
        return Some((KINDS[usize::from(byte)] != 0, 1));
    }
    let character = text.get(at..)?.chars().next()?;
    Some((character.is_alphanumeric(), character.len_utf8()))
}

/// A hash of a word of a text without regard to case: all of it are plain letters and digits, and one bit makes small
/// letters of them and leaves digits as they are.
fn plain(text: &[u8], word: Range<usize>) -> u64 {
    const SMALL: u64 = 0x2020_2020_2020_2020;
    let (mut sum, mut at) = (0, word.start);
    while at < word.end {
        sum = mixed(sum, eight(text, at..word.end) | SMALL);
        at += 8;
    }
    sum
}

/// A hash of a word without regard to case.
pub(super) fn hash(word: &[u8]) -> u64 {
    if word.is_ascii() {
        return folded(word.iter().map(u8::to_ascii_lowercase));
    }
    match std::str::from_utf8(word) {
        Ok(text) => folded(text.to_lowercase().bytes()),
        Err(_) => folded(word.iter().copied()),
    }
}

/// FNV-1a with a last turn, so that the upper half is as good as the lower.
fn folded(bytes: impl Iterator<Item = u8>) -> u64 {
    mixed(0, bytes.fold(FNV, fnv))
}

/// What FNV-1a begins with.
const FNV: u64 = 0xcbf2_9ce4_8422_2325;

fn fnv(sum: u64, byte: u8) -> u64 {
    (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
}

/// Two hashes made one; the order counts.
pub(super) fn mixed(sum: u64, more: u64) -> u64 {
    let turned = (sum.rotate_left(23) ^ more).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    turned ^ (turned >> 29)
}

#[cfg(test)]
impl Entries {
    /// Of texts by one person on one matter, each with a day of March 2026.
    pub fn written(texts: &[(&str, u32)]) -> Self {
        let mut all = Self::default();
        for (line, (text, day)) in texts.iter().enumerate() {
            let entry = Entry {
                line: line as u32,
                matter: 1,
                person: 1,
                date: NaiveDate::from_ymd_opt(2026, 3, *day),
                hours: Decimal::ONE,
                text: 0,
                numbers: 0,
                telling: Telling::Work,
                words: 0..0,
            };
            all.push(text, entry);
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_blanks_and_punctuation_do_not_count() {
        let entries = Entries::written(&[
            ("Review Charter-Party of the Margit.", 1),
            ("review  charter party of the MARGIT", 1),
            ("Review charter party of the Margit 2", 1),
            ("Margit the of party charter review", 1),
            ("R\u{e9}vision", 1),
            ("R\u{c9}VISION", 1),
        ]);
        let texts: Vec<u64> = entries.iter().map(|e| e.text).collect();
        assert_eq!(texts[0], texts[1]);
        assert!(texts[0] != texts[2] && texts[0] != texts[3]);
        assert_eq!(texts[4], texts[5]);
    }

    #[test]
    fn groups_meet_at_the_first_of_twins() {
        let entries = Entries::written(&[("a b", 1), ("a c", 2), ("a b", 3), ("a b", 3)]);
        let all: Vec<&Entry> = entries.iter().collect();
        assert_eq!(meeting_line(&all), Some(2));
        assert_eq!(meeting_line(&all[..3]), Some(0));
        assert_eq!(meeting_line(&[]), None);
        let twins = entries.alike(Entry::identity);
        assert_eq!(twins.len(), 1);
        assert_eq!(twins[0].len(), 2);
    }
}
