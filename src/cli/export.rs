//! `cleanbill export`.

use super::tracker::StoreArgs;
use std::io::Write;
use std::path::PathBuf;

/// Arguments of `export`.
#[derive(Debug, clap::Args)]
#[command(before_help = "Example:  cleanbill export everything/")]
pub struct Args {
    /// The folder to make
    #[arg(value_name = "DIR")]
    folder: PathBuf,

    #[command(flatten)]
    at: StoreArgs,
}

/// Writes everything as open files.
pub fn run(args: &Args, out: &mut impl Write) -> anyhow::Result<()> {
    let work = async |desk: &crate::workflow::Desk<'_>| Ok(desk.export_all(&args.folder).await?);
    let done = args.at.at_desk(work)?;
    writeln!(
        out,
        "{} invoices written to {}, not encrypted; README.txt there says what is what.",
        done.invoices,
        args.folder.display()
    )?;
    if done.purged > 0 {
        writeln!(
            out,
            "{} more have only their row and events: their documents were purged.",
            done.purged
        )?;
    }
    Ok(())
}
