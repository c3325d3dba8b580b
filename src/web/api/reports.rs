//! Reports: the figures partners read, with the invoices behind each row where that is asked for.

use super::call::{Called, NoQuery};
use super::given::Json;
use super::problem::Problem;
use super::taken::Nothing;
use crate::model::did_you_mean;
use crate::portals::Accounts;
use crate::reports::figures::{self, By, Cell, Column, Period, Report};
use crate::reports::gather::{GatherError, Whose};
use crate::reports::making::Wanted;
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A report there is.
#[derive(Serialize, JsonSchema)]
pub(super) struct Known {
    /// Its name.
    name: &'static str,
    /// The question it answers.
    question: &'static str,
    /// What its rows may be, the usual first; empty: it has rows of its own.
    by: Vec<&'static str>,
}

/// Reports there are.
#[derive(Serialize, JsonSchema)]
pub(super) struct AllKnown {
    /// In their order.
    items: Vec<Known>,
}

/// Which reports there are.
pub(super) async fn list(
    _: &Called<'_>,
    _: NoQuery,
    _: Nothing,
) -> Result<Json<AllKnown>, Problem> {
    let items = figures::names().into_iter().map(|(name, question)| Known {
        name,
        question,
        by: figures::rows_of(name).iter().map(|b| b.name()).collect(),
    });
    Ok(Json(AllKnown {
        items: items.collect(),
    }))
}

/// Over what a report is.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Over {
    /// The first day; the first of the month eleven months before the last day, where none is given.
    from: Option<NaiveDate>,
    /// The last day; today, where none is given.
    to: Option<NaiveDate>,
    /// Of this client.
    client: Option<String>,
    /// At this portal, by any of its names.
    portal: Option<String>,
    /// Of matters of this partner.
    partner: Option<String>,
    /// What its rows are.
    by: Option<String>,
    /// With the invoices behind each row.
    #[serde(default)]
    invoices: bool,
}

/// Days from and to, both inside.
#[derive(Serialize, JsonSchema)]
struct Days {
    /// The first day.
    from: NaiveDate,
    /// The last day.
    to: NaiveDate,
}

/// A column of a report.
#[derive(Serialize, JsonSchema)]
struct Head {
    /// Its name among the cells.
    name: &'static str,
    /// Its name for people.
    title: &'static str,
    /// `text`, `count`, `money`, `percent`, `ratio`, `days`, `date`.
    kind: String,
}

/// A sentence over a report.
#[derive(Serialize, JsonSchema)]
struct Sentence {
    /// The sentence.
    text: String,
    /// Something a person must see.
    alarm: bool,
}

/// Cells by the names of their columns; amounts are decimal text, shares of 1, days ISO; what is not known is absent.
type Cells = BTreeMap<&'static str, String>;

/// An invoice behind a row.
#[derive(Serialize, JsonSchema)]
struct Behind {
    /// Its id.
    id: String,
    /// INVOICE_NUMBER.
    number: String,
    /// CLIENT_ID.
    client: String,
    /// The firm's number of the matter.
    matter: String,
    /// Where it is in its life.
    state: String,
    /// What it adds to each column.
    adds: Cells,
}

/// A row of a report.
#[derive(Serialize, JsonSchema)]
struct Row {
    /// By which it is named.
    key: String,
    /// ISO 4217 of its amounts, or `?`; empty where it has none.
    currency: String,
    /// Something a person must see.
    alarm: bool,
    /// Its cells.
    cells: Cells,
    /// The invoices it was made of, where they were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    invoices: Option<Vec<Behind>>,
}

/// Totals in one currency.
#[derive(Serialize, JsonSchema)]
struct Total {
    /// ISO 4217, or `?`; empty where there are no amounts.
    currency: String,
    /// Their cells.
    cells: Cells,
}

/// A report.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Report")]
pub(super) struct ReportShown {
    /// Its name.
    name: &'static str,
    /// Its name for people.
    title: &'static str,
    /// The days it is about; absent: it is about today.
    #[serde(skip_serializing_if = "Option::is_none")]
    period: Option<Days>,
    /// What its rows are.
    by: &'static str,
    /// What it counts, in a sentence.
    counts: String,
    /// What is to be seen first.
    lead: Vec<Sentence>,
    /// Its columns; the first is what a row is called.
    columns: Vec<Head>,
    /// Its rows.
    rows: Vec<Row>,
    /// Their totals, one a currency.
    totals: Vec<Total>,
    /// What else a reader has to know.
    notes: Vec<String>,
}

