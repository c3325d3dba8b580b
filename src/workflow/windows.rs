//! Windows: the last moment for an appeal, a corrected invoice or an answer, and how it was computed. Pure.
//!
//! The day on which it starts is not counted. Its days are those of the client's time zone. A window whose last day is
//! no day of work ends on that day all the same, unless the client's terms say that it moves. Where the clock is set
//! back, the cut-off is the first of the two moments that read alike; where it is set forward over the cut-off, the
//! moment at which it is.

use crate::model::lists::{DayUnit, List, StartsAt, Window, WindowKind, in_span};
use crate::rules::portal_key;
use chrono::{
    DateTime, Datelike, Days, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta,
    TimeZone, Utc, Weekday,
};
use chrono_tz::Tz;
use serde::Serialize;
use std::collections::BTreeSet;

/// The last moment, and how it was computed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct LastMoment {
    /// The last moment that is still inside.
    pub at: DateTime<Utc>,
    /// The same on the client's clock: `2026-03-06 17:00:00 America/New_York`.
    pub local: String,
    /// How it was computed, in words.
    pub computed: String,
}

/// What is known of a window.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(tag = "window", rename_all = "kebab-case")]
pub enum Deadline {
    /// The firm's list has no window for it: nothing is assumed.
    NotConfigured,
    /// What it begins with has not happened, or its time is not known.
    NotBegun {
        /// What: `paid`, ...
        waits_for: &'static str,
    },
    /// Every try is used.
    NoTriesLeft {
        /// How many there were.
        tries: u32,
    },
    /// It ends.
    Until(LastMoment),
    /// It cannot be computed, as its days lie beyond the calendar.
    Beyond,
}

impl Deadline {
    /// The last moment in milliseconds since 1970, where there is one.
    pub fn until_ms(&self) -> Option<i64> {
        match self {
            Self::Until(last) => Some(last.at.timestamp_millis()),
            _ => None,
        }
    }

    /// What it says, in words.
    pub fn words(&self) -> String {
        match self {
            Self::NotConfigured => {
                "window not configured: add the client's terms to windows.csv".to_owned()
            }
            Self::NotBegun { waits_for } => {
                format!("the window has not begun: it starts when the invoice is {waits_for}")
            }
            Self::NoTriesLeft { tries } => format!("no try is left of {tries}"),
            Self::Until(last) => last.computed.clone(),
            Self::Beyond => {
                "the window's end lies beyond the calendar: correct its length".to_owned()
            }
        }
    }
}

/// When what windows begin with has happened; what has not, or is not known, is left out.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Starts {
    /// The client cut something.
    pub adjusted: Option<DateTime<Utc>>,
    /// The invoice was refused.
    pub rejected: Option<DateTime<Utc>>,
    /// The firm heard of it.
    pub notified: Option<DateTime<Utc>>,
    /// The last payment.
    pub paid: Option<DateTime<Utc>>,
    /// The client approved what it pays.
    pub approved: Option<DateTime<Utc>>,
}

impl Starts {
    fn of(&self, start: StartsAt) -> Option<DateTime<Utc>> {
        match start {
            StartsAt::Adjusted => self.adjusted,
            StartsAt::Rejected => self.rejected,
            StartsAt::Notified => self.notified,
            StartsAt::Paid => self.paid,
            StartsAt::Approved => self.approved,
        }
    }
}

/// The window of a client at a portal on a day: that of the client and portal before that of the client, that before
/// that of the portal; of several contracts the latest that had begun.
pub fn window_of<'a>(
    windows: &'a List<Window>,
    kind: WindowKind,
    client: &str,
    portal: &str,
    day: NaiveDate,
) -> Option<&'a Window> {
    let key = portal_key(portal);
    let fits = |w: &&Window| {
        w.kind == kind
            && (w.portal.is_empty() || portal_key(&w.portal) == key)
            && in_span(day, w.from, None)
    };
    let own = windows.of(client).filter(fits);
    own.max_by_key(|w| (!w.client_id.is_empty(), !w.portal.is_empty(), w.from))
}

