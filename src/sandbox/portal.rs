//! What all practice portals share: they take an invoice, keep it or refuse it, and write down that they did.

use super::book::{Book, Held};
use super::clock::Clock;
use super::faults::Faults;
use super::ledes::{self, Read};
use super::ledger::{Ledger, Row, Verdict};
use super::oauth::Tokens;
use super::outgoing;
use super::pace::Pace;
use super::reasons;
use super::review::{self, Case, State};
use super::settings::{Duplicates, Mistake, PortalSettings};
use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Locks; a thread that panicked while it held the lock left whole rows behind.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A practice portal.
pub(super) struct Portal {
    pub(super) settings: PortalSettings,
    pub(super) seed: u64,
    pub(super) clock: Arc<Clock>,
    pub(super) faults: Mutex<Faults>,
    pub(super) pace: Mutex<Pace>,
    pub(super) tokens: Tokens,
    pub(super) outgoing: outgoing::Shared,
    desk: Mutex<Desk>,
    /// Things a kind keeps beside invoices: accruals, uploaded files.
    pub(super) shelf: Mutex<HashMap<String, serde_json::Value>>,
}

/// What changes together when an invoice comes.
struct Desk {
    book: Book,
    ledger: Ledger,
    attempts: HashMap<String, u32>,
}

/// An invoice at the door.
#[derive(Debug, Clone, Default)]
pub(super) struct Delivery {
    pub(super) account: String,
    /// LAW_FIRM_ID the account may send.
    pub(super) firm_id: Option<String>,
    pub(super) file_name: String,
    pub(super) bytes: Vec<u8>,
    pub(super) invoice_type: String,
    pub(super) related: Option<String>,
    pub(super) fields: BTreeMap<String, String>,
    pub(super) waits: bool,
    pub(super) strike: Strike,
}

/// What the request itself brings: its id, and the fault that struck it.
#[derive(Debug, Clone, Default)]
pub(super) struct Strike {
    pub(super) request_id: Option<String>,
    pub(super) fault: Option<String>,
    /// The number is to be refused as a duplicate although it is none.
    pub(super) as_duplicate: bool,
}

/// What the door said.
#[derive(Debug, Clone)]
pub(super) enum Taken {
    Accepted(Box<Held>),
    /// Why, and the id of the earlier one.
    Duplicate(String, Option<String>),
    /// The sender may not send for this firm.
    WrongFirm(String),
    Refused(String),
}

impl Portal {
    pub(super) fn new(
        settings: PortalSettings,
        seed: u64,
        clock: Arc<Clock>,
        folder: Option<&Path>,
    ) -> Result<Self, Mistake> {
        let ledger = Ledger::open(folder, &settings.name)?;
        let portal = Self {
            seed,
            clock,
            faults: Mutex::new(Faults::new(&settings.faults)),
            pace: Mutex::new(Pace::new(settings.limit)),
            tokens: Tokens::default(),
            desk: Mutex::new(Desk {
                book: Book::default(),
                ledger,
                attempts: HashMap::new(),
            }),
            shelf: Mutex::default(),
            outgoing: outgoing::Shared::default(),
            settings,
        };
        portal.remember();
        portal.told_already();
        Ok(portal)
    }

    /// Takes up again what an earlier run of the sandbox had accepted.
    fn remember(&self) {
        let mut desk = lock(&self.desk);
        let rows = desk.ledger.rows().to_vec();
        for row in rows {
            *desk.attempts.entry(row.number.clone()).or_default() += 1;
            let (Verdict::Accepted, Some(id)) = (row.verdict, row.id.clone()) else {
                continue;
            };
            let bytes = desk.ledger.bytes(&row).unwrap_or_default();
            let delivery = Delivery {
                account: row.account,
                file_name: row.file_name,
                invoice_type: row.invoice_type,
                related: row.related,
                bytes,
                ..Delivery::default()
            };
            let read = ledes::read(&delivery.bytes);
            let earlier = self.clash(&desk.book, &delivery, &read, row.at).is_some();
            let held = self.held(&delivery, read, id, row.at, earlier);
            desk.book.add(held);
        }
    }

