//! Today: what needs this person, by deadline and by money.

use crate::store::{Filter, InvoiceRow, Sort, Tally};
use crate::web::answer::{Trouble, html};
use crate::web::asked::Asked;
use crate::web::frame::Frame;
use crate::web::locale::Locale;
use crate::web::pages::invoices::{Row, list_of};
use crate::workflow::windows::Deadline;
use crate::workflow::{AppealDue, OwnRequest, Role, State};
use askama::Template;
use axum::response::Response;
use chrono::NaiveDate;
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// How far ahead deadlines are shown, in days.
const AHEAD_DAYS: i64 = 21;
/// Rows of a list.
const MOST: i64 = 12;

/// Something that waits, with how much of it there is.
pub(super) struct Lane {
    pub(super) class: &'static str,
    pub(super) count: usize,
    pub(super) what: &'static str,
    pub(super) hint: &'static str,
    pub(super) sum: String,
    pub(super) href: String,
}

/// Something with a last day.
struct Last {
    when: String,
    sort: i64,
    late: bool,
    what: String,
    next: String,
    money: String,
    href: String,
}

#[derive(Template)]
#[template(path = "today.html", config = "src/web/askama.toml")]
struct Page {
    frame: Frame,
    day: String,
    lanes: Vec<Lane>,
    deadlines: Vec<Last>,
    /// Heading, and the invoices with the most money in doubt.
    money: Option<(&'static str, Vec<Row>)>,
    requests: Vec<Request>,
    nothing: bool,
}

/// A line of one's own that waits for an answer.
pub(super) struct Request {
    pub(super) id: String,
    pub(super) about: String,
    pub(super) why: String,
    pub(super) when: String,
    pub(super) changed: bool,
}

impl Request {
    pub(super) fn of(own: &OwnRequest, locale: &Locale) -> Self {
        let asked = &own.asked;
        let date = own
            .date
            .map_or_else(String::new, |d| format!(", {}", locale.day(d)));
        let hours = asked
            .hours
            .map_or_else(String::new, |h| format!(", {}\u{a0}h", locale.number(h)));
        Self {
            id: own.id.clone(),
            about: format!(
                "invoice {}, line {}{date}{hours}",
                own.invoice, own.line_item
            ),
            why: match asked.message.as_str() {
                "" => asked.note.clone(),
                message => locale.days_in(message),
            },
            when: format!("{}, {}", own.by, locale.instant(own.at_ms)),
            changed: own.line_has_changed,
        }
    }
}

/// The page.
pub async fn show(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let person = &asked.desk.person;
    let (locale, today) = (*asked.locale(), asked.app.today());
    let mut page = Page {
        frame: asked.frame("Today", "today"),
        day: locale.day(today),
        lanes: Vec::new(),
        deadlines: Vec::new(),
        money: None,
        requests: Vec::new(),
        nothing: false,
    };
    if matches!(person.role, Role::Timekeeper | Role::Partner) {
        let own = asked.desk.own_requests().await?;
        page.requests = own.iter().map(|r| Request::of(r, &locale)).collect();
    }
    if matches!(
        person.role,
        Role::Specialist | Role::Partner | Role::Auditor
    ) {
        let tallies = asked.desk.tallies().await?;
        page.lanes = lanes(asked, &tallies).await?;
        let terms = &asked.app.own.receivables;
        let owed = asked.app.owed.of(&asked.desk, terms).await?;
        page.lanes.extend(super::morning::owed(&owed, &locale));
        page.deadlines = deadlines(asked, today).await?;
        page.money = Some(by_money(asked).await?);
    }
    page.nothing = page.lanes.iter().all(|l| l.count == 0)
        && page.requests.is_empty()
        && page.deadlines.is_empty();
    Ok(html(&page))
}

/// Money of several currencies, one after the other.
fn sums(of: impl Iterator<Item = (String, Decimal)>, locale: &Locale) -> String {
    let mut by: BTreeMap<String, Decimal> = BTreeMap::new();
    for (currency, amount) in of {
        *by.entry(currency).or_default() += amount;
    }
    let some = by.iter().filter(|(_, a)| !a.is_zero());
    let all: Vec<String> = some.map(|(c, a)| locale.money(*a, c)).collect();
    all.join(" · ")
}

struct Kind {
    class: &'static str,
    what: &'static str,
    hint: &'static str,
    states: &'static [State],
    verdicts: &'static [&'static str],
    /// What is in doubt of them; else what they come to.
    at_risk: bool,
}

const BEFORE: &[State] = &[State::Draft, State::Checked, State::InReview];
const GOOD: &[&str] = &["clean", "note", "review"];

