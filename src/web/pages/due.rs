//! Until when something has to be done, as pages show it.

use crate::web::locale::Locale;
use crate::workflow::windows::Deadline;

const DAY_MS: i64 = 86_400_000;

/// A last moment.
pub(super) struct Due {
    /// When, or why it is not known.
    pub(super) when: String,
    /// How it was computed.
    pub(super) how: String,
    /// `3 days left`; empty where there is no last moment.
    pub(super) left: String,
    /// It has passed, is near, or nobody knows it.
    pub(super) red: bool,
    /// The order: what ends first; what nobody knows stands before all.
    pub(super) sort: i64,
}

impl Due {
    pub(super) fn of(deadline: &Deadline, alarm_days: u32, now: i64, locale: &Locale) -> Self {
        match deadline {
            Deadline::Until(last) => {
                let at = last.at.timestamp_millis();
                let days = (at - now).div_euclid(DAY_MS);
                let left = match days {
                    _ if at < now => "passed".to_owned(),
                    0 => "ends within a day".to_owned(),
                    1 => "1 day left".to_owned(),
                    n => format!("{n} days left"),
                };
                Self {
                    when: locale.instant(at),
                    how: locale.days_in(&format!("{}: {}", last.local, last.computed)),
                    left,
                    red: at < now || days < i64::from(alarm_days),
                    sort: at,
                }
            }
            // Nothing is assumed: it stands on top until somebody writes the client's terms down.
            Deadline::NotConfigured => Self {
                when: "window not configured".to_owned(),
                how: "add the client's terms to the list of windows".to_owned(),
                left: String::new(),
                red: true,
                sort: 0,
            },
            other => Self {
                when: match other {
                    Deadline::NotBegun { .. } => "not begun".to_owned(),
                    Deadline::NoTriesLeft { .. } => "no try left".to_owned(),
                    _ => "beyond the calendar".to_owned(),
                },
                how: locale.days_in(&other.words()),
                left: String::new(),
                red: matches!(other, Deadline::Beyond),
                sort: i64::MAX,
            },
        }
    }
}
