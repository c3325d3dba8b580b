//! `cleanbill import` as a person meets it: what becomes a draft, what is named and left out, what is refused.

use assert_cmd::Command;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

fn fixture(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures/imports")
        .join(name);
    path.to_string_lossy().into_owned()
}

struct Ran {
    status: i32,
    out: String,
    err: String,
}

fn run(args: &[&str]) -> Ran {
    let mut command = Command::cargo_bin("cleanbill").expect("the program");
    let output = command.arg("import").args(args).output().expect("it runs");
    Ran {
        status: output.status.code().expect("a status"),
        out: String::from_utf8(output.stdout).expect("text"),
        err: String::from_utf8(output.stderr).expect("text"),
    }
}

const SAID: [&str; 12] = [
    "--set",
    "invoice_number=AW-2041",
    "--set",
    "invoice_date=2026-03-31",
    "--set",
    "billing_start_date=2026-03-01",
    "--set",
    "billing_end_date=2026-03-31",
    "--set",
    "law_firm_id=98-7654321",
    "--today",
    "2026-04-02",
];

fn said(args: &[&str]) -> Ran {
    let lists = fixture("lists");
    let all: Vec<&str> = args
        .iter()
        .chain(&SAID)
        .chain(&["--firm", &lists])
        .copied()
        .collect();
    run(&all)
}

fn lines(out: &str) -> Vec<Vec<&str>> {
    let records = out.lines().skip(2);
    records
        .map(|l| l.trim_end_matches("[]").split('|').collect())
        .collect()
}

fn csv(folder: &TempDir, name: &str, text: &[u8]) -> String {
    let path = folder.path().join(name);
    fs::write(&path, text).expect("written");
    path.to_string_lossy().into_owned()
}

#[test]
fn what_a_spreadsheet_of_another_country_exports_is_read() {
    let mapping = fixture("semicolons.toml");
    let ran = run(&[
        &fixture("semicolons.csv"),
        "--mapping",
        &mapping,
        "--today",
        "2026-04-02",
    ]);
    let all = lines(&ran.out);
    assert_eq!(all.len(), 4, "{}", ran.err);
    assert_eq!(
        all[0][18],
        "Draft answer to amended complaint; revise the \"salvage\" defence"
    );
    assert_eq!(
        (all[1][10], all[1][12], all[1][13]),
        ("1.25", "562.50", "20260303")
    );
    assert_eq!((all[2][10], all[2][20]), ("1.00", "1250.00"));
    assert_eq!(all[3][12], "-250.00");
    assert!(
        all.iter()
            .all(|l| l[4] == "2642.50" && l[2] == "SMF01" && l[23] == "SF-LIT-12")
    );
    assert_eq!(
        (all[0][17], all[0][21], all[0][22]),
        ("0042", "Wren, Isolde", "PARTNR")
    );
    assert!(
        ran.err
            .contains("line 9 says 2642.50 in all, and the rows say so too"),
        "{}",
        ran.err
    );
    // An expense without a code would be rejected, and nothing is made up for it.
    assert_eq!(ran.status, 1);
    assert!(
        ran.err.contains("reject  missing-expense-code"),
        "{}",
        ran.err
    );
    let ran = run(&[
        &fixture("windows-1252.csv"),
        "--mapping",
        &mapping,
        "--today",
        "2026-04-02",
    ]);
    assert_eq!(ran.status, 0, "{}", ran.err);
    assert_eq!(
        lines(&ran.out)[0][18],
        "Review client's survey report by M\u{fc}ller - hull damage"
    );
}

