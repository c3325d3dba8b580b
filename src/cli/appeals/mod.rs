//! `cleanbill appeals`: what can still be appealed, and appeals from the proposal to their outcome.
//! Not here: windows and who decides (`workflow`), and the words of letters (`reports`).

mod list;
mod open;
mod packet;

use super::Outcome as Ended;
use super::basis::Folders;
use super::deed::{Because, Whose};
use super::reductions::ground;
use super::settings::settings;
use super::tracker::{StoreArgs, money};
use crate::check::{Checker, Options};
use crate::config::APPEAL_ALARM_DAYS;
use crate::reports::calendar;
use crate::rules::Shelf;
use crate::workflow::{AppealDue, AppealOutcome, Filing, NewAppeal};
use anyhow::{Context, bail};
use chrono::{NaiveDate, Utc};
use clap::Subcommand;
use list::{ending, every, list, until};
use open::{clocks, open, within};
use packet::{filed, packet};
use rust_decimal::Decimal;
use std::fs;
use std::io::Write;
use std::path::PathBuf;

/// Arguments of `appeals`.
#[derive(Debug, clap::Args)]
#[command(
    before_help = "Example:  cleanbill appeals list --due 7d\n          cleanbill appeals propose INV000001 --items 4,7 --why \"the hearing lasted that long\"\n          cleanbill appeals decide 3f9a1c02 --file --reason \"worth it\"\n          cleanbill appeals file 3f9a1c02"
)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

/// What every one of them is based on.
#[derive(Debug, clap::Args)]
struct Common {
    #[command(flatten)]
    folders: Folders,
    #[command(flatten)]
    at: StoreArgs,
}

#[derive(Debug, Subcommand)]
enum What {
    /// What is lost if nobody acts: what ends first comes first
    List {
        /// Only what ends within so many days, what has no window, and what waits for its window to begin
        #[arg(long, value_name = "DAYS", value_parser = days)]
        due: Option<u32>,
        /// Every appeal, those that ended included
        #[arg(long, conflicts_with = "due")]
        all: bool,
        #[command(flatten)]
        whose: Whose,
        /// As JSON
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        common: Box<Common>,
    },
    /// Propose an appeal against what was cut from an invoice
    Propose {
        /// The invoice: its number or id
        #[arg(value_name = "INVOICE")]
        invoice: String,
        /// Lines or reductions [default: everything that is open]
        #[arg(long, value_name = "ITEM,...", value_delimiter = ',')]
        items: Vec<String>,
        /// What speaks for it, for the partner and the letter
        #[arg(long, value_name = "TEXT")]
        why: String,
        #[command(flatten)]
        common: Box<Common>,
    },
    /// Decide whether an appeal is filed (a partner other than who proposed it)
    Decide {
        /// The appeal
        #[arg(value_name = "ID")]
        id: String,
        /// It is filed
        #[arg(long, required_unless_present = "drop", conflicts_with = "drop")]
        file: bool,
        /// It is dropped
        #[arg(long)]
        drop: bool,
        #[command(flatten)]
        because: Because,
    },
    /// Put together what speaks for an appeal, with a draft of the letter
    Packet {
        /// The appeal
        #[arg(value_name = "ID")]
        id: String,
        /// Write packet.txt and letter.txt into this folder [default: print both]
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
        #[command(flatten)]
        common: Box<Common>,
    },
    /// Make the portal's own form: an invoice of its own, or a page to work from
    File {
        /// The appeal
        #[arg(value_name = "ID")]
        id: String,
        /// The portal's route, where the client may choose
        #[arg(long, value_name = "NAME")]
        route: Option<String>,
        /// The number of its invoice, where nothing says how it is made
        #[arg(long, value_name = "NUMBER")]
        number: Option<String>,
        /// The date of its invoice [default: that of the first]
        #[arg(long, value_name = "DATE")]
        date: Option<NaiveDate>,
        #[command(flatten)]
        common: Box<Common>,
    },
    /// Confirm that a person has filed an appeal inside the portal
    Filed {
        /// The appeal
        #[arg(value_name = "ID")]
        id: String,
        /// What the portal calls it
        #[arg(long, value_name = "NUMBER")]
        number: Option<String>,
        #[command(flatten)]
        common: Box<Common>,
    },
    /// Say what became of an appeal, where no answer to its own invoice says so
    Outcome {
        /// The appeal
        #[arg(value_name = "ID")]
        id: String,
        /// All of it came back
        #[arg(long, conflicts_with_all = ["lost", "line"])]
        won: bool,
        /// Nothing came back
        #[arg(long, conflicts_with = "line")]
        lost: bool,
        /// So much of a line or reduction came back; of lines that are not named nothing
        #[arg(long, value_name = "LINE=AMOUNT", value_parser = part)]
        line: Vec<(String, Decimal)>,
        /// How that is known
        #[arg(long, value_name = "TEXT")]
        reason: String,
        #[command(flatten)]
        at: StoreArgs,
    },
    /// Take an appeal back that has no answer (a partner)
    Withdraw {
        /// The appeal
        #[arg(value_name = "ID")]
        id: String,
        #[command(flatten)]
        because: Because,
    },
    /// Write the windows that close as a calendar (ICS)
    Calendar {
        /// The file
        #[arg(value_name = "FILE")]
        file: PathBuf,
        #[command(flatten)]
        whose: Whose,
        #[command(flatten)]
        common: Box<Common>,
    },
}

