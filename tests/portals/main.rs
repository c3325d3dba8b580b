//! What goes over the wire to each portal, and what each answer means.

mod agreed;
mod assisted;
mod clients;
mod conformance;
mod hub_and_tracker;
mod ledes_api;
mod mail;
mod papers;
mod practice;
mod quiet;
mod server;
#[cfg(feature = "sftp")]
mod sftp;
mod terms;

use cleanbill::model::{InvoiceType, LedesFormat, Submission};
use cleanbill::portals::{Accounts, Polite, PortalError, connect};
use cleanbill::rules::Shelf;
use std::future::Future;

/// An account of this portal, way and settings, quick enough for tests.
pub fn open(toml: &str) -> Polite {
    try_open(toml).unwrap_or_else(|e| panic!("{e}"))
}

/// As [`open`], with what is wrong.
pub fn try_open(toml: &str) -> Result<Polite, PortalError> {
    let text = format!("[account.one]\n{toml}\n[account.one.limits]\nper_second = \"1000\"\n");
    let accounts: Accounts = toml::from_str(&text).expect("accounts");
    let account = &accounts.account["one"];
    let shelf = Shelf::shipped().expect("the packs");
    connect(account, shelf.packs())
}

/// Waits for work.
pub fn wait<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.expect("a runtime").block_on(work)
}

/// Nobody was reached, and nothing was sent.
#[track_caller]
pub fn unreached(error: &PortalError) {
    let nothing_sent = matches!(
        error,
        PortalError::Unreachable {
            outcome_unknown: false,
            ..
        }
    );
    assert!(nothing_sent, "{error}");
}

/// An invoice on its way.
pub fn submission() -> Submission {
    Submission {
        attempt: "attempt-1".to_owned(),
        invoice_number: "AW-2041".to_owned(),
        client_id: "SMF01".to_owned(),
        client_matter_id: "SF-LIT-7".to_owned(),
        law_firm_matter_id: "2026-0113".to_owned(),
        invoice_date: chrono::NaiveDate::from_ymd_opt(2026, 3, 31),
        total: Some("1478.60".parse().expect("an amount")),
        currency: "USD".to_owned(),
        format: LedesFormat::L1998B,
        invoice_type: InvoiceType::Invoice,
        follows: None,
        file_name: "AW-2041.txt".to_owned(),
        bytes: b"LEDES1998B[]\nINVOICE_DATE|...".to_vec(),
        comment: None,
        attachments: Vec::new(),
    }
}
