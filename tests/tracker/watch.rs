//! The hot folder.

use crate::firm::{Firm, invoice};
use crate::on_both;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

on_both!(files_are_taken_in_when_they_are_complete);

fn watching(firm: &Firm, folder: &Path) -> Child {
    let mut command = firm.command("nyx");
    command.args([
        "intake",
        "--today",
        "2026-10-06",
        "--settle",
        "2",
        "--watch",
    ]);
    command.arg(folder);
    let piped = command.stdout(Stdio::piped()).stderr(Stdio::piped());
    piped.spawn().expect("it runs")
}

fn until(what: &str, holds: impl Fn() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < Duration::from_secs(90), "never: {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Ends it as a service manager does.
fn stopped(child: Child) -> String {
    let pid = child.id().to_string();
    let sent = Command::new("kill")
        .args(["-TERM", &pid])
        .status()
        .expect("kill");
    assert!(sent.success());
    let output = child.wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success(),
        "{said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(said.contains("stopped"), "{said}");
    said
}

fn files_are_taken_in_when_they_are_complete(mut firm: Firm) {
    firm.staff();
    let folder = firm.path("exports");
    let place = |name: &str| -> PathBuf { folder.join(name) };
    fs::create_dir(&folder).expect("made");
    let text = |number: &str| invoice(number, "C1", "300.00", "Draft motion to compel");
    fs::write(place("W-1.txt"), text("W-1")).expect("written");
    fs::write(place("W-2.txt.part"), text("W-2")).expect("written");
    fs::write(
        place("letter.txt"),
        "Dear Sirs, please find enclosed our invoice.",
    )
    .expect("written");
    let child = watching(&firm, &folder);
    // A file that grows is not touched before it rests.
    let whole = text("W-3");
    let (first, second) = whole.split_at(whole.len() / 2);
    until("W-1 is done", || place("done/W-1.txt").exists());
    let mut slow = fs::File::create(place("W-3.txt")).expect("made");
    slow.write_all(first.as_bytes()).expect("written");
    for piece in second.as_bytes().chunks(second.len() / 6 + 1) {
        slow.write_all(piece).expect("written");
        slow.flush().expect("written");
        std::thread::sleep(Duration::from_millis(300));
        assert!(place("W-3.txt").exists(), "taken before it was complete");
    }
    drop(slow);
    until("W-3 is done", || place("done/W-3.txt").exists());
    until("the letter failed", || place("failed/letter.txt").exists());
    let why = fs::read_to_string(place("failed/letter.txt.why.txt")).expect("a text");
    assert!(why.contains("not taken: "), "{why}");
    assert!(place("W-2.txt.part").exists());
    // The name is complete now; and the first once more, as after a crash between storing and moving.
    fs::rename(place("W-2.txt.part"), place("W-2.txt")).expect("renamed");
    fs::copy(place("done/W-1.txt"), place("W-1.txt")).expect("copied");
    until("both are done", || {
        place("done/W-2.txt").exists() && place("done/W-1 (2).txt").exists()
    });
    let said = stopped(child);
    assert!(said.contains("known    W-1"), "{said}");
    let listed = firm.call("odd", &["list", "--json"]).well();
    assert_eq!(listed.lines().count(), 3, "{listed}");
    let shown = firm.call("odd", &["show", "W-1"]).well();
    assert!(shown.contains("version   1"), "{shown}");
    // Who may no longer work here no longer takes in, though the program runs.
    let child = watching(&firm, &folder);
    std::thread::sleep(Duration::from_millis(500));
    firm.call("root", &["user", "deactivate", "nyx"]).well();
    fs::write(place("W-4.txt"), text("W-4")).expect("written");
    let output = child.wait_with_output().expect("it ends by itself");
    assert_eq!(output.status.code(), Some(2));
    assert!(place("W-4.txt").exists());
    firm.sound();
}
