//! `cleanbill portals`: which portals are known, and whether an account works.

use super::Outcome;
use crate::portals::{Account, Accounts, Portal, connect, terms_of};
use crate::rules::Shelf;
use anyhow::Context;
use std::env;
use std::io::Write;
use std::path::PathBuf;

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
    /// Connect and sign in to an account, and change nothing
    #[command(before_help = "Example:  cleanbill portals check stillwater --accounts portals.toml")]
    Check {
        /// The account's name in the file of accounts
        #[arg(value_name = "ACCOUNT")]
        account: String,

        #[command(flatten)]
        at: At,
    },
}

/// Where accounts and terms are.
#[derive(Debug, clap::Args)]
pub struct At {
    /// The firm's accounts at portals [default: CLEANBILL_PORTALS]
    #[arg(long, value_name = "FILE")]
    accounts: Option<PathBuf>,

    /// Add the packs of this folder, for terms of portals
    #[arg(long, value_name = "DIR")]
    packs: Option<PathBuf>,
}

impl At {
    /// The firm's accounts; none where no file is named.
    pub fn accounts(&self) -> anyhow::Result<Accounts> {
        let from_environment = || {
            let path = env::var_os("CLEANBILL_PORTALS").filter(|path| !path.is_empty());
            path.map(PathBuf::from)
        };
        match self.accounts.clone().or_else(from_environment) {
            Some(path) => Accounts::load(&path),
            None => Ok(Accounts::default()),
        }
    }

    /// Rules and terms.
    pub fn shelf(&self) -> anyhow::Result<Shelf> {
        let mut shelf = Shelf::shipped()?;
        if let Some(folder) = &self.packs {
            shelf.add_folder(folder)?;
        }
        Ok(shelf)
    }
}

/// Lists or checks.
pub fn run(args: &Args, out: &mut impl Write) -> anyhow::Result<Outcome> {
    match &args.command {
        Command::List(at) => list(at, out).map(|()| Outcome::Clean),
        Command::Check { account, at } => check(account, at, out),
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
        if let Some(appeal) = &terms.appeal {
            writeln!(out, "  appeal    {}", appeal.routes.join("; or: "))?;
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

fn check(name: &str, at: &At, out: &mut impl Write) -> anyhow::Result<Outcome> {
    let (shelf, accounts) = (at.shelf()?, at.accounts()?);
    let account = accounts.account.get(name).with_context(|| {
        let known: Vec<&str> = accounts.account.keys().map(String::as_str).collect();
        match known.as_slice() {
            [] => "no accounts are known: name their file with --accounts FILE".to_owned(),
            known => format!(
                "there is no account {name}; there are: {}",
                known.join(", ")
            ),
        }
    })?;
    let portal = match connect(account, terms_of(shelf.packs(), &account.portal)) {
        Ok(portal) => portal,
        Err(error) => {
            writeln!(out, "{name}: not set up: {error}")?;
            return Ok(Outcome::Usage);
        }
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    match runtime.block_on(portal.check()) {
        Ok(found) => {
            for line in found {
                writeln!(out, "{name}: {line}")?;
            }
            Ok(Outcome::Clean)
        }
        Err(error) => {
            writeln!(out, "{name}: {error}")?;
            Ok(if error.stops_the_account() {
                Outcome::Usage
            } else {
                Outcome::System
            })
        }
    }
}
