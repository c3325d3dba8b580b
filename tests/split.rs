//! Splitting, dividing and merging: every part is an invoice of its own, and together they are the whole, to the cent.

use assert_cmd::Command;
use cleanbill::check::{Options, Verdict, check_bytes};
use cleanbill::formats::write::Dialect;
use cleanbill::formats::{Source, survey};
use cleanbill::model::Invoice;
use cleanbill::revise::Target;
use cleanbill::revise::file::{Output, reads_back};
use cleanbill::revise::split::{NumberPattern, Shares, by_matter, by_shares, sums};
use cleanbill::rules::Shelf;
use rust_decimal::Decimal;
use std::fs;
use std::path::{Path, PathBuf};

const DAY: &str = "2026-10-06";

fn root(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn good(name: &str) -> String {
    fs::read_to_string(root(&format!("rules/examples/good-{name}"))).expect("a good invoice")
}

fn invoices(bytes: &[u8]) -> Vec<Invoice> {
    let source = Source::of_bytes(bytes).expect("a temporary file");
    let survey = survey(&source).expect("readable");
    (0..survey.invoices.count())
        .map(|i| survey.invoices.read(i).expect("readable").invoice)
        .collect()
}

fn numbers(pattern: &str) -> NumberPattern {
    NumberPattern::parse(pattern).expect("a pattern")
}

/// The invoices of the clean fixtures and the examples.
fn fixtures(xml: bool) -> Vec<(String, Invoice)> {
    let mut all = Vec::new();
    for folder in ["fixtures/clean", "rules/examples"] {
        for entry in fs::read_dir(root(folder)).expect("a folder") {
            let path = entry.expect("an entry").path();
            let bytes = fs::read(&path).expect("a fixture");
            let own = invoices(&bytes).into_iter();
            for invoice in own.filter(|i| i.format.is_xml() == xml) {
                all.push((path.display().to_string(), invoice));
            }
        }
    }
    all.sort_by(|a, b| a.0.cmp(&b.0));
    assert!(all.len() > 15, "{}", all.len());
    all
}

/// An invoice as a file of its own format.
fn file_of(invoice: Invoice) -> Vec<u8> {
    let target = Target::new(invoice.format, Dialect::default(), None).expect("a target");
    let mut output = Output::new(Vec::new(), &target);
    output.invoice(invoice).expect("memory");
    let (bytes, account) = output.finish().expect("memory");
    assert_eq!(account.refused, []);
    let source = Source::of_bytes(&bytes).expect("a temporary file");
    assert!(reads_back(&source, &account).expect("memory"));
    bytes
}

/// The rules that speak of a file, with what they say.
fn said_of(bytes: &[u8]) -> Vec<(String, String)> {
    let day = DAY.parse().expect("a day");
    let options = Options::on(day, Shelf::shipped().expect("packs"));
    let report = check_bytes("file", bytes, &options).expect("checked");
    let all = report.invoices.iter().flat_map(|i| &i.findings);
    let all = report.findings.iter().chain(all);
    all.map(|f| (f.rule.clone(), f.message.clone())).collect()
}

/// Two matters in one invoice, two invoices in one file.
fn two_by_two() -> String {
    let good = good("1998B.txt");
    let lines: Vec<&str> = good.lines().collect();
    let second = |line: &str| {
        line.replace("2026-0113", "2026-0114")
            .replace("SF-LIT-12", "SF-LIT-13")
    };
    let mut all: Vec<String> = lines[..2].iter().map(|l| (*l).to_owned()).collect();
    all.push(lines[2].to_owned());
    all.push(second(lines[3]));
    all.push(second(lines[4]));
    all.push(lines[5].to_owned());
    all.extend(lines[2..].iter().map(|l| {
        l.replace("AW-2041", "AW-2042")
            .replace("2026-0113", "2026-0120")
    }));
    all.join("\r\n") + "\r\n"
}

/// Whatever the shares, the parts of every line add up to the line, and each part comes to its own total.
#[test]
fn parts_by_shares_add_up_to_the_invoice_to_the_cent() {
    let mut divided = 0;
    for (name, invoice) in fixtures(false) {
        for shares in [
            "A=60,B=40",
            "A=50,B=50",
            "A=33.34,B=33.33,C=33.33",
            "A=0.01,B=99.99",
            "A=12.5,B=12.5,C=25,D=50",
        ] {
            let shares = Shares::parse(shares).expect("shares");
            let parts = match by_shares(&invoice, &shares, &numbers("{n}")) {
                Ok(parts) => parts,
                // Amounts of parts of a cent cannot be divided to the cent.
                Err(why) if why.0.contains("cannot be divided") => continue,
                Err(why) => panic!("{name}: {why}"),
            };
            divided += 1;
            let whole = sums(&invoice).expect("sums");
            let all: Decimal = parts.iter().map(|p| p.total.get().expect("a total")).sum();
            assert_eq!(all, whole.total, "{name}");
            let taxes: Decimal = parts.iter().map(|p| sums(p).expect("sums").tax).sum();
            assert_eq!(taxes, whole.tax, "{name}");
            for (at, line) in invoice.lines.iter().enumerate() {
                let of_line: Decimal = parts.iter().filter_map(|p| p.lines[at].total.get()).sum();
                assert_eq!(of_line, line.total.get().unwrap_or_default(), "{name}");
                for (part, share) in parts.iter().zip(shares.all()) {
                    let exact =
                        line.total.get().unwrap_or_default() * share.percent / Decimal::ONE_HUNDRED;
                    let own = part.lines[at].total.get().unwrap_or_default();
                    // A cent for the amount and one for its tax.
                    assert!(
                        (own - exact).abs() <= Decimal::new(2, 2),
                        "{name}: {own} of {exact}"
                    );
                    assert_eq!(
                        part.lines[at].units.get().is_some(),
                        line.units.get().is_some()
                    );
                }
            }
        }
    }
    assert!(divided > 100, "{divided}");
}

/// In XML the items stay whole and the matters say the share: together the parts are the invoice to the cent, and no part
/// is worse than the invoice.
#[test]
fn xml_parts_by_shares_add_up_and_are_as_good_as_the_whole() {
    let mut divided = 0;
    let mut why_not = Vec::new();
    for (name, invoice) in fixtures(true) {
        for shares in ["A=60,B=40", "A=33.34,B=33.33,C=33.33", "A=12.5,B=37.5,C=50"] {
            let shares = Shares::parse(shares).expect("shares");
            let parts = match by_shares(&invoice, &shares, &numbers("{n}")) {
                Ok(parts) => parts,
                Err(why) => {
                    why_not.push(format!("{name}: {why}"));
                    continue;
                }
            };
            divided += 1;
            for value in [
                |i: &Invoice| i.total.get().expect("a total"),
                |i: &Invoice| i.tax_total.get().unwrap_or_default(),
                |i: &Invoice| i.matters[0].net_fees.get().expect("a net amount"),
                |i: &Invoice| i.matters[0].net_expenses.get().expect("a net amount"),
            ] {
                assert_eq!(
                    parts.iter().map(value).sum::<Decimal>(),
                    value(&invoice),
                    "{name}"
                );
            }
            let before = said_of(&file_of(invoice.clone()));
            for (part, share) in parts.into_iter().zip(shares.all()) {
                let exact =
                    invoice.total.get().expect("a total") * share.percent / Decimal::ONE_HUNDRED;
                let own = part.total.get().expect("a total");
                let room = Decimal::new(10 * invoice.matters.len() as i64, 2);
                assert!((own - exact).abs() <= room, "{name}: {own} of {exact}");
                assert_eq!(part.lines.len(), invoice.lines.len());
                for (line, whole) in part.lines.iter().zip(&invoice.lines) {
                    assert_eq!((line.units, line.total), (whole.units, whole.total));
                }
                let bytes = file_of(part);
                for (rule, message) in said_of(&bytes) {
                    assert!(
                        before.iter().any(|(r, _)| *r == rule),
                        "{name}, {}: {rule}: {message}\n{}",
                        share.percent,
                        String::from_utf8_lossy(&bytes)
                    );
                }
            }
        }
    }
    assert!(divided > 30, "{divided}: {why_not:#?}");
}

/// What the share takes off is said where the format has a place for it, so that a conversion keeps it.
#[test]
fn a_share_of_an_xml_invoice_is_said_by_its_matter() {
    let invoice = &invoices(good("XML-2.2.xml").as_bytes())[0];
    let shares = Shares::parse("NGM01=60,SMF01=40").expect("shares");
    let parts = by_shares(invoice, &shares, &numbers("{invoice_number}-{n}")).expect("parts");
    let text = String::from_utf8(file_of(parts[0].clone())).expect("text");
    for element in [
        "<inv_desc>Berth charges claim, March 2026; 60 % of invoice AW-26-0318, payor NGM01; each matter divided to the \
         cent by largest remainder</inv_desc>",
        "<cl_id>NGM01</cl_id>",
        "<inv_total_tax>116.40</inv_total_tax>",
        "<inv_total_net_due>749.64</inv_total_net_due>",
        "<matter_total_detail_fees>1020.00</matter_total_detail_fees>",
        "<matter_disc_credit_fees>-50.00</matter_disc_credit_fees>",
        "<matter_perc_shar_fees>0.60</matter_perc_shar_fees>",
        "<matter_tax_on_fees>116.40</matter_tax_on_fees>",
        "<matter_net_fees>582.00</matter_net_fees>",
        "<matter_net_exp>51.24</matter_net_exp>",
        "<disc_cred>MISF</disc_cred>",
        "<discount_percent>0.40</discount_percent>",
        "<disc_cred_amount>-388.00</disc_cred_amount>",
        "<tax_total_detail_fees>582.00</tax_total_detail_fees>",
        "<total_amount>720.00</total_amount>",
    ] {
        assert!(text.contains(element), "{element}\n{text}");
    }
    let oldest = &invoices(good("2000.xml").as_bytes())[0];
    let parts = by_shares(oldest, &shares, &numbers("{invoice_number}-{n}")).expect("parts");
    let text = String::from_utf8(file_of(parts[1].clone())).expect("text");
    for element in [
        "<matter_perc_shar_exp>0.40<",
        "<matter_net_fees>396.00<",
        "<inv_total_net_due>430.16<",
    ] {
        assert!(text.contains(element), "{element}\n{text}");
    }
}

#[test]
fn each_matter_of_an_xml_invoice_gets_an_invoice_with_what_is_due_for_it() {
    let mut divided = 0;
    for (name, invoice) in fixtures(true)
        .into_iter()
        .filter(|(_, i)| i.matters.len() > 1)
    {
        let parts = by_matter(&invoice, &numbers("{invoice_number}-{n}")).expect("parts");
        assert_eq!(parts.len(), invoice.matters.len());
        let lines: usize = parts.iter().map(|p| p.lines.len()).sum();
        assert_eq!(lines, invoice.lines.len());
        let before = said_of(&file_of(invoice.clone()));
        for (part, matter) in parts.into_iter().zip(&invoice.matters) {
            divided += 1;
            assert_eq!(part.total.get(), matter.total_due.get(), "{name}");
            for (rule, message) in said_of(&file_of(part)) {
                assert!(
                    before.iter().any(|(r, _)| *r == rule),
                    "{name}: {rule}: {message}"
                );
            }
        }
    }
    assert!(divided > 3, "{divided}");
}

#[test]
fn a_line_keeps_its_hours_and_its_rate_and_the_rest_is_adjustment() {
    let invoice = &invoices(good("1998B.txt").as_bytes())[0];
    let shares = Shares::parse("NGM01=60,SMF02=40").expect("shares");
    let parts =
        by_shares(invoice, &shares, &numbers("{invoice_number}-{client_id}")).expect("parts");
    let first = &parts[0];
    assert_eq!(first.get(first.number), "AW-2041-NGM01");
    assert_eq!(first.get(first.client.client_id), "NGM01");
    assert_eq!(
        first.get(first.description),
        "Professional services March 2026; 60 % of invoice AW-2041, payor NGM01; each line divided to the cent by largest remainder"
    );
    let line = &first.lines[0];
    let shown = [line.units, line.unit_cost, line.adjustment, line.total]
        .map(|v| v.get().expect("a value").normalize().to_string());
    assert_eq!(shown, ["2.4", "450", "-432", "648"]);
    assert_eq!(
        first.lines[3].adjustment.get(),
        Some(Decimal::new(-4500, 2))
    );
}

#[test]
fn what_does_not_add_up_is_not_divided() {
    let shares = Shares::parse("A=60,B=40").expect("shares");
    let refused = |text: &str, word: &str| {
        let why = by_shares(&invoices(text.as_bytes())[0], &shares, &numbers("{n}"))
            .expect_err(word)
            .0;
        assert!(why.contains(word), "{why}");
    };
    let good_text = good("1998B.txt");
    refused(&good_text.replace("|1478.60|", "|1478.61|"), "add up to");
    refused(
        &good_text.replace("|450.00|Wren", "|45O.00|Wren"),
        "no number",
    );
    refused(
        &good_text
            .replace("|1080.00|", "|1080.005|")
            .replace("|1478.60|", "|1478.605|"),
        "to the cent",
    );
    let xml = good("XML-2.2.xml");
    refused(
        &xml.replace("<inv_total_net_due>1249.40", "<inv_total_net_due>1249.41"),
        "add up to",
    );
    refused(
        &xml.replace("<matter_net_fees>970.00", "<matter_net_fees>970.01"),
        "do not follow",
    );
    refused(
        &fs::read_to_string(root("fixtures/clean/xml-2.1--shared-fee.xml")).expect("a fixture"),
        "a share of a bill already",
    );
    // The original's number is no new number.
    let invoice = &invoices(good_text.as_bytes())[0];
    let same = by_shares(invoice, &shares, &numbers("AW-2041{client_matter_id}"));
    assert!(same.expect_err("numbers").0.contains("used already"));
}

#[test]
fn each_matter_gets_an_invoice_with_its_own_total() {
    let all = invoices(two_by_two().as_bytes());
    let parts = by_matter(&all[0], &numbers("{invoice_number}-{n}")).expect("parts");
    let shown: Vec<(String, String, usize)> = parts
        .iter()
        .map(|p| {
            (
                p.get(p.number).into_owned(),
                p.total.get().expect("a total").to_string(),
                p.lines.len(),
            )
        })
        .collect();
    assert_eq!(
        shown,
        [
            ("AW-2041-1".to_owned(), "1005.00".to_owned(), 2),
            ("AW-2041-2".to_owned(), "473.60".to_owned(), 2)
        ]
    );
    // One matter: nothing to do, and no new number.
    let alone = by_matter(&all[1], &numbers("{invoice_number}-{n}")).expect("parts");
    assert_eq!(alone.len(), 1);
    assert_eq!(alone[0].get(alone[0].number), "AW-2042");

    let taxed = good("1998BI-V2.txt");
    let lines: Vec<&str> = taxed.lines().collect();
    let moved: Vec<String> = lines
        .iter()
        .enumerate()
        .map(|(at, line)| match at {
            3 => line.replace("2026-0113", "2026-0114"),
            _ => (*line).to_owned(),
        })
        .collect();
    let whole = &invoices((moved.join("\n") + "\n").as_bytes())[0];
    let parts = by_matter(whole, &numbers("{law_firm_matter_id}")).expect("parts");
    assert_eq!(parts.len(), 2);
    for value in [
        |i: &Invoice| i.total,
        |i: &Invoice| i.tax_total,
        |i: &Invoice| i.net_total,
    ] {
        let sum: Decimal = parts.iter().map(|p| value(p).get().expect("a value")).sum();
        assert_eq!(Some(sum), value(whole).get());
    }
}

struct Ran {
    status: i32,
    err: String,
}

fn split(folder: &Path, args: &[&str]) -> Ran {
    let mut command = Command::cargo_bin("cleanbill").expect("the program");
    let output = command
        .current_dir(folder)
        .args(["split", "--today", DAY])
        .args(args)
        .output()
        .expect("it runs");
    Ran {
        status: output.status.code().expect("a status"),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("march.txt"), two_by_two()).expect("written");
    folder
}

fn written(folder: &Path) -> Vec<(String, String)> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut all: Vec<(String, String)> = entries
        .map(|e| e.expect("an entry").path())
        .map(|p| {
            let name = p
                .file_name()
                .expect("a name")
                .to_string_lossy()
                .into_owned();
            (name, fs::read_to_string(&p).expect("text"))
        })
        .collect();
    all.sort();
    all
}

