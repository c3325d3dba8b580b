//! From what a client cut to what came of the appeal, at each portal's own way.

use crate::firm::{Backend, Firm, Said, wait};
use crate::inside::practice_portals;
use crate::on_both;
use cleanbill::sandbox::{Row, Running, Settings, Verdict};
use cleanbill::store::PaymentFilter;
use rust_decimal::Decimal;
use serde_json::Value;
use tokio::runtime::Runtime;

on_both!(
    a_reduction_an_appeal_and_a_win,
    what_is_accepted_goes_to_the_billing_system,
    a_window_that_passes_is_missed_and_one_that_is_not_configured_is_named,
);

const PORTALS: &str = r#"
seed = 5
[[portal]]
name = "standard"
kind = "ledes-api"
step_seconds = 60
number = [{ starts = "X-", outcome = "rejected" }, { starts = "A-", outcome = "approved" }, { starts = "R-1A", outcome = "approved" }, { starts = "R-2A", outcome = "rejected" }, { starts = "U-", outcome = "reduced-unmatched" }, { starts = "W-", outcome = "reduced-wrong-sum" }, { starts = "H-", outcome = "reduced-whole" }, { starts = "R-", outcome = "reduced" }]
account = [{ id = "firm", secret = "s" }]
ledes_api = { business = "firm" }

[[portal]]
name = "collaborati"
kind = "agreed-upload"
step_seconds = 60
number = [{ starts = "C-1 appeal", outcome = "reduced" }, { starts = "C-", outcome = "reduced" }]
account = [{ id = "firm", secret = "s" }]
agreed = { like = "collaborati", auth = "basic" }

[[portal]]
name = "acuity"
kind = "agreed-upload"
step_seconds = 60
number = [{ starts = "Q-1S", outcome = "approved" }, { starts = "Q-", outcome = "reduced" }]
account = [{ id = "firm", secret = "s" }]
agreed = { like = "acuity", auth = "basic" }

[[portal]]
name = "counsellink"
kind = "agreed-upload"
step_seconds = 60
number = [{ starts = "K-9", outcome = "approved" }, { starts = "K-", outcome = "reduced" }]
account = [{ id = "firm", secret = "s" }]
agreed = { like = "counsellink", auth = "basic" }

[[portal]]
name = "legal-x"
kind = "agreed-upload"
step_seconds = 60
number = [{ starts = "L-", outcome = "reduced" }]
account = [{ id = "firm", secret = "s" }]
agreed = { like = "legal-x", auth = "basic" }

[[portal]]
name = "tymetrix"
kind = "agreed-upload"
step_seconds = 60
number = [{ starts = "T-", outcome = "reduced" }]
account = [{ id = "firm", secret = "s" }]
agreed = { like = "tymetrix-360", auth = "basic" }

[[portal]]
name = "advisor"
kind = "agreed-upload"
step_seconds = 60
number = [{ starts = "V-", outcome = "reduced" }]
account = [{ id = "firm", secret = "s" }]
agreed = { like = "litigation-advisor", auth = "basic" }

[[portal]]
name = "tracker"
kind = "legal-tracker"
client = "Halcyon Mutual"
matters = ["CM-7"]
step_seconds = 60
number = [{ starts = "G-", outcome = "reduced" }]
account = [{ id = "firm", secret = "s" }]
"#;

/// Account, portal and client of each.
const AGREED: [(&str, &str, &str); 6] = [
    ("collaborati", "Collaborati", "C2"),
    ("acuity", "Acuity", "C3"),
    ("counsellink", "CounselLink", "C4"),
    ("legal-x", "Legal-X", "C5"),
    ("tymetrix", "TyMetrix 360", "C6"),
    ("advisor", "Litigation Advisor", "C7"),
];

const WINDOWS: &str = "client_id,portal,kind,from,length,unit,starts_at,time_zone,cut_off,holidays,tries,numbering,if_holiday,source\n\
C1,,appeal,,60,calendar days,adjusted,America/New_York,,,2,suffix:A,,terms 7.2\n\
C3,Acuity,appeal,,60,calendar days,paid,America/New_York,17:00,,1,suffix:S,,contract 4\n\
C4,,appeal,,10,business days,notified,UTC,,,,,,\n";

