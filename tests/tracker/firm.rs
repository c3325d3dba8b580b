//! A firm with a store of its own, whose people call the program.

use super::postgres::{Server, server};
use assert_cmd::Command;
use cleanbill::store::{Place, Store};
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use tempfile::TempDir;

/// Which database.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Backend {
    Sqlite,
    Postgres,
}

pub struct Firm {
    pub folder: TempDir,
    pub url: String,
    tokens: BTreeMap<String, String>,
    _server: Option<Arc<Server>>,
}

/// What a call printed.
pub struct Said {
    pub status: i32,
    pub out: String,
    pub err: String,
}

impl Said {
    pub fn well(self) -> String {
        assert_eq!(self.status, 0, "{}{}", self.out, self.err);
        self.out
    }

    pub fn refused(self, why: &str) -> String {
        assert_ne!(self.status, 0, "not refused: {}", self.out);
        assert_ne!(self.status, 101, "panicked: {}", self.err);
        let all = self.out + &self.err;
        assert!(all.contains(why), "\"{why}\" is not in: {all}");
        all
    }
}

impl Firm {
    /// A firm with an administrator `root`; nothing where the database is not to be had.
    pub fn on(backend: Backend) -> Option<Self> {
        let mut firm = Self::without_store(backend)?;
        firm.add("root", &["--role", "administrator", "--all-clients"]);
        Some(firm)
    }

    /// A firm on a server of its own, which may be stopped.
    pub fn on_own_server() -> Option<(Self, Arc<Server>)> {
        let server = Server::own()?;
        let folder = tempfile::tempdir().expect("a folder");
        let mut firm = Self::of(folder, server.database(), Some(Arc::clone(&server)));
        firm.add("root", &["--role", "administrator", "--all-clients"]);
        Some((firm, server))
    }

    pub fn backend(&self) -> Backend {
        match self.url.starts_with("postgres") {
            true => Backend::Postgres,
            false => Backend::Sqlite,
        }
    }

    pub fn token(&self, who: &str) -> &str {
        self.tokens.get(who).expect("a token")
    }

    /// Opens the store in this process.
    pub async fn store(&self) -> Store {
        let place = Place {
            url: self.url.clone(),
            documents: self.path("documents"),
            key: self.path("keys/documents.key"),
        };
        Store::open(&place).await.expect("the store")
    }

    /// A firm whose store nobody has made.
    pub fn without_store(backend: Backend) -> Option<Self> {
        let folder = tempfile::tempdir().expect("a folder");
        let (url, server) = match backend {
            Backend::Sqlite => (folder.path().join("c.db").display().to_string(), None),
            Backend::Postgres => {
                let server = server()?;
                (server.database(), Some(server))
            }
        };
        Some(Self::of(folder, url, server))
    }

