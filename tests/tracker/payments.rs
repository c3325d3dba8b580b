//! Remittances are brought in: each payment once, applied to its invoice and line, or left to a person; what is open by it,
//! and who is reminded.

use crate::firm::{Firm, Said};
use crate::inside::practice_portals;
use crate::night::state;
use crate::on_both;
use chrono::{Days, Local, NaiveDate};
use cleanbill::sandbox::{Running, Settings};
use cleanbill::workflow::{Act, Role, Step};
use rust_decimal::Decimal;
use serde_json::Value;
use tokio::runtime::Runtime;

on_both!(
    a_payment_is_applied_once_and_the_invoice_follows,
    what_cannot_be_believed_waits_for_a_person,
    a_person_decides_what_waits,
    what_a_portal_and_a_remittance_tell_is_one_payment,
    open_amounts_age_and_short_payments_are_listed,
    a_reminder_is_drafted_once_for_each_number_of_days,
    each_role_does_what_it_may,
);

const HEAD: &str = "invoice_number,client_invoice_number,client_id,line_number,amount,currency,paid_on,kind,reference\n";

/// So many days ago.
fn ago(days: u64) -> NaiveDate {
    let today = Local::now().date_naive();
    today.checked_sub_days(Days::new(days)).expect("a day")
}

/// An invoice of 1,050.00 in three lines, of 300.00, 600.00 and 150.00.
fn invoice(number: &str, client: &str, date: NaiveDate) -> String {
    let written = |d: NaiveDate| d.format("%Y%m%d").to_string();
    let first = date.checked_sub_days(Days::new(20)).expect("a day");
    let mut text = String::from(
        "LEDES1998B[]\nINVOICE_DATE|INVOICE_NUMBER|CLIENT_ID|LAW_FIRM_MATTER_ID|INVOICE_TOTAL|BILLING_START_DATE|BILLING_END_DATE|INVOICE_DESCRIPTION|LINE_ITEM_NUMBER|EXP/FEE/INV_ADJ_TYPE|LINE_ITEM_NUMBER_OF_UNITS|LINE_ITEM_ADJUSTMENT_AMOUNT|LINE_ITEM_TOTAL|LINE_ITEM_DATE|LINE_ITEM_TASK_CODE|LINE_ITEM_EXPENSE_CODE|LINE_ITEM_ACTIVITY_CODE|TIMEKEEPER_ID|LINE_ITEM_DESCRIPTION|LAW_FIRM_ID|LINE_ITEM_UNIT_COST|TIMEKEEPER_NAME|TIMEKEEPER_CLASSIFICATION|CLIENT_MATTER_ID[]\n",
    );
    for (item, hours, total, words) in [
        (
            "1",
            "1.0",
            "300.00",
            "Draft motion to compel production of the survey",
        ),
        (
            "2",
            "2.0",
            "600.00",
            "Attend deposition of harbour master Ole Brandt",
        ),
        (
            "3",
            "0.5",
            "150.00",
            "Prepare exhibit list for hearing on motion to compel",
        ),
    ] {
        let (start, end) = (written(first), written(date));
        text += &format!(
            "{end}|{number}|{client}|2026-0117|1050.00|{start}|{end}|Services rendered|{item}|F|{hours}|0.00|{total}|{start}|L120||A104|AQ|{words}|94-1111111|300.00|Quillfeather, Ada|PT|CM-7[]\n"
        );
    }
    text
}

/// A firm whose invoices a person uploads.
struct Office {
    firm: Firm,
    accounts: String,
}

impl Office {
    fn new(mut firm: Firm) -> Self {
        firm.staff();
        let accounts = format!(
            "[account.hand]\nportal = \"CounselLink\"\nway = \"assisted\"\nclients = [\"C1\", \"C2\", \"C3\"]\n\
             settings = {{ folder = {:?} }}\nlimits = {{ per_second = \"1000\" }}\n",
            firm.path("by-hand").display().to_string()
        );
        let accounts = firm.file("portals.toml", &accounts);
        firm.file(
            "lists/clients.csv",
            "client_id,client_name,portal,currencies\nC1,Stillwater Marine,CounselLink,\nC2,Halcyon Mutual,CounselLink,USD\nC3,Larkspur,CounselLink,GBP\n",
        );
        firm.file(
            "lists/matters.csv",
            "client_id,law_firm_matter_id,billing_partner\nC1,2026-0117,bob\nC2,2026-0117,cid\n",
        );
        firm.file("settings", "firm = \"lists\"\n");
        Self { firm, accounts }
    }

