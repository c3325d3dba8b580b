//! Partners' reports: every figure is worked out again from the event log by another hand.

use crate::appeals::{Practice, invoice};
use crate::firm::{Firm, wait};
use crate::on_both;
use crate::sending::mail_server;
use calamine::{Data, Reader, Xlsx};
use chrono::{DateTime, Local, NaiveDate};
use rust_decimal::Decimal;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;

on_both!(
    every_figure_agrees_with_the_event_log,
    nobody_is_shown_clients_they_do_not_serve,
    reports_are_mailed,
);

/// What the events say of one invoice, read without the program's own reader.
#[derive(Default, Debug)]
struct Log {
    client: String,
    currency: String,
    total: Decimal,
    state_decided: bool,
    sent: Vec<bool>,
    refused: usize,
    first: Option<&'static str>,
    answered: bool,
    accepted: Option<NaiveDate>,
    stated: Option<Decimal>,
    /// Cut, accepted, recovered, taken back.
    cuts: BTreeMap<String, (Decimal, Decimal, Decimal, bool)>,
    /// Claimed, recovered, status.
    appeals: BTreeMap<String, (Decimal, Decimal, String)>,
    paid: Decimal,
    notes: usize,
    versions: usize,
}

impl Log {
    fn is_appeal(number: &str) -> bool {
        number.ends_with("1A") || number.ends_with("2A")
    }

    fn held(&self) -> Decimal {
        self.cuts.values().map(|c| c.0 - c.2).sum()
    }

    fn sum(&self, of: impl Fn(&(Decimal, Decimal, Decimal, bool)) -> Decimal) -> Decimal {
        self.cuts.values().filter(|c| !c.3).map(of).sum()
    }
}

fn money(value: &Value) -> Decimal {
    match value.as_str() {
        Some(text) => text.parse().expect("an amount"),
        None => Decimal::ZERO,
    }
}

/// The event log by invoice number.
fn logs(firm: &Firm) -> BTreeMap<String, Log> {
    let events = wait(async {
        let store = firm.store().await;
        let mut tx = store.db.read().await.expect("begun");
        let mut all = Vec::new();
        tx.each_event(|e| all.push(e)).await.expect("read");
        drop(tx);
        store.db.close().await;
        all
    });
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    let mut logs: BTreeMap<String, Log> = BTreeMap::new();
    for event in events {
        if event.chain == "people" {
            continue;
        }
        let facts: Value = serde_json::from_str(&event.facts).expect("JSON");
        if event.step == "take in" {
            let number = facts["number"].as_str().expect("a number").to_owned();
            names.insert(event.chain.clone(), number);
        }
        let log = logs.entry(names[&event.chain].clone()).or_default();
        let id = facts["id"].as_str().unwrap_or_default().to_owned();
        let amount = money(&facts["amount"]);
        let day = DateTime::from_timestamp_millis(event.at_ms).expect("an instant");
        let day = day.with_timezone(&Local).date_naive();
        match event.step.as_str() {
            "take in" | "new version" => {
                log.versions += 1;
                log.state_decided = false;
                log.stated = None;
                if let Some(client) = facts["client"].as_str() {
                    log.client = client.to_owned();
                }
            }
            "check" => {
                log.total = money(&facts["total"]);
                log.currency = facts["currency"].as_str().expect("a currency").to_owned();
            }
            "comment" | "override" | "return" | "propose write-down" => log.notes += 1,
            "send" => log.sent.push(false),
            "reject" => {
                log.refused += 1;
                log.answered = true;
                log.first.get_or_insert("refused");
            }
            "require action" => {
                log.answered = true;
                log.first.get_or_insert("questioned");
            }
            "acknowledge" | "under review" | "approve" | "reduce" | "pay part" | "pay" => {
                log.answered = true;
                log.first.get_or_insert("taken");
                log.accepted.get_or_insert(day);
                if !["acknowledge", "under review"].contains(&event.step.as_str()) {
                    log.state_decided = true;
                    if facts["approved"].is_string() {
                        log.stated = Some(money(&facts["approved"]));
                    }
                }
            }
            "cut" => {
                let zero = Decimal::ZERO;
                log.cuts.insert(id, (amount, zero, zero, false));
            }
            "take cut back" => {
                let own = log.cuts.get_mut(&id).expect("a cut");
                (own.2, own.3) = (own.0, true);
            }
            "accept cut" => log.cuts.get_mut(&id).expect("a cut").1 += amount,
            "receive" => log.paid += amount,
            "propose appeal" => {
                let new = (amount, Decimal::ZERO, "open".to_owned());
                log.appeals.insert(id, new);
            }
            "end appeal" => {
                for pair in facts["reductions"].as_array().expect("pairs") {
                    let (cut, back) = pair.as_str().expect("a pair").split_once(' ').expect("two");
                    log.cuts.get_mut(cut).expect("a cut").2 +=
                        back.parse::<Decimal>().expect("one");
                }
                let own = log.appeals.get_mut(&id).expect("an appeal");
                own.1 = amount;
                own.2 = match amount {
                    none if none.is_zero() => "lost",
                    all if all == own.0 => "won",
                    _ => "partly_won",
                }
                .to_owned();
            }
            "miss window" => log.appeals.get_mut(&id).expect("an appeal").2 = "missed".to_owned(),
            _ => {}
        }
    }
    logs
}

