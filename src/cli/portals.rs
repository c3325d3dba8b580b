//! `cleanbill portals`: which portals are known, and whether an account works.

use super::Outcome;
use super::settings::settings;
use super::tracker::StoreArgs;
use crate::config::{PACKS, PORTALS, Settings};
use crate::model::did_you_mean;
use crate::portals::{Account, Accounts, Polite, Portal, PortalError, connect, terms_of};
use crate::rules::Shelf;
use crate::rules::pack::Terms;
use crate::workflow::submission::Doors;
use anyhow::Context;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Arguments of `portals`.
#[derive(Debug, clap::Args)]
#[command(
    before_help = "Example:  cleanbill portals list\n          cleanbill portals check stillwater --accounts portals.toml"
)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// List the portals: ways to reach them, what they take, how far each has been proven
    #[command(before_help = "Example:  cleanbill portals list --accounts portals.toml")]
    List(At),
    /// Connect and sign in to an account, or to every active one, and change nothing
    #[command(
        before_help = "Example:  cleanbill portals check stillwater --accounts portals.toml\n          cleanbill portals check --accounts portals.toml"
    )]
    Check {
        /// The account's name in the file of accounts [default: every active account]
        #[arg(value_name = "ACCOUNT")]
        account: Option<String>,

        #[command(flatten)]
        at: At,
    },
    /// Send nothing through an account until it is resumed; what waits stays in its queue
    #[command(
        before_help = "Example:  cleanbill portals pause stillwater --reason \"new bank details from Monday\"",
        after_help = "Whoever runs the night or submits: nothing leaves through it. What was sent is still asked about. It is written \
                      down who paused it and why."
    )]
    Pause {
        /// The account's name in the file of accounts
        #[arg(value_name = "ACCOUNT")]
        account: String,

        /// Why
        #[arg(long, value_name = "TEXT")]
        reason: String,

        #[command(flatten)]
        at: At,

        #[command(flatten)]
        store: StoreArgs,
    },
    /// Send through a paused account again
    #[command(before_help = "Example:  cleanbill portals resume stillwater")]
    Resume {
        /// The account's name in the file of accounts
        #[arg(value_name = "ACCOUNT")]
        account: String,

        #[command(flatten)]
        at: At,

        #[command(flatten)]
        store: StoreArgs,
    },
    /// Tell a client what a matter has cost that is not billed yet, or take it back
    #[command(
        before_help = "Example:  cleanbill portals accruals stillwater SF-LIT-7 --file accruals.json --accounts portals.toml\n          cleanbill portals accruals stillwater SF-LIT-7 --delete --accounts portals.toml"
    )]
    Accruals {
        /// The account's name in the file of accounts
        #[arg(value_name = "ACCOUNT")]
        account: String,

        /// The client's number of the matter
        #[arg(value_name = "MATTER")]
        matter: String,

        /// The figures, as the LEDES API has them (JSON: accrual_currency, accrual_net_total, line_items ...)
        #[arg(long, value_name = "FILE", required_unless_present = "delete")]
        file: Option<PathBuf>,

        /// Take the figures back: the client then knows of none
        #[arg(long, conflicts_with = "file")]
        delete: bool,

        #[command(flatten)]
        at: At,
    },
}

/// Where accounts and terms are.
#[derive(Debug, Clone, clap::Args)]
pub struct At {
    /// The firm's accounts at portals [default: the setting portals]
    #[arg(long, value_name = "FILE")]
    accounts: Option<PathBuf>,

    /// Add the packs of this folder, for terms of portals [default: the setting packs]
    #[arg(long, value_name = "DIR")]
    packs: Option<PathBuf>,
}

impl At {
    /// Settings with what these arguments say put before them.
    fn settings(&self) -> anyhow::Result<Settings> {
        let text = |path: &Option<PathBuf>| path.iter().map(|p| p.display().to_string()).collect();
        let settings = settings()?.with(&PORTALS, "--accounts", text(&self.accounts));
        Ok(settings.with(&PACKS, "--packs", text(&self.packs)))
    }

    /// The firm's accounts; none where no file is named.
    pub fn accounts(&self) -> anyhow::Result<Accounts> {
        match self.settings()?.path(&PORTALS) {
            Some(path) => Ok(Accounts::load(&path)?),
            None => Ok(Accounts::default()),
        }
    }