/// The deadline of a window: `used` tries are behind it. `holidays` are the days of its calendar.
pub fn deadline(
    window: Option<&Window>,
    starts: &Starts,
    used: u32,
    holidays: &BTreeSet<NaiveDate>,
) -> Deadline {
    let Some(window) = window else {
        return Deadline::NotConfigured;
    };
    if let Some(tries) = window.tries.filter(|tries| used >= *tries) {
        return Deadline::NoTriesLeft { tries };
    }
    let Some(start) = starts.of(window.starts_at) else {
        return Deadline::NotBegun {
            waits_for: window.starts_at.name(),
        };
    };
    let zone = window.time_zone.unwrap_or(Tz::UTC);
    let first = start.with_timezone(&zone).date_naive();
    let counted = match window.unit {
        DayUnit::Calendar => first.checked_add_days(Days::new(u64::from(window.length))),
        DayUnit::Business => business_day(first, window.length, holidays),
    };
    let Some(counted) = counted else {
        return Deadline::Beyond;
    };
    let mut words = vec![format!(
        "{} {} days after it was {} on {first} ({zone}){}: {counted}",
        window.length,
        match window.unit {
            DayUnit::Calendar => "calendar",
            DayUnit::Business => "business",
        },
        window.starts_at.name(),
        match (window.unit, window.holidays.as_str()) {
            (DayUnit::Business, "") => String::new(),
            (DayUnit::Business, calendar) => format!(", holidays of {calendar}"),
            _ => String::new(),
        },
    )];
    let last = if is_work(counted, holidays) {
        counted
    } else if window.moved {
        let Some(moved) = business_day(counted, 1, holidays) else {
            return Deadline::Beyond;
        };
        words.push(format!("no day of work, so moved to {moved}"));
        moved
    } else {
        words.push("no day of work, and not moved".to_owned());
        counted
    };
    let at = match window.cut_off {
        Some(time) => {
            words.push(format!("until {}", time.format("%H:%M")));
            first_moment(zone, last.and_time(time))
        }
        None => {
            words.push("until the end of that day".to_owned());
            let next = last.succ_opt().map(|day| day.and_time(NaiveTime::MIN));
            let end = next.and_then(|next| first_moment(zone, next));
            end.and_then(|end| end.checked_sub_signed(TimeDelta::seconds(1)))
        }
    };
    let Some(at) = at else {
        return Deadline::Beyond;
    };
    if window.unit == DayUnit::Business && !window.holidays.is_empty() && holidays.is_empty() {
        words.push(format!(
            "the list holidays has no day of {}: none was left out",
            window.holidays
        ));
    }
    if let Some(tries) = window.tries {
        words.push(format!("try {} of {tries}", used + 1));
    }
    if !window.source.is_empty() {
        words.push(window.source.clone());
    }
    let local = at.with_timezone(&zone).format("%Y-%m-%d %H:%M:%S");
    Deadline::Until(LastMoment {
        at,
        local: format!("{local} {zone}"),
        computed: words.join("; "),
    })
}

fn is_work(day: NaiveDate, holidays: &BTreeSet<NaiveDate>) -> bool {
    !matches!(day.weekday(), Weekday::Sat | Weekday::Sun) && !holidays.contains(&day)
}

/// The day of work that is `count` after a day; with 0 the day itself.
fn business_day(from: NaiveDate, count: u32, holidays: &BTreeSet<NaiveDate>) -> Option<NaiveDate> {
    let (mut day, mut left) = (from, count);
    while left > 0 {
        day = day.succ_opt()?;
        left -= u32::from(is_work(day, holidays));
    }
    Some(day)
}

