//! Reports as a page that needs nothing from elsewhere: light and dark, on paper, on a telephone.

use super::chart::{ChartError, Drawn, charts};
use super::{About, Beside, below, beside, invoice, texts};
use crate::reports::figures::{Cell, Lead, Report};
use askama::Template;

/// Rows that are printed; a screen has all.
const PRINTED: usize = 28;

/// A page that could not be made.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    /// Of its chart.
    #[error(transparent)]
    Chart(#[from] ChartError),
    /// Of its template.
    #[error("the page cannot be written: {0}")]
    Template(#[from] askama::Error),
}

#[derive(Template)]
#[template(path = "report.html", config = "src/reports/askama.toml")]
struct Page<'a> {
    title: String,
    about: &'a About,
    reports: Vec<Shown<'a>>,
}

struct Of {
    text: String,
    head: &'static str,
    right: bool,
}

struct Line {
    key: String,
    cells: Vec<Of>,
    alarm: bool,
    more: bool,
    below: Vec<String>,
    invoices: Vec<String>,
}

struct Shown<'a> {
    name: &'static str,
    title: &'static str,
    when: String,
    lead: &'a [Lead],
    counts: &'a str,
    notes: &'a [String],
    charts: Vec<Drawn>,
    heads: Vec<Beside<'a>>,
    rows: Vec<Line>,
    totals: Vec<Vec<Of>>,
    not_printed: usize,
}

impl Shown<'_> {
    fn width(&self) -> usize {
        self.heads.len()
    }
}

fn of<'a>(report: &'a Report, about: &About) -> Result<Shown<'a>, ChartError> {
    let beside = beside(report);
    let line = |cells: &[Cell], code: &str| {
        let texts = texts(&beside, cells, code).into_iter();
        let of = texts.zip(&beside).map(|(text, one)| Of {
            text,
            head: one.title(),
            right: one.right(),
        });
        of.collect::<Vec<_>>()
    };
    let rows: Vec<Line> = report
        .rows
        .iter()
        .enumerate()
        .map(|(at, row)| Line {
            key: row.key.clone(),
            cells: line(&row.cells, &row.currency),
            alarm: row.alarm,
            more: at >= PRINTED,
            below: below(report, row),
            invoices: match about.invoices {
                false => Vec::new(),
                true => row
                    .invoices
                    .iter()
                    .map(|one| invoice(report, one))
                    .collect(),
            },
        })
        .collect();
    let totals = report
        .totals
        .iter()
        .map(|sum| {
            let mut cells = line(&sum.cells, &sum.currency);
            if let Some(first) = cells.first_mut() {
                first.text = "Total".to_owned();
            }
            cells
        })
        .collect();
    Ok(Shown {
        name: report.name,
        title: report.title,
        when: match report.period {
            Some(period) => period.words(),
            None => format!("as of {}", about.made),
        },
        lead: &report.lead,
        counts: &report.counts,
        notes: &report.notes,
        charts: charts(report)?,
        not_printed: rows.len().saturating_sub(PRINTED),
        heads: beside,
        rows,
        totals,
    })
}

/// The page.
///
/// # Errors
/// A chart cannot be drawn.
pub fn page(reports: &[Report], about: &About) -> Result<String, PageError> {
    let shown: Result<Vec<Shown<'_>>, ChartError> = reports.iter().map(|r| of(r, about)).collect();
    let title = match reports {
        [one] => one.title.to_owned(),
        _ => "Reports".to_owned(),
    };
    Ok(Page {
        title,
        about,
        reports: shown?,
    }
    .render()?)
}
