//! `cleanbill receivables`: what clients owe, for how long, and drafts of reminders.

use super::Outcome;
use super::basis::firm_lists;
use super::overnight::put;
use super::paragraph::paragraph;
use super::payments::Format;
use super::settings::settings;
use super::tracker::{StoreArgs, money};
use crate::config::{RECEIVABLES_FROM, REMINDER_DAYS, REMINDER_LETTER};
use crate::model::did_you_mean;
use crate::reports::owed::{OpenInvoice, OpenSum, ShortPaid};
use crate::reports::reminder;
use crate::reports::sheet::sheet;
use crate::workflow::{
    AgeFrom, Bucket, Escalation, Owed, Receivable, ReceivableTerms, Reminder, aged,
};
use anyhow::{Context, bail};
use clap::Subcommand;
use rust_decimal::Decimal;
use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Arguments of `receivables`.
#[derive(Debug, clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    before_help = "Example:  cleanbill receivables --by client\n          cleanbill receivables --short --format csv\n          cleanbill receivables reminders drafts/\n          cleanbill receivables escalate --partner A.Quillfeather",
    after_help = "Open is what was billed, less what a partner accepted of the client's cuts, less what came. Currencies are never added \
                  up. Ages count from the invoice date (setting receivables_from: invoice-date, submitted or approved)."
)]
pub struct Args {
    #[command(subcommand)]
    what: Option<What>,

    /// Sums by client, matter or partner [default: every open invoice]
    #[arg(long, value_name = "WHOM")]
    by: Option<By>,

    /// Only invoices of which less came than the client approved: approved, paid, missing
    #[arg(long, conflicts_with = "by")]
    short: bool,

    /// Of this client only
    #[arg(long, value_name = "ID")]
    client: Option<String>,

    /// Of matters of this partner only
    #[arg(long, value_name = "NAME")]
    partner: Option<String>,

    /// text, csv or json
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,

    #[command(flatten)]
    at: StoreArgs,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Draft reminders into a folder, for a person to send; nothing is sent
    #[command(
        before_help = "Example:  cleanbill receivables reminders drafts/\n          cleanbill receivables reminders --dry-run",
        after_help = "A reminder is drafted once when an invoice is due for 30, 60 and 90 days (setting reminder_days), one letter for a \
                      client and currency. What is disputed or under appeal, and what the client says it has paid, is not reminded of. \
                      The letter's template is the setting reminder_letter."
    )]
    Reminders {
        /// The folder; it is made if it does not exist
        #[arg(value_name = "DIR", required_unless_present = "dry_run")]
        folder: Option<PathBuf>,

        /// Say what would be drafted, and write nothing
        #[arg(long)]
        dry_run: bool,

        /// The firm's lists, for names of clients [default: the setting firm]
        #[arg(long, value_name = "DIR")]
        firm: Option<PathBuf>,

        #[command(flatten)]
        at: StoreArgs,
    },
    /// What a partner should take up: over 90 days, reminded three times, or disputed
    #[command(before_help = "Example:  cleanbill receivables escalate --partner A.Quillfeather")]
    Escalate {
        /// Of matters of this partner only
        #[arg(long, value_name = "NAME")]
        partner: Option<String>,

        /// text, csv or json
        #[arg(long, value_name = "FORMAT", default_value = "text")]
        format: Format,

        #[command(flatten)]
        at: StoreArgs,
    },
}

/// By whom sums are made.
#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum)]
enum By {
    /// CLIENT_ID.
    Client,
    /// The firm's number of the matter.
    Matter,
    /// The partner who answers for the matter.
    Partner,
}

impl By {
    fn of(self, one: &Receivable) -> &str {
        match self {
            Self::Client => &one.invoice.client,
            Self::Matter => &one.invoice.matter,
            Self::Partner => &one.invoice.partner,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Matter => "matter",
            Self::Partner => "partner",
        }
    }
}

/// What the firm has decided about its receivables, by the settings.
pub(super) fn terms() -> anyhow::Result<ReceivableTerms> {
    let settings = settings()?;
    let named = settings.text(&RECEIVABLES_FROM).unwrap_or_default();
    let from = AgeFrom::ALL.into_iter().find(|f| f.name() == named.trim());
    let Some(from) = from else {
        let (_, origin) = settings.shown(&RECEIVABLES_FROM);
        bail!(
            "receivables_from ({origin}): \"{named}\" is no day ages count from; {}",
            did_you_mean(&named, AgeFrom::ALL.map(AgeFrom::name))
        );
    };
    let text = settings.text(&REMINDER_DAYS).unwrap_or_default();
    let (_, origin) = settings.shown(&REMINDER_DAYS);
    let mut rungs = Vec::new();
    for days in text.split(',').map(str::trim) {
        let read = days.parse().ok().filter(|d| (1..=3650).contains(d));
        rungs.push(read.with_context(|| {
            format!(
                "reminder_days ({origin}): \"{days}\" is no number of days; write them with commas between, as 30, 60, 90"
            )
        })?);
    }
    rungs.sort_unstable();
    rungs.dedup();
    Ok(ReceivableTerms { from, rungs })
}

