//! `cleanbill backup`.

use super::tracker::StoreArgs;
use std::io::Write;
use std::path::PathBuf;

/// Arguments of `backup`.
#[derive(Debug, clap::Args)]
#[command(
    before_help = "Example:  cleanbill backup 2026-10-06.cleanbill\n          cleanbill backup --to age1... 2026-10-06.cleanbill"
)]
pub struct Args {
    /// The file to write
    #[arg(value_name = "FILE")]
    file: PathBuf,

    /// The public key that opens the backup (age1..., as age-keygen prints it) [default: that of the documents]
    ///
    /// The documents inside stay sealed to their own key: whoever restores needs both.
    #[arg(long, value_name = "KEY")]
    to: Option<String>,

    #[command(flatten)]
    at: StoreArgs,
}

/// Writes a backup.
pub fn run(args: &Args, out: &mut impl Write) -> anyhow::Result<()> {
    let work = async |desk: &crate::workflow::Desk<'_>| {
        Ok(desk.backup(&args.file, args.to.as_deref()).await?)
    };
    let written = args.at.at_desk(work)?;
    let manifest = &written.manifest;
    writeln!(
        out,
        "{} invoices, {} events, {} documents written to {}, encrypted to {}.",
        manifest.rows_of("invoice"),
        manifest.rows_of("event"),
        manifest.documents(),
        args.file.display(),
        written.recipient
    )?;
    writeln!(
        out,
        "{}. SHA-256 {}\nKeep the keys (documents.key, audit.key) in another place than this file: without the key \
         nobody can restore it.",
        if written.opened_again {
            "It was read back and every part compared"
        } else {
            "It was read back; only the holder of that key can open it and compare its parts"
        },
        written.sha256
    )?;
    Ok(())
}
