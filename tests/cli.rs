//! The program as it is called: exit statuses, inputs, outputs.

use assert_cmd::Command;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

const TODAY: [&str; 2] = ["--today", "2026-10-06"];

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures")
        .join(name)
}

fn path(name: &str) -> String {
    fixture(name).to_string_lossy().into_owned()
}

const CLEAN: &str = "clean/1998bi-v2--vat.txt";
const REJECTED: &str = "invalid/line-math-mismatch.txt";
const QUESTIONED: &str = "invalid/phase-code-posted.txt";
const NOTED: &str = "invalid/name-order.txt";

fn program() -> Command {
    Command::cargo_bin("cleanbill").expect("the program")
}

/// Runs the program and returns exit status, standard output and standard error.
fn run(args: &[&str]) -> (i32, String, String) {
    run_with(args, b"")
}

fn run_with(args: &[&str], input: &[u8]) -> (i32, String, String) {
    let output = program()
        .args(args)
        .write_stdin(input)
        .output()
        .expect("it runs");
    (
        output.status.code().expect("an exit status"),
        String::from_utf8(output.stdout).expect("text"),
        String::from_utf8(output.stderr).expect("text"),
    )
}

fn check(args: &[&str]) -> (i32, String, String) {
    let mut all = vec!["check"];
    all.extend(TODAY);
    all.extend(args);
    run(&all)
}

#[test]
fn exit_statuses_follow_the_worst_finding() {
    let cases = [
        (CLEAN, 0),
        (NOTED, 0),
        (QUESTIONED, 0),
        (REJECTED, 1),
        // A finding about the file as a whole counts too.
        ("invalid/xml-dtd.xml", 1),
        ("invalid/no-line-items.txt", 1),
    ];
    for (name, status) in cases {
        let (found, _, stderr) = check(&[&path(name)]);
        assert_eq!((found, stderr.as_str()), (status, ""), "{name}");
    }
}

#[test]
fn fail_on_moves_the_line() {
    let (questioned, noted) = (path(QUESTIONED), path(NOTED));
    for (level, status) in [("reject", 0), ("reduce", 0), ("review", 1)] {
        let found = check(&["--fail-on", level, &questioned]).0;
        assert_eq!(found, status, "{level}");
        assert_eq!(check(&["--fail-on", level, &noted]).0, 0, "{level}");
    }
    let encoded = path("invalid/encoding.xml");
    assert_eq!(check(&[&encoded]).0, 0);
    assert_eq!(check(&["--fail-on", "review", &encoded]).0, 1);
}

#[test]
fn wrong_usage_is_2() {
    let clean = path(CLEAN);
    for args in [
        &["check"][..],
        &["check", "--format", "word", &clean],
        &["check", "--fail-on", "never", &clean],
        &["check", "--today", "tomorrow", &clean],
        &["chekc", &clean],
    ] {
        let (status, stdout, stderr) = run(args);
        assert_eq!((status, stdout.as_str()), (2, ""), "{args:?}");
        assert!(stderr.contains("--help"), "{args:?}: {stderr}");
    }
}

#[test]
fn a_file_that_cannot_be_read_is_3_and_wins_over_findings() {
    let missing = path("clean/there-is-none.txt");
    let (status, stdout, stderr) = check(&[&missing, &path(REJECTED)]);
    assert_eq!(status, 3);
    assert!(
        stderr.contains("there-is-none.txt: there is no such file"),
        "{stderr}"
    );
    assert!(stdout.contains("[line-math-mismatch]"), "{stdout}");
    assert!(stdout.contains("Could not be read"), "{stdout}");
}

#[test]
fn standard_input_is_checked_like_a_file() {
    let bytes = fs::read(fixture(REJECTED)).expect("a fixture");
    let args = ["check", "--today", "2026-10-06", "--format", "json"];
    let (status, from_stdin, _) = run_with(&[&args[..], &["-"]].concat(), &bytes);
    assert_eq!(status, 1);
    let from_stdin: serde_json::Value = serde_json::from_str(&from_stdin).expect("json");
    let (_, from_file, _) = run(&[&args[..], &[&path(REJECTED)]].concat());
    let from_file: serde_json::Value = serde_json::from_str(&from_file).expect("json");
    assert_eq!(from_stdin["files"][0]["path"], "-");
    assert_eq!(
        from_stdin["files"][0]["invoices"],
        from_file["files"][0]["invoices"]
    );
}

/// The files a JSON report names, in its order.
fn files_named(report: &str) -> Vec<String> {
    let report: serde_json::Value = serde_json::from_str(report).expect("json");
    let files = report["files"].as_array().expect("files");
    let names = files.iter().map(|file| {
        let path = file["path"].as_str().expect("a path");
        let name = Path::new(path).file_name().expect("a name");
        name.to_string_lossy().into_owned()
    });
    names.collect()
}

