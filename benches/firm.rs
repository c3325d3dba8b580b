//! A firm with a store, invoices and practice portals, for benches of whole processes.

use cleanbill::check::{Checker, Options};
use cleanbill::portals::Accounts;
use cleanbill::rules::Shelf;
use cleanbill::sandbox::{self, Running, Settings};
use cleanbill::store::{Place, Store};
use cleanbill::workflow::submission::Doors;
use cleanbill::workflow::{
    Arrival, Credentials, Desk, Memory, NewPerson, Person, Role, first_person, identify,
    system_clock,
};
use secrecy::{ExposeSecret, SecretString};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use tokio::runtime::Runtime;

/// Requests a second that each of the eight portals takes.
pub const LIMITS: [usize; 8] = [1, 2, 3, 5, 8, 10, 15, 20];

/// A firm with a store of its own.
pub struct Firm {
    folder: tempfile::TempDir,
    pub store: Store,
    url: String,
    root: Person,
    specialist: Person,
    partner: Person,
    token: SecretString,
}

impl Firm {
    pub fn new(runtime: &Runtime, url: Option<String>) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let url = url.unwrap_or_else(|| folder.path().join("bench.db").display().to_string());
        runtime.block_on(async {
            let place = Place {
                url: url.clone(),
                documents: folder.path().join("documents"),
                key: folder.path().join("documents.key"),
            };
            let store = Store::open(&place).await.expect("a store");
            let new = |name: &str, role: Role| NewPerson {
                name: name.to_owned(),
                role: Some(role),
                token_days: Some(1),
                ..NewPerson::default()
            };
            let known = async |token: &SecretString| {
                let who = Credentials {
                    token: Some(token.clone()),
                    ..Credentials::default()
                };
                let person = identify(&store, &who, system_clock()).await;
                person.expect("somebody")
            };
            let root = new("root", Role::Administrator);
            let root = first_person(&store, &root, &system_clock).await;
            let root = root.expect("an empty store").token.expect("a token");
            let root = Desk {
                store: &store,
                person: known(&root).await,
                clock: &system_clock,
            };
            let mut tokens = Vec::new();
            for (name, role) in [
                ("ann", Role::Specialist),
                ("bob", Role::Partner),
                ("nyx", Role::Service),
            ] {
                let added = root.add_person(&new(name, role)).await.expect("added");
                tokens.push(added.token.expect("a token"));
            }
            let (specialist, partner) = (known(&tokens[0]).await, known(&tokens[1]).await);
            let token = tokens.remove(2);
            Self {
                folder,
                root: root.person,
                store,
                url,
                specialist,
                partner,
                token,
            }
        })
    }

    fn desk(&self, person: &Person) -> Desk<'_> {
        Desk {
            store: &self.store,
            person: person.clone(),
            clock: &system_clock,
        }
    }

    /// Takes invoices in; returns their ids.
    pub async fn take_in(&self, invoices: Vec<Arrival>) -> Vec<String> {
        let shelf = Shelf::shipped().expect("packs");
        let today = chrono::NaiveDate::from_ymd_opt(2026, 10, 6).expect("a day");
        let checker = Checker::new(Options::on(today, shelf));
        let desk = self.desk(&self.specialist);
        let mut memory = Memory::default();
        let mut left = invoices;
        let mut ids = Vec::new();
        while !left.is_empty() {
            let batch: Vec<Arrival> = left.drain(..left.len().min(256)).collect();
            let taken = desk.take_in(&checker, &mut memory, batch).await;
            let rows = taken.expect("taken in").into_iter().map(|t| t.row);
            ids.extend(rows.map(|row| row.expect("an invoice").id));
        }
        ids
    }

    /// Invoices of the eight clients, cleared and queued: so many of each.
    pub async fn queue(&self, run: &str, of_each: &[usize], accounts: &Path) {
        let accounts = Accounts::load(accounts).expect("accounts");
        let doors = Doors::new(accounts, Shelf::shipped().expect("packs")).expect("doors");
        let (ann, bob) = (self.desk(&self.specialist), self.desk(&self.partner));
        let mut arrivals = Vec::new();
        for (client, count) in of_each.iter().enumerate() {
            for n in 0..*count {
                let number = format!("{run}-{client}-{n}");
                let bytes = invoice(&number, &format!("C{client}")).into_bytes();
                arrivals.push(Arrival {
                    name: number,
                    bytes,
                });
            }
        }
        for id in self.take_in(arrivals).await {
            bob.clear(&id, None, None).await.expect("cleared");
            let queued = ann.queue(&id, None, &doors, &Default::default()).await;
            queued.expect("queued");
        }
    }

    /// The program at this store.
    pub fn command(&self) -> Command {
        let place = |name: &str| self.folder.path().join(name);
        let settings = place("settings");
        fs::write(&settings, "").expect("written");
        let mut command = Command::new(env!("CARGO_BIN_EXE_cleanbill"));
        command
            .env("CLEANBILL_CONFIG", settings)
            .env("CLEANBILL_STORE", &self.url)
            .env("CLEANBILL_DOCUMENTS", place("documents"))
            .env("CLEANBILL_KEY", place("documents.key"));
        command
    }

    /// The overnight job.
    pub fn job(&self, accounts: &Path) -> Child {
        let mut command = self.command();
        command.arg("overnight").arg("--accounts").arg(accounts);
        command
            .env("CLEANBILL_TOKEN", self.token.expose_secret())
            .stdout(Stdio::null())
            .spawn()
            .expect("it runs")
    }

    /// Somebody of a role who signs in with this password.
    pub async fn person(&self, name: &str, role: Role, password: &SecretString) {
        let new = NewPerson {
            name: name.to_owned(),
            role: Some(role),
            token_days: Some(1),
            ..NewPerson::default()
        };
        let added = self.desk(&self.root).add_person(&new).await.expect("added");
        let who = Credentials {
            token: added.token,
            ..Credentials::default()
        };
        let person = identify(&self.store, &who, system_clock()).await;
        let desk = self.desk(&person.expect("somebody"));
        desk.choose_password(None, password).await.expect("chosen");
    }

    /// Eight practice portals, and the file of the accounts there.
    pub async fn portals(&self, limits: Option<&[usize]>) -> (Running, PathBuf) {
        let mut text = "seed = 3\n".to_owned();
        for client in 0..LIMITS.len() {
            text += &format!(
                "[[portal]]\nname = \"p{client}\"\nkind = \"agreed-upload\"\noutcomes = {{ silent = 1 }}\n\
                 account = [{{ id = \"firm\", secret = \"word\" }}]\nagreed = {{ like = \"collaborati\" }}\n"
            );
        }
        let settings = Settings::parse(&text).expect("settings");
        let running = sandbox::start(settings).await.expect("started");
        let secret = self.folder.path().join("word");
        fs::write(&secret, "word").expect("written");
        let mut text = String::new();
        for client in 0..LIMITS.len() {
            let url = running.base(&format!("p{client}")).expect("it is there");
            let bears = match limits {
                Some(limits) => format!("{{ per_second = \"{}\", at_once = 2 }}", limits[client]),
                None => "{ per_second = \"1000\", at_once = 4 }".to_owned(),
            };
            // It cannot be asked what became of them: the bound counts what is sent.
            text += &format!(
                "[account.p{client}]\nportal = \"Collaborati\"\nway = \"agreed\"\nurl = \"{url}\"\nclients = [\"C{client}\"]\n\
                 limits = {bears}\nsign_in = {{ kind = \"basic\", user = \"firm\", password = {{ file = {:?} }} }}\n\
                 [account.p{client}.settings.submit]\npath = \"upload\"\nfile_field = \"file\"\nid = \"/confirmation\"\nerrors = \"/message\"\n",
                secret.display().to_string()
            );
        }
        let accounts = self.folder.path().join("portals.toml");
        fs::write(&accounts, text).expect("written");
        (running, accounts)
    }
}

