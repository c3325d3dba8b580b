//! What leaves and what does not: the portal's dialect, the day's quota, the proof, the log, and the report by mail.

use crate::firm::{Firm, invoice};
use crate::night::{Practice, state};
use crate::on_both;
use chrono::Timelike;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::thread;

on_both!(
    what_a_portal_does_not_take_is_refused_with_why,
    no_more_invoices_a_day_than_the_account_bears,
    the_proof_of_what_was_sent,
    the_log_is_json_and_holds_nothing_confidential,
    the_morning_report_is_mailed,
);

fn what_a_portal_does_not_take_is_refused_with_why(mut firm: Firm) {
    firm.staff();
    let practice = Practice::new(&firm);
    let text = invoice("D-1", "C9", "300.00", "Draft motion to compel");
    let path = firm.file("D-1.txt", &text);
    firm.intake("ann", &path).well();
    firm.call("bob", &["clear", "D-1"]).well();
    let pack = |formats: &str| {
        format!(
            "pack = \"collaborati\"\ntitle = \"Collaborati\"\nversion = \"firm\"\ngoverns = {{ portal = [\"Collaborati\"] }}\n\
             [terms]\nways = [\"agreed\"]\nproven = \"no\"\nsource = \"the client's letter\"\nformats = [{formats}]\n"
        )
    };
    firm.file("strict/collaborati.toml", &pack("\"2000\""));
    firm.file("open/collaborati.toml", &pack("\"1998B\""));
    let packs = |name: &str| firm.path(name).display().to_string();
    let queue = |name: &str| {
        let args = ["submit", "D-1", "--queue", "--account", "upload", "--packs"];
        let packs = packs(name);
        let more = [packs.as_str(), "--accounts", &practice.accounts];
        firm.call("ann", &[&args[..], &more].concat())
    };
    let told = queue("strict").refused("takes 2000 (the client's letter)");
    assert!(told.contains("cleanbill convert --to 2000"), "{told}");
    assert_eq!(state(&firm, "D-1"), "cleared");
    queue("open").well();
    // What the portal takes may have changed since: it is looked at again before a byte leaves.
    let strict = packs("strict");
    let args = [
        "overnight",
        "--accounts",
        &practice.accounts,
        "--packs",
        &strict,
    ];
    let said = firm.call("nyx", &args);
    assert_eq!(said.status, 1, "{}{}", said.out, said.err);
    assert!(said.out.contains("takes 2000"), "{}", said.out);
    assert!(practice.accepted("upload").is_empty());
    assert_eq!(state(&firm, "D-1"), "queued");
    firm.sound();
}

fn no_more_invoices_a_day_than_the_account_bears(mut firm: Firm) {
    firm.staff();
    let practice = Practice::new(&firm);
    // A day that does not end while the test runs.
    let zone = match chrono::Utc::now().hour() {
        0..12 => "UTC",
        _ => "Pacific/Honolulu",
    };
    let text = fs::read_to_string(&practice.accounts).expect("accounts");
    let limited = format!("limits = {{ per_day = 2, time_zone = \"{zone}\", per_second");
    fs::write(
        &practice.accounts,
        text.replace("limits = { per_second", &limited),
    )
    .expect("written");
    practice.queue(
        &firm,
        &[("A-1", "C1"), ("A-2", "C1"), ("A-3", "C1"), ("U-1", "C2")],
    );
    let said = practice.night(&firm);
    assert_eq!(said.status, 0, "{}{}", said.out, said.err);
    assert!(
        said.out
            .contains("the day's quota of 2 invoices is used up"),
        "{}",
        said.out
    );
    // Another process counts what this one sent.
    practice.night(&firm);
    assert_eq!(practice.accepted("standard").len(), 2);
    assert_eq!(practice.accepted("upload").len(), 1);
    assert_eq!(state(&firm, "A-3"), "queued");
    let two_days = 2 * 24 * 60 * 60 * 1000;
    crate::query(
        &firm.url,
        &format!("UPDATE submission SET sent_ms = sent_ms - {two_days}"),
    );
    practice.night(&firm);
    assert_eq!(practice.accepted("standard").get("A-3"), Some(&1));
    firm.sound();
}

fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap_or_else(|e| panic!("{e}: {text}"))
}

fn the_proof_of_what_was_sent(mut firm: Firm) {
    firm.staff();
    let practice = Practice::new(&firm);
    practice.queue(&firm, &[("U-1", "C2")]);
    // Two invoices in one file: each leaves alone.
    let first = invoice("U-2", "C2", "300.00", "Draft motion to compel");
    let second = invoice(
        "U-3",
        "C2",
        "300.00",
        "Confer with the expert on the survey",
    );
    let row = second.lines().last().expect("a row");
    let both = firm.file("both.txt", &format!("{first}{row}\n"));
    firm.intake("ann", &both).well();
    for number in ["U-2", "U-3"] {
        firm.call("bob", &["clear", number]).well();
    }
    let never = firm.call("odd", &["show", "U-2", "--proof"]).well();
    assert!(never.contains("never sent"), "{never}");
    practice.queue(&firm, &[]);
    practice.night(&firm).well();
    let proof = firm.call("odd", &["show", "U-1", "--proof"]).well();
    for part in [
        "the cleared file, byte for byte",
        "(by bob)",
        "by nyx",
        "\"taken\"",
        "Nothing was altered",
    ] {
        assert!(proof.contains(part), "{part} is not in {proof}");
    }
    let proof = json(
        &firm
            .call("odd", &["show", "U-2", "--proof", "--json"])
            .well(),
    );
    let attempt = &proof["attempts"][0];
    assert_ne!(attempt["sent"], attempt["cleared"]);
    assert_eq!(attempt["answers"][0]["kept"], "kept");
    assert_eq!(proof["broken"].as_array().map(Vec::len), Some(0));
    // The portal has exactly these bytes.
    let rows = practice.running.ledger("upload");
    let there = rows
        .iter()
        .find(|r| r.number == "U-2")
        .expect("it is there");
    assert_eq!(attempt["sent"], there.sha256.as_str());
    firm.call("root", &["show", "U-1", "--proof"])
        .refused("may not look at invoices");
    // The kept file is taken away, and then an event is written anew.
    let hash = attempt["sent"].as_str().expect("a hash");
    let all = walkdir::WalkDir::new(firm.path("documents")).into_iter();
    let kept = all.flatten().find(|e| {
        e.path()
            .display()
            .to_string()
            .replace('/', "")
            .contains(hash)
    });
    fs::remove_file(kept.expect("it is kept").path()).expect("removed");
    let said = firm.call("odd", &["show", "U-2", "--proof"]);
    assert_eq!(said.status, 1, "{}{}", said.out, said.err);
    assert!(
        said.out.contains("GONE OR ALTERED") && said.out.contains("BROKEN"),
        "{}",
        said.out
    );
    crate::query(
        &firm.url,
        "UPDATE event SET actor = 'eve' WHERE step = 'send'",
    );
    let said = firm.call("odd", &["show", "U-1", "--proof"]);
    assert_eq!(said.status, 1, "{}{}", said.out, said.err);
    assert!(said.out.contains("is not what was written"), "{}", said.out);
}

