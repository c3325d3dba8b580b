//! One invoice with its review: what was asked of it, attached to it, said of it and approved.

use super::call::{Called, NoQuery};
use super::given::Json;
use super::problem::Problem;
use super::shape::{Invoice, instant, maybe};
use super::taken::Nothing;
use crate::workflow::{About, Answer, Asked, Item, Story};
use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::Serialize;

/// A line that was sent back, or a write-down that was proposed.
#[derive(Serialize, JsonSchema)]
pub(super) struct Talk {
    /// Its id.
    pub(super) id: String,
    /// LINE_ITEM_NUMBER.
    line_item: String,
    /// TIMEKEEPER_ID of the line.
    #[serde(skip_serializing_if = "Option::is_none")]
    timekeeper: Option<String>,
    /// The rule of the finding; of a write-down its reason code.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    /// Of a write-down: how much lower, without tax.
    #[serde(skip_serializing_if = "Option::is_none")]
    amount: Option<Decimal>,
    /// Who asked.
    by: String,
    /// When.
    at: DateTime<Utc>,
    /// What was asked, or why it is to be lower.
    #[serde(skip_serializing_if = "Option::is_none")]
    said: Option<String>,
    /// `open`, `answered`, `recalled`, `accepted` or `refused`.
    pub(super) state: &'static str,
    /// Who ended it.
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_by: Option<String>,
    /// When.
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_at: Option<DateTime<Utc>>,
    /// The answer, or why it was decided so; of several lines one below the other.
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<String>,
}

impl Talk {
    fn of(item: &Item, story: &Story) -> Self {
        let said = match story.read::<Asked>(&item.about) {
            Some(asked) => match asked.note.as_str() {
                "" => asked.message,
                note => note.to_owned(),
            },
            None => story.text(&item.about),
        };
        let answer = item.end.as_ref().and_then(|e| e.said.as_deref());
        let answer = answer.map(|hash| match story.read::<Answer>(hash) {
            Some(Answer::Text(text)) => text,
            Some(Answer::Parts(parts)) => {
                let each = parts
                    .iter()
                    .map(|(hours, text)| format!("{hours} h: {text}"));
                each.collect::<Vec<_>>().join("\n")
            }
            None => story.text(hash),
        });
        Self {
            id: item.id.clone(),
            line_item: item.line_item.clone(),
            timekeeper: maybe(&item.timekeeper),
            code: maybe(&item.code),
            amount: item.amount,
            by: item.by.clone(),
            at: instant(item.at_ms),
            said: maybe(&said),
            state: item.state.name(),
            ended_by: item.end.as_ref().map(|e| e.by.clone()),
            ended_at: item.end.as_ref().map(|e| instant(e.at_ms)),
            answer: answer.filter(|a| !a.is_empty()),
        }
    }
}

/// A file of the package.
#[derive(Serialize, JsonSchema)]
struct Attached {
    /// Its id.
    id: String,
    /// Its name.
    name: String,
    /// `receipt`, `pdf` or `backup`.
    kind: String,
    /// LINE_ITEM_NUMBER of the line it belongs to; absent: it belongs to the invoice.
    #[serde(skip_serializing_if = "Option::is_none")]
    line_item: Option<String>,
    /// SHA-256 of the file.
    sha256: String,
    /// Who attached it.
    by: String,
    /// When.
    at: DateTime<Utc>,
}

/// A comment on a line for the client.
#[derive(Serialize, JsonSchema)]
struct Remark {
    /// LINE_ITEM_NUMBER.
    line_item: String,
    /// What it says.
    text: String,
    /// Who wrote it.
    by: String,
    /// When.
    at: DateTime<Utc>,
}

/// An approval that holds.
#[derive(Serialize, JsonSchema)]
struct Approved {
    /// Who.
    by: String,
    /// In whose place.
    #[serde(skip_serializing_if = "Option::is_none")]
    in_place_of: Option<String>,
    /// When.
    at: DateTime<Utc>,
}

/// An invoice with its review.
#[derive(Serialize, JsonSchema)]
pub(super) struct Whole {
    /// The invoice.
    invoice: Invoice,
    /// Findings of this version.
    findings: usize,
    /// Findings that would bounce it and that nobody has set aside.
    open_findings: usize,
    /// Lines sent back.
    returns: Vec<Talk>,
    /// Write-downs proposed.
    write_downs: Vec<Talk>,
    /// The package beside the invoice's file.
    attachments: Vec<Attached>,
    /// Comments for the client.
    comments: Vec<Remark>,
    /// Approvals of the invoice as it is.
    approvals: Vec<Approved>,
}

/// One invoice with its review.
pub(super) async fn show(
    called: &Called<'_>,
    _: NoQuery,
    _: Nothing,
) -> Result<Json<Whole>, Problem> {
    let story = called.desk.story(called.param("invoice")).await?;
    let review = &story.review;
    let attached = review.attachments.iter().map(|a| Attached {
        id: a.id.clone(),
        name: story
            .read::<About>(&a.about)
            .map_or_else(|| a.id.clone(), |about| about.name),
        kind: a.kind.clone(),
        line_item: a.line_item.clone(),
        sha256: a.file.clone(),
        by: a.by.clone(),
        at: instant(a.at_ms),
    });
    let comments = review.comments.iter().map(|c| Remark {
        line_item: c.line_item.clone(),
        text: story.text(&c.about),
        by: c.by.clone(),
        at: instant(c.at_ms),
    });
    let approvals = review.approvals.iter().map(|a| Approved {
        by: a.by.clone(),
        in_place_of: a.in_place_of.clone(),
        at: instant(a.at_ms),
    });
    Ok(Json(Whole {
        invoice: Invoice::from(&story.row),
        findings: story.report.findings().count(),
        open_findings: story.open().count(),
        returns: review
            .requests
            .iter()
            .map(|i| Talk::of(i, &story))
            .collect(),
        write_downs: review
            .write_downs
            .iter()
            .map(|i| Talk::of(i, &story))
            .collect(),
        attachments: attached.collect(),
        comments: comments.collect(),
        approvals: approvals.collect(),
    }))
}
