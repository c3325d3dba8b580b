//! Cleared invoices go to practice portals: each once, whatever happens on the way.

use crate::firm::{Firm, Said, invoice};
use crate::inside::practice_portals;
use crate::on_both;
use cleanbill::sandbox::{Fault, Operation, Running, Settings, Verdict, What};
use reqwest::multipart::{Form, Part};
use std::collections::BTreeMap;
use tokio::runtime::Runtime;

on_both!(
    a_night_and_its_morning,
    an_invoice_in_doubt_is_never_sent_twice,
    a_portal_that_is_down_delays_nobody_else,
    what_is_called_a_duplicate_is_looked_up_first,
);

const PORTALS: &str = r#"
seed = 11
[[portal]]
name = "standard"
kind = "ledes-api"
step_seconds = 60
number = [{ starts = "R-", outcome = "reduced" }, { starts = "X-", outcome = "rejected" }, { starts = "A-", outcome = "approved" }]
account = [{ id = "firm", secret = "s1" }]
ledes_api = { business = "firm" }

[[portal]]
name = "upload"
kind = "agreed-upload"
step_seconds = 60
number = [{ starts = "U-", outcome = "approved" }]
account = [{ id = "firm", secret = "s2" }]
agreed = { like = "collaborati", auth = "basic" }
"#;

/// Practice portals, and the firm's accounts there.
pub struct Practice {
    _runtime: Runtime,
    pub running: Running,
    pub accounts: String,
}

impl Practice {
    pub fn new(firm: &Firm) -> Self {
        let settings = Settings::parse(PORTALS).expect("settings");
        let (runtime, running) = practice_portals(settings);
        firm.file("one", "s1");
        firm.file("two", "s2");
        let accounts = format!(
            r#"
[account.standard]
portal = "LEDES API"
way = "api"
url = "{standard}"
clients = ["C1"]
sign_in = {{ kind = "oauth2", token_url = "{origin}/oauth2/token", client_id = "firm", client_secret = {{ file = "{folder}/one" }} }}
limits = {{ per_second = "500", at_once = 4 }}

[account.upload]
portal = "Collaborati"
way = "agreed"
url = "{upload}"
clients = ["C2"]
sign_in = {{ kind = "basic", user = "firm", password = {{ file = "{folder}/two" }} }}
limits = {{ per_second = "500", at_once = 4 }}
believe_after_seconds = 1
[account.upload.settings.submit]
path = "upload"
file_field = "file"
id = "/confirmation"
errors = "/message"
[account.upload.settings.status]
path = "uploads/{{portal_id}}"
word = "/status"
[account.upload.settings.find]
path = "uploads?number={{invoice_number}}"
word = "/status"
id = "/confirmation"

[account.hand]
portal = "CounselLink"
way = "assisted"
clients = ["C3"]
settings = {{ folder = "{folder}/by-hand" }}
"#,
            standard = running.base("standard").expect("it is there"),
            origin = running.origin("standard").expect("it is there"),
            upload = running.base("upload").expect("it is there"),
            folder = firm.folder.path().display(),
        );
        let accounts = firm.file("portals.toml", &accounts);
        Self {
            _runtime: runtime,
            running,
            accounts,
        }
    }

    /// Takes in, clears and queues invoices: number and client.
    pub fn queue(&self, firm: &Firm, invoices: &[(&str, &str)]) {
        for (number, client) in invoices {
            let text = invoice(
                number,
                client,
                "300.00",
                "Draft motion to compel production of the survey",
            );
            let path = firm.file(&format!("{number}.txt"), &text);
            firm.intake("ann", &path).well();
            firm.call("bob", &["clear", number]).well();
        }
        let args = [
            "submit",
            "--cleared",
            "--queue",
            "--accounts",
            &self.accounts,
        ];
        firm.call("ann", &args).well();
    }

    pub fn night(&self, firm: &Firm) -> Said {
        firm.call("nyx", &["overnight", "--accounts", &self.accounts])
    }

    /// How often each number was accepted.
    pub fn accepted(&self, portal: &str) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for row in self.running.ledger(portal) {
            if row.verdict == Verdict::Accepted {
                *counts.entry(row.number).or_default() += 1;
            }
        }
        counts
    }

    fn advance(&self, seconds: u64) {
        self.running.advance(seconds);
    }
}

