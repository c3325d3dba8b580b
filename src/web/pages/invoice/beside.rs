//! What stands beside the bill: its findings by name, what a clearance waits for, what could not be judged.

use super::super::bill::Laid;
use super::super::invoices::line_at;
use crate::model::Finding;
use crate::render::printable;
use crate::web::locale::Locale;
use crate::web::wording::counted;
use crate::workflow::Story;
use std::collections::BTreeMap;

/// Findings named beside the bill.
const MOST_NAMED: usize = 60;

/// A finding named beside the bill.
pub(super) struct Named {
    pub(super) href: String,
    pub(super) class: &'static str,
    pub(super) message: String,
    pub(super) place: String,
}

/// The first findings, and how many more there are.
pub(super) fn named(story: &Story, laid: &Laid, locale: &Locale) -> (Vec<Named>, usize) {
    let all = story.report.findings().enumerate();
    let mut named: Vec<Named> = all
        .map(|(n, f)| name(n, f, laid, &story.row.id, locale))
        .collect();
    let more = named.len().saturating_sub(MOST_NAMED);
    named.truncate(MOST_NAMED);
    (named, more)
}

fn name(n: usize, finding: &Finding, laid: &Laid, invoice: &str, locale: &Locale) -> Named {
    let anchor = format!("f{n}");
    let item = finding.places.iter().find_map(|p| p.item.clone());
    let here = laid.head.iter().any(|c| c.anchor == anchor)
        || laid
            .rows
            .iter()
            .take(laid.end_of(0))
            .any(|r| r.cards.iter().any(|c| c.anchor == anchor));
    let href = match &item {
        _ if here => format!("#{anchor}"),
        Some(item) => line_at(invoice, item),
        None => format!("/invoices/{invoice}?rule={}", finding.rule),
    };
    Named {
        href,
        class: finding.level.name(),
        message: locale.days_in(&printable(&finding.message)),
        // Most messages begin with the line themselves.
        place: match item {
            None => "invoice".to_owned(),
            Some(_) if finding.message.starts_with("line item ") => String::new(),
            Some(item) => format!("line {}", printable(&item)),
        },
    }
}

/// What stands in the way of a clearance.
pub(super) fn waits(story: &Story) -> Vec<String> {
    let mut waits = Vec::new();
    let open = story.open().count();
    if open > 0 {
        waits.push(format!(
            "{} would bounce it: correct it, or set them aside with a reason",
            counted(open, "finding")
        ));
    }
    for request in story.review.open_requests() {
        waits.push(format!(
            "line {} is being rewritten by timekeeper {}",
            printable(&request.line_item),
            printable(&request.timekeeper)
        ));
    }
    let write_downs = story.review.open_write_downs().count();
    if write_downs > 0 {
        waits.push(format!("{} to decide", counted(write_downs, "write-down")));
    }
    waits
}

pub(super) fn not_checked(story: &Story) -> Vec<String> {
    let mut by: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for one in &story.report.not_checked {
        by.entry(&one.because).or_default().push(&one.rule);
    }
    by.into_iter()
        .map(|(why, rules)| format!("{}: {why}", rules.join(", ")))
        .collect()
}
