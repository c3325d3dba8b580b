//! `cleanbill resubmit`: a corrected invoice goes again.

use super::Outcome;
use super::basis::firm_lists;
use super::portals::At;
use super::submit;
use super::tracker::StoreArgs;
use crate::workflow::answers::{Correction, NextNumber};
use std::io::Write;
use std::path::PathBuf;

/// Arguments of `resubmit`.
#[derive(Debug, clap::Args)]
#[command(
    before_help = "Example:  cleanbill resubmit INV000001 --accounts portals.toml",
    after_help = "The corrected file is taken in first (intake; under a new number with --replaces), and cleared. It goes as a \
                  resubmission with the portal's id of the refused one.\n\nExit status: as of submit."
)]
pub struct Args {
    /// The corrected invoice: its number or id
    #[arg(value_name = "INVOICE")]
    invoice: String,

    /// Only put it into the queue of the overnight job
    #[arg(long)]
    queue: bool,

    /// The account to send through [default: the one of the client, else of its portal]
    #[arg(long, value_name = "NAME")]
    account: Option<String>,

    /// Send it though the client or the portal is known to want another number
    #[arg(long)]
    any_number: bool,

    /// The firm's lists, for clients' cut-off days and how they want corrections numbered (windows.csv, numbering)
    #[arg(long, value_name = "DIR")]
    firm: Option<PathBuf>,

    #[command(flatten)]
    portals: At,

    #[command(flatten)]
    at: StoreArgs,
}

/// Checks the number, then sends.
pub fn run(args: &Args, out: &mut impl Write) -> anyhow::Result<Outcome> {
    let Correction {
        row,
        account,
        refused,
    } = args
        .at
        .at_desk(async |desk| Ok(desk.correction(&args.invoice).await?))?;
    let (shelf, accounts) = (args.portals.shelf()?, args.portals.accounts()?);
    let lists = firm_lists(args.firm.as_deref())?;
    let account = args.account.as_ref().unwrap_or(&account);
    let account = accounts.account.get(account);
    let portal = account.map_or(&row.portal, |a| &a.portal);
    let numbering = NextNumber::of_invoice(&row, portal, &lists, shelf.packs());
    if !args.any_number && !numbering.takes(&refused, &row.number) {
        anyhow::bail!(
            "invoice {}: {portal} wants {}; {} (--any-number sends it all the same)",
            row.number,
            numbering.words(&refused),
            match numbering {
                NextNumber::Same =>
                    "take the corrected file in as the next version of the refused invoice",
                _ =>
                    "take the corrected file in under that number with intake --replaces, and clear it",
            }
        );
    }
    let submit = submit::Args {
        invoices: vec![row.id],
        cleared: false,
        queue: args.queue,
        account: args.account.clone(),
        firm: args.firm.clone(),
        portals: args.portals.clone(),
        at: args.at.clone(),
    };
    submit::run(&submit, out)
}
