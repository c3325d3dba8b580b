//! Converted XML against the schemas of `rules/formats`, by xmllint: a reader and a validator that are not ours.

use cleanbill::formats::write::Dialect;
use cleanbill::formats::{Source, survey};
use cleanbill::model::{Invoice, LedesFormat};
use cleanbill::revise::Target;
use cleanbill::revise::file::{Output, reads_back};
use cleanbill::revise::line::{Difference, difference, lines};
use rust_decimal::Decimal;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const VERSIONS: [(LedesFormat, &str); 3] = [
    (LedesFormat::Xml20, "2.0"),
    (LedesFormat::Xml21, "2.1"),
    (LedesFormat::Xml22, "2.2"),
];

/// Most rounds in which required fields are given that turn up once their segment is there.
const MOST_ROUNDS: usize = 4;

fn root(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn invoices(path: &Path) -> Vec<Invoice> {
    let source = Source::open(path).expect("a fixture");
    let survey = survey(&source).expect("readable");
    (0..survey.invoices.count())
        .map(|i| survey.invoices.read(i).expect("readable").invoice)
        .collect()
}

/// xmllint where it is; on the machine that decides over changes it must be.
fn xmllint() -> bool {
    let there = Command::new("xmllint").arg("--version").output().is_ok();
    assert!(
        there || std::env::var_os("CI").is_none(),
        "xmllint is missing (Debian package libxml2-utils)"
    );
    there
}

/// What xmllint says against files; nothing where they are valid.
fn invalid(schema: &Path, files: &[PathBuf]) -> String {
    let done = Command::new("xmllint")
        .args(["--noout", "--nonet", "--schema"])
        .arg(schema)
        .args(files)
        .output()
        .expect("it runs");
    let said = String::from_utf8_lossy(&done.stderr);
    let wrong = said.lines().filter(|l| !l.ends_with(" validates"));
    let wrong: Vec<&str> = wrong.collect();
    assert_eq!(done.status.success(), wrong.is_empty(), "{said}");
    wrong.join("\n")
}

/// Something of the right kind for a required field the source has none for.
fn given(field: &str) -> &'static str {
    let name = field.rsplit('/').next().unwrap_or(field);
    match name {
        "country" | "taxing_jurisdiction_country" => "GBR",
        "matter_final_bill" | "tax_tiers" | "tax_on_tax" => "N",
        "charge_type" => "F",
        "increase_decrease" => "Increase",
        "disc_cred_category" => "Fee",
        "disc_cred_type" => "Flat",
        "pre_post_split" => "NA",
        _ if name.ends_with("_date") => "2026-03-31",
        "units" | "rate" | "tk_rate" => "0.00",
        _ if ["amount", "total", "fees", "exp", "due"]
            .iter()
            .any(|n| name.contains(n)) =>
        {
            "0.00"
        }
        _ => "given",
    }
}

/// The invoices of a file in a version, whatever it lacks given by a dialect. `None` where they are refused.
fn whole(all: &[Invoice], format: LedesFormat) -> Option<Vec<u8>> {
    let mut dialect = Dialect::default();
    for _ in 0..MOST_ROUNDS {
        let target = Target::new(format, dialect.clone(), None).expect("a target");
        let mut output = Output::new(Vec::new(), &target);
        for invoice in all {
            output.invoice(invoice.clone()).expect("memory");
        }
        let (bytes, account) = output.finish().expect("memory");
        if account.written.0 == 0 {
            return None;
        }
        let source = Source::of_bytes(&bytes).expect("a temporary file");
        assert!(
            reads_back(&source, &account).expect("readable"),
            "{format}: {}\n{:?}\n{}",
            all[0].get(all[0].number),
            dialect.given,
            String::from_utf8_lossy(&bytes)
        );
        if account.missing.is_empty() {
            return Some(bytes);
        }
        for field in account.missing.into_keys() {
            // A whole segment that is missing begins with its first required element.
            let field = match field.as_str() {
                "lf_address" | "cl_address" => format!("{field}/address_1"),
                "lf_billing_contact" => format!("{field}/contact_lname"),
                _ => field,
            };
            let value = given(&field).to_owned();
            dialect.given.insert(field, value);
        }
    }
    panic!("{format}: something required is missing still");
}

