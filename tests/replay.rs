//! `cleanbill replay`: rules beside the real outcomes of past invoices.

use assert_cmd::Command;
use std::path::Path;

fn fixture(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures/replay")
        .join(name);
    path.to_string_lossy().into_owned()
}

fn replay(args: &[&str]) -> (i32, String, String) {
    let mut command = Command::cargo_bin("cleanbill").expect("the program");
    let output = command.arg("replay").args(args).output().expect("it runs");
    (
        output.status.code().expect("a status"),
        String::from_utf8(output.stdout).expect("text"),
        String::from_utf8(output.stderr).expect("text"),
    )
}

fn whole(format: &str) -> (i32, String, String) {
    let (adjustments, ack) = (fixture("adjustments.csv"), fixture("ack.csv"));
    replay(&[
        &fixture("invoices"),
        "--outcomes",
        &adjustments,
        "--outcomes",
        &ack,
        "--format",
        format,
    ])
}

#[test]
fn each_rule_is_told_what_it_foresaw_missed_and_cried_wolf_about() {
    let (status, out, err) = whole("json");
    // One row of the outcomes cannot be read, and is named.
    assert_eq!(status, 1);
    assert!(
        err.contains("adjustments.csv, line 12: invoice_number is blank"),
        "{err}"
    );
    let done: serde_json::Value = serde_json::from_str(&out).expect("JSON");
    for (key, wanted) in [
        ("invoices", 12),
        ("decided", 11),
        ("objections", 8),
        ("foreseen", 4),
        ("missed", 2),
        ("unexplained", 2),
    ] {
        assert_eq!(done[key], wanted, "{key}");
    }
    // 585 + 217 + 155 + 186 + 186 + 11.80 + 155
    assert_eq!(done["cut"]["USD"], "1495.80");
    assert_eq!(done["cut_foreseen"]["USD"], "957.00");
    let rules = done["rules"].as_array().expect("rules");
    let of = |rule: &str| {
        rules
            .iter()
            .find(|r| r["rule"] == rule)
            .unwrap_or_else(|| panic!("{rule}: {out}"))
    };
    let figures = |rule: &str| {
        let f = of(rule);
        ["foresaw", "missed", "right", "cried_wolf", "undecided"]
            .map(|k| f[k].as_u64().expect("a count"))
    };
    assert_eq!(figures("block-billing"), [1, 1, 1, 1, 1]);
    assert_eq!(figures("clerical-task"), [1, 0, 1, 1, 0]);
    assert_eq!(figures("review-without-document"), [1, 0, 1, 0, 1]);
    assert_eq!(figures("invoice-total-mismatch"), [1, 0, 1, 0, 0]);
    assert_eq!(figures("photocopy-rate-cap"), [0, 1, 0, 0, 0]);
    // All twelve bill one matter for one period.
    let overlaps = figures("overlapping-billing-period");
    assert_eq!((overlaps[0], overlaps[3] + overlaps[4]), (0, 12));
    // Twenty-two of their entries stand on another of them too, of the same day, person and hours; the client paid them.
    let repeats = figures("near-duplicate-entry");
    assert_eq!((repeats[0], repeats[3] + repeats[4]), (0, 22));
    assert_eq!(of("photocopy-rate-cap")["in_force"], false);
    assert_eq!(of("block-billing")["precision"], "50");
    assert_eq!(of("block-billing")["money_missed"]["USD"], "155.00");
    // No rule may be counted that nothing was said about.
    assert_eq!(rules.len(), 8, "{out}");
}

#[test]
fn what_no_rule_explains_is_proposed() {
    let (_, out, _) = whole("text");
    assert!(
        out.contains("\"Second chair work is paid at half of the rate\": 2 x, 372.00 USD"),
        "{out}"
    );
    assert!(out.contains("on R-07 line 3; R-08 line 4"), "{out}");
    let begin = out
        .lines()
        .find_map(|l| l.trim().strip_prefix("begin with: cleanbill "))
        .expect("a command");
    Command::cargo_bin("cleanbill")
        .expect("the program")
        .args(begin.split(' '))
        .assert()
        .success();
    assert!(out.contains("not in the folder: R-99"), "{out}");
    assert!(out.contains("line 11: invoice R-10"), "{out}");
    assert!(out.contains("photocopy-rate-cap (off)"), "{out}");
}

