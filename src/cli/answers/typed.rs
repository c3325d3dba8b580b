//! `cleanbill answers type`: what a portal's page shows or a client says, by the hand of a person.

use super::ears::Ears;
use crate::cli::Outcome;
use crate::cli::portals::At;
use crate::cli::tracker::StoreArgs;
use crate::model;
use crate::store::Filter;
use crate::workflow::Desk;
use crate::workflow::answers::Typed;
use anyhow::Context;
use rust_decimal::Decimal;
use std::io::Write;

/// Arguments of `answers type`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The invoice: its number or id
    #[arg(value_name = "INVOICE")]
    invoice: String,

    /// received, acknowledged, in-review, action-required, approved, reduced, rejected, partly-paid, paid; or the
    /// portal's own word
    #[arg(long, value_name = "WORD")]
    word: String,

    /// Why, in the client's words
    #[arg(long, value_name = "TEXT")]
    reason: String,

    /// The line it is about (LINE_ITEM_NUMBER)
    #[arg(long, value_name = "N")]
    line: Option<String>,

    /// How much was cut of the line, or of the invoice
    #[arg(long, value_name = "AMOUNT")]
    cut: Option<Decimal>,

    /// What will be paid of the whole invoice
    #[arg(long, value_name = "AMOUNT")]
    approved: Option<Decimal>,

    #[command(flatten)]
    portals: At,

    #[command(flatten)]
    at: StoreArgs,
}

/// Takes it down.
pub(super) fn typed(args: &Args, out: &mut impl Write) -> anyhow::Result<Outcome> {
    let Args {
        invoice,
        word,
        reason,
        line,
        cut,
        approved,
        portals,
        at,
    } = args;
    let ears = Ears::new(portals)?;
    let state = at.at_desk(async |desk| {
        let portal = portal_of(desk, invoice).await?;
        let meant = ears.meaning(&portal, word);
        let outcome = meant.with_context(|| {
            let known = model::Outcome::ALL.map(model::Outcome::name);
            format!(
                "--word: nobody knows \"{word}\"; {}",
                model::did_you_mean(word, known)
            )
        })?;
        let typed = Typed {
            outcome,
            word: word.clone(),
            reason: reason.clone(),
            item: line.clone(),
            cut: *cut,
            approved: *approved,
        };
        Ok(desk.type_answer(invoice, &typed).await?)
    })?;
    writeln!(out, "Invoice {invoice} is {state} now")?;
    Ok(Outcome::Clean)
}

async fn portal_of(desk: &Desk<'_>, invoice: &str) -> anyhow::Result<String> {
    let filter = Filter {
        named: Some(invoice.to_owned()),
        ..Filter::default()
    };
    let rows = desk.list(&filter).await?;
    Ok(rows.first().map(|r| r.portal.clone()).unwrap_or_default())
}
