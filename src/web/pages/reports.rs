//! Reports: figures for partners, over a period and whose invoices they choose; each figure leads to its invoices, and
//! each report to a file of it.
//! Not here: any figure (`reports::figures`), and the files themselves (`reports::forms`).

use super::reductions::shown;
use crate::portals::Accounts;
use crate::reports::figures::{self, Behind, By, Cell, Column, Kind, Period, Report, Row, Total};
use crate::reports::forms::chart::{ChartError, Drawn, charts};
use crate::reports::forms::{About, beside, csv, json, workbook};
use crate::reports::gather::{GatherError, Whose};
use crate::reports::making::{ALL, NoSuchReport, Wanted};
use crate::web::answer::{Trouble, download, html};
use crate::web::asked::{Asked, Fields};
use crate::web::frame::Frame;
use crate::web::locale::Locale;
use crate::web::wording::for_pages;
use askama::Template;
use axum::response::Response;
use chrono::NaiveDate;
use rust_decimal::Decimal;
use std::collections::BTreeSet;

/// Rows of a table on a page; a file of it has all.
const MOST_ROWS: usize = 250;
/// Invoices behind a figure on a page.
const MOST_INVOICES: usize = 500;

impl From<NoSuchReport> for Trouble {
    fn from(error: NoSuchReport) -> Self {
        Self::wrong(error.to_string())
    }
}

impl From<GatherError> for Trouble {
    fn from(error: GatherError) -> Self {
        match error {
            GatherError::Workflow(error) => error.into(),
            GatherError::Pack(mistake) => Self::Failed(mistake.to_string()),
        }
    }
}

impl From<ChartError> for Trouble {
    fn from(error: ChartError) -> Self {
        Self::Failed(error.to_string())
    }
}

/// A report in the list of reports.
struct Tab {
    href: String,
    title: String,
    question: String,
    on: bool,
}

struct Head {
    title: &'static str,
    right: bool,
}

/// What stands in a row, with where it leads.
struct Figure {
    text: String,
    head: &'static str,
    right: bool,
    href: Option<String>,
}

struct Line {
    cells: Vec<Figure>,
    alarm: bool,
    /// Words that belong to the row as a whole.
    below: Vec<String>,
}

/// A report on the page.
struct Section {
    anchor: String,
    title: &'static str,
    when: String,
    leads: Vec<(String, bool)>,
    counts: String,
    notes: Vec<String>,
    charts: Vec<Drawn>,
    heads: Vec<Head>,
    rows: Vec<Line>,
    totals: Vec<Vec<Figure>>,
    more: usize,
    columns: usize,
}

/// An invoice behind a figure.
struct Piece {
    id: String,
    number: String,
    client: String,
    matter: String,
    state: String,
    adds: Vec<(String, &'static str)>,
}

/// The invoices behind a figure.
struct Opened {
    heading: String,
    sheet: String,
    heads: Vec<&'static str>,
    pieces: Vec<Piece>,
    more: usize,
    sum: Option<String>,
    close: String,
}

struct Choice {
    value: &'static str,
    on: bool,
}

#[derive(Template)]
#[template(path = "reports.html", config = "src/web/askama.toml")]
struct Page {
    frame: Frame,
    title: String,
    question: String,
    at: String,
    tabs: Vec<Tab>,
    /// It is about days, and not about today.
    over_days: bool,
    from: String,
    to: String,
    client: String,
    portal: String,
    partner: String,
    by: Vec<Choice>,
    sections: Vec<Section>,
    opened: Option<Opened>,
    files: Vec<(String, &'static str)>,
}

/// What somebody asks for, by the address.
struct Question<'a> {
    name: &'a str,
    query: &'a Fields,
    period: Period,
    by: Option<By>,
}

fn day(query: &Fields, name: &str, what: &str) -> Result<Option<NaiveDate>, Trouble> {
    let read = |text: &str| {
        text.parse().map_err(|_| {
            Trouble::wrong(format!(
                "{what}: \"{text}\" is no day; write it as 2026-07-31"
            ))
        })
    };
    query.some(name).map(read).transpose()
}

impl<'a> Question<'a> {
    fn of(asked: &'a Asked<'_>) -> Result<Self, Trouble> {
        let query = &asked.given.query;
        let name = match asked.given.param("report") {
            "" => figures::AT_RISK,
            name => name,
        };
        let known = figures::names().iter().any(|(n, _)| *n == name);
        if !known && name != ALL {
            return Err(Trouble::NotFound(format!(
                "there is no report {}; choose one of the list",
                shown(name)
            )));
        }
        let by = match query.some("by") {
            None => None,
            Some(word) => Some(By::named(word).ok_or_else(|| {
                let all: Vec<&str> = By::ALL.iter().map(|b| b.name()).collect();
                Trouble::wrong(format!("rows may be by {}", all.join(", ")))
            })?),
        };
        let (from, to) = (
            day(query, "from", "First day")?,
            day(query, "to", "Last day")?,
        );
        Ok(Self {
            name,
            query,
            period: Period::or_usual(from, to, asked.app.today())?,
            by,
        })
    }

    fn whose(&self) -> Whose<'_> {
        Whose {
            client: self.query.some("client"),
            portal: self.query.some("portal"),
            partner: self.query.some("partner"),
        }
    }

    /// The same question about another report or one of its figures.
    fn address(&self, path: &str, more: &[(&str, &str)]) -> String {
        let mut out = url::form_urlencoded::Serializer::new(String::new());
        for name in ["from", "to", "client", "portal", "partner"] {
            if let Some(value) = self.query.some(name) {
                out.append_pair(name, value);
            }
        }
        for (name, value) in more {
            out.append_pair(name, value);
        }
        match out.finish() {
            none if none.is_empty() => path.to_owned(),
            query => format!("{path}?{query}"),
        }
    }

