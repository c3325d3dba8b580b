//! `payments list`: payments, and those that wait for a person.

use super::Format;
use crate::cli::paragraph::paragraph;
use crate::cli::tracker::money;
use crate::reports::paid::KnownPayment;
use crate::reports::sheet::sheet;
use crate::store::{InvoiceRow, PaymentRow, RemittanceRow};
use crate::workflow::RemittanceShown;
use std::io::Write;

pub(super) fn list_rows(
    all: &[RemittanceShown],
    queue: bool,
    format: Format,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    match format {
        Format::Json => {
            for one in all {
                writeln!(out, "{}", serde_json::to_string(one)?)?;
            }
        }
        Format::Csv => sheet(all.iter().map(|one| one.row.clone()), out)?,
        Format::Text if all.is_empty() => writeln!(
            out,
            "{}",
            match queue {
                true => "No payment waits for a person.",
                false => "No remittance was brought in.",
            }
        )?,
        Format::Text => {
            for one in all {
                let row = &one.row;
                writeln!(
                    out,
                    "{}  {}  {:<16} {:>16}  {:<10} {}",
                    row.id,
                    row.day,
                    named(row),
                    money(row.amount, &row.currency),
                    row.status,
                    row.reference
                )?;
                if !row.why.is_empty() {
                    writeln!(out, "{}", paragraph(&row.why, 4))?;
                }
            }
            if queue {
                writeln!(
                    out,
                    "\nA person decides: cleanbill payments assign ID INVOICE, or put-aside ID --reason \"...\""
                )?;
            }
        }
    }
    Ok(())
}

/// The number a row names.
pub(super) fn named(row: &RemittanceRow) -> &str {
    match (row.number.as_str(), row.client_number.as_str()) {
        ("", "") => "-",
        ("", client) => client,
        (own, _) => own,
    }
}

pub(super) fn list(
    all: &[(PaymentRow, InvoiceRow)],
    format: Format,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    let rows = all.iter().map(KnownPayment::from);
    match format {
        Format::Json => {
            for row in rows {
                writeln!(out, "{}", serde_json::to_string(&row)?)?;
            }
        }
        Format::Csv => sheet(rows, out)?,
        Format::Text if all.is_empty() => writeln!(out, "No payment is known.")?,
        Format::Text => {
            for row in rows {
                let line = match row.line_item_number.as_str() {
                    "" => String::new(),
                    item => format!(", line {item}"),
                };
                writeln!(
                    out,
                    "{:<10}  {:<16} {:<10} {:>16}  {} {}{line} ({})",
                    match row.paid_on.as_str() {
                        "" => "?",
                        day => day,
                    },
                    row.invoice_number,
                    row.client_id,
                    money(row.amount, &row.currency),
                    row.kind,
                    row.reference,
                    row.source
                )?;
            }
        }
    }
    Ok(())
}
