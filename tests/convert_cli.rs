//! `cleanbill convert` as a person meets it: what it writes, says, refuses, and leaves alone.

use assert_cmd::Command;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures")
        .join(name)
}

struct Ran {
    status: i32,
    out: String,
    err: String,
}

fn convert(args: &[&str]) -> Ran {
    let mut command = Command::cargo_bin("cleanbill").expect("the program");
    command
        .args(["convert", "--today", "2026-10-06"])
        .args(args);
    let output = command.output().expect("it runs");
    Ran {
        status: output.status.code().expect("a status"),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

fn text(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

fn names(folder: &Path) -> Vec<String> {
    let mut all: Vec<String> = fs::read_dir(folder)
        .expect("a folder")
        .map(|e| {
            e.expect("an entry")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    all.sort();
    all
}

#[test]
fn a_file_goes_to_standard_output_and_its_losses_to_standard_error() {
    let from = fixture("clean/xml-2.1--no-tax.xml");
    let ran = convert(&[text(&from), "--to", "1998B"]);
    assert_eq!(ran.status, 0, "{}", ran.err);
    assert!(
        ran.out.starts_with("LEDES1998B[]\nINVOICE_DATE|"),
        "{}",
        ran.out
    );
    assert!(
        ran.err.contains("lost:") && ran.err.contains("inv_currency"),
        "{}",
        ran.err
    );
}

#[test]
fn nothing_is_made_up() {
    let from = fixture("clean/1998b--if-and-ie.txt");
    let ran = convert(&[text(&from), "--to", "xml2.1"]);
    assert_eq!(ran.status, 1);
    assert!(!ran.out.contains("<inv_currency>"));
    assert!(
        ran.err.contains("required, and not in the source"),
        "{}",
        ran.err
    );
    assert!(ran.err.contains("inv_currency"), "{}", ran.err);
    assert!(ran.err.contains("would be rejected"), "{}", ran.err);
    let ran = convert(&[text(&from), "--to", "xml2.1", "--currency", "USD"]);
    assert!(ran.out.contains("<inv_currency>USD</inv_currency>"));
    let ran = convert(&[text(&from), "--to", "xml2.1", "--currency", "Dollars"]);
    assert_eq!(ran.status, 2);
    assert!(ran.err.contains("ISO 4217"), "{}", ran.err);
}

#[test]
fn what_a_dialect_gives_makes_a_whole_invoice() {
    let folder = TempDir::new().expect("a folder");
    let dialect = folder.path().join("portal.toml");
    fs::write(
        &dialect,
        "line_end = \"crlf\"\nfile_name = \"{client_id}-{invoice_number}.{extension}\"\n[given]\n\
         \"firm/lf_name\" = \"Harrow & Vale LLP\"\n\"firm/source_app\" = \"Ours\"\n\"firm/app_version\" = \"1\"\n\
         \"lf_address/address_1\" = \"10 Plaza\"\n\"lf_address/city\" = \"Springvale\"\n\"lf_address/country\" = \"USA\"\n\
         \"lf_address/phone\" = \"555-0100\"\n\"lf_billing_contact/contact_lname\" = \"Ostrander\"\n\
         \"lf_billing_contact/contact_fname\" = \"Lee\"\n\"lf_billing_contact/contact_email\" = \"b@firm.example\"\n\
         \"client/cl_lf_id\" = \"V-1\"\n\"client/cl_name\" = \"Brightwater\"\n\"cl_address/address_1\" = \"1 Pier\"\n\
         \"cl_address/city\" = \"Hull\"\n\"cl_address/country\" = \"USA\"\n\"cl_address/phone\" = \"555-0101\"\n\
         \"matter/matter_name\" = \"Carrier claim\"\n\"matter/matter_final_bill\" = \"N\"\n",
    )
    .expect("written");
    let from = fixture("clean/1998b--if-and-ie.txt");
    let out = folder.path().join("sent");
    let args = [
        text(&from),
        "--to",
        "XML-2.1",
        "--currency",
        "USD",
        "--dialect",
        text(&dialect),
        "--out",
        text(&out),
    ];
    let ran = convert(&args);
    assert_eq!(ran.status, 0, "{}", ran.err);
    assert_eq!(names(&out), ["BWC01-HV-20014.xml"]);
    let written = fs::read_to_string(out.join("BWC01-HV-20014.xml")).expect("written");
    assert!(written.contains("Harrow &amp; Vale LLP"));
    assert_eq!(
        written.matches('\n').count(),
        written.matches("\r\n").count()
    );
}

/// A byte of Windows-1252 that UTF-8 has not: standard output has the bytes of the file.
#[test]
fn standard_output_has_the_bytes_of_the_file() {
    let folder = TempDir::new().expect("a folder");
    let dialect = folder.path().join("portal.toml");
    fs::write(&dialect, "encoding = \"windows-1252\"\n").expect("written");
    let good = fs::read(fixture("clean/1998b--one-line.txt")).expect("a fixture");
    let mut bytes = Vec::new();
    for (index, field) in good.split(|b| *b == b'|').enumerate() {
        if index > 0 {
            bytes.push(b'|');
        }
        bytes.extend_from_slice(field);
        // The narrative of the one record.
        if index == 23 + 18 {
            bytes.extend_from_slice(b" \x9bquoted\x8b");
        }
    }
    let from = folder.path().join("march.txt");
    fs::write(&from, &bytes).expect("written");
    for format in ["1998B", "1998BI-V2", "XML-2.1"] {
        let out = folder.path().join(format);
        let to_file = convert(&[
            text(&from),
            "--to",
            format,
            "--dialect",
            text(&dialect),
            "--out",
            text(&out),
        ]);
        let written = fs::read(&out).expect(&to_file.err);
        assert!(written.contains(&0x9b), "{format}: {}", to_file.err);
        let printed = Command::cargo_bin("cleanbill")
            .expect("the program")
            .args([
                "convert",
                "--today",
                "2026-10-06",
                text(&from),
                "--to",
                format,
            ])
            .args(["--dialect", text(&dialect)])
            .output()
            .expect("it runs");
        assert!(printed.stdout == written, "{format}");
    }
}

#[test]
fn a_given_value_is_read_back_like_any_other() {
    let folder = TempDir::new().expect("a folder");
    let dialect = folder.path().join("portal.toml");
    let from = fixture("clean/1998b--one-line.txt");
    let out = folder.path().join("sent.xml");
    let run = |given: &str, to: &str| {
        fs::write(&dialect, format!("[given]\n{given}\n")).expect("written");
        convert(&[
            text(&from),
            "--to",
            to,
            "--dialect",
            text(&dialect),
            "--out",
            text(&out),
        ])
    };
    let ran = run(
        "\"inv_due_date\" = \"2026-05-01\"\n\"firm/lf_name\" = \" A & B \"",
        "XML-2.1",
    );
    assert!(!ran.err.contains("does not read back"), "{}", ran.err);
    let written = fs::read_to_string(&out).expect("written");
    assert!(written.contains("<inv_due_date>2026-05-01<") && written.contains(" A &amp; B "));
    // Names as a conversion to LEDES 2000 asks for them.
    fs::remove_file(&out).expect("removed");
    let ran = run("\"firm/lf_billing_contact_lname\" = \"Ostrander\"", "2000");
    assert!(!ran.err.contains("does not read back"), "{}", ran.err);
    let written = fs::read_to_string(&out).expect(&ran.err);
    assert!(written.contains("<lf_billing_contact_lname>Ostrander<"));
    let ran = run("MATTER_NAME = \"A|B\"", "1998BI-V2");
    assert_eq!(
        (ran.status, ran.err.contains("MATTER_NAME")),
        (2, true),
        "{}",
        ran.err
    );
}

#[test]
fn a_mistake_in_a_dialect_is_named() {
    let folder = TempDir::new().expect("a folder");
    let dialect = folder.path().join("portal.toml");
    let from = fixture("clean/1998b--one-line.txt");
    for (toml, words) in [
        ("line_ends = \"lf\"", "line_ends"),
        ("[given]\n\"firm/lf_nane\" = \"x\"", "firm/lf_nane"),
        ("[header]\nMATTER = \"x\"", "MATTER"),
        ("file_name = \"{number}.txt\"", "placeholder"),
        ("most_decimals = 1", "most_decimals"),
    ] {
        fs::write(&dialect, toml).expect("written");
        let out = folder.path().join("sent/");
        let args = [
            text(&from),
            "--to",
            "1998B",
            "--dialect",
            text(&dialect),
            "--out",
            text(&out),
        ];
        let ran = convert(&args);
        assert_eq!(ran.status, 2, "{toml}: {}", ran.err);
        assert!(ran.err.contains(words), "{toml}: {}", ran.err);
    }
}

#[test]
fn an_unreadable_invoice_is_left_out_by_name_and_the_others_go_on() {
    let folder = TempDir::new().expect("a folder");
    let good = fs::read_to_string(fixture("clean/1998b--two-invoices.txt")).expect("a fixture");
    let record = good.lines().last().expect("a record");
    let number = record.split('|').nth(1).expect("a number");
    let total = record.split('|').nth(12).expect("a total");
    let bad = good.replacen(
        record,
        &record.replacen(&format!("|{total}|"), "|$1,00|", 1),
        1,
    );
    assert_ne!(good, bad);
    let from = folder.path().join("two.txt");
    fs::write(&from, bad).expect("written");
    let ran = convert(&[text(&from), "--to", "1998B"]);
    assert_eq!(ran.status, 1);
    assert!(
        ran.err.contains(&format!("left out: invoice {number}")),
        "{}",
        ran.err
    );
    assert!(ran.err.contains("cleanbill check"), "{}", ran.err);
    assert!(!ran.out.contains(&format!("|{number}|")));
    assert!(ran.out.lines().count() > 2);
}

#[test]
fn money_without_a_place_is_refused() {
    for (name, to, words) in [
        (
            "clean/xml-2.1--vat-and-discounts.xml",
            "1998B",
            "no place for tax",
        ),
        ("clean/xml-2.1--tax-on-tax.xml", "1998BI-V2", "2 taxes"),
        ("clean/xml-2.2--tiers.xml", "XML-2.1", "tiered tax"),
        ("clean/2000--shared.xml", "1998B", "share"),
        ("clean/1998b--uplift.txt", "2000", "above units x rate"),
    ] {
        let ran = convert(&[text(&fixture(name)), "--to", to]);
        assert_eq!(ran.status, 1, "{name}: {}", ran.err);
        assert!(ran.out.is_empty(), "{name}");
        assert!(ran.err.contains(words), "{name}: {}", ran.err);
    }
    let folder = TempDir::new().expect("a folder");
    let dialect = folder.path().join("portal.toml");
    fs::write(&dialect, "negative_lines = false\n").expect("written");
    let from = fixture("clean/1998b--if-and-ie.txt");
    for to in ["1998B", "XML-2.1"] {
        let ran = convert(&[text(&from), "--to", to, "--dialect", text(&dialect)]);
        assert_eq!(ran.status, 1);
        assert!(
            ran.out.is_empty() && ran.err.contains("negative"),
            "{}",
            ran.err
        );
    }
}

#[test]
fn a_place_that_cannot_be_written_leaves_nothing() {
    let from = fixture("clean/1998b--one-line.txt");
    let ran = convert(&[text(&from), "--to", "1998B", "--out", "/nowhere/at/all.txt"]);
    assert_eq!(ran.status, 3, "{}", ran.err);
    assert!(ran.err.contains("/nowhere/at/all.txt"), "{}", ran.err);
    let folder = TempDir::new().expect("a folder");
    let out = folder.path().join("out.txt");
    let ran = convert(&[
        text(&fixture("broken/forwarded-mail.eml")),
        "--to",
        "2000",
        "--out",
        text(&out),
    ]);
    // Whatever becomes of it: a whole file or none, and nothing beside it.
    assert!(
        names(folder.path()).iter().all(|n| n == "out.txt"),
        "{}",
        ran.err
    );
    let taxed = fixture("clean/1998bi-v2--vat.txt");
    fs::write(&out, "before").expect("written");
    let ran = convert(&[text(&taxed), "--to", "1998B", "--out", text(&out)]);
    assert_eq!(ran.status, 1, "{}", ran.err);
    assert_eq!(fs::read_to_string(&out).expect("still there"), "before");
    assert_eq!(names(folder.path()), ["out.txt"]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_said_and_the_device_stays_one() {
    use std::os::unix::fs::FileTypeExt;
    let full = Path::new("/dev/full");
    let device = || fs::metadata(full).is_ok_and(|m| m.file_type().is_char_device());
    if !device() {
        println!("skipped: there is no /dev/full");
        return;
    }
    let from = fixture("clean/1998b--two-hundred-lines.txt");
    let ran = convert(&[text(&from), "--to", "1998B", "--out", "/dev/full"]);
    assert_eq!(ran.status, 3, "{}", ran.err);
    assert!(ran.err.contains("/dev/full"), "{}", ran.err);
    assert!(device(), "the device was replaced");
}

const MAP: &str = r#"
insurer = "Harbour Mutual"
delimiter = "|"
encoding = "ascii"
line_end = "crlf"
date = "MM/DD/YYYY"
[header]
1 = { text = "Casualty" }
2 = { text = "Hull" }
3 = "blank"
4 = "blank"
5 = "blank"
6 = { field = "client_matter_id" }
7 = { field = "invoice_number" }
8 = { field = "invoice_date" }
9 = { text = "R. Vane" }
10 = "blank"
11 = "blank"
12 = { field = "invoice_total" }
13 = "sequence"
14 = { field = "client_matter_id" }
[fees]
heading = "FEES"
columns = ["line_date", "timekeeper_id", "task_code", "activity_code", "units", "unit_cost", "line_total", "line_description"]
[expenses]
heading = "EXPENSES"
columns = ["line_date", "task_code", "expense_code", "units", "unit_cost", "line_total", "line_description"]
"#;

#[test]
fn litigation_advisor_goes_by_the_insurers_map() {
    let folder = TempDir::new().expect("a folder");
    let map = folder.path().join("map.toml");
    fs::write(&map, MAP).expect("written");
    let from = fixture("clean/1998b--fees-and-expenses.txt");
    let run = |sequence: &str, map: &Path| {
        convert(&[
            text(&from),
            "--to",
            "litigation-advisor",
            "--field-map",
            text(map),
            "--sequence",
            sequence,
        ])
    };
    let ran = run("INTERIM", &map);
    assert_eq!(ran.status, 0, "{}", ran.err);
    let lines: Vec<&str> = ran.out.split("\r\n").collect();
    assert_eq!(lines[0], "Casualty");
    assert_eq!(lines[12], "INTERIM");
    assert_eq!(lines[13], lines[5]);
    assert!(!lines[13].is_empty());
    assert_eq!(lines[14], "FEES");
    assert_eq!(lines[15].split('|').count(), 8, "{}", lines[15]);
    assert!(ran.out.contains("\r\nEXPENSES\r\n"));
    assert!(ran.err.contains("TIMEKEEPER_NAME"), "{}", ran.err);
    let ran = run("INITIAL", &map);
    assert_eq!(ran.out.split("\r\n").nth(13), Some(""));
    let ran = run("LAST", &map);
    assert_eq!(ran.status, 2);

    // What the insurer has not said is refused.
    let lacking = folder.path().join("lacking.toml");
    fs::write(&lacking, MAP.replace("9 = { text = \"R. Vane\" }\n", "")).expect("written");
    let ran = run("INTERIM", &lacking);
    assert_eq!(ran.status, 2, "{}", ran.err);
    assert!(ran.err.contains("9 (Claim Representative)"), "{}", ran.err);
    let unknown = folder.path().join("unknown.toml");
    fs::write(&unknown, MAP.replace("delimiter = \"|\"\n", "")).expect("written");
    let ran = run("INTERIM", &unknown);
    assert_eq!(ran.status, 2);
    assert!(
        ran.err.contains("delimiter") && ran.err.contains("sample file"),
        "{}",
        ran.err
    );
}

#[test]
fn litigation_advisor_refuses_what_it_would_bounce() {
    let folder = TempDir::new().expect("a folder");
    let map = folder.path().join("map.toml");
    fs::write(&map, MAP).expect("written");
    for (name, words) in [
        ("clean/1998b--if-and-ie.txt", "adjusts the invoice"),
        ("clean/1998bi-v2--vat.txt", "tax"),
    ] {
        let from = fixture(name);
        let ran = convert(&[
            text(&from),
            "--to",
            "litigation-advisor",
            "--field-map",
            text(&map),
            "--sequence",
            "FINAL",
        ]);
        assert_eq!(ran.status, 1, "{name}: {}", ran.err);
        assert!(ran.err.contains(words), "{name}: {}", ran.err);
        assert!(ran.out.is_empty());
    }
    let tenths =
        fs::read_to_string(fixture("clean/1998b--fees-and-expenses.txt")).expect("a fixture");
    let quarter = folder.path().join("quarter.txt");
    fs::write(&quarter, tenths.replacen("|F|2.40|", "|F|2.45|", 1)).expect("written");
    let ran = convert(&[
        text(&quarter),
        "--to",
        "litigation-advisor",
        "--field-map",
        text(&map),
        "--sequence",
        "FINAL",
    ]);
    assert_eq!(ran.status, 1, "{}", ran.err);
    assert!(ran.err.contains("2.45 hours"), "{}", ran.err);
}
