//! Receivables: what clients owe and for how long, who paid short, what a partner should take up, drafts of reminders.
//! Not here: what is owed and how it ages (`workflow`), and the tables that leave as files (`reports::owed`).

mod file;
pub(in crate::web) mod reminders;

pub use file::file;

use super::names::Names;
use super::reductions::{shown, sums};
use crate::web::answer::{Trouble, html};
use crate::web::asked::{Asked, Fields};
use crate::web::frame::Frame;
use crate::web::locale::Locale;
use crate::web::wording::counted;
use crate::workflow::{Act, AgeFrom, Aged, Bucket, Escalation, Owed, Receivable, Step, aged};
use askama::Template;
use axum::response::Response;
use rust_decimal::Decimal;

/// Invoices in a table.
const MOST: usize = 400;

/// What the page shows: its word in the address, and on the page.
const VIEWS: [(&str, &str); 6] = [
    ("client", "By client"),
    ("matter", "By matter"),
    ("partner", "By partner"),
    ("invoices", "Every open invoice"),
    ("short", "Paid short"),
    ("escalate", "For a partner"),
];

struct Tab {
    label: &'static str,
    href: String,
    on: bool,
    count: Option<usize>,
}

/// Sums of a client, matter or partner in a currency.
struct Sum {
    of: String,
    href: String,
    currency: String,
    invoices: usize,
    open: String,
    buckets: Vec<(String, &'static str)>,
    old: bool,
    credit: String,
}

/// An invoice something is open of.
struct Row {
    id: String,
    number: String,
    client: String,
    matter: String,
    partner: String,
    state: String,
    billed: String,
    approved: String,
    paid: String,
    open: String,
    missing: String,
    age: String,
    old: bool,
    reminded: String,
    why: Vec<String>,
}

#[derive(Template)]
#[template(path = "receivables.html", config = "src/web/askama.toml")]
struct Page {
    frame: Frame,
    from: &'static str,
    tabs: Vec<Tab>,
    view: &'static str,
    /// Where all rows of the view are, as CSV.
    sheet: String,
    client: String,
    partner: String,
    of: &'static str,
    sums: Vec<Sum>,
    totals: Vec<Sum>,
    rows: Vec<Row>,
    more: usize,
    /// What the table of invoices says in its last column of money.
    missing: bool,
    missing_sum: String,
    waiting: usize,
    may_remind: bool,
}

impl Page {
    /// A column that would be empty is not shown.
    fn partners(&self) -> bool {
        self.rows.iter().any(|r| !r.partner.is_empty())
    }

    fn reminded(&self) -> bool {
        self.rows.iter().any(|r| !r.reminded.is_empty())
    }
}

fn since(from: AgeFrom) -> &'static str {
    match from {
        AgeFrom::InvoiceDate => "the invoice date",
        AgeFrom::Submitted => "the day it reached the client",
        AgeFrom::Approved => "the day the client decided",
    }
}

fn address(path: &str, query: &Fields, view: &str, more: &[(&str, &str)]) -> String {
    let mut out = url::form_urlencoded::Serializer::new(String::new());
    out.append_pair("view", view);
    for name in ["client", "partner"] {
        let given = more.iter().find(|(n, _)| *n == name).map(|(_, v)| *v);
        if let Some(value) = given.or(query.some(name)) {
            out.append_pair(name, value);
        }
    }
    format!("{path}?{}", out.finish())
}

fn sum(of: &str, currency: &str, aged: &Aged, href: String, locale: &Locale) -> Sum {
    let names = Bucket::ALL.map(Bucket::name);
    let buckets = aged.buckets.iter().zip(names);
    Sum {
        of: match of {
            "" => "not known".to_owned(),
            name => name.to_owned(),
        },
        href,
        currency: match currency {
            "" | "?" => "not said".to_owned(),
            code => shown(code),
        },
        invoices: aged.invoices,
        open: locale.amount(aged.open),
        buckets: buckets
            .map(|(amount, name)| match amount.is_zero() {
                true => (String::new(), name),
                false => (locale.amount(*amount), name),
            })
            .collect(),
        old: !aged.buckets[3].is_zero(),
        credit: match aged.credit.is_zero() {
            true => String::new(),
            false => locale.amount(aged.credit),
        },
    }
}

fn row(one: &Receivable, why: &[String], locale: &Locale) -> Row {
    let invoice = &one.invoice;
    let money = |amount: Decimal| locale.money(amount, &invoice.currency);
    let mut why: Vec<String> = why.iter().map(|w| shown(w)).collect();
    if !one.contested.is_zero() {
        why.push(format!("{} of it cut and undecided", money(one.contested)));
    }
    why.extend(one.remarks.iter().map(|r| format!("Look: {}", shown(r))));
    let reminded: Vec<String> = one.reminded.iter().map(i64::to_string).collect();
    Row {
        id: invoice.id.clone(),
        number: shown(&invoice.number),
        client: shown(&invoice.client),
        matter: shown(&invoice.matter),
        partner: shown(&invoice.partner),
        state: invoice.state.clone(),
        billed: money(one.billed),
        approved: one.approved.map_or_else(|| "not said".to_owned(), money),
        paid: money(one.paid),
        open: money(one.open),
        missing: one.short().map_or_else(String::new, money),
        age: match one.from {
            None => String::new(),
            Some(_) => counted(usize::try_from(one.days.max(0)).unwrap_or(0), "day"),
        },
        old: one.bucket == Bucket::Over90,
        reminded: match reminded.as_slice() {
            [] => String::new(),
            some => format!("{} days", some.join(", ")),
        },
        why,
    }
}

