//! What portals say by mail, in tables and on the telephone: matched, taken once, or left to a person. And what was refused
//! goes again.

use crate::firm::{Firm, Said, invoice};
use crate::inside::{at_bobs_desk, practice_portals};
use crate::on_both;
use cleanbill::sandbox::{Running, Settings, Verdict};
use cleanbill::workflow::{Act, Role, system_clock};
use serde_json::Value;
use tokio::runtime::Runtime;

on_both!(
    tables_and_mails_are_taken_once,
    a_table_in_a_mail_is_taken_as_the_table_is,
    what_cannot_be_believed_waits_for_a_person,
    a_person_decides_what_waits,
    reasons_are_shown_and_remembered,
    a_refused_invoice_goes_again_under_its_number,
    a_refused_invoice_goes_again_under_another_number,
    the_overnight_job_listens_to_a_folder,
    each_role_does_what_it_may,
    what_was_said_goes_with_the_documents,
);

pub const ACK: &str = "portal,received_at,file_name,file_sha256,invoice_number,client_matter_id,result,error_code,error_text,line_number\n";
pub const ADJUSTMENTS: &str = "portal,invoice_number,line_number,line_date,timekeeper_id,original_amount,approved_amount,currency,reason_code,reason_text,reviewer,adjusted_at\n";

/// The firm's accounts: one where a person uploads, two at practice portals.
pub struct Practice {
    _runtime: Runtime,
    running: Running,
    pub accounts: String,
}

const PORTALS: &str = r#"
seed = 7
[[portal]]
name = "standard"
kind = "ledes-api"
step_seconds = 60
number = [{ starts = "X-", outcome = "rejected" }, { starts = "A-", outcome = "approved" }]
account = [{ id = "firm", secret = "s1" }]
ledes_api = { business = "firm" }
"#;

impl Practice {
    pub fn new(firm: &Firm) -> Self {
        let settings = Settings::parse(PORTALS).expect("settings");
        let (runtime, running) = practice_portals(settings);
        firm.file("one", "s1");
        let accounts = format!(
            r#"
[mail]
server = "mx.firm.example"

[account.standard]
portal = "LEDES API"
way = "api"
url = "{standard}"
clients = ["C1"]
sign_in = {{ kind = "oauth2", token_url = "{origin}/oauth2/token", client_id = "firm", client_secret = {{ file = "{folder}/one" }} }}
limits = {{ per_second = "500", at_once = 4 }}

[account.hand]
portal = "CounselLink"
way = "assisted"
clients = ["C3", "C4"]
senders = ["no-reply@counsellink.example"]
settings = {{ folder = "{folder}/by-hand" }}
"#,
            standard = running.base("standard").expect("it is there"),
            origin = running.origin("standard").expect("it is there"),
            folder = firm.folder.path().display(),
        );
        let accounts = firm.file("portals.toml", &accounts);
        Self {
            _runtime: runtime,
            running,
            accounts,
        }
    }

    /// Puts the practice portals' clock ahead.
    pub fn advance(&self, seconds: u64) {
        self.running.advance(seconds);
    }

    /// Takes in, clears and sends invoices: number and client.
    pub fn send(&self, firm: &Firm, invoices: &[(&str, &str)]) {
        for (number, client) in invoices {
            let text = invoice(
                number,
                client,
                "300.00",
                "Draft motion to compel production of the survey",
            );
            let path = firm.file(&format!("{number}-{client}.txt"), &text);
            firm.intake("ann", &path).well();
            let id = id(firm, number, client);
            firm.call("bob", &["clear", &id]).well();
            firm.call("ann", &["submit", &id, "--accounts", &self.accounts]);
        }
    }

    pub fn import(&self, firm: &Firm, who: &str, more: &[&str]) -> Said {
        let mut args = vec!["answers", "import"];
        args.extend(more);
        args.extend(["--accounts", &self.accounts]);
        firm.call(who, &args)
    }
}

fn rows(firm: &Firm) -> Vec<Value> {
    let listed = firm.call("odd", &["list", "--json"]).well();
    let rows = listed
        .lines()
        .map(|l| serde_json::from_str(l).expect("JSON"));
    rows.collect()
}

pub fn field(firm: &Firm, number: &str, client: &str, name: &str) -> String {
    let rows = rows(firm);
    let row = rows
        .iter()
        .find(|r| r["number"] == number && r["client"] == client);
    let row = row.unwrap_or_else(|| panic!("{number} is listed"));
    row[name].as_str().expect("a text").to_owned()
}

pub fn id(firm: &Firm, number: &str, client: &str) -> String {
    field(firm, number, client, "id")
}

fn state(firm: &Firm, number: &str) -> String {
    field(firm, number, "C3", "state")
}

