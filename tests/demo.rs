//! The demo, as somebody runs it who has nothing yet.

use std::process::{Command, Output};

fn demo(args: &[&str], home: &std::path::Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_cleanbill"))
        .args(args)
        .env("HOME", home)
        .env_remove("CLEANBILL_TOKEN")
        .output()
        .expect("it runs")
}

#[test]
fn from_intake_to_the_morning_report() {
    let folder = tempfile::tempdir().expect("a folder");
    let place = folder.path().join("month");
    let shown = place.display().to_string();
    let output = demo(&["demo", "--folder", &shown], folder.path());
    let said = String::from_utf8(output.stdout).expect("text");
    let err = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{said}{err}");
    for part in [
        "12 invoices were taken in and checked by Nora Whitlock: 5 may go, 7 would be rejected",
        "5 invoices were cleared by Henrik Soames",
        "so Amara Obi had to agree",
        "5 invoices were sent through 3 accounts, each once",
        "M5501",
        "morning.html",
        // What a person has to decide, and until when.
        "3 things need a person",
        "legal-tracker, approved 2,750.90",
        "Windows closing        2",
    ] {
        assert!(said.contains(part), "{part} is not in {said}");
    }
    let report = std::fs::read_to_string(place.join("morning.html")).expect("a report");
    for part in ["Sent", "Rejected", "Reduced", "Paid"] {
        assert!(report.contains(part), "{part} is not in {report}");
    }
    // The store is one like any other.
    let settings = place.join("cleanbill.toml").display().to_string();
    let listed = demo(&["--config", &settings, "list"], folder.path());
    let listed = String::from_utf8(listed.stdout).expect("text");
    assert!(
        listed.contains("H-3301") && listed.contains("rejected"),
        "{listed}"
    );
    let proof = ["--config", &settings, "show", "H-3301", "--proof"];
    let proof = demo(&proof, folder.path());
    let proof = String::from_utf8(proof.stdout).expect("text");
    assert!(proof.contains("Nothing was altered"), "{proof}");
    // Nothing of anybody's is written over.
    let again = demo(&["demo", "--folder", &shown], folder.path());
    assert_eq!(again.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&again.stderr).contains("is not empty"));
}
