//! `receivables --short`: invoices of which less came than the client approved.

use crate::cli::payments::Format;
use crate::cli::tracker::money;
use crate::render::for_sheets;
use crate::workflow::Owed;
use rust_decimal::Decimal;
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::Write;

/// An invoice that was paid less than the client approved.
#[derive(Serialize)]
pub(super) struct Short {
    invoice_number: String,
    client_id: String,
    law_firm_matter_id: String,
    partner: String,
    state: String,
    currency: String,
    approved: Decimal,
    paid: Decimal,
    missing: Decimal,
    last_paid: String,
}

pub(super) fn short(owed: &Owed, format: Format, out: &mut impl Write) -> anyhow::Result<()> {
    let rows: Vec<Short> = owed
        .short()
        .filter_map(|one| {
            let row = &one.invoice;
            Some(Short {
                invoice_number: row.number.clone(),
                client_id: row.client.clone(),
                law_firm_matter_id: row.matter.clone(),
                partner: row.partner.clone(),
                state: row.state.clone(),
                currency: row.currency.clone(),
                approved: one.approved?,
                paid: one.paid,
                missing: one.short()?,
                last_paid: one.last_paid.clone().unwrap_or_default(),
            })
        })
        .collect();
    match format {
        Format::Json => writeln!(out, "{}", serde_json::to_string_pretty(&rows)?)?,
        Format::Csv => {
            let mut sheet = csv::Writer::from_writer(out);
            for mut row in rows {
                for cell in [
                    &mut row.invoice_number,
                    &mut row.client_id,
                    &mut row.law_firm_matter_id,
                    &mut row.partner,
                    &mut row.last_paid,
                ] {
                    *cell = for_sheets(cell).into_owned();
                }
                sheet.serialize(row)?;
            }
            sheet.flush()?;
        }
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