pub fn state(firm: &Firm, number: &str) -> String {
    let shown = firm.call("odd", &["list", "--json"]).well();
    let row = shown
        .lines()
        .find(|l| l.contains(&format!("\"number\":\"{number}\"")));
    let row: serde_json::Value = serde_json::from_str(row.expect("listed")).expect("JSON");
    row["state"].as_str().expect("a state").to_owned()
}

fn a_night_and_its_morning(mut firm: Firm) {
    firm.staff();
    let practice = Practice::new(&firm);
    practice.queue(
        &firm,
        &[
            ("A-1", "C1"),
            ("R-1", "C1"),
            ("X-1", "C1"),
            ("U-1", "C2"),
            ("H-1", "C3"),
        ],
    );
    let listed = firm
        .call(
            "nyx",
            &["overnight", "--dry-run", "--accounts", &practice.accounts],
        )
        .well();
    assert!(
        listed.contains("standard: 3 to send") && listed.contains("U-1.txt"),
        "{listed}"
    );
    assert!(practice.accepted("standard").is_empty());
    let said = practice.night(&firm);
    assert_eq!(said.status, 1, "{}{}", said.out, said.err);
    assert!(said.out.contains("To upload by hand"), "{}", said.out);
    for number in ["A-1", "R-1", "X-1"] {
        assert_eq!(
            practice.accepted("standard").get(number),
            Some(&1),
            "{number}"
        );
    }
    assert_eq!(practice.accepted("upload").get("U-1"), Some(&1));
    assert!(firm.path("by-hand/H-1/H-1.txt").exists());
    assert_eq!(state(&firm, "H-1"), "in doubt");
    firm.call(
        "ann",
        &["settle", "H-1", "--arrived", "--reason", "confirmation 12"],
    )
    .well();
    assert_eq!(state(&firm, "H-1"), "submitted");
    // A second night sends nothing again.
    practice.night(&firm);
    assert!(practice.accepted("standard").values().all(|n| *n == 1));
    practice.advance(24 * 60 * 60);
    let report = firm.path("morning.html").display().to_string();
    crate::query(&firm.url, "UPDATE submission SET next_ms = 0");
    let args = [
        "overnight",
        "--accounts",
        &practice.accounts,
        "--report",
        &report,
    ];
    let said = firm.call("nyx", &args);
    assert_eq!(said.status, 1, "{}{}", said.out, said.err);
    assert!(
        said.out.contains("Rejected") && said.out.contains("X-1"),
        "{}",
        said.out
    );
    assert_eq!(state(&firm, "X-1"), "rejected");
    assert!(["approved", "paid"].contains(&state(&firm, "A-1").as_str()));
    assert!(["reduced", "paid"].contains(&state(&firm, "R-1").as_str()));
    let page = std::fs::read_to_string(report).expect("a page");
    assert!(page.contains("X-1"), "{page}");
    firm.sound();
}

fn an_invoice_in_doubt_is_never_sent_twice(mut firm: Firm) {
    firm.staff();
    let practice = Practice::new(&firm);
    let cut = |kept: bool| {
        let fault = Fault::new(What::CutAfterBody, Operation::Submit).times(1);
        if kept { fault.kept() } else { fault }
    };
    assert!(practice.running.fault("standard", cut(true)));
    assert!(practice.running.fault("upload", cut(true)));
    practice.queue(&firm, &[("A-2", "C1"), ("U-2", "C2")]);
    let said = practice.night(&firm);
    assert_eq!(said.status, 1, "{}{}", said.out, said.err);
    // The standard cannot be asked by number: a person has to look. The upload can.
    assert_eq!(state(&firm, "A-2"), "in doubt");
    assert_eq!(state(&firm, "U-2"), "submitted", "{}", said.out);
    practice.night(&firm);
    assert_eq!(practice.accepted("standard").get("A-2"), Some(&1));
    assert_eq!(practice.accepted("upload").get("U-2"), Some(&1));
    firm.call(
        "ann",
        &["settle", "A-2", "--arrived", "--reason", "seen in its list"],
    )
    .well();
    // What never arrived is sent again, once the portal was asked.
    assert!(practice.running.fault("upload", cut(false)));
    practice.queue(&firm, &[("U-3", "C2")]);
    practice.night(&firm);
    assert_eq!(state(&firm, "U-3"), "submitted");
    assert_eq!(practice.accepted("upload").get("U-3"), Some(&1));
    firm.sound();
}

