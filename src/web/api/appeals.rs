//! Appeals: listed by deadline, decided, filed, ended.

use super::call::{Called, NoQuery};
use super::given::{Calendar, Json};
use super::page::{self, Page};
use super::problem::Problem;
use super::shape::{Amount, OfInvoice, Reason, Until, instant, maybe};
use super::taken::{Body, Nothing};
use crate::reports::calendar;
use crate::workflow::{AppealDue, AppealOutcome, AppealShown};
use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An appeal.
#[derive(Serialize, JsonSchema)]
pub(super) struct Appeal {
    /// Its id.
    id: String,
    /// The invoice that was cut.
    invoice: OfInvoice,
    /// `proposed`, `decided`, `filed`, `won`, `partly won`, `lost`, `window missed`, `withdrawn`.
    status: String,
    /// What is asked for.
    claimed: Decimal,
    /// What came back.
    recovered: Decimal,
    /// ISO 4217, or `?`.
    currency: String,
    /// Its reductions.
    reductions: Vec<String>,
    /// Until when it has to be filed.
    deadline: Until,
    /// Which try at these lines it is, from 1.
    tries: i64,
    /// The portal's way it goes, where it is filed.
    #[serde(skip_serializing_if = "Option::is_none")]
    route: Option<String>,
    /// Its own number at the portal.
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<String>,
    /// The id of the invoice that is its file.
    #[serde(skip_serializing_if = "Option::is_none")]
    filed_as: Option<String>,
    /// Who proposed it.
    proposed_by: String,
    /// When.
    proposed_at: DateTime<Utc>,
    /// Who decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    decided_by: Option<String>,
    /// When.
    #[serde(skip_serializing_if = "Option::is_none")]
    decided_at: Option<DateTime<Utc>>,
    /// When it was filed.
    #[serde(skip_serializing_if = "Option::is_none")]
    filed_at: Option<DateTime<Utc>>,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_at: Option<DateTime<Utc>>,
}

impl From<&AppealShown> for Appeal {
    fn from(shown: &AppealShown) -> Self {
        let row = &shown.appeal;
        Self {
            id: row.id.clone(),
            invoice: OfInvoice::from(&shown.invoice),
            status: row.status.clone(),
            claimed: row.claimed,
            recovered: row.recovered,
            currency: row.currency.clone(),
            reductions: shown.reductions.iter().map(|r| r.id.clone()).collect(),
            deadline: Until::from(&shown.deadline),
            tries: row.tries,
            route: maybe(&row.route),
            number: maybe(&row.number),
            filed_as: row.filed_as.clone(),
            proposed_by: row.proposed_by.clone(),
            proposed_at: instant(row.proposed_ms),
            decided_by: row.decided_by.clone(),
            decided_at: row.decided_ms.map(instant),
            filed_at: row.filed_ms.map(instant),
            ended_at: row.ended_ms.map(instant),
        }
    }
}

/// Which appeals; what is not given asks for nothing.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Which {
    /// Of this client.
    client: Option<String>,
    /// Of matters of this partner.
    partner: Option<String>,
    /// In this status; may be given several times.
    #[serde(default)]
    status: Vec<String>,
    /// Rows of a page.
    #[schemars(range(min = 1, max = 200))]
    limit: Option<u16>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// Every appeal there was, the first proposed first.
pub(super) async fn list(
    called: &Called<'_>,
    which: Which,
    _: Nothing,
) -> Result<Json<Page<Appeal>>, Problem> {
    let basis = called.basis()?;
    let all = called.desk.all_appeals(&basis.options.lists).await?;
    let fits = |one: &&AppealShown| {
        which
            .client
            .as_ref()
            .is_none_or(|c| *c == one.invoice.client)
            && which
                .partner
                .as_ref()
                .is_none_or(|p| *p == one.invoice.partner)
            && (which.status.is_empty() || which.status.contains(&one.appeal.status))
    };
    let rows = all.iter().filter(fits).map(|one| {
        let key = page::by_time(one.appeal.proposed_ms, &one.appeal.id);
        (key, Appeal::from(one))
    });
    Ok(Json(page::cut(
        rows.collect(),
        which.limit,
        which.cursor.as_deref(),
    )?))
}

/// Whose deadlines.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Whose {
    /// Of this client.
    client: Option<String>,
    /// Of matters of this partner.
    partner: Option<String>,
}

/// Something that is lost if nobody acts.
#[derive(Serialize, JsonSchema)]
pub(super) struct Due {
    /// The invoice.
    invoice: OfInvoice,
    /// The appeal; absent: nobody has proposed one.
    #[serde(skip_serializing_if = "Option::is_none")]
    appeal: Option<String>,
    /// What can still be asked for.
    amount: Decimal,
    /// ISO 4217, or `?`.
    currency: String,
    /// LINE_ITEM_NUMBERs; empty: the invoice as a whole.
    line_items: Vec<String>,
    /// Until when.
    deadline: Until,
    /// What somebody has to do next.
    next: &'static str,
}

impl From<&AppealDue> for Due {
    fn from(due: &AppealDue) -> Self {
        Self {
            invoice: OfInvoice::from(&due.invoice),
            appeal: due.appeal.as_ref().map(|a| a.id.clone()),
            amount: due.amount,
            currency: due.currency.clone(),
            line_items: due.items.clone(),
            deadline: Until::from(&due.deadline),
            next: due.next(),
        }
    }
}

