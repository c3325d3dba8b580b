//! A year of an invented firm at practice portals, by the real workflow: taken in, cleared, sent by night, refused and
//! billed anew, cut, accepted, appealed, paid, charged back, reminded. At its end every sum is what the portals' own ledgers
//! say, to the cent, and so is every figure of every report. The whole year:
//! `CLEANBILL_YEAR=2000 cargo test --test tracker year -- --nocapture --test-threads 1`.

mod ledger;
mod reports;

use crate::firm::{Backend, Firm};
use crate::on_both;
use chrono::{DateTime, Days, NaiveDate};
use cleanbill::check::{Checker, Options};
use cleanbill::firm;
use cleanbill::model::Lists;
use cleanbill::portals::Accounts;
use cleanbill::portals::remittance::{RemittanceMapping, read};
use cleanbill::rules::Shelf;
use cleanbill::sandbox::{self, Running, Settings};
use cleanbill::store::{AppealFilter, InvoiceRow, ReductionFilter, Store, sha256};
use cleanbill::workflow::submission::{Doors, Night, Stop};
use cleanbill::workflow::{
    AppealOutcome, Arrival, Clock, Credentials, Decided, Desk, Filing, Ground, Memory, NewAppeal,
    NewReturn, Outcome, Part, Person, ReceivableTerms, Step, identify, system_clock,
};
use rust_decimal::Decimal;
use secrecy::SecretString;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use tokio::runtime::Runtime;

on_both!(a_year_reconciles_to_the_cent);

/// How many invoices the firm bills in the year.
fn size() -> usize {
    let asked = std::env::var("CLEANBILL_YEAR").ok();
    asked.and_then(|n| n.parse().ok()).unwrap_or(60)
}

const WEEKS: usize = 52;
const WEEK_SECONDS: u64 = 7 * 24 * 60 * 60;
/// When the year begins, at the firm and at its clients.
const BEGINS: &str = "2026-01-05T08:00:00Z";

/// A portal, what it speaks, its name for the firm, its clients, and what ends the number of an appeal there.
type Place = (
    &'static str,
    &'static str,
    &'static str,
    &'static [&'static str],
    &'static str,
);

const PORTALS: [Place; 4] = [
    ("standard", "ledes-api", "LEDES API", &["Y1", "Y2"], "A"),
    (
        "collaborati",
        "collaborati",
        "Collaborati",
        &["Y3"],
        " appeal",
    ),
    ("acuity", "acuity", "Acuity", &["Y4"], "S"),
    // Appeals are answered inside it: they have no number.
    ("tracker", "legal-tracker", "Legal Tracker", &["Y5"], ""),
];

/// A stage of a review takes three days. What begins like a portal's odd cases is one; the others are drawn.
fn practice(firm: &Firm) -> Settings {
    let mut text = format!("seed = 31\nstarts_at = \"{BEGINS}\"\n");
    for (name, speaks, ..) in PORTALS {
        let kind = match speaks {
            "ledes-api" => "kind = \"ledes-api\"\nledes_api = { business = \"firm\" }".to_owned(),
            "legal-tracker" => {
                "kind = \"legal-tracker\"\nclient = \"Halcyon Mutual\"\nmatters = [\"CM-7\"]"
                    .to_owned()
            }
            like => format!(
                "kind = \"agreed-upload\"\nagreed = {{ like = \"{like}\", auth = \"basic\" }}"
            ),
        };
        text += &format!(
            "[[portal]]\nname = \"{name}\"\n{kind}\nstep_seconds = 259200\n\
             outcomes = {{ approved = 52, reduced = 27, rejected = 11, paid-twice = 6, question = 2, silent = 2 }}\n\
             number = [{{ starts = \"SHORT\", outcome = \"paid-wrong\" }}, {{ starts = \"BACK\", outcome = \"charged-back\" }}, {{ starts = \"WHOLE\", outcome = \"reduced-whole\" }}]\n\
             account = [{{ id = \"firm\", secret = \"word\" }}]\n"
        );
    }
    let mut settings = Settings::parse(&text).expect("settings");
    for portal in &mut settings.portals {
        portal.remittance_csv = Some(firm.path(&format!("remittances/{}.csv", portal.name)));
    }
    settings
}

