//! The journeys in a real browser, with a mouse and by keys alone; and every page of the table of routes as axe, a narrow
//! screen and a dark one see it.

use crate::firm::{Backend, Firm, invoice};
use crate::furnished::furnished;
use crate::guest::{PASSWORD, Server};
use crate::second::Desk;
use cleanbill::web::{ROUTES, Verb};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where playwright-core and axe-core are: `CLEANBILL_NODE_MODULES`, else a cache of this user's.
pub fn modules() -> Option<PathBuf> {
    let named = std::env::var_os("CLEANBILL_NODE_MODULES").map(PathBuf::from);
    let home = std::env::var_os("HOME").map(PathBuf::from);
    let found = named.or(home.map(|h| h.join(".cache/cleanbill/npm/node_modules")))?;
    let has = |name: &str| found.join(name).join("package.json").exists();
    (has("playwright-core") && has("axe-core")).then_some(found)
}

fn chromium() -> Option<PathBuf> {
    let named = std::env::var_os("CLEANBILL_CHROMIUM").map(PathBuf::from);
    let usual = [
        "/usr/bin/chromium",
        "/usr/bin/chromium-browser",
        "/usr/bin/google-chrome",
    ];
    let usual = usual.iter().map(PathBuf::from).find(|p| p.exists());
    named.or(usual)
}

/// Runs a script of this folder against a server, with variables of its own; false where there is no browser.
pub fn run(script: &str, firm: &Firm, server: &Server, variables: &[(&str, &str)]) -> bool {
    let missing = || {
        assert!(
            std::env::var_os("CI").is_none(),
            "a browser is missing: install chromium, nodejs and npm, and playwright-core and axe-core by npm (see .ci/run)"
        );
        println!("skipped: no chromium, node or playwright-core on this machine");
        false
    };
    let node = Command::new("node").arg("--version").output();
    let (Some(modules), Some(chromium), true) = (
        modules(),
        chromium(),
        node.is_ok_and(|n| n.status.success()),
    ) else {
        return missing();
    };
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/web")
        .join(script);
    let output = Command::new("node")
        .arg(path)
        .env("MODULES", modules)
        .env("CHROMIUM", chromium)
        .env("SERVER", &server.url)
        .env("PASSWORD", PASSWORD)
        .env("FOLDER", firm.folder.path())
        .envs(variables.iter().copied())
        .output()
        .expect("node runs");
    let said = String::from_utf8_lossy(&output.stdout);
    let wrong = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}{wrong}");
    println!("{said}");
    true
}

/// Lines of several people, some of them block billed, one with wrong arithmetic.
pub fn march(number: &str, wrong: bool) -> String {
    let one = invoice(number, "C1", "TOTAL", "NARRATIVE");
    let (head, line) = one.trim_end().rsplit_once('\n').expect("a line");
    let narratives = [
        "Review lease file; call with client re rent review; draft letter to landlord",
        "Draft motion to compel production of the lease file",
        "Attention to file",
        "Prepare exhibits for the motion to compel production",
    ];
    let lines: String = narratives
        .iter()
        .enumerate()
        .map(|(n, narrative)| {
            let total = if wrong && n == 1 { "310.00" } else { "300.00" };
            let line = line
                .replace("|1|F|", &format!("|{}|F|", n + 1))
                .replace("|300.00|20260901", "|1200.00|20260901");
            line.replace("TOTAL", total).replace("NARRATIVE", narrative) + "\n"
        })
        .collect();
    format!("{head}\n{lines}")
}

const NUMBER: &str = "2026-0301";

/// The files people drop.
pub fn desk() -> Desk {
    let desk = Desk::new(Firm::on(Backend::Sqlite).expect("SQLite"));
    let corrected = march(NUMBER, false);
    desk.firm.file("march.txt", &march(NUMBER, true));
    desk.firm.file("march-corrected.txt", &corrected);
    let again = corrected.replace("Prepare exhibits for", "Prepare the list of exhibits for");
    desk.firm.file("march-again.txt", &again);
    desk
}

/// From the dropped file to the decision on the appeal, with what the portal and the night do between.
fn journeys(hand: &str) {
    let desk = desk();
    let server = Server::of(&desk.firm);
    let part = |name| {
        let variables = [("HAND", hand), ("PART", name)];
        run("journey.mjs", &desk.firm, &server, &variables)
    };
    if !part("first") {
        return;
    }
    let uploaded = || {
        desk.night();
        let args = ["settle", NUMBER, "--arrived", "--reason", "uploaded"];
        desk.firm.call("pat", &args).well();
    };
    uploaded();
    let refused = [
        "answers",
        "type",
        NUMBER,
        "--word",
        "rejected",
        "--reason",
        "no match for the matter number",
    ];
    desk.firm.call("pat", &refused).well();
    part("again");
    uploaded();
    desk.cut(NUMBER, "2", "200.00");
    part("morning");
    desk.firm.sound();
}

#[test]
fn a_specialist_an_attorney_and_a_partner() {
    journeys("mouse");
}

#[test]
fn the_same_by_keys_alone() {
    journeys("keys");
}

/// Pages that are looked at: those of the table, but for files and parts of pages.
const NO_PAGES: [&str; 21] = [
    "/health",
    "/sign-in/provider",
    "/sign-in/answer",
    "/people/accounts",
    "/find",
    "/check/{held}/lines/{file}/{number}",
    "/check/{held}/corrected/{file}",
    "/invoices/{invoice}/lines",
    "/invoices/{invoice}/file",
    "/invoices/{invoice}/attachments/{attachment}",
    "/invoices/{invoice}/proof.json",
    "/reductions/write-offs.csv",
    "/appeals/calendar.ics",
    "/rejections/{invoice}/corrected",
    "/submissions/live",
    "/receivables/reminders/{letter}",
    "/receivables/file",
    "/payments/file",
    "/payments/template",
    "/reports/{report}/file",
    "/lists/{list}/file",
];

#[test]
fn every_page_is_for_everybody() {
    let (desk, given) = furnished();
    let gets = ROUTES.iter().filter(|r| r.verb == Verb::Get);
    let pages: Vec<&str> = gets
        .map(|r| r.path)
        .filter(|path| !NO_PAGES.contains(path) && !path.starts_with("/api/"))
        .collect();
    let server = Server::of(&desk.firm);
    let variables = [("PAGES", pages.join(" ")), ("GIVEN", given)];
    let variables = variables
        .each_ref()
        .map(|(name, text)| (*name, text.as_str()));
    run("pages.mjs", &desk.firm, &server, &variables);
}

#[test]
fn all_of_it_without_a_script() {
    let desk = desk();
    desk.arrived("R-1", "C1");
    desk.cut("R-1", "2", "200.00");
    let server = Server::of(&desk.firm);
    run("plain.mjs", &desk.firm, &server, &[]);
    desk.firm.sound();
}
