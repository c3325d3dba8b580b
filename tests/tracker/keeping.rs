//! What is kept, for how long, and how it leaves: versions, history, backups, exports, retention.

use crate::firm::{Backend, Firm, invoice};
use crate::inside::at_bobs_desk;
use crate::{on_both, query};
use chrono::{Days, Utc};
use cleanbill::workflow::system_clock;
use std::fs;
use std::path::Path;

on_both!(
    a_version_is_of_one_invoice,
    what_was_billed_before_is_known,
    what_is_backed_up_is_restored_on_either_database,
    a_backup_that_was_damaged_restores_nothing,
    everything_leaves_as_open_files,
    what_was_purged_is_told_from_what_is_lost,
    heads_are_written_by_date,
    lists_know_partners_and_portals,
    many_in_doubt_are_listed_as_few_are,
    reading_makes_no_store,
);

const WORDS: &str = "Draft motion to compel production of the repair ledger";

/// Two invoices in one file: the lines of both under one head.
fn together(one: &str, two: &str) -> String {
    let records = |text: &str| {
        text.lines()
            .skip(2)
            .map(|l| format!("{l}\n"))
            .collect::<String>()
    };
    let head: String = one.lines().take(2).map(|l| format!("{l}\n")).collect();
    head + &records(one) + &records(two)
}

fn a_version_is_of_one_invoice(mut firm: Firm) {
    firm.staff();
    let (a, b) = (
        invoice("V-1", "C1", "300.00", WORDS),
        invoice("V-2", "C2", "300.00", WORDS),
    );
    let file = firm.file("both.txt", &together(&a, &b));
    firm.intake("ann", &file).well();
    firm.call("bob", &["clear", "V-1"]).well();
    firm.call("bob", &["clear", "V-2"]).well();
    // The second is changed: the clearance of the first stands.
    let changed = invoice("V-2", "C2", "300.00", "Draft the reply brief");
    let file = firm.file("changed.txt", &together(&a, &changed));
    let said = firm.intake("ann", &file).well();
    assert!(
        said.contains("known    V-1") && said.contains("version  V-2"),
        "{said}"
    );
    let shown = firm.call("odd", &["show", "V-1"]).well();
    assert!(
        shown.contains("state     cleared") && shown.contains("version   1"),
        "{shown}"
    );
    let shown = firm.call("odd", &["show", "V-2"]).well();
    assert!(
        shown.contains("state     checked") && shown.contains("version   2"),
        "{shown}"
    );
    // Each alone, in either order: nothing new. The first version of the second is an old one.
    let alone = firm.file("alone.txt", &a);
    assert!(firm.intake("ann", &alone).well().contains("known    V-1"));
    let turned = firm.file("turned.txt", &together(&changed, &a));
    let said = firm.intake("ann", &turned).well();
    assert!(said.contains("2 known already"), "{said}");
    let old = firm.file("old.txt", &b);
    firm.intake("ann", &old).refused("an old version of V-2");
    // What is wrong with the file as a whole makes other versions of all it holds.
    let marked = firm.file(
        "marked.txt",
        &a.replacen("LEDES1998B[]", "LEDES1998BI[]", 1),
    );
    let said = firm.intake("ann", &marked).well();
    assert!(said.contains("version  V-1"), "{said}");
    firm.sound();
}

