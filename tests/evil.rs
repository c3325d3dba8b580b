//! Files made to break the program: whatever comes in, every file of a run gets its verdict, and memory and
//! exit status stay what they should be.

use assert_cmd::Command;
use chrono::NaiveDate;
use cleanbill::check::{
    self, FileReport, Input, InvoiceReport, Options, Quiet, Sink, Verdict, check_bytes,
};
use cleanbill::model::Finding;
use cleanbill::rules::Shelf;
use serde_json::Value;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use tempfile::TempDir;

static OPTIONS: LazyLock<Options> = LazyLock::new(|| {
    Options::on(
        NaiveDate::from_ymd_opt(2026, 10, 6).expect("a day"),
        Shelf::shipped().expect("packs"),
    )
});

/// For what is done byte by byte: readers are tried there, not the rules of guidelines.
static READERS: LazyLock<Options> = LazyLock::new(|| Options {
    shelf: OPTIONS.shelf.clone().without_guidelines(),
    ..OPTIONS.clone()
});

fn example(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("rules/examples")
        .join(name);
    fs::read(path).expect("an example")
}

const EXAMPLES: [&str; 6] = [
    "good-1998B.txt",
    "good-1998BI-V2.txt",
    "good-2000.xml",
    "good-XML-2.0.xml",
    "good-XML-2.1.xml",
    "good-XML-2.2.xml",
];

fn checked(bytes: &[u8]) -> FileReport {
    check_bytes("in", bytes, &OPTIONS).expect("packs")
}

fn read_only(bytes: &[u8]) -> FileReport {
    check_bytes("in", bytes, &READERS).expect("packs")
}

fn findings(report: &FileReport) -> Vec<&Finding> {
    let invoices = report.invoices.iter().flat_map(|i| &i.findings);
    report.findings.iter().chain(invoices).collect()
}

fn has(report: &FileReport, rule: &str) -> bool {
    findings(report).iter().any(|f| f.rule == rule)
}

/// Line and message of the first finding of a rule.
fn said<'a>(report: &'a FileReport, rule: &str) -> (u32, &'a str) {
    let all = findings(report);
    let found = all.iter().find(|f| f.rule == rule);
    let found = found.unwrap_or_else(|| panic!("{rule} is not among {all:?}"));
    (found.places[0].line, &found.message)
}

/// A folder with a good file before and one behind what is put between.
struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        let folder = Self(tempfile::tempdir().expect("a folder"));
        folder.put("a-good.txt", &example("good-1998B.txt"));
        folder.put("z-good.xml", &example("good-XML-2.1.xml"));
        folder
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn put(&self, name: &str, bytes: &[u8]) {
        fs::write(self.path(name), bytes).expect("a file");
    }

    fn stream(&self, name: &str, write: impl FnOnce(&mut BufWriter<File>)) {
        let mut file = BufWriter::new(File::create(self.path(name)).expect("a file"));
        write(&mut file);
        file.flush().expect("written");
    }

    fn check(&self) -> Ran {
        run(&[self.0.path()])
    }
}

/// What a run of the program said.
struct Ran {
    status: i32,
    report: Value,
    stderr: String,
}

impl Ran {
    fn of(output: std::process::Output) -> Self {
        Self {
            status: output.status.code().expect("no signal"),
            report: serde_json::from_slice(&output.stdout).expect("JSON"),
            stderr: String::from_utf8(output.stderr).expect("text"),
        }
    }

    /// Names of the files with their verdicts, in the order of the report.
    fn verdicts(&self) -> Vec<(String, String)> {
        let files = self.report["files"].as_array().expect("files");
        files
            .iter()
            .map(|f| {
                let path = Path::new(f["path"].as_str().expect("a path"));
                let name = path.file_name().expect("a name").to_string_lossy();
                (
                    name.into_owned(),
                    f["verdict"].as_str().expect("a verdict").to_owned(),
                )
            })
            .collect()
    }

    fn has_verdicts(&self, wanted: &[(&str, &str)]) {
        let wanted: Vec<_> = wanted
            .iter()
            .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
            .collect();
        assert_eq!(self.verdicts(), wanted, "{}", self.stderr);
    }
}

const CHECK: [&str; 5] = ["check", "--format", "json", "--today", "2026-10-06"];

fn run(paths: &[&Path]) -> Ran {
    let mut program = Command::cargo_bin("cleanbill").expect("the program");
    Ran::of(program.args(CHECK).args(paths).output().expect("it runs"))
}

