//! The practice portals, and what is sent to them. Their code shares nothing with the clients.

use cleanbill::model::{InvoiceType, LedesFormat, StatusReport, Submission};
use cleanbill::portals::{Asked, Handle, Polite, Portal};
use cleanbill::sandbox::{self, Running, Settings, Verdict};
use std::fmt::Write;

/// Steps of a review, in seconds of the sandbox's clock.
pub const STEP: u64 = 60;

/// rustls wants a provider of cryptography once a process; the sandbox takes the process's.
pub fn provider() {
    let _ = rustls::crypto::ring::default_provider().install_default();
}

pub async fn started(settings: &str) -> Running {
    provider();
    let settings = Settings::parse(settings).expect("settings");
    sandbox::start(settings).await.expect("a sandbox")
}

/// A LEDES API portal named `p` that belongs to two firms and strangers.
pub fn ledes_api(more: &str) -> String {
    format!(
        "seed = 7\n[[portal]]\nname = \"p\"\nkind = \"ledes-api\"\n\
         account = [{{ id = \"hv\", secret = \"s1\", firm_id = \"98-7654321\" }},\n\
         {{ id = \"other\", secret = \"s2\" }},\n\
         {{ id = \"away\", secret = \"s3\", business = \"elsewhere\" }},\n\
         {{ id = \"mute\", secret = \"s4\", may_post = false }}]\n{more}"
    )
}

/// A secret in a file of its own. The folder lives as long as the process.
pub fn secret(text: &str) -> String {
    let folder = tempfile::tempdir().expect("a folder").keep();
    let file = folder.join("secret");
    std::fs::write(&file, text).expect("written");
    format!("{{ file = {:?} }}", file.display().to_string())
}

pub fn oauth2(running: &Running, portal: &str, id: &str, key: &str) -> String {
    let origin = running.origin(portal).expect("the portal");
    format!(
        "sign_in = {{ kind = \"oauth2\", token_url = \"{origin}/oauth2/token\", client_id = \"{id}\", client_secret = {} }}",
        secret(key)
    )
}

/// One firm's account at the LEDES API portal `p`.
pub fn firm(running: &Running, id: &str, key: &str, more: &str) -> Polite {
    let base = running.base("p").expect("the portal");
    let sign_in = oauth2(running, "p", id, key);
    super::open(&format!(
        "portal = \"LEDES API\"\nway = \"api\"\nurl = \"{base}\"\n{sign_in}\n{more}"
    ))
}

const COLUMNS: &str = "INVOICE_DATE|INVOICE_NUMBER|CLIENT_ID|LAW_FIRM_MATTER_ID|INVOICE_TOTAL|BILLING_START_DATE|\
    BILLING_END_DATE|INVOICE_DESCRIPTION|LINE_ITEM_NUMBER|EXP/FEE/INV_ADJ_TYPE|LINE_ITEM_NUMBER_OF_UNITS|\
    LINE_ITEM_ADJUSTMENT_AMOUNT|LINE_ITEM_TOTAL|LINE_ITEM_DATE|LINE_ITEM_TASK_CODE|LINE_ITEM_EXPENSE_CODE|\
    LINE_ITEM_ACTIVITY_CODE|TIMEKEEPER_ID|LINE_ITEM_DESCRIPTION|LAW_FIRM_ID|LINE_ITEM_UNIT_COST|TIMEKEEPER_NAME|\
    TIMEKEEPER_CLASSIFICATION|CLIENT_MATTER_ID";

/// Three fees and an expense, 1,270.00 in all, and `more` lines without charge.
pub fn file(number: &str, firm: &str, more: usize) -> Vec<u8> {
    let columns: String = COLUMNS.split_whitespace().collect();
    let mut text = format!("LEDES1998B[]\r\n{columns}[]\r\n");
    let head = format!("20260331|{number}|BWC01|2026-0117|1270.00|20260301|20260331|March 2026");
    let end = format!("{firm}|300.00|Quillfeather, Ada|PARTNR|BW-1[]\r\n");
    let fees = [
        ("1", "1.00", "300.00", "20260304"),
        ("2", "2.00", "600.00", "20260305"),
        ("3", "1.00", "300.00", "20260306"),
    ];
    for (line, units, amount, day) in fees {
        let _ = write!(
            text,
            "{head}|{line}|F|{units}||{amount}|{day}|L120||A104|042|Review of carrier's file|{end}"
        );
    }
    let _ = write!(
        text,
        "{head}|4|E|1||70.00|20260309||E107||042|Courier to court|{firm}|70.00|Quillfeather, Ada|PARTNR|BW-1[]\r\n"
    );
    for n in 0..more {
        let _ = write!(
            text,
            "{head}|{}|F|0.00||0.00|20260310|L120||A104|042|No charge|{end}",
            n + 5
        );
    }
    text.into_bytes()
}

pub fn invoice(number: &str) -> Submission {
    Submission {
        attempt: format!("attempt-{number}"),
        invoice_number: number.to_owned(),
        client_id: "BWC01".to_owned(),
        client_matter_id: "BW-1".to_owned(),
        law_firm_matter_id: "2026-0117".to_owned(),
        invoice_date: chrono::NaiveDate::from_ymd_opt(2026, 3, 31),
        total: Some("1270.00".parse().expect("an amount")),
        currency: "USD".to_owned(),
        format: LedesFormat::L1998B,
        invoice_type: InvoiceType::Invoice,
        follows: None,
        file_name: format!("{number}.txt"),
        bytes: file(number, "98-7654321", 0),
        comment: None,
        attachments: Vec::new(),
    }
}

pub fn by_id(id: &str, number: &str) -> Handle {
    Handle {
        portal_id: Some(id.to_owned()),
        invoice_number: number.to_owned(),
        file_name: format!("{number}.txt"),
        file_sha256: None,
        client_id: "BWC01".to_owned(),
        total: Some("1270.00".parse().expect("an amount")),
    }
}

/// What the portal says of an invoice it has.
pub async fn report(portal: &Polite, id: &str, number: &str) -> StatusReport {
    match portal.ask(&by_id(id, number)).await.expect("an answer") {
        Asked::Here(report) => *report,
        other => panic!("{number} is there: {other:?}"),
    }
}

/// How often a portal took an invoice.
pub fn taken(running: &Running, portal: &str, number: &str) -> usize {
    let rows = running.ledger(portal);
    let of = |r: &&sandbox::Row| r.number == number && r.verdict == Verdict::Accepted;
    rows.iter().filter(of).count()
}

/// How often an invoice was posted, whatever came of it.
pub fn posts(running: &Running, portal: &str) -> usize {
    let all = running.requests(portal);
    all.iter()
        .filter(|r| r.operation == sandbox::Operation::Submit)
        .count()
}
