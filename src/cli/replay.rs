//! `cleanbill replay`.

use super::Outcome;
use super::basis::{history, mistakes};
use super::check::finished;
use crate::check::{self, FileReport, Input, InvoiceReport, Options, Quiet, Run};
use crate::firm;
use crate::model::{EarlierInvoice, Finding, History, Lists};
use crate::reports::replay::{self, Money, Replay};
use crate::rules::Shelf;
use anyhow::{Context, bail};
use chrono::NaiveDate;
use rust_decimal::Decimal;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;

/// Arguments of `replay`.
#[derive(Debug, clap::Args)]
#[command(
    before_help = "Example:  cleanbill replay 2026/ --outcomes adjustments.csv --outcomes ack.csv --firm lists/\n          cleanbill replay 2026/ --outcomes adjustments.csv --packs our-packs/ --format csv > rules.csv"
)]
pub struct Args {
    /// The past invoices, as they were sent
    #[arg(value_name = "DIR")]
    folder: PathBuf,

    /// What became of them: a CSV of adjustments or of acknowledgements (may be repeated)
    #[arg(long, value_name = "FILE", required = true)]
    outcomes: Vec<PathBuf>,

    /// Add the packs of this folder to those of the program
    #[arg(long, value_name = "DIR")]
    packs: Option<PathBuf>,

    /// The firm's lists
    #[arg(long, value_name = "DIR")]
    firm: Option<PathBuf>,

    /// Invoices earlier than those of DIR, for duplicates, budgets and rate changes; those of DIR count for one another
    #[arg(long, value_name = "DIR")]
    history: Vec<PathBuf>,

    /// How to print
    #[arg(long, value_enum, default_value_t = Form::Text)]
    format: Form,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum)]
enum Form {
    /// Tables for people
    Text,
    /// Everything
    Json,
    /// The figures of the rules
    Csv,
}

/// Compares and prints.
pub fn run(args: &Args, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let mut outcomes = Vec::new();
    let mut wrong = Vec::new();
    for path in &args.outcomes {
        let file = path.display().to_string();
        let bytes = fs::read(path).with_context(|| format!("{file}: cannot be read"))?;
        let (read, odd) = replay::read(&file, &bytes).map_err(anyhow::Error::msg)?;
        outcomes.extend(read);
        wrong.extend(odd);
    }
    let mut shelf = Shelf::shipped()?;
    if let Some(folder) = &args.packs {
        shelf.add_folder(folder)?;
    }
    let lists = match &args.firm {
        Some(folder) => firm::load(folder).map_err(mistakes)?.lists,
        None => Lists::default(),
    };
    if !args.folder.exists() {
        let missing = io::Error::from(io::ErrorKind::NotFound);
        return Err(missing)
            .with_context(|| format!("{}: there is no such folder", args.folder.display()));
    }
    let (past, errors) = check::history::of_folder(&args.folder);
    for error in &errors {
        wrong.push(format!("{}: {}", error.path, error.message));
    }
    let past = past.invoices();
    if past.is_empty() {
        bail!("{}: there are no invoices in it", args.folder.display());
    }
    let lists = Arc::new(lists);
    let history = with_earlier(past, &history(&args.history)?);
    let history = Arc::new(History::of(history));
    let mut collected = Collected::default();
    for (day, files) in days(past, &outcomes) {
        let options = Options {
            lists: Arc::clone(&lists),
            history: Arc::clone(&history),
            ..Options::on(day, shelf.clone())
        };
        let inputs: Vec<Input> = files.into_iter().map(|f| Input::Path(f.into())).collect();
        finished(&inputs, options, &Quiet, &mut collected)?;
    }
    let done = replay::replay(&collected.invoices, past, &outcomes, &collected.in_force);
    for line in &wrong {
        let _ = writeln!(io::stderr(), "cleanbill: {line}");
    }
    match args.format {
        Form::Text => text(&done, out)?,
        Form::Json => {
            serde_json::to_writer_pretty(&mut *out, &done)?;
            writeln!(out)?;
        }
        Form::Csv => csv(&done, out)?,
    }
    Ok(if wrong.is_empty() {
        Outcome::Clean
    } else {
        Outcome::Findings
    })
}

