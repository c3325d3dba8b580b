//! Submissions: what is on its way, account by account; live while the night runs; what is in doubt is settled here.

use super::reductions::{shown, sums};
use crate::web::answer::{Trouble, html};
use crate::web::app::App;
use crate::web::asked::Asked;
use crate::web::frame::Frame;
use crate::web::locale::Locale;
use crate::web::notice::done;
use crate::web::wording::counted;
use crate::workflow::submission::{Glance, Parcel, Pile, Settled};
use crate::workflow::{Act, Desk, Person, Step};
use askama::Template;
use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream::unfold;
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// What has arrived is shown for this long.
const LATELY_MS: i64 = 24 * 60 * 60 * 1000;
/// Rows of what has arrived.
const MOST_LATELY: usize = 100;
/// Rows of a lane.
const MOST: usize = 40;
/// Between two looks into the store.
const BETWEEN: Duration = Duration::from_secs(2);
/// A row is seen later than the time it says: transactions end after they begin. So far back is looked again.
const COMMITS_MS: i64 = 1_500;
/// A page that stays open asks anew, by the gate, after this time.
const LASTS: Duration = Duration::from_secs(10 * 60);
/// Pages that are live at once, of everybody together.
const MOST_LIVE: usize = 256;

struct Row {
    id: String,
    number: String,
    client: String,
    total: String,
    file: String,
    due: String,
    note: String,
    when: String,
    attempts: i64,
    state: String,
}

/// Invoices of an account that are at the same point.
struct Lane {
    class: &'static str,
    what: &'static str,
    hint: &'static str,
    count: usize,
    sum: String,
    settle: bool,
    rows: Vec<Row>,
}

struct Account {
    name: String,
    anchor: String,
    about: String,
    driven: bool,
    paused: Option<String>,
    ends: Option<String>,
    lanes: Vec<Lane>,
}

/// The part of the page that changes while it is looked at.
#[derive(Template)]
#[template(path = "submissions_now.html", config = "src/web/askama.toml")]
struct Now {
    accounts: Vec<Account>,
    idle: String,
    lately: Vec<(Row, &'static str, &'static str, String)>,
    may_settle: bool,
    at: String,
}

#[derive(Template)]
#[template(path = "submissions.html", config = "src/web/askama.toml")]
struct Page {
    frame: Frame,
    now: String,
    known: bool,
}

/// Status, colour, heading, hint, and whether a person settles it.
type Kind = (&'static str, &'static str, &'static str, &'static str, bool);

const LANES: [Kind; 4] = [
    (
        "in-doubt",
        "reject",
        "In doubt",
        "Nobody knows whether the portal has it. Look there, then say so; nothing is sent again before.",
        true,
    ),
    (
        "by-hand",
        "reduce",
        "To upload by hand",
        "The file lies ready. Upload it, then say what became of it.",
        true,
    ),
    (
        "sending",
        "review",
        "Sending",
        "Under way at this moment.",
        false,
    ),
    (
        "waiting",
        "note",
        "Waiting",
        "Goes out in this order when the night runs.",
        false,
    ),
];

fn row(parcel: &Parcel, locale: &Locale) -> Row {
    let (invoice, submission) = (&parcel.invoice, &parcel.submission);
    Row {
        id: invoice.id.clone(),
        number: shown(&invoice.number),
        client: shown(&invoice.client),
        total: invoice
            .total
            .map_or_else(|| "?".to_owned(), |t| locale.money(t, &invoice.currency)),
        file: shown(&submission.file_name),
        due: submission
            .due
            .as_deref()
            .map_or_else(String::new, |d| locale.day_of(d)),
        note: shown(&submission.note),
        when: locale.instant(submission.changed_ms),
        attempts: submission.attempts,
        state: invoice.state.clone(),
    }
}

fn lane(kind: &Kind, own: &[&Pile], locale: &Locale) -> Option<Lane> {
    let (status, class, what, hint, settle) = *kind;
    let pile = own.iter().find(|p| p.status == status)?;
    Some(Lane {
        class,
        what,
        hint,
        count: pile.count,
        sum: sums(pile.sums.iter().map(|(c, a)| (c.clone(), *a)), locale),
        settle,
        rows: pile.first.iter().map(|p| row(p, locale)).collect(),
    })
}

