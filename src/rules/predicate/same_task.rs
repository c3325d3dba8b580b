//! `same-task-several-timekeepers`: one hearing, deposition, meeting or call billed by more people than the
//! client pays for (guideline-rules.csv; guidelines.md section 2, Staffing). Conferences inside the firm are
//! `internal-conference`'s.

use super::entries::{billed, hash, mixed, person, words};
use super::narratives::Told;
use super::people::approvals;
use super::people::engagement::{Engagement, engagements};
use super::topics::WordSet;
use super::{Judging, Params, Predicate, repeats};
use crate::model::did_you_mean;
use crate::model::lists::{Approves, holds_for};
use crate::model::{Hits, Invoice, Lists, RuleId};
use crate::rules::PackMistake;
use crate::rules::narrative::{Class, Segment};
use chrono::NaiveDate;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

/// What kind of event it was.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Kind {
    Hearing,
    Deposition,
    Meeting,
    Call,
    /// "Conference with": by telephone or not.
    Talk,
}

impl Kind {
    const NAMES: [(&'static str, Self); 4] = [
        ("hearing", Self::Hearing),
        ("deposition", Self::Deposition),
        ("meeting", Self::Meeting),
        ("call", Self::Call),
    ];

    fn name(self) -> &'static str {
        let named = Self::NAMES.iter().find(|(_, kind)| *kind == self);
        named.map_or("conference", |(name, _)| *name)
    }
}

struct SameTask {
    rule: RuleId,
    max_people: i64,
    kinds: Vec<Kind>,
}

/// Parameters: `max_people`, who may bill one event; `event_types` (hearing, deposition, meeting, call).
pub(super) fn build(params: &mut Params<'_>) -> Result<Box<dyn Predicate>, PackMistake> {
    let max_people = params.integer("max_people", 1)?;
    let mut kinds = Vec::new();
    for name in params.list("event_types")? {
        match Kind::NAMES.iter().find(|(known, _)| *known == name) {
            Some((_, kind)) => kinds.push(*kind),
            None => {
                return Err(PackMistake::UnknownWord {
                    place: params.spot("event_types"),
                    remedy: did_you_mean(&name, Kind::NAMES.iter().map(|(name, _)| *name)),
                    found: name,
                    what: "event",
                });
            }
        }
    }
    if kinds
        .iter()
        .any(|k| matches!(k, Kind::Meeting | Kind::Call))
    {
        kinds.push(Kind::Talk);
    }
    Ok(Box::new(SameTask {
        rule: params.rule,
        max_people,
        kinds,
    }))
}

/// A part of an entry that tells of an event.
struct Attended {
    matter: u32,
    date: NaiveDate,
    /// Hearings, depositions and so on by themselves; calls and meetings by whom they were with.
    class: Class,
    kind: Kind,
    line: u32,
    person: u64,
    /// Trial and mediation: a matter has one on a day, whatever the words.
    alone: bool,
    /// Whom a call was with.
    party: WordSet,
    /// What it was about; of other events the words that tell.
    about: WordSet,
}

impl Attended {
    fn is_same(&self, other: &Self) -> bool {
        let kinds = match (self.kind, other.kind) {
            (Kind::Talk, Kind::Meeting | Kind::Call) | (Kind::Meeting | Kind::Call, Kind::Talk) => {
                true
            }
            (one, other) => one == other,
        };
        if !kinds || self.class != other.class || self.alone != other.alone {
            return false;
        }
        if self.class == Class::A109 {
            let silent = self.about.is_empty() && other.about.is_empty();
            return self.alone || silent || self.about.shares_most(&other.about);
        }
        let parties = self.party.is_empty() || other.party.is_empty();
        (parties || self.party.shares_most(&other.party)) && self.about.shares_most(&other.about)
    }
}

impl Predicate for SameTask {
    fn judge(&self, invoice: &Invoice, judging: &Judging, hits: &mut Hits) {
        let mut all: Vec<Attended> = Vec::new();
        for told in judging.narratives(invoice).iter(invoice) {
            for segment in &told.reading.segments {
                let of_event = segment.class == Class::A109
                    || segment.class.is_communication() && !segment.internal && !segment.written;
                if of_event {
                    all.extend(self.attended(invoice, &told, segment));
                }
            }
        }
        all.sort_by_key(|a| (a.matter, a.date, a.class, a.line));
        let near =
            |a: &Attended, b: &Attended| (a.matter, a.date, a.class) == (b.matter, b.date, b.class);
        let mut agreed = None;
        for day in all.chunk_by(near).filter(|day| day.len() > 1) {
            let agreed = agreed.get_or_insert_with(|| engagements(invoice, &judging.lists));
            let matter = agreed.get(day[0].matter as usize);
            for event in events(day) {
                let paid = matter.map(|m| self.paid(&judging.lists, m, event[0]));
                self.raise(invoice, &event, paid.unwrap_or(self.max_people), hits);
            }
        }
    }
}

/// Puts what tells of one event together.
fn events(day: &[Attended]) -> Vec<Vec<&Attended>> {
    // An invoice with more events of one kind on one day of one matter is none a person could judge.
    const MOST: usize = 64;
    let mut events: Vec<Vec<&Attended>> = Vec::new();
    for one in day {
        let mut latest = events.iter_mut().rev().take(MOST);
        match latest.find(|event| event[0].is_same(one)) {
            Some(event) => event.push(one),
            None => events.push(vec![one]),
        }
    }
    events
}

