//! Consents on file.

use super::engagement::Engagement;
use crate::model::Lists;
use crate::model::lists::{Approval, Approves, holds_for, in_span};
use chrono::NaiveDate;
use rust_decimal::Decimal;

/// The consents of a kind that the matter's client gave for this matter or for all of them.
pub(in crate::rules::predicate) fn of<'a>(
    lists: &'a Lists,
    engagement: &'a Engagement<'_>,
    kind: Approves,
) -> impl Iterator<Item = &'a Approval> {
    of_client(lists, engagement, kind)
        .filter(|row| holds_for(&row.law_firm_matter_id, &engagement.law_firm_matter_id))
}

/// The consents of a kind that the client gave for any of its matters.
pub(in crate::rules::predicate) fn of_client<'a>(
    lists: &'a Lists,
    engagement: &'a Engagement<'_>,
    kind: Approves,
) -> impl Iterator<Item = &'a Approval> {
    let rows = lists.approvals.of(&engagement.client_id);
    rows.filter(move |row| row.approves == kind)
}

/// True on the days a consent holds.
pub(in crate::rules::predicate) fn is_in_force(approval: &Approval, day: NaiveDate) -> bool {
    in_span(day, approval.from, approval.until)
}

/// The highest rate an hour that a consent for this timekeeper, or for all, takes on this day.
pub(in crate::rules::predicate) fn highest_rate(
    lists: &Lists,
    engagement: &Engagement<'_>,
    kind: Approves,
    timekeeper_id: &str,
    day: NaiveDate,
) -> Option<Decimal> {
    of(lists, engagement, kind)
        .filter(|row| holds_for(&row.subject, timekeeper_id) && is_in_force(row, day))
        .map(|row| row.limit.unwrap_or(Decimal::MAX))
        .max()
}