#[test]
fn a_row_that_cannot_be_read_is_named_and_the_rest_goes_on() {
    let folder = TempDir::new().expect("a folder");
    let out = folder.path().join("march.txt");
    let ran = said(&[&fixture("messy.csv"), "--out", &out.to_string_lossy()]);
    assert_eq!(ran.status, 1);
    let text = fs::read_to_string(&out).expect("written");
    let all = lines(&text);
    assert_eq!(all.len(), 4, "{}", ran.err);
    assert_eq!(
        all[0][18],
        "Draft answer to amended complaint, revise \"salvage\" defence / second version"
    );
    assert_eq!((all[3][12], all[3][15]), ("-52.00", "E112"));
    for wanted in [
        "4 rows read by \"generic\" (to be confirmed), 6 left out, 1 of headings",
        "line 9: units \"1:30\" is no time in decimal hours, as in 1.5; --hours clock reads it so",
        "line 10: line_date \"31/03/2026\" is no day read year-first; if that is how the export writes days, add --date-order day-first",
        "line 11: line_total \"600.00\" is not 2 x 310, which is 620",
        "line 12: line_type \"Tyme\" is no type of line",
        "line 13: code \"Q12\" is no UTBMS code",
        "line 14: line_description is blank",
        "line 18 says 2921.60 in all, and the rows say so too",
        "checked: 0 reject",
    ] {
        assert!(ran.err.contains(wanted), "{wanted}\n{}", ran.err);
    }
    let ran = said(&[&fixture("messy.csv"), "--difference-as-adjustment"]);
    let line = lines(&ran.out)
        .into_iter()
        .find(|l| l[12] == "600.00")
        .expect("the line");
    assert_eq!((line[10], line[20], line[11]), ("2.00", "310.00", "-20.00"));
}

#[test]
fn time_is_only_changed_when_somebody_asks() {
    let file = fixture("minutes.csv");
    let ran = said(&[&file, "--hours", "minutes"]);
    assert_eq!(ran.status, 1);
    assert!(
        ran.err
            .contains("line 2: units \"50\" is no number of hours with four decimals"),
        "{}",
        ran.err
    );
    assert_eq!(lines(&ran.out).len(), 1);
    let ran = said(&[&file, "--hours", "minutes", "--round-up-to", "0.1"]);
    assert_eq!(ran.status, 0, "{}", ran.err);
    assert!(
        ran.err
            .contains("hours: 1:56:00 recorded, 2.0 billed, each entry rounded up to 0.1"),
        "{}",
        ran.err
    );
    let all = lines(&ran.out);
    assert_eq!((all[0][10], all[0][12]), ("0.90", "405.00"));
    assert_eq!((all[1][10], all[1][12]), ("1.10", "495.00"));
}

#[test]
fn names_become_ids_and_rates_by_the_lists_of_the_firm() {
    let folder = TempDir::new().expect("a folder");
    let file = csv(
        &folder,
        "time.csv",
        b"Date,Client,Matter,User,Type,Description,Hours\n2026-03-02,Stillwater Marine Freight,2026-0113-Harbour,isolde wren,F,Draft answer to amended complaint,0.35\n",
    );
    let ran = said(&[&file]);
    assert_eq!(ran.status, 0, "{}", ran.err);
    let all = lines(&ran.out);
    assert_eq!(
        (all[0][2], all[0][3], all[0][23]),
        ("SMF01", "2026-0113", "SF-LIT-12")
    );
    assert_eq!(
        (all[0][17], all[0][21], all[0][22], all[0][20]),
        ("0042", "Wren, Isolde", "PARTNR", "450.00")
    );
    // 157.50; half a cent goes away from nothing elsewhere too.
    assert_eq!(all[0][12], "157.50");
    let ran = said(&[&fixture("clio.csv"), "--mapping", "clio"]);
    let all = lines(&ran.out);
    assert_eq!(all.len(), 2, "{}", ran.err);
    assert_eq!(
        (all[0][9], all[0][13], all[1][9], all[1][12]),
        ("F", "20260302", "E", "402.00")
    );
    assert!(
        ran.err
            .contains("(known), 0 left out, 1 of headings or not billed"),
        "{}",
        ran.err
    );
}

