//! What holds for every input, whatever it is: reading never panics, places lie inside the file, and neither
//! threads nor chance change what is found.

use chrono::NaiveDate;
use cleanbill::check::{self, FileReport, Input, Options, Quiet, check_bytes};
use cleanbill::model::{Finding, Scope};
use cleanbill::render::{Look, OutputFormat, renderer};
use cleanbill::rules::Shelf;
use proptest::prelude::*;
use proptest::sample::Index;
use rust_decimal::Decimal;
use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex};

/// Cases of each property; PROPTEST_CASES sets another number.
const CASES: u32 = 500;

static OPTIONS: LazyLock<Options> = LazyLock::new(|| {
    Options::on(
        NaiveDate::from_ymd_opt(2026, 10, 6).expect("a day"),
        Shelf::shipped().expect("packs"),
    )
});

/// Correct files to be damaged: one of each format, some with taxes, discounts or odd line ends, and mails.
static SEEDS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut seeds: Vec<Vec<u8>> = sorted(&root.join("rules/examples"))
        .iter()
        .map(|path| fs::read(path).expect("an example"))
        .collect();
    for name in [
        "1998b--byte-order-mark.txt",
        "1998b--crlf.txt",
        "1998b--three-invoices-three-clients.txt",
        "1998bi-v2--vat.txt",
        "2000--two-matters-two-invoices.xml",
        "xml-2.1--vat-and-discounts.xml",
        "xml-2.2--tiers.xml",
    ] {
        let path = root.join("fixtures/clean").join(name);
        seeds.push(fs::read(path).expect("a clean file"));
    }
    let pipe = seeds[0].clone();
    let xml = seeds[4].clone();
    seeds.push(mail("7bit", &pipe));
    seeds.push(mail("base64", &xml));
    seeds.push(mail("quoted-printable", &pipe));
    seeds
});

fn sorted(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.is_file())
        .collect();
    files.sort();
    files
}

/// A mail with one part.
fn mail(encoding: &str, body: &[u8]) -> Vec<u8> {
    let mut mail = format!(
        "From: billing@firm.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; \
         boundary=cut\r\n\r\n--cut\r\nContent-Type: text/plain\r\n\
         Content-Transfer-Encoding: {encoding}\r\n\r\n"
    )
    .into_bytes();
    match encoding {
        "base64" => {
            for piece in body.chunks(57) {
                mail.extend(base64_of(piece));
                mail.extend(b"\r\n");
            }
        }
        "quoted-printable" => {
            for byte in body {
                match byte {
                    b'=' => mail.extend(b"=3D"),
                    // A soft line end inside every narrative.
                    b'|' => mail.extend(b"|=\r\n"),
                    other => mail.push(*other),
                }
            }
        }
        _ => mail.extend(body),
    }
    mail.extend(b"\r\n--cut--\r\n");
    mail
}

fn base64_of(bytes: &[u8]) -> Vec<u8> {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = Vec::new();
    for three in bytes.chunks(3) {
        let all = three
            .iter()
            .chain(&[0, 0])
            .take(3)
            .fold(0u32, |all, b| all << 8 | u32::from(*b));
        for digit in 0..4 {
            out.push(if digit <= three.len() {
                DIGITS[(all >> (18 - 6 * digit) & 63) as usize]
            } else {
                b'='
            });
        }
    }
    out
}

/// One damage done to a file.
#[derive(Clone, Debug)]
enum Damage {
    /// Bytes are taken away.
    Delete(Index, usize),
    /// Bytes are put in.
    Insert(Index, Vec<u8>),
    /// Bytes are overwritten.
    Replace(Index, Vec<u8>),
    /// The rest is missing.
    Truncate(Index),
    /// Bytes stand there twice.
    Repeat(Index, usize),
    /// A line stands there again elsewhere.
    CopyLine(Index, Index),
    /// Two lines change places.
    SwapLines(Index, Index),
    /// A cell is taken away, emptied, or written twice.
    Cell(Index, CellDamage),
}

#[derive(Clone, Debug)]
enum CellDamage {
    Drop,
    Twice,
    Becomes(Vec<u8>),
}

/// Pieces that mean something to one of the formats, and bytes that mean nothing.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    let words: [&[u8]; 34] = [
        b"|",
        b"[]",
        b"\n",
        b"\r",
        b"\r\n",
        b"\0",
        b"\xe2\x80\x99",
        b"\x92",
        b"\xe2\x80",
        b"\xef\xbb\xbf",
        b"<",
        b">",
        b"&",
        b"&amp;",
        b"&lol;",
        b"<fee>",
        b"</fee>",
        b"<invoice>",
        b"</invoice>",
        b"<![CDATA[",
        b"]]>",
        b"<!--",
        b"-->",
        b"<?xml",
        b"=",
        b"\"",
        b"NULL",
        b"-0.00",
        b"9999999999999999999999999999",
        b"79228162514264337593543950335",
        b"0.0000000000000000000000000001",
        b"-79228162514264337593543950335",
        b"99999999",
        b"INV_ADJ",
    ];
    prop_oneof![
        4 => prop::sample::select(words.to_vec()).prop_map(<[u8]>::to_vec),
        1 => prop::collection::vec(any::<u8>(), 1..8),
    ]
}

