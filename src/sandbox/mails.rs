//! Result mails of portals that report by mail. Senders, subjects and headings are public for TyMetrix 360 alone; the
//! others say what their help pages say such a mail says, from invented addresses.

use super::book::Held;
use super::outgoing::Moment;
use super::portal::Portal;
use super::review::State;
use super::settings::{Like, Mail};
use std::fmt::Write;

/// A mail for this moment, if the portal sends one.
pub(super) fn mail(portal: &Portal, mail: &Mail, held: &Held, moment: Moment) -> Option<String> {
    let (from, subject, body) = match mail.like {
        Like::TyMetrix360 => tymetrix(portal, mail, held, moment)?,
        Like::CounselLink => counsellink(portal, held, moment)?,
        Like::LegalX => legal_x(portal, held, moment)?,
        Like::Acuity => acuity(held, moment)?,
        Like::LegalTracker => legal_tracker(portal, held, moment)?,
        Like::Collaborati | Like::LitigationAdvisor => return None,
    };
    let stage = held.story.at(portal.now());
    let date = stage.at.to_rfc2822();
    let id = format!("<{}.{moment:?}@practice.example>", held.id);
    Some(format!(
        "From: {from}\r\nTo: {}\r\nDate: {date}\r\nSubject: {}\r\nMessage-ID: {id}\r\nMIME-Version: 1.0\r\n\
         Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{body}",
        one_line(&mail.to),
        one_line(&subject),
    ))
}

/// Nothing from outside opens a header of its own.
fn one_line(text: &str) -> String {
    let plain = |c: char| {
        if c.is_control() || !c.is_ascii() {
            '?'
        } else {
            c
        }
    };
    text.chars().map(plain).take(300).collect()
}

