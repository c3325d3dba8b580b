//! Reductions: what clients cut, accepted by a partner in whole or in part, or appealed against.

use super::appeals::Appeal;
use super::call::{Called, NoQuery};
use super::given::{Json, Made};
use super::page::{self, Page};
use super::problem::Problem;
use super::shape::{Amount, OfInvoice, instant, maybe};
use super::taken::{Body, Nothing};
use crate::web::app::Basis;
use crate::workflow::{Cut, Decided, Ground, NewAppeal, Overview};
use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What cuts are held against.
pub(super) fn ground(basis: &Basis) -> Ground<'_> {
    Ground {
        shelf: &basis.options.shelf,
        lists: &basis.options.lists,
    }
}

/// Money a client cut.
#[derive(Serialize, JsonSchema)]
pub(super) struct Reduction {
    /// Its id.
    id: String,
    /// LINE_ITEM_NUMBER; absent: the invoice as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    line_item: Option<String>,
    /// The line's total, or the invoice's; absent where the line is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    billed: Option<Decimal>,
    /// What was cut.
    cut: Decimal,
    /// Of it, what a partner accepted.
    accepted: Decimal,
    /// Of it, what the client gave back.
    recovered: Decimal,
    /// Of it, what is neither.
    contested: Decimal,
    /// ISO 4217, or `?`.
    currency: String,
    /// `open`, `accepted`, `accepted in part`, `appealed`, `won`, `partly won`, `lost`, `window missed`, `taken back`.
    status: String,
    /// The client's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    words: Option<String>,
    /// What they mean; absent where that is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// The rule of ours that fits the cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<String>,
    /// Whether the client's own pack has a rule that fits; absent where the client has no pack.
    #[serde(skip_serializing_if = "Option::is_none")]
    supported: Option<bool>,
    /// What a person should look at.
    #[serde(skip_serializing_if = "Option::is_none")]
    doubt: Option<String>,
    /// The appeal it is part of, or was last.
    #[serde(skip_serializing_if = "Option::is_none")]
    appeal: Option<String>,
    /// Who decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    decided_by: Option<String>,
    /// When.
    #[serde(skip_serializing_if = "Option::is_none")]
    decided_at: Option<DateTime<Utc>>,
    /// Why it was decided so.
    #[serde(skip_serializing_if = "Option::is_none")]
    decision: Option<String>,
}

impl From<&Cut> for Reduction {
    fn from(cut: &Cut) -> Self {
        let row = &cut.row;
        Self {
            id: row.id.clone(),
            line_item: row.item.clone(),
            billed: row.billed,
            cut: row.cut,
            accepted: row.accepted,
            recovered: row.recovered,
            contested: row.contested(),
            currency: row.currency.clone(),
            status: row.status.clone(),
            words: maybe(&cut.reason),
            reason: maybe(&row.slug),
            rule: maybe(&row.rule),
            supported: row.supported,
            doubt: maybe(&row.doubt),
            appeal: row.appeal.clone(),
            decided_by: row.decided_by.clone(),
            decided_at: row.decided_ms.map(instant),
            decision: maybe(&cut.decision),
        }
    }
}

/// What was cut from an invoice.
#[derive(Serialize, JsonSchema)]
pub(super) struct Reduced {
    /// The invoice.
    invoice: OfInvoice,
    /// What was cut, in the order heard of.
    reductions: Vec<Reduction>,
    /// What the client will pay, as it said last; absent in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    approved: Option<Decimal>,
    /// What does not add up, in sentences.
    doubts: Vec<String>,
}

impl From<&Overview> for Reduced {
    fn from(one: &Overview) -> Self {
        Self {
            invoice: OfInvoice::from(&one.invoice),
            reductions: one.cuts.iter().map(Reduction::from).collect(),
            approved: one.approved,
            doubts: one.doubts.clone(),
        }
    }
}

