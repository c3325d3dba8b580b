//! `cleanbill rules diff OLD NEW --on DIR`: what other packs would change on invoices at hand.

use super::Outcome;
use crate::check::{CheckError, Input, Options, compare};
use crate::render;
use crate::rules::Shelf;
use anyhow::Context;
use chrono::NaiveDate;
use std::io::Write;
use std::path::{Path, PathBuf};

#[derive(clap::Args, Debug)]
#[command(before_help = "Example: cleanbill rules diff packs-2025 packs-2026 --on sent/march")]
pub(super) struct Args {
    /// The packs as they are: a folder of them, or one .toml file
    old: PathBuf,

    /// The packs as they would be
    new: PathBuf,

    /// The invoices: files or folders
    #[arg(long, value_name = "PATH", required = true)]
    on: Vec<PathBuf>,

    /// The day of the check [default: today]
    #[arg(long, value_name = "DATE")]
    today: Option<NaiveDate>,

    /// Check for this client, whatever the invoices say
    #[arg(long, value_name = "ID")]
    client: Option<String>,

    /// Check for this portal
    #[arg(long, value_name = "NAME")]
    portal: Option<String>,
}

/// Compares and writes what differs.
///
/// # Errors
/// A pack with a mistake, or output that cannot be written.
pub(super) fn run(args: &Args, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let today = args.today;
    let today = today.unwrap_or_else(|| chrono::Local::now().date_naive());
    let options = |packs: &Path| -> anyhow::Result<Options> {
        let mut shelf = Shelf::shipped()?;
        shelf.add_from(packs)?;
        Ok(Options {
            client: args.client.clone(),
            portal: args.portal.clone(),
            ..Options::on(today, shelf)
        })
    };
    let inputs: Vec<Input> = args.on.iter().cloned().map(Input::Path).collect();
    let comparison = compare(&inputs, options(&args.old)?, options(&args.new)?);
    let comparison = comparison.map_err(|error| match error {
        CheckError::Pack(mistake) => anyhow::Error::new(mistake),
        CheckError::Output(error) => anyhow::Error::new(error),
    })?;
    render::comparison(&comparison, out).context("the comparison could not be written")?;
    for error in &comparison.errors {
        let _ = writeln!(
            anstream::stderr(),
            "cleanbill: {}: {}",
            error.path,
            error.message
        );
    }
    Ok(if comparison.errors.is_empty() {
        Outcome::Clean
    } else {
        Outcome::System
    })
}
