//! The firm's lists: read from a folder, and each mistake in them told once, with its place.

use assert_cmd::Command;
use chrono::NaiveDate;
use cleanbill::firm::load;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures")
        .join(name)
}

fn program(args: &[&str]) -> (i32, String, String) {
    let output = Command::cargo_bin("cleanbill")
        .expect("the program")
        .args(args)
        .output()
        .expect("it runs");
    (
        output.status.code().expect("an exit status"),
        String::from_utf8(output.stdout).expect("text"),
        String::from_utf8(output.stderr).expect("text"),
    )
}

#[test]
fn each_broken_list_has_its_one_message() {
    let folder = fixture("lists/broken");
    let mut cases: Vec<PathBuf> = fs::read_dir(&folder)
        .expect("a folder of fixtures")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    cases.sort();
    assert!(cases.len() >= 25, "{} broken lists", cases.len());
    let mut messages = String::new();
    for case in &cases {
        let mistakes = load(case).expect_err("a mistake");
        assert_eq!(mistakes.len(), 1, "{mistakes:?}");
        let message = mistakes[0].to_string();
        let place = message.strip_prefix(&format!("{}/", folder.display()));
        let _ = writeln!(messages, "{}", place.expect("the file's name"));
    }
    insta::assert_snapshot!(messages);
}

#[test]
fn a_mistake_in_a_list_stops_the_check_with_its_place() {
    let lists = fixture("lists/broken/amount-with-currency-sign");
    let invoice = fixture("clean/1998bi-v2--vat.txt");
    let (status, out, err) = program(&[
        "check",
        "--firm",
        &lists.to_string_lossy(),
        &invoice.to_string_lossy(),
    ]);
    assert_eq!((status, out.as_str()), (2, ""));
    assert!(
        err.contains("rates.csv, row 2, column rate: \"$450.00\" is no amount"),
        "{err}"
    );
}

#[test]
fn templates_are_written_once_and_can_be_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let lists = folder.path().join("lists");
    let lists = lists.to_string_lossy();
    let (status, out, _) = program(&["init", &lists]);
    assert_eq!(status, 0);
    assert!(out.contains("19 files written"), "{out}");
    assert!(load(Path::new(&*lists)).is_ok());
    let mine = Path::new(&*lists).join("timekeepers.csv");
    fs::write(&mine, "timekeeper_id,last_name\n0042,Wren\n").expect("written");
    let (_, out, _) = program(&["init", &lists]);
    assert!(out.contains("0 files written"), "{out}");
    assert!(fs::read_to_string(&mine).expect("text").ends_with("Wren\n"));
}

#[test]
fn a_report_says_of_which_day_the_lists_are_and_warns_of_old_ones() {
    let folder = tempfile::tempdir().expect("a folder");
    let list = |name: &str, text: &str| fs::write(folder.path().join(name), text).expect("written");
    list(
        "timekeepers.csv",
        "# as_of: 2026-03-01\n# max_age_days: 92\ntimekeeper_id,last_name\n0042,Wren\n",
    );
    list(
        "vendors.csv",
        "# as_of: 2026-10-01\n# complete: yes\nvendor\nTidewater Reporting\n",
    );
    let today: NaiveDate = "2026-10-06".parse().expect("a day");
    let invoice = fixture("clean/1998bi-v2--vat.txt");
    let (_, out, _) = program(&[
        "check",
        "--today",
        &today.to_string(),
        "--firm",
        &folder.path().to_string_lossy(),
        &invoice.to_string_lossy(),
    ]);
    let out = out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        out.contains(
            "timekeepers (of 2026-03-01, 1 row), vendors (of 2026-10-01, 1 row, complete)"
        ),
        "{out}"
    );
    assert!(
        out.contains("List timekeepers: it is 219 days old, where 92 are allowed"),
        "{out}"
    );
}

