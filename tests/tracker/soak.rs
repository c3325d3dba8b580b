//! Two processes of the overnight job are killed at any moment while one request in ten fails: each invoice is accepted
//! once. The soak: `CLEANBILL_NIGHT_KILLS=1000 cargo test --test tracker soak -- --nocapture --test-threads 1`.

use crate::firm::{Backend, Firm, invoice};
use crate::on_both;
use cleanbill::check::{Checker, Options};
use cleanbill::portals::Accounts;
use cleanbill::rules::Shelf;
use cleanbill::sandbox::{self, Fault, Operation, Running, Settings, Verdict, What};
use cleanbill::store::Store;
use cleanbill::workflow::submission::{Doors, Settled};
use cleanbill::workflow::{Arrival, Credentials, Desk, Memory, Outcome, identify, system_clock};
use secrecy::SecretString;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Child, Stdio};
use std::thread::sleep;
use std::time::Duration;
use tokio::runtime::Runtime;

on_both!(two_processes_killed_at_any_moment_send_each_once);

/// How often a process is killed while it is at work.
fn kills() -> usize {
    let asked = std::env::var("CLEANBILL_NIGHT_KILLS").ok();
    asked.and_then(|n| n.parse().ok()).unwrap_or(50)
}

/// Kills between which new invoices come.
const ROUND: usize = 25;
/// Invoices a portal gets in a round.
const OF_EACH: usize = 40;

/// Name, whether it can be asked for a number, and the client that is billed through it.
const PORTALS: [(&str, bool, &str); 4] = [
    ("first", true, "C1"),
    ("second", true, "C2"),
    ("standard", false, "C3"),
    ("mute", false, "C4"),
];

fn practice() -> String {
    let mut text = "seed = 11\n".to_owned();
    for (name, asked, _) in PORTALS {
        let kind = match (name, asked) {
            ("standard", _) => "kind = \"ledes-api\"\nledes_api = { business = \"firm\" }",
            (_, true) => "kind = \"agreed-upload\"\nagreed = { like = \"collaborati\" }",
            (_, false) => {
                "kind = \"agreed-upload\"\nagreed = { like = \"collaborati\", status_path = \"\", find_path = \"\" }"
            }
        };
        text += &format!(
            "[[portal]]\nname = \"{name}\"\n{kind}\noutcomes = {{ silent = 1 }}\nduplicates = \"take\"\n\
             account = [{{ id = \"firm\", secret = \"word\" }}]\n"
        );
    }
    text
}

fn accounts(running: &Running, folder: &Path) -> String {
    let secret = format!("{{ file = \"{}/word\" }}", folder.display());
    let mut text = String::new();
    for (name, asked, client) in PORTALS {
        let url = running.base(name).expect("it is there");
        let head = format!(
            "[account.{name}]\nurl = \"{url}\"\nclients = [\"{client}\"]\nlimits = {{ per_second = \"15\", at_once = 4 }}\n\
             believe_after_seconds = 3\n"
        );
        text += &head;
        if name == "standard" {
            let origin = running.origin(name).expect("it is there");
            text += &format!(
                "portal = \"LEDES API\"\nway = \"api\"\n\
                 sign_in = {{ kind = \"oauth2\", token_url = \"{origin}/oauth2/token\", client_id = \"firm\", client_secret = {secret} }}\n"
            );
            continue;
        }
        text += &format!(
            "portal = \"Collaborati\"\nway = \"agreed\"\nsign_in = {{ kind = \"basic\", user = \"firm\", password = {secret} }}\n\
             [account.{name}.settings.submit]\npath = \"upload\"\nfile_field = \"file\"\nid = \"/confirmation\"\nerrors = \"/message\"\n"
        );
        if asked {
            text += &format!(
                "[account.{name}.settings.status]\npath = \"uploads/{{portal_id}}\"\nword = \"/status\"\n\
                 [account.{name}.settings.find]\npath = \"uploads?number={{invoice_number}}\"\nat = \"\"\nword = \"/status\"\nid = \"/confirmation\"\n"
            );
        }
    }
    text
}

