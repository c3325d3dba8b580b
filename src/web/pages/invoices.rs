//! Invoices: the list with its filters, and steps with many at once.

mod filter;
mod found;
mod many;
mod out;

pub(super) use filter::list_of;
pub use filter::{drop_filter, save_filter};
pub use found::find;
pub use many::many;
pub(super) use many::queue;
pub use out::returned;

use crate::store::InvoiceRow;
use crate::web::answer::{Trouble, html};
use crate::web::asked::Asked;
use crate::web::frame::Frame;
use crate::web::locale::Locale;
use crate::web::wording::level;
use crate::workflow::{Act, State, Step};
use askama::Template;
use axum::response::Response;
use filter::{ORDERS, PAGE, VERDICTS, filter_of, moved, plain};

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

/// The address of a line.
pub(super) fn line_at(invoice: &str, item: &str) -> String {
    let item: String = url::form_urlencoded::byte_serialize(item.as_bytes()).collect();
    format!("/invoices/{invoice}/line?item={item}")
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