/// A firm with practice portals, lists and a pack of one client.
pub struct Practice {
    _runtime: Runtime,
    pub running: Running,
    pub accounts: String,
    pub firm: Firm,
}

impl Practice {
    pub fn new(mut firm: Firm) -> Self {
        firm.staff();
        let settings = Settings::parse(PORTALS).expect("settings");
        let (runtime, running) = practice_portals(settings);
        firm.file("secret", "s");
        let folder = firm.folder.path().display().to_string();
        let sign_in = format!(
            "{{ kind = \"basic\", user = \"firm\", password = {{ file = \"{folder}/secret\" }} }}"
        );
        let oauth = |name: &str| {
            format!(
                "{{ kind = \"oauth2\", token_url = \"{}/oauth2/token\", client_id = \"firm\", client_secret = {{ file = \"{folder}/secret\" }} }}",
                running.origin(name).expect("it is there")
            )
        };
        let mut accounts = format!(
            "[account.standard]\nportal = \"LEDES API\"\nway = \"api\"\nurl = \"{}\"\nclients = [\"C1\"]\nsign_in = {}\n\
             limits = {{ per_second = \"500\" }}\n\
             [account.tracker]\nportal = \"Legal Tracker\"\nway = \"api\"\nurl = \"{}\"\nclients = [\"C8\"]\nsign_in = {}\n\
             limits = {{ per_second = \"500\" }}\n\
             settings = {{ company_id = 4711, firm_id = 21, firm_office_id = 3, type_id = 1, content_field = \"invoiceFileContent\" }}\n",
            running.base("standard").expect("it is there"),
            oauth("standard"),
            running.base("tracker").expect("it is there"),
            oauth("tracker"),
        );
        let mut clients =
            "client_id,client_name,portal\nC1,First Fund,LEDES API\nC8,Halcyon Mutual,Legal Tracker\n".to_owned();
        for (name, portal, client) in AGREED {
            accounts += &format!(
                "[account.{name}]\nportal = \"{portal}\"\nway = \"agreed\"\nurl = \"{}\"\nclients = [\"{client}\"]\n\
                 sign_in = {sign_in}\nlimits = {{ per_second = \"500\" }}\n\
                 [account.{name}.settings.submit]\npath = \"upload\"\nfile_field = \"file\"\nid = \"/confirmation\"\nerrors = \"/message\"\n\
                 [account.{name}.settings.status]\npath = \"uploads/{{portal_id}}\"\nword = \"/status\"\n\
                 original_total = \"/total\"\napproved_total = \"/approved_total\"\n\
                 reductions = {{ at = \"/adjustments\", text = \"/reason\", item = \"/line\", amount = \"/amount\" }}\n",
                running.base(name).expect("it is there"),
            );
            clients += &format!("{client},Client of {name},{portal}\n");
        }
        let accounts = firm.file("portals.toml", &accounts);
        firm.file("lists/clients.csv", &clients);
        firm.file("lists/windows.csv", WINDOWS);
        firm.file(
            "lists/approvals.csv",
            "client_id,law_firm_matter_id,approves,subject,limit,from,until,approved_by,approved_on,reference\n\
             C1,,timekeeper,AQ,,,,S. Halloran,2026-02-03,mail of 3 February\n",
        );
        firm.file(
            "packs/first.toml",
            "pack = \"first-fund\"\ntitle = \"First Fund\"\nversion = \"1\"\ngoverns = { client_id = [\"C1\"] }\n",
        );
        firm.file("settings", "firm = \"lists\"\npacks = \"packs\"\n");
        Self {
            _runtime: runtime,
            running,
            accounts,
            firm,
        }
    }

    pub fn call(&self, who: &str, args: &[&str]) -> Said {
        self.firm.call(who, args)
    }

    pub fn night(&self) -> Said {
        crate::query(&self.firm.url, "UPDATE submission SET next_ms = 0");
        self.call("nyx", &["overnight", "--accounts", &self.accounts])
    }

