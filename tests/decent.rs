//! Thirty invoices of thirty practices, as careful firms write them. They were written before anyone looked at
//! what the rules search for, so they say how often an honest line is held against its writer.

use chrono::NaiveDate;
use cleanbill::check::{Options, check_bytes};
use cleanbill::model::Level;
use cleanbill::rules::Shelf;
use cleanbill::rules::narrative::{self as reader, Roster, Verdict, read, score};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Honest lines that were once taken for something else, beside the three hundred.
const ONCE_ALARMS: &[&str] = &[
    "Email to claims adjuster Felton reporting testimony of foreman Iverson",
    "Letter to client's managing director Solt explaining ruling on venue",
    "Serve as hearing officer's liaison on stipulated facts in rate case",
    "Incorporate opposing counsel's edits into proposed protective order",
    "Conduct interviews of four night-shift nurses about fall protocol",
    "Walk through accident scene with reconstruction expert",
    "Secure temporary restraining order against former sales manager",
    "Contact clerk of court to determine procedure for filing exhibits under seal",
    "Negotiate, draft and finalize non-disclosure agreement with Tarn Logistics",
    "Draft consent resolution; no charge for related correspondence",
    "Videoconference with Dr. Imani about revised life care plan",
    "Presentation to management on results of pay equity audit",
    "Telephone interview of insured's project manager on roof repairs",
    "Receipt and review of order granting motion to remand",
    "Rec'd and rev'd order denying motion for reconsideration",
    "Cite-check brief in opposition to motion for new trial",
    "Work with expert (Dr. Lindgren) on rebuttal report regarding lost profits methodology",
    "Consider indemnification exposure under section 8.2 of stock purchase agreement",
    "Begin outline of claim notice for earn-out dispute",
    "Ltr to claimant's counsel rejecting demand of March 3",
    "Left voicemail for claimant's treating orthopedist re narrative report",
    "Attending client by telephone re completion statement",
    "Telephone attendance on client re witness availability",
    "Attended settlement conference before Judge Pell and negotiated terms of consent decree",
    "Prepared initial case evaluation report to carrier",
];

#[test]
fn lines_once_taken_for_something_else_raise_no_alarm() {
    for line in ONCE_ALARMS {
        let reading = read(line, &Roster::default());
        let office = reading.segments.iter().find_map(|s| s.office);
        assert_eq!(reading.vague().map(|s| s.missing), None, "{line}");
        assert_eq!(office, None, "{line}");
        let verdict = score(&reading, None, &reader::Options::default()).verdict;
        assert_ne!(verdict, Verdict::BlockBilled, "{line}");
    }
}

/// What came of a hearing is part of it, what was done after it is not.
#[test]
fn work_after_an_event_is_work_of_its_own() {
    for line in [
        "Attended deposition of foreman Iverson; scheduled deposition of fire chief",
        "Attended hearing on motion to compel; obtained records from Mercy Hospital",
    ] {
        let reading = read(line, &Roster::default());
        let verdict = score(&reading, Some(3.into()), &reader::Options::default()).verdict;
        assert_eq!(verdict, Verdict::BlockBilled, "{line}");
    }
}

/// The other side of the same mechanisms: these are still found.
#[test]
fn what_is_truly_vague_or_office_work_is_still_found() {
    let vague = [
        "Escrow account reconciliation",
        "Motion",
        "Reply on motion to compel",
        "Argue motion in court",
        "Reviewed and revised motion",
        "Work with team",
        "Oral argument",
    ];
    for line in vague {
        assert!(read(line, &Roster::default()).vague().is_some(), "{line}");
    }
    let office = [
        "Contact court reporter to order transcript",
        "Tab 12 binders for Judge Orlov",
        "Schedule deposition of Dr. Pell",
        "Review bankruptcy docket",
        "Make travel arrangements for mediation in Tulsa",
        "Process vendor invoice for court reporter",
        "Bates-labeled second production set",
        "Update hot documents index",
    ];
    for line in office {
        assert!(read(line, &Roster::default()).clerical(), "{line}");
    }
}

fn invoices() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/decent");
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .expect("the folder of invoices")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    files.sort();
    files
}

#[test]
fn careful_invoices_raise_no_alarm() {
    let options = Options::on(
        NaiveDate::from_ymd_opt(2026, 10, 6).expect("a day"),
        Shelf::shipped().expect("packs"),
    );
    let mut lines = 0;
    let mut by_rule: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut alarms = 0;
    let files = invoices();
    for path in &files {
        let name = path.file_name().expect("a file").to_string_lossy();
        let bytes = fs::read(path).expect("an invoice");
        let report = check_bytes(&name, &bytes, &options).expect("packs");
        assert_eq!(report.invoices.len(), 1, "{name}");
        lines += report.invoices[0].lines;
        let of_invoice = report.invoices.iter().flat_map(|i| &i.findings);
        for finding in report.findings.iter().chain(of_invoice) {
            let places = finding.places.len().max(1);
            if finding.level > Level::Note {
                alarms += places;
            }
            by_rule
                .entry(finding.rule.to_string())
                .or_default()
                .push(format!(
                    "    {} {} of {places}: {} ({name})",
                    finding.level, finding.rule, finding.message
                ));
        }
    }
    println!("{} invoices, {lines} lines, {alarms} alarms", files.len());
    for (rule, findings) in &by_rule {
        println!("{:4}  {rule}", findings.len());
        println!("{}", findings.join("\n"));
    }
    assert_eq!((files.len(), lines), (30, 300));
    assert_eq!(alarms, 0, "findings above note, printed above");
}