    fn call(&self, who: &str, args: &[&str]) -> Said {
        self.firm.call(who, args)
    }

    /// Takes in an invoice that is so many days old, and brings it to the client. Returns its id.
    fn bill(&self, number: &str, client: &str, days: u64) -> String {
        let id = self.keep(number, client, days);
        self.call("bob", &["clear", &id]).well();
        self.call("ann", &["submit", &id, "--accounts", &self.accounts]);
        self.call("ann", &["settle", &id, "--arrived", "--reason", "seen"])
            .well();
        id
    }

    fn keep(&self, number: &str, client: &str, days: u64) -> String {
        let text = invoice(number, client, ago(days));
        let path = self.firm.file(&format!("{client}-{number}.txt"), &text);
        self.call("ann", &["intake", &path]).well();
        let listed = self.call("odd", &["list", "--json"]).well();
        let row = listed
            .lines()
            .map(|l| serde_json::from_str::<Value>(l).expect("JSON"))
            .find(|r| r["number"] == number && r["client"] == client);
        row.expect("listed")["id"]
            .as_str()
            .expect("an id")
            .to_owned()
    }

    /// The client says what it will pay.
    fn says(&self, number: &str, word: &str, more: &[&str]) {
        let typed = [
            "answers", "type", number, "--word", word, "--reason", "told so",
        ];
        let accounts = ["--accounts", &self.accounts];
        self.call("ann", &[&typed[..], more, &accounts].concat())
            .well();
    }

    fn import(&self, rows: &str) -> Said {
        let file = self.firm.file("remittance.csv", &format!("{HEAD}{rows}"));
        self.call("ann", &["payments", "import", &file])
    }

    fn shown(&self, named: &str) -> Value {
        let out = self
            .call("odd", &["payments", "show", named, "--json"])
            .well();
        serde_json::from_str(&out).expect("JSON")
    }

    fn state(&self, number: &str) -> String {
        state(&self.firm, number)
    }

    /// The ids of what waits, by the number it names.
    fn queue(&self) -> Vec<(String, String, String)> {
        let args = ["payments", "list", "--queue", "--format", "json"];
        let out = self.call("odd", &args).well();
        let rows = out
            .lines()
            .map(|l| serde_json::from_str::<Value>(l).expect("JSON"));
        let text = |v: &Value| v.as_str().unwrap_or_default().to_owned();
        rows.map(|r| (text(&r["id"]), text(&r["reference"]), text(&r["why"])))
            .collect()
    }

    fn id(&self, reference: &str) -> String {
        let all = self.queue();
        let own = all.iter().find(|(_, r, _)| r == reference);
        own.unwrap_or_else(|| panic!("{reference} does not wait: {all:?}"))
            .0
            .clone()
    }
}

fn money(value: &Value) -> Decimal {
    let text = value
        .as_str()
        .unwrap_or_else(|| panic!("{value} is no amount"));
    text.parse().expect("an amount")
}

fn of(text: &str) -> Decimal {
    text.parse().expect("an amount")
}