/// What waits for whoever prepares.
const PREPARES: &[Kind] = &[
    Kind {
        class: "reject",
        what: "would bounce",
        hint: "a portal refuses them as they are",
        states: BEFORE,
        verdicts: &["reject"],
        at_risk: true,
    },
    Kind {
        class: "reduce",
        what: "would be cut",
        hint: "mend, return lines, or set findings aside",
        states: BEFORE,
        verdicts: &["reduce"],
        at_risk: true,
    },
    Kind {
        class: "clean",
        what: "wait for a partner",
        hint: "nothing would bounce or be cut",
        states: BEFORE,
        verdicts: GOOD,
        at_risk: false,
    },
    Kind {
        class: "",
        what: "cleared, not queued",
        hint: "put them into the queue of their portal",
        states: &[State::Cleared],
        verdicts: &[],
        at_risk: false,
    },
    Kind {
        class: "reject",
        what: "in doubt",
        hint: "nobody knows whether the portal has them",
        states: &[State::InDoubt],
        verdicts: &[],
        at_risk: false,
    },
    Kind {
        class: "reject",
        what: "rejected",
        hint: "correct and resubmit",
        states: &[State::Rejected],
        verdicts: &[],
        at_risk: false,
    },
    Kind {
        class: "reduce",
        what: "action required",
        hint: "the client waits for something",
        states: &[State::ActionRequired],
        verdicts: &[],
        at_risk: false,
    },
    Kind {
        class: "review",
        what: "reduced",
        hint: "accept, or propose an appeal",
        states: &[State::Reduced],
        verdicts: &[],
        at_risk: false,
    },
];

/// What waits for a partner.
const DECIDES: &[Kind] = &[
    Kind {
        class: "clean",
        what: "to clear",
        hint: "nothing would bounce",
        states: &[State::Checked, State::InReview],
        verdicts: &["clean", "note", "review", "reduce"],
        at_risk: false,
    },
    Kind {
        class: "reject",
        what: "would bounce",
        hint: "with whoever prepares them",
        states: BEFORE,
        verdicts: &["reject"],
        at_risk: true,
    },
    Kind {
        class: "reject",
        what: "rejected",
        hint: "a portal or client refused them",
        states: &[State::Rejected],
        verdicts: &[],
        at_risk: false,
    },
    Kind {
        class: "review",
        what: "reduced",
        hint: "accept, or decide on an appeal",
        states: &[State::Reduced],
        verdicts: &[],
        at_risk: false,
    },
];

fn lane(kind: &Kind, tallies: &[Tally], locale: &Locale) -> Lane {
    let fits = |t: &&Tally| {
        kind.states.iter().any(|s| s.name() == t.state)
            && (kind.verdicts.is_empty() || kind.verdicts.contains(&t.verdict.as_str()))
    };
    let own: Vec<&Tally> = tallies.iter().filter(fits).collect();
    let money = own.iter().map(|t| {
        let amount = if kind.at_risk { t.at_risk } else { t.total };
        (t.currency.clone(), amount)
    });
    let sum = sums(money, locale);
    let count: i64 = own.iter().map(|t| t.count).sum();
    let states: Vec<&str> = kind.states.iter().map(|s| s.name()).collect();
    Lane {
        class: kind.class,
        count: usize::try_from(count).unwrap_or(0),
        what: kind.what,
        hint: kind.hint,
        sum: match (sum.as_str(), kind.at_risk) {
            ("", _) => String::new(),
            (sum, true) => format!("{sum} at risk"),
            (sum, false) => sum.to_owned(),
        },
        href: list_of(
            &states,
            kind.verdicts,
            if kind.at_risk { "at-risk" } else { "age" },
        ),
    }
}

async fn lanes(asked: &Asked<'_>, tallies: &[Tally]) -> Result<Vec<Lane>, Trouble> {
    let locale = asked.locale();
    let mut lanes = Vec::new();
    if asked.desk.person.role == Role::Partner {
        lanes.extend(DECIDES.iter().map(|k| lane(k, tallies, locale)));
        let open = asked.desk.open_write_downs().await?;
        let money = open
            .iter()
            .map(|w| (w.currency.clone(), w.item.amount.unwrap_or_default()));
        lanes.insert(
            1,
            Lane {
                class: "reduce",
                count: open.len(),
                what: "write-downs to decide",
                hint: "proposed by whoever prepares",
                sum: sums(money, locale),
                href: "/clearing#write-downs".to_owned(),
            },
        );
    } else {
        lanes.extend(PREPARES.iter().map(|k| lane(k, tallies, locale)));
        let open = asked.desk.open_returns().await?;
        lanes.insert(
            2,
            Lane {
                class: "review",
                count: open.len(),
                what: "lines out for rewriting",
                hint: "timekeepers have them",
                sum: match open.first() {
                    Some((oldest, _)) => {
                        format!("the oldest since {}", locale.instant(oldest.asked_ms))
                    }
                    None => String::new(),
                },
                href: "/invoices/returned".to_owned(),
            },
        );
    }
    // What there is none of takes no room, but for the first two.
    let mut at = 0;
    lanes.retain(|l| {
        at += 1;
        l.count > 0 || at <= 2
    });
    Ok(lanes)
}

