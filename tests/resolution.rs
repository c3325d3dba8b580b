//! Which packs are in force for an invoice, and in which order they are laid over one another.

use cleanbill::check::scenario::base;
use cleanbill::check::{Options, check_bytes};
use cleanbill::model::Lists;
use cleanbill::model::lists::{FirmClient, FirmMatter, List, ListHead};
use cleanbill::rules::Shelf;
use cleanbill::rules::pack::read_pack;
use std::sync::Arc;

/// A pack that pays copies at `cap`.
fn pack(name: &str, governs: &str, cap: &str) -> String {
    let governs = match governs {
        "" => String::new(),
        what => format!("governs = {{ {what} }}\n"),
    };
    format!(
        "pack = \"{name}\"\ntitle = \"t\"\nversion = \"1\"\n{governs}[rules.photocopy-rate-cap]\nlevel = \"reduce\"\nmax_unit = \"{cap}\"\n"
    )
}

fn options(packs: &[String]) -> Options {
    let mut shelf = Shelf::shipped().expect("packs");
    for (index, text) in packs.iter().enumerate() {
        shelf.add(read_pack(&format!("{index}.toml"), text).expect("a pack"));
    }
    shelf.verify().expect("packs without mistakes");
    Options::on("2026-04-15".parse().expect("a day"), shelf)
}

/// The good invoice, of client SMF01 and matter 2026-0113, checked: what is found, by which pack. That no pack governs
/// its client is left out.
fn told(options: &Options) -> Vec<String> {
    let text = base("1998B").expect("there is one");
    let report = check_bytes("in.txt", text.as_bytes(), options).expect("packs");
    let findings = report.invoices.iter().flat_map(|i| &i.findings);
    findings
        .filter(|f| f.rule != "no-client-pack")
        .map(|f| format!("{}: {}", f.pack, f.message))
        .collect()
}

fn cap(pack: &str, cap: &str) -> Vec<String> {
    vec![format!(
        "{pack}: line item 3: copies at 0.20 each, the client pays {cap}"
    )]
}

fn client_matter() -> String {
    let text = base("1998B").expect("there is one");
    let mut lines = text.lines().skip(1);
    let columns: Vec<&str> = lines.next().expect("a header").split('|').collect();
    let at = columns
        .iter()
        .position(|c| c.starts_with("CLIENT_MATTER_ID"));
    let first: Vec<&str> = lines.next().expect("a line").split('|').collect();
    first[at.expect("the column")]
        .trim_end_matches("[]")
        .to_owned()
}

#[test]
fn the_narrower_pack_wins_in_whatever_order_the_folder_has_them() {
    let own = pack("matter", "law_firm_matter_id = [\"2026-0113\"]", "0.01");
    let theirs = format!("client_matter_id = [\"{}\"]", client_matter());
    let theirs = pack("their-matter", &theirs, "0.02");
    let client = pack("client", "client_id = [\"SMF01\"]", "0.03")
        .replace("[rules", "extends = [\"sector\"]\n[rules");
    let portal = pack("portal", "portal = [\"Harbour Gate\"]", "0.04");
    let sector = pack("sector", "", "0.05");
    let all = [own, theirs, client, portal, sector];
    for (from, wanted) in [
        (0, cap("matter", "0.01")),
        (1, cap("their-matter", "0.02")),
        (2, cap("client", "0.03")),
        (3, cap("portal", "0.04")),
        (4, Vec::new()),
    ] {
        let mut packs = all[from..].to_vec();
        for _ in 0..packs.len() {
            packs.rotate_left(1);
            let mut options = options(&packs);
            options.portal = Some("harbour-gate".to_owned());
            // Of two packs of matters the later one in the folder wins.
            if from > 0 {
                assert_eq!(told(&options), wanted);
            } else {
                assert!(
                    told(&options)[0].contains("matter: "),
                    "{:?}",
                    told(&options)
                );
            }
        }
    }
}

#[test]
fn a_sector_extended_by_a_client_still_gives_way_to_the_portal() {
    let client = "pack = \"client\"\ntitle = \"t\"\nversion = \"1\"\nextends = [\"sector\"]\ngoverns = { client_id = [\"SMF01\"] }\n";
    let packs = [
        client.to_owned(),
        pack("portal", "portal = [\"Harbour Gate\"]", "0.04"),
        pack("sector", "", "0.05"),
    ];
    let mut options = options(&packs);
    assert_eq!(told(&options), cap("sector", "0.05"));
    options.portal = Some("Harbour Gate".to_owned());
    assert_eq!(told(&options), cap("portal", "0.04"));
}

#[test]
fn a_pack_that_names_two_things_governs_what_is_both() {
    let both = "client_id = [\"SMF01\"], portal = [\"Harbour Gate\"]";
    let mut options = options(&[pack("both", both, "0.05")]);
    assert!(told(&options).is_empty());
    options.portal = Some("HARBOUR GATE".to_owned());
    assert_eq!(told(&options), cap("both", "0.05"));
    options.client = Some("KRT07".to_owned());
    assert!(told(&options).is_empty());
}

