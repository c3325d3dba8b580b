//! Public files nobody here wrote, against the findings a careful reader expects of them. They are not part of
//! the project: `CLEANBILL_SAMPLES` names their folder, and without it the test says "skipped".

use chrono::NaiveDate;
use cleanbill::check::{FileReport, Options, check_bytes};
use cleanbill::model::{Finding, Level, Place};
use cleanbill::rules::Shelf;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// Files that gather single records: each record is judged by itself, and no invoice has a total to judge.
const GATHERED: [&str; 4] = [
    "1998B/rledes--spec-lines.txt",
    "1998B/travisbashor--lenient-input-lines.txt",
    "1998B/travisbashor--decimals-0-to-4.txt",
    "1998B/unknown-repo--validator-test-rows.txt",
];

/// Rules about what lines of an invoice say together.
const ABOUT_SEVERAL_LINES: [&str; 4] = [
    "invoice-field-varies",
    "invoice-total-mismatch",
    "tax-math-mismatch",
    "duplicate-line-number",
];

/// One row of the list.
#[derive(Clone, Debug)]
struct Row {
    from: u32,
    to: u32,
    field: String,
    class: String,
    finding: String,
    basis: String,
}

impl Row {
    /// Words in the field column that name no field of the format.
    fn names_no_field(&self) -> bool {
        let pseudo = [
            "",
            "signature",
            "header",
            "matter",
            "expense",
            "ledesxml",
            "Date",
        ];
        pseudo.contains(&self.field.as_str())
    }

    fn is_at(&self, place: &Place) -> bool {
        (self.from..=self.to).contains(&place.line)
            && (self.names_no_field()
                || place.field.is_none()
                || place.field.as_deref() == Some(self.field.as_str()))
    }

    /// Rules that speak of what the row's class speaks of.
    fn is_about(&self, rule: &str) -> bool {
        let rules: &[&str] = match self.class.as_str() {
            "date" => &[
                "invalid-date",
                "line-date-outside-period",
                "line-date-in-future",
                "invoice-date-in-future",
            ],
            "number" => &[
                "invalid-number",
                "lenient-number",
                "number-precision",
                "padded-value",
            ],
            "length" => &["field-too-long"],
            "required" => &[
                "required-field",
                "missing-expense-code",
                "activity-without-task",
            ],
            "arithmetic" => &[
                "line-math-mismatch",
                "adjustment-math",
                "invoice-total-mismatch",
                "tax-math-mismatch",
                "zero-or-negative-units",
            ],
            "encoding" => &["encoding", "forbidden-character"],
            "header" => &["header"],
            "consistency" => &[
                "invoice-field-varies",
                "duplicate-line-number",
                "timekeeper-inconsistent",
                "multiple-matters-on-invoice",
                "invoice-not-adjacent",
            ],
            "code" => &[
                "line-type",
                "timekeeper-class",
                "unknown-code",
                "malformed-code",
                "code-in-wrong-field",
                "code-on-wrong-line-type",
                "phase-code-posted",
                "country-code",
                "code-list-value",
            ],
            _ => return true,
        };
        rules.contains(&rule)
    }
}

fn rows(folder: &Path) -> BTreeMap<String, Vec<Row>> {
    let mut all: BTreeMap<String, Vec<Row>> = BTreeMap::new();
    let list = folder.join("expected-findings.csv");
    let mut reader = csv::Reader::from_path(&list).expect("expected-findings.csv");
    for record in reader.records() {
        let record = record.expect("a row");
        let file = record[0].to_owned();
        let last = last_line(&folder.join(&file));
        let number = |text: &str| {
            if text == "end" {
                last
            } else {
                text.parse().expect("a line")
            }
        };
        let (from, to) = record[1]
            .split_once('-')
            .unwrap_or((&record[1], &record[1]));
        all.entry(file).or_default().push(Row {
            from: number(from),
            to: number(to),
            field: record[3].to_owned(),
            class: record[4].to_owned(),
            finding: record[5].to_owned(),
            basis: record[6].to_owned(),
        });
    }
    all
}

fn last_line(path: &Path) -> u32 {
    let bytes = fs::read(path).expect("a sample");
    let ends = bytes.iter().filter(|b| **b == b'\n').count() as u32;
    if bytes.ends_with(b"\n") {
        ends
    } else {
        ends + 1
    }
}

fn options() -> Options {
    Options::on(
        NaiveDate::from_ymd_opt(2026, 10, 6).expect("a day"),
        Shelf::shipped().expect("packs"),
    )
}

fn findings(report: &FileReport) -> Vec<Finding> {
    let own = report.findings.iter().cloned();
    let invoices = report.invoices.iter().flat_map(|i| i.findings.clone());
    own.chain(invoices).collect()
}

