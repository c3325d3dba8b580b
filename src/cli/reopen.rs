//! `cleanbill reopen`.

use super::tracker::StoreArgs;
use crate::workflow::Step;
use std::io::Write;

/// Arguments of `reopen`.
#[derive(Debug, clap::Args)]
#[command(
    before_help = "Example:  cleanbill reopen INV000001 --reason \"the client asked for a split by matter\""
)]
pub struct Args {
    /// The invoice: its number or id
    #[arg(value_name = "INVOICE")]
    invoice: String,

    /// Why
    #[arg(long, value_name = "TEXT")]
    reason: String,

    #[command(flatten)]
    at: StoreArgs,
}

/// Takes back a clearance.
pub fn run(args: &Args, out: &mut impl Write) -> anyhow::Result<()> {
    let row = args.at.at_desk(async |desk| {
        let done = desk.take_back(&args.invoice, Step::Reopen, &args.reason);
        Ok(done.await?)
    })?;
    writeln!(
        out,
        "In review again: invoice {}, version {}",
        row.number, row.version
    )?;
    Ok(())
}
