//! `cleanbill reductions`.

use super::basis::Folders;
use super::deed::Because;
use super::paragraph::paragraph;
use super::tracker::{StoreArgs, money};
use crate::check::Options;
use crate::render::for_sheets;
use crate::rules::Shelf;
use crate::store::ReductionRow;
use crate::workflow::{Cut, Decided, Ground, Overview};
use clap::Subcommand;
use rust_decimal::Decimal;
use std::io::{self, Write};

/// Arguments of `reductions`.
#[derive(Debug, clap::Args)]
#[command(
    before_help = "Example:  cleanbill reductions list --undecided\n          cleanbill reductions show INV000001\n          cleanbill reductions accept 3f9a1c02d7e4 --reason \"agreed with the adjuster\""
)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// What was cut, by invoice, the largest open sum first
    List {
        /// Of this client only
        #[arg(long, value_name = "ID")]
        client: Option<String>,
        /// Only what nobody has decided on
        #[arg(long)]
        undecided: bool,
        /// As JSON
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        folders: Box<Folders>,
        #[command(flatten)]
        at: StoreArgs,
    },
    /// What was cut from one invoice, line by line, and whether the client's guidelines support it
    Show {
        /// The invoice: its number or id
        #[arg(value_name = "INVOICE")]
        invoice: String,
        /// As JSON
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        folders: Box<Folders>,
        #[command(flatten)]
        at: StoreArgs,
    },
    /// Accept a reduction, or all that is open of an invoice (a partner; above a limit two)
    Accept {
        /// The reduction's id, or the invoice's number or id
        #[arg(value_name = "ID|INVOICE")]
        named: String,
        /// Only so much of it
        #[arg(long, value_name = "AMOUNT")]
        amount: Option<Decimal>,
        #[command(flatten)]
        because: Because,
    },
    /// What was accepted, by invoice and line, for the billing system (CSV)
    Export {
        /// Of this client only
        #[arg(long, value_name = "ID")]
        client: Option<String>,
        #[command(flatten)]
        at: StoreArgs,
    },
}

/// What cuts are held against.
pub(super) fn ground(options: &Options) -> Ground<'_> {
    Ground {
        shelf: &options.shelf,
        lists: &options.lists,
    }
}

/// Lists, shows, accepts or exports.
pub fn run(args: &Args, out: &mut impl Write) -> anyhow::Result<()> {
    match &args.what {
        What::List {
            client,
            undecided,
            json,
            folders,
            at,
        } => {
            let options = folders.options(Shelf::shipped()?, None)?;
            let all = at.at_desk(async |desk| {
                let ground = ground(&options);
                let all = desk.all_reductions(client.as_deref(), *undecided, &ground);
                Ok(all.await?)
            })?;
            if *json {
                writeln!(out, "{}", serde_json::to_string_pretty(&all)?)?;
                return Ok(());
            }
            list(&all, out)?;
        }
        What::Show {
            invoice,
            json,
            folders,
            at,
        } => {
            let options = folders.options(Shelf::shipped()?, None)?;
            let one =
                at.at_desk(async |desk| Ok(desk.reductions(invoice, &ground(&options)).await?))?;
            if *json {
                writeln!(out, "{}", serde_json::to_string_pretty(&one)?)?;
                return Ok(());
            }
            show(&one, out)?;
        }
        What::Accept {
            named,
            amount,
            because,
        } => {
            let Because { reason, at } = because;
            let done =
                at.at_desk(async |desk| Ok(desk.accept_reduction(named, *amount, reason).await?))?;
            let sum = money(done.amount, &done.invoice.currency);
            let number = &done.invoice.number;
            let count = match done.reductions {
                1 => "1 reduction".to_owned(),
                many => format!("{many} reductions"),
            };
            match done.decided {
                Decided::Accepted => writeln!(
                    out,
                    "Accepted: {sum} of invoice {number} ({count}). Write it off in the billing system: cleanbill reductions \
                     export"
                )?,
                Decided::NeedsAnother => writeln!(
                    out,
                    "Noted: {sum} of invoice {number} ({count}) is above the limit; a second partner has to accept the \
                     same amount."
                )?,
            }
        }
        What::Export { client, at } => {
            let all = at.at_desk(async |desk| Ok(desk.write_offs(client.as_deref()).await?))?;
            let mut sheet = csv::Writer::from_writer(out);
            for mut off in all {
                for cell in [
                    &mut off.invoice_number,
                    &mut off.client_id,
                    &mut off.law_firm_matter_id,
                    &mut off.line_item_number,
                    &mut off.timekeeper_id,
                    &mut off.accepted_by,
                    &mut off.reason,
                ] {
                    *cell = for_sheets(cell).into_owned();
                }
                sheet.serialize(off)?;
            }
            sheet.flush()?;
        }
    }
    Ok(())
}

