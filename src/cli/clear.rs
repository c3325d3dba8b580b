//! `cleanbill clear`.

use super::tracker::StoreArgs;
use std::io::Write;

/// Arguments of `clear`.
#[derive(Debug, clap::Args)]
#[command(before_help = "Example:  cleanbill clear INV000001")]
pub struct Args {
    /// The invoice: its number or id
    #[arg(value_name = "INVOICE")]
    invoice: String,

    /// Only if its file is still the one with this SHA-256 (or these first characters of it)
    #[arg(long, value_name = "SHA256")]
    document: Option<String>,

    #[command(flatten)]
    at: StoreArgs,
}

/// Approves an invoice for sending.
pub fn run(args: &Args, out: &mut impl Write) -> anyhow::Result<()> {
    let (row, overrides) = args.at.at_desk(async |desk| {
        let row = desk.clear(&args.invoice, args.document.as_deref()).await?;
        let overrides = desk.story(&row.id).await?.overrides;
        Ok((row, overrides))
    })?;
    writeln!(
        out,
        "Cleared: invoice {}, version {}, by {}; file {}",
        row.number,
        row.version,
        row.cleared_by.as_deref().unwrap_or("?"),
        row.document
    )?;
    for o in overrides {
        writeln!(
            out,
            "  finding {} was set aside by {}: {}",
            o.fingerprint, o.by, o.reason
        )?;
    }
    Ok(())
}
