//! `cleanbill answers`: what portals and clients said by mail, in tables, or on the telephone.

mod ears;
mod fetch;
mod import;
mod shown;
mod typed;
mod words;

pub use ears::{Ears, files};
pub use fetch::fetch;
pub use import::tell;
pub(super) use import::told;
pub use shown::reasons;

use super::Outcome;
use super::deed::Because;
use super::portals::At;
use super::tracker::{StoreArgs, instant};
use import::import;
use std::io::Write;
use typed::typed;

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
    Import(Box<import::Args>),
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
    Type(Box<typed::Args>),
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
        Command::Import(args) => import(args, out),
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
        Command::Type(args) => typed(args, out),
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