    /// Rules and terms.
    pub fn shelf(&self) -> anyhow::Result<Shelf> {
        let mut shelf = Shelf::shipped()?;
        if let Some(folder) = self.settings()?.path(&PACKS) {
            shelf.add_folder(&folder)?;
        }
        Ok(shelf)
    }

    /// The accounts with what is known of their portals.
    pub fn doors(&self) -> anyhow::Result<Doors> {
        Ok(Doors::new(self.accounts()?, self.shelf()?)?)
    }
}

/// Lists or checks.
pub fn run(args: &Args, out: &mut impl Write) -> anyhow::Result<Outcome> {
    match &args.command {
        Command::List(at) => list(at, out).map(|()| Outcome::Clean),
        Command::Check { account, at } => match account {
            Some(name) => check(name, at, out),
            None => check_all(at, out),
        },
        Command::Pause {
            account,
            reason,
            at,
            store,
        } => {
            let accounts = at.accounts()?;
            let clients = &named(account, &accounts)?.clients;
            store.at_desk(async |desk| Ok(desk.pause_account(account, clients, reason).await?))?;
            writeln!(out, "{account} is paused: nothing is sent through it.")?;
            Ok(Outcome::Clean)
        }
        Command::Resume { account, at, store } => {
            let accounts = at.accounts()?;
            let clients = &named(account, &accounts)?.clients;
            store.at_desk(async |desk| Ok(desk.resume_account(account, clients).await?))?;
            writeln!(out, "{account} goes on.")?;
            Ok(Outcome::Clean)
        }
        Command::Accruals {
            account,
            matter,
            file,
            at,
            ..
        } => accruals(account, matter, file.as_deref(), at, out),
    }
}

fn list(at: &At, out: &mut impl Write) -> anyhow::Result<()> {
    let (shelf, accounts) = (at.shelf()?, at.accounts()?);
    for pack in shelf.packs() {
        let Some(terms) = &pack.terms else {
            continue;
        };
        writeln!(out, "{} ({})", pack.title, pack.pack)?;
        writeln!(out, "  ways      {}", terms.ways.join(", "))?;
        let formats = match terms.formats.as_slice() {
            [] => "not known".to_owned(),
            some => some.join(", "),
        };
        writeln!(out, "  formats   {formats}")?;
        writeln!(out, "  proven    {}", terms.proven)?;
        limits(terms, out)?;
        if let Some(appeal) = &terms.appeal {
            let routes: Vec<&str> = appeal.routes.iter().map(|r| r.what.as_str()).collect();
            writeln!(out, "  appeal    {}", routes.join("; or: "))?;
        }
        if !terms.status.is_empty() {
            let words: Vec<&str> = terms.status.keys().map(String::as_str).collect();
            writeln!(out, "  words     {}", words.join("; "))?;
        }
        for (name, account) in &accounts.account {
            let own = terms_of(shelf.packs(), &account.portal);
            if own.is_some_and(|own| std::ptr::eq(own, terms)) {
                writeln!(out, "  account   {name}: {}", about(account))?;
            }
        }
        writeln!(out, "  source    {}\n", terms.source)?;
    }
    let others = accounts
        .account
        .iter()
        .filter(|(_, a)| terms_of(shelf.packs(), &a.portal).is_none());
    for (name, account) in others {
        writeln!(
            out,
            "{name}: {} is a portal nothing is known of; {}",
            account.portal,
            about(account)
        )?;
    }
    Ok(())
}

/// What a portal does not take, and what it forgets.
fn limits(terms: &Terms, out: &mut impl Write) -> anyhow::Result<()> {
    let mut limits = Vec::new();
    let file = &terms.file;
    limits.extend(file.most_bytes.map(|n| format!("files up to {n} bytes")));
    limits.extend(file.most_invoices.map(|n| format!("{n} invoices a file")));
    let characters = file.name_characters.as_ref();
    limits.extend(characters.map(|c| format!("file names of {c}")));
    if let Some(mail) = &terms.mail {
        limits.extend(mail.most_bytes.map(|n| format!("by mail up to {n} bytes")));
        limits.extend(mail.note.clone());
    }
    limits.extend(
        terms
            .retention_days
            .map(|n| format!("final invoices are deleted after {n} days")),
    );
    limits.extend(
        terms
            .dispute_idle_days
            .map(|n| format!("a dispute without an answer ends as rejected after {n} days")),
    );
    if !limits.is_empty() {
        writeln!(out, "  limits    {}", limits.join("; "))?;
    }
    if !terms.before.is_empty() {
        writeln!(out, "  before    {}", terms.before.join("; "))?;
    }
    Ok(())
}

