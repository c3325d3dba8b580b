//! Filters of the list: read from an address, written into one, and kept under a name.

use crate::store::{Filter, Sort};
use crate::web::answer::Trouble;
use crate::web::asked::{Asked, Fields};
use crate::web::notice::done;
use crate::workflow::State;
use axum::response::Response;
use rust_decimal::Decimal;

/// Invoices on a page.
pub(super) const PAGE: i64 = 100;
/// A day in milliseconds.
const DAY_MS: i64 = 86_400_000;
/// Orders, with their words on the page.
pub(super) const ORDERS: [(&str, &str, Sort); 6] = [
    ("changed", "last changed", Sort::Changed),
    ("age", "longest unchanged", Sort::Age),
    ("taken", "first to come", Sort::Taken),
    ("date", "invoice date", Sort::Date),
    ("at-risk", "money at risk", Sort::AtRisk),
    ("total", "total", Sort::Total),
];
pub(super) const VERDICTS: [&str; 5] = ["reject", "reduce", "review", "note", "clean"];

/// The address of the list with these filters.
pub(in crate::web::pages) fn list_of(states: &[&str], verdicts: &[&str], sort: &str) -> String {
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

/// The filter of a query.
pub(super) fn filter_of(query: &Fields, now: i64) -> Result<Filter, Trouble> {
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
pub(super) fn plain(query: &Fields) -> String {
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
pub(super) fn moved(query: &Fields, skip: i64) -> String {
    let mut out = format!("/invoices?{}", plain(query));
    if skip > 0 {
        if !out.ends_with('?') {
            out.push('&');
        }
        out += &format!("skip={skip}");
    }
    out
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
