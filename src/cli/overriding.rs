//! `cleanbill override`.

use super::tracker::StoreArgs;
use std::io::Write;

/// Arguments of `override`.
#[derive(Debug, clap::Args)]
#[command(
    before_help = "Example:  cleanbill override INV000001 0f3a9c2e77b1d460 --reason \"agreed with the client on 12 January\""
)]
pub struct Args {
    /// The invoice: its number or id
    #[arg(value_name = "INVOICE")]
    invoice: String,

    /// The finding's fingerprint, as cleanbill show prints it, or its first six characters and more
    #[arg(value_name = "FINGERPRINT")]
    fingerprint: String,

    /// Why it does not hold here; the partner who clears sees it
    #[arg(long, value_name = "TEXT")]
    reason: String,

    #[command(flatten)]
    at: StoreArgs,
}

/// Sets a finding aside.
pub fn run(args: &Args, out: &mut impl Write) -> anyhow::Result<()> {
    let finding = args.at.at_desk(async |desk| {
        let done = desk.override_finding(&args.invoice, &args.fingerprint, &args.reason);
        Ok(done.await?)
    })?;
    writeln!(
        out,
        "Set aside: {} on invoice {}: {}",
        finding.rule, args.invoice, finding.message
    )?;
    Ok(())
}
