//! Receivables: what clients owe and for how long, who paid less than they said, what a partner should take up, and
//! drafts of reminders, which a person sends.

use super::reductions::{shown, sums};
use crate::reports::reminder::letter;
use crate::web::answer::{Trouble, download, html};
use crate::web::asked::{Asked, Fields};
use crate::web::frame::Frame;
use crate::web::locale::Locale;
use crate::web::notice::done;
use crate::web::wording::counted;
use crate::workflow::{
    Act, AgeFrom, Aged, Bucket, Escalation, Owed, Receivable, Reminder, Step, WorkflowError, aged,
};
use askama::Template;
use axum::response::Response;
use rust_decimal::Decimal;

/// Invoices in a table.
const MOST: usize = 400;
/// Letters that were drafted before.
const MOST_LETTERS: usize = 60;

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
    view: String,
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

fn since(from: AgeFrom) -> &'static str {
    match from {
        AgeFrom::InvoiceDate => "the invoice date",
        AgeFrom::Submitted => "the day it reached the client",
        AgeFrom::Approved => "the day the client decided",
    }
}

fn address(query: &Fields, view: &str, more: &[(&str, &str)]) -> String {
    let mut out = url::form_urlencoded::Serializer::new(String::new());
    out.append_pair("view", view);
    for name in ["client", "partner"] {
        let given = more.iter().find(|(n, _)| *n == name).map(|(_, v)| *v);
        if let Some(value) = given.or(query.some(name)) {
            out.append_pair(name, value);
        }
    }
    format!("/receivables?{}", out.finish())
}