pub fn mail(from: &str, proof: &str, subject: &str, text: &str) -> String {
    format!(
        "Authentication-Results: mx.firm.example; {proof}\r\nFrom: {from}\r\nTo: ebilling@firm.example\r\nMessage-ID: <{subject}@x>\r\n\
         Date: Tue, 7 Apr 2026 10:00:00 -0500\r\nSubject: {subject}\r\nContent-Type: text/plain\r\n\r\n{text}\r\n"
    )
}

pub const PROVEN: &str = "dkim=pass header.d=counsellink.example";
pub const FROM: &str = "no-reply@counsellink.example";

/// The id at the end of a line that says something of an invoice.
fn answer_of(said: &str, number: &str) -> String {
    let line = said
        .lines()
        .find(|l| l.starts_with(number))
        .expect("a line");
    let at = line.find('[').expect("an id") + 1;
    line[at..at + 12].to_owned()
}

fn tables_and_mails_are_taken_once(mut firm: Firm) {
    firm.staff();
    let practice = Practice::new(&firm);
    practice.send(&firm, &[("H-1", "C3"), ("H-2", "C3"), ("H-3", "C3")]);
    assert_eq!(state(&firm, "H-1"), "in doubt");
    // An answer proves that what a person uploaded is there.
    let acks = format!(
        "{ACK}CounselLink,2026-04-01T00:00:00Z,H-1.txt,,H-1,M,accepted,,,\nCounselLink,2026-04-01T00:00:00Z,H-2.txt,,H-2,M,rejected,006,math error in line item 1,1\n"
    );
    let acks = firm.file("in/ack.csv", &acks);
    let said = practice.import(&firm, "nyx", &[&acks]).well();
    assert!(said.contains("2 taken, 0 known before"), "{said}");
    assert_eq!(
        (state(&firm, "H-1"), state(&firm, "H-2")),
        ("acknowledged".to_owned(), "rejected".to_owned())
    );
    let cuts = format!(
        "{ADJUSTMENTS}CounselLink,H-1,1,2026-09-15,AQ,300.00,250.00,USD,BLOCK,several tasks,J. Doe,2026-04-03T00:00:00Z\n"
    );
    firm.file("in/adjustments.csv", &cuts);
    let text = mail(
        FROM,
        PROVEN,
        "Invoice H-3 rejected",
        "Reject reason: missing task code",
    );
    firm.file("in/a.eml", &text);
    // The same mail, saved once more by another program.
    firm.file("in/b.eml", &format!("Received: from x by y\r\n{text}"));
    firm.file("in/notes.md", "not an answer");
    let folder = firm.path("in").display().to_string();
    let said = practice.import(&firm, "ann", &[&folder]).well();
    assert!(
        said.contains("2 taken, 3 known before, 0 waiting"),
        "{said}"
    );
    assert_eq!(
        (state(&firm, "H-1"), state(&firm, "H-3")),
        ("reduced".to_owned(), "rejected".to_owned())
    );
    let before = rows(&firm);
    let said = practice.import(&firm, "ann", &[&folder]).well();
    assert!(said.contains("0 taken, 5 known before"), "{said}");
    assert_eq!(before, rows(&firm));
    // Words of clients stand nowhere in the open.
    let listed = firm.call("odd", &["answers", "list", "--json"]).well();
    assert_eq!(listed.lines().count(), 4, "{listed}");
    let shown = firm
        .call("odd", &["answers", "show", &answer_of(&said, "H-1")])
        .well();
    assert!(shown.contains("taken"), "{shown}");
    firm.sound();
}

fn a_table_in_a_mail_is_taken_as_the_table_is(mut firm: Firm) {
    firm.staff();
    let practice = Practice::new(&firm);
    practice.send(&firm, &[("H-1", "C3"), ("H-2", "C3")]);
    let acks = format!(
        "{ACK}CounselLink,2026-04-01T00:00:00Z,H-1.txt,,H-1,M,accepted,,,\nCounselLink,2026-04-01T00:00:00Z,H-2.txt,,H-2,M,rejected,006,math error in line item 1,1\n"
    );
    let with_table = |proof: &str, table: &str| {
        format!(
            "Authentication-Results: mx.firm.example; {proof}\r\nFrom: {FROM}\r\nMessage-ID: <t@x>\r\nDate: Tue, 7 Apr 2026 10:00:00 -0500\r\n\
             Subject: Daily report\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"b\"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n\
             The report is attached.\r\n--b\r\nContent-Type: text/csv; name=\"ack.csv\"\r\nContent-Disposition: attachment; filename=\"ack.csv\"\r\n\r\n\
             {table}\r\n--b--\r\n"
        )
    };
    // Nobody has proven who wrote it: nothing is believed.
    firm.file("forged/a.eml", &with_table("dkim=fail", &acks));
    let forged = firm.path("forged").display().to_string();
    let said = practice.import(&firm, "ann", &[&forged]);
    assert_eq!(said.status, 1, "{}{}", said.out, said.err);
    assert!(
        said.out.contains("0 taken, 0 known before, 2 waiting"),
        "{}",
        said.out
    );
    assert_eq!(state(&firm, "H-2"), "in doubt");
    firm.file("in/a.eml", &with_table(PROVEN, &acks));
    let folder = firm.path("in").display().to_string();
    let said = practice.import(&firm, "ann", &[&folder]).well();
    assert!(
        said.contains("2 taken, 0 known before, 0 waiting"),
        "{said}"
    );
    assert!(said.contains("attachment ack.csv"), "{said}");
    assert_eq!(
        (state(&firm, "H-1"), state(&firm, "H-2")),
        ("acknowledged".to_owned(), "rejected".to_owned())
    );
    // The same table as a file is the same answer.
    let file = firm.file("ack.csv", &acks);
    let said = practice.import(&firm, "ann", &[&file]).well();
    assert!(said.contains("0 taken, 2 known before"), "{said}");
    firm.sound();
}

