//! `cleanbill intake`.

use super::Outcome;
use super::basis::Basis;
use super::tracker::{StoreArgs, money};
use super::watch;
use crate::check::{Checker, remedy};
use crate::workflow::{self, Arrival, Desk, Memory, Taken};
use anyhow::bail;
use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;
use walkdir::WalkDir;

/// Arguments of `intake`.
#[derive(Debug, clap::Args)]
#[command(
    before_help = "Example:  cleanbill intake march.txt\n          cleanbill intake --firm lists/ --packs packs/ exports/\n          cleanbill intake --watch exports/"
)]
pub struct Args {
    /// Files or folders
    #[arg(value_name = "PATH", required_unless_present = "watch")]
    paths: Vec<PathBuf>,

    /// Go on taking in what other programs write into this folder, until told to stop (SIGTERM, Ctrl-C)
    ///
    /// A file is taken in when nobody has written to it for a while and its name is not one of an unfinished file
    /// (.part, .tmp, ...). It moves to "done" in the folder, or to "failed" with a text beside it that says why.
    #[arg(long, value_name = "DIR", conflicts_with = "paths")]
    watch: Option<PathBuf>,

    /// It takes the place of this refused invoice, whose number cannot be used again: a number or id
    #[arg(long, value_name = "INVOICE", conflicts_with = "watch")]
    replaces: Option<String>,

    /// With --watch: seconds for which a file must not change before it counts as complete
    #[arg(long, value_name = "SECONDS", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    pub(super) settle: u32,

    #[command(flatten)]
    pub(super) basis: Basis,

    #[command(flatten)]
    pub(super) at: StoreArgs,
}

/// Files that are checked and stored together.
const FILES_AT_A_TIME: usize = 256;
/// Bytes that are checked and stored together, unless one file has more.
const BYTES_AT_A_TIME: usize = 16 << 20;

/// Takes in what is named.
pub fn run(args: &Args, out: &mut impl Write) -> anyhow::Result<Outcome> {
    if let Some(folder) = &args.watch {
        return watch::run(args, folder, out);
    }
    let checker = Checker::new(args.basis.options()?);
    args.at.at_desk(async |desk| {
        let mut tally = Tally::default();
        let mut memory = Memory::default();
        let mut batch = Vec::new();
        let mut bytes = 0;
        for path in files(&args.paths) {
            let read = path.and_then(|path| match fs::read(&path) {
                Ok(bytes) => Ok(Arrival {
                    name: path.display().to_string(),
                    bytes,
                }),
                Err(e) => Err(format!("{}: {}", path.display(), remedy(&e))),
            });
            match read {
                Ok(arrival) => {
                    bytes += arrival.bytes.len();
                    batch.push(arrival);
                }
                Err(message) => {
                    tally.failed += 1;
                    let _ = writeln!(io::stderr(), "cleanbill: {message}");
                }
            }
            if batch.len() >= FILES_AT_A_TIME || bytes >= BYTES_AT_A_TIME {
                bytes = 0;
                for taken in desk
                    .take_in(&checker, &mut memory, std::mem::take(&mut batch))
                    .await?
                {
                    tally.print(&taken, out)?;
                }
            }
        }
        let last = desk.take_in(&checker, &mut memory, batch).await?;
        for taken in &last {
            tally.print(taken, out)?;
        }
        if let Some(old) = &args.replaces {
            replace(desk, &last, old, out).await?;
        }
        tally.finish(out)
    })
}

/// Puts the one invoice that came in the place of a refused one.
async fn replace(
    desk: &Desk<'_>,
    taken: &[Taken],
    old: &str,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    let [only] = taken else {
        bail!(
            "--replaces: name one file with one invoice; {} came",
            taken.len()
        );
    };
    let Some(row) = only
        .row
        .as_ref()
        .filter(|_| !matches!(only.outcome, workflow::Outcome::Refused(_)))
    else {
        bail!("--replaces: invoice {} was not taken in", only.number);
    };
    let (new, old) = desk.replace(&row.id, old).await?;
    writeln!(
        out,
        "Invoice {} takes the place of {}",
        new.number, old.number
    )?;
    Ok(())
}

/// The files of all paths, folders in the order of their names.
fn files(paths: &[PathBuf]) -> impl Iterator<Item = Result<PathBuf, String>> {
    let hidden = |name: &std::ffi::OsStr| name.to_string_lossy().starts_with('.');
    paths.iter().flat_map(move |path| {
        WalkDir::new(path)
            .follow_links(true)
            .sort_by_file_name()
            .into_iter()
            .filter_entry(move |e| e.depth() == 0 || !hidden(e.file_name()))
            .filter(|entry| entry.as_ref().map_or(true, |e| e.file_type().is_file()))
            .map(move |entry| match entry {
                Ok(entry) => Ok(entry.into_path()),
                Err(e) => {
                    let place = e.path().unwrap_or(path).display().to_string();
                    let why = e.io_error().map_or_else(|| e.to_string(), remedy);
                    Err(format!("{place}: {why}"))
                }
            })
    })
}

/// What became of the files so far.
#[derive(Default)]
pub(super) struct Tally {
    new: usize,
    versions: usize,
    known: usize,
    refused: usize,
    failed: usize,
}

impl Tally {
    pub(super) fn print(&mut self, taken: &Taken, out: &mut impl Write) -> io::Result<()> {
        let stands = taken.row.as_ref().map_or_else(String::new, |row| {
            let client = if row.client.is_empty() {
                "-"
            } else {
                &row.client
            };
            format!(
                "{}, client {client}, total {}, {} at risk, version {}",
                row.verdict,
                row.total.map_or_else(
                    || "cannot be read".to_owned(),
                    |total| money(total, &row.currency)
                ),
                row.at_risk,
                row.version
            )
        });
        match &taken.outcome {
            workflow::Outcome::New => {
                self.new += 1;
                writeln!(out, "new      {}: {stands}", taken.number)
            }
            workflow::Outcome::NewVersion => {
                self.versions += 1;
                writeln!(out, "version  {}: {stands}", taken.number)
            }
            workflow::Outcome::Known => {
                self.known += 1;
                writeln!(out, "known    {}: {stands}", taken.number)
            }
            workflow::Outcome::Refused(why) => {
                self.refused += 1;
                let number = if taken.number.is_empty() {
                    "-"
                } else {
                    &taken.number
                };
                writeln!(out, "refused  {number}: {why} ({})", taken.file)
            }
        }
    }

    pub(super) fn finish(&self, out: &mut impl Write) -> anyhow::Result<Outcome> {
        writeln!(
            out,
            "{} new, {} new versions, {} known already, {} refused",
            self.new, self.versions, self.known, self.refused
        )?;
        Ok(if self.failed > 0 {
            Outcome::System
        } else if self.refused > 0 {
            Outcome::Findings
        } else {
            Outcome::Clean
        })
    }
}
