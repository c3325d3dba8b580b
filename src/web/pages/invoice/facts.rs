//! What an invoice is, in facts: whose, of when, how much, and where on its way it stands.

use super::super::names::Names;
use super::seen::Seen;
use crate::render::printable;
use crate::web::locale::Locale;
use crate::workflow::State;

/// A place on the way of an invoice.
pub(super) struct Stage {
    pub(super) name: &'static str,
    pub(super) class: &'static str,
}

/// States in which nothing has reached a client.
const BEFORE: [State; 8] = [
    State::Draft,
    State::Checked,
    State::InReview,
    State::Cleared,
    State::Queued,
    State::Sending,
    State::InDoubt,
    State::Withdrawn,
];

/// Whether money may have come for an invoice in this state.
pub(super) fn is_owed(state: &str) -> bool {
    State::named(state).is_some_and(|s| !BEFORE.contains(&s))
}

pub(super) fn facts(seen: &Seen, names: &Names, locale: &Locale) -> Vec<(&'static str, String)> {
    let row = &seen.story.row;
    let mut facts = Vec::new();
    let mut fact = |name, text: &str| {
        if !text.is_empty() {
            facts.push((name, printable(text).into_owned()));
        }
    };
    fact("Client", &names.client(&row.client, &seen.bill.client));
    let matters = seen.bill.matters.join("; ");
    fact("Matter", &names.matter(&row.client, &row.matter, &matters));
    fact(
        "Date",
        &row.invoice_date
            .as_deref()
            .map_or_else(String::new, |d| locale.day_of(d)),
    );
    if let Some((from, to)) = seen.bill.period {
        fact(
            "Period",
            &format!("{} to {}", locale.day(from), locale.day(to)),
        );
    }
    fact(
        "Total",
        &row.total.map_or_else(
            || "cannot be read".to_owned(),
            |t| locale.money(t, &row.currency),
        ),
    );
    if !row.at_risk.is_zero() {
        fact("At risk", &locale.money(row.at_risk, &row.currency));
    }
    fact("Partner", &row.partner);
    fact("Portal", &row.portal);
    fact(
        "Version",
        &format!("{}, brought in by {}", row.version, row.preparer),
    );
    facts
}

/// The way of an invoice, and where on it this one is.
pub(super) fn path(state: &str) -> Vec<Stage> {
    const WAY: [&str; 8] = [
        "checked",
        "in review",
        "cleared",
        "queued",
        "submitted",
        "in client review",
        "approved",
        "paid",
    ];
    let at = WAY.iter().position(|name| *name == state);
    // States beside the way, and how far an invoice in them had come.
    let (beside, before) = match state {
        "draft" => (Some("draft"), 0),
        "sending" => (Some("sending"), 4),
        "in doubt" => (Some("in doubt"), 4),
        "acknowledged" => (Some("acknowledged"), 5),
        "reduced" => (Some("reduced"), 6),
        "rejected" => (Some("rejected"), 6),
        "action required" => (Some("action required"), 6),
        "partly paid" => (Some("partly paid"), 7),
        "withdrawn" => (Some("withdrawn"), 0),
        _ => (None, 0),
    };
    let off = ["in doubt", "rejected", "action required", "withdrawn"].contains(&state);
    let mut stages = Vec::new();
    for (n, name) in WAY.into_iter().enumerate() {
        if let Some(own) = beside.filter(|_| n == before) {
            stages.push(Stage {
                name: own,
                class: if off { "off" } else { "now" },
            });
        }
        let done = at.map_or(n < before, |at| n < at);
        let class = if at == Some(n) {
            "now"
        } else if done {
            "done"
        } else {
            ""
        };
        stages.push(Stage { name, class });
    }
    stages
}