fn what_cannot_be_believed_waits_for_a_person(mut firm: Firm) {
    firm.staff();
    let practice = Practice::new(&firm);
    practice.send(&firm, &[("H-1", "C3"), ("H-1", "C4"), ("H-2", "C3")]);
    let text = invoice(
        "H-9",
        "C3",
        "300.00",
        "Draft motion to compel production of the survey",
    );
    firm.intake("ann", &firm.file("H-9.txt", &text)).well();
    let acks = format!(
        "{ACK}CounselLink,2026-04-01T00:00:00Z,,,H-1,M,accepted,,,\nCounselLink,2026-04-01T00:00:00Z,,,H-7,M,accepted,,,\n\
         CounselLink,2026-04-01T00:00:00Z,,,H-9,M,accepted,,,\nCollaborati,2026-04-01T00:00:00Z,,,H-2,M,accepted,,,\n"
    );
    let acks = firm.file("ack.csv", &acks);
    let said = practice.import(&firm, "ann", &[&acks]);
    assert_eq!(said.status, 1, "{}", said.err);
    for wanted in [
        "several invoices may be meant",
        "no invoice of a client you serve has the number H-7",
        "H-9 was never sent",
        "H-2 went through hand, and this is from Collaborati",
        "0 taken, 0 known before, 4 waiting",
    ] {
        let plain = said.out.replace("\n    ", " ");
        assert!(plain.contains(wanted), "\"{wanted}\" is not in: {plain}");
    }
    let forged = mail(
        FROM,
        "dkim=pass header.d=evil.example; spf=fail",
        "Invoice H-2 rejected",
        "Invoice H-2 rejected",
    );
    let forged = firm.file("forged.eml", &forged);
    let cuts = format!(
        "{ADJUSTMENTS}CounselLink,H-2,1,2026-09-15,AQ,900.00,100.00,USD,,too much,,2026-04-03T00:00:00Z\nCounselLink,H-2,7,2026-09-15,AQ,300.00,100.00,USD,,no such line,,2026-04-03T00:00:00Z\n"
    );
    let cuts = firm.file("adjustments.csv", &cuts);
    let said = practice.import(&firm, "ann", &[&forged, &cuts]);
    let plain = said.out.replace("\n    ", " ");
    for wanted in [
        "neither DKIM nor SPF of counsellink.example passed",
        "line 1 was cut by 800.00, and only 300.00 was billed",
        "line 7 was cut by 200.00; invoice H-2 has no such line",
    ] {
        assert!(plain.contains(wanted), "\"{wanted}\" is not in: {plain}");
    }
    assert_eq!(state(&firm, "H-2"), "in doubt");
    // Two answers that contradict each other: the first stands, the second waits.
    let one = firm.file(
        "one.eml",
        &mail(
            FROM,
            PROVEN,
            "Invoice H-2 rejected",
            "Reject reason: wrong matter",
        ),
    );
    practice.import(&firm, "ann", &[&one]).well();
    let two = firm.file(
        "two.eml",
        &mail(FROM, PROVEN, "Invoice H-2 approved", "Invoice H-2 approved"),
    );
    let said = practice.import(&firm, "ann", &[&two]);
    assert!(
        said.out
            .contains("it says approved, and the invoice is rejected"),
        "{}",
        said.out
    );
    assert_eq!(state(&firm, "H-2"), "rejected");
    let huge = "x,".repeat(10) + "\n";
    let broken = firm.file("broken.csv", &huge);
    let said = practice.import(&firm, "ann", &[&broken]);
    assert_eq!(said.status, 1, "{}", said.err);
    assert!(
        said.out.contains("not read:") && said.out.contains("--mapping FILE"),
        "{}",
        said.out
    );
    firm.sound();
}