    /// Queues what is cleared and lets the client answer it to its end.
    pub fn answered(&self) {
        let args = [
            "submit",
            "--cleared",
            "--queue",
            "--accounts",
            &self.accounts,
        ];
        self.call("ann", &args).well();
        self.night();
        self.running.advance(24 * 60 * 60);
        self.night();
    }

    /// Takes an invoice of three lines in, and lets the client cut it.
    pub fn cut(&self, number: &str, client: &str) -> Value {
        let path = self
            .firm
            .file(&format!("{number}.txt"), &invoice(number, client));
        self.firm.intake("ann", &path).well();
        self.call("bob", &["clear", number]).well();
        self.answered();
        self.reductions(number)
    }

    fn reductions(&self, number: &str) -> Value {
        let shown = self
            .call("odd", &["reductions", "show", number, "--json"])
            .well();
        serde_json::from_str(&shown).expect("JSON")
    }

    fn appeals(&self) -> Vec<Value> {
        let shown = self
            .call("odd", &["appeals", "list", "--all", "--json"])
            .well();
        serde_json::from_str(&shown).expect("JSON")
    }

    fn appeal(&self, id: &str) -> Value {
        let all = self.appeals();
        let own = all.into_iter().find(|a| a["appeal"]["id"] == id);
        own.expect("listed")
    }

    /// Proposes an appeal against all that was cut, and has it decided; its id.
    pub fn decided(&self, number: &str) -> String {
        let why = "The hearing lasted that long.";
        let said = self
            .call("ann", &["appeals", "propose", number, "--why", why])
            .well();
        let id = said.split_whitespace().nth(2).expect("an id").to_owned();
        self.call(
            "bob",
            &["appeals", "decide", &id, "--file", "--reason", "worth it"],
        )
        .well();
        id
    }

    /// The appeal's own invoice is cleared, sent and answered.
    pub fn sent(&self, number: &str) {
        self.call("bob", &["clear", number]).well();
        self.answered();
    }
}

pub fn invoice(number: &str, client: &str) -> String {
    let mut text = String::from(
        "LEDES1998B[]\nINVOICE_DATE|INVOICE_NUMBER|CLIENT_ID|LAW_FIRM_MATTER_ID|INVOICE_TOTAL|BILLING_START_DATE|BILLING_END_DATE|INVOICE_DESCRIPTION|LINE_ITEM_NUMBER|EXP/FEE/INV_ADJ_TYPE|LINE_ITEM_NUMBER_OF_UNITS|LINE_ITEM_ADJUSTMENT_AMOUNT|LINE_ITEM_TOTAL|LINE_ITEM_DATE|LINE_ITEM_TASK_CODE|LINE_ITEM_EXPENSE_CODE|LINE_ITEM_ACTIVITY_CODE|TIMEKEEPER_ID|LINE_ITEM_DESCRIPTION|LAW_FIRM_ID|LINE_ITEM_UNIT_COST|TIMEKEEPER_NAME|TIMEKEEPER_CLASSIFICATION|CLIENT_MATTER_ID[]\n",
    );
    for (item, day, hours, total, words) in [
        (
            "1",
            "20260915",
            "1.0",
            "300.00",
            "Draft motion to compel production of the survey",
        ),
        (
            "2",
            "20260916",
            "2.0",
            "600.00",
            "Attend deposition of harbour master Ole Brandt",
        ),
        (
            "3",
            "20260917",
            "0.5",
            "150.00",
            "Prepare exhibit list for hearing on motion to compel",
        ),
    ] {
        text += &format!(
            "20260930|{number}|{client}|2026-0117|1050.00|20260901|20260930|Services rendered in September|{item}|F|{hours}|0.00|{total}|{day}|L120||A104|AQ|{words}|94-1111111|300.00|Quillfeather, Ada|PT|CM-7[]\n"
        );
    }
    text
}

fn amount(value: &Value) -> Decimal {
    value
        .as_str()
        .expect("an amount")
        .parse()
        .expect("an amount")
}

fn total(row: &Row) -> Decimal {
    let total = row.total.as_deref().expect("a total");
    total.parse().expect("an amount")
}

