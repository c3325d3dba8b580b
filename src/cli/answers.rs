//! `cleanbill answers`: what portals and clients said by mail, in tables, or on the telephone.

mod ears;
mod fetch;
mod shown;
mod words;

pub use ears::{Ears, files};
pub use fetch::fetch;
pub use shown::reasons;

use super::Outcome;
use super::deed::Because;
use super::named::parsed;
use super::portals::At;
use super::tracker::{StoreArgs, instant};
use crate::model;
use crate::portals::answers::AnswerMapping;
use crate::store::Filter;
use crate::workflow::Desk;
use crate::workflow::answers::{Brought, Standing, Typed};
use anyhow::Context;
use rust_decimal::Decimal;
use std::io::Write;
use std::path::PathBuf;

/// Arguments of `answers`.
#[derive(Debug, clap::Args)]
#[command(
    before_help = "Example:  cleanbill answers import mails/ ack.csv --accounts portals.toml\n          cleanbill answers list --queue\n          cleanbill answers assign 3fa91c07b2d4 INV000001"
)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Bring in result mails (.eml), tables (CSV) and workbooks: files, or folders of them
    #[command(
        before_help = "Example:  cleanbill answers import mails/ --accounts portals.toml\n          cleanbill answers import charges.xls --portal CounselLink\n          cleanbill answers import export.csv --portal \"House portal\" --mapping house.toml",
        after_help = "A thing that is brought in twice is one answer. What matches no invoice or several, whose sender is not proven, \
                      whose figures do not fit or which contradicts what is known waits for a person: answers list --queue.\n\nExit \
                      status: 0 all of it was taken; 1 something waits, or could not be read; 2 wrong usage; 3 the system failed."
    )]
    Import {
        /// Files or folders
        #[arg(value_name = "PATH", required = true)]
        paths: Vec<PathBuf>,

        /// The portal they are from
        #[arg(long, value_name = "NAME")]
        portal: Option<String>,

        /// Which column says what (TOML), for tables nobody knows
        #[arg(long, value_name = "FILE")]
        mapping: Option<PathBuf>,

        #[command(flatten)]
        portals: At,

        #[command(flatten)]
        at: StoreArgs,
    },
    /// Bring in result mails out of the firm's mailbox (mail.imap of the accounts); the mailbox is not changed
    #[command(
        before_help = "Example:  cleanbill answers fetch --accounts portals.toml",
        after_help = "Mails of portals only, by the senders of their accounts, each once. The overnight job does the same.\n\n\
                      [mail.imap]\n\
                      url = \"imaps://imap.firm.example\"\n\
                      sign_in = { kind = \"basic\", user = \"ebilling\", password = { env = \"EBILLING_PASSWORD\" } }\n\
                      mailbox = \"INBOX\"            # the default\n\
                      days = 31                    # older mails are not looked at; the default\n\n\
                      Exit status: as of import."
    )]
    Fetch {
        #[command(flatten)]
        portals: At,

        #[command(flatten)]
        at: StoreArgs,
    },
    /// List what was heard, the latest first
    #[command(before_help = "Example:  cleanbill answers list --queue")]
    List {
        /// Only what waits for a person
        #[arg(long)]
        queue: bool,

        /// One JSON object a line
        #[arg(long)]
        json: bool,

        /// No more than so many
        #[arg(long, value_name = "N", default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..))]
        limit: u32,

        #[command(flatten)]
        at: StoreArgs,
    },
    /// Show an answer: what it says, what its reasons mean, and why it waits
    #[command(before_help = "Example:  cleanbill answers show 3fa91c07b2d4")]
    Show {
        /// The answer: its id, or the beginning of it
        #[arg(value_name = "ID")]
        id: String,

        /// As JSON
        #[arg(long)]
        json: bool,

        #[command(flatten)]
        at: StoreArgs,
    },
    /// Say which invoice an answer is about; it is taken then
    #[command(before_help = "Example:  cleanbill answers assign 3fa91c07b2d4 INV000001")]
    Assign {
        /// The answer: its id, or the beginning of it
        #[arg(value_name = "ID")]
        id: String,

        /// The invoice: its number or id
        #[arg(value_name = "INVOICE")]
        invoice: String,

        #[command(flatten)]
        at: StoreArgs,
    },
    /// Put an answer aside that says nothing to us
    #[command(
        before_help = "Example:  cleanbill answers put-aside 3fa91c07b2d4 --reason \"of the office in Leeds\""
    )]
    PutAside {
        /// The answer: its id, or the beginning of it
        #[arg(value_name = "ID")]
        id: String,

        #[command(flatten)]
        because: Because,
    },
    /// Type in what a portal's page shows or a client says
    #[command(
        before_help = "Example:  cleanbill answers type INV000001 --word rejected --reason \"no match for the matter number\"\n          cleanbill answers type INV000001 --word reduced --line 3 --cut 120.00 --reason \"block billing\""
    )]
    Type {
        /// The invoice: its number or id
        #[arg(value_name = "INVOICE")]
        invoice: String,

        /// received, acknowledged, in-review, action-required, approved, reduced, rejected, partly-paid, paid; or the
        /// portal's own word
        #[arg(long, value_name = "WORD")]
        word: String,

        /// Why, in the client's words
        #[arg(long, value_name = "TEXT")]
        reason: String,

        /// The line it is about (LINE_ITEM_NUMBER)
        #[arg(long, value_name = "N")]
        line: Option<String>,

        /// How much was cut of the line, or of the invoice
        #[arg(long, value_name = "AMOUNT")]
        cut: Option<Decimal>,

        /// What will be paid of the whole invoice
        #[arg(long, value_name = "AMOUNT")]
        approved: Option<Decimal>,

        #[command(flatten)]
        portals: At,

        #[command(flatten)]
        at: StoreArgs,
    },
    /// List words of portals and clients nobody knows the meaning of
    #[command(before_help = "Example:  cleanbill answers reasons")]
    Reasons {
        /// Those that were decided on too
        #[arg(long)]
        all: bool,

        #[command(flatten)]
        at: StoreArgs,
    },
    /// Say what words mean; it is remembered for the next time
    #[command(before_help = "Example:  cleanbill answers reason 5d0c1be2a94f block_billing")]
    Reason {
        /// The words: their id, as `answers reasons` shows it
        #[arg(value_name = "WORDS-ID")]
        id: String,

        /// The reason, as block_billing (the file rules/reasons.csv has them all)
        #[arg(value_name = "SLUG")]
        slug: String,

        #[command(flatten)]
        at: StoreArgs,
    },
    /// Words of portals and clients that are remembered, with what people said they mean
    #[command(
        before_help = "Example:  cleanbill answers words list\n          cleanbill answers words forget 5d0c1be2a94f",
        after_help = "Words go by themselves when the documents of every invoice they were said of are purged."
    )]
    Words {
        #[command(subcommand)]
        command: words::Command,
    },
}