fn a_person_decides_what_waits(mut firm: Firm) {
    firm.staff();
    firm.add("eve", &["--role", "specialist", "--client", "C4"]);
    let practice = Practice::new(&firm);
    practice.send(&firm, &[("H-1", "C3"), ("H-2", "C3"), ("H-3", "C3")]);
    let acks = format!(
        "{ACK}CounselLink,2026-04-01T00:00:00Z,,,H-0001,M,accepted,,,\nCounselLink,2026-04-01T00:00:00Z,,,Z-1,M,accepted,,,\n"
    );
    let acks = firm.file("ack.csv", &acks);
    practice
        .import(&firm, "odd", &[&acks])
        .refused("may not bring in answers");
    let said = practice.import(&firm, "nyx", &[&acks]);
    let (first, second) = (answer_of(&said.out, "H-0001"), answer_of(&said.out, "Z-1"));
    let queue = firm.call("bob", &["answers", "list", "--queue"]).well();
    assert!(queue.contains(&first) && queue.contains(&second), "{queue}");
    assert!(
        !firm
            .call("eve", &["answers", "list"])
            .well()
            .contains(&first)
    );
    for who in ["nyx", "odd"] {
        firm.call(who, &["answers", "assign", &first, "H-1"])
            .refused("may not decide on answers");
    }
    firm.call("eve", &["answers", "assign", &first, "H-1"])
        .refused("no answer");
    firm.call("bob", &["answers", "assign", &first, "H-1"])
        .well();
    assert_eq!(state(&firm, "H-1"), "acknowledged");
    firm.call("bob", &["answers", "assign", &first, "H-2"])
        .refused("taken already");
    firm.call("ann", &["answers", "put-aside", &second, "--reason", " "])
        .refused("a reason is needed");
    firm.call(
        "ann",
        &[
            "answers",
            "put-aside",
            &second,
            "--reason",
            "of the office in Leeds",
        ],
    )
    .well();
    let shown = firm.call("odd", &["answers", "show", &second]).well();
    assert!(
        shown.contains("put aside") && shown.contains("Leeds") && shown.contains("by ann"),
        "{shown}"
    );
    // What was put aside stays there, however often it comes.
    let again = practice.import(&firm, "nyx", &[&acks]);
    assert!(
        again.out.contains("0 taken, 2 known before"),
        "{}",
        again.out
    );
    assert_eq!(
        firm.call("bob", &["answers", "list", "--queue"]).well(),
        "Nothing waits for a person.\n"
    );
    // Typed in.
    let typed = |args: &[&str]| {
        let all = [
            &["answers", "type"][..],
            args,
            &["--accounts", &practice.accounts],
        ]
        .concat();
        firm.call("ann", &all)
    };
    typed(&["H-2", "--word", "refused", "--reason", "x"]).refused("nobody knows \"refused\"");
    typed(&[
        "H-2", "--word", "reduced", "--line", "1", "--cut", "300.01", "--reason", "x",
    ])
    .refused("at most that");
    typed(&[
        "H-2", "--word", "reduced", "--line", "9", "--cut", "3", "--reason", "x",
    ])
    .refused("9");
    typed(&[
        "H-2",
        "--word",
        "reduced",
        "--line",
        "1",
        "--cut",
        "100.00",
        "--reason",
        "block billed",
    ])
    .well();
    assert_eq!(state(&firm, "H-2"), "reduced");
    typed(&["H-2", "--word", "rejected", "--reason", "x"])
        .refused("it says rejected, and the invoice is reduced");
    typed(&[
        "H-3",
        "--word",
        "rejected",
        "--reason",
        "no match for the matter number",
    ])
    .well();
    typed(&[
        "H-3",
        "--word",
        "rejected",
        "--reason",
        "no match for the matter number",
    ])
    .well();
    assert_eq!(state(&firm, "H-3"), "rejected");
    typed(&["H-3", "--word", "paid", "--reason", "cheque 12"]).refused("the invoice is rejected");
    firm.sound();
}