fn what_was_billed_before_is_known(mut firm: Firm) {
    firm.staff();
    let intake = |name: &str, number: &str, client: &str| {
        let file = firm.file(name, &invoice(number, client, "300.00", WORDS));
        firm.intake("ann", &file).well();
        firm.call("ann", &["show", number]).well()
    };
    let first = intake("h1.txt", "H-1", "C1");
    assert!(!first.contains("overlapping-billing-period"), "{first}");
    let second = intake("h2.txt", "H-2", "C1");
    assert!(
        second.contains("overlapping-billing-period: ") && second.contains("H-1"),
        "{second}"
    );
    // Of another client, nothing; and what was withdrawn was never billed.
    let other = intake("h3.txt", "H-3", "C2");
    assert!(!other.contains("overlapping-billing-period"), "{other}");
    for number in ["H-1", "H-2"] {
        firm.call("bob", &["withdraw", number, "--reason", "not sent"])
            .well();
    }
    let third = intake("h4.txt", "H-4", "C1");
    assert!(!third.contains("overlapping-billing-period"), "{third}");
    // Those that come together are judged one after another; a version is not judged by the one before it.
    let both = together(
        &invoice("H-5", "C3", "300.00", WORDS),
        &invoice("H-6", "C3", "300.00", WORDS),
    );
    let file = firm.file("both.txt", &both);
    firm.intake("ann", &file).well();
    let shown = |number: &str| firm.call("ann", &["show", number]).well();
    assert!(!shown("H-5").contains("overlapping-billing-period"));
    assert!(shown("H-6").contains("overlapping-billing-period"));
    let again = intake("h4b.txt", "H-4", "C1");
    assert!(again.contains("version   1"), "{again}");
    let file = firm.file(
        "h4c.txt",
        &invoice("H-4", "C1", "300.00", "Draft the reply"),
    );
    firm.intake("ann", &file).well();
    let again = shown("H-4");
    assert!(again.contains("version   2"), "{again}");
    assert!(!again.contains("duplicate-invoice-number"), "{again}");
}

/// A firm of three invoices in several states.
fn busy(firm: &mut Firm) {
    firm.staff();
    for (number, total) in [("B-1", "300.00"), ("B-2", "310.00"), ("B-3", "300.00")] {
        let text = invoice(number, "C1", total, WORDS);
        let file = firm.file(&format!("{number}.txt"), &text);
        firm.intake("ann", &file).well();
    }
    firm.call("bob", &["clear", "B-1"]).well();
    firm.call(
        "cid",
        &["withdraw", "B-3", "--reason", "billed to the wrong matter"],
    )
    .well();
    firm.call(
        "bob",
        &["retention", "set", "--client", "C1", "--years", "7"],
    )
    .well();
}

fn listed(firm: &Firm) -> Vec<String> {
    let out = firm.call("odd", &["list", "--json"]).well();
    let mut rows: Vec<String> = out.lines().map(str::to_owned).collect();
    rows.sort();
    rows
}

/// The same firm on another database, empty, with the same keys and people.
fn moved(firm: &Firm, backend: Backend) -> Option<Firm> {
    let mut new = Firm::without_store(backend)?;
    fs::create_dir(new.path("keys")).expect("made");
    fs::copy(
        firm.path("keys/documents.key"),
        new.path("keys/documents.key"),
    )
    .expect("copied");
    for who in ["root", "ann", "bob", "cid", "odd", "nyx"] {
        new.give_token(who, firm.token(who));
    }
    Some(new)
}

fn what_is_backed_up_is_restored_on_either_database(mut firm: Firm) {
    busy(&mut firm);
    let before = listed(&firm);
    let head = firm.path("before.head").display().to_string();
    firm.call("odd", &["audit", "head", &head]).well();
    let file = firm.path("kept.cleanbill").display().to_string();
    firm.call("ann", &["backup", &file])
        .refused("may not make backups");
    let said = firm.call("nyx", &["backup", &file]).well();
    assert!(
        said.contains("3 invoices") && said.contains("every part compared"),
        "{said}"
    );
    firm.call("root", &["backup", &file])
        .refused("is there already");
    let bytes = fs::read(&file).expect("the backup");
    // Eight letters at the least: three stand in half a megabyte of noise by chance, once in forty times.
    for words in [
        "repair ledger",
        "wrong matter",
        "invoice_number",
        "specialist",
    ] {
        let found = bytes.windows(words.len()).any(|w| w == words.as_bytes());
        assert!(!found, "\"{words}\" stands in the backup");
    }
    for backend in [Backend::Sqlite, Backend::Postgres] {
        let Some(new) = moved(&firm, backend) else {
            continue;
        };
        let said = new.call("root", &["restore", &file]).well();
        assert!(said.contains("Nothing was altered."), "{said}");
        assert_eq!(listed(&new), before);
        fs::copy(firm.path("keys/audit.key"), new.path("keys/audit.key")).expect("copied");
        new.call("odd", &["audit", "verify", "--head", &head])
            .well();
        let shown = new.call("cid", &["show", "B-2"]).well();
        assert!(shown.contains("line-math-mismatch"), "{shown}");
        let rules = new.call("odd", &["retention", "list"]).well();
        assert!(rules.contains("7 years"), "{rules}");
        // Life goes on there, and nothing is restored over it.
        new.call("cid", &["reopen", "B-1", "--reason", "the client called"])
            .well();
        new.sound();
        new.call("root", &["restore", &file])
            .refused("the store is not empty");
        new.sound();
    }
    firm.sound();
}