fn days(text: &str) -> Result<u32, String> {
    let number = text.strip_suffix('d').unwrap_or(text);
    number
        .parse()
        .map_err(|_| "write a number of days, as 7d".to_owned())
}

fn part(text: &str) -> Result<(String, Decimal), String> {
    let wrong = || "write the line and what came back, as 4=120.50".to_owned();
    let (line, amount) = text.split_once('=').ok_or_else(wrong)?;
    let amount = amount.trim().parse().map_err(|_| wrong())?;
    Ok((line.trim().to_owned(), amount))
}

impl Common {
    fn options(&self) -> anyhow::Result<Options> {
        self.folders.options(Shelf::shipped()?, None)
    }
}

/// How many days before the end somebody is told.
pub(super) fn alarm_days() -> anyhow::Result<u32> {
    Ok(settings()?.number(&APPEAL_ALARM_DAYS).unwrap_or(7))
}

/// Proposes, decides, files, lists.
pub fn run(args: &Args, out: &mut impl Write) -> anyhow::Result<Ended> {
    match &args.what {
        What::List {
            due,
            all,
            whose,
            json,
            common,
        } => {
            if *all {
                return every(whose, *json, common, out);
            }
            let found = open(common, whose)?;
            let clocks = clocks(common, whose, *due)?;
            let kept: Vec<AppealDue> = match due {
                Some(days) => found.into_iter().filter(|d| within(d, *days)).collect(),
                None => found,
            };
            if *json {
                writeln!(out, "{}", serde_json::to_string_pretty(&kept)?)?;
                return Ok(Ended::Clean);
            }
            list(&kept, alarm_days()?, out)?;
            if !clocks.is_empty() {
                writeln!(out, "\nOther clocks of portals:")?;
            }
            for clock in &clocks {
                writeln!(
                    out,
                    "{:<10} {:<16} {:<10} {}",
                    "-",
                    clock.invoice.number,
                    clock.invoice.client,
                    clock.next()
                )?;
                writeln!(out, "{:11}{}", "", until(&clock.deadline, alarm_days()?))?;
            }
        }
        What::Propose {
            invoice,
            items,
            why,
            common,
        } => {
            let options = common.options()?;
            let new = NewAppeal {
                invoice,
                items,
                why,
            };
            let (row, deadline) = common
                .at
                .at_desk(async |desk| Ok(desk.propose_appeal(new, &ground(&options)).await?))?;
            writeln!(
                out,
                "Proposed: appeal {} for {} of invoice {invoice}. A partner decides: cleanbill appeals decide {} \
                 --file|--drop --reason \"...\"",
                row.id,
                money(row.claimed, &row.currency),
                row.id
            )?;
            writeln!(out, "{}", until(&deadline, alarm_days()?))?;
        }
        What::Decide {
            id,
            file,
            drop: _,
            because,
        } => {
            let Because { reason, at } = because;
            let row = at.at_desk(async |desk| Ok(desk.decide_appeal(id, *file, reason).await?))?;
            match *file {
                true => writeln!(
                    out,
                    "Decided: appeal {id} is to be filed: cleanbill appeals file {id}"
                )?,
                false => writeln!(
                    out,
                    "Dropped: appeal {id}; its {} are open again, to be accepted or appealed.",
                    money(row.claimed, &row.currency)
                )?,
            }
        }
        What::Packet {
            id,
            out: to,
            common,
        } => packet(id, to.as_deref(), common, out)?,
        What::File {
            id,
            route,
            number,
            date,
            common,
        } => {
            let options = common.options()?;
            let checker = Checker::new(options.clone());
            let filing = Filing {
                route: route.as_deref(),
                number: number.as_deref(),
                date: *date,
            };
            let (done, packet) = common.at.at_desk(async |desk| {
                let ground = ground(&options);
                let done = desk.prepare_appeal(id, filing, &ground, &checker).await?;
                let packet = desk.packet(id, &ground).await?;
                Ok((done, packet))
            })?;
            filed(&done, &packet, out)?;
        }
        What::Filed { id, number, common } => {
            let options = common.options()?;
            let row = common.at.at_desk(async |desk| {
                let done = desk.confirm_filed(id, number.as_deref(), &options.lists);
                Ok(done.await?)
            })?;
            writeln!(
                out,
                "Filed: appeal {id} for {}.",
                money(row.claimed, &row.currency)
            )?;
        }
        What::Outcome {
            id,
            won,
            lost,
            line,
            reason,
            at,
        } => {
            let outcome = match (won, lost, line.as_slice()) {
                (true, ..) => AppealOutcome::Won,
                (_, true, _) => AppealOutcome::Lost,
                (.., []) => bail!("say what became of it: --won, --lost, or --line LINE=AMOUNT"),
                (.., lines) => AppealOutcome::Lines(lines.to_vec()),
            };
            let row = at.at_desk(async |desk| Ok(desk.end_appeal(id, &outcome, reason).await?))?;
            writeln!(out, "{}", ending(&row))?;
        }
        What::Withdraw { id, because } => {
            let Because { reason, at } = because;
            let row = at.at_desk(async |desk| Ok(desk.withdraw_appeal(id, reason).await?))?;
            writeln!(
                out,
                "Withdrawn: appeal {id}; what it asked for is open again."
            )?;
            if row.filed_as.is_some() && row.filed_ms.is_none() {
                writeln!(
                    out,
                    "Its file will not be sent: withdraw invoice {} too.",
                    row.number
                )?;
            }
        }
        What::Calendar {
            file,
            whose,
            common,
        } => {
            let found = open(common, whose)?;
            let text = calendar::calendar(&found, alarm_days()?, Utc::now());
            fs::write(file, text)
                .with_context(|| format!("{}: cannot be written", file.display()))?;
            let without = found
                .iter()
                .filter(|d| d.deadline.until_ms().is_none())
                .count();
            writeln!(
                out,
                "{} windows written to {}.",
                found.len() - without,
                file.display()
            )?;
            if without > 0 {
                writeln!(
                    out,
                    "{without} without a window are not in it: cleanbill appeals list shows them"
                )?;
            }
        }
    }
    Ok(Ended::Clean)
}
