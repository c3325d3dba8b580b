//! `cleanbill user`.

mod add;
mod link;
mod password;
mod token;
mod totp;

use super::tracker::{StoreArgs, instant};
use crate::store::PersonRow;
use crate::workflow::{Act, PersonShown, Role};
use clap::Subcommand;
use std::io::Write;

/// Arguments of `user`.
#[derive(Debug, clap::Args)]
#[command(
    before_help = "Example:  cleanbill user add \"A. Quillfeather\" --role partner --password --client C0001 --client C0002\n          cleanbill user add night --role service --all-clients --token"
)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Add a person or service; the first one has to be an administrator
    Add(add::Args),
    /// Who may work here, and what they are known by
    List {
        #[command(flatten)]
        at: StoreArgs,
    },
    /// Say which TIMEKEEPER_IDs are a person's
    Timekeeper(super::user_timekeeper::Args),
    /// Give a person another role; their sessions and tokens end
    Role {
        /// The person
        name: String,
        /// specialist, timekeeper, partner, administrator, auditor or service
        #[arg(value_parser = role)]
        role: Role,
        #[command(flatten)]
        at: StoreArgs,
    },
    /// Say which clients a person serves; their sessions and tokens end
    Clients {
        /// The person
        name: String,
        #[command(flatten)]
        clients: Clients,
        #[command(flatten)]
        at: StoreArgs,
    },
    /// Make, list and end tokens
    Token(token::Args),
    /// Choose your password; or, as an administrator, give somebody one for their next sign-in
    Password(password::Args),
    /// Set up your second factor; or take one away
    Totp(totp::Args),
    /// Say by which account at the firm's identity provider a person signs in
    Link(link::Args),
    /// Take that away; their sessions and tokens end
    Unlink(link::Unlink),
    /// Open the lock that wrong tries to sign in have closed
    Unlock {
        /// The person
        name: String,
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

/// Which clients somebody serves.
#[derive(Debug, clap::Args)]
#[group(skip)]
pub(super) struct Clients {
    /// A client the person serves; may be given several times
    #[arg(long, value_name = "ID")]
    client: Vec<String>,

    /// The person serves every client
    #[arg(long, conflicts_with = "client")]
    all_clients: bool,
}

impl Clients {
    /// The clients; nothing is every client.
    fn named(&self) -> Option<Vec<String>> {
        (!self.all_clients).then(|| self.client.clone())
    }
}

pub(super) fn role(word: &str) -> Result<Role, String> {
    Role::named(word).ok_or_else(|| {
        let all: Vec<&str> = Role::ALL.iter().map(|r| r.name()).collect();
        format!("roles are: {}", all.join(", "))
    })
}

/// Says who may work with the store.
pub fn run(args: &Args, out: &mut impl Write) -> anyhow::Result<()> {
    match &args.what {
        What::Timekeeper(one) => super::user_timekeeper::run(one, out),
        What::Add(args) => add::run(args, out),
        What::Token(args) => token::run(args, out),
        What::Password(args) => password::run(args, out),
        What::Totp(args) => totp::run(args, out),
        What::Link(args) => link::run(args, out),
        What::Unlink(args) => link::unlink(args, out),
        What::List { at } => {
            let (roster, authority) = at.at_desk(async |desk| {
                let known = desk.may(Act::Authority).is_ok();
                let authority = match known {
                    true => Some(desk.authority().await?),
                    false => None,
                };
                Ok((desk.roster().await?, authority))
            })?;
            writeln!(
                out,
                "{:<24} {:<14} {:<40} is known by",
                "name", "role", "serves"
            )?;
            for shown in roster {
                let name = &shown.person.name;
                let ids = authority.as_ref().map(|a| a.ids_of(name));
                print(&shown, &ids.unwrap_or_default(), out)?;
            }
            Ok(())
        }
        What::Role { name, role, at } => {
            at.at_desk(async |desk| Ok(desk.set_role(name, *role).await?))?;
            writeln!(
                out,
                "{name} is {role} from now on; their sessions and tokens have ended."
            )?;
            Ok(())
        }
        What::Clients { name, clients, at } => {
            let named = clients.named();
            at.at_desk(async |desk| Ok(desk.set_clients(name, named.as_deref()).await?))?;
            writeln!(
                out,
                "{name} serves {} from now on; their sessions and tokens have ended.",
                served(named.as_deref())
            )?;
            Ok(())
        }
        What::Unlock { name, at } => {
            at.at_desk(async |desk| Ok(desk.unlock(name).await?))?;
            writeln!(out, "{name} may try to sign in again.")?;
            Ok(())
        }
        What::Deactivate { name, at } => {
            at.at_desk(async |desk| Ok(desk.deactivate(name).await?))?;
            writeln!(
                out,
                "{name} may no longer work here; their sessions and tokens have ended."
            )?;
            Ok(())
        }
    }
}

fn served(clients: Option<&[String]>) -> String {
    match clients {
        None => "every client".to_owned(),
        Some([]) => "no client".to_owned(),
        Some(some) => some.join(", "),
    }
}

fn print(shown: &PersonShown, timekeeper: &[String], out: &mut impl Write) -> anyhow::Result<()> {
    let PersonRow {
        name,
        role,
        os_user,
        clients,
        active,
    } = &shown.person;
    let mut known: Vec<String> = Vec::new();
    known.extend(os_user.iter().map(|user| format!("user {user}")));
    match shown.one_time_until_ms {
        Some(until) => known.push(format!("one-time password until {}", instant(until))),
        None if shown.password => known.push("password".to_owned()),
        None => {}
    }
    if shown.second_factor {
        known.push("second factor".to_owned());
    }
    known.extend(shown.link.as_ref().map(|link| {
        let account = link.expected.as_deref().unwrap_or("an account");
        match link.until_ms {
            Some(until) => format!(
                "{account} at {}, if used until {}",
                link.issuer,
                instant(until)
            ),
            None => format!("an account at {}", link.issuer),
        }
    }));
    let counted = |n: usize, what: &str| match n {
        1 => format!("1 {what}"),
        n => format!("{n} {what}s"),
    };
    if shown.tokens > 0 {
        known.push(counted(shown.tokens, "token"));
    }
    if shown.sessions > 0 {
        known.push(counted(shown.sessions, "session"));
    }
    let locked = shown.locked_until_ms.map(instant);
    known.extend(locked.map(|until| format!("LOCKED until {until}")));
    if known.is_empty() {
        known.push("unknown to everybody".to_owned());
    }
    let known = if *active {
        known.join(", ")
    } else {
        "no longer works here".to_owned()
    };
    let known = match timekeeper {
        [] => known,
        ids => format!("{known}; timekeeper {}", ids.join(", ")),
    };
    let clients = served(clients.as_deref());
    writeln!(out, "{name:<24} {role:<14} {clients:<40} {known}")?;
    Ok(())
}
