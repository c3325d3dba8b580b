//! A month of one firm: twelve invoices of three clients under their packs, with the firm's lists and the month before.

use assert_cmd::Command;
use cleanbill::firm::load;
use std::fs;
use std::path::{Path, PathBuf};

fn month() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/month")
}

/// The report on the month's invoices, with the lists and packs of `from`.
fn report(from: &Path, format: &str) -> String {
    let output = Command::cargo_bin("cleanbill")
        .expect("the program")
        .current_dir(from)
        .args(["check", "invoices", "--packs", "packs", "--firm", "lists"])
        .args(["--history", "history", "--today", "2026-10-06"])
        .args(["--format", format])
        .output()
        .expect("it runs");
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    String::from_utf8(output.stdout).expect("text")
}

fn json(from: &Path) -> serde_json::Value {
    serde_json::from_str(&report(from, "json")).expect("JSON")
}

/// `invoice rule level` of each finding.
fn told(report: &serde_json::Value) -> Vec<String> {
    let invoices = each(report, "files").flat_map(|f| each(f, "invoices"));
    let of = |invoice: &serde_json::Value| -> Vec<String> {
        let text = |value: &serde_json::Value| value.as_str().expect("text").to_owned();
        let number = text(&invoice["number"]);
        each(invoice, "findings")
            .map(|f| format!("{number} {} {}", text(&f["rule"]), text(&f["level"])))
            .collect()
    };
    invoices.flat_map(of).collect()
}

fn each<'a>(
    value: &'a serde_json::Value,
    list: &str,
) -> impl Iterator<Item = &'a serde_json::Value> {
    value[list].as_array().expect("a list").iter()
}

/// A copy of the month that can be changed.
fn copy() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for part in ["invoices", "lists", "packs", "history"] {
        let to = folder.path().join(part);
        fs::create_dir(&to).expect("a folder");
        for entry in fs::read_dir(month().join(part)).expect("fixtures") {
            let from = entry.expect("an entry").path();
            fs::copy(&from, to.join(from.file_name().expect("a name"))).expect("copied");
        }
    }
    folder
}

/// What the month says before and after a line is added to one of its files.
fn change(file: &str, line: &str) -> (Vec<String>, Vec<String>) {
    let folder = copy();
    let before = told(&json(folder.path()));
    let path = folder.path().join(file);
    let text = fs::read_to_string(&path).expect("a fixture");
    fs::write(&path, format!("{text}{line}\n")).expect("written");
    let after = told(&json(folder.path()));
    let only = |one: &[String], other: &[String]| -> Vec<String> {
        let mut rest = other.to_vec();
        let mut left = Vec::new();
        for said in one {
            match rest.iter().position(|r| r == said) {
                Some(at) => drop(rest.remove(at)),
                None => left.push(said.clone()),
            }
        }
        left
    };
    (only(&before, &after), only(&after, &before))
}

#[test]
fn the_month_as_people_read_it() {
    insta::assert_snapshot!(report(&month(), "text"));
}

#[test]
fn the_month_as_a_page() {
    let page = report(&month(), "html");
    for seen in [
        "Halcyon guidelines 4.1",
        "Brightwater terms 4.2",
        "deskbook 7.4",
        "18,848.25 USD",
    ] {
        assert!(page.contains(seen), "{seen}");
    }
}

#[test]
fn money_at_risk_adds_up_and_each_finding_cites_its_pack_and_clause() {
    let report = json(&month());
    let money = |value: &serde_json::Value| -> rust_decimal::Decimal {
        value.as_str().expect("an amount").parse().expect("exact")
    };
    let mut sum = rust_decimal::Decimal::ZERO;
    for invoice in each(&report, "files").flat_map(|f| each(f, "invoices")) {
        let (risk, total) = (money(&invoice["at_risk"]), money(&invoice["total"]));
        assert!(risk <= total, "{invoice}");
        sum += risk;
        for finding in each(invoice, "findings") {
            let cited = |key: &str| finding[key].as_str().is_some_and(|text| !text.is_empty());
            assert!(cited("pack") && cited("source"), "{finding}");
            if let Some(own) = finding.get("at_risk") {
                assert!(money(own) <= total, "{finding}");
            }
        }
    }
    assert_eq!(sum, money(&report["summary"]["at_risk"]["USD"]));
    let clause = |rule: &str| {
        let findings = each(&report, "files").flat_map(|f| each(f, "invoices"));
        let mut findings = findings.flat_map(|i| each(i, "findings"));
        let found = findings.find(|f| f["rule"] == rule).expect("a finding");
        format!("{} {}", found["pack"], found["source"])
    };
    assert_eq!(
        clause("block-billing"),
        "\"halcyon-mutual\" \"Halcyon guidelines 4.1\""
    );
    assert_eq!(
        clause("budget-exceeded"),
        "\"meridian-fund\" \"deskbook 7.4\""
    );
}

#[test]
fn an_approval_clears_what_it_approves() {
    let (gone, new) = change(
        "lists/approvals.csv",
        "BRW02,0512-011,staffing,hearing,2,\"Brightwater, I. Solt\",2026-09-10,mail of 10 September",
    );
    assert_eq!(gone, ["B-7122 same-task-several-timekeepers reduce"]);
    assert_eq!(new, [""; 0]);
}

#[test]
fn a_rate_clears_what_was_over_the_approved_one() {
    let folder = month().join("lists/rates.csv");
    let text = fs::read_to_string(folder).expect("a fixture");
    // The rate in force ends where the new one begins.
    let ended = text.replace(
        "HAL07,101,310.00,USD,2026-01-01,2026-12-31",
        "HAL07,101,310.00,USD,2026-01-01,2026-09-19",
    );
    let changed = copy();
    let before = told(&json(changed.path()));
    fs::write(
        changed.path().join("lists/rates.csv"),
        format!("{ended}HAL07,101,345.00,USD,2026-09-20,2026-12-31\n"),
    )
    .expect("written");
    let after = told(&json(changed.path()));
    let is_over = |said: &&String| said.starts_with("H-3304 rate-over-approved");
    assert_eq!(before.iter().filter(is_over).count(), 1);
    assert_eq!(after.iter().filter(is_over).count(), 0);
}

#[test]
fn an_exception_turns_a_finding_into_a_note_that_says_why() {
    let (gone, new) = change(
        "packs/halcyon-mutual.toml",
        "\n[[ignore]]\nrule = \"photocopy-rate-cap\"\nonly = { law_firm_matter_id = \"0407-131\" }\n\
         reason = \"colour copies agreed, mail of 2 September\"\nby = \"M. Ashgrove\"\nuntil = 2026-12-31",
    );
    assert_eq!(gone, ["H-3302 photocopy-rate-cap reduce"]);
    assert_eq!(new, ["H-3302 photocopy-rate-cap note"]);
}

#[test]
fn the_lists_of_the_month_are_right() {
    load(&month().join("lists")).expect("no mistakes");
}