fn the_log_is_json_and_holds_nothing_confidential(mut firm: Firm) {
    firm.staff();
    let practice = Practice::new(&firm);
    practice.queue(&firm, &[("A-1", "C1"), ("X-1", "C1"), ("U-1", "C2")]);
    let mut lines = 0;
    for _ in 0..2 {
        let output = firm
            .command("nyx")
            .args(["overnight", "--accounts", &practice.accounts])
            .env("CLEANBILL_LOG", "trace")
            .env("CLEANBILL_LOG_FORMAT", "json")
            .output()
            .expect("it runs");
        let log = String::from_utf8(output.stderr).expect("text");
        for line in log.lines() {
            let line = json(line);
            assert!(
                line["level"].is_string() && line["timestamp"].is_string(),
                "{line}"
            );
            lines += 1;
        }
        let secrets = [
            "Draft motion",
            "compel production",
            "Quillfeather",
            firm.token("nyx"),
        ];
        // The passwords of the practice portals, as they would stand in a form or a header.
        let encoded = ["client_secret", "Basic ", "Bearer ", "ZmlybTpzM", "firm:s2"];
        for confidential in secrets.into_iter().chain(encoded) {
            assert!(!log.contains(confidential), "{confidential} is in the log");
        }
        // The night after asks what became of them.
        practice.running.advance(24 * 60 * 60);
        crate::query(&firm.url, "UPDATE submission SET next_ms = 0");
    }
    assert!(lines > 10, "{lines} lines");
    assert_eq!(state(&firm, "X-1"), "rejected");
    let wrong = firm
        .command("odd")
        .args(["list"])
        .env("CLEANBILL_LOG_FORMAT", "yaml")
        .output()
        .expect("it runs");
    assert_eq!(wrong.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("write text or json"));
}

/// A mail server of few words that keeps what it is given.
pub fn mail_server() -> (u16, Arc<Mutex<String>>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let got: Arc<Mutex<String>> = Arc::default();
    let kept = Arc::clone(&got);
    thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let mut reader = BufReader::new(stream.try_clone().expect("a reader"));
            let _ = stream.write_all(b"220 practice\r\n");
            let (mut line, mut in_mail) = (String::new(), false);
            while reader.read_line(&mut line).is_ok_and(|n| n > 0) {
                kept.lock().expect("whole").push_str(&line);
                let said = line.trim_end().to_owned();
                line.clear();
                if in_mail && said != "." {
                    continue;
                }
                in_mail = said == "DATA";
                let answer = if in_mail { "354 go on" } else { "250 taken" };
                let _ = stream.write_all(format!("{answer}\r\n").as_bytes());
            }
        }
    });
    (port, got)
}

fn the_morning_report_is_mailed(mut firm: Firm) {
    firm.staff();
    let practice = Practice::new(&firm);
    practice.queue(&firm, &[("H-1", "C3")]);
    let (port, got) = mail_server();
    let night = |server: &str, more: &[&str]| {
        let output = firm
            .command("nyx")
            .args(["overnight", "--accounts", &practice.accounts])
            .args(more)
            .env("CLEANBILL_MAIL_SERVER", server)
            .env("CLEANBILL_MAIL_FROM", "Billing <billing@firm.example>")
            .output();
        output.expect("it runs")
    };
    let server = format!("smtp://127.0.0.1:{port}");
    let to = ["--mail", "ann@firm.example", "--mail", "bob@firm.example"];
    let output = night(&server, &to);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let mail = got.lock().expect("whole").clone();
    for part in [
        "RCPT TO:<ann@firm.example>",
        "RCPT TO:<bob@firm.example>",
        "1 thing needs a person",
        "H-1",
        "text/html",
    ] {
        assert!(mail.contains(part), "{part} is not in {mail}");
    }
    let subject = mail
        .lines()
        .find(|l| l.starts_with("Subject:"))
        .expect("a subject");
    assert!(
        !subject.contains("H-1") && !subject.contains("C3"),
        "{subject}"
    );
    // A report that cannot be mailed is printed all the same, and the night does not pass for good.
    let output = night("smtp://127.0.0.1:1", &to);
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stdout).contains("Morning report"));
    assert!(String::from_utf8_lossy(&output.stderr).contains("was not mailed"));
    let output = night("", &to);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stderr).contains("mail_server"));
    firm.sound();
}