fn list(all: &[Overview], out: &mut impl Write) -> io::Result<()> {
    if all.is_empty() {
        return writeln!(out, "Nothing was cut.");
    }
    for one in all {
        let unsupported = one.cuts.iter().filter(|c| c.row.supported == Some(false));
        let unsupported = match unsupported.count() {
            0 => String::new(),
            many => format!(", {many} not supported by the client's guidelines"),
        };
        let doubts = one.cuts.iter().filter(|c| !c.row.doubt.is_empty()).count();
        let doubts = match doubts {
            0 => String::new(),
            many => format!(", {many} to look at"),
        };
        writeln!(
            out,
            "{:<16} {:<10} {:>3} cut, {:>14} in all, {:>14} open{unsupported}{doubts}",
            one.invoice.number,
            one.invoice.client,
            one.cuts.len(),
            money(one.sum(|r| r.cut), &one.invoice.currency),
            money(open(one), &one.invoice.currency),
        )?;
    }
    Ok(())
}

/// What somebody still has to decide on.
fn open(one: &Overview) -> Decimal {
    let undecided = |r: &ReductionRow| matches!(r.status.as_str(), "open" | "accepted in part");
    one.sum(|r| {
        if undecided(r) {
            r.contested()
        } else {
            Decimal::ZERO
        }
    })
}

fn show(one: &Overview, out: &mut impl Write) -> io::Result<()> {
    let currency = &one.invoice.currency;
    let amount = |a: Option<Decimal>| a.map_or_else(|| "?".to_owned(), |a| money(a, currency));
    writeln!(
        out,
        "Invoice {}, client {}: billed {}, to be paid {}, cut {}, open {}",
        one.invoice.number,
        one.invoice.client,
        amount(one.invoice.total),
        amount(one.approved),
        money(one.sum(|r| r.cut), currency),
        money(open(one), currency)
    )?;
    for doubt in &one.doubts {
        writeln!(out, "  LOOK: {doubt}")?;
    }
    for cut in &one.cuts {
        writeln!(out)?;
        line(cut, out)?;
    }
    if !one.cuts.is_empty() {
        writeln!(
            out,
            "\nA partner accepts: cleanbill reductions accept ID --reason \"...\"\nOr appeal:         cleanbill appeals \
             propose {} --why \"...\"",
            one.invoice.number
        )?;
    }
    Ok(())
}

fn line(cut: &Cut, out: &mut impl Write) -> io::Result<()> {
    let row = &cut.row;
    let what = match &row.item {
        Some(item) => format!("line {item}"),
        None => "the invoice as a whole".to_owned(),
    };
    let billed = row.billed.map_or_else(String::new, |b| format!(" of {b}"));
    let part = if row.accepted.is_zero() {
        String::new()
    } else {
        format!(", {} accepted", row.accepted)
    };
    let back = if row.recovered.is_zero() {
        String::new()
    } else {
        format!(", {} given back", row.recovered)
    };
    writeln!(
        out,
        "{}  {what}: {}{billed} cut; {}{part}{back}",
        row.id,
        money(row.cut, &row.currency),
        row.status
    )?;
    if let Some(line) = &cut.line {
        let text = format!("{}: {}", line.timekeeper_id, line.narrative);
        writeln!(out, "{}", paragraph(&text, 14))?;
    }
    if !cut.reason.is_empty() {
        writeln!(out, "{}", paragraph(&format!("Client: {}", cut.reason), 14))?;
    }
    let support = match (row.supported, row.rule.as_str()) {
        (Some(true), "") => "supported by the client's guidelines".to_owned(),
        (Some(true), rule) => format!("supported by the client's guidelines: {rule}"),
        (Some(false), _) => {
            "NOT SUPPORTED: the client's guidelines have no rule that fits".to_owned()
        }
        (None, "") => {
            "the client has no pack here: whether its guidelines support this is not known"
                .to_owned()
        }
        (None, rule) => format!("our rule {rule} fits; the client has no pack here"),
    };
    writeln!(out, "{}", paragraph(&support, 14))?;
    if !row.doubt.is_empty() {
        writeln!(out, "{}", paragraph(&format!("LOOK: {}", row.doubt), 14))?;
    }
    if !cut.decision.is_empty() {
        let by = row.decided_by.as_deref().unwrap_or("?");
        writeln!(out, "{}", paragraph(&format!("{by}: {}", cut.decision), 14))?;
    }
    Ok(())
}
