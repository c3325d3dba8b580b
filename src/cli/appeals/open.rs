//! What can still be appealed, and whose it is.

use super::Common;
use crate::check::Options;
use crate::cli::deed::Whose;
use crate::workflow::windows::Deadline;
use crate::workflow::{Act, AppealDue, Desk, Expiry, Step};
use chrono::Utc;

/// What somebody has to act on. Whoever may says first of what is too late that it is.
pub(super) fn open(common: &Common, whose: &Whose) -> anyhow::Result<Vec<AppealDue>> {
    let options = common.options()?;
    let mut found = common.at.at_desk(async |desk| {
        missed(desk, &options).await?;
        Ok(desk.due_appeals(&options.lists).await?)
    })?;
    found.retain(|d| whose.fits(&d.invoice));
    Ok(found)
}

/// The other clocks of portals, those that run out within so many days.
pub(super) fn clocks(
    common: &Common,
    whose: &Whose,
    due: Option<u32>,
) -> anyhow::Result<Vec<Expiry>> {
    let options = common.options()?;
    let mut found = common
        .at
        .at_desk(async |desk| Ok(desk.expiries(&options.lists, &options.shelf).await?))?;
    let soon = |until: i64| {
        due.is_none_or(|days| until <= Utc::now().timestamp_millis() + i64::from(days) * 86_400_000)
    };
    found.retain(|c| whose.fits(&c.invoice) && c.deadline.until_ms().is_none_or(soon));
    Ok(found)
}

pub(super) async fn missed(desk: &Desk<'_>, options: &Options) -> anyhow::Result<()> {
    if desk.may(Act::Step(Step::MissWindow)).is_ok() {
        desk.miss_windows(&options.lists).await?;
    }
    Ok(())
}

pub(super) fn within(due: &AppealDue, days: u32) -> bool {
    let Some(until) = due.deadline.until_ms() else {
        return !matches!(due.deadline, Deadline::NoTriesLeft { .. });
    };
    until <= Utc::now().timestamp_millis() + i64::from(days) * 86_400_000
}