fn sum(of: &str, currency: &str, aged: &Aged, href: String, locale: &Locale) -> Sum {
    let names = Bucket::ALL.map(Bucket::name);
    let buckets = aged.buckets.iter().zip(names);
    Sum {
        of: match of {
            "" => "not known".to_owned(),
            name => shown(name),
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

/// The page.
pub async fn show(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let (query, locale) = (&asked.given.query, asked.locale());
    let wanted = query.some("view").unwrap_or("client");
    let Some((view, of)) = VIEWS.iter().find(|(word, _)| *word == wanted) else {
        return Err(Trouble::wrong(
            "choose one of the ways to look at receivables",
        ));
    };
    let terms = &asked.app.own.receivables;
    let mut owed: Owed = asked.desk.receivables(terms).await?;
    let (client, partner) = (query.some("client"), query.some("partner"));
    let is = |wanted: Option<&str>, own: &str| wanted.is_none_or(|w| w == own);
    owed.all
        .retain(|r| is(client, &r.invoice.client) && is(partner, &r.invoice.partner));
    let escalated: Vec<Escalation> = asked.desk.escalations(terms, partner).await?;
    let escalated: Vec<&Escalation> = escalated
        .iter()
        .filter(|e| is(client, &e.account.invoice.client))
        .collect();
    let each = match *view {
        "client" | "matter" | "partner" => aged(owed.open().map(|r| r.open_of(named(view, r)))),
        _ => Default::default(),
    };
    let sums_of = each.iter().map(|((name, currency), aged)| {
        let href = match *view {
            "client" => address(query, "invoices", &[("client", name)]),
            "partner" => address(query, "invoices", &[("partner", name)]),
            _ => String::new(),
        };
        sum(
            name,
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
    let (rows, count): (Vec<Row>, usize) = match *view {
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
        href: address(query, word, &[]),
        on: word == view,
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
        view: (*view).to_owned(),
        client: client.unwrap_or("").to_owned(),
        partner: partner.unwrap_or("").to_owned(),
        of: of.strip_prefix("By ").unwrap_or(of),
        sums: sums_of.collect(),
        totals: totals.collect(),
        more: count.saturating_sub(rows.len()),
        rows,
        missing: *view == "short",
        missing_sum,
        waiting,
        may_remind: asked.desk.may(Act::Step(Step::Remind)).is_ok(),
    }))
}

/// A reminder that could be drafted.
struct Draft {
    anchor: String,
    client: String,
    name: String,
    currency: String,
    rung: u32,
    nth: usize,
    due: String,
    invoices: Vec<(String, String, String)>,
    letter: String,
}

/// A letter that was drafted.
struct Drafted {
    letter: String,
    client: String,
    days: i64,
    by: String,
    when: String,
    invoices: String,
}

#[derive(Template)]
#[template(path = "reminders.html", config = "src/web/askama.toml")]
struct Reminders {
    frame: Frame,
    rungs: String,
    drafts: Vec<Draft>,
    before: Vec<Drafted>,
}

/// The letter as it would be drafted now.
fn written(asked: &Asked<'_>, reminder: &Reminder) -> Result<String, Trouble> {
    let own = asked.app.own.reminder()?;
    letter(reminder, own.as_deref()).map_err(|mistake| Trouble::Failed(mistake.to_string()))
}

/// Reminders that could be drafted, and those that were.
pub async fn reminders(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let locale = asked.locale();
    let basis = asked.app.basis()?;
    let terms = &asked.app.own.receivables;
    let due = asked
        .desk
        .reminders_due(terms, &basis.options.lists)
        .await?;
    let mut drafts = Vec::with_capacity(due.len());
    for (n, one) in due.iter().enumerate() {
        let invoices = one.invoices.iter().map(|i| {
            let days = counted(usize::try_from(i.days).unwrap_or(0), "day");
            (
                i.id.clone(),
                shown(&i.number),
                format!("{}, {days}", locale.money(i.due, &one.currency)),
            )
        });
        drafts.push(Draft {
            anchor: format!("draft-{n}"),
            client: one.client_id.clone(),
            name: match one.client_name.as_str() {
                "" => shown(&one.client_id),
                name => format!("{} ({})", shown(name), shown(&one.client_id)),
            },
            currency: one.currency.clone(),
            rung: one.rung,
            nth: one.nth,
            due: locale.money(one.due, &one.currency),
            invoices: invoices.collect(),
            letter: written(asked, one)?,
        });
    }
    let before = asked.desk.letters().await?;
    let rungs: Vec<String> = terms.rungs.iter().map(u32::to_string).collect();
    Ok(html(&Reminders {
        frame: asked.frame("Reminders", "receivables"),
        rungs: rungs.join(", "),
        drafts,
        before: before
            .iter()
            .take(MOST_LETTERS)
            .map(|l| Drafted {
                letter: l.letter.clone(),
                client: shown(&l.client),
                days: l.days,
                by: l.drafted_by.clone(),
                when: locale.instant(l.drafted_ms),
                invoices: shown(&l.invoices.join(", ")),
            })
            .collect(),
    }))
}

/// Writes a reminder down as drafted: its letter is kept, and nothing is sent.
pub async fn draft(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let form = &asked.given.form;
    let basis = asked.app.basis()?;
    let due = asked
        .desk
        .reminders_due(&asked.app.own.receivables, &basis.options.lists)
        .await?;
    let wanted = due.into_iter().find(|d| {
        d.client_id == form.whole("client")
            && d.currency == form.get("currency")
            && d.rung.to_string() == form.get("rung")
    });
    let Some(wanted) = wanted else {
        return Err(Trouble::Refused(
            "this reminder is no longer to be drafted: somebody else has, or money came; look at the list again".to_owned(),
        ));
    };
    let text = written(asked, &wanted)?;
    let before = asked.desk.drafted(&wanted, &text).await?;
    if !before.is_empty() {
        return Err(Trouble::Refused(format!(
            "somebody else has drafted one for {} meanwhile: look before it is sent",
            before.join(", ")
        )));
    }
    Ok(done("/receivables/reminders#drafted", "drafted"))
}

/// A letter that was drafted, to be sent by whoever takes it along.
pub async fn drafted(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let (own, text) = match asked.desk.letter(asked.given.param("letter")).await {
        Ok(found) => found,
        Err(WorkflowError::Refused(why)) => return Err(Trouble::NotFound(why)),
        Err(error) => return Err(error.into()),
    };
    let name = format!("reminder {} {} days.txt", own.client, own.days);
    Ok(download(&name, "text/plain; charset=utf-8", text))
}
