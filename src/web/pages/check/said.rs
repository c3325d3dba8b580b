//! What the check says of files that were dropped, as bills with their findings.

use super::super::bill::{Alone, Card, Laid, Look};
use super::held;
use crate::check::FileReport;
use crate::model::Finding;
use crate::render::printable;
use crate::web::answer::{Trouble, html};
use crate::web::asked::Asked;
use crate::web::frame::Frame;
use crate::web::held::HeldFile;
use crate::web::wording::{counted, level};
use askama::Template;
use axum::response::{IntoResponse, Response};

/// An invoice with its findings.
struct Shown {
    anchor: String,
    number: String,
    class: &'static str,
    words: &'static str,
    facts: Vec<(&'static str, String)>,
    description: String,
    bill: Laid,
    table: String,
}

/// A file with its invoices.
struct ShownFile {
    index: usize,
    name: String,
    about: String,
    class: &'static str,
    words: &'static str,
    head: Vec<Card>,
    invoices: Vec<Shown>,
    fixable: bool,
    not_checked: Vec<String>,
}

#[derive(Template)]
#[template(path = "checked.html", config = "src/web/askama.toml")]
struct Checked {
    frame: Frame,
    at: String,
    look: Look,
    /// Levels, rules and timekeepers of everything that was checked.
    bill: Laid,
    files: Vec<ShownFile>,
    summary: Vec<(&'static str, &'static str, usize)>,
    aside: Option<&'static str>,
    may_keep: bool,
}

/// What the check says.
pub async fn result(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let held = held(asked)?;
    let look = Look::of(&asked.given.query);
    let locale = asked.locale();
    let at = format!("/check/{}", asked.given.param("held"));
    let mut over_all = Laid::default();
    let mut summary = [
        ("reject", 0),
        ("reduce", 0),
        ("review", 0),
        ("note", 0),
        ("clean", 0),
    ];
    let mut files = Vec::new();
    for (f, file) in held.files.iter().enumerate() {
        let report = &file.report;
        let mut invoices = Vec::new();
        for (i, invoice) in report.invoices.iter().enumerate() {
            let bill = invoice.bill.as_deref();
            let lines = bill.map_or(&[][..], |b| &b.lines);
            let findings = invoice.findings.iter();
            let mut laid = Laid::out(
                lines,
                report.ledes_format,
                findings,
                &invoice.currency,
                locale,
                &look,
            );
            laid.name(&format!("{f}-{i}-"));
            join(&mut over_all, &laid);
            if let Some(own) = summary
                .iter_mut()
                .find(|(v, _)| *v == invoice.verdict.name())
            {
                own.1 += 1;
            }
            let rows = laid.rows_from(0, &format!("{at}/lines/{f}/{i}"), &look.query(), None);
            let mut facts = Vec::new();
            let mut fact = |name, text: String| {
                if !text.is_empty() {
                    facts.push((name, printable(&text).into_owned()));
                }
            };
            if let Some(bill) = bill {
                fact("From", bill.firm.clone());
                fact("To", bill.client.clone());
                fact("Matter", bill.matters.join("; "));
                fact(
                    "Period",
                    bill.period.map_or_else(String::new, |(a, b)| {
                        format!("{} to {}", locale.day(a), locale.day(b))
                    }),
                );
            }
            fact(
                "Date",
                invoice.date.map_or_else(String::new, |d| locale.day(d)),
            );
            let total = invoice
                .total
                .map_or_else(String::new, |t| locale.money(t, &invoice.currency));
            fact("Total", total.clone());
            if !invoice.at_risk.is_zero() {
                fact("At risk", locale.money(invoice.at_risk, &invoice.currency));
            }
            invoices.push(Shown {
                anchor: format!("i{f}-{i}"),
                number: match invoice.number.trim() {
                    "" => "without a number".to_owned(),
                    number => printable(number).into_owned(),
                },
                class: invoice.verdict.name(),
                words: level(invoice.verdict.name()),
                facts,
                description: bill
                    .map_or_else(String::new, |b| printable(&b.description).into_owned()),
                table: laid.table(rows, &total, &counted(invoice.lines, "line")),
                bill: laid,
            });
        }
        let all = || {
            report
                .findings
                .iter()
                .chain(report.invoices.iter().flat_map(|i| &i.findings))
        };
        let head = report.findings.iter().enumerate();
        files.push(ShownFile {
            index: f,
            name: printable(&file.name).into_owned(),
            about: about(report),
            class: report.verdict.name(),
            words: level(report.verdict.name()),
            head: head
                .map(|(n, finding)| Card::of(format!("w{f}-{n}"), finding, "?", locale))
                .collect(),
            invoices,
            fixable: all().any(is_fixable),
            not_checked: not_checked(file),
        });
    }
    let page = Checked {
        frame: asked.frame("What the check says", "check"),
        at,
        look,
        bill: over_all,
        files,
        summary: summary
            .iter()
            .filter(|(_, n)| *n > 0)
            .map(|(v, n)| (*v, level(v), *n))
            .collect(),
        aside: None,
        may_keep: held.files.iter().any(|f| !f.report.invoices.is_empty()),
    };
    Ok(html(&page))
}

/// What the file was taken for, and by what.
fn about(report: &FileReport) -> String {
    match (report.ledes_format, &report.recognised) {
        (Some(format), Some(by)) => {
            printable(&format!("LEDES {format}, recognised by {by}")).into_owned()
        }
        (Some(format), None) => format!("LEDES {format}"),
        (None, _) => String::new(),
    }
}

fn is_fixable(finding: &Finding) -> bool {
    finding
        .fix
        .as_ref()
        .is_some_and(|f| f.safety == crate::model::Safety::Safe)
}

/// What could not be judged, by what is missing.
fn not_checked(file: &HeldFile) -> Vec<String> {
    let mut by: std::collections::BTreeMap<&str, Vec<&str>> = std::collections::BTreeMap::new();
    for one in &file.not_checked {
        by.entry(&one.because).or_default().push(&one.rule);
    }
    by.into_iter()
        .map(|(why, rules)| format!("{}: {why}", rules.join(", ")))
        .collect()
}

/// The choices of all invoices together.
fn join(all: &mut Laid, one: &Laid) {
    for (n, level) in one.levels.iter().enumerate() {
        match all.levels.get_mut(n) {
            Some(known) => known.2 += level.2,
            None => all.levels.push(*level),
        }
    }
    for (known, own) in [
        (&mut all.rules, &one.rules),
        (&mut all.timekeepers, &one.timekeepers),
    ] {
        known.extend(own.iter().cloned());
        known.sort();
        known.dedup();
    }
}

/// Further lines of an invoice that was checked.
pub async fn more_lines(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let held = held(asked)?;
    let index = |name: &str| {
        asked
            .given
            .param(name)
            .parse::<usize>()
            .unwrap_or(usize::MAX)
    };
    let file = held
        .files
        .get(index("file"))
        .ok_or_else(Trouble::not_found)?;
    let invoice = file
        .report
        .invoices
        .get(index("number"))
        .ok_or_else(Trouble::not_found)?;
    let look = Look::of(&asked.given.query);
    let lines = invoice.bill.as_deref().map_or(&[][..], |b| &b.lines);
    let findings = invoice.findings.iter();
    let mut laid = Laid::out(
        lines,
        file.report.ledes_format,
        findings,
        &invoice.currency,
        asked.locale(),
        &look,
    );
    laid.name(&format!(
        "{}-{}-",
        asked.given.param("file"),
        asked.given.param("number")
    ));
    let from = asked.given.query.get("from").parse().unwrap_or(0);
    let rows = laid.rows_from(from, &asked.given.path, &look.query(), None);
    if asked.given.part {
        return Ok(axum::response::Html(rows).into_response());
    }
    let total = invoice
        .total
        .map_or_else(String::new, |t| asked.locale().money(t, &invoice.currency));
    Ok(html(&Alone {
        frame: asked.frame("Lines", "check"),
        heading: format!(
            "Invoice {}, from line {}",
            printable(&invoice.number),
            from + 1
        ),
        back: format!("/check/{}", asked.given.param("held")),
        table: laid.table(rows, &total, &counted(invoice.lines, "line")),
    }))
}