fn reasons_are_shown_and_remembered(mut firm: Firm) {
    firm.staff();
    let practice = Practice::new(&firm);
    let text = invoice(
        "H-1",
        "C3",
        "310.00",
        "Draft motion to compel production of the survey",
    );
    firm.intake("ann", &firm.file("H-1.txt", &text)).well();
    let shown = firm.call("odd", &["show", "H-1"]).well();
    let mark = shown
        .lines()
        .find(|l| l.contains(" line-math-mismatch: "))
        .expect("a finding");
    let mark = mark.split_whitespace().next().expect("a fingerprint");
    let shown: Vec<String> = shown
        .lines()
        .filter(|l| l.contains("reject") && l.contains("mismatch"))
        .filter_map(|l| l.split_whitespace().next().map(str::to_owned))
        .collect();
    firm.call("ann", &["override", "H-1", mark, "--reason", "as agreed"])
        .well();
    for other in shown.iter().filter(|m| *m != mark) {
        firm.call("ann", &["override", "H-1", other, "--reason", "as agreed"]);
    }
    firm.call("bob", &["clear", "H-1"]).well();
    firm.call("ann", &["submit", "H-1", "--accounts", &practice.accounts]);
    let acks = format!(
        "{ACK}CounselLink,2026-04-01T00:00:00Z,,,H-1,M,rejected,,Line item 1: units times rate does not compute,1\n\
         CounselLink,2026-04-01T00:00:00Z,,,H-1,M,rejected,ZX9,Quibble of the third degree on line 1,1\n"
    );
    let acks = firm.file("ack.csv", &acks);
    let said = practice.import(&firm, "ann", &[&acks]).well();
    let answer = answer_of(&said, "H-1");
    let shown = firm.call("odd", &["answers", "show", &answer]).well();
    assert!(
        shown.contains("line_math (confidence medium)")
            && shown.contains("foreseen by line-math-mismatch"),
        "{shown}"
    );
    assert!(
        shown.contains("fixed by: biller; no appeal; mostly: recompute"),
        "{shown}"
    );
    let unknown = firm.call("ann", &["answers", "reasons"]).well();
    assert!(
        unknown.contains("ZX9: Quibble of the third degree"),
        "{unknown}"
    );
    let words = unknown.split_whitespace().next().expect("an id").to_owned();
    assert!(
        shown.contains(&format!("answers reason {words} SLUG")),
        "{shown}"
    );
    firm.call("odd", &["answers", "reason", &words, "block_billing"])
        .refused("may not decide on answers");
    firm.call("ann", &["answers", "reason", &words, "blok_billing"])
        .refused("did you mean \"block_billing\"?");
    firm.call("ann", &["answers", "reason", &words, "block_billing"])
        .well();
    assert!(
        firm.call("ann", &["answers", "reasons"])
            .well()
            .starts_with("No words")
    );
    let shown = firm.call("odd", &["answers", "show", &answer]).well();
    assert!(
        shown.contains("block_billing (said by ann)") && shown.contains("not foreseen"),
        "{shown}"
    );
    // The same words about another line are the same.
    practice.send(&firm, &[("H-2", "C3")]);
    let acks = format!(
        "{ACK}CounselLink,2026-04-02T00:00:00Z,,,H-2,M,rejected,ZX9,Quibble of the third degree on line 27,27\n"
    );
    let said = practice
        .import(&firm, "ann", &[&firm.file("ack2.csv", &acks)])
        .well();
    let shown = firm
        .call("odd", &["answers", "show", &answer_of(&said, "H-2")])
        .well();
    assert!(shown.contains("block_billing (said by ann)"), "{shown}");
    // What is remembered can be taken back; heard again, it waits again.
    let listed = firm.call("ann", &["answers", "words", "list"]).well();
    assert!(
        listed.contains("ZX9: Quibble of the third degree")
            && listed.contains("= block_billing, by ann; of 2 invoices"),
        "{listed}"
    );
    firm.call("odd", &["answers", "words", "forget", &words])
        .refused("may not decide on answers");
    firm.call("ann", &["answers", "words", "forget", &words])
        .well();
    firm.call("ann", &["answers", "words", "forget", &words])
        .refused("no words");
    let listed = firm.call("ann", &["answers", "words", "list"]).well();
    assert!(listed.starts_with("No words are remembered"), "{listed}");
    let shown = firm.call("odd", &["answers", "show", &answer]).well();
    assert!(!shown.contains("said by ann"), "{shown}");
    firm.sound();
}