fn about(account: &Account) -> String {
    let mut about = account.way.clone();
    if let Some(url) = &account.url {
        about += &format!(" at {url}");
    }
    if !account.clients.is_empty() {
        about += &format!(", for {}", account.clients.join(", "));
    }
    if let Some(end) = account.credentials_end {
        about += &format!(", credentials end {end}");
    }
    if !account.active {
        about += ", not active";
    }
    about
}

/// The account of that name.
fn named<'a>(name: &str, accounts: &'a Accounts) -> anyhow::Result<&'a Account> {
    accounts.account.get(name).with_context(|| {
        let known: Vec<&str> = accounts.account.keys().map(String::as_str).collect();
        match known.as_slice() {
            [] => "no accounts are known: name their file with --accounts FILE".to_owned(),
            known => format!(
                "there is no account {name}; {}",
                did_you_mean(name, known.iter().copied())
            ),
        }
    })
}

/// The account of that name, and its portal; what is wrong with it, where it is not set up.
fn open(name: &str, at: &At) -> anyhow::Result<Result<Polite, PortalError>> {
    let (shelf, accounts) = (at.shelf()?, at.accounts()?);
    Ok(connect(named(name, &accounts)?, shelf.packs()))
}

fn told(name: &str, error: &PortalError, out: &mut impl Write) -> anyhow::Result<Outcome> {
    writeln!(out, "{name}: {error}")?;
    if let PortalError::Refused { remarks, .. } = error {
        for remark in remarks {
            writeln!(out, "{name}: {}", remark.text)?;
        }
    }
    Ok(if error.stops_the_account() {
        Outcome::Usage
    } else {
        Outcome::System
    })
}

fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
}

fn check(name: &str, at: &At, out: &mut impl Write) -> anyhow::Result<Outcome> {
    let portal = match open(name, at)? {
        Ok(portal) => portal,
        Err(error) => {
            writeln!(out, "{name}: not set up: {error}")?;
            return Ok(Outcome::Usage);
        }
    };
    match runtime()?.block_on(portal.check()) {
        Ok(found) => {
            for line in found {
                writeln!(out, "{name}: {line}")?;
            }
            Ok(Outcome::Clean)
        }
        Err(error) => told(name, &error, out),
    }
}

/// One that fails keeps no other from being tried.
fn check_all(at: &At, out: &mut impl Write) -> anyhow::Result<Outcome> {
    let accounts = at.accounts()?;
    let active = accounts.account.iter().filter(|(_, a)| a.active);
    let names: Vec<&String> = active.map(|(name, _)| name).collect();
    anyhow::ensure!(
        !names.is_empty(),
        "no active account is known: name the file of accounts with --accounts FILE"
    );
    let mut worst = Outcome::Clean;
    let mut failed = 0;
    for name in &names {
        let outcome = check(name, at, out)?;
        failed += usize::from(outcome != Outcome::Clean);
        worst = worst.or(outcome);
    }
    writeln!(
        out,
        "{} of {} accounts can be used",
        names.len() - failed,
        names.len()
    )?;
    Ok(worst)
}

fn accruals(
    name: &str,
    matter: &str,
    file: Option<&Path>,
    at: &At,
    out: &mut impl Write,
) -> anyhow::Result<Outcome> {
    let figures: Option<serde_json::Value> = match file {
        None => None,
        Some(path) => {
            let shown = path.display();
            let bytes = fs::read(path).with_context(|| format!("{shown} cannot be read"))?;
            Some(serde_json::from_slice(&bytes).with_context(|| {
                format!("{shown} is no JSON; write {{\"accrual_currency\": \"USD\", \"accrual_net_total\": \"1200.00\"}}")
            })?)
        }
    };
    let portal = match open(name, at)? {
        Ok(portal) => portal,
        Err(error) => {
            writeln!(out, "{name}: not set up: {error}")?;
            return Ok(Outcome::Usage);
        }
    };
    let answer = match &figures {
        Some(figures) => runtime()?.block_on(portal.put_accruals(matter, figures)),
        None => runtime()?.block_on(portal.delete_accruals(matter)),
    };
    match answer {
        Ok(_) => {
            let what = if figures.is_some() {
                "the client has these accruals, and no others"
            } else {
                "the client knows of no accruals"
            };
            writeln!(out, "{name}: {matter}: {what}")?;
            Ok(Outcome::Clean)
        }
        Err(error) => told(name, &error, out),
    }
}
