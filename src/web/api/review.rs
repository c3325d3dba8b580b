//! Steps with one invoice inside the firm: lines sent back, findings set aside, comments, write-downs, the clearance.

use super::call::{Called, NoQuery};
use super::given::{Done, Json, Made};
use super::problem::Problem;
use super::shape::{Amount, Invoice, Reason};
use super::taken::{Body, Nothing};
use crate::workflow::{Lowered, NewReturn, NewWriteDown, Step};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A line to be sent back to its timekeeper: with a finding, a note, or both.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewLineReturn {
    /// LINE_ITEM_NUMBER.
    line_item: String,
    /// The finding's fingerprint, or its beginning.
    finding: Option<String>,
    /// What to add.
    note: Option<String>,
}

/// A line that was sent back.
#[derive(Serialize, JsonSchema)]
pub(super) struct Returned {
    /// The id of the request.
    id: String,
    /// Who is asked.
    to: String,
}

/// Sends a line back to its timekeeper.
pub(super) async fn return_line(
    called: &Called<'_>,
    _: NoQuery,
    Body(new): Body<NewLineReturn>,
) -> Result<Made<Returned>, Problem> {
    let new = NewReturn {
        invoice: called.param("invoice"),
        line_item: &new.line_item,
        finding: new.finding.as_deref(),
        note: new.note.as_deref(),
    };
    let (id, to) = called.desk.return_line(new).await?;
    Ok(Made(Returned { id, to }))
}

/// Takes back a request.
pub(super) async fn recall(called: &Called<'_>, _: NoQuery, _: Nothing) -> Result<Done, Problem> {
    called.desk.recall(called.param("return")).await?;
    Ok(Done)
}

/// A comment on a line for the client.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewComment {
    /// LINE_ITEM_NUMBER.
    line_item: String,
    /// What it says; empty takes the comment of this line away.
    text: String,
}

/// Writes the comment of a line for the client, or takes it away.
pub(super) async fn comment(
    called: &Called<'_>,
    _: NoQuery,
    Body(new): Body<NewComment>,
) -> Result<Json<Invoice>, Problem> {
    let named = called.param("invoice");
    let row = called
        .desk
        .comment(named, &new.line_item, &new.text)
        .await?;
    Ok(Json(Invoice::from(&row)))
}

/// A finding to be set aside.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewOverride {
    /// The finding's fingerprint, or at least six characters of its beginning.
    finding: String,
    /// Why, in words: the partner sees it.
    reason: String,
}

/// A finding that was set aside.
#[derive(Serialize, JsonSchema)]
pub(super) struct Overridden {
    /// Its fingerprint.
    finding: String,
    /// Its rule.
    rule: String,
}

/// Sets a finding aside; it counts again as soon as it says something else.
pub(super) async fn set_aside(
    called: &Called<'_>,
    _: NoQuery,
    Body(new): Body<NewOverride>,
) -> Result<Made<Overridden>, Problem> {
    let named = called.param("invoice");
    let finding = called
        .desk
        .override_finding(named, &new.finding, &new.reason)
        .await?;
    Ok(Made(Overridden {
        finding: finding.fingerprint,
        rule: finding.rule,
    }))
}

/// A line to be billed lower: by money or by hours.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewLower {
    /// LINE_ITEM_NUMBER.
    line_item: String,
    /// By this money, without tax.
    amount: Option<Amount>,
    /// By so many of its hours.
    hours: Option<Amount>,
    /// A code of the table of reasons.
    code: String,
    /// Why, in words.
    reason: String,
}

/// A write-down that was proposed.
#[derive(Serialize, JsonSchema)]
pub(super) struct Lower {
    /// Its id.
    id: String,
    /// How much lower, without tax.
    amount: rust_decimal::Decimal,
    /// ISO 4217, or `?`.
    currency: String,
}

