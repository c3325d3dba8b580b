//! Our own files: clean ones give no finding at all, broken ones exactly what their name says.

use chrono::NaiveDate;
use cleanbill::check::{FileReport, Options, check_bytes};
use cleanbill::model::Finding;
use cleanbill::rules::Shelf;
use std::fs;
use std::path::{Path, PathBuf};

fn options() -> Options {
    Options {
        today: NaiveDate::from_ymd_opt(2026, 10, 6).expect("a day"),
        shelf: Shelf::shipped().expect("packs"),
        client: None,
    }
}

fn files(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures")
        .join(folder);
    let mut files: Vec<PathBuf> = fs::read_dir(&folder)
        .expect("a folder of fixtures")
        .map(|entry| entry.expect("an entry").path())
        .filter(|p| p.is_file())
        .collect();
    files.sort();
    files
}

fn name(path: &Path) -> String {
    path.file_name()
        .expect("a file")
        .to_string_lossy()
        .into_owned()
}

fn check(path: &Path) -> FileReport {
    let bytes = fs::read(path).expect("a fixture");
    check_bytes(&name(path), &bytes, &options()).expect("packs")
}

fn findings(report: &FileReport) -> Vec<&Finding> {
    let invoices = report.invoices.iter().flat_map(|i| &i.findings);
    report.findings.iter().chain(invoices).collect()
}

#[test]
fn clean_files_give_no_finding() {
    let files = files("clean");
    assert!(files.len() >= 30, "{} clean files", files.len());
    let mut wrong = Vec::new();
    for path in &files {
        let report = check(path);
        assert!(!report.invoices.is_empty(), "{} has no invoice", name(path));
        for finding in findings(&report) {
            let line = finding.places.first().map_or(0, |p| p.line);
            wrong.push(format!(
                "{}:{line} {} {}: {}",
                name(path),
                finding.level,
                finding.rule,
                finding.message
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