/// Peak memory of a check of a file in MiB, asked of GNU time; `None` where it is not installed.
#[cfg(target_os = "linux")]
fn peak_of(path: &Path, format: &str) -> Option<u64> {
    let time = Path::new("/usr/bin/time");
    if !time.exists() {
        return None;
    }
    let output = std::process::Command::new(time)
        .args(["-f", "peak=%M"])
        .arg(assert_cmd::cargo::cargo_bin("cleanbill"))
        .args(["check", "--threads", "2", "--format", format])
        .arg(path)
        .stdout(std::process::Stdio::null())
        .output()
        .ok()?;
    let said = String::from_utf8_lossy(&output.stderr);
    let peak = said.lines().find_map(|l| l.strip_prefix("peak="))?;
    Some(peak.trim().parse::<u64>().ok()? / 1024)
}

#[cfg(not(target_os = "linux"))]
fn peak_of(_: &Path, _: &str) -> Option<u64> {
    None
}

fn stays_below(path: &Path, format: &str, limit: u64) {
    match peak_of(path, format) {
        Some(peak) => assert!(peak < limit, "{peak} MiB for {}", path.display()),
        None if cfg!(target_os = "linux") && std::env::var_os("CI").is_some() => {
            panic!("GNU time is needed to measure memory: Debian package `time`")
        }
        None => println!("skipped: memory was not measured, GNU time is not installed"),
    }
}

/// Keeps the verdict of each file.
#[derive(Default)]
struct Verdicts(Vec<Verdict>);

impl Sink for Verdicts {
    fn file(&mut self, _: &FileReport) -> io::Result<()> {
        Ok(())
    }

    fn invoice(&mut self, _: &FileReport, _: InvoiceReport) -> io::Result<()> {
        Ok(())
    }

    fn file_done(&mut self, file: &FileReport) -> io::Result<()> {
        self.0.push(file.verdict);
        Ok(())
    }
}

#[test]
fn a_good_file_may_break_off_anywhere() {
    for name in EXAMPLES {
        let whole = example(name);
        let folder = tempfile::tempdir().expect("a folder");
        let mut inputs = Vec::new();
        for end in 0..=whole.len() {
            let path = folder.path().join(end.to_string());
            fs::write(&path, &whole[..end]).expect("a file");
            inputs.push(Input::Path(path));
        }
        let mut verdicts = Verdicts::default();
        let run = check::check(&inputs, READERS.clone(), &Quiet, &mut verdicts).expect("a run");
        assert!(run.errors.is_empty(), "{name}: {:?}", run.errors);
        assert_eq!(verdicts.0.len(), whole.len() + 1, "{name}");
        for (end, verdict) in verdicts.0.iter().enumerate() {
            let is_whole = whole[end..].trim_ascii().is_empty();
            assert_eq!(*verdict == Verdict::Clean, is_whole, "{name} cut at {end}");
        }
    }
}

#[test]
fn nul_bytes_are_named_where_they_stand() {
    let text = String::from_utf8(example("good-1998B.txt")).expect("ASCII");
    let with = text.replacen("Draft answer", "Draft\0answer", 1);
    let report = checked(with.as_bytes());
    let (line, message) = said(&report, "forbidden-character");
    assert_eq!(line, 3);
    assert!(
        message.contains("NUL") || message.contains("U+0000"),
        "{message}"
    );
    for name in EXAMPLES {
        let whole = example(name);
        for at in (0..whole.len()).step_by(7) {
            let mut bytes = whole.clone();
            bytes[at] = 0;
            assert!(!findings(&read_only(&bytes)).is_empty(), "{name} at {at}");
        }
        assert!(has(&read_only(&vec![0; whole.len()]), "not-ledes"));
    }
}

