//! `cleanbill restore`.

use super::Outcome;
use super::tracker::{StoreArgs, instant, runtime};
use crate::store::{Store, backup};
use crate::workflow::verify;
use std::io::Write;
use std::path::PathBuf;

/// Arguments of `restore`.
#[derive(Debug, clap::Args)]
#[command(
    before_help = "Example:  cleanbill restore --store new.db --key documents.key 2026-10-06.cleanbill\n          cleanbill restore --store postgres://cleanbill@db/cleanbill 2026-10-06.cleanbill"
)]
pub struct Args {
    /// The backup
    #[arg(value_name = "FILE")]
    file: PathBuf,

    /// The key that opens the backup, where it was made with --to [default: the key of the documents]
    #[arg(long, value_name = "FILE")]
    identity: Option<PathBuf>,

    #[command(flatten)]
    at: StoreArgs,
}

/// Most faults that are printed.
const MOST_FAULTS: usize = 25;

/// Makes a store of a backup, and verifies all of it.
pub fn run(args: &Args, out: &mut impl Write) -> anyhow::Result<Outcome> {
    let place = args.at.place()?;
    let (manifest, verified) = runtime()?.block_on(async {
        let manifest = backup::restore(&place, &args.file, args.identity.as_deref()).await?;
        let store = Store::open_existing(&place).await?;
        let verified = verify(&store, None).await;
        store.db.close().await;
        anyhow::Ok((manifest, verified?))
    })?;
    writeln!(
        out,
        "Restored the backup of {}: {} chains, {} events, {} documents.",
        instant(manifest.at_ms),
        verified.chains,
        verified.events,
        verified.documents
    )?;
    for broken in verified.broken.iter().take(MOST_FAULTS) {
        writeln!(out, "BROKEN  {}: {}", broken.chain, broken.what)?;
    }
    if verified.broken.is_empty() {
        writeln!(out, "Nothing was altered.")?;
        return Ok(Outcome::Clean);
    }
    Ok(Outcome::Findings)
}