    fn of(folder: TempDir, url: String, server: Option<Arc<Server>>) -> Self {
        let firm = Self {
            folder,
            url,
            tokens: BTreeMap::new(),
            _server: server,
        };
        // Private as every file beside a store, and in the place of whatever this machine's user has.
        let settings = tempfile::NamedTempFile::new_in(firm.folder.path()).expect("a file");
        settings.persist(firm.path("settings")).expect("kept");
        firm
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn command(&self, who: &str) -> std::process::Command {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_cleanbill"));
        for (name, value) in self.environment(who) {
            command.env(name, value);
        }
        command
    }

    fn environment(&self, who: &str) -> Vec<(&'static str, String)> {
        vec![
            ("CLEANBILL_STORE", self.url.clone()),
            (
                "CLEANBILL_DOCUMENTS",
                self.path("documents").display().to_string(),
            ),
            (
                "CLEANBILL_KEY",
                self.path("keys/documents.key").display().to_string(),
            ),
            (
                "CLEANBILL_CONFIG",
                self.path("settings").display().to_string(),
            ),
            ("CLEANBILL_CACHE", self.path("cache").display().to_string()),
            (
                "CLEANBILL_SESSIONS",
                self.path("sessions").join(who).display().to_string(),
            ),
            (
                "CLEANBILL_TOKEN",
                self.tokens.get(who).cloned().unwrap_or_default(),
            ),
        ]
    }

    pub fn call(&self, who: &str, args: &[&str]) -> Said {
        self.type_in(who, args, "")
    }

    /// A call with lines on standard input.
    pub fn type_in(&self, who: &str, args: &[&str], lines: &str) -> Said {
        let mut command = Command::cargo_bin("cleanbill").expect("the program");
        let output = command
            .envs(self.environment(who))
            .args(args)
            .write_stdin(lines)
            .output()
            .expect("it runs");
        Said {
            status: output.status.code().expect("an exit status"),
            out: String::from_utf8(output.stdout).expect("text"),
            err: String::from_utf8(output.stderr).expect("text"),
        }
    }

    /// Adds a person who is known by a token.
    pub fn add(&mut self, name: &str, args: &[&str]) {
        let mut all = vec!["user", "add", name, "--token"];
        all.extend(args);
        let out = self.call("root", &all).well();
        let token = out.lines().last().expect("a token").to_owned();
        self.tokens.insert(name.to_owned(), token);
    }

    /// Makes calls of this person with a token.
    pub fn give_token(&mut self, name: &str, token: &str) {
        self.tokens.insert(name.to_owned(), token.to_owned());
    }

    /// Ann prepares, Bob and Cid are partners, Odd looks, Nyx is the night.
    pub fn staff(&mut self) {
        for (name, role) in [
            ("ann", "specialist"),
            ("bob", "partner"),
            ("cid", "partner"),
            ("odd", "auditor"),
            ("nyx", "service"),
        ] {
            self.add(name, &["--role", role, "--all-clients"]);
        }
    }

    /// Writes an invoice file and returns its path.
    pub fn file(&self, name: &str, text: &str) -> String {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(&path, text).expect("written");
        path.display().to_string()
    }

    pub fn intake(&self, who: &str, path: &str) -> Said {
        self.call(who, &["intake", "--today", "2026-10-06", path])
    }

    pub fn sound(&self) {
        let out = self.call("odd", &["audit", "verify"]).well();
        assert!(out.contains("Nothing was altered."), "{out}");
    }
}

/// A runtime for what a test does with a store in its own process.
pub fn wait<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(work)
}

/// An invoice of one line: number, client, what the line says its total is (1.0 hours at 300).
pub fn invoice(number: &str, client: &str, line_total: &str, narrative: &str) -> String {
    format!(
        "LEDES1998B[]\nINVOICE_DATE|INVOICE_NUMBER|CLIENT_ID|LAW_FIRM_MATTER_ID|INVOICE_TOTAL|BILLING_START_DATE|BILLING_END_DATE|INVOICE_DESCRIPTION|LINE_ITEM_NUMBER|EXP/FEE/INV_ADJ_TYPE|LINE_ITEM_NUMBER_OF_UNITS|LINE_ITEM_ADJUSTMENT_AMOUNT|LINE_ITEM_TOTAL|LINE_ITEM_DATE|LINE_ITEM_TASK_CODE|LINE_ITEM_EXPENSE_CODE|LINE_ITEM_ACTIVITY_CODE|TIMEKEEPER_ID|LINE_ITEM_DESCRIPTION|LAW_FIRM_ID|LINE_ITEM_UNIT_COST|TIMEKEEPER_NAME|TIMEKEEPER_CLASSIFICATION|CLIENT_MATTER_ID[]\n20260930|{number}|{client}|2026-0117|300.00|20260901|20260930|Services rendered in September|1|F|1.0|0.00|{line_total}|20260915|L120||A104|AQ|{narrative}|94-1111111|300.00|Quillfeather, Ada|PT|CM-7[]\n"
    )
}