async fn now(asked: &Asked<'_>) -> Result<Now, Trouble> {
    let locale = asked.locale();
    let now_ms = (asked.app.clock)();
    let board = asked
        .desk
        .board(Glance {
            of_each: MOST,
            since_ms: now_ms - LATELY_MS,
            lately: MOST_LATELY,
        })
        .await?;
    let mut by_account: BTreeMap<&str, Vec<&Pile>> = BTreeMap::new();
    let doors = asked.app.doors.as_ref();
    if let Some(doors) = doors {
        let active = doors.accounts().account.iter().filter(|(_, a)| a.active);
        for (name, _) in active {
            by_account.entry(name).or_default();
        }
    }
    for pile in &board.live {
        by_account.entry(&pile.account).or_default().push(pile);
    }
    let ending = doors
        .map(|d| d.ending(asked.app.today()))
        .unwrap_or_default();
    let paused = asked.desk.paused_accounts().await?;
    let accounts = by_account.iter().enumerate().map(|(n, (name, own))| {
        let known = doors.and_then(|d| d.accounts().account.get(*name));
        Account {
            name: (*name).to_owned(),
            anchor: format!("account-{n}"),
            about: known.map_or_else(String::new, |a| format!("{}, {}", a.portal, a.way)),
            driven: board.driven.iter().any(|d| d == name),
            paused: paused
                .get(*name)
                .map(|p| format!("{}: {}", p.by, shown(&p.reason))),
            ends: ending.get(*name).map(|day| locale.day(*day)),
            lanes: LANES.iter().filter_map(|k| lane(k, own, locale)).collect(),
        }
    });
    let lately = board.lately.iter().map(|p| {
        let (class, words) = match p.submission.status.as_str() {
            "refused" => ("reject", "refused"),
            _ => ("clean", "arrived"),
        };
        (row(p, locale), class, words, p.submission.account.clone())
    });
    let (busy, idle): (Vec<Account>, Vec<Account>) = accounts
        .partition(|a| !a.lanes.is_empty() || a.driven || a.ends.is_some() || a.paused.is_some());
    let idle: Vec<String> = idle.into_iter().map(|a| a.name).collect();
    Ok(Now {
        accounts: busy,
        idle: idle.join(", "),
        lately: lately.collect(),
        may_settle: asked.desk.may(Act::Step(Step::Arrive)).is_ok()
            && asked.desk.may(Act::Step(Step::NeverArrived)).is_ok(),
        at: locale.instant(now_ms),
    })
}

/// The page; for a script of ours the part that changes.
pub async fn show(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let now = now(asked).await?;
    if asked.given.part {
        return Ok(html(&now));
    }
    let failed = |error: askama::Error| Trouble::Failed(error.to_string());
    Ok(html(&Page {
        frame: asked.frame("Submissions", "submissions"),
        now: now.render().map_err(failed)?,
        known: asked.app.doors.is_some(),
    }))
}

/// A person says what became of it.
pub async fn settle(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let form = &asked.given.form;
    let settled = match form.get("do") {
        "arrived" => Settled::Arrived(form.some("portal-id").map(str::to_owned)),
        "never" => Settled::NeverArrived,
        _ => return Err(Trouble::wrong("say whether it arrived")),
    };
    let reason = form.get("reason");
    asked
        .desk
        .settle(asked.given.param("invoice"), &settled, reason)
        .await?;
    Ok(done("/submissions", "settled"))
}

static LIVE: AtomicUsize = AtomicUsize::new(0);

/// One page that is live; counted until it goes.
struct Counted;

impl Counted {
    fn one() -> Result<Self, Trouble> {
        if LIVE.fetch_add(1, Ordering::SeqCst) >= MOST_LIVE {
            LIVE.fetch_sub(1, Ordering::SeqCst);
            return Err(Trouble::Busy(60));
        }
        Ok(Self)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        LIVE.fetch_sub(1, Ordering::SeqCst);
    }
}

/// What a live page knows.
struct Watch {
    app: Arc<App>,
    person: Person,
    since_ms: i64,
    until: Instant,
    first: bool,
    _counted: Counted,
}

impl Watch {
    /// The next thing to say: that something moved, or that all is well. Nothing of what moved: the page asks for that.
    async fn next(mut self) -> Option<(Result<&'static str, Infallible>, Self)> {
        if self.first {
            self.first = false;
            return Some((Ok("retry: 5000\n\n"), self));
        }
        let mut quiet = 0_u32;
        loop {
            if Instant::now() >= self.until {
                return None;
            }
            tokio::time::sleep(BETWEEN).await;
            let clock = &*self.app.clock;
            let now_ms = clock();
            let desk = Desk {
                store: &self.app.store,
                person: self.person.clone(),
                clock,
            };
            let moved = desk.moved_since(self.since_ms).await;
            match moved {
                Ok(true) => {
                    self.since_ms = now_ms - COMMITS_MS;
                    return Some((Ok("event: moved\ndata: 1\n\n"), self));
                }
                Ok(false) => {}
                Err(error) => {
                    tracing::warn!(%error, "a live page ends");
                    return None;
                }
            }
            quiet += 1;
            if quiet >= 8 {
                return Some((Ok(": still here\n\n"), self));
            }
        }
    }
}

/// Says when something moves (server-sent events); without `follow` it ends at once.
pub async fn live(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let lasts = match asked.given.query.has("follow") {
        true => LASTS,
        false => Duration::ZERO,
    };
    let watch = Watch {
        app: Arc::clone(asked.app),
        person: asked.desk.person.clone(),
        since_ms: (asked.app.clock)(),
        until: Instant::now() + lasts,
        first: true,
        _counted: Counted::one()?,
    };
    let kind = HeaderValue::from_static("text/event-stream");
    let body = Body::from_stream(unfold(watch, Watch::next));
    Ok(([(header::CONTENT_TYPE, kind)], body).into_response())
}

/// How many, in words.
impl Lane {
    fn counted(&self) -> String {
        counted(self.count, "invoice")
    }

    fn more(&self) -> usize {
        self.count - self.rows.len()
    }

    /// A column that would be empty is not shown.
    fn has_due(&self) -> bool {
        self.rows.iter().any(|r| !r.due.is_empty())
    }
}