#[test]
fn each_invoice_gets_its_records_byte_for_byte_and_merges_back() {
    let folder = folder();
    let ran = split(folder.path(), &["march.txt", "--out", "sent"]);
    assert_eq!(ran.status, 0, "{}", ran.err);
    let parts = written(&folder.path().join("sent"));
    let names: Vec<&str> = parts.iter().map(|(n, _)| n.as_str()).collect();
    assert_eq!(names, ["march-AW-2041.txt", "march-AW-2042.txt"]);
    let whole = two_by_two();
    for line in parts[1].1.lines() {
        assert!(whole.contains(line));
    }
    assert_eq!(parts[1].1.lines().count(), 6);
    // Nothing is written over.
    assert_eq!(
        split(folder.path(), &["march.txt", "--out", "sent"]).status,
        2
    );

    let both = [
        "--merge",
        "sent/march-AW-2041.txt",
        "sent/march-AW-2042.txt",
        "--out",
        "again.txt",
    ];
    let ran = split(folder.path(), &both);
    assert_eq!(ran.status, 0, "{}", ran.err);
    assert_eq!(
        fs::read_to_string(folder.path().join("again.txt")).expect("merged"),
        whole
    );
}

#[test]
fn damaged_records_stay_with_their_invoice() {
    let folder = folder();
    let text = two_by_two()
        .replacen("Draft answer to", "Draft answer\r\nto", 1)
        .replacen("|1.50|-15.00|", "|1.50|x|-15.00|", 1);
    fs::write(folder.path().join("march.txt"), &text).expect("written");
    let ran = split(folder.path(), &["march.txt", "--out", "sent"]);
    assert_eq!(ran.status, 0, "{}", ran.err);
    let parts = written(&folder.path().join("sent"));
    assert!(parts[0].1.contains("Draft answer\r\nto") && parts[0].1.contains("|x|"));
}

