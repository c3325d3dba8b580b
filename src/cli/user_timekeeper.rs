//! `cleanbill user timekeeper`.

use super::tracker::StoreArgs;
use std::io::Write;

/// Arguments of `user timekeeper`.
#[derive(Debug, clap::Args)]
#[command(before_help = "Example:  cleanbill user timekeeper \"A. Quillfeather\" --ids AQ,ADQ")]
pub struct Args {
    /// The person
    name: String,

    /// TIMEKEEPER_ID as invoices write it; several parted by commas, none to take them all away
    #[arg(long, value_name = "ID", required = true, value_delimiter = ',', num_args = 0..)]
    ids: Vec<String>,

    #[command(flatten)]
    at: StoreArgs,
}

/// Says whose lines are whose.
pub fn run(args: &Args, out: &mut impl Write) -> anyhow::Result<()> {
    args.at
        .at_desk(async |desk| Ok(desk.set_timekeeper(&args.name, &args.ids).await?))?;
    if args.ids.is_empty() {
        writeln!(out, "{} is no timekeeper any more.", args.name)?;
    } else {
        writeln!(out, "{} is timekeeper {}.", args.name, args.ids.join(", "))?;
    }
    Ok(())
}
