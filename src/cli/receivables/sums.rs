//! What is owed by client, matter or partner, by age.

use super::By;
use crate::cli::payments::Format;
use crate::cli::tracker::money;
use crate::render::for_sheets;
use crate::workflow::{AgeFrom, Aged, Bucket, Owed, aged};
use rust_decimal::Decimal;
use serde::Serialize;
use std::io::{self, Write};

/// Sums of one client, matter or partner.
#[derive(Serialize)]
pub(super) struct Sums<'a> {
    by: &'static str,
    of: &'a str,
    currency: &'a str,
    invoices: usize,
    open: Decimal,
    #[serde(rename = "0-30")]
    up_to_30: Decimal,
    #[serde(rename = "31-60")]
    up_to_60: Decimal,
    #[serde(rename = "61-90")]
    up_to_90: Decimal,
    #[serde(rename = "over 90")]
    over_90: Decimal,
    credit: Decimal,
}

impl<'a> Sums<'a> {
    fn of(by: &'static str, of: &'a str, currency: &'a str, aged: &Aged) -> Self {
        let [up_to_30, up_to_60, up_to_90, over_90] = aged.buckets;
        Self {
            by,
            of,
            currency,
            invoices: aged.invoices,
            open: aged.open,
            up_to_30,
            up_to_60,
            up_to_90,
            over_90,
            credit: aged.credit,
        }
    }
}

pub(super) fn sums(
    owed: &Owed,
    by: By,
    format: Format,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    let each = aged(owed.open().map(|r| r.open_of(by.of(r))));
    let rows = || {
        each.iter()
            .map(|((of, currency), aged)| Sums::of(by.name(), of, currency, aged))
    };
    match format {
        Format::Json => {
            let rows: Vec<Sums<'_>> = rows().collect();
            writeln!(out, "{}", serde_json::to_string_pretty(&rows)?)?;
        }
        Format::Csv => {
            let mut sheet = csv::Writer::from_writer(out);
            for row in rows() {
                let of = for_sheets(row.of);
                sheet.serialize(Sums { of: &of, ..row })?;
            }
            sheet.flush()?;
        }
        Format::Text if each.is_empty() => writeln!(out, "Nothing is open.")?,
        Format::Text => {
            head(owed, by.name(), out)?;
            for row in rows() {
                line(&row, out)?;
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

pub(super) fn line(row: &Sums<'_>, out: &mut impl Write) -> io::Result<()> {
    let of = match (row.of, row.currency) {
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
        line(&Sums::of("", of, currency, aged), out)?;
    }
    Ok(())
}