fn a_payment_is_applied_once_and_the_invoice_follows(firm: Firm) {
    let office = Office::new(firm);
    office.bill("P-1", "C1", 40);
    office.bill("P-2", "C1", 40);
    office.bill("P-3", "C1", 40);
    office.says("P-1", "approved", &[]);
    // One transfer for two invoices, and a line of one of them by name.
    let day = ago(3);
    let rows = format!(
        "P-1,,C1,2,600.00,,{day},ACH,778\nP-1,,C1,,400.00,,{day},ACH,778\nP-2,,,,500.00,,{day},ACH,778\n"
    );
    let out = office.import(&rows).well();
    assert!(out.contains("3 taken, 0 known before, 0 waiting"), "{out}");
    assert_eq!(office.state("P-1"), "partly paid");
    // Nobody has said what the client approves of this one.
    assert_eq!(office.state("P-2"), "submitted");
    let shown = office.shown("P-1");
    assert_eq!(money(&shown["paid"]), of("1000"));
    assert_eq!(money(&shown["open"]), of("50"));
    let line = &shown["lines"][0];
    assert_eq!(
        (line["item"].as_str(), money(&line["paid"])),
        (Some("2"), of("600"))
    );
    assert_eq!(money(&shown["without_line"]), of("400"));
    // The same file, and the same rows in another one, are the same payments.
    let again = office.import(&rows).well();
    assert!(again.contains("0 taken, 3 known before"), "{again}");
    let other = office
        .import(&format!("{rows}P-1,,C1,,50.00,,{day},ACH,779\n"))
        .well();
    assert!(other.contains("1 taken, 3 known before"), "{other}");
    assert_eq!(office.state("P-1"), "paid");
    // What stands in one file twice counts once, and somebody is told.
    let twice = format!("P-2,,,,50.00,,{day},ACH,780\nP-2,,,,50.00,,{day},ACH,780\n");
    let out = office.import(&twice).well();
    assert!(
        out.contains("1 taken, 1 known before") && out.contains("counts once"),
        "{out}"
    );
    assert_eq!(money(&office.shown("P-2")["paid"]), of("550"));
    // Another file says the same with other words: reference, day, amount and invoice are one payment.
    let out = office
        .import(&format!("p-2,,C1,,50.00,USD,{day},Wire,780\n"))
        .well();
    assert!(out.contains("it is counted once"), "{out}");
    assert_eq!(money(&office.shown("P-2")["paid"]), of("550"));
    // Two lines of the same amount are two; one that may be either waits.
    let lines = format!("P-2,,,1,70.00,,{day},ACH,790\nP-2,,,2,70.00,,{day},ACH,790\n");
    assert!(office.import(&lines).well().contains("2 taken"));
    let said = office.import(&format!("P-2,,,,70.00,,{day},ACH,790\n"));
    assert!(said.out.contains("one names a line"), "{}", said.out);
    let either = office.id("790");
    office
        .call(
            "ann",
            &[
                "payments",
                "put-aside",
                &either,
                "--reason",
                "the sum of one line",
            ],
        )
        .well();
    assert_eq!(money(&office.shown("P-2")["paid"]), of("690"));
    // All of an invoice that nobody has decided on: the client has approved it, then.
    office
        .import(&format!("P-3,,,,1050.00,,{day},CHECK,4711\n"))
        .well();
    assert_eq!(office.state("P-3"), "paid");
    let all = office
        .call("odd", &["payments", "list", "--format", "csv"])
        .well();
    assert_eq!(all.lines().count(), 1 + 8, "{all}");
    let told = office.call("odd", &["show", "P-3"]).well();
    assert!(told.contains("receive"), "{told}");
    office.firm.sound();
}

fn what_cannot_be_believed_waits_for_a_person(firm: Firm) {
    let office = Office::new(firm);
    office.bill("Q-1", "C2", 20);
    office.bill("Q-2", "C1", 20);
    office.bill("Q-2", "C2", 20);
    office.keep("Q-3", "C1", 20);
    office.bill("Q-4", "C1", 20);
    office.says("Q-4", "rejected", &[]);
    let day = ago(1);
    let ahead = Local::now().date_naive() + Days::new(9);
    let cases = [
        (
            "X-9,,,,10.00,,",
            day,
            "w1",
            "no invoice of a client you serve has the number X-9",
        ),
        ("Q-2,,,,10.00,,", day, "w2", "several invoices may be meant"),
        ("Q-1,,,,2000.00,,", day, "w3", "only 1050.00 is open"),
        ("Q-1,,,,-10.00,,", day, "w4", "10.00 is taken back"),
        ("Q-1,,,,10.00,EUR,", day, "w5", "it is in EUR"),
        ("Q-1,,,9,10.00,,", day, "w6", "has no line 9"),
        ("Q-1,,,3,150.01,,", day, "w7", "line 3 bills 150.00"),
        ("Q-1,,,,10.00,,", ahead, "w8", "a day that lies ahead"),
        ("Q-1,,C1,,10.00,,", day, "w9", "it names the client C1"),
        ("Q-3,,,,10.00,,", day, "w10", "nobody could have paid it"),
        ("Q-4,,,,10.00,,", day, "w11", "was refused"),
        (",,,,10.00,,", day, "w12", "no invoice number stands in it"),
    ];
    let rows: String = cases
        .iter()
        .map(|(row, day, reference, _)| format!("{row}{day},ACH,{reference}\n"))
        .collect();
    let said = office.import(&rows);
    assert_eq!(said.status, 1, "{}{}", said.out, said.err);
    assert!(
        said.out.contains("0 taken, 0 known before, 12 waiting"),
        "{}",
        said.out
    );
    let waiting = office.queue();
    for (_, _, reference, why) in cases {
        let own = waiting.iter().find(|(_, r, _)| r == reference);
        let (_, _, told) = own.unwrap_or_else(|| panic!("{reference} does not wait"));
        assert!(told.contains(why), "{reference}: {told}");
    }
    // Nothing of it was applied.
    assert_eq!(money(&office.shown("Q-1")["paid"]), of("0"));
    assert_eq!(
        office.shown("Q-1")["waiting"].as_array().map(Vec::len),
        Some(7)
    );
    // What can be told apart by its client is taken.
    office
        .import(&format!("Q-2,,C2,,10.00,,{day},ACH,w2\n"))
        .well();
    // Rows that cannot be read are named with their places, and the others are taken.
    let said = office.import(&format!(
        "Q-1,,,,1o.00,,{day},ACH,m1\nQ-1,,,,20.00,,{day},ACH,m2\nSum,,,,20.00,,,,\n"
    ));
    assert_eq!(said.status, 1);
    for words in [
        "row 2, column amount",
        "\"1o.00\" stands there",
        "row 4, column paid_on",
        "1 taken",
    ] {
        assert!(said.out.contains(words), "{words}: {}", said.out);
    }
    // An invoice that came since is found when the row comes again.
    office.bill("X-9", "C1", 20);
    let out = office
        .import(&format!("X-9,,,,10.00,,{day},ACH,w1\n"))
        .well();
    assert!(out.contains("1 taken"), "{out}");
    let wrong = office.firm.file("wrong.csv", "a,b\n1,2\n");
    let said = office.call("ann", &["payments", "import", &wrong]);
    assert_eq!(said.status, 1);
    assert!(said.out.contains("names of the columns"), "{}", said.out);
    // A spreadsheet computes nothing of what clients write.
    office.import(&format!("\"=cmd|' /C calc'!A0\",,,,5.00,,{day},ACH,w13\n"));
    let csv = office
        .call("odd", &["payments", "list", "--queue", "--format", "csv"])
        .well();
    assert!(csv.contains("'=cmd|"), "{csv}");
    office.firm.sound();
}

