//! Packs of a firm: mistakes with their places, exceptions, versions by date.

use cleanbill::check::scenario::base;
use cleanbill::check::{
    FileReport, Input, NotChecked, Options, Quiet, Run, Sink, check, check_bytes,
};
use cleanbill::model::Level;
use cleanbill::rules::pack::read_pack;
use cleanbill::rules::{RuleSet, Shelf};
use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::io;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn shelf(packs: &[&str]) -> Shelf {
    let mut shelf = Shelf::shipped().expect("packs");
    for (index, text) in packs.iter().enumerate() {
        shelf.add(read_pack(&format!("{index}.toml"), text).expect("a pack"));
    }
    shelf.verify().expect("packs without mistakes");
    shelf
}

fn options(packs: &[&str]) -> Options {
    Options::on("2026-04-15".parse().expect("a day"), shelf(packs))
}

/// The good invoice with some texts replaced, checked under packs.
fn checked(packs: &[&str], changes: &[(&str, &str)]) -> FileReport {
    let mut text = base("1998B").expect("there is one").to_owned();
    for (from, to) in changes {
        assert!(text.contains(from), "{from}");
        text = text.replace(from, to);
    }
    check_bytes("in.txt", text.as_bytes(), &options(packs)).expect("packs")
}

fn told(report: &FileReport) -> Vec<String> {
    let findings = report.invoices.iter().flat_map(|i| &i.findings);
    findings
        .map(|f| format!("{} {}: {}", f.level, f.rule, f.message))
        .collect()
}

const HEAD: &str =
    "pack = \"smf\"\ntitle = \"Saltmarsh Ferries\"\ngoverns = { client_id = [\"SMF01\"] }\n";

fn pack(rest: &str) -> String {
    format!("{HEAD}version = \"1\"\n{rest}")
}

#[test]
fn each_broken_pack_has_its_message() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/packs/broken");
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .expect("a folder of fixtures")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    files.sort();
    assert!(files.len() >= 25, "{} broken packs", files.len());
    let (mut messages, mut shown) = (String::new(), String::new());
    for path in &files {
        let name = path.file_name().expect("a file").to_string_lossy();
        let text = fs::read_to_string(path).expect("a fixture");
        let mut shelf = Shelf::shipped().expect("packs");
        let mistake = match read_pack(&name, &text) {
            Ok(pack) => {
                shelf.add(pack);
                shelf.verify().err()
            }
            Err(mistake) => Some(mistake),
        };
        let mistake = mistake.unwrap_or_else(|| panic!("{name} has no mistake"));
        let _ = writeln!(messages, "{mistake}");
        shown.push_str(&cleanbill::render::mistake(&mistake, false, 100));
        shown.push('\n');
    }
    let placed = |line: &&str| {
        line.split(':')
            .nth(1)
            .is_some_and(|n| n.parse::<u32>().is_ok())
    };
    assert!(messages.lines().all(|line| placed(&line)), "{messages}");
    insta::assert_snapshot!(messages);
    insta::assert_snapshot!("each_broken_pack_is_shown_with_its_place", shown);
}

const CAP: &str = "[rules.photocopy-rate-cap]\nlevel = \"reduce\"\nmax_unit = \"0.10\"\n";

#[test]
fn a_client_switches_a_rule_on_and_the_money_is_what_is_over_the_cap() {
    let report = checked(&[&pack(CAP)], &[]);
    assert_eq!(
        told(&report),
        ["reduce photocopy-rate-cap: line item 3: copies at 0.20 each, the client pays 0.10"]
    );
    let invoice = &report.invoices[0];
    assert_eq!(
        (invoice.at_risk.to_string(), invoice.findings[0].at_risk),
        ("11.80".to_owned(), "11.80".parse().ok())
    );
    assert_eq!(invoice.findings[0].pack, "smf");
}