fn damage() -> impl Strategy<Value = Damage> {
    let cell = prop_oneof![
        Just(CellDamage::Drop),
        Just(CellDamage::Twice),
        piece().prop_map(CellDamage::Becomes),
        Just(CellDamage::Becomes(Vec::new())),
    ];
    prop_oneof![
        1 => (any::<Index>(), 1..40usize).prop_map(|(at, n)| Damage::Delete(at, n)),
        1 => (any::<Index>(), piece()).prop_map(|(at, p)| Damage::Insert(at, p)),
        1 => (any::<Index>(), piece()).prop_map(|(at, p)| Damage::Replace(at, p)),
        1 => any::<Index>().prop_map(Damage::Truncate),
        1 => (any::<Index>(), 1..400usize).prop_map(|(at, n)| Damage::Repeat(at, n)),
        1 => (any::<Index>(), any::<Index>()).prop_map(|(a, b)| Damage::CopyLine(a, b)),
        1 => (any::<Index>(), any::<Index>()).prop_map(|(a, b)| Damage::SwapLines(a, b)),
        4 => (any::<Index>(), cell).prop_map(|(at, c)| Damage::Cell(at, c)),
    ]
}

/// The bytes between the pipes, or between the tags, round a place.
fn cell_round(bytes: &[u8], at: usize) -> (usize, usize) {
    let edge = |b: &u8| matches!(b, b'|' | b'\n' | b'<' | b'>');
    let start = bytes[..at].iter().rposition(edge).map_or(0, |p| p + 1);
    let end = bytes[at..]
        .iter()
        .position(edge)
        .map_or(bytes.len(), |p| at + p);
    (start, end)
}

fn damaged(mut bytes: Vec<u8>, damages: &[Damage]) -> Vec<u8> {
    for damage in damages {
        let length = bytes.len();
        let place = |index: &Index| index.index(length + 1);
        match damage {
            Damage::Delete(at, n) => {
                let at = place(at);
                bytes.drain(at..(at + n).min(length));
            }
            Damage::Insert(at, piece) => {
                let at = place(at);
                bytes.splice(at..at, piece.iter().copied());
            }
            Damage::Replace(at, piece) => {
                let at = place(at);
                bytes.splice(at..(at + piece.len()).min(length), piece.iter().copied());
            }
            Damage::Truncate(at) => bytes.truncate(place(at)),
            Damage::Repeat(at, n) => {
                let at = place(at);
                let again = bytes[at..(at + n).min(length)].to_vec();
                bytes.splice(at..at, again);
            }
            Damage::CopyLine(from, to) | Damage::SwapLines(from, to) => {
                let mut lines: Vec<Vec<u8>> = bytes
                    .split_inclusive(|b| *b == b'\n')
                    .map(<[u8]>::to_vec)
                    .collect();
                if lines.is_empty() {
                    continue;
                }
                let (from, to) = (from.index(lines.len()), to.index(lines.len()));
                if matches!(damage, Damage::CopyLine(..)) {
                    lines.insert(to, lines[from].clone());
                } else {
                    lines.swap(from, to);
                }
                bytes = lines.concat();
            }
            Damage::Cell(at, damage) => {
                let (start, end) = cell_round(&bytes, place(at).min(length));
                match damage {
                    CellDamage::Drop => {
                        bytes.drain(start..(end + 1).min(length));
                    }
                    CellDamage::Twice => {
                        let again = bytes[start..(end + 1).min(length)].to_vec();
                        bytes.splice(start..start, again);
                    }
                    CellDamage::Becomes(piece) => {
                        bytes.splice(start..end, piece.iter().copied());
                    }
                }
            }
        }
    }
    bytes
}

/// A good file with up to six damages.
fn broken_file() -> impl Strategy<Value = Vec<u8>> {
    let seed = any::<Index>().prop_map(|i| SEEDS[i.index(SEEDS.len())].clone());
    (seed, prop::collection::vec(damage(), 1..6)).prop_map(|(seed, d)| damaged(seed, &d))
}

fn checked(bytes: &[u8]) -> FileReport {
    check_bytes("in.txt", bytes, &OPTIONS).expect("packs")
}

fn findings(report: &FileReport) -> Vec<&Finding> {
    let invoices = report.invoices.iter().flat_map(|i| &i.findings);
    report.findings.iter().chain(invoices).collect()
}

