//! `cleanbill user add`.

use super::{Clients, role};
use crate::cli::tracker::StoreArgs;
use crate::workflow::{NewPerson, Role, first_person, system_clock};
use secrecy::ExposeSecret;
use std::io::Write;

/// Arguments of `user add`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The name that will stand under everything the person does
    name: String,

    /// specialist, timekeeper, partner, administrator, auditor or service
    #[arg(long, value_parser = role)]
    role: Role,

    /// The operating-system user that is this person
    #[arg(long, value_name = "USER")]
    os_user: Option<String>,

    /// Print a password for the first sign-in, in which the person chooses their own
    #[arg(long)]
    password: bool,

    /// Make a token and print it; it is shown only once
    #[arg(long)]
    token: bool,

    /// How long the token holds
    #[arg(long, value_name = "DAYS", default_value_t = 90)]
    days: u32,

    #[command(flatten)]
    clients: Clients,

    #[command(flatten)]
    at: StoreArgs,
}

/// Adds somebody.
pub fn run(args: &Args, out: &mut impl Write) -> anyhow::Result<()> {
    let Args {
        name, role, days, ..
    } = args;
    let new = NewPerson {
        name: name.clone(),
        role: Some(*role),
        os_user: args.os_user.clone(),
        token_days: args.token.then_some(*days),
        password: args.password,
        clients: args.clients.named(),
    };
    let nobody = args.at.with_store(async |store| {
        let mut tx = store.db.read().await?;
        Ok(tx.people().await?.is_empty())
    })?;
    let access = if nobody {
        let done = async |store: &_| Ok(first_person(store, &new, &system_clock).await?);
        args.at.with_store(done)?
    } else {
        args.at
            .at_desk(async |desk| Ok(desk.add_person(&new).await?))?
    };
    writeln!(out, "{name} may work here as {role}.")?;
    let sees = !matches!(role, Role::Administrator);
    if sees && new.clients.is_some_and(|none| none.is_empty()) {
        writeln!(out, "{name} serves no client yet and sees no invoice.")?;
    }
    if let Some(password) = &access.password {
        super::password::print_one_time(name, password, out)?;
    }
    if let Some(token) = &access.token {
        writeln!(
            out,
            "The token of {name}, for CLEANBILL_TOKEN; it holds {days} days and is not shown again:\n{}",
            token.expose_secret()
        )?;
    }
    Ok(())
}
