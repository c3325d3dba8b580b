//! `cleanbill man FOLDER`.

use anyhow::Context;
use std::path::PathBuf;

/// Arguments of `man`.
#[derive(Debug, clap::Args)]
#[command(before_help = "Example:  cleanbill man /usr/local/share/man/man1")]
pub struct Args {
    /// Where the pages are written, one for each command
    folder: PathBuf,
}

/// Writes the pages.
pub fn run(args: &Args) -> anyhow::Result<()> {
    let folder = &args.folder;
    std::fs::create_dir_all(folder).with_context(|| format!("{}", folder.display()))?;
    clap_mangen::generate_to(super::command(), folder)
        .with_context(|| format!("{}", folder.display()))
}