/// What has a last day: appeals, and clients' cut-offs with what is not yet on its way.
async fn deadlines(asked: &Asked<'_>, today: NaiveDate) -> Result<Vec<Last>, Trouble> {
    let basis = asked.app.basis()?;
    let lists = &basis.options.lists;
    let locale = asked.locale();
    let now = (asked.app.clock)();
    let horizon = now + AHEAD_DAYS * 86_400_000;
    let mut all = Vec::new();
    for due in asked.desk.due_appeals(lists).await? {
        all.extend(appeal(&due, locale, now, horizon));
    }
    let last = today + chrono::Days::new(AHEAD_DAYS.unsigned_abs());
    for cut_off in lists.cut_offs.rows() {
        let client = &cut_off.client_id;
        if cut_off.submit_by < today
            || cut_off.submit_by > last
            || !asked.desk.person.serves(client)
        {
            continue;
        }
        let waiting = Filter {
            client: Some(client.clone()),
            states: [BEFORE, &[State::Cleared, State::Queued]]
                .concat()
                .iter()
                .map(|s| s.name().to_owned())
                .collect(),
            ..Filter::default()
        };
        let rows = asked.desk.list(&waiting).await?;
        if rows.is_empty() {
            continue;
        }
        let money = rows
            .iter()
            .map(|r| (r.currency.clone(), r.total.unwrap_or_default()));
        let end = cut_off
            .submit_by
            .and_hms_opt(23, 59, 59)
            .unwrap_or_default();
        all.push(Last {
            when: locale.day(cut_off.submit_by),
            sort: end.and_utc().timestamp_millis(),
            late: (cut_off.submit_by - today).num_days() <= 3,
            what: format!("Cut-off of client {client}"),
            next: format!(
                "{} not yet at the portal",
                super::super::wording::counted(rows.len(), "invoice")
            ),
            money: sums(money, locale),
            href: format!(
                "/invoices?client={}",
                url::form_urlencoded::byte_serialize(client.as_bytes()).collect::<String>()
            ),
        });
    }
    all.sort_by_key(|l| l.sort);
    Ok(all)
}

fn appeal(due: &AppealDue, locale: &Locale, now: i64, horizon: i64) -> Option<Last> {
    let (when, sort, late) = match &due.deadline {
        Deadline::Until(last) => {
            let at = last.at.timestamp_millis();
            (locale.instant(at), at, at - now < 3 * 86_400_000)
        }
        // Nothing is assumed: it stands on top until somebody writes the client's terms down.
        Deadline::NotConfigured => ("window not configured".to_owned(), 0, true),
        _ => return None,
    };
    (sort <= horizon).then(|| Last {
        when,
        sort,
        late,
        what: format!("Reduction of invoice {}", due.invoice.number),
        next: due.next().to_owned(),
        money: locale.money(due.amount, &due.currency),
        href: format!("/invoices/{}", due.invoice.id),
    })
}

async fn by_money(asked: &Asked<'_>) -> Result<(&'static str, Vec<Row>), Trouble> {
    let partner = asked.desk.person.role == Role::Partner;
    let (heading, states, verdicts, sort) = if partner {
        let verdicts = ["clean", "note", "review", "reduce"].as_slice();
        (
            "Largest to clear",
            &[State::Checked, State::InReview][..],
            verdicts,
            Sort::Total,
        )
    } else {
        (
            "Most money at risk",
            BEFORE,
            ["reject", "reduce"].as_slice(),
            Sort::AtRisk,
        )
    };
    let filter = Filter {
        states: states.iter().map(|s| s.name().to_owned()).collect(),
        verdicts: verdicts.iter().map(|v| (*v).to_owned()).collect(),
        sort,
        limit: Some(MOST),
        ..Filter::default()
    };
    let rows: Vec<InvoiceRow> = asked.desk.list(&filter).await?;
    let locale = asked.locale();
    Ok((heading, rows.iter().map(|r| Row::of(r, locale)).collect()))
}
