//! Invoices: the list with its filters, and steps with many at once.

use crate::store::{Filter, InvoiceRow, Sort};
use crate::web::answer::{Trouble, html, see};
use crate::web::asked::{Asked, Fields};
use crate::web::frame::Frame;
use crate::web::locale::Locale;
use crate::web::notice::done;
use crate::web::wording::{counted, for_pages, level};
use crate::workflow::submission::Queued;
use crate::workflow::{Act, State, Step, WorkflowError};
use askama::Template;
use axum::response::Response;
use rust_decimal::Decimal;

/// Invoices on a page.
const PAGE: i64 = 100;
/// A day in milliseconds.
const DAY_MS: i64 = 86_400_000;
/// Orders, with their words on the page.
const ORDERS: [(&str, &str, Sort); 6] = [
    ("changed", "last changed", Sort::Changed),
    ("age", "longest unchanged", Sort::Age),
    ("taken", "first to come", Sort::Taken),
    ("date", "invoice date", Sort::Date),
    ("at-risk", "money at risk", Sort::AtRisk),
    ("total", "total", Sort::Total),
];
const VERDICTS: [&str; 5] = ["reject", "reduce", "review", "note", "clean"];
/// Filters that are asked for every day: label, states, verdicts, order.
const QUICK: &[(&str, &[&str], &[&str], &str)] = &[
    ("All", &[], &[], "changed"),
    (
        "Would bounce",
        &["draft", "checked", "in review"],
        &["reject"],
        "at-risk",
    ),
    (
        "Would be cut",
        &["draft", "checked", "in review"],
        &["reduce"],
        "at-risk",
    ),
    (
        "To clear",
        &["checked", "in review"],
        &["clean", "note", "review", "reduce"],
        "age",
    ),
    ("Cleared", &["cleared"], &[], "age"),
    ("Queued", &["queued", "sending"], &[], "age"),
    ("In doubt", &["in doubt"], &[], "age"),
    (
        "At the client",
        &[
            "submitted",
            "acknowledged",
            "in client review",
            "approved",
            "partly paid",
        ],
        &[],
        "age",
    ),
    ("Rejected", &["rejected", "action required"], &[], "age"),
    ("Reduced", &["reduced"], &[], "total"),
];

/// The address of the list with these filters.
pub(super) fn list_of(states: &[&str], verdicts: &[&str], sort: &str) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for state in states {
        query.append_pair("state", state);
    }
    for verdict in verdicts {
        query.append_pair("verdict", verdict);
    }
    query.append_pair("sort", sort);
    format!("/invoices?{}", query.finish())
}

/// An invoice in a list.
pub(super) struct Row {
    pub(super) id: String,
    pub(super) number: String,
    pub(super) client: String,
    pub(super) matter: String,
    pub(super) state: String,
    pub(super) verdict: String,
    pub(super) words: &'static str,
    pub(super) total: String,
    pub(super) at_risk: String,
    pub(super) date: String,
    /// The day; the instant is said beside it.
    pub(super) changed: String,
    pub(super) changed_at: String,
    /// The beginning of the file's hash: what is cleared is what was looked at.
    pub(super) document: String,
    pub(super) partner: String,
    pub(super) portal: String,
}

impl Row {
    pub(super) fn of(row: &InvoiceRow, locale: &Locale) -> Self {
        let plain = |text: &str| crate::render::printable(text).into_owned();
        Self {
            id: row.id.clone(),
            number: plain(&row.number),
            client: plain(&row.client),
            matter: plain(&row.matter),
            state: row.state.clone(),
            words: level(&row.verdict),
            verdict: row.verdict.clone(),
            total: row
                .total
                .map_or_else(|| "?".to_owned(), |t| locale.money(t, &row.currency)),
            at_risk: match row.at_risk.is_zero() {
                true => String::new(),
                false => locale.money(row.at_risk, &row.currency),
            },
            date: row
                .invoice_date
                .as_deref()
                .map_or_else(String::new, |d| locale.day_of(d)),
            changed: locale.day_at(row.changed_ms),
            changed_at: locale.instant(row.changed_ms),
            document: row.document.chars().take(16).collect(),
            partner: plain(&row.partner),
            portal: plain(&row.portal),
        }
    }
}

struct Choice {
    value: &'static str,
    label: &'static str,
    on: bool,
}

struct Chip {
    label: &'static str,
    href: String,
    on: bool,
    count: String,
}

/// A filter the person keeps.
struct Saved {
    name: String,
    href: String,
    on: bool,
}