/// The sum of a field over the reductions of an invoice.
fn sum(shown: &Value, field: &str) -> Decimal {
    let cuts = shown["cuts"].as_array().expect("cuts");
    cuts.iter().map(|c| amount(&c["row"][field])).sum()
}

fn a_reduction_an_appeal_and_a_win(firm: Firm) {
    let practice = Practice::new(firm);
    let shown = practice.cut("R-1", "C1");
    let cuts = shown["cuts"].as_array().expect("cuts");
    assert!(!cuts.is_empty());
    let held = sum(&shown, "cut");
    assert_eq!(
        amount(&shown["invoice"]["total"]) - amount(&shown["approved"]),
        held
    );
    assert_eq!(shown["doubts"], serde_json::json!([]));
    for cut in cuts {
        assert_eq!(cut["row"]["doubt"], "");
        assert!(
            cut["row"]["supported"].is_boolean(),
            "the client has a pack"
        );
        assert!(!cut["reason"].as_str().expect("words").is_empty());
        assert_eq!(cut["line"]["item"], cut["row"]["item"]);
    }
    // What was paid is written down too, once.
    let paid: Decimal = wait(async {
        let store = practice.firm.store().await;
        let mut tx = store.db.read().await.expect("begun");
        let rows = tx.payments(&PaymentFilter::default()).await.expect("read");
        rows.iter().map(|p| p.amount).sum()
    });
    assert_eq!(paid, amount(&shown["approved"]));
    let reason = cuts[0]["reason"].as_str().expect("words");
    let listed = practice
        .call("odd", &["reductions", "list", "--undecided"])
        .well();
    assert!(listed.contains("R-1"), "{listed}");
    // The same answer again changes nothing.
    practice.night();
    assert_eq!(practice.reductions("R-1"), shown);
    practice.firm.sound();

    practice
        .call("odd", &["appeals", "propose", "R-1", "--why", "x"])
        .refused("may not propose appeals");
    let why = "The hearing lasted that long.";
    let said = practice
        .call("bob", &["appeals", "propose", "R-1", "--why", why])
        .well();
    assert!(
        said.contains("60 calendar days after it was adjusted") && said.contains("terms 7.2"),
        "{said}"
    );
    let id = said.split_whitespace().nth(2).expect("an id").to_owned();
    practice
        .call("ann", &["appeals", "propose", "R-1", "--why", "again"])
        .refused("nothing is open");
    let decide = |who: &str| {
        practice.call(
            who,
            &["appeals", "decide", &id, "--file", "--reason", "worth it"],
        )
    };
    decide("ann").refused("may not decide on appeals");
    decide("bob").refused("proposed this appeal");
    practice
        .call("ann", &["appeals", "file", &id])
        .refused("is proposed");
    decide("cid").well();
    let due = practice
        .call("odd", &["appeals", "list", "--due", "90d"])
        .well();
    assert!(due.contains(&id) && due.contains("file it"), "{due}");
    let none = practice
        .call("odd", &["appeals", "list", "--due", "7d"])
        .well();
    assert!(!none.contains(&id), "{none}");
    let packet = practice.call("ann", &["appeals", "packet", &id]).well();
    for words in [why, reason, "mail of 3 February", "Draft of the letter"] {
        assert!(packet.contains(words), "{words}: {packet}");
    }
    practice
        .firm
        .file("own.txt", "Our letter on {{ invoice_number }}");
    practice.firm.file(
        "settings",
        "firm = \"lists\"\npacks = \"packs\"\nappeal_letter = \"own.txt\"\n",
    );
    let packet = practice.call("ann", &["appeals", "packet", &id]).well();
    assert!(packet.contains("Our letter on R-1"), "{packet}");

    let made = practice.call("ann", &["appeals", "file", &id]).well();
    assert!(made.contains("invoice R-1A"), "{made}");
    practice
        .call("ann", &["appeals", "file", &id])
        .refused("has its file already");
    practice
        .call("ann", &["appeals", "filed", &id])
        .refused("counts as filed when that has arrived");
    practice.sent("R-1A");
    let sent = practice.running.ledger("standard");
    let own = sent
        .iter()
        .find(|row| row.number == "R-1A" && row.verdict == Verdict::Accepted);
    let own = own.expect("it arrived");
    assert_eq!(own.invoice_type, "APPEAL");
    assert_eq!(total(own), held, "only the unpaid difference");
    let first = sent
        .iter()
        .find(|row| row.number == "R-1")
        .expect("the first");
    assert_eq!(own.related, first.id, "it follows the first");
    let ended = practice.appeal(&id);
    assert_eq!(ended["appeal"]["status"], "won");
    assert_eq!(amount(&ended["appeal"]["recovered"]), held);
    for cut in ended["reductions"].as_array().expect("lines") {
        assert_eq!(cut["status"], "won");
        assert_eq!(cut["recovered"], cut["cut"]);
    }
    practice.firm.sound();

    // The next one is lost.
    practice.cut("R-2", "C1");
    let id = practice.decided("R-2");
    practice.call("ann", &["appeals", "file", &id]).well();
    practice.sent("R-2A");
    let ended = practice.appeal(&id);
    assert_eq!(ended["appeal"]["status"], "lost");
    assert_eq!(ended["reductions"][0]["status"], "lost");
    practice.firm.sound();
    // Nothing that was altered behind the program's back stays unseen.
    crate::query(
        &practice.firm.url,
        "UPDATE appeal SET recovered = '9999.00' WHERE status = 'lost'",
    );
    let said = practice.call("odd", &["audit", "verify"]);
    assert!(
        said.status == 1 && said.out.contains("is not what its events say"),
        "{}",
        said.out
    );
}