fn accounts(firm: &Firm, running: &Running) -> String {
    let secret = format!("{{ file = {:?} }}", firm.path("word").display().to_string());
    let mut text = String::new();
    for (name, speaks, portal, clients, _) in PORTALS {
        let url = running.base(name).expect("it is there");
        let origin = running.origin(name).expect("it is there");
        let oauth = format!(
            "{{ kind = \"oauth2\", token_url = \"{origin}/oauth2/token\", client_id = \"firm\", client_secret = {secret} }}"
        );
        text += &format!(
            "[account.{name}]\nportal = \"{portal}\"\nurl = \"{url}\"\nclients = {clients:?}\nlimits = {{ per_second = \"1000\", at_once = 4 }}\n"
        );
        text += &match speaks {
            "ledes-api" => format!("way = \"api\"\nsign_in = {oauth}\n"),
            "legal-tracker" => format!(
                "way = \"api\"\nsign_in = {oauth}\nsettings = {{ company_id = 4711, firm_id = 21, firm_office_id = 3, type_id = 1, content_field = \"invoiceFileContent\" }}\n"
            ),
            _ => format!(
                "way = \"agreed\"\nsign_in = {{ kind = \"basic\", user = \"firm\", password = {secret} }}\n\
                 [account.{name}.settings.submit]\npath = \"upload\"\nfile_field = \"file\"\nid = \"/confirmation\"\nerrors = \"/message\"\n\
                 [account.{name}.settings.status]\npath = \"uploads/{{portal_id}}\"\nword = \"/status\"\nnote = \"/message\"\n\
                 original_total = \"/total\"\napproved_total = \"/approved_total\"\n\
                 reductions = {{ at = \"/adjustments\", text = \"/reason\", item = \"/line\", amount = \"/amount\" }}\n\
                 errors = {{ at = \"/errors\", text = \"/text\", item = \"/line\" }}\n"
            ),
        };
    }
    text
}

/// A number drawn for a name: the same each time.
fn draw(of: &str, what: &str, most: u64) -> u64 {
    let hash = sha256(format!("{of} {what}").as_bytes());
    let drawn = u64::from_str_radix(&hash[..12], 16).expect("digits");
    drawn % most
}

/// An invoice of one to five fee lines and copies, whose total has odd cents.
fn invoice(number: &str, of: &str, client: &str, day: NaiveDate) -> Vec<u8> {
    let written = |d: NaiveDate| d.format("%Y%m%d").to_string();
    let first = day.checked_sub_days(Days::new(24)).expect("a day");
    let work = [
        "motion to compel",
        "deposition of the harbour master",
        "exhibit list",
        "answer to the complaint",
        "survey of the pier",
    ];
    let verbs = ["Draft", "Revise", "Prepare", "Outline", "Analyze"];
    let mut rows: Vec<(String, Decimal)> = Vec::new();
    for n in 0..=draw(of, "lines", 5) {
        let tenths = 4 + draw(of, &format!("hours {n}"), 60);
        // A rate that rose without notice would not be cleared.
        let rate = 287;
        let total = Decimal::new(i64::try_from(tenths * rate).expect("small"), 1);
        let words = format!(
            "{} {} concerning berth {}",
            verbs[draw(of, &format!("verb {n}"), 5) as usize],
            work[n as usize % work.len()],
            draw(of, &format!("berth {n}"), 900)
        );
        let date = first.checked_add_days(Days::new(n)).expect("a day");
        let hours = Decimal::new(i64::try_from(tenths).expect("small"), 1);
        rows.push((
            format!("F|{hours}|0.00|{total:.2}|{}|L120||A103|AQ|{words}|94-1111111|{rate}.00|Quillfeather, Ada|PT", written(date)),
            total,
        ));
    }
    let pages = 11 + draw(of, "pages", 300);
    let copies = Decimal::new(i64::try_from(pages * 7).expect("small"), 2);
    rows.push((
        format!("E|{pages}|0.00|{copies:.2}|{}||E101|||Copies of the production set, {pages} pages|94-1111111|0.07||", written(first)),
        copies,
    ));
    let sum: Decimal = rows.iter().map(|(_, total)| *total).sum();
    let mut text = String::from(
        "LEDES1998B[]\nINVOICE_DATE|INVOICE_NUMBER|CLIENT_ID|LAW_FIRM_MATTER_ID|INVOICE_TOTAL|BILLING_START_DATE|BILLING_END_DATE|INVOICE_DESCRIPTION|LINE_ITEM_NUMBER|EXP/FEE/INV_ADJ_TYPE|LINE_ITEM_NUMBER_OF_UNITS|LINE_ITEM_ADJUSTMENT_AMOUNT|LINE_ITEM_TOTAL|LINE_ITEM_DATE|LINE_ITEM_TASK_CODE|LINE_ITEM_EXPENSE_CODE|LINE_ITEM_ACTIVITY_CODE|TIMEKEEPER_ID|LINE_ITEM_DESCRIPTION|LAW_FIRM_ID|LINE_ITEM_UNIT_COST|TIMEKEEPER_NAME|TIMEKEEPER_CLASSIFICATION|CLIENT_MATTER_ID[]\n",
    );
    for (n, (row, _)) in rows.iter().enumerate() {
        let (start, end) = (written(first), written(day));
        text += &format!(
            "{end}|{number}|{client}|2026-0117|{sum:.2}|{start}|{end}|Services rendered|{}|{row}|CM-7[]\n",
            n + 1
        );
    }
    text.into_bytes()
}

