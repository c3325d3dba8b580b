//! The journeys in a real browser: a specialist drops a file, sees findings and returns a line; its timekeeper rewrites
//! it; the specialist looks again; a partner clears. Each page is looked at with axe, at three widths.

use crate::firm::{Backend, Firm, invoice};
use crate::guest::{PASSWORD, Server, staff};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where playwright-core and axe-core are: `CLEANBILL_NODE_MODULES`, else a cache of this user's.
fn modules() -> Option<PathBuf> {
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

/// Runs a script of this folder against a server.
fn run(script: &str, firm: &Firm, server: &Server) {
    let missing = || {
        assert!(
            std::env::var_os("CI").is_none(),
            "a browser is missing: install chromium, nodejs and npm, and playwright-core and axe-core by npm (see .ci/run)"
        );
        println!("skipped: no chromium, node or playwright-core on this machine");
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
        .output()
        .expect("node runs");
    let said = String::from_utf8_lossy(&output.stdout);
    let wrong = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}{wrong}");
    println!("{said}");
}

/// Lines of several people, some of them block billed, one with wrong arithmetic.
fn march(number: &str, wrong: bool) -> String {
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

fn firm() -> Firm {
    let mut firm = Firm::on(Backend::Sqlite).expect("SQLite");
    staff(&mut firm);
    firm.file("march.txt", &march("2026-0301", true));
    firm.file("march-corrected.txt", &march("2026-0301", false));
    firm
}

#[test]
fn a_specialist_a_timekeeper_and_a_partner() {
    let firm = firm();
    let server = Server::of(&firm);
    run("journey.mjs", &firm, &server);
    firm.sound();
}

#[test]
fn every_page_is_for_everybody() {
    let mut firm = firm();
    firm.add("eve", &["--role", "specialist", "--all-clients"]);
    for n in 1..=12 {
        let text = march(&format!("2026-04{n:02}"), n % 3 == 0);
        firm.intake("eve", &firm.file(&format!("april-{n}.txt"), &text))
            .well();
    }
    firm.call(
        "eve",
        &[
            "return",
            "2026-0401",
            "1",
            "--note",
            "one task a line, please",
        ],
    )
    .well();
    let lower = [
        "write-down",
        "2026-0402",
        "2",
        "--amount",
        "50",
        "--reason-code",
        "courtesy",
        "--reason",
        "long since agreed",
    ];
    firm.call("eve", &lower).well();
    let server = Server::of(&firm);
    run("pages.mjs", &firm, &server);
}