/// The first moment at which the clocks of a zone read a time, or a later one.
fn first_moment(zone: Tz, wanted: NaiveDateTime) -> Option<DateTime<Utc>> {
    match zone.from_local_datetime(&wanted) {
        LocalResult::Single(at) => Some(at.to_utc()),
        LocalResult::Ambiguous(one, other) => Some(one.min(other).to_utc()),
        // The clock jumps over it. Just before the jump it reads less, just after it more: halve the time between.
        LocalResult::None => {
            let reads_less = |at: DateTime<Utc>| at.with_timezone(&zone).naive_local() < wanted;
            let day = TimeDelta::hours(36);
            let mut before = Utc.from_utc_datetime(&wanted).checked_sub_signed(day)?;
            let mut after = Utc.from_utc_datetime(&wanted).checked_add_signed(day)?;
            while (after - before).num_seconds() > 1 {
                let middle = before + (after - before) / 2;
                let middle = DateTime::from_timestamp(middle.timestamp(), 0)?;
                if reads_less(middle) {
                    before = middle;
                } else {
                    after = middle;
                }
            }
            Some(after)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::lists::ListHead;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    fn utc(text: &str) -> DateTime<Utc> {
        text.parse().expect("an instant")
    }

    fn window(length: u32, unit: DayUnit, zone: &str) -> Window {
        Window {
            length,
            unit,
            time_zone: zone.parse().ok(),
            starts_at: StartsAt::Paid,
            ..Window::default()
        }
    }

    fn ends(window: &Window, paid: &str, holidays: &[&str]) -> String {
        let starts = Starts {
            paid: Some(utc(paid)),
            ..Starts::default()
        };
        let holidays = holidays.iter().map(|d| day(d)).collect();
        match deadline(Some(window), &starts, 0, &holidays) {
            Deadline::Until(last) => last.local,
            other => other.words(),
        }
    }

    #[test]
    fn days_are_those_of_the_client() {
        let sixty = window(60, DayUnit::Calendar, "America/New_York");
        // At three in the morning in UTC it is the evening before in New York.
        assert_eq!(
            ends(&sixty, "2026-01-06T03:00:00Z", &[]),
            "2026-03-06 23:59:59 America/New_York"
        );
        let until_five = Window {
            cut_off: NaiveTime::from_hms_opt(17, 0, 0),
            ..sixty
        };
        assert_eq!(
            ends(&until_five, "2026-01-05T20:00:00Z", &[]),
            "2026-03-06 17:00:00 America/New_York"
        );
        let month = window(30, DayUnit::Calendar, "UTC");
        assert_eq!(
            ends(&month, "2028-01-30T12:00:00Z", &[]),
            "2028-02-29 23:59:59 UTC"
        );
        assert_eq!(
            ends(&month, "2026-01-30T12:00:00Z", &[]),
            "2026-03-01 23:59:59 UTC"
        );
    }

    #[test]
    fn days_of_work_leave_out_weekends_and_holidays() {
        let five = window(5, DayUnit::Business, "Europe/London");
        assert_eq!(
            ends(&five, "2026-12-23T12:00:00Z", &["2026-12-25", "2026-12-28"]),
            "2027-01-01 23:59:59 Europe/London"
        );
    }

    #[test]
    fn a_last_day_that_is_no_day_of_work_moves_only_where_the_terms_say_so() {
        let stays = window(3, DayUnit::Calendar, "UTC");
        let paid = "2026-10-01T12:00:00Z";
        assert_eq!(ends(&stays, paid, &[]), "2026-10-04 23:59:59 UTC");
        let moved = Window {
            moved: true,
            ..stays
        };
        assert_eq!(
            ends(&moved, paid, &["2026-10-05"]),
            "2026-10-06 23:59:59 UTC"
        );
    }

    #[test]
    fn clocks_that_are_changed_take_no_time_away_that_was_promised_twice() {
        let at = |hour, minute| NaiveTime::from_hms_opt(hour, minute, 0);
        let one = window(1, DayUnit::Calendar, "America/New_York");
        let gap = Window {
            cut_off: at(2, 30),
            ..one.clone()
        };
        // 2026-03-08 has no 02:30: it ends when the clock is set forward.
        assert_eq!(
            ends(&gap, "2026-03-07T20:00:00Z", &[]),
            "2026-03-08 03:00:00 America/New_York"
        );
        let twice = Window {
            cut_off: at(1, 30),
            ..one
        };
        let starts = Starts {
            paid: Some(utc("2026-10-31T20:00:00Z")),
            ..Starts::default()
        };
        let Deadline::Until(last) = deadline(Some(&twice), &starts, 0, &BTreeSet::new()) else {
            panic!("no last moment");
        };
        assert_eq!(last.at, utc("2026-11-01T05:30:00Z"), "the first of the two");
        // Samoa had no 30 December 2011.
        let samoa = window(1, DayUnit::Calendar, "Pacific/Apia");
        assert_eq!(
            ends(&samoa, "2011-12-29T20:00:00Z", &[]),
            "2011-12-29 23:59:59 Pacific/Apia"
        );
    }

    #[test]
    fn nothing_is_assumed() {
        let none = BTreeSet::new();
        let starts = Starts::default();
        assert_eq!(deadline(None, &starts, 0, &none), Deadline::NotConfigured);
        let own = Window {
            tries: Some(1),
            ..window(60, DayUnit::Calendar, "UTC")
        };
        assert_eq!(
            deadline(Some(&own), &starts, 0, &none),
            Deadline::NotBegun { waits_for: "paid" }
        );
        assert_eq!(
            deadline(Some(&own), &starts, 1, &none),
            Deadline::NoTriesLeft { tries: 1 }
        );
    }

    #[test]
    fn the_nearest_terms_hold() {
        let row = |client: &str, portal: &str, from: Option<&str>, length: u32| Window {
            client_id: client.to_owned(),
            portal: portal.to_owned(),
            from: from.map(day),
            ..window(length, DayUnit::Calendar, "UTC")
        };
        let list = List::new(
            ListHead::default(),
            vec![
                row("", "Acuity", None, 1),
                row("C1", "", None, 2),
                row("C1", "acuity", Some("2025-01-01"), 3),
                row("C1", "Acuity", Some("2026-06-01"), 4),
            ],
        );
        let of = |client: &str, portal: &str, on: &str| {
            let found = window_of(&list, WindowKind::Appeal, client, portal, day(on));
            found.map(|w| w.length)
        };
        assert_eq!(of("C1", "Acuity", "2026-03-01"), Some(3));
        assert_eq!(of("C1", "Acuity", "2026-06-01"), Some(4));
        assert_eq!(of("C1", "Collaborati", "2026-06-01"), Some(2));
        assert_eq!(of("C2", "ACUITY", "2026-06-01"), Some(1));
        assert_eq!(of("C2", "Collaborati", "2026-06-01"), None);
    }
}
