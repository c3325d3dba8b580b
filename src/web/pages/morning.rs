//! The morning report as a page of ours: what happened since the evening, and what a person has to see to.

use super::reductions::{shown, sums};
use super::today::Lane;
use crate::reports::morning::parts;
use crate::web::answer::{Trouble, html};
use crate::web::asked::Asked;
use crate::web::frame::Frame;
use crate::web::locale::Locale;
use crate::web::wording::for_pages;
use crate::workflow::id_of;
use crate::workflow::submission::{Morning, MorningLine, MorningOwed, closing_lines};
use askama::Template;
use axum::response::Response;
use chrono::{Datelike, Days, Local, NaiveDate, TimeZone, Weekday};
use rust_decimal::Decimal;
use std::collections::BTreeMap;

const DAY_MS: i64 = 86_400_000;
/// When the evening begins, where this machine is.
const EVENING_HOUR: u32 = 18;

struct Row {
    href: String,
    number: String,
    client: String,
    account: String,
    total: String,
    approved: String,
    due: String,
    why: String,
}

struct Part {
    name: &'static str,
    anchor: String,
    class: &'static str,
    remedy: String,
    count: usize,
    sum: String,
    rows: Vec<Row>,
    /// Whether any of its rows says so.
    why: bool,
    due: bool,
    approved: bool,
}

#[derive(Template)]
#[template(path = "morning.html", config = "src/web/askama.toml")]
struct Page {
    frame: Frame,
    since: String,
    now: String,
    day: String,
    for_a_person: usize,
    parts: Vec<Part>,
    stopped: Vec<(String, String)>,
    credentials: Vec<(String, String)>,
    doubts: Vec<String>,
    owed: Vec<Lane>,
}

/// What is owed and somebody should look at.
pub(super) fn owed(owed: &MorningOwed, locale: &Locale) -> Vec<Lane> {
    let sum = |by: &BTreeMap<String, Decimal>| {
        sums(by.iter().map(|(c, amount)| (c.clone(), *amount)), locale)
    };
    let all = [
        Lane {
            class: "reduce",
            count: owed.short,
            what: "paid short",
            hint: "less came than the client approved",
            sum: match sum(&owed.missing) {
                none if none.is_empty() => none,
                some => format!("{some} missing"),
            },
            href: "/receivables?view=short".to_owned(),
        },
        Lane {
            class: "reject",
            count: owed.old,
            what: "open over 90 days",
            hint: "for a partner",
            sum: sum(&owed.open),
            href: "/receivables?view=escalate".to_owned(),
        },
        Lane {
            class: "review",
            count: owed.waiting,
            what: "payments to assign",
            hint: "they fit no invoice, or several",
            sum: String::new(),
            href: "/payments#waits".to_owned(),
        },
    ];
    all.into_iter().filter(|l| l.count > 0).collect()
}

fn class_of(name: &str) -> &'static str {
    match name {
        "Rejected" | "In doubt" | "Window missed" => "reject",
        "Reduced" | "Wants an answer" | "To upload by hand" | "Windows closing" => "reduce",
        "Silent" | "Not sent" => "review",
        "Approved" | "Paid" => "clean",
        _ => "note",
    }
}

fn row(line: &MorningLine, locale: &Locale) -> Row {
    Row {
        href: format!("/invoices/{}", id_of(&line.client, &line.number)),
        number: shown(&line.number),
        client: shown(&line.client),
        account: shown(&line.account),
        total: line.total.map_or_else(
            || "not read".to_owned(),
            |t| locale.money(t, &line.currency),
        ),
        approved: line
            .approved
            .map_or_else(String::new, |a| locale.money(a, &line.currency)),
        due: line
            .due
            .as_deref()
            .map_or_else(String::new, |due| locale.days_in(due)),
        why: shown(&line.why),
    }
}

/// The last evening; on Mondays that of Friday.
fn evening(today: NaiveDate) -> NaiveDate {
    let back = match today.weekday() {
        Weekday::Mon => 3,
        Weekday::Sun => 2,
        _ => 1,
    };
    today.checked_sub_days(Days::new(back)).unwrap_or(today)
}

