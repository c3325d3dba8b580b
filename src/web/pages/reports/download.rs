//! A report to take along, and in which forms.

use super::Question;
use crate::reports::forms::{About, csv, json, workbook};
use crate::web::answer::{Trouble, download};
use crate::web::asked::Asked;
use axum::response::Response;

/// A report as a file, in one of the forms the command line has.
pub async fn file(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let question = Question::of(asked)?;
    let query = question.query;
    let mut reports = question.made(asked).await?;
    if let (Some(key), [one]) = (query.some("row"), reports.as_mut_slice()) {
        one.keep_only(key)?;
    }
    let whose = [
        ("client", query.some("client")),
        ("portal", query.some("portal")),
        ("partner", query.some("partner")),
    ];
    let whose = whose
        .iter()
        .filter_map(|(what, name)| Some((what, (*name)?)));
    let whose: Vec<String> = whose.map(|(what, name)| format!("{what} {name}")).collect();
    let now = chrono::DateTime::from_timestamp_millis((asked.app.clock)()).unwrap_or_default();
    let about = About {
        whose: whose.join(", "),
        made: now
            .with_timezone(&chrono::Local)
            .format("%Y-%m-%d %H:%M")
            .to_string(),
        invoices: query.some("invoices").is_some() || query.some("row").is_some(),
    };
    let failed = |error: &dyn std::fmt::Display| Trouble::Failed(error.to_string());
    let name = format!("{}-{}", question.name, asked.app.today());
    let form = query.get("form");
    let (bytes, kind) = match (form, reports.as_slice()) {
        ("csv", [one]) => {
            let bytes = csv::csv(one, about.invoices).map_err(|e| failed(&e))?;
            (bytes, "text/csv; charset=utf-8")
        }
        ("csv", _) => {
            return Err(Trouble::wrong(
                "several reports are several tables: take the workbook, or one report as CSV",
            ));
        }
        ("json", all) => {
            let text = json::json(all, &about).map_err(|e| failed(&e))?;
            (text.into_bytes(), "application/json")
        }
        ("xlsx", all) => {
            let bytes = workbook::workbook(all, &about).map_err(|e| failed(&e))?;
            (
                bytes,
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            )
        }
        #[cfg(feature = "pdf")]
        ("pdf", all) => (
            crate::reports::forms::pdf::pdf(all, &about),
            "application/pdf",
        ),
        #[cfg(not(feature = "pdf"))]
        ("pdf", _) => {
            return Err(Trouble::wrong(
                "this program was built without PDF: print the page instead",
            ));
        }
        _ => {
            return Err(Trouble::wrong(
                "a report leaves as csv, xlsx, pdf or json; choose one of the links",
            ));
        }
    };
    Ok(download(&format!("{name}.{form}"), kind, bytes))
}
