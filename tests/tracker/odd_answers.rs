//! Answers that do not fit: right or flagged, never silently wrong. A portal of a few lines says whatever the test wants.

use crate::firm::{Backend, Firm, invoice, wait};
use crate::on_both;
use cleanbill::store::ReductionFilter;
use cleanbill::workflow::{Act, Role, Step};
use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

on_both!(each_role_and_each_command_about_money);

/// Answers every question with the text at hand.
struct Odd {
    says: Arc<Mutex<String>>,
    url: String,
}

impl Odd {
    fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let says = Arc::new(Mutex::new(String::new()));
        let told = Arc::clone(&says);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let told = told.lock().expect("not poisoned").clone();
                let _ = serve(stream, &told);
            }
        });
        Self { says, url }
    }

    fn say(&self, text: &str) {
        text.clone_into(&mut self.says.lock().expect("not poisoned"));
    }
}

fn serve(stream: TcpStream, says: &str) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let (mut first, mut length) = (String::new(), 0);
    reader.read_line(&mut first)?;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        if line.trim().is_empty() {
            break;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let answer = match first.starts_with("POST") {
        true => r#"{"confirmation":"1"}"#,
        false => says,
    };
    let mut stream = stream;
    write!(
        stream,
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{answer}",
        answer.len()
    )
}

