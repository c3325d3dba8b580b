//! What happened to an invoice: its versions, its approvals, its events.

use crate::render::printable;
use crate::web::locale::Locale;
use crate::workflow::answers::Meant;
use crate::workflow::{Facts, Step, Story};

/// A version.
pub(super) struct Version {
    pub(super) number: i64,
    pub(super) what: String,
    pub(super) by: String,
    pub(super) when: String,
}

/// Something that happened.
pub(super) struct Happened {
    pub(super) when: String,
    pub(super) by: String,
    pub(super) what: String,
    pub(super) why: String,
}

pub(super) fn versions(story: &Story, locale: &Locale) -> Vec<Version> {
    let made = story
        .events
        .iter()
        .filter(|e| Step::named(&e.step).is_some_and(Step::makes_version));
    let mut all: Vec<Version> = (1..)
        .zip(made)
        .map(|(number, e)| Version {
            number,
            what: e.step.clone(),
            by: e.actor.clone(),
            when: locale.instant(e.at_ms),
        })
        .collect();
    all.reverse();
    all
}

/// What the client or portal answered, in its words, and what they mean.
pub(super) fn answered(meant: &[Meant]) -> Vec<(String, String)> {
    let said = |m: &Meant| {
        let item = m.item.as_ref();
        let item = item.map_or_else(String::new, |i| format!("line {i}: "));
        let what = m.slug.as_deref().unwrap_or("not known yet");
        (
            printable(&format!("{item}{}", m.words)).into_owned(),
            format!("{what}. {}", m.typical_fix),
        )
    };
    meant.iter().map(said).collect()
}

/// Who approved the version in hand.
pub(super) fn approvals(story: &Story, locale: &Locale) -> Vec<String> {
    let all = story.review.approvals.iter();
    all.map(|a| {
        let whose = a.in_place_of.as_ref();
        let whose = whose.map_or_else(String::new, |p| format!(" for {p}"));
        format!("{}{whose}, {}", a.by, locale.instant(a.at_ms))
    })
    .collect()
}

pub(super) fn events(story: &Story, locale: &Locale) -> Vec<Happened> {
    let happened = |event: &crate::store::Event| {
        let facts = Facts::of(event).unwrap_or_default();
        let line = facts.item.as_ref().map(|i| format!("line {i}"));
        let sum = facts.amount.map(|a| locale.money(a, &story.row.currency));
        let what = facts
            .code
            .or(facts.rule)
            .or(facts.verdict)
            .or(facts.account);
        let whose = facts.in_place_of.map(|p| format!("for {p}"));
        let about: Vec<String> = [line, sum, what, whose].into_iter().flatten().collect();
        let about = match about.is_empty() {
            true => String::new(),
            false => format!(" ({})", about.join(", ")),
        };
        Happened {
            when: locale.instant(event.at_ms),
            by: event.actor.clone(),
            what: printable(&format!("{}{about}", event.step)).into_owned(),
            why: facts
                .reason
                .map_or_else(String::new, |r| printable(&story.text(&r)).into_owned()),
        }
    };
    story.events.iter().rev().map(happened).collect()
}