fn what_is_accepted_goes_to_the_billing_system(firm: Firm) {
    let practice = Practice::new(firm);
    practice
        .call("root", &["limit", "set", "USD", "100000"])
        .well();
    let shown = practice.cut("R-3", "C1");
    let first = &shown["cuts"][0]["row"];
    let (id, cut) = (first["id"].as_str().expect("an id"), amount(&first["cut"]));
    let accept = |who: &str, more: &[&str]| {
        let mut args = vec![
            "reductions",
            "accept",
            id,
            "--reason",
            "=HYPERLINK(1) agreed",
        ];
        args.extend(more);
        practice.call(who, &args)
    };
    accept("ann", &[]).refused("may not accept reductions");
    let too_much = (cut + Decimal::ONE).to_string();
    accept("bob", &["--amount", &too_much]).refused("is open");
    accept("bob", &["--amount", "0"]).refused("is open");
    accept("bob", &["--amount", "0.01"]).well();
    let shown = practice.reductions("R-3");
    assert_eq!(shown["cuts"][0]["row"]["status"], "accepted in part");
    // Above the limit the rest takes two. An invoice that names no currency is held against every limit.
    practice.call("root", &["limit", "set", "USD", "0"]).well();
    let said = accept("bob", &[]).well();
    assert!(said.contains("a second partner"), "{said}");
    let said = accept("bob", &[]).well();
    assert!(
        said.contains("a second partner"),
        "not twice the same: {said}"
    );
    let said = accept("cid", &[]).well();
    assert!(said.contains("Accepted"), "{said}");
    let shown = practice.reductions("R-3");
    assert_eq!(shown["cuts"][0]["row"]["status"], "accepted");
    assert_eq!(amount(&shown["cuts"][0]["row"]["accepted"]), cut);
    accept("bob", &[]).refused("is accepted");
    let csv = practice.call("ann", &["reductions", "export"]).well();
    let mut sheet = csv::Reader::from_reader(csv.as_bytes());
    let rows: Vec<csv::StringRecord> = sheet.records().map(|r| r.expect("a row")).collect();
    assert_eq!(rows.len(), 1, "{csv}");
    assert_eq!(
        (&rows[0][0], &rows[0][8]),
        ("R-3", cut.to_string().as_str())
    );
    assert!(rows[0][11].starts_with("'="), "no formula: {csv}");
    practice.firm.sound();
}

