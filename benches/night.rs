//! The overnight job in figures: a night within the portals' limits against the bound these set, and one without limits.
//! `cargo bench --bench night` prints them for SQLite; where `CLEANBILL_TEST_POSTGRES` names a server (a URL with a
//! database that may be filled), also what a second process costs or brings there. `CLEANBILL_BENCH_NIGHT` (500) is the
//! number of invoices of each; the budget is for 10,000. A plain harness: each figure is one long run.

use cleanbill::check::{Checker, Options};
use cleanbill::portals::Accounts;
use cleanbill::rules::Shelf;
use cleanbill::sandbox::{self, Operation, Running, Settings, Verdict};
use cleanbill::store::{Place, Store};
use cleanbill::workflow::submission::Doors;
use cleanbill::workflow::{
    Arrival, Credentials, Desk, Memory, NewPerson, Person, Role, first_person, identify,
    system_clock,
};
use secrecy::{ExposeSecret, SecretString};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;

/// Requests a second that each of the eight portals takes.
const LIMITS: [usize; 8] = [1, 2, 3, 5, 8, 10, 15, 20];

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

/// A firm with a store of its own.
struct Firm {
    folder: tempfile::TempDir,
    store: Store,
    url: String,
    specialist: Person,
    partner: Person,
    token: SecretString,
}

impl Firm {
    fn new(runtime: &Runtime, url: Option<String>) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let url = url.unwrap_or_else(|| folder.path().join("bench.db").display().to_string());
        runtime.block_on(async {
            let place = Place {
                url: url.clone(),
                documents: folder.path().join("documents"),
                key: folder.path().join("documents.key"),
            };
            let store = Store::open(&place).await.expect("a store");
            let new = |name: &str, role: Role| NewPerson {
                name: name.to_owned(),
                role: Some(role),
                token_days: Some(1),
                ..NewPerson::default()
            };
            let known = async |token: &SecretString| {
                let who = Credentials {
                    token: Some(token.clone()),
                    ..Credentials::default()
                };
                let person = identify(&store, &who, system_clock()).await;
                person.expect("somebody")
            };
            let root = new("root", Role::Administrator);
            let root = first_person(&store, &root, &system_clock).await;
            let root = root.expect("an empty store").token.expect("a token");
            let root = Desk {
                store: &store,
                person: known(&root).await,
                clock: &system_clock,
            };
            let mut tokens = Vec::new();
            for (name, role) in [
                ("ann", Role::Specialist),
                ("bob", Role::Partner),
                ("nyx", Role::Service),
            ] {
                let added = root.add_person(&new(name, role)).await.expect("added");
                tokens.push(added.token.expect("a token"));
            }
            let (specialist, partner) = (known(&tokens[0]).await, known(&tokens[1]).await);
            let token = tokens.remove(2);
            Self {
                folder,
                store,
                url,
                specialist,
                partner,
                token,
            }
        })
    }

    fn desk(&self, person: &Person) -> Desk<'_> {
        Desk {
            store: &self.store,
            person: person.clone(),
            clock: &system_clock,
        }
    }

    /// Invoices of the eight clients, cleared and queued: so many of each.
    async fn queue(&self, run: &str, of_each: &[usize], accounts: &Path) {
        let shelf = Shelf::shipped().expect("packs");
        let today = chrono::NaiveDate::from_ymd_opt(2026, 10, 6).expect("a day");
        let checker = Checker::new(Options::on(today, shelf.clone()));
        let accounts = Accounts::load(accounts).expect("accounts");
        let doors = Doors::new(accounts, shelf).expect("doors");
        let (ann, bob) = (self.desk(&self.specialist), self.desk(&self.partner));
        let mut arrivals = Vec::new();
        for (client, count) in of_each.iter().enumerate() {
            for n in 0..*count {
                let number = format!("{run}-{client}-{n}");
                let bytes = invoice(&number, &format!("C{client}")).into_bytes();
                arrivals.push(Arrival {
                    name: number,
                    bytes,
                });
            }
        }
        let mut memory = Memory::default();
        while !arrivals.is_empty() {
            let batch: Vec<Arrival> = arrivals.drain(..arrivals.len().min(256)).collect();
            let taken = ann.take_in(&checker, &mut memory, batch).await;
            for taken in taken.expect("taken in") {
                let id = taken.row.expect("an invoice").id;
                bob.clear(&id, None, None).await.expect("cleared");
                let queued = ann.queue(&id, None, &doors, &Default::default()).await;
                queued.expect("queued");
            }
        }
    }

    fn job(&self, accounts: &Path) -> Child {
        let place = |name: &str| self.folder.path().join(name);
        let settings = place("settings");
        fs::write(&settings, "").expect("written");
        Command::new(env!("CARGO_BIN_EXE_cleanbill"))
            .arg("overnight")
            .arg("--accounts")
            .arg(accounts)
            .env("CLEANBILL_CONFIG", settings)
            .env("CLEANBILL_STORE", &self.url)
            .env("CLEANBILL_DOCUMENTS", place("documents"))
            .env("CLEANBILL_KEY", place("documents.key"))
            .env("CLEANBILL_TOKEN", self.token.expose_secret())
            .stdout(Stdio::null())
            .spawn()
            .expect("it runs")
    }

    /// Eight practice portals, and the file of the accounts there.
    async fn portals(&self, limits: Option<&[usize]>) -> (Running, PathBuf) {
        let mut text = "seed = 3\n".to_owned();
        for client in 0..LIMITS.len() {
            text += &format!(
                "[[portal]]\nname = \"p{client}\"\nkind = \"agreed-upload\"\noutcomes = {{ silent = 1 }}\n\
                 account = [{{ id = \"firm\", secret = \"word\" }}]\nagreed = {{ like = \"collaborati\" }}\n"
            );
        }
        let settings = Settings::parse(&text).expect("settings");
        let running = sandbox::start(settings).await.expect("started");
        let secret = self.folder.path().join("word");
        fs::write(&secret, "word").expect("written");
        let mut text = String::new();
        for client in 0..LIMITS.len() {
            let url = running.base(&format!("p{client}")).expect("it is there");
            let bears = match limits {
                Some(limits) => format!("{{ per_second = \"{}\", at_once = 2 }}", limits[client]),
                None => "{ per_second = \"1000\", at_once = 4 }".to_owned(),
            };
            // It cannot be asked what became of them: the bound counts what is sent.
            text += &format!(
                "[account.p{client}]\nportal = \"Collaborati\"\nway = \"agreed\"\nurl = \"{url}\"\nclients = [\"C{client}\"]\n\
                 limits = {bears}\nsign_in = {{ kind = \"basic\", user = \"firm\", password = {{ file = {:?} }} }}\n\
                 [account.p{client}.settings.submit]\npath = \"upload\"\nfile_field = \"file\"\nid = \"/confirmation\"\nerrors = \"/message\"\n",
                secret.display().to_string()
            );
        }
        let accounts = self.folder.path().join("portals.toml");
        fs::write(&accounts, text).expect("written");
        (running, accounts)
    }
}