/// An invoice of one line.
pub fn invoice(number: &str, client: &str) -> String {
    format!(
        "LEDES1998B[]\nINVOICE_DATE|INVOICE_NUMBER|CLIENT_ID|LAW_FIRM_MATTER_ID|INVOICE_TOTAL|BILLING_START_DATE|BILLING_END_DATE|INVOICE_DESCRIPTION|LINE_ITEM_NUMBER|EXP/FEE/INV_ADJ_TYPE|LINE_ITEM_NUMBER_OF_UNITS|LINE_ITEM_ADJUSTMENT_AMOUNT|LINE_ITEM_TOTAL|LINE_ITEM_DATE|LINE_ITEM_TASK_CODE|LINE_ITEM_EXPENSE_CODE|LINE_ITEM_ACTIVITY_CODE|TIMEKEEPER_ID|LINE_ITEM_DESCRIPTION|LAW_FIRM_ID|LINE_ITEM_UNIT_COST|TIMEKEEPER_NAME|TIMEKEEPER_CLASSIFICATION|CLIENT_MATTER_ID[]\n20260930|{number}|{client}|2026-0117|300.00|20260901|20260930|Services rendered in September|1|F|1.0|0.00|300.00|20260915|L120||A104|AQ|Draft motion to compel production|94-1111111|300.00|Quillfeather, Ada|PT|CM-7[]\n"
    )
}