    /// What time it is here.
    pub(super) fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    fn held(
        &self,
        delivery: &Delivery,
        read: Result<Read, String>,
        id: String,
        at: DateTime<Utc>,
        duplicate: bool,
    ) -> Held {
        let story = review::story(&Case {
            settings: &self.settings,
            seed: self.seed,
            at,
            read: read.as_ref().map_err(String::as_str),
            duplicate,
        });
        Held {
            id,
            at,
            account: delivery.account.clone(),
            file_name: delivery.file_name.clone(),
            bytes: delivery.bytes.len(),
            invoice_type: delivery.invoice_type.clone(),
            related: delivery.related.clone(),
            // The story keeps the lines it is about; a night's lines would fill the memory.
            read: read.map(|read| Read {
                lines: Vec::new(),
                ..read
            }),
            story,
            fields: delivery.fields.clone(),
            attachments: Vec::new(),
            waits: delivery.waits,
        }
    }

    /// Takes an invoice, or refuses it; either way it is in the ledger when this returns.
    pub(super) fn take(&self, delivery: &Delivery) -> Taken {
        let read = ledes::read(&delivery.bytes);
        let now = self.now();
        let mut desk = lock(&self.desk);
        let taken = self.judge(&desk.book, delivery, &read, now);
        let taken = match taken {
            Some(refused) => refused,
            None => {
                let earlier = self.clash(&desk.book, delivery, &read, now);
                let id = format!("{}", 7_000_001 + desk.book.all().len());
                let held = self.held(delivery, read.clone(), id, now, earlier.is_some());
                Taken::Accepted(Box::new(held))
            }
        };
        if let Err(error) = self.write(&mut desk, delivery, read.as_ref().ok(), &taken, now) {
            return Taken::Refused(format!("the ledger could not be written: {error}"));
        }
        if let Taken::Accepted(held) = &taken {
            desk.book.add(Held::clone(held));
        }
        taken
    }

    /// Why an invoice is not taken.
    fn judge(
        &self,
        book: &Book,
        delivery: &Delivery,
        read: &Result<Read, String>,
        now: DateTime<Utc>,
    ) -> Option<Taken> {
        let number = read.as_ref().map_or("", |r| r.number.as_str());
        if let (Some(wanted), Ok(read)) = (&delivery.firm_id, read)
            && *wanted != read.firm_id
        {
            return Some(Taken::WrongFirm(format!(
                "Law Firm ID {} in the file is not that of the sender",
                read.firm_id
            )));
        }
        let posted = reasons::reason("duplicate_invoice_number").words;
        if delivery.strike.as_duplicate {
            return Some(Taken::Duplicate(format!("{posted}: {number}"), None));
        }
        if let Some(related) = &delivery.related {
            let Some(original) = book.by_id(related) else {
                return Some(Taken::Refused(format!(
                    "related_invoice_id {related} is no invoice of this sender"
                )));
            };
            if original.account != delivery.account {
                return Some(Taken::Refused(format!(
                    "related_invoice_id {related} is no invoice of this sender"
                )));
            }
            let again = |h: &&Held| {
                h.invoice_type == "APPEAL" && h.related.as_deref() == Some(related.as_str())
            };
            if delivery.invoice_type == "APPEAL" && book.all().iter().any(|h| again(&h)) {
                return Some(Taken::Refused(
                    reasons::reason("second_appeal").words.to_owned(),
                ));
            }
        }
        let earlier = self.clash(book, delivery, read, now)?;
        if self.settings.duplicates == Duplicates::Refuse {
            let words = format!("{posted}: {number}, on {}", earlier.at.format("%Y-%m-%d"));
            return Some(Taken::Duplicate(words, Some(earlier.id.clone())));
        }
        None
    }

