//! Stores of earlier versions of the program: brought up to date, nothing lost, everything still proven. Each folder
//! of `fixtures/stores` is named after the last step its tables had, and holds rows, documents, keys, tokens and a
//! signed head, as that version left them.

use crate::firm::{Backend, Firm};
use crate::query;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use std::borrow::Cow;
use std::fs;
use std::path::{Path, PathBuf};

/// Steps of the tables, by number.
fn steps() -> Vec<(i64, String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store/migrations");
    let mut found: Vec<(i64, String, String)> = fs::read_dir(folder)
        .expect("the steps")
        .map(|entry| {
            let path = entry.expect("an entry").path();
            let name = path
                .file_stem()
                .expect("a name")
                .to_string_lossy()
                .into_owned();
            let (number, name) = name.split_once('_').expect("a number and a name");
            let sql = fs::read_to_string(&path).expect("readable");
            (number.parse().expect("a number"), name.to_owned(), sql)
        })
        .collect();
    found.sort();
    found
}

fn old_stores() -> Vec<(i64, PathBuf)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/stores");
    let mut found: Vec<(i64, PathBuf)> = fs::read_dir(folder)
        .expect("old stores")
        .map(|entry| {
            let path = entry.expect("an entry").path();
            let name = path
                .file_name()
                .expect("a name")
                .to_string_lossy()
                .into_owned();
            (name.parse().expect("a number"), path)
        })
        .collect();
    found.sort();
    found
}

/// An empty database as it was after a step.
fn database(url: &str, last: i64) {
    let steps = steps().into_iter().filter(|(number, ..)| *number <= last);
    let steps: Vec<Migration> = steps
        .map(|(number, name, sql)| {
            let sql = sqlx::SqlSafeStr::into_sql_str(sqlx::AssertSqlSafe(sql));
            Migration::new(number, Cow::Owned(name), MigrationType::Simple, sql, false)
        })
        .collect();
    let steps = Migrator::with_migrations(steps);
    crate::gate::run(async {
        if url.starts_with("postgres") {
            let pool = sqlx::PgPool::connect(url).await.expect("connected");
            steps.run(&pool).await.expect("made");
            pool.close().await;
        } else {
            let options = sqlx::sqlite::SqliteConnectOptions::new()
                .filename(url)
                .create_if_missing(true);
            let pool = sqlx::SqlitePool::connect_with(options)
                .await
                .expect("opened");
            steps.run(&pool).await.expect("made");
            pool.close().await;
        }
    });
}

fn copy(from: &Path, to: &Path) {
    for entry in walkdir::WalkDir::new(from) {
        let entry = entry.expect("an entry");
        let target = to.join(entry.path().strip_prefix(from).expect("below"));
        if entry.file_type().is_dir() {
            fs::create_dir_all(target).expect("made");
        } else {
            fs::copy(entry.path(), target).expect("copied");
        }
    }
}

/// What was sent, answered, cut and appealed against is still known, and can be decided.
fn money_goes_on(firm: &Firm) {
    let listed = firm.call("ann", &["list", "--json"]).well();
    for (number, state) in [("V-4", "reduced"), ("V-5", "rejected"), ("V-6", "paid")] {
        let line = listed.lines().find(|l| l.contains(number)).expect("listed");
        assert!(line.contains(&format!("\"state\":\"{state}\"")), "{line}");
    }
    let proof = firm.call("odd", &["show", "V-4", "--proof"]).well();
    assert!(proof.contains("Nothing was altered"), "{proof}");
    let shown = firm.call("bob", &["show", "V-4"]).well();
    assert!(shown.contains("60.00 cut: \"block billing\""), "{shown}");
    // It says by its status that something waits for a person.
    let rejected = firm.call("ann", &["rejections"]);
    assert_eq!(rejected.status, 1, "{}", rejected.err);
    let rejected = rejected.out;
    assert!(
        rejected.contains("no match for the matter number"),
        "{rejected}"
    );
    let appeals = firm
        .call("odd", &["appeals", "list", "--all", "--json"])
        .well();
    let appeals: serde_json::Value = serde_json::from_str(&appeals).expect("json");
    let id = appeals[0]["appeal"]["id"].as_str().expect("an appeal");
    let decide = ["appeals", "decide", id, "--file", "--reason", "worth it"];
    firm.call("bob", &decide).well();
}

fn brought_up_to_date(backend: Backend) {
    let last = steps().last().expect("steps").0;
    let stores = old_stores();
    assert!(
        stores.iter().any(|(step, _)| *step == 1),
        "the first is kept for ever"
    );
    for (step, folder) in stores {
        assert!(step <= last);
        let Some(mut firm) = Firm::without_store(backend) else {
            return;
        };
        database(&firm.url, step);
        let rows = fs::read_to_string(folder.join("rows.sql")).expect("rows");
        query(&firm.url, &rows);
        copy(&folder.join("documents"), &firm.path("documents"));
        copy(&folder.join("keys"), &firm.path("keys"));
        let tokens = fs::read_to_string(folder.join("tokens")).expect("tokens");
        for line in tokens.lines() {
            let (name, token) = line.split_once(' ').expect("a name and a token");
            firm.give_token(name, token);
        }
        let head = folder.join("saved.head").display().to_string();
        // Everybody is who they were, and whatever was signed still holds.
        firm.sound();
        firm.call("odd", &["audit", "verify", "--head", &head])
            .well();
        let people = firm.call("root", &["user", "list"]).well();
        for expected in [
            "ann                      specialist     every client                             1 token",
            "old                      partner        C9                                       user old-user",
            "gone                     timekeeper     no client                                no longer works here",
        ] {
            assert!(people.contains(expected), "{people}");
        }
        let listed = firm.call("ann", &["list", "--json"]).well();
        for (number, state) in [
            ("V-1", "cleared"),
            ("V-2", "in review"),
            ("V-3", "withdrawn"),
        ] {
            let line = listed.lines().find(|l| l.contains(number)).expect("listed");
            assert!(line.contains(&format!("\"state\":\"{state}\"")), "{line}");
        }
        let shown = firm.call("bob", &["show", "V-2"]).well();
        assert!(shown.contains("agreed by telephone"), "{shown}");
        if step >= 9 {
            money_goes_on(&firm);
        }
        // And work goes on.
        firm.call("bob", &["reopen", "V-1", "--reason", "again"])
            .well();
        firm.call("root", &["user", "role", "old", "auditor"])
            .well();
        firm.sound();
        firm.call("odd", &["audit", "verify", "--head", &head])
            .well();
    }
}

#[test]
fn on_sqlite() {
    brought_up_to_date(Backend::Sqlite);
}

#[test]
fn on_postgres() {
    brought_up_to_date(Backend::Postgres);
}