#[test]
fn divided_invoices_are_written_clean() {
    for args in [
        [
            "--by-matter",
            "--number",
            "{invoice_number}-{n}",
            "--out",
            "parts",
        ]
        .as_slice(),
        &[
            "--shares",
            "NGM01=33.34,SMF02=33.33,SMF03=33.33",
            "--number",
            "{invoice_number}-{client_id}",
            "--out",
            "parts",
        ],
    ] {
        let folder = folder();
        let mut all = vec!["march.txt"];
        all.extend(args);
        let ran = split(folder.path(), &all);
        assert_eq!(ran.status, 0, "{}", ran.err);
        let options = Options::on(
            DAY.parse().expect("a day"),
            Shelf::shipped().expect("packs"),
        );
        let parts = written(&folder.path().join("parts"));
        assert!(parts.len() > 2);
        for (name, text) in parts {
            let report = check_bytes(&name, text.as_bytes(), &options).expect("checked");
            assert_eq!(report.verdict, Verdict::Clean, "{name}: {report:?}");
        }
    }
}

#[test]
fn wrong_shares_and_missing_numbers_write_nothing() {
    let folder = folder();
    for (args, word) in [
        (
            ["--shares", "A=60,B=39.9", "--number", "{n}"].as_slice(),
            "99.9 %",
        ),
        (&["--shares", "A=60,B=40"], "--number"),
        (&["--by-matter"], "--number"),
        (&["--by-matter", "--number", "AW"], "same number"),
        (&["--number", "{n}"], "keep their numbers"),
        // Both invoices would get the same two numbers.
        (
            &["--shares", "A=60,B=40", "--number", "{client_id}"],
            "would",
        ),
    ] {
        let mut all = vec!["march.txt", "--out", "parts"];
        all.extend(args);
        let ran = split(folder.path(), &all);
        assert_eq!(ran.status, 2, "{}", ran.err);
        assert!(ran.err.contains(word), "{}", ran.err);
        assert!(written(&folder.path().join("parts")).is_empty());
    }
    // A number too long for its field would be rejected.
    let long = [
        "march.txt",
        "--out",
        "parts",
        "--by-matter",
        "--number",
        "{invoice_number}-of-the-matter-{law_firm_matter_id}",
    ];
    let ran = split(folder.path(), &long);
    assert_eq!(ran.status, 1, "{}", ran.err);
    assert!(
        ran.err.contains("field-too-long") && ran.err.contains("nothing was written"),
        "{}",
        ran.err
    );
}