#[derive(Template)]
#[template(path = "invoices.html", config = "src/web/askama.toml")]
struct Page {
    frame: Frame,
    chips: Vec<Chip>,
    saved: Vec<Saved>,
    /// The filter as it is kept; empty where nothing is filtered.
    query: String,
    states: Vec<Choice>,
    verdicts: Vec<Choice>,
    orders: Vec<Choice>,
    client: String,
    matter: String,
    partner: String,
    portal: String,
    older: String,
    risk: String,
    filtered: bool,
    rows: Vec<Row>,
    first: i64,
    last: i64,
    earlier: Option<String>,
    later: Option<String>,
    partners: bool,
    portals: bool,
    may_clear: bool,
    may_withdraw: bool,
    may_queue: bool,
    here: String,
}

/// The filter of a query.
fn filter_of(query: &Fields, now: i64) -> Result<Filter, Trouble> {
    let states: Vec<String> = query
        .all("state")
        .map(|word| match State::named(word) {
            Some(state) => Ok(state.name().to_owned()),
            None => Err(Trouble::wrong(format!(
                "\"{word}\" is no state of an invoice; choose one of the list"
            ))),
        })
        .collect::<Result<_, _>>()?;
    let verdicts = query.all("verdict").filter(|v| VERDICTS.contains(v));
    let number = |name: &str, what: &str| match query.some(name) {
        None => Ok(None),
        Some(text) => match text.replace([',', ' '], "").parse::<Decimal>() {
            Ok(number) => Ok(Some(number)),
            Err(_) => Err(Trouble::wrong(format!(
                "{what}: \"{text}\" is no number; write it as 1000.50"
            ))),
        },
    };
    let days = number("older", "Unchanged for days")?;
    let days = days.and_then(|d| i64::try_from(d.trunc()).ok());
    let sort = ORDERS.iter().find(|(word, ..)| *word == query.get("sort"));
    let skip = query.get("skip").parse::<i64>().unwrap_or(0).max(0);
    let text = |name: &str| query.some(name).map(str::to_owned);
    Ok(Filter {
        states,
        verdicts: verdicts.map(str::to_owned).collect(),
        client: text("client"),
        matter: text("matter"),
        partner: text("partner"),
        portal: text("portal"),
        unchanged_since_ms: days.map(|d| now.saturating_sub(d.saturating_mul(DAY_MS))),
        at_risk: number("risk", "At risk")?,
        sort: sort.map_or(Sort::Changed, |(_, _, sort)| *sort),
        skip,
        limit: Some(PAGE + 1),
        ..Filter::default()
    })
}

/// What a query filters by, in one order, and nothing else it may say.
fn plain(query: &Fields) -> String {
    let mut out = url::form_urlencoded::Serializer::new(String::new());
    for name in [
        "state", "verdict", "client", "matter", "partner", "portal", "older", "risk", "sort",
    ] {
        for value in query.all(name) {
            out.append_pair(name, value);
        }
    }
    out.finish()
}

/// The same query, beginning with another row.
fn moved(query: &Fields, skip: i64) -> String {
    let mut out = format!("/invoices?{}", plain(query));
    if skip > 0 {
        if !out.ends_with('?') {
            out.push('&');
        }
        out += &format!("skip={skip}");
    }
    out
}

