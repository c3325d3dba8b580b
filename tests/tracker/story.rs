//! An invoice from intake to withdrawal, as the firm's people see it.

use crate::firm::{Firm, invoice};
use crate::on_both;

on_both!(
    from_intake_to_a_new_version,
    the_same_bytes_twice_are_one_invoice,
    people_are_who_they_show_they_are,
    two_clear_at_once,
    lists_are_filtered,
    what_is_kept_cannot_be_read_without_the_key,
);

const WORDS: &str = "Draft motion to compel production of the repair ledger";

fn fingerprint(shown: &str, rule: &str) -> String {
    let line = shown.lines().find(|l| l.contains(&format!(" {rule}: ")));
    let line = line.unwrap_or_else(|| panic!("no {rule} in {shown}"));
    line.split_whitespace()
        .next()
        .expect("a fingerprint")
        .to_owned()
}

fn from_intake_to_a_new_version(mut firm: Firm) {
    firm.staff();
    let wrong = firm.file("a.txt", &invoice("INV-1", "C1", "310.00", WORDS));
    let out = firm.intake("ann", &wrong).well();
    assert!(
        out.contains("new      INV-1: reject, client C1, total 300.00"),
        "{out}"
    );

    // What would bounce is not cleared, and who prepared does not clear.
    firm.call("ann", &["clear", "INV-1"])
        .refused("may not clear");
    firm.call("bob", &["clear", "INV-1"])
        .refused("would bounce");
    let shown = firm.call("bob", &["show", "INV-1"]).well();
    let mark = fingerprint(&shown, "line-math-mismatch");
    firm.call("ann", &["override", "INV-1", &mark, "--reason", "  "])
        .refused("a reason is needed");
    firm.call("ann", &["override", "INV-1", "000000", "--reason", "x"])
        .refused("0 findings");
    firm.call(
        "bob",
        &[
            "override",
            "INV-1",
            &mark,
            "--reason",
            "agreed by telephone",
        ],
    )
    .well();
    firm.call("ann", &["override", "INV-1", &mark, "--reason", "me too"])
        .refused("bob has set this finding aside already: agreed by telephone");
    firm.call("bob", &["clear", "INV-1"])
        .refused("another partner has to clear");
    let shown = firm.call("cid", &["show", "INV-1"]).well();
    assert!(shown.contains("state     in review"), "{shown}");
    assert!(shown.contains("set aside by bob"), "{shown}");
    firm.call("cid", &["clear", "INV-1", "--document", "ffffffff"])
        .refused("look at it again");
    let out = firm.call("cid", &["clear", "INV-1"]).well();
    assert!(out.contains("by cid"), "{out}");
    firm.call("bob", &["clear", "INV-1"])
        .refused("is cleared by cid");

    // A changed file voids the clearance and the decisions on what it no longer says.
    let right = firm.file("b.txt", &invoice("INV-1", "C1", "300.00", WORDS));
    let out = firm.intake("bob", &right).well();
    assert!(
        out.contains("version  INV-1: ") && out.contains("version 2"),
        "{out}"
    );
    let shown = firm.call("odd", &["show", "INV-1"]).well();
    assert!(
        shown.contains("state     checked") && !shown.contains("cleared   by"),
        "{shown}"
    );
    assert!(!shown.contains("line-math-mismatch: "), "{shown}");
    let old = firm.intake("ann", &wrong);
    assert_eq!(old.status, 1);
    old.refused("an old version of INV-1, which version 2 has replaced");
    firm.call("bob", &["clear", "INV-1"])
        .refused("bob brought in version 2");
    firm.call("cid", &["clear", "INV-1"]).well();
    firm.call("cid", &["reopen", "INV-1", "--reason", "the client called"])
        .well();
    firm.call(
        "bob",
        &[
            "withdraw",
            "INV-1",
            "--reason",
            "billed to the wrong matter",
        ],
    )
    .well();
    let third = firm.file(
        "c.txt",
        &invoice("INV-1", "C1", "300.00", "Draft the same motion again"),
    );
    firm.intake("ann", &third)
        .refused("is withdrawn: it cannot be replaced");
    firm.call("cid", &["clear", "INV-1"])
        .refused("that is its end");
    firm.sound();
}