fn a_portal_that_is_down_delays_nobody_else(mut firm: Firm) {
    firm.staff();
    let practice = Practice::new(&firm);
    let down = Fault::new(What::Busy, Operation::Submit).retry_after(3600);
    assert!(practice.running.fault("standard", down));
    practice.queue(&firm, &[("A-4", "C1"), ("U-4", "C2"), ("U-5", "C2")]);
    let said = practice.night(&firm);
    assert_eq!(said.status, 1, "{}{}", said.out, said.err);
    assert!(
        said.out.contains("Not sent") && said.out.contains("A-4"),
        "{}",
        said.out
    );
    assert_eq!(state(&firm, "A-4"), "queued");
    assert_eq!(state(&firm, "U-4"), "submitted");
    assert_eq!(state(&firm, "U-5"), "submitted");
    // What was withdrawn while it waited is not sent, and the night ends.
    practice.queue(&firm, &[("U-6", "C2")]);
    firm.call("ann", &["withdraw", "U-6", "--reason", "wrong client"])
        .well();
    practice.night(&firm);
    assert_eq!(practice.accepted("upload").get("U-6"), None);
    assert_eq!(state(&firm, "U-6"), "withdrawn");
    firm.call("ann", &["unqueue", "A-4"]).well();
    assert_eq!(state(&firm, "A-4"), "cleared");
    firm.sound();
}

/// Somebody uploads an invoice on the portal's page.
fn by_hand(practice: &Practice, number: &str, total: &str) {
    let text = invoice(number, "C2", "300.00", "Draft motion to compel").replace("300.00", total);
    let url = format!(
        "{}/upload",
        practice.running.base("upload").expect("it is there")
    );
    // Another test may have installed it before.
    let _ = rustls::crypto::ring::default_provider().install_default();
    crate::firm::wait(async {
        let part = Part::text(text).file_name(format!("{number}.txt"));
        let post = reqwest::Client::new()
            .post(url)
            .basic_auth("firm", Some("s2"));
        let answer = post.multipart(Form::new().part("file", part)).send().await;
        assert!(answer.expect("an answer").status().is_success());
    });
}

fn what_is_called_a_duplicate_is_looked_up_first(mut firm: Firm) {
    firm.staff();
    let practice = Practice::new(&firm);
    let accounts = std::fs::read_to_string(&practice.accounts).expect("accounts");
    let named = accounts.replace(
        "number={invoice_number}\"\n",
        "number={invoice_number}\"\noriginal_total = \"/total\"\n",
    );
    assert_ne!(named, accounts);
    std::fs::write(&practice.accounts, named).expect("written");
    // It is not there, whatever the portal says: it goes again, later.
    let false_word = Fault::new(What::DuplicateRefusal, Operation::Submit).times(1);
    assert!(practice.running.fault("upload", false_word));
    practice.queue(&firm, &[("U-1", "C2")]);
    practice.night(&firm);
    assert_eq!(state(&firm, "U-1"), "queued");
    crate::query(&firm.url, "UPDATE submission SET next_ms = 0");
    practice.night(&firm).well();
    assert_eq!(state(&firm, "U-1"), "submitted");
    // It is there: the same invoice is adopted, another one under its number is a refusal.
    by_hand(&practice, "U-2", "300.00");
    by_hand(&practice, "U-3", "280.00");
    practice.queue(&firm, &[("U-2", "C2"), ("U-3", "C2")]);
    practice.night(&firm);
    assert_eq!(state(&firm, "U-2"), "submitted");
    assert_eq!(state(&firm, "U-3"), "rejected");
    assert_eq!(
        practice.accepted("upload"),
        BTreeMap::from([("U-1", 1), ("U-2", 1), ("U-3", 1)].map(|(n, c)| (n.to_owned(), c)))
    );
    // A portal that says so for ever has refused it.
    let false_word = Fault::new(What::DuplicateRefusal, Operation::Submit);
    assert!(practice.running.fault("upload", false_word));
    practice.queue(&firm, &[("U-4", "C2")]);
    for expected in ["queued", "queued", "queued", "rejected"] {
        practice.night(&firm);
        assert_eq!(state(&firm, "U-4"), expected);
        crate::query(&firm.url, "UPDATE submission SET next_ms = 0");
    }
    firm.sound();
}