fn cells(columns: &[Column], cells: &[Cell]) -> Cells {
    let text = |cell: &Cell| match cell {
        Cell::Empty => None,
        Cell::Text(text) => Some(text.clone()),
        Cell::Number(number) => Some(number.to_string()),
        Cell::Date(day) => Some(day.to_string()),
    };
    let all = columns.iter().zip(cells);
    all.filter_map(|(column, cell)| Some((column.name, text(cell)?)))
        .collect()
}

impl ReportShown {
    fn of(report: &Report, invoices: bool) -> Self {
        let behind = |row: &figures::Row| {
            let each = row.invoices.iter().map(|one| Behind {
                id: one.id.clone(),
                number: one.number.clone(),
                client: one.client.clone(),
                matter: one.matter.clone(),
                state: one.state.clone(),
                adds: cells(&report.columns, &one.cells),
            });
            each.collect::<Vec<_>>()
        };
        Self {
            name: report.name,
            title: report.title,
            period: report.period.map(|p| Days {
                from: p.from,
                to: p.to,
            }),
            by: report.by,
            counts: report.counts.clone(),
            lead: report
                .lead
                .iter()
                .map(|l| Sentence {
                    text: l.text.clone(),
                    alarm: l.alarm,
                })
                .collect(),
            columns: report
                .columns
                .iter()
                .map(|c| Head {
                    name: c.name,
                    title: c.title,
                    kind: format!("{:?}", c.kind).to_lowercase(),
                })
                .collect(),
            rows: report
                .rows
                .iter()
                .map(|row| Row {
                    key: row.key.clone(),
                    currency: row.currency.clone(),
                    alarm: row.alarm,
                    cells: cells(&report.columns, &row.cells),
                    invoices: invoices.then(|| behind(row)),
                })
                .collect(),
            totals: report
                .totals
                .iter()
                .map(|sum| Total {
                    currency: sum.currency.clone(),
                    cells: cells(&report.columns, &sum.cells),
                })
                .collect(),
            notes: report.notes.clone(),
        }
    }
}

/// A report over the invoices of clients one serves.
pub(super) async fn show(
    called: &Called<'_>,
    over: Over,
    _: Nothing,
) -> Result<Json<ReportShown>, Problem> {
    let name = called.param("report");
    let names: Vec<&str> = figures::names().iter().map(|(name, _)| *name).collect();
    if !names.contains(&name) {
        let near = did_you_mean(name, names);
        return Err(Problem::missing(format!(
            "there is no report of that name; {near}"
        )));
    }
    let by = match over.by.as_deref() {
        None => None,
        Some(word) => Some(By::named(word).ok_or_else(|| {
            let rows: Vec<&str> = figures::rows_of(name).iter().map(|by| by.name()).collect();
            let rows = match rows.is_empty() {
                true => "it has rows of its own".to_owned(),
                false => format!("it is made by one of: {}", rows.join(", ")),
            };
            Problem::malformed("by", format!("{name} is not made so; {rows}"))
        })?),
    };
    let wanted = Wanted::of(Some(name), by);
    let wanted = wanted.map_err(|wrong| Problem::malformed("by", wrong.to_string()))?;
    let period = Period::or_usual(over.from, over.to, called.app.today());
    let period = period.map_err(|wrong| Problem::malformed("from", wrong.to_string()))?;
    let whose = Whose {
        client: over.client.as_deref(),
        portal: over.portal.as_deref(),
        partner: over.partner.as_deref(),
    };
    let basis = called.basis()?;
    let none = Accounts::default();
    let accounts = called.app.doors.as_ref().map_or(&none, |d| d.accounts());
    let terms = &called.app.own.receivables;
    let made = wanted.made(
        &called.desk,
        whose,
        &basis.options,
        (accounts, terms),
        period,
    );
    let reports = made.await.map_err(|error| match error {
        GatherError::Workflow(error) => error.into(),
        GatherError::Pack(mistake) => Problem::failed(mistake),
    })?;
    match reports.first() {
        Some(report) => Ok(Json(ReportShown::of(report, over.invoices))),
        None => Err(Problem::failed("no report was made")),
    }
}