fn a_backup_that_was_damaged_restores_nothing(mut firm: Firm) {
    busy(&mut firm);
    let file = firm.path("kept.cleanbill").display().to_string();
    firm.call("root", &["backup", &file]).well();
    let bytes = fs::read(&file).expect("the backup");
    let new = moved(&firm, Backend::Sqlite).expect("SQLite");
    let damaged = firm.path("damaged").display().to_string();
    for at in [3, bytes.len() / 3, bytes.len() / 2, bytes.len() - 2] {
        let mut changed = bytes.clone();
        changed[at] ^= 4;
        fs::write(&damaged, changed).expect("written");
        new.call("root", &["restore", &damaged]).refused("damaged");
    }
    for length in [0, 100, bytes.len() / 2, bytes.len() - 1] {
        fs::write(&damaged, &bytes[..length]).expect("written");
        new.call("root", &["restore", &damaged]).refused("damaged");
    }
    assert!(!Path::new(&new.url).exists(), "a store was begun");
    // With another key, and without one.
    fs::rename(new.path("keys/documents.key"), new.path("keys/away")).expect("moved");
    new.call("root", &["restore", &file])
        .refused("without it the documents cannot be read");
    let mut stranger = Firm::on(Backend::Sqlite).expect("SQLite");
    stranger.staff();
    let other = stranger.path("keys/documents.key");
    fs::copy(&other, new.path("keys/documents.key")).expect("copied");
    new.call("root", &["restore", &file])
        .refused("cannot be opened with the key age1");
    // A backup for somebody else's key: theirs opens it, the documents still need their own.
    let text = fs::read_to_string(&other).expect("a key");
    let public = text
        .lines()
        .find_map(|l| l.strip_prefix("# public key: "))
        .expect("a public key");
    let given = firm.path("given.cleanbill").display().to_string();
    let said = firm
        .call("root", &["backup", "--to", public, &given])
        .well();
    assert!(said.contains("only the holder of that key"), "{said}");
    firm.call(
        "root",
        &[
            "backup",
            "--to",
            "age1nobody",
            &firm.path("x").display().to_string(),
        ],
    )
    .refused("age1... is expected");
    new.call("root", &["restore", &given])
        .refused("holds the key");
    fs::rename(new.path("keys/away"), new.path("keys/documents.key")).expect("moved");
    new.call("root", &["restore", &given]).refused("--identity");
    let other = other.display().to_string();
    new.call("root", &["restore", "--identity", &other, &given])
        .well();
    new.sound();
}

