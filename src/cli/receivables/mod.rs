//! `cleanbill receivables`: what clients owe, for how long, and drafts of reminders.
//! Not here: what is owed (`workflow`), and the words of letters (`reports`).

mod open;
mod reminders;

use super::Outcome;
use super::deed::Whose;
use super::payments::Format;
use super::settings::settings;
use super::tracker::StoreArgs;
use crate::config::{RECEIVABLES_FROM, REMINDER_DAYS};
use crate::model::did_you_mean;
use crate::workflow::{AgeFrom, Receivable, ReceivableTerms};
use anyhow::{Context, bail};
use clap::Subcommand;
use open::{invoices, short, sums};
use reminders::{escalations, reminders};
use std::io::Write;
use std::path::PathBuf;

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

    #[command(flatten)]
    whose: Whose,

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
    owed.all.retain(|r| args.whose.fits(&r.invoice));
    if args.short {
        short(&owed, args.format, out)?;
    } else if let Some(by) = args.by {
        sums(&owed, by, args.format, out)?;
    } else {
        invoices(&owed, args.format, out)?;
    }
    Ok(Outcome::Clean)
}
