//! `cleanbill report`: figures for partners.

use super::basis::firm_lists;
use super::check::width;
use super::portals::At;
use super::post;
use super::receivables::terms;
use super::settings::settings;
use super::tracker::{StoreArgs, runtime};
use crate::check::Options;
use crate::model::did_you_mean;
use crate::portals::{Account, Accounts};
use crate::reports::figures::{
    self, Asked, By, KEPT, Kept, Period, Report, ageing, at_risk, exceptions,
};
use crate::reports::forms::{About, csv, json, page, text, workbook};
use crate::reports::gather::{self, Whose};
use crate::workflow::{Chronicle, Depth, Desk};
use anyhow::{Context, bail, ensure};
use chrono::{Datelike, Local, Months, NaiveDate};
use clap::ValueEnum;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Every report after another.
const ALL: &str = "all";

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

/// Twelve months, this one included.
fn usual_from(today: NaiveDate) -> NaiveDate {
    let earlier = today.checked_sub_months(Months::new(11));
    earlier.and_then(|d| d.with_day(1)).unwrap_or(today)
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

    fn period(&self, today: NaiveDate) -> anyhow::Result<Period> {
        let to = self.to.unwrap_or(today);
        let from = self.from.unwrap_or_else(|| usual_from(to));
        ensure!(
            from <= to,
            "--from {from} is after --to {to}: the first day comes first"
        );
        Ok(Period { from, to })
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

/// Which reports were asked for.
#[derive(Default)]
struct Wanted {
    at_risk: bool,
    ageing: Option<By>,
    kept: Vec<(&'static Kept, By)>,
    exceptions: bool,
}

impl Wanted {
    fn of(name: Option<&str>, by: Option<By>) -> anyhow::Result<Self> {
        let name = name.unwrap_or(figures::AT_RISK);
        if name == ALL {
            ensure!(by.is_none(), "--by is for one report; name it");
            return Ok(Self {
                at_risk: true,
                ageing: Some(ageing::ROWS[0]),
                kept: KEPT.iter().map(|k| (k, k.by[0])).collect(),
                exceptions: true,
            });
        }
        let rows_by = |own: &[By]| match by {
            None => Ok(own.first().copied().unwrap_or(By::Client)),
            Some(by) if own.contains(&by) => Ok(by),
            Some(by) => {
                let all: Vec<&str> = own.iter().map(|b| b.name()).collect();
                match all.is_empty() {
                    true => bail!("{name} has rows of its own: leave --by away"),
                    false => bail!("{name} is not made by {by}, but by {}", all.join(", ")),
                }
            }
        };
        match name {
            figures::AT_RISK => {
                rows_by(&[])?;
                Ok(Self {
                    at_risk: true,
                    ..Self::default()
                })
            }
            figures::AGEING => Ok(Self {
                ageing: Some(rows_by(ageing::ROWS)?),
                ..Self::default()
            }),
            figures::EXCEPTIONS => {
                rows_by(&[])?;
                Ok(Self {
                    exceptions: true,
                    ..Self::default()
                })
            }
            name => {
                let Some(kept) = KEPT.iter().find(|k| k.name == name) else {
                    let names = figures::names();
                    let known = names.iter().map(|(n, _)| *n).chain([ALL]);
                    bail!("there is no report {name}; {}", did_you_mean(name, known));
                };
                Ok(Self {
                    kept: vec![(kept, rows_by(kept.by)?)],
                    ..Self::default()
                })
            }
        }
    }

    fn depth(&self) -> Depth {
        let own = self.kept.iter().map(|(kept, by)| {
            kept.depth.or(Depth {
                lines: by.needs_lines(),
                ..Depth::default()
            })
        });
        own.fold(
            Depth {
                exceptions: self.exceptions,
                ..Depth::default()
            },
            Depth::or,
        )
    }
}

/// Makes the reports that were asked for.
async fn made(
    desk: &Desk<'_>,
    wanted: &Wanted,
    args: &Args,
    options: &Options,
    accounts: &Accounts,
    period: Period,
) -> anyhow::Result<Vec<Report>> {
    let whose = args.whose();
    let mut reports = Vec::new();
    if wanted.at_risk {
        let portal_of = |name: &str| accounts.account.get(name).map(|a| a.portal.clone());
        let risks = gather::risks(desk, options, &portal_of, whose).await?;
        reports.push(at_risk::report(risks, (desk.clock)()));
    }
    if let Some(by) = wanted.ageing {
        let mut owed = desk.receivables(&terms()?).await?;
        owed.all.retain(|r| whose.is_of(&r.invoice));
        reports.push(ageing::report(&owed, by, &options.lists));
    }
    if wanted.kept.is_empty() && !wanted.exceptions {
        return Ok(reports);
    }
    let practice = |name: &str| accounts.account.get(name).is_some_and(Account::is_practice);
    let told: Chronicle = desk
        .chronicle(
            &whose.filter(),
            &|row| whose.is_at(&row.portal),
            wanted.depth(),
            &practice,
        )
        .await?;
    for (kept, by) in &wanted.kept {
        let asked = Asked {
            period,
            by: *by,
            lists: &options.lists,
        };
        let mut report = (kept.figures)(&told, &asked);
        if report.name == "foresight" && accounts.account.is_empty() {
            report.notes.push(
                "No accounts at portals are known, so what practice portals said cannot be told apart and counts: name them with \
                 --accounts."
                    .to_owned(),
            );
        }
        reports.push(report);
    }
    if wanted.exceptions {
        let packs = exceptions::of_packs(&options.shelf, &options.lists);
        let clients = desk.person.clients.as_deref();
        reports.push(exceptions::report(
            &told,
            &packs,
            period,
            options.today,
            clients,
        ));
    }
    Ok(reports)
}

/// Keeps one row of a report.
fn only(report: &mut Report, key: &str) -> anyhow::Result<()> {
    let label = |row: &figures::Row| match row.cells.first() {
        Some(figures::Cell::Text(text)) => text.clone(),
        _ => String::new(),
    };
    let keys: Vec<String> = report.rows.iter().map(|r| r.key.clone()).collect();
    report
        .rows
        .retain(|row| row.key == key || label(row) == key);
    ensure!(
        !report.rows.is_empty(),
        "{} has no row {key}; {}",
        report.name,
        did_you_mean(key, keys.iter().map(String::as_str))
    );
    report.totals.clear();
    report.lead.clear();
    Ok(())
}

/// Shows or writes reports.
pub fn run(args: &Args, out: &mut impl Write) -> anyhow::Result<()> {
    let wanted = Wanted::of(args.name.as_deref(), args.by)?;
    let form = args.form()?;
    let today = Local::now().date_naive();
    let period = args.period(today)?;
    let options = Options {
        lists: Arc::new(firm_lists(args.firm.as_deref())?),
        ..Options::on(today, args.portals.shelf()?)
    };
    let accounts = args.portals.accounts()?;
    let mut reports = args
        .at
        .at_desk(async |desk| made(desk, &wanted, args, &options, &accounts, period).await)?;
    if let Some(key) = &args.row {
        ensure!(
            reports.len() == 1,
            "--row is of one report; name the report"
        );
        for report in &mut reports {
            only(report, key)?;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_is_twelve_months_with_this_one() {
        let day = |text: &str| text.parse::<NaiveDate>().expect("a day");
        assert_eq!(usual_from(day("2026-11-22")), day("2025-12-01"));
        assert_eq!(usual_from(day("2028-01-31")), day("2027-02-01"));
    }

    #[test]
    fn each_report_is_found_by_its_name_and_rows() {
        for (name, _) in figures::names() {
            assert!(Wanted::of(Some(name), None).is_ok(), "{name}");
        }
        let wrong = |name: &str, by: Option<By>| match Wanted::of(Some(name), by) {
            Err(error) => error.to_string(),
            Ok(_) => String::new(),
        };
        assert!(wrong("reduction", None).contains("reductions"));
        assert!(wrong("appeals", Some(By::Rule)).contains("but by client"));
        assert!(wrong("at-risk", Some(By::Client)).contains("leave --by away"));
        assert!(wrong(ALL, Some(By::Client)).contains("one report"));
        let depth = Wanted::of(Some("reductions"), Some(By::Practice));
        assert!(depth.expect("it is made so").depth().lines);
    }
}
