//! The way to the portals: the queue, what is in doubt, what was refused and is corrected.

use super::call::{Called, NoQuery};
use super::given::Json;
use super::page::{self, Page, Part};
use super::problem::Problem;
use super::shape::{Invoice, OfInvoice, instant, maybe};
use super::taken::{Body, Nothing};
use crate::workflow::answers::{Correction, Meant, NextNumber, Rejection, Stage};
use crate::workflow::submission::{Parcel, Queued, Settled};
use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What has arrived is listed for this long, in milliseconds.
const LATELY_MS: i64 = 24 * 60 * 60 * 1000;
/// Most of what has arrived.
const MOST_LATELY: usize = 1000;

/// Said where no portal is known.
const UNKNOWN: &str = "no accounts at portals are known here; whoever runs cleanbill names their file in the setting portals";

/// Which submissions; what is not given asks for nothing.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Which {
    /// Through this account at a portal.
    account: Option<String>,
    /// In this status: waiting, sending, in-doubt, by-hand, sent, refused.
    status: Option<String>,
    /// Rows of a page.
    #[schemars(range(min = 1, max = 200))]
    limit: Option<u16>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// An invoice on its way to a portal.
#[derive(Serialize, JsonSchema)]
pub(super) struct Submission {
    /// Its id: the invoice's and its version.
    id: String,
    /// The invoice.
    invoice: OfInvoice,
    /// The invoice's version.
    version: i64,
    /// The account at a portal it goes through.
    account: String,
    /// `waiting`, `sending`, `in-doubt`, `by-hand`, `sent`, `refused`, `done`.
    status: String,
    /// The name of the file at the portal.
    file_name: String,
    /// How many attempts there were.
    attempts: i64,
    /// When the last attempt began.
    #[serde(skip_serializing_if = "Option::is_none")]
    sent_at: Option<DateTime<Utc>>,
    /// SHA-256 of the file as it left at the last attempt.
    #[serde(skip_serializing_if = "Option::is_none")]
    sent: Option<String>,
    /// The portal's id of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    portal_id: Option<String>,
    /// The last day on which it should be at the portal.
    #[serde(skip_serializing_if = "Option::is_none")]
    due: Option<NaiveDate>,
    /// Why it was not sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    /// When it last changed.
    changed_at: DateTime<Utc>,
}

impl From<&Parcel> for Submission {
    fn from(parcel: &Parcel) -> Self {
        let row = &parcel.submission;
        Self {
            id: row.id.clone(),
            invoice: OfInvoice::from(&parcel.invoice),
            version: row.version,
            account: row.account.clone(),
            status: row.status.clone(),
            file_name: row.file_name.clone(),
            attempts: row.attempts,
            sent_at: row.sent_ms.map(instant),
            sent: row.sent.clone(),
            portal_id: row.portal_id.clone(),
            due: row.due.as_deref().and_then(|d| d.parse().ok()),
            note: maybe(&row.note),
            changed_at: instant(row.changed_ms),
        }
    }
}

/// What is on its way, and what arrived or was refused within a day, account by account.
pub(super) async fn list(
    called: &Called<'_>,
    which: Which,
    _: Nothing,
) -> Result<Json<Page<Submission>>, Problem> {
    let since = (called.app.clock)() - LATELY_MS;
    let live = called.desk.all_on_their_way().await?;
    let lately = called.desk.arrived_since(since, MOST_LATELY).await?;
    let fits = |parcel: &&Parcel| {
        let row = &parcel.submission;
        which.account.as_ref().is_none_or(|a| *a == row.account)
            && which.status.as_ref().is_none_or(|s| *s == row.status)
    };
    let rows = live.iter().chain(&lately).filter(fits);
    let rows = rows.map(|parcel| {
        let row = &parcel.submission;
        (
            format!("{} {}", row.account, row.id),
            Submission::from(parcel),
        )
    });
    Ok(Json(page::cut(
        rows.collect(),
        which.limit,
        which.cursor.as_deref(),
    )?))
}

/// An invoice to be queued.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewSubmission {
    /// The account at a portal; where none is named, that of its client, else of its portal.
    account: Option<String>,
}

/// Puts a cleared invoice into the queue of its account; one that is there stays there.
pub(super) async fn queue(
    called: &Called<'_>,
    _: NoQuery,
    Body(new): Body<NewSubmission>,
) -> Result<Json<Submission>, Problem> {
    let Some(doors) = &called.app.doors else {
        return Err(Problem::refused(UNKNOWN));
    };
    let basis = called.basis()?;
    let queued = called
        .desk
        .queue(
            called.param("invoice"),
            new.account.as_deref(),
            doors,
            &basis.options.lists,
        )
        .await?;
    let (Queued::Now(parcel) | Queued::Before(parcel)) = &queued;
    Ok(Json(Submission::from(parcel)))
}

/// A correction to be sent again.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Again {
    /// It goes under its number, whatever number the portal wants.
    #[serde(default)]
    any_number: bool,
}