/// Every way to fail, a tenth of the requests together.
fn faults() -> Vec<Fault> {
    let submit = |what: What| Fault::new(what, Operation::Submit).share(0.0066);
    let slow = Fault {
        delay_ms: 300,
        ..submit(What::Slow)
    };
    vec![
        submit(What::Busy),
        submit(What::Busy).retry_after(1),
        submit(What::Error500),
        submit(What::Error500).kept(),
        submit(What::Error503),
        submit(What::Error503).kept(),
        slow,
        submit(What::CutBeforeBody),
        submit(What::CutAfterBody),
        submit(What::CutAfterBody).kept(),
        submit(What::CutAnswer),
        submit(What::WrongJson),
        submit(What::NoJson),
        submit(What::TruncatedJson),
        submit(What::ExpiredToken),
        submit(What::CertificateRequired),
        submit(What::DuplicateRefusal),
    ]
}

struct Soak {
    firm: Firm,
    store: Store,
    accounts: String,
    /// Portal by number.
    sent: BTreeMap<String, usize>,
}

impl Soak {
    async fn desk(&self, who: &str) -> Desk<'_> {
        let token = SecretString::from(self.firm.token(who));
        let credentials = Credentials {
            token: Some(token),
            ..Credentials::default()
        };
        let person = identify(&self.store, &credentials, system_clock()).await;
        Desk {
            store: &self.store,
            person: person.expect("somebody"),
            clock: &system_clock,
        }
    }

    /// New invoices, cleared and queued.
    async fn queue(&mut self, round: usize) {
        let mut arrivals = Vec::new();
        for (at, (_, _, client)) in PORTALS.iter().enumerate() {
            for n in 0..OF_EACH {
                let number = format!("S-{round}-{client}-{n}");
                let text = invoice(&number, client, "300.00", "Draft motion to compel");
                arrivals.push(Arrival {
                    name: number.clone(),
                    bytes: text.into_bytes(),
                });
                self.sent.insert(number, at);
            }
        }
        let numbers: Vec<String> = arrivals.iter().map(|a| a.name.clone()).collect();
        let shelf = Shelf::shipped().expect("packs");
        let today = chrono::NaiveDate::from_ymd_opt(2026, 10, 6).expect("a day");
        let checker = Checker::new(Options::on(today, shelf.clone()));
        let (ann, bob) = (self.desk("ann").await, self.desk("bob").await);
        let taken = ann
            .take_in(&checker, &mut Memory::default(), arrivals)
            .await;
        assert!(
            taken
                .expect("taken in")
                .iter()
                .all(|t| t.outcome == Outcome::New)
        );
        let accounts = Accounts::load(Path::new(&self.accounts)).expect("accounts");
        let doors = Doors::new(accounts, shelf).expect("doors");
        for number in &numbers {
            bob.clear(number, None, None).await.expect("cleared");
            let queued = ann.queue(number, None, &doors, &Default::default()).await;
            queued.expect("queued");
        }
    }

    fn job(&self) -> Child {
        self.firm
            .command("nyx")
            .args(["overnight", "--accounts", &self.accounts])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("it runs")
    }

    /// What was put off is due.
    fn hurry(&self) {
        let sql = "UPDATE submission SET next_ms = 0 WHERE status IN ('waiting', 'in-doubt')";
        crate::query(&self.firm.url, sql);
    }

    /// Kills one of two processes that work side by side, so many times. One that had ended by itself does not count.
    fn kill(&self, count: usize, first: usize) {
        let mut jobs = [self.job(), self.job()];
        let (mut kill, mut at_work) = (0, 0);
        while at_work < count {
            // Spread over the whole of a run, in no order.
            let moment = (first + kill) * 7_919 % 251;
            sleep(Duration::from_millis(10 + moment as u64));
            let victim = kill % 2;
            let running = jobs[victim].try_wait().expect("a state").is_none();
            at_work += usize::from(running);
            kill += 1;
            jobs[victim].kill().expect("killed");
            jobs[victim].wait().expect("ended");
            // A minute passes for the leases of the dead.
            let dead = jobs[victim].id();
            let sql = format!("UPDATE lease SET until_ms = 0 WHERE holder LIKE '{dead}-%'");
            crate::query(&self.firm.url, &sql);
            if kill.is_multiple_of(5) {
                self.hurry();
            }
            jobs[victim] = self.job();
            if jobs[1 - victim].try_wait().expect("a state").is_some() {
                jobs[1 - victim] = self.job();
            }
        }
        for job in &mut jobs {
            job.kill().expect("killed");
            job.wait().expect("ended");
        }
        crate::query(&self.firm.url, "UPDATE lease SET until_ms = 0");
    }

    /// Undisturbed nights until only a person can go on.
    fn calm(&self) {
        // What was under way when the last process was killed has arrived, or never will.
        sleep(Duration::from_millis(3_200));
        for _ in 0..3 {
            self.hurry();
            self.firm
                .call("nyx", &["overnight", "--accounts", &self.accounts]);
        }
    }

    /// State by number.
    async fn states(&self) -> BTreeMap<String, String> {
        let rows = self.desk("odd").await.list(&Default::default()).await;
        let rows = rows.expect("a list").into_iter();
        rows.map(|row| (row.number, row.state)).collect()
    }
}