/// Runs one of the commands.
pub fn run(args: &Args, out: &mut impl Write) -> anyhow::Result<Outcome> {
    match &args.command {
        Command::Import {
            paths,
            portal,
            mapping,
            portals,
            at,
        } => import(paths, portal.as_deref(), mapping.as_ref(), portals, at, out),
        Command::Fetch { portals, at } => {
            let ears = Ears::new(portals)?;
            anyhow::ensure!(
                ears.mailbox().is_some(),
                "the accounts name no mailbox: write it under [mail.imap]; cleanbill answers fetch --help shows how"
            );
            let fetched = at.at_desk(async |desk| fetch(desk, &ears).await)?;
            writeln!(out, "{} mails fetched", fetched.mails)?;
            tell(&fetched.brought, &fetched.unread, out)
        }
        Command::List {
            queue,
            json,
            limit,
            at,
        } => {
            let all =
                at.at_desk(async |desk| Ok(desk.answers(*queue, i64::from(*limit)).await?))?;
            shown::list(&all, *queue, *json, out)?;
            Ok(Outcome::Clean)
        }
        Command::Show { id, json, at } => {
            let answer = at.at_desk(async |desk| Ok(desk.answer(id).await?))?;
            shown::one(&answer, *json, out)?;
            Ok(Outcome::Clean)
        }
        Command::Assign { id, invoice, at } => {
            let parcel = at.at_desk(async |desk| Ok(desk.assign_answer(id, invoice).await?))?;
            let row = &parcel.invoice;
            writeln!(out, "Invoice {} is {} now", row.number, row.state)?;
            Ok(Outcome::Clean)
        }
        Command::PutAside { id, because } => {
            let Because { reason, at } = because;
            let row = at.at_desk(async |desk| Ok(desk.put_answer_aside(id, reason).await?))?;
            writeln!(out, "Answer {} is put aside", &row.id[..12])?;
            Ok(Outcome::Clean)
        }
        Command::Type { .. } => typed(&args.command, out),
        Command::Reasons { all, at } => {
            let words = at.at_desk(async |desk| Ok(desk.unknown_reasons(*all).await?))?;
            if words.is_empty() {
                writeln!(out, "No words wait for somebody to say what they mean.")?;
            }
            for word in &words {
                let meaning = match (&word.slug, &word.decided_by) {
                    (Some(slug), Some(who)) => format!("  = {slug}, by {who}"),
                    _ => String::new(),
                };
                writeln!(
                    out,
                    "{}  {}  {}{meaning}",
                    word.id,
                    instant(word.first_ms),
                    word.words
                )?;
            }
            Ok(Outcome::Clean)
        }
        Command::Words { command } => words::run(command, out),
        Command::Reason { id, slug, at } => {
            let word = at.at_desk(async |desk| Ok(desk.choose_reason(id, slug).await?))?;
            writeln!(out, "\"{}\" means {slug} from now on", word.words)?;
            Ok(Outcome::Clean)
        }
    }
}

