//! What is needed to listen: accounts, portals' words, and the files.

use crate::cli::portals::At;
use crate::model::{Outcome, did_you_mean};
use crate::portals::answers::{AnswerMapping, Listener, MOST_BYTES};
use crate::portals::{Accounts, Imap};
use crate::rules::pack::Terms;
use crate::rules::{Shelf, portal_key};
use crate::workflow::answers::Ways;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use walkdir::WalkDir;

/// Ends of names of files that may hold answers.
const ENDINGS: [&str; 6] = ["eml", "csv", "tsv", "txt", "xls", "xlsx"];

/// The firm's accounts and the portals' terms.
pub struct Ears {
    accounts: Accounts,
    shelf: Shelf,
}

impl Ears {
    /// Reads both.
    pub fn new(at: &At) -> anyhow::Result<Self> {
        Ok(Self {
            accounts: at.accounts()?,
            shelf: at.shelf()?,
        })
    }

    /// The firm's mailbox, where the accounts name one.
    pub fn mailbox(&self) -> Option<&Imap> {
        self.accounts.mail.imap.as_ref()
    }

    /// Refuses a portal nobody knows.
    pub fn known(&self, name: &str) -> anyhow::Result<()> {
        let own = self.accounts.account.values().map(|a| a.portal.as_str());
        let known: Vec<&str> = self.shelf.portals().into_iter().chain(own).collect();
        anyhow::ensure!(
            known.iter().any(|k| portal_key(k) == portal_key(name)),
            "--portal: \"{name}\" is no portal; {}",
            did_you_mean(name, known.iter().copied())
        );
        Ok(())
    }

    fn terms(&self) -> BTreeMap<String, &Terms> {
        let mut all = BTreeMap::new();
        for pack in self.shelf.packs() {
            let Some(terms) = &pack.terms else {
                continue;
            };
            all.insert(portal_key(&pack.pack), terms);
            for name in pack.governs.get("portal").into_iter().flatten() {
                all.insert(portal_key(name), terms);
            }
        }
        all
    }

    /// What is known when answers are read.
    pub fn listener(&self, portal: Option<&str>, mapping: Option<AnswerMapping>) -> Listener<'_> {
        let accounts = self.accounts.account.values();
        let senders = accounts.flat_map(|account| {
            let address = |s: &String| s.trim().to_lowercase();
            account
                .senders
                .iter()
                .map(move |s| (address(s), account.portal.clone()))
        });
        Listener {
            portal: portal.map(str::to_owned),
            mapping,
            senders: senders.collect(),
            mail_server: self.accounts.mail.server.clone(),
            terms: self.terms(),
        }
    }

    /// How invoices went out.
    pub fn ways(&self) -> Ways {
        let mut aliases = BTreeMap::new();
        for pack in self.shelf.packs().iter().filter(|p| p.terms.is_some()) {
            for name in pack.governs.get("portal").into_iter().flatten() {
                aliases.insert(portal_key(name), portal_key(&pack.pack));
            }
        }
        let accounts = self.accounts.account.iter();
        Ways {
            accounts: accounts
                .map(|(name, a)| (name.clone(), a.portal.clone()))
                .collect(),
            aliases,
        }
    }

    /// What a word means: ours, or the portal's.
    pub fn meaning(&self, portal: &str, word: &str) -> Option<Outcome> {
        let plain = word.trim().to_lowercase();
        let ours = Outcome::named(&plain.replace([' ', '_'], "-"));
        let terms = self.terms();
        let theirs = terms
            .get(&portal_key(portal))
            .and_then(|t| t.status.get(&plain));
        ours.filter(|o| *o != Outcome::Unknown)
            .or_else(|| Outcome::named(theirs?))
    }
}

/// The files of all paths with their content, folders in the order of their names. What cannot hold an answer is passed
/// over inside folders.
pub fn files(paths: &[PathBuf]) -> impl Iterator<Item = Result<(String, Vec<u8>), String>> {
    paths.iter().flat_map(|path| {
        let named = path.clone();
        WalkDir::new(path)
            .sort_by_file_name()
            .into_iter()
            .filter_map(move |entry| {
                let entry = match entry {
                    Ok(entry) => entry,
                    Err(e) => return Some(Err(format!("{}: {e}", named.display()))),
                };
                let file = entry.file_type().is_file();
                let wanted = entry.depth() == 0 || may_hold(entry.path());
                (file && wanted).then(|| read(entry.path()))
            })
    })
}

fn may_hold(path: &Path) -> bool {
    let hidden = path
        .file_name()
        .is_some_and(|n| n.to_string_lossy().starts_with('.'));
    let ending = path.extension().map(|e| e.to_string_lossy().to_lowercase());
    !hidden && ending.is_some_and(|e| ENDINGS.contains(&e.as_str()))
}

fn read(path: &Path) -> Result<(String, Vec<u8>), String> {
    let name = path.display().to_string();
    let size = fs::metadata(path).map_or(0, |m| m.len());
    if size > MOST_BYTES {
        return Err(format!(
            "{name}: {} MB; at most {} MB are read; export fewer invoices at a time",
            size >> 20,
            MOST_BYTES >> 20
        ));
    }
    let bytes = fs::read(path).map_err(|e| format!("{name}: {e}"))?;
    Ok((name, bytes))
}
