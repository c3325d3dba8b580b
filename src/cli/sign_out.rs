//! `cleanbill sign-out`.

use super::session_file;
use super::tracker::StoreArgs;
use crate::workflow::{sign_out, system_clock};
use std::io::Write;

/// Arguments of `sign-out`.
#[derive(Debug, clap::Args)]
#[command(before_help = "Example:  cleanbill sign-out")]
pub struct Args {
    #[command(flatten)]
    at: StoreArgs,
}

/// Ends the session that sign-in began.
pub fn run(args: &Args, out: &mut impl Write) -> anyhow::Result<()> {
    let store_url = args.at.place()?.url;
    let Some(session) = session_file::read(&store_url)? else {
        writeln!(out, "Nobody is signed in.")?;
        return Ok(());
    };
    let who = args
        .at
        .with_store(async |store| Ok(sign_out(store, &session, &system_clock).await?))?;
    session_file::remove(&store_url)?;
    match who {
        Some(ended) => writeln!(out, "{} is signed out.", ended.person)?,
        None => writeln!(out, "The session had ended already.")?,
    }
    Ok(())
}