#[test]
fn the_firms_lists_name_portal_and_packs() {
    let packs = [
        pack("gate", "portal = [\"Harbour Gate\"]", "0.04"),
        pack("quay", "portal = [\"Quay\"]", "0.06"),
        pack("sector", "", "0.05"),
    ];
    let mut options = options(&packs);
    let client = |client_id: &str| FirmClient {
        client_id: client_id.to_owned(),
        packs: vec!["sector".to_owned()],
        ..FirmClient::default()
    };
    let matter = FirmMatter {
        client_id: "SMF01".to_owned(),
        law_firm_matter_id: "2026-0113".to_owned(),
        portal: "harbour gate".to_owned(),
        ..FirmMatter::default()
    };
    options.lists = Arc::new(Lists {
        clients: List::new(ListHead::default(), vec![client("SMF01"), client("KRT07")]),
        matters: List::new(ListHead::default(), vec![matter]),
        ..Lists::default()
    });
    assert_eq!(told(&options), cap("gate", "0.04"));
    // The command line wins.
    options.portal = Some("quay".to_owned());
    assert_eq!(told(&options), cap("quay", "0.06"));
    options.portal = None;
    options.client = Some("KRT07".to_owned());
    assert_eq!(told(&options), cap("sector", "0.05"));
    options.client = Some("nobody".to_owned());
    assert!(told(&options).is_empty());
}

#[test]
fn a_pack_the_lists_name_must_exist() {
    let mut options = options(&[]);
    let client = FirmClient {
        client_id: "SMF01".to_owned(),
        packs: vec!["guideline".to_owned()],
        ..FirmClient::default()
    };
    options.lists = Arc::new(Lists {
        clients: List::new(ListHead::default(), vec![client]),
        ..Lists::default()
    });
    let text = base("1998B").expect("there is one");
    let mistake = check_bytes("in.txt", text.as_bytes(), &options).expect_err("no such pack");
    assert_eq!(
        mistake.to_string(),
        "packs asked for by name: \"guideline\" is no pack; did you mean \"guidelines\"?"
    );
}

const CLIENT: &str = "pack = \"client\"\ntitle = \"t\"\ngoverns = { client_id = [\"SMF01\"] }\n";

/// Rules of an older version that the newer one does not have any more.
#[test]
fn a_rule_only_an_older_version_has_is_judged_for_lines_of_its_days() {
    let own = "[[rule]]\nid = \"rate-of-2025\"\ntitle = \"rate\"\ngroup = \"guideline\"\nlevel = \"reduce\"\nscope = \"line\"\n\
        as_of = \"line\"\neach = \"line\"\nonly = { type = \"F\" }\nmax = { unit_cost = \"300\" }\n\
        message = \"line item {item}: {unit_cost}, not {max.unit_cost}\"\nwhy = \"w\"\nhelp = \"h\"\nsource = \"4.2\"\nbad = [{}]\n\
        good = [{ lines = [{ unit_cost = \"300\" }, { unit_cost = \"290\" }] }]\n";
    let changed =
        "[rules.photocopy-rate-cap]\nlevel = \"reduce\"\nmax_unit = \"0.10\"\nas_of = \"line\"\n";
    let invoice = base("1998B")
        .expect("there is one")
        .replace("\n20260331|AW", "\n20260410|AW");
    // Fees of 4 and 10 March, copies of 11 March; the invoice is of 10 April.
    for (turn, wanted) in [
        (
            "2026-03-09",
            vec!["rate-of-2025: line item 1: 450, not 300"],
        ),
        (
            "2026-04-01",
            vec![
                "rate-of-2025: line item 1: 450, not 300 (and 1 more place like it)",
                "photocopy-rate-cap: line item 3: copies at 0.20 each, the client pays 0.10",
            ],
        ),
    ] {
        let old = format!("{CLIENT}version = \"2025\"\nuntil = {turn}\n{changed}{own}");
        let new = format!(
            "{CLIENT}version = \"2026\"\neffective = {}\n",
            turn.parse::<chrono::NaiveDate>()
                .ok()
                .and_then(|d| d.succ_opt())
                .expect("a day")
        );
        let options = options(&[old, new]);
        let report = check_bytes("in.txt", invoice.as_bytes(), &options).expect("packs");
        let findings = report.invoices.iter().flat_map(|i| &i.findings);
        let told: Vec<String> = findings
            .map(|f| format!("{}: {}", f.rule, f.message))
            .collect();
        assert_eq!(told, wanted, "{turn}");
    }
}

/// A rule both versions have says of a line what the version of its day says: level, limit and clause.
#[test]
fn a_line_is_judged_at_the_level_and_by_the_clause_of_its_day() {
    let version = |days: &str, level: &str, max: &str, clause: &str| {
        format!(
            "{CLIENT}version = \"{clause}\"\n{days}\n[rules.photocopy-rate-cap]\nlevel = \"{level}\"\nmax_unit = \"{max}\"\n\
             as_of = \"line\"\nsource = \"{clause}\"\n"
        )
    };
    let invoice = base("1998B")
        .expect("there is one")
        .replace("\n20260331|AW", "\n20260410|AW");
    // Copies of 11 March at 0.20 each; the invoice is of 10 April.
    for (last, level, said, clause) in [
        ("2026-03-31", "reduce", "pays 0.10", "2025, 7"),
        ("2026-03-01", "review", "pays 0.15", "2026, 9"),
    ] {
        let next = last.parse::<chrono::NaiveDate>().ok();
        let next = next.and_then(|d| d.succ_opt()).expect("a day");
        let old = version(&format!("until = {last}"), "reduce", "0.10", "2025, 7");
        let new = version(&format!("effective = {next}"), "review", "0.15", "2026, 9");
        let options = options(&[old, new]);
        let report = check_bytes("in.txt", invoice.as_bytes(), &options).expect("packs");
        let mut findings = report.invoices.iter().flat_map(|i| &i.findings);
        let own = findings.find(|f| f.rule == "photocopy-rate-cap");
        let own = own.expect("copies are judged");
        assert_eq!(own.level.to_string(), level, "{last}");
        assert!(own.message.contains(said), "{}", own.message);
        assert_eq!(own.source.as_str(), clause);
    }
}