fn a_person_decides_what_waits(firm: Firm) {
    let office = Office::new(firm);
    for number in ["R-1", "R-2", "R-3"] {
        office.bill(number, "C2", 20);
        office.says(number, "approved", &[]);
    }
    let day = ago(2);
    // One transfer for three invoices, and nothing says how much for each.
    office.import(&format!(",,C2,,2000.00,,{day},WIRE,bulk\n"));
    let bulk = office.id("bulk");
    let assign = |id: &str, more: &[&str]| {
        office.call("ann", &[&["payments", "assign", id][..], more].concat())
    };
    assign(&bulk, &["R-1", "R-2"]).refused("say how much is for R-1");
    assign(&bulk, &["R-1=1050.00", "R-2=900.00"]).refused("the parts make 1950.00");
    assign(&bulk, &["R-1=1050.00", "R-1=950.00"]).refused("named twice");
    assign(&bulk, &["R-1=1050.00", "R-2=1000.00", "R-3=-50.00"]).refused("above nothing");
    let out = assign(&bulk, &["R-1=1050.00", "R-2=950.00"]).well();
    assert!(
        out.contains("R-1 is paid") && out.contains("R-2 is partly paid"),
        "{out}"
    );
    assign(&bulk, &["R-1"]).refused("is taken already, by ann");
    // More than is open needs a reason.
    office.import(&format!("R-2,,,,120.00,,{day},WIRE,more\n"));
    let more = office.id("more");
    assign(&more, &["R-2"]).refused("a reason is needed for more than is open");
    assign(&more, &["R-2", "--reason", "a credit for May"]).well();
    let shown = office.shown("R-2");
    assert_eq!(money(&shown["open"]), of("-20"));
    assert!(
        shown["remarks"][0]
            .as_str()
            .expect("words")
            .contains("20.00 more came"),
        "{shown}"
    );
    // A chargeback is netted by nobody but a person.
    office.import(&format!("R-1,,,,-1050.00,,{day},REVERSAL,back\n"));
    assert_eq!(money(&office.shown("R-1")["paid"]), of("1050"));
    let back = office.id("back");
    assign(&back, &["R-1"]).refused("a reason is needed for money that was taken back");
    assign(&back, &["R-3", "--reason", "x"]).refused("cannot be taken back");
    assign(&back, &["R-1", "--reason", "its bank says so"]).well();
    let shown = office.shown("R-1");
    assert_eq!(
        (money(&shown["paid"]), money(&shown["open"])),
        (of("0"), of("1050"))
    );
    let text = office.call("odd", &["payments", "show", "R-1"]).well();
    assert!(text.contains("LOOK: 1050.00 was taken back"), "{text}");
    // Another currency: a person says what it settles.
    office.import(&format!("R-3,,,,970.00,EUR,{day},WIRE,euro\n"));
    let euro = office.id("euro");
    assign(&euro, &["R-3"]).refused("in the invoice's own currency");
    assign(&euro, &["R-3=1050.00"]).refused("a reason is needed for another currency");
    assign(&euro, &["R-3=1050.00", "--reason", "at the day's rate"]).well();
    assert_eq!(office.state("R-3"), "paid");
    // What is no payment to us is put aside, and stays so.
    let foreign = format!("L-77,,,,10.00,,{day},ACH,leeds\n");
    office.import(&foreign);
    let leeds = office.id("leeds");
    office
        .call(
            "ann",
            &[
                "payments",
                "put-aside",
                &leeds,
                "--reason",
                "of the office in Leeds",
            ],
        )
        .well();
    let out = office.import(&foreign).well();
    assert!(out.contains("0 taken, 1 known before, 0 waiting"), "{out}");
    let shown = office.call("odd", &["payments", "show", &leeds]).well();
    assert!(shown.contains("ann: of the office in Leeds"), "{shown}");
    assert!(office.queue().is_empty());
    // It goes with everything else that is kept.
    let folder = office.firm.path("all").display().to_string();
    office.call("odd", &["export", &folder]).well();
    let rows = std::fs::read_to_string(office.firm.path("all/remittances.csv")).expect("written");
    assert!(
        rows.contains("leeds") && !rows.contains("office in Leeds"),
        "{rows}"
    );
    // An invoice that was never sent cannot have been paid, whoever says so.
    office.keep("R-4", "C2", 5);
    office.import(&format!("R-4,,,,10.00,,{day},ACH,never\n"));
    assign(&office.id("never"), &["R-4"]).refused("nobody could have paid it");
    office.firm.sound();
}

