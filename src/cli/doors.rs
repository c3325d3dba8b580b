//! The firm's accounts made ready to be used, and which of them an invoice goes through.

use super::portals::At;
use crate::model::Lists;
use crate::portals::{Account, Accounts, PortalError, connect, terms_of};
use crate::rules::{Shelf, portal_key};
use crate::store::InvoiceRow;
use crate::workflow::submission::Door;
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// How long after an attempt a portal's word that it has nothing is believed, in milliseconds: longer than a request
/// may take.
const BELIEVE_AFTER_MS: i64 = 180_000;
/// How long before the end of credentials somebody is told.
const WARN_DAYS: i64 = 14;

/// The accounts of a firm with what is known of their portals.
pub struct Doors {
    accounts: Accounts,
    shelf: Shelf,
}

impl Doors {
    /// Reads the accounts.
    pub fn new(at: &At) -> anyhow::Result<Self> {
        let accounts = at.accounts()?;
        anyhow::ensure!(
            !accounts.account.is_empty(),
            "no accounts at portals are known: name their file with --accounts FILE"
        );
        Ok(Self {
            accounts,
            shelf: at.shelf()?,
        })
    }

    fn active(&self) -> impl Iterator<Item = (&String, &Account)> {
        self.accounts.account.iter().filter(|(_, a)| a.active)
    }

    /// The account of an invoice: the one that names its client, else the only one of its portal.
    pub fn of(&self, row: &InvoiceRow) -> anyhow::Result<&str> {
        let mut by_client = self
            .active()
            .filter(|(_, a)| a.clients.contains(&row.client));
        if let Some((name, _)) = by_client.next() {
            anyhow::ensure!(
                by_client.next().is_none(),
                "several accounts name client {}; say which with --account",
                row.client
            );
            return Ok(name);
        }
        anyhow::ensure!(
            !row.portal.is_empty(),
            "no account names client {}, and the firm's lists name no portal for it; say which with --account",
            row.client
        );
        let key = portal_key(&row.portal);
        let fits = |a: &Account| a.clients.is_empty() && portal_key(&a.portal) == key;
        let mut by_portal = self.active().filter(|(_, a)| fits(a));
        match (by_portal.next(), by_portal.next()) {
            (Some((name, _)), None) => Ok(name),
            (None, _) => anyhow::bail!(
                "no account reaches {} for client {}; add one to the accounts, or say which with --account",
                row.portal,
                row.client
            ),
            _ => anyhow::bail!(
                "several accounts reach {}; say which with --account",
                row.portal
            ),
        }
    }

    /// True where there is an account of this name.
    pub fn has(&self, name: &str) -> bool {
        self.active().any(|(n, _)| n == name)
    }

    /// An account made ready.
    pub fn open(&self, name: &str) -> Result<Door, PortalError> {
        let account = self.accounts.account.get(name);
        let account =
            account.ok_or_else(|| PortalError::Setup(format!("there is no account {name}")))?;
        let terms = terms_of(self.shelf.packs(), &account.portal);
        Ok(Door {
            name: name.to_owned(),
            portal: connect(account, terms)?,
            file_name: terms.and_then(|t| t.file.name.clone()),
            believe_after_ms: account
                .believe_after_seconds
                .map_or(BELIEVE_AFTER_MS, |s| i64::from(s) * 1000),
        })
    }

    /// Every active account that can be made ready, and why the others cannot.
    pub fn open_all(&self) -> (Vec<Door>, BTreeMap<String, String>) {
        let (mut doors, mut wrong) = (Vec::new(), BTreeMap::new());
        for (name, _) in self.active() {
            match self.open(name) {
                Ok(door) => doors.push(door),
                Err(error) => drop(wrong.insert(name.clone(), error.to_string())),
            }
        }
        (doors, wrong)
    }

    /// By account, how many hours a portal may be silent.
    pub fn silence_hours(&self) -> BTreeMap<String, u32> {
        let hours = |account: &Account| {
            let terms = terms_of(self.shelf.packs(), &account.portal)?;
            terms.silence_hours.get("received").copied()
        };
        let all = self.active();
        all.filter_map(|(name, a)| Some((name.clone(), hours(a)?)))
            .collect()
    }

    /// Accounts whose credentials end within two weeks.
    pub fn ending(&self, today: NaiveDate) -> BTreeMap<String, NaiveDate> {
        let soon = |day: &NaiveDate| (*day - today).num_days() <= WARN_DAYS;
        self.active()
            .filter_map(|(name, a)| Some((name.clone(), a.credentials_end.filter(soon)?)))
            .collect()
    }
}

/// The last day for an invoice of a client, by the firm's calendar of cut-offs.
pub fn due(lists: &Lists, client: &str, today: NaiveDate) -> Option<NaiveDate> {
    let days = lists.cut_offs.of(client).map(|c| c.submit_by);
    days.filter(|day| *day >= today).min()
}