fn a_refused_invoice_goes_again_under_its_number(mut firm: Firm) {
    firm.staff();
    let practice = Practice::new(&firm);
    practice.send(&firm, &[("X-1", "C1")]);
    practice.running.advance(24 * 60 * 60);
    crate::query(&firm.url, "UPDATE submission SET next_ms = 0");
    firm.call("nyx", &["overnight", "--accounts", &practice.accounts]);
    assert_eq!(field(&firm, "X-1", "C1", "state"), "rejected");
    let rejections = |args: &[&str]| {
        let all = [
            &["rejections"][..],
            args,
            &["--accounts", &practice.accounts, "--today", "2026-10-20"],
        ]
        .concat();
        firm.call("ann", &all)
    };
    let said = rejections(&[]);
    assert_eq!(said.status, 1, "{}{}", said.out, said.err);
    for wanted in [
        "X-1 of client C1",
        "for the first time",
        "nothing was done yet",
        "20 days since the invoice date; a limit of the client is not configured",
        "35 days since the oldest line",
        "ask the portal or the client",
    ] {
        assert!(
            said.out.contains(wanted),
            "\"{wanted}\" is not in: {}",
            said.out
        );
    }
    let resubmit = |number: &str| {
        firm.call(
            "ann",
            &["resubmit", number, "--accounts", &practice.accounts],
        )
    };
    resubmit("X-1").refused("nothing that invoice X-1 follows was refused");
    // The client's own pack sets a limit, and a late invoice is one whatever was refused.
    let pack = "pack = \"client-c1\"\ntitle = \"C1\"\nversion = \"1\"\ngoverns = { client_id = [\"C1\"] }\n[rules.late-time-entry]\nlevel = \"reject\"\nmax_age_days = 30\n";
    firm.file("packs/c1.toml", pack);
    let packs = firm.path("packs").display().to_string();
    let said = rejections(&["--packs", &packs]);
    assert!(
        said.out.contains("5 over the client's limit of 30"),
        "{}",
        said.out
    );
    let text = invoice(
        "X-1",
        "C1",
        "300.00",
        "Draft motion to compel production of the corrected survey",
    );
    firm.intake("ann", &firm.file("X-1b.txt", &text)).well();
    assert!(
        rejections(&["X-1"])
            .out
            .contains("version 2 is being corrected")
    );
    resubmit("X-1").refused("has to be cleared before it goes again");
    firm.call("bob", &["clear", "X-1"]).well();
    assert!(
        rejections(&[])
            .out
            .contains("cleared: cleanbill resubmit X-1")
    );
    resubmit("X-1").well();
    let sent: Vec<_> = practice
        .running
        .ledger("standard")
        .into_iter()
        .filter(|r| r.number == "X-1" && r.verdict == Verdict::Accepted)
        .collect();
    assert_eq!(sent.len(), 2);
    assert_eq!(
        (sent[0].invoice_type.as_str(), sent[1].invoice_type.as_str()),
        ("INVOICE", "RESUBMIT")
    );
    assert_eq!(sent[1].related, sent[0].id);
    // A late word about the first version does not refuse the second; one without a day is looked at by a person.
    for (day, expected) in [
        ("2026-04-01T00:00:00Z", "1 taken"),
        ("", "version 1 was refused before"),
    ] {
        let acks = format!("{ACK}LEDES API,{day},,,X-1,M,rejected,,wrong matter,\n");
        let said = practice.import(&firm, "ann", &[&firm.file("ack.csv", &acks)]);
        assert!(said.out.contains(expected), "{}", said.out);
        assert_eq!(field(&firm, "X-1", "C1", "state"), "submitted");
    }
    assert!(rejections(&[]).out.contains("Nothing refused waits"));
    firm.sound();
}

fn a_refused_invoice_goes_again_under_another_number(mut firm: Firm) {
    firm.staff();
    let practice = Practice::new(&firm);
    practice.send(&firm, &[("H-1", "C3"), ("X-2", "C1")]);
    let typed = [
        "answers",
        "type",
        "H-1",
        "--word",
        "rejected",
        "--reason",
        "wrong matter",
        "--accounts",
        &practice.accounts,
    ];
    firm.call("ann", &typed).well();
    let said = firm.call(
        "ann",
        &["rejections", "H-1", "--accounts", &practice.accounts],
    );
    assert!(
        said.out.contains("number    a new number") && said.out.contains("wrong_matter"),
        "{}",
        said.out
    );
    // Under the same number the portal would refuse it for that.
    let same = invoice(
        "H-1",
        "C3",
        "300.00",
        "Draft motion to compel production of the corrected survey",
    );
    firm.intake("ann", &firm.file("H-1b.txt", &same)).well();
    firm.call("bob", &["clear", "H-1"]).well();
    let resubmit = |number: &str| {
        firm.call(
            "ann",
            &[
                "resubmit",
                number,
                "--queue",
                "--accounts",
                &practice.accounts,
            ],
        )
    };
    resubmit("H-1").refused("CounselLink wants a new number");
    // What was agreed with the client counts before the portal's rule.
    firm.file(
        "lists/windows.csv",
        "client_id,portal,kind,from,length,unit,starts_at,time_zone,cut_off,holidays,tries,numbering,if_holiday,source\n\
         C3,CounselLink,resubmission,,60,calendar days,rejected,UTC,,,,same,,terms 4\n\
         C1,,resubmission,,60,calendar days,rejected,UTC,,,,suffix:-R,,terms 5\n",
    );
    let lists = firm.path("lists").display().to_string();
    let agreed = |command: &str, number: &str, more: &[&str]| {
        let args = [command, number, "--firm", &lists, "--accounts"];
        firm.call(
            "ann",
            &[&args, &[practice.accounts.as_str()][..], more].concat(),
        )
    };
    let said = agreed("rejections", "H-1", &[]);
    assert!(
        said.out.contains("number    the same number, H-1"),
        "{}{}",
        said.out,
        said.err
    );
    agreed("resubmit", "H-1", &["--queue"]).well();
    // The other: refused at the practice portal, and replaced by a new number.
    practice.running.advance(24 * 60 * 60);
    crate::query(
        &firm.url,
        "UPDATE submission SET next_ms = 0 WHERE status = 'sent'",
    );
    firm.call("nyx", &["overnight", "--accounts", &practice.accounts]);
    let new = invoice(
        "A-2",
        "C1",
        "300.00",
        "Draft motion to compel production of the corrected survey",
    );
    let new = firm.file("A-2.txt", &new);
    let intake = |path: &str, old: &str| {
        firm.call(
            "ann",
            &["intake", "--today", "2026-10-06", "--replaces", old, path],
        )
    };
    intake(&new, "H-1").refused("is of client C1, and H-1 of C3");
    intake(&new, "X-2").well();
    intake(&new, "X-2").well();
    let third = invoice(
        "A-3",
        "C1",
        "300.00",
        "Draft motion to compel production of the corrected survey",
    );
    intake(&firm.file("A-3.txt", &third), "X-2").refused("stands in the place of X-2 already");
    let said = firm.call(
        "ann",
        &["rejections", "X-2", "--accounts", &practice.accounts],
    );
    assert!(
        said.out.contains("A-2 in its place is being worked on"),
        "{}",
        said.out
    );
    firm.call("bob", &["clear", "A-2"]).well();
    let said = agreed("rejections", "X-2", &[]);
    assert!(
        said.out.contains("number    the number X-2-R"),
        "{}{}",
        said.out,
        said.err
    );
    agreed("resubmit", "A-2", &["--queue"]).refused("wants the number X-2-R");
    firm.call(
        "ann",
        &["resubmit", "A-2", "--accounts", &practice.accounts],
    )
    .well();
    let ledger = practice.running.ledger("standard");
    let of = |number: &str| ledger.iter().find(|r| r.number == number).expect("it came");
    assert_eq!(
        (of("A-2").invoice_type.as_str(), &of("A-2").related),
        ("RESUBMIT", &of("X-2").id)
    );
    let left = firm.call("ann", &["rejections", "--accounts", &practice.accounts]);
    assert!(!left.out.contains("X-2"), "{}", left.out);
    // The work is not billed twice.
    let both = invoice(
        "X-2",
        "C1",
        "300.00",
        "Draft motion to compel production of the corrected survey",
    );
    firm.intake("ann", &firm.file("X-2b.txt", &both)).well();
    firm.call("bob", &["clear", "X-2"]).well();
    firm.call(
        "ann",
        &["submit", "X-2", "--queue", "--accounts", &practice.accounts],
    )
    .refused("A-2 stands in the place of X-2");
    let shown = firm.call("odd", &["show", "A-2"]).well();
    assert!(shown.contains("replace"), "{shown}");
    // What stands in its place is refused too, and given up: it does not wait for a correction again.
    let again = typed.map(|word| match word {
        "H-1" => "A-2",
        other => other,
    });
    firm.call("ann", &again).well();
    let left = || firm.call("ann", &["rejections", "--accounts", &practice.accounts]);
    let said = left().out;
    assert!(said.contains("A-2") && !said.contains("\nX-2"), "{said}");
    firm.call("bob", &["withdraw", "A-2", "--reason", "refused twice"])
        .well();
    let said = left().out;
    assert!(said.contains("Nothing refused waits"), "{said}");
    firm.sound();
}