fn report(firm: &Firm, who: &str, args: &[&str]) -> Value {
    let all = [&["report"][..], args, &["--format", "json"]].concat();
    let said = firm.call(who, &all).well();
    let whole: Value = serde_json::from_str(&said).expect("JSON");
    whole["reports"][0].clone()
}

/// A row's figure; nothing where the row or the figure is not there.
fn figure(report: &Value, key: &str, currency: &str, name: &str) -> Decimal {
    let rows = report["rows"].as_array().expect("rows");
    let own = rows
        .iter()
        .find(|r| r["key"] == key && r["currency"] == currency);
    own.map_or(Decimal::ZERO, |r| money(&r["cells"][name]))
}

fn total(report: &Value, currency: &str, name: &str) -> Decimal {
    let rows = report["totals"].as_array().expect("totals");
    let own = rows.iter().find(|r| r["currency"] == currency);
    own.map_or(Decimal::ZERO, |r| money(&r["cells"][name]))
}

/// What the invoices behind a row add up to.
fn drilled(report: &Value, key: &str, currency: &str, name: &str) -> Decimal {
    let rows = report["rows"].as_array().expect("rows");
    let own = rows
        .iter()
        .find(|r| r["key"] == key && r["currency"] == currency);
    let invoices = own.and_then(|r| r["invoices"].as_array());
    let all = invoices.into_iter().flatten();
    all.map(|i| money(&i["adds"][name])).sum()
}

const CLIENTS: [(&str, &str); 3] = [("C1", "USD"), ("C2", "USD"), ("C3", "GBP")];

/// A practice with invoices approved, cut, refused, appealed, accepted, paid and left alone.
fn story(firm: Firm) -> Practice {
    let practice = Practice::new(firm);
    practice.firm.file(
        "lists/clients.csv",
        "client_id,client_name,portal,currencies\nC1,=HYPERLINK(\"http://x.example\"),LEDES API,USD\nC2,Second Co,Collaborati,USD\n\
         C3,Third plc,Acuity,GBP\n",
    );
    practice.firm.file(
        "packs/first.toml",
        "pack = \"first-fund\"\ntitle = \"First Fund\"\nversion = \"1\"\ngoverns = { client_id = [\"C1\"] }\n\
         [[ignore]]\nrule = \"round-hours-pattern\"\nreason = \"agreed by mail\"\nby = \"A. Quillfeather\"\nuntil = 2026-01-31\n",
    );
    let take = |number: &str, client: &str, from: &str, to: &str| {
        let text = invoice(number, client).replace(from, to);
        let path = practice.firm.file(&format!("{number}.txt"), &text);
        practice.firm.intake("ann", &path).well();
    };
    for (number, client) in [
        ("A-1", "C1"),
        ("R-1", "C1"),
        ("R-2", "C1"),
        ("R-3", "C1"),
        ("X-1", "C1"),
        ("C-5", "C2"),
        ("Q-5", "C3"),
    ] {
        // A matter whose number a spreadsheet would take for a formula.
        let matter = if number == "R-3" {
            "=HYPERLINK(\"a\",\"b\")"
        } else {
            "2026-0117"
        };
        take(number, client, "2026-0117", matter);
    }
    practice
        .call("ann", &["comment", "A-1", "1", "as agreed by telephone"])
        .well();
    for number in ["A-1", "R-1", "R-2", "R-3", "X-1", "C-5", "Q-5"] {
        practice.call("bob", &["clear", number]).well();
    }
    practice.answered();
    // One appeal is won, one lost; one cut is accepted in part, the others wait.
    for number in ["R-1", "R-2"] {
        let id = practice.decided(number);
        practice.call("ann", &["appeals", "file", &id]).well();
        practice.sent(&format!("{number}A"));
    }
    let accept = ["reductions", "accept", "R-3", "--reason", "agreed"];
    practice.call("bob", &accept).well();
    // What was refused is corrected and waits to be cleared.
    take("X-1", "C1", "hearing on motion", "the hearing on motion");
    take("Q-6", "C3", "2026-0117", "2026-0117");
    practice
}

