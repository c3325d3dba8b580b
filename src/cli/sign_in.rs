//! `cleanbill sign-in`.

use super::ask::Ask;
use super::provider;
use super::session_file;
use super::settings::settings;
use super::tracker::{StoreArgs, instant};
use crate::config::{SESSION_HOURS, SESSION_IDLE_MINUTES};
use crate::workflow::{Admission, Passwords, SignIn, Signed, Terms, sign_in, system_clock};
use anyhow::bail;
use std::io::Write;

/// Arguments of `sign-in`.
#[derive(Debug, clap::Args)]
#[command(
    before_help = "Example:  cleanbill sign-in \"A. Quillfeather\"\n          cleanbill sign-in night-clerk --password-stdin < secret"
)]
pub struct Args {
    /// Your name in the store
    name: String,

    /// Read from standard input, a line each: the password; the code, where there is a second factor; the new password,
    /// where an administrator gave the old one
    #[arg(long)]
    password_stdin: bool,

    #[command(flatten)]
    at: StoreArgs,
}

/// Begins a session that later commands use.
pub fn run(args: &Args, out: &mut impl Write) -> anyhow::Result<()> {
    let ask = Ask {
        stdin: args.password_stdin,
    };
    let store_url = args.at.place()?.url;
    let before = session_file::read(&store_url)?;
    let settings = settings()?;
    let numbers = (
        settings.number(&SESSION_IDLE_MINUTES),
        settings.number(&SESSION_HOURS),
    );
    let (Some(idle_minutes), Some(hours)) = numbers else {
        bail!("the settings say not how long a session holds");
    };
    let terms = Terms::of(idle_minutes, hours);
    let few = provider::passwords_only_for(&settings);
    let passwords = few.as_deref().map_or(Passwords::Everybody, Passwords::Only);
    let password = ask.secret(&format!("Password of {}", args.name))?;
    let signed: Signed = args.at.with_store(async |store| {
        let (mut code, mut new_password) = (None, None);
        loop {
            let who = SignIn {
                name: &args.name,
                password: &password,
                code: code.as_ref(),
                new_password: new_password.as_ref(),
                offered: before.as_ref(),
                passwords,
            };
            match sign_in(store, &who, &terms, &system_clock).await? {
                Admission::SignedIn(signed) => return Ok(signed),
                Admission::CodeWanted => {
                    code = Some(ask.secret("Code of the second factor, or a recovery code")?);
                }
                Admission::NewPasswordWanted => new_password = Some(ask.new_password()?),
            }
        }
    })?;
    session_file::write(&store_url, &signed.session)?;
    writeln!(
        out,
        "{} is signed in as {}, until {} at the latest, or {idle_minutes} minutes without a command.",
        signed.person.name,
        signed.person.role,
        instant(signed.until_ms)
    )?;
    match signed.recovery_codes_left {
        Some(left @ 0..=2) => writeln!(
            out,
            "{left} recovery codes are left; new ones come with a new second factor: cleanbill user totp"
        )?,
        Some(left) => writeln!(out, "{left} recovery codes are left.")?,
        None => {}
    }
    Ok(())
}