const PORTAL: &str = r#"
seed = 3
[[portal]]
name = "standard"
kind = "ledes-api"
step_seconds = 60
number = [{ starts = "T-", outcome = "paid-twice" }, { starts = "A-", outcome = "approved" }]
account = [{ id = "firm", secret = "s" }]
ledes_api = { business = "firm" }
"#;

/// A practice portal that tells of payments, and writes remittances.
struct Practice {
    _runtime: Runtime,
    running: Running,
    office: Office,
    remittance: String,
    mapping: String,
}

impl Practice {
    fn new(firm: Firm) -> Self {
        let mut office = Office::new(firm);
        let mut settings = Settings::parse(PORTAL).expect("settings");
        let remittance = office.firm.path("from-client.csv");
        settings.portals[0].remittance_csv = Some(remittance.clone());
        let (runtime, running) = practice_portals(settings);
        office.firm.file("secret", "s");
        let accounts = format!(
            "[account.standard]\nportal = \"LEDES API\"\nway = \"api\"\nurl = \"{}\"\nclients = [\"C9\"]\n\
             sign_in = {{ kind = \"oauth2\", token_url = \"{}/oauth2/token\", client_id = \"firm\", client_secret = {{ file = {:?} }} }}\n\
             limits = {{ per_second = \"500\" }}\n",
            running.base("standard").expect("it is there"),
            running.origin("standard").expect("it is there"),
            office.firm.path("secret").display().to_string()
        );
        office.accounts = office.firm.file("portals.toml", &accounts);
        let mapping = "date_order = \"month-first\"\n[columns]\ninvoice_number = \"Supplier Invoice\"\nclient_invoice_number = \"Our Document\"\n\
                       amount = \"Paid\"\npaid_on = \"Value Date\"\nkind = \"Method\"\nreference = \"Payment No\"\n";
        let mapping = office.firm.file("mapping.toml", mapping);
        Self {
            _runtime: runtime,
            running,
            office,
            remittance: remittance.display().to_string(),
            mapping,
        }
    }

    fn bill(&self, number: &str) {
        let id = self.office.keep(number, "C9", 10);
        self.office.call("bob", &["clear", &id]).well();
        let args = [
            "submit",
            &id,
            "--queue",
            "--accounts",
            &self.office.accounts,
        ];
        self.office.call("ann", &args).well();
        self.night();
    }

    fn night(&self) {
        crate::query(&self.office.firm.url, "UPDATE submission SET next_ms = 0");
        let said = self
            .office
            .call("nyx", &["overnight", "--accounts", &self.office.accounts]);
        assert!(said.status < 2, "{}{}", said.out, said.err);
    }