/// How often each number was accepted.
fn accepted(running: &Running) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for (name, ..) in PORTALS {
        for row in running.ledger(name) {
            if row.verdict == Verdict::Accepted {
                *counts.entry(row.number).or_default() += 1;
            }
        }
    }
    counts
}

fn two_processes_killed_at_any_moment_send_each_once(mut firm: Firm) {
    firm.staff();
    let backend: Backend = firm.backend();
    let runtime = Runtime::new().expect("a runtime");
    let settings = Settings::parse(&practice()).expect("settings");
    let running = runtime.block_on(sandbox::start(settings)).expect("started");
    firm.file("word", "word");
    let accounts = accounts(&running, firm.folder.path());
    let accounts = firm.file("portals.toml", &accounts);
    let store = runtime.block_on(firm.store());
    let mut soak = Soak {
        firm,
        store,
        accounts,
        sent: BTreeMap::new(),
    };
    for (name, ..) in PORTALS {
        for fault in faults() {
            assert!(running.fault(name, fault));
        }
    }
    let mut done = 0;
    while done < kills() {
        let count = (kills() - done).min(ROUND);
        runtime.block_on(soak.queue(done / ROUND));
        soak.kill(count, done);
        done += count;
        println!("{backend:?}: {done} times killed at work");
    }
    for (name, ..) in PORTALS {
        running.no_faults(name);
    }
    soak.calm();
    let states = runtime.block_on(soak.states());
    let counts = accepted(&running);
    let count = |number: &str| counts.get(number).copied().unwrap_or_default();
    let (mut doubtful, mut refused) = (Vec::new(), 0);
    for (number, portal) in &soak.sent {
        let (name, asked, _) = PORTALS[*portal];
        match states.get(number).map(String::as_str) {
            Some("submitted") => assert_eq!(count(number), 1, "{number} at {name}"),
            Some("in doubt") if !asked => {
                assert!(count(number) <= 1, "{number} at {name}: twice");
                doubtful.push(number.clone());
            }
            // It said that it has this number already, and cannot be asked whether that is so.
            Some("rejected") if !asked => {
                assert_eq!(count(number), 0, "{number} at {name}");
                refused += 1;
            }
            other => panic!(
                "{number} at {name} is {other:?}, accepted {} times",
                count(number)
            ),
        }
    }
    println!(
        "{backend:?}: {} invoices, {} at portals that can be asked: none waits for a person; {} at portals that cannot: {} wait, {refused} were refused",
        soak.sent.len(),
        soak.sent.values().filter(|p| PORTALS[**p].1).count(),
        soak.sent.values().filter(|p| !PORTALS[**p].1).count(),
        doubtful.len()
    );
    // Somebody looks at the portals, and says what they saw.
    runtime.block_on(async {
        let ann = soak.desk("ann").await;
        for number in &doubtful {
            let settled = match count(number) {
                1 => Settled::Arrived(None),
                _ => Settled::NeverArrived,
            };
            ann.settle(number, &settled, "seen in its list")
                .await
                .expect("settled");
        }
    });
    soak.calm();
    let states = runtime.block_on(soak.states());
    let counts = accepted(&running);
    for number in soak.sent.keys() {
        assert_eq!(counts.get(number), Some(&1), "{number}");
        assert_eq!(
            states.get(number).map(String::as_str),
            Some("submitted"),
            "{number}"
        );
    }
    runtime.block_on(soak.store.db.close());
    soak.firm.sound();
}