type Letter = (&'static str, String, String);

/// Number, or the file's name where there is none.
fn name(held: &Held) -> &str {
    if held.number().is_empty() {
        &held.file_name
    } else {
        held.number()
    }
}

fn total(held: &Held) -> String {
    let read = held.read.as_ref().ok();
    read.map_or("-".to_owned(), |r| format!("{:.2}", r.total.round_dp(2)))
}

fn matter(held: &Held) -> &str {
    let read = held.read.as_ref().ok();
    read.and_then(|r| r.matters.first())
        .map_or("-", String::as_str)
}

fn rejected(held: &Held) -> bool {
    let last = held.story.stages.last().map(|s| s.state);
    matches!(last, Some(State::Rejected | State::FileError))
}

/// Refused by the portal's own first look, before any person.
fn failed(held: &Held) -> bool {
    let people = held.story.stages.iter().any(|s| s.state == State::InReview);
    rejected(held) && !people
}

fn asks(held: &Held) -> bool {
    held.story.stages.last().map(|s| s.state) == Some(State::Question)
}

/// Note, errors and cuts, a line each.
fn reasons(held: &Held) -> String {
    let mut text = String::new();
    if let Some(note) = &held.story.note {
        let _ = write!(text, "Reason: {note}\r\n");
    }
    for objection in &held.story.objections {
        let line = objection.line.as_ref().map_or("-", |l| l.number.as_str());
        let _ = write!(text, "Line {line}: {}\r\n", objection.text);
    }
    for cut in &held.story.cuts {
        let line = cut.line.as_ref().map_or("-", |l| l.number.as_str());
        let _ = write!(
            text,
            "Line {line}: adjusted by -{:.2}: {}\r\n",
            cut.amount, cut.reason.words
        );
    }
    text
}

fn approved(held: &Held) -> String {
    let total = held.story.approved_total;
    total.map_or(String::new(), |t| {
        format!("Approved amount: {:.2}\r\n", t.round_dp(2))
    })
}

fn tymetrix(portal: &Portal, mail: &Mail, held: &Held, moment: Moment) -> Option<Letter> {
    const FROM: &str = "tymetrixbilling@tymetrix.com";
    let row = format!("{}  {}  {}\r\n", name(held), matter(held), total(held));
    match moment {
        Moment::Tested => {
            let (passed, failed) = if failed(held) {
                ("None\r\n".to_owned(), format!("{row}{}", reasons(held)))
            } else {
                (row, "None\r\n".to_owned())
            };
            let body = format!(
                "Invoices that passed the Initial Testing Process:\r\n\r\n{passed}\r\n\
                 Invoices that failed the Initial Testing Process:\r\n\r\n{failed}"
            );
            Some((FROM, "TyMetrix Invoice Submission".to_owned(), body))
        }
        // A plain approval is not told; it is read in the invoice history.
        Moment::Decided if failed(held) || asks(held) => None,
        Moment::Decided if rejected(held) => {
            let body = format!(
                "Invoice {} of {} was rejected by the reviewer.\r\n\r\n{}",
                name(held),
                mail.firm,
                reasons(held)
            );
            Some((
                FROM,
                format!("Invoice Rejected {} {}", matter(held), mail.firm),
                body,
            ))
        }
        Moment::Decided if !held.story.cuts.is_empty() => {
            let body = format!(
                "Invoice {} for {} was approved with adjustments.\r\nSubmitted amount: {}\r\n{}\r\n{}",
                name(held),
                portal.settings.client,
                total(held),
                approved(held),
                reasons(held)
            );
            Some((
                FROM,
                format!(
                    "Invoice Approved with Adjustments {} {}",
                    matter(held),
                    mail.firm
                ),
                body,
            ))
        }
        Moment::Decided => None,
    }
}

fn counsellink(portal: &Portal, held: &Held, moment: Moment) -> Option<Letter> {
    const FROM: &str = "notifications@counsellink.example";
    match moment {
        Moment::Tested => {
            let outcome = if failed(held) {
                format!(
                    "The invoice failed the Validation Review.\r\n{}",
                    reasons(held)
                )
            } else {
                "The invoice was imported.\r\n".to_owned()
            };
            let body = format!(
                "File: {}\r\nConfirmation number: {}\r\nInvoice number: {}\r\n{outcome}",
                held.file_name,
                held.id,
                name(held)
            );
            Some((FROM, format!("Invoice import {}", name(held)), body))
        }
        Moment::Decided if failed(held) => None,
        Moment::Decided => {
            let word = if asks(held) {
                "Action Required for Collaborative Review"
            } else if rejected(held)
                && held
                    .story
                    .objections
                    .iter()
                    .any(|o| o.reason.category == "guideline")
            {
                "Rejected by Billing Guidelines"
            } else if rejected(held) {
                "Rejected"
            } else {
                "Approved"
            };
            let body = format!(
                "Client: {}\r\nInvoice number: {}\r\nStatus: {word}\r\nSubmitted amount: {}\r\n{}{}",
                portal.settings.client,
                name(held),
                total(held),
                approved(held),
                reasons(held)
            );
            Some((FROM, format!("Invoice {}: {word}", name(held)), body))
        }
    }
}

fn legal_x(portal: &Portal, held: &Held, moment: Moment) -> Option<Letter> {
    const FROM: &str = "notifications@legal-x.example";
    let client = &portal.settings.client;
    let (word, body) = match moment {
        Moment::Tested if failed(held) => ("returned", reasons(held)),
        Moment::Tested => return None,
        Moment::Decided if failed(held) => return None,
        // This one comes without detail: somebody has to sign in.
        Moment::Decided if asks(held) => ("more info required", String::new()),
        Moment::Decided if rejected(held) => ("rejected", reasons(held)),
        Moment::Decided if held.story.cuts.is_empty() => ("approved", approved(held)),
        Moment::Decided => (
            "approved with deductions",
            format!("{}{}", approved(held), reasons(held)),
        ),
    };
    let text = format!(
        "Client: {client}\r\nInvoice number: {}\r\nStatus: {word}\r\n{body}",
        name(held)
    );
    Some((FROM, format!("Invoice {} {word}", name(held)), text))
}

fn acuity(held: &Held, moment: Moment) -> Option<Letter> {
    const FROM: &str = "notifications@acuity.example";
    match moment {
        Moment::Tested => {
            let critical = if failed(held) {
                held.story.objections.len()
            } else {
                0
            };
            let listed = if critical > 0 {
                reasons(held)
            } else {
                String::new()
            };
            let body = format!(
                "File: {}\r\nInvoice number: {}\r\nCritical exceptions: {critical}\r\nNon-critical exceptions: 0\r\n{listed}",
                held.file_name,
                name(held)
            );
            Some((FROM, "Invoice Upload Results".to_owned(), body))
        }
        Moment::Decided if failed(held) => None,
        Moment::Decided => {
            let word = if asks(held) {
                "Pending"
            } else if rejected(held) {
                "Rejected"
            } else {
                "Approved"
            };
            let body = format!(
                "Invoice number: {}\r\nStatus: {word}\r\n{}{}",
                name(held),
                approved(held),
                reasons(held)
            );
            Some((FROM, format!("Invoice {} {word}", name(held)), body))
        }
    }
}

/// Alerts go to the poster for reduced, rejected and disputed, and for nothing else.
fn legal_tracker(portal: &Portal, held: &Held, moment: Moment) -> Option<Letter> {
    const FROM: &str = "alerts@legaltracker.example";
    let word = match moment {
        Moment::Tested => return None,
        Moment::Decided if asks(held) => "disputed",
        Moment::Decided if rejected(held) => "rejected",
        Moment::Decided if !held.story.cuts.is_empty() => "reduced",
        Moment::Decided => return None,
    };
    let body = format!(
        "{} has {word} invoice {}.\r\nMatter: {}\r\nInvoice amount: {}\r\n{}{}",
        portal.settings.client,
        name(held),
        matter(held),
        total(held),
        approved(held),
        reasons(held)
    );
    Some((FROM, format!("Invoice {word}: {}", name(held)), body))
}