fn the_overnight_job_listens_to_a_folder(mut firm: Firm) {
    firm.staff();
    let practice = Practice::new(&firm);
    practice.send(&firm, &[("H-1", "C3")]);
    let folder = firm.path("heard").display().to_string();
    let text = mail(
        FROM,
        PROVEN,
        "Invoice H-1 rejected",
        "Reject reason: missing task code",
    );
    firm.file("heard/a.eml", &text);
    firm.file("heard/b.eml", &text.replace("H-1", "H-77"));
    let settings = std::fs::read_to_string(firm.path("settings")).unwrap_or_default();
    std::fs::write(
        firm.path("settings"),
        format!("{settings}answers = \"{folder}\"\n"),
    )
    .expect("written");
    let said = firm.call("nyx", &["overnight", "--accounts", &practice.accounts]);
    assert_eq!(state(&firm, "H-1"), "rejected", "{}{}", said.out, said.err);
    assert!(said.out.contains("has the number H-77"), "{}", said.out);
    // What waited yesterday does not stand in every morning's report.
    let said = firm.call("nyx", &["overnight", "--accounts", &practice.accounts]);
    assert_eq!(said.status, 0, "{}", said.out);
    firm.sound();
}

fn each_role_does_what_it_may(mut firm: Firm) {
    firm.staff();
    let practice = Practice::new(&firm);
    for role in Role::ALL {
        firm.add(
            &format!("the {role}"),
            &["--role", role.name(), "--all-clients"],
        );
    }
    for (n, role) in Role::ALL.into_iter().enumerate() {
        let (who, number) = (format!("the {role}"), format!("H-{n}"));
        practice.send(&firm, &[(&number, "C3")]);
        let acks = |more: &str| {
            format!(
                "{ACK}CounselLink,2026-04-01T00:00:00Z,,,{number}{more},M,rejected,ZX9,odd words of {role},\n"
            )
        };
        let own = firm.file("own.csv", &acks("-unknown"));
        let waiting = practice.import(&firm, "ann", &[&own]);
        let id = answer_of(&waiting.out, &number);
        practice.import(&firm, "ann", &[&firm.file("other.csv", &acks("-other"))]);
        let queue = firm.call("ann", &["answers", "list", "--queue"]).well();
        let other = queue
            .lines()
            .find(|l| l.contains("-other"))
            .expect("it waits")[..12]
            .to_owned();
        let file = firm.file("in.csv", &acks(""));
        let accounts = practice.accounts.as_str();
        for (act, args) in [
            (
                Act::HearAnswers,
                vec!["answers", "import", &file, "--accounts", accounts],
            ),
            (Act::Read, vec!["answers", "list"]),
            (Act::Read, vec!["answers", "show", &id]),
            (Act::Read, vec!["answers", "reasons", "--all"]),
            (Act::DecideAnswers, vec!["answers", "assign", &id, &number]),
            (
                Act::DecideAnswers,
                vec!["answers", "put-aside", &other, "--reason", "no"],
            ),
            (
                Act::DecideAnswers,
                vec![
                    "answers",
                    "type",
                    &number,
                    "--word",
                    "rejected",
                    "--reason",
                    "x",
                    "--accounts",
                    accounts,
                ],
            ),
            (Act::Read, vec!["rejections", "--accounts", accounts]),
            (
                Act::Read,
                vec!["rejections", &number, "--accounts", accounts],
            ),
        ] {
            let said = firm.call(&who, &args);
            let may = act.who().contains(&role);
            if args[1] == "import" && !may {
                // What follows needs a rejected invoice.
                firm.call("ann", &args).well();
            }
            if may {
                // Something is refused: rejections say so by their exit status.
                let findings = args[0] == "rejections";
                assert_eq!(
                    said.status,
                    i32::from(findings),
                    "{who}, {args:?}: {}{}",
                    said.out,
                    said.err
                );
            } else if args[1] == "type" && !Act::Read.who().contains(&role) {
                said.refused("may not look at invoices");
            } else {
                assert_eq!(said.status, 2, "{who}, {args:?}: {}{}", said.out, said.err);
                said.refused(&format!("may not {}", act.words()));
            }
        }
    }
    firm.sound();
}

