//! What the morning report says of windows: which close soon, which have closed, which are not configured.

use crate::cli::appeals::alarm_days;
use crate::cli::basis::firm_lists;
use crate::cli::portals::At;
use crate::cli::reductions::rules_of;
use crate::model::Lists;
use crate::rules::Shelf;
use crate::workflow::submission::{Morning, MorningLine};
use crate::workflow::windows::Deadline;
use crate::workflow::{AppealDue, AppealShown, Desk, Expiry, Ground};

/// Says of appeals that are too late that they are.
pub(super) async fn too_late(desk: &Desk<'_>) -> anyhow::Result<Vec<MorningLine>> {
    // Without the lists, what was known when it was proposed still holds.
    let lists = firm_lists(None).unwrap_or_default();
    let late = desk.miss_windows(&lists).await?;
    Ok(late.iter().map(missed).collect())
}

/// By the lists, the packs and the days before that the settings name.
pub(super) async fn of_firm(
    desk: &Desk<'_>,
    portals: &At,
    morning: &mut Morning,
) -> anyhow::Result<()> {
    windows(
        desk,
        &firm_lists(None)?,
        &portals.shelf()?,
        alarm_days()?,
        morning,
    )
    .await
}

/// Says of appeals that are too late that they are, and which windows close in so many days or are not configured.
pub(in crate::cli) async fn windows(
    desk: &Desk<'_>,
    lists: &Lists,
    shelf: &Shelf,
    alarm_days: u32,
    morning: &mut Morning,
) -> anyhow::Result<()> {
    let ground = Ground {
        shelf,
        lists,
        rules_for: &rules_of,
    };
    desk.mark_reductions(&ground).await?;
    let alarm_ms = i64::from(alarm_days) * 86_400_000;
    let late = desk.miss_windows(lists).await?;
    morning.missed.extend(late.iter().map(missed));
    let due = desk.due_appeals(lists).await?;
    let soon = due.iter().filter(|d| match d.deadline.until_ms() {
        Some(until) => until <= morning.now_ms + alarm_ms,
        None => d.deadline == Deadline::NotConfigured,
    });
    morning.closing = soon.map(closing).collect();
    let clocks = desk.expiries(lists, shelf).await?;
    let soon = clocks.iter().filter(|c| {
        let until = c.deadline.until_ms();
        until.is_none_or(|until| until <= morning.now_ms + alarm_ms)
    });
    morning.closing.extend(soon.map(running));
    Ok(())
}

fn closing(due: &AppealDue) -> MorningLine {
    let local = match &due.deadline {
        Deadline::Until(last) => Some(last.local.clone()),
        _ => None,
    };
    let why = match &due.deadline {
        Deadline::Until(_) => due.next().to_owned(),
        other => other.words(),
    };
    MorningLine {
        number: due.invoice.number.clone(),
        client: due.invoice.client.clone(),
        account: due.invoice.portal.clone(),
        total: Some(due.amount),
        currency: due.currency.clone(),
        why,
        due: local,
        since_ms: due.invoice.changed_ms,
        ..MorningLine::default()
    }
}

fn running(clock: &Expiry) -> MorningLine {
    let (due, why) = match &clock.deadline {
        Deadline::Until(last) => (Some(last.local.clone()), clock.next().to_owned()),
        other => (None, format!("{}: {}", clock.next(), other.words())),
    };
    MorningLine {
        number: clock.invoice.number.clone(),
        client: clock.invoice.client.clone(),
        account: clock.invoice.portal.clone(),
        total: clock.invoice.total,
        currency: clock.invoice.currency.clone(),
        why,
        due,
        since_ms: clock.invoice.changed_ms,
        ..MorningLine::default()
    }
}

fn missed(shown: &AppealShown) -> MorningLine {
    MorningLine {
        number: shown.invoice.number.clone(),
        client: shown.invoice.client.clone(),
        account: shown.invoice.portal.clone(),
        total: Some(shown.appeal.claimed),
        currency: shown.appeal.currency.clone(),
        why: shown.deadline.words(),
        since_ms: shown.invoice.changed_ms,
        ..MorningLine::default()
    }
}