/// The morning of now, since the evening of a day.
async fn morning(asked: &Asked<'_>, since_ms: i64) -> Result<Morning, Trouble> {
    let (app, basis) = (asked.app, asked.app.basis()?);
    let (lists, shelf) = (&basis.options.lists, &basis.options.shelf);
    let silence = app.doors.as_ref().map(|d| d.silence_hours());
    let mut morning = asked
        .desk
        .morning(since_ms, &silence.unwrap_or_default())
        .await?;
    if let Some(doors) = &app.doors {
        morning.credentials = doors.ending(app.today());
        morning.stopped = doors.open_all().1;
    }
    let due = asked.desk.due_appeals(lists).await?;
    let clocks = asked.desk.expiries(lists, shelf).await?;
    let alarm_ms = i64::from(app.own.alarm_days) * DAY_MS;
    morning.closing = closing_lines(&due, &clocks, morning.now_ms, alarm_ms);
    let all = asked.desk.all_appeals(lists).await?;
    let late = all.iter().filter(|a| {
        a.appeal.status == "window missed" && a.appeal.ended_ms.is_some_and(|at| at >= since_ms)
    });
    morning.missed = late.map(MorningLine::missed).collect();
    morning.owed = asked.desk.morning_owed(&app.own.receivables).await?;
    for (account, paused) in asked.desk.paused_accounts().await? {
        let why = format!(
            "paused by {}, nothing is sent: {}",
            paused.by, paused.reason
        );
        morning.put_off.insert(account, why);
    }
    Ok(morning)
}

/// The page.
pub async fn show(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let locale = asked.locale();
    let day = match asked.given.query.some("since") {
        None => evening(asked.app.today()),
        Some(text) => text
            .parse()
            .map_err(|_| Trouble::wrong(format!("\"{text}\" is no day; write it as 2026-07-31")))?,
    };
    let at = day.and_hms_opt(EVENING_HOUR, 0, 0).unwrap_or_default();
    let since = Local.from_local_datetime(&at).earliest();
    let since_ms = since.map_or_else(
        || at.and_utc().timestamp_millis(),
        |at| at.timestamp_millis(),
    );
    let morning = morning(asked, since_ms).await?;
    let some = parts(&morning)
        .into_iter()
        .filter(|(name, lines, _)| !lines.is_empty() || *name == "Sent");
    let parts = some.map(|(name, lines, remedy)| {
        let money = lines
            .iter()
            .map(|l| (l.currency.clone(), l.total.unwrap_or_default()));
        Part {
            name,
            anchor: name.to_lowercase().replace(' ', "-"),
            class: class_of(name),
            remedy: match remedy {
                "" => String::new(),
                remedy => for_pages(remedy),
            },
            count: lines.len(),
            sum: sums(money, locale),
            rows: lines.iter().map(|l| row(l, locale)).collect(),
            why: lines.iter().any(|l| !l.why.is_empty()),
            due: lines.iter().any(|l| l.due.is_some()),
            approved: lines.iter().any(|l| l.approved.is_some()),
        }
    });
    // What a person has to see to comes first.
    let mut parts: Vec<Part> = parts.collect();
    parts.sort_by_key(|p| p.remedy.is_empty());
    let stopped = morning.stopped.iter().chain(&morning.put_off);
    let credentials = morning.credentials.iter();
    Ok(html(&Page {
        frame: asked.frame("Morning report", "morning"),
        since: locale.instant(since_ms),
        now: locale.instant(morning.now_ms),
        day: day.to_string(),
        for_a_person: morning.for_a_person(),
        parts,
        stopped: stopped.map(|(a, why)| (a.clone(), shown(why))).collect(),
        credentials: credentials
            .map(|(a, day)| (a.clone(), locale.day(*day)))
            .collect(),
        doubts: morning.doubts.iter().map(|d| shown(d)).collect(),
        owed: owed(&morning.owed, locale),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_closes_on_a_day_as_its_reader_writes_it() {
        let line = MorningLine {
            due: Some("2027-01-21 23:59:59 America/New_York".to_owned()),
            ..MorningLine::default()
        };
        let said = |accepted| row(&line, &Locale::of(accepted)).due;
        assert_eq!(said("en-US"), "Jan 21, 2027, 23:59:59 America/New_York");
        assert_eq!(said("de"), "21.01.2027, 23:59:59 America/New_York");
    }

    #[test]
    fn mondays_look_back_to_friday() {
        let day = |d| NaiveDate::from_ymd_opt(2026, 11, d).expect("a day");
        assert_eq!(evening(day(23)), day(20));
        assert_eq!(evening(day(24)), day(23));
        assert_eq!(evening(day(22)), day(20));
    }
}
