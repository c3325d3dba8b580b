//! `cleanbill changes`.

use super::tracker::StoreArgs;
use crate::render::for_sheets;
use std::io::Write;

/// Arguments of `changes`.
#[derive(Debug, clap::Args)]
#[command(before_help = "Example:  cleanbill changes INV000001 > changes.csv")]
pub struct Args {
    /// The invoice: its number or id
    #[arg(value_name = "INVOICE")]
    invoice: String,

    /// As JSON
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    at: StoreArgs,
}

/// Prints what was changed here since the last file from the billing system, as CSV.
pub fn run(args: &Args, out: &mut impl Write) -> anyhow::Result<()> {
    let changes = args
        .at
        .at_desk(async |desk| Ok(desk.changes(&args.invoice).await?))?;
    if args.json {
        writeln!(out, "{}", serde_json::to_string_pretty(&changes)?)?;
        return Ok(());
    }
    let mut sheet = csv::Writer::from_writer(out);
    for mut entry in changes {
        for cell in [
            &mut entry.by,
            &mut entry.reason,
            &mut entry.before,
            &mut entry.after,
        ] {
            *cell = for_sheets(cell).into_owned();
        }
        sheet.serialize(entry)?;
    }
    sheet.flush()?;
    Ok(())
}
