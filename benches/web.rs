//! The web application in figures: fifty people who click while the overnight job sends, all at one store.
//! `cargo bench --bench web` prints the median and the 99th percentile of a page, and how many failed. `CLEANBILL_BENCH_WEB`
//! (60) is the number of seconds; `CLEANBILL_TEST_POSTGRES` names a server (a URL with a database that may be filled) to
//! use instead of SQLite. A plain harness: each figure is of one long run.

mod data;
#[allow(dead_code, reason = "shared with the bench of nights")]
mod firm;

use cleanbill::workflow::{Arrival, Role};
use data::{Seeded, Shape};
use firm::{Firm, LIMITS};
use reqwest::{Client, header};
use secrecy::{ExposeSecret, SecretString};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;

const PEOPLE: usize = 50;
/// Invoices that nobody has cleared yet.
const WAITING: usize = 1_000;
/// Pages that one person looks at before the others come.
const EACH_ALONE: usize = 200;

fn main() {
    // Cargo asks test targets of benches for their tests.
    if std::env::args().any(|a| a == "--list" || a == "--test") {
        return;
    }
    let set = std::env::var("CLEANBILL_BENCH_WEB").ok();
    let seconds: u64 = set.and_then(|n| n.parse().ok()).unwrap_or(60);
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = Runtime::new().expect("a runtime");
    let firm = Firm::new(&runtime, std::env::var("CLEANBILL_TEST_POSTGRES").ok());
    let (portals, accounts) = runtime.block_on(firm.portals(Some(&LIMITS)));
    // The job is busy to the end.
    let of_each = LIMITS.map(|limit| limit * (seconds as usize + 20));
    let ids = runtime.block_on(async {
        firm.queue("N", &of_each, &accounts).await;
        firm.take_in(waiting()).await
    });
    let server = Server::of(&firm);
    let password = SecretString::from("seven lamps of architecture");
    let sessions = runtime.block_on(sessions(&firm, &server.url, &password));
    runtime.block_on(alone(&sessions[0], &server.url, &ids));
    let mut job = firm.job(&accounts);
    let begun = Instant::now();
    let until = begun + Duration::from_secs(seconds);
    let ids = Arc::new(ids);
    let clicks = runtime.block_on(async {
        let people: Vec<_> = sessions
            .into_iter()
            .enumerate()
            .map(|(n, session)| {
                let url = server.url.clone();
                tokio::spawn(click(n as u64, session, url, Arc::clone(&ids), until))
            })
            .collect();
        let mut all = Vec::new();
        for person in people {
            all.extend(person.await.expect("a person"));
        }
        all
    });
    let at_work = job.try_wait().expect("a state").is_none();
    let _ = job.kill();
    let _ = job.wait();
    let sent: usize = (0..LIMITS.len())
        .map(|portal| portals.ledger(&format!("p{portal}")).len())
        .sum();
    report(&clicks, begun.elapsed(), sent, at_work);
    runtime.block_on(portals.stop());
}

/// One page, how long it took, and whether it came.
struct Click {
    page: &'static str,
    took: Duration,
    came: bool,
}

fn figures(clicks: &[&Click]) -> String {
    let mut times: Vec<f64> = clicks.iter().map(|c| c.took.as_secs_f64() * 1e3).collect();
    times.sort_by(f64::total_cmp);
    let part = |hundredths: usize| times[(times.len() - 1) * hundredths / 100];
    let failed = clicks.iter().filter(|c| !c.came).count();
    format!(
        "{} pages, median {:.1} ms, 99th percentile {:.1} ms, slowest {:.1} ms, {failed} failed",
        times.len(),
        part(50),
        part(99),
        part(100)
    )
}

fn by_page(clicks: &[Click]) {
    let mut by_page: BTreeMap<&str, Vec<&Click>> = BTreeMap::new();
    for click in clicks {
        by_page.entry(click.page).or_default().push(click);
    }
    for (page, clicks) in &by_page {
        println!("  {page}: {}", figures(clicks));
    }
}

fn report(clicks: &[Click], took: Duration, sent: usize, at_work: bool) {
    println!("under load:");
    by_page(clicks);
    println!(
        "{PEOPLE} people for {:.0} s while {sent} invoices were sent{}: {}",
        took.as_secs_f64(),
        if at_work {
            ""
        } else {
            " (the job ended before)"
        },
        figures(&clicks.iter().collect::<Vec<_>>())
    );
}

/// Invoices of one line, and one of a thousand lines.
fn waiting() -> Vec<Arrival> {
    let arrival = |name: String, bytes: String| Arrival {
        name,
        bytes: bytes.into_bytes(),
    };
    let long = data::ledes_1998b(Shape {
        lines: 1_000,
        per_invoice: 1_000,
        shuffled: false,
    });
    let short = (0..WAITING).map(|n| {
        let number = format!("W-{n}");
        let bytes = firm::invoice(&number, &format!("C{}", n % LIMITS.len()));
        arrival(number, bytes)
    });
    std::iter::once(arrival("long".to_owned(), long))
        .chain(short)
        .collect()
}