fn import(
    paths: &[PathBuf],
    portal: Option<&str>,
    mapping: Option<&PathBuf>,
    portals: &At,
    at: &StoreArgs,
    out: &mut impl Write,
) -> anyhow::Result<Outcome> {
    let mapping = match mapping {
        Some(file) => Some(parsed(file, "the mapping", AnswerMapping::parse)?),
        None => None,
    };
    let ears = Ears::new(portals)?;
    if let (Some(name), None) = (portal, &mapping) {
        ears.known(name)?;
    }
    let listener = ears.listener(portal, mapping);
    let ways = ears.ways();
    let brought = at.at_desk(async |desk| {
        let mut all = Vec::new();
        let mut unread = Vec::new();
        for file in files(paths) {
            match file {
                Ok((name, bytes)) => {
                    let heard = listener.read(&name, &bytes);
                    unread.extend(heard.mistakes.iter().map(ToString::to_string));
                    all.extend(heard.told);
                }
                Err(why) => unread.push(why),
            }
        }
        Ok((desk.hear(&all, &ways).await?, unread))
    })?;
    tell(&brought.0, &brought.1, out)
}

/// Says what became of what was heard.
pub fn tell(
    brought: &[Brought],
    unread: &[String],
    out: &mut impl Write,
) -> anyhow::Result<Outcome> {
    let (mut taken, mut known, mut waits) = (0, 0, 0);
    for one in brought {
        let state = one
            .state
            .as_ref()
            .map_or_else(String::new, |s| format!(", the invoice is {s} now"));
        let before = if one.known { " (known before)" } else { "" };
        let number = if one.number.is_empty() {
            "-"
        } else {
            &one.number
        };
        writeln!(
            out,
            "{number:<16} {:<15} {}{before}{state}  [{}]  {}",
            one.outcome.name(),
            one.standing.name(),
            &one.id[..12],
            one.place
        )?;
        for why in &one.why {
            writeln!(out, "{}", super::paragraph::paragraph(why, 4))?;
        }
        match one.standing {
            Standing::Taken | Standing::PutAside if one.known => known += 1,
            Standing::Taken => taken += 1,
            _ => waits += 1,
        }
    }
    told([taken, known, waits], unread, out)
}

/// How much was taken, was known before and waits for a person, and what could not be read.
pub(super) fn told(
    [taken, known, waits]: [usize; 3],
    unread: &[String],
    out: &mut impl Write,
) -> anyhow::Result<Outcome> {
    for why in unread {
        writeln!(out, "not read: {why}")?;
    }
    writeln!(
        out,
        "{taken} taken, {known} known before, {waits} waiting for a person, {} not read",
        unread.len()
    )?;
    Ok(match waits == 0 && unread.is_empty() {
        true => Outcome::Clean,
        false => Outcome::Findings,
    })
}

fn typed(command: &Command, out: &mut impl Write) -> anyhow::Result<Outcome> {
    let Command::Type {
        invoice,
        word,
        reason,
        line,
        cut,
        approved,
        portals,
        at,
    } = command
    else {
        return Ok(Outcome::Usage);
    };
    let ears = Ears::new(portals)?;
    let state = at.at_desk(async |desk| {
        let portal = portal_of(desk, invoice).await?;
        let meant = ears.meaning(&portal, word);
        let outcome = meant.with_context(|| {
            let known = model::Outcome::ALL.map(model::Outcome::name);
            format!(
                "--word: nobody knows \"{word}\"; {}",
                model::did_you_mean(word, known)
            )
        })?;
        let typed = Typed {
            outcome,
            word: word.clone(),
            reason: reason.clone(),
            item: line.clone(),
            cut: *cut,
            approved: *approved,
        };
        Ok(desk.type_answer(invoice, &typed).await?)
    })?;
    writeln!(out, "Invoice {invoice} is {state} now")?;
    Ok(Outcome::Clean)
}

async fn portal_of(desk: &Desk<'_>, invoice: &str) -> anyhow::Result<String> {
    let filter = Filter {
        named: Some(invoice.to_owned()),
        ..Filter::default()
    };
    let rows = desk.list(&filter).await?;
    Ok(rows.first().map(|r| r.portal.clone()).unwrap_or_default())
}