fn the_same_bytes_twice_are_one_invoice(mut firm: Firm) {
    firm.staff();
    for number in ["A-1", "A-2", "A-3"] {
        firm.file(
            &format!("in/{number}.txt"),
            &invoice(number, "C1", "300.00", WORDS),
        );
    }
    // The same number of another client is another invoice.
    firm.file("in/b.txt", &invoice("A-1", "C2", "300.00", WORDS));
    let folder = firm.path("in").display().to_string();
    let out = firm.intake("nyx", &folder).well();
    assert!(
        out.ends_with("4 new, 0 new versions, 0 known already, 0 refused\n"),
        "{out}"
    );
    let out = firm.intake("ann", &folder).well();
    assert!(
        out.ends_with("0 new, 0 new versions, 4 known already, 0 refused\n"),
        "{out}"
    );
    firm.call("bob", &["show", "A-1"])
        .refused("2 invoices have the number A-1");
    let twice = invoice("A-9", "C1", "300.00", WORDS);
    let line = twice.lines().last().expect("a line");
    let none = firm.file("none.txt", "Dear Sirs, please find enclosed our invoice.");
    let said = firm.intake("ann", &none);
    assert_eq!(said.status, 1);
    let nameless = firm.file("nameless.txt", &twice.replace("|A-9|", "||"));
    firm.intake("ann", &nameless).refused("no number");
    assert!(line.contains("A-9"));
    assert_eq!(
        firm.intake("ann", &firm.path("missing").display().to_string())
            .status,
        3
    );
    firm.sound();
}

fn people_are_who_they_show_they_are(mut firm: Firm) {
    firm.staff();
    firm.call("nobody", &["list"])
        .refused("is nobody who may work here");
    firm.call("ann", &["list", "--as", "bob"])
        .refused("not of the person named with --as");
    firm.call("ann", &["list", "--as", "ann"]).well();
    firm.call(
        "ann",
        &["user", "add", "eve", "--role", "partner", "--token"],
    )
    .refused("that is for: administrator");
    firm.call(
        "root",
        &["user", "add", "ann", "--role", "partner", "--token"],
    )
    .refused("there is a ann already");
    firm.call("root", &["user", "add", "x", "--role", "partner"])
        .refused("say how this person is known");
    firm.call("root", &["user", "deactivate", "root"])
        .refused("last administrator");
    firm.add(
        "eve",
        &["--role", "partner", "--all-clients", "--days", "0"],
    );
    firm.call("eve", &["list"])
        .refused("the token of eve has ended");
    firm.call("root", &["user", "deactivate", "ann"]).well();
    firm.call("ann", &["list"]).refused("CLEANBILL_TOKEN");
    let listed = firm.call("odd", &["user", "list"]).well();
    assert!(listed.contains("no longer works here"), "{listed}");
    firm.sound();
}

fn two_clear_at_once(mut firm: Firm) {
    firm.staff();
    for n in 0..8 {
        let number = format!("R-{n}");
        let file = firm.file(
            &format!("{number}.txt"),
            &invoice(&number, "C1", "300.00", WORDS),
        );
        firm.intake("ann", &file).well();
        let start = |who: &str| {
            let mut command = firm.command(who);
            let piped = std::process::Stdio::piped;
            command
                .args(["clear", &number])
                .stdout(piped())
                .stderr(piped())
                .spawn()
                .expect("it runs")
        };
        let both = [start("bob"), start("cid")];
        let outputs = both.map(|child| child.wait_with_output().expect("it ends"));
        let well = outputs.iter().filter(|o| o.status.success()).count();
        let texts = outputs.map(|o| String::from_utf8_lossy(&o.stderr).into_owned());
        assert_eq!(well, 1, "{texts:?}");
        assert!(texts.concat().contains("is cleared by"), "{texts:?}");
    }
    firm.sound();
}

