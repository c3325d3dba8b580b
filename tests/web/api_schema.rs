//! The API against its own document, by schemathesis: a program that is not ours makes calls of it and looks for failures of
//! the system and for answers that are not documented.

use crate::firm::{Backend, Firm};
use crate::guest::Server;
use crate::second::{Desk, invoice};
use std::path::PathBuf;
use std::process::Command;

/// Where schemathesis is; on the machine that decides over changes it must be.
fn program() -> Option<PathBuf> {
    let named = std::env::var_os("CLEANBILL_SCHEMATHESIS").map(PathBuf::from);
    let there = named.filter(|path| path.exists());
    assert!(
        there.is_some() || std::env::var_os("CI").is_none(),
        "CLEANBILL_SCHEMATHESIS names no schemathesis: .ci/run installs it"
    );
    there
}

/// Examples of each call made by chance, beside those at the edges of what is documented. With a number in the environment
/// everybody makes as many, on both databases.
fn more() -> Option<String> {
    std::env::var("CLEANBILL_SCHEMATHESIS_EXAMPLES").ok()
}

const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
                      response_headers_conformance,response_schema_conformance,ignored_auth,unsupported_method,\
                      allow_header_conformance,missing_required_header";

fn run(firm: &Firm, server: &Server, who: &str, program: &PathBuf, only: &[&str]) {
    let output = Command::new(program)
        .args(["run", &format!("{}/api/v1/openapi.json", server.url)])
        .args(["--checks", CHECKS])
        .args(["--phases", "examples,coverage,fuzzing"])
        .args(["--max-examples", &more().unwrap_or_else(|| "4".to_owned())])
        .args([
            "--header",
            &format!("Authorization: Bearer {}", firm.token(who)),
        ])
        .args([
            "--workers",
            "2",
            "--seed",
            "5",
            "--no-color",
            "--rate-limit",
            "auto",
        ])
        .args(only)
        .current_dir(firm.folder.path())
        .output()
        .expect("it runs");
    let said = String::from_utf8_lossy(&output.stdout);
    let log = std::fs::read_to_string(firm.path("server.log")).unwrap_or_default();
    let failed: Vec<&str> = log.lines().filter(|l| l.contains("ERROR")).collect();
    assert!(
        output.status.success() && failed.is_empty(),
        "{who}: {said}\n{}\n{}",
        String::from_utf8_lossy(&output.stderr),
        failed.join("\n")
    );
}

/// A firm with invoices at many points of their lives.
fn seeded(backend: Backend) -> Option<Desk> {
    let desk = Desk::new(Firm::on(backend)?);
    desk.firm
        .call("root", &["user", "timekeeper", "ada", "--ids", "AQ"])
        .well();
    desk.arrived("R-1", "C1");
    desk.cut("R-1", "2", "200.00");
    desk.queued("Q-1", "C2");
    for (number, client) in [("N-1", "C1"), ("N-2", "C2"), ("N-3", "C1")] {
        let path = desk
            .firm
            .file(&format!("{number}.txt"), &invoice(number, client));
        desk.firm.intake("pat", &path).well();
    }
    desk.firm
        .call("pat", &["return", "N-1", "1", "--note", "which survey?"])
        .well();
    Some(desk)
}

fn documented(backend: Backend, people: &[&str]) {
    let Some(program) = program() else {
        println!("skipped: no schemathesis on this machine");
        return;
    };
    let Some(desk) = seeded(backend) else {
        return;
    };
    let server = Server::of(&desk.firm);
    let all = ["pat", "ren", "root"];
    let people = if more().is_some() { &all } else { people };
    for who in people {
        // Who says who is told: addresses that are made up lead nowhere.
        let only: &[&str] = match *who {
            "root" => &["--include-path-regex", "webhooks|tokens|accounts|/me"],
            _ => &[],
        };
        run(&desk.firm, &server, who, &program, only);
    }
    desk.firm.sound();
}

#[test]
fn nothing_fails_and_nothing_is_undocumented_on_sqlite() {
    documented(Backend::Sqlite, &["ren", "root"]);
}

#[test]
fn nothing_fails_and_nothing_is_undocumented_on_postgres() {
    documented(Backend::Postgres, &["pat"]);
}