    fn remit(&self) -> String {
        let args = [
            "payments",
            "import",
            &self.remittance,
            "--mapping",
            &self.mapping,
        ];
        self.office.call("ann", &args).out
    }

    fn paid(&self, number: &str) -> (Decimal, Decimal) {
        let shown = self.office.shown(number);
        (money(&shown["paid"]), money(&shown["open"]))
    }
}

fn what_a_portal_and_a_remittance_tell_is_one_payment(firm: Firm) {
    let practice = Practice::new(firm);
    let whole = (of("1050"), of("0"));
    // The portal first, then the remittance.
    practice.bill("T-1");
    practice.running.advance(6 * 60);
    practice.night();
    assert_eq!(practice.paid("T-1"), whole);
    // A day of the portal's clock may lie ahead of ours; nothing is written before it.
    let out = practice.remit();
    assert!(
        out.contains("told of it already") && out.contains("2 taken"),
        "{out}"
    );
    assert_eq!(practice.paid("T-1"), whole);
    // And once more in other words.
    let text = std::fs::read_to_string(&practice.remittance).expect("written");
    let other = text.replace("T-1,", "t-1,");
    practice.office.firm.file("other.csv", &other);
    let other = practice.office.firm.path("other.csv").display().to_string();
    let args = ["payments", "import", &other, "--mapping", &practice.mapping];
    let out = practice.office.call("ann", &args).well();
    assert!(out.matches("it is counted once").count() == 2, "{out}");
    assert_eq!(practice.paid("T-1"), whole);
    // The remittance first, by the client's own number; then the portal.
    practice.bill("A-1");
    practice.running.advance(6 * 60);
    let text = std::fs::read_to_string(&practice.remittance).expect("written");
    let own = text.lines().find(|l| l.starts_with("A-1,")).expect("paid");
    let nameless = own.replacen("A-1,", ",", 1);
    let head = text.lines().next().expect("a head");
    practice
        .office
        .firm
        .file("from-client.csv", &format!("{head}\n{nameless}\n"));
    let out = practice.remit();
    assert!(
        out.contains("1 taken") && out.contains("A-1 is paid now"),
        "{out}"
    );
    assert_eq!(practice.paid("A-1"), whole);
    crate::query(
        &practice.office.firm.url,
        "UPDATE submission SET status = 'sent'",
    );
    practice.night();
    assert_eq!(practice.paid("A-1"), whole, "told twice, paid once");
    assert_eq!(practice.office.state("A-1"), "paid");
    practice.office.firm.sound();
}

fn receivables(office: &Office, more: &[&str]) -> Vec<Value> {
    let args = [&["receivables", "--format", "json"][..], more].concat();
    let out = office.call("odd", &args).well();
    serde_json::from_str(&out).expect("JSON")
}

