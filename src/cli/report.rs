//! `cleanbill report`: figures for partners.

use super::basis::firm_lists;
use super::check::width;
use super::portals::At;
use super::post;
use super::receivables::terms;
use super::settings::settings;
use super::tracker::{StoreArgs, runtime};
use crate::check::Options;
use crate::reports::figures::{self, By, Period, Report};
use crate::reports::forms::{About, csv, json, page, text, workbook};
use crate::reports::gather::Whose;
use crate::reports::making::Wanted;
use anyhow::{Context, bail, ensure};
use chrono::{Local, NaiveDate};
use clap::ValueEnum;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Arguments of `report`.
#[derive(Debug, clap::Args)]
#[command(
    before_help = "Example:  cleanbill report\n          cleanbill report reductions --by reason --from 2026-01-01\n          cleanbill report ageing --by partner\n          cleanbill report all -o partners.html\n          cleanbill report rejections --client C0001 --invoices",
    after_help = "Without a name it shows what the firm loses this week if nobody acts, and lists the other reports. Figures are of \
                  the clients you serve; amounts of different currencies are never added."
)]
pub struct Args {
    /// Which report, or all of them
    #[arg(value_name = "NAME")]
    name: Option<String>,

    /// The first day [default: the first of the month eleven months ago]
    #[arg(long, value_name = "DATE")]
    from: Option<NaiveDate>,

    /// The last day [default: today]
    #[arg(long, value_name = "DATE")]
    to: Option<NaiveDate>,

    /// Of this client only
    #[arg(long, value_name = "ID")]
    client: Option<String>,

    /// At this portal only
    #[arg(long, value_name = "NAME")]
    portal: Option<String>,

    /// Of matters of this partner only
    #[arg(long, value_name = "NAME")]
    partner: Option<String>,

    /// What its rows are: client, portal, partner, matter, month, reason, rule, timekeeper, practice [default: the report's
    /// usual]
    #[arg(long, value_name = "WHAT", value_parser = by)]
    by: Option<By>,

    /// In which form [default: by the file's ending, else text]
    #[arg(long, value_name = "FORM")]
    format: Option<Form>,

    /// Write it to this file; for several reports as CSV, to a new folder
    #[arg(long, short, value_name = "FILE")]
    out: Option<PathBuf>,

    /// Mail it to this address, as text and as a page; may be given several times
    ///
    /// It goes through the settings mail_server, mail_from, mail_user and CLEANBILL_MAIL_PASSWORD. A timer makes a digest of
    /// it: at-risk every morning for who bills, all every week for partners, --partner for each their own. It names clients
    /// and amounts: name only people of the firm.
    #[arg(long, value_name = "ADDRESS", conflicts_with_all = ["out", "format"])]
    mail: Vec<String>,

    /// List the invoices behind each figure
    #[arg(long)]
    invoices: bool,

    /// Only this row, by its key or its name, with the invoices behind it
    #[arg(long, value_name = "KEY")]
    row: Option<String>,

    /// The firm's lists [default: the setting firm]
    #[arg(long, value_name = "DIR")]
    firm: Option<PathBuf>,

    #[command(flatten)]
    portals: At,

    #[command(flatten)]
    at: StoreArgs,
}

/// A form of output.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Form {
    /// For a terminal
    Text,
    /// For a spreadsheet; rows, or with --invoices what they were made of
    Csv,
    /// For programs
    Json,
    /// A page, with charts
    Html,
    /// A workbook with totals as formulas, and a sheet of invoices
    Xlsx,
    /// For paper
    #[cfg(feature = "pdf")]
    Pdf,
}

fn by(word: &str) -> Result<By, String> {
    By::named(word).ok_or_else(|| {
        let all: Vec<&str> = By::ALL.iter().map(|b| b.name()).collect();
        format!("rows may be by {}", all.join(", "))
    })
}

impl Args {
    fn form(&self) -> anyhow::Result<Form> {
        if let Some(form) = self.format {
            return Ok(form);
        }
        let ending = self.out.as_ref().and_then(|p| p.extension());
        let ending = ending.map(|e| e.to_string_lossy().to_lowercase());
        Ok(match ending.as_deref() {
            None | Some("txt") => Form::Text,
            Some("csv") => Form::Csv,
            Some("json") => Form::Json,
            Some("html" | "htm") => Form::Html,
            Some("xlsx") => Form::Xlsx,
            #[cfg(feature = "pdf")]
            Some("pdf") => Form::Pdf,
            #[cfg(not(feature = "pdf"))]
            Some("pdf") => bail!(
                "this program was built without PDF (cargo feature pdf): write a page (-o FILE.html) and print it"
            ),
            Some(other) => bail!("-o: no form ends in .{other}; name one with --format"),
        })
    }

