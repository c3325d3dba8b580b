//! What reports are made of, read through a person's desk: nobody is shown clients they do not serve.

use super::figures::at_risk::{Risk, Until};
use super::figures::shape::Behind;
use super::figures::tally::Counted;
use super::late::{ClientLimits, Clock};
use crate::check::Options;
use crate::model::Lists;
use crate::model::lists::WindowKind;
use crate::revise::line::lines;
use crate::rules::portal_key;
use crate::store::{Filter, InvoiceRow};
use crate::workflow::answers::{Rejection, Stage};
use crate::workflow::windows::{Deadline, Starts, deadline, window_of};
use crate::workflow::{AppealDue, Desk, Expiry, State, WorkflowError};
use chrono::{DateTime, Local, NaiveDate, TimeZone};
use rust_decimal::Decimal;
use std::collections::BTreeSet;

/// Whose figures are asked for; what is not set asks for nothing.
#[derive(Clone, Copy, Default)]
pub struct Whose<'a> {
    /// Of this client.
    pub client: Option<&'a str>,
    /// At this portal, by any of its names.
    pub portal: Option<&'a str>,
    /// Of matters of this partner.
    pub partner: Option<&'a str>,
}

impl Whose<'_> {
    /// The same as a filter of the store. A portal has several names, so it is no part of it.
    pub fn filter(&self) -> Filter {
        Filter {
            client: self.client.map(str::to_owned),
            partner: self.partner.map(str::to_owned),
            ..Filter::default()
        }
    }

    /// Whether a portal is the one that is asked for.
    pub fn is_at(&self, portal: &str) -> bool {
        self.portal
            .is_none_or(|own| portal_key(own) == portal_key(portal))
    }

    /// Whether an invoice is one of theirs.
    pub fn is_of(&self, row: &InvoiceRow) -> bool {
        self.client.is_none_or(|c| c == row.client)
            && self.partner.is_none_or(|p| p == row.partner)
            && self.is_at(&row.portal)
    }

    fn fits(&self, invoice: &Behind) -> bool {
        self.client.is_none_or(|c| c == invoice.client)
            && self.partner.is_none_or(|p| p == invoice.partner)
            && self.is_at(&invoice.portal)
    }
}

/// States of an invoice that was not sent yet.
const UNSENT: [State; 5] = [
    State::Draft,
    State::Checked,
    State::InReview,
    State::Cleared,
    State::Queued,
];

