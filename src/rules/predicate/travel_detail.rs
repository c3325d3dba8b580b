//! `travel-detail-missing`: travel without the places or the event (reference guidelines.md section 4: event,
//! from and to; SLAB (k)). Travel that names nothing at all is `vague-narrative`'s.

use super::entries::words;
use super::{Judging, Params, Predicate};
use crate::model::did_you_mean;
use crate::model::{Hits, Invoice, RuleId};
use crate::rules::PackMistake;
use crate::rules::narrative::Class;

const DETAILS: [&str; 3] = ["event", "places", "mode"];

struct TravelDetail {
    rule: RuleId,
    require: Vec<String>,
}

/// Parameter: `require`, what a line about travel must name: `event`, `places`, `mode`.
pub(super) fn build(params: &mut Params<'_>) -> Result<Box<dyn Predicate>, PackMistake> {
    let require = params.list("require")?;
    if let Some(unknown) = require.iter().find(|d| !DETAILS.contains(&d.as_str())) {
        return Err(PackMistake::UnknownWord {
            place: params.spot("require"),
            found: unknown.clone(),
            what: "detail of travel",
            remedy: did_you_mean(unknown, DETAILS),
        });
    }
    Ok(Box::new(TravelDetail {
        rule: params.rule,
        require,
    }))
}

impl Predicate for TravelDetail {
    fn judge(&self, invoice: &Invoice, judging: &Judging, hits: &mut Hits) {
        for told in judging.narratives(invoice).iter(invoice) {
            let reading = told.reading;
            let travel = reading.tasks().all(|s| s.class == Class::A112);
            if reading.segments.is_empty() || !travel || reading.vague().is_some() {
                continue;
            }
            let missing: Vec<&str> = self
                .require
                .iter()
                .filter_map(|detail| match detail.as_str() {
                    "event" => (!names_event(&told.text)).then_some("what it was for"),
                    "places" => (!names_place(&told.text)).then_some("from where to where"),
                    _ => (!names_mode(&told.text)).then_some("by what means"),
                })
                .collect();
            if !missing.is_empty() {
                let hit = told.hit(self.rule, invoice);
                hits.raise(hit.with("missing", missing.join(" and ")));
            }
        }
    }
}

fn names_event(text: &str) -> bool {
    const EVENTS: [&str; 26] = [
        "argument",
        "arbitration",
        "attend",
        "attending",
        "closing",
        "conference",
        "depo",
        "deposition",
        "depositions",
        "examination",
        "for",
        "hearing",
        "hearings",
        "inspect",
        "inspection",
        "interview",
        "interviews",
        "mediation",
        "meet",
        "meeting",
        "meetings",
        "re",
        "regarding",
        "trial",
        "visit",
        "tour",
    ];
    words(text).any(|word| EVENTS.iter().any(|event| event.eq_ignore_ascii_case(word)))
}

/// A name, or the kind of a place, where travel begins or ends.
fn names_place(text: &str) -> bool {
    const PLACES: [&str; 20] = [
        "airport",
        "chambers",
        "clinic",
        "court",
        "courthouse",
        "courtroom",
        "factory",
        "harbor",
        "harbour",
        "home",
        "hospital",
        "hotel",
        "jail",
        "office",
        "offices",
        "plant",
        "port",
        "prison",
        "station",
        "warehouse",
    ];
    const BEFORE: [&str; 9] = [
        "to", "from", "between", "in", "at", "via", "near", "through", "return",
    ];
    const SKIPPED: [&str; 12] = [
        "and", "the", "a", "an", "his", "her", "its", "their", "our", "client", "s", "both",
    ];
    let is = |list: &[&str], word: &str| list.iter().any(|known| known.eq_ignore_ascii_case(word));
    let mut open = false;
    for (at, word) in words(text).enumerate() {
        if is(&BEFORE, word) {
            open = true;
            continue;
        }
        let named = at > 0 && word.chars().next().is_some_and(char::is_uppercase);
        if is(&PLACES, word) || open && named {
            return true;
        }
        open = open && is(&SKIPPED, word);
    }
    false
}

fn names_mode(text: &str) -> bool {
    const MODES: [&str; 22] = [
        "air",
        "airplane",
        "bus",
        "cab",
        "car",
        "coach",
        "drive",
        "driving",
        "drove",
        "ferry",
        "flew",
        "flight",
        "flights",
        "fly",
        "flying",
        "plane",
        "rail",
        "taxi",
        "train",
        "tram",
        "underground",
        "uber",
    ];
    words(text).any(|word| MODES.iter().any(|mode| mode.eq_ignore_ascii_case(word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_stand_where_travel_begins_or_ends() {
        for text in [
            "Travel to and from Grimsby for hearing",
            "Drive to the courthouse for hearing",
            "Travel Hull - Grimsby, return from Grimsby",
            "Travel to client's Grimsby plant",
        ] {
            assert!(names_place(text), "{text}");
        }
        for text in [
            "Travel to deposition of Captain Marlow",
            "Return travel from hearing",
        ] {
            assert!(!names_place(text), "{text}");
        }
    }
}