/// The pack of client Y1: copies are too dear, which an exception sets aside; of two other exceptions one is over and one
/// was never needed. What is billed late is refused.
const YEAR_ONE: &str = "pack = \"year-one\"\ntitle = \"Year One\"\nversion = \"1\"\ngoverns = { client_id = [\"Y1\"] }\n\
    [rules.photocopy-rate-cap]\nmax_unit = \"0.05\"\nlevel = \"reduce\"\n\
    [rules.late-invoice]\nmax_days_after_period = 300\nlevel = \"reject\"\n\
    [[ignore]]\nrule = \"photocopy-rate-cap\"\nreason = \"agreed by mail\"\nby = \"A. Quillfeather\"\nuntil = 2027-12-31\n\
    [[ignore]]\nrule = \"block-billing\"\nreason = \"agreed by mail\"\nby = \"A. Quillfeather\"\nuntil = 2026-01-31\n\
    [[ignore]]\nrule = \"vague-narrative\"\nreason = \"agreed by mail\"\nby = \"A. Quillfeather\"\nuntil = 2027-12-31\n";
/// The pack of client Y2, where people set the same finding aside by hand.
const YEAR_TWO: &str = "pack = \"year-two\"\ntitle = \"Year Two\"\nversion = \"1\"\ngoverns = { client_id = [\"Y2\"] }\n\
    [rules.photocopy-rate-cap]\nmax_unit = \"0.05\"\nlevel = \"reduce\"\n";

/// An appeal somebody proposed.
struct Appealed {
    number: String,
    client: String,
    /// The day.
    on: NaiveDate,
    /// What was accepted of the cuts before.
    accepted: Decimal,
    /// The number of its file; `None`: it was lost inside the portal.
    file: Option<String>,
}

/// What the year came to.
#[derive(Default)]
struct Tally {
    billed: usize,
    refused: usize,
    billed_anew: usize,
    given_up: usize,
    accepted: usize,
    appeals: usize,
    remitted: usize,
    told_by_portals_too: usize,
    charged_back: usize,
    reminders: usize,
}

struct Year {
    firm: Firm,
    store: Store,
    people: BTreeMap<&'static str, Person>,
    clock: Box<Clock>,
    ahead: Arc<AtomicI64>,
    running: Running,
    doors: Doors,
    shelf: Shelf,
    lists: Arc<Lists>,
    mapping: RemittanceMapping,
    /// The invoice each number was made of: bills are made anew of the same lines.
    made_of: BTreeMap<String, String>,
    /// Numbers of the files of appeals.
    files: BTreeSet<String>,
    /// Invoices somebody has decided on.
    decided: BTreeSet<String>,
    /// What partners accepted, by number.
    accepted: BTreeMap<String, Decimal>,
    /// When each night began, in milliseconds since 1970.
    nights: Vec<i64>,
    /// The day of each invoice.
    dated: BTreeMap<String, NaiveDate>,
    /// Lines sent back of an invoice, and what was written on it, these included.
    rework: BTreeMap<String, (u32, u32)>,
    /// Invoices on which a finding was set aside by hand.
    set_aside: BTreeSet<String>,
    appealed: Vec<Appealed>,
    /// Invoices nobody sent.
    unsent: Vec<String>,
    tally: Tally,
}

