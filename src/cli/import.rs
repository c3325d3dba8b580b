//! `cleanbill import`.

use super::Outcome;
use super::basis::mistakes;
use super::check::finished;
use super::convert::{To, format_named, place, plural, written_aside};
use super::named::{complain, parsed};
use crate::check::{self, FileReport, Input, InvoiceReport, Options, Quiet};
use crate::firm::{self, Sheet};
use crate::formats::write::Dialect;
use crate::model::{Finding, LedesFormat, Level, Lists};
use crate::revise::Target;
use crate::revise::import::{
    DateOrder, DecimalMark, HoursForm, Imported, Mapping, NoImport, Reckoning, import, proposal,
    shown, slot,
};
use crate::rules::Shelf;
use anyhow::{Context, bail};
use chrono::NaiveDate;
use rust_decimal::Decimal;
use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Arguments of `import`.
#[derive(Debug, clap::Args)]
#[command(
    before_help = "Example:  cleanbill import march.csv --map > ours.toml\n          cleanbill import march.csv --mapping ours.toml --firm lists/ --set invoice_number=AW-2041 --out march.txt"
)]
pub struct Args {
    /// The export; - is standard input
    #[arg(value_name = "CSV", required_unless_present = "mappings")]
    path: Option<PathBuf>,

    /// Which column is which field: a mapping of the program (--mappings lists them) or a file (TOML)
    #[arg(long, value_name = "NAME|FILE", default_value = "generic")]
    mapping: String,

    /// Propose a mapping from the names of the columns, and import nothing
    #[arg(long)]
    map: bool,

    /// List the mappings of the program, and import nothing
    #[arg(long, conflicts_with = "path")]
    mappings: bool,

    /// A value for a field that is blank: invoice_number=AW-2041 (may be repeated)
    #[arg(long, value_name = "FIELD=VALUE")]
    set: Vec<String>,

    /// The column of a field, whatever the mapping says: units="Billed Hours" (may be repeated)
    #[arg(long, value_name = "FIELD=NAME")]
    column: Vec<String>,

    /// How the export writes days: year-first, month-first, day-first
    #[arg(long, value_name = "ORDER", value_parser = date_order)]
    date_order: Option<DateOrder>,

    /// How it writes numbers: point (1,250.50), comma (1.250,50)
    #[arg(long, value_name = "MARK", value_parser = decimal_mark)]
    decimal_mark: Option<DecimalMark>,

    /// How it writes time: decimal (1.5), clock (1:30), minutes, seconds
    #[arg(long, value_name = "FORM", value_parser = hours_form)]
    hours: Option<HoursForm>,

    /// Bill each fee's time as the next multiple of so many hours; without this no time is changed
    #[arg(long, value_name = "HOURS")]
    round_up_to: Option<Decimal>,

    /// Where a row's amount is not hours x rate, bill the amount, the difference as the line's adjustment
    #[arg(long)]
    difference_as_adjustment: bool,

    /// The firm's lists: timekeepers by name, approved rates, clients and matters by name
    #[arg(long, value_name = "DIR")]
    firm: Option<PathBuf>,

    /// The format to write
    #[arg(long, value_name = "FORMAT", default_value = "1998B", value_parser = format_named)]
    to: To,

    /// Where to write [default: standard output]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,

    /// The day of the check of what was written [default: today]
    #[arg(long, value_name = "DATE")]
    today: Option<NaiveDate>,
}

fn worded<T: Copy>(text: &str, all: &[T], word: fn(T) -> &'static str) -> Result<T, String> {
    let words: Vec<&str> = all.iter().map(|t| word(*t)).collect();
    let found = all.iter().find(|t| word(**t) == text).copied();
    found.ok_or_else(|| format!("write one of {}", words.join(", ")))
}

fn date_order(text: &str) -> Result<DateOrder, String> {
    worded(text, &DateOrder::ALL, DateOrder::word)
}

fn decimal_mark(text: &str) -> Result<DecimalMark, String> {
    worded(text, &DecimalMark::ALL, DecimalMark::word)
}

fn hours_form(text: &str) -> Result<HoursForm, String> {
    worded(text, &HoursForm::ALL, HoursForm::word)
}