fn every_figure_agrees_with_the_event_log(firm: Firm) {
    let practice = story(firm);
    let firm = &practice.firm;
    let logs = logs(firm);
    let statuses: BTreeSet<&str> = logs
        .values()
        .flat_map(|l| l.appeals.values().map(|a| a.2.as_str()))
        .collect();
    assert!(
        statuses.contains("won") && statuses.contains("lost"),
        "{statuses:?}"
    );
    let bills = |client: &'static str| {
        let own = logs
            .iter()
            .filter(move |(n, l)| l.client == client && !Log::is_appeal(n));
        own.map(|(_, l)| l).collect::<Vec<_>>()
    };
    let one = |yes: bool| Decimal::from(u8::from(yes));
    let get = |name: &str| report(firm, "odd", &[name, "--invoices"]);
    let (reductions, rejections) = (get("reductions"), get("rejections"));
    let (appeals, acceptance) = (get("appeals"), get("acceptance"));
    let (realization, rework, days) = (get("realization"), get("rework"), get("days"));
    let mut compared = 0;
    for (client, currency) in CLIENTS {
        let own = bills(client);
        assert!(own.iter().all(|l| l.currency == currency), "{own:?}");
        let mut same = |report: &Value, currency: &str, name: &str, wanted: Decimal| {
            let found = figure(report, client, currency, name);
            assert_eq!(found, wanted, "{client} {name}: {report:#}");
            let drilled = drilled(report, client, currency, name);
            assert_eq!(drilled, wanted, "{client} {name}, by invoices: {report:#}");
            compared += usize::from(!wanted.is_zero());
        };
        let sum = |of: &dyn Fn(&Log) -> Decimal| -> Decimal { own.iter().map(|l| of(l)).sum() };
        let decided = |l: &Log| l.state_decided || !l.cuts.is_empty();
        let billed = |yes: bool, l: &Log| if yes { l.total } else { Decimal::ZERO };
        // Reductions.
        same(&reductions, currency, "cut", sum(&|l| l.sum(|c| c.0)));
        same(&reductions, currency, "accepted", sum(&|l| l.sum(|c| c.1)));
        same(&reductions, currency, "recovered", sum(&|l| l.sum(|c| c.2)));
        let left = sum(&|l| l.sum(|c| c.0 - c.1 - c.2));
        same(&reductions, currency, "left", left);
        let cuts = sum(&|l| l.sum(|_| Decimal::ONE));
        same(&reductions, currency, "cuts", cuts);
        let all = sum(&|l| billed(decided(l), l));
        same(&reductions, currency, "billed", all);
        // Rejections.
        same(
            &rejections,
            currency,
            "invoices_answered",
            sum(&|l| one(l.answered)),
        );
        same(
            &rejections,
            currency,
            "invoices_refused",
            sum(&|l| one(l.refused > 0)),
        );
        same(
            &rejections,
            currency,
            "refusals",
            sum(&|l| Decimal::from(l.refused)),
        );
        same(
            &rejections,
            currency,
            "refused",
            sum(&|l| billed(l.refused > 0, l)),
        );
        same(
            &rejections,
            currency,
            "billed",
            sum(&|l| billed(l.answered, l)),
        );
        // Appeals.
        let status = |word: &'static str| {
            move |l: &Log| Decimal::from(l.appeals.values().filter(|a| a.2 == word).count())
        };
        for word in ["won", "partly_won", "lost", "missed", "open"] {
            same(&appeals, currency, word, sum(&status(word)));
        }
        let claimed = sum(&|l| l.appeals.values().map(|a| a.0).sum());
        same(&appeals, currency, "claimed", claimed);
        let back = sum(&|l| l.appeals.values().map(|a| a.1).sum());
        same(&appeals, currency, "recovered", back);
        // Acceptance.
        same(
            &acceptance,
            currency,
            "invoices_sent",
            sum(&|l| one(!l.sent.is_empty())),
        );
        same(
            &acceptance,
            currency,
            "taken_at_first",
            sum(&|l| one(l.first == Some("taken"))),
        );
        same(
            &acceptance,
            currency,
            "refused_at_first",
            sum(&|l| one(l.first == Some("refused"))),
        );
        same(
            &acceptance,
            currency,
            "billed",
            sum(&|l| billed(l.first.is_some(), l)),
        );
        // Realization: what the client said, and what appeals brought back after that.
        let approved = |l: &Log| match (l.state_decided, l.stated) {
            (false, _) => Decimal::ZERO,
            (true, None) => l.total - l.held(),
            (true, Some(stated)) => {
                let back: Decimal = l.appeals.values().map(|a| a.1).sum();
                stated + back
            }
        };
        same(
            &realization,
            currency,
            "billed",
            sum(&|l| billed(l.state_decided, l)),
        );
        same(&realization, currency, "approved", sum(&approved));
        let files = logs
            .iter()
            .filter(|(n, l)| l.client == client && Log::is_appeal(n));
        let by_appeals: Decimal = files.map(|(_, l)| l.paid).sum();
        same(
            &realization,
            currency,
            "paid",
            sum(&|l| l.paid) + by_appeals,
        );
        // Rework and days have no currency.
        same(&rework, "", "invoices", sum(&|_| Decimal::ONE));
        same(
            &rework,
            "",
            "review_notes",
            sum(&|l| Decimal::from(l.notes)),
        );
        same(&rework, "", "versions", sum(&|l| Decimal::from(l.versions)));
        same(
            &rework,
            "",
            "times_sent",
            sum(&|l| Decimal::from(l.sent.len())),
        );
        let date: NaiveDate = "2026-09-30".parse().expect("a day");
        let mut waits: Vec<i64> = own
            .iter()
            .filter_map(|l| Some((l.accepted? - date).num_days()))
            .collect();
        waits.sort_unstable();
        let middle = waits.get(waits.len().div_ceil(2).max(1) - 1);
        let found = figure(&days, client, "", "invoice_to_acceptance_median");
        assert_eq!(Some(found), middle.map(|d| Decimal::from(*d)));
        let worked = figure(&days, client, "", "work_to_invoice_median");
        assert_eq!(worked, Decimal::from(15), "15 September to 30 September");
    }
    assert!(compared > 35, "only {compared} figures were not nothing");
    by_other_ways(firm, &logs);
    at_risk(firm, &logs);
    this_week(firm, &logs);
    foresight(firm, &practice.accounts);
    forms(firm);
}