/// The replayed invoices, and the earlier ones that are not the same once more.
fn with_earlier(past: &[Arc<EarlierInvoice>], earlier: &History) -> Vec<Arc<EarlierInvoice>> {
    let identity = |i: &Arc<EarlierInvoice>| (i.client_id.clone(), i.number.clone(), i.date);
    let known: BTreeSet<_> = past.iter().map(identity).collect();
    let earlier = earlier.invoices().iter();
    let others = earlier.filter(|i| !known.contains(&identity(i)));
    others.chain(past).cloned().collect()
}

/// Files by the day they were to be checked on: when the portal received one of their invoices, else the day of the
/// latest. Checked today, every past invoice would be late.
fn days(
    past: &[Arc<EarlierInvoice>],
    outcomes: &[replay::Outcome],
) -> BTreeMap<NaiveDate, BTreeSet<String>> {
    let received: BTreeMap<&str, NaiveDate> = outcomes
        .iter()
        .filter_map(|o| Some((o.invoice_number.as_str(), o.received?)))
        .collect();
    let mut of_file: BTreeMap<&str, Option<NaiveDate>> = BTreeMap::new();
    for invoice in past {
        let day = received
            .get(invoice.number.as_str())
            .copied()
            .or(invoice.date);
        let known = of_file.entry(invoice.file.as_str()).or_default();
        *known = (*known).max(day);
    }
    let mut days: BTreeMap<NaiveDate, BTreeSet<String>> = BTreeMap::new();
    for (file, day) in of_file {
        let day = day.unwrap_or_else(|| chrono::Local::now().date_naive());
        days.entry(day).or_default().insert(file.to_owned());
    }
    days
}

/// Every invoice, with what was said of its file.
#[derive(Default)]
struct Collected {
    invoices: Vec<InvoiceReport>,
    file: Vec<Finding>,
    in_force: BTreeSet<String>,
}

impl check::Sink for Collected {
    fn file(&mut self, file: &FileReport) -> io::Result<()> {
        self.file.clone_from(&file.findings);
        Ok(())
    }

    fn invoice(&mut self, _: &FileReport, mut invoice: InvoiceReport) -> io::Result<()> {
        invoice.findings.extend(self.file.iter().cloned());
        self.invoices.push(invoice);
        Ok(())
    }

    fn finish(&mut self, run: &Run) -> io::Result<()> {
        self.in_force.extend(run.rules.iter().map(|r| r.id.clone()));
        Ok(())
    }
}

fn money(money: &Money) -> String {
    let one = |(currency, amount): (&String, &Decimal)| {
        let mut amount = amount.normalize();
        if amount.scale() < 2 {
            amount.rescale(2);
        }
        match currency.as_str() {
            "?" => amount.to_string(),
            currency => format!("{amount} {currency}"),
        }
    };
    money.iter().map(one).collect::<Vec<_>>().join(" + ")
}

fn share(share: Option<Decimal>) -> String {
    share.map_or_else(|| "-".to_owned(), |s| format!("{s} %"))
}

fn or_dash(text: String) -> String {
    if text.is_empty() {
        "-".to_owned()
    } else {
        text
    }
}