impl Year {
    async fn begin(firm: Firm) -> Self {
        let settings = practice(&firm);
        let starts_at: DateTime<chrono::Utc> = BEGINS.parse().expect("a time");
        let ahead = Arc::new(AtomicI64::new(
            starts_at.timestamp_millis() - system_clock(),
        ));
        let running = sandbox::start(settings).await.expect("started");
        firm.file("word", "word");
        let accounts = firm.file("portals.toml", &accounts(&firm, &running));
        let mut clients = "client_id,client_name,portal,currencies\n".to_owned();
        for (name, _, portal, of, _) in PORTALS {
            for client in of {
                clients += &format!("{client},Client of {name},{portal},USD\n");
            }
        }
        firm.file("lists/clients.csv", &clients);
        let lists = firm::load(&firm.path("lists")).expect("lists").lists;
        firm.file("packs/year-one.toml", YEAR_ONE);
        firm.file("packs/year-two.toml", YEAR_TWO);
        let mut shelf = Shelf::shipped().expect("packs");
        shelf.add_folder(&firm.path("packs")).expect("packs");
        let accounts = Accounts::load(Path::new(&accounts)).expect("accounts");
        let store = firm.store().await;
        let mut people = BTreeMap::new();
        for who in ["ann", "bob", "cid", "odd", "nyx"] {
            let credentials = Credentials {
                token: Some(SecretString::from(firm.token(who).to_owned())),
                ..Credentials::default()
            };
            let person = identify(&store, &credentials, system_clock()).await;
            people.insert(who, person.expect("somebody"));
        }
        let mapping = "date_order = \"month-first\"\n[columns]\ninvoice_number = \"Supplier Invoice\"\nclient_invoice_number = \"Our Document\"\n\
                       amount = \"Paid\"\npaid_on = \"Value Date\"\nkind = \"Method\"\nreference = \"Payment No\"\n";
        let shown = Arc::clone(&ahead);
        Self {
            firm,
            store,
            people,
            clock: Box::new(move || system_clock() + shown.load(Ordering::SeqCst)),
            ahead,
            running,
            doors: Doors::new(accounts, shelf.clone()).expect("doors"),
            shelf,
            lists: Arc::new(lists),
            mapping: RemittanceMapping::parse(mapping).expect("a mapping"),
            made_of: BTreeMap::new(),
            files: BTreeSet::new(),
            decided: BTreeSet::new(),
            accepted: BTreeMap::new(),
            nights: Vec::new(),
            dated: BTreeMap::new(),
            rework: BTreeMap::new(),
            set_aside: BTreeSet::new(),
            appealed: Vec::new(),
            unsent: Vec::new(),
            tally: Tally::default(),
        }
    }

    fn desk(&self, who: &'static str) -> Desk<'_> {
        Desk {
            store: &self.store,
            person: self.people[who].clone(),
            clock: &*self.clock,
        }
    }

    fn today(&self) -> NaiveDate {
        let at = DateTime::from_timestamp_millis((self.clock)()).expect("a time");
        at.with_timezone(&chrono::Local).date_naive()
    }

    fn checker(&self) -> Checker {
        Checker::new(Options {
            lists: Arc::clone(&self.lists),
            ..Options::on(self.today(), self.shelf.clone())
        })
    }

    fn ground(&self) -> Ground<'_> {
        Ground {
            shelf: &self.shelf,
            lists: &self.lists,
        }
    }

    /// What the clients of a portal end the numbers of their appeals with.
    fn place(client: &str) -> Place {
        let own = PORTALS
            .into_iter()
            .find(|(_, _, _, all, _)| all.contains(&client));
        own.expect("a portal")
    }

    /// Takes invoices in, looks through, clears and queues them: number and client.
    async fn bill(&mut self, wanted: &[(String, String)]) {
        for row in self.take_in(wanted).await {
            self.look_through(&row).await;
            self.clear_and_queue(&row.id).await;
        }
    }

    async fn take_in(&mut self, wanted: &[(String, String)]) -> Vec<InvoiceRow> {
        let day = self.today();
        let mut arrivals = Vec::new();
        for (number, client) in wanted {
            let of = self
                .made_of
                .entry(number.clone())
                .or_insert_with(|| number.clone());
            arrivals.push(Arrival {
                name: number.clone(),
                bytes: invoice(number, of, client, day),
            });
            self.dated.insert(number.clone(), day);
        }
        let checker = self.checker();
        let ann = self.desk("ann");
        let taken = ann
            .take_in(&checker, &mut Memory::default(), arrivals)
            .await;
        let new = taken.expect("taken in").into_iter().map(|one| {
            assert_eq!(one.outcome, Outcome::New, "{:?}", one.number);
            one.row.expect("a row")
        });
        new.collect()
    }

