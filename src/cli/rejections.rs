//! `cleanbill rejections`: what was refused, why, and what is to be done about it.

use super::Outcome;
use super::answers::reasons;
use super::basis::{firm_lists, history};
use super::portals::At;
use super::settings::settings;
use super::tracker::{StoreArgs, instant, money};
use crate::check::Options;
use crate::config::HISTORY;
use crate::portals::Accounts;
use crate::reports::late::{ClientLimits, Clock};
use crate::revise::fix::fix;
use crate::store::InvoiceRow;
use crate::workflow::answers::{NextNumber, Rejection, Stage};
use anyhow::Context;
use chrono::NaiveDate;
use serde_json::json;
use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

/// Arguments of `rejections`.
#[derive(Debug, clap::Args)]
#[command(
    before_help = "Example:  cleanbill rejections --accounts portals.toml\n          cleanbill rejections INV000001 --fixed corrected.txt",
    after_help = "There is no appeal against a rejection: the invoice is corrected and goes again. Exit status: 0 nothing waits; 1 \
                  something does."
)]
pub struct Args {
    /// Only this invoice: its number or id
    #[arg(value_name = "INVOICE")]
    invoice: Option<String>,

    /// Write the file with what can be fixed without a decision to this place
    #[arg(long, value_name = "FILE", requires = "invoice")]
    fixed: Option<PathBuf>,

    /// As JSON, one object a line
    #[arg(long)]
    json: bool,

    /// The firm's lists [default: the setting firm]
    #[arg(long, value_name = "DIR")]
    firm: Option<PathBuf>,

    /// The day that is counted from [default: today]
    #[arg(long, value_name = "DATE")]
    today: Option<NaiveDate>,

    #[command(flatten)]
    portals: At,

    #[command(flatten)]
    at: StoreArgs,
}

/// What can be fixed.
#[derive(Default)]
struct Offer {
    safe: usize,
    rules: Vec<String>,
    bytes: Vec<u8>,
}

/// Lists what was refused.
pub fn run(args: &Args, out: &mut impl Write) -> anyhow::Result<Outcome> {
    let (options, accounts) = (options(args)?, args.portals.accounts()?);
    let (found, files) = args.at.at_desk(async |desk| {
        let found = match &args.invoice {
            Some(named) => vec![desk.rejection(named).await?],
            None => desk.rejections().await?,
        };
        let mut files = Vec::with_capacity(found.len());
        for rejection in &found {
            files.push(desk.file_of(&rejection.row)?);
        }
        Ok((found, files))
    })?;
    if found.is_empty() && !args.json {
        writeln!(out, "Nothing refused waits to be corrected.")?;
    }
    let mut limits = ClientLimits::new(&options.shelf);
    for (rejection, bytes) in found.iter().zip(&files) {
        let offer = offer(&rejection.row, bytes, &options)?;
        if let Some(file) = &args.fixed {
            fs::write(file, &offer.bytes)
                .with_context(|| format!("{}: cannot be written", file.display()))?;
        }
        let portal = portal_of(&rejection.row, &rejection.submission.account, &accounts);
        let limits = limits.of(&rejection.row, &portal)?;
        let clock = Clock::of(&rejection.row, rejection.oldest_line, limits, options.today);
        let packs = options.shelf.packs();
        let numbering = NextNumber::of_invoice(&rejection.row, &portal, &options.lists, packs);
        if args.json {
            let object = json!({
                "rejection": rejection,
                "portal": portal,
                "next_number": numbering.words(&rejection.row.number),
                "late": clock.sentences(),
                "fixes": { "safe": offer.safe, "offered": offer.rules },
            });
            writeln!(out, "{object}")?;
            continue;
        }
        show(rejection, &portal, numbering, &clock, &offer, out)?;
        if let Some(file) = &args.fixed {
            writeln!(out, "  written   {}", file.display())?;
        }
    }
    Ok(match found.is_empty() {
        true => Outcome::Clean,
        false => Outcome::Findings,
    })
}

