//! Our own files: clean ones give no finding at all, broken ones exactly what their name says.

use chrono::NaiveDate;
use cleanbill::check::{
    FileReport, Input, InvoiceReport, Options, Quiet, Run, RunError, Sink, Wants, check,
    check_bytes,
};
use cleanbill::model::{Finding, LedesFormat, Level};
use cleanbill::render::{Look, OutputFormat, renderer};
use cleanbill::rules::{Pack, Rule, Shelf};
use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

fn options() -> Options {
    Options::on(
        NaiveDate::from_ymd_opt(2026, 10, 6).expect("a day"),
        Shelf::shipped().expect("packs"),
    )
}

/// With the pack of `fixtures/packs` that has the file's name.
fn options_for(path: &Path) -> Options {
    let mut options = options();
    let pack = fixtures()
        .join("packs")
        .join(format!("{}.toml", stem(path)));
    let term = path.starts_with(fixtures().join("invalid/term"));
    if term || path.starts_with(fixtures().join("invalid")) && pack.is_file() {
        let text = fs::read_to_string(&pack).expect("a pack for the file");
        let pack: Pack = toml::from_str(&text).expect("a pack");
        options.shelf.add(pack);
    }
    options
}

fn files(folder: &str) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(fixtures().join(folder))
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

/// The name without its last ending.
fn stem(path: &Path) -> String {
    path.file_stem()
        .expect("a file")
        .to_string_lossy()
        .into_owned()
}

fn checked(path: &Path) -> FileReport {
    let bytes = fs::read(path).expect("a fixture");
    check_bytes(&name(path), &bytes, &options_for(path)).expect("packs")
}

fn findings(report: &FileReport) -> Vec<&Finding> {
    let invoices = report.invoices.iter().flat_map(|i| &i.findings);
    report.findings.iter().chain(invoices).collect()
}

fn in_words(path: &Path, finding: &Finding) -> String {
    let line = finding.places.first().map_or(0, |p| p.line);
    format!(
        "{}:{line} {} {}: {}",
        name(path),
        finding.level,
        finding.rule,
        finding.message
    )
}

