//! Settings: where they come from, and that none shows a secret.

use crate::firm::{Backend, Firm, invoice};
use assert_cmd::Command;
use std::fs;
use std::path::Path;

fn firm() -> Firm {
    Firm::on(Backend::Sqlite).expect("SQLite")
}

/// A call with nothing in the environment but what is given.
fn call(folder: &Path, environment: &[(&str, &str)], args: &[&str]) -> (i32, String) {
    let mut command = Command::cargo_bin("cleanbill").expect("the program");
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("CLEANBILL_")) {
        command.env_remove(name);
    }
    let output = command
        .env("HOME", folder)
        .env("XDG_CONFIG_HOME", folder.join("config"))
        .env("XDG_DATA_HOME", folder.join("data"))
        .env("XDG_STATE_HOME", folder.join("state"))
        .envs(environment.iter().copied())
        .args(args)
        .output()
        .expect("it runs");
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8(text).expect("text");
    (output.status.code().expect("a status"), text)
}

#[test]
fn each_setting_is_shown_with_its_origin() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("firm.toml");
    fs::write(&file, "# the firm's\nfirm = \"lists\"\nsession_hours = 8\n").expect("written");
    let file = file.display().to_string();
    let environment = [("CLEANBILL_STORE", "a.db"), ("CLEANBILL_CONFIG", &file)];
    let args = ["config", "show", "--json", "--packs", "p"];
    let (status, text) = call(folder.path(), &environment, &args);
    assert_eq!(status, 0, "{text}");
    let rows: Vec<serde_json::Value> = serde_json::from_str(&text).expect("JSON");
    let row = |name: &str| {
        let found = rows.iter().find(|r| r["setting"] == name);
        let found = found.unwrap_or_else(|| panic!("{name} is not shown: {text}"));
        let word = |key: &str| found[key].as_str().expect("words").to_owned();
        (word("value"), word("origin"))
    };
    let lists = folder.path().join("lists").display().to_string();
    assert_eq!(
        row("store"),
        ("a.db".into(), "environment CLEANBILL_STORE".into())
    );
    assert_eq!(row("documents"), ("documents".into(), "default".into()));
    assert_eq!(row("packs"), ("p".into(), "argument --packs".into()));
    assert_eq!(row("firm"), (lists, format!("{file}:2")));
    assert_eq!(row("session_hours"), ("8".into(), format!("{file}:3")));
    assert_eq!(row("session_idle_minutes"), ("60".into(), "default".into()));
    assert_eq!(row("history"), ("(not set)".into(), "default".into()));
    assert_eq!(rows.len(), cleanbill::config::KEYS.len());
    let (_, text) = call(folder.path(), &environment, &["config", "show"]);
    for key in cleanbill::config::KEYS {
        assert!(text.contains(&format!("\n{} = ", key.name)), "{text}");
    }
}

#[test]
fn the_file_in_the_platforms_folder_is_found() {
    let folder = tempfile::tempdir().expect("a folder");
    let place = folder.path().join("config/cleanbill");
    fs::create_dir_all(&place).expect("made");
    fs::write(place.join("cleanbill.toml"), "store = \"here.db\"\n").expect("written");
    let (status, text) = call(folder.path(), &[], &["config", "show"]);
    assert_eq!(status, 0, "{text}");
    let expected = format!("store = {}", place.join("here.db").display());
    assert!(text.contains(&expected), "{text}");
    let add = ["user", "add", "root", "--role", "administrator", "--token"];
    call(folder.path(), &[], &add);
    assert!(place.join("here.db").exists());
    assert!(place.join("documents").exists());
}

