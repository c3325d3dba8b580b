//! `cleanbill withdraw`.

use super::deed::Deed;
use crate::workflow::Step;
use std::io::Write;

/// Arguments of `withdraw`.
#[derive(Debug, clap::Args)]
#[command(
    before_help = "Example:  cleanbill withdraw INV000001 --reason \"the client asked for a split by matter\""
)]
pub struct Args {
    #[command(flatten)]
    deed: Deed,
}

/// Takes an invoice back.
pub fn run(args: &Args, out: &mut impl Write) -> anyhow::Result<()> {
    let row = args.deed.take_back(Step::Withdraw)?;
    writeln!(
        out,
        "Withdrawn: invoice {}, version {}. Its life ends here: bill the work under a new number.",
        row.number, row.version
    )?;
    Ok(())
}
