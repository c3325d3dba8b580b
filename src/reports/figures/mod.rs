//! Figures: each report a pure function from plain rows to one shape; one file a report.
//! Not here: reading the store (`workflow`), and any form of output: text, CSV, workbook, page.

pub mod acceptance;
pub mod ageing;
pub mod appeals;
pub mod at_risk;
pub mod by;
pub mod days;
pub mod exceptions;
pub mod foresight;
mod heading;
pub mod realization;
pub mod reductions;
pub mod rejections;
pub mod rework;
#[cfg(test)]
mod sample;
pub mod shape;
pub mod tally;

pub use by::By;
pub use shape::{Behind, Cell, Chart, Column, Kind, Lead, Period, Report, Row, Sum, Total};

use crate::model::Lists;
use crate::workflow::{Chronicle, Depth, Life};

/// What a report is asked for.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    /// The days it is about.
    pub period: Period,
    /// By what its rows are.
    pub by: By,
    /// Names of clients and timekeepers.
    pub lists: &'a Lists,
}

/// A report over what happened.
pub struct Kept {
    /// Its name on the command line.
    pub name: &'static str,
    /// The question it answers.
    pub question: &'static str,
    /// By what its rows may be, the usual first.
    pub by: &'static [By],
    /// What has to be read for it.
    pub depth: Depth,
    /// The figures.
    pub figures: fn(&Chronicle, &Asked<'_>) -> Report,
}

/// The first report: what is lost if nobody acts.
pub const AT_RISK: &str = "at-risk";
/// The second: what clients owe, and for how long.
pub const AGEING: &str = "ageing";
/// The last: exceptions that nobody needs any more.
pub const EXCEPTIONS: &str = "exceptions";

/// Of every report its name and the question it answers, in their order.
pub fn names() -> Vec<(&'static str, &'static str)> {
    let mut all = vec![(AT_RISK, at_risk::QUESTION), (AGEING, ageing::QUESTION)];
    all.extend(KEPT.iter().map(|k| (k.name, k.question)));
    all.push((EXCEPTIONS, exceptions::QUESTION));
    all
}

/// What the rows of a report may be, the usual first; nothing where it has rows of its own.
pub fn rows_of(name: &str) -> &'static [By] {
    match KEPT.iter().find(|k| k.name == name) {
        Some(kept) => kept.by,
        None if name == AGEING => ageing::ROWS,
        None => &[],
    }
}

const OF_INVOICES: &[By] = &[By::Client, By::Portal, By::Partner, By::Matter, By::Month];
const OF_REASONS: &[By] = &[
    By::Client,
    By::Portal,
    By::Reason,
    By::Rule,
    By::Timekeeper,
    By::Practice,
    By::Partner,
    By::Matter,
    By::Month,
];
const NOTHING: Depth = Depth {
    lines: false,
    outcomes: false,
    exceptions: false,
};
const OUTCOMES: Depth = Depth {
    outcomes: true,
    ..NOTHING
};

/// Reports over what happened.
pub const KEPT: &[Kept] = &[
    Kept {
        name: "rejections",
        question: "How much is refused, by whom and why?",
        by: OF_REASONS,
        depth: OUTCOMES,
        figures: rejections::report,
    },
    Kept {
        name: "reductions",
        question: "How much is cut, by whom and why?",
        by: OF_REASONS,
        depth: OUTCOMES,
        figures: reductions::report,
    },
    Kept {
        name: "appeals",
        question: "What do appeals bring back, and which windows were missed?",
        by: OF_INVOICES,
        depth: NOTHING,
        figures: appeals::report,
    },
    Kept {
        name: "acceptance",
        question: "How many invoices are taken at the first try?",
        by: OF_INVOICES,
        depth: NOTHING,
        figures: acceptance::report,
    },
    Kept {
        name: "foresight",
        question: "Which refusals and cuts had our own check foreseen?",
        by: &[By::Reason, By::Rule, By::Client, By::Portal, By::Month],
        depth: OUTCOMES,
        figures: foresight::report,
    },
    Kept {
        name: "realization",
        question: "Of what was billed, how much is approved, and how much is paid?",
        by: OF_INVOICES,
        depth: NOTHING,
        figures: realization::report,
    },
    Kept {
        name: "days",
        question: "How many days pass from work to invoice, acceptance and payment?",
        by: OF_INVOICES,
        depth: Depth {
            lines: true,
            ..NOTHING
        },
        figures: days::report,
    },
    Kept {
        name: "rework",
        question: "How often does an invoice go back and forth before it is right?",
        by: OF_INVOICES,
        depth: NOTHING,
        figures: rework::report,
    },
];

/// Invoices that bill something, left for a portal, and left first in the period; with their places and that instant.
fn sent_in(told: &Chronicle, period: Period) -> impl Iterator<Item = (usize, &Life, i64)> {
    let all = told.invoices.iter().enumerate().filter(|(_, l)| l.bills());
    let sent = all.filter_map(|(at, life)| Some((at, life, life.sent_ms()?)));
    sent.filter(move |(_, _, ms)| period.holds(*ms))
}

/// What a report says of documents that were purged.
fn purged(told: &Chronicle) -> Option<String> {
    match told.purged {
        0 => None,
        1 => Some(
            "Of 1 invoice the documents were purged: what only they say is left out.".to_owned(),
        ),
        many => Some(format!(
            "Of {many} invoices the documents were purged: what only they say is left out."
        )),
    }
}
