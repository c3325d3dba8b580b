//! Corrections: each safe fix, what it leaves alone, what a person has to sign, and what is kept.

use assert_cmd::Command;
use cleanbill::check::{FileReport, Options, Verdict, check_bytes};
use cleanbill::formats::parts::values;
use cleanbill::formats::{Source, survey};
use cleanbill::model::{Finding, Invoice, Safety};
use cleanbill::revise::fix::{FixError, Fixed, fix};
use cleanbill::rules::{Pack, Shelf};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

const DAY: &str = "2026-10-06";

fn root(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn options() -> Options {
    Options::on(
        DAY.parse().expect("a day"),
        Shelf::shipped().expect("packs"),
    )
}

fn files() -> Vec<PathBuf> {
    let folders = [
        "fixtures/broken",
        "fixtures/invalid",
        "fixtures/invalid/term",
        "fixtures/clean",
        "fixtures/decent",
        "fixtures/month/invoices",
    ];
    let mut all: Vec<PathBuf> = folders
        .iter()
        .flat_map(|folder| fs::read_dir(root(folder)).expect("a folder"))
        .map(|e| e.expect("an entry").path())
        .filter(|p| p.is_file())
        .collect();
    all.sort();
    assert!(all.len() > 150, "{} fixtures", all.len());
    all
}

fn safely(bytes: &[u8]) -> Fixed {
    fix("file", bytes, &options(), &BTreeSet::new()).expect("it is fixed")
}

fn invoices(bytes: &[u8]) -> Vec<Invoice> {
    let source = Source::of_bytes(bytes).expect("a temporary file");
    let survey = survey(&source).expect("readable");
    (0..survey.invoices.count())
        .map(|i| survey.invoices.read(i).expect("readable").invoice)
        .collect()
}

fn findings(report: &FileReport) -> Vec<&Finding> {
    let invoices = report.invoices.iter().flat_map(|i| &i.findings);
    report.findings.iter().chain(invoices).collect()
}

fn good() -> String {
    fs::read_to_string(root("rules/examples/good-1998B.txt")).expect("a good invoice")
}

/// The words of a text, marks and blanks left out.
fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Fixing any fixture makes no new finding, a second fix changes nothing, and what could be read before says the same
/// afterwards: amounts, hours and days to the digit, texts word for word.
#[test]
fn a_safe_fix_of_any_fixture_changes_form_only() {
    let mut fixed_files = 0;
    for path in files() {
        let bytes = fs::read(&path).expect("a fixture");
        let name = path.display().to_string();
        let fixed = match fix(&name, &bytes, &options(), &BTreeSet::new()) {
            Ok(fixed) => fixed,
            Err(FixError::Wrapped) => {
                assert!(name.ends_with(".eml"), "{name}");
                continue;
            }
            Err(error) => panic!("{name}: {error}"),
        };
        assert_eq!(fixed.news.made, Vec::<String>::new(), "{name}");
        assert!(
            fixed.changes.iter().all(|c| c.safety == Safety::Safe),
            "{name}"
        );
        assert_eq!(fixed.changes.is_empty(), fixed.bytes == bytes, "{name}");
        fixed_files += usize::from(!fixed.changes.is_empty());
        let again = safely(&fixed.bytes);
        assert!(again.changes.is_empty(), "{name}: {:?}", again.changes);
        assert_eq!(again.bytes, fixed.bytes, "{name}");

        let read_before = fixed.before.ledes_format.is_some() && !fixed.before.invoices.is_empty();
        let layout = [
            "signature",
            "header",
            "not-ledes",
            "invalid-number",
            "invalid-date",
            "line-type",
        ];
        if !read_before
            || fixed
                .changes
                .iter()
                .any(|c| layout.contains(&c.rule.as_str()))
        {
            continue;
        }
        let (before, after) = (invoices(&bytes), invoices(&fixed.bytes));
        assert_eq!(before.len(), after.len(), "{name}");
        for (b, a) in before.iter().zip(&after) {
            let totals = fixed
                .changes
                .iter()
                .any(|c| c.rule == "invoice-total-mismatch");
            assert!(totals || b.total.get() == a.total.get(), "{name}");
            assert_eq!(b.lines.len(), a.lines.len(), "{name}");
            for (b_line, a_line) in b.lines.iter().zip(&a.lines) {
                assert_eq!(b_line.units.get(), a_line.units.get(), "{name}");
                assert_eq!(b_line.unit_cost.get(), a_line.unit_cost.get(), "{name}");
                assert_eq!(b_line.adjustment.get(), a_line.adjustment.get(), "{name}");
                assert_eq!(b_line.total.get(), a_line.total.get(), "{name}");
                assert_eq!(b_line.date.get(), a_line.date.get(), "{name}");
                assert_eq!(
                    words(&b.get(b_line.description)),
                    words(&a.get(a_line.description)),
                    "{name}"
                );
            }
        }
    }
    assert!(
        fixed_files >= 20,
        "only {fixed_files} fixtures had something to fix"
    );
}

/// Each safe fix: what is wrong in the file, what the change says, and the file afterwards.
#[test]
fn each_safe_fix_puts_the_good_form_in_the_place_of_the_bad() {
    let good = good();
    let cases: Vec<(&str, &str, &str)> = vec![
        ("LEDES1998B[]", "LEDES98B[]", "signature"),
        ("LEDES1998B[]\n", "", "signature"),
        ("|LINE_ITEM_TASK_CODE|", "|LINE_ITEM_TASKCODE|", "header"),
        ("|LINE_ITEM_TASK_CODE|", "|Line_Item_Task_Code|", "header"),
        ("SF-LIT-12[]\n", "SF-LIT-12\n", "line-terminator"),
        ("SF-LIT-12[]\n", "SF-LIT-12|\n", "line-terminator"),
        ("Draft answer to", "Draft answer\nto", "embedded-line-break"),
        (
            "CLIENT_MATTER_ID[]\n",
            "CLIENT_MATTER_ID[]\n\n\n",
            "trailing-blank-lines",
        ),
        (
            "Draft answer to",
            "Draft\u{a0}answer to",
            "forbidden-character",
        ),
        ("Draft answer to", "Draft\tanswer to", "forbidden-character"),
        ("|450.00|", "|$450.00|", "invalid-number"),
        ("|450.00|", "|450.00 |", "invalid-number"),
        ("|450.00|", "|0450.00|", "lenient-number"),
        ("|450.00|", "|450.000000|", "number-precision"),
        ("|20260304|", "|2026-03-04|", "invalid-date"),
        ("|20260304|", "|3/25/2026|", "invalid-date"),
        ("|20260304|", "|20260304 |", "invalid-date"),
        ("|0042|", "| 0042|", "padded-value"),
        ("|L210|", "|l210|", "malformed-code"),
        ("|1565.10|", "|1551.10|", "invoice-total-mismatch"),
        ("|1|F|", "|1|f|", "line-type"),
    ];
    for (right, wrong, rule) in cases {
        // The total of the example is whatever it is.
        let (right, wrong) = match rule {
            "invoice-total-mismatch" => {
                let record = good.lines().nth(2).expect("a record");
                let total = record.split('|').nth(4).expect("a total");
                (format!("|{total}|"), "|1551.11|".to_owned())
            }
            _ => (right.to_owned(), wrong.to_owned()),
        };
        assert!(
            good.contains(&right),
            "{right:?} is not in the good invoice"
        );
        let bad = match rule {
            "invoice-total-mismatch"
            | "forbidden-character"
            | "line-terminator"
            | "malformed-code" => good.replace(&right, &wrong),
            _ => good.replacen(&right, &wrong, 1),
        };
        let fixed = safely(bad.as_bytes());
        assert!(
            fixed.changes.iter().any(|c| c.rule == rule),
            "{rule}: {:?}",
            fixed.changes
        );
        assert!(fixed.news.made.is_empty(), "{rule}: {:?}", fixed.news);
        let right_again = match wrong.as_str() {
            // The padded line keeps its day; the shuffled one gets the day it names.
            "|3/25/2026|" => bad.replace("3/25/2026", "20260325"),
            "|450.000000|" => bad.replace("450.000000", "450.0000"),
            _ => good.clone(),
        };
        assert_eq!(
            String::from_utf8_lossy(&fixed.bytes),
            right_again,
            "{rule}, {wrong:?}"
        );
        let left: Vec<&str> = findings(&fixed.after)
            .iter()
            .filter(|f| f.rule == rule)
            .map(|f| f.message.as_str())
            .collect();
        assert!(left.is_empty(), "{rule}: {left:?}");
    }
}

#[test]
fn files_nobody_can_read_are_put_into_a_form_that_can_be_read() {
    let good = good();
    let mut utf_16 = vec![0xff, 0xfe];
    utf_16.extend(good.encode_utf16().flat_map(u16::to_le_bytes));
    assert_eq!(String::from_utf8_lossy(&safely(&utf_16).bytes), good);

    let bare = good.replace('\n', "\r");
    let fixed = safely(bare.as_bytes());
    assert_eq!(
        String::from_utf8_lossy(&fixed.bytes),
        good.replace('\n', "\r\n")
    );
    assert!(fixed.news.made.is_empty(), "{:?}", fixed.news);

    let marked = format!("\u{feff}{good}");
    assert_eq!(
        String::from_utf8_lossy(&safely(marked.as_bytes()).bytes),
        good
    );

    let mixed = good.replacen('\n', "\r\n", 1);
    assert_eq!(
        String::from_utf8_lossy(&safely(mixed.as_bytes()).bytes),
        good
    );

    let windows = good.replace("Draft answer", "Draft client\u{2019}s answer of Caf\u{e9}");
    let windows = encoding_rs::WINDOWS_1252.encode(&windows).0.into_owned();
    let fixed = safely(&windows);
    assert!(fixed.news.made.is_empty(), "{:?}", fixed.news);
    let text = String::from_utf8(fixed.bytes).expect("UTF-8 now");
    assert!(
        text.contains("Draft client's answer of Caf\u{e9}"),
        "{text}"
    );
}

/// What is not at fault keeps its bytes, also bytes that no encoding explains.
#[test]
fn what_is_not_at_fault_keeps_its_bytes() {
    let bad = good()
        .replacen("|450.00|", "|$450.00|", 1)
        .replace('\n', "\r\n");
    let fixed = safely(bad.as_bytes());
    assert_eq!(
        String::from_utf8_lossy(&fixed.bytes),
        good().replace('\n', "\r\n")
    );
    assert_eq!(fixed.changes.len(), 1);
    let change = &fixed.changes[0];
    assert_eq!(
        (change.line, change.field.as_str()),
        (3, "LINE_ITEM_UNIT_COST")
    );
    assert_eq!(
        (change.before.as_str(), change.after.as_str()),
        ("$450.00", "450.00")
    );
}

/// A total is only summed up anew where every line comes out right.
#[test]
fn a_total_over_a_wrong_line_is_somebody_s_to_change() {
    let bad = good().replacen("|1080.00|", "|1090.00|", 1);
    let fixed = safely(bad.as_bytes());
    assert!(fixed.changes.is_empty(), "{:?}", fixed.changes);
    assert!(
        fixed.offered.contains_key("line-math-mismatch"),
        "{:?}",
        fixed.offered
    );

    let allowed = BTreeSet::from(["line-math-mismatch".to_owned()]);
    let fixed = fix("file", bad.as_bytes(), &options(), &allowed).expect("it is fixed");
    assert_eq!(String::from_utf8_lossy(&fixed.bytes), good());
    assert!(fixed.changes.iter().all(|c| c.safety == Safety::Unsafe));
    assert!(fixed.news.made.is_empty(), "{:?}", fixed.news);
}

/// A client's own list of classes maps codes of the other list, and no words.
#[test]
fn classes_are_mapped_to_the_client_s_own() {
    let pack: Pack = toml::from_str(
        "pack = \"client-smf\"\ntitle = \"SMF\"\nversion = \"1\"\ngoverns = { client_id = [\"SMF01\"] }\n\
         [rules.timekeeper-class]\naccepted = [\"PT\", \"AS\"]\n",
    )
    .expect("a pack");
    let mut options = options();
    options.shelf.add(pack);
    let fixed = fix("file", good().as_bytes(), &options, &BTreeSet::new()).expect("fixed");
    let text = String::from_utf8_lossy(&fixed.bytes).into_owned();
    assert!(text.contains("|PT|") && text.contains("|AS|"), "{text}");
    assert!(!text.contains("PARTNR"), "{text}");

    let words = good().replace("PARTNR", "Partner");
    let fixed = fix("file", words.as_bytes(), &options, &BTreeSet::new()).expect("fixed");
    assert!(String::from_utf8_lossy(&fixed.bytes).contains("Partner"));
}

/// A fix that makes a new finding is refused, and says which.
#[test]
fn a_fix_that_makes_a_new_finding_is_refused() {
    // NULL in a field that is required: taken out, the field is empty.
    let bad = good().replace("|98-7654321|", "|NULL|");
    let allowed = BTreeSet::from(["null-text".to_owned()]);
    let fixed = fix("file", bad.as_bytes(), &options(), &allowed).expect("it is tried");
    assert!(
        fixed
            .news
            .made
            .iter()
            .any(|n| n.starts_with("required-field")),
        "{:?}",
        fixed.news
    );
}

fn program() -> Command {
    let mut command = Command::cargo_bin("cleanbill").expect("the program");
    command.arg("fix").env("NO_COLOR", "1");
    command
}

fn folder_with(text: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("march.txt");
    fs::write(&file, text).expect("written");
    (folder, file)
}

fn bad() -> String {
    good().replacen("|450.00|", "|$450.00|", 1)
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .expect("a folder")
        .map(|e| {
            e.expect("an entry")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    names.sort();
    names
}

#[test]
fn the_fixed_file_goes_to_standard_output_and_nothing_is_written() {
    let (folder, file) = folder_with(&bad());
    let done = program()
        .arg(&file)
        .args(["--today", DAY])
        .assert()
        .success();
    assert_eq!(String::from_utf8_lossy(&done.get_output().stdout), good());
    let said = String::from_utf8_lossy(&done.get_output().stderr).into_owned();
    assert!(
        said.contains("1 change made (form only)") && said.contains("checked again: clean"),
        "{said}"
    );
    assert_eq!(names(folder.path()), ["march.txt"]);
    let done = program()
        .args(["-", "--today", DAY])
        .write_stdin(bad())
        .assert()
        .success();
    assert_eq!(String::from_utf8_lossy(&done.get_output().stdout), good());
}

#[test]
fn a_diff_shows_place_before_and_after() {
    let (folder, file) = folder_with(&bad());
    let done = program()
        .arg(&file)
        .args(["--diff", "--today", DAY])
        .assert()
        .success();
    let text = String::from_utf8_lossy(&done.get_output().stdout).into_owned();
    assert!(
        text.contains("@@ line 3, invoice AW-2041, line item 1: LINE_ITEM_UNIT_COST [invalid-number]\n- $450.00\n+ 450.00\n"),
        "{text}"
    );
    assert_eq!(names(folder.path()), ["march.txt"]);
    assert_eq!(fs::read_to_string(&file).expect("the file"), bad());
}

#[test]
fn the_original_is_kept_and_never_written_over() {
    let (folder, file) = folder_with(&bad());
    fs::write(folder.path().join("march.txt.orig"), "somebody's own").expect("written");
    program()
        .arg(&file)
        .args(["--write", "--today", DAY])
        .assert()
        .success();
    assert_eq!(fs::read_to_string(&file).expect("the file"), good());
    let read = |name: &str| fs::read_to_string(folder.path().join(name)).expect(name);
    assert_eq!(read("march.txt.orig"), "somebody's own");
    assert_eq!(read("march.txt.orig.2"), bad());
    assert!(
        read("march.txt.changes.csv")
            .contains("AW-2041,1,LINE_ITEM_UNIT_COST,$450.00,450.00,invalid-number,safe")
    );
    // A second fix has nothing to do and leaves nothing behind.
    let before = names(folder.path());
    let done = program()
        .arg(&file)
        .args(["--write", "--today", DAY])
        .assert()
        .success();
    assert!(String::from_utf8_lossy(&done.get_output().stderr).contains("nothing to fix"));
    assert_eq!(names(folder.path()), before);
}

#[test]
fn what_is_billed_changes_only_with_a_name_and_a_reason() {
    let wrong = good().replacen("|1080.00|", "|1090.00|", 1);
    let (folder, file) = folder_with(&wrong);
    let asked = ["--write", "--today", DAY, "--unsafe", "line-math-mismatch"];
    let tries: [&[&str]; 4] = [
        &[],
        &["--by", "A. Quillfeather"],
        &["--reason", "typing error"],
        &["--by", " ", "--reason", "typing error"],
    ];
    for more in tries {
        program().arg(&file).args(asked).args(more).assert().code(2);
        assert_eq!(names(folder.path()), ["march.txt"], "{more:?}");
        assert_eq!(fs::read_to_string(&file).expect("the file"), wrong);
    }
    program()
        .arg(&file)
        .args([
            "--unsafe",
            "line-maths",
            "--by",
            "A",
            "--reason",
            "b",
            "--write",
        ])
        .assert()
        .code(2);
    // Somewhere the record has to go.
    program()
        .arg(&file)
        .args([
            "--unsafe",
            "line-math-mismatch",
            "--by",
            "A",
            "--reason",
            "b",
        ])
        .assert()
        .code(2);
    program()
        .arg(&file)
        .args(asked)
        .args(["--by", "A. Quillfeather", "--reason", "=typing error"])
        .assert()
        .success();
    assert_eq!(fs::read_to_string(&file).expect("the file"), good());
    let record = fs::read(folder.path().join("march.txt.changes.json")).expect("a record");
    let record: serde_json::Value = serde_json::from_slice(&record).expect("JSON");
    let row = &record[0];
    assert_eq!(row["by"], "A. Quillfeather");
    assert_eq!(row["reason"], "=typing error");
    assert_eq!(row["invoice_number"], "AW-2041");
    assert_eq!(row["field"], "LINE_ITEM_TOTAL");
    assert_eq!(
        (row["before"].as_str(), row["after"].as_str()),
        (Some("1090.00"), Some("1080.00"))
    );
    assert_eq!(
        (row["rule"].as_str(), row["safety"].as_str()),
        (Some("line-math-mismatch"), Some("unsafe"))
    );
    let sheet = fs::read_to_string(folder.path().join("march.txt.changes.csv")).expect("a record");
    assert!(sheet.contains("'=typing error"), "{sheet}");
}

#[test]
fn a_record_grows_and_loses_nothing() {
    let (folder, file) = folder_with(&bad());
    let record = folder.path().join("all.json");
    for _ in 0..2 {
        program()
            .arg(&file)
            .args(["--today", DAY, "--record"])
            .arg(&record)
            .assert()
            .success();
    }
    let rows: Vec<serde_json::Value> =
        serde_json::from_slice(&fs::read(&record).expect("a record")).expect("JSON");
    assert_eq!(rows.len(), 2);
    fs::write(&record, "{ not a record").expect("written");
    program()
        .arg(&file)
        .args(["--today", DAY, "--write", "--record"])
        .arg(&record)
        .assert()
        .code(2);
    assert_eq!(fs::read_to_string(&file).expect("the file"), bad());
}

#[test]
fn a_refused_fix_leaves_the_original_and_says_why() {
    let wrong = good().replace("|98-7654321|", "|NULL|");
    let (folder, file) = folder_with(&wrong);
    let done = program()
        .arg(&file)
        .args([
            "--write",
            "--today",
            DAY,
            "--unsafe",
            "null-text",
            "--by",
            "A",
            "--reason",
            "b",
        ])
        .assert()
        .code(1);
    let said = String::from_utf8_lossy(&done.get_output().stderr).into_owned();
    assert!(
        said.contains("not fixed") && said.contains("required-field"),
        "{said}"
    );
    assert_eq!(fs::read_to_string(&file).expect("the file"), wrong);
    assert_eq!(names(folder.path()), ["march.txt"]);
}

#[test]
fn exit_statuses_say_what_is_left() {
    let (folder, file) = folder_with(&good().replacen("|1080.00|", "|1090.00|", 1));
    program().arg(&file).args(["--today", DAY]).assert().code(1);
    program()
        .arg(folder.path().join("none.txt"))
        .assert()
        .code(3);
    program()
        .arg(&file)
        .arg("--out")
        .arg(&file)
        .assert()
        .code(2);
    program()
        .args(["-", "--write"])
        .write_stdin(bad())
        .assert()
        .code(2);
    program()
        .arg(&file)
        .args(["--today", DAY, "--out"])
        .arg(folder.path().join("no/such/folder/x.txt"))
        .assert()
        .code(3);
}

#[cfg(target_os = "linux")]
#[test]
fn an_output_that_takes_no_more_is_a_failure_of_the_system() {
    let (_folder, file) = folder_with(&bad());
    program()
        .arg(&file)
        .args(["--today", DAY, "--out", "/dev/full"])
        .assert()
        .code(3);
}

/// The JSON report offers the same changes the command makes.
#[test]
fn findings_offer_the_change_the_fix_makes() {
    let report = check_bytes("file", bad().as_bytes(), &options()).expect("checked");
    let fixes: Vec<_> = findings(&report)
        .iter()
        .filter_map(|f| f.fix.clone())
        .collect();
    assert_eq!(fixes.len(), 1);
    assert_eq!(fixes[0].safety, Safety::Safe);
    assert_eq!(fixes[0].edits[0].value, "450.00");
    assert!(!values(&invoices(bad().as_bytes())[0]).is_empty());
}

/// A name without its comma is put in order where the firm's list knows the person, and nowhere else.
#[test]
fn names_are_put_in_order_by_the_firm_s_list() {
    let wrong = good().replace("Wren, Isolde", "Isolde Wren");
    assert!(safely(wrong.as_bytes()).changes.is_empty());
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(
        folder.path().join("timekeepers.csv"),
        "timekeeper_id,last_name,first_name,timekeeper_classification\n0042,Wren,Isolde,PARTNR\n0057,Okafor,Daniel,ASSOC\n",
    )
    .expect("written");
    let mut options = options();
    let loaded = cleanbill::firm::load(folder.path()).expect("lists");
    options.lists = std::sync::Arc::new(loaded.lists);
    let fixed = fix("file", wrong.as_bytes(), &options, &BTreeSet::new()).expect("fixed");
    assert_eq!(String::from_utf8_lossy(&fixed.bytes), good());
    assert_eq!(fixed.changes[0].rule, "name-order");
}

/// Whatever is done to a file, a fix ends, a second one changes nothing, and amounts that could be read stay.
#[test]
fn a_fix_of_a_damaged_file_comes_to_rest() {
    let pieces: [&str; 24] = [
        "|",
        "||",
        "[]",
        "\n",
        "\r\n",
        "\r",
        " ",
        "\t",
        "$",
        ",",
        ".",
        "-",
        "0",
        "9",
        "NULL",
        "\u{feff}",
        "\u{2019}",
        "\u{2013}",
        "&",
        "<",
        "x",
        "F",
        "|F|",
        "2026-03-04",
    ];
    let mut state: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut next = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below as u64) as usize
    };
    let mut changed = 0;
    for name in ["good-1998B.txt", "good-1998BI-V2.txt", "good-XML-2.1.xml"] {
        let good = fs::read(root("rules/examples").join(name)).expect("a good invoice");
        for _ in 0..40 {
            let mut bytes = good.clone();
            for _ in 0..=next(4) {
                let at = next(bytes.len());
                let piece = pieces[next(pieces.len())];
                match next(3) {
                    0 => drop(bytes.splice(at..at, piece.bytes())),
                    1 => drop(bytes.splice(at..at + 1, piece.bytes())),
                    _ => bytes[at] = 0x92,
                }
            }
            let shown = String::from_utf8_lossy(&bytes).into_owned();
            let fixed = safely(&bytes);
            let again = safely(&fixed.bytes);
            assert!(again.changes.is_empty(), "{:?}\n{shown}", again.changes);
            changed += usize::from(!fixed.changes.is_empty());
            let (before, after) = (invoices(&bytes), invoices(&fixed.bytes));
            let same_shape = before.len() == after.len()
                && before
                    .iter()
                    .zip(&after)
                    .all(|(b, a)| b.lines.len() == a.lines.len());
            let header = fixed
                .changes
                .iter()
                .any(|c| c.rule == "header" || c.rule == "signature");
            if !same_shape || header {
                continue;
            }
            for (b, a) in before.iter().zip(&after) {
                for (b, a) in b.lines.iter().zip(&a.lines) {
                    for (b, a) in [
                        (b.units, a.units),
                        (b.unit_cost, a.unit_cost),
                        (b.total, a.total),
                        (b.adjustment, a.adjustment),
                    ] {
                        assert!(
                            b.get().is_none() || b.get() == a.get(),
                            "{b:?} {a:?}\n{shown}"
                        );
                    }
                    assert!(
                        b.date.get().is_none() || b.date.get() == a.date.get(),
                        "{shown}"
                    );
                }
            }
        }
    }
    assert!(changed > 30, "{changed}");
}

/// A file, what is fixed of it, and what it is afterwards: checked clean, and a second fix changes nothing.
fn mended(name: &str, bad: &str, good: &str, rule: &str) {
    let fixed = safely(bad.as_bytes());
    assert!(fixed.news.made.is_empty(), "{name}: {:?}", fixed.news);
    assert!(
        !fixed.changes.is_empty()
            && fixed
                .changes
                .iter()
                .all(|c| c.rule == rule && c.safety == Safety::Safe && c.before != c.after),
        "{name}: {:?}, left: {:?}",
        fixed.changes,
        findings(&fixed.after)
    );
    assert_eq!(String::from_utf8_lossy(&fixed.bytes), good, "{name}");
    let left = findings(&fixed.after);
    assert!(left.iter().all(|f| f.rule != rule), "{name}: {left:?}");
    assert!(safely(&fixed.bytes).changes.is_empty(), "{name}");
}

/// In XML a sum is worked out anew where all it is made of agrees: items, matters, the invoice.
#[test]
fn sums_of_xml_are_worked_out_anew_where_every_item_agrees() {
    let read = |name: &str| fs::read_to_string(root(name)).expect("a file");
    let taxed = read("rules/examples/good-XML-2.2.xml");
    let untaxed = read("fixtures/clean/xml-2.1--no-tax.xml");
    let oldest = read("rules/examples/good-2000.xml");
    for (name, good, elements) in [
        (
            "with tax",
            &taxed,
            [
                "matter_total_detail_fees",
                "matter_total_detail_exp",
                "matter_total_due",
                "inv_total_net_due",
            ]
            .as_slice(),
        ),
        (
            "without tax",
            &untaxed,
            &[
                "matter_total_detail_fees",
                "matter_net_fees",
                "matter_net_exp",
                "matter_total_due",
                "inv_total_net_due",
            ],
        ),
        (
            "2000",
            &oldest,
            &[
                "matter_total_detail_fees",
                "matter_net_fees",
                "matter_total_due",
                "inv_total_net_due",
            ],
        ),
    ] {
        for element in elements {
            let open = format!("<{element}>");
            let from = good.find(&open).expect(element) + open.len();
            let until = from + good[from..].find('<').expect("an end");
            let bad = format!("{}7777.77{}", &good[..from], &good[until..]);
            mended(
                &format!("{name}, {element}"),
                &bad,
                good,
                "invoice-total-mismatch",
            );
        }
    }
    // All of them wrong, each follows from the one below.
    let mut bad = untaxed.clone();
    for element in [
        "matter_total_detail_fees",
        "matter_net_fees",
        "matter_total_due",
        "inv_total_net_due",
    ] {
        let open = format!("<{element}>");
        let from = bad.find(&open).expect(element) + open.len();
        bad.insert(from, '9');
    }
    mended("all", &bad, &untaxed, "invoice-total-mismatch");
}

#[test]
fn a_sum_of_xml_over_a_wrong_item_is_somebody_s_to_change() {
    let good = fs::read_to_string(root("rules/examples/good-XML-2.2.xml")).expect("a good invoice");
    for bad in [
        // An item that does not come to its total, or is no whole item.
        good.replace("<total_amount>720.00<", "<total_amount>702.00<")
            .replace(
                "<matter_total_detail_fees>1020.00<",
                "<matter_total_detail_fees>1090.00<",
            ),
        good.replace("<units>1.50</units>", "").replace(
            "<matter_total_detail_fees>1020.00<",
            "<matter_total_detail_fees>1090.00<",
        ),
        // A net amount: with the tax or without it, both are met.
        good.replace("<matter_net_fees>970.00<", "<matter_net_fees>790.00<"),
    ] {
        let fixed = safely(bad.as_bytes());
        let totals: Vec<_> = fixed
            .changes
            .iter()
            .filter(|c| c.rule == "invoice-total-mismatch")
            .collect();
        assert!(totals.is_empty(), "{totals:?}");
    }
}

/// A pipe file with its columns in another order.
fn in_order(text: &str, order: &[usize]) -> String {
    let mut lines = text.lines();
    let mut out = format!("{}\n", lines.next().expect("a marker"));
    for line in lines {
        let fields: Vec<&str> = line.trim_end_matches("[]").split('|').collect();
        let moved: Vec<&str> = order.iter().map(|at| fields[*at]).collect();
        out.push_str(&moved.join("|"));
        out.push_str("[]\n");
    }
    out
}

#[test]
fn columns_in_another_order_are_put_into_the_format_s_own() {
    for (name, columns) in [("1998B", 24), ("1998BI-V2", 52)] {
        let good = fs::read_to_string(root(&format!("rules/examples/good-{name}.txt")))
            .expect("a good invoice");
        let own: Vec<usize> = (0..columns).collect();
        assert_eq!(in_order(&good, &own), good);
        let mut orders = Vec::new();
        for (a, b) in [(0, 4), (9, 13), (14, 16)] {
            let mut order = own.clone();
            order.swap(a, b);
            orders.push(order);
        }
        orders.push(own.iter().rev().copied().collect());
        let mut first_last = own.clone();
        first_last.rotate_left(1);
        orders.push(first_last);
        for order in orders {
            let bad = in_order(&good, &order);
            mended(&format!("{name}, {order:?}"), &bad, &good, "header");
        }
        // Two columns of words or of amounts exchanged: nothing says whose order the records have.
        for (a, b) in [(2, 3), (10, 12)] {
            let mut order = own.clone();
            order.swap(a, b);
            let bad = in_order(&good, &order);
            let fixed = safely(bad.as_bytes());
            assert!(
                fixed.changes.iter().all(|c| c.rule != "header"),
                "{name}, {a}"
            );
            assert!(findings(&fixed.after).iter().any(|f| f.rule == "header"));
        }
    }
    let broken = fs::read_to_string(root("fixtures/broken/columns-in-another-order.txt"))
        .expect("a fixture");
    let fixed = safely(broken.as_bytes());
    assert_eq!(fixed.after.verdict, Verdict::Clean);
    // Marker, header and records: all but the first line are changed, and the record of changes says how.
    assert_eq!(fixed.changes.len(), broken.lines().count() - 1);
    assert!(
        fixed.changes[0]
            .after
            .starts_with("INVOICE_DATE|INVOICE_NUMBER|")
    );
    // A record of another length cannot be put into any order.
    let cut = broken.replacen("|PARTNR|", "|", 1);
    assert_eq!(safely(cut.as_bytes()).bytes, cut.as_bytes());
}
