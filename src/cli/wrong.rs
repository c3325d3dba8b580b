//! `cleanbill wrong`: false alarms, marked and counted.

use super::basis::mistakes;
use super::check::finished;
use crate::check::{self, FileReport, Input, InvoiceReport, Options, Quiet};
use crate::firm::{self, add_row};
use crate::model::Finding;
use crate::model::lists::WrongFinding;
use crate::rules::Shelf;
use anyhow::Context;
use chrono::NaiveDate;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;

/// Arguments of `wrong`.
#[derive(Debug, clap::Args)]
#[command(
    before_help = "Example:  cleanbill wrong 0f3a9c2e77b1d460 --reason \"names the exhibit\" --by \"A. Quillfeather\" --firm lists/ march/\n          cleanbill wrong --report --firm lists/ 2026/"
)]
pub struct Args {
    /// The finding's fingerprint, as --format json prints it, then the invoices it was found in; with --report only the
    /// invoices
    #[arg(value_name = "FINGERPRINT] [PATH", required = true)]
    named: Vec<String>,

    /// Why it is a false alarm
    #[arg(long, value_name = "TEXT", required_unless_present = "report")]
    reason: Option<String>,

    /// Who says so
    #[arg(long, value_name = "NAME", required_unless_present = "report")]
    by: Option<String>,

    /// The firm's lists; the mark is kept in wrong.csv there
    #[arg(long, value_name = "DIR")]
    firm: PathBuf,

    /// Add the packs of this folder to those of the program
    #[arg(long, value_name = "DIR")]
    packs: Option<PathBuf>,

    /// How often each rule was wrong on these invoices
    #[arg(long)]
    report: bool,

    /// The day of the mark and of the check [default: today]
    #[arg(long, value_name = "DATE")]
    today: Option<NaiveDate>,
}

/// Marks a finding, or prints the report.
pub fn run(args: &Args, out: &mut impl Write) -> anyhow::Result<()> {
    let lists = firm::load(&args.firm).map_err(mistakes)?.lists;
    let mut shelf = Shelf::shipped()?;
    if let Some(folder) = &args.packs {
        shelf.add_folder(folder)?;
    }
    let today = args.today;
    let today = today.unwrap_or_else(|| chrono::Local::now().date_naive());
    let options = Options {
        lists: Arc::new(lists),
        ..Options::on(today, shelf)
    };
    if args.report {
        return report(&found(&args.named, options.clone())?, &options, out);
    }
    let (fingerprint, paths) = args.named.split_first().context("which finding?")?;
    anyhow::ensure!(
        !paths.is_empty(),
        "name the invoices the finding {fingerprint} was found in, after it"
    );
    if let Some(known) = options.lists.wrong.of(fingerprint).next() {
        anyhow::bail!(
            "{fingerprint} was marked already, by {} on {}: {}",
            known.marked_by,
            known.marked_on,
            known.reason
        );
    }
    let all = found(paths, options)?;
    let Some((invoice, finding)) = all.iter().find(|(_, f)| f.fingerprint == *fingerprint) else {
        anyhow::bail!(
            "no finding {fingerprint} in these invoices; cleanbill check --format json prints the fingerprints"
        );
    };
    let (reason, by) = (args.reason.as_deref(), args.by.as_deref());
    add_row::<WrongFinding>(
        &args.firm,
        &[
            ("fingerprint", fingerprint),
            ("rule", &finding.rule),
            ("invoice_number", invoice),
            ("reason", reason.unwrap_or_default()),
            ("marked_by", by.unwrap_or_default()),
            ("marked_on", &today.to_string()),
        ],
    )
    .with_context(|| format!("{}: the mark cannot be kept", args.firm.display()))?;
    writeln!(
        out,
        "Marked as a false alarm: {} on invoice {invoice}: {}",
        finding.rule, finding.message
    )?;
    Ok(())
}

/// Every finding with the number of its invoice.
fn found(paths: &[String], options: Options) -> anyhow::Result<Vec<(String, Finding)>> {
    let inputs: Vec<Input> = paths.iter().map(|p| Input::Path(p.into())).collect();
    let mut all = Findings::default();
    let run = finished(&inputs, options, &Quiet, &mut all)?;
    if let Some(error) = run.errors.first() {
        anyhow::bail!("{}: {}", error.path, error.message);
    }
    Ok(all.0)
}

#[derive(Default)]
struct Findings(Vec<(String, Finding)>);

impl check::Sink for Findings {
    fn file(&mut self, file: &FileReport) -> io::Result<()> {
        let findings = file.findings.iter().cloned();
        self.0.extend(findings.map(|f| (file.path.clone(), f)));
        Ok(())
    }

    fn invoice(&mut self, _: &FileReport, invoice: InvoiceReport) -> io::Result<()> {
        let findings = invoice.findings.into_iter();
        self.0.extend(findings.map(|f| (invoice.number.clone(), f)));
        Ok(())
    }
}

/// Findings and false alarms by rule, the most often wrong first.
fn report(
    all: &[(String, Finding)],
    options: &Options,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    let mut rules: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for (_, finding) in all {
        let (findings, wrong) = rules.entry(&finding.rule).or_default();
        *findings += 1;
        *wrong += usize::from(
            options
                .lists
                .wrong
                .of(&finding.fingerprint)
                .next()
                .is_some(),
        );
    }
    let marks = options.lists.wrong.rows();
    let fingerprints: Vec<&str> = all.iter().map(|(_, f)| f.fingerprint.as_str()).collect();
    let gone = marks
        .iter()
        .filter(|m| !fingerprints.contains(&m.fingerprint.as_str()));
    let gone = gone.count();
    let mut rows: Vec<(&str, usize, usize)> =
        rules.into_iter().map(|(r, (f, w))| (r, f, w)).collect();
    // Exact: compares w1/f1 with w2/f2 without dividing.
    rows.sort_by(|a, b| (b.2 * a.1).cmp(&(a.2 * b.1)).then(a.0.cmp(b.0)));
    writeln!(
        out,
        "{:<34} {:>8} {:>8} {:>8}",
        "rule", "findings", "wrong", "share"
    )?;
    for (rule, findings, wrong) in &rows {
        writeln!(
            out,
            "{rule:<34} {findings:>8} {wrong:>8} {:>6} %",
            wrong * 100 / findings
        )?;
    }
    let (findings, wrong) = rows
        .iter()
        .fold((0, 0), |sum, row| (sum.0 + row.1, sum.1 + row.2));
    if let Some(share) = (wrong * 100).checked_div(findings) {
        writeln!(out, "{:<34} {findings:>8} {wrong:>8} {share:>6} %", "all")?;
    }
    if gone > 0 {
        writeln!(
            out,
            "\n{gone} marked {} not found in these invoices any more, because the invoice or the rule has changed.",
            if gone == 1 {
                "finding was"
            } else {
                "findings were"
            }
        )?;
    }
    Ok(())
}
