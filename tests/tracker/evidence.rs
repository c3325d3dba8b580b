//! What counts as evidence, and what is not added up: foresight of real clients' answers only, and money of one currency.

use crate::answers::{ADJUSTMENTS, Practice, id};
use crate::firm::{Firm, invoice, wait};
use crate::on_both;
use serde_json::Value;

on_both!(
    what_our_check_had_said_is_told_from_what_it_had_not,
    a_cut_in_another_currency_is_flagged_and_taken_off_nothing,
    rates_count_what_was_taken_back_and_what_appeals_bring,
    an_appeal_against_an_xml_invoice_gets_its_file,
);

fn json(firm: &Firm, args: &[&str]) -> Value {
    let said = firm.call("odd", args).well();
    serde_json::from_str(&said).expect("JSON")
}

fn report(firm: &Firm, args: &[&str]) -> Value {
    let all = [&["report"][..], args, &["--format", "json"]].concat();
    json(firm, &all)["reports"][0].clone()
}

/// Takes an invoice in, clears and sends it.
fn sent(firm: &Firm, practice: &Practice, number: &str, client: &str, words: &str) {
    let path = firm.file(
        &format!("{number}.txt"),
        &invoice(number, client, "300.00", words),
    );
    firm.intake("ann", &path).well();
    let id = id(firm, number, client);
    firm.call("bob", &["clear", &id]).well();
    firm.call("ann", &["submit", &id, "--accounts", &practice.accounts]);
}

fn what_our_check_had_said_is_told_from_what_it_had_not(mut firm: Firm) {
    firm.staff();
    let practice = Practice::new(&firm);
    let several = "Review lease; call opposing counsel; draft motion to compel";
    sent(&firm, &practice, "H-1", "C3", several);
    let one = "Draft motion to compel production of the survey";
    sent(&firm, &practice, "H-2", "C3", one);
    // The practice portal refuses it.
    sent(&firm, &practice, "X-1", "C1", one);
    practice_answers(&firm, &practice);
    // A person types in and a table tells what a real client said: both cut for the same reason.
    let cuts = format!(
        "{ADJUSTMENTS}CounselLink,H-1,1,2026-09-15,AQ,300.00,260.00,USD,BLOCK,Block Billing,J. Doe,2026-10-03T00:00:00Z\n\
         CounselLink,H-2,1,2026-09-15,AQ,300.00,270.00,USD,BLOCK,Block Billing,J. Doe,2026-10-03T00:00:00Z\n"
    );
    let cuts = firm.file("adjustments.csv", &cuts);
    practice.import(&firm, "ann", &[&cuts]).well();
    let accounts = ["--accounts", practice.accounts.as_str()];
    let known = report(
        &firm,
        &[&["foresight", "--invoices"][..], &accounts].concat(),
    );
    let rows = known["rows"].as_array().expect("rows");
    assert_eq!(rows.len(), 1, "{known:#}");
    assert_eq!(rows[0]["key"], "block_billing");
    let cell = |name: &str| rows[0]["cells"][name].as_str().expect(name).to_owned();
    assert_eq!(
        [
            "outcomes",
            "foreseen",
            "not_foreseen",
            "cannot_be_said",
            "foreseen_rate",
            "cut_not_foreseen"
        ]
        .map(cell),
        ["2", "1", "1", "0", "0.50", "30.00"],
        "{known:#}"
    );
    let behind: Vec<(&str, &str)> = rows[0]["invoices"]
        .as_array()
        .expect("invoices")
        .iter()
        .map(|i| {
            let foreseen = i["adds"]["foreseen"].as_str().expect("a figure");
            (i["number"].as_str().expect("a number"), foreseen)
        })
        .collect();
    assert_eq!(behind, [("H-1", "1"), ("H-2", "0")]);
    let notes = known["notes"].to_string();
    assert!(
        notes.contains("1 outcome comes from practice portals, left out"),
        "{notes}"
    );
    // Who does not say which portals are for practice is told that their word counts.
    let unknown = report(&firm, &["foresight"]);
    assert!(
        unknown["rows"]
            .as_array()
            .is_some_and(|rows| rows.len() > 1),
        "{unknown:#}"
    );
    assert!(
        unknown["notes"]
            .to_string()
            .contains("name them with --accounts")
    );
    firm.sound();
}

/// The night asks the practice portal until it has refused.
fn practice_answers(firm: &Firm, practice: &Practice) {
    practice.advance(3_600);
    crate::query(&firm.url, "UPDATE submission SET next_ms = 0");
    firm.call("nyx", &["overnight", "--accounts", &practice.accounts]);
    let listed = firm.call("odd", &["list", "--json"]).well();
    let refused = listed.lines().find(|l| l.contains("X-1"));
    assert!(
        refused.is_some_and(|l| l.contains("\"rejected\"")),
        "{listed}"
    );
}