fn everything_leaves_as_open_files(mut firm: Firm) {
    busy(&mut firm);
    firm.add("dan", &["--role", "partner", "--client", "C1"]);
    let folder = firm.path("everything");
    let name = folder.display().to_string();
    firm.call("ann", &["export", &name])
        .refused("may not export everything");
    firm.call("dan", &["export", &name])
        .refused("serves only some clients");
    assert!(!folder.exists());
    let said = firm.call("bob", &["export", &name]).well();
    assert!(said.contains("3 invoices written"), "{said}");
    let read = |name: &str| fs::read_to_string(folder.join(name)).expect("a file");
    let mut csv = csv::Reader::from_path(folder.join("invoices.csv")).expect("a table");
    let rows: Vec<csv::StringRecord> = csv.records().map(|r| r.expect("a row")).collect();
    assert_eq!(rows.len(), 3);
    assert!(
        rows.iter()
            .any(|r| r.iter().any(|c| c == "B-1") && r.iter().any(|c| c == "cleared"))
    );
    assert_eq!(
        read("retention.csv"),
        "client_id,years_after_the_end\nC1,7\n"
    );
    assert!(read("people.csv").contains("ann,specialist,all,yes"));
    assert!(read("README.txt").contains("invoices/CLIENT/NUMBER/"));
    let own = read("invoices/C1/B-1/0001-invoice-file");
    assert_eq!(own, invoice("B-1", "C1", "300.00", WORDS));
    assert!(read("invoices/C1/B-3/0003-reason.txt").contains("wrong matter"));
    for line in read("events.jsonl").lines() {
        let event: serde_json::Value = serde_json::from_str(line).expect("JSON");
        assert!(event["hash"].is_string());
    }
    // Nothing of how people sign in.
    for entry in walkdir::WalkDir::new(&folder) {
        let entry = entry.expect("an entry");
        if entry.file_type().is_file() {
            let text = fs::read_to_string(entry.path()).expect("text");
            assert!(!text.contains("token"), "{}", entry.path().display());
        }
    }
    firm.call("bob", &["export", &name])
        .refused("is there already");
}

fn what_was_purged_is_told_from_what_is_lost(mut firm: Firm) {
    firm.staff();
    // B-1 and B-3 share a reason; B-3 stays.
    for number in ["P-1", "P-2", "P-3"] {
        let client = if number == "P-3" { "C2" } else { "C1" };
        let words = format!("{WORDS}, {number}");
        let file = firm.file(
            &format!("{number}.txt"),
            &invoice(number, client, "300.00", &words),
        );
        firm.intake("ann", &file).well();
    }
    for number in ["P-1", "P-3"] {
        firm.call("bob", &["withdraw", number, "--reason", "the same reason"])
            .well();
    }
    firm.call(
        "ann",
        &["retention", "set", "--client", "C1", "--years", "2"],
    )
    .refused("may not say for how long");
    firm.call(
        "bob",
        &["retention", "set", "--client", "C1", "--years", "2"],
    )
    .well();
    let report = |today: &str| {
        firm.call("odd", &["retention", "report", "--today", today])
            .well()
    };
    let today = Utc::now().date_naive();
    let later = today
        .checked_add_days(Days::new(2 * 366))
        .expect("a day")
        .to_string();
    assert!(report(&today.to_string()).contains("0 invoices may go"));
    let due = report(&later);
    assert!(
        due.contains("P-1") && due.contains("1 invoice may go"),
        "{due}"
    );
    let args = [
        "purge",
        "--by-retention",
        "--reason",
        "yearly",
        "--today",
        &later,
    ];
    firm.call("bob", &args).refused("in the future");
    firm.call("ann", &["purge", "--by-retention", "--reason", "yearly"])
        .refused("may not purge");
    let said = firm
        .call("bob", &["purge", "--by-retention", "--reason", "yearly"])
        .well();
    assert!(said.contains("0 invoices purged"), "{said}");
    let head = firm.path("head").display().to_string();
    firm.call("odd", &["audit", "head", &head]).well();

    let documents = || {
        let files = walkdir::WalkDir::new(firm.path("documents")).into_iter();
        files
            .filter(|e| e.as_ref().expect("an entry").file_type().is_file())
            .count()
    };
    let before = documents();
    at_bobs_desk(&firm, &system_clock, async |desk| {
        let day = later.parse().expect("a day");
        let gone = desk.purge(day, "yearly").await.expect("purged");
        assert_eq!(gone.len(), 1);
        assert_eq!(
            gone[0].documents.len(),
            2,
            "its file and its report; the reason is needed"
        );
        assert!(desk.purge(day, "yearly").await.expect("again").is_empty());
    });
    // The reason of the purge is kept; a purge that took nothing kept none.
    assert_eq!(documents(), before - 2 + 1);
    let verified = firm
        .call("odd", &["audit", "verify", "--head", &head])
        .well();
    assert!(
        verified.contains("2 documents purged on") && verified.contains("by bob"),
        "{verified}"
    );
    firm.call("odd", &["show", "P-1"]).refused("were purged on");
    assert!(firm.call("odd", &["list"]).well().contains("P-1"));
    let shown = firm.call("odd", &["show", "P-3"]).well();
    assert!(shown.contains("why: the same reason"), "{shown}");
    let name = firm.path("everything").display().to_string();
    assert!(
        firm.call("bob", &["export", &name])
            .well()
            .contains("1 more have only their row")
    );
    let file = firm.path("kept.cleanbill").display().to_string();
    firm.call("root", &["backup", &file]).well();
    let new = moved(&firm, Backend::Sqlite).expect("SQLite");
    new.call("root", &["restore", &file]).well();
    let verified = new.call("odd", &["audit", "verify"]).well();
    assert!(verified.contains("2 documents purged on"), "{verified}");
    // The same bytes come again: they are known, and come no further.
    let file = firm.path("P-1.txt").display().to_string();
    assert!(firm.intake("ann", &file).well().contains("known    P-1"));
    // What is gone without an event is lost.
    let any = walkdir::WalkDir::new(firm.path("documents"))
        .into_iter()
        .map(|e| e.expect("an entry"));
    let any = any
        .filter(|e| e.file_type().is_file())
        .last()
        .expect("a document");
    fs::remove_file(any.path()).expect("removed");
    firm.call("odd", &["audit", "verify"]).refused("is missing");
}

