//! `cleanbill convert`.

mod advisor;
mod again;
pub(super) mod place;

use super::Outcome;
use super::named::{complain, of_source, parsed};
use crate::formats::Source;
use crate::formats::write::{Dialect, schema};
use crate::model::LedesFormat;
use crate::revise::file::{Account, Output, convert_all, reads_back};
use crate::revise::{Target, table};
use anyhow::{Context, bail};
use chrono::NaiveDate;
use place::{Names, Place};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// Arguments of `convert`.
#[derive(Debug, clap::Args)]
#[command(
    before_help = "Example:  cleanbill convert march.txt --to XML-2.1 --currency USD --out march.xml\n          cleanbill convert march/*.xml --to 1998BI-V2 --out sent/"
)]
pub struct Args {
    /// Invoice files; - is standard input
    #[arg(value_name = "IN", required_unless_present_any = ["losses", "schema"])]
    paths: Vec<PathBuf>,

    /// The format to write
    #[arg(long, value_name = "FORMAT", required_unless_present_any = ["losses", "schema"], value_parser = format_named)]
    to: Option<To>,

    /// Where to write: a file, or a folder for one file each [default: standard output]
    #[arg(long, value_name = "PATH")]
    out: Option<PathBuf>,

    /// How a portal wants its files: encoding, line ends, spelling, decimals, file names (TOML)
    #[arg(long, value_name = "FILE")]
    dialect: Option<PathBuf>,

    /// The insurer's field map, for litigation-advisor (TOML)
    #[arg(long, value_name = "FILE")]
    field_map: Option<PathBuf>,

    /// Litigation Advisor: which bill of the matter this is, INITIAL, INTERIM or FINAL
    #[arg(long, value_name = "WORD")]
    sequence: Option<String>,

    /// The currency of invoices that name none (ISO 4217)
    #[arg(long, value_name = "CODE")]
    currency: Option<String>,

    /// The day of the check of what was written [default: today]
    #[arg(long, value_name = "DATE")]
    today: Option<NaiveDate>,

    /// Write the table of what is lost between any two formats, as Markdown, and convert nothing
    #[arg(long, conflicts_with_all = ["paths", "to", "out"])]
    losses: bool,

    /// Write the XML schema (XSD) of XML-2.0, XML-2.1 or XML-2.2 as this program writes them, and convert nothing
    #[arg(long, value_name = "FORMAT", value_parser = format_named, conflicts_with_all = ["paths", "to", "out", "losses"])]
    schema: Option<To>,
}

/// What to write.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum To {
    Ledes(LedesFormat),
    LitigationAdvisor,
}

pub(super) fn format_named(name: &str) -> Result<To, String> {
    let plain: String = name
        .to_ascii_uppercase()
        .chars()
        .filter(|c| !matches!(c, '-' | '_' | ' '))
        .collect();
    let plain = plain.strip_prefix("LEDES").unwrap_or(&plain);
    Ok(match plain {
        "1998B" | "98B" => To::Ledes(LedesFormat::L1998B),
        "1998BIV2" | "98BIV2" => To::Ledes(LedesFormat::L1998BIV2),
        "2000" => To::Ledes(LedesFormat::L2000),
        "XML2.0" | "XML20" => To::Ledes(LedesFormat::Xml20),
        "XML2.1" | "XML21" => To::Ledes(LedesFormat::Xml21),
        "XML2.2" | "XML22" => To::Ledes(LedesFormat::Xml22),
        "LITIGATIONADVISOR" => To::LitigationAdvisor,
        _ => {
            return Err(
                "formats to write are 1998B, 1998BI-V2, 2000, XML-2.0, XML-2.1, XML-2.2 and litigation-advisor"
                    .to_owned(),
            );
        }
    })
}

/// Converts what is named.
pub fn run(args: &Args, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    if args.losses {
        out.write_all(table::page().as_bytes())?;
        return Ok(Outcome::Clean);
    }
    if let Some(format) = args.schema {
        let schema = match format {
            To::Ledes(format) => schema(format),
            To::LitigationAdvisor => None,
        };
        let Some(schema) = schema else {
            bail!("--schema: there are schemas of XML-2.0, XML-2.1 and XML-2.2");
        };
        out.write_all(schema.as_bytes())?;
        return Ok(Outcome::Clean);
    }
    let dialect = match &args.dialect {
        Some(path) => parsed(path, "the dialect", Dialect::parse)?,
        None => Dialect::default(),
    };
    if let Some(code) = &args.currency
        && iso_currency::Currency::from_code(code).is_none()
    {
        bail!("--currency {code}: no code of ISO 4217; write it as in USD");
    }
    let format = match args.to {
        Some(To::Ledes(format)) => format,
        Some(To::LitigationAdvisor) | None => {
            return advisor::run(args, &dialect, out);
        }
    };
    if args.field_map.is_some() || args.sequence.is_some() {
        bail!("--field-map and --sequence are for --to litigation-advisor");
    }
    let target = Target::new(format, dialect, args.currency.clone())?;
    let names = Names::new(&target);
    let place = Place::of(args.out.as_deref(), args.paths.len(), &names)?;
    let today = args
        .today
        .unwrap_or_else(|| chrono::Local::now().date_naive());
    let mut outcome = Outcome::Clean;
    let mut inputs = Vec::new();
    for path in &args.paths {
        match of_source(path, Ok) {
            Some(source) => inputs.push((path.clone(), source)),
            None => outcome = outcome.or(Outcome::System),
        }
    }
    for batch in place.batches(&inputs, &names)? {
        let one = Work {
            target: &target,
            today,
        }
        .batch(&batch, out)?;
        outcome = outcome.or(one);
    }
    Ok(outcome)
}