/// Characters of each line as the program counts them: UTF-8 where the line is, else Windows-1252, in which
/// every byte is one. The byte order mark and line ends do not count; an XML file is decoded as a whole, so
/// that its lines may hold as many characters as bytes.
fn lengths(bytes: &[u8]) -> Vec<usize> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let whole = std::str::from_utf8(bytes).is_ok();
    let mut lines: Vec<usize> = bytes
        .split(|b| *b == b'\n')
        .map(|line| {
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            match std::str::from_utf8(line) {
                Ok(text) if whole || !bytes.starts_with(b"<") => text.chars().count(),
                _ => line.len(),
            }
        })
        .collect();
    // What ends with a line end has no further line, but a place may stand behind its last character.
    if bytes.ends_with(b"\n") && lines.len() > 1 {
        lines.pop();
    }
    lines
}

fn places_lie_inside(bytes: &[u8], report: &FileReport) -> Result<(), TestCaseError> {
    let lengths = lengths(bytes);
    let mailed = report
        .recognised
        .as_ref()
        .is_some_and(|words| words.contains("mail"));
    for finding in findings(report) {
        let shown = || format!("{} {} {:?}", finding.rule, finding.message, finding.places);
        prop_assert!(!finding.places.is_empty(), "no place: {}", shown());
        for place in &finding.places {
            let line = place.line as usize;
            prop_assert!(
                line >= 1 && line <= lengths.len(),
                "{} lines: {}",
                lengths.len(),
                shown()
            );
            prop_assert!(place.column >= 1, "{}", shown());
            prop_assert!(place.column <= place.end_column, "{}", shown());
            // Columns of encoded mails count in the decoded line.
            let most = lengths[line - 1] + 1;
            prop_assert!(
                mailed || place.end_column as usize <= most,
                "line {line} ends at {most}: {}",
                shown()
            );
        }
    }
    Ok(())
}

fn money_is_bounded(report: &FileReport) -> Result<(), TestCaseError> {
    for invoice in &report.invoices {
        let most = invoice.total.unwrap_or_default().max(Decimal::ZERO);
        prop_assert!(invoice.at_risk >= Decimal::ZERO && invoice.at_risk <= most);
        for finding in &invoice.findings {
            let Some(risk) = finding.at_risk else {
                continue;
            };
            prop_assert!(
                risk >= Decimal::ZERO && risk <= most,
                "{}: {risk}",
                finding.rule
            );
        }
    }
    for finding in &report.findings {
        prop_assert_eq!(finding.at_risk, None);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(4), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        let report = checked(&bytes);
        places_lie_inside(&bytes, &report)?;
    }

    #[test]
    fn no_text_after_a_marker_panics(
        start in prop::sample::select(vec![
            "LEDES1998B[]\n", "LEDES98BI V2[]\r\n", "<ledesxml>", "<ledesxmlebilling2.1>",
            "<?xml version=\"1.0\"?><invoice>", "MIME-Version: 1.0\n", "\u{feff}LEDES1998B[]\n",
        ]),
        text in "[<>|&;/=\"\r\n\\[\\]A-Z_0-9.é\u{92}!? -]{0,300}",
    ) {
        let bytes = format!("{start}{text}").into_bytes();
        let report = checked(&bytes);
        places_lie_inside(&bytes, &report)?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(1), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_damaged_file_is_a_report(bytes in broken_file()) {
        let report = checked(&bytes);
        places_lie_inside(&bytes, &report)?;
        money_is_bounded(&report)?;
        // Read again, it says the same.
        prop_assert_eq!(&checked(&bytes), &report);
    }
}

/// The number of cases: `part` of `CASES`, unless PROPTEST_CASES says otherwise.
fn cases(times: u32) -> u32 {
    std::env::var("PROPTEST_CASES")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(CASES)
        * times
}

/// Keeps what is written to it.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no writer panicked").extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The JSON report on a path, checked on so many threads.
fn report(path: &Path, threads: usize) -> String {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .expect("threads");
    let kept = Kept::default();
    let mut sink = renderer(OutputFormat::Json, Box::new(kept.clone()), &Look::default());
    let inputs = [Input::Path(path.to_owned())];
    pool.install(|| check::check(&inputs, OPTIONS.clone(), &Quiet, sink.as_mut()))
        .expect("a run");
    let bytes = kept.0.lock().expect("no writer panicked").clone();
    String::from_utf8(bytes).expect("JSON")
}

/// Sixty invoices with a defect in every third, their lines in any order.
fn sixty_invoices(order: &[Index], defects: &[Vec<u8>]) -> Vec<u8> {
    let seed = String::from_utf8(SEEDS[0].clone()).expect("ASCII");
    let mut lines = seed.lines();
    let head: Vec<&str> = lines.by_ref().take(2).collect();
    let number = lines.clone().next().and_then(|l| l.split('|').nth(1));
    let number = number.expect("an invoice number");
    let mut records: Vec<Vec<u8>> = Vec::new();
    for invoice in 0..60 {
        for (index, line) in lines.clone().enumerate() {
            let mut cells: Vec<Vec<u8>> = line
                .replace(number, &format!("{number}-{invoice}"))
                .split('|')
                .map(|c| c.as_bytes().to_vec())
                .collect();
            if invoice % 3 == 0 {
                let defect = &defects[(invoice + index) % defects.len()];
                // Not the number itself, which says whose line it is.
                let at = 2 + (invoice * 7 + index) % (cells.len() - 3);
                cells[at].clone_from(defect);
            }
            records.push(cells.join(&b'|'));
        }
    }
    for (at, index) in order.iter().enumerate() {
        let with = index.index(records.len());
        let at = at % records.len();
        records.swap(at, with);
    }
    let mut file = head.join("\n").into_bytes();
    for record in records {
        file.push(b'\n');
        file.extend(record);
    }
    file.push(b'\n');
    file
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(1).div_ceil(20), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn threads_change_nothing_in_one_file(
        order in prop::collection::vec(any::<Index>(), 0..400),
        defects in prop::collection::vec(piece(), 1..5),
    ) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("sixty.txt");
        fs::write(&path, sixty_invoices(&order, &defects)).expect("a file");
        let one = report(&path, 1);
        prop_assert!(one.matches("\"number\"").count() >= 60);
        prop_assert_eq!(&report(&path, 2), &one);
        prop_assert_eq!(&report(&path, 4), &one);
    }

    #[test]
    fn threads_change_nothing_in_a_folder(files in prop::collection::vec(broken_file(), 2..12)) {
        let folder = tempfile::tempdir().expect("a folder");
        for (index, bytes) in files.iter().enumerate() {
            fs::write(folder.path().join(format!("{index:02}.txt")), bytes).expect("a file");
        }
        let one = report(folder.path(), 1);
        prop_assert_eq!(one.matches("\"ledes_format\"").count() <= files.len(), true);
        prop_assert_eq!(&report(folder.path(), 2), &one);
        prop_assert_eq!(&report(folder.path(), 4), &one);
    }
}