#[test]
fn files_are_reported_in_the_order_given() {
    let names = [REJECTED, CLEAN, NOTED, QUESTIONED];
    let paths = names.map(path);
    let mut args = vec!["--format", "json", "--threads", "2"];
    args.extend(paths.iter().map(String::as_str));
    let (status, stdout, _) = check(&args);
    assert_eq!(status, 1);
    let last = |name: &str| name.rsplit('/').next().expect("a name").to_owned();
    assert_eq!(files_named(&stdout), names.map(last));
}

#[test]
fn a_folder_is_checked_with_what_is_in_it() {
    let (status, stdout, _) = check(&["--format", "json", &path("clean")]);
    assert_eq!(status, 0);
    let names = files_named(&stdout);
    let mut sorted = names.clone();
    sorted.sort();
    let there = fs::read_dir(fixture("clean")).expect("a folder").count();
    assert_eq!((names.len(), &names), (there, &sorted));
}

#[test]
fn json_keeps_to_its_schema() {
    let schema: serde_json::Value =
        serde_json::from_str(include_str!("../src/render/check.schema.json")).expect("a schema");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    for folder in ["broken", "invalid", "clean"] {
        let (_, stdout, _) = check(&["--format", "json", &path(folder)]);
        let report = serde_json::from_str(&stdout).expect("json");
        let wrong: Vec<String> = validator
            .iter_errors(&report)
            .map(|e| format!("{}: {e}", e.instance_path()))
            .collect();
        assert!(wrong.is_empty(), "{folder}: {}", wrong.join("\n"));
    }
    let broken = serde_json::json!({ "schema": "cleanbill.check/1" });
    assert!(!validator.is_valid(&broken));
}

#[test]
fn jsonl_is_one_object_a_line() {
    let (status, stdout, _) = check(&["--format", "jsonl", &path("broken"), &path("clean")]);
    assert_eq!(status, 1);
    let objects: Vec<serde_json::Value> = stdout
        .lines()
        .map(|line| serde_json::from_str(line).expect("json"))
        .collect();
    assert!(objects.len() > 70, "{} lines", objects.len());
    assert!(objects.iter().all(serde_json::Value::is_object));
}

#[test]
fn sarif_lists_the_rules_of_its_results() {
    let (_, stdout, _) = check(&["--format", "sarif", &path("invalid")]);
    let log: serde_json::Value = serde_json::from_str(&stdout).expect("json");
    assert_eq!(log["version"], "2.1.0");
    let ids = |list: &serde_json::Value, key: &str| -> BTreeSet<String> {
        let list = list.as_array().expect("a list").iter();
        list.map(|each| each[key].as_str().expect("an id").to_owned())
            .collect()
    };
    let rules = ids(&log["runs"][0]["tool"]["driver"]["rules"], "id");
    let results = ids(&log["runs"][0]["results"], "ruleId");
    assert!(results.len() > 50, "{results:?}");
    assert!(results.is_subset(&rules));
    // A rule that ran and found nothing is listed, one that is off is not.
    assert!(!rules.contains("jcode-use"), "{rules:?}");
    let (_, clean, _) = check(&["--format", "sarif", &path(CLEAN)]);
    let log: serde_json::Value = serde_json::from_str(&clean).expect("json");
    let ran = ids(&log["runs"][0]["tool"]["driver"]["rules"], "id");
    assert!(ran.contains("unknown-code"), "{ran:?}");
}

#[test]
fn csv_has_a_row_for_each_place() {
    let (_, stdout, _) = check(&["--format", "csv", &path("invalid")]);
    let text = stdout.strip_prefix('\u{feff}').unwrap_or(&stdout);
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let headers = reader.headers().expect("a header").clone();
    let column = |name: &str| headers.iter().position(|h| h == name).expect(name);
    let (rule, line) = (column("rule"), column("line"));
    let rows: Vec<csv::StringRecord> = reader.records().map(|r| r.expect("a row")).collect();
    assert!(rows.len() > 60, "{} rows", rows.len());
    assert!(rows.iter().any(|r| &r[rule] == "line-math-mismatch"));
    assert!(rows.iter().all(|r| r[line].parse::<u32>().is_ok()));
}

#[test]
fn html_is_a_page() {
    let (status, stdout, _) = check(&["--format", "html", &path("broken")]);
    assert_eq!(status, 1);
    let page = stdout.trim_end().to_ascii_lowercase();
    assert!(page.starts_with("<!doctype html>") && page.ends_with("</html>"));
}

#[test]
fn a_rule_is_explained_or_the_right_name_is_given() {
    let (status, stdout, _) = run(&["explain", "unknown-code"]);
    assert_eq!(status, 0);
    assert!(stdout.contains("What to do"), "{stdout}");
    let (status, stdout, stderr) = run(&["explain", "unknwon-code"]);
    assert_eq!((status, stdout.as_str()), (2, ""));
    assert!(
        stderr.contains("did you mean \"unknown-code\"?"),
        "{stderr}"
    );
}

