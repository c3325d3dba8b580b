//! `cleanbill retention`.

use super::tracker::StoreArgs;
use crate::workflow::Due;
use chrono::NaiveDate;
use clap::Subcommand;
use std::io::Write;

/// Arguments of `retention`.
#[derive(Debug, clap::Args)]
#[command(
    before_help = "Example:  cleanbill retention set --client C0001 --years 7\n          cleanbill retention report"
)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Say for how many years documents are kept after an invoice was paid or withdrawn
    Set {
        /// Of this client; a rule of its own comes before the one for all others
        #[arg(long, value_name = "ID", required_unless_present = "all_others")]
        client: Option<String>,
        /// Of every client without a rule of its own
        #[arg(long, conflicts_with = "client")]
        all_others: bool,
        /// So many years
        #[arg(long, value_name = "N", required_unless_present = "for_ever", value_parser = clap::value_parser!(u16).range(1..=200))]
        years: Option<u16>,
        /// Take the rule away: documents stay
        #[arg(long, conflicts_with = "years")]
        for_ever: bool,
        #[command(flatten)]
        at: StoreArgs,
    },
    /// The rules
    List {
        #[command(flatten)]
        at: StoreArgs,
    },
    /// Which documents purge would take away
    Report {
        /// On this day [default: today]
        #[arg(long, value_name = "DATE")]
        today: Option<NaiveDate>,
        #[command(flatten)]
        at: StoreArgs,
    },
}

/// A client as it is printed.
fn client(id: &str) -> &str {
    if id.is_empty() { "all others" } else { id }
}

/// Sets, lists, or says what will go.
pub fn run(args: &Args, out: &mut impl Write) -> anyhow::Result<()> {
    match &args.what {
        What::Set {
            client: id,
            years,
            at,
            ..
        } => {
            let id = id.as_deref().unwrap_or("");
            at.at_desk(async |desk| Ok(desk.retain(id, *years).await?))?;
            match years {
                Some(years) => writeln!(
                    out,
                    "Documents of {} are kept {years} years after the end of an invoice. Nothing goes by itself: see \
                     cleanbill retention report, then cleanbill purge.",
                    client(id)
                )?,
                None => writeln!(out, "Documents of {} stay.", client(id))?,
            }
        }
        What::List { at } => {
            let rules = at.at_desk(async |desk| Ok(desk.retention().await?))?;
            if rules.is_empty() {
                writeln!(out, "No rules: documents stay.")?;
            }
            for (id, years) in rules {
                writeln!(out, "{:<20} {years} years", client(&id))?;
            }
        }
        What::Report { today, at } => {
            let today = today.unwrap_or_else(|| chrono::Local::now().date_naive());
            let due = at.at_desk(async |desk| Ok(desk.due(today).await?))?;
            print(&due, out)?;
            writeln!(out, "{} may go on {today}.", invoices(due.len()))?;
        }
    }
    Ok(())
}

/// So many invoices.
pub fn invoices(n: usize) -> String {
    match n {
        1 => "1 invoice".to_owned(),
        n => format!("{n} invoices"),
    }
}

/// What goes.
pub fn print(due: &[Due], out: &mut impl Write) -> anyhow::Result<()> {
    if !due.is_empty() {
        writeln!(
            out,
            "{:<16} {:<12} {:<10} {:<10} {:<10} documents",
            "number", "client", "state", "ended", "may go"
        )?;
    }
    for due in due {
        writeln!(
            out,
            "{:<16} {:<12} {:<10} {:<10} {:<10} {}",
            due.row.number,
            due.row.client,
            due.row.state,
            due.ended.to_string(),
            due.from.to_string(),
            due.documents.len()
        )?;
    }
    Ok(())
}
