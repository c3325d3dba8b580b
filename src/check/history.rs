//! Earlier invoices read for what later ones are judged by.

use super::inputs::{FileInput, Input, files, remedy};
use super::report::RunError;
use crate::formats::{self, Source};
use crate::model::{Cell, EarlierInvoice, EarlierLine, History, Invoice, Line};
use rayon::prelude::*;
use std::io;
use std::path::Path;

/// The invoices of a folder, those of its folders too, and the files that could not be read.
pub fn of_folder(folder: &Path) -> (History, Vec<RunError>) {
    let listed = files(&[Input::Path(folder.to_owned())]);
    let read: Vec<_> = listed
        .into_par_iter()
        .map(|file| {
            let file = file?;
            let failed = |error: io::Error| RunError {
                path: file.name(),
                message: remedy(&error),
            };
            match &file {
                FileInput::File(path) => Source::open(path)
                    .and_then(|source| of_source(&file.name(), &source))
                    .map_err(failed),
                FileInput::Stdin => Ok(Vec::new()),
            }
        })
        .collect();
    let mut invoices = Vec::new();
    let mut errors = Vec::new();
    for outcome in read {
        match outcome {
            Ok(found) => invoices.extend(found),
            Err(error) => errors.push(error),
        }
    }
    (History::new(invoices), errors)
}

/// The invoices in bytes held in memory.
///
/// # Errors
/// No temporary file can be written.
pub fn of_bytes(name: &str, bytes: &[u8]) -> io::Result<Vec<EarlierInvoice>> {
    of_source(name, &Source::of_bytes(bytes)?)
}

fn of_source(name: &str, source: &Source) -> io::Result<Vec<EarlierInvoice>> {
    let survey = formats::survey(source)?;
    (0..survey.invoices.count())
        .map(|index| Ok(earlier(name, &survey.invoices.read(index)?.invoice)))
        .collect()
}

fn earlier(file: &str, invoice: &Invoice) -> EarlierInvoice {
    let text = |cell: Cell| invoice.get(cell).trim().to_owned();
    EarlierInvoice {
        number: text(invoice.number),
        file: file.to_owned(),
        kept: false,
        arrival: 0,
        client_id: text(invoice.client.client_id),
        law_firm_matter_ids: invoice
            .matters
            .iter()
            .map(|matter| text(matter.law_firm_matter_id))
            .collect(),
        date: invoice.date.get(),
        billing_start: invoice.billing_start.get(),
        billing_end: invoice.billing_end.get(),
        total: invoice.total.get(),
        currency: text(invoice.currency),
        replaces: invoice
            .replaces()
            .map_or_else(String::new, |number| number.trim().to_owned()),
        billed: (0..invoice.matters.len())
            .map(|matter| invoice.billed_on(matter))
            .collect(),
        lines: invoice.lines.iter().map(|l| line(invoice, l)).collect(),
    }
}

fn line(invoice: &Invoice, line: &Line) -> EarlierLine {
    let text = |cell: Cell| invoice.get(cell).trim().to_owned();
    EarlierLine {
        item: text(line.item),
        kind: line.kind.get(),
        matter: line.matter,
        date: line.date.get(),
        timekeeper_id: text(line.timekeeper_id),
        units: line.units.get(),
        unit_cost: line.unit_cost.get(),
        total: line.total.get(),
        tax_total: line.tax_total.get(),
        task_code: text(line.task_code),
        activity_code: text(line.activity_code),
        expense_code: text(line.expense_code),
        description: text(line.description),
    }
}
