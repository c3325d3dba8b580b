//! `cleanbill reopen`.

use super::deed::Deed;
use crate::workflow::Step;
use std::io::Write;

/// Arguments of `reopen`.
#[derive(Debug, clap::Args)]
#[command(
    before_help = "Example:  cleanbill reopen INV000001 --reason \"the client asked for a split by matter\""
)]
pub struct Args {
    #[command(flatten)]
    deed: Deed,
}

/// Takes back a clearance.
pub fn run(args: &Args, out: &mut impl Write) -> anyhow::Result<()> {
    let row = args.deed.take_back(Step::Reopen)?;
    writeln!(
        out,
        "In review again: invoice {}, version {}",
        row.number, row.version
    )?;
    Ok(())
}