    /// Some lines are sent back and recalled, some are commented on; what the check says of Y2's copies is set aside.
    async fn look_through(&mut self, row: &InvoiceRow) {
        let ann = self.desk("ann");
        let (mut returns, mut notes) = (0, 0);
        if draw(&row.number, "return", 9) == 0 {
            let new = NewReturn {
                invoice: &row.id,
                line_item: "1",
                finding: None,
                note: Some("which berth was it?"),
            };
            let (id, _) = ann.return_line(new).await.expect("returned");
            ann.recall(&id).await.expect("recalled");
            returns += 1;
            notes += 1;
        }
        if draw(&row.number, "comment", 5) == 0 {
            let done = ann.comment(&row.id, "1", "as agreed by telephone").await;
            done.expect("commented");
            notes += 1;
        }
        if row.client == "Y2" {
            let cid = self.desk("cid");
            let story = cid.story(&row.id).await.expect("a story");
            let dear = story.report.findings();
            let mut dear = dear.filter(|f| f.rule == "photocopy-rate-cap");
            let mark = dear.next().expect("copies are dear").fingerprint.clone();
            let done = cid.override_finding(&row.id, &mark, "agreed for this matter");
            done.await.expect("set aside");
            self.set_aside.insert(row.number.clone());
            notes += 1;
        }
        if notes > 0 {
            self.rework.insert(row.number.clone(), (returns, notes));
        }
    }

    async fn clear_and_queue(&self, id: &str) {
        self.desk("bob")
            .clear(id, None, None)
            .await
            .expect("cleared");
        let queued = self
            .desk("ann")
            .queue(id, None, &self.doors, &self.lists)
            .await;
        queued.expect("queued");
    }

    async fn night(&mut self) {
        self.nights.push((self.clock)());
        let nyx = self.desk("nyx");
        let (doors, wrong) = self.doors.open_all();
        assert!(wrong.is_empty(), "{wrong:?}");
        let stop = Stop::default();
        let night = Night {
            desk: &nyx,
            doors,
            holder: "year".to_owned(),
            until_ms: None,
            stop: &stop,
        };
        for end in night.run().await {
            // Who pays another amount than was approved is told of, and nobody else.
            let known = |d: &String| d.starts_with("SHORT") || d.starts_with("BACK");
            assert!(
                end.stopped.is_none() && end.doubts.iter().all(known),
                "{end:?}"
            );
        }
    }

    async fn invoices(&self, state: &str) -> Vec<InvoiceRow> {
        let filter = cleanbill::store::Filter {
            states: vec![state.to_owned()],
            ..Default::default()
        };
        let mut all = self.desk("odd").list(&filter).await.expect("a list");
        all.sort_by(|a, b| a.number.cmp(&b.number));
        all
    }

    /// What was refused is billed anew under another number, twice at most; then a partner gives it up.
    async fn bill_anew(&mut self) {
        for row in self.invoices("rejected").await {
            // The file of an appeal that was lost; and what has a successor.
            if self.files.contains(&row.number)
                || !self.decided.insert(format!("refused {}", row.number))
            {
                continue;
            }
            self.tally.refused += 1;
            if row.number.ends_with("RR") {
                let bob = self.desk("bob");
                bob.take_back(&row.id, Step::Withdraw, "refused three times")
                    .await
                    .expect("withdrawn");
                self.tally.given_up += 1;
                continue;
            }
            let number = format!("{}R", row.number);
            let of = self.made_of[&row.number].clone();
            self.made_of.insert(number.clone(), of.clone());
            let arrival = Arrival {
                name: number.clone(),
                bytes: invoice(&number, &of, &row.client, self.today()),
            };
            self.dated.insert(number, self.today());
            let checker = self.checker();
            let ann = self.desk("ann");
            let taken = ann
                .take_in(&checker, &mut Memory::default(), vec![arrival])
                .await;
            let new = taken.expect("taken in").remove(0).row.expect("a row");
            ann.replace(&new.id, &row.id).await.expect("in its place");
            self.clear_and_queue(&new.id).await;
            self.tally.billed_anew += 1;
        }
    }

