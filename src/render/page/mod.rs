//! What the templates of the html report are filled with: texts made ready, nothing left to decide.
//! Not here: markup and colours, which are the templates'.

mod bill;
mod card;

use super::summary;
use super::wording::{amount, counted, invoice_words, printable, recognition, verdict_words};
use crate::check::{FileReport, InvoiceReport, Run, Verdict};
use askama::Template;
use bill::{Column, Row, Table};
use card::{Card, Quote};

/// The whole page.
#[derive(Template)]
#[template(path = "page.html", config = "src/render/askama.toml")]
pub(super) struct Page {
    pub version: String,
    pub overview: Vec<Overview>,
    /// The parts, already escaped.
    pub body: String,
    today: String,
    scope: String,
    verdicts: Vec<Count>,
    at_risk: Option<String>,
    whole_file: Option<&'static str>,
    not_read: Vec<String>,
    lists: Vec<String>,
    not_checked: Vec<String>,
    packs: Vec<String>,
}

struct Count {
    class: &'static str,
    count: String,
    words: &'static str,
}

impl Page {
    pub fn new(run: &Run) -> Self {
        let verdicts = summary::verdicts(&run.summary)
            .into_iter()
            .map(|(count, verdict)| Count {
                class: verdict.name(),
                count: count.to_string(),
                words: summary::verdict_of_many(verdict),
            })
            .collect();
        Self {
            version: String::new(),
            overview: Vec::new(),
            body: String::new(),
            today: run.today.to_string(),
            scope: summary::scope(&run.summary),
            verdicts,
            at_risk: summary::at_risk(&run.summary),
            whole_file: summary::whole_file(run),
            not_read: summary::not_read(run),
            lists: summary::lists(&run.lists),
            not_checked: summary::not_checked(&run.not_checked),
            packs: run
                .packs
                .iter()
                .map(|pack| format!("{} {}", pack.pack, pack.version))
                .collect(),
        }
    }
}

/// A row of the overview: an invoice, or a file that has something of its own to say.
pub(super) struct Overview {
    anchor: String,
    name: String,
    path: String,
    client: String,
    total: String,
    at_risk: String,
    class: &'static str,
    words: &'static str,
    findings: usize,
}

impl Overview {
    pub fn of_invoice(anchor: &str, file: &FileReport, invoice: &InvoiceReport) -> Self {
        Self {
            anchor: anchor.to_owned(),
            name: number(invoice),
            path: shown(&file.path),
            client: invoice.client.as_deref().map(shown).unwrap_or_default(),
            total: total(invoice),
            at_risk: at_risk(invoice).unwrap_or_default(),
            class: invoice.verdict.name(),
            words: verdict_words(invoice.verdict),
            findings: invoice.findings.len(),
        }
    }

    pub fn of_file(anchor: &str, file: &FileReport) -> Self {
        let verdict = Verdict::of(&file.findings);
        Self {
            anchor: anchor.to_owned(),
            name: "file as a whole".to_owned(),
            path: shown(&file.path),
            client: String::new(),
            total: String::new(),
            at_risk: String::new(),
            class: verdict.name(),
            words: verdict_words(verdict),
            findings: file.findings.len(),
        }
    }
}

/// What concerns a file as a whole.
#[derive(Template)]
#[template(path = "file.html", config = "src/render/askama.toml")]
pub(super) struct FilePart {
    anchor: String,
    path: String,
    about: String,
    findings: Vec<Card>,
}

impl FilePart {
    pub fn new(anchor: String, file: &FileReport) -> Self {
        let mut findings: Vec<Card> = file
            .findings
            .iter()
            .enumerate()
            .map(|(at, finding)| {
                let excerpt = finding.places.first().and_then(Quote::of);
                Card::new(format!("{anchor}f{at}"), finding, "?", excerpt)
            })
            .collect();
        Card::explain_once(findings.iter_mut());
        Self {
            path: shown(&file.path),
            about: about(file),
            findings,
            anchor,
        }
    }
}

/// An invoice as a bill, its findings beside its lines.
#[derive(Template)]
#[template(path = "invoice.html", config = "src/render/askama.toml")]
pub(super) struct InvoicePart {
    anchor: String,
    number: String,
    path: String,
    about: String,
    class: &'static str,
    words: &'static str,
    facts: Vec<(&'static str, String)>,
    description: String,
    at_risk: Option<String>,
    /// Findings that belong to no line.
    head: Vec<Card>,
    columns: Vec<Column>,
    rows: Vec<Row>,
    lines: String,
    total: String,
}

impl InvoicePart {
    pub fn new(anchor: String, file: &FileReport, invoice: &InvoiceReport) -> Self {
        let mut facts = Vec::new();
        let mut fact = |name, text: &str| {
            if !text.is_empty() {
                facts.push((name, shown(text)));
            }
        };
        let client = invoice.client.as_deref().unwrap_or_default();
        let mut table = Table::default();
        let mut description = String::new();
        match &invoice.bill {
            Some(bill) => {
                fact("From", &bill.firm);
                match (client, &*bill.client) {
                    ("", name) | (name, "") => fact("To", name),
                    (id, name) if id == name => fact("To", name),
                    (id, name) => fact("To", &format!("{name} ({id})")),
                }
                fact("Matter", &bill.matters.join("; "));
                if let Some((from, to)) = bill.period {
                    fact("Period", &format!("{from} to {to}"));
                }
                description = shown(&bill.description);
                table = Table::new(&bill.lines, file.ledes_format);
            }
            None => {
                fact("To", client);
                fact("Matter", invoice.matter.as_deref().unwrap_or_default());
            }
        }
        if let Some(date) = invoice.date {
            fact("Date", &date.to_string());
        }
        let head = table.place(&anchor, &invoice.findings, &invoice.currency);
        let (columns, rows) = table.finish();
        Self {
            number: number(invoice),
            path: shown(&file.path),
            about: about(file),
            class: invoice.verdict.name(),
            words: invoice_words(file, invoice),
            facts,
            description,
            at_risk: at_risk(invoice),
            head,
            columns,
            rows,
            lines: counted(invoice.lines, "line"),
            total: total(invoice),
            anchor,
        }
    }
}

fn about(file: &FileReport) -> String {
    shown(&recognition(file))
}

fn number(invoice: &InvoiceReport) -> String {
    match invoice.number.as_str() {
        "" => "without a number".to_owned(),
        number => shown(number),
    }
}

fn total(invoice: &InvoiceReport) -> String {
    invoice
        .total
        .map(|total| amount(&total, &invoice.currency))
        .unwrap_or_default()
}

fn at_risk(invoice: &InvoiceReport) -> Option<String> {
    (!invoice.at_risk.is_zero()).then(|| amount(&invoice.at_risk, &invoice.currency))
}

fn shown(text: &str) -> String {
    printable(text).into_owned()
}
