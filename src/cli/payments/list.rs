//! `payments list`: payments, and those that wait for a person.

use super::Format;
use crate::cli::paragraph::paragraph;
use crate::cli::tracker::money;
use crate::render::for_sheets;
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
        Format::Csv => {
            let mut sheet = csv::Writer::from_writer(out);
            for one in all {
                let mut row: RemittanceRow = one.row.clone();
                for cell in [
                    &mut row.place,
                    &mut row.number,
                    &mut row.client_number,
                    &mut row.client,
                    &mut row.kind,
                    &mut row.reference,
                    &mut row.why,
                ] {
                    *cell = for_sheets(cell).into_owned();
                }
                row.item = row.item.map(|i| for_sheets(&i).into_owned());
                sheet.serialize(row)?;
            }
            sheet.flush()?;
        }
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

/// A payment in a list.
#[derive(serde::Serialize)]
pub(super) struct Listed {
    invoice_number: String,
    client_id: String,
    law_firm_matter_id: String,
    line_item_number: String,
    amount: rust_decimal::Decimal,
    currency: String,
    paid_on: String,
    kind: String,
    reference: String,
    source: String,
}

impl Listed {
    fn of((payment, invoice): &(PaymentRow, InvoiceRow)) -> Self {
        Self {
            invoice_number: invoice.number.clone(),
            client_id: invoice.client.clone(),
            law_firm_matter_id: invoice.matter.clone(),
            line_item_number: payment.item.clone().unwrap_or_default(),
            amount: payment.amount,
            currency: payment.currency.clone(),
            paid_on: payment.day.clone().unwrap_or_default(),
            kind: payment.kind.clone(),
            reference: payment.reference.clone(),
            source: payment.source.clone(),
        }
    }
}

pub(super) fn list(
    all: &[(PaymentRow, InvoiceRow)],
    format: Format,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    let rows = all.iter().map(Listed::of);
    match format {
        Format::Json => {
            for row in rows {
                writeln!(out, "{}", serde_json::to_string(&row)?)?;
            }
        }
        Format::Csv => {
            let mut sheet = csv::Writer::from_writer(out);
            for mut row in rows {
                for cell in [
                    &mut row.invoice_number,
                    &mut row.client_id,
                    &mut row.law_firm_matter_id,
                    &mut row.line_item_number,
                    &mut row.kind,
                    &mut row.reference,
                ] {
                    *cell = for_sheets(cell).into_owned();
                }
                sheet.serialize(row)?;
            }
            sheet.flush()?;
        }
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
