//! `cleanbill user timekeeper`.

use super::tracker::StoreArgs;
use std::io::Write;

/// Arguments of `user timekeeper`.
#[derive(Debug, clap::Args)]
#[command(
    before_help = "Example:  cleanbill user timekeeper \"A. Quillfeather\" --ids AQ,ADQ\n          cleanbill user timekeeper"
)]
pub struct Args {
    /// The person; without one, who is which timekeeper
    #[arg(requires = "ids")]
    name: Option<String>,

    /// TIMEKEEPER_ID as invoices write it; several parted by commas, none to take them all away
    #[arg(long, value_name = "ID", requires = "name", value_delimiter = ',', num_args = 0..)]
    ids: Option<Vec<String>>,

    #[command(flatten)]
    at: StoreArgs,
}

/// Says whose lines are whose.
pub fn run(args: &Args, out: &mut impl Write) -> anyhow::Result<()> {
    let (Some(name), Some(ids)) = (&args.name, &args.ids) else {
        let authority = args.at.at_desk(async |desk| Ok(desk.authority().await?))?;
        if authority.timekeepers.is_empty() {
            writeln!(out, "Nobody is a timekeeper yet.")?;
        }
        for (id, person) in &authority.timekeepers {
            writeln!(out, "{id:<12} {person}")?;
        }
        return Ok(());
    };
    let ids: Vec<String> = ids.iter().filter(|id| !id.is_empty()).cloned().collect();
    args.at
        .at_desk(async |desk| Ok(desk.set_timekeeper(name, &ids).await?))?;
    if ids.is_empty() {
        writeln!(out, "{name} is no timekeeper any more.")?;
    } else {
        writeln!(out, "{name} is timekeeper {}.", ids.join(", "))?;
    }
    Ok(())
}
