//! Whatever is changed behind the program's back is found and named.

use crate::firm::{Firm, invoice};
use crate::{on_both, query};

on_both!(
    changed_events_are_named,
    heads_catch_what_chains_cannot,
    changed_documents_are_named
);

fn two_invoices(firm: &mut Firm) {
    firm.staff();
    for number in ["T-1", "T-2"] {
        let file = firm.file(
            &format!("{number}.txt"),
            &invoice(number, "C1", "300.00", "Draft motion to compel"),
        );
        firm.intake("ann", &file).well();
    }
    firm.call("bob", &["clear", "T-1"]).well();
}

/// Does something wrong, and it is found with these words.
fn found(firm: &Firm, sql: &str, named: &str, what: &str) {
    assert!(query(&firm.url, sql) > 0, "nothing changed by {sql}");
    let said = firm.call("odd", &["audit", "verify"]);
    assert_eq!(said.status, 1, "{}{}", said.out, said.err);
    let line = said
        .out
        .lines()
        .find(|l| l.starts_with("BROKEN") && l.contains(named));
    let line = line.unwrap_or_else(|| panic!("{named} is not named: {}", said.out));
    assert!(line.contains(what), "{line}");
}

const T1: &str = "(SELECT id FROM invoice WHERE number = 'T-1')";

fn changed_events_are_named(mut firm: Firm) {
    two_invoices(&mut firm);
    firm.sound();
    for (column, value, back) in [
        ("actor", "'cid'", "'bob'"),
        ("at_ms", "at_ms + 1", "at_ms - 1"),
        ("step", "'withdraw'", "'clear'"),
        (
            "facts",
            "replace(facts, '\"version\":1', '\"version\":2')",
            "replace(facts, '\"version\":2', '\"version\":1')",
        ),
        ("facts", "facts || ' '", "rtrim(facts)"),
        ("hash", "replace(hash, '0', '1')", ""),
    ] {
        let sql = |value: &str| {
            format!("UPDATE event SET {column} = {value} WHERE chain = {T1} AND seq = 3")
        };
        if column == "hash" {
            query(
                &firm.url,
                &format!("UPDATE event SET hash = 'ab' WHERE chain = {T1} AND seq = 2"),
            );
            found(
                &firm,
                &sql("hash"),
                "T-1",
                "event 2 is not what was written",
            );
            break;
        }
        found(
            &firm,
            &sql(value),
            "invoice T-1",
            "event 3 is not what was written",
        );
        query(&firm.url, &sql(back));
        firm.sound();
    }
    found(
        &firm,
        "UPDATE invoice SET state = 'cleared' WHERE number = 'T-2'",
        "invoice T-2",
        "state is \"cleared\", its events make it \"checked\"",
    );
    query(
        &firm.url,
        "UPDATE invoice SET state = 'checked' WHERE number = 'T-2'",
    );
    found(
        &firm,
        "UPDATE person SET role = 'partner' WHERE name = 'ann'",
        "people",
        "ann: role is",
    );
    found(
        &firm,
        "DELETE FROM invoice WHERE number = 'T-2'",
        "BROKEN",
        "its events are there",
    );
}

fn heads_catch_what_chains_cannot(mut firm: Firm) {
    two_invoices(&mut firm);
    let head = firm.path("head").display().to_string();
    firm.call("odd", &["audit", "head", &head]).well();
    // What comes after is no fault.
    firm.call("cid", &["clear", "T-2"]).well();
    firm.call("odd", &["audit", "verify", "--head", &head])
        .well();

    // The last event dropped, and the state made to fit: the chain alone looks well.
    query(
        &firm.url,
        &format!("DELETE FROM event WHERE chain = {T1} AND seq = 3"),
    );
    query(
        &firm.url,
        "UPDATE invoice SET state = 'checked', cleared_by = NULL, seq = 2, \
         changed_ms = (SELECT at_ms FROM event WHERE chain = invoice.id AND seq = 2), \
         head = (SELECT hash FROM event WHERE chain = invoice.id AND seq = 2) WHERE number = 'T-1'",
    );
    firm.sound();
    let said = firm.call("odd", &["audit", "verify", "--head", &head]);
    assert_eq!(said.status, 1);
    let out = said.refused("invoice T-1");
    assert!(
        out.contains("it has 2 events, but had 3 when the head was signed"),
        "{out}"
    );

    // Written anew, with another partner's name: again the chain alone looks well.
    firm.call("cid", &["clear", "T-1"]).well();
    firm.sound();
    firm.call("odd", &["audit", "verify", "--head", &head])
        .refused("the chain was written anew");

    // A whole chain gone.
    query(&firm.url, &format!("DELETE FROM event WHERE chain = {T1}"));
    query(&firm.url, "DELETE FROM invoice WHERE number = 'T-1'");
    firm.sound();
    firm.call("odd", &["audit", "verify", "--head", &head])
        .refused("it has 0 events, but had 3");

    // A head that was made to fit.
    let text = std::fs::read_to_string(&head).expect("the head");
    std::fs::write(&head, text.replacen("\"seq\": 3", "\"seq\": 2", 1)).expect("written");
    firm.call("odd", &["audit", "verify", "--head", &head])
        .refused("changed after it was signed");
}

fn changed_documents_are_named(mut firm: Firm) {
    two_invoices(&mut firm);
    let documents: Vec<_> = walkdir::WalkDir::new(firm.path("documents"))
        .into_iter()
        .map(|e| e.expect("an entry"))
        .filter(|e| e.file_type().is_file())
        .map(walkdir::DirEntry::into_path)
        .collect();
    assert_eq!(documents.len(), 4, "two files and two reports");
    for path in &documents {
        let bytes = std::fs::read(path).expect("readable");
        let name = path
            .file_stem()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        for at in [0, bytes.len() / 3, bytes.len() / 2, bytes.len() - 1] {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            std::fs::write(path, changed).expect("written");
            firm.call("odd", &["audit", "verify"]).refused(&name);
        }
        std::fs::remove_file(path).expect("removed");
        firm.call("odd", &["audit", "verify"]).refused("is missing");
        std::fs::write(path, bytes).expect("written");
    }
    // One document in another's place.
    std::fs::copy(&documents[0], &documents[1]).expect("copied");
    firm.call("odd", &["audit", "verify"])
        .refused("is not what it was when it was stored");
}
