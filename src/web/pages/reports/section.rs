//! A table of a report on the page: each figure leads to its invoices.

use super::super::reductions::shown;
use super::Question;
use crate::reports::figures::{Cell, Column, Kind, Report, Row, Total};
use crate::reports::forms::chart::{Drawn, charts};
use crate::reports::forms::{Beside, beside};
use crate::web::answer::Trouble;
use crate::web::locale::Locale;
use crate::web::wording::for_pages;
use rust_decimal::Decimal;

/// Rows of a table on a page; a file of it has all.
const MOST_ROWS: usize = 250;

/// What stands in a row, with where it leads.
pub(super) struct Figure {
    pub(super) text: String,
    pub(super) head: &'static str,
    pub(super) right: bool,
    pub(super) href: Option<String>,
}

pub(super) struct Line {
    pub(super) cells: Vec<Figure>,
    pub(super) alarm: bool,
    /// Words that belong to the row as a whole.
    pub(super) below: Vec<String>,
}

/// A report on the page.
pub(super) struct Section<'a> {
    pub(super) anchor: String,
    pub(super) title: &'static str,
    pub(super) when: String,
    pub(super) leads: Vec<(String, bool)>,
    pub(super) counts: String,
    pub(super) notes: Vec<String>,
    pub(super) charts: Vec<Drawn>,
    pub(super) heads: Vec<Beside<'a>>,
    pub(super) rows: Vec<Line>,
    pub(super) totals: Vec<Vec<Figure>>,
    pub(super) more: usize,
}

pub(super) fn cell(cell: &Cell, column: &Column, locale: &Locale) -> String {
    match (cell, column.kind) {
        (Cell::Empty, _) => String::new(),
        (Cell::Text(text), _) if column.says_days => locale.days_in(&shown(text)),
        (Cell::Text(text), _) => shown(text),
        (Cell::Date(day), _) => locale.day(*day),
        (Cell::Number(number), Kind::Money) => locale.amount(*number),
        (Cell::Number(number), Kind::Percent) => {
            let percent = number.saturating_mul(Decimal::ONE_HUNDRED).round_dp(1);
            format!("{}\u{a0}%", locale.number(percent))
        }
        (Cell::Number(number), Kind::Ratio) => locale.number(number.round_dp(2)),
        (Cell::Number(number), _) => locale.number(number.normalize()),
    }
}

/// A table of a report whose figures lead to their invoices.
pub(super) fn section<'a>(
    report: &'a Report,
    question: &Question<'_>,
    locale: &Locale,
) -> Result<Section<'a>, Trouble> {
    let beside = beside(report);
    let path = format!("/reports/{}", report.name);
    let by = question.rows_by();
    let leads_to = |row: Option<&Row>, currency: &str, figure: Option<&str>| {
        let mut more: Vec<(&str, &str)> = by.into_iter().collect();
        more.extend(row.map(|r| ("row", r.key.as_str())));
        more.push(("currency", currency));
        more.extend(figure.map(|f| ("figure", f)));
        question.address(&path, &more) + "#behind"
    };
    let line = |row: Option<&Row>, cells: &[Cell], code: &str| {
        let figure = |one: &Beside<'_>| {
            let Beside::Column(place, column) = *one else {
                return Figure {
                    text: match code {
                        "" | "?" => "not said".to_owned(),
                        named => shown(named),
                    },
                    head: one.title(),
                    right: one.right(),
                    href: None,
                };
            };
            let own = &cells[place];
            // A row of one invoice is that invoice.
            let alone = row.and_then(|r| match r.invoices.as_slice() {
                [one] if *own == Cell::Text(one.number.clone()) => Some(one),
                _ => None,
            });
            let adds = matches!(column.total, Total::Sum | Total::Own)
                && own.number().is_some_and(|n| !n.is_zero());
            let behind = row.is_none_or(|r| !r.invoices.is_empty());
            Figure {
                text: cell(own, column, locale),
                head: one.title(),
                right: one.right(),
                href: match alone {
                    Some(one) => Some(format!("/invoices/{}", one.id)),
                    None if !behind => None,
                    None if place == 0 && row.is_some_and(|r| r.invoices.len() > 1) => {
                        Some(leads_to(row, code, None))
                    }
                    None if adds && row.is_none_or(|r| r.invoices.len() > 1) => {
                        Some(leads_to(row, code, Some(column.name)))
                    }
                    None if adds => row
                        .and_then(|r| r.invoices.first())
                        .map(|one| format!("/invoices/{}", one.id)),
                    None => None,
                },
            }
        };
        beside.iter().map(figure).collect::<Vec<_>>()
    };
    let below = |row: &Row| {
        let all = report.columns.iter().zip(&row.cells);
        all.filter(|(column, _)| column.below)
            .map(|(column, own)| cell(own, column, locale))
            .filter(|text| !text.is_empty())
            .collect()
    };
    let rows = report.rows.iter().take(MOST_ROWS).map(|row| Line {
        cells: line(Some(row), &row.cells, &row.currency),
        alarm: row.alarm,
        below: below(row),
    });
    let totals = report.totals.iter().map(|sum| {
        let mut cells = line(None, &sum.cells, &sum.currency);
        if let Some(first) = cells.first_mut() {
            first.text = "Total".to_owned();
            first.href = None;
        }
        cells
    });
    Ok(Section {
        anchor: format!("report-{}", report.name),
        title: report.title,
        when: match report.period {
            Some(period) => format!("{} to {}", locale.day(period.from), locale.day(period.to)),
            None => "As of now".to_owned(),
        },
        leads: report
            .lead
            .iter()
            .map(|l| (locale.days_in(&shown(&l.text)), l.alarm))
            .collect(),
        counts: locale.days_in(&report.counts),
        notes: report
            .notes
            .iter()
            .map(|n| locale.days_in(&for_pages(n)))
            .collect(),
        charts: charts(report)?,
        rows: rows.collect(),
        totals: totals.collect(),
        more: report.rows.len().saturating_sub(MOST_ROWS),
        heads: beside,
    })
}