#[test]
fn no_secret_is_ever_shown() {
    let folder = tempfile::tempdir().expect("a folder");
    let stores = [
        "postgres://ann:MARKER@127.0.0.1:1/bills",
        "postgres://127.0.0.1:1/bills?user=ann&password=MARKER",
        "postgresql://ann:x%40MARKER@127.0.0.1:1/bills?sslmode=require&sslpassword=MARKER",
        "postgres://ann:p/MARKER@127.0.0.1:1/bills",
        "postgres://ann:p#MARKER@127.0.0.1:1/bills",
        "postgres:ann:MARKER@127.0.0.1",
        "mysql://ann:MARKER@127.0.0.1/bills",
    ];
    for store in stores {
        let settings = folder.path().join("s.toml");
        fs::write(&settings, format!("store = \"{store}\"\n")).expect("written");
        let file = settings.display().to_string();
        let token = ("CLEANBILL_TOKEN", "MARKER");
        for args in [
            vec!["config", "show", "--store", store],
            vec!["config", "show", "--json", "--store", store],
            vec!["--config", &file, "config", "show"],
            vec!["--config", &file, "config", "show", "--json", "--verbose"],
        ] {
            let (status, text) = call(folder.path(), &[token], &args);
            assert_eq!(status, 0, "{text}");
            assert!(!text.contains("MARKER"), "{args:?}: {text}");
        }
        let (_, text) = call(
            folder.path(),
            &[token, ("CLEANBILL_STORE", store)],
            &["config", "show"],
        );
        assert!(!text.contains("MARKER"), "{text}");
        assert!(text.contains("token = (set, not shown)"), "{text}");
        // Nor by a command that cannot reach the store.
        let (status, text) = call(folder.path(), &[token], &["list", "--store", store]);
        assert!(matches!(status, 2 | 3), "{text}");
        assert!(!text.contains("MARKER"), "{store}: {text}");
    }
}

#[test]
fn mistakes_in_the_file_are_shown_with_their_place() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("s.toml");
    fs::write(&file, "store = \"a.db\"\nhistroy = [\"x\"]\n").expect("written");
    let file = file.display().to_string();
    for args in [vec!["config", "show"], vec!["list"], vec!["check", "x.txt"]] {
        let (status, text) = call(folder.path(), &[("CLEANBILL_CONFIG", &file)], &args);
        assert_eq!(status, 2, "{text}");
        let expected = format!(
            "cleanbill: {file}:2:1: there is no setting \"histroy\"; did you mean \"history\"?\n"
        );
        assert_eq!(text, expected);
    }
    let missing = [("CLEANBILL_CONFIG", "no-such-file.toml")];
    let (status, text) = call(folder.path(), &missing, &["config", "show"]);
    assert_eq!(status, 3, "{text}");
    assert!(
        text.contains("no-such-file.toml: the settings cannot be read"),
        "{text}"
    );
}

#[test]
fn commands_take_their_defaults_from_the_file() {
    let mut firm = firm();
    firm.staff();
    let first = firm.file(
        "one/a.txt",
        &invoice("C-1", "C1", "300.00", "Draft motion to compel"),
    );
    firm.file(
        "two/b.txt",
        &invoice("C-2", "C1", "300.00", "Draft motion to compel"),
    );
    fs::write(firm.path("settings"), "history = [\"one\", \"two\"]\n").expect("written");
    let again = firm.file(
        "again.txt",
        &invoice("C-2", "C1", "300.00", "Draft other motion"),
    );
    for file in [&first, &again] {
        let out = firm.call("ann", &["check", "--today", "2026-10-06", file]);
        assert!(
            !out.out.contains("no earlier invoices loaded"),
            "{}",
            out.out
        );
    }
    let none = firm.path("empty");
    fs::create_dir_all(&none).expect("made");
    fs::write(firm.path("settings"), "firm = \"no-such-folder\"\n").expect("written");
    let out = firm.call("ann", &["check", &again]);
    assert_ne!(out.status, 0);
    assert!(out.err.contains("no-such-folder"), "{}{}", out.out, out.err);
    firm.file(
        "lists/matters.csv",
        "client_id,law_firm_matter_id,matter_name,portal\nC1,2026-0117,Ledger,Legal-X\n",
    );
    let lists = firm.path("lists").display().to_string();
    fs::write(firm.path("settings"), format!("firm = {lists:?}\n")).expect("written");
    let out = firm.call("ann", &["readiness"]).well();
    assert!(out.contains("Legal-X: 0 of 1 matter ready"), "{out}");
    fs::write(firm.path("settings"), "").expect("written");
    firm.call("ann", &["readiness"]).refused("--firm DIR");
}

/// A firm that thinks its people sign in by its provider is told that they do not.
#[cfg(not(feature = "oidc"))]
#[test]
fn a_provider_needs_a_program_that_was_built_with_it() {
    let firm = firm();
    firm.file("settings", "oidc_issuer = \"https://id.firm.example\"\n");
    firm.call("root", &["serve", "--listen", "127.0.0.1:0"])
        .refused("build it with --features oidc");
}