/// The list.
pub async fn show(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let query = &asked.given.query;
    let filter = filter_of(query, (asked.app.clock)())?;
    let mut rows = asked.desk.list(&filter).await?;
    let more = rows.len() > usize::try_from(PAGE).unwrap_or(usize::MAX);
    rows.truncate(usize::try_from(PAGE).unwrap_or(usize::MAX));
    let tallies = asked.desk.tallies().await?;
    let fits = |has: &[String], wanted: &[&str]| {
        has.len() == wanted.len() && wanted.iter().all(|w| has.iter().any(|h| h == w))
    };
    let narrowed = [
        &filter.client,
        &filter.matter,
        &filter.partner,
        &filter.portal,
    ];
    let narrowed = narrowed.iter().any(|f| f.is_some())
        || filter.unchanged_since_ms.is_some()
        || filter.at_risk.is_some();
    let chips = QUICK.iter().map(|(label, states, verdicts, sort)| {
        let of = tallies.iter().filter(|t| {
            (states.is_empty() || states.contains(&t.state.as_str()))
                && (verdicts.is_empty() || verdicts.contains(&t.verdict.as_str()))
        });
        Chip {
            label,
            href: list_of(states, verdicts, sort),
            on: !narrowed && fits(&filter.states, states) && fits(&filter.verdicts, verdicts),
            count: of.map(|t| t.count).sum::<i64>().to_string(),
        }
    });
    let choice = |value: &'static str, label, has: &[String]| Choice {
        value,
        label,
        on: has.iter().any(|h| h == value),
    };
    let sort = query.some("sort").unwrap_or("changed");
    let own = plain(query);
    let saved = asked.desk.saved_filters().await?;
    let saved = saved.into_iter().map(|f| Saved {
        name: crate::render::printable(&f.name).into_owned(),
        href: format!("/invoices?{}", f.query),
        on: f.query == own,
    });
    let may = |step| asked.desk.may(Act::Step(step)).is_ok();
    let shown = i64::try_from(rows.len()).unwrap_or(0);
    let page = Page {
        frame: asked.frame("Invoices", "invoices"),
        chips: chips.collect(),
        saved: saved.collect(),
        query: own.clone(),
        states: State::ALL
            .iter()
            .map(|s| choice(s.name(), s.name(), &filter.states))
            .collect(),
        verdicts: VERDICTS
            .iter()
            .map(|v| choice(v, level(v), &filter.verdicts))
            .collect(),
        orders: ORDERS
            .iter()
            .map(|(value, label, _)| Choice {
                value,
                label,
                on: *value == sort,
            })
            .collect(),
        client: query.get("client").to_owned(),
        matter: query.get("matter").to_owned(),
        partner: query.get("partner").to_owned(),
        portal: query.get("portal").to_owned(),
        older: query.get("older").to_owned(),
        risk: query.get("risk").to_owned(),
        filtered: narrowed,
        rows: rows.iter().map(|r| Row::of(r, asked.locale())).collect(),
        first: filter.skip + 1,
        last: filter.skip + shown,
        earlier: (filter.skip > 0).then(|| moved(query, (filter.skip - PAGE).max(0))),
        later: more.then(|| moved(query, filter.skip + PAGE)),
        partners: rows.iter().any(|r| !r.partner.is_empty()),
        portals: rows.iter().any(|r| !r.portal.is_empty()),
        may_clear: may(Step::Clear),
        may_withdraw: may(Step::Withdraw),
        may_queue: may(Step::Queue),
        here: moved(query, filter.skip),
    };
    Ok(html(&page))
}

/// Keeps the filter of the page under a name; only this person sees it.
pub async fn save_filter(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let form = &asked.given.form;
    let query = Fields::of_url(form.whole("query"));
    // What cannot be listed is not kept either.
    filter_of(&query, (asked.app.clock)())?;
    let query = plain(&query);
    if query.is_empty() {
        return Err(Trouble::wrong(
            "nothing is filtered: choose what the list shows, then keep it",
        ));
    }
    asked.desk.save_filter(form.get("name"), &query).await?;
    Ok(done(&format!("/invoices?{query}"), "saved"))
}

/// Takes a filter of this person away.
pub async fn drop_filter(asked: &Asked<'_>) -> Result<Response, Trouble> {
    asked.desk.drop_filter(asked.given.form.get("name")).await?;
    Ok(done("/invoices", "dropped"))
}

/// An invoice by its number or id: its page, or the list of those of this number.
pub async fn find(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let named = asked.given.query.get("invoice");
    if named.is_empty() {
        return Ok(see("/invoices"));
    }
    let filter = Filter {
        named: Some(named.to_owned()),
        ..Filter::default()
    };
    let rows = asked.desk.list(&filter).await?;
    match rows.as_slice() {
        [one] => Ok(see(&format!("/invoices/{}", one.id))),
        [] => Err(Trouble::NotFound(format!(
            "no invoice of a client you serve has the number {named}; write it as it stands on the invoice, with leading zeros"
        ))),
        several => Ok(html(&Found {
            frame: asked.frame("Invoices", "invoices"),
            rows: several.iter().map(|r| Row::of(r, asked.locale())).collect(),
        })),
    }
}

#[derive(Template)]
#[template(path = "found.html", config = "src/web/askama.toml")]
struct Found {
    frame: Frame,
    rows: Vec<Row>,
}

/// What became of one of many.
struct Became {
    id: String,
    number: String,
    well: bool,
    what: String,
}

#[derive(Template)]
#[template(path = "many.html", config = "src/web/askama.toml")]
struct Many {
    frame: Frame,
    heading: String,
    all: Vec<Became>,
    back: String,
}

