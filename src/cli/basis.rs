//! What a check is based on: packs, the firm's lists, earlier invoices, the day.

use crate::check::{self, Options};
use crate::firm::{self, ListMistake};
use crate::model::did_you_mean;
use crate::model::{History, Lists};
use crate::rules::{Shelf, portal_key};
use chrono::NaiveDate;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Arguments that say what invoices are judged by.
#[derive(Debug, clap::Args)]
pub struct Basis {
    /// Use the pack of this client, whatever the invoices say
    #[arg(long, value_name = "ID")]
    client: Option<String>,

    /// Use the pack of this portal for all invoices, whatever the firm's lists say
    #[arg(long, value_name = "NAME")]
    portal: Option<String>,

    /// Add the packs of this folder (one .toml file a pack) to those of the program
    #[arg(long, value_name = "DIR")]
    packs: Option<PathBuf>,

    /// Look only for what portals cannot read or add up: rules of formats and codes, none of billing guidelines
    #[arg(long)]
    formats_only: bool,

    /// The firm's lists: clients, matters, timekeepers, rates, ... (cleanbill init DIR writes templates)
    #[arg(long, value_name = "DIR")]
    firm: Option<PathBuf>,

    /// Earlier invoices of the firm, for duplicates, budgets and rate changes
    #[arg(long, value_name = "DIR")]
    history: Option<PathBuf>,

    /// The day of the check, for invoice dates in the future [default: today]
    #[arg(long, value_name = "DATE")]
    today: Option<NaiveDate>,
}

impl Basis {
    /// What a check needs to know.
    pub fn options(&self) -> anyhow::Result<Options> {
        let mut shelf = Shelf::shipped()?;
        if self.formats_only {
            shelf = shelf.without_guidelines();
        }
        if let Some(folder) = &self.packs {
            shelf.add_folder(folder)?;
        }
        if let Some(portal) = &self.portal {
            known_portal(&shelf, portal)?;
        }
        let today = self.today;
        let today = today.unwrap_or_else(|| chrono::Local::now().date_naive());
        let earlier = match &self.history {
            Some(folder) => history(folder)?,
            None => History::default(),
        };
        let lists = match &self.firm {
            Some(folder) => firm::load(folder).map_err(mistakes)?.lists,
            None => Lists::default(),
        };
        Ok(Options {
            lists: Arc::new(lists),
            history: Arc::new(earlier),
            client: self.client.clone(),
            portal: self.portal.clone(),
            ..Options::on(today, shelf)
        })
    }
}

/// The earlier invoices of a folder, all of which can be read.
pub(super) fn history(folder: &Path) -> anyhow::Result<History> {
    let (history, errors) = check::history::of_folder(folder);
    match errors.first() {
        Some(error) => anyhow::bail!("--history: {}: {}", error.path, error.message),
        None => Ok(history),
    }
}

/// A portal asked for on the command line has a pack.
fn known_portal(shelf: &Shelf, portal: &str) -> anyhow::Result<()> {
    let known = shelf.portals();
    if known
        .iter()
        .any(|name| portal_key(name) == portal_key(portal))
    {
        return Ok(());
    }
    anyhow::bail!(
        "--portal: no pack governs the portal \"{portal}\"; {}",
        did_you_mean(portal, known)
    )
}

/// Most mistakes in the firm's lists that are printed at once.
const MOST_MISTAKES: usize = 25;

/// Mistakes in the firm's lists, one a line.
pub(super) fn mistakes(all: Vec<ListMistake>) -> anyhow::Error {
    let lines = all.iter().take(MOST_MISTAKES).map(|m| format!("\n  {m}"));
    let more = match all.len().saturating_sub(MOST_MISTAKES) {
        0 => String::new(),
        more => format!("\n  and {more} more"),
    };
    anyhow::anyhow!(
        "the firm's lists have to be mended first:{}{more}",
        lines.collect::<String>()
    )
}
