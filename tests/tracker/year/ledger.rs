//! What the portals' own ledgers say at the end of the year, read from the sandbox's control endpoint; and when the firm,
//! which asks every night it has, could hear of it.

use super::{PORTALS, Year};
use chrono::{DateTime, Local, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpStream;

/// A row of `/sandbox/money`, read without the sandbox's own types.
#[derive(Deserialize, Clone, Debug)]
pub struct Held {
    pub number: String,
    pub client_id: String,
    pub at: DateTime<Utc>,
    pub state: String,
    pub way: Vec<Stood>,
    pub note: Option<String>,
    pub refused_for: Vec<Cause>,
    pub cut_for: Vec<Cause>,
    pub billed: Decimal,
    pub approved: Option<Decimal>,
    pub cut: Decimal,
    pub paid: Decimal,
    pub payments: Vec<Paid>,
}

#[derive(Deserialize, Clone, Debug)]
pub struct Stood {
    pub at: DateTime<Utc>,
    pub state: String,
}

#[derive(Deserialize, Clone, Debug, PartialEq)]
pub struct Cause {
    pub reason: String,
    pub line: Option<String>,
    pub amount: Decimal,
}

#[derive(Deserialize, Clone, Debug)]
pub struct Paid {
    pub at: DateTime<Utc>,
    pub amount: Decimal,
}

/// The rows by portal.
pub fn read(home: &str) -> BTreeMap<String, Vec<Held>> {
    let host = home.strip_prefix("http://").expect("an address");
    let mut wire = TcpStream::connect(host).expect("connected");
    let asked = format!("GET /sandbox/money HTTP/1.0\r\nHost: {host}\r\n\r\n");
    wire.write_all(asked.as_bytes()).expect("asked");
    let mut answer = String::new();
    wire.read_to_string(&mut answer).expect("answered");
    let (head, body) = answer.split_once("\r\n\r\n").expect("a body");
    assert!(head.starts_with("HTTP/1.0 200"), "{head}");
    serde_json::from_str(body).expect("rows")
}

/// What a portal's page says in each of its states, by reference/portals.md section 13 and ledes-api.md.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Shown {
    /// Nothing that says that anybody took it.
    Waiting,
    Taken,
    Asked,
    Refused,
    Decided,
}

fn shown(portal: &str, state: &str) -> Shown {
    match (portal, state) {
        (_, "rejected" | "file error") => Shown::Refused,
        (_, "approved" | "sent to ap" | "paid") => Shown::Decided,
        // Collaborati has no word for a question.
        ("collaborati", "question") => Shown::Taken,
        (_, "question") => Shown::Asked,
        (_, "delivered" | "in review") => Shown::Taken,
        // Acuity says For Approval, and Legal Tracker pending, from the first moment on.
        ("acuity" | "tracker", "received") => Shown::Taken,
        _ => Shown::Waiting,
    }
}

/// When the firm heard of what, in milliseconds since 1970.
#[derive(Clone, Copy, Default, Debug)]
pub struct Heard {
    pub taken: Option<i64>,
    pub asked: Option<i64>,
    pub refused: Option<i64>,
    pub decided: Option<i64>,
    /// That it was paid, where the portal has a word for it.
    pub paid: Option<i64>,
    /// What the portal showed last was a question.
    pub in_question: bool,
}

impl Heard {
    /// What could be heard in those nights. A portal is asked for the first time a minute after an invoice came.
    fn of(portal: &str, held: &Held, nights: &[i64]) -> Self {
        let mut heard = Self::default();
        let from = held.at.timestamp_millis() + 60_000;
        for night in nights.iter().copied().filter(|n| *n >= from) {
            let stood = held.way.iter().rev();
            let mut stood = stood.filter(|s| s.at.timestamp_millis() <= night);
            let Some(now) = stood.next() else { continue };
            let shown = shown(portal, &now.state);
            heard.in_question = shown == Shown::Asked;
            match shown {
                Shown::Waiting => {}
                Shown::Taken => {
                    heard.taken.get_or_insert(night);
                }
                Shown::Asked => {
                    heard.asked.get_or_insert(night);
                }
                Shown::Refused => {
                    heard.refused.get_or_insert(night);
                }
                Shown::Decided => {
                    heard.taken.get_or_insert(night);
                    heard.decided.get_or_insert(night);
                    if now.state == "paid" && portal != "tracker" {
                        heard.paid.get_or_insert(night);
                    }
                }
            }
        }
        heard
    }

    pub fn answered(&self) -> bool {
        self.taken.or(self.asked).or(self.refused).is_some()
    }
}

/// An invoice as its portal has it, with the files of its appeals.
#[derive(Clone, Debug)]
pub struct Entry {
    pub portal: &'static str,
    pub held: Held,
    pub heard: Heard,
    /// Files of appeals, and what was heard of them.
    pub files: Vec<(Held, Heard)>,
}

impl Entry {
    pub fn number(&self) -> &str {
        &self.held.number
    }

    /// The day it came to the portal.
    pub fn sent(&self) -> NaiveDate {
        self.held.at.with_timezone(&Local).date_naive()
    }

    /// What appeals brought back.
    pub fn back(&self) -> Decimal {
        let ended = self
            .files
            .iter()
            .filter(|(_, heard)| heard.decided.is_some());
        ended.filter_map(|(file, _)| file.approved).sum()
    }

    /// All payments, those for its appeals too.
    pub fn payments(&self) -> impl Iterator<Item = &Paid> {
        let of_files = self.files.iter().flat_map(|(file, _)| &file.payments);
        self.held.payments.iter().chain(of_files)
    }

    pub fn paid(&self) -> Decimal {
        self.payments().map(|p| p.amount).sum()
    }
}

impl Year {
    /// Every invoice that reached its portal.
    pub fn entries(&self) -> Vec<Entry> {
        let mut rows = read(self.running.home());
        let mut all = Vec::new();
        for (portal, _, _, _, suffix) in PORTALS {
            let rows = rows.remove(portal).expect("a portal");
            let (files, firsts): (Vec<Held>, Vec<Held>) = rows
                .into_iter()
                .partition(|row| self.files.contains(&row.number));
            for held in firsts {
                let own = files
                    .iter()
                    .filter(|f| f.number.strip_suffix(suffix) == Some(held.number.as_str()));
                let own = own.map(|f| (f.clone(), Heard::of(portal, f, &self.nights)));
                all.push(Entry {
                    portal,
                    heard: Heard::of(portal, &held, &self.nights),
                    files: own.collect(),
                    held,
                });
            }
        }
        all
    }
}
