//! `cleanbill user`.

use super::tracker::{StoreArgs, instant};
use crate::workflow::{NewPerson, Role, first_person, system_clock};
use clap::Subcommand;
use std::io::Write;

/// Arguments of `user`.
#[derive(Debug, clap::Args)]
#[command(
    before_help = "Example:  cleanbill user add \"A. Quillfeather\" --role partner --os-user aq --client C0001 --client C0002\n          cleanbill user add night --role service --all-clients --token"
)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Add a person or service; the first one has to be an administrator
    Add(Add),
    /// Who may work here
    List {
        #[command(flatten)]
        at: StoreArgs,
    },
    /// Say which TIMEKEEPER_IDs are a person's
    Timekeeper(super::user_timekeeper::Args),
    /// Make a new token for a person; the old one ends
    Token {
        /// The person
        name: String,
        /// How long it holds
        #[arg(long, value_name = "DAYS", default_value_t = 90)]
        days: u32,
        #[command(flatten)]
        at: StoreArgs,
    },
    /// End a person's access at once
    Deactivate {
        /// The person
        name: String,
        #[command(flatten)]
        at: StoreArgs,
    },
}

#[derive(Debug, clap::Args)]
struct Add {
    /// The name that will stand under everything the person does
    name: String,

    /// specialist, timekeeper, partner, administrator, auditor or service
    #[arg(long, value_parser = role)]
    role: Role,

    /// The operating-system user that is this person
    #[arg(long, value_name = "USER")]
    os_user: Option<String>,

    /// Make a token and print it; it is shown only once
    #[arg(long)]
    token: bool,

    /// How long the token holds
    #[arg(long, value_name = "DAYS", default_value_t = 90)]
    days: u32,

    /// A client the person serves; may be given several times
    #[arg(long, value_name = "ID")]
    client: Vec<String>,

    /// The person serves every client
    #[arg(long, conflicts_with = "client")]
    all_clients: bool,

    #[command(flatten)]
    at: StoreArgs,
}

fn role(word: &str) -> Result<Role, String> {
    Role::named(word).ok_or_else(|| {
        let all: Vec<&str> = Role::ALL.iter().map(|r| r.name()).collect();
        format!("roles are: {}", all.join(", "))
    })
}

/// Says who may work with the store.
pub fn run(args: &Args, out: &mut impl Write) -> anyhow::Result<()> {
    match &args.what {
        What::Add(add) => add_person(add, out),
        What::List { at } => list(at, out),
        What::Timekeeper(one) => super::user_timekeeper::run(one, out),
        What::Token { name, days, at } => {
            let token = at.at_desk(async |desk| Ok(desk.renew_token(name, *days).await?))?;
            print_token(name, &token, *days, out)
        }
        What::Deactivate { name, at } => {
            at.at_desk(async |desk| Ok(desk.deactivate(name).await?))?;
            writeln!(out, "{name} may no longer work here.")?;
            Ok(())
        }
    }
}

fn add_person(add: &Add, out: &mut impl Write) -> anyhow::Result<()> {
    let new = NewPerson {
        name: add.name.clone(),
        role: Some(add.role),
        os_user: add.os_user.clone(),
        token_days: add.token.then_some(add.days),
        clients: (!add.all_clients).then(|| add.client.clone()),
    };
    let nobody = add.at.with_store(async |store| {
        let mut tx = store.db.read().await?;
        Ok(tx.people().await?.is_empty())
    })?;
    let token = if nobody {
        let done = async |store: &_| Ok(first_person(store, &new, &system_clock).await?);
        add.at.with_store(done)?
    } else {
        add.at
            .at_desk(async |desk| Ok(desk.add_person(&new).await?))?
    };
    writeln!(out, "{} may work here as {}.", add.name, add.role)?;
    let sees = !matches!(add.role, Role::Administrator);
    if sees && !add.all_clients && add.client.is_empty() {
        writeln!(
            out,
            "{} serves no client yet and sees no invoice.",
            add.name
        )?;
    }
    match token {
        Some(token) => print_token(&add.name, &token, add.days, out),
        None => Ok(()),
    }
}

fn print_token(name: &str, token: &str, days: u32, out: &mut impl Write) -> anyhow::Result<()> {
    writeln!(
        out,
        "The token of {name}, for CLEANBILL_TOKEN; it holds {days} days and is not shown again:\n{token}"
    )?;
    Ok(())
}

fn list(at: &StoreArgs, out: &mut impl Write) -> anyhow::Result<()> {
    let people = at.at_desk(async |desk| Ok(desk.people().await?))?;
    for p in people {
        let clients = match &p.clients {
            None => "every client".to_owned(),
            Some(none) if none.is_empty() => "no client".to_owned(),
            Some(some) => some.join(", "),
        };
        let known = match (&p.os_user, p.token_until_ms) {
            _ if !p.active => "no longer works here".to_owned(),
            (Some(user), None) => format!("user {user}"),
            (Some(user), Some(until)) => format!("user {user}, token until {}", instant(until)),
            (None, Some(until)) => format!("token until {}", instant(until)),
            (None, None) => "unknown to everybody".to_owned(),
        };
        writeln!(out, "{:<24} {:<14} {:<40} {known}", p.name, p.role, clients)?;
    }
    Ok(())
}
