//! Lines that were sent back, as who wrote them sees them: their own, and nothing beside.

use super::call::{Called, NoQuery};
use super::given::Json;
use super::problem::Problem;
use super::shape::{Amount, instant, maybe};
use super::taken::{Body, Nothing};
use crate::model::Finding;
use crate::workflow::{Answer, OwnRequest};
use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A line that was sent back to who wrote it.
#[derive(Serialize, JsonSchema)]
pub(super) struct Rewrite {
    /// Its id.
    id: String,
    /// INVOICE_NUMBER.
    number: String,
    /// CLIENT_ID.
    client: String,
    /// The firm's number of the matter.
    matter: String,
    /// LINE_ITEM_NUMBER.
    line_item: String,
    /// The day of the work.
    #[serde(skip_serializing_if = "Option::is_none")]
    date: Option<NaiveDate>,
    /// Its hours.
    #[serde(skip_serializing_if = "Option::is_none")]
    hours: Option<Decimal>,
    /// What it says.
    narrative: String,
    /// What the check says of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    /// Why it matters.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<String>,
    /// What whoever returned it adds.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    /// Lines that could stand in its place; nothing where it is one task.
    proposal: Vec<String>,
    /// `open`, `answered` or `recalled`.
    state: String,
    /// Who returned it.
    by: String,
    /// When.
    at: DateTime<Utc>,
    /// The line is another by now and cannot be answered for.
    line_has_changed: bool,
}

impl From<OwnRequest> for Rewrite {
    fn from(own: OwnRequest) -> Self {
        Self {
            id: own.id,
            number: own.invoice,
            client: own.client,
            matter: own.matter,
            line_item: own.line_item,
            date: own.date,
            hours: own.asked.hours,
            narrative: own.asked.narrative,
            message: maybe(&own.asked.message),
            why: maybe(&own.asked.why),
            help: maybe(&own.asked.help),
            note: maybe(&own.asked.note),
            proposal: own.asked.proposal,
            state: own.state,
            by: own.by,
            at: instant(own.at_ms),
            line_has_changed: own.line_has_changed,
        }
    }
}

/// Lines that wait for who wrote them.
#[derive(Serialize, JsonSchema)]
pub(super) struct Rewrites {
    /// The oldest first.
    items: Vec<Rewrite>,
}

/// One's own lines that were sent back and wait.
pub(super) async fn list(
    called: &Called<'_>,
    _: NoQuery,
    _: Nothing,
) -> Result<Json<Rewrites>, Problem> {
    let all = called.desk.own_requests().await?;
    Ok(Json(Rewrites {
        items: all.into_iter().map(Rewrite::from).collect(),
    }))
}

/// One of them.
pub(super) async fn show(
    called: &Called<'_>,
    _: NoQuery,
    _: Nothing,
) -> Result<Json<Rewrite>, Problem> {
    let own = called.desk.request(called.param("request")).await?;
    Ok(Json(Rewrite::from(own)))
}

/// A line in the place of the one that was sent back.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct NewLine {
    /// Its hours.
    hours: Amount,
    /// What it says.
    text: String,
}

/// What its author says instead: other words, or several lines.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewWords {
    /// Other words for the line.
    text: Option<String>,
    /// Lines for the line, each with its hours.
    #[serde(default)]
    lines: Vec<NewLine>,
}

impl NewWords {
    fn answer(self) -> Result<Answer, Problem> {
        match (self.text, self.lines.is_empty()) {
            (Some(text), true) => Ok(Answer::Text(text)),
            (None, false) => {
                let each = self.lines.into_iter().map(|l| (l.hours.0, l.text));
                Ok(Answer::Parts(each.collect()))
            }
            (None, true) => Err(Problem::unusable("text", "give text, or lines")),
            (Some(_), false) => Err(Problem::unusable("lines", "give text or lines, not both")),
        }
    }
}

/// What the check says of the line before, and of it with other words.
#[derive(Serialize, JsonSchema)]
pub(super) struct Trial {
    /// Findings on the line as it stands.
    before: Vec<Finding>,
    /// Findings on the line, or those in its place, with the words.
    after: Vec<Finding>,
}

/// Tries other words; nothing is kept.
pub(super) async fn attempt(
    called: &Called<'_>,
    _: NoQuery,
    Body(words): Body<NewWords>,
) -> Result<Json<Trial>, Problem> {
    let basis = called.basis()?;
    let trial = called
        .desk
        .try_answer(&basis.checker, called.param("request"), &words.answer()?)
        .await?;
    Ok(Json(Trial {
        before: trial.before,
        after: trial.after,
    }))
}

/// What the answer came to.
#[derive(Serialize, JsonSchema)]
pub(super) struct Rewritten {
    /// The invoice's version with the words.
    version: i64,
    /// Findings on the line, or those in its place.
    findings: Vec<Finding>,
}

/// Answers with one's own words, which become a new version of the invoice.
pub(super) async fn answer(
    called: &Called<'_>,
    _: NoQuery,
    Body(words): Body<NewWords>,
) -> Result<Json<Rewritten>, Problem> {
    let basis = called.basis()?;
    let (row, findings) = called
        .desk
        .rewrite(&basis.checker, called.param("request"), &words.answer()?)
        .await?;
    Ok(Json(Rewritten {
        version: row.version,
        findings,
    }))
}