#[test]
fn nothing_is_made_up() {
    let folder = TempDir::new().expect("a folder");
    let file = csv(
        &folder,
        "time.csv",
        b"Date,Description,Hours\n2026-03-02,Draft answer,1.5\n2026-03-03,Draft reply,1.0\n",
    );
    let out = folder.path().join("out.txt");
    let ran = run(&[
        &file,
        "--set",
        "line_type=F",
        "--out",
        &out.to_string_lossy(),
    ]);
    assert_eq!(ran.status, 2);
    for field in [
        "invoice_number",
        "client_id",
        "law_firm_matter_id",
        "unit_cost",
        "timekeeper_classification",
    ] {
        assert!(
            ran.err.contains(&format!("\n  {field} ")),
            "{field}\n{}",
            ran.err
        );
    }
    assert!(ran.err.contains("rates.csv in --firm"), "{}", ran.err);
    assert!(!ran.err.contains("\n  units "), "{}", ran.err);
    assert!(!out.exists());
    assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 1);
}

#[test]
fn rows_of_one_invoice_do_not_contradict_each_other() {
    let folder = TempDir::new().expect("a folder");
    let file = csv(
        &folder,
        "time.csv",
        b"Date,Client ID,Matter ID,Timekeeper ID,Type,Description,Hours,Rate,Invoice Number\n\
          2026-03-02,SMF01,2026-0113,0042,F,Draft answer to amended complaint,1.0,450,A-1\n\
          2026-03-02,OTHER,2026-0200,0042,F,Draft answer to second complaint,1.0,450,A-1\n\
          2026-03-02,OTHER,2026-0200,0042,F,Draft answer to third complaint,1.0,450,A-2\n",
    );
    let ran = said(&[&file]);
    assert!(
        ran.err.contains(
            "line 3: client_id \"OTHER\" is \"SMF01\" on line 2, and invoice A-1 has one"
        ),
        "{}",
        ran.err
    );
    let all = lines(&ran.out);
    assert_eq!(
        all.iter().map(|l| (l[1], l[2])).collect::<Vec<_>>(),
        [("A-1", "SMF01"), ("A-2", "OTHER")]
    );
}

#[test]
fn bad_input_gets_a_clear_word() {
    let folder = TempDir::new().expect("a folder");
    let mapping = |text: &str| csv(&folder, "own.toml", text.as_bytes());
    let file = csv(
        &folder,
        "time.csv",
        b"Date,Hours,Narrative,Notes\n2026-03-02,1.5,Draft answer,x\n",
    );
    let bare = csv(
        &folder,
        "bare.csv",
        b"2026-03-02,1.5,Draft answer\n2026-03-03,1.5,Draft reply\n",
    );
    let book = csv(&folder, "book.csv", b"PK\x03\x04rest");
    let cases: Vec<(Vec<String>, &str)> = vec![
        (
            vec![
                file.clone(),
                "--mapping".into(),
                mapping("[columns]\nline_date = \"Date\"\nunits = \"Houres\"\n"),
            ],
            "there is no column \"Houres\" for units; did you mean \"Hours\"?",
        ),
        (
            vec![file.clone()],
            "columns 3 \"Narrative\" and 4 \"Notes\" are both line_description",
        ),
        (
            vec![file.clone(), "--set".into(), "invoce_number=1".into()],
            "did you mean \"invoice_number\"?",
        ),
        (
            vec![file.clone(), "--mapping".into(), "clioo".into()],
            "did you mean \"clio\"?",
        ),
        (
            vec![
                fixture("minutes.csv"),
                "--column".into(),
                "units=Time spent".into(),
            ],
            "there is no column \"Time spent\" for units",
        ),
        (
            vec![file.clone(), "--round-up-to".into(), "0".into()],
            "write a part of an hour",
        ),
        (vec![bare], "no row has the names of the columns"),
        (vec![book], "this is a workbook"),
    ];
    for (args, wanted) in cases {
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let ran = run(&args);
        assert_eq!(ran.status, 2, "{wanted}\n{}", ran.err);
        assert!(ran.err.contains(wanted), "{wanted}\n{}", ran.err);
    }
    let missing = run(&["there-is-no-such.csv"]);
    assert_eq!(missing.status, 3);
    let nowhere = folder.path().join("no/such/folder/out.txt");
    let ran = said(&[
        &fixture("minutes.csv"),
        "--hours",
        "minutes",
        "--out",
        &nowhere.to_string_lossy(),
    ]);
    assert_eq!(ran.status, 3);
    assert!(
        ran.err.contains("nothing can be written there"),
        "{}",
        ran.err
    );
}