/// One file to write, and the invoices that go into it.
pub struct Batch<'a> {
    /// `None`: standard output.
    path: Option<PathBuf>,
    /// Files, and of each all invoices or one.
    from: Vec<(&'a Path, &'a Source, Option<usize>)>,
}

struct Work<'a> {
    target: &'a Target,
    today: NaiveDate,
}

impl Work<'_> {
    /// Writes aside, reads it again, checks it again, and only then puts it in its place.
    fn batch(&self, batch: &Batch<'_>, _out: &mut dyn Write) -> anyhow::Result<Outcome> {
        let mut empty = false;
        let (outcome, aside) = written_aside(batch.path.as_deref(), self.target, |output| {
            for (path, source, only) in &batch.from {
                let Some(index) = only else {
                    let seen = convert_all(source, output)?;
                    if seen.format.is_none() || seen.invoices == 0 {
                        complain(&format!(
                            "{}: no invoices in it; cleanbill check says what it is",
                            path.display()
                        ));
                        empty = true;
                    }
                    continue;
                };
                let read = crate::formats::survey(source)?.invoices.read(*index)?;
                output.invoice(read.invoice)?;
            }
            Ok(())
        })?;
        let mut outcome = outcome.or(match empty {
            true => Outcome::Findings,
            false => Outcome::Clean,
        });
        let Some((aside, written)) = aside else {
            return Ok(outcome);
        };
        let from = batch.from.iter().map(|(_, source, _)| *source);
        let new = again::new_rejects(from, &written, self.target.format, self.today)?;
        for line in &new {
            let _ = writeln!(io::stderr(), "  would be rejected: {line}");
        }
        if !new.is_empty() {
            outcome = outcome.or(Outcome::Findings);
        }
        place::deliver(aside, batch.path.as_deref())?;
        Ok(outcome)
    }
}

/// Writes invoices to a file beside the one they are meant for, tells what was lost, and reads them again. What was
/// written is given back with its file, for whoever has to look at it before it is put in its place; nothing, where no
/// invoice could be written.
///
/// # Errors
/// It cannot be written, or does not read back as the same invoices.
pub(super) fn written_aside(
    to: Option<&Path>,
    target: &Target,
    fill: impl FnOnce(&mut Output<'_, BufWriter<NamedTempFile>>) -> io::Result<()>,
) -> anyhow::Result<(Outcome, Option<(NamedTempFile, Source)>)> {
    let shown = to.map_or_else(|| "standard output".to_owned(), |p| p.display().to_string());
    let aside =
        place::aside(to).with_context(|| format!("{shown}: nothing can be written there"))?;
    let unwritten = || format!("{shown}: could not be written; nothing was put there");
    let mut output = Output::new(BufWriter::with_capacity(1 << 18, aside), target);
    fill(&mut output).with_context(unwritten)?;
    let (writer, account) = output.finish().with_context(unwritten)?;
    let mut aside = writer
        .into_inner()
        .map_err(io::IntoInnerError::into_error)
        .with_context(unwritten)?;
    aside.as_file_mut().sync_all().with_context(unwritten)?;
    report(&shown, &account);
    if account.written.0 == 0 {
        return Ok((Outcome::Findings, None));
    }
    let written = Source::open(aside.path()).with_context(unwritten)?;
    if !reads_back(&written, &account).with_context(unwritten)? {
        bail!(
            "{shown}: what was written does not read back as the same invoices; nothing was put there. This is a mistake \
             of cleanbill: please report it with the file"
        );
    }
    let outcome = match account.refused.is_empty() {
        true => Outcome::Clean,
        false => Outcome::Findings,
    };
    Ok((outcome, Some((aside, written))))
}

/// Losses, required fields that stay empty and invoices left out, to standard error.
pub(super) fn report(shown: &str, account: &Account) {
    let mut text = format!(
        "{shown}: {} invoice{} with {} line{}\n",
        account.written.0,
        plural(account.written.0),
        account.written.1,
        plural(account.written.1)
    );
    let losses = account.losses.list();
    if !losses.is_empty() {
        text.push_str("  lost:\n");
        let width = losses.iter().map(|l| l.field.len()).max().unwrap_or(0);
        for loss in losses {
            text.push_str(&format!(
                "    {:<width$}  {:>6}  {}\n",
                loss.field, loss.count, loss.why
            ));
        }
    }
    if !account.missing.is_empty() {
        text.push_str("  required, and not in the source (nothing is made up; a dialect's [given] can hold it):\n");
        let width = account.missing.keys().map(String::len).max().unwrap_or(0);
        for (field, count) in &account.missing {
            text.push_str(&format!("    {field:<width$}  {count:>6}\n"));
        }
    }
    for refused in &account.refused {
        text.push_str(&format!(
            "  left out: invoice {}: {}\n",
            refused.number, refused.why
        ));
    }
    let _ = io::stderr().write_all(text.as_bytes());
}

pub(super) fn plural(count: u64) -> &'static str {
    if count == 1 { "" } else { "s" }
}
