//! Conversions between all formats: what is written reads back as the same invoice, nothing is lost unlisted, money
//! never, and XML is as its table has it.

use cleanbill::check::check_bytes;
use cleanbill::formats::parts::values;
use cleanbill::formats::write::{Dialect, Writer};
use cleanbill::formats::{Source, survey};
use cleanbill::model::{Invoice, LedesFormat};
use cleanbill::revise::{Losses, Refusal, Target, convert};
use std::fs;
use std::path::{Path, PathBuf};

const TARGETS: [LedesFormat; 6] = [
    LedesFormat::L1998B,
    LedesFormat::L1998BIV2,
    LedesFormat::L2000,
    LedesFormat::Xml20,
    LedesFormat::Xml21,
    LedesFormat::Xml22,
];

fn root(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn files(folder: &str) -> Vec<PathBuf> {
    let mut all: Vec<PathBuf> = fs::read_dir(root(folder))
        .expect("a folder")
        .map(|e| e.expect("an entry").path())
        .filter(|p| p.is_file())
        .collect();
    all.sort();
    all
}

fn read(bytes: &[u8]) -> (Option<LedesFormat>, Vec<Invoice>) {
    let source = Source::of_bytes(bytes).expect("a temporary file");
    let survey = survey(&source).expect("readable");
    let invoices = (0..survey.invoices.count())
        .map(|i| survey.invoices.read(i).expect("readable").invoice)
        .collect();
    (survey.format, invoices)
}

fn target(format: LedesFormat) -> Target {
    Target::new(format, Dialect::default(), None).expect("a target")
}

fn written(invoices: &[Invoice], format: LedesFormat) -> Vec<u8> {
    let mut writer = Writer::new(Vec::new(), format, &Dialect::default());
    for invoice in invoices {
        writer.invoice(invoice).expect("it can be written");
    }
    writer.finish().expect("memory").0
}

fn converted(
    invoices: &[Invoice],
    format: LedesFormat,
) -> Result<(Vec<Invoice>, Losses), Refusal> {
    let target = target(format);
    let mut losses = Losses::default();
    let shaped: Result<Vec<Invoice>, Refusal> = invoices
        .iter()
        .map(|i| convert(i.clone(), &target, &mut losses))
        .collect();
    shaped.map(|s| (s, losses))
}

/// Every file of the fixtures to every format: what is written reads back as it was.
#[test]
fn what_is_written_reads_back_as_the_same_invoices() {
    let mut pairs = 0;
    let mut refused = 0;
    let mut wrong = Vec::new();
    for folder in ["rules/examples", "fixtures/clean", "fixtures/invalid", "fixtures/broken"] {
        for path in files(folder) {
            let bytes = fs::read(&path).expect("readable");
            let (_, invoices) = read(&bytes);
            for invoice in &invoices {
                for format in TARGETS {
                    let Ok((shaped, _)) = converted(std::slice::from_ref(invoice), format) else {
                        refused += 1;
                        continue;
                    };
                    pairs += 1;
                    let text = written(&shaped, format);
                    let (found, back) = read(&text);
                    let same = found == Some(format)
                        && back.len() == 1
                        && values(&back[0]) == values(&shaped[0]);
                    if !same {
                        let difference = back.first().map(|b| {
                            let (a, b) = (values(&shaped[0]), values(b));
                            let lost: Vec<_> = a.iter().filter(|v| !b.contains(v)).take(4).collect();
                            let new: Vec<_> = b.iter().filter(|v| !a.contains(v)).take(4).collect();
                            format!("missing {lost:?}, new {new:?}")
                        });
                        wrong.push(format!(
                            "{} to {format}: {found:?} {difference:?}",
                            path.display()
                        ));
                    }
                }
            }
        }
    }
    println!("{pairs} pairs, {refused} refused");
    assert!(wrong.is_empty(), "{} of {pairs}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(pairs > 800, "{pairs}");
}

/// A good invoice converted to its own format is as good as before.
#[test]
fn good_invoices_stay_good_in_their_own_format() {
    let options = cleanbill::check::Options {
        today: chrono::NaiveDate::from_ymd_opt(2026, 10, 6).expect("a day"),
        shelf: cleanbill::rules::Shelf::shipped().expect("packs"),
        client: None,
    };
    let mut wrong = Vec::new();
    for folder in ["rules/examples", "fixtures/clean"] {
        for path in files(folder) {
            let bytes = fs::read(&path).expect("readable");
            let (Some(format), invoices) = read(&bytes) else {
                continue;
            };
            for to in TARGETS {
                let Ok((shaped, losses)) = converted(&invoices, to) else {
                    continue;
                };
                let text = written(&shaped, to);
                let report = check_bytes("out", &text, &options).expect("packs");
                let mut rules: Vec<String> = report
                    .findings
                    .iter()
                    .chain(report.invoices.iter().flat_map(|i| &i.findings))
                    .map(|f| format!("{}: {}", f.rule, f.message))
                    .collect();
                rules.sort();
                rules.dedup();
                if to == format && !rules.is_empty() {
                    wrong.push(format!("{} to {to}: {rules:?}", path.display()));
                }
                if std::env::var_os("SHOW").is_some() {
                    println!("{} to {to}: {rules:#?}\n   {:?}", path.display(), losses.list());
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