impl SameTask {
    /// How many people the client pays at an event: by its terms, or by a consent on file for more.
    fn paid(&self, lists: &Lists, matter: &Engagement<'_>, event: &Attended) -> i64 {
        let consents = approvals::of(lists, matter, Approves::Staffing);
        let for_this = consents.filter(|row| {
            holds_for(&row.subject, event.kind.name()) && approvals::is_in_force(row, event.date)
        });
        let agreed = for_this.map(|row| {
            let limit = row.limit.map(|people| people.trunc().to_i64());
            limit.map_or(i64::MAX, |people| people.unwrap_or(i64::MAX))
        });
        agreed.max().unwrap_or(0).max(self.max_people)
    }

    fn attended(&self, invoice: &Invoice, told: &Told<'_>, segment: &Segment) -> Option<Attended> {
        let text = told.part(segment);
        let (kind, alone) = kind_of(text, segment.class)?;
        if !self.kinds.contains(&kind) {
            return None;
        }
        billed(invoice, told.line)?;
        let id = person(invoice, told.line)?;
        let party = segment.counterparty.clone();
        let party = party.and_then(|range| told.text.get(range)).unwrap_or("");
        let attendance = segment.class == Class::A109;
        Some(Attended {
            matter: told.line.matter,
            date: told.line.date.get()?,
            class: segment.class,
            kind,
            line: told.index as u32,
            person: mixed(0, hash(id.as_bytes())),
            alone,
            party: WordSet::of(words(party)),
            about: if attendance {
                WordSet::of(words(text))
            } else {
                WordSet::of_subject(text)
            },
        })
    }

    fn raise(&self, invoice: &Invoice, event: &[&Attended], paid: i64, hits: &mut Hits) {
        let total = |line: u32| invoice.lines.get(line as usize).and_then(|l| l.total.get());
        let mut bills: Vec<(u64, Decimal, u32)> = Vec::new();
        for one in event {
            let more = total(one.line).unwrap_or_default();
            match bills.iter_mut().find(|(person, ..)| *person == one.person) {
                Some((_, sum, _)) => *sum = sum.checked_add(more).unwrap_or(*sum),
                None => bills.push((one.person, more, one.line)),
            }
        }
        if (bills.len() as i64) <= paid.max(1) {
            return;
        }
        let people = repeats::people(invoice, bills.iter().map(|(.., line)| *line));
        let count = bills.len();
        bills.sort_by_key(|(_, sum, _)| std::cmp::Reverse(*sum));
        let excess = bills.iter().skip(paid.max(1) as usize);
        let excess = excess.fold(Decimal::ZERO, |sum, (_, more, _)| {
            sum.checked_add(*more).unwrap_or(sum)
        });
        let mut lines: Vec<u32> = event.iter().map(|one| one.line).collect();
        lines.dedup();
        let Some((first, others)) = lines.split_first() else {
            return;
        };
        let mut hit = repeats::hit(self.rule, invoice, *first, others)
            .with("people", people)
            .with("billers", count)
            .with("event", event[0].kind.name())
            .with("date", event[0].date)
            .with("max_people", paid)
            .with("items", repeats::items(invoice, &lines));
        // The dearest may stand, as far as the client pays for them.
        hit.amount = Some(excess);
        hits.raise(hit);
    }
}

/// The kind of event a part of a narrative tells of, by the first word that names one, and whether a matter can
/// have only one of it on a day.
fn kind_of(text: &str, class: Class) -> Option<(Kind, bool)> {
    let mut before = String::new();
    let mut kind = None;
    for word in words(text) {
        let word = word.to_ascii_lowercase();
        let found = match word.as_str() {
            "re" | "regarding" | "concerning" | "about" => break,
            // What the firm holds by itself.
            "team" | "internal" | "office" | "staff" | "firm" | "webinar" | "seminar"
                if kind.is_none() =>
            {
                return None;
            }
            "voicemail" | "voicemails" | "message" | "messages" => return None,
            "deposition" | "depositions" | "depo" => Some((Kind::Deposition, false)),
            "trial" if !matches!(before.as_str(), "pre" | "mock") => Some((Kind::Hearing, true)),
            "mediation" | "arbitration" => Some((Kind::Hearing, true)),
            "hearing" | "hearings" | "argument" | "arraignment" | "sentencing" | "pretrial" => {
                Some((Kind::Hearing, false))
            }
            "conference" if class == Class::A109 => Some((Kind::Hearing, false)),
            "meeting" | "meet" | "met" | "meetings" => Some((Kind::Meeting, false)),
            "call" | "called" | "telephone" | "teleconference" | "phone" | "tc" | "tcw"
            | "telcon" | "videoconference" | "video" | "zoom" => Some((Kind::Call, false)),
            "conference" | "confer" | "conferred" | "conferring" | "conf" | "discussion"
            | "spoke" | "interview" | "interviewed" => Some((Kind::Talk, false)),
            _ => None,
        };
        let later = found.filter(|_| kind.is_none() || kind == Some((Kind::Talk, false)));
        kind = later.or(kind);
        before = word;
    }
    kind
}