    /// The earlier invoice that stands in the way of this number.
    fn clash<'a>(
        &self,
        book: &'a Book,
        delivery: &Delivery,
        read: &Result<Read, String>,
        now: DateTime<Utc>,
    ) -> Option<&'a Held> {
        let read = read.as_ref().ok()?;
        if self.settings.duplicates == Duplicates::Take {
            return None;
        }
        book.by_number(&read.number).find(|held| {
            let client = held.read.as_ref().map_or("", |r| r.client_id.as_str());
            let same = client == read.client_id && held.account == delivery.account;
            let linked = delivery.related.as_deref() == Some(held.id.as_str());
            let free = self.settings.repost_rejected && held.story.rejected(now);
            same && !linked && !free
        })
    }

    fn write(
        &self,
        desk: &mut Desk,
        delivery: &Delivery,
        read: Option<&Read>,
        taken: &Taken,
        now: DateTime<Utc>,
    ) -> std::io::Result<()> {
        let (verdict, id, reason) = match taken {
            Taken::Accepted(held) => (Verdict::Accepted, Some(held.id.clone()), None),
            Taken::Duplicate(why, id) => (Verdict::Duplicate, id.clone(), Some(why.clone())),
            Taken::Refused(why) | Taken::WrongFirm(why) => {
                (Verdict::Refused, None, Some(why.clone()))
            }
        };
        let number = read.map(|r| r.number.clone()).unwrap_or_default();
        let attempt = desk.attempts.entry(number.clone()).or_default();
        *attempt += 1;
        let row = Row {
            at: now,
            attempt: *attempt,
            sha256: sha256(&delivery.bytes),
            bytes: delivery.bytes.len(),
            file_name: delivery.file_name.clone(),
            number,
            client_id: read.map(|r| r.client_id.clone()).unwrap_or_default(),
            total: read.map(|r| r.total.to_string()),
            invoice_type: delivery.invoice_type.clone(),
            related: delivery.related.clone(),
            account: delivery.account.clone(),
            verdict,
            id,
            reason,
            request_id: delivery.strike.request_id.clone(),
            fault: delivery.strike.fault.clone(),
        };
        desk.ledger.add(row, &delivery.bytes)
    }

    /// Writes down a refusal that came before the file was looked at.
    pub(super) fn refuse(&self, delivery: &Delivery, why: &str) {
        let read = ledes::read(&delivery.bytes).ok();
        let mut desk = lock(&self.desk);
        let taken = Taken::Refused(why.to_owned());
        let now = self.now();
        if let Err(error) = self.write(&mut desk, delivery, read.as_ref(), &taken, now) {
            tracing::error!(portal = self.settings.name, %error, "the ledger could not be written");
        }
    }

    /// One invoice, as it is held.
    pub(super) fn invoice(&self, id: &str) -> Option<Held> {
        lock(&self.desk).book.by_id(id).cloned()
    }

    /// Changes what is held; the ledger is not touched.
    pub(super) fn change(&self, id: &str, change: impl FnOnce(&mut Held)) -> bool {
        lock(&self.desk).book.change(id).map(change).is_some()
    }

    /// Every invoice of that number.
    pub(super) fn numbered(&self, number: &str) -> Vec<Held> {
        lock(&self.desk).book.by_number(number).cloned().collect()
    }

    /// The invoices from a place on.
    pub(super) fn from(&self, place: usize) -> Vec<Held> {
        let desk = lock(&self.desk);
        desk.book.all().get(place..).unwrap_or_default().to_vec()
    }

    /// Looks at every invoice, oldest first, while nothing else happens here.
    pub(super) fn each(
        &self,
        look: impl FnMut(&Held) -> std::io::Result<()>,
    ) -> std::io::Result<()> {
        lock(&self.desk).book.all().iter().try_for_each(look)
    }

    /// Looks at the invoices that fit, the newest first, at most so many.
    pub(super) fn newest(&self, most: usize, fits: impl Fn(&Held) -> bool) -> Vec<Held> {
        let desk = lock(&self.desk);
        let fitting = desk.book.all().iter().rev().filter(|h| fits(h));
        fitting.take(most).cloned().collect()
    }

    /// How many rows the ledger has.
    pub(super) fn row_count(&self) -> usize {
        lock(&self.desk).ledger.rows().len()
    }

    /// The ledger.
    pub(super) fn rows(&self) -> Vec<Row> {
        lock(&self.desk).ledger.rows().to_vec()
    }

    /// Where an invoice is now.
    pub(super) fn state(&self, held: &Held) -> State {
        if held.waits {
            return State::Received;
        }
        held.story.at(self.now()).state
    }
}

/// SHA-256, hexadecimal.
pub(super) fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}