fn a_window_that_passes_is_missed_and_one_that_is_not_configured_is_named(firm: Firm) {
    let practice = Practice::new(firm);
    practice.cut("R-4", "C1");
    practice.cut("C-4", "C2");
    let listed = practice.call("odd", &["appeals", "list"]).well();
    assert!(listed.contains("window not configured"), "{listed}");
    let file = practice.firm.path("windows.ics").display().to_string();
    let said = practice.call("odd", &["appeals", "calendar", &file]).well();
    assert!(
        said.contains("1 windows written") && said.contains("1 without a window"),
        "{said}"
    );
    let text = std::fs::read_to_string(&file).expect("a calendar");
    let mut read = ical::IcalParser::new(text.as_bytes());
    let calendar = read.next().expect("a calendar").expect("well formed");
    assert_eq!(calendar.events.len(), 1);
    let event = &calendar.events[0];
    let property = |name: &str| {
        let found = event.properties.iter().find(|p| p.name == name);
        found.and_then(|p| p.value.clone()).expect(name)
    };
    assert!(property("SUMMARY").contains("R-4"));
    let due: Vec<Value> = serde_json::from_str(
        &practice
            .call("odd", &["appeals", "list", "--client", "C1", "--json"])
            .well(),
    )
    .expect("JSON");
    let at = due[0]["deadline"]["at"].as_str().expect("an instant");
    let plain: String = at.chars().filter(|c| c.is_ascii_alphanumeric()).collect();
    assert_eq!(property("DTSTART"), plain);
    assert_eq!(event.alarms.len(), 1);

    let id = practice.decided("R-4");
    // The client's terms turn out to be shorter: the window has passed.
    let short = WINDOWS.replace(
        "C1,,appeal,,60,calendar days,adjusted",
        "C1,,appeal,,0,calendar days,approved",
    );
    practice.firm.file(
        "lists/windows.csv",
        &short.replace("America/New_York,,,2", "America/New_York,00:00,,2"),
    );
    practice
        .call("ann", &["appeals", "file", &id])
        .refused("the window has passed");
    let said = practice.night();
    assert!(
        said.out.contains("Window missed") && said.out.contains("R-4"),
        "{}",
        said.out
    );
    let ended = practice.appeal(&id);
    assert_eq!(ended["appeal"]["status"], "window missed");
    assert_eq!(ended["reductions"][0]["status"], "window missed");
    practice
        .call("ann", &["appeals", "propose", "R-4", "--why", "x"])
        .refused("nothing is open");
    practice.firm.sound();
}

fn on_sqlite() -> Practice {
    Practice::new(Firm::on(Backend::Sqlite).expect("SQLite"))
}

#[test]
fn collaborati_takes_one_appeal_under_its_number_and_the_word() {
    let practice = on_sqlite();
    let shown = practice.cut("C-1", "C2");
    let held = sum(&shown, "cut");
    assert!(held > Decimal::ZERO);
    assert!(
        shown["cuts"][0]["row"]["supported"].is_null(),
        "no pack of this client"
    );
    let id = practice.decided("C-1");
    let made = practice.call("ann", &["appeals", "file", &id]).well();
    assert!(made.contains("invoice C-1 appeal"), "{made}");
    practice.sent("C-1 appeal");
    let sent = practice.running.ledger("collaborati");
    let own = sent
        .iter()
        .find(|row| row.number == "C-1 appeal")
        .expect("it arrived");
    assert_eq!(total(own), held);
    // The client cut the appeal too: so much of each line is lost.
    let ended = practice.appeal(&id);
    let again = sum(&practice.reductions("C-1 appeal"), "cut");
    assert_eq!(amount(&ended["appeal"]["recovered"]), held - again);
    let word = if again == held { "lost" } else { "partly won" };
    assert_eq!(ended["appeal"]["status"], word);
    // One appeal an invoice.
    if word == "partly won" {
        let cuts = ended["reductions"].as_array().expect("lines");
        let left = cuts.iter().find(|c| c["status"] != "won").expect("a line");
        let item = left["item"].as_str().expect("a line");
        let said = practice
            .call(
                "ann",
                &[
                    "appeals", "propose", "C-1", "--items", item, "--why", "again",
                ],
            )
            .well();
        let id = said.split_whitespace().nth(2).expect("an id").to_owned();
        practice
            .call(
                "bob",
                &["appeals", "decide", &id, "--file", "--reason", "again"],
            )
            .well();
        practice
            .call("ann", &["appeals", "file", &id])
            .refused("takes 1 appeal");
        practice
            .call(
                "bob",
                &["appeals", "withdraw", &id, "--reason", "no second try"],
            )
            .well();
    }
    practice.firm.sound();
}