fn open_amounts_age_and_short_payments_are_listed(firm: Firm) {
    let office = Office::new(firm);
    for (number, client, days) in [
        ("O-1", "C2", 30),
        ("O-2", "C2", 31),
        ("O-3", "C2", 90),
        ("O-4", "C2", 91),
        ("O-5", "C3", 61),
        ("O-6", "C1", 5),
    ] {
        office.bill(number, client, days);
    }
    // Cut by 150.00, of which 100.00 is accepted; the rest is paid, but for a cent.
    office.says(
        "O-4",
        "reduced",
        &["--line", "2", "--cut", "150.00", "--approved", "900.00"],
    );
    let shown = office
        .call("odd", &["reductions", "show", "O-4", "--json"])
        .well();
    let cut: Value = serde_json::from_str(&shown).expect("JSON");
    let id = cut["cuts"][0]["row"]["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    office
        .call(
            "bob",
            &[
                "reductions",
                "accept",
                &id,
                "--amount",
                "100.00",
                "--reason",
                "agreed",
            ],
        )
        .well();
    office
        .import(&format!("O-4,,,,899.99,,{},ACH,901\n", ago(1)))
        .well();
    assert_eq!(office.state("O-4"), "partly paid");
    let all = receivables(&office, &["--by", "client"]);
    let of_client = |client: &str, field: &str| {
        let row = all.iter().find(|r| r["of"] == client).expect("listed");
        money(&row[field])
    };
    assert_eq!(of_client("C2", "0-30"), of("1050"));
    assert_eq!(of_client("C2", "31-60"), of("1050"));
    assert_eq!(of_client("C2", "61-90"), of("1050"));
    // 1,050.00 billed, 100.00 accepted, 899.99 paid.
    assert_eq!(of_client("C2", "over 90"), of("50.01"));
    assert_eq!(of_client("C2", "open"), of("3200.01"));
    let pounds = all.iter().find(|r| r["of"] == "C3").expect("listed");
    assert_eq!(
        (pounds["currency"].as_str(), money(&pounds["61-90"])),
        (Some("GBP"), of("1050"))
    );
    // Currencies are never one sum.
    let text = office
        .call("odd", &["receivables", "--by", "partner"])
        .well();
    for words in ["in all USD", "in all GBP", "cid USD", "bob"] {
        assert!(text.contains(words), "{words}: {text}");
    }
    let short = receivables(&office, &["--short"]);
    assert_eq!(short.len(), 1);
    assert_eq!(
        (
            money(&short[0]["approved"]),
            money(&short[0]["paid"]),
            money(&short[0]["missing"])
        ),
        (of("900"), of("899.99"), of("0.01"))
    );
    let csv = office
        .call("odd", &["receivables", "--short", "--format", "csv"])
        .well();
    assert!(
        csv.lines().nth(1).expect("a row").starts_with("O-4,C2,"),
        "{csv}"
    );
    let one = receivables(&office, &["--client", "C2"]);
    let cut = one
        .iter()
        .find(|r| r["invoice_number"] == "O-4")
        .expect("listed");
    assert_eq!(money(&cut["contested"]), of("50"));
    assert_eq!(money(&cut["due"]), of("0.01"));
    assert_eq!(money(&cut["approved"]), of("900"));
    // The firm counts from the day the client got it, or decided.
    office.firm.file(
        "settings",
        "firm = \"lists\"\nreceivables_from = \"submitted\"\n",
    );
    let all = receivables(&office, &["--by", "matter"]);
    assert!(
        all.iter().all(|r| money(&r["open"]) == money(&r["0-30"])),
        "{all:?}"
    );
    office
        .firm
        .file("settings", "receivables_from = \"due-date\"\n");
    office
        .call("odd", &["receivables"])
        .refused("\"due-date\" is no day ages count from");
    office.firm.sound();
}

fn a_reminder_is_drafted_once_for_each_number_of_days(firm: Firm) {
    let office = Office::new(firm);
    for (number, client, days) in [
        ("M-1", "C2", 29),
        ("M-2", "C2", 30),
        ("M-3", "C2", 95),
        ("M-4", "C2", 40),
        ("M-5", "C3", 70),
        ("M-6", "C2", 33),
    ] {
        office.bill(number, client, days);
    }
    // Disputed, and said to be paid: neither is reminded of.
    office.says("M-4", "action-required", &[]);
    office.says("M-6", "paid", &[]);
    let folder = office.firm.path("drafts").display().to_string();
    let would = office
        .call("ann", &["receivables", "reminders", "--dry-run"])
        .well();
    assert!(
        would.contains("would draft") && !office.firm.path("drafts").exists(),
        "{would}"
    );
    let out = office
        .call("ann", &["receivables", "reminders", &folder])
        .well();
    assert!(out.contains("Nothing was sent"), "{out}");
    let mut names: Vec<String> = std::fs::read_dir(&folder)
        .expect("drafts")
        .map(|e| {
            e.expect("an entry")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    names.sort();
    assert_eq!(
        names,
        [
            "C2-USD-30-days.txt",
            "C2-USD-90-days.txt",
            "C3-GBP-60-days.txt"
        ]
    );
    let letter =
        std::fs::read_to_string(office.firm.path("drafts/C2-USD-30-days.txt")).expect("a letter");
    assert!(
        letter.contains("Halcyon Mutual") && letter.contains("M-2"),
        "{letter}"
    );
    for other in ["M-1", "M-3", "M-4", "M-6"] {
        assert!(!letter.contains(other), "{other}: {letter}");
    }
    // Not once more for the same number of days, whoever asks, and not for fewer.
    let out = office
        .call("bob", &["receivables", "reminders", &folder])
        .well();
    assert!(out.contains("No reminder is to be drafted"), "{out}");
    // The firm's own steps and words.
    office
        .firm
        .file("own.txt", "{{ client_id }} owes {{ due }}\n");
    office.firm.file(
        "settings",
        "firm = \"lists\"\nreminder_days = \"10, 20\"\nreminder_letter = \"own.txt\"\n",
    );
    let out = office
        .call("ann", &["receivables", "reminders", &folder])
        .well();
    assert!(
        out.contains("20 days") && !out.contains("10 days,"),
        "{out}"
    );
    let own =
        std::fs::read_to_string(office.firm.path("drafts/C2-USD-20-days.txt")).expect("a letter");
    assert_eq!(own, "C2 owes 1050.00\n");
    office.firm.file("own.txt", "{{ clent_id }}\n");
    office
        .firm
        .file("settings", "reminder_days = \"5, soon\"\n");
    office
        .call("ann", &["receivables", "reminders", &folder])
        .refused("\"soon\" is no number of days");
    office.firm.file("settings", "firm = \"lists\"\n");
    // What a partner should take up, each with its reason.
    let out = office
        .call("bob", &["receivables", "escalate", "--format", "json"])
        .well();
    let all: Vec<Value> = serde_json::from_str(&out).expect("JSON");
    let why = |number: &str| {
        let own = all.iter().find(|e| e["invoice"]["number"] == number);
        own.map(|e| e["why"].to_string()).unwrap_or_default()
    };
    assert!(why("M-3").contains("open for 95 days"), "{out}");
    assert!(why("M-4").contains("disputed"), "{out}");
    assert_eq!(why("M-2") + &why("M-5"), "", "{out}");
    let none = office
        .call("bob", &["receivables", "escalate", "--partner", "bob"])
        .well();
    assert!(none.contains("Nothing is for a partner"), "{none}");
    // The morning says so in a line.
    let report = office.firm.path("morning.txt").display().to_string();
    office.call(
        "nyx",
        &[
            "overnight",
            "--accounts",
            &office.accounts,
            "--report",
            &report,
        ],
    );
    let text = std::fs::read_to_string(report).expect("a report");
    assert!(
        text.contains("Receivables: 1 open for over 90 days, 1,050.00 USD"),
        "{text}"
    );
    office.firm.sound();
}

fn each_role_does_what_it_may(firm: Firm) {
    let mut office = Office::new(firm);
    for role in Role::ALL {
        let who = format!("the {role}");
        office
            .firm
            .add(&who, &["--role", role.name(), "--all-clients"]);
        let some = format!("some {role}");
        office
            .firm
            .add(&some, &["--role", role.name(), "--client", "C1"]);
    }
    let folder = office.firm.path("drafts").display().to_string();
    for (n, role) in Role::ALL.into_iter().enumerate() {
        let number = format!("Z-{n}");
        office.bill(&number, "C2", 95);
        let row = |reference: &str| format!("{number},,,,2000.00,,{},ACH,{reference}\n", ago(1));
        office.import(&row(&format!("one{n}")));
        office.import(&row(&format!("two{n}")));
        let (one, two) = (office.id(&format!("one{n}")), office.id(&format!("two{n}")));
        let row = format!("{HEAD}{number},,,,10.00,,{},ACH,cell{n}\n", ago(1));
        let file = office.firm.file("cell.csv", &row);
        for (act, args) in [
            (Act::Step(Step::Receive), vec!["payments", "import", &file]),
            (Act::Read, vec!["payments", "list"]),
            (Act::Read, vec!["payments", "list", "--queue"]),
            (Act::Read, vec!["payments", "show", &number]),
            (
                Act::DecidePayments,
                vec!["payments", "assign", &one, &number, "--reason", "so"],
            ),
            (
                Act::DecidePayments,
                vec!["payments", "put-aside", &two, "--reason", "no"],
            ),
            (Act::Read, vec!["receivables", "--by", "client"]),
            (Act::Read, vec!["receivables", "escalate"]),
            (
                Act::Step(Step::Remind),
                vec!["receivables", "reminders", &folder],
            ),
        ] {
            // Who serves other clients sees, decides and reminds of nothing of this one.
            let other = office.call(&format!("some {role}"), &args);
            if args[1] == "import" {
                assert!(
                    !other.out.contains("1 taken"),
                    "some {role}, {args:?}: {}",
                    other.out
                );
            } else {
                assert!(
                    !other.out.contains(&number),
                    "some {role}, {args:?}: {}",
                    other.out
                );
            }
            if args[1] == "assign" || args[1] == "put-aside" {
                assert_eq!(other.status, 2, "some {role}, {args:?}: {}", other.out);
            }
            let who = format!("the {role}");
            let said = office.call(&who, &args);
            if act.who().contains(&role) {
                assert_eq!(said.status, 0, "{who}, {args:?}: {}{}", said.out, said.err);
            } else {
                assert_eq!(said.status, 2, "{who}, {args:?}: {}{}", said.out, said.err);
                said.refused(&format!("may not {}", act.words()));
            }
        }
    }
    office.firm.sound();
}