fn heads_are_written_by_date(mut firm: Firm) {
    busy(&mut firm);
    let folder = firm.path("heads");
    let name = folder.display().to_string();
    firm.call("odd", &["audit", "head", "--write", &name])
        .well();
    let first = fs::read_dir(&folder)
        .expect("listed")
        .next()
        .expect("a head")
        .expect("an entry")
        .path();
    let today = chrono::Local::now().format("%Y-").to_string();
    let named = first
        .file_name()
        .expect("a name")
        .to_string_lossy()
        .into_owned();
    assert!(
        named.starts_with(&today) && named.ends_with(".head"),
        "{named}"
    );
    firm.call("cid", &["reopen", "B-1", "--reason", "again"])
        .well();
    std::thread::sleep(std::time::Duration::from_millis(1100));
    firm.call("odd", &["audit", "head", "--write", &name])
        .well();
    let mut all: Vec<_> = fs::read_dir(&folder)
        .expect("listed")
        .map(|e| e.expect("an entry").path())
        .collect();
    all.sort();
    assert_eq!(all.len(), 2);
    firm.call("cid", &["clear", "B-1"]).well();
    for head in &all {
        let head = head.display().to_string();
        firm.call("odd", &["audit", "verify", "--head", &head])
            .well();
    }
    firm.call("odd", &["audit", "head", &all[0].display().to_string()])
        .refused("cannot be written");
    firm.call("odd", &["audit", "head"]).refused("<FILE>");
}

/// The numbers of the invoices that are listed to ann, in their order.
fn numbers(firm: &Firm, args: &[&str]) -> String {
    let all: Vec<&str> = ["list", "--json"].iter().chain(args).copied().collect();
    let out = firm.call("ann", &all).well();
    let number = |l: &str| {
        let row: serde_json::Value = serde_json::from_str(l).expect("JSON");
        row["number"].as_str().expect("text").to_owned()
    };
    out.lines().map(number).collect::<Vec<_>>().join(" ")
}

