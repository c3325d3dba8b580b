//! The invoices behind a figure of a report, or behind a row.

use super::super::reductions::shown;
use super::Question;
use super::section::cell;
use crate::reports::figures::{Behind, Cell, Report, Row, Total};
use crate::web::answer::Trouble;
use crate::web::locale::Locale;
use rust_decimal::Decimal;
use std::collections::BTreeSet;

/// Invoices behind a figure on a page.
const MOST_INVOICES: usize = 500;

/// An invoice behind a figure.
pub(super) struct Piece {
    pub(super) id: String,
    pub(super) number: String,
    pub(super) client: String,
    pub(super) matter: String,
    pub(super) state: String,
    pub(super) adds: Vec<(String, &'static str)>,
}

/// The invoices behind a figure.
pub(super) struct Opened {
    pub(super) heading: String,
    pub(super) sheet: String,
    pub(super) heads: Vec<&'static str>,
    pub(super) pieces: Vec<Piece>,
    pub(super) more: usize,
    pub(super) sum: Option<String>,
    pub(super) close: String,
}

/// The invoices behind a figure, or behind a row.
pub(super) fn opened(
    report: &Report,
    question: &Question<'_>,
    locale: &Locale,
) -> Result<Option<Opened>, Trouble> {
    let query = question.query;
    let (row, figure) = (query.some("row"), query.some("figure"));
    if row.is_none() && figure.is_none() {
        return Ok(None);
    }
    let place = match figure {
        None => None,
        Some(name) => Some(
            report
                .columns
                .iter()
                .position(|c| c.name == name)
                .ok_or_else(|| Trouble::wrong("this report has no such figure"))?,
        ),
    };
    let currency = query.get("currency");
    let fits = |r: &&Row| {
        (currency.is_empty() || r.currency == currency) && row.is_none_or(|key| r.key == key)
    };
    let rows: Vec<&Row> = report.rows.iter().filter(fits).collect();
    if rows.is_empty() {
        return Err(Trouble::NotFound(
            "this row is no longer in the report; look at the report again".to_owned(),
        ));
    }
    let adds = |one: &Behind| match place {
        None => true,
        Some(at) => one.cells[at].number().is_some_and(|n| !n.is_zero()),
    };
    // One invoice may stand in several rows.
    let mut seen = BTreeSet::new();
    let behind: Vec<&Behind> = rows
        .iter()
        .flat_map(|r| &r.invoices)
        .filter(|one| adds(one) && seen.insert(one.id.as_str()))
        .collect();
    let places: Vec<usize> = match place {
        Some(at) => vec![at],
        None => report
            .columns
            .iter()
            .enumerate()
            .skip(1)
            .filter(|(_, c)| !c.below && !matches!(c.total, Total::Share(..)))
            .filter(|(at, _)| behind.iter().any(|one| one.cells[*at] != Cell::Empty))
            .map(|(at, _)| at)
            .collect(),
    };
    // Currencies are never added up.
    let alike = rows.windows(2).all(|r| r[0].currency == r[1].currency);
    let sum = place.filter(|at| alike && report.columns[*at].total == Total::Sum);
    let sum = sum.map(|at| {
        let all = behind.iter().filter_map(|one| one.cells[at].number());
        let sum = all.fold(Decimal::ZERO, |sum, n| sum.saturating_add(n));
        cell(&Cell::Number(sum), &report.columns[at], locale)
    });
    let mut heading = match row {
        Some(_) => match rows.as_slice() {
            [one, ..] if !one.label().is_empty() => shown(one.label()),
            _ => "A row".to_owned(),
        },
        None => "Total".to_owned(),
    };
    if let Some(at) = place {
        heading = format!("{heading}: {}", report.columns[at].title.to_lowercase());
    }
    if !currency.is_empty() && currency != "?" {
        heading = format!("{heading}, {}", shown(currency));
    }
    let mut file: Vec<(&str, &str)> = question.rows_by().into_iter().collect();
    file.extend([("form", "csv"), ("invoices", "1")]);
    file.extend(row.map(|key| ("row", key)));
    let by: Vec<(&str, &str)> = question.rows_by().into_iter().collect();
    let path = format!("/reports/{}", report.name);
    Ok(Some(Opened {
        heading,
        sheet: question.address(&format!("{path}/file"), &file),
        heads: places.iter().map(|at| report.columns[*at].title).collect(),
        more: behind.len().saturating_sub(MOST_INVOICES),
        pieces: behind
            .iter()
            .take(MOST_INVOICES)
            .map(|one| Piece {
                id: one.id.clone(),
                number: shown(&one.number),
                client: shown(&one.client),
                matter: shown(&one.matter),
                state: one.state.clone(),
                adds: places
                    .iter()
                    .map(|at| {
                        let column = &report.columns[*at];
                        (cell(&one.cells[*at], column, locale), column.title)
                    })
                    .collect(),
            })
            .collect(),
        sum,
        close: question.address(&path, &by),
    }))
}
