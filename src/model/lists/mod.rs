//! The firm's lists: clients, matters, timekeepers, what was agreed with clients, what lies on file.
//! Not here: reading them (`firm`), judging by them (`rules`).

mod agreed;
mod calendar;
mod on_file;
mod people;
mod windows;

pub use agreed::{AcceptedCode, ApprovedRate, Budget, LodgingCap, Mileage, RateCap};
pub use calendar::{CutOff, Holiday};
pub use on_file::{Approval, Approves, Readiness, Receipt, Vendor, WrongFinding};
pub use people::{FeeArrangement, FirmClient, FirmMatter, FirmTimekeeper, TimekeeperName};

pub use windows::{DayUnit, Numbering, StartsAt, Window, WindowKind};

use chrono::NaiveDate;
use rustc_hash::FxHashMap;

/// Every list, as far as it was given.
#[derive(Clone, Default, PartialEq, Debug)]
pub struct Lists {
    /// Clients, their portals and packs.
    pub clients: List<FirmClient>,
    /// Matters.
    pub matters: List<FirmMatter>,
    /// Timekeepers.
    pub timekeepers: List<FirmTimekeeper>,
    /// Timekeepers as portals know them.
    pub names: List<TimekeeperName>,
    /// Approved hourly rates.
    pub rates: List<ApprovedRate>,
    /// The most a client pays for a class or at a place.
    pub rate_caps: List<RateCap>,
    /// Approved budgets.
    pub budgets: List<Budget>,
    /// Consents.
    pub approvals: List<Approval>,
    /// Codes a client or matter takes.
    pub codes: List<AcceptedCode>,
    /// Approved vendors and experts.
    pub vendors: List<Vendor>,
    /// Official mileage rates.
    pub mileage: List<Mileage>,
    /// The most a client pays for a night.
    pub lodging: List<LodgingCap>,
    /// Receipts and vendors' bills on file.
    pub receipts: List<Receipt>,
    /// Holidays.
    pub holidays: List<Holiday>,
    /// Clients' cut-off days.
    pub cut_offs: List<CutOff>,
    /// How far matters are set up at their portals.
    pub readiness: List<Readiness>,
    /// How long clients take what is sent to them.
    pub windows: List<Window>,
    /// Findings that are false alarms.
    pub wrong: List<WrongFinding>,
}

impl Lists {
    /// The currency of a matter on the list, else the client's where it takes only one; ISO 4217 in capitals.
    pub fn currency(&self, client_id: &str, matter: Option<&FirmMatter>) -> Option<String> {
        let agreed = matter.map(|row| row.currency.as_str());
        let client = self
            .clients
            .of(client_id)
            .find(|row| row.client_id == client_id);
        let only = client.and_then(|row| match row.currencies.as_slice() {
            [one] => Some(one.as_str()),
            _ => None,
        });
        let known = agreed.filter(|currency| !currency.is_empty()).or(only)?;
        Some(known.to_ascii_uppercase())
    }

    /// The matter of a client by the firm's number.
    pub fn matter(&self, client_id: &str, law_firm_matter_id: &str) -> Option<&FirmMatter> {
        let mut rows = self.matters.of(client_id);
        rows.find(|row| {
            !law_firm_matter_id.is_empty() && row.law_firm_matter_id == law_firm_matter_id
        })
    }

    /// The lists that were given: name, what each says of itself, number of rows.
    pub fn given(&self) -> Vec<(&'static str, &ListHead, usize)> {
        fn one<'a, T>(
            name: &'static str,
            list: &'a List<T>,
        ) -> Option<(&'static str, &'a ListHead, usize)> {
            Some((name, list.head()?, list.rows().len()))
        }
        let all = [
            one("clients", &self.clients),
            one("matters", &self.matters),
            one("timekeepers", &self.timekeepers),
            one("names", &self.names),
            one("rates", &self.rates),
            one("rate_caps", &self.rate_caps),
            one("budgets", &self.budgets),
            one("approvals", &self.approvals),
            one("codes", &self.codes),
            one("vendors", &self.vendors),
            one("mileage", &self.mileage),
            one("lodging", &self.lodging),
            one("receipts", &self.receipts),
            one("holidays", &self.holidays),
            one("cut_offs", &self.cut_offs),
            one("readiness", &self.readiness),
            one("windows", &self.windows),
            one("wrong", &self.wrong),
        ];
        all.into_iter().flatten().collect()
    }
}

/// One list. A list that was not given is different from one that is empty: absence from it means nothing.
#[derive(Clone, PartialEq, Debug)]
pub struct List<T> {
    head: Option<ListHead>,
    rows: Vec<T>,
    by_key: FxHashMap<Box<str>, Vec<u32>>,
}

/// What a list says of itself.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct ListHead {
    /// The day it was true.
    pub as_of: Option<NaiveDate>,
    /// Days after which it is too old to rely on.
    pub max_age_days: Option<i64>,
    /// What is not on it does not exist.
    pub complete: bool,
}

/// What rows are looked up by.
pub trait Keyed {
    /// A client id, a timekeeper id, ...; empty where the row holds for all.
    fn key(&self) -> &str;
}

impl<T> Default for List<T> {
    fn default() -> Self {
        Self {
            head: None,
            rows: Vec::new(),
            by_key: FxHashMap::default(),
        }
    }
}

impl<T: Keyed> List<T> {
    /// A list that was given.
    pub fn new(head: ListHead, rows: Vec<T>) -> Self {
        let mut by_key: FxHashMap<Box<str>, Vec<u32>> = FxHashMap::default();
        for (index, row) in rows.iter().enumerate() {
            by_key
                .entry(row.key().into())
                .or_default()
                .push(index as u32);
        }
        Self {
            head: Some(head),
            rows,
            by_key,
        }
    }

    /// The rows with this key and those that hold for all, in the order of the list.
    pub fn of<'a>(&'a self, key: &str) -> impl Iterator<Item = &'a T> {
        let own = self.by_key.get(key).filter(|_| !key.is_empty());
        let all = self.by_key.get("");
        let mut at: Vec<u32> = own.into_iter().chain(all).flatten().copied().collect();
        at.sort_unstable();
        at.into_iter()
            .filter_map(|index| self.rows.get(index as usize))
    }
}

impl<T> List<T> {
    /// Every row.
    pub fn rows(&self) -> &[T] {
        &self.rows
    }

    /// True where the list was given.
    pub fn is_loaded(&self) -> bool {
        self.head.is_some()
    }

    /// True where what is not on it does not exist.
    pub fn is_complete(&self) -> bool {
        self.head.as_ref().is_some_and(|head| head.complete)
    }

    /// What it says of itself, where it was given.
    pub fn head(&self) -> Option<&ListHead> {
        self.head.as_ref()
    }
}

/// True where a row for `wanted` (empty: for all) holds for `found`. Ids are compared as written, blanks aside.
pub fn holds_for(wanted: &str, found: &str) -> bool {
    wanted.is_empty() || wanted == found.trim()
}

/// True where `day` lies in a span whose ends may be open.
pub fn in_span(day: NaiveDate, from: Option<NaiveDate>, until: Option<NaiveDate>) -> bool {
    from.is_none_or(|from| from <= day) && until.is_none_or(|until| day <= until)
}
