//! `cleanbill write-down`.

use super::basis::Basis;
use super::paragraph::paragraph;
use super::tracker::{StoreArgs, instant, money};
use crate::check::Checker;
use crate::workflow::{Lowered, NewWriteDown, Proposed, reason_codes};
use anyhow::bail;
use clap::{Subcommand, ValueEnum};
use rust_decimal::Decimal;
use std::io::{self, Write};

/// Arguments of `write-down`.
#[derive(Debug, clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    before_help = "Example:  cleanbill write-down INV000001 4 --hours 0.5 --reason-code excessive_time --reason \"routine motion\"\n          cleanbill write-down decide 3f9a1c02 accept --reason \"agreed\"\n          cleanbill write-down list"
)]
pub struct Args {
    #[command(subcommand)]
    what: Option<What>,

    /// The invoice: its number or id
    #[arg(value_name = "INVOICE")]
    invoice: Option<String>,

    /// The line (LINE_ITEM_NUMBER)
    #[arg(value_name = "LINE")]
    line: Option<String>,

    /// How much lower it is to be billed, without tax
    #[arg(long, value_name = "AMOUNT", conflicts_with = "hours")]
    amount: Option<Decimal>,

    /// How many of its hours are not to be billed
    #[arg(long, value_name = "HOURS")]
    hours: Option<Decimal>,

    /// Why, by a code of cleanbill write-down codes
    #[arg(long, value_name = "CODE")]
    reason_code: Option<String>,

    /// Why, for the partner who decides
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,

    #[command(flatten)]
    basis: Basis,

    #[command(flatten)]
    at: StoreArgs,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Decide on one (a partner other than who proposed it); accepted, it becomes a new version of the invoice
    Decide(Box<Decide>),
    /// Those that wait for a decision
    List {
        /// As JSON
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        at: StoreArgs,
    },
    /// The reason codes
    Codes,
}

#[derive(Debug, clap::Args)]
struct Decide {
    /// The write-down
    #[arg(value_name = "ID")]
    id: String,

    /// What is to become of it
    #[arg(value_name = "DECISION")]
    decision: Decision,

    /// Why
    #[arg(long, value_name = "TEXT")]
    reason: String,

    #[command(flatten)]
    basis: Basis,

    #[command(flatten)]
    at: StoreArgs,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
enum Decision {
    Accept,
    Refuse,
}

/// Proposes, decides or lists write-downs.
pub fn run(args: &Args, out: &mut impl Write) -> anyhow::Result<()> {
    match &args.what {
        Some(What::Codes) => {
            for code in reason_codes() {
                writeln!(out, "{:<24} {}", code.code, code.meaning)?;
            }
            Ok(())
        }
        Some(What::List { json, at }) => {
            let open = at.at_desk(async |desk| Ok(desk.open_write_downs().await?))?;
            if *json {
                writeln!(out, "{}", serde_json::to_string_pretty(&open)?)?;
                return Ok(());
            }
            if open.is_empty() {
                writeln!(out, "No write-down waits for a decision.")?;
            }
            for one in &open {
                print(one, out)?;
            }
            if !open.is_empty() {
                writeln!(
                    out,
                    "\nA partner decides: cleanbill write-down decide ID accept|refuse --reason \"...\""
                )?;
            }
            Ok(())
        }
        Some(What::Decide(one)) => decide(one, out),
        None => propose(args, out),
    }
}

fn print(one: &Proposed, out: &mut impl Write) -> io::Result<()> {
    let item = &one.item;
    writeln!(
        out,
        "{}  invoice {}, client {}, line {}: {} lower ({}), proposed by {} on {}",
        item.id,
        one.invoice,
        one.client,
        item.line_item,
        money(item.amount.unwrap_or_default(), &one.currency),
        item.code,
        item.by,
        instant(item.at_ms)
    )?;
    match &one.line {
        Some(line) => {
            let units = line.units.map_or_else(String::new, |u| format!("{u} x "));
            let price = line
                .unit_cost
                .map_or_else(String::new, |c| format!("{c} = "));
            let total = line.total.map_or_else(|| "?".to_owned(), |t| t.to_string());
            let text = format!(
                "{units}{price}{total}, {}: {}",
                line.timekeeper_id, line.narrative
            );
            writeln!(out, "{}", paragraph(&text, 10))?;
        }
        None => writeln!(out, "          The line is gone; refuse this write-down.")?,
    }
    writeln!(out, "{}", paragraph(&format!("Why: {}", one.reason), 10))
}

fn propose(args: &Args, out: &mut impl Write) -> anyhow::Result<()> {
    let (Some(invoice), Some(line_item)) = (&args.invoice, &args.line) else {
        bail!("say which invoice and line: cleanbill write-down INVOICE LINE ...");
    };
    let by = match (args.amount, args.hours) {
        (Some(amount), _) => Lowered::Amount(amount),
        (None, Some(hours)) => Lowered::Hours(hours),
        (None, None) => bail!("say how much lower: --amount AMOUNT or --hours HOURS"),
    };
    let Some(code) = &args.reason_code else {
        bail!("say why with --reason-code CODE; cleanbill write-down codes lists them");
    };
    let new = NewWriteDown {
        invoice,
        line_item,
        by,
        code,
        reason: args.reason.as_deref().unwrap_or(""),
    };
    let checker = Checker::new(args.basis.options()?);
    let done = args
        .at
        .at_desk(async |desk| Ok(desk.propose_write_down(&checker, new).await?))?;
    writeln!(
        out,
        "Proposed: line {line_item} of invoice {} {} lower ({code}), write-down {}. Nothing is changed until a partner \
         decides.",
        done.invoice,
        money(done.item.amount.unwrap_or_default(), &done.currency),
        done.item.id
    )?;
    Ok(())
}

fn decide(args: &Decide, out: &mut impl Write) -> anyhow::Result<()> {
    let checker = Checker::new(args.basis.options()?);
    let accept = args.decision == Decision::Accept;
    let (row, amount) = args.at.at_desk(async |desk| {
        let done = desk.decide_write_down(&checker, &args.id, accept, &args.reason);
        Ok(done.await?)
    })?;
    if !accept {
        writeln!(
            out,
            "Refused: write-down {} of invoice {}",
            args.id, row.number
        )?;
        return Ok(());
    }
    let total = row.total.map_or_else(|| "?".to_owned(), |t| t.to_string());
    writeln!(
        out,
        "Accepted: {} less; invoice {} is now version {}, total {total}, to be cleared again.\nEnter the same in the \
         billing system: cleanbill changes {1}",
        money(amount, &row.currency),
        row.number,
        row.version
    )?;
    Ok(())
}