#[test]
fn rules_and_codes_are_listed() {
    let (status, stdout, _) = run(&["rules", "list"]);
    assert_eq!(status, 0);
    assert!(stdout.contains("line-math-mismatch"), "{stdout}");
    let (_, json, _) = run(&["rules", "list", "--format", "json"]);
    let rules: Vec<serde_json::Value> = serde_json::from_str(&json).expect("json");
    assert!(rules.len() > 60, "{} rules", rules.len());
    let (status, stdout, _) = run(&["codes", "deposition"]);
    assert_eq!(status, 0);
    assert!(stdout.contains("L330"), "{stdout}");
}

#[test]
fn completions_and_manual_pages_are_written() {
    let (status, stdout, _) = run(&["completions", "bash"]);
    assert_eq!(status, 0);
    assert!(stdout.contains("_cleanbill()"), "{stdout}");
    let folder = tempfile::tempdir().expect("a folder");
    let (status, ..) = run(&["man", &folder.path().to_string_lossy()]);
    assert_eq!(status, 0);
    let page = fs::read_to_string(folder.path().join("cleanbill-check.1")).expect("a page");
    assert!(page.contains(".TH"), "{page}");
}

#[test]
fn packs_of_the_firm_are_used_and_their_mistakes_named() {
    let file = path("invalid/term/multiple-matters-on-invoice.xml");
    assert_eq!(check(&[&file]).0, 0);
    let packs = path("packs");
    let (status, stdout, _) = check(&["--packs", &packs, &file]);
    assert_eq!(status, 1);
    assert!(stdout.contains("[multiple-matters-on-invoice]"), "{stdout}");
    // Under another client's pack the rule is off.
    let other = ["--packs", &packs, "--client", "BWC01", &file];
    assert!(!check(&other).1.contains("[multiple-matters-on-invoice]"));

    let head = "pack = \"ours\"\ntitle = \"Ours\"\nversion = \"1\"\ngoverns = { client_id = [\"TERN\"] }\n";
    let broken = [
        ("[rules.unknwon-code]\nlevel = \"note\"\n", "unknown-code"),
        ("[rules.unknown-code]\nlevel = \"loud\"\n", "loud"),
        ("[rules.unknown-code\n", "ours.toml:5:"),
    ];
    for (text, said) in broken {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("ours.toml"), format!("{head}{text}")).expect("written");
        let folder = folder.path().to_string_lossy().into_owned();
        let (status, stdout, stderr) = check(&["--packs", &folder, &file]);
        assert_eq!(status, 2, "{stderr}");
        assert!(stderr.contains("ours") && stderr.contains(said), "{stderr}");
        assert!(!stdout.contains("Summary"), "{stdout}");
    }
}

#[test]
fn a_mistake_in_a_pack_is_told_with_its_place() {
    let folder = tempfile::tempdir().expect("a folder");
    let broken = fixture("packs/broken/unknown-field-in-check.toml");
    fs::copy(&broken, folder.path().join("northgate.toml")).expect("copied");
    let packs = folder.path().to_string_lossy().into_owned();
    let (status, out, error) = check(&["--packs", &packs, &path(CLEAN)]);
    assert_eq!((status, out.as_str()), (2, ""));
    assert!(
        error.contains("northgate.toml:12:1") && error.contains("did you mean \"units\"?"),
        "{error}"
    );
}

#[test]
fn examples_of_a_folder_of_packs_are_run() {
    let folder = tempfile::tempdir().expect("a folder");
    let rule = |bad: &str| {
        format!(
            "pack = \"northgate\"\ntitle = \"Northgate\"\nversion = \"1\"\ngoverns = {{ client_id = [\"NGM01\"] }}\n\
             [[rule]]\nid = \"long-entry\"\ntitle = \"long entry\"\ngroup = \"guideline\"\nlevel = \"review\"\neach = \"line\"\n\
             max = {{ units = \"8\" }}\nmessage = \"{{units}} hours\"\nwhy = \"w\"\nhelp = \"h\"\nsource = \"4.1\"\n\
             only = {{ type = \"F\" }}\nbad = [{{ line = {{ units = \"{bad}\" }} }}]\ngood = [{{}}]\n"
        )
    };
    let file = folder.path().join("northgate.toml");
    let packs = folder.path().to_string_lossy().into_owned();
    fs::write(&file, rule("9.0")).expect("written");
    let (status, out, _) = run(&["rules", "test", "--packs", &packs]);
    assert_eq!(status, 0, "{out}");
    assert!(
        out.contains("northgate") && out.contains("1 rules with 2 examples"),
        "{out}"
    );
    fs::write(&file, rule("7.0")).expect("written");
    let (status, out, _) = run(&["rules", "test", "northgate", "--packs", &packs]);
    assert_eq!(status, 1, "{out}");
    assert!(out.contains("long-entry, bad 1: nothing is found"), "{out}");
}