/// The program's server, which ends with the bench.
struct Server {
    url: String,
    child: Child,
}

impl Server {
    fn of(firm: &Firm) -> Self {
        let mut child = firm
            .command()
            .args(["serve", "--listen", "127.0.0.1:0", "--behind-proxy"])
            .stdout(Stdio::piped())
            .spawn()
            .expect("it starts");
        let mut line = String::new();
        let out = child.stdout.take().expect("its output");
        BufReader::new(out).read_line(&mut line).expect("a line");
        let url = line.trim().rsplit(' ').next().expect("an address");
        Self {
            url: url.trim_end_matches('/').to_owned(),
            child,
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Everybody signs in, each from an address of their own.
async fn sessions(firm: &Firm, url: &str, password: &SecretString) -> Vec<(Client, String)> {
    let mut all = Vec::new();
    for n in 0..PEOPLE {
        let role = [Role::Specialist, Role::Partner][usize::from(n % 3 == 2)];
        let name = format!("person {n}");
        firm.person(&name, role, password).await;
        let client = Client::builder().redirect(reqwest::redirect::Policy::none());
        let client = client.no_proxy().build().expect("a client");
        let host = url.trim_start_matches("http://");
        let form = [
            ("name", name.as_str()),
            ("password", password.expose_secret()),
        ];
        let answer = client
            .post(format!("{url}/sign-in"))
            .header("x-forwarded-for", format!("192.0.2.{n}"))
            .header("sec-fetch-site", "same-origin")
            .header(header::ORIGIN, format!("https://{host}"))
            .form(&form)
            .send()
            .await
            .expect("an answer");
        assert_eq!(answer.status().as_u16(), 303, "{name} cannot sign in");
        let cookies = answer.headers().get_all(header::SET_COOKIE).iter();
        let pairs: Vec<&str> = cookies
            .filter_map(|c| c.to_str().ok()?.split(';').next())
            .filter(|pair| !pair.ends_with('='))
            .collect();
        all.push((client, pairs.join("; ")));
    }
    all
}

/// Somebody looks at a page, reads for a second or so, and goes on to the next.
async fn click(
    seed: u64,
    (client, cookie): (Client, String),
    url: String,
    ids: Arc<Vec<String>>,
    until: Instant,
) -> Vec<Click> {
    let mut chance = Seeded::new(seed);
    let mut clicks = Vec::new();
    while Instant::now() < until {
        let (page, path) = pick(&mut chance, &ids);
        clicks.push(look(&client, &cookie, &url, page, &path).await);
        tokio::time::sleep(Duration::from_millis(500 + chance.below(1_000))).await;
    }
    clicks
}

/// A page that somebody may want next.
fn pick(chance: &mut Seeded, ids: &[String]) -> (&'static str, String) {
    let id = match chance.below(10) {
        0 => &ids[0],
        _ => &ids[chance.below(ids.len() as u64) as usize],
    };
    match chance.below(12) {
        0 => ("today", "/".to_owned()),
        1 | 2 => ("invoices", "/invoices".to_owned()),
        3 => (
            "invoices of a client",
            format!("/invoices?client=C{}", chance.below(8)),
        ),
        4..=6 => ("invoice", format!("/invoices/{id}")),
        7 => ("line", format!("/invoices/{id}/line?item=1")),
        8 => ("submissions", "/submissions".to_owned()),
        9 => ("rejections", "/rejections".to_owned()),
        10 => ("reductions", "/reductions".to_owned()),
        _ => ("appeals", "/appeals".to_owned()),
    }
}

async fn look(client: &Client, cookie: &str, url: &str, page: &'static str, path: &str) -> Click {
    let asked = Instant::now();
    let answer = client
        .get(format!("{url}{path}"))
        .header(header::COOKIE, cookie)
        .send()
        .await;
    let came = match answer {
        Ok(answer) => {
            let well = answer.status().is_success();
            if !well {
                eprintln!("{path}: {}", answer.status());
            }
            answer.bytes().await.is_ok() && well
        }
        Err(error) => {
            eprintln!("{path}: {error}");
            false
        }
    };
    Click {
        page,
        took: asked.elapsed(),
        came,
    }
}

/// What each page takes of somebody who is alone, before the night begins.
async fn alone((client, cookie): &(Client, String), url: &str, ids: &[String]) {
    let mut chance = Seeded::new(99);
    let mut clicks = Vec::new();
    for _ in 0..EACH_ALONE {
        let (page, path) = pick(&mut chance, ids);
        clicks.push(look(client, cookie, url, page, &path).await);
    }
    println!("alone, before the job begins:");
    by_page(&clicks);
}