#[test]
fn money_of_several_lines_adds_up() {
    let rule = "[[rule]]\nid = \"rate-of-this-client\"\ntitle = \"rate\"\ngroup = \"guideline\"\nlevel = \"reduce\"\nscope = \"line\"\n\
        each = \"line\"\nonly = { type = \"F\" }\nmax = { unit_cost = \"300\" }\nat_risk = \"(unit_cost - max.unit_cost) * units\"\n\
        message = \"line item {item}: {unit_cost}, not {max.unit_cost}\"\nwhy = \"w\"\nhelp = \"h\"\nsource = \"4.2\"\nbad = [{}]\n\
        good = [{ lines = [{ unit_cost = \"300\" }, { unit_cost = \"290\" }] }]\n";
    let report = checked(&[&pack(rule)], &[]);
    let invoice = &report.invoices[0];
    assert_eq!(
        told(&report),
        ["reduce rate-of-this-client: line item 1: 450, not 300 (and 1 more place like it)"]
    );
    // (450 - 300) x 2.40 + (310 - 300) x 1.50
    assert_eq!(
        (invoice.findings[0].at_risk, invoice.at_risk.to_string()),
        ("375".parse().ok(), "375.00".to_owned())
    );
}

fn ignore(only: &str, until: &str) -> String {
    pack(&format!(
        "{CAP}[[ignore]]\nrule = \"photocopy-rate-cap\"\n{only}reason = \"colour copies agreed\"\nby = \"A. Quillfeather\"\nuntil = {until}\n"
    ))
}

#[test]
fn an_exception_turns_the_finding_into_a_note_that_says_why() {
    let report = checked(
        &[&ignore(
            "only = { law_firm_matter_id = \"2026-0113\" }\n",
            "2026-06-30",
        )],
        &[],
    );
    let finding = &report.invoices[0].findings[0];
    assert_eq!((finding.level, finding.at_risk), (Level::Note, None));
    assert!(
        finding
            .message
            .ends_with("(set aside until 2026-06-30 by A. Quillfeather: colour copies agreed)"),
        "{}",
        finding.message
    );
    for (only, until) in [
        (
            "only = { law_firm_matter_id = \"2026-0999\" }\n",
            "2026-06-30",
        ),
        ("", "2026-03-30"),
    ] {
        let report = checked(&[&ignore(only, until)], &[]);
        assert_eq!(
            report.invoices[0].findings[0].level,
            Level::Reduce,
            "{only}{until}"
        );
    }
}

/// Keeps nothing but what the run says at its end.
struct Nothing;