/// Deadlines, all of them.
#[derive(Serialize, JsonSchema)]
pub(super) struct Deadlines {
    /// What ends first comes first, then what has no window.
    items: Vec<Due>,
}

/// What can still be appealed or has to be filed, by deadline.
pub(super) async fn due(
    called: &Called<'_>,
    whose: Whose,
    _: Nothing,
) -> Result<Json<Deadlines>, Problem> {
    let basis = called.basis()?;
    let mut all = called.desk.due_appeals(&basis.options.lists).await?;
    all.retain(|d| {
        whose.client.as_ref().is_none_or(|c| *c == d.invoice.client)
            && whose
                .partner
                .as_ref()
                .is_none_or(|p| *p == d.invoice.partner)
    });
    Ok(Json(Deadlines {
        items: all.iter().map(Due::from).collect(),
    }))
}

/// The windows for a calendar program.
pub(super) async fn ics(called: &Called<'_>, _: NoQuery, _: Nothing) -> Result<Calendar, Problem> {
    let basis = called.basis()?;
    let found = called.desk.due_appeals(&basis.options.lists).await?;
    let now = instant((called.app.clock)());
    let days = called.app.own.alarm_days;
    Ok(Calendar(calendar::calendar(&found, days, now)))
}

/// The appeal of the path; of another's client there is none.
async fn own(called: &Called<'_>) -> Result<AppealShown, Problem> {
    let basis = called.basis()?;
    let shown = called
        .desk
        .show_appeal(called.param("appeal"), &basis.options.lists)
        .await;
    shown.map_err(|error| Problem::from(error).into_missing())
}

/// One appeal.
pub(super) async fn show(
    called: &Called<'_>,
    _: NoQuery,
    _: Nothing,
) -> Result<Json<Appeal>, Problem> {
    Ok(Json(Appeal::from(&own(called).await?)))
}

/// A partner's decision on an appeal.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AppealDecision {
    /// Whether it is filed; else it is dropped.
    file: bool,
    /// Why, in words.
    reason: String,
}

/// A partner decides whether an appeal is filed or dropped.
pub(super) async fn decide(
    called: &Called<'_>,
    _: NoQuery,
    Body(decision): Body<AppealDecision>,
) -> Result<Json<Appeal>, Problem> {
    let id = own(called).await?.appeal.id;
    called
        .desk
        .decide_appeal(&id, decision.file, &decision.reason)
        .await?;
    show(called, NoQuery {}, Nothing).await
}

/// That an appeal was filed inside the portal.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Filed {
    /// What the portal calls it.
    number: Option<String>,
}

/// A person has filed an appeal inside the portal.
pub(super) async fn filed(
    called: &Called<'_>,
    _: NoQuery,
    Body(said): Body<Filed>,
) -> Result<Json<Appeal>, Problem> {
    let id = own(called).await?.appeal.id;
    let basis = called.basis()?;
    called
        .desk
        .confirm_filed(&id, said.number.as_deref(), &basis.options.lists)
        .await?;
    show(called, NoQuery {}, Nothing).await
}

/// How an appeal ended.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Ended {
    /// All of it came back.
    Won,
    /// Nothing.
    Lost,
    /// So much of each line in `lines`; of those not named nothing.
    InPart,
}

/// What came back of a line.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Back {
    /// LINE_ITEM_NUMBER, or the reduction's id.
    line: String,
    /// How much.
    amount: Amount,
}

/// What became of an appeal.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Outcome {
    /// How it ended.
    outcome: Ended,
    /// What came back, line by line, where it came back in part.
    #[serde(default)]
    lines: Vec<Back>,
    /// How that is known, in words.
    reason: String,
}

/// Writes down what became of a filed appeal.
pub(super) async fn outcome(
    called: &Called<'_>,
    _: NoQuery,
    Body(said): Body<Outcome>,
) -> Result<Json<Appeal>, Problem> {
    let id = own(called).await?.appeal.id;
    let outcome = match (said.outcome, said.lines.is_empty()) {
        (Ended::Won, true) => AppealOutcome::Won,
        (Ended::Lost, true) => AppealOutcome::Lost,
        (Ended::InPart, false) => {
            let lines = said.lines.into_iter().map(|b| (b.line, b.amount.0));
            AppealOutcome::Lines(lines.collect())
        }
        (Ended::InPart, true) => {
            return Err(Problem::unusable(
                "lines",
                "say of each line what came back of it",
            ));
        }
        (_, false) => {
            return Err(Problem::unusable(
                "lines",
                "lines are for an outcome that is in-part; leave them away",
            ));
        }
    };
    called.desk.end_appeal(&id, &outcome, &said.reason).await?;
    show(called, NoQuery {}, Nothing).await
}

/// Takes an appeal back; what it asked for is open again.
pub(super) async fn withdraw(
    called: &Called<'_>,
    _: NoQuery,
    Body(why): Body<Reason>,
) -> Result<Json<Appeal>, Problem> {
    let id = own(called).await?.appeal.id;
    called.desk.withdraw_appeal(&id, &why.reason).await?;
    show(called, NoQuery {}, Nothing).await
}