/// An invoice of one line.
fn invoice(number: &str, client: &str) -> String {
    format!(
        "LEDES1998B[]\nINVOICE_DATE|INVOICE_NUMBER|CLIENT_ID|LAW_FIRM_MATTER_ID|INVOICE_TOTAL|BILLING_START_DATE|BILLING_END_DATE|INVOICE_DESCRIPTION|LINE_ITEM_NUMBER|EXP/FEE/INV_ADJ_TYPE|LINE_ITEM_NUMBER_OF_UNITS|LINE_ITEM_ADJUSTMENT_AMOUNT|LINE_ITEM_TOTAL|LINE_ITEM_DATE|LINE_ITEM_TASK_CODE|LINE_ITEM_EXPENSE_CODE|LINE_ITEM_ACTIVITY_CODE|TIMEKEEPER_ID|LINE_ITEM_DESCRIPTION|LAW_FIRM_ID|LINE_ITEM_UNIT_COST|TIMEKEEPER_NAME|TIMEKEEPER_CLASSIFICATION|CLIENT_MATTER_ID[]\n20260930|{number}|{client}|2026-0117|300.00|20260901|20260930|Services rendered in September|1|F|1.0|0.00|300.00|20260915|L120||A104|AQ|Draft motion to compel production|94-1111111|300.00|Quillfeather, Ada|PT|CM-7[]\n"
    )
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
