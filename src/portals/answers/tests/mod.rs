//! What is heard of mails, tables and workbooks, through the door a firm goes through.
//! Not here: single words and columns (beside the code that reads them).

mod attached;
mod books;
mod evil;
mod mails;
mod tables;
mod workbooks;

use super::*;
use crate::model::Outcome;
use crate::rules::{Shelf, portal_key};

const ADJUSTMENTS: &str = "portal,invoice_number,line_number,line_date,timekeeper_id,original_amount,approved_amount,currency,reason_code,reason_text,reviewer,adjusted_at\n";

/// Reads as a firm would that listens to two portals.
fn hear(portal: Option<&str>, name: &str, bytes: &[u8]) -> Heard {
    let shelf = Shelf::shipped().expect("the packs");
    let mut terms = BTreeMap::new();
    for name in [
        "TyMetrix 360",
        "CounselLink",
        "Legal-X",
        "Acuity",
        "Legal Tracker",
        "Collaborati",
        "Brightflag",
    ] {
        let found = crate::portals::terms_of(shelf.packs(), name).expect("terms");
        terms.insert(portal_key(name), found);
    }
    let listed = [
        ("no-reply@counsellink.example", "CounselLink"),
        ("@legal-x.example", "Legal-X"),
        ("alerts@acuity.example", "Acuity"),
        ("notify@tracker.example", "Legal Tracker"),
    ];
    let listener = Listener {
        portal: portal.map(str::to_owned),
        senders: listed.map(|(a, b)| (a.to_owned(), b.to_owned())).into(),
        mail_server: Some("mx.firm.example".to_owned()),
        terms,
        ..Listener::default()
    };
    listener.read(name, bytes)
}

fn mail(from: &str, subject: &str, text: &str) -> Heard {
    let domain = from.rsplit_once('@').expect("an address").1;
    let mail = format!(
        "Authentication-Results: mx.firm.example; dkim=pass header.d={domain}\r\nFrom: {from}\r\nTo: ebilling@firm.example\r\n\
         Message-ID: <1@{domain}>\r\nDate: Tue, 7 Apr 2026 10:00:00 -0500\r\nSubject: {subject}\r\n\
         Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n"
    );
    hear(None, "a.eml", mail.as_bytes())
}

fn outcomes(heard: &Heard) -> Vec<(&str, Outcome)> {
    let one = |t: &Told| t.report.outcome;
    let all = heard.told.iter();
    all.map(|t| (t.report.invoice_number.as_deref().unwrap_or(""), one(t)))
        .collect()
}
