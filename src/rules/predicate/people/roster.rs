//! The firm's list of timekeepers, and their ids at portals.

use crate::model::Lists;
use crate::model::lists::{FirmTimekeeper, holds_for, in_span};
use chrono::NaiveDate;

/// The rows of a timekeeper. A row without an id is nobody's.
pub(super) fn rows<'a>(lists: &'a Lists, id: &str) -> impl Iterator<Item = &'a FirmTimekeeper> {
    let rows = lists.timekeepers.of(id);
    rows.filter(move |row| row.timekeeper_id == id)
}

/// The timekeeper's row on a day, else the last one.
pub(super) fn row<'a>(lists: &'a Lists, id: &str, day: NaiveDate) -> Option<&'a FirmTimekeeper> {
    rows(lists, id)
        .find(|row| in_span(day, row.from, row.until))
        .or_else(|| rows(lists, id).last())
}

/// True where the firm's list, or a portal's own id of a timekeeper, has this id.
pub(super) fn is_listed(lists: &Lists, client_id: &str, id: &str) -> bool {
    rows(lists, id).next().is_some()
        || lists.names.rows().iter().any(|row| {
            row.portal_timekeeper_id == id
                && (row.client_id.is_empty() || row.client_id == client_id)
        })
}

/// True where the list of timekeepers says it is complete, and has nobody under this id.
pub(super) fn is_unknown(lists: &Lists, client_id: &str, id: &str) -> bool {
    lists.timekeepers.is_complete() && !is_listed(lists, client_id, id)
}

/// The class a portal knows a timekeeper by, for one client or for all.
pub(super) fn portal_roles<'a>(
    lists: &'a Lists,
    client_id: &'a str,
    id: &'a str,
) -> impl Iterator<Item = &'a str> {
    let names = lists.names.of(id);
    names
        .filter(move |row| row.timekeeper_id == id && holds_for(&row.client_id, client_id))
        .map(|row| row.portal_role.as_str())
        .filter(|role| !role.is_empty())
}
