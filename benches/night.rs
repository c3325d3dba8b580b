//! The overnight job in figures: a night within the portals' limits against the bound these set, and one without limits.
//! `cargo bench --bench night` prints them for SQLite; where `CLEANBILL_TEST_POSTGRES` names a server (a URL with a
//! database that may be filled), also what a second process costs or brings there. `CLEANBILL_BENCH_NIGHT` (500) is the
//! number of invoices of each; the budget is for 10,000. A plain harness: each figure is one long run.

#[allow(dead_code, reason = "shared with the bench of the web application")]
mod firm;

use cleanbill::sandbox::{Operation, Running, Verdict};
use firm::{Firm, LIMITS};
use std::fs;
use std::io::Write;
use std::process::Child;
use std::thread::sleep;
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;

fn main() {
    // Cargo asks test targets of benches for their tests.
    if std::env::args().any(|a| a == "--list" || a == "--test") {
        return;
    }
    let set = std::env::var("CLEANBILL_BENCH_NIGHT").ok();
    let invoices = set.and_then(|n| n.parse().ok()).unwrap_or(500);
    let runtime = Runtime::new().expect("a runtime");
    disk();
    let firm = Firm::new(&runtime, None);
    within_limits(&runtime, &firm, invoices);
    without_limits(&runtime, &firm, "SQLite, one process", invoices, 1);
    if let Ok(url) = std::env::var("CLEANBILL_TEST_POSTGRES") {
        let firm = Firm::new(&runtime, Some(url));
        without_limits(&runtime, &firm, "PostgreSQL, one process", invoices, 1);
        without_limits(&runtime, &firm, "PostgreSQL, two processes", invoices, 2);
    }
}

/// What the disk can do, for comparison: each submission waits for three synced writes, that it begins, the answer and
/// what came of it.
fn disk() {
    let mut file = tempfile::tempfile().expect("a file");
    let begun = Instant::now();
    let writes = 200;
    for _ in 0..writes {
        file.write_all(&[7; 4096]).expect("written");
        file.sync_data().expect("synced");
    }
    let each = begun.elapsed().as_secs_f64() / f64::from(writes);
    println!("disk: {:.0} synced writes of 4 KiB a second", 1.0 / each);
}

/// The most memory a process has used, in MiB, where the system says so.
fn peak(process: u32) -> Option<f64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find(|l| l.starts_with("VmHWM:"))?;
    let kib: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib / 1024.0)
}

/// Waits for processes; how long it took, and the most memory one of them used.
fn ended(mut jobs: Vec<Child>) -> (Duration, f64) {
    let begun = Instant::now();
    let mut most: f64 = 0.0;
    while !jobs.is_empty() {
        for job in &jobs {
            most = most.max(peak(job.id()).unwrap_or_default());
        }
        jobs.retain_mut(|job| job.try_wait().expect("a state").is_none());
        sleep(Duration::from_millis(20));
    }
    (begun.elapsed(), most)
}

/// Milliseconds from the first to the last upload to a portal, and how many there were.
fn uploads(running: &Running, portal: &str) -> (i64, i64, usize) {
    let all = running.requests(portal);
    let times: Vec<i64> = all
        .iter()
        .filter(|r| r.operation == Operation::Submit)
        .map(|r| r.at.timestamp_millis())
        .collect();
    let first = times.iter().min().copied().unwrap_or_default();
    let last = times.iter().max().copied().unwrap_or_default();
    (first, last, times.len())
}

fn once_each(running: &Running, of_each: &[usize]) {
    for (client, count) in of_each.iter().enumerate() {
        let ledger = running.ledger(&format!("p{client}"));
        let accepted = ledger.iter().filter(|r| r.verdict == Verdict::Accepted);
        assert_eq!(accepted.count(), *count, "portal p{client}");
    }
}

fn within_limits(runtime: &Runtime, firm: &Firm, invoices: usize) {
    let all: usize = LIMITS.iter().sum();
    // In proportion, so that every portal is busy to the end.
    let of_each = LIMITS.map(|limit| (invoices * limit / all).max(1));
    let bound = |client: usize| of_each[client] as f64 / LIMITS[client] as f64;
    let (running, accounts) = runtime.block_on(firm.portals(Some(&LIMITS)));
    runtime.block_on(firm.queue("L", &of_each, &accounts));
    let (took, most) = ended(vec![firm.job(&accounts)]);
    once_each(&running, &of_each);
    let mut worst: f64 = 0.0;
    for (client, limit) in LIMITS.iter().enumerate() {
        let (first, last, count) = uploads(&running, &format!("p{client}"));
        let seconds = (last - first) as f64 / 1000.0;
        println!(
            "  {limit:>2} a second: {count} invoices, the last {seconds:.1} s after the first; bound {:.1} s",
            bound(client)
        );
        worst = worst.max(bound(client));
    }
    let sent: usize = of_each.iter().sum();
    let took = took.as_secs_f64();
    println!(
        "within limits: {sent} invoices over eight portals in {took:.1} s, start and end of the program included; the limits \
         allow {worst:.1} s: {:.3} of it; at most {most:.0} MiB",
        took / worst
    );
    runtime.block_on(running.stop());
}

fn without_limits(runtime: &Runtime, firm: &Firm, name: &str, invoices: usize, processes: usize) {
    let of_each = [invoices / LIMITS.len(); LIMITS.len()];
    let (running, accounts) = runtime.block_on(firm.portals(None));
    let run = format!("F{processes}");
    runtime.block_on(firm.queue(&run, &of_each, &accounts));
    let jobs = (0..processes).map(|_| firm.job(&accounts)).collect();
    let (took, most) = ended(jobs);
    once_each(&running, &of_each);
    let spans = (0..LIMITS.len()).map(|c| uploads(&running, &format!("p{c}")));
    let (first, last) = spans.fold((i64::MAX, 0), |(first, last), (a, b, _)| {
        (first.min(a), last.max(b))
    });
    let sent: usize = of_each.iter().sum();
    let seconds = ((last - first) as f64 / 1000.0).max(0.001);
    println!(
        "{name}, no limits: {sent} invoices, {:.0} a second from the first upload to the last ({:.1} s, start and end of the \
         program included); at most {most:.0} MiB a process",
        sent as f64 / seconds,
        took.as_secs_f64()
    );
    runtime.block_on(running.stop());
}