fn options(args: &Args) -> anyhow::Result<Options> {
    let settings = settings()?;
    let lists = firm_lists(args.firm.as_deref())?;
    let today = args
        .today
        .unwrap_or_else(|| chrono::Local::now().date_naive());
    Ok(Options {
        lists: Arc::new(lists),
        history: Arc::new(history(&settings.paths(&HISTORY))?),
        ..Options::on(today, args.portals.shelf()?)
    })
}

fn portal_of(row: &InvoiceRow, account: &str, accounts: &Accounts) -> String {
    let account = accounts.account.get(account).map(|a| a.portal.clone());
    account.unwrap_or_else(|| row.portal.clone())
}

/// What `fix` would do.
fn offer(row: &InvoiceRow, bytes: &[u8], options: &Options) -> anyhow::Result<Offer> {
    match fix(&row.number, bytes, options, &BTreeSet::new()) {
        Ok(fixed) => Ok(Offer {
            safe: fixed.changes.len(),
            rules: fixed
                .offered
                .iter()
                .map(|(rule, places)| format!("{rule} ({places})"))
                .collect(),
            bytes: fixed.bytes,
        }),
        Err(crate::revise::fix::FixError::Check(error)) => Err(error.into()),
        // What cannot be fixed by a program is shown all the same.
        Err(_) => Ok(Offer {
            bytes: bytes.to_vec(),
            ..Offer::default()
        }),
    }
}

fn show(
    rejection: &Rejection,
    portal: &str,
    numbering: NextNumber<'_>,
    clock: &Clock,
    offer: &Offer,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    let row = &rejection.row;
    let total = row
        .total
        .map_or_else(|| "?".to_owned(), |t| money(t, &row.currency));
    let portal = if portal.is_empty() {
        &rejection.submission.account
    } else {
        portal
    };
    writeln!(
        out,
        "{} of client {}, {total}, at {portal}",
        row.number, row.client
    )?;
    writeln!(
        out,
        "  refused   {} (version {}), {}",
        instant(rejection.submission.changed_ms),
        rejection.submission.version,
        match rejection.tries {
            1 => "for the first time".to_owned(),
            n => format!("{n} times by now"),
        }
    )?;
    let stage = match (rejection.stage, &rejection.replaced_by) {
        (Stage::Refused, _) => "nothing was done yet".to_owned(),
        (Stage::InCorrection, None) => format!("version {} is being corrected", row.version),
        (Stage::InCorrection, Some(number)) => format!("{number} in its place is being worked on"),
        (Stage::Cleared, None) => format!("cleared: cleanbill resubmit {}", row.number),
        (Stage::Cleared, Some(number)) => format!("cleared: cleanbill resubmit {number}"),
    };
    writeln!(out, "  stage     {stage}")?;
    if let Some(original) = &rejection.original {
        writeln!(out, "  follows   {original}")?;
    }
    if rejection.causes.is_empty() {
        writeln!(
            out,
            "  cause     none was given; look at the portal, and type it in (cleanbill answers type)"
        )?;
    }
    reasons(&rejection.causes, 2, out)?;
    let fixes = match (offer.safe, offer.rules.is_empty()) {
        (0, true) => "none by the program; correct it in the billing system".to_owned(),
        (safe, true) => format!(
            "{safe} of form (cleanbill rejections {} --fixed FILE)",
            row.number
        ),
        (safe, false) => format!(
            "{safe} of form, and with a name and a reason: {} (cleanbill fix)",
            offer.rules.join(", ")
        ),
    };
    writeln!(out, "  fixes     {fixes}")?;
    writeln!(out, "  number    {}", numbering.words(&row.number))?;
    for sentence in clock.sentences() {
        writeln!(out, "  late?     {sentence}")?;
    }
    Ok(())
}
