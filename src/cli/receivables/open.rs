//! What is owed: by client, matter or partner, invoice by invoice, and where less came than was approved.

use super::By;
use crate::cli::paragraph::paragraph;
use crate::cli::payments::Format;
use crate::cli::tracker::money;
use crate::reports::owed::{OpenInvoice, OpenSum, ShortPaid};
use crate::reports::sheet::sheet;
use crate::workflow::{AgeFrom, Bucket, Owed, aged};
use rust_decimal::Decimal;
use std::collections::BTreeMap;
use std::io::{self, Write};

pub(super) fn sums(
    owed: &Owed,
    by: By,
    format: Format,
    out: &mut impl Write,
) -> anyhow::Result<()> {
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

pub(super) fn head(owed: &Owed, name: &str, out: &mut impl Write) -> io::Result<()> {
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

pub(super) fn line(row: &OpenSum, out: &mut impl Write) -> io::Result<()> {
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
pub(super) fn totals(owed: &Owed, out: &mut impl Write) -> io::Result<()> {
    let all = aged(owed.open().map(|r| r.open_of("in all")));
    for ((of, currency), aged) in &all {
        line(&OpenSum::of("", of, currency, aged), out)?;
    }
    Ok(())
}

pub(super) fn invoices(owed: &Owed, format: Format, out: &mut impl Write) -> anyhow::Result<()> {
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

pub(super) fn short(owed: &Owed, format: Format, out: &mut impl Write) -> anyhow::Result<()> {
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