    /// Cuts nobody has decided on: accepted, appealed, accepted in part, or left.
    async fn decide(&mut self) {
        let mut tx = self.store.db.read().await.expect("begun");
        let mut cut: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut numbers = BTreeMap::new();
        for row in tx
            .reductions(&ReductionFilter::default())
            .await
            .expect("read")
        {
            let invoice = tx
                .invoice(&row.invoice)
                .await
                .expect("read")
                .expect("an invoice");
            let status = row.status.as_str();
            let key = match status {
                "open" => invoice.number.clone(),
                "lost" | "partly won" => format!("lost {}", invoice.number),
                _ => continue,
            };
            if self.files.contains(&invoice.number) || self.decided.contains(&key) {
                continue;
            }
            cut.entry(key.clone()).or_default().push(row.id);
            numbers.insert(key, invoice);
        }
        drop(tx);
        for (key, cuts) in cut {
            let row = numbers[&key].clone();
            self.decided.insert(key.clone());
            let choice = draw(&key, "decision", 4);
            let whole = row.number.starts_with("WHOLE");
            if key.starts_with("lost ") {
                // Half of what was lost is written off.
                if choice < 2 {
                    for id in &cuts {
                        self.accept(&row, id, None).await;
                    }
                }
                continue;
            }
            match choice {
                0 => self.accept(&row, &row.id, None).await,
                1 => {
                    // A cent of one, and an appeal against the rest.
                    self.accept(&row, &cuts[0], Some(Decimal::new(1, 2))).await;
                    if !whole {
                        self.appeal(&row).await;
                    }
                }
                2 if !whole => self.appeal(&row).await,
                _ => {}
            }
        }
    }

    async fn accept(&mut self, row: &InvoiceRow, named: &str, amount: Option<Decimal>) {
        let bob = self.desk("bob");
        let done = bob
            .accept_reduction(named, amount, "agreed with the client")
            .await;
        let done = done.unwrap_or_else(|e| panic!("{}: {e}", row.number));
        assert_eq!(done.decided, Decided::Accepted);
        *self.accepted.entry(row.number.clone()).or_default() += done.amount;
        self.tally.accepted += 1;
    }

    async fn appeal(&mut self, row: &InvoiceRow) {
        self.tally.appeals += 1;
        let (_, _, _, _, suffix) = Self::place(&row.client);
        let ground = self.ground();
        let ann = self.desk("ann");
        let new = NewAppeal {
            invoice: &row.id,
            items: &[],
            why: "the hearing lasted that long",
        };
        let (appeal, _) = ann.propose_appeal(new, &ground).await.expect("proposed");
        let mut appealed = Appealed {
            number: row.number.clone(),
            client: row.client.clone(),
            on: self.today(),
            accepted: self.accepted.get(&row.number).copied().unwrap_or_default(),
            file: None,
        };
        let cid = self.desk("cid");
        cid.decide_appeal(&appeal.id, true, "worth it")
            .await
            .expect("decided");
        let number = format!("{}{suffix}", row.number);
        let filing = Filing {
            number: (!suffix.is_empty()).then_some(number.as_str()),
            ..Filing::default()
        };
        let made = ann
            .prepare_appeal(&appeal.id, filing, &ground, &self.checker())
            .await;
        let made = made.unwrap_or_else(|e| panic!("{}: {e}", row.number));
        match made.invoice {
            Some(file) => {
                appealed.file = Some(file.number.clone());
                self.files.insert(file.number.clone());
                self.clear_and_queue(&file.id).await;
            }
            // Answered inside the portal, and the client did not move.
            None => {
                ann.confirm_filed(&appeal.id, None, &self.lists)
                    .await
                    .expect("filed");
                let lost =
                    ann.end_appeal(&appeal.id, &AppealOutcome::Lost, "its answer in the portal");
                lost.await.expect("ended");
            }
        }
        self.appealed.push(appealed);
    }

