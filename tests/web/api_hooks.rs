//! Webhooks against a real receiver, which verifies by its own hand what is signed, fails, is slow, and leads elsewhere.

use crate::api_program::Program;
use crate::firm::{Backend, Firm, wait};
use crate::guest::Server;
use crate::on_both;
use crate::second::{Desk, invoice};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cleanbill::workflow::webhooks::{Round, deliver};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

on_both!(
    messages_are_signed_and_come_in_order,
    what_is_not_taken_comes_again_until_it_is_disabled,
    two_that_send_at_once_send_each_message_once,
    only_administrators_and_only_outside,
    the_night_tells_at_its_end,
);

/// What came to the receiver.
#[derive(Clone, Debug)]
struct Came {
    headers: BTreeMap<String, String>,
    body: String,
}

/// Answers with what is next in the list, and with 204 where it is at its end.
struct Receiver {
    url: String,
    came: Arc<Mutex<Vec<Came>>>,
    answers: Arc<Mutex<Vec<&'static str>>>,
}

impl Receiver {
    fn new(answers: &[&'static str]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}/in", listener.local_addr().expect("an address"));
        let came: Arc<Mutex<Vec<Came>>> = Arc::default();
        let mut answers = answers.to_vec();
        answers.reverse();
        let answers = Arc::new(Mutex::new(answers));
        let (all, next) = (Arc::clone(&came), Arc::clone(&answers));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (all, next) = (Arc::clone(&all), Arc::clone(&next));
                std::thread::spawn(move || serve(stream.expect("a connection"), &all, &next));
            }
        });
        Self { url, came, answers }
    }

    fn came(&self) -> Vec<Came> {
        self.came.lock().expect("no panic").clone()
    }

    fn then(&self, answers: &[&'static str]) {
        let mut all = self.answers.lock().expect("no panic");
        all.clear();
        all.extend(answers.iter().rev());
    }
}

fn serve(stream: TcpStream, all: &Mutex<Vec<Came>>, next: &Mutex<Vec<&'static str>>) {
    let mut out = stream.try_clone().expect("a second hand");
    let mut lines = BufReader::new(stream);
    loop {
        let mut first = String::new();
        if lines.read_line(&mut first).unwrap_or(0) == 0 {
            return;
        }
        let mut headers = BTreeMap::new();
        loop {
            let mut line = String::new();
            lines.read_line(&mut line).expect("a header");
            match line.trim_end().split_once(": ") {
                Some((name, value)) => headers.insert(name.to_lowercase(), value.to_owned()),
                None => break,
            };
        }
        let length = headers
            .get("content-length")
            .map_or(0, |n| n.parse().expect("a number"));
        let mut body = vec![0; length];
        lines.read_exact(&mut body).expect("a body");
        let body = String::from_utf8(body).expect("text");
        all.lock().expect("no panic").push(Came { headers, body });
        let answer = next
            .lock()
            .expect("no panic")
            .pop()
            .unwrap_or("204 No Content");
        if answer == "never" {
            std::thread::sleep(Duration::from_secs(30));
            return;
        }
        let said = format!("HTTP/1.1 {answer}\r\ncontent-length: 0\r\n\r\n");
        if out.write_all(said.as_bytes()).is_err() {
            return;
        }
    }
}

/// HMAC-SHA256 as RFC 2104 writes it.
fn hmac(key: &[u8], text: &[u8]) -> Vec<u8> {
    assert!(key.len() <= 64);
    let padded = |with: u8| {
        let mut block = [with; 64];
        for (b, k) in block.iter_mut().zip(key) {
            *b ^= k;
        }
        block
    };
    let inner = Sha256::new()
        .chain_update(padded(0x36))
        .chain_update(text)
        .finalize();
    Sha256::new()
        .chain_update(padded(0x5c))
        .chain_update(inner)
        .finalize()
        .to_vec()
}

/// Whether a message is signed with a secret, lately.
fn verified(came: &Came, secret: &str) -> Value {
    let header = |name: &str| {
        came.headers
            .get(name)
            .unwrap_or_else(|| panic!("no {name}: {came:?}"))
    };
    let (id, at) = (header("webhook-id"), header("webhook-timestamp"));
    let key = STANDARD
        .decode(secret.strip_prefix("whsec_").expect("a secret"))
        .expect("base64");
    let signature = STANDARD.encode(hmac(&key, format!("{id}.{at}.{}", came.body).as_bytes()));
    assert_eq!(*header("webhook-signature"), format!("v1,{signature}"));
    assert_eq!(header("content-type"), "application/json");
    assert!(!came.headers.contains_key("authorization") && !came.headers.contains_key("cookie"));
    serde_json::from_str(&came.body).expect("JSON")
}

