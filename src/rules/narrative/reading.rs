//! What the reader makes of a narrative.

use super::class::Class;
use super::lexicon::Form;
use std::ops::Range;

/// What stood before a part.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Separator {
    /// The beginning of the narrative.
    Start,
    /// `;`, a pipe or a bullet.
    Semicolon,
    /// A full stop between sentences.
    Stop,
    /// `/` between blanks.
    Slash,
    /// A dash between blanks.
    Dash,
    /// `,`.
    Comma,
    /// "and", `&` or `+`.
    And,
    /// "and then", "thereafter", "followed by".
    Then,
}

impl Separator {
    /// As it is shown to people.
    pub fn words(self) -> &'static str {
        match self {
            Self::Start => "beginning",
            Self::Semicolon => "semicolon",
            Self::Stop => "full stop",
            Self::Slash => "slash",
            Self::Dash => "dash",
            Self::Comma => "comma",
            Self::And => "\"and\"",
            Self::Then => "\"then\"",
        }
    }

    /// True for a comma or an "and", which separate words as often as tasks.
    pub fn is_weak(self) -> bool {
        matches!(self, Self::Comma | Self::And)
    }
}

/// How a part belongs to the one before it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Link {
    /// It is another task.
    Task,
    /// The same task: one family on one object, a result, an outcome, a transmittal.
    Same,
    /// Another task that goes with it: prepare and attend, research and memo, review and summary.
    Pair,
    /// Emails and calls on one subject.
    Communications,
}

/// What an adequate line says, and this one does not (guidelines section 4).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Missing {
    /// No verb, and no noun that shows what was done.
    Action,
    /// A filler verb over nothing.
    Content,
    /// Which document.
    Document,
    /// With whom.
    Counterparty,
    /// About what.
    Subject,
    /// The legal issue.
    Issue,
    /// Which event, witness or hearing.
    Event,
}

impl Missing {
    /// As it is shown to people.
    pub fn words(self) -> &'static str {
        match self {
            Self::Action => "what was done",
            Self::Content => "what was done, and on what",
            Self::Document => "which document",
            Self::Counterparty => "with whom",
            Self::Subject => "about what",
            Self::Issue => "the legal issue",
            Self::Event => "which event or witness",
        }
    }
}

/// Work that is not a timekeeper's.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Office {
    /// Secretarial or administrative (guidelines section 5).
    Clerical,
    /// Filing or serving what the same part drafted.
    Incidental,
    /// Bills, budgets, accruals.
    Billing,
    /// Conflict checks, engagement letters, opening and closing files.
    Intake,
    /// Looking at a docket, or watching one.
    Docket,
}

/// A part of a narrative: one action with what belongs to it.
#[derive(Clone, PartialEq, Debug)]
pub struct Segment {
    /// Its bytes.
    pub text: Range<usize>,
    /// What stood before it.
    pub separator: Separator,
    /// How it belongs to the part before.
    pub link: Link,
    /// Its activity.
    pub class: Class,
    /// The word that shows the action.
    pub action: Option<Range<usize>>,
    /// What the action was done on.
    pub object: Option<Range<usize>>,
    /// With whom.
    pub counterparty: Option<Range<usize>>,
    /// The task's own time where one stands in brackets, in hundredths of an hour.
    pub time: Option<u32>,
    /// What it does not say; first the worst.
    pub missing: Option<Missing>,
    /// The action is a filler verb: "attention to", "work on".
    pub filler: bool,
    /// Secretarial work, billing, intake.
    pub office: Option<Office>,
    /// Among people of the firm, by its own words or by the roster.
    pub internal: bool,
    /// Travel is mentioned beside the part's own work.
    pub travel_inside: bool,
    /// A letter, email or message is mentioned.
    pub written: bool,
    pub(super) first: usize,
    pub(super) last: usize,
    pub(super) verb: Option<usize>,
    pub(super) form: Form,
    /// Verbs before one object: "review and revise X".
    pub(super) shares_object: bool,
}

impl Segment {
    /// It is the second of two actions on one object: "review and revise the lease".
    pub fn shares_object(&self) -> bool {
        self.shares_object
    }
}

/// The times that stand in a narrative, in hundredths of an hour.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Times {
    /// How many.
    pub count: u32,
    /// Their sum.
    pub sum: u32,
    /// Every task has its time.
    pub all: bool,
}

/// A narrative, read.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct NarrativeReading {
    /// Its parts.
    pub segments: Vec<Segment>,
    /// Times that stand in it.
    pub times: Times,
    /// Words in it.
    pub words: usize,
}

/// Half of the tasks, in hundredths.
const HALF: usize = 50;

impl NarrativeReading {
    /// The parts that begin a task of their own.
    pub fn tasks(&self) -> impl Iterator<Item = &Segment> {
        self.segments.iter().filter(|s| s.link != Link::Same)
    }

    /// The activity of the whole line: that of its first part that shows one.
    pub fn class(&self) -> Class {
        let mut classes = self.segments.iter().map(|s| s.class);
        classes.find(|c| *c != Class::None).unwrap_or(Class::None)
    }

    /// The first part of which something is missing, where that makes the line vague: of a line with several
    /// tasks, at least half of them must be vague (guidelines section 8).
    pub fn vague(&self) -> Option<&Segment> {
        self.vague_from(HALF)
    }

    /// As [`Self::vague`], with another share of the tasks that must be vague, in hundredths. A line of one or two
    /// tasks is vague where one of them is.
    pub fn vague_from(&self, hundredths: usize) -> Option<&Segment> {
        let tasks = self.tasks().count();
        let missing = self.tasks().filter(|s| s.missing.is_some()).count();
        let few = tasks > 2 && missing * 100 < tasks * hundredths && !self.times.all;
        if missing == 0 || few {
            return None;
        }
        self.tasks().find(|s| s.missing.is_some())
    }

    /// The words of a task: "review and revise" goes on to what is reviewed and revised.
    pub fn words_of(&self, task: &Segment) -> Range<usize> {
        let after = self.segments.iter().filter(|s| s.first > task.first);
        let shared = after.take_while(|s| s.link == Link::Same && s.shares_object);
        task.text.start..shared.last().unwrap_or(task).text.end
    }

    /// True where a part is secretarial work, billing or intake.
    pub fn clerical(&self) -> bool {
        self.segments.iter().any(|s| s.office.is_some())
    }

    /// True where travel and other work stand in one line.
    pub fn travel_mixed(&self) -> bool {
        let travels = self.segments.iter().any(|s| s.class == Class::A112);
        let works = self
            .segments
            .iter()
            .any(|s| s.class != Class::A112 && s.class != Class::None);
        travels && works || self.segments.iter().any(|s| s.travel_inside)
    }
}
