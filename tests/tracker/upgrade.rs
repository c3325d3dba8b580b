//! Stores as earlier programs left them, opened by this one: all is there, and proven.

use crate::firm::{Backend, Firm, invoice};
use crate::query;
use std::fs;
use std::path::{Path, PathBuf};

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/stores")
}

/// The store of a step on a database, with its people, documents and key.
fn left_by(step: &Path, backend: Backend) -> Option<Firm> {
    let mut firm = Firm::without_store(backend)?;
    let name = match backend {
        Backend::Sqlite => "sqlite",
        Backend::Postgres => "postgres",
    };
    let text = |name: String| fs::read_to_string(step.join(name)).expect("a fixture");
    if backend == Backend::Sqlite {
        fs::write(&firm.url, "").expect("made");
    }
    query(&firm.url, &text(format!("{name}.sql")));
    for line in text(format!("tokens-{name}")).lines() {
        let (who, token) = line.split_once(' ').expect("name and token");
        firm.known(who, token);
    }
    fs::create_dir(firm.path("keys")).expect("made");
    fs::copy(step.join("documents.key"), firm.path("keys/documents.key")).expect("copied");
    for entry in walkdir::WalkDir::new(step.join("documents")) {
        let entry = entry.expect("an entry");
        let inner = entry.path().strip_prefix(step).expect("below it");
        let to = firm.path(&inner.display().to_string());
        match entry.file_type().is_dir() {
            true => fs::create_dir_all(to).expect("made"),
            false => drop(fs::copy(entry.path(), to).expect("copied")),
        }
    }
    Some(firm)
}

fn all_is_there(backend: Backend) {
    let steps = fs::read_dir(fixtures()).expect("fixtures");
    let steps: Vec<PathBuf> = steps.map(|e| e.expect("an entry").path()).collect();
    assert!(!steps.is_empty());
    for step in steps.iter().filter(|s| s.is_dir()) {
        let Some(firm) = left_by(step, backend) else {
            return;
        };
        firm.sound();
        let listed = firm
            .call("odd", &["list", "--json", "--sort", "total"])
            .well();
        for (number, state) in [("U-1", "cleared"), ("U-2", "checked"), ("U-3", "withdrawn")] {
            let row = listed
                .lines()
                .find(|l| l.contains(&format!("\"number\":\"{number}\"")));
            let row = row.unwrap_or_else(|| panic!("{number} is missing: {listed}"));
            assert!(row.contains(&format!("\"state\":\"{state}\"")), "{row}");
            assert!(row.contains("\"total\":\"300.00\""), "{row}");
        }
        let shown = firm.call("ann", &["show", "U-2"]).well();
        assert!(
            shown.contains("version   2") && shown.contains("ann: override"),
            "{shown}"
        );
        // The bytes that were taken in then are known still, and life goes on.
        let same = invoice("U-2", "C1", "300.00", "Review the surveyor's second report");
        let file = firm.file("again.txt", &same);
        let said = firm.intake("ann", &file).well();
        assert!(said.contains("known    U-2"), "{said}");
        let new = firm.file(
            "new.txt",
            &invoice("U-1", "C1", "300.00", "Draft the reply"),
        );
        let said = firm.intake("ann", &new).well();
        assert!(
            said.contains("version  U-1") && said.contains("version 2"),
            "{said}"
        );
        firm.call("cid", &["clear", "U-2"]).well();
        firm.sound();
    }
}

#[test]
fn all_is_there_on_sqlite() {
    all_is_there(Backend::Sqlite);
}

#[test]
fn all_is_there_on_postgres() {
    all_is_there(Backend::Postgres);
}
