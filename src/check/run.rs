//! A run: many files, on all cores, reported in their order, with memory that does not grow with them.

use super::gather::{Gathered, gather};
use super::inputs::{FileInput, Input, files, remedy};
use super::judge::{Bench, Options};
use super::places::Ground;
use super::report::{
    FileReport, InvoiceReport, NotChecked, Run, RunError, Sink, Summary, Verdict, Wants,
};
use crate::formats::{self, Source, Survey};
use crate::model::Hits;
use crate::rules::PackMistake;
use rayon::prelude::*;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::io::{self, BufRead};
use thiserror::Error;

/// Files below this size are checked whole, several at a time; larger ones invoice by invoice.
const SMALL_FILE: u64 = 1 << 20;
/// Small files checked at a time.
const FILES_AT_A_TIME: usize = 64;
/// Bytes of invoices read and judged at a time.
const BYTES_AT_A_TIME: u64 = 4 << 20;

/// Why a run could not be finished.
#[derive(Debug, Error)]
pub enum CheckError {
    /// The packs have to be mended first.
    #[error(transparent)]
    Pack(#[from] PackMistake),
    /// The report could not be written.
    #[error("the report could not be written: {0}")]
    Output(#[source] io::Error),
}

/// Is told how far a run has come.
pub trait Progress: Sync {
    /// A file of so many bytes begins.
    fn file(&self, name: &str, bytes: u64);
    /// So many bytes have been judged.
    fn done(&self, bytes: u64);
}

/// Tells nobody.
#[derive(Clone, Copy, Debug, Default)]
pub struct Quiet;

impl Progress for Quiet {
    fn file(&self, _name: &str, _bytes: u64) {}
    fn done(&self, _bytes: u64) {}
}

/// Checks everything named and hands the reports to `sink`, in order. Uses rayon's current threads.
///
/// # Errors
/// A mistake in a pack, or output that cannot be written. Files that cannot be read do not stop the run; they
/// are in [`Run::errors`].
pub fn check(
    inputs: &[Input],
    options: Options,
    progress: &dyn Progress,
    sink: &mut dyn Sink,
) -> Result<Run, CheckError> {
    let bench = Bench::new(options, sink.wants());
    let mut tally = Tally::default();
    let listed = files(inputs);
    let mut rest = listed.as_slice();
    while !rest.is_empty() {
        let small = rest
            .iter()
            .take(FILES_AT_A_TIME)
            .take_while(|f| matches!(f, Ok(FileInput::File(path)) if is_small(path)))
            .count();
        if small > 1 {
            let done: Vec<_> = rest[..small]
                .par_iter()
                .map(|f| match f {
                    Ok(input) => whole_file(&bench, input, progress),
                    Err(error) => Ok(Err(error.clone())),
                })
                .collect();
            for outcome in done {
                tally.whole(outcome?, sink)?;
            }
            rest = &rest[small..];
            continue;
        }
        match &rest[0] {
            Ok(input) => stream_file(&bench, input, progress, sink, &mut tally)?,
            Err(error) => tally.error(error.clone(), sink)?,
        }
        rest = &rest[1..];
    }
    let run = tally.run(&bench)?;
    sink.finish(&run).map_err(CheckError::Output)?;
    Ok(run)
}

/// Checks bytes held in memory, as one file.
///
/// # Errors
/// A mistake in a pack, or no temporary file can be written.
pub fn check_bytes(name: &str, bytes: &[u8], options: &Options) -> Result<FileReport, CheckError> {
    let wants = Wants {
        excerpts: true,
        ..Wants::default()
    };
    check_whole(name, bytes, options, wants).map(|(report, _)| report)
}

/// Checks bytes held in memory, as one file, with what `wants` asks for and the rules that could not be applied.
///
/// # Errors
/// A mistake in a pack, or no temporary file can be written.
pub fn check_whole(
    name: &str,
    bytes: &[u8],
    options: &Options,
    wants: Wants,
) -> Result<(FileReport, Vec<NotChecked>), CheckError> {
    let bench = Bench::new(options.clone(), wants);
    let source = Source::of_bytes(bytes).map_err(CheckError::Output)?;
    let done = Opened::new(&bench, name.to_owned(), source).and_then(|opened| opened.all(&bench));
    done.map_err(|stop| match stop {
        Stop::Io(e) => CheckError::Output(e),
        Stop::Pack(e) => CheckError::Pack(e),
    })
}

fn is_small(path: &std::path::Path) -> bool {
    path.metadata()
        .is_ok_and(|m| m.is_file() && m.len() < SMALL_FILE)
}

/// Why one file could not be finished.
pub(super) enum Stop {
    Io(io::Error),
    Pack(PackMistake),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<PackMistake> for Stop {
    fn from(mistake: PackMistake) -> Self {
        Self::Pack(mistake)
    }
}

/// A file that has been looked through.
pub(super) struct Opened {
    pub(super) report: FileReport,
    pub(super) survey: Survey,
    not_checked: Vec<NotChecked>,
}

impl Opened {
    pub(super) fn new(bench: &Bench, path: String, source: Source) -> Result<Self, Stop> {
        let mut survey = formats::survey(&source)?;
        // A name may be a client's.
        tracing::debug!(file = path, "opened");
        tracing::info!(
            bytes = source.len(),
            recognised = survey.recognised,
            encoding = survey.encoding,
            invoices = survey.invoices.count(),
            "looked through"
        );
        let gathered = about_file(bench, &mut survey)?;
        let named = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let report = FileReport {
            path,
            sha256: if bench.wants().sha256 {
                Some(sha256(&source)?)
            } else {
                None
            },
            ledes_format: survey.format,
            recognised: named(&survey.recognised),
            encoding: named(survey.encoding),
            verdict: Verdict::of(&gathered.findings),
            findings: gathered.findings,
            invoices: Vec::new(),
        };
        Ok(Self {
            report,
            survey,
            not_checked: gathered.not_checked,
        })
    }

    fn invoice(
        &self,
        bench: &Bench,
        index: usize,
    ) -> Result<(InvoiceReport, Vec<NotChecked>), Stop> {
        let reading = self.survey.invoices.read(index)?;
        let (report, missed, _) = bench.judge(reading, &self.survey.numbers)?;
        Ok((report, missed))
    }

    /// The invoices from `from` on that are judged at a time.
    fn batch(&self, from: usize) -> usize {
        let invoices = &self.survey.invoices;
        let mut bytes = 0;
        let mut until = from;
        while until < invoices.count() && (bytes < BYTES_AT_A_TIME || until == from) {
            bytes += invoices.size(until);
            until += 1;
        }
        until
    }

    /// All its invoices at once.
    fn all(mut self, bench: &Bench) -> Result<(FileReport, Vec<NotChecked>), Stop> {
        for index in 0..self.survey.invoices.count() {
            let (invoice, missed) = self.invoice(bench, index)?;
            self.report.verdict = self.report.verdict.max(invoice.verdict);
            self.report.invoices.push(invoice);
            self.not_checked.extend(missed);
        }
        Ok((self.report, self.not_checked))
    }
}

/// What the first look at a file found. Where that is nothing, the rules of files need not be put together: its invoices
/// have their own.
fn about_file(bench: &Bench, survey: &mut Survey) -> Result<Gathered, Stop> {
    let hits = Hits {
        hits: std::mem::take(&mut survey.file.hits),
        ..Hits::default()
    };
    if hits.hits.is_empty() && survey.invoices.count() > 0 {
        return Ok(Gathered::default());
    }
    let rules = bench.rules_of_files(survey.format)?;
    let ground = Ground {
        text: &survey.file.text,
        invoice: None,
        numbers: &formats::LineNumbers::Same,
        excerpts: bench.wants().excerpts,
        repairs: bench.wants().repairs,
        lists: bench.lists(),
    };
    Ok(gather(&rules, ground, "", hits))
}

type Whole = Result<(FileReport, Vec<NotChecked>), RunError>;

fn open(input: &FileInput) -> io::Result<Source> {
    match input {
        FileInput::File(path) => Source::open(path),
        FileInput::Stdin => Source::spool(io::stdin().lock()),
    }
}

/// A small file, checked whole on one thread.
fn whole_file(
    bench: &Bench,
    input: &FileInput,
    progress: &dyn Progress,
) -> Result<Whole, PackMistake> {
    let name = input.name();
    let outcome = open(input).map_err(Stop::Io).and_then(|source| {
        let bytes = source.len();
        progress.file(&name, bytes);
        let done = Opened::new(bench, name.clone(), source)?.all(bench);
        progress.done(bytes);
        done
    });
    match outcome {
        Ok(done) => Ok(Ok(done)),
        Err(Stop::Pack(mistake)) => Err(mistake),
        Err(Stop::Io(error)) => Ok(Err(RunError {
            path: name,
            message: remedy(&error),
        })),
    }
}

/// A file whose invoices are judged on all cores and reported as they come.
fn stream_file(
    bench: &Bench,
    input: &FileInput,
    progress: &dyn Progress,
    sink: &mut dyn Sink,
    tally: &mut Tally,
) -> Result<(), CheckError> {
    let name = input.name();
    let failed = |error: &io::Error| RunError {
        path: name.clone(),
        message: remedy(error),
    };
    let opened = open(input).map_err(Stop::Io).and_then(|source| {
        progress.file(&name, source.len());
        Opened::new(bench, name.clone(), source)
    });
    let mut opened = match opened {
        Ok(opened) => opened,
        Err(Stop::Pack(mistake)) => return Err(mistake.into()),
        Err(Stop::Io(error)) => return tally.error(failed(&error), sink),
    };
    sink.file(&opened.report).map_err(CheckError::Output)?;
    let mut from = 0;
    while from < opened.survey.invoices.count() {
        let until = opened.batch(from);
        // Threads take longer to begin than a small invoice to judge.
        let judged: Vec<_> = match until - from {
            1 => vec![opened.invoice(bench, from)],
            _ => (from..until)
                .into_par_iter()
                .map(|index| opened.invoice(bench, index))
                .collect(),
        };
        for (index, outcome) in judged.into_iter().enumerate() {
            match outcome {
                Ok((invoice, missed)) => {
                    progress.done(opened.survey.invoices.size(from + index));
                    opened.report.verdict = opened.report.verdict.max(invoice.verdict);
                    tally.invoice(&invoice, missed);
                    sink.invoice(&opened.report, invoice)
                        .map_err(CheckError::Output)?;
                }
                Err(Stop::Pack(mistake)) => return Err(mistake.into()),
                Err(Stop::Io(error)) => tally.error(failed(&error), sink)?,
            }
        }
        from = until;
    }
    let Opened {
        report,
        survey,
        not_checked,
    } = opened;
    tally.file(&report, survey.invoices.count() == 0, not_checked);
    sink.file_done(&report).map_err(CheckError::Output)
}

/// The run in numbers, as it goes.
#[derive(Default)]
struct Tally {
    summary: Summary,
    errors: Vec<RunError>,
    not_checked: BTreeSet<NotChecked>,
    worst_file: Verdict,
}

impl Tally {
    fn count(&mut self, verdict: Verdict) {
        let count = match verdict {
            Verdict::Clean => &mut self.summary.clean,
            Verdict::Note => &mut self.summary.note,
            Verdict::Review => &mut self.summary.review,
            Verdict::Reduce => &mut self.summary.reduce,
            Verdict::Reject => &mut self.summary.reject,
        };
        *count += 1;
    }

    fn invoice(&mut self, invoice: &InvoiceReport, missed: Vec<NotChecked>) {
        self.summary.invoices += 1;
        self.summary.lines += invoice.lines;
        self.count(invoice.verdict);
        if !invoice.at_risk.is_zero() {
            let sum = self
                .summary
                .at_risk
                .entry(invoice.currency.clone())
                .or_default();
            *sum = sum.checked_add(invoice.at_risk).unwrap_or(*sum);
        }
        self.not_checked.extend(missed);
    }

    fn file(&mut self, file: &FileReport, empty: bool, missed: Vec<NotChecked>) {
        self.summary.files += 1;
        self.worst_file = self.worst_file.max(Verdict::of(&file.findings));
        if empty {
            self.count(file.verdict);
        }
        self.not_checked.extend(missed);
    }

    fn error(&mut self, error: RunError, sink: &mut dyn Sink) -> Result<(), CheckError> {
        sink.error(&error).map_err(CheckError::Output)?;
        self.errors.push(error);
        Ok(())
    }

    /// A file that was checked whole.
    fn whole(&mut self, outcome: Whole, sink: &mut dyn Sink) -> Result<(), CheckError> {
        let (mut report, missed) = match outcome {
            Ok(done) => done,
            Err(error) => return self.error(error, sink),
        };
        let invoices = std::mem::take(&mut report.invoices);
        let empty = invoices.is_empty();
        let verdict = report.verdict;
        report.verdict = Verdict::of(&report.findings);
        sink.file(&report).map_err(CheckError::Output)?;
        for invoice in invoices {
            self.invoice(&invoice, Vec::new());
            sink.invoice(&report, invoice).map_err(CheckError::Output)?;
        }
        report.verdict = verdict;
        self.file(&report, empty, missed);
        sink.file_done(&report).map_err(CheckError::Output)
    }

    fn run(mut self, bench: &Bench) -> Result<Run, PackMistake> {
        self.not_checked.extend(bench.idle_excuses());
        let (packs, rules) = bench.used();
        Ok(Run {
            today: bench.today(),
            packs,
            rules,
            lists: bench.lists_used(),
            not_checked: self.not_checked.into_iter().collect(),
            errors: self.errors,
            summary: self.summary,
            worst_file: self.worst_file,
        })
    }
}

fn sha256(source: &Source) -> io::Result<String> {
    let mut hash = Sha256::new();
    let mut reader = source.reader();
    loop {
        let read = reader.fill_buf()?;
        if read.is_empty() {
            return Ok(hex::encode(hash.finalize()));
        }
        hash.update(read);
        let read = read.len();
        reader.consume(read);
    }
}