#[test]
fn a_quarter_of_a_gigabyte_on_one_line_is_passed_over() {
    let good = example("good-1998B.txt");
    let folder = Folder::new();
    let long = |head: &[u8], tail: &[u8], file: &mut BufWriter<File>| {
        file.write_all(head).expect("room");
        let block = vec![b'x'; 1 << 20];
        for _ in 0..256 {
            file.write_all(&block).expect("room");
        }
        file.write_all(tail).expect("room");
    };
    folder.stream("b.txt", |f| long(b"LEDES1998B[]", b"", f));
    folder.stream("c.txt", |f| long(&good, b"\n", f));
    // A record that is not ended must not swallow the line behind it.
    let record_at = good.len() - 200;
    folder.stream("d.txt", |f| {
        f.write_all(&good[..record_at]).expect("room");
        f.write_all(b"\n").expect("room");
        long(b"", b"\nthe end|||[]\n", f);
    });
    folder.stream("e.xml", |f| long(b"<ledesxml><firm>", b"", f));
    folder.stream("f.xml", |f| long(b"<ledesxml ", b"", f));
    folder.stream("g.txt", |f| long(b"\0\0\0", b"", f));
    let ran = folder.check();
    assert_eq!(ran.status, 1, "{}", ran.stderr);
    ran.has_verdicts(&[
        ("a-good.txt", "clean"),
        ("b.txt", "reject"),
        ("c.txt", "reject"),
        ("d.txt", "reject"),
        ("e.xml", "reject"),
        ("f.xml", "reject"),
        ("g.txt", "reject"),
        ("z-good.xml", "clean"),
    ]);
    let lines = String::from_utf8_lossy(&good).lines().count() as u64;
    let long = &ran.report["files"][2];
    assert_eq!(long["findings"][0]["places"][0]["line"], lines + 1);
    for name in ["b.txt", "c.txt", "d.txt", "e.xml", "f.xml", "g.txt"] {
        stays_below(&folder.path(name), "text", 100);
    }
}

#[test]
fn ten_million_empty_lines_are_one_finding() {
    let good = example("good-1998B.txt");
    let folder = Folder::new();
    let empty = vec![b'\n'; 10_000_000];
    folder.put("b.txt", &empty);
    folder.put("c.txt", &[empty.as_slice(), &good].concat());
    folder.put("d.txt", &[good.as_slice(), &empty].concat());
    folder.put(
        "e.xml",
        &[&empty, example("good-XML-2.2.xml").as_slice()].concat(),
    );
    let ran = folder.check();
    assert_eq!(ran.status, 1, "{}", ran.stderr);
    let verdicts = ran.verdicts();
    assert_eq!(verdicts.len(), 6);
    assert_eq!(verdicts[1].1, "reject");
    let files = &ran.report["files"];
    for index in [2, 3] {
        assert_eq!(
            files[index]["invoices"][0]["lines"],
            files[0]["invoices"][0]["lines"]
        );
        let found = files[index]["findings"].as_array().expect("findings");
        assert_eq!(found.len(), 1, "{found:?}");
    }
    for name in ["b.txt", "c.txt", "d.txt", "e.xml"] {
        stays_below(&folder.path(name), "text", 100);
    }
}

#[test]
fn elements_a_hundred_thousand_deep_end_the_reading() {
    for open in ["<a>", "<fee>", "<client>", "<invoice><matter>"] {
        let report = checked(format!("<ledesxmlebilling2.1>{}", open.repeat(100_000)).as_bytes());
        let (line, message) = said(&report, "xml-not-well-formed");
        assert_eq!(line, 1);
        assert!(message.contains("64"), "{message}");
    }
    let closed = format!("{}{}", "<fee>\n".repeat(100_000), "</fee>".repeat(100_000));
    assert_eq!(
        said(&checked(closed.as_bytes()), "xml-not-well-formed").0,
        65
    );
}

#[test]
fn entities_are_named_and_never_expanded() {
    let good = String::from_utf8(example("good-XML-2.1.xml")).expect("UTF-8");
    let mut bomb = String::from("<!DOCTYPE ledesxml [\n<!ENTITY a0 \"ha\">\n");
    for level in 1..40 {
        let inner = format!("&a{};", level - 1).repeat(10);
        let _ = writeln!(bomb, "<!ENTITY a{level} \"{inner}\">");
    }
    bomb.push_str("]>\n");
    let secret = "<!DOCTYPE ledesxml [<!ENTITY a39 SYSTEM \"file:///etc/passwd\">]>\n";
    for declared in [bomb.as_str(), secret] {
        let (head, tail) = good.split_once("?>\n").expect("a declaration");
        let at = tail.find("</inv_desc>").expect("a description");
        let file = format!("{head}?>\n{declared}{}&a39;{}", &tail[..at], &tail[at..]);
        let report = checked(file.as_bytes());
        assert_eq!(said(&report, "xml-dtd").0, 2);
        assert_eq!(report.invoices.len(), 1);
        let all = format!("{:?}", report);
        assert!(all.len() < 100_000 && !all.contains("root:"), "{all}");
    }
}

