//! Block billed or not (guidelines section 3.5, step 6).

use super::class::Class;
use super::reading::{Link, NarrativeReading, Office, Segment};
use rust_decimal::Decimal;

/// What clients differ in (guidelines section 3.2).
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Options {
    /// Small tasks up to this many hours in all may stand together.
    pub de_minimis_hours: Decimal,
    /// Emails and calls on one subject may stand together.
    pub group_communications: bool,
    /// Tasks with a time each may stand together.
    pub allow_itemised: bool,
    /// Pairs such as prepare and attend are borderline, not block billed.
    pub linked_pairs: bool,
    /// Lines shorter than this are never block billed; 0 for none.
    pub hours_threshold: Decimal,
    /// The score from which a line is block billed.
    pub score_threshold: i64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            de_minimis_hours: Decimal::new(5, 1),
            group_communications: true,
            allow_itemised: true,
            linked_pairs: true,
            hours_threshold: Decimal::ZERO,
            score_threshold: 3,
        }
    }
}

/// What a line is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// Several tasks under one time.
    BlockBilled,
    /// Two steps of one matter, or very little time.
    Borderline,
    /// One task, or a time for each.
    Clear,
}

/// How a verdict came about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Score {
    /// What the line is.
    pub verdict: Verdict,
    /// Points.
    pub points: i64,
    /// Tasks counted.
    pub tasks: usize,
    /// Different activities among them.
    pub classes: usize,
    /// Pairs among them that go together.
    pub pairs: usize,
    /// Each task has its time, and they add up.
    pub itemised: bool,
}

/// Judges a reading. `hours` are the line's own.
pub fn score(reading: &NarrativeReading, hours: Option<Decimal>, options: &Options) -> Score {
    let mut tasks = 0;
    let mut pairs = 0;
    let mut known = [false; 16];
    let mut kinds = [false; 2];
    let mut last_family = Class::None;
    for segment in &reading.segments {
        match segment.link {
            Link::Same => continue,
            Link::Communications if options.group_communications => continue,
            Link::Pair if options.linked_pairs => pairs += 1,
            _ => {}
        }
        tasks += 1;
        known[class_of(segment) as usize] = true;
        kinds[usize::from(matches!(
            segment.office,
            Some(Office::Clerical | Office::Docket)
        ))] = true;
        last_family = segment.class;
    }
    let _ = last_family;
    let classes = known.iter().filter(|k| **k).count();
    let itemised =
        reading.times.count >= 2 && reading.times.all && agrees(reading, hours) != Some(false);
    let made = |verdict, points| Score {
        verdict,
        points,
        tasks,
        classes,
        pairs,
        itemised,
    };
    if tasks < 2 {
        return made(Verdict::Clear, 0);
    }
    let mut points = 2 * (tasks as i64 - 1) + (classes as i64 - 1) - 2 * pairs as i64;
    if let Some(hours) = hours {
        points += i64::from(hours >= Decimal::TWO) + i64::from(hours >= Decimal::from(4));
        if hours <= options.de_minimis_hours {
            points -= 2;
        }
    }
    // Without hours, three tasks of one activity are still three tasks.
    if itemised && options.allow_itemised {
        return made(Verdict::Clear, points);
    }
    if reading.times.count >= 2 && reading.times.all && options.allow_itemised {
        return made(Verdict::Borderline, points);
    }
    if hours.is_some_and(|h| h < options.hours_threshold) {
        return made(Verdict::Clear, points);
    }
    let only_pair = tasks == 2 && pairs == 1;
    let travel = reading.travel_mixed();
    let verdict = if (points >= options.score_threshold || travel && points > 0) && !only_pair {
        Verdict::BlockBilled
    } else if points >= 1 || only_pair {
        Verdict::Borderline
    } else {
        Verdict::Clear
    };
    made(verdict, points)
}

/// Communications count as one activity for each other party.
fn class_of(segment: &Segment) -> Class {
    segment.class
}

/// Whether the times that stand in the narrative make the line's hours; `None` where there are none to compare.
pub fn agrees(reading: &NarrativeReading, hours: Option<Decimal>) -> Option<bool> {
    let hours = hours.filter(|_| reading.times.count >= 2)?;
    let sum = Decimal::new(i64::from(reading.times.sum), 2);
    Some((hours - sum).abs() <= Decimal::new(5, 2))
}
