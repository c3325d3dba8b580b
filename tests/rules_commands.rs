//! `rules new`, `rules diff`, `rules test` and mistakes in packs, as the program prints them.

use assert_cmd::Command;
use std::fs;
use std::path::Path;

/// Exit status, standard output and standard error, run in a folder.
fn run(folder: &Path, args: &[&str]) -> (i32, String, String) {
    let mut program = Command::cargo_bin("cleanbill").expect("the program");
    let output = program.current_dir(folder).args(args).output();
    let output = output.expect("it runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
    (
        output.status.code().expect("a status"),
        text(output.stdout),
        text(output.stderr),
    )
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

#[test]
fn a_new_rule_of_each_kind_passes_its_examples_as_it_stands() {
    let folder = folder();
    let at = folder.path();
    for kind in ["phrases", "limit", "condition"] {
        let id = format!("northgate-{kind}");
        let args = [
            "rules",
            "new",
            "--kind",
            kind,
            "--pack",
            "northgate.toml",
            &id,
        ];
        let (status, told, _) = run(at, &args);
        assert_eq!(status, 0, "{told}");
        // A second time it is there.
        let (status, _, told) = run(at, &args);
        assert!(status == 2 && told.contains("already"), "{told}");
    }
    let (status, told, _) = run(at, &["rules", "test", "--packs", "."]);
    assert_eq!(status, 0, "{told}");
    assert!(
        told.contains("3 rules with 6 examples, 0 of them fail"),
        "{told}"
    );
    // What the rule is made to find, it does not find any more: the examples notice.
    let text = fs::read_to_string(at.join("northgate.toml")).expect("the pack");
    let broken = text.replace("max_rate = \"500\"", "max_rate = \"600\"");
    assert_ne!(text, broken);
    fs::write(at.join("northgate.toml"), broken).expect("written");
    let (status, told, _) = run(at, &["rules", "test", "--packs", "."]);
    assert_eq!(status, 1, "{told}");
    assert!(
        told.contains("northgate-limit, bad 1: nothing is found"),
        "{told}"
    );
}

#[test]
fn a_new_rule_without_a_pack_is_printed() {
    let (status, told, _) = run(folder().path(), &["rules", "new", "partner-rate-cap"]);
    assert_eq!(status, 0);
    assert!(
        told.starts_with("[[rule]]\nid      = \"partner-rate-cap\"\n"),
        "{told}"
    );
}

#[test]
fn a_name_that_is_none_or_is_taken_is_refused() {
    let folder = folder();
    for (id, said) in [
        ("Partner Rate", "is no name of a rule"),
        ("-cap", "is no name of a rule"),
        (
            "photocopy-rate-cap",
            "write [rules.photocopy-rate-cap] into your pack",
        ),
    ] {
        let (status, _, told) = run(folder.path(), &["rules", "new", "--", id]);
        assert!(status == 2 && told.contains(said), "{id}: {told}");
    }
}

const HEAD: &str =
    "pack = \"smf\"\ntitle = \"Saltmarsh Ferries\"\ngoverns = { client_id = [\"SMF01\"] }\n";

#[test]
fn a_comparison_names_what_is_gained_lost_and_changed() {
    let folder = folder();
    let at = folder.path();
    let write = |file: &str, text: String| fs::write(at.join(file), text).expect("written");
    write(
        "old.toml",
        format!(
            "{HEAD}version = \"2025\"\n[rules.photocopy-rate-cap]\nlevel = \"reduce\"\nmax_unit = \"0.10\"\n\
             [rules.prohibited-phrase]\nlevel = \"review\"\nphrases = [\"document production\"]\n"
        ),
    );
    fs::create_dir(at.join("new")).expect("a folder");
    write(
        "new/smf.toml",
        format!(
            "{HEAD}version = \"2026\"\n[rules.photocopy-rate-cap]\nlevel = \"reduce\"\nmax_unit = \"0.15\"\n\
             [rules.max-hours-per-line]\nmax_hours = \"2\"\n"
        ),
    );
    fs::create_dir(at.join("sent")).expect("a folder");
    let good = cleanbill::check::scenario::base("1998B").expect("there is one");
    write("sent/ferries.txt", good.to_owned());
    let other = good.replace("SMF01", "KRT07").replace("AW-2041", "AW-2042");
    write("sent/other.txt", other);
    let args = [
        "rules",
        "diff",
        "old.toml",
        "new",
        "--on",
        "sent",
        "--today",
        "2026-04-15",
    ];
    let (status, told, _) = run(at, &args);
    assert_eq!(status, 0, "{told}");
    insta::assert_snapshot!(told);
    let same = [
        "rules",
        "diff",
        "new",
        "new",
        "--on",
        "sent",
        "--today",
        "2026-04-15",
    ];
    let (status, told, _) = run(at, &same);
    assert_eq!(status, 0, "{told}");
    assert!(
        told.starts_with("2 invoices checked, 0 of them with other findings\n"),
        "{told}"
    );
}

#[test]
fn a_mistake_in_a_pack_is_shown_in_its_line() {
    let folder = folder();
    let pack =
        format!("{HEAD}version = \"1\"\n\n[rules.max-hours-per-day]\nlevel = \"rejected\"\n");
    fs::write(folder.path().join("smf.toml"), pack).expect("written");
    let (status, told, error) = run(folder.path(), &["check", "--packs", ".", "in.txt"]);
    assert_eq!((status, told.as_str()), (2, ""));
    insta::assert_snapshot!(error);
}

#[test]
fn an_unknown_portal_is_wrong_usage() {
    let (status, _, error) = run(
        folder().path(),
        &["check", "--portal", "brightflg", "in.txt"],
    );
    assert_eq!(status, 2);
    assert!(error.contains("did you mean \"Brightflag\"?"), "{error}");
}

#[test]
fn examples_of_every_portal_and_the_changes_of_every_sector_are_tested() {
    let (status, told, _) = run(folder().path(), &["rules", "test", "brightflag"]);
    assert_eq!(status, 0, "{told}");
    assert!(
        told.contains("brightflag                  portal        3 rules"),
        "{told}"
    );
    let (status, told, _) = run(folder().path(), &["rules", "test", "insurance-defense"]);
    assert_eq!(status, 0, "{told}");
    assert!(told.contains("looked through"), "{told}");
}

#[test]
fn a_narrative_is_read_as_the_clients_pack_wants_it() {
    let folder = folder();
    let off = format!(
        "{HEAD}version = \"1\"\n[rules.internal-conference]\nlevel = \"off\"\n[rules.research-without-issue]\nlevel = \"reject\"\n"
    );
    fs::write(folder.path().join("smf.toml"), off).expect("written");
    let text = "Research; confer with D. Okafor regarding laytime";
    let roster = ["--roster", "Okafor, Daniel"];
    let (_, all, _) = run(folder.path(), &[&["narrative", text], &roster[..]].concat());
    assert!(
        all.contains("inside the firm.") && !all.contains("reject"),
        "{all}"
    );
    let client = ["--client", "SMF01", "--packs", "."];
    let (_, told, _) = run(
        folder.path(),
        &[&["narrative", text], &roster[..], &client[..]].concat(),
    );
    assert!(!told.contains("inside the firm"), "{told}");
    assert!(told.contains("[research-without-issue: reject]"), "{told}");
}