fn what_was_said_goes_with_the_documents(mut firm: Firm) {
    firm.staff();
    let practice = Practice::new(&firm);
    practice.send(&firm, &[("H-1", "C3")]);
    let paid = [
        "answers",
        "type",
        "H-1",
        "--word",
        "paid",
        "--reason",
        "cheque of the Larkspur estate",
        "--accounts",
        &practice.accounts,
    ];
    firm.call("ann", &paid).well();
    assert_eq!(state(&firm, "H-1"), "paid");
    let listed = firm.call("ann", &["answers", "list"]).well();
    let id = &listed[..12];
    assert!(
        firm.call("ann", &["answers", "show", id])
            .well()
            .contains("Larkspur")
    );
    // Words nobody knows wait for a person; some were said of an invoice that stays, too.
    practice.send(&firm, &[("H-2", "C3")]);
    let unknown = |number: &str, words: &str| {
        let typed = [
            "answers",
            "type",
            number,
            "--word",
            "in-review",
            "--reason",
            words,
            "--accounts",
            &practice.accounts,
        ];
        firm.call("ann", &typed).well();
    };
    unknown("H-2", "cheque of the Larkspur estate");
    unknown("H-2", "quibble about the lighthouse");
    let remembered = || {
        let listed = firm.call("ann", &["answers", "words", "list"]).well();
        let mut words: Vec<String> = listed
            .lines()
            .filter_map(|l| Some(l.split_once("  ")?.1.to_owned()))
            .collect();
        words.sort();
        words.join("; ")
    };
    let words = remembered();
    assert!(
        words.contains("Larkspur") && words.contains("of 2 invoices"),
        "{words}"
    );
    firm.call(
        "bob",
        &["retention", "set", "--client", "C3", "--years", "1"],
    )
    .well();
    // As if a partner purged ten years from now.
    at_bobs_desk(&firm, &system_clock, async |desk| {
        let day = "2036-10-10".parse().expect("a day");
        let gone = desk.purge(day, "yearly").await.expect("purged");
        assert_eq!(gone.len(), 1);
    });
    let shown = firm.call("ann", &["answers", "show", id]).well();
    assert!(
        shown.contains("was purged") && !shown.contains("Larkspur"),
        "{shown}"
    );
    let words = remembered();
    assert!(
        words.contains("Larkspur") && !words.contains("of 2 invoices"),
        "{words}"
    );
    // The last invoice of which they were said goes too.
    let paid = [&paid[..2], &["H-2"], &paid[3..]].concat();
    firm.call("ann", &paid).well();
    at_bobs_desk(&firm, &system_clock, async |desk| {
        let day = "2036-12-10".parse().expect("a day");
        desk.purge(day, "yearly").await.expect("purged");
    });
    assert_eq!(remembered(), "", "the words went with the documents");
    firm.sound();
}