    fn whose(&self) -> Whose<'_> {
        Whose {
            client: self.client.as_deref(),
            portal: self.portal.as_deref(),
            partner: self.partner.as_deref(),
        }
    }

    fn words(&self) -> String {
        let parts = [
            self.client.as_ref().map(|c| format!("client {c}")),
            self.portal.as_ref().map(|p| format!("portal {p}")),
            self.partner.as_ref().map(|p| format!("partner {p}")),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        parts.join(", ")
    }
}

/// Shows or writes reports.
pub fn run(args: &Args, out: &mut impl Write) -> anyhow::Result<()> {
    let wanted = Wanted::of(args.name.as_deref(), args.by)?;
    let form = args.form()?;
    let today = Local::now().date_naive();
    let period = Period::or_usual(args.from, args.to, today)?;
    let options = Options {
        lists: Arc::new(firm_lists(args.firm.as_deref())?),
        ..Options::on(today, args.portals.shelf()?)
    };
    let accounts = args.portals.accounts()?;
    let receivables = terms()?;
    let mut reports = args.at.at_desk(async |desk| {
        let whose = args.whose();
        Ok(wanted
            .made(desk, whose, &options, (&accounts, &receivables), period)
            .await?)
    })?;
    if let Some(key) = &args.row {
        ensure!(
            reports.len() == 1,
            "--row is of one report; name the report"
        );
        for report in &mut reports {
            report.keep_only(key)?;
        }
    }
    let about = About {
        whose: args.words(),
        made: Local::now().format("%Y-%m-%d %H:%M").to_string(),
        invoices: args.invoices || args.row.is_some(),
    };
    if !args.mail.is_empty() {
        return mailed(&reports, &about, &args.mail, out);
    }
    let bytes = match form {
        Form::Text => {
            let colour = args.out.is_none();
            let mut all: Vec<String> = reports
                .iter()
                .map(|r| text::text(r, &about, width().max(60), colour))
                .collect();
            if args.name.is_none() && args.out.is_none() {
                all.push(others());
            }
            all.join("\n\n").into_bytes()
        }
        Form::Json => {
            let mut whole = json::json(&reports, &about)?;
            whole.push('\n');
            whole.into_bytes()
        }
        Form::Html => page::page(&reports, &about)?.into_bytes(),
        Form::Csv => match reports.as_slice() {
            [one] => csv::csv(one, about.invoices)?,
            all => return folder(all, &about, args.out.as_deref(), out),
        },
        Form::Xlsx => {
            ensure!(
                args.out.is_some(),
                "a workbook is nothing for a terminal: name its file with -o FILE.xlsx"
            );
            workbook::workbook(&reports, &about)?
        }
        #[cfg(feature = "pdf")]
        Form::Pdf => {
            ensure!(
                args.out.is_some(),
                "a PDF is nothing for a terminal: name its file with -o FILE.pdf"
            );
            crate::reports::forms::pdf::pdf(&reports, &about)
        }
    };
    match &args.out {
        None => out.write_all(&bytes)?,
        Some(path) => {
            put(path, &bytes)?;
            writeln!(out, "Written: {}", path.display())?;
        }
    }
    Ok(())
}

/// Mails reports to people of the firm.
fn mailed(
    reports: &[Report],
    about: &About,
    to: &[String],
    out: &mut impl Write,
) -> anyhow::Result<()> {
    let post =
        post::post(&settings()?, to)?.context("nobody to mail it to: name them with --mail")?;
    let plain: Vec<String> = reports
        .iter()
        .map(|r| text::text(r, about, 100, false))
        .collect();
    let day = about.made.split(' ').next().unwrap_or_default();
    // No client and no invoice.
    let subject = match reports {
        [one] => format!("{}, {day}", one.title),
        _ => format!("Reports on invoices, {day}"),
    };
    let page = page::page(reports, about)?;
    runtime()?
        .block_on(post.send(&subject, plain.join("\n\n"), page))
        .context("mail of the reports")?;
    writeln!(out, "Mailed to {}.", to.join(", "))?;
    Ok(())
}

/// What else there is.
fn others() -> String {
    let mut text = "Other reports (cleanbill report NAME, or all):\n".to_owned();
    for (name, question) in figures::names().into_iter().skip(1) {
        text += &format!("  {name:<12} {question}\n");
    }
    text
}

/// One file a report.
fn folder(
    reports: &[Report],
    about: &About,
    path: Option<&Path>,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    let folder =
        path.context("several reports as CSV are several files: name a new folder with -o")?;
    ensure!(
        !folder.exists(),
        "-o: {} is there already; name a new folder",
        folder.display()
    );
    fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    for report in reports {
        let bytes = csv::csv(report, about.invoices)?;
        put(&folder.join(format!("{}.csv", report.name)), &bytes)?;
    }
    writeln!(
        out,
        "Written: {} files in {}",
        reports.len(),
        folder.display()
    )?;
    Ok(())
}

fn put(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    fs::write(path, bytes).with_context(|| format!("{}: cannot be written", path.display()))
}
