//! `receivables`: every invoice of which something is open.

use super::sums::{head, totals};
use crate::cli::paragraph::paragraph;
use crate::cli::payments::Format;
use crate::cli::tracker::money;
use crate::render::for_sheets;
use crate::workflow::{Owed, Receivable};
use rust_decimal::Decimal;
use serde::Serialize;
use std::io::Write;

/// An open invoice.
#[derive(Serialize)]
pub(super) struct Listed {
    invoice_number: String,
    client_id: String,
    law_firm_matter_id: String,
    partner: String,
    state: String,
    currency: String,
    billed: Decimal,
    cut: Decimal,
    accepted: Decimal,
    recovered: Decimal,
    contested: Decimal,
    approved: Option<Decimal>,
    paid: Decimal,
    open: Decimal,
    due: Decimal,
    aged_from: String,
    days: i64,
    bucket: &'static str,
    last_paid: String,
    reminded: String,
    pub(super) remarks: String,
}

impl Listed {
    pub(super) fn of(one: &Receivable) -> Self {
        let row = &one.invoice;
        let reminded: Vec<String> = one.reminded.iter().map(i64::to_string).collect();
        Self {
            invoice_number: row.number.clone(),
            client_id: row.client.clone(),
            law_firm_matter_id: row.matter.clone(),
            partner: row.partner.clone(),
            state: row.state.clone(),
            currency: row.currency.clone(),
            billed: one.billed,
            cut: one.cut,
            accepted: one.accepted,
            recovered: one.recovered,
            contested: one.contested,
            approved: one.approved,
            paid: one.paid,
            open: one.open,
            due: one.due,
            aged_from: one.from.map_or_else(String::new, |d| d.to_string()),
            days: one.days,
            bucket: one.bucket.name(),
            last_paid: one.last_paid.clone().unwrap_or_default(),
            reminded: reminded.join(" "),
            remarks: one.remarks.join("; "),
        }
    }

    /// The same, with nothing in it that a spreadsheet would compute.
    pub(super) fn for_sheets(mut self) -> Self {
        for cell in [
            &mut self.invoice_number,
            &mut self.client_id,
            &mut self.law_firm_matter_id,
            &mut self.partner,
            &mut self.last_paid,
            &mut self.remarks,
        ] {
            *cell = for_sheets(cell).into_owned();
        }
        self
    }
}

pub(super) fn invoices(owed: &Owed, format: Format, out: &mut impl Write) -> anyhow::Result<()> {
    match format {
        Format::Json => {
            let rows: Vec<Listed> = owed.open().map(Listed::of).collect();
            writeln!(out, "{}", serde_json::to_string_pretty(&rows)?)?;
        }
        Format::Csv => {
            let mut sheet = csv::Writer::from_writer(out);
            for one in owed.open() {
                sheet.serialize(Listed::of(one).for_sheets())?;
            }
            sheet.flush()?;
        }
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