/// Imports a file, or shows mappings.
pub fn run(args: &Args, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    if args.mappings {
        for mapping in Mapping::shipped().map_err(anyhow::Error::msg)? {
            let (name, status) = (&mapping.name, mapping.status.words());
            writeln!(out, "{name:<18} {status:<16} {}", mapping.title)?;
            writeln!(out, "{:<35} {}", "", mapping.source)?;
        }
        return Ok(Outcome::Clean);
    }
    let path = args.path.as_deref().context("which file?")?;
    let sheet = sheet(path)?;
    if args.map {
        let text = proposal(&sheet).map_err(|e| anyhow::anyhow!("{}: {e}", path.display()))?;
        out.write_all(text.as_bytes())?;
        return Ok(Outcome::Clean);
    }
    let To::Ledes(format) = args.to else {
        bail!(
            "--to litigation-advisor: import to 1998B, then `cleanbill convert --to litigation-advisor`"
        );
    };
    let lists = match &args.firm {
        Some(folder) => firm::load(folder).map_err(mistakes)?.lists,
        None => Lists::default(),
    };
    if args
        .round_up_to
        .is_some_and(|step| step <= Decimal::ZERO || step > Decimal::ONE)
    {
        bail!("--round-up-to: write a part of an hour, as in 0.1 or 0.25");
    }
    let reckoning = Reckoning {
        round_up_to: args.round_up_to,
        difference_as_adjustment: args.difference_as_adjustment,
    };
    let mapping = mapping(args)?;
    let imported = match import(&sheet, &mapping, &lists, reckoning, format) {
        Ok(imported) => imported,
        Err(NoImport::Layout(why)) => bail!("{}: {why}", path.display()),
        Err(other) => bail!("{}: {other}", path.display()),
    };
    account(path, &mapping, &imported, args.round_up_to);
    let mut outcome = match imported.problems.is_empty() {
        true => Outcome::Clean,
        false => Outcome::Findings,
    };
    if imported.invoices.is_empty() {
        complain("no row could be read; nothing was written");
        return Ok(Outcome::Findings);
    }
    let today = args
        .today
        .unwrap_or_else(|| chrono::Local::now().date_naive());
    outcome = outcome.or(written(args, imported, format, lists, today, out)?);
    Ok(outcome)
}

fn sheet(path: &Path) -> anyhow::Result<Sheet> {
    let mut bytes = Vec::new();
    if path.as_os_str() == "-" {
        io::stdin().lock().read_to_end(&mut bytes)?;
    } else {
        bytes = fs::read(path).with_context(|| format!("{}: cannot be read", path.display()))?;
    }
    Sheet::read(&bytes).map_err(|e| anyhow::anyhow!("{}: {e}", path.display()))
}

/// The mapping with what the command line says beside it.
fn mapping(args: &Args) -> anyhow::Result<Mapping> {
    let file = Path::new(&args.mapping);
    let mut mapping = if file.is_file() {
        let stem = file.file_stem().map(|s| s.to_string_lossy().into_owned());
        let mut mapping = parsed(file, "the mapping", Mapping::parse)?;
        if mapping.name == "own" {
            mapping.name = stem.unwrap_or_default();
        }
        mapping
    } else {
        Mapping::named(&args.mapping).map_err(|e| anyhow::anyhow!("--mapping: {e}"))?
    };
    mapping.date_order = args.date_order.unwrap_or(mapping.date_order);
    mapping.decimal_mark = args.decimal_mark.unwrap_or(mapping.decimal_mark);
    mapping.hours_form = args.hours.unwrap_or(mapping.hours_form);
    for (field, value) in pairs("--set", &args.set)? {
        mapping.constants.insert(field, value);
    }
    for (field, name) in pairs("--column", &args.column)? {
        for (other, names) in &mut mapping.columns {
            if *other != field {
                names.retain(|n| !n.eq_ignore_ascii_case(&name));
            }
        }
        mapping.columns.retain(|_, names| !names.is_empty());
        mapping.columns.insert(field, vec![name.clone()]);
        mapping.asked.push(field);
    }
    Ok(mapping)
}

