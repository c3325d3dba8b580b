//! Terms that are shipped, and the portals that have no interface of their own.

use cleanbill::model::{LedesFormat, Outcome};
use cleanbill::portals::terms_of;
use cleanbill::rules::Shelf;
use cleanbill::rules::pack::WAYS;
use std::process::Command;

const FORMATS: [LedesFormat; 7] = [
    LedesFormat::L1998B,
    LedesFormat::L1998BI,
    LedesFormat::L1998BIV2,
    LedesFormat::L2000,
    LedesFormat::Xml20,
    LedesFormat::Xml21,
    LedesFormat::Xml22,
];

#[test]
fn every_shipped_portal_says_what_can_be_acted_on() {
    let shelf = Shelf::shipped().expect("the packs");
    let mut seen = 0;
    for pack in shelf.packs() {
        let Some(terms) = &pack.terms else { continue };
        seen += 1;
        assert!(
            !terms.ways.is_empty() && !terms.source.is_empty(),
            "{}",
            pack.pack
        );
        for way in &terms.ways {
            assert!(WAYS.contains(&way.as_str()), "{}: {way}", pack.pack);
        }
        for (word, outcome) in &terms.status {
            assert!(
                Outcome::named(outcome).is_some(),
                "{}: {word} = {outcome}",
                pack.pack
            );
            assert_eq!(*word, word.to_lowercase(), "{}", pack.pack);
        }
        for format in &terms.formats {
            assert!(
                FORMATS.iter().any(|f| f.name() == format),
                "{}: {format}",
                pack.pack
            );
        }
        if let Some(characters) = &terms.file.name_characters {
            regex::Regex::new(characters).expect("a regular expression");
        }
        assert!(
            terms.mail.is_none() || terms.ways.iter().any(|w| w == "mail"),
            "{}",
            pack.pack
        );
    }
    assert_eq!(seen, 12);
}

#[test]
fn the_portals_without_an_interface_are_reached_by_every_agreed_way() {
    let shelf = Shelf::shipped().expect("the packs");
    for name in [
        "CounselLink",
        "TyMetrix 360",
        "Collaborati",
        "Legal-X",
        "Litigation Advisor",
    ] {
        let terms = terms_of(shelf.packs(), name).expect(name);
        for way in ["agreed", "sftp", "assisted"] {
            assert!(terms.ways.iter().any(|w| w == way), "{name}: {way}");
        }
        assert!(
            !terms.ways.iter().any(|w| w == "api"),
            "{name} has no public interface"
        );
        let error = super::try_open(&format!(
            "portal = \"{name}\"\nway = \"api\"\nurl = \"https://x.example\""
        ));
        let error = error.err().expect("no interface").to_string();
        assert!(
            error.contains("use agreed, sftp, mail or assisted"),
            "{error}"
        );
    }
}

#[test]
fn an_account_may_use_any_name_of_its_portal() {
    let settings = "settings = { company_id = 12, firm_id = \"F\", firm_office_id = \"O\", type_id = \"T\", content_field = \"content\" }";
    for name in ["Legal Tracker", "legal-tracker", "Serengeti"] {
        let account = format!(
            "portal = \"{name}\"\nway = \"api\"\nurl = \"https://tracker.example\"\n{settings}"
        );
        let opened = super::try_open(&account);
        assert!(
            opened.is_ok(),
            "{name}: {}",
            opened.err().expect("an error")
        );
    }
}

#[test]
fn every_account_is_tried_though_one_cannot_be_used() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("portals.toml");
    let good = folder.path().join("ready").display().to_string();
    let text = format!(
        "[account.a]\nportal = \"CounselLink\"\nway = \"api\"\n\
         [account.b]\nportal = \"CounselLink\"\nway = \"assisted\"\nsettings = {{ folder = {good:?} }}\n\
         [account.c]\nportal = \"CounselLink\"\nway = \"api\"\nactive = false\n"
    );
    std::fs::write(&file, text).expect("written");
    let checked = Command::new(env!("CARGO_BIN_EXE_cleanbill"))
        .args(["portals", "check"])
        .env("CLEANBILL_PORTALS", &file)
        .output()
        .expect("it runs");
    let said = String::from_utf8(checked.stdout).expect("text");
    assert_eq!(checked.status.code(), Some(2), "{said}");
    assert!(
        said.contains("a: not set up") && said.contains("1 of 2 accounts"),
        "{said}"
    );
    assert!(said.contains("\nb: ") && !said.contains("\nc: "), "{said}");
}

#[test]
fn the_list_shows_each_with_its_terms() {
    let listed = Command::new(env!("CARGO_BIN_EXE_cleanbill"))
        .args(["portals", "list"])
        .output();
    let listed = String::from_utf8(listed.expect("a list").stdout).expect("text");
    for part in [
        "CounselLink (counsellink)",
        "TyMetrix 360 (tymetrix-360)",
        "Collaborati (collaborati)",
        "Legal-X and Legal eXchange (legal-x)",
        "Litigation Advisor (litigation-advisor)",
        "not yet tried against the live portal",
        "action required for collaborative review",
        "final invoices are deleted after 60 days",
        "Request for Reconsideration",
        "by mail up to 5000000 bytes",
        "words     approved; disputed; pending; reduced; reduced and approved; rejected",
    ] {
        assert!(listed.contains(part), "{part} is not in {listed}");
    }
}
