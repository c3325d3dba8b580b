//! `cleanbill unqueue`: out of the queue again.

use super::tracker::StoreArgs;
use std::io::Write;

/// Arguments of `unqueue`.
#[derive(Debug, clap::Args)]
#[command(before_help = "Example:  cleanbill unqueue INV000001")]
pub struct Args {
    /// The invoice: its number or id
    #[arg(value_name = "INVOICE")]
    invoice: String,

    #[command(flatten)]
    at: StoreArgs,
}

/// Takes an invoice out of the queue; it stays cleared.
pub fn run(args: &Args, out: &mut impl Write) -> anyhow::Result<()> {
    let row = args
        .at
        .at_desk(async |desk| Ok(desk.unqueue(&args.invoice).await?))?;
    writeln!(
        out,
        "Invoice {} is {} and waits for no portal",
        row.number, row.state
    )?;
    Ok(())
}
