//! The firm's accounts made ready to be used, and which of them an invoice goes through.

use super::Door;
use super::dialect::Dialect;
use crate::model::{Lists, did_you_mean};
use crate::portals::{Account, Accounts, PortalError, connect, pack_of, terms_of};
use crate::rules::{Shelf, portal_key};
use crate::store::InvoiceRow;
use crate::workflow::refusal::{WorkflowError, refused};
use chrono::NaiveDate;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// How long after an attempt a portal's word that it has nothing is believed, in milliseconds: longer than a request
/// may take.
const BELIEVE_AFTER_MS: i64 = 180_000;
/// How long before the end of credentials somebody is told.
const WARN_DAYS: i64 = 14;

/// The accounts of a firm with what is known of their portals.
pub struct Doors {
    accounts: Accounts,
    shelf: Shelf,
    /// Of accounts that were found to be set up.
    dialects: Mutex<BTreeMap<String, Dialect>>,
}

impl Doors {
    /// The accounts, and the packs with the terms of their portals.
    ///
    /// # Errors
    /// There is no account.
    pub fn new(accounts: Accounts, shelf: Shelf) -> Result<Self, WorkflowError> {
        if accounts.account.is_empty() {
            return refused(
                "no accounts at portals are known: name their file with --accounts FILE, or in the setting portals",
            );
        }
        Ok(Self {
            accounts,
            shelf,
            dialects: Mutex::default(),
        })
    }

    /// The accounts as the firm wrote them down.
    pub fn accounts(&self) -> &Accounts {
        &self.accounts
    }

    fn active(&self) -> impl Iterator<Item = (&String, &Account)> {
        self.accounts.account.iter().filter(|(_, a)| a.active)
    }

    /// The active account of this name.
    ///
    /// # Errors
    /// There is none.
    pub fn named(&self, name: &str) -> Result<&str, WorkflowError> {
        if let Some((name, _)) = self.active().find(|(n, _)| *n == name) {
            return Ok(name);
        }
        let near = did_you_mean(name, self.active().map(|(n, _)| n.as_str()));
        refused(format!("there is no active account {name}; {near}"))
    }

    /// The account of an invoice: the one that names its client, else the only one of its portal.
    ///
    /// # Errors
    /// There is none, or there are several.
    pub fn of(&self, row: &InvoiceRow) -> Result<&str, WorkflowError> {
        let client = &row.client;
        let mut by_client = self.active().filter(|(_, a)| a.clients.contains(client));
        match (by_client.next(), by_client.next()) {
            (Some((name, _)), None) => return Ok(name),
            (None, _) => {}
            _ => {
                return refused(format!(
                    "several accounts name client {client}; say which with --account"
                ));
            }
        }
        if row.portal.is_empty() {
            return refused(format!(
                "no account names client {client}, and the firm's lists name no portal for it; say which with --account"
            ));
        }
        let key = self.key(&row.portal);
        let fits = |a: &Account| a.clients.is_empty() && self.key(&a.portal) == key;
        let mut by_portal = self.active().filter(|(_, a)| fits(a));
        match (by_portal.next(), by_portal.next()) {
            (Some((name, _)), None) => Ok(name),
            (None, _) => refused(format!(
                "no account reaches {} for client {client}; add one to the accounts, or say which with --account",
                row.portal
            )),
            _ => refused(format!(
                "several accounts reach {}; say which with --account",
                row.portal
            )),
        }
    }

    /// One name for all names of a portal.
    fn key(&self, portal: &str) -> String {
        let pack = pack_of(self.shelf.packs(), portal);
        portal_key(pack.map_or(portal, |pack| &pack.pack))
    }

    /// An account made ready.
    ///
    /// # Errors
    /// There is none of this name, or it is not set up.
    pub fn open(&self, name: &str) -> Result<Door, PortalError> {
        let account = self.accounts.account.get(name);
        let account =
            account.ok_or_else(|| PortalError::Setup(format!("there is no account {name}")))?;
        let packs = self.shelf.packs();
        Ok(Door {
            name: name.to_owned(),
            portal: connect(account, packs)?,
            dialect: Dialect::of(&account.portal, terms_of(packs, &account.portal))?,
            believe_after_ms: account
                .believe_after_seconds
                .map_or(BELIEVE_AFTER_MS, |s| i64::from(s) * 1000),
        })
    }

    /// What an account takes. Whether it is set up at all is looked at once.
    pub(super) fn dialect(&self, account: &str) -> Result<Dialect, WorkflowError> {
        let known = || self.dialects.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(dialect) = known().get(account) {
            return Ok(dialect.clone());
        }
        let door = self.open(account);
        let door = door.or_else(|e| refused(format!("account {account}: {e}")))?;
        known().insert(account.to_owned(), door.dialect.clone());
        Ok(door.dialect)
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
pub(super) fn due(lists: &Lists, client: &str, today: NaiveDate) -> Option<NaiveDate> {
    let days = lists.cut_offs.of(client).map(|c| c.submit_by);
    days.filter(|day| *day >= today).min()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn doors(text: &str) -> Doors {
        let accounts = Accounts::parse("portals.toml", text).expect("accounts");
        Doors::new(accounts, Shelf::shipped().expect("packs")).expect("some")
    }

    fn row(client: &str, portal: &str) -> InvoiceRow {
        InvoiceRow {
            client: client.to_owned(),
            portal: portal.to_owned(),
            ..InvoiceRow::default()
        }
    }

    #[test]
    fn the_client_comes_before_the_portal_and_every_name_of_a_portal_is_one() {
        let doors = doors(
            "[account.own]\nportal = \"CounselLink\"\nway = \"assisted\"\nclients = [\"C1\"]\n\
             [account.all]\nportal = \"Mitratech Collaborati\"\nway = \"assisted\"\n\
             [account.old]\nportal = \"Collaborati\"\nway = \"assisted\"\nactive = false\n",
        );
        let of = |client, portal| {
            let row = row(client, portal);
            doors.of(&row).map(str::to_owned).map_err(|e| e.to_string())
        };
        assert_eq!(of("C1", "Collaborati"), Ok("own".to_owned()));
        assert_eq!(of("C2", "collaborati"), Ok("all".to_owned()));
        let told = of("C2", "CounselLink").expect_err("it is the account of C1");
        assert!(told.contains("no account reaches CounselLink"), "{told}");
        assert!(of("C2", "").expect_err("no portal").contains("--account"));
        let told = doors.named("old").expect_err("not active").to_string();
        assert!(told.contains("there is no active account old"), "{told}");
    }
}
