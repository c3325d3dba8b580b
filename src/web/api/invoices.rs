//! Invoices that fit, a page at a time.

use super::call::Called;
use super::given::Json;
use super::page::{self, Page};
use super::problem::Problem;
use super::shape::{Amount, Invoice};
use super::taken::Nothing;
use crate::store::{Filter, Sort};
use crate::workflow::State;
use schemars::JsonSchema;
use serde::Deserialize;

/// A day in milliseconds.
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// Which invoices come first.
#[derive(Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Order {
    /// Those that came first: what comes in while pages are read stands on the last.
    #[default]
    Taken,
    /// Those that came last.
    Newest,
    /// The longest unchanged: one that changes while pages are read stands on the last again, so that who reads on from
    /// where they were misses nothing.
    Changed,
}

impl Order {
    fn sort(self) -> Sort {
        match self {
            Self::Taken => Sort::Taken,
            Self::Newest => Sort::Newest,
            Self::Changed => Sort::Age,
        }
    }
}

/// Which invoices; what is not given asks for nothing.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Which {
    /// In this state; may be given several times.
    #[serde(default)]
    state: Vec<String>,
    /// With this verdict: clean, note, review, reduce, reject; may be given several times.
    #[serde(default)]
    verdict: Vec<String>,
    /// Of this client (CLIENT_ID).
    client: Option<String>,
    /// Of this matter (LAW_FIRM_MATTER_ID).
    matter: Option<String>,
    /// Of this partner, by the firm's list of matters.
    partner: Option<String>,
    /// For this portal, by the firm's lists.
    portal: Option<String>,
    /// With this number; several clients may have one of it.
    number: Option<String>,
    /// Unchanged for at least so many days.
    older_than_days: Option<u32>,
    /// With at least so much money in doubt.
    at_risk: Option<Amount>,
    /// Which come first.
    order: Option<Order>,
    /// Rows of a page.
    #[schemars(range(min = 1, max = 200))]
    limit: Option<u16>,
    /// `next` of the page before.
    cursor: Option<String>,
}

const VERDICTS: [&str; 5] = ["clean", "note", "review", "reduce", "reject"];

fn known(at: &str, words: &[String], all: &[&str]) -> Result<(), Problem> {
    match words.iter().find(|w| !all.contains(&w.as_str())) {
        None => Ok(()),
        Some(word) => Err(Problem::malformed(
            at,
            format!(
                "\"{}\" is none; one of these is expected: {}",
                crate::render::printable(word),
                all.join(", ")
            ),
        )),
    }
}

/// Invoices that fit.
pub(super) async fn list(
    called: &Called<'_>,
    which: Which,
    _: Nothing,
) -> Result<Json<Page<Invoice>>, Problem> {
    let size = page::size(which.limit)?;
    let order = which.order.unwrap_or_default();
    known("state", &which.state, &State::ALL.map(State::name))?;
    known("verdict", &which.verdict, &VERDICTS)?;
    let place = page::place(which.cursor.as_deref())?;
    let after = match &place {
        None => None,
        Some(key) => {
            let parts = key.split_once(' ');
            let parts = parts.and_then(|(ms, id)| Some((ms.parse().ok()?, id.to_owned())));
            Some(parts.ok_or_else(page::unknown_place)?)
        }
    };
    let now = (called.app.clock)();
    let filter = Filter {
        states: which.state,
        verdicts: which.verdict,
        client: which.client,
        matter: which.matter,
        partner: which.partner,
        portal: which.portal,
        named: which.number,
        unchanged_since_ms: which
            .older_than_days
            .map(|days| now.saturating_sub(i64::from(days) * DAY_MS)),
        at_risk: which.at_risk.map(|a| a.0),
        sort: order.sort(),
        after,
        limit: Some(i64::try_from(size + 1).unwrap_or(i64::MAX)),
        ..Filter::default()
    };
    let mut rows = called.desk.list(&filter).await?;
    let more = rows.len() > size;
    rows.truncate(size);
    let next = rows.last().filter(|_| more).map(|row| {
        let ms = match order {
            Order::Changed => row.changed_ms,
            Order::Taken | Order::Newest => row.taken_ms,
        };
        page::written(&format!("{ms} {}", row.id))
    });
    Ok(Json(Page {
        items: rows.iter().map(Invoice::from).collect(),
        next,
    }))
}