fn text(done: &Replay, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "{} invoices checked, {} of them with a known outcome",
        done.invoices, done.decided
    )?;
    writeln!(
        out,
        "{} objections by clients and portals: {} foreseen, {} missed, {} no rule explains",
        done.objections, done.foreseen, done.missed, done.unexplained
    )?;
    writeln!(
        out,
        "cut: {}, of which foreseen: {}\n",
        or_dash(money(&done.cut)),
        or_dash(money(&done.cut_foreseen))
    )?;
    let name = |r: &replay::RuleFigures| match r.in_force {
        true => r.rule.clone(),
        false => format!("{} (off)", r.rule),
    };
    let widths = done.rules.iter().map(|r| name(r).len());
    let width = widths.max().unwrap_or(4).max(4);
    writeln!(
        out,
        "{:<width$}  {:>7} {:>6} {:>10} {:>9} {:>9} {:>7}  {:>14} {:>14}",
        "rule",
        "foresaw",
        "missed",
        "cried wolf",
        "undecided",
        "precision",
        "recall",
        "money foreseen",
        "money missed"
    )?;
    for rule in &done.rules {
        writeln!(
            out,
            "{:<width$}  {:>7} {:>6} {:>10} {:>9} {:>9} {:>7}  {:>14} {:>14}",
            name(rule),
            rule.foresaw,
            rule.missed,
            rule.cried_wolf,
            rule.undecided,
            share(rule.precision),
            share(rule.recall),
            or_dash(money(&rule.money_foreseen)),
            or_dash(money(&rule.money_missed))
        )?;
    }
    if done.rules.iter().any(|r| !r.in_force) {
        writeln!(
            out,
            "\n(off): not in force for these invoices; a pack switches it on with [rules.ID] level = \"review\"."
        )?;
    }
    writeln!(
        out,
        "\nforesaw, missed: objections. cried wolf: findings on what was taken as it was. undecided: findings on invoices \
         without\nan outcome or sent back, and on lines cut for something else. precision: of the findings that were \
         decided; recall: of\nthe objections there were."
    )?;
    if !done.proposals.is_empty() {
        writeln!(out, "\nNo rule explains these; a rule of your own could:")?;
    }
    for proposal in &done.proposals {
        let code = match proposal.code.as_str() {
            "" => String::new(),
            code => format!(" [{code}]"),
        };
        let cut = match money(&proposal.money) {
            cut if cut.is_empty() => String::new(),
            cut => format!(", {cut}"),
        };
        writeln!(
            out,
            "  \"{}\"{code}: {} x{cut}",
            proposal.reason, proposal.count
        )?;
        writeln!(out, "    on {}", proposal.examples.join("; "))?;
        if let Some(narrative) = &proposal.narrative {
            let begin: String = narrative.chars().take(90).collect();
            writeln!(out, "    as in: {begin}")?;
        }
        writeln!(out, "    begin with: {}", proposal.begin_with)?;
    }
    if !done.unknown_invoices.is_empty() {
        writeln!(
            out,
            "\nOutcomes of invoices that are not in the folder: {}",
            done.unknown_invoices.join(", ")
        )?;
    }
    if !done.unknown_lines.is_empty() {
        writeln!(
            out,
            "\nOutcomes of lines that the invoice does not have: {}",
            done.unknown_lines.join("; ")
        )?;
    }
    Ok(())
}

fn csv(done: &Replay, out: &mut dyn Write) -> anyhow::Result<()> {
    let mut table = csv::Writer::from_writer(out);
    table.write_record([
        "rule",
        "in_force",
        "foresaw",
        "missed",
        "right",
        "cried_wolf",
        "undecided",
        "precision_percent",
        "recall_percent",
        "currency",
        "money_foreseen",
        "money_missed",
    ])?;
    for rule in &done.rules {
        let currencies: BTreeSet<&String> = rule
            .money_foreseen
            .keys()
            .chain(rule.money_missed.keys())
            .collect();
        let mut currencies: Vec<&str> = currencies.into_iter().map(String::as_str).collect();
        if currencies.is_empty() {
            currencies.push("");
        }
        // Money of two currencies is never added: the counts stand on the first row, the others only add money.
        for (index, currency) in currencies.into_iter().enumerate() {
            let counts = [
                rule.foresaw,
                rule.missed,
                rule.right,
                rule.cried_wolf,
                rule.undecided,
            ];
            let shares = [rule.precision, rule.recall]
                .map(|s| s.map_or_else(String::new, |s| s.to_string()));
            let amount = |m: &Money| m.get(currency).map_or_else(String::new, Decimal::to_string);
            let mut row = vec![rule.rule.clone(), rule.in_force.to_string()];
            row.extend(counts.map(|c| {
                if index == 0 {
                    c.to_string()
                } else {
                    String::new()
                }
            }));
            row.extend(shares.map(|s| if index == 0 { s } else { String::new() }));
            row.extend([
                currency.to_owned(),
                amount(&rule.money_foreseen),
                amount(&rule.money_missed),
            ]);
            table.write_record(&row)?;
        }
    }
    table.flush()?;
    Ok(())
}
