//! Conversions between all formats: what is written reads back as the same invoice, nothing is lost unlisted, money
//! never, and XML is as its table has it.

#[path = "convert/invent.rs"]
mod invent;

use cleanbill::check::check_bytes;
use cleanbill::formats::parts::{Names, Owner, fingerprint, plain, values, visit};
use cleanbill::formats::write::{Dialect, Writer, plain_text};
use cleanbill::formats::{Source, survey};
use cleanbill::model::{Invoice, LedesFormat, LineKind};
use cleanbill::revise::table::{self, Said};
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

fn converted(invoices: &[Invoice], format: LedesFormat) -> Result<(Vec<Invoice>, Losses), Refusal> {
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
    for folder in [
        "rules/examples",
        "fixtures/clean",
        "fixtures/invalid",
        "fixtures/broken",
    ] {
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
                            let lost: Vec<_> =
                                a.iter().filter(|v| !b.contains(v)).take(4).collect();
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
    assert!(
        wrong.is_empty(),
        "{} of {pairs}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(pairs > 800, "{pairs}");
}

/// A good invoice converted to its own format is as good as before.
#[test]
fn good_invoices_stay_good_in_their_own_format() {
    let today = chrono::NaiveDate::from_ymd_opt(2026, 10, 6).expect("a day");
    let shelf = cleanbill::rules::Shelf::shipped().expect("packs");
    let options = cleanbill::check::Options::on(today, shelf);
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
                    println!(
                        "{} to {to}: {rules:#?}\n   {:?}",
                        path.display(),
                        losses.list()
                    );
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A value said somewhere, in the words of whoever wrote it.
fn texts(invoice: &Invoice) -> std::collections::HashSet<String> {
    values(invoice).into_iter().map(|(_, _, v)| v).collect()
}

fn squeezed(text: &str) -> String {
    plain_text(text)
        .chars()
        .filter(|c| !c.is_whitespace())
        .collect()
}

/// Whatever of the source is not in the output is on the list, and whatever is on the list is in the table of the
/// documentation.
#[test]
fn nothing_is_lost_unlisted() {
    let mut wrong = std::collections::BTreeSet::new();
    let mut looked = 0;
    for folder in ["rules/examples", "fixtures/clean", "fixtures/invalid"] {
        for path in files(folder) {
            let (_, invoices) = read(&fs::read(&path).expect("readable"));
            for invoice in &invoices {
                let from = invoice.format;
                for to in TARGETS.into_iter().filter(|t| *t != from) {
                    let Ok((shaped, losses)) = converted(std::slice::from_ref(invoice), to) else {
                        continue;
                    };
                    let said = texts(&shaped[0]);
                    let squeezed_said: std::collections::HashSet<String> =
                        said.iter().map(|v| squeezed(v)).collect();
                    let listed: Vec<(Owner, Names)> =
                        losses.fields().map(|(o, n, _)| (o, n)).collect();
                    visit(invoice, &mut |owner, names: &Names, content| {
                        looked += 1;
                        let value = plain(invoice, content);
                        let numbers = names.xml2 == "file_item_nbr" && from.is_xml();
                        if content.is_blank() || numbers || said.contains(&*value) {
                            return;
                        }
                        let kept = squeezed_said.contains(&squeezed(&value));
                        if !kept
                            && !listed.contains(&(owner, *names))
                            && table::says(from, to, owner, names) == Said::Lost
                        {
                            wrong.insert(format!(
                                "{from} to {to}: {owner:?} {names:?} \"{value}\" of {}",
                                path.display()
                            ));
                        }
                    });
                    for (owner, names, why) in losses.fields() {
                        let other = why == "characters the target cannot hold were replaced"
                            || names.xml2.is_empty()
                                && names.l2000.is_empty()
                                && owner == Owner::Invoice;
                        if !other
                            && from != LedesFormat::L1998BI
                            && table::says(from, to, owner, &names) == Said::Always
                        {
                            wrong.insert(format!("{from} to {to}: {owner:?} {names:?} lost ({why}), and the table does not say so: {}", path.display()));
                        }
                    }
                }
            }
        }
    }
    assert!(looked > 20_000, "{looked}");
    assert!(
        wrong.is_empty(),
        "{}:\n{}",
        wrong.len(),
        wrong.into_iter().take(30).collect::<Vec<_>>().join("\n")
    );
}

/// Money, lines and narratives that any format holds.
fn essence(invoice: &Invoice) -> (String, Option<rust_decimal::Decimal>, Vec<String>) {
    let mut lines: Vec<String> = invoice
        .lines
        .iter()
        .filter(|l| matches!(l.kind.get(), Some(LineKind::Fee | LineKind::Expense)))
        .map(|l| {
            let n = |v: cleanbill::model::Value<rust_decimal::Decimal>| {
                v.get()
                    .map(|n| n.normalize().to_string())
                    .unwrap_or_default()
            };
            let tax = l.tax_total.get().unwrap_or_default();
            let net = l.total.get().map(|t| (t - tax).normalize().to_string());
            format!(
                "{:?} {:?} {} {} {net:?} {} {} {} {} {}",
                l.kind.get(),
                l.date.get(),
                n(l.units),
                n(l.unit_cost),
                invoice.get(l.task_code),
                invoice.get(l.activity_code),
                invoice.get(l.expense_code),
                invoice.get(l.timekeeper_id),
                squeezed(&invoice.get(l.description)),
            )
        })
        .collect();
    lines.sort();
    (
        invoice.get(invoice.number).into_owned(),
        invoice.total.get().map(|t| t.normalize()),
        lines,
    )
}

/// Invented invoices through all formats, and on from there to all formats again.
#[test]
fn generated_invoices_go_through_all_formats() {
    let count: usize = std::env::var("CONVERT_INVOICES")
        .ok()
        .and_then(|n| n.parse().ok())
        // Ten thousand where the program is built for speed.
        .unwrap_or(if cfg!(debug_assertions) { 600 } else { 10_000 });
    let mut seeded = invent::Seeded::new(20_261_006);
    let mut pairs = std::collections::BTreeMap::<(LedesFormat, LedesFormat), (u64, u64)>::new();
    for batch in 0..count.div_ceil(50) {
        let international = batch % 2 == 1;
        let text = invent::file(&mut seeded, international, 50);
        let (format, first) = read(text.as_bytes());
        let expected = if international {
            LedesFormat::L1998BIV2
        } else {
            LedesFormat::L1998B
        };
        assert_eq!(format, Some(expected));
        assert_eq!(first.len(), 50);
        let mut generation = vec![first];
        for hop in 0..2 {
            let mut next = Vec::new();
            for (middle, invoices) in generation.iter().enumerate() {
                for (index, to) in TARGETS.into_iter().enumerate() {
                    // On the second hop one target in three, in turn: every pair is met.
                    if hop > 0 && (index + middle + batch / 2) % 3 != 0 {
                        continue;
                    }
                    let target = target(to);
                    let mut shaped = Vec::new();
                    let mut from = Vec::new();
                    for invoice in invoices {
                        let entry = pairs.entry((invoice.format, to)).or_default();
                        match convert(invoice.clone(), &target, &mut Losses::default()) {
                            Ok(one) => {
                                entry.0 += 1;
                                shaped.push(one);
                                from.push(invoice);
                            }
                            Err(_) => entry.1 += 1,
                        }
                    }
                    if shaped.is_empty() {
                        continue;
                    }
                    let text = written(&shaped, to);
                    let (found, back) = read(&text);
                    assert_eq!(found, Some(to));
                    assert_eq!(back.len(), shaped.len(), "{to}");
                    for ((before, one), again) in from.iter().zip(&shaped).zip(&back) {
                        assert_eq!(values(again), values(one), "{} to {to}", before.format);
                        assert_eq!(fingerprint(again), fingerprint(one));
                        assert_eq!(essence(again), essence(before), "{} to {to}", before.format);
                    }
                    if hop == 0 {
                        next.push(back);
                    }
                }
            }
            generation = next;
        }
    }
    for from in TARGETS {
        for to in TARGETS {
            let (done, refused) = pairs.get(&(from, to)).copied().unwrap_or_default();
            assert!(done > 0, "{from} to {to}: none of {refused}");
        }
    }
}

/// The elements of every XML file in the order of the field table, read by another library.
#[test]
fn xml_is_in_the_order_of_its_table() {
    let mut rows: std::collections::HashMap<(bool, String), Vec<String>> =
        std::collections::HashMap::new();
    for (l2000, name) in [(true, "ledes-2000.csv"), (false, "ledes-xml-2.csv")] {
        let text = fs::read_to_string(root("rules/formats").join(name)).expect("a table");
        for line in text.lines().skip(1) {
            let cells: Vec<&str> = line.split(',').collect();
            let own = rows.entry((l2000, cells[0].to_owned())).or_default();
            own.push(format!(
                "{}|{}|{}|{}",
                cells[1], cells[2], cells[7], cells[10]
            ));
        }
    }
    let mut nodes = 0;
    for folder in ["rules/examples", "fixtures/clean", "fixtures/invalid"] {
        for path in files(folder) {
            let (_, invoices) = read(&fs::read(&path).expect("readable"));
            for to in TARGETS.into_iter().filter(|t| t.is_xml()) {
                let Ok((shaped, _)) = converted(&invoices, to) else {
                    continue;
                };
                // LEDES 2000 has one firm a file.
                let firms: std::collections::HashSet<_> = shaped
                    .iter()
                    .map(|i| i.get(i.firm.law_firm_id).into_owned())
                    .collect();
                if shaped.is_empty() || (to == LedesFormat::L2000 && firms.len() > 1) {
                    continue;
                }
                let text = String::from_utf8(written(&shaped, to)).expect("UTF-8");
                let options = roxmltree::ParsingOptions {
                    allow_dtd: true,
                    ..Default::default()
                };
                let tree = roxmltree::Document::parse_with_options(&text, options)
                    .unwrap_or_else(|e| panic!("{} to {to}: {e}", path.display()));
                let mut items = Vec::new();
                walk(
                    tree.root_element(),
                    "ledesxml",
                    to,
                    &rows,
                    &mut items,
                    &mut nodes,
                );
                let expected: Vec<u64> = (1..=items.len() as u64).collect();
                if to != LedesFormat::L2000 {
                    items.sort_unstable();
                    assert_eq!(
                        items,
                        expected,
                        "item numbers of {} to {to}",
                        path.display()
                    );
                }
            }
        }
    }
    assert!(nodes > 20_000, "{nodes}");
}

fn walk(
    node: roxmltree::Node<'_, '_>,
    segment: &str,
    format: LedesFormat,
    rows: &std::collections::HashMap<(bool, String), Vec<String>>,
    items: &mut Vec<u64>,
    nodes: &mut usize,
) {
    let l2000 = format == LedesFormat::L2000;
    let table = &rows[&(l2000, segment.to_owned())];
    let mut last = 0;
    for child in node.children().filter(roxmltree::Node::is_element) {
        *nodes += 1;
        let name = child.tag_name().name();
        if l2000 && name == "address_info" {
            walk(child, segment, format, rows, items, nodes);
            continue;
        }
        let at = table.iter().position(|row| {
            let cells: Vec<&str> = row.split('|').collect();
            let spelt = if format == LedesFormat::Xml20 && !cells[cells.len() - 1].is_empty() {
                cells[cells.len() - 1]
            } else {
                cells[0]
            };
            spelt == name
        });
        let at = at.unwrap_or_else(|| panic!("{name} is no element of {segment} in {format}"));
        assert!(
            at >= last,
            "{name} of {segment} stands too late in {format}"
        );
        if at == last && at > 0 {
            let many = table[at].contains("|many|")
                || child
                    .prev_sibling_element()
                    .is_none_or(|p| p.tag_name().name() != name);
            assert!(many, "{name} stands twice in {segment}");
        }
        last = at;
        let inner = table[at]
            .split('|')
            .nth(1)
            .and_then(|k| k.strip_prefix("segment "));
        match inner {
            Some(inner) => walk(child, inner, format, rows, items, nodes),
            None if name == "file_item_nbr" => {
                items.push(child.text().expect("a number").parse().expect("a number"))
            }
            None => assert!(
                !child.text().unwrap_or("").trim().is_empty(),
                "{name} is empty"
            ),
        }
    }
}

/// Damaged files: whatever can still be converted reads back as it was written, and nothing panics.
#[test]
fn damaged_files_convert_whole_or_not_at_all() {
    const PIECES: [&str; 12] = [
        "|",
        "[]",
        "<fee>",
        "</matter>",
        "&",
        "",
        "-",
        "79228162514264337593543950335",
        "0.0000000000000000000000000001",
        "-99999999999999.9999",
        "Percent",
        "Y",
    ];
    let mut seeded = invent::Seeded::new(7);
    let mut done = 0;
    let mut paths = files("fixtures/clean");
    paths.extend(files("rules/examples"));
    for path in paths {
        let good = fs::read_to_string(&path).expect("UTF-8");
        for _ in 0..3 {
            let mut text = good.clone();
            for _ in 0..=seeded.below(2) {
                // A cell, or the text of an element, becomes something else.
                let at = seeded.below(text.len() as u64) as usize;
                let edge = |c: char| matches!(c, '|' | '<' | '>' | '\n');
                let Some(before) = text.get(..at) else {
                    continue;
                };
                let start = before.rfind(edge).map_or(0, |p| p + 1);
                let end = text[at..].find(edge).map_or(text.len(), |p| at + p);
                let piece = PIECES[seeded.below(PIECES.len() as u64) as usize];
                text.replace_range(start..end, piece);
            }
            let (_, invoices) = read(text.as_bytes());
            for invoice in &invoices {
                for to in TARGETS {
                    let Ok((shaped, _)) = converted(std::slice::from_ref(invoice), to) else {
                        continue;
                    };
                    let (_, back) = read(&written(&shaped, to));
                    assert_eq!(back.len(), 1, "{} to {to}:\n{text}", path.display());
                    assert_eq!(
                        values(&back[0]),
                        values(&shaped[0]),
                        "{} to {to}",
                        path.display()
                    );
                    done += 1;
                }
            }
        }
    }
    assert!(done > 400, "{done}");
}

/// What a dialect gives is compared by value when the file is read again: another value there is seen.
#[test]
fn a_given_value_that_reads_otherwise_is_seen() {
    use cleanbill::revise::file::{Output, reads_back};
    let mut dialect = Dialect::default();
    for (field, value) in [
        ("MATTER_NAME", "Ferry claim"),
        ("LINE_ITEM_TAX_TYPE", "VAT"),
    ] {
        dialect.given.insert(field.to_owned(), value.to_owned());
    }
    let target = Target::new(LedesFormat::L1998BIV2, dialect, None).expect("a target");
    let bytes = fs::read(root("rules/examples/good-1998B.txt")).expect("a fixture");
    let mut output = Output::new(Vec::new(), &target);
    for invoice in read(&bytes).1 {
        output.invoice(invoice).expect("memory");
    }
    let (bytes, account) = output.finish().expect("memory");
    let same = |bytes: &[u8]| {
        let source = Source::of_bytes(bytes).expect("a temporary file");
        reads_back(&source, &account).expect("readable")
    };
    assert!(same(&bytes));
    let text = String::from_utf8(bytes).expect("UTF-8");
    assert!(!same(
        text.replace("|Ferry claim|", "|Ferry clam|").as_bytes()
    ));
    assert!(!same(text.replace("|VAT|", "||").as_bytes()));
}