impl Sink for Nothing {
    fn file(&mut self, _: &FileReport) -> io::Result<()> {
        Ok(())
    }
    fn invoice(&mut self, _: &FileReport, _: cleanbill::check::InvoiceReport) -> io::Result<()> {
        Ok(())
    }
    fn finish(&mut self, _: &Run) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn exceptions_that_are_over_or_not_needed_are_reported() {
    let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
    io::Write::write_all(&mut file, base("1998B").expect("there is one").as_bytes()).expect("room");
    let run = |text: &str| {
        let inputs = [Input::Path(file.path().to_owned())];
        let run = check(&inputs, options(&[text]), &Quiet, &mut Nothing).expect("packs");
        // Lists of the firm are not loaded here, which is said too.
        let of_exceptions = |n: &&NotChecked| n.because.contains("its exception");
        let said = run.not_checked.iter().filter(of_exceptions);
        let said = said.map(|n| n.because.clone());
        said.collect::<Vec<_>>().join("\n")
    };
    assert!(run(&ignore("", "2026-04-14")).contains("ended on 2026-04-14"));
    assert!(run(&ignore("only = { units = \"7\" }\n", "2026-06-30")).contains("was not needed"));
    assert_eq!(run(&ignore("", "2026-06-30")), "");
}

#[test]
fn a_rule_is_judged_by_the_version_of_its_day() {
    let old = format!("{HEAD}version = \"2025\"\nuntil = 2026-03-31\n{CAP}");
    let new = format!(
        "{HEAD}version = \"2026\"\neffective = 2026-04-01\n[rules.photocopy-rate-cap]\nlevel = \"reduce\"\nmax_unit = \"0.20\"\n"
    );
    let packs = [old.as_str(), new.as_str()];
    assert_eq!(told(&checked(&packs, &[])).len(), 1);
    // An invoice of April is judged by the new version, for the old lines too.
    let april = [("\n20260331|AW", "\n20260410|AW")];
    assert_eq!(told(&checked(&packs, &april)), [""; 0]);
    // Unless the rule goes by the date of the line.
    let by_line = packs.map(|text| format!("{text}as_of = \"line\"\n"));
    let by_line: Vec<&str> = by_line.iter().map(String::as_str).collect();
    assert_eq!(told(&checked(&by_line, &april)).len(), 1);
}

#[test]
fn what_cannot_be_read_gives_no_second_finding() {
    let report = checked(&[&pack(CAP)], &[("|0.20|||", "|0,2x|||")]);
    assert!(
        told(&report).iter().all(|t| !t.contains("photocopy")),
        "{:?}",
        told(&report)
    );
}

#[test]
fn long_lines_follow_from_a_long_day() {
    let report = checked(
        &[],
        &[
            ("|2.40||1080.00|", "|12.40||5580.00|"),
            ("|1478.60|", "|5978.60|"),
        ],
    );
    let finding = &report.invoices[0].findings[0];
    assert_eq!(
        (finding.rule.as_str(), report.invoices[0].findings.len()),
        ("max-hours-per-day", 1)
    );
    assert_eq!(finding.consequences[0].rule, "max-hours-per-line");
}

/// What the build script works out is what would be worked out of the pack itself.
#[test]
fn hashes_of_shipped_packs_are_those_of_their_json() {
    for pack in Shelf::shipped().expect("packs").packs() {
        let json = serde_json::to_vec(pack.as_ref()).expect("plain data");
        assert_eq!(
            pack.sha256,
            hex::encode(Sha256::digest(&json)),
            "{}",
            pack.pack
        );
    }
}

/// So that anybody can hold a report against the pack in the folder, with the tools of the system.
#[test]
fn the_hash_of_a_firms_pack_is_that_of_its_file() {
    let text = "pack = \"own\"\ntitle = \"Own\"\nversion = \"1\"\n";
    let pack = read_pack("own.toml", text).expect("a pack");
    assert_eq!(pack.sha256, hex::encode(Sha256::digest(text)));
    let commented = read_pack("own.toml", &format!("# Ours.\n{text}")).expect("a pack");
    assert_ne!(commented.sha256, pack.sha256);
}

#[test]
fn every_shipped_rule_is_made_ready() {
    let packs = Shelf::shipped().expect("packs").packs().to_vec();
    RuleSet::from_packs(packs).expect("no mistakes");
}

#[test]
fn every_shipped_pack_is_looked_through() {
    let shelf = Shelf::shipped().expect("packs");
    for pack in shelf.packs() {
        if let Err(mistake) = shelf.look_through(pack) {
            panic!("{}: {mistake}", pack.pack);
        }
        // A change nobody can trace is none.
        for (rule, change) in &pack.rules {
            let sourced = change.source.is_some() || pack.pack == "house";
            assert!(sourced, "{}: {rule} has no source", pack.pack);
        }
    }
    assert!(shelf.packs().len() >= 24, "{}", shelf.packs().len());
    assert!(shelf.portals().len() >= 11, "{:?}", shelf.portals());
}

#[test]
fn a_client_without_a_pack_is_named_only_where_clients_have_packs() {
    let other = pack("").replace("SMF01", "NGM01");
    assert_eq!(
        told(&checked(&[&other], &[])),
        ["note no-client-pack: no pack governs client SMF01: only the house rules were applied"]
    );
    assert_eq!(told(&checked(&[&pack("")], &[])), [""; 0]);
    assert_eq!(told(&checked(&[], &[])), [""; 0]);
    // Without a client nothing can govern it, which `required-field` says.
    let nobody = checked(&[&other], &[("|SMF01|", "||")]);
    assert!(told(&nobody).iter().all(|t| !t.contains("no-client-pack")));
}

#[test]
fn of_an_expense_billed_twice_one_is_in_doubt() {
    let strict = pack("[rules.duplicate-expense]\nlevel = \"reject\"\n");
    let line = "20260331|AW-2041|SMF01|2026-0113|1478.60|20260301|20260331|Professional services March 2026|3|E|118||23.60|20260311||E101|||Copying of production set, 118 pages|98-7654321|0.20|||SF-LIT-12[]\n";
    let again = format!("{line}{}", line.replace("|3|E|", "|9|E|"));
    let report = checked(&[&strict], &[(line, &again), ("|1478.60|", "|1502.20|")]);
    let invoice = &report.invoices[0];
    assert_eq!(
        (invoice.findings.len(), invoice.at_risk.to_string()),
        (1, "23.60".to_owned())
    );
}