/// Practice portals, and a list by which C3 is billed in dollars through CounselLink.
fn billing_third_plc(firm: &mut Firm) -> Practice {
    firm.staff();
    let practice = Practice::new(firm);
    firm.file(
        "lists/clients.csv",
        "client_id,client_name,portal,currencies\nC3,Third plc,CounselLink,USD\n",
    );
    firm.file("settings", "firm = \"lists\"\n");
    practice
}

fn a_cut_in_another_currency_is_flagged_and_taken_off_nothing(mut firm: Firm) {
    let practice = billing_third_plc(&mut firm);
    let one = "Draft motion to compel production of the survey";
    sent(&firm, &practice, "H-1", "C3", one);
    let cuts = format!(
        "{ADJUSTMENTS}CounselLink,H-1,1,2026-09-15,AQ,300.00,250.00,EUR,BLOCK,several tasks,J. Doe,2026-10-03T00:00:00Z\n"
    );
    let cuts = firm.file("adjustments.csv", &cuts);
    practice.import(&firm, "ann", &[&cuts]);
    let shown = json(&firm, &["reductions", "show", "H-1", "--json"]);
    let row = &shown["cuts"][0]["row"];
    assert_eq!(
        (row["cut"].as_str(), row["currency"].as_str()),
        (Some("50.00"), Some("EUR"))
    );
    let doubt = row["doubt"].as_str().expect("a doubt");
    assert!(doubt.contains("cut in EUR, billed in USD"), "{doubt}");
    // Nothing is taken off what is owed in dollars, and a person is told.
    let owed = json(&firm, &["receivables", "--format", "json"]);
    let own = &owed[0];
    assert_eq!(
        (
            own["open"].as_str(),
            own["cut"].as_str(),
            own["due"].as_str()
        ),
        (Some("300.00"), Some("0"), Some("300.00")),
        "{own:#}"
    );
    assert!(
        own["remarks"]
            .as_str()
            .is_some_and(|r| r.contains("50.00 EUR was cut too, in another currency")),
        "{own:#}"
    );
    let reductions = report(&firm, &["reductions"]);
    let cut: Vec<(&str, &str)> = reductions["rows"]
        .as_array()
        .expect("rows")
        .iter()
        .map(|r| {
            let cut = r["cells"]["cut"].as_str().expect("a figure");
            (r["currency"].as_str().expect("a currency"), cut)
        })
        .collect();
    assert_eq!(cut, [("EUR", "50.00"), ("USD", "0")], "{reductions:#}");
    let ageing = report(&firm, &["ageing"]);
    assert_eq!(ageing["rows"][0]["cells"]["open"], "300.00", "{ageing:#}");
    assert!(
        ageing["notes"]
            .to_string()
            .contains("looked at by a person"),
        "{ageing:#}"
    );
    // An appeal in dollars would ask for fifty of another money.
    let said = firm
        .call("ann", &["appeals", "propose", "H-1", "--why", "one task"])
        .well();
    let appeal = said.split_whitespace().nth(2).expect("an id").to_owned();
    let decide = [
        "appeals", "decide", &appeal, "--file", "--reason", "worth it",
    ];
    firm.call("cid", &decide).well();
    let file = [
        "appeals",
        "file",
        &appeal,
        "--route",
        "disputed-charges",
        "--number",
        "H-1A",
    ];
    firm.call("ann", &file).refused("was cut in EUR");
    firm.sound();
}