    /// Brings in what clients remitted, and decides on what waits.
    async fn remittances(&mut self) {
        for (name, ..) in PORTALS {
            let path = self.firm.path(&format!("remittances/{name}.csv"));
            let Ok(bytes) = std::fs::read(&path) else {
                continue;
            };
            let found = read(&format!("{name}.csv"), &bytes, &self.mapping);
            assert_eq!(found.mistakes, []);
            let ann = self.desk("ann");
            let received = ann
                .receive(&found.rows, &sha256(&bytes))
                .await
                .expect("brought in");
            for one in received {
                if one.known {
                    continue;
                }
                match one.standing.as_str() {
                    "taken" if one.why.is_empty() => self.tally.remitted += 1,
                    "taken" => self.tally.told_by_portals_too += 1,
                    _ => assert!(one.amount < Decimal::ZERO, "{one:?}"),
                }
            }
        }
        // Nothing waits but what was taken back; ann finds out why.
        let mut charged_back = 0;
        let ann = self.desk("ann");
        for waiting in ann.remittances(true, 1_000).await.expect("a queue") {
            assert!(waiting.row.amount < Decimal::ZERO, "{:?}", waiting.row);
            let part = Part {
                invoice: waiting.row.invoice.clone().expect("its invoice"),
                amount: None,
            };
            let reason = Some("the client's bank took it back");
            ann.assign_remittance(&waiting.row.id, &[part], reason)
                .await
                .expect("assigned");
            charged_back += 1;
        }
        self.tally.charged_back += charged_back;
    }

    async fn remind(&mut self) {
        let terms = ReceivableTerms::default();
        let ann = self.desk("ann");
        let due = ann
            .reminders_due(&terms, &self.lists)
            .await
            .expect("drafts");
        for draft in &due {
            assert!(draft.invoices.iter().all(|i| i.due > Decimal::ZERO));
            let before = ann.drafted(draft, "please pay").await.expect("noted");
            assert!(before.is_empty());
        }
        let again = ann
            .reminders_due(&terms, &self.lists)
            .await
            .expect("drafts");
        assert_eq!(again, [], "drafted twice");
        self.tally.reminders += due.len();
    }

    fn pass(&self, seconds: u64) {
        let ms = i64::try_from(seconds * 1000).expect("small");
        self.ahead.fetch_add(ms, Ordering::SeqCst);
        self.running.advance(seconds);
    }

    async fn live(&mut self) {
        let all = size();
        let clients: Vec<&str> = PORTALS
            .iter()
            .flat_map(|(_, _, _, all, _)| all.iter().copied())
            .collect();
        for week in 0..WEEKS {
            let mut new = Vec::new();
            for n in week * all / WEEKS..(week + 1) * all / WEEKS {
                // One in a dozen is one of the odd cases, at each client in turn.
                let begin = match n / clients.len() % 12 {
                    3 => "SHORT",
                    6 => "BACK",
                    9 => "WHOLE",
                    _ => "Y",
                };
                new.push((
                    format!("{begin}{n:04}"),
                    clients[n % clients.len()].to_owned(),
                ));
            }
            self.tally.billed += new.len();
            self.bill(&new).await;
            self.bill_anew().await;
            self.decide().await;
            self.night().await;
            self.pass(WEEK_SECONDS);
            self.night().await;
            if week % 2 == 1 {
                self.remittances().await;
            }
            if week % 13 == 12 {
                self.remind().await;
                println!(
                    "{:?}: {} of {WEEKS} weeks, {} invoices",
                    self.firm.backend(),
                    week + 1,
                    self.tally.billed
                );
            }
        }
        self.remittances().await;
        // Two are never sent.
        let last = [("LATE1", "Y1"), ("LATE2", "Y1")];
        let last = last.map(|(number, client)| (number.to_owned(), client.to_owned()));
        self.take_in(&last).await;
        self.unsent = last.into_iter().map(|(number, _)| number).collect();
    }
}

/// What a client's invoices come to.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
struct Sums {
    invoices: usize,
    billed: Decimal,
    approved: Decimal,
    reduced: Decimal,
    recovered: Decimal,
    paid: Decimal,
    open: Decimal,
    due: Decimal,
    short: Decimal,
}

type Books = BTreeMap<(String, String), Sums>;

impl Year {
    /// By the firm's own books.
    async fn ours(&self) -> Books {
        let owed = self
            .desk("odd")
            .receivables(&ReceivableTerms::default())
            .await;
        let mut books = Books::new();
        for one in owed.expect("books").all {
            let (portal, ..) = Self::place(&one.invoice.client);
            let sums = books
                .entry((portal.to_owned(), one.invoice.client.clone()))
                .or_default();
            sums.invoices += 1;
            sums.billed += one.billed;
            sums.approved += one.approved.unwrap_or_default();
            sums.reduced += one.cut;
            sums.recovered += one.recovered;
            sums.paid += one.paid;
            sums.open += one.open;
            sums.due += one.due;
            sums.short += one.short().unwrap_or_default();
        }
        books
    }

