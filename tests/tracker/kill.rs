//! The process is killed at random points of intake and clearing: nothing is half done.

use crate::firm::{Firm, invoice};
use crate::on_both;
use std::process::Stdio;
use std::time::Duration;

on_both!(killed_at_any_point_nothing_is_half_done);

/// Runs on each database. The soak: `CLEANBILL_KILL_RUNS=1000 cargo test --test tracker kill -- --nocapture`.
fn runs() -> u64 {
    let wanted = std::env::var("CLEANBILL_KILL_RUNS").ok();
    wanted.and_then(|n| n.parse().ok()).unwrap_or(25)
}

/// Runs in one store: each is followed by a proof of all of it.
const IN_ONE: u64 = 50;

fn killed_at_any_point_nothing_is_half_done(firm: Firm) {
    let backend = firm.backend();
    let mut firm = Some(firm);
    let (mut done, mut cut) = (0, 0);
    while done < runs() {
        let count = (runs() - done).min(IN_ONE);
        let own = firm.take().or_else(|| Firm::on(backend));
        cut += killed(own.expect("a firm"), done, count);
        done += count;
        println!(
            "{backend:?}: {done} runs, {cut} of them cut short; nothing half done, nothing missing"
        );
    }
    assert!(cut > 0, "no run was cut short");
}

fn killed(mut firm: Firm, first: u64, count: u64) -> usize {
    firm.staff();
    let mut accepted: Vec<String> = Vec::new();
    let mut cut = 0;
    for run in 0..count {
        let folder = format!("in/{run}");
        for n in 0..6 {
            let number = format!("K-{run}-{n}");
            firm.file(
                &format!("{folder}/{number}.txt"),
                &invoice(&number, "C1", "300.00", "Draft motion to compel"),
            );
        }
        let path = firm.path(&folder).display().to_string();
        let mut command = firm.command("ann");
        if run % 3 == 2 {
            // The first of the invoices accepted before, cleared.
            let number = accepted.get(usize::try_from(run).expect("small") / 3);
            command = firm.command("bob");
            command.args(["clear", number.map_or("K-0-0", |n| n)]);
        } else {
            command.args(["intake", "--today", "2026-10-06", &path]);
        }
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("it runs");
        // Spread over the whole of a run, in no order.
        std::thread::sleep(Duration::from_millis((first + run) * 37 % 211));
        let _ = child.kill();
        let output = child.wait_with_output().expect("it ends");
        cut += usize::from(!output.status.success());
        firm.sound();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let new = said
            .lines()
            .filter(|l| l.starts_with("new ") && l.contains(": "));
        accepted.extend(new.filter_map(|l| {
            Some(
                l.split_whitespace()
                    .nth(1)?
                    .trim_end_matches(':')
                    .to_owned(),
            )
        }));
        let again = firm.intake("ann", &path).well();
        assert!(again.contains(" 0 refused"), "{again}");
        accepted.extend((0..6).map(|n| format!("K-{run}-{n}")));
    }
    let listed = firm
        .call("odd", &["list", "--json", "--limit", "100000"])
        .well();
    for number in &accepted {
        assert!(
            listed.contains(&format!("\"number\":\"{number}\"")),
            "{number} is missing"
        );
    }
    assert_eq!(listed.lines().count() as u64, count * 6);
    firm.sound();
    cut
}