/// A 1998B file of invoices made from the first record of the good one.
fn records(count: usize, cells: impl Fn(usize, &mut Vec<String>)) -> String {
    let good = String::from_utf8(example("good-1998B.txt")).expect("ASCII");
    let lines: Vec<&str> = good.lines().collect();
    let first: Vec<String> = lines[2].split('|').map(str::to_owned).collect();
    let mut file = format!("{}\n{}\n", lines[0], lines[1]);
    for index in 0..count {
        let mut record = first.clone();
        record[8] = (index + 1).to_string();
        cells(index, &mut record);
        file.push_str(&record.join("|"));
        file.push('\n');
    }
    file
}

#[test]
fn an_invoice_of_a_hundred_thousand_lines_is_one_invoice() {
    let file = records(100_000, |_, record| record[4] = "108000000.00".to_owned());
    let report = checked(file.as_bytes());
    assert_eq!(report.invoices.len(), 1);
    assert_eq!(report.invoices[0].lines, 100_000);
    assert!(!has(&report, "invoice-total-mismatch"));
    let matters = records(100_000, |index, record| {
        record[3] = format!("M-{index}");
        record[23] = format!("C-{index}[]");
    });
    let report = checked(matters.as_bytes());
    assert_eq!(report.invoices[0].lines, 100_000);
}

/// As many findings as lines: the report names a thousand and counts the others.
#[test]
fn a_defect_of_its_own_on_every_line_is_bounded() {
    let file = records(20_000, |index, record| {
        record[13] = format!("no date {index}");
        record[12] = format!("{index}.5x");
        record[14] = format!("Q{index}");
        record[17] = format!("T{index}");
        record[3] = format!("M{index} ");
    });
    let report = checked(file.as_bytes());
    let all = findings(&report);
    assert!(all.len() < 20_000, "{} findings", all.len());
    for finding in &all {
        assert!(finding.places.len() <= 200 && finding.consequences.len() <= 200);
    }
    let dates: usize = all
        .iter()
        .filter(|f| f.rule == "invalid-date")
        .map(|f| f.places_total.unwrap_or(f.places.len()))
        .sum();
    assert_eq!(dates, 20_000);
}

/// Every second line belongs to another invoice: what is kept for each stretch must not be searched for each.
#[test]
fn fifty_thousand_interleaved_invoices_are_told_apart() {
    let file = records(100_000, |index, record| {
        record[1] = format!("INV-{}", index / 4 * 2 + index % 2);
        record[8] = (index % 4 + 1).to_string();
    });
    let report = checked(file.as_bytes());
    assert_eq!(report.invoices.len(), 50_000);
    let between = report.invoices[0]
        .findings
        .iter()
        .find(|f| f.rule == "invoice-not-adjacent");
    let message = &between.expect("its lines stand apart").message;
    assert!(message.contains("INV-1"), "{message}");
}

#[test]
fn a_line_of_forty_thousand_columns_is_no_header() {
    for name in ["A", "CLIENT_ID", "INVOICE_NUMBER|A", ""] {
        let header = format!("{name}|").repeat(40_000);
        let file = format!("LEDES1998B[]\nINVOICE_DATE|INVOICE_NUMBER|{header}[]\n");
        let report = checked(file.as_bytes());
        let (line, message) = said(&report, "header");
        assert_eq!(line, 2);
        assert!(message.len() < 4_000, "{} bytes", message.len());
    }
}

#[test]
fn an_invoice_number_of_a_megabyte_is_shown_by_its_beginning() {
    let number = |c: char| c.to_string().repeat(700_000);
    let file = records(4, |index, record| {
        record[1] = number(if index % 2 == 0 { 'x' } else { 'y' });
    });
    let report = checked(file.as_bytes());
    assert_eq!(report.invoices.len(), 2);
    let message = said(&report, "invoice-not-adjacent").1;
    assert!(message.len() < 2_000, "{} bytes", message.len());
}

/// Ten thousand fees with something wrong in each: where each stands is counted once, not once a finding.
#[test]
fn a_matter_of_ten_thousand_wrong_fees_is_read() {
    let good = String::from_utf8(example("good-XML-2.1.xml")).expect("UTF-8");
    let at = good.find("<fee>").expect("a fee");
    let fees = "<fee><surprise/><charge_date>x</charge_date></fee>\n".repeat(10_000);
    let file = format!("{}{fees}{}", &good[..at], &good[at..]);
    let report = checked(file.as_bytes());
    assert!(report.invoices[0].lines > 10_000);
    assert!(findings(&report).len() < 20_000);
    // An element between the invoices must not be read again with each of them.
    let between = "<surprise/><invoice><inv_id>1</inv_id></invoice>".repeat(5_000);
    let at = good.find("<invoice>").expect("an invoice");
    let file = format!("{}{between}{}", &good[..at], &good[at..]);
    assert_eq!(checked(file.as_bytes()).invoices.len(), 5_001);
}

