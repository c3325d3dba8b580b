//! What is not the program's fault: a clear word, nothing half done, and all well once the fault is over.

use crate::firm::{Backend, Firm, invoice, wait};
use crate::inside::at_bobs_desk;
use crate::{on_both, query};
use cleanbill::store::sha256;
use cleanbill::workflow::{Step, system_clock};
use sqlx::{ConnectOptions, Connection, Executor};
use std::process::{Command, Stdio};
use std::str::FromStr;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

on_both!(
    a_database_that_is_locked_is_waited_for_and_then_named,
    a_file_that_may_not_grow_is_named,
    a_newer_schema_is_named,
    a_clock_that_jumps_back_changes_no_order,
);

const WORDS: &str = "Draft motion to compel production of the repair ledger";

/// Holds the whole database against writers while something is done.
fn locked<T>(url: &str, work: impl FnOnce() -> T) -> T {
    wait(async {
        if url.starts_with("postgres") {
            let options = sqlx::postgres::PgConnectOptions::from_str(url).expect("a URL");
            let mut c = options.connect().await.expect("connected");
            c.execute("BEGIN").await.expect("begun");
            c.execute("LOCK TABLE event IN EXCLUSIVE MODE")
                .await
                .expect("locked");
            let done = work();
            c.execute("ROLLBACK").await.expect("let go");
            c.close().await.expect("closed");
            done
        } else {
            let options = sqlx::sqlite::SqliteConnectOptions::new().filename(url);
            let mut c = options.connect().await.expect("opened");
            c.execute("BEGIN EXCLUSIVE").await.expect("locked");
            let done = work();
            c.execute("ROLLBACK").await.expect("let go");
            c.close().await.expect("closed");
            done
        }
    })
}

fn a_database_that_is_locked_is_waited_for_and_then_named(mut firm: Firm) {
    firm.staff();
    let first = firm.file("F-1.txt", &invoice("F-1", "C1", "300.00", WORDS));
    firm.intake("ann", &first).well();
    let second = firm.file("F-2.txt", &invoice("F-2", "C1", "300.00", WORDS));
    let said = locked(&firm.url, || {
        // Who only reads is not held up.
        firm.call("odd", &["list"]).well();
        firm.intake("ann", &second)
    });
    assert_eq!(said.status, 3, "{}", said.err);
    said.refused("the database is locked by another process");
    firm.sound();
    assert_eq!(
        firm.call("odd", &["list", "--json"]).well().lines().count(),
        1
    );
    firm.intake("ann", &second).well();
    firm.sound();
}

fn a_file_that_may_not_grow_is_named(mut firm: Firm) {
    firm.staff();
    let first = firm.file("F-1.txt", &invoice("F-1", "C1", "300.00", WORDS));
    firm.intake("ann", &first).well();
    // Blocks of 512 bytes: documents fit, the log of the database does not; then not even a document.
    for (limit, number) in [("40", "F-2"), ("1", "F-3")] {
        let many: String = (0..200).map(|n| format!("{WORDS} {n} ")).collect();
        let file = firm.file(
            &format!("{number}.txt"),
            &invoice(number, "C1", "300.00", &many),
        );
        let command = firm.command("ann");
        let program = command.get_program().to_owned();
        let mut limited = Command::new("bash");
        let script = format!("trap '' XFSZ; ulimit -f {limit}; exec \"$0\" \"$@\"");
        limited.arg("-c").arg(script).arg(program);
        limited.envs(command.get_envs().filter_map(|(k, v)| Some((k, v?))));
        limited.args(["intake", "--today", "2026-10-06", &file]);
        let output = limited.output().expect("it runs");
        let err = String::from_utf8_lossy(&output.stderr).into_owned();
        let full = limit == "1" || firm.backend() == Backend::Sqlite;
        if full {
            assert_eq!(output.status.code(), Some(3), "{limit}: {err}");
            assert!(err.contains("cleanbill: "), "{err}");
        }
        firm.sound();
        firm.intake("ann", &file).well();
        firm.sound();
    }
    assert_eq!(
        firm.call("odd", &["list", "--json"]).well().lines().count(),
        3
    );
}

fn a_newer_schema_is_named(mut firm: Firm) {
    firm.staff();
    let changed = query(
        &firm.url,
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
         SELECT 9999, 'later', success, checksum, execution_time FROM _sqlx_migrations WHERE version = 1",
    );
    assert_eq!(changed, 1);
    for args in [&["list"][..], &["audit", "verify"]] {
        let said = firm.call("odd", args);
        assert_eq!(said.status, 3);
        said.refused("last used by a newer cleanbill (its tables are of step 9999)");
    }
    query(
        &firm.url,
        "DELETE FROM _sqlx_migrations WHERE version = 9999",
    );
    firm.sound();
}

