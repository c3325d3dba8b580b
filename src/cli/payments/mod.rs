//! `cleanbill payments`: what clients paid, by their remittances and their portals' answers.
//! Not here: which invoice a payment is of (`workflow`), and the reading of files (`portals`).

mod import;
mod list;
mod show;

use super::Outcome;
use super::deed::Because;
use super::receivables::terms;
use super::tracker::StoreArgs;
use crate::portals::remittance::TEMPLATE;
use crate::workflow::Part;
use clap::Subcommand;
use import::import;
use list::{list, list_rows};
use show::{row, show};
use std::io::Write;
use std::path::PathBuf;

/// Arguments of `payments`.
#[derive(Debug, clap::Args)]
#[command(
    before_help = "Example:  cleanbill payments import april.csv\n          cleanbill payments list --queue\n          cleanbill payments assign 3fa91c07b2d4 INV000001=120.00 INV000002=80.00\n          cleanbill payments show INV000001"
)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Bring in remittances (CSV): one row for each invoice, or line, that was paid
    #[command(
        before_help = "Example:  cleanbill payments import april.csv\n          cleanbill payments import bank.csv --mapping bank.toml",
        after_help = "The columns are those of `cleanbill payments template`. A table with names of its own needs a mapping (TOML):\n\n  \
                      date_order = \"day-first\"        # year-first, month-first, day-first\n  \
                      decimal_mark = \"comma\"          # point, comma\n  \
                      [columns]\n  \
                      invoice_number = \"Document\"     # our field = their column\n  \
                      amount = \"Paid\"\n  \
                      paid_on = \"Value date\"\n\n\
                      A row that is brought in twice counts once, in whatever file it stands. What fits no invoice or several, is larger \
                      than what is open, is in another currency, or takes money back waits for a person: payments list --queue.\n\n\
                      Exit status: 0 all of it was taken; 1 something waits, or could not be read; 2 wrong usage; 3 the system failed."
    )]
    Import {
        /// The files
        #[arg(value_name = "FILE", required = true)]
        files: Vec<PathBuf>,

        /// Which column says what (TOML), for tables with names of their own
        #[arg(long, value_name = "FILE")]
        mapping: Option<PathBuf>,

        #[command(flatten)]
        at: StoreArgs,
    },
    /// Print the columns of a remittance, and what each says
    #[command(before_help = "Example:  cleanbill payments template > april.csv")]
    Template,
    /// List payments, or the rows of remittances that wait for a person
    #[command(
        before_help = "Example:  cleanbill payments list --client C0001\n          cleanbill payments list --queue"
    )]
    List {
        /// Rows of remittances that wait for a person
        #[arg(long, conflicts_with = "client")]
        queue: bool,

        /// Rows of remittances, taken or not, the latest first
        #[arg(long, conflicts_with_all = ["client", "queue"])]
        rows: bool,

        /// Of this client only
        #[arg(long, value_name = "ID")]
        client: Option<String>,

        /// text, csv or json
        #[arg(long, value_name = "FORMAT", default_value = "text")]
        format: Format,

        /// No more than so many rows
        #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..))]
        limit: u32,

        #[command(flatten)]
        at: StoreArgs,
    },
    /// Show what came for an invoice, or what a row of a remittance says
    #[command(
        before_help = "Example:  cleanbill payments show INV000001\n          cleanbill payments show 3fa91c07b2d4"
    )]
    Show {
        /// The invoice: its number or id; or a row's id, or the beginning of it
        #[arg(value_name = "INVOICE|ID")]
        named: String,

        /// As JSON
        #[arg(long)]
        json: bool,

        #[command(flatten)]
        at: StoreArgs,
    },
    /// Say which invoices a row is for; it is applied to them then
    #[command(
        before_help = "Example:  cleanbill payments assign 3fa91c07b2d4 INV000001\n          cleanbill payments assign 3fa91c07b2d4 INV000001=120.00 INV000002=80.00"
    )]
    Assign {
        /// The row: its id, or the beginning of it
        #[arg(value_name = "ID")]
        id: String,

        /// The invoice, by number or id; of several each with its part
        #[arg(value_name = "INVOICE[=AMOUNT]", required = true, value_parser = part)]
        parts: Vec<Part>,

        /// Why; needed for money that was taken back, another currency, and more than is open
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,

        #[command(flatten)]
        at: StoreArgs,
    },
    /// Put a row aside: it is no payment to us, or known already
    #[command(
        before_help = "Example:  cleanbill payments put-aside 3fa91c07b2d4 --reason \"of the office in Leeds\""
    )]
    PutAside {
        /// The row: its id, or the beginning of it
        #[arg(value_name = "ID")]
        id: String,

        #[command(flatten)]
        because: Because,
    },
}