fn pairs(option: &str, given: &[String]) -> anyhow::Result<Vec<(&'static str, String)>> {
    let one = |text: &String| {
        let Some((name, value)) = text.split_once('=') else {
            bail!("{option} {text}: write a field, = and its value");
        };
        let slot = slot(name).map_err(|e| anyhow::anyhow!("{option}: {e}"))?;
        if value.trim().is_empty() {
            bail!("{option} {text}: there is nothing behind the =");
        }
        Ok((slot.name, value.trim().to_owned()))
    };
    let pairs: Vec<(&'static str, String)> = given.iter().map(one).collect::<Result<_, _>>()?;
    if let Some((index, twice)) = pairs
        .iter()
        .enumerate()
        .find(|(i, p)| pairs[..*i].iter().any(|q| q.0 == p.0))
    {
        bail!("{option} {}: {} is said twice", given[index], twice.0);
    }
    Ok(pairs)
}

/// Most rows that are named one by one.
const MOST_ROWS: usize = 50;

/// What was read, to standard error.
fn account(path: &Path, mapping: &Mapping, imported: &Imported, step: Option<Decimal>) {
    let mut text = format!(
        "{}: {} row{} read by \"{}\" ({}), {} left out, {} of headings or not billed\n",
        path.display(),
        imported.lines,
        plural(imported.lines as u64),
        mapping.name,
        if mapping.strict {
            "your own"
        } else {
            mapping.status.words()
        },
        rows_left_out(imported),
        imported.aside
    );
    let exact = shown(imported.seconds);
    text.push_str(&match step {
        Some(step) => format!(
            "  hours: {exact} recorded, {} billed, each entry rounded up to {step}\n",
            imported.hours
        ),
        None => format!("  hours: {exact}\n"),
    });
    text.push_str(&format!("  amount: {}\n", money(imported.amount)));
    if let [(line, Some(total))] = imported.totals.as_slice() {
        text.push_str(&match imported.stated {
            Some(stated) if stated == *total => format!(
                "  line {line} says {} in all, and the rows say so too\n",
                money(*total)
            ),
            Some(stated) => format!(
                "  line {line} says {} in all, and the rows come to {}: find out which is right\n",
                money(*total),
                money(stated)
            ),
            None => format!("  line {line} says {} in all\n", money(*total)),
        });
    } else if !imported.totals.is_empty() {
        text.push_str(&format!(
            "  {} rows of totals are not billed\n",
            imported.totals.len()
        ));
    }
    for problem in imported.problems.iter().take(MOST_ROWS) {
        text.push_str(&format!("  left out: {problem}\n"));
    }
    if let more @ 1.. = imported.problems.len().saturating_sub(MOST_ROWS) {
        text.push_str(&format!("  and {more} more\n"));
    }
    let _ = io::stderr().write_all(text.as_bytes());
}

/// With cents, or more decimals where it has them.
fn money(amount: Decimal) -> Decimal {
    let mut amount = amount.normalize();
    if amount.scale() < 2 {
        amount.rescale(2);
    }
    amount
}

fn rows_left_out(imported: &Imported) -> usize {
    let lines: std::collections::BTreeSet<usize> =
        imported.problems.iter().map(|p| p.line).collect();
    lines.len()
}

/// Writes aside, reads it again, checks it, and only then puts it in its place.
fn written(
    args: &Args,
    imported: Imported,
    format: LedesFormat,
    lists: Lists,
    today: NaiveDate,
    _out: &mut dyn Write,
) -> anyhow::Result<Outcome> {
    let target = Target::new(format, Dialect::default(), None)?;
    let shown = args
        .out
        .as_ref()
        .map_or_else(|| "standard output".to_owned(), |p| p.display().to_string());
    if let (Some(out), Some(from)) = (&args.out, &args.path)
        && fs::canonicalize(out).is_ok_and(|o| fs::canonicalize(from).is_ok_and(|f| f == o))
    {
        bail!("{shown}: would be written over the export");
    }
    if args.out.as_ref().is_some_and(|p| p.is_dir()) {
        bail!("{shown}: is a folder; name a file in it");
    }
    let (mut outcome, aside) = written_aside(args.out.as_deref(), &target, |output| {
        let mut invoices = imported.invoices.into_iter();
        invoices.try_for_each(|invoice| output.invoice(invoice))
    })?;
    let Some((aside, _)) = aside else {
        return Ok(outcome);
    };
    let options = Options {
        lists: Arc::new(lists),
        ..Options::on(today, Shelf::shipped()?)
    };
    let mut said = Said::default();
    finished(
        &[Input::Path(aside.path().to_owned())],
        options,
        &Quiet,
        &mut said,
    )?;
    said.tell();
    if said.rejects() {
        outcome = outcome.or(Outcome::Findings);
    }
    place::deliver(aside, args.out.as_deref())?;
    Ok(outcome)
}

/// What the check says of the drafts: rule and level, with the first message and how many there are.
#[derive(Default)]
struct Said(BTreeMap<(std::cmp::Reverse<Level>, String), (String, usize)>);

impl Said {
    fn take(&mut self, number: &str, findings: &[Finding]) {
        for finding in findings {
            let whose = if number.is_empty() {
                String::new()
            } else {
                format!("invoice {number}: ")
            };
            self.0
                .entry((std::cmp::Reverse(finding.level), finding.rule.clone()))
                .or_insert_with(|| (format!("{whose}{}", finding.message), 0))
                .1 += 1;
        }
    }

    fn rejects(&self) -> bool {
        self.0.keys().any(|(level, _)| level.0 == Level::Reject)
    }

    fn tell(&self) {
        let mut text = String::new();
        let count = |level: Level| {
            self.0
                .iter()
                .filter(|((l, _), _)| l.0 == level)
                .map(|(_, (_, n))| n)
                .sum::<usize>()
        };
        if self.0.is_empty() {
            text.push_str("  checked: nothing to object to\n");
        } else {
            let counts = [Level::Reject, Level::Reduce, Level::Review, Level::Note]
                .map(|l| format!("{} {l}", count(l)));
            text.push_str(&format!("  checked: {}\n", counts.join(", ")));
        }
        for ((level, rule), (message, count)) in &self.0 {
            let more = match count - 1 {
                0 => String::new(),
                more => format!(" (and {more} more)"),
            };
            text.push_str(&format!(
                "    {:<7} {rule}: {message}{more}\n",
                level.0.name()
            ));
        }
        let _ = io::stderr().write_all(text.as_bytes());
    }
}

impl check::Sink for Said {
    fn file(&mut self, file: &FileReport) -> io::Result<()> {
        self.take("", &file.findings);
        Ok(())
    }

    fn invoice(&mut self, _: &FileReport, invoice: InvoiceReport) -> io::Result<()> {
        self.take(&invoice.number, &invoice.findings);
        Ok(())
    }
}