#[test]
fn a_false_alarm_is_marked_by_a_person_and_counted() {
    let folder = tempfile::tempdir().expect("a folder");
    let lists = folder.path().to_string_lossy();
    let invoice = fixture("invalid/phase-code-posted.txt");
    let invoice = invoice.to_string_lossy();
    let json = |args: &[&str]| {
        let mut all = vec!["check", "--today", "2026-10-06", "--format", "json"];
        all.extend(args);
        let (_, out, _) = program(&all);
        serde_json::from_str::<serde_json::Value>(&out).expect("JSON")
    };
    let finding =
        |report: &serde_json::Value| report["files"][0]["invoices"][0]["findings"][0].clone();
    let before = finding(&json(&[&invoice]));
    let fingerprint = before["fingerprint"].as_str().expect("one");
    let mark = |fingerprint: &str| {
        let told = [
            "--reason",
            "posted so by \"agreement\"",
            "--by",
            "A. Quillfeather",
        ];
        let day = ["--today", "2026-10-06", "--firm", &*lists];
        let mut all = vec!["wrong", fingerprint, &*invoice];
        all.extend(told);
        all.extend(day);
        program(&all)
    };
    assert_eq!(mark("0000000000000000").0, 2);
    let (status, out, err) = mark(fingerprint);
    assert_eq!((status, err.as_str()), (0, ""));
    assert!(out.contains("phase-code-posted"), "{out}");
    let after = finding(&json(&["--firm", &lists, &invoice]));
    assert_eq!(after["level"], before["level"]);
    let message = after["message"].as_str().expect("a message");
    let told = "(a false alarm, says A. Quillfeather on 2026-10-06: posted so by \"agreement\")";
    assert!(message.ends_with(told), "{message}");
    let (status, _, err) = mark(fingerprint);
    assert_eq!(status, 2);
    assert!(
        err.contains("was marked already, by A. Quillfeather on 2026-10-06"),
        "{err}"
    );
    let (_, out, _) = program(&["wrong", "--report", "--firm", &lists, &invoice]);
    let row = "phase-code-posted                         1        1    100 %";
    assert!(out.contains(row), "{out}");
}

#[test]
fn readiness_says_what_is_missing_before_the_first_bill() {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in [
        (
            "clients.csv",
            "client_id,client_name,portal\nC1,Northgate Mutual,Collaborati\nC2,Berth Lines,\n",
        ),
        (
            "matters.csv",
            "client_id,law_firm_matter_id,matter_name,closed\nC1,M-1,Sound,\nC1,M-2,Old,2026-01-31\nC1,M-3,New,\nC2,M-4,Advice,\n",
        ),
        (
            "readiness.csv",
            "client_id,law_firm_matter_id,portal,assigned,number_matched,timekeepers_known,rates_approved,budget_approved,guidelines_accepted,note\nC1,M-1,collaborati,yes,yes,yes,yes,yes,yes,\nC1,M-3,Collaborati,yes,no,yes,,yes,yes,asked again\n",
        ),
    ] {
        fs::write(folder.path().join(name), text).expect("written");
    }
    let lists = folder.path().to_string_lossy().into_owned();
    let call = |more: &[&str]| {
        let mut args = vec!["readiness", "--firm", &lists, "--today", "2026-10-06"];
        args.extend(more);
        let (status, out, err) = program(&args);
        assert_eq!((status, err.as_str()), (0, ""));
        out
    };
    let out = call(&[]);
    for words in [
        "1 of 2 matters ready",
        "missing: the firm's matter number on the portal",
        "not known: rates",
        "note: asked again",
        "No portal: 1 matter",
    ] {
        assert!(out.contains(words), "{words}: {out}");
    }
    assert!(!out.contains("M-2"), "a closed matter: {out}");
    let out = call(&["--portal", "Collaborati", "--json"]);
    let all: serde_json::Value = serde_json::from_str(&out).expect("JSON");
    assert_eq!(all.as_array().map(Vec::len), Some(2), "{out}");
    assert_eq!(call(&["--client", "C9"]), "No matter fits.\n");
}