    /// By the portals' ledgers, and what the partners say they accepted.
    fn theirs(&self) -> Books {
        let mut books = Books::new();
        for own in self.entries() {
            let held = &own.held;
            if held.state == "rejected" {
                assert!(own.paid().is_zero(), "{held:?}");
                continue;
            }
            let accepted = self.accepted.get(own.number()).copied();
            let accepted = accepted.unwrap_or_default();
            let sums = books
                .entry((own.portal.to_owned(), held.client_id.clone()))
                .or_default();
            let (approved, paid) = (held.approved.map(|a| a + own.back()), own.paid());
            sums.invoices += 1;
            sums.billed += held.billed;
            sums.approved += approved.unwrap_or_default();
            sums.reduced += held.cut;
            sums.recovered += own.back();
            sums.paid += paid;
            sums.open += held.billed - paid - accepted;
            sums.due += approved.unwrap_or(held.billed) - paid;
            let short = approved.filter(|a| !paid.is_zero() && paid < *a);
            sums.short += short.map_or(Decimal::ZERO, |a| a - paid);
        }
        books
    }

    /// Sums of the appeals by how they stand.
    async fn appeals(&self) -> BTreeMap<String, usize> {
        let mut tx = self.store.db.read().await.expect("begun");
        let mut counts = BTreeMap::new();
        for row in tx.appeals(&AppealFilter::default()).await.expect("read") {
            *counts.entry(row.status).or_default() += 1;
        }
        counts
    }
}

fn a_year_reconciles_to_the_cent(mut firm: Firm) {
    firm.staff();
    firm.add("ada", &["--role", "timekeeper", "--all-clients"]);
    firm.call("root", &["user", "timekeeper", "ada", "--ids", "AQ"])
        .well();
    let backend: Backend = firm.backend();
    let runtime = Runtime::new().expect("a runtime");
    let mut year = runtime.block_on(Year::begin(firm));
    runtime.block_on(year.live());
    let (ours, theirs) = (runtime.block_on(year.ours()), year.theirs());
    let t = &year.tally;
    println!(
        "{backend:?}: {} invoices; {} refused, {} billed anew, {} given up; {} acceptances; {} appeals: {:?}; {} payments by \
         remittance, {} told by portals too, {} charged back; {} letters of reminders",
        t.billed,
        t.refused,
        t.billed_anew,
        t.given_up,
        t.accepted,
        t.appeals,
        runtime.block_on(year.appeals()),
        t.remitted,
        t.told_by_portals_too,
        t.charged_back,
        t.reminders
    );
    for ((portal, client), s) in &ours {
        println!(
            "{backend:?}: {portal:<12} {client}: {:>4} standing, billed {:>12}, approved {:>12}, reduced {:>11}, recovered {:>10}, paid {:>12}, open {:>11}, due {:>11}, short {:>9}",
            s.invoices,
            s.billed,
            s.approved,
            s.reduced,
            s.recovered,
            s.paid,
            s.open,
            s.due,
            s.short
        );
    }
    for (key, sums) in &theirs {
        assert_eq!(ours.get(key), Some(sums), "{key:?}");
    }
    assert_eq!(ours.len(), theirs.len());
    // A year in which nothing went wrong would show nothing.
    let all = |of: fn(&Sums) -> Decimal| ours.values().map(of).sum::<Decimal>();
    for (what, sum) in [
        ("reduced", all(|s| s.reduced)),
        ("recovered", all(|s| s.recovered)),
        ("paid", all(|s| s.paid)),
        ("open", all(|s| s.open)),
        ("short", all(|s| s.short)),
    ] {
        assert!(sum > Decimal::ZERO, "nothing {what}");
    }
    for (what, count) in [
        ("refused", t.refused),
        ("accepted", t.accepted),
        ("appealed", t.appeals),
        ("remitted", t.remitted),
        ("told by portals too", t.told_by_portals_too),
        ("charged back", t.charged_back),
        ("reminded", t.reminders),
    ] {
        assert!(count > 0, "nothing {what}");
    }
    runtime.block_on(reports::reconcile(&year));
    runtime.block_on(year.store.db.close());
    year.firm.sound();
}
