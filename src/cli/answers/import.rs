//! `cleanbill answers import`: mails, tables and workbooks; and what is said of what became of them.

use super::ears::{Ears, files};
use crate::cli::Outcome;
use crate::cli::named::parsed;
use crate::cli::paragraph;
use crate::cli::portals::At;
use crate::cli::tracker::StoreArgs;
use crate::portals::answers::AnswerMapping;
use crate::workflow::answers::{Brought, Standing};
use std::io::Write;
use std::path::PathBuf;

/// Arguments of `answers import`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Files or folders
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,

    /// The portal they are from
    #[arg(long, value_name = "NAME")]
    portal: Option<String>,

    /// Which column says what (TOML), for tables nobody knows
    #[arg(long, value_name = "FILE")]
    mapping: Option<PathBuf>,

    #[command(flatten)]
    portals: At,

    #[command(flatten)]
    at: StoreArgs,
}

/// Brings files in.
pub(super) fn import(args: &Args, out: &mut impl Write) -> anyhow::Result<Outcome> {
    let Args {
        paths,
        portal,
        mapping,
        portals,
        at,
    } = args;
    let portal = portal.as_deref();
    let mapping = match mapping {
        Some(file) => Some(parsed(file, "the mapping", AnswerMapping::parse)?),
        None => None,
    };
    let ears = Ears::new(portals)?;
    if let (Some(name), None) = (portal, &mapping) {
        ears.known(name)?;
    }
    let listener = ears.listener(portal, mapping);
    let ways = ears.ways();
    let brought = at.at_desk(async |desk| {
        let mut all = Vec::new();
        let mut unread = Vec::new();
        for file in files(paths) {
            match file {
                Ok((name, bytes)) => {
                    let heard = listener.read(&name, &bytes);
                    unread.extend(heard.mistakes.iter().map(ToString::to_string));
                    all.extend(heard.told);
                }
                Err(why) => unread.push(why),
            }
        }
        Ok((desk.hear(&all, &ways).await?, unread))
    })?;
    tell(&brought.0, &brought.1, out)
}

/// Says what became of what was heard.
pub fn tell(
    brought: &[Brought],
    unread: &[String],
    out: &mut impl Write,
) -> anyhow::Result<Outcome> {
    let (mut taken, mut known, mut waits) = (0, 0, 0);
    for one in brought {
        let state = one
            .state
            .as_ref()
            .map_or_else(String::new, |s| format!(", the invoice is {s} now"));
        let before = if one.known { " (known before)" } else { "" };
        let number = if one.number.is_empty() {
            "-"
        } else {
            &one.number
        };
        writeln!(
            out,
            "{number:<16} {:<15} {}{before}{state}  [{}]  {}",
            one.outcome.name(),
            one.standing.name(),
            &one.id[..12],
            one.place
        )?;
        for why in &one.why {
            writeln!(out, "{}", paragraph::paragraph(why, 4))?;
        }
        match one.standing {
            Standing::Taken | Standing::PutAside if one.known => known += 1,
            Standing::Taken => taken += 1,
            _ => waits += 1,
        }
    }
    told([taken, known, waits], unread, out)
}

/// How much was taken, was known before and waits for a person, and what could not be read.
pub(in crate::cli) fn told(
    [taken, known, waits]: [usize; 3],
    unread: &[String],
    out: &mut impl Write,
) -> anyhow::Result<Outcome> {
    for why in unread {
        writeln!(out, "not read: {why}")?;
    }
    writeln!(
        out,
        "{taken} taken, {known} known before, {waits} waiting for a person, {} not read",
        unread.len()
    )?;
    Ok(match waits == 0 && unread.is_empty() {
        true => Outcome::Clean,
        false => Outcome::Findings,
    })
}