/// Proposes to bill a line lower; a partner decides.
pub(super) async fn write_down(
    called: &Called<'_>,
    _: NoQuery,
    Body(new): Body<NewLower>,
) -> Result<Made<Lower>, Problem> {
    let by = match (new.amount, new.hours) {
        (Some(amount), None) => Lowered::Amount(amount.0),
        (None, Some(hours)) => Lowered::Hours(hours.0),
        (None, None) => {
            return Err(Problem::unusable(
                "amount",
                "say by how much: give amount or hours",
            ));
        }
        _ => return Err(Problem::unusable("hours", "give amount or hours, not both")),
    };
    let new = NewWriteDown {
        invoice: called.param("invoice"),
        line_item: &new.line_item,
        by,
        code: &new.code,
        reason: &new.reason,
    };
    let basis = called.basis()?;
    let made = called.desk.propose_write_down(&basis.checker, new).await?;
    Ok(Made(Lower {
        id: made.item.id,
        amount: made.item.amount.unwrap_or_default(),
        currency: made.currency,
    }))
}

/// A decision.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Decision {
    /// Whether it is agreed to.
    accept: bool,
    /// Why, in words.
    reason: String,
}

/// A partner agrees to a write-down, or does not.
pub(super) async fn decide_write_down(
    called: &Called<'_>,
    _: NoQuery,
    Body(decision): Body<Decision>,
) -> Result<Json<Invoice>, Problem> {
    let basis = called.basis()?;
    let id = called.param("write_down");
    let (row, _) = called
        .desk
        .decide_write_down(&basis.checker, id, decision.accept, &decision.reason)
        .await?;
    Ok(Json(Invoice::from(&row)))
}

/// An approval of the file that was looked at.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Clearance {
    /// `document` of the invoice that was looked at, or its beginning: what changed meanwhile is not cleared.
    #[schemars(length(min = 8))]
    document: String,
    /// In whose place, where somebody stands in for several partners.
    in_place_of: Option<String>,
}

/// What an approval came to.
#[derive(Serialize, JsonSchema)]
pub(super) struct Cleared {
    /// The invoice's id.
    id: String,
    /// Its state.
    state: String,
    /// Whether it may be sent; else a second partner has to approve, as its total is above a limit.
    cleared: bool,
    /// In whose place it was approved.
    #[serde(skip_serializing_if = "Option::is_none")]
    in_place_of: Option<String>,
}

/// Approves an invoice for sending.
pub(super) async fn clear(
    called: &Called<'_>,
    _: NoQuery,
    Body(clearance): Body<Clearance>,
) -> Result<Json<Cleared>, Problem> {
    if clearance.document.len() < 8 {
        return Err(Problem::unusable(
            "document",
            "at least eight characters of the file's SHA-256 are expected: `document` of the invoice that was looked at",
        ));
    }
    let approved = called
        .desk
        .clear(
            called.param("invoice"),
            Some(&clearance.document),
            clearance.in_place_of.as_deref(),
        )
        .await?;
    Ok(Json(Cleared {
        cleared: approved.is_cleared(),
        id: approved.row.id,
        state: approved.row.state,
        in_place_of: approved.in_place_of,
    }))
}

async fn take_back(
    called: &Called<'_>,
    step: Step,
    reason: &str,
) -> Result<Json<Invoice>, Problem> {
    let row = called
        .desk
        .take_back(called.param("invoice"), step, reason)
        .await?;
    Ok(Json(Invoice::from(&row)))
}

/// Takes back the clearance.
pub(super) async fn reopen(
    called: &Called<'_>,
    _: NoQuery,
    Body(why): Body<Reason>,
) -> Result<Json<Invoice>, Problem> {
    take_back(called, Step::Reopen, &why.reason).await
}

/// Takes the invoice back for good.
pub(super) async fn withdraw(
    called: &Called<'_>,
    _: NoQuery,
    Body(why): Body<Reason>,
) -> Result<Json<Invoice>, Problem> {
    take_back(called, Step::Withdraw, &why.reason).await
}
