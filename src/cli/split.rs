//! `cleanbill split`.

mod merge;
mod parts;

use super::Outcome;
use super::basis::Basis;
use super::convert::place;
use super::named::{complain, of_source, parsed};
use crate::check::{Options, Wants, check_whole};
use crate::formats::write::Dialect;
use crate::model::Level;
use crate::revise::split::{NumberPattern, Shares};
use anyhow::{Context, bail};
use merge::merge;
use parts::Work;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Arguments of `split`.
#[derive(Debug, clap::Args)]
#[command(
    before_help = "Example:  cleanbill split march.txt --out sent/\n          cleanbill split march.txt --by-matter --number \"{invoice_number}-{n}\" --out sent/\n          cleanbill split march.txt --shares NGM01=60,SMF02=40 --number \"{invoice_number}-{client_id}\" --out sent/\n          cleanbill split --merge sent/*.txt --out march.txt",
    after_help = "With --shares every line keeps its hours, rate and narrative. In 1998B and 1998BI what the others pay of a line is its \
                  adjustment; in XML and LEDES 2000 each matter says its share (matter_perc_shar_fees, _exp; with MISF in XML 2.x, \
                  which not every portal takes). Cents go by largest remainder, and the parts add up to the invoice. The payor's client \
                  id is written; what else is the payor's own (client's matter number, name, address, tax id) has to be put in by hand.\n\nEach file is checked; one that would be rejected where the original was \
                  not is not written. Exit status: 0 written; 1 an invoice could not be divided; 2 wrong usage, configuration or pack; \
                  3 the system failed."
)]
pub struct Args {
    /// Invoice files; - is standard input
    #[arg(value_name = "FILE", required = true)]
    paths: Vec<PathBuf>,

    /// The folder to write to; with --merge the file
    #[arg(long, value_name = "PATH")]
    out: PathBuf,

    /// One invoice for each matter
    #[arg(long, requires = "number", conflicts_with_all = ["shares", "merge"])]
    by_matter: bool,

    /// Divide each invoice among payors, in per cent
    #[arg(
        long,
        value_name = "PAYOR=SHARE,...",
        requires = "number",
        conflicts_with = "merge"
    )]
    shares: Option<String>,

    /// Put the invoices of all files into one
    #[arg(long)]
    merge: bool,

    /// Numbers of the new invoices: {invoice_number}, {law_firm_matter_id}, {client_matter_id}, {client_id}, {n}
    #[arg(long, value_name = "PATTERN", conflicts_with = "merge")]
    number: Option<String>,

    /// How a portal wants its files: encoding, line ends, file names (TOML)
    #[arg(long, value_name = "FILE")]
    dialect: Option<PathBuf>,

    #[command(flatten)]
    basis: Basis,
}

/// Splits or merges what is named.
pub fn run(args: &Args) -> anyhow::Result<Outcome> {
    let way = way(args)?;
    let options = args.basis.options()?;
    let dialect = match &args.dialect {
        Some(path) => Some(parsed(path, "the dialect", Dialect::parse)?),
        None => None,
    };
    let mut files = Vec::new();
    for path in &args.paths {
        match of_source(path, |source| source.whole()) {
            Some(bytes) => files.push((path.as_path(), bytes)),
            None => return Ok(Outcome::System),
        }
    }
    if args.merge {
        return merge(&files, &args.out, dialect, &options);
    }
    let mut outcome = Outcome::Clean;
    let mut parts = Vec::new();
    for (path, bytes) in &files {
        let work = Work {
            way: &way,
            dialect: dialect.as_ref(),
            path,
            bytes,
            options: &options,
        };
        match work.parts() {
            Ok(made) => parts.extend(made),
            Err(error) if error.chain().any(|e| e.is::<io::Error>()) => return Err(error),
            Err(error) => {
                complain(&format!("{}: {error:#}", path.display()));
                outcome = outcome.or(Outcome::Findings);
            }
        }
    }
    // All or nothing: half of a divided invoice is worse than none.
    if outcome != Outcome::Clean {
        complain("nothing was written");
        return Ok(outcome);
    }
    let mut taken = BTreeSet::new();
    let mut given = BTreeSet::new();
    for part in &parts {
        if !matches!(way, Way::Alone) && !given.insert(&part.invoice) {
            bail!(
                "two of the new invoices would have the number {}; give a pattern that tells them apart, with \
                 {{invoice_number}} in it",
                part.invoice.1
            );
        }
        if !taken.insert(part.name.to_lowercase()) {
            bail!(
                "two files would be called {}; give the dialect a file_name that tells them apart",
                part.name
            );
        }
        let to = args.out.join(&part.name);
        if to.exists() {
            bail!(
                "{}: there is a file already; put it away or give another folder",
                to.display()
            );
        }
    }
    fs::create_dir_all(&args.out)
        .with_context(|| format!("{}: the folder cannot be made", args.out.display()))?;
    for part in &parts {
        let to = args.out.join(&part.name);
        put(&to, &part.bytes)?;
        let _ = writeln!(io::stderr(), "{}: {}", to.display(), part.says);
    }
    Ok(outcome)
}

/// What becomes of an invoice.
enum Way {
    Alone,
    Matters(NumberPattern),
    Shares(Shares, NumberPattern),
}

fn way(args: &Args) -> anyhow::Result<Way> {
    let pattern = || NumberPattern::parse(args.number.as_deref().unwrap_or("")).context("--number");
    Ok(match &args.shares {
        Some(shares) => Way::Shares(Shares::parse(shares).context("--shares")?, pattern()?),
        None if args.by_matter => Way::Matters(pattern()?),
        None if args.number.is_some() => bail!(
            "--number is for the new invoices of --by-matter and --shares; invoices that are only put into files of their \
             own keep their numbers"
        ),
        None => Way::Alone,
    })
}

/// Rules that reject something in a file, with one message each.
fn rejects(bytes: &[u8], options: &Options) -> anyhow::Result<BTreeMap<String, String>> {
    let checked = check_whole("", bytes, options, Wants::default());
    let (report, _) = checked.map_err(|e| anyhow::anyhow!("{e}"))?;
    let invoices = report.invoices.iter().flat_map(|i| &i.findings);
    let all = report.findings.iter().chain(invoices);
    Ok(all
        .filter(|f| f.level == Level::Reject)
        .map(|f| (f.rule.clone(), f.message.clone()))
        .collect())
}

fn put(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let cannot = || format!("{}: nothing can be written there", path.display());
    let mut aside = place::aside(Some(path)).with_context(cannot)?;
    aside.write_all(bytes).with_context(cannot)?;
    aside.as_file_mut().sync_all().with_context(cannot)?;
    place::put(aside, path)
}