    fn rows_by(&self) -> Option<(&'static str, &'static str)> {
        self.by.map(|by| ("by", by.name()))
    }

    async fn made(&self, asked: &Asked<'_>) -> Result<Vec<Report>, Trouble> {
        let wanted = Wanted::of(Some(self.name), self.by)?;
        let basis = asked.app.basis()?;
        let none = Accounts::default();
        let accounts = asked.app.doors.as_ref().map_or(&none, |d| d.accounts());
        let made = wanted
            .made(
                &asked.desk,
                self.whose(),
                &basis.options,
                (accounts, &asked.app.own.receivables),
                self.period,
            )
            .await?;
        Ok(made)
    }
}

fn cell(cell: &Cell, column: &Column, locale: &Locale) -> String {
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
fn section(report: &Report, question: &Question<'_>, locale: &Locale) -> Result<Section, Trouble> {
    let (places, money) = beside(report);
    let path = format!("/reports/{}", report.name);
    let by = question.rows_by();
    let leads_to = |row: Option<&Row>, currency: &str, figure: Option<&str>| {
        let mut more: Vec<(&str, &str)> = by.into_iter().collect();
        more.extend(row.map(|r| ("row", r.key.as_str())));
        more.push(("currency", currency));
        more.extend(figure.map(|f| ("figure", f)));
        question.address(&path, &more) + "#behind"
    };
    let mut heads = Vec::new();
    for (at, place) in places.iter().enumerate() {
        if money == Some(at) {
            heads.push(Head {
                title: "Currency",
                right: false,
            });
        }
        let column = &report.columns[*place];
        heads.push(Head {
            title: column.title,
            right: column.kind.is_number(),
        });
    }
    let line = |row: Option<&Row>, cells: &[Cell], code: &str| {
        let mut line = Vec::new();
        for (at, place) in places.iter().enumerate() {
            if money == Some(at) {
                line.push(Figure {
                    text: match code {
                        "" | "?" => "not said".to_owned(),
                        named => shown(named),
                    },
                    head: "Currency",
                    right: false,
                    href: None,
                });
            }
            let column = &report.columns[*place];
            let own = &cells[*place];
            // A row of one invoice is that invoice.
            let alone = row.and_then(|r| match r.invoices.as_slice() {
                [one] if *own == Cell::Text(one.number.clone()) => Some(one),
                _ => None,
            });
            let adds = matches!(column.total, Total::Sum | Total::Own)
                && own.number().is_some_and(|n| !n.is_zero());
            let behind = row.is_none_or(|r| !r.invoices.is_empty());
            line.push(Figure {
                text: cell(own, column, locale),
                head: column.title,
                right: column.kind.is_number(),
                href: match alone {
                    Some(one) => Some(format!("/invoices/{}", one.id)),
                    None if !behind => None,
                    None if at == 0 && row.is_some_and(|r| r.invoices.len() > 1) => {
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
            });
        }
        line
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
            .map(|l| (shown(&l.text), l.alarm))
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
        columns: heads.len(),
        heads,
    })
}

/// The invoices behind a figure, or behind a row.
fn opened(
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

/// Ways to take a report along.
fn files(question: &Question<'_>) -> Vec<(String, &'static str)> {
    let mut forms = vec![("xlsx", "Workbook")];
    if question.name != ALL {
        forms.push(("csv", "CSV"));
    }
    if cfg!(feature = "pdf") {
        forms.push(("pdf", "PDF"));
    }
    forms.push(("json", "JSON"));
    let path = format!("/reports/{}/file", question.name);
    let all = forms.into_iter().map(|(form, words)| {
        let mut more: Vec<(&str, &str)> = question.rows_by().into_iter().collect();
        more.push(("form", form));
        (question.address(&path, &more), words)
    });
    all.collect()
}

/// The page: one report, or all of them.
pub async fn show(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let question = Question::of(asked)?;
    let locale = asked.locale();
    let reports = question.made(asked).await?;
    let sections: Result<Vec<Section>, Trouble> = reports
        .iter()
        .map(|r| section(r, &question, locale))
        .collect();
    let opened = match reports.as_slice() {
        [one] => opened(one, &question, locale)?,
        _ => None,
    };
    let names = figures::names();
    let all = (ALL, "Every report after another.");
    let tabs = names.iter().chain([&all]).map(|(name, question_of)| Tab {
        href: question.address(&format!("/reports/{name}"), &[]),
        title: match *name {
            ALL => "All".to_owned(),
            name => for_pages(&name.replace('-', " ")),
        },
        question: (*question_of).to_owned(),
        on: *name == question.name,
    });
    let by = figures::rows_of(question.name);
    let on = question.by.or(by.first().copied());
    let query = question.query;
    let title = match reports.as_slice() {
        [one] => one.title.to_owned(),
        _ => "Reports".to_owned(),
    };
    let asks = names.iter().find(|(name, _)| *name == question.name);
    Ok(html(&Page {
        frame: asked.frame(title.clone(), "reports"),
        title,
        question: asks.map_or_else(String::new, |(_, q)| (*q).to_owned()),
        at: format!("/reports/{}", question.name),
        tabs: tabs.collect(),
        over_days: question.name != figures::AT_RISK,
        from: question.period.from.to_string(),
        to: question.period.to.to_string(),
        client: query.get("client").to_owned(),
        portal: query.get("portal").to_owned(),
        partner: query.get("partner").to_owned(),
        by: by
            .iter()
            .map(|b| Choice {
                value: b.name(),
                on: on == Some(*b),
            })
            .collect(),
        sections: sections?,
        opened,
        files: files(&question),
    }))
}

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
