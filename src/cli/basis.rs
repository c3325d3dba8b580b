//! What a check is based on: packs, the firm's lists, earlier invoices, the day.

use super::settings::settings;
use crate::check::{self, Options};
use crate::config::{CACHE, FIRM, HISTORY, PACKS, Settings};
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

    /// Look only for what portals cannot read or add up: rules of formats and codes, none of billing guidelines
    #[arg(long)]
    formats_only: bool,

    #[command(flatten)]
    folders: Folders,

    /// The day of the check, for invoice dates in the future [default: today]
    #[arg(long, value_name = "DATE")]
    today: Option<NaiveDate>,
}

/// The firm's own folders.
#[derive(Debug, Clone, clap::Args)]
pub struct Folders {
    /// Add the packs of this folder (one .toml file a pack) to those of the program [default: the setting packs]
    #[arg(long, value_name = "DIR")]
    packs: Option<PathBuf>,

    /// The firm's lists: clients, matters, timekeepers, rates, ... (cleanbill init DIR writes templates) [default: the
    /// setting firm]
    #[arg(long, value_name = "DIR")]
    firm: Option<PathBuf>,

    /// Earlier invoices of the firm, for duplicates, budgets and rate changes; may be given several times [default: the
    /// setting history]
    #[arg(long, value_name = "DIR")]
    history: Vec<PathBuf>,
}

impl Folders {
    /// Settings with what these arguments say put before them.
    pub fn over(&self, settings: Settings) -> Settings {
        let texts = |paths: &[PathBuf]| paths.iter().map(|p| p.display().to_string()).collect();
        settings
            .with(&PACKS, "--packs", texts(self.packs.as_slice()))
            .with(&FIRM, "--firm", texts(self.firm.as_slice()))
            .with(&HISTORY, "--history", texts(&self.history))
    }

    /// What a check needs to know, on a day or today: the packs of the program with those of the firm, its lists and
    /// earlier invoices.
    pub fn options(&self, mut shelf: Shelf, today: Option<NaiveDate>) -> anyhow::Result<Options> {
        let settings = self.over(settings()?);
        if let Some(folder) = settings.path(&PACKS) {
            match settings.path(&CACHE) {
                Some(cache) => shelf.add_folder_once(&folder, &cache.join("packs.json"))?,
                None => shelf.add_folder(&folder)?,
            }
        }
        let today = today.unwrap_or_else(|| chrono::Local::now().date_naive());
        let earlier = history(&settings.paths(&HISTORY))?;
        let lists = match settings.path(&FIRM) {
            Some(folder) => firm::load(&folder).map_err(mistakes)?.lists,
            None => Lists::default(),
        };
        Ok(Options {
            lists: Arc::new(lists),
            history: Arc::new(earlier),
            ..Options::on(today, shelf)
        })
    }
}

impl Basis {
    /// What a check needs to know.
    pub fn options(&self) -> anyhow::Result<Options> {
        let mut shelf = Shelf::shipped()?;
        if self.formats_only {
            shelf = shelf.without_guidelines();
        }
        let options = self.folders.options(shelf, self.today)?;
        if let Some(portal) = &self.portal {
            known_portal(&options.shelf, portal)?;
        }
        Ok(Options {
            client: self.client.clone(),
            portal: self.portal.clone(),
            ..options
        })
    }
}

/// The earlier invoices of all folders, all of which can be read.
pub(super) fn history(folders: &[PathBuf]) -> anyhow::Result<History> {
    let mut invoices = Vec::new();
    for folder in folders {
        let (history, errors) = check::history::of_folder(folder);
        if let Some(error) = errors.first() {
            anyhow::bail!("--history: {}: {}", error.path, error.message);
        }
        invoices.extend_from_slice(history.invoices());
    }
    Ok(if folders.is_empty() {
        History::default()
    } else {
        History::of(invoices)
    })
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

/// The firm's lists: those of the folder that was named, else of the setting.
pub(super) fn firm_lists(named: Option<&Path>) -> anyhow::Result<Lists> {
    let folder = match named {
        Some(folder) => Some(folder.to_owned()),
        None => settings()?.path(&FIRM),
    };
    Ok(match folder {
        Some(folder) => firm::load(&folder).map_err(mistakes)?.lists,
        None => Lists::default(),
    })
}