fn lists_know_partners_and_portals(mut firm: Firm) {
    firm.staff();
    firm.file(
        "lists/clients.csv",
        "client_id,client_name,portal\nC1,Northgate,Legal Tracker\nC2,Southgate,Acuity\n",
    );
    firm.file(
        "lists/matters.csv",
        "client_id,law_firm_matter_id,client_matter_id,matter_name,portal,billing_partner\n\
         C1,2026-0117,CM-7,Ledger,,A. Quillfeather\nC2,2026-0117,CM-7,Harbour,Legal-X,B. Brook\n",
    );
    let lists = firm.path("lists").display().to_string();
    for (number, client, total) in [
        ("L-1", "C1", "300.00"),
        ("L-2", "C2", "310.00"),
        ("L-3", "C3", "300.00"),
    ] {
        let file = firm.file(
            &format!("{number}.txt"),
            &invoice(number, client, total, WORDS),
        );
        firm.call(
            "ann",
            &["intake", "--today", "2026-10-06", "--firm", &lists, &file],
        )
        .well();
    }
    let numbers = |args: &[&str]| numbers(&firm, args);
    assert_eq!(numbers(&["--partner", "A. Quillfeather"]), "L-1");
    assert_eq!(numbers(&["--portal", "Legal Tracker"]), "L-1");
    assert_eq!(
        numbers(&["--portal", "Legal-X", "--partner", "B. Brook"]),
        "L-2"
    );
    assert_eq!(numbers(&["--portal", "Acuity"]), "");
    assert_eq!(numbers(&["--sort", "taken"]), "L-1 L-2 L-3");
    assert_eq!(numbers(&["--sort", "age", "--limit", "1"]), "L-1");
    assert_eq!(numbers(&["--sort", "at-risk", "--limit", "1"]), "L-2");
    assert_eq!(numbers(&["--sort", "total"]).split(' ').count(), 3);
    firm.call("ann", &["list", "--sort", "beauty"])
        .refused("orders are: changed");
    let shown = firm.call("ann", &["show", "L-2"]).well();
    assert!(
        shown.contains("partner   B. Brook") && shown.contains("portal    Legal-X"),
        "{shown}"
    );
    firm.sound();
}

/// Beyond some thousands the question is put in another way.
fn many_in_doubt_are_listed_as_few_are(mut firm: Firm) {
    firm.staff();
    query(
        &firm.url,
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 6000) \
         INSERT INTO invoice (id, number, client, matter, currency, at_risk, at_risk_order, lines, verdict, state, \
         version, document, report, preparer, taken_ms, changed_ms, seq, head) \
         SELECT 'i' || i, 'M-' || i, 'C1', 'm', 'USD', CAST(i AS TEXT), i * 10000, 1, 'clean', 'checked', 1, '', '', \
         'ann', i, i, 1, '' FROM n",
    );
    let numbers = |args: &[&str]| numbers(&firm, args);
    assert_eq!(
        numbers(&["--at-risk", "2", "--limit", "2"]),
        "M-6000 M-5999"
    );
    let by_age = ["--at-risk", "2", "--sort", "age", "--limit", "2"];
    assert_eq!(numbers(&by_age), "M-2 M-3");
    assert_eq!(numbers(&["--at-risk", "5999"]), "M-6000 M-5999");
    let by_risk = ["--at-risk", "2", "--sort", "at-risk", "--limit", "1"];
    assert_eq!(numbers(&by_risk), "M-6000");
}

fn reading_makes_no_store(firm: Firm) {
    let Some(empty) = Firm::without_store(firm.backend()) else {
        return;
    };
    for args in [
        &["list"][..],
        &["show", "X-1"],
        &["audit", "verify"],
        &["export", "x"],
    ] {
        let said = empty.call("ann", args);
        assert_eq!(said.status, 2, "{args:?}");
        said.refused("there is no store at");
    }
    assert!(!empty.path("keys").exists() && !empty.path("documents").exists());
    if empty.backend() == Backend::Sqlite {
        assert!(!Path::new(&empty.url).exists());
    }
    firm.call("root", &["list"])
        .refused("may not look at invoices");
}