/// Whatever the rows are, the totals of what adds up are the same.
fn by_other_ways(firm: &Firm, logs: &BTreeMap<String, Log>) {
    let cut = |currency: &str| -> Decimal {
        let own = logs
            .iter()
            .filter(|(n, l)| l.currency == currency && !Log::is_appeal(n));
        own.map(|(_, l)| l.sum(|c| c.0)).sum()
    };
    for by in [
        "client",
        "portal",
        "partner",
        "matter",
        "month",
        "reason",
        "rule",
        "timekeeper",
        "practice",
    ] {
        let reductions = report(firm, "odd", &["reductions", "--by", by]);
        for currency in ["USD", "GBP"] {
            let found = total(&reductions, currency, "cut");
            assert_eq!(found, cut(currency), "by {by}: {reductions:#}");
            assert!(!found.is_zero());
        }
        let rejections = report(firm, "odd", &["rejections", "--by", by]);
        assert_eq!(
            total(&rejections, "USD", "refusals"),
            Decimal::ONE,
            "by {by}"
        );
        assert_eq!(
            total(&rejections, "USD", "refused"),
            Decimal::from(1050),
            "by {by}"
        );
    }
    let by = report(firm, "odd", &["reductions", "--by", "practice"]);
    assert!(
        by["rows"][0]["cells"]["practice"]
            .as_str()
            .is_some_and(|p| p.starts_with("L100 ")),
        "{by:#}"
    );
    // Nothing was sent before today.
    let old = report(
        firm,
        "odd",
        &["reductions", "--from", "2001-01-01", "--to", "2001-12-31"],
    );
    assert_eq!(old["rows"], serde_json::json!([]));
    let own = report(firm, "odd", &["reductions", "--portal", "acuity"]);
    assert_eq!(own["rows"].as_array().map(Vec::len), Some(1), "{own:#}");
    let row = report(firm, "odd", &["reductions", "--row", "C3"]);
    assert_eq!(row["rows"][0]["invoices"][0]["number"], "Q-5");
    firm.call("odd", &["report", "reductions", "--row", "C9"])
        .refused("has no row C9");
    firm.call("odd", &["report", "appeals", "--by", "rule"])
        .refused("but by client");
    firm.call("odd", &["report", "reduction"])
        .refused("reductions");
    firm.call(
        "odd",
        &[
            "report",
            "days",
            "--from",
            "2026-02-01",
            "--to",
            "2026-01-01",
        ],
    )
    .refused("the first day comes first");
}