/// A client that cuts lines, so that there is money on single lines in doubt.
fn cutting() -> Options {
    let folder = tempfile::tempdir().expect("a folder");
    let pack = r#"
        pack = "client-that-cuts"
        title = "A client that cuts lines"
        version = "1"
        governs = { client_id = ["SMF01"] }
        [rules.line-date-outside-period]
        level = "reduce"
    "#;
    fs::write(folder.path().join("client.toml"), pack).expect("a pack");
    let mut options = OPTIONS.clone();
    options
        .shelf
        .add_folder(folder.path())
        .expect("a good pack");
    options
}

#[test]
fn a_line_scoped_finding_puts_no_more_than_its_lines_in_doubt() {
    let options = cutting();
    let text = String::from_utf8(SEEDS[0].clone()).expect("ASCII");
    let lines: Vec<&str> = text.lines().collect();
    let names: Vec<&str> = lines[1].trim_end_matches("[]").split('|').collect();
    let column = |name| names.iter().position(|n| *n == name).expect("a column");
    let total_at = column("LINE_ITEM_TOTAL");
    let mut met = 0;
    for row in 2..lines.len() {
        for total in [
            "",
            "x",
            "-1.00",
            "0.01",
            "99999999999999999999999999.99",
            "1080.00",
        ] {
            let mut changed: Vec<String> = lines.iter().map(|l| (*l).to_owned()).collect();
            for row in [row, lines.len() - 1] {
                let mut cells: Vec<&str> = lines[row].trim_end_matches("[]").split('|').collect();
                cells[column("LINE_ITEM_DATE")] = "20260228";
                cells[total_at] = total;
                changed[row] = format!("{}[]", cells.join("|"));
            }
            let bytes = changed.join("\n");
            let report = check_bytes("in.txt", bytes.as_bytes(), &options).expect("packs");
            money_is_bounded(&report).expect("bounded");
            for finding in findings(&report) {
                let (Some(risk), Scope::Line) = (finding.at_risk, finding.scope) else {
                    continue;
                };
                met += 1;
                let concerned: Decimal = finding
                    .places
                    .iter()
                    .map(|p| p.line as usize - 1)
                    .collect::<BTreeSet<_>>()
                    .into_iter()
                    .filter_map(|l| changed[l].split('|').nth(total_at)?.parse().ok())
                    .map(|total: Decimal| total.max(Decimal::ZERO))
                    .sum();
                assert!(risk <= concerned, "{}: {risk} of {concerned}", finding.rule);
            }
        }
    }
    assert!(met > 10, "{met} findings about lines with money in doubt");
}
