//! `cleanbill config`.

use super::basis::Folders;
use super::settings::settings;
use super::tracker::StoreArgs;
use crate::config::{FILE, KEYS};
use clap::Subcommand;
use std::io::Write;

/// Arguments of `config`.
#[derive(Debug, clap::Args)]
#[command(
    before_help = "Example:  cleanbill config show\n          cleanbill --config firm.toml config show --store bills.db"
)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Print every setting with its value and where it came from; secrets are not shown
    Show {
        #[command(flatten)]
        folders: Folders,
        /// As JSON
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        at: StoreArgs,
    },
}

/// Prints the settings.
pub fn run(args: &Args, out: &mut impl Write) -> anyhow::Result<()> {
    let What::Show { folders, json, at } = &args.what;
    let settings = folders.over(at.over(settings()?));
    if *json {
        let rows: Vec<serde_json::Value> = KEYS
            .iter()
            .map(|key| {
                let (value, origin) = settings.shown(key);
                serde_json::json!({ "setting": key.name, "value": value, "origin": origin })
            })
            .collect();
        writeln!(out, "{}", serde_json::to_string_pretty(&rows)?)?;
        return Ok(());
    }
    match &settings.file {
        Some(file) => writeln!(out, "Settings file: {}", file.display())?,
        None => writeln!(
            out,
            "Settings file: none ({FILE} in the platform's settings folder, --config FILE or CLEANBILL_CONFIG)"
        )?,
    }
    for key in KEYS {
        let (value, origin) = settings.shown(key);
        writeln!(
            out,
            "\n{} = {value}\n    from {origin}; {} ({})",
            key.name, key.what, key.variable
        )?;
    }
    Ok(())
}