#[test]
fn a_pack_of_the_firm_closes_the_gap() {
    let packs = tempfile::TempDir::new().expect("a folder");
    let pack = "pack = \"northgate\"\ntitle = \"Northgate\"\nversion = \"1\"\ngoverns = { client_id = [\"SMF01\"] }\n\n\
                [rules.photocopy-rate-cap]\nlevel = \"reduce\"\n";
    std::fs::write(packs.path().join("northgate.toml"), pack).expect("written");
    let (_, out, _) = replay(&[
        &fixture("invoices"),
        "--outcomes",
        &fixture("adjustments.csv"),
        "--packs",
        &packs.path().to_string_lossy(),
        "--format",
        "csv",
    ]);
    let row = out
        .lines()
        .find(|l| l.starts_with("photocopy-rate-cap,"))
        .expect(&out);
    assert_eq!(row, "photocopy-rate-cap,true,1,0,1,0,0,100,100,USD,11.80,");
}

#[test]
fn mistakes_in_what_is_asked_are_named() {
    let (status, _, err) = replay(&[&fixture("invoices"), "--outcomes", &fixture("README.md")]);
    assert_eq!(status, 2);
    assert!(err.contains("there is no column invoice_number"), "{err}");
    let (status, _, err) = replay(&["no-such-folder", "--outcomes", &fixture("ack.csv")]);
    assert_eq!(status, 3);
    assert!(err.contains("no such folder"), "{err}");
    let (status, _, err) = replay(&[&fixture("invoices"), "--outcomes", "no-such.csv"]);
    assert_eq!(status, 3);
    assert!(err.contains("no-such.csv: cannot be read"), "{err}");
}

/// Rules about earlier invoices are asked too: the replayed invoices are earlier ones for one another, and a folder of
/// still earlier ones can be given.
#[test]
fn earlier_invoices_count() {
    let folder = tempfile::tempdir().expect("a folder");
    let first = std::fs::read_to_string(Path::new(&fixture("invoices")).join("R-01.txt"))
        .expect("a fixture");
    let day = first.lines().nth(2).expect("a record")[..8].to_owned();
    let before = first.replace(&format!("\n{day}|"), "\n20250131|");
    assert_ne!(before, first);
    std::fs::write(folder.path().join("before.txt"), before).expect("written");
    let rules = |args: &[&str]| -> Vec<String> {
        let (adjustments, invoices) = (fixture("adjustments.csv"), fixture("invoices"));
        let mut all = vec![
            invoices.as_str(),
            "--outcomes",
            &adjustments,
            "--format",
            "json",
        ];
        all.extend(args);
        let (_, out, err) = replay(&all);
        let done: serde_json::Value = serde_json::from_str(&out).expect(&err);
        let rules = done["rules"].as_array().expect("rules");
        rules
            .iter()
            .map(|r| format!("{}: {} {}", r["rule"], r["cried_wolf"], r["undecided"]))
            .collect()
    };
    let of = |all: &[String]| all.iter().any(|r| r.contains("duplicate-invoice-number"));
    assert!(!of(&rules(&[])));
    let earlier = folder.path().to_string_lossy().into_owned();
    assert!(
        of(&rules(&["--history", &earlier])),
        "{:?}",
        rules(&["--history", &earlier])
    );
    // What is replayed is not earlier than itself.
    assert!(!of(&rules(&["--history", &fixture("invoices")])));
    let (status, _, err) = replay(&[
        &fixture("invoices"),
        "--outcomes",
        &fixture("adjustments.csv"),
        "--history",
        "no-such-folder",
    ]);
    assert!(status >= 2 && err.contains("--history"), "{status}: {err}");
}