/// Runs one of the commands.
pub fn run(args: &Args, out: &mut impl Write) -> anyhow::Result<Outcome> {
    let terms = terms()?;
    match &args.what {
        Some(What::Reminders {
            folder,
            dry_run,
            firm,
            at,
        }) => {
            let folder = folder.as_deref().filter(|_| !dry_run);
            return reminders(&terms, folder, firm.as_deref(), at, out);
        }
        Some(What::Escalate {
            partner,
            format,
            at,
        }) => {
            let all =
                at.at_desk(async |desk| Ok(desk.escalations(&terms, partner.as_deref()).await?))?;
            escalations(&all, *format, out)?;
            return Ok(Outcome::Clean);
        }
        None => {}
    }
    let mut owed = args
        .at
        .at_desk(async |desk| Ok(desk.receivables(&terms).await?))?;
    let is = |wanted: &Option<String>, own: &str| wanted.as_ref().is_none_or(|w| w == own);
    owed.all
        .retain(|r| is(&args.client, &r.invoice.client) && is(&args.partner, &r.invoice.partner));
    if args.short {
        short(&owed, args.format, out)?;
    } else if let Some(by) = args.by {
        sums(&owed, by, args.format, out)?;
    } else {
        invoices(&owed, args.format, out)?;
    }
    Ok(Outcome::Clean)
}

fn sums(owed: &Owed, by: By, format: Format, out: &mut impl Write) -> anyhow::Result<()> {
    let rows = OpenSum::each(owed, by.name(), |r| by.of(r));
    match format {
        Format::Json => writeln!(out, "{}", serde_json::to_string_pretty(&rows)?)?,
        Format::Csv => sheet(rows, out)?,
        Format::Text if rows.is_empty() => writeln!(out, "Nothing is open.")?,
        Format::Text => {
            head(owed, by.name(), out)?;
            for row in &rows {
                line(row, out)?;
            }
            writeln!(out)?;
            totals(owed, out)?;
        }
    }
    Ok(())
}

fn head(owed: &Owed, name: &str, out: &mut impl Write) -> io::Result<()> {
    let [a, b, c, d] = Bucket::ALL.map(Bucket::name);
    writeln!(
        out,
        "Receivables on {}, by age from the {}\n\n{name:<22} {:>4} {:>14} {a:>14} {b:>14} {c:>14} {d:>14}",
        owed.today,
        match owed.aged_from {
            AgeFrom::InvoiceDate => "invoice date",
            AgeFrom::Submitted => "day it reached the client",
            AgeFrom::Approved => "day the client decided",
        },
        "n",
        "open"
    )
}

fn line(row: &OpenSum, out: &mut impl Write) -> io::Result<()> {
    let of = match (row.of.as_str(), row.currency.as_str()) {
        ("", currency) => format!("(not known) {currency}"),
        (of, currency) => format!("{of} {currency}"),
    };
    let credit = match row.credit.is_zero() {
        true => String::new(),
        false => format!("  overpaid: {}", money(row.credit, "")),
    };
    writeln!(
        out,
        "{of:<22} {:>4} {:>14} {:>14} {:>14} {:>14} {:>14}{credit}",
        row.invoices,
        money(row.open, ""),
        money(row.up_to_30, ""),
        money(row.up_to_60, ""),
        money(row.up_to_90, ""),
        money(row.over_90, "")
    )
}

/// One line for each currency.
fn totals(owed: &Owed, out: &mut impl Write) -> io::Result<()> {
    let all = aged(owed.open().map(|r| r.open_of("in all")));
    for ((of, currency), aged) in &all {
        line(&OpenSum::of("", of, currency, aged), out)?;
    }
    Ok(())
}

fn invoices(owed: &Owed, format: Format, out: &mut impl Write) -> anyhow::Result<()> {
    match format {
        Format::Json => {
            let rows: Vec<OpenInvoice> = owed.open().map(OpenInvoice::from).collect();
            writeln!(out, "{}", serde_json::to_string_pretty(&rows)?)?;
        }
        Format::Csv => sheet(owed.open().map(OpenInvoice::from), out)?,
        Format::Text if owed.open().next().is_none() => writeln!(out, "Nothing is open.")?,
        Format::Text => {
            for one in owed.open() {
                let row = &one.invoice;
                writeln!(
                    out,
                    "{:<16} {:<10} {:>16} open, {:>4} days, {}{}{}",
                    row.number,
                    row.client,
                    money(one.open, &row.currency),
                    one.days,
                    row.state,
                    match one.contested.is_zero() {
                        true => String::new(),
                        false => format!(", {} of it cut and undecided", money(one.contested, "")),
                    },
                    match one.short() {
                        None => String::new(),
                        Some(missing) => format!(", {} short paid", money(missing, "")),
                    }
                )?;
                for remark in &one.remarks {
                    writeln!(out, "{}", paragraph(&format!("LOOK: {remark}"), 4))?;
                }
            }
            writeln!(out)?;
            head(owed, "", out)?;
            totals(owed, out)?;
        }
    }
    Ok(())
}