/// Adds a webhook by the command; its id and secret.
fn added(firm: &Firm, url: &str, events: &str) -> (String, String) {
    let args = [
        "webhooks",
        "add",
        url,
        "--events",
        events,
        "--allow-private",
    ];
    let out = firm.call("root", &args).well();
    let id = out.split_whitespace().nth(1).expect("an id").to_owned();
    (id, out.lines().last().expect("a secret").to_owned())
}

fn row(firm: &Firm, id: &str) -> Value {
    let out = firm.call("root", &["webhooks", "list", "--json"]).well();
    let mut rows = out
        .lines()
        .map(|l| serde_json::from_str::<Value>(l).expect("JSON"));
    rows.find(|r| r["id"] == id).expect("the webhook")
}

fn until(what: &str, done: impl Fn() -> bool) {
    let began = Instant::now();
    while !done() {
        assert!(began.elapsed() < Duration::from_secs(60), "{what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// One round at an instant, by this process.
fn round(firm: &Firm, now_ms: i64) -> Round {
    wait(async {
        let store = firm.store().await;
        let done = deliver(&store, &move || now_ms, &mut None)
            .await
            .expect("a round");
        store.db.close().await;
        done
    })
}

fn messages_are_signed_and_come_in_order(firm: Firm) {
    let desk = Desk::new(firm);
    let receiver = Receiver::new(&["500 Oh", "204 No Content"]);
    let (_, secret) = added(&desk.firm, &receiver.url, "*");
    let some = Receiver::new(&[]);
    let (_, other) = added(&desk.firm, &some.url, "invoice.clear, invoice.withdraw");
    assert_ne!(secret, other);
    let server = Server::of(&desk.firm);
    let mut pat = Program::of(&server, &desk.firm, "pat");
    let mut ren = Program::of(&server, &desk.firm, "ren");
    let taken = pat.file("/invoices", &invoice("R-1", "C1")).is(200);
    let at = format!("/invoices/{}", taken.text("/invoices/0/invoice/id"));
    pat.post(
        &format!("{at}/comments"),
        json!({ "line_item": "1", "text": "the harbour master's own words" }),
    )
    .is(200);
    let seen = taken.text("/invoices/0/invoice/document");
    ren.post(&format!("{at}/clear"), json!({ "document": seen }))
        .is(200);
    // The first message fails and comes again; four events in all.
    until("five messages", || receiver.came().len() >= 5);
    until("one message", || !some.came().is_empty());
    std::thread::sleep(Duration::from_millis(2500));
    let came = receiver.came();
    assert_eq!(came.len(), 5);
    let id = |n: usize| came[n].headers["webhook-id"].clone();
    assert_eq!(id(0), id(1), "the same message again");
    assert_eq!(came[0].body, came[1].body);
    let ids: BTreeSet<String> = (0..5).map(id).collect();
    assert_eq!(ids.len(), 4);
    let types: Vec<Value> = came
        .iter()
        .map(|c| verified(c, &secret)["type"].clone())
        .collect();
    assert_eq!(
        types,
        [
            "invoice.take-in",
            "invoice.take-in",
            "invoice.check",
            "invoice.comment",
            "invoice.clear"
        ]
    );
    for (n, one) in came.iter().skip(1).enumerate() {
        let said = verified(one, &secret);
        assert_eq!(said["data"]["event"], n + 1);
        assert_eq!(said["data"]["invoice"]["number"], "R-1");
        for words in ["harbour", "Draft", "Brandt", "Quillfeather"] {
            assert!(!one.body.contains(words), "{words}: {}", one.body);
        }
    }
    let last = verified(&came[4], &secret);
    assert_eq!(last["data"]["invoice"]["state"], "cleared");
    assert_eq!(
        verified(&came[1], &secret)["data"]["invoice"]["state"],
        "draft"
    );
    assert_eq!(verified(&came[3], &secret)["data"]["line_item"], "1");
    let hash = last["data"]["hash"].as_str().expect("a hash");
    let events = pat.all(&format!("{at}/events"), 50);
    assert_eq!(events[3]["hash"], hash);
    // The other was told of what it asked for.
    let only = some.came();
    assert_eq!(only.len(), 1);
    assert_eq!(verified(&only[0], &other)["type"], "invoice.clear");
    // They follow the schema of the document.
    let mut schema = cleanbill::web::document();
    schema["$ref"] = "#/components/schemas/Notice".into();
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    for one in &came {
        let value: Value = serde_json::from_str(&one.body).expect("JSON");
        let wrong: Vec<String> = validator
            .iter_errors(&value)
            .map(|e| e.to_string())
            .collect();
        assert!(wrong.is_empty(), "{wrong:?}");
    }
    desk.firm.sound();
}

fn what_is_not_taken_comes_again_until_it_is_disabled(firm: Firm) {
    let desk = Desk::new(firm);
    let elsewhere = Receiver::new(&[]);
    let lead: &'static str =
        Box::leak(format!("302 Found\r\nlocation: {}", elsewhere.url).into_boxed_str());
    let receiver = Receiver::new(&[lead]);
    let (id, secret) = added(&desk.firm, &receiver.url, "invoice.take-in");
    let path = desk.firm.file("r-1.txt", &invoice("R-1", "C1"));
    desk.firm.intake("pat", &path).well();
    let began = cleanbill::workflow::system_clock();
    // Where it is led to nothing is sent.
    assert_eq!(round(&desk.firm, began).failed, 1);
    assert!(elsewhere.came().is_empty());
    assert_eq!(row(&desk.firm, &id)["failed"], 1);
    // Before its time it is left alone; then it is tried for three days.
    assert_eq!(round(&desk.firm, began + 4_000), Round::default());
    let mut tries = 1;
    let (now, disabled) = loop {
        receiver.then(&["503 Busy"]);
        let now = row(&desk.firm, &id)["next_ms"]
            .as_i64()
            .expect("a next try");
        let done = round(&desk.firm, now);
        assert_eq!((done.told, done.failed), (0, 1));
        tries += 1;
        if let [why] = done.disabled.as_slice() {
            break (now, why.clone());
        }
        assert!(tries < 30);
    };
    let days = (now - began) / 86_400_000;
    assert_eq!((tries, days), (11, 3));
    assert!(
        disabled.contains("11 tries over three days failed") && disabled.contains("503"),
        "{disabled}"
    );
    assert_eq!(receiver.came().len(), tries);
    let shown = row(&desk.firm, &id);
    assert_eq!(shown["status"], "disabled");
    assert_eq!(shown["untold"], 1);
    // What happens meanwhile it is not told; what waited comes when it is enabled.
    desk.firm
        .intake("pat", &desk.firm.file("r-2.txt", &invoice("R-2", "C1")))
        .well();
    assert_eq!(round(&desk.firm, now + 1).told, 0);
    receiver.then(&[]);
    desk.firm.call("root", &["webhooks", "enable", &id]).well();
    desk.firm
        .call("root", &["webhooks", "enable", &id])
        .refused("told already");
    desk.firm
        .intake("pat", &desk.firm.file("r-3.txt", &invoice("R-3", "C1")))
        .well();
    assert_eq!(round(&desk.firm, now + 2).told, 2);
    let numbers: Vec<Value> = receiver.came()[tries..]
        .iter()
        .map(|c| verified(c, &secret)["data"]["invoice"]["number"].clone())
        .collect();
    assert_eq!(numbers, ["R-1", "R-3"]);
    // Who says that it is gone is not asked again.
    receiver.then(&["410 Gone"]);
    desk.firm
        .intake("pat", &desk.firm.file("r-4.txt", &invoice("R-4", "C1")))
        .well();
    let done = round(&desk.firm, now + 3);
    assert!(done.disabled[0].contains("410"), "{done:?}");
    desk.firm.call("root", &["webhooks", "remove", &id]).well();
    desk.firm
        .call("root", &["webhooks", "remove", &id])
        .refused("no webhook");
    assert_eq!(round(&desk.firm, now + 4), Round::default());
    desk.firm.sound();
}

fn two_that_send_at_once_send_each_message_once(firm: Firm) {
    let desk = Desk::new(firm);
    let receiver = Receiver::new(&[]);
    let (_, secret) = added(&desk.firm, &receiver.url, "*");
    for n in 0..12 {
        let path = desk
            .firm
            .file(&format!("{n}.txt"), &invoice(&format!("M-{n}"), "C1"));
        desk.firm.intake("pat", &path).well();
    }
    let now = cleanbill::workflow::system_clock();
    let told: usize = std::thread::scope(|scope| {
        let each: Vec<_> = (0..4)
            .map(|_| scope.spawn(|| round(&desk.firm, now).told))
            .collect();
        each.into_iter().map(|t| t.join().expect("done")).sum()
    });
    assert_eq!(told, 24);
    let came = receiver.came();
    let ids: BTreeSet<&String> = came.iter().map(|c| &c.headers["webhook-id"]).collect();
    assert_eq!((came.len(), ids.len()), (24, 24));
    let mut last: BTreeMap<String, i64> = BTreeMap::new();
    for one in &came {
        let said = verified(one, &secret);
        let number = said["data"]["invoice"]["number"]
            .as_str()
            .expect("a number")
            .to_owned();
        let event = said["data"]["event"].as_i64().expect("a number");
        assert_eq!(last.insert(number, event).unwrap_or(0) + 1, event);
    }
}

fn only_administrators_and_only_outside(firm: Firm) {
    let desk = Desk::new(firm);
    let receiver = Receiver::new(&[]);
    let add = |who: &str, url: &str, events: &str| {
        desk.firm
            .call(who, &["webhooks", "add", url, "--events", events])
    };
    add("ren", "https://hooks.example.com/in", "*").refused("administrator");
    add("root", &receiver.url, "*").refused("https://");
    add("root", "https://127.0.0.1:9/in", "*").refused("private");
    add("root", "https://localhost/in", "*").refused("private");
    add("root", "https://hooks.example.com/in", "invoice.cleared").refused("invoice.clear");
    desk.firm
        .call("pat", &["webhooks", "list"])
        .refused("administrator");
    let server = Server::of(&desk.firm);
    let mut root = Program::of(&server, &desk.firm, "root");
    let new = |url: &str| json!({ "url": url, "events": ["*"] });
    root.post("/webhooks", new("https://10.0.0.1/in"))
        .is(422)
        .at("url")
        .says("private");
    root.post("/webhooks", new(&receiver.url))
        .is(422)
        .says("https://");
    root.post(
        "/webhooks",
        json!({ "url": receiver.url, "events": ["*"], "private": true }),
    )
    .is(400);
    root.post(
        "/webhooks",
        json!({ "url": "https://hooks.example.com/in?key=s3cret", "events": [] }),
    )
    .is(422)
    .at("events");
    let made = root
        .post("/webhooks", new("https://hooks.example.com/in?key=s3cret"))
        .is(201);
    let secret = made.text("/secret");
    assert!(secret.starts_with("whsec_"));
    let id = made.text("/webhook/id");
    let shown = root.get("/webhooks").is(200).says("hooks.example.com");
    assert!(!shown.got.text.contains(&secret));
    root.tell(&format!("/webhooks/{id}/enable"))
        .is(409)
        .says("told already");
    // Neither address nor secret lies open in the database.
    if desk.firm.backend() == Backend::Sqlite {
        for name in ["c.db", "c.db-wal"] {
            let bytes = std::fs::read(desk.firm.path(name)).unwrap_or_default();
            for word in ["hooks.example.com", "s3cret", secret.as_str()] {
                let open = bytes.windows(word.len()).any(|w| w == word.as_bytes());
                assert!(!open, "{word} lies open in {name}");
            }
        }
    }
    root.delete(&format!("/webhooks/{id}")).is(204);
    root.delete(&format!("/webhooks/{id}")).is(404);
    // The way is tried with a message that says nothing.
    let (id, secret) = added(&desk.firm, &receiver.url, "invoice.withdraw");
    desk.firm.call("root", &["webhooks", "test", &id]).well();
    receiver.then(&["401 No"]);
    let tried = root.tell(&format!("/webhooks/{id}/test")).is(200);
    assert_eq!(
        tried.json,
        json!({ "taken": false, "said": "answered with status 401" })
    );
    let said = verified(&receiver.came()[0], &secret);
    assert_eq!(
        (said["type"].clone(), said["data"].clone()),
        (json!("webhook.test"), json!({}))
    );
    desk.firm.sound();
}

fn the_night_tells_at_its_end(firm: Firm) {
    let desk = Desk::new(firm);
    let receiver = Receiver::new(&[]);
    let (_, secret) = added(
        &desk.firm,
        &receiver.url,
        "invoice.lose-sight,invoice.queue,invoice.send",
    );
    desk.queued("R-1", "C1");
    assert!(receiver.came().is_empty(), "nobody serves");
    desk.night();
    let types: Vec<Value> = receiver
        .came()
        .iter()
        .map(|c| verified(c, &secret)["type"].clone())
        .collect();
    assert!(
        types.contains(&json!("invoice.queue")) && types.contains(&json!("invoice.send")),
        "{types:?}"
    );
}

/// Ten seconds, once.
#[test]
fn who_is_slow_is_left_for_later() {
    let desk = Desk::new(Firm::on(Backend::Sqlite).expect("SQLite"));
    let slow = Receiver::new(&["never"]);
    let quick = Receiver::new(&[]);
    let (id, _) = added(&desk.firm, &slow.url, "invoice.take-in");
    added(&desk.firm, &quick.url, "invoice.take-in");
    desk.firm
        .intake("pat", &desk.firm.file("r-1.txt", &invoice("R-1", "C1")))
        .well();
    let done = round(&desk.firm, cleanbill::workflow::system_clock());
    assert_eq!((done.told, done.failed), (1, 1));
    assert_eq!(quick.came().len(), 1);
    assert_eq!(row(&desk.firm, &id)["failed"], 1);
}