/// Puts a cleared correction into the queue of the account that refused it before.
pub(super) async fn resubmit(
    called: &Called<'_>,
    _: NoQuery,
    Body(again): Body<Again>,
) -> Result<Json<Submission>, Problem> {
    let Some(doors) = &called.app.doors else {
        return Err(Problem::refused(UNKNOWN));
    };
    let basis = called.basis()?;
    let Correction {
        row,
        account,
        refused,
    } = called.desk.correction(called.param("invoice")).await?;
    let account = doors.accounts().account.get(&account);
    let portal = account.map_or(row.portal.as_str(), |a| a.portal.as_str());
    let packs = basis.options.shelf.packs();
    let next = NextNumber::of_invoice(&row, portal, &basis.options.lists, packs);
    if !again.any_number && !next.takes(&refused, &row.number) {
        return Err(Problem::refused(format!(
            "{portal} wants {}; take the corrected file in under that number, or say any_number",
            next.words(&refused)
        )));
    }
    let queued = called
        .desk
        .queue(&row.id, None, doors, &basis.options.lists)
        .await?;
    let (Queued::Now(parcel) | Queued::Before(parcel)) = &queued;
    Ok(Json(Submission::from(parcel)))
}

/// Takes an invoice out of the queue; it stays cleared.
pub(super) async fn unqueue(
    called: &Called<'_>,
    _: NoQuery,
    _: Nothing,
) -> Result<Json<Invoice>, Problem> {
    let row = called.desk.unqueue(called.param("invoice")).await?;
    Ok(Json(Invoice::from(&row)))
}

/// What became of an invoice in doubt.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Settlement {
    /// Whether the portal has it.
    arrived: bool,
    /// The portal's id of it, where it has it.
    portal_id: Option<String>,
    /// How that is known, in words.
    reason: String,
}

/// A person says what became of an invoice in doubt.
pub(super) async fn settle(
    called: &Called<'_>,
    _: NoQuery,
    Body(said): Body<Settlement>,
) -> Result<Json<Submission>, Problem> {
    let settled = match (said.arrived, said.portal_id) {
        (true, id) => Settled::Arrived(id),
        (false, None) => Settled::NeverArrived,
        (false, Some(_)) => {
            return Err(Problem::unusable(
                "portal_id",
                "what never arrived has no id at the portal; leave it away, or say that it arrived",
            ));
        }
    };
    let named = called.param("invoice");
    let parcel = called.desk.settle(named, &settled, &said.reason).await?;
    Ok(Json(Submission::from(&parcel)))
}

/// Why a portal or client objected.
#[derive(Serialize, JsonSchema)]
pub(super) struct Cause {
    /// LINE_ITEM_NUMBER; absent: the invoice as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    line_item: Option<String>,
    /// Code and words, as they came.
    words: String,
    /// What was cut for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    cut: Option<Decimal>,
    /// The reason's name; absent: nobody knows it yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// `biller`, `timekeeper`, `partner` or `client`.
    fixable_by: String,
    /// What is mostly done.
    typical_fix: String,
    /// Rules that could have said so.
    rules: Vec<String>,
    /// Of these, those that did before it was sent; absent where that is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    foreseen: Option<Vec<String>>,
}

impl From<&Meant> for Cause {
    fn from(meant: &Meant) -> Self {
        Self {
            line_item: meant.item.clone(),
            words: meant.words.clone(),
            cut: meant.cut,
            reason: meant.slug.clone(),
            fixable_by: meant.fixable_by.clone(),
            typical_fix: meant.typical_fix.clone(),
            rules: meant.rules.clone(),
            foreseen: meant.foreseen.clone(),
        }
    }
}

/// A refused invoice that is not at the portal again.
#[derive(Serialize, JsonSchema)]
pub(super) struct Refused {
    /// The invoice.
    invoice: Invoice,
    /// The account that refused it.
    account: String,
    /// When that was heard.
    refused_at: DateTime<Utc>,
    /// `refused` (nothing was done yet), `in-correction` or `cleared`.
    stage: &'static str,
    /// Why.
    causes: Vec<Cause>,
    /// How often it was refused, those in whose place it stands included.
    tries: usize,
    /// The number of the invoice in whose place it stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    original: Option<String>,
    /// The number of the invoice in its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    replaced_by: Option<String>,
}

impl From<&Rejection> for Refused {
    fn from(rejection: &Rejection) -> Self {
        Self {
            invoice: Invoice::from(&rejection.row),
            account: rejection.submission.account.clone(),
            refused_at: instant(rejection.submission.changed_ms),
            stage: match rejection.stage {
                Stage::Refused => "refused",
                Stage::InCorrection => "in-correction",
                Stage::Cleared => "cleared",
            },
            causes: rejection.causes.iter().map(Cause::from).collect(),
            tries: rejection.tries,
            original: rejection.original.clone(),
            replaced_by: rejection.replaced_by.clone(),
        }
    }
}

/// What waits to be corrected; the longest refused first.
pub(super) async fn rejections(
    called: &Called<'_>,
    part: Part,
    _: Nothing,
) -> Result<Json<Page<Refused>>, Problem> {
    let all = called.desk.rejections().await?;
    let rows = all.iter().map(|r| {
        let key = page::by_time(r.submission.changed_ms, &r.submission.id);
        (key, Refused::from(r))
    });
    Ok(Json(page::cut(
        rows.collect(),
        part.limit,
        part.cursor.as_deref(),
    )?))
}

/// The invoice of another number in the place of a refused one.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Replacement {
    /// Its number, or its id.
    by: String,
}

/// Says that an invoice of another number stands in the place of a refused one.
pub(super) async fn replace(
    called: &Called<'_>,
    _: NoQuery,
    Body(new): Body<Replacement>,
) -> Result<Json<Invoice>, Problem> {
    called
        .desk
        .replace(&new.by, called.param("invoice"))
        .await?;
    let story = called.desk.story(&new.by).await?;
    Ok(Json(Invoice::from(&story.row)))
}