/// How a list is printed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum)]
pub enum Format {
    /// For people.
    Text,
    /// For spreadsheets.
    Csv,
    /// For programs.
    Json,
}

/// `NUMBER` or `NUMBER=120.00`. A number may have an equals sign of its own: what stands behind the last one is an amount
/// or part of the number.
fn part(text: &str) -> Result<Part, String> {
    if let Some((invoice, amount)) = text.rsplit_once('=')
        && let Ok(amount) = amount.parse()
    {
        return Ok(Part {
            invoice: invoice.to_owned(),
            amount: Some(amount),
        });
    }
    if let Some((invoice, amount)) = text.rsplit_once('=')
        && amount.starts_with(|c: char| c.is_ascii_digit() || c == '-')
    {
        return Err(format!(
            "\"{amount}\" is no amount; write {invoice}=120.00, digits and a decimal point only"
        ));
    }
    Ok(Part {
        invoice: text.to_owned(),
        amount: None,
    })
}

/// Runs one of the commands.
pub fn run(args: &Args, out: &mut impl Write) -> anyhow::Result<Outcome> {
    match &args.what {
        What::Import { files, mapping, at } => return import(files, mapping.as_deref(), at, out),
        What::Template => write!(out, "{TEMPLATE}")?,
        What::List {
            queue,
            rows,
            client,
            format,
            limit,
            at,
        } => {
            if *queue || *rows {
                let limit = i64::from(*limit);
                let all = at.at_desk(async |desk| Ok(desk.remittances(*queue, limit).await?))?;
                list_rows(&all, *queue, *format, out)?;
            } else {
                let mut all =
                    at.at_desk(async |desk| Ok(desk.payments(client.as_deref()).await?))?;
                all.truncate(*limit as usize);
                list(&all, *format, out)?;
            }
        }
        What::Show { named, json, at } => {
            let from = terms()?.from;
            let shown = at.at_desk(async |desk| {
                // A row's id is never an invoice's: an invoice of that name comes first.
                Ok(match desk.payments_of(named, from).await {
                    Ok(shown) => (Some(shown), None),
                    Err(why) => match desk.remittance(named).await {
                        Ok(row) => (None, Some(row)),
                        Err(_) => return Err(why.into()),
                    },
                })
            })?;
            match (shown, *json) {
                ((Some(one), _), true) => {
                    writeln!(out, "{}", serde_json::to_string_pretty(&one)?)?;
                }
                ((_, Some(one)), true) => {
                    writeln!(out, "{}", serde_json::to_string_pretty(&one)?)?;
                }
                ((Some(one), _), false) => show(&one, out)?,
                ((_, Some(one)), false) => row(&one, out)?,
                _ => {}
            }
        }
        What::Assign {
            id,
            parts,
            reason,
            at,
        } => {
            let after = at.at_desk(async |desk| {
                Ok(desk.assign_remittance(id, parts, reason.as_deref()).await?)
            })?;
            for row in after {
                writeln!(out, "Invoice {} is {} now", row.number, row.state)?;
            }
        }
        What::PutAside { id, because } => {
            let Because { reason, at } = because;
            let row = at.at_desk(async |desk| Ok(desk.put_remittance_aside(id, reason).await?))?;
            writeln!(out, "Row {} is put aside", row.id)?;
        }
    }
    Ok(Outcome::Clean)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_a_number_with_or_without_an_amount() {
        let of = |text| part(text).map(|p| (p.invoice, p.amount.map(|a| a.to_string())));
        assert_eq!(of("A-1"), Ok(("A-1".to_owned(), None)));
        assert_eq!(
            of("A-1=12.50"),
            Ok(("A-1".to_owned(), Some("12.50".to_owned())))
        );
        assert_eq!(of("A-1=-5"), Ok(("A-1".to_owned(), Some("-5".to_owned()))));
        assert_eq!(of("A=1=5"), Ok(("A=1".to_owned(), Some("5".to_owned()))));
        assert!(of("A-1=1,250.00").is_err_and(|e| e.contains("no amount")));
    }
}
