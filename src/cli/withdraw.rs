//! `cleanbill withdraw`.

use super::tracker::StoreArgs;
use crate::workflow::Step;
use std::io::Write;

/// Arguments of `withdraw`.
#[derive(Debug, clap::Args)]
#[command(
    before_help = "Example:  cleanbill withdraw INV000001 --reason \"the client asked for a split by matter\""
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

/// Takes an invoice back.
pub fn run(args: &Args, out: &mut impl Write) -> anyhow::Result<()> {
    let row = args.at.at_desk(async |desk| {
        let done = desk.take_back(&args.invoice, Step::Withdraw, &args.reason);
        Ok(done.await?)
    })?;
    writeln!(
        out,
        "Withdrawn: invoice {}, version {}. Its life ends here: bill the work under a new number.",
        row.number, row.version
    )?;
    Ok(())
}