/// One step with many invoices, each by itself: what one may not hinders no other.
pub async fn many(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let form = &asked.given.form;
    let step = match form.get("do") {
        "clear" => Step::Clear,
        "withdraw" => Step::Withdraw,
        "queue" => Step::Queue,
        _ => {
            return Err(Trouble::wrong(
                "choose what is to be done with the invoices",
            ));
        }
    };
    let forbidden = |e: WorkflowError| Trouble::Forbidden(e.to_string());
    asked.desk.may(Act::Step(step)).map_err(forbidden)?;
    let named: Vec<&str> = form.all("invoice").collect();
    if named.is_empty() {
        return Err(Trouble::wrong(
            "no invoice was marked; mark those that are meant",
        ));
    }
    let mut all = Vec::new();
    for named in named {
        let (id, document) = named.split_once(' ').unwrap_or((named, ""));
        let number = asked
            .desk
            .list(&Filter {
                named: Some(id.to_owned()),
                ..Filter::default()
            })
            .await?;
        let number = number
            .first()
            .map_or_else(|| id.to_owned(), |r| r.number.clone());
        let done = one(asked, step, id, document).await;
        let (well, what) = match done {
            Ok(what) => (true, what),
            Err(Trouble::Refused(why)) => (false, for_pages(&why)),
            Err(other) => return Err(other),
        };
        all.push(Became {
            id: id.to_owned(),
            number,
            well,
            what,
        });
    }
    let well = all.iter().filter(|b| b.well).count();
    let word = match step {
        Step::Clear => "cleared",
        Step::Withdraw => "withdrawn",
        _ => "queued",
    };
    let back = form
        .some("back")
        .filter(|b| b.starts_with("/invoices?"))
        .unwrap_or("/invoices");
    let page = Many {
        frame: asked.frame("Invoices", "invoices"),
        heading: format!("{well} of {} {word}", counted(all.len(), "invoice")),
        all,
        back: back.to_owned(),
    };
    Ok(html(&page))
}

async fn one(asked: &Asked<'_>, step: Step, id: &str, document: &str) -> Result<String, Trouble> {
    match step {
        Step::Clear => {
            let done = asked.desk.clear(id, Some(document), None).await?;
            Ok(match done.is_cleared() {
                true => "cleared for sending".to_owned(),
                false => "approved; above the limit, a second partner has to clear it".to_owned(),
            })
        }
        Step::Withdraw => {
            asked
                .desk
                .take_back(id, Step::Withdraw, asked.given.form.get("reason"))
                .await?;
            Ok("withdrawn".to_owned())
        }
        _ => queue(asked, id).await,
    }
}

/// The address of a line.
pub(super) fn line_at(invoice: &str, item: &str) -> String {
    let item: String = url::form_urlencoded::byte_serialize(item.as_bytes()).collect();
    format!("/invoices/{invoice}/line?item={item}")
}

/// Puts a cleared invoice into the queue of its account.
pub(super) async fn queue(asked: &Asked<'_>, id: &str) -> Result<String, Trouble> {
    let Some(doors) = &asked.app.doors else {
        return Err(Trouble::Refused(
            "no accounts at portals are known here; whoever runs cleanbill names their file in the setting portals".to_owned(),
        ));
    };
    let basis = asked.app.basis()?;
    let account = asked.given.form.some("account");
    let (words, parcel) = match asked
        .desk
        .queue(id, account, doors, &basis.options.lists)
        .await?
    {
        Queued::Now(parcel) => ("in the queue of", parcel),
        Queued::Before(parcel) => ("was already with", parcel),
    };
    let due = parcel.submission.due.as_deref();
    let due = due.map_or_else(String::new, |d| {
        format!(", due {}", asked.locale().day_of(d))
    });
    Ok(format!("{words} {}{due}", parcel.submission.account))
}

/// A line that is out for rewriting.
struct Out {
    number: String,
    client: String,
    item: String,
    href: String,
    timekeeper: String,
    by: String,
    when: String,
}

#[derive(Template)]
#[template(path = "returned.html", config = "src/web/askama.toml")]
struct Returned {
    frame: Frame,
    all: Vec<Out>,
}

/// Lines that are out for rewriting, the oldest first.
pub async fn returned(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let open = asked.desk.open_returns().await?;
    let plain = |text: &str| crate::render::printable(text).into_owned();
    let all = open.iter().map(|(item, row)| Out {
        href: line_at(&row.id, &item.line_item),
        number: plain(&row.number),
        client: plain(&row.client),
        item: plain(&item.line_item),
        timekeeper: plain(&item.timekeeper),
        by: item.asked_by.clone(),
        when: asked.locale().instant(item.asked_ms),
    });
    Ok(html(&Returned {
        frame: asked.frame("Lines out for rewriting", "invoices"),
        all: all.collect(),
    }))
}
