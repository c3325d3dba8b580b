//! Windows in the morning report: those that close soon, those nobody has configured, those that were missed.

use super::morning::MorningLine;
use crate::workflow::windows::Deadline;
use crate::workflow::{AppealDue, AppealShown, Expiry};

impl MorningLine {
    /// What was cut and has to be appealed, decided or filed.
    pub fn closing(due: &AppealDue) -> Self {
        let local = match &due.deadline {
            Deadline::Until(last) => Some(last.local.clone()),
            _ => None,
        };
        let why = match &due.deadline {
            Deadline::Until(_) => due.next().to_owned(),
            other => other.words(),
        };
        Self {
            number: due.invoice.number.clone(),
            client: due.invoice.client.clone(),
            account: due.invoice.portal.clone(),
            total: Some(due.amount),
            currency: due.currency.clone(),
            why,
            due: local,
            since_ms: due.invoice.changed_ms,
            ..Self::default()
        }
    }

    /// A clock of a portal that runs.
    pub fn running(clock: &Expiry) -> Self {
        let (due, why) = match &clock.deadline {
            Deadline::Until(last) => (Some(last.local.clone()), clock.next().to_owned()),
            other => (None, format!("{}: {}", clock.next(), other.words())),
        };
        Self {
            number: clock.invoice.number.clone(),
            client: clock.invoice.client.clone(),
            account: clock.invoice.portal.clone(),
            total: clock.invoice.total,
            currency: clock.invoice.currency.clone(),
            why,
            due,
            since_ms: clock.invoice.changed_ms,
            ..Self::default()
        }
    }

    /// An appeal whose window has passed.
    pub fn missed(shown: &AppealShown) -> Self {
        Self {
            number: shown.invoice.number.clone(),
            client: shown.invoice.client.clone(),
            account: shown.invoice.portal.clone(),
            total: Some(shown.appeal.claimed),
            currency: shown.appeal.currency.clone(),
            why: shown.deadline.words(),
            since_ms: shown.invoice.changed_ms,
            ..Self::default()
        }
    }
}

/// What closes within so many milliseconds, and what nobody has configured.
pub fn closing_lines(
    due: &[AppealDue],
    clocks: &[Expiry],
    now_ms: i64,
    alarm_ms: i64,
) -> Vec<MorningLine> {
    let soon = due.iter().filter(|d| match d.deadline.until_ms() {
        Some(until) => until <= now_ms + alarm_ms,
        None => d.deadline == Deadline::NotConfigured,
    });
    let running = clocks.iter().filter(|c| {
        let until = c.deadline.until_ms();
        until.is_none_or(|until| until <= now_ms + alarm_ms)
    });
    let soon = soon.map(MorningLine::closing);
    soon.chain(running.map(MorningLine::running)).collect()
}