/// Which reductions.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Which {
    /// Of this client.
    client: Option<String>,
    /// Decided ones too; else only what somebody has to decide.
    #[serde(default)]
    all: bool,
    /// Invoices of a page.
    #[schemars(range(min = 1, max = 200))]
    limit: Option<u16>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// What was cut, invoice by invoice.
pub(super) async fn list(
    called: &Called<'_>,
    which: Which,
    _: Nothing,
) -> Result<Json<Page<Reduced>>, Problem> {
    let basis = called.basis()?;
    let found = called
        .desk
        .all_reductions(which.client.as_deref(), !which.all, &ground(&basis))
        .await?;
    let rows = found
        .iter()
        .map(|one| (one.invoice.id.clone(), Reduced::from(one)));
    Ok(Json(page::cut(
        rows.collect(),
        which.limit,
        which.cursor.as_deref(),
    )?))
}

/// What was cut from one invoice.
pub(super) async fn of_invoice(
    called: &Called<'_>,
    _: NoQuery,
    _: Nothing,
) -> Result<Json<Reduced>, Problem> {
    let basis = called.basis()?;
    let named = called.param("invoice");
    let one = called.desk.reductions(named, &ground(&basis)).await?;
    Ok(Json(Reduced::from(&one)))
}

/// Reductions to be accepted: one, all of it or a part, or every open one of the invoice.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Acceptance {
    /// The reduction's id; absent: every open one of the invoice.
    reduction: Option<String>,
    /// Only so much of it.
    amount: Option<Amount>,
    /// Why, in words.
    reason: String,
}

/// What was accepted.
#[derive(Serialize, JsonSchema)]
pub(super) struct Accepted {
    /// The invoice.
    invoice: OfInvoice,
    /// How many reductions.
    reductions: usize,
    /// The sum.
    amount: Decimal,
    /// Whether it is accepted; else a second partner has to accept the same, as it is above a limit.
    accepted: bool,
}

/// A partner accepts what was cut.
pub(super) async fn accept(
    called: &Called<'_>,
    _: NoQuery,
    Body(new): Body<Acceptance>,
) -> Result<Json<Accepted>, Problem> {
    let invoice = called.param("invoice");
    let named = match &new.reduction {
        None => invoice.to_owned(),
        Some(id) => {
            // The gate has judged the invoice of the path: the reduction has to be one of it.
            let basis = called.basis()?;
            let own = called.desk.reductions(invoice, &ground(&basis)).await?;
            if !own.cuts.iter().any(|c| c.row.id == *id) {
                return Err(Problem::unusable(
                    "reduction",
                    "nothing of this id was cut from the invoice; its reductions list those there are",
                ));
            }
            id.clone()
        }
    };
    let amount = new.amount.map(|a| a.0);
    let did = called
        .desk
        .accept_reduction(&named, amount, &new.reason)
        .await?;
    Ok(Json(Accepted {
        invoice: OfInvoice::from(&did.invoice),
        reductions: did.reductions,
        amount: did.amount,
        accepted: did.decided == Decided::Accepted,
    }))
}

/// An appeal to be proposed.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Proposal {
    /// Ids of reductions, or LINE_ITEM_NUMBERs; empty: everything that is open.
    #[serde(default)]
    reductions: Vec<String>,
    /// What speaks for it, for the partner and the letter.
    why: String,
}

/// Proposes an appeal; a partner decides.
pub(super) async fn propose(
    called: &Called<'_>,
    _: NoQuery,
    Body(new): Body<Proposal>,
) -> Result<Made<Appeal>, Problem> {
    let basis = called.basis()?;
    let proposal = NewAppeal {
        invoice: called.param("invoice"),
        items: &new.reductions,
        why: &new.why,
    };
    let (row, _) = called
        .desk
        .propose_appeal(proposal, &ground(&basis))
        .await?;
    let shown = called
        .desk
        .show_appeal(&row.id, &basis.options.lists)
        .await?;
    Ok(Made(Appeal::from(&shown)))
}