/// Files of these folders in every version, made into what is wanted of them, are valid, and at least so many.
fn all_valid(
    folders: &[&str],
    at_least: usize,
    made: impl Fn(&[Invoice], Vec<u8>) -> Option<Vec<u8>>,
) {
    if !xmllint() {
        println!("skipped: no xmllint on this machine");
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    for (format, version) in VERSIONS {
        let mut files = Vec::new();
        for from in folders {
            for entry in fs::read_dir(root(from)).expect("a folder") {
                let path = entry.expect("an entry").path();
                let all = invoices(&path);
                let Some(bytes) = whole(&all, format).and_then(|bytes| made(&all, bytes)) else {
                    continue;
                };
                let name = path.file_name().expect("a name").to_string_lossy();
                let file = folder.path().join(format!("{name}-{version}.xml"));
                fs::write(&file, bytes).expect("written");
                files.push(file);
            }
        }
        assert!(files.len() > at_least, "{version}: {}", files.len());
        let schema = root(&format!("rules/formats/ledes-xml-{version}.xsd"));
        let wrong = invalid(&schema, &files);
        assert!(wrong.is_empty(), "{wrong}");
    }
}

#[test]
fn every_converted_fixture_is_valid_against_its_schema() {
    let folders = ["rules/examples", "fixtures/clean", "fixtures/decent"];
    all_valid(&folders, 40, |_, bytes| Some(bytes));
}

/// What an appeal asks for again is a file of its own, made where the first one's elements stand.
#[test]
fn every_appeals_file_is_valid_against_its_schema() {
    all_valid(&["rules/examples", "fixtures/clean"], 20, |all, bytes| {
        let first = all.first()?;
        let number = first.get(first.number);
        let number = number.trim();
        let asked: Vec<(String, Decimal)> = lines(&bytes, number)
            .expect("lines")
            .into_iter()
            .filter_map(|l| Some((l.item, (l.total? / Decimal::TWO).round_dp(2))))
            .filter(|(_, half)| *half > Decimal::ZERO)
            .step_by(2)
            .collect();
        let wanted = Difference {
            number: "A-1",
            date: None,
            lines: &asked,
        };
        // What depends on the whole of an invoice is left to people.
        difference(&bytes, number, &wanted).ok()
    });
}

/// The schema is strict: what the table forbids is not valid.
#[test]
fn what_the_table_forbids_is_not_valid() {
    if !xmllint() {
        println!("skipped: no xmllint on this machine");
        return;
    }
    let all = invoices(&root("rules/examples/good-XML-2.2.xml"));
    let bytes = whole(&all, LedesFormat::Xml22).expect("it is written");
    let good = String::from_utf8(bytes).expect("UTF-8");
    let schema = root("rules/formats/ledes-xml-2.2.xsd");
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("invoice.xml");
    let says = |text: &str| {
        fs::write(&file, text).expect("written");
        invalid(&schema, std::slice::from_ref(&file))
    };
    assert_eq!(says(&good), "");
    let number = "<inv_id>AW-26-0318</inv_id>";
    let day = "<inv_date>2026-03-31</inv_date>";
    let swapped = good
        .replace(number, "@")
        .replace(day, number)
        .replace('@', day);
    for (wrong, words) in [
        (swapped, "inv_date"),
        (good.replace(day, ""), "inv_date"),
        (
            good.replace(day, "<inv_date>20260331</inv_date>"),
            "xs:date",
        ),
        (good.replace(number, "<inv_id> </inv_id>"), "inv_id"),
        (
            good.replace("<units>427</units>", "<units>427,00</units>")
                .replace("<units>427.00</units>", "<units>427,00</units>"),
            "units",
        ),
        (
            good.replace(
                "<matter_final_bill>N</matter_final_bill>",
                "<matter_final_bill>No</matter_final_bill>",
            ),
            "matter_final_bill",
        ),
        (
            good.replace(number, &format!("{number}<inv_number>1</inv_number>")),
            "inv_number",
        ),
        (
            good.replace(
                "<file_item_nbr>2</file_item_nbr>",
                "<file_item_nbr>1</file_item_nbr>",
            ),
            "Duplicate key",
        ),
        (
            good.replace(
                "<source_app>LedgerPress</source_app>",
                &format!("<source_app>{}</source_app>", "x".repeat(26)),
            ),
            "source_app",
        ),
    ] {
        assert_ne!(wrong, good, "{words}");
        let said = says(&wrong);
        assert!(said.contains(words), "{words}: {said}");
    }
}
