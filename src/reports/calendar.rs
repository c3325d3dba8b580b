//! Windows that close, as a calendar other programs read (RFC 5545). No narratives and no reasons stand in it.

use crate::workflow::AppealDue;
use crate::workflow::windows::Deadline;
use chrono::{DateTime, TimeDelta, Utc};
use icalendar::{Alarm, Calendar, Component, Event, EventLike};

/// The calendar: one event at each last moment, with an alarm so many days before. What has no window has no day and is
/// left out; the list shows it.
pub fn calendar(due: &[AppealDue], alarm_days: u32, now: DateTime<Utc>) -> String {
    let mut calendar = Calendar::new();
    calendar.name("cleanbill: windows of appeals");
    for one in due {
        let Deadline::Until(last) = &one.deadline else {
            continue;
        };
        let number = &one.invoice.number;
        let summary = format!(
            "Window closes: invoice {number}, {} {} ({})",
            one.amount,
            one.currency,
            one.next()
        );
        let about = format!(
            "Client {}, matter {}, partner {}. {} ({}).",
            one.invoice.client, one.invoice.matter, one.invoice.partner, last.local, last.computed
        );
        let uid = match &one.appeal {
            Some(appeal) => format!("appeal-{}@cleanbill", appeal.id),
            None => format!("reductions-{}@cleanbill", one.invoice.id),
        };
        let before = -TimeDelta::days(i64::from(alarm_days));
        let event = Event::new()
            .uid(&uid)
            .timestamp(now)
            .summary(&summary)
            .description(&about)
            .starts(last.at)
            .ends(last.at)
            .alarm(Alarm::display(&summary, before))
            .done();
        calendar.push(event);
    }
    calendar.to_string()
}
