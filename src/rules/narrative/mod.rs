//! Reads narratives: parts, activities, block billing, what is missing, office work, travel, internal talk.
//! Not here: rules, levels, invoices; the reader sees one text and its hours.
//!
//! The steps are those of the reference, guidelines section 3.5. One pass cuts the text into words and
//! phrases; every later step works on those. Nothing is learned and nothing depends on the order of lines.

mod class;
pub mod explain;
mod lexicon;
mod link;
mod office;
mod reading;
mod roster;
mod score;
mod segments;
mod times;
mod token;
mod travel;
mod vague;
mod word;

pub use class::Class;
pub use reading::{Link, Missing, NarrativeReading, Office, Segment, Separator, Times};
pub use roster::{Roster, spellings};
pub use score::{Options, Score, Verdict, agrees, score};

use classify::Classifier;
use lexicon::Lexicon;
pub(in crate::rules) use token::eight;
use token::{Kind, Token};

mod classify;

/// Reads narratives one after another, reusing its room.
#[derive(Default)]
pub struct Reader {
    tokens: Vec<Token>,
}

impl Reader {
    /// Reads one narrative. `roster` are the people of the firm.
    pub fn read(&mut self, text: &str, roster: &Roster) -> NarrativeReading {
        token::cut(text, Lexicon::shipped(), &mut self.tokens);
        let tokens = self.tokens.as_slice();
        let mut segments = segments::split(tokens);
        let classifier = Classifier {
            text,
            tokens,
            roster,
        };
        for segment in &mut segments {
            classifier.classify(segment);
        }
        share_objects(&mut segments);
        for at in 0..segments.len() {
            let (before, rest) = segments.split_at(at);
            let office = office::office(text, tokens, &rest[0], before.last());
            segments[at].office = office;
            if office == Some(Office::Billing) && !segments[at].class.is_communication() {
                segments[at].class = Class::A111;
            }
            segments[at].written = tokens[segments[at].first..segments[at].last]
                .iter()
                .any(|t| t.is(lexicon::WRITTEN));
            segments[at].travel_inside = travel::inside(tokens, &segments[at]);
        }
        link::link(tokens, &mut segments);
        let mut times = times::times(text, tokens, &mut segments);
        times.all = segments
            .iter()
            .filter(|s| s.link != Link::Same)
            .all(|s| s.time.is_some());
        find_missing(tokens, &mut segments);
        NarrativeReading {
            words: tokens
                .iter()
                .filter(|t| !matches!(t.kind, Kind::Mark(_)))
                .count(),
            segments,
            times,
        }
    }
}

/// Reads one narrative.
pub fn read(text: &str, roster: &Roster) -> NarrativeReading {
    Reader::default().read(text, roster)
}

/// Verbs before one object have that object.
fn share_objects(segments: &mut [Segment]) {
    for at in (1..segments.len()).rev() {
        if segments[at].shares_object {
            let object = segments[at].object.clone();
            let party = segments[at].counterparty.clone();
            segments[at - 1].object = object;
            if segments[at - 1].counterparty.is_none() {
                segments[at - 1].counterparty = party;
            }
        }
    }
}

/// Looks for what is missing. Of verbs before one object the last one's words count for all.
fn find_missing(tokens: &[Token], segments: &mut [Segment]) {
    let mut said_before = false;
    for at in 0..segments.len() {
        let shared = segments.get(at + 1).is_some_and(|s| s.shares_object);
        // The memo of the research, the email about the call.
        let goes_with =
            matches!(segments[at].link, Link::Pair | Link::Communications) && said_before;
        let own = matches!(segments[at].office, Some(Office::Billing | Office::Intake));
        let beside = segments[at].class == Class::A112 && segments.len() > 1;
        // "no charge for the rest": a remark on the bill, no work.
        let remark = at > 0
            && segments[at].verb.is_none()
            && tokens[segments[at].first].is(lexicon::NEGATION);
        let missing = if shared || goes_with || own || beside || remark {
            None
        } else {
            vague::missing(tokens, &segments[at], said_before)
        };
        segments[at].missing = missing;
        // What a merged part lacks, its task may have, and the other way round.
        if segments[at].link == Link::Same {
            let task = (0..at)
                .rev()
                .find(|i| segments[*i].link != Link::Same)
                .unwrap_or(0);
            if segments[at].shares_object {
                segments[task].missing = missing;
            } else if missing.is_none() && segments[task].missing == Some(Missing::Subject) {
                segments[task].missing = None;
            }
        }
        said_before |= missing.is_none() && !shared;
    }
}
