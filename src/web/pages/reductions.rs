//! Reductions: what clients cut, what ends first; line by line with the client's words and ours; accepted or appealed.

use super::due::Due;
use crate::render::{for_sheets, printable};
use crate::store::ReductionRow;
use crate::web::answer::{Trouble, download, html};
use crate::web::app::Basis;
use crate::web::asked::Asked;
use crate::web::frame::Frame;
use crate::web::locale::Locale;
use crate::web::notice::done;
use crate::web::wording::counted;
use crate::workflow::{Act, Cut, Decided, Ground, NewAppeal, Overview, Step};
use askama::Template;
use axum::response::Response;
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// What cuts are held against.
pub(super) fn ground(basis: &Basis) -> Ground<'_> {
    Ground {
        shelf: &basis.options.shelf,
        lists: &basis.options.lists,
    }
}

pub(super) fn shown(text: &str) -> String {
    printable(text).into_owned()
}

fn undecided(row: &ReductionRow) -> bool {
    matches!(row.status.as_str(), "open" | "accepted in part")
}

/// What somebody still has to decide on.
fn open(one: &Overview) -> Decimal {
    one.sum(|r| match undecided(r) {
        true => r.contested(),
        false => Decimal::ZERO,
    })
}

struct Row {
    id: String,
    number: String,
    client: String,
    matter: String,
    partner: String,
    cuts: String,
    cut: String,
    open: String,
    unsupported: usize,
    look: usize,
    due: Option<Due>,
}

#[derive(Template)]
#[template(path = "reductions.html", config = "src/web/askama.toml")]
struct List {
    frame: Frame,
    rows: Vec<Row>,
    all: bool,
    client: String,
    export: String,
    sum: String,
}

impl List {
    /// A column that would be empty is not shown.
    fn partners(&self) -> bool {
        self.rows.iter().any(|r| !r.partner.is_empty())
    }
}

/// Sums by currency, one after the other.
pub(super) fn sums(of: impl Iterator<Item = (String, Decimal)>, locale: &Locale) -> String {
    let mut by: BTreeMap<String, Decimal> = BTreeMap::new();
    for (currency, amount) in of {
        let sum = by.entry(currency).or_default();
        *sum = sum.saturating_add(amount);
    }
    let some = by.iter().filter(|(_, a)| !a.is_zero());
    let all: Vec<String> = some.map(|(c, a)| locale.money(*a, c)).collect();
    all.join(" · ")
}

/// The question of an address for one client.
pub(super) fn of_client(client: Option<&str>) -> String {
    let encoded = |c: &str| url::form_urlencoded::byte_serialize(c.as_bytes()).collect::<String>();
    client.map_or_else(String::new, |c| format!("?client={}", encoded(c)))
}

/// What was cut, by invoice: what ends first, then the larger sum.
pub async fn show(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let (basis, locale) = (asked.app.basis()?, asked.locale());
    let all = asked.given.query.get("which") == "all";
    let client = asked.given.query.some("client");
    let found = asked
        .desk
        .all_reductions(client, !all, &ground(&basis))
        .await?;
    let due = asked.desk.due_appeals(&basis.options.lists).await?;
    let now = (asked.app.clock)();
    let mut rows = Vec::with_capacity(found.len());
    for one in &found {
        let window = due
            .iter()
            .find(|d| d.appeal.is_none() && d.invoice.id == one.invoice.id);
        let due = window.map(|d| Due::of(&d.deadline, asked.app.own.alarm_days, now, locale));
        let currency = &one.invoice.currency;
        let count = |f: &dyn Fn(&Cut) -> bool| one.cuts.iter().filter(|c| f(c)).count();
        rows.push((
            due.as_ref().map_or(i64::MAX, |d| d.sort),
            std::cmp::Reverse(open(one)),
            Row {
                id: one.invoice.id.clone(),
                number: shown(&one.invoice.number),
                client: shown(&one.invoice.client),
                matter: shown(&one.invoice.matter),
                partner: shown(&one.invoice.partner),
                cuts: counted(one.cuts.len(), "cut"),
                cut: locale.money(one.sum(|r| r.cut), currency),
                open: locale.money(open(one), currency),
                unsupported: count(&|c| c.row.supported == Some(false)),
                look: count(&|c| !c.row.doubt.is_empty()) + one.doubts.len(),
                due,
            },
        ));
    }
    rows.sort_by_key(|(when, money, _)| (*when, *money));
    let sum = found.iter().map(|o| (o.invoice.currency.clone(), open(o)));
    Ok(html(&List {
        frame: asked.frame("Reductions", "reductions"),
        sum: sums(sum, locale),
        rows: rows.into_iter().map(|(_, _, row)| row).collect(),
        all,
        export: format!("/reductions/write-offs.csv{}", of_client(client)),
        client: client.unwrap_or("").to_owned(),
    }))
}