#[test]
fn acuity_takes_a_second_invoice_with_an_s() {
    let practice = on_sqlite();
    let shown = practice.cut("Q-1", "C3");
    let held = sum(&shown, "cut");
    // Its window begins with the payment, of which this upload says nothing.
    let said = practice
        .call("odd", &["appeals", "list", "--client", "C3"])
        .well();
    assert!(
        said.contains("it starts when the invoice is paid"),
        "{said}"
    );
    let id = practice.decided("Q-1");
    let made = practice.call("ann", &["appeals", "file", &id]).well();
    assert!(made.contains("invoice Q-1S"), "{made}");
    practice.sent("Q-1S");
    let sent = practice.running.ledger("acuity");
    let own = sent
        .iter()
        .find(|row| row.number == "Q-1S")
        .expect("it arrived");
    assert_eq!(total(own), held, "not above the reduction");
    let ended = practice.appeal(&id);
    assert_eq!(ended["appeal"]["status"], "won");
    practice.firm.sound();
}

#[test]
fn counsellink_clients_choose_among_three_routes() {
    let practice = on_sqlite();
    practice.cut("K-1", "C4");
    let id = practice.decided("K-1");
    practice
        .call("ann", &["appeals", "file", &id])
        .refused("second-review");
    practice
        .call(
            "ann",
            &["appeals", "file", &id, "--route", "disputed-charges"],
        )
        .refused("--number");
    let route = [
        "appeals",
        "file",
        &id,
        "--route",
        "disputed-charges",
        "--number",
        "K-9",
    ];
    practice.call("ann", &route).well();
    practice.sent("K-9");
    assert_eq!(practice.appeal(&id)["appeal"]["status"], "won");
    // The other two are done by a person.
    for (number, route) in [("K-2", "second-review"), ("K-3", "collaborative-review")] {
        practice.cut(number, "C4");
        let id = practice.decided(number);
        let page = practice
            .call("ann", &["appeals", "file", &id, "--route", route])
            .well();
        assert!(
            page.contains(route) && page.contains("appeals filed"),
            "{page}"
        );
        practice
            .call(
                "ann",
                &["appeals", "outcome", &id, "--won", "--reason", "seen"],
            )
            .refused("is decided");
        practice.call("ann", &["appeals", "filed", &id]).well();
        practice
            .call(
                "ann",
                &["appeals", "outcome", &id, "--won", "--reason", "seen there"],
            )
            .well();
        assert_eq!(practice.appeal(&id)["appeal"]["status"], "won");
    }
    practice.firm.sound();
}

#[test]
fn legal_x_takes_a_request_for_reconsideration() {
    let practice = on_sqlite();
    practice.cut("L-1", "C5");
    let id = practice.decided("L-1");
    let page = practice.call("ann", &["appeals", "file", &id]).well();
    assert!(page.contains("Request for Reconsideration"), "{page}");
    practice
        .call("ann", &["appeals", "filed", &id, "--number", "RFR 12"])
        .well();
    let line = practice.appeal(&id)["reductions"][0].clone();
    let item = line["item"].as_str().expect("a line").to_owned();
    let too_much = format!("{item}={}", amount(&line["cut"]) + Decimal::ONE);
    let outcome = |line: &str| {
        practice.call(
            "ann",
            &[
                "appeals",
                "outcome",
                &id,
                "--line",
                line,
                "--reason",
                "mail of today",
            ],
        )
    };
    outcome(&too_much).refused("cannot have come back");
    outcome("77=1").refused("is not about line 77");
    outcome(&format!("{item}=0.50")).well();
    let ended = practice.appeal(&id);
    assert_eq!(ended["appeal"]["status"], "partly won");
    assert_eq!(ended["appeal"]["number"], "RFR 12");
    assert_eq!(amount(&ended["appeal"]["recovered"]).to_string(), "0.50");
    practice.firm.sound();
}

