//! `cleanbill user password`.

use crate::cli::ask::Ask;
use crate::cli::session_file;
use crate::cli::tracker::StoreArgs;
use crate::workflow::{Known, ONE_TIME_DAYS};
use secrecy::{ExposeSecret, SecretString};
use std::io::Write;

/// Arguments of `user password`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Another person, who is given a password for their next sign-in [default: you]
    name: Option<String>,

    /// Read from standard input, a line each: the old password, where there is one, and the new one
    #[arg(long)]
    password_stdin: bool,

    #[command(flatten)]
    at: StoreArgs,
}

/// Changes a password.
pub fn run(args: &Args, out: &mut impl Write) -> anyhow::Result<()> {
    let ask = Ask {
        stdin: args.password_stdin,
    };
    let (given, signed_in) = args.at.at_desk(async |desk| {
        let signed_in = matches!(desk.person.known, Known::Session(_));
        if let Some(name) = args.name.as_ref().filter(|n| **n != desk.person.name) {
            return Ok((Some((name, desk.give_password(name).await?)), false));
        }
        let old = match desk.has_password().await? {
            true => Some(ask.secret("Old password")?),
            false => None,
        };
        let new = ask.new_password()?;
        desk.choose_password(old.as_ref(), &new).await?;
        Ok((None, signed_in))
    })?;
    if let Some((name, password)) = given {
        return print_one_time(name, &password, out);
    }
    if signed_in {
        session_file::remove(&args.at.place()?.url)?;
    }
    writeln!(
        out,
        "Your password is changed; your sessions and tokens have ended."
    )?;
    Ok(())
}

/// Prints a password that is for one sign-in.
pub(super) fn print_one_time(
    name: &str,
    password: &SecretString,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    writeln!(
        out,
        "The password of {name} for one sign-in within {ONE_TIME_DAYS} days, in which they choose their own; it is not \
         shown again:\n{}",
        password.expose_secret()
    )?;
    Ok(())
}
