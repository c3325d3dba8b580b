//! `cleanbill check`.

use super::Outcome;
use super::basis::Basis;
use super::progress::Bar;
use crate::check::{self, CheckError, Input, Options, Progress, Quiet, Run, Verdict};
use crate::render::{Look, OutputFormat, renderer};
use anyhow::Context;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::PathBuf;

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
    basis: Basis,

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
    let options = args.basis.options()?;
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

/// Colour only where the output is a terminal that wants it; its width, or 100 characters.
fn look() -> Look {
    let colour = anstream::AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never;
    Look {
        colour,
        width: width(),
        ..Look::default()
    }
}

/// The width of the terminal, or 100 characters.
pub(super) fn width() -> usize {
    let width = terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
    width.unwrap_or(100).clamp(40, 160)
}