/// Findings of the whole file; of a gathered file also those of each record by itself, at its line.
fn whole_and_single(name: &str, bytes: &[u8]) -> (Vec<Finding>, Vec<Finding>) {
    let whole = findings(&check_bytes(name, bytes, &options()).expect("packs"));
    if !GATHERED.contains(&name) {
        return (whole.clone(), whole);
    }
    let text = String::from_utf8_lossy(bytes).into_owned();
    let lines: Vec<&str> = text.lines().collect();
    let mut single = Vec::new();
    for (index, record) in lines.iter().enumerate().skip(2) {
        let alone = format!("{}\n{}\n{record}\n", lines[0], lines[1]);
        let report = check_bytes(name, alone.as_bytes(), &options()).expect("packs");
        for mut finding in findings(&report) {
            if finding.rule == "invoice-total-mismatch" {
                continue;
            }
            for place in &mut finding.places {
                if place.line == 3 {
                    place.line = index as u32 + 1;
                }
            }
            single.push(finding);
        }
    }
    (whole, single)
}

/// What is wrong with our findings for one file, one line each.
fn judged(rows: &[Row], whole: &[Finding], single: &[Finding]) -> (Vec<String>, [usize; 3]) {
    let mut wrong = Vec::new();
    let mut counts = [0; 3];
    let both = || whole.iter().chain(single);
    for row in rows {
        let at = |f: &&Finding| row.is_about(&f.rule) && f.places.iter().any(|p| row.is_at(p));
        let worst = both().filter(at).map(|f| f.level).max();
        match row.basis.as_str() {
            "standard" => {
                counts[0] += 1;
                if worst.is_none_or(|l| l <= Level::Note) {
                    wrong.push(format!(
                        "not found: line {} {} {}",
                        row.from, row.field, row.finding
                    ));
                } else {
                    counts[1] += 1;
                }
            }
            "sample" | "information" if !row.class.is_empty() && !row.field.is_empty() => {
                let here = |f: &&Finding| {
                    let named = |p: &&Place| p.field.as_deref() == Some(row.field.as_str());
                    f.places.iter().filter(named).any(|p| row.is_at(p))
                };
                let loud = single
                    .iter()
                    .filter(at)
                    .filter(here)
                    .filter(|f| f.level > Level::Review)
                    .map(|f| f.rule.as_str())
                    .collect::<Vec<_>>();
                let also_standard = rows.iter().any(|r| {
                    r.basis == "standard"
                        && r.field == row.field
                        && r.from <= row.from
                        && row.from <= r.to
                        && (r.class == row.class || r.class == "consistency")
                });
                if !loud.is_empty() && !also_standard {
                    wrong.push(format!(
                        "too loud ({loud:?}): line {} {} {}",
                        row.from, row.field, row.finding
                    ));
                }
            }
            "none" => {
                let rules: Vec<&str> = single.iter().filter(at).map(|f| f.rule.as_str()).collect();
                let listed = rows.iter().any(|r| {
                    r.basis != "none"
                        && r.from <= row.to
                        && row.from <= r.to
                        && r.field == row.field
                });
                if !rules.is_empty() && !listed {
                    wrong.push(format!(
                        "not silent ({rules:?}): line {} {} {}",
                        row.from, row.field, row.finding
                    ));
                }
            }
            _ => {}
        }
    }
    let listed = |place: &Place| rows.iter().any(|r| r.basis != "none" && r.is_at(place));
    for finding in single.iter().filter(|f| f.level >= Level::Reduce) {
        // A finding about several lines of an invoice at once names them all; one of them is listed.
        let names_several = ABOUT_SEVERAL_LINES.contains(&finding.rule.as_str());
        if names_several && finding.places.iter().any(listed) {
            continue;
        }
        for place in &finding.places {
            if !listed(place) {
                counts[2] += 1;
                wrong.push(format!(
                    "false alarm: line {} {} {}: {}",
                    place.line,
                    place.field.as_deref().unwrap_or("-"),
                    finding.rule,
                    finding.message
                ));
            }
        }
    }
    (wrong, counts)
}

#[test]
fn samples_say_what_a_careful_reader_expects() {
    let Some(folder) = env::var_os("CLEANBILL_SAMPLES").map(PathBuf::from) else {
        println!("skipped: CLEANBILL_SAMPLES is not set");
        return;
    };
    let folder = folder.join("ledes");
    let mut failed = 0;
    println!(
        "{:<52} {:>8} {:>6} {:>12}",
        "file", "expected", "found", "false alarms"
    );
    for (name, rows) in rows(&folder) {
        let bytes = fs::read(folder.join(&name)).expect("a sample");
        let (whole, single) = whole_and_single(&name, &bytes);
        let (wrong, [expected, found, false_alarms]) = judged(&rows, &whole, &single);
        println!("{name:<52} {expected:>8} {found:>6} {false_alarms:>12}");
        for line in &wrong {
            println!("    {line}");
        }
        failed += wrong.len();
    }
    assert_eq!(failed, 0, "{failed} differences, listed above");
}
