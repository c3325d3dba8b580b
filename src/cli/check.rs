//! `cleanbill check`.

use super::Outcome;
use super::progress::Bar;
use crate::check::{self, CheckError, Input, Options, Progress, Quiet, Run, Verdict};
use crate::firm::{self, ListMistake};
use crate::model::{History, Lists};
use crate::render::{Look, OutputFormat, renderer};
use crate::rules::pack::mistake::did_you_mean;
use crate::rules::{Shelf, portal_key};
use anyhow::Context;
use chrono::NaiveDate;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::PathBuf;
use std::sync::Arc;

/// Arguments of `check`.
#[derive(Debug, clap::Args)]
#[command(
    before_help = "Example:  cleanbill check march.txt\n          cleanbill check --format html march/ > march.html"
)]
pub struct Args {
    /// Files or folders; - is standard input
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,

    #[command(flatten)]
    by: InForce,

    /// How to print
    #[arg(long, value_enum, default_value_t = OutputFormat::Text)]
    format: OutputFormat,

    /// The level from which findings make the exit status 1
    #[arg(long, value_enum, default_value_t = FailOn::Reject)]
    fail_on: FailOn,

    /// How many threads to use [default: one for each core]
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
}

// What an invoice is judged by; the same for every command that checks.
#[derive(Debug, clap::Args)]
#[allow(
    missing_docs,
    reason = "a comment here would become the help of the command"
)]
pub struct InForce {
    /// Use the pack of this client, whatever the invoices say
    #[arg(long, value_name = "ID")]
    client: Option<String>,

    /// Use the pack of this portal for all invoices, whatever the firm's lists say
    #[arg(long, value_name = "NAME")]
    portal: Option<String>,

    /// Add the packs of this folder (one .toml file a pack) to those of the program
    #[arg(long, value_name = "DIR")]
    packs: Option<PathBuf>,

    /// Look only for what portals cannot read or add up: rules of formats and codes, none of billing guidelines
    #[arg(long)]
    formats_only: bool,

    /// The firm's lists: clients, matters, timekeepers, rates, ... (cleanbill init DIR writes templates)
    #[arg(long, value_name = "DIR")]
    firm: Option<PathBuf>,

    /// Earlier invoices of the firm, for duplicates, budgets and rate changes
    #[arg(long, value_name = "DIR")]
    history: Option<PathBuf>,

    /// The day of the check, for invoice dates in the future [default: today]
    #[arg(long, value_name = "DATE")]
    today: Option<NaiveDate>,
}

/// Levels that can make a run fail.
#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum)]
pub enum FailOn {
    /// What a portal would bounce.
    Reject,
    /// What a client would cut, and worse.
    Reduce,
    /// What a client may question, and worse.
    Review,
}

impl FailOn {
    fn is_met_by(self, run: &Run) -> bool {
        let summary = &run.summary;
        let counts = [
            (Verdict::Reject, summary.reject),
            (Verdict::Reduce, summary.reduce),
            (Verdict::Review, summary.review),
        ];
        let from = match self {
            Self::Reject => Verdict::Reject,
            Self::Reduce => Verdict::Reduce,
            Self::Review => Verdict::Review,
        };
        counts.iter().any(|(v, count)| *v >= from && *count > 0) || run.worst_file >= from
    }
}

/// Checks what is named and prints the report.
pub fn run(args: &Args) -> anyhow::Result<Outcome> {
    let options = options(&args.by)?;
    let inputs: Vec<Input> = args
        .paths
        .iter()
        .map(|p| {
            if p.as_os_str() == "-" {
                Input::Stdin
            } else {
                Input::Path(p.clone())
            }
        })
        .collect();
    if let Some(threads) = args.threads {
        rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build_global()
            .context("--threads")?;
    }
    let to_terminal = io::stdout().is_terminal();
    let look = look();
    let out: Box<dyn Write + Send> = Box::new(BufWriter::with_capacity(1 << 16, io::stdout()));
    let mut sink = renderer(args.format, out, &look);
    // A bar between the lines of a report on the same terminal would tear it.
    let run = if to_terminal || !io::stderr().is_terminal() {
        finished(&inputs, options, &Quiet, sink.as_mut())
    } else {
        let bar = Bar::new();
        let run = finished(&inputs, options, &bar, sink.as_mut());
        bar.finish();
        run
    }?;
    for error in &run.errors {
        let _ = writeln!(io::stderr(), "cleanbill: {}: {}", error.path, error.message);
    }
    Ok(if !run.errors.is_empty() {
        Outcome::System
    } else if args.fail_on.is_met_by(&run) {
        Outcome::Findings
    } else {
        Outcome::Clean
    })
}

pub(super) fn finished(
    inputs: &[Input],
    options: Options,
    progress: &dyn Progress,
    sink: &mut dyn check::Sink,
) -> anyhow::Result<Run> {
    check::check(inputs, options, progress, sink).map_err(|error| match error {
        CheckError::Output(error) => {
            anyhow::Error::new(error).context("the report could not be written")
        }
        CheckError::Pack(mistake) => anyhow::Error::new(mistake),
    })
}

/// The packs, lists and history a command was given.
pub(super) fn options(args: &InForce) -> anyhow::Result<Options> {
    let mut shelf = Shelf::shipped()?;
    if args.formats_only {
        shelf = shelf.without_guidelines();
    }
    if let Some(folder) = &args.packs {
        shelf.add_folder(folder)?;
    }
    if let Some(portal) = &args.portal {
        known_portal(&shelf, portal)?;
    }
    let today = args.today;
    let today = today.unwrap_or_else(|| chrono::Local::now().date_naive());
    let history = match &args.history {
        Some(folder) => {
            let (history, errors) = check::history::of_folder(folder);
            if let Some(error) = errors.first() {
                anyhow::bail!("--history: {}: {}", error.path, error.message);
            }
            history
        }
        None => History::default(),
    };
    let lists = match &args.firm {
        Some(folder) => firm::load(folder).map_err(mistakes)?.lists,
        None => Lists::default(),
    };
    Ok(Options {
        lists: Arc::new(lists),
        history: Arc::new(history),
        client: args.client.clone(),
        portal: args.portal.clone(),
        ..Options::on(today, shelf)
    })
}

/// A portal asked for on the command line has a pack.
fn known_portal(shelf: &Shelf, portal: &str) -> anyhow::Result<()> {
    let known = shelf.portals();
    if known
        .iter()
        .any(|name| portal_key(name) == portal_key(portal))
    {
        return Ok(());
    }
    anyhow::bail!(
        "--portal: no pack governs the portal \"{portal}\"; {}",
        did_you_mean(portal, known)
    )
}

/// Colour only where the output is a terminal that wants it; its width, or 100 characters.
fn look() -> Look {
    let colour = anstream::AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never;
    Look {
        colour,
        width: width(),
        ..Look::default()
    }
}

/// Most mistakes in the firm's lists that are printed at once.
const MOST_MISTAKES: usize = 25;

/// Mistakes in the firm's lists, one a line.
pub(super) fn mistakes(all: Vec<ListMistake>) -> anyhow::Error {
    let lines = all.iter().take(MOST_MISTAKES).map(|m| format!("\n  {m}"));
    let more = match all.len().saturating_sub(MOST_MISTAKES) {
        0 => String::new(),
        more => format!("\n  and {more} more"),
    };
    anyhow::anyhow!(
        "the firm's lists have to be mended first:{}{more}",
        lines.collect::<String>()
    )
}

/// The width of the terminal, or 100 characters.
pub(super) fn width() -> usize {
    let width = terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
    width.unwrap_or(100).clamp(40, 160)
}