#[test]
fn only_files_of_one_format_and_of_different_invoices_merge() {
    let folder = folder();
    fs::write(folder.path().join("a.xml"), good("XML-2.1.xml")).expect("written");
    let mixed = ["--merge", "march.txt", "a.xml", "--out", "all.txt"];
    let ran = split(folder.path(), &mixed);
    assert_eq!(
        (ran.status, ran.err.contains("one format")),
        (2, true),
        "{}",
        ran.err
    );
    let twice = ["--merge", "march.txt", "march.txt", "--out", "all.txt"];
    let ran = split(folder.path(), &twice);
    assert_eq!(
        (ran.status, ran.err.contains("AW-2041 stands in")),
        (1, true),
        "{}",
        ran.err
    );
    let other = good("XML-2.1.xml").replace("AW-26-0318", "AW-26-0319");
    fs::write(folder.path().join("b.xml"), other).expect("written");
    let xml = ["--merge", "a.xml", "b.xml", "--out", "all.xml"];
    let ran = split(folder.path(), &xml);
    assert_eq!(ran.status, 0, "{}", ran.err);
    let merged = fs::read(folder.path().join("all.xml")).expect("merged");
    assert_eq!(invoices(&merged).len(), 2);
    assert!(!folder.path().join("all.txt").exists());
}
