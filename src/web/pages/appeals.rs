//! Appeals: what is lost if nobody acts, what ends first first.

mod acts;
mod one;

pub use acts::{decide, file, filed, outcome, packet, withdraw};
pub use one::one;

use super::due::Due;
use super::reductions::{shown, sums};
use crate::reports::calendar;
use crate::web::answer::{Trouble, download, html};
use crate::web::asked::Asked;
use crate::web::frame::Frame;
use crate::web::locale::Locale;
use crate::workflow::{Act, AppealShown, Step};
use askama::Template;
use axum::response::Response;
use chrono::DateTime;

struct Row {
    due: Due,
    href: String,
    number: String,
    client: String,
    partner: String,
    lines: String,
    money: String,
    next: String,
    /// `waits for you` where it does.
    own: bool,
}

struct Ended {
    id: String,
    number: String,
    client: String,
    status: String,
    class: &'static str,
    claimed: String,
    back: String,
    filed: String,
}

#[derive(Template)]
#[template(path = "appeals.html", config = "src/web/askama.toml")]
struct List {
    frame: Frame,
    all: bool,
    rows: Vec<Row>,
    clocks: Vec<Row>,
    ended: Vec<Ended>,
    sum: String,
    client: String,
    partner: String,
    without: usize,
}

impl List {
    /// A column that would be empty is not shown.
    fn partners(&self) -> bool {
        self.rows.iter().any(|r| !r.partner.is_empty())
    }
}

fn lines_of(items: &[String]) -> String {
    match items {
        [] => "the invoice as a whole".to_owned(),
        [one] => format!("line {}", shown(one)),
        many => format!("lines {}", shown(&many.join(", "))),
    }
}

/// Colour of a status.
fn class_of(status: &str) -> &'static str {
    match status {
        "won" => "clean",
        "partly won" => "review",
        "lost" | "window missed" => "reject",
        _ => "note",
    }
}

/// What can still be appealed or has to be filed; every appeal there was, where that is asked for.
pub async fn show(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let (basis, locale) = (asked.app.basis()?, asked.locale());
    let (lists, shelf) = (&basis.options.lists, &basis.options.shelf);
    let query = &asked.given.query;
    let (client, partner) = (query.get("client"), query.get("partner"));
    let fits = |c: &str, p: &str| {
        (client.is_empty() || c == client) && (partner.is_empty() || p == partner)
    };
    let (now, alarm) = ((asked.app.clock)(), asked.app.own.alarm_days);
    let all = query.get("which") == "all";
    let mut page = List {
        frame: asked.frame("Appeals", "appeals"),
        all,
        rows: Vec::new(),
        clocks: Vec::new(),
        ended: Vec::new(),
        sum: String::new(),
        client: client.to_owned(),
        partner: partner.to_owned(),
        without: 0,
    };
    if all {
        for one in asked.desk.all_appeals(lists).await? {
            if fits(&one.invoice.client, &one.invoice.partner) {
                page.ended.push(ended(&one, locale));
            }
        }
        return Ok(html(&page));
    }
    let mut found = asked.desk.due_appeals(lists).await?;
    found.retain(|d| fits(&d.invoice.client, &d.invoice.partner));
    page.sum = sums(found.iter().map(|d| (d.currency.clone(), d.amount)), locale);
    page.without = found
        .iter()
        .filter(|d| d.deadline.until_ms().is_none())
        .count();
    let decides = asked.desk.may(Act::Step(Step::DecideAppeal)).is_ok();
    for one in &found {
        let status = one.appeal.as_ref().map(|a| a.status.as_str());
        let proposed_by = one.appeal.as_ref().map_or("", |a| a.proposed_by.as_str());
        page.rows.push(Row {
            due: Due::of(&one.deadline, alarm, now, locale),
            href: match &one.appeal {
                Some(appeal) => format!("/appeals/{}", appeal.id),
                None => format!("/reductions/{}", one.invoice.id),
            },
            number: shown(&one.invoice.number),
            client: shown(&one.invoice.client),
            partner: shown(&one.invoice.partner),
            lines: lines_of(&one.items),
            money: locale.money(one.amount, &one.currency),
            next: one.next().to_owned(),
            own: match status {
                Some("proposed") => decides && proposed_by != asked.desk.person.name,
                _ => false,
            },
        });
    }
    // What nobody knows the end of comes before what ends last.
    page.rows.sort_by_key(|r| r.due.sort);
    for clock in asked.desk.expiries(lists, shelf).await? {
        if !fits(&clock.invoice.client, &clock.invoice.partner) {
            continue;
        }
        page.clocks.push(Row {
            due: Due::of(&clock.deadline, alarm, now, locale),
            href: format!("/invoices/{}", clock.invoice.id),
            number: shown(&clock.invoice.number),
            client: shown(&clock.invoice.client),
            partner: shown(&clock.invoice.partner),
            lines: String::new(),
            money: locale.money(
                clock.invoice.total.unwrap_or_default(),
                &clock.invoice.currency,
            ),
            next: clock.next().to_owned(),
            own: false,
        });
    }
    Ok(html(&page))
}

fn ended(one: &AppealShown, locale: &Locale) -> Ended {
    let row = &one.appeal;
    Ended {
        id: row.id.clone(),
        number: shown(&one.invoice.number),
        client: shown(&one.invoice.client),
        class: class_of(&row.status),
        status: row.status.clone(),
        claimed: locale.money(row.claimed, &row.currency),
        back: locale.money(row.recovered, &row.currency),
        filed: row
            .filed_ms
            .map_or_else(String::new, |ms| locale.instant(ms)),
    }
}

/// The windows for a calendar program.
pub async fn ics(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let basis = asked.app.basis()?;
    let found = asked.desk.due_appeals(&basis.options.lists).await?;
    let now = DateTime::from_timestamp_millis((asked.app.clock)()).unwrap_or_default();
    let text = calendar::calendar(&found, asked.app.own.alarm_days, now);
    Ok(download("appeals.ics", "text/calendar", text.into_bytes()))
}