/// What is at risk is what is open, refused and not configured.
fn at_risk(firm: &Firm, logs: &BTreeMap<String, Log>) {
    let found = report(firm, "odd", &["at-risk", "--invoices"]);
    let rows = found["rows"].as_array().expect("rows");
    let of = |number: &str| rows.iter().find(|r| r["cells"]["invoice"] == number);
    // Lost after an appeal, accepted, won: nobody can act on them any more.
    for number in ["R-1", "R-2", "R-2A", "R-3", "A-1"] {
        assert!(of(number).is_none(), "{number}: {found:#}");
    }
    let open = |number: &str| logs[number].sum(|c| c.0 - c.1 - c.2);
    for (number, wanted) in [
        ("C-5", open("C-5")),
        ("Q-5", open("Q-5")),
        ("X-1", logs["X-1"].total),
    ] {
        let row = of(number).unwrap_or_else(|| panic!("{number}: {found:#}"));
        assert_eq!(money(&row["cells"]["at_risk"]), wanted, "{number}");
        assert_eq!(row["invoices"][0]["number"], number);
    }
    // C2 has no window, and nobody knows how long it takes corrected invoices.
    for number in ["C-5", "X-1"] {
        let row = of(number).expect("listed");
        assert_eq!(row["cells"]["until"], "NOT CONFIGURED");
        assert_eq!(row["alarm"], true);
    }
    let stale = report(firm, "odd", &["exceptions"]);
    assert_eq!(stale["rows"][0]["key"], "first-fund.1");
    assert_eq!(stale["rows"][0]["cells"]["state"], "over");
    let said = firm.call("bob", &["report"]).well();
    for words in [
        "Money at risk by deadline",
        "NOT CONFIGURED",
        "C-5",
        "Other reports",
        "realization",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
}

/// What ends within a week stands first, with its sum in the first sentence.
fn this_week(firm: &Firm, logs: &BTreeMap<String, Log>) {
    let kept = std::fs::read_to_string(firm.path("lists/windows.csv")).expect("a list");
    firm.file(
        "lists/windows.csv",
        &format!("{kept}C2,,appeal,,1,calendar days,adjusted,UTC,,,,,,terms 3\n"),
    );
    let invoiced: NaiveDate = "2026-09-30".parse().expect("a day");
    let passed = (Local::now().date_naive() - invoiced).num_days();
    // Three days are left for what was not sent, and the limit of C1 is over by one.
    for (name, client, days) in [
        ("third", "C3", passed + 3),
        ("first-fund", "C1", passed - 1),
    ] {
        firm.file(
            &format!("packs/{name}.toml"),
            &format!(
                "pack = \"{name}\"\ntitle = \"{name}\"\nversion = \"2\"\ngoverns = {{ client_id = [\"{client}\"] }}\n\
                 [rules.late-invoice]\nmax_days_after_period = {days}\nlevel = \"reject\"\n"
            ),
        );
    }
    let _ = std::fs::remove_file(firm.path("packs/first.toml"));
    let found = report(firm, "odd", &["at-risk"]);
    let rows = found["rows"].as_array().expect("rows");
    let order: Vec<(&str, i64)> = rows
        .iter()
        .map(|r| {
            let days = money(&r["cells"]["days_left"]).to_string();
            let number = r["cells"]["invoice"].as_str().expect("a number");
            (number, days.parse().expect("days"))
        })
        .collect();
    let place = |number: &str| {
        order
            .iter()
            .position(|(n, _)| *n == number)
            .expect("listed")
    };
    assert!(place("C-5") < 2 && place("Q-6") < 2, "{order:?}");
    assert_eq!(order[place("Q-6")].1, 3, "{order:?}");
    assert_eq!(
        place("X-1"),
        order.len() - 1,
        "what is over stands last: {order:?}"
    );
    assert!(order[place("X-1")].1 < 0, "{order:?}");
    let open = logs["C-5"].sum(|c| c.0 - c.1 - c.2);
    let lead = found["lead"][0]["text"].as_str().expect("a sentence");
    let wanted = format!("1,050.00 GBP and {open} USD will be lost this week");
    assert!(lead.starts_with(&wanted), "{lead}");
    assert_eq!(
        money(&rows[place("Q-6")]["cells"]["at_risk"]),
        logs["Q-6"].total
    );
}

fn reports_are_mailed(mut firm: Firm) {
    firm.staff();
    let path = firm.file("I-1.txt", &invoice("I-1", "C1"));
    firm.intake("ann", &path).well();
    let (port, got) = mail_server();
    let mail = |server: &str| {
        let output = firm
            .command("bob")
            .args([
                "report",
                "rework",
                "--invoices",
                "--mail",
                "bob@firm.example",
            ])
            .env("CLEANBILL_MAIL_SERVER", server)
            .env("CLEANBILL_MAIL_FROM", "Billing <billing@firm.example>")
            .output();
        output.expect("it runs")
    };
    let output = mail(&format!("smtp://127.0.0.1:{port}"));
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let sent = got.lock().expect("whole").clone();
    for part in ["RCPT TO:<bob@firm.example>", "Rework", "I-1", "text/html"] {
        assert!(sent.contains(part), "{part} is not in {sent}");
    }
    let subject = sent
        .lines()
        .find(|l| l.starts_with("Subject:"))
        .expect("a subject");
    assert!(
        !subject.contains("I-1") && !subject.contains("C1"),
        "{subject}"
    );
    let output = mail("smtp://127.0.0.1:1");
    assert_ne!(output.status.code(), Some(0), "{output:?}");
}

/// What practice portals say is no evidence.
fn foresight(firm: &Firm, accounts: &str) {
    let none = report(firm, "odd", &["foresight", "--accounts", accounts]);
    assert_eq!(none["rows"], serde_json::json!([]));
    let notes = none["notes"].to_string();
    assert!(notes.contains("no evidence of foresight"), "{notes}");
    let all = report(firm, "odd", &["foresight", "--invoices"]);
    let notes = all["notes"].to_string();
    assert!(notes.contains("name them with --accounts"), "{notes}");
    let rows = all["rows"].as_array().expect("rows");
    assert!(!rows.is_empty());
    for row in rows {
        let figure = |name: &str| money(&row["cells"][name]);
        assert_eq!(
            figure("outcomes"),
            figure("foreseen") + figure("not_foreseen") + figure("cannot_be_said"),
            "{row:#}"
        );
    }
}

/// Every form says the same, and nobody's words become a formula.
fn forms(firm: &Firm) {
    let path = |name: &str| firm.path(name).display().to_string();
    for name in ["all.html", "all.xlsx", "all.json", "all.txt"] {
        let args = ["report", "all", "--invoices", "-o", &path(name)];
        firm.call("odd", &args).well();
    }
    let page = std::fs::read_to_string(path("all.html")).expect("a page");
    assert!(
        page.contains("<svg role=\"img\"") && page.contains("<desc"),
        "no chart"
    );
    for outside in ["src=", "href=\"http", "url(", "@import"] {
        assert!(
            !page.contains(outside),
            "the page asks for something: {outside}"
        );
    }
    #[cfg(feature = "pdf")]
    {
        firm.call("odd", &["report", "all", "-o", &path("all.pdf")])
            .well();
        let bytes = std::fs::read(path("all.pdf")).expect("a document");
        let text = String::from_utf8_lossy(&bytes);
        assert!(
            text.starts_with("%PDF-") && text.contains("/Count 1"),
            "{}",
            bytes.len()
        );
        for words in [
            "(Realization and collection)",
            "(1,050.00)",
            "(C2 Second Co)",
        ] {
            assert!(text.contains(words), "{words}");
        }
    }
    #[cfg(not(feature = "pdf"))]
    firm.call("odd", &["report", "all", "-o", &path("all.pdf")])
        .refused("built without PDF");
    let args = ["report", "all", "--format", "csv", "-o", &path("tables")];
    firm.call("odd", &args).well();
    let matters = ["report", "reductions", "--by", "matter", "--format", "csv"];
    let table = firm.call("odd", &matters).well();
    assert!(table.contains("'=HYPERLINK"), "{table}");
    assert_eq!(
        std::fs::read_dir(path("tables")).expect("a folder").count(),
        11
    );
    firm.call("odd", &["report", "days", "--format", "xlsx"])
        .refused("-o FILE.xlsx");

    let args = [
        "report",
        "reductions",
        "--by",
        "matter",
        "-o",
        &path("matter.xlsx"),
    ];
    firm.call("odd", &args).well();
    for file in ["all.xlsx", "matter.xlsx"] {
        let bytes = std::fs::read(path(file)).expect("a workbook");
        let mut book = Xlsx::new(Cursor::new(bytes)).expect("readable");
        let (mut formulas, mut words) = (0, 0);
        for sheet in book.sheet_names() {
            let range = book.worksheet_formula(&sheet).expect("formulas");
            for (_, _, formula) in range.used_cells() {
                let own = formula.starts_with("SUMPRODUCT(--(") || formula.starts_with("IF(");
                assert!(own && !formula.contains("HYPERLINK"), "{sheet}: {formula}");
                formulas += 1;
            }
            let values = book.worksheet_range(&sheet).expect("values");
            for (_, _, value) in values.used_cells() {
                if let Data::String(text) = value
                    && text.starts_with("=HYPERLINK")
                {
                    words += 1;
                }
            }
        }
        assert!(formulas > 3, "{file}: {formulas} formulas");
        assert!(words > 0, "{file}: the matter's number is there as words");
    }
    let bytes = std::fs::read(path("all.xlsx")).expect("a workbook");
    let mut book = Xlsx::new(Cursor::new(bytes)).expect("readable");
    assert_eq!(
        book.sheet_names().len(),
        12,
        "eleven reports and the invoices"
    );
    // A total's stored result is the report's own total.
    let wanted = total(&report(firm, "odd", &["reductions"]), "USD", "cut");
    let sheet = book.worksheet_range("Reductions").expect("a sheet");
    let totals = sheet.rows().find(|r| {
        r[0] == Data::String("Total".to_owned()) && r[1] == Data::String("USD".to_owned())
    });
    let stored = &totals.expect("a total")[4];
    let stored: Decimal = stored.to_string().parse().expect("an amount");
    assert_eq!(stored, wanted);
}

fn nobody_is_shown_clients_they_do_not_serve(firm: Firm) {
    let mut practice = story(firm);
    let firm = &mut practice.firm;
    firm.add("eve", &["--role", "partner", "--client", "C3"]);
    firm.add("ada", &["--role", "timekeeper", "--all-clients"]);
    firm.add("sue", &["--role", "specialist", "--client", "C9"]);
    for who in ["ada", "root"] {
        firm.call(who, &["report"])
            .refused("may not look at invoices");
        firm.call(who, &["report", "realization"])
            .refused("may not look at invoices");
    }
    let all = ["report", "all", "--invoices", "--format", "json"];
    let said = firm.call("eve", &all).well();
    assert!(said.contains("Q-5"), "{said}");
    for foreign in ["R-1", "X-1", "C-5", "\"C1", "\"C2", "first-fund"] {
        assert!(!said.contains(foreign), "{foreign}: {said}");
    }
    let said = firm
        .call("eve", &[&all[..], &["--client", "C1"]].concat())
        .well();
    assert!(!said.contains("R-1"), "{said}");
    let said = firm.call("sue", &all).well();
    for foreign in ["R-1", "Q-5", "X-1"] {
        assert!(!said.contains(foreign), "{foreign}: {said}");
    }
    // What was only looked at changed nothing.
    firm.sound();
}
