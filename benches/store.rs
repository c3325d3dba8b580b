//! The tracker in figures: invoices taken in, and lists of many. `cargo bench --bench store` prints them for SQLite, and
//! for PostgreSQL where `CLEANBILL_TEST_POSTGRES` names a server (a URL with a database that may be filled).
//! `CLEANBILL_BENCH_INVOICES` (10,000) and `CLEANBILL_BENCH_LISTED` (100,000) make it smaller. A plain harness: each
//! figure is one long run, which divan would repeat.

#[allow(dead_code)]
mod data;

use cleanbill::check::{Checker, Options};
use cleanbill::rules::Shelf;
use cleanbill::store::{Db, Event, Filter, InvoiceRow, Place, Sort, Store};
use cleanbill::workflow::{Arrival, Desk, Known, Memory, Outcome, Person, Role, system_clock};
use data::Shape;
use rust_decimal::Decimal;
use std::time::Instant;

const LINES: usize = 50;
const CLIENTS: usize = 40;

fn count(name: &str, usual: usize) -> usize {
    let set = std::env::var(name).ok().and_then(|n| n.parse().ok());
    set.unwrap_or(usual)
}

fn main() {
    // Cargo asks test targets of benches for their tests.
    if std::env::args().any(|a| a == "--list" || a == "--test") {
        return;
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let folder = tempfile::tempdir().expect("a folder");
    let mut urls = vec![(
        "SQLite",
        folder.path().join("bench.db").display().to_string(),
    )];
    if let Ok(url) = std::env::var("CLEANBILL_TEST_POSTGRES") {
        urls.push(("PostgreSQL", url));
    }
    for (name, url) in urls {
        runtime.block_on(async {
            let place = Place {
                url,
                documents: folder.path().join(format!("documents-{name}")),
                key: folder.path().join(format!("{name}.key")),
            };
            let store = Store::open(&place).await.expect("a store");
            intake(name, &store).await;
            list(name, &store).await;
            store.db.close().await;
        });
    }
}

/// One file an invoice, of several clients.
fn files(invoices: usize) -> Vec<Vec<u8>> {
    let text = data::ledes_1998b(Shape {
        lines: invoices * LINES,
        per_invoice: LINES,
        shuffled: false,
    });
    let mut lines = text.split_inclusive('\n');
    let head: String = lines.by_ref().take(2).collect();
    let lines: Vec<&str> = lines.collect();
    let own = |(number, own): (usize, &[&str])| {
        let client = format!("|SF{:02}|", number % CLIENTS);
        (head.clone() + &own.concat().replace("|SF01|", &client)).into_bytes()
    };
    lines.chunks(LINES).enumerate().map(own).collect()
}

async fn intake(name: &str, store: &Store) {
    let invoices = count("CLEANBILL_BENCH_INVOICES", 10_000);
    let files = files(invoices);
    let today = chrono::NaiveDate::from_ymd_opt(2026, 10, 6).expect("a day");
    let checker = Checker::new(Options::on(today, Shelf::shipped().expect("packs")));
    let person = Person {
        name: "bench".to_owned(),
        role: Role::Service,
        clients: None,
        known: Known::OsUser,
    };
    let desk = Desk {
        store,
        person,
        clock: &system_clock,
    };
    let mut memory = Memory::default();
    let begun = Instant::now();
    let mut new = 0;
    for (at, batch) in files.chunks(256).enumerate() {
        let arrivals = batch.iter().enumerate().map(|(n, bytes)| Arrival {
            name: format!("{at}-{n}.txt"),
            bytes: bytes.clone(),
        });
        let taken = desk
            .take_in(&checker, &mut memory, arrivals.collect())
            .await;
        let taken = taken.expect("taken in");
        new += taken.iter().filter(|t| t.outcome == Outcome::New).count();
    }
    assert_eq!(new, files.len(), "each is new");
    println!(
        "{name}: {new} invoices, {} lines taken in within {:.1} s",
        new * LINES,
        begun.elapsed().as_secs_f64()
    );
}

const STATES: [&str; 5] = ["checked", "in review", "cleared", "submitted", "paid"];

async fn list(name: &str, store: &Store) {
    let invoices = count("CLEANBILL_BENCH_LISTED", 100_000);
    let begun = Instant::now();
    let mut tx = store.db.write().await.expect("a transaction");
    for n in 0..invoices {
        let id = format!("{n:016x}");
        let mut last: Option<Event> = None;
        for step in 0..10 {
            let facts = serde_json::json!({ "version": step });
            let at = 1_700_000_000_000 + (n * 10 + step) as i64 * 1000;
            let event = Event::after(last.as_ref(), &id, at, "bench", "check", &facts);
            tx.append(&event).await.expect("an event");
            last = Some(event);
        }
        let last = last.expect("ten events");
        let row = InvoiceRow {
            number: format!("L-{n}"),
            client: format!("C{:03}", n % 211),
            matter: format!("2026-{:04}", n % 4_999),
            invoice_date: Some(format!("2026-{:02}-{:02}", 1 + n % 12, 1 + n % 28)),
            currency: "USD".to_owned(),
            total: Some(Decimal::from((n * 7919) % 90_000)),
            at_risk: Decimal::from((n * 104_729) % 10_000),
            lines: 50,
            verdict: "clean".to_owned(),
            state: STATES[n % STATES.len()].to_owned(),
            version: 1,
            document: id.repeat(4),
            content: id.repeat(4),
            partner: format!("Partner {:02}", n % 61),
            portal: format!("Portal {}", n % 7),
            report: id.repeat(4),
            preparer: "bench".to_owned(),
            taken_ms: last.at_ms,
            changed_ms: last.at_ms,
            seq: last.seq,
            head: last.hash.clone(),
            id,
            ..InvoiceRow::default()
        };
        tx.put_invoice(&row).await.expect("an invoice");
    }
    tx.commit().await.expect("committed");
    println!(
        "{name}: {invoices} invoices with {} events added within {:.1} s",
        invoices * 10,
        begun.elapsed().as_secs_f64()
    );
    // The server does so by itself within minutes after so many new rows.
    if let Db::Pg(pool) = &store.db {
        let counted = sqlx::query("ANALYZE").execute(pool).await;
        counted.expect("rows counted");
    }
    let usual = Filter {
        limit: Some(1000),
        ..Filter::default()
    };
    let of = |change: fn(&mut Filter)| {
        let mut filter = usual.clone();
        change(&mut filter);
        filter
    };
    let filters = [
        ("none", of(|_| {})),
        ("state", of(|f| f.states = vec!["cleared".to_owned()])),
        ("client", of(|f| f.client = Some("C007".to_owned()))),
        ("matter", of(|f| f.matter = Some("2026-0117".to_owned()))),
        ("partner", of(|f| f.partner = Some("Partner 17".to_owned()))),
        ("portal", of(|f| f.portal = Some("Portal 3".to_owned()))),
        (
            "age",
            of(|f| f.unchanged_since_ms = Some(1_700_000_900_000)),
        ),
        (
            "at risk, few",
            of(|f| f.at_risk = Some(Decimal::from(9_990))),
        ),
        (
            "at risk, many",
            of(|f| f.at_risk = Some(Decimal::from(100))),
        ),
        (
            "state, client, partner, at risk",
            of(|f| {
                f.states = vec!["checked".to_owned(), "in review".to_owned()];
                f.client = Some("C007".to_owned());
                f.partner = Some("Partner 17".to_owned());
                f.at_risk = Some(Decimal::from(5_000));
            }),
        ),
        (
            "state and portal by money at risk",
            of(|f| {
                f.states = vec!["cleared".to_owned()];
                f.portal = Some("Portal 3".to_owned());
                f.sort = Sort::AtRisk;
            }),
        ),
        (
            "three clients of a person",
            of(|f| f.clients = Some(["C001", "C002", "C003"].map(str::to_owned).to_vec())),
        ),
        ("by age", of(|f| f.sort = Sort::Age)),
        ("by first to come", of(|f| f.sort = Sort::Taken)),
        ("by date", of(|f| f.sort = Sort::Date)),
        ("by money at risk", of(|f| f.sort = Sort::AtRisk)),
        ("by total", of(|f| f.sort = Sort::Total)),
        ("number", of(|f| f.named = Some("L-77".to_owned()))),
        (
            "nothing fits",
            of(|f| f.partner = Some("Nobody".to_owned())),
        ),
    ];
    for (what, filter) in filters {
        let mut times = Vec::new();
        let mut found = 0;
        for _ in 0..7 {
            let begun = Instant::now();
            let mut tx = store.db.read().await.expect("a transaction");
            found = tx.invoices(&filter).await.expect("rows").len();
            times.push(begun.elapsed());
        }
        times.sort_unstable();
        println!(
            "{name}: list by {what}: {:.1} ms (worst {:.1}), {found} rows",
            times[3].as_secs_f64() * 1000.0,
            times[6].as_secs_f64() * 1000.0
        );
    }
}
