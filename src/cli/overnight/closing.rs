//! What the morning report says of windows: which close soon, which have closed, which are not configured.

use crate::cli::appeals::alarm_days;
use crate::cli::basis::firm_lists;
use crate::cli::portals::At;
use crate::model::Lists;
use crate::rules::Shelf;
use crate::workflow::submission::{Morning, MorningLine, closing_lines};
use crate::workflow::{Desk, Ground};

/// Says of appeals that are too late that they are.
pub(super) async fn too_late(desk: &Desk<'_>) -> anyhow::Result<Vec<MorningLine>> {
    // Without the lists, what was known when it was proposed still holds.
    let lists = firm_lists(None).unwrap_or_default();
    let late = desk.miss_windows(&lists).await?;
    Ok(late.iter().map(MorningLine::missed).collect())
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
    desk.mark_reductions(&Ground { shelf, lists }).await?;
    let alarm_ms = i64::from(alarm_days) * 86_400_000;
    let late = desk.miss_windows(lists).await?;
    morning.missed.extend(late.iter().map(MorningLine::missed));
    let due = desk.due_appeals(lists).await?;
    let clocks = desk.expiries(lists, shelf).await?;
    morning.closing = closing_lines(&due, &clocks, morning.now_ms, alarm_ms);
    Ok(())
}