/// What is shown of an invoice by the view.
fn named<'a>(view: &str, one: &'a Receivable) -> &'a str {
    match view {
        "matter" => &one.invoice.matter,
        "partner" => &one.invoice.partner,
        _ => &one.invoice.client,
    }
}

/// What is looked at: one of the views, of one client or partner or of all.
struct Wanted<'a> {
    view: &'static str,
    label: &'static str,
    client: Option<&'a str>,
    partner: Option<&'a str>,
}

impl<'a> Wanted<'a> {
    fn of(query: &'a Fields) -> Result<Self, Trouble> {
        let wanted = query.some("view").unwrap_or("client");
        let Some(&(view, label)) = VIEWS.iter().find(|(word, _)| *word == wanted) else {
            return Err(Trouble::wrong(
                "choose one of the ways to look at receivables",
            ));
        };
        Ok(Self {
            view,
            label,
            client: query.some("client"),
            partner: query.some("partner"),
        })
    }

    async fn owed(&self, asked: &Asked<'_>) -> Result<Owed, Trouble> {
        let is = |wanted: Option<&str>, own: &str| wanted.is_none_or(|w| w == own);
        let mut owed = asked.desk.receivables(&asked.app.own.receivables).await?;
        owed.all
            .retain(|r| is(self.client, &r.invoice.client) && is(self.partner, &r.invoice.partner));
        Ok(owed)
    }

    async fn escalated(&self, asked: &Asked<'_>) -> Result<Vec<Escalation>, Trouble> {
        let terms = &asked.app.own.receivables;
        let mut all = asked.desk.escalations(terms, self.partner).await?;
        all.retain(|e| self.client.is_none_or(|c| c == e.account.invoice.client));
        Ok(all)
    }
}

/// The page.
pub async fn show(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let (query, locale) = (&asked.given.query, asked.locale());
    let wanted = Wanted::of(query)?;
    let view = wanted.view;
    let owed = wanted.owed(asked).await?;
    let escalated = wanted.escalated(asked).await?;
    let each = match view {
        "client" | "matter" | "partner" => aged(owed.open().map(|r| r.open_of(named(view, r)))),
        _ => Default::default(),
    };
    let names = Names::of(asked);
    let sums_of = each.iter().map(|((name, currency), aged)| {
        let shown = match view {
            "client" => names.client(name, ""),
            _ => shown(name),
        };
        let href = match view {
            "client" => address("/receivables", query, "invoices", &[("client", name)]),
            "partner" => address("/receivables", query, "invoices", &[("partner", name)]),
            _ => String::new(),
        };
        sum(
            &shown,
            currency,
            aged,
            if name.is_empty() { String::new() } else { href },
            locale,
        )
    });
    let all = aged(owed.open().map(|r| r.open_of("in all")));
    let totals = all
        .iter()
        .map(|((_, currency), aged)| sum("Together", currency, aged, String::new(), locale));
    let (rows, count): (Vec<Row>, usize) = match view {
        "invoices" => (
            owed.open()
                .take(MOST)
                .map(|r| row(r, &[], locale))
                .collect(),
            owed.open().count(),
        ),
        "short" => (
            owed.short()
                .take(MOST)
                .map(|r| row(r, &[], locale))
                .collect(),
            owed.short().count(),
        ),
        "escalate" => (
            escalated
                .iter()
                .take(MOST)
                .map(|e| row(&e.account, &e.why, locale))
                .collect(),
            escalated.len(),
        ),
        _ => (Vec::new(), 0),
    };
    let missing = owed
        .short()
        .filter_map(|r| Some((r.invoice.currency.clone(), r.short()?)));
    let missing_sum = sums(missing, locale);
    let tabs = VIEWS.iter().map(|(word, label)| Tab {
        label,
        href: address("/receivables", query, word, &[]),
        on: *word == view,
        count: match *word {
            "short" => Some(owed.short().count()),
            "escalate" => Some(escalated.len()),
            "invoices" => Some(owed.open().count()),
            _ => None,
        },
    });
    let waiting = asked.desk.remittances(true, 1_000).await?.len();
    Ok(html(&Page {
        frame: asked.frame("Receivables", "receivables"),
        from: since(owed.aged_from),
        tabs: tabs.collect(),
        view,
        sheet: address("/receivables/file", query, view, &[]),
        client: wanted.client.unwrap_or("").to_owned(),
        partner: wanted.partner.unwrap_or("").to_owned(),
        of: wanted.label.strip_prefix("By ").unwrap_or(wanted.label),
        sums: sums_of.collect(),
        totals: totals.collect(),
        more: count.saturating_sub(rows.len()),
        rows,
        missing: view == "short",
        missing_sum,
        waiting,
        may_remind: asked.desk.may(Act::Step(Step::Remind)).is_ok(),
    }))
}