#[test]
fn clean_files_give_no_finding() {
    let files = files("clean");
    assert!(files.len() >= 30, "{} clean files", files.len());
    let mut wrong = Vec::new();
    for path in &files {
        let report = checked(path);
        assert!(!report.invoices.is_empty(), "{} has no invoice", name(path));
        wrong.extend(findings(&report).iter().map(|f| in_words(path, f)));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// True where some example of a rule stands by itself. Rules that need the firm's lists or earlier invoices are shown
/// by their examples.
fn judges_an_invoice_alone(rule: &Rule) -> bool {
    let mut bad = rule.bad.iter();
    bad.any(|example| example.firm.is_empty() && example.history.is_none())
}

/// Rules about an invoice by itself; true for those the house leaves on.
fn rules(on: bool) -> BTreeSet<String> {
    let shelf = Shelf::shipped().expect("packs");
    let mut ids = BTreeSet::new();
    for format in LedesFormat::ALL {
        let set = shelf.rules_for(Some(format), None).expect("packs");
        let asked = set.rules().iter().filter(|rule| {
            matches!(
                rule.group.as_str(),
                "format" | "code" | "guideline" | "reference" | "history"
            ) && judges_an_invoice_alone(rule)
                && (rule.main.level > Level::Off) == on
        });
        ids.extend(asked.map(|rule| rule.id.to_string()));
    }
    ids
}

/// Each file of `folder` is named after a rule, and gives one finding, which is of that rule.
fn gives_exactly_its_finding(folder: &str, expected: &BTreeSet<String>) {
    let files = files(folder);
    let have: BTreeSet<String> = files.iter().map(|p| stem(p)).collect();
    let mut wrong: Vec<String> = expected
        .symmetric_difference(&have)
        .map(|rule| format!("{folder}/{rule}: a rule without file, or a file without rule"))
        .collect();
    for path in &files {
        let report = checked(path);
        let found = findings(&report);
        if found.len() != 1 || found[0].rule != stem(path) {
            wrong.push(format!("{}: {} findings", name(path), found.len()));
            wrong.extend(found.iter().map(|f| format!("    {}", in_words(path, f))));
        }
        // A value nobody filled in stays in braces.
        let unfilled = |f: &&&Finding| f.message.contains('{') || f.help.contains('{');
        wrong.extend(found.iter().filter(unfilled).map(|f| in_words(path, f)));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn invalid_files_give_exactly_their_finding() {
    gives_exactly_its_finding("invalid", &rules(true));
}

#[test]
fn a_clients_pack_switches_a_rule_on() {
    gives_exactly_its_finding("invalid/term", &rules(false));
    for path in files("invalid/term") {
        let bytes = fs::read(&path).expect("a fixture");
        let report = check_bytes(&name(&path), &bytes, &options()).expect("packs");
        let found: Vec<String> = findings(&report)
            .iter()
            .map(|f| in_words(&path, f))
            .collect();
        assert!(found.is_empty(), "without its pack: {}", found.join("\n"));
    }
}

/// A writer whose text can be read afterwards.
#[derive(Clone, Default)]
struct Page(Arc<Mutex<Vec<u8>>>);

impl Write for Page {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no writer failed").extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Names files by their last name only, so that a report is the same wherever the project lies.
struct ByName(Box<dyn Sink + Send>);

impl ByName {
    fn renamed(file: &FileReport) -> FileReport {
        FileReport {
            path: name(Path::new(&file.path)),
            ..file.clone()
        }
    }
}

impl Sink for ByName {
    fn wants(&self) -> Wants {
        self.0.wants()
    }

    fn file(&mut self, file: &FileReport) -> io::Result<()> {
        self.0.file(&Self::renamed(file))
    }

    fn invoice(&mut self, file: &FileReport, invoice: InvoiceReport) -> io::Result<()> {
        self.0.invoice(&Self::renamed(file), invoice)
    }

    fn file_done(&mut self, file: &FileReport) -> io::Result<()> {
        self.0.file_done(&Self::renamed(file))
    }

    fn error(&mut self, error: &RunError) -> io::Result<()> {
        self.0.error(error)
    }

    fn finish(&mut self, run: &Run) -> io::Result<()> {
        self.0.finish(run)
    }
}

/// The report for people on one file, 100 characters wide, without colour.
fn text_report(path: &Path, options: Options) -> String {
    let page = Page::default();
    let sink = renderer(OutputFormat::Text, Box::new(page.clone()), &Look::default());
    let input = [Input::Path(path.to_owned())];
    check(&input, options, &Quiet, &mut ByName(sink)).expect("packs");
    let text = page.0.lock().expect("no writer failed").clone();
    String::from_utf8(text).expect("reports are UTF-8")
}

/// One snapshot a file: `tests/snapshots/<folder>/<name>.snap`.
fn snapshots(folder: &str, files: &[PathBuf]) {
    snapshots_with(folder, files, options_for);
}

fn snapshots_with(folder: &str, files: &[PathBuf], options: fn(&Path) -> Options) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(format!("snapshots/{folder}"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        for path in files {
            insta::assert_snapshot!(name(path), text_report(path, options(path)));
        }
    });
}

#[test]
fn reports_on_invalid_files() {
    snapshots("invalid", &files("invalid"));
    snapshots("invalid/term", &files("invalid/term"));
}

#[test]
fn reports_on_broken_files() {
    let files = files("broken");
    assert!(files.len() >= 12, "{} broken files", files.len());
    snapshots("broken", &files);
}

#[test]
fn reports_on_clean_files() {
    let names = [
        "1998b--three-invoices-three-clients.txt",
        "1998bi-v2--vat.txt",
        "xml-2.1--credit-note.xml",
    ];
    let clean = fixtures().join("clean");
    snapshots("clean", &names.map(|name| clean.join(name)));
}

/// Packs that only name a portal's own words for what the house rejects anyway.
const SAME_AS_THE_HOUSE: [&str; 2] = ["acuity", "legal-x"];

/// With the shipped sector's or portal's pack that has the file's name in force.
fn options_under(path: &Path) -> Options {
    let shelf = Shelf::shipped().expect("packs");
    let pack = stem(path);
    let portal = shelf.packs().iter().find(|p| p.pack == pack);
    let portal = portal.expect("a shipped pack").governs.get("portal");
    let portal = portal.map(|names| names[0].clone());
    let today = options().today;
    Options {
        packs: if portal.is_some() {
            Vec::new()
        } else {
            vec![pack]
        },
        portal,
        ..Options::on(today, shelf)
    }
}

#[test]
fn each_sector_and_portal_finds_what_the_formats_do_not() {
    let files = files("under");
    let shelf = Shelf::shipped().expect("packs");
    let house = Options::on(options().today, shelf.clone().without_guidelines());
    for path in &files {
        let bytes = fs::read(path).expect("a fixture");
        let report = check_bytes(&name(path), &bytes, &house).expect("packs");
        let found: Vec<String> = findings(&report)
            .iter()
            .map(|f| in_words(path, f))
            .collect();
        assert!(found.is_empty(), "by its format: {}", found.join("\n"));
        let report = check_bytes(&name(path), &bytes, &options_under(path)).expect("packs");
        let found = findings(&report);
        assert!(!found.is_empty(), "nothing under {}", stem(path));
        let own = found.iter().any(|f| f.pack == stem(path));
        assert!(own, "{} says nothing itself", stem(path));
    }
    let have: BTreeSet<String> = files.iter().map(|p| stem(p)).collect();
    let asked = shelf.packs().iter().filter(|p| {
        let base = ["ledes", "utbms", "guidelines", "house"].contains(&p.pack.as_str());
        let rules = !p.rule.is_empty() || !p.rules.is_empty();
        !base && rules && !p.governs.contains_key("ledes_format")
    });
    let asked: BTreeSet<String> = asked
        .map(|p| p.pack.clone())
        .filter(|p| !SAME_AS_THE_HOUSE.contains(&p.as_str()))
        .collect();
    assert_eq!(have, asked);
}

#[test]
fn reports_under_sectors_and_portals() {
    snapshots_with("under", &files("under"), options_under);
}
