//! Entries put together as invoices.

use super::field::SLOTS;
use super::mapping::Values;
use super::row::{Entry, Problem};
use crate::model::{Cell, Invoice, LedesFormat, Line, LineKind, Matter, SourceText, Value};
use crate::revise::money::{Refusal, add};
use chrono::NaiveDate;
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// What became of entries.
pub struct Billed {
    /// The drafts.
    pub invoices: Vec<Invoice>,
    /// The entries that are in them.
    pub entries: Vec<Entry>,
    /// Rows that contradict others.
    pub problems: Vec<Problem>,
}

/// The invoices of some entries, one a number, in the order of the file; and the rows that contradict the rows before
/// them on something an invoice has only once.
///
/// # Errors
/// Amounts that cannot be added.
pub fn invoices(entries: Vec<Entry>, format: LedesFormat) -> Result<Billed, Refusal> {
    let mut problems = Vec::new();
    let mut bills: Vec<Bill> = Vec::new();
    let mut billed = Vec::new();
    for entry in entries {
        let number = text(&entry.values, "invoice_number");
        let at = match bills.iter().position(|b| b.number == number) {
            Some(at) => at,
            None => {
                bills.push(Bill {
                    number: number.to_owned(),
                    ..Bill::default()
                });
                bills.len() - 1
            }
        };
        match bills[at].contradicts(&entry) {
            Some(problem) => problems.push(problem),
            None => {
                billed.push(entry.clone());
                bills[at].entries.push(entry);
            }
        }
    }
    let invoices = bills
        .iter()
        .filter(|b| !b.entries.is_empty())
        .map(|b| b.invoice(format))
        .collect::<Result<_, _>>()?;
    Ok(Billed {
        invoices,
        entries: billed,
        problems,
    })
}

fn text<'a>(values: &'a Values, field: &str) -> &'a str {
    values.get(field).map_or("", String::as_str)
}

#[derive(Default)]
struct Bill {
    number: String,
    /// Values an invoice has once, and those a matter has once, with the row that said so.
    once: BTreeMap<(&'static str, String), (String, usize)>,
    entries: Vec<Entry>,
}

impl Bill {
    fn contradicts(&mut self, entry: &Entry) -> Option<Problem> {
        let matter = text(&entry.values, "law_firm_matter_id");
        let of_invoice = SLOTS.iter().filter(|s| s.of_invoice).map(|s| (s.name, ""));
        let all = of_invoice.chain([("client_matter_id", matter), ("matter_name", matter)]);
        let all: Vec<(&'static str, &str)> = all.collect();
        for (field, of) in &all {
            let own = text(&entry.values, field);
            let Some((known, line)) = self.once.get(&(*field, (*of).to_owned())) else {
                continue;
            };
            if own.is_empty() || own == known {
                continue;
            }
            let whose = match of.is_empty() {
                true => format!("invoice {} has one", self.number),
                false => format!("matter {of} has one"),
            };
            return Some(Problem {
                line: entry.line,
                field,
                found: own.to_owned(),
                message: format!(
                    "is \"{known}\" on line {line}, and {whose}; give the rows numbers of their own (a column or \
                     [lookup] for invoice_number), or correct one of them"
                ),
            });
        }
        for (field, of) in all {
            let own = text(&entry.values, field);
            if !own.is_empty() {
                let key = (field, of.to_owned());
                self.once.entry(key).or_insert((own.to_owned(), entry.line));
            }
        }
        None
    }

    fn once(&self, field: &'static str, matter: &str) -> &str {
        let key = (field, matter.to_owned());
        self.once.get(&key).map_or("", |(value, _)| value)
    }

    fn invoice(&self, format: LedesFormat) -> Result<Invoice, Refusal> {
        let mut words = SourceText::default();
        let mut cell = |value: &str| match value.is_empty() {
            true => Cell::ABSENT,
            false => words.push_value(value),
        };
        let day = |field| self.once(field, "").parse::<NaiveDate>().ok();
        let day = |field| day(field).map_or(Value::ABSENT, Value::calculated);
        let mut invoice = Invoice::new(LedesFormat::L1998B, SourceText::default());
        invoice.number = cell(&self.number);
        invoice.date = day("invoice_date");
        invoice.billing_start = day("billing_start_date");
        invoice.billing_end = day("billing_end_date");
        invoice.description = cell(self.once("invoice_description", ""));
        invoice.client.client_id = cell(self.once("client_id", ""));
        invoice.firm.law_firm_id = cell(self.once("law_firm_id", ""));
        // 1998B has no field for names; there they only served to find ids by.
        let names = format != LedesFormat::L1998B;
        if names {
            invoice.client.name = cell(self.once("client_name", ""));
            invoice.currency = cell(self.once("invoice_currency", ""));
        }
        let mut matters: Vec<&str> = Vec::new();
        let mut total = Decimal::ZERO;
        for (index, entry) in self.entries.iter().enumerate() {
            let own = |field| text(&entry.values, field);
            let id = own("law_firm_matter_id");
            let matter = match matters.iter().position(|m| *m == id) {
                Some(at) => at,
                None => {
                    matters.push(id);
                    let name = if names {
                        self.once("matter_name", id)
                    } else {
                        ""
                    };
                    invoice.matters.push(Matter {
                        complete: true,
                        law_firm_matter_id: cell(id),
                        client_matter_id: cell(self.once("client_matter_id", id)),
                        name: cell(name),
                        ..Matter::default()
                    });
                    matters.len() - 1
                }
            };
            let number = |n: Option<Decimal>| n.map_or(Value::ABSENT, Value::calculated);
            let fee = entry.kind == LineKind::Fee;
            invoice.lines.push(Line {
                item: cell(&(index + 1).to_string()),
                kind: Value::calculated(entry.kind),
                matter: matter as u32,
                date: Value::calculated(entry.date),
                units: number(entry.units),
                unit_cost: number(entry.unit_cost),
                adjustment: number(entry.adjustment.filter(|a| !a.is_zero())),
                total: Value::calculated(entry.total),
                task_code: cell(own("task_code")),
                activity_code: cell(if fee { own("activity_code") } else { "" }),
                expense_code: cell(own("expense_code")),
                timekeeper_id: cell(own("timekeeper_id")),
                timekeeper_name: cell(own("timekeeper_name")),
                timekeeper_classification: cell(own("timekeeper_classification")),
                description: cell(own("line_description")),
                ..Line::default()
            });
            add(&mut total, entry.total)?;
        }
        invoice.total = Value::calculated(total);
        invoice.text = words;
        Ok(invoice)
    }
}