/// Something that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum GatherError {
    /// Not allowed, or the store fails.
    #[error(transparent)]
    Workflow(#[from] WorkflowError),
    /// A pack.
    #[error(transparent)]
    Pack(#[from] crate::rules::PackMistake),
}

fn behind(row: &InvoiceRow, lists: &Lists, account_portal: Option<String>) -> Behind {
    let mut invoice = row.behind(Vec::new());
    if invoice.portal.is_empty() {
        let placed = || lists.placement(&row.client, &row.matter).portal;
        invoice.portal = account_portal.or_else(placed).unwrap_or_default();
    }
    invoice
}

fn partner(row: &InvoiceRow) -> String {
    match row.partner.as_str() {
        "" => "a partner".to_owned(),
        name => name.to_owned(),
    }
}

fn until(deadline: &Deadline) -> Until {
    match deadline {
        Deadline::Until(last) => Until::Last {
            at_ms: last.at.timestamp_millis(),
            local: last.local.clone(),
            computed: last.computed.clone(),
        },
        Deadline::NotConfigured | Deadline::Beyond => Until::NotConfigured(deadline.words()),
        Deadline::NotBegun { .. } | Deadline::NoTriesLeft { .. } => Until::Open(deadline.words()),
    }
}

/// The end of a day where this machine is.
fn end_of(day: NaiveDate, words: String) -> Until {
    let last = day.and_hms_opt(23, 59, 59);
    let last = last.and_then(|last| Local.from_local_datetime(&last).latest());
    match last {
        Some(at) => Until::Last {
            at_ms: at.timestamp_millis(),
            local: format!("end of {day}"),
            computed: words,
        },
        None => Until::NotConfigured(words),
    }
}

fn of_due(due: &AppealDue, lists: &Lists) -> Risk {
    let lines = match due.items.len() {
        0 => "the invoice as a whole".to_owned(),
        1 => format!("line {}", due.items[0]),
        many => format!("{many} lines"),
    };
    let status = due.appeal.as_ref().map(|a| a.status.as_str());
    Risk {
        invoice: behind(&due.invoice, lists, None),
        what: if due.appeal.is_some() {
            "appeal"
        } else {
            "reduction"
        },
        about: match &due.appeal {
            Some(appeal) => format!("{} ({}), {lines}", appeal.id, appeal.status),
            None => lines,
        },
        amount: due.amount,
        currency: due.currency.clone(),
        who: match status {
            Some("decided") => "billing".to_owned(),
            _ => partner(&due.invoice),
        },
        next: due.next().to_owned(),
        until: until(&due.deadline),
    }
}

/// Days of the calendar a window counts by.
fn holidays(lists: &Lists, calendar: &str) -> BTreeSet<NaiveDate> {
    let all = lists.holidays.rows().iter();
    let own = all.filter(|h| h.calendar.is_empty() || h.calendar == calendar);
    own.map(|h| h.date).collect()
}

fn resubmission(rejection: &Rejection, portal: &str, lists: &Lists) -> Deadline {
    let row = &rejection.row;
    let day = row.invoice_date.as_deref().and_then(|d| d.parse().ok());
    let kind = WindowKind::Resubmission;
    let day = day.unwrap_or(NaiveDate::MAX);
    let window = window_of(&lists.windows, kind, &row.client, portal, day);
    let refused = DateTime::from_timestamp_millis(rejection.submission.changed_ms);
    let starts = Starts {
        rejected: refused,
        notified: refused,
        ..Starts::default()
    };
    // The first try was the invoice itself.
    let used = u32::try_from(rejection.tries.saturating_sub(1)).unwrap_or(u32::MAX);
    let holidays = window.map_or_else(BTreeSet::new, |w| holidays(lists, &w.holidays));
    deadline(window, &starts, used, &holidays)
}

/// The earlier of two moments; one that is known before one that is not.
fn earlier(one: Until, other: Option<Until>) -> Until {
    let at = |until: &Until| match until {
        Until::Last { at_ms, .. } => *at_ms,
        _ => i64::MAX,
    };
    match other {
        Some(other) if at(&other) < at(&one) => other,
        _ => one,
    }
}

fn of_rejection(rejection: &Rejection, invoice: Behind, clock: &Clock, lists: &Lists) -> Risk {
    let row = &rejection.row;
    let window = resubmission(rejection, &invoice.portal, lists);
    let late = clock.last_day().map(|(day, words)| end_of(day, words));
    let by_window = match window {
        Deadline::NotConfigured => Until::NotConfigured(
            "no window for corrected invoices in windows.csv, and no limit of late billing in the client's pack"
                .to_owned(),
        ),
        known => until(&known),
    };
    let fixer = rejection
        .causes
        .first()
        .map_or("", |c| c.fixable_by.as_str());
    let (who, next) = match rejection.stage {
        Stage::Cleared => ("billing".to_owned(), "resubmit it"),
        Stage::InCorrection => ("billing".to_owned(), "finish the corrected version"),
        Stage::Refused => match fixer {
            "timekeeper" => ("the timekeeper".to_owned(), "correct the lines"),
            "partner" => (partner(row), "decide, then correct it"),
            "client" => ("billing".to_owned(), "ask the client, then correct it"),
            _ => ("billing".to_owned(), "correct it"),
        },
    };
    Risk {
        invoice,
        what: "rejection",
        about: match rejection.tries {
            0 | 1 => String::new(),
            tries => format!("refused {tries} times"),
        },
        amount: row.total.unwrap_or_default(),
        currency: row.currency.clone(),
        who,
        next: next.to_owned(),
        until: earlier(by_window, late),
    }
}

fn of_expiry(expiry: &Expiry, lists: &Lists) -> Risk {
    Risk {
        invoice: behind(&expiry.invoice, lists, None),
        what: "question",
        about: "the client asked something".to_owned(),
        amount: expiry.invoice.total.unwrap_or_default(),
        currency: expiry.invoice.currency.clone(),
        who: "billing".to_owned(),
        next: expiry.next().to_owned(),
        until: until(&expiry.deadline),
    }
}

/// What is lost if nobody acts. `portal_of` names the portal of an account.
///
/// # Errors
/// Not allowed, the store fails, or a mistake in a pack.
pub async fn risks(
    desk: &Desk<'_>,
    options: &Options,
    portal_of: &(dyn Fn(&str) -> Option<String> + Sync),
    whose: Whose<'_>,
) -> Result<Vec<Risk>, GatherError> {
    let lists = &options.lists;
    let mut limits = ClientLimits::new(&options.shelf);
    let mut all = Vec::new();
    // The file of an appeal that was answered is no invoice to be corrected, and none is late.
    let mut answered: BTreeSet<String> = BTreeSet::new();
    let mut files: BTreeSet<String> = BTreeSet::new();
    for appeal in desk.appeals_filed().await? {
        let Some(file) = appeal.filed_as else {
            continue;
        };
        if appeal.ended_ms.is_some() {
            answered.insert(file.clone());
        }
        files.insert(file);
    }
    for due in desk.due_appeals(lists).await? {
        // What a client cuts from an appeal's file is its answer to the appeal, which has ended.
        if due.appeal.is_some() || !answered.contains(&due.invoice.id) {
            all.push(of_due(&due, lists));
        }
    }
    let mut refused: BTreeSet<String> = BTreeSet::new();
    for rejection in desk.rejections().await? {
        let row = &rejection.row;
        if answered.contains(&row.id) {
            continue;
        }
        refused.insert(row.id.clone());
        refused.extend(rejection.replaced_by.clone());
        let invoice = behind(row, lists, portal_of(&rejection.submission.account));
        let limits = limits.of(row, &invoice.portal)?;
        let clock = Clock::of(row, rejection.oldest_line, limits, options.today);
        all.push(of_rejection(&rejection, invoice, &clock, lists));
    }
    for question in desk.questions(lists, &options.shelf).await? {
        all.push(of_expiry(&question, lists));
    }
    let filter = Filter {
        states: UNSENT.map(|s| s.name().to_owned()).to_vec(),
        ..whose.filter()
    };
    for row in desk.list(&filter).await? {
        // A correction of what was refused stands there already.
        if refused.contains(&row.id) || refused.contains(&row.number) || files.contains(&row.id) {
            continue;
        }
        let invoice = behind(&row, lists, None);
        let limits = limits.of(&row, &invoice.portal)?;
        if !limits.is_known() {
            continue;
        }
        let oldest = match limits.needs_lines() {
            true => {
                let lines = lines(&desk.file_of(&row)?, &row.number).unwrap_or_default();
                lines.iter().filter_map(|l| l.date).min()
            }
            false => None,
        };
        let clock = Clock::of(&row, oldest, limits, options.today);
        let Some((day, words)) = clock.last_day() else {
            continue;
        };
        all.push(Risk {
            what: "late billing",
            about: format!("not sent yet, {}", row.state),
            amount: row.total.unwrap_or(Decimal::ZERO),
            currency: row.currency.clone(),
            who: match State::named(&row.state) {
                Some(State::Checked | State::InReview) => partner(&row),
                _ => "billing".to_owned(),
            },
            next: match State::named(&row.state) {
                Some(State::Checked | State::InReview) => "review and clear it",
                Some(State::Draft) => "have it checked",
                _ => "send it",
            }
            .to_owned(),
            until: end_of(day, words),
            invoice,
        });
    }
    all.retain(|risk| whose.fits(&risk.invoice));
    Ok(all)
}
