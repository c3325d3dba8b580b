//! Reports as JSON: amounts are decimal strings, dates ISO, figures by the names of their columns.

use super::About;
use crate::reports::figures::{Cell, Report};
use serde_json::{Map, Value, json};

fn cells(report: &Report, cells: &[Cell]) -> Result<Value, serde_json::Error> {
    let mut all = Map::new();
    for (column, cell) in report.columns.iter().zip(cells) {
        // What is not known is left out.
        if *cell != Cell::Empty {
            all.insert(column.name.to_owned(), serde_json::to_value(cell)?);
        }
    }
    Ok(Value::Object(all))
}

fn one(report: &Report, invoices: bool) -> Result<Value, serde_json::Error> {
    let mut rows = Vec::with_capacity(report.rows.len());
    for row in &report.rows {
        let mut value = json!({
            "key": row.key, "currency": row.currency, "alarm": row.alarm, "cells": cells(report, &row.cells)?,
        });
        if invoices {
            let mut behind = Vec::with_capacity(row.invoices.len());
            for one in &row.invoices {
                behind.push(json!({
                    "id": one.id, "number": one.number, "client": one.client, "matter": one.matter,
                    "partner": one.partner, "portal": one.portal, "state": one.state,
                    "adds": cells(report, &one.cells)?,
                }));
            }
            value["invoices"] = Value::Array(behind);
        }
        rows.push(value);
    }
    let mut totals = Vec::with_capacity(report.totals.len());
    for sum in &report.totals {
        totals.push(json!({ "currency": sum.currency, "cells": cells(report, &sum.cells)? }));
    }
    Ok(json!({
        "name": report.name, "title": report.title, "period": report.period, "by": report.by, "counts": report.counts,
        "lead": report.lead, "columns": report.columns, "rows": rows, "totals": totals, "notes": report.notes,
    }))
}

/// Reports, with or without the invoices behind their rows.
///
/// # Errors
/// Never: a report has nothing JSON cannot hold.
pub fn json(reports: &[Report], about: &About) -> Result<String, serde_json::Error> {
    let mut all = Vec::with_capacity(reports.len());
    for report in reports {
        all.push(one(report, about.invoices)?);
    }
    let whole = json!({
        "schema": "cleanbill.report/1", "program": env!("CARGO_PKG_VERSION"), "made": about.made, "reports": all,
    });
    serde_json::to_string_pretty(&whole)
}