#[test]
fn a_proposed_mapping_is_taken_as_it_stands() {
    let folder = TempDir::new().expect("a folder");
    let ran = run(&[&fixture("messy.csv"), "--map"]);
    assert_eq!(ran.status, 0, "{}", ran.err);
    assert!(ran.out.contains("on line 4"), "{}", ran.out);
    let mapping = csv(&folder, "proposed.toml", ran.out.as_bytes());
    let ran = said(&[&fixture("messy.csv"), "--mapping", &mapping]);
    assert_eq!(lines(&ran.out).len(), 4, "{}", ran.err);
    assert!(ran.err.contains("your own"), "{}", ran.err);
}

#[test]
fn the_mappings_say_how_far_they_are_proven() {
    let ran = run(&["--mappings"]);
    assert_eq!(ran.status, 0);
    for product in [
        "clio",
        "quickbooks",
        "freshbooks",
        "karbon",
        "canopy",
        "practice-cs",
        "cch-axcess",
        "jetpack-workflow",
    ] {
        let line = ran
            .out
            .lines()
            .find(|l| l.starts_with(&format!("{product} ")))
            .expect(product);
        assert!(
            line.contains(" known ") || line.contains(" to be confirmed "),
            "{line}"
        );
    }
}

/// The public sample of a FreshBooks export becomes a 1998B file that no portal would bounce.
#[test]
fn the_freshbooks_sample_becomes_a_valid_1998b() {
    let Some(samples) = std::env::var_os("CLEANBILL_SAMPLES").map(PathBuf::from) else {
        println!("skipped: CLEANBILL_SAMPLES is not set");
        return;
    };
    let file = samples.join("time-entries/roipatents--freshbooks-sample.csv");
    let folder = TempDir::new().expect("a folder");
    let lists = folder.path().join("lists");
    fs::create_dir(&lists).expect("a folder");
    fs::write(
        lists.join("timekeepers.csv"),
        "timekeeper_id,last_name,first_name,timekeeper_classification\nTK1,Wren,Isolde,ASSOC\nTK2,Okafor,Daniel,PARTNR\n",
    )
    .expect("written");
    let out = folder.path().join("out.txt");
    let ran = run(&[
        &file.to_string_lossy(),
        "--mapping",
        "freshbooks",
        "--firm",
        &lists.to_string_lossy(),
        "--set",
        "invoice_number=AW-1",
        "--set",
        "invoice_date=2025-01-31",
        "--set",
        "billing_start_date=2025-01-01",
        "--set",
        "billing_end_date=2025-01-31",
        "--set",
        "law_firm_id=98-7654321",
        "--set",
        "client_id=ACME",
        "--today",
        "2025-02-01",
        "--out",
        &out.to_string_lossy(),
    ]);
    assert_eq!(ran.status, 0, "{}", ran.err);
    let text = fs::read_to_string(&out).expect("written");
    let all = lines(&text);
    assert_eq!(all.len(), 3);
    assert!(
        all.iter()
            .all(|l| l[4] == "2172.50" && l[3] == "ABCD-1A2B" && l[23] == "CL12345")
    );
    assert_eq!(
        (all[0][10], all[0][14], all[0][17], all[0][18]),
        ("2.50", "L110", "TK1", "Draft office action response")
    );
    assert_eq!(
        (all[2][9], all[2][12], all[2][15], all[2][18]),
        ("E", "760.00", "E101", "USPTO filing fee")
    );
    let mut check = Command::cargo_bin("cleanbill").expect("the program");
    check
        .args(["check", "--formats-only", "--today", "2025-02-01"])
        .arg(&out)
        .assert()
        .success();
}