fn rates_count_what_was_taken_back_and_what_appeals_bring(mut firm: Firm) {
    let practice = billing_third_plc(&mut firm);
    let one = "Draft motion to compel production of the survey";
    for number in ["H-1", "H-2", "H-3"] {
        sent(&firm, &practice, number, "C3", one);
        let typed = [
            "answers",
            "type",
            number,
            "--word",
            "approved",
            "--approved",
            "300.00",
            "--reason",
            "its page",
            "--accounts",
            &practice.accounts,
        ];
        firm.call("ann", &typed).well();
    }
    // Paid in full; paid and taken back; paid in part, and some of it in another currency.
    let remitted = firm.file(
        "remittance.csv",
        "invoice_number,amount,currency,paid_on,reference\nH-1,300.00,USD,2026-10-20,T1\nH-2,300.00,USD,2026-10-20,T2\n\
         H-2,-300.00,USD,2026-10-25,T3\nH-3,120.00,USD,2026-10-20,T4\nH-3,50.00,EUR,2026-10-20,T5\n",
    );
    firm.call("ann", &["payments", "import", &remitted]);
    let queue = ["payments", "list", "--queue", "--format", "json"];
    let queue = firm.call("odd", &queue).well();
    for waiting in queue.lines() {
        let waiting: Value = serde_json::from_str(waiting).expect("JSON");
        let id = waiting["id"].as_str().expect("an id");
        let number = waiting["number"].as_str().expect("a number");
        let assign = [
            "payments",
            "assign",
            id,
            number,
            "--reason",
            "as the bank says",
        ];
        firm.call("ann", &assign);
    }
    let rates = report(&firm, &["realization"]);
    let row = &rates["rows"][0]["cells"];
    let cells = ["invoices", "billed", "approved", "paid", "open"];
    let found = cells.map(|name| row[name].as_str().unwrap_or_default().to_owned());
    assert_eq!(
        found,
        ["3", "900.00", "900.00", "420.00", "480.00"],
        "{rates:#}"
    );
    let days = report(&firm, &["days", "--invoices"]);
    let paid = days["rows"][0]["invoices"].as_array().expect("invoices");
    let waited: Vec<&str> = paid
        .iter()
        .filter(|i| i["adds"]["invoice_to_payment_median"].is_string())
        .map(|i| i["number"].as_str().expect("a number"))
        .collect();
    assert_eq!(waited, ["H-1"], "what was taken back is not paid: {days:#}");
    let ageing = report(&firm, &["ageing"]);
    let row = &ageing["rows"][0]["cells"];
    let cells = ["invoices", "open", "short_paid", "missing"];
    let found = cells.map(|name| row[name].as_str().unwrap_or_default().to_owned());
    assert_eq!(found, ["2", "480.00", "1", "180.00"], "{ageing:#}");
    firm.sound();
}

fn an_appeal_against_an_xml_invoice_gets_its_file(mut firm: Firm) {
    firm.staff();
    firm.file(
        "lists/clients.csv",
        "client_id,client_name,portal\nTERN,Tern Grove Ltd,Collaborati\n",
    );
    firm.file("settings", "firm = \"lists\"\n");
    let folder = firm.path("by-hand").display().to_string();
    let accounts = firm.file(
        "portals.toml",
        &format!(
            "[account.hand]\nportal = \"Collaborati\"\nway = \"assisted\"\nclients = [\"TERN\"]\nsettings = {{ folder = {folder:?} }}\n"
        ),
    );
    let fixture = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/fixtures/clean/xml-2.0--no-tax.xml"
    );
    let text = std::fs::read_to_string(fixture).expect("the fixture");
    let first = cleanbill::revise::line::lines(text.as_bytes(), "KR-3001").expect("lines");
    let path = firm.file("KR-3001.xml", &text);
    firm.intake("ann", &path).well();
    firm.call("bob", &["clear", "KR-3001"]).well();
    firm.call("ann", &["submit", "KR-3001", "--accounts", &accounts]);
    let item = first[0].item.as_str();
    let typed = [
        "answers",
        "type",
        "KR-3001",
        "--word",
        "reduced",
        "--line",
        item,
        "--cut",
        "30.00",
        "--reason",
        "Excessive time",
        "--accounts",
        &accounts,
    ];
    firm.call("ann", &typed).well();
    let said = firm
        .call(
            "ann",
            &["appeals", "propose", "KR-3001", "--why", "one task"],
        )
        .well();
    let appeal = said.split_whitespace().nth(2).expect("an id").to_owned();
    let decide = [
        "appeals", "decide", &appeal, "--file", "--reason", "worth it",
    ];
    firm.call("bob", &decide).well();
    let said = firm.call("ann", &["appeals", "file", &appeal]).well();
    assert!(said.contains("KR-3001 appeal"), "{said}");
    let own = id(&firm, "KR-3001 appeal", "TERN");
    let bytes = wait(async {
        let store = firm.store().await;
        let mut tx = store.db.read().await.expect("begun");
        let row = tx.invoice(&own).await.expect("read").expect("an invoice");
        assert_eq!(row.total.map(|t| t.to_string()).as_deref(), Some("30.00"));
        let bytes = store.documents.get(&row.document).expect("its file");
        drop(tx);
        store.db.close().await;
        bytes
    });
    let asked = cleanbill::revise::line::lines(&bytes, "KR-3001 appeal").expect("lines");
    assert_eq!(asked.len(), 1, "{asked:?}");
    assert_eq!(
        (asked[0].item.as_str(), asked[0].narrative.as_str()),
        (item, first[0].narrative.as_str())
    );
    // The checker has nothing against it, and a partner may clear it.
    let shown = firm.call("odd", &["show", "KR-3001 appeal"]).well();
    assert!(!shown.contains("reject "), "{shown}");
    firm.call("bob", &["clear", "KR-3001 appeal"]).well();
    firm.sound();
}