fn lists_are_filtered(mut firm: Firm) {
    firm.staff();
    for (number, client, total) in [
        ("L-1", "C1", "300.00"),
        ("L-2", "C1", "310.00"),
        ("L-3", "C2", "300.00"),
    ] {
        let file = firm.file(
            &format!("{number}.txt"),
            &invoice(number, client, total, WORDS),
        );
        firm.intake("ann", &file).well();
    }
    firm.call("bob", &["clear", "L-1"]).well();
    let numbers = |args: &[&str]| {
        let mut all = vec!["list", "--json"];
        all.extend(args);
        let out = firm.call("ann", &all).well();
        let mut found: Vec<String> = out
            .lines()
            .map(|l| {
                serde_json::from_str::<serde_json::Value>(l).expect("JSON")["number"].to_string()
            })
            .collect();
        found.sort();
        found.concat().replace('"', " ")
    };
    assert_eq!(numbers(&[]), " L-1  L-2  L-3 ");
    assert_eq!(numbers(&["--state", "cleared"]), " L-1 ");
    assert_eq!(
        numbers(&["--state", "checked", "--state", "cleared", "--client", "C1"]),
        " L-1  L-2 "
    );
    assert_eq!(numbers(&["--client", "C2"]), " L-3 ");
    assert_eq!(
        numbers(&["--matter", "2026-0117", "--limit", "2"])
            .split_whitespace()
            .count(),
        2
    );
    assert_eq!(numbers(&["--at-risk", "300"]), " L-2 ");
    assert_eq!(numbers(&["--at-risk", "300.01"]), "");
    assert_eq!(numbers(&["--older-than", "1"]), "");
    assert_eq!(numbers(&["--older-than", "0"]), " L-1  L-2  L-3 ");
    firm.call("ann", &["list", "--state", "lost"])
        .refused("states are: draft");
}

fn what_is_kept_cannot_be_read_without_the_key(mut firm: Firm) {
    firm.staff();
    let file = firm.file("k.txt", &invoice("K-1", "C1", "310.00", WORDS));
    firm.intake("ann", &file).well();
    let shown = firm.call("ann", &["show", "K-1"]).well();
    let mark = fingerprint(&shown, "line-math-mismatch");
    firm.call(
        "ann",
        &[
            "override",
            "K-1",
            &mark,
            "--reason",
            "Confidential settlement",
        ],
    )
    .well();
    let mut kept = 0;
    for entry in walkdir::WalkDir::new(firm.folder.path()) {
        let entry = entry.expect("an entry");
        let path = entry.path();
        if !entry.file_type().is_file() || path.ends_with("k.txt") {
            continue;
        }
        kept += 1;
        let bytes = std::fs::read(path).expect("readable");
        for words in ["repair ledger", "Confidential settlement", "310.00, "] {
            let found = bytes.windows(words.len()).any(|w| w == words.as_bytes());
            assert!(!found, "\"{words}\" stands in {}", path.display());
        }
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = entry.metadata().expect("metadata").permissions().mode();
            assert_eq!(mode & 0o077, 0, "{} is open to others", path.display());
        }
    }
    assert!(kept > 3);
    let key = firm.path("keys/documents.key");
    let away = firm.path("keys/away");
    std::fs::rename(&key, &away).expect("moved");
    let said = firm.call("ann", &["show", "K-1"]);
    assert_eq!(said.status, 2);
    said.refused("without it the documents cannot be read");
    assert!(
        !key.exists(),
        "a new key was made over a store that has one"
    );
    std::fs::rename(&away, &key).expect("moved back");
    firm.call("ann", &["show", "K-1"]).well();
}