fn answer(approved: &str, cuts: &[(&str, &str)]) -> String {
    let cuts: Vec<String> = cuts
        .iter()
        .map(|(line, amount)| {
            format!(r#"{{"reason":"Excessive time","line":{line},"amount":"{amount}"}}"#)
        })
        .collect();
    format!(
        r#"{{"status":"approved","total":"300.00","approved_total":"{approved}","adjustments":[{}]}}"#,
        cuts.join(",")
    )
}

struct Told {
    firm: Firm,
    odd: Odd,
    accounts: String,
}

impl Told {
    /// An invoice of one line of 300.00 that is at the portal.
    fn new() -> Self {
        let told = Self::on(Firm::on(Backend::Sqlite).expect("SQLite"));
        told.sent("O-1", "C1");
        told
    }

    fn on(mut firm: Firm) -> Self {
        firm.staff();
        let odd = Odd::new();
        firm.file("secret", "s");
        let accounts = format!(
            "[account.odd]\nportal = \"Collaborati\"\nway = \"agreed\"\nurl = \"{}\"\nclients = [\"C1\", \"C2\"]\n\
             sign_in = {{ kind = \"basic\", user = \"firm\", password = {{ file = \"{}\" }} }}\nlimits = {{ per_second = \"500\" }}\n\
             [account.odd.settings.submit]\npath = \"upload\"\nfile_field = \"file\"\nid = \"/confirmation\"\n\
             [account.odd.settings.status]\npath = \"uploads/{{portal_id}}\"\nword = \"/status\"\n\
             original_total = \"/total\"\napproved_total = \"/approved_total\"\n\
             reductions = {{ at = \"/adjustments\", text = \"/reason\", item = \"/line\", amount = \"/amount\" }}\n",
            odd.url,
            firm.path("secret").display()
        );
        let accounts = firm.file("portals.toml", &accounts);
        Self {
            firm,
            odd,
            accounts,
        }
    }

    fn sent(&self, number: &str, client: &str) {
        let firm = &self.firm;
        let words = "Draft motion to compel production of the survey";
        let text = invoice(number, client, "300.00", words);
        let path = firm.file(&format!("{number}.txt"), &text);
        firm.intake("ann", &path).well();
        firm.call("bob", &["clear", number]).well();
        self.odd.say(r#"{"status":"pending client approval"}"#);
        firm.call("ann", &["submit", number, "--accounts", &self.accounts])
            .well();
    }

    /// The portal says this, and the night hears it: what was cut then.
    fn hears(&self, says: &str) -> Vec<Value> {
        self.odd.say(says);
        crate::query(&self.firm.url, "UPDATE submission SET next_ms = 0");
        self.firm
            .call("nyx", &["overnight", "--accounts", &self.accounts]);
        let shown = self
            .firm
            .call("odd", &["reductions", "show", "O-1", "--json"])
            .well();
        let shown: Value = serde_json::from_str(&shown).expect("JSON");
        shown["cuts"].as_array().expect("cuts").clone()
    }
}

#[test]
fn more_than_the_line_bills_is_flagged() {
    let told = Told::new();
    let cuts = told.hears(&answer("0.00", &[("1", "310.00")]));
    let doubt = cuts[0]["row"]["doubt"].as_str().expect("words");
    assert!(doubt.contains("more is cut than the line bills"), "{doubt}");
    assert!(doubt.contains("the totals differ by 300.00"), "{doubt}");
    told.firm.sound();
}

#[test]
fn a_line_nobody_knows_is_flagged_and_kept() {
    let told = Told::new();
    let cuts = told.hears(&answer("280.00", &[("99", "20.00")]));
    assert_eq!(cuts[0]["row"]["item"], Value::Null);
    assert_eq!(cuts[0]["row"]["doubt"], "the invoice has no line 99");
    assert_eq!(cuts[0]["row"]["cut"], "20.00");
    told.firm.sound();
}

#[test]
fn answers_that_come_again_change_nothing_and_later_ones_what_they_say() {
    let told = Told::new();
    let first = told.hears(&answer("250.00", &[("1", "30.00"), ("1", "20.00")]));
    assert_eq!(first.len(), 2);
    // Word for word the same, and the same in another order.
    assert_eq!(
        told.hears(&answer("250.00", &[("1", "30.00"), ("1", "20.00")])),
        first
    );
    assert_eq!(
        told.hears(&answer("250.00", &[("1", "20.00"), ("1", "30.00")]))
            .len(),
        2
    );
    let by = |cuts: &[Value], amount: &str| -> Vec<String> {
        let own = cuts.iter().filter(|c| c["row"]["cut"] == amount);
        own.map(|c| c["row"]["status"].as_str().expect("a status").to_owned())
            .collect()
    };
    // A second cut of the same amount is another one.
    let more = told.hears(&answer(
        "230.00",
        &[("1", "30.00"), ("1", "20.00"), ("1", "20.00")],
    ));
    assert_eq!(by(&more, "20.00"), ["open", "open"]);
    // What the client no longer says, in an answer that adds up, it has taken back.
    let less = told.hears(&answer("280.00", &[("1", "20.00")]));
    assert_eq!(by(&less, "30.00"), ["taken back"]);
    assert_eq!(
        by(&less, "20.00").iter().filter(|s| *s == "open").count(),
        1
    );
    // One that does not add up takes nothing back.
    let odd = told.hears(&answer("100.00", &[]));
    assert_eq!(by(&odd, "20.00").iter().filter(|s| *s == "open").count(), 1);
    told.firm.sound();
}

#[test]
fn a_cut_that_the_guidelines_do_not_know_is_marked() {
    let told = Told::new();
    told.firm.file(
        "packs/first.toml",
        "pack = \"first-fund\"\ntitle = \"First Fund\"\nversion = \"1\"\ngoverns = { client_id = [\"C1\"] }\n\
         [rules.block-billing]\nsource = \"First Fund guidelines 4.1\"\n",
    );
    told.firm.file("settings", "packs = \"packs\"\n");
    let two = answer("270.00", &[("1", "20.00"), ("1", "10.00")]);
    let two = two.replacen("Excessive time", "BLOCK Block Billing", 1);
    let two = two.replacen("Excessive time", "The moon was full", 1);
    let cuts = told.hears(&two);
    let of = |amount: &str| {
        let found = cuts.iter().find(|c| c["row"]["cut"] == amount);
        let row = &found.expect("a cut")["row"];
        (
            row["supported"].clone(),
            row["rule"].as_str().expect("a rule").to_owned(),
        )
    };
    assert_eq!(of("20.00"), (Value::Bool(true), "block-billing".to_owned()));
    assert_eq!(of("10.00"), (Value::Bool(false), String::new()));
    let shown = told.firm.call("bob", &["reductions", "show", "O-1"]).well();
    assert!(shown.contains("NOT SUPPORTED"), "{shown}");
    let listed = told.firm.call("bob", &["reductions", "list"]).well();
    assert!(listed.contains("1 not supported"), "{listed}");
    let said = told
        .firm
        .call("ann", &["appeals", "propose", "O-1", "--why", "one task"])
        .well();
    let id = said.split_whitespace().nth(2).expect("an id");
    let packet = told.firm.call("ann", &["appeals", "packet", id]).well();
    assert_eq!(
        packet
            .matches("Guidelines: First Fund guidelines 4.1")
            .count(),
        2,
        "packet and letter: {packet}"
    );
    assert!(
        packet.contains("Please name it") && !packet.contains("reference guidelines.md"),
        "{packet}"
    );
    // And so the overnight job has kept it, for whoever counts them.
    let kept = wait(async {
        let store = told.firm.store().await;
        let mut tx = store.db.read().await.expect("begun");
        tx.reductions(&ReductionFilter::default())
            .await
            .expect("read")
    });
    assert_eq!(
        kept.iter().filter(|r| r.supported == Some(false)).count(),
        1
    );
    // What was won once is named when the client cuts for the same reason again.
    let firm = &told.firm;
    firm.call(
        "bob",
        &["appeals", "decide", id, "--file", "--reason", "yes"],
    )
    .well();
    firm.call("ann", &["appeals", "filed", id]).well();
    firm.call(
        "ann",
        &["appeals", "outcome", id, "--won", "--reason", "mail"],
    )
    .well();
    told.sent("O-2", "C1");
    told.hears(
        &answer("280.00", &[("1", "20.00")]).replace("Excessive time", "BLOCK Block Billing"),
    );
    let said = firm
        .call("ann", &["appeals", "propose", "O-2", "--why", "one task"])
        .well();
    let id = said.split_whitespace().nth(2).expect("an id");
    let packet = firm.call("ann", &["appeals", "packet", id]).well();
    assert!(
        packet.contains("Given back before: 20.00 of 20.00 on invoice O-1, line 1"),
        "{packet}"
    );
    assert!(
        packet.contains("You restored 20.00 on invoice O-1"),
        "{packet}"
    );
    firm.sound();
}

/// Commands about money with the permission they need, and how far an appeal has to be for it. The invoice stands in the
/// place of `@`, the appeal in that of `APPEAL`.
const COMMANDS: &[(Act, &str, &[&str])] = &[
    (Act::Read, "", &["reductions", "show", "@"]),
    (
        Act::Step(Step::AcceptCut),
        "",
        &["reductions", "accept", "@", "--reason", "agreed"],
    ),
    (
        Act::Step(Step::ProposeAppeal),
        "",
        &["appeals", "propose", "@", "--why", "it was agreed"],
    ),
    (
        Act::Step(Step::DecideAppeal),
        "proposed",
        &["appeals", "decide", "APPEAL", "--file", "--reason", "yes"],
    ),
    (
        Act::Step(Step::DecideAppeal),
        "proposed",
        &["appeals", "decide", "APPEAL", "--drop", "--reason", "no"],
    ),
    (
        Act::Step(Step::PrepareAppeal),
        "proposed",
        &["appeals", "packet", "APPEAL"],
    ),
    (
        Act::Step(Step::PrepareAppeal),
        "decided",
        &["appeals", "file", "APPEAL"],
    ),
    (
        Act::Step(Step::FileAppeal),
        "decided",
        &["appeals", "filed", "APPEAL"],
    ),
    (
        Act::Step(Step::EndAppeal),
        "filed",
        &["appeals", "outcome", "APPEAL", "--won", "--reason", "mail"],
    ),
    (
        Act::Step(Step::WithdrawAppeal),
        "proposed",
        &["appeals", "withdraw", "APPEAL", "--reason", "no"],
    ),
];
/// Commands about all clients at once.
const LISTS: &[&[&str]] = &[
    &["reductions", "list"],
    &["reductions", "export"],
    &["appeals", "list"],
    &["appeals", "list", "--all"],
    &["appeals", "calendar", "FILE"],
];

/// An invoice that was cut, with an appeal that is so far: its id.
fn cut(told: &Told, number: &str, client: &str, appeal: &str) -> String {
    told.sent(number, client);
    told.odd.say(&answer("280.00", &[("1", "20.00")]));
    // Only this one is asked about.
    let due = format!(
        "UPDATE submission SET next_ms = CASE WHEN invoice IN (SELECT id FROM invoice WHERE number = '{number}') \
         THEN 0 ELSE 9000000000000 END"
    );
    crate::query(&told.firm.url, &due);
    told.firm
        .call("nyx", &["overnight", "--accounts", &told.accounts]);
    if appeal.is_empty() {
        return String::new();
    }
    let firm = &told.firm;
    let said = firm
        .call("ann", &["appeals", "propose", number, "--why", "agreed"])
        .well();
    let id = said.split_whitespace().nth(2).expect("an id").to_owned();
    if appeal != "proposed" {
        firm.call(
            "bob",
            &["appeals", "decide", &id, "--file", "--reason", "yes"],
        )
        .well();
    }
    if appeal == "filed" {
        firm.call("ann", &["appeals", "filed", &id]).well();
    }
    id
}

fn each_role_and_each_command_about_money(firm: Firm) {
    let mut told = Told::on(firm);
    for role in Role::ALL {
        told.firm.add(
            &format!("the {role}"),
            &["--role", role.name(), "--client", "C1"],
        );
    }
    let mut cells = 0;
    for (n, (act, appeal, template)) in COMMANDS.iter().enumerate() {
        // One of another client, and one for all who may not.
        let other = cut(&told, &format!("X-{n}"), "C2", appeal);
        let own = cut(&told, &format!("Y-{n}"), "C1", appeal);
        for role in Role::ALL {
            let who = format!("the {role}");
            let may = act.who().contains(&role);
            let call = |number: &str, id: &str| {
                let args: Vec<&str> = template
                    .iter()
                    .map(|a| match *a {
                        "@" => number,
                        "APPEAL" => id,
                        plain => plain,
                    })
                    .collect();
                told.firm.call(&who, &args)
            };
            let refused = call(&format!("X-{n}"), &other);
            assert_eq!(refused.status, 2, "{who}, {template:?}: {}", refused.out);
            refused.refused(if may {
                "of a client you serve"
            } else {
                "may not"
            });
            if may {
                let number = format!("Z-{n}-{}", &role.name()[..4]);
                let id = cut(&told, &number, "C1", appeal);
                call(&number, &id).well();
            } else {
                let refused = call(&format!("Y-{n}"), &own);
                assert_eq!(refused.status, 2, "{who}, {template:?}: {}", refused.out);
                refused.refused("may not");
            }
            cells += 2;
        }
    }
    let file = told.firm.path("w.ics").display().to_string();
    for template in LISTS {
        let args: Vec<&str> = template
            .iter()
            .map(|a| if *a == "FILE" { &file } else { *a })
            .collect();
        for role in Role::ALL {
            let said = told.firm.call(&format!("the {role}"), &args);
            if Act::Read.who().contains(&role) {
                let out = said.well();
                assert!(!out.contains("X-"), "{role}, {args:?}: {out}");
            } else {
                said.refused("may not look at invoices");
            }
            cells += 1;
        }
    }
    assert_eq!(cells, Role::ALL.len() * (2 * COMMANDS.len() + LISTS.len()));
    told.firm.sound();
}

#[test]
fn a_question_without_an_answer_has_its_clock() {
    let told = Told::new();
    let folder = told.firm.folder.path().display().to_string();
    told.firm.file(
        "lists/clients.csv",
        "client_id,client_name,portal\nC1,First Fund,Legal Tracker\nC2,Second Fund,Collaborati\n",
    );
    told.firm.file("settings", "firm = \"lists\"\n");
    let list = |days: &str| {
        told.firm
            .call("odd", &["appeals", "list", "--due", days])
            .well()
    };
    assert!(
        !list("90d").contains("answer the client's question"),
        "{folder}"
    );
    // Legal Tracker rejects by itself what nobody answered for 45 days.
    let accounts = std::fs::read_to_string(&told.accounts).expect("accounts");
    let words = accounts.replace(
        "[account.odd.settings.submit]",
        "[account.odd.settings.words]\n\"disputed\" = \"action-required\"\n[account.odd.settings.submit]",
    );
    std::fs::write(&told.accounts, words).expect("written");
    told.hears(r#"{"status":"disputed"}"#);
    assert!(
        list("44d").contains("Nothing to appeal") && !list("44d").contains("45 days"),
        "{}",
        list("44d")
    );
    let said = list("46d");
    assert!(
        said.contains("45 days after the client's question"),
        "{said}"
    );
    // A mistake in a list costs no night; the morning says what was not looked at.
    told.firm
        .file("lists/windows.csv", "client_id,kind\nC1,apeal\n");
    crate::query(&told.firm.url, "UPDATE submission SET next_ms = 0");
    let args = ["overnight", "--accounts", &told.accounts];
    let morning = told.firm.call("nyx", &args);
    assert_eq!(morning.status, 1, "{}", morning.err);
    assert!(
        morning.out.contains("were not looked at"),
        "{}",
        morning.out
    );
    assert!(
        morning.out.contains("windows.csv, row 2, column kind"),
        "{}",
        morning.out
    );
    // A client's own terms go before the portal's.
    told.firm.file(
        "lists/windows.csv",
        "client_id,portal,kind,from,length,unit,starts_at,time_zone,cut_off,holidays,tries,numbering,if_holiday,source\n\
         C1,,dispute,,3,calendar days,notified,UTC,,,,,,letter of March\n",
    );
    let said = list("7d");
    assert!(said.contains("letter of March"), "{said}");
}