fn a_clock_that_jumps_back_changes_no_order(mut firm: Firm) {
    firm.staff();
    let file = firm.file("J-1.txt", &invoice("J-1", "C1", "310.00", WORDS));
    firm.intake("ann", &file).well();
    let ahead = system_clock() + 3 * 60 * 60 * 1000;
    static NOW: AtomicI64 = AtomicI64::new(0);
    let clock = || NOW.load(Ordering::Relaxed);
    at_bobs_desk(&firm, &clock, async |desk| {
        let mark = desk
            .story("J-1")
            .await
            .expect("a story")
            .open()
            .next()
            .expect("a finding")
            .fingerprint
            .clone();
        NOW.store(ahead, Ordering::Relaxed);
        desk.override_finding("J-1", &mark, "agreed")
            .await
            .expect("set aside");
        NOW.store(ahead - 2 * 60 * 60 * 1000, Ordering::Relaxed);
        desk.take_back("J-1", Step::Withdraw, "wrong")
            .await
            .expect("withdrawn");
        let events = desk.story("J-1").await.expect("a story").events;
        assert!(events.is_sorted_by_key(|e| (e.at_ms, e.seq)));
        assert_eq!(events.iter().filter(|e| e.at_ms == ahead).count(), 2);
    });
    firm.sound();
    // The same from the command line, whose clock is right while the last event lies ahead of it.
    let file = firm.file("J-2.txt", &invoice("J-2", "C1", "300.00", WORDS));
    firm.intake("ann", &file).well();
    let clock = move || ahead;
    at_bobs_desk(&firm, &clock, async |desk| {
        desk.clear("J-2", None, None).await.expect("cleared");
    });
    let said = firm.call("cid", &["reopen", "J-2", "--reason", "again"]);
    assert_eq!(said.status, 0);
    assert!(
        said.err.contains("clock is") && said.err.contains("minutes behind"),
        "{}",
        said.err
    );
    firm.sound();
}

/// Somebody is about to attach a file whose bytes were purged, and lie there still: the purge waits for them.
#[test]
fn a_document_that_is_named_while_others_are_purged_stays() {
    let Some(mut firm) = Firm::on(Backend::Postgres) else {
        return;
    };
    firm.staff();
    let old = firm.file("old.txt", &invoice("Q-1", "C1", "300.00", WORDS));
    let new = firm.file(
        "new.txt",
        &invoice("Q-2", "C2", "300.00", "Draft the reply"),
    );
    for file in [&old, &new] {
        firm.intake("ann", file).well();
    }
    firm.call("bob", &["withdraw", "Q-1", "--reason", "not sent"])
        .well();
    firm.call(
        "bob",
        &["retention", "set", "--client", "C1", "--years", "2"],
    )
    .well();
    let bytes = std::fs::read(&old).expect("read");
    let day = chrono::Utc::now().date_naive() + chrono::Days::new(3 * 366);
    at_bobs_desk(&firm, &system_clock, async |desk| {
        let store = desk.store;
        assert_eq!(desk.purge(day, "yearly").await.expect("purged").len(), 1);
        let hash = sha256(&bytes);
        assert!(!store.documents.has(&hash).expect("asked"));
        // As it is where a purge was cut short, or somebody else's intake did not come to its end.
        store.documents.put(&bytes).expect("put");
        let options = sqlx::postgres::PgConnectOptions::from_str(&firm.url).expect("a URL");
        let mut c = options.connect().await.expect("connected");
        c.execute("BEGIN").await.expect("begun");
        c.execute("LOCK TABLE event IN EXCLUSIVE MODE")
            .await
            .expect("locked");
        let mut command = firm.command("ann");
        command.args(["attach", "Q-2", &old]);
        let child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it runs");
        somebody_waits_for(&mut c, "event").await;
        let let_go = async {
            somebody_waits_for(&mut c, "retention").await;
            c.execute("COMMIT").await.expect("let go");
        };
        let (again, ()) = tokio::join!(desk.purge(day, "yearly"), let_go);
        assert!(again.expect("purged again").is_empty());
        let output = child.wait_with_output().expect("it ends");
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        assert_eq!(store.documents.get(&hash).expect("it is there"), bytes);
    });
    firm.sound();
}

/// Until a process waits for a lock on this table.
async fn somebody_waits_for(c: &mut sqlx::PgConnection, table: &str) {
    let begun = Instant::now();
    loop {
        let waiting: (i64,) = sqlx::query_as(
            "SELECT COUNT(*) FROM pg_locks WHERE NOT granted AND relation = $1::text::regclass \
             AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
        )
        .bind(table)
        .fetch_one(&mut *c)
        .await
        .expect("asked");
        if waiting.0 > 0 {
            return;
        }
        assert!(
            begun.elapsed() < Duration::from_secs(60),
            "nobody ever waited for {table}"
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[test]
fn a_server_that_goes_in_mid_transaction_leaves_nothing_half_done() {
    let Some((mut firm, server)) = Firm::on_own_server() else {
        return;
    };
    firm.staff();
    let first = firm.file("G-0.txt", &invoice("G-0", "C1", "300.00", WORDS));
    firm.intake("ann", &first).well();
    for run in 1..4 {
        let file = firm.file(
            &format!("G-{run}.txt"),
            &invoice(&format!("G-{run}"), "C1", "300.00", WORDS),
        );
        // The intake has begun its transaction and waits for the table when the server goes.
        let url = firm.url.clone();
        let output = wait(async {
            let options = sqlx::postgres::PgConnectOptions::from_str(&url).expect("a URL");
            let mut c = options.connect().await.expect("connected");
            c.execute("BEGIN").await.expect("begun");
            c.execute("LOCK TABLE event IN EXCLUSIVE MODE")
                .await
                .expect("locked");
            let mut command = firm.command("ann");
            command.args(["intake", "--today", "2026-10-06", &file]);
            let child = command
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .expect("it runs");
            somebody_waits_for(&mut c, "event").await;
            server.crash();
            child.wait_with_output().expect("it ends")
        });
        let err = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(3), "{err}");
        assert!(err.contains("the database cannot be reached"), "{err}");
        let said = firm.call("ann", &["list"]);
        assert_eq!(said.status, 3);
        said.refused("the database cannot be reached");
        server.again();
        firm.sound();
        let listed = firm.call("odd", &["list", "--json"]).well();
        assert_eq!(listed.lines().count(), run, "{listed}");
        firm.intake("ann", &file).well();
        firm.sound();
    }
}