#[test]
fn what_cannot_be_opened_is_an_error_and_the_rest_is_checked() {
    let folder = Folder::new();
    let gone = folder.path("gone.txt");
    let bad = String::from_utf8(example("good-1998B.txt")).expect("ASCII");
    folder.put("m-bad.txt", bad.replace("|F|", "|Q|").as_bytes());
    let paths = ["a-good.txt", "gone.txt", "m-bad.txt", "z-good.xml"].map(|n| folder.path(n));
    let paths: Vec<&Path> = paths.iter().map(PathBuf::as_path).collect();
    let ran = run(&paths);
    // What the system could not do weighs more than what was found.
    assert_eq!(ran.status, 3);
    ran.has_verdicts(&[
        ("a-good.txt", "clean"),
        ("m-bad.txt", "reject"),
        ("z-good.xml", "clean"),
    ]);
    let line = ran.stderr.lines().find(|l| l.contains("gone.txt"));
    let line = line.unwrap_or_else(|| panic!("{}", ran.stderr));
    assert!(line.contains(gone.to_str().expect("text")) && line.contains("no such file"));
}

#[cfg(unix)]
#[test]
fn a_link_to_nothing_is_an_error_of_that_place() {
    let folder = Folder::new();
    std::os::unix::fs::symlink("nowhere", folder.path("m-link.txt")).expect("a link");
    let ran = folder.check();
    assert_eq!(ran.status, 3);
    ran.has_verdicts(&[("a-good.txt", "clean"), ("z-good.xml", "clean")]);
    assert!(ran.stderr.contains("m-link.txt"), "{}", ran.stderr);
}

#[cfg(unix)]
#[test]
fn a_file_nobody_may_read_is_an_error_of_that_place() {
    use std::os::unix::fs::PermissionsExt;
    use std::os::unix::process::CommandExt;
    let mode = |path: &Path, mode| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("ours");
    };
    let folder = Folder::new();
    folder.put("m-closed.txt", b"LEDES1998B[]\n");
    let closed = folder.path("m-closed.txt");
    mode(&closed, 0o000);
    let ran = if File::open(&closed).is_ok() {
        // Nothing is closed to root: somebody else has to try, with a copy of the program they may run.
        let place = tempfile::tempdir().expect("a folder");
        let copy = place.path().join("cleanbill");
        fs::copy(assert_cmd::cargo::cargo_bin("cleanbill"), &copy).expect("a copy");
        for path in [place.path(), &copy, folder.0.path()] {
            mode(path, 0o755);
        }
        let mut program = std::process::Command::new(&copy);
        program.args(CHECK).arg(folder.0.path()).uid(65_534);
        Ran::of(program.output().expect("it runs"))
    } else {
        folder.check()
    };
    assert_eq!(ran.status, 3);
    ran.has_verdicts(&[("a-good.txt", "clean"), ("z-good.xml", "clean")]);
    assert!(
        ran.stderr
            .contains("m-closed.txt: you may not read this file")
    );
}

#[cfg(unix)]
#[test]
fn a_folder_that_holds_itself_is_walked_once() {
    let folder = Folder::new();
    let inner = folder.path("m-inner");
    fs::create_dir(&inner).expect("a folder");
    fs::write(inner.join("good.txt"), example("good-1998BI-V2.txt")).expect("a file");
    std::os::unix::fs::symlink(folder.0.path(), inner.join("back")).expect("a link");
    let ran = folder.check();
    assert_eq!(ran.status, 3);
    ran.has_verdicts(&[
        ("a-good.txt", "clean"),
        ("good.txt", "clean"),
        ("z-good.xml", "clean"),
    ]);
    assert!(
        ran.stderr.contains("back") && ran.stderr.contains("leads back"),
        "{}",
        ran.stderr
    );
}

/// Standard input is a file like any other, whatever comes out of it.
#[test]
fn standard_input_may_be_anything() {
    for (bytes, status) in [
        (example("good-2000.xml"), 0),
        (Vec::new(), 1),
        (vec![0xff; 5 << 20], 1),
    ] {
        let mut program = Command::cargo_bin("cleanbill").expect("the program");
        program.args(["check", "--today", "2026-10-06", "-"]);
        program.write_stdin(bytes).assert().code(status);
    }
}