/// One cut.
struct Line {
    id: String,
    what: String,
    cut: String,
    billed: String,
    status: String,
    facts: Vec<(&'static str, String)>,
    narrative: String,
    words: String,
    /// Colour and words of whether the client's own pack supports it.
    support: (&'static str, String),
    doubt: String,
    decision: String,
    by: String,
    appeal: Option<String>,
    open: bool,
    most: String,
}

fn support(row: &ReductionRow) -> (&'static str, String) {
    match (row.supported, row.rule.as_str()) {
        (Some(true), "") => ("note", "supported by the client's guidelines".to_owned()),
        (Some(true), rule) => (
            "note",
            format!("supported by the client's guidelines: {rule}"),
        ),
        (Some(false), _) => (
            "reduce",
            "not supported: the client's guidelines have no rule that fits".to_owned(),
        ),
        (None, "") => (
            "review",
            "the client has no pack here: whether its guidelines support this is not known"
                .to_owned(),
        ),
        (None, rule) => (
            "review",
            format!("our rule {rule} fits; the client has no pack here"),
        ),
    }
}

fn line(cut: &Cut, locale: &Locale) -> Line {
    let row = &cut.row;
    let money = |amount| locale.money(amount, &row.currency);
    let mut facts = Vec::new();
    if let Some(line) = &cut.line {
        facts.push(("Timekeeper", shown(&line.timekeeper_id)));
        facts.extend(line.date.map(|d| ("Day", locale.day(d))));
        facts.extend(line.units.map(|u| ("Units", locale.number(u))));
        facts.extend(line.unit_cost.map(|u| ("At", locale.amount(u))));
    }
    if !row.accepted.is_zero() {
        facts.push(("Accepted", money(row.accepted)));
    }
    if !row.recovered.is_zero() {
        facts.push(("Given back", money(row.recovered)));
    }
    Line {
        id: row.id.clone(),
        what: match &row.item {
            Some(item) => format!("Line {}", shown(item)),
            None => "The invoice as a whole".to_owned(),
        },
        cut: money(row.cut),
        billed: row.billed.map_or_else(String::new, money),
        status: row.status.clone(),
        facts,
        narrative: cut
            .line
            .as_ref()
            .map_or_else(String::new, |l| shown(&l.narrative)),
        words: shown(&cut.reason),
        support: support(row),
        doubt: shown(&row.doubt),
        decision: shown(&cut.decision),
        by: row.decided_by.clone().unwrap_or_default(),
        appeal: row.appeal.clone(),
        open: undecided(row) && !row.contested().is_zero(),
        most: row.contested().to_string(),
    }
}

#[derive(Template)]
#[template(path = "reduction.html", config = "src/web/askama.toml")]
struct Page {
    frame: Frame,
    id: String,
    number: String,
    facts: Vec<(&'static str, String)>,
    doubts: Vec<String>,
    lines: Vec<Line>,
    due: Option<Due>,
    open: usize,
    open_sum: String,
    may_accept: bool,
    may_appeal: bool,
}

/// What was cut from one invoice.
pub async fn one(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let (basis, locale) = (asked.app.basis()?, asked.locale());
    let named = asked.given.param("invoice");
    let one = asked.desk.reductions(named, &ground(&basis)).await?;
    let due = asked.desk.due_appeals(&basis.options.lists).await?;
    let due = due
        .iter()
        .find(|d| d.appeal.is_none() && d.invoice.id == one.invoice.id);
    let invoice = &one.invoice;
    let money = |amount: Option<Decimal>| {
        amount.map_or_else(|| "?".to_owned(), |a| locale.money(a, &invoice.currency))
    };
    let mut facts = vec![
        ("Client", shown(&invoice.client)),
        ("Matter", shown(&invoice.matter)),
        ("State", invoice.state.clone()),
        ("Billed", money(invoice.total)),
        ("Cut", money(Some(one.sum(|r| r.cut)))),
        ("Open", money(Some(open(&one)))),
    ];
    if one.approved.is_some() {
        facts.insert(4, ("To be paid", money(one.approved)));
    }
    let lines: Vec<Line> = one.cuts.iter().map(|c| line(c, locale)).collect();
    Ok(html(&Page {
        frame: asked.frame(
            format!("Reductions of invoice {}", shown(&invoice.number)),
            "reductions",
        ),
        id: invoice.id.clone(),
        number: shown(&invoice.number),
        facts,
        doubts: one.doubts.iter().map(|d| shown(d)).collect(),
        open: lines.iter().filter(|l| l.open).count(),
        open_sum: money(Some(open(&one))),
        lines,
        due: due.map(|d| {
            let now = (asked.app.clock)();
            Due::of(&d.deadline, asked.app.own.alarm_days, now, locale)
        }),
        may_accept: asked.desk.may(Act::Step(Step::AcceptCut)).is_ok(),
        may_appeal: asked.desk.may(Act::Step(Step::ProposeAppeal)).is_ok(),
    }))
}

/// An amount as it was typed.
pub(super) fn amount_of(text: &str) -> Result<Decimal, Trouble> {
    text.parse().map_err(|_| {
        Trouble::wrong(format!(
            "\"{text}\" is no amount; write it with a point and no marks of thousands, as 1250.50"
        ))
    })
}

/// A partner accepts one reduction, all or part of it, or every open one.
pub async fn accept(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let form = &asked.given.form;
    let invoice = asked.given.param("invoice");
    let amount = form.some("amount").map(amount_of).transpose()?;
    let named = match form.some("id") {
        None => invoice.to_owned(),
        Some(id) => {
            // The gate has judged the invoice of the path: the reduction has to be one of it.
            let basis = asked.app.basis()?;
            let own = asked.desk.reductions(invoice, &ground(&basis)).await?;
            if !own.cuts.iter().any(|c| c.row.id == id) {
                return Err(Trouble::not_found());
            }
            id.to_owned()
        }
    };
    let did = asked
        .desk
        .accept_reduction(&named, amount, form.get("reason"))
        .await?;
    let word = match did.decided {
        Decided::Accepted => "cut-accepted",
        Decided::NeedsAnother => "cut-endorsed",
    };
    Ok(done(&format!("/reductions/{invoice}"), word))
}

/// Proposes an appeal against the cuts that are marked.
pub async fn propose(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let form = &asked.given.form;
    let items: Vec<String> = form.all("item").map(str::to_owned).collect();
    if items.is_empty() {
        return Err(Trouble::wrong("mark what the appeal is against"));
    }
    let basis = asked.app.basis()?;
    let new = NewAppeal {
        invoice: asked.given.param("invoice"),
        items: &items,
        why: form.get("why"),
    };
    let (row, _) = asked.desk.propose_appeal(new, &ground(&basis)).await?;
    Ok(done(&format!("/appeals/{}", row.id), "appeal-proposed"))
}

/// What was accepted, for the billing system.
pub async fn write_offs(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let all = asked
        .desk
        .write_offs(asked.given.query.some("client"))
        .await?;
    let failed = |error: csv::Error| Trouble::Failed(error.to_string());
    let mut sheet = csv::Writer::from_writer(Vec::new());
    for mut off in all {
        for cell in [
            &mut off.invoice_number,
            &mut off.client_id,
            &mut off.law_firm_matter_id,
            &mut off.line_item_number,
            &mut off.timekeeper_id,
            &mut off.accepted_by,
            &mut off.reason,
        ] {
            *cell = for_sheets(cell).into_owned();
        }
        sheet.serialize(off).map_err(failed)?;
    }
    let bytes = sheet.into_inner();
    let bytes = bytes.map_err(|error| Trouble::Failed(error.to_string()))?;
    Ok(download("write-offs.csv", "text/csv", bytes))
}
