//! What an invoice holds: its findings, its lines and its events.

use super::call::Called;
use super::given::Json;
use super::page::{self, Page, Part};
use super::problem::Problem;
use super::shape::{instant, maybe};
use super::taken::Nothing;
use crate::check::{NotChecked, PackUsed};
use crate::model::Finding;
use crate::revise::line::lines as lines_of;
use crate::workflow::Paper;
use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

/// A key by which rows stay in the order they have.
fn nth(n: usize) -> String {
    format!("{n:010}")
}

/// A finding, and whether somebody set it aside.
#[derive(Serialize, JsonSchema)]
pub(super) struct FindingShown {
    /// What the check says.
    finding: Finding,
    /// Who set it aside, and why.
    #[serde(skip_serializing_if = "Option::is_none")]
    set_aside: Option<SetAside>,
}

/// That a finding was set aside.
#[derive(Serialize, JsonSchema)]
struct SetAside {
    /// Who.
    by: String,
    /// When.
    at: DateTime<Utc>,
    /// Why.
    reason: String,
}

/// Findings of an invoice, and by what it was judged.
#[derive(Serialize, JsonSchema)]
pub(super) struct Findings {
    /// The day of the check.
    checked_on: NaiveDate,
    /// Packs in force.
    packs: Vec<PackUsed>,
    /// Rules that could not be applied, and why.
    not_checked: Vec<NotChecked>,
    /// Findings, a page of them.
    findings: Page<FindingShown>,
}

/// What the check says of an invoice as it stands.
pub(super) async fn findings(
    called: &Called<'_>,
    part: Part,
    _: Nothing,
) -> Result<Json<Findings>, Problem> {
    let story = called.desk.story(called.param("invoice")).await?;
    let rows = story.report.findings().enumerate().map(|(n, finding)| {
        let set_aside = story.override_of(finding).map(|o| SetAside {
            by: o.by.clone(),
            at: instant(o.at_ms),
            reason: o.reason.clone(),
        });
        let finding = finding.clone();
        (nth(n), FindingShown { finding, set_aside })
    });
    Ok(Json(Findings {
        checked_on: story.report.today,
        packs: story.report.packs.clone(),
        not_checked: story.report.not_checked.clone(),
        findings: page::cut(rows.collect(), part.limit, part.cursor.as_deref())?,
    }))
}

/// A line.
#[derive(Serialize, JsonSchema)]
pub(super) struct Line {
    /// LINE_ITEM_NUMBER.
    item: String,
    /// `F`, `E`, `IF`, `IE`; empty where it could not be read.
    kind: String,
    /// LINE_ITEM_DATE.
    #[serde(skip_serializing_if = "Option::is_none")]
    date: Option<NaiveDate>,
    /// TIMEKEEPER_ID.
    #[serde(skip_serializing_if = "Option::is_none")]
    timekeeper: Option<String>,
    /// Task code.
    #[serde(skip_serializing_if = "Option::is_none")]
    task_code: Option<String>,
    /// Activity code.
    #[serde(skip_serializing_if = "Option::is_none")]
    activity_code: Option<String>,
    /// Expense code.
    #[serde(skip_serializing_if = "Option::is_none")]
    expense_code: Option<String>,
    /// Hours or pieces.
    #[serde(skip_serializing_if = "Option::is_none")]
    units: Option<Decimal>,
    /// The rate or price.
    #[serde(skip_serializing_if = "Option::is_none")]
    unit_cost: Option<Decimal>,
    /// LINE_ITEM_ADJUSTMENT_AMOUNT.
    #[serde(skip_serializing_if = "Option::is_none")]
    adjustment: Option<Decimal>,
    /// LINE_ITEM_TOTAL.
    #[serde(skip_serializing_if = "Option::is_none")]
    total: Option<Decimal>,
    /// LINE_ITEM_DESCRIPTION.
    narrative: String,
}

/// The lines of an invoice, in the order of the file. Narratives leave the program, so that it was read is written down.
pub(super) async fn lines(
    called: &Called<'_>,
    part: Part,
    _: Nothing,
) -> Result<Json<Page<Line>>, Problem> {
    let named = called.param("invoice");
    let story = called.desk.story(named).await?;
    let out = called.desk.read_out(named, Paper::File(None)).await?;
    let all = lines_of(&out.bytes, &story.row.number).map_err(|r| Problem::refused(r.0))?;
    let rows = all.into_iter().enumerate().map(|(n, line)| {
        let [task, activity, expense] = &line.codes;
        let row = Line {
            task_code: maybe(task),
            activity_code: maybe(activity),
            expense_code: maybe(expense),
            timekeeper: maybe(&line.timekeeper_id),
            item: line.item,
            kind: line.kind,
            date: line.date,
            units: line.units,
            unit_cost: line.unit_cost,
            adjustment: line.adjustment,
            total: line.total,
            narrative: line.narrative,
        };
        (nth(n), row)
    });
    Ok(Json(page::cut(
        rows.collect(),
        part.limit,
        part.cursor.as_deref(),
    )?))
}

/// Something that happened.
#[derive(Serialize, JsonSchema)]
pub(super) struct Happened {
    /// From 1, without gaps.
    event: i64,
    /// When.
    at: DateTime<Utc>,
    /// Who.
    by: String,
    /// What: a step of the life of an invoice.
    step: String,
    /// What else the event says: ids, amounts and hashes, never narratives.
    facts: Map<String, Value>,
    /// Its hash.
    hash: String,
    /// That of the event before; empty for the first.
    previous: String,
}

/// What happened to an invoice, from the beginning.
pub(super) async fn events(
    called: &Called<'_>,
    part: Part,
    _: Nothing,
) -> Result<Json<Page<Happened>>, Problem> {
    let events = called.desk.story(called.param("invoice")).await?.events;
    let mut rows = Vec::with_capacity(events.len());
    for event in events {
        let facts = serde_json::from_str(&event.facts).map_err(Problem::failed)?;
        let row = Happened {
            event: event.seq,
            at: instant(event.at_ms),
            by: event.actor,
            step: event.step,
            facts,
            hash: event.hash,
            previous: event.prev,
        };
        rows.push((nth(usize::try_from(event.seq).unwrap_or(0)), row));
    }
    Ok(Json(page::cut(rows, part.limit, part.cursor.as_deref())?))
}