fn short(owed: &Owed, format: Format, out: &mut impl Write) -> anyhow::Result<()> {
    let rows: Vec<ShortPaid> = owed.short().filter_map(ShortPaid::of).collect();
    match format {
        Format::Json => writeln!(out, "{}", serde_json::to_string_pretty(&rows)?)?,
        Format::Csv => sheet(rows, out)?,
        Format::Text if rows.is_empty() => writeln!(out, "Nothing is short paid.")?,
        Format::Text => {
            let mut missing: BTreeMap<String, Decimal> = BTreeMap::new();
            for row in rows {
                let sum = missing.entry(row.currency.clone()).or_default();
                *sum = sum.saturating_add(row.missing);
                writeln!(
                    out,
                    "{:<16} {:<10} approved {:>14}, paid {:>14}, missing {:>12} {}  {}",
                    row.invoice_number,
                    row.client_id,
                    money(row.approved, ""),
                    money(row.paid, ""),
                    money(row.missing, &row.currency),
                    match row.last_paid.as_str() {
                        "" => String::new(),
                        day => format!("since {day}"),
                    },
                    row.state
                )?;
            }
            let sums: Vec<String> = missing.iter().map(|(c, sum)| money(*sum, c)).collect();
            writeln!(out, "\nMissing in all: {}", sums.join(" and "))?;
        }
    }
    Ok(())
}

fn reminders(
    terms: &ReceivableTerms,
    folder: Option<&Path>,
    firm: Option<&Path>,
    at: &StoreArgs,
    out: &mut impl Write,
) -> anyhow::Result<Outcome> {
    let lists = firm_lists(firm)?;
    let template = match settings()?.path(&REMINDER_LETTER) {
        Some(file) => Some(
            fs::read_to_string(&file)
                .with_context(|| format!("{}: the template cannot be read", file.display()))?,
        ),
        None => None,
    };
    let drafted = at.at_desk(async |desk| {
        let due = desk.reminders_due(terms, &lists).await?;
        let mut drafted: Vec<(Reminder, Option<PathBuf>, Vec<String>)> = Vec::new();
        for draft in due {
            let letter = reminder::letter(&draft, template.as_deref())?;
            let Some(folder) = folder else {
                drafted.push((draft, None, Vec::new()));
                continue;
            };
            // The file first: what is written down as drafted is there.
            let file = folder.join(reminder::file_name(&draft));
            put(&file, &letter)?;
            let before = desk.drafted(&draft, &letter).await?;
            if before.len() == draft.invoices.len() {
                let _ = fs::remove_file(&file);
            }
            drafted.push((draft, Some(file), before));
        }
        Ok(drafted)
    })?;
    if drafted.is_empty() {
        writeln!(out, "No reminder is to be drafted.")?;
    }
    for (draft, file, before) in &drafted {
        let what = match file {
            Some(file) => format!("{}: ", file.display()),
            None => "would draft: ".to_owned(),
        };
        writeln!(
            out,
            "{what}client {}, {} days, {} in all: {}",
            draft.client_id,
            draft.rung,
            money(draft.due, &draft.currency),
            match draft.invoices.as_slice() {
                [one] => format!("invoice {}", one.number),
                many => format!("{} invoices", many.len()),
            }
        )?;
        if !before.is_empty() {
            writeln!(
                out,
                "{}",
                paragraph(
                    &format!(
                        "somebody else has drafted one for {} meanwhile: look before it is sent",
                        before.join(", ")
                    ),
                    4
                )
            )?;
        }
    }
    if drafted.iter().any(|(_, file, _)| file.is_some()) {
        writeln!(out, "\nNothing was sent: read each, and send it yourself.")?;
    }
    Ok(Outcome::Clean)
}

fn escalations(all: &[Escalation], format: Format, out: &mut impl Write) -> anyhow::Result<()> {
    match format {
        Format::Json => writeln!(out, "{}", serde_json::to_string_pretty(all)?)?,
        Format::Csv => sheet(all.iter().map(OpenInvoice::from), out)?,
        Format::Text if all.is_empty() => writeln!(out, "Nothing is for a partner.")?,
        Format::Text => {
            let mut partner = None;
            for one in all {
                let row = &one.account.invoice;
                if partner != Some(&row.partner) {
                    let blank = if partner.is_some() { "\n" } else { "" };
                    let name = match row.partner.as_str() {
                        "" => "No partner known",
                        name => name,
                    };
                    writeln!(out, "{blank}{name}")?;
                    partner = Some(&row.partner);
                }
                writeln!(
                    out,
                    "  {:<16} {:<10} {:>16} open: {}",
                    row.number,
                    row.client,
                    money(one.account.open, &row.currency),
                    one.why.join("; ")
                )?;
            }
            writeln!(
                out,
                "\nWhether anything is collected or written off is decided by people: cleanbill reductions accept, appeals."
            )?;
        }
    }
    Ok(())
}