#[test]
fn other_portals_are_appealed_to_as_agreed() {
    let practice = on_sqlite();
    for (number, client) in [("T-1", "C6"), ("V-1", "C7"), ("G-1", "C8")] {
        practice.cut(number, client);
        let id = practice.decided(number);
        let page = practice.call("ann", &["appeals", "file", &id]).well();
        let words = if client == "C8" {
            "dispute"
        } else {
            "not publicly known"
        };
        assert!(page.contains(words), "{number}: {page}");
        practice.call("ann", &["appeals", "filed", &id]).well();
        practice
            .call(
                "ann",
                &[
                    "appeals",
                    "outcome",
                    &id,
                    "--lost",
                    "--reason",
                    "letter of today",
                ],
            )
            .well();
        assert_eq!(practice.appeal(&id)["appeal"]["status"], "lost", "{number}");
    }
    practice.firm.sound();
}

#[test]
fn what_does_not_add_up_is_flagged() {
    let practice = on_sqlite();
    // Without line numbers a line is found by its date, timekeeper and amount.
    let shown = practice.cut("U-1", "C1");
    for cut in shown["cuts"].as_array().expect("cuts") {
        assert!(cut["row"]["item"].is_string(), "{cut}");
        assert_eq!(cut["row"]["doubt"], "");
    }
    let shown = practice.cut("W-1", "C1");
    let doubt = shown["cuts"][0]["row"]["doubt"].as_str().expect("words");
    assert!(doubt.contains("the totals differ by"), "{doubt}");
    assert!(
        !shown["doubts"].as_array().expect("a list").is_empty(),
        "{shown}"
    );
    // A cut of the whole has no line, and no file can be made of it.
    let shown = practice.cut("H-1", "C1");
    assert!(shown["cuts"][0]["row"]["item"].is_null());
    let id = practice.decided("H-1");
    practice
        .call("ann", &["appeals", "file", &id])
        .refused("no file can be made of it");
    practice.firm.sound();
}

#[test]
fn the_file_of_an_appeal_that_was_taken_back_is_not_sent() {
    let practice = on_sqlite();
    practice.cut("R-5", "C1");
    let id = practice.decided("R-5");
    practice.call("ann", &["appeals", "file", &id]).well();
    practice.call("bob", &["clear", "R-5A"]).well();
    let args = [
        "submit",
        "R-5A",
        "--queue",
        "--accounts",
        &practice.accounts,
    ];
    let queued = practice.call("ann", &args).well();
    assert!(
        queued.contains("due "),
        "by the end of its window: {queued}"
    );
    let said = practice
        .call(
            "bob",
            &[
                "appeals",
                "withdraw",
                &id,
                "--reason",
                "settled by telephone",
            ],
        )
        .well();
    assert!(said.contains("withdraw invoice R-5A too"), "{said}");
    let said = practice.night();
    assert!(
        said.out.contains("withdraw the invoice too"),
        "{}",
        said.out
    );
    let sent = practice.running.ledger("standard");
    assert!(sent.iter().all(|row| row.number != "R-5A"));
    let shown = practice.reductions("R-5");
    assert_eq!(shown["cuts"][0]["row"]["status"], "open");
    // What is kept can be taken along.
    let folder = practice.firm.path("everything");
    practice
        .call("bob", &["export", &folder.display().to_string()])
        .well();
    let text = std::fs::read_to_string(folder.join("reductions.csv")).expect("a table");
    let reason = shown["cuts"][0]["reason"].as_str().expect("words");
    assert!(text.contains(reason), "{text}");
    let text = std::fs::read_to_string(folder.join("appeals.csv")).expect("a table");
    assert!(
        text.contains("withdrawn") && text.contains("worth it"),
        "{text}"
    );
    practice.firm.sound();
}
