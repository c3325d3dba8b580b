//! Payments: what clients paid. Remittances are brought in here, each payment once; what fits none of our invoices, or
//! several, waits here for a person, who says what it is for or puts it aside.

use super::reductions::{amount_of, shown};
use crate::portals::remittance::{RemittanceMapping, TEMPLATE, read};
use crate::reports::paid::KnownPayment;
use crate::reports::sheet::{MARK, sheet};
use crate::store::{InvoiceRow, PaymentRow, RemittanceRow, sha256};
use crate::web::answer::{Trouble, download, html};
use crate::web::asked::Asked;
use crate::web::frame::Frame;
use crate::web::locale::Locale;
use crate::web::notice::done;
use crate::web::wording::{counted, for_pages};
use crate::workflow::{Act, Part, PaymentShown, Received, RemittanceShown, Step, WorkflowError};
use askama::Template;
use axum::response::Response;

/// Rows that wait, on a page.
const MOST_WAITING: usize = 200;
/// Payments on a page.
const MOST: usize = 200;
/// Parts a row can be divided into on its page.
const PARTS: usize = 6;

/// A row of a remittance.
struct Row {
    id: String,
    number: String,
    client: String,
    amount: String,
    day: String,
    kind: String,
    reference: String,
    place: String,
    status: String,
    class: &'static str,
    why: String,
}

/// A payment that is known.
struct Paid {
    day: String,
    invoice: String,
    number: String,
    client: String,
    line: String,
    amount: String,
    kind: String,
    reference: String,
    source: String,
}

#[derive(Template)]
#[template(path = "payments.html", config = "src/web/askama.toml")]
struct Page {
    frame: Frame,
    waiting: Vec<Row>,
    more_waiting: usize,
    paid: Vec<Paid>,
    more: usize,
    client: String,
    /// Where all known payments are, as CSV.
    sheet: String,
    may_bring: bool,
    some_clients: bool,
}

fn class_of(status: &str) -> &'static str {
    match status {
        "taken" => "clean",
        "put aside" => "note",
        "doubtful" => "reduce",
        _ => "review",
    }
}

fn row(row: &RemittanceRow, locale: &Locale) -> Row {
    let number = match (row.number.as_str(), row.client_number.as_str()) {
        ("", "") => "none named".to_owned(),
        ("", client) => format!("{} (the client's number)", shown(client)),
        (own, _) => shown(own),
    };
    Row {
        id: row.id.clone(),
        number,
        client: shown(&row.client),
        amount: locale.money(row.amount, &row.currency),
        day: locale.day_of(&row.day),
        kind: shown(&row.kind),
        reference: shown(&row.reference),
        place: shown(&row.place),
        status: row.status.clone(),
        class: class_of(&row.status),
        why: for_pages(&shown(&row.why)),
    }
}

fn paid((payment, invoice): &(PaymentRow, InvoiceRow), locale: &Locale) -> Paid {
    Paid {
        day: payment
            .day
            .as_deref()
            .map_or_else(|| "not said".to_owned(), |d| locale.day_of(d)),
        invoice: invoice.id.clone(),
        number: shown(&invoice.number),
        client: shown(&invoice.client),
        line: payment.item.as_deref().map_or_else(String::new, shown),
        amount: locale.money(payment.amount, &payment.currency),
        kind: shown(&payment.kind),
        reference: shown(&payment.reference),
        source: payment.source.clone(),
    }
}

/// The page: what waits, what is known, and a form to bring remittances in.
pub async fn show(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let locale = asked.locale();
    let client = asked.given.query.some("client");
    let waiting = asked.desk.remittances(true, 10_000).await?;
    let mut known = asked.desk.payments(client).await?;
    known.sort_by(|(a, _), (b, _)| (&b.day, b.heard_ms).cmp(&(&a.day, a.heard_ms)));
    Ok(html(&Page {
        frame: asked.frame("Payments", "payments"),
        more_waiting: waiting.len().saturating_sub(MOST_WAITING),
        waiting: waiting
            .iter()
            .take(MOST_WAITING)
            .map(|one| row(&one.row, locale))
            .collect(),
        more: known.len().saturating_sub(MOST),
        paid: known.iter().take(MOST).map(|p| paid(p, locale)).collect(),
        client: client.unwrap_or("").to_owned(),
        sheet: match client {
            None => "/payments/file".to_owned(),
            Some(client) => {
                let mut query = url::form_urlencoded::Serializer::new(String::new());
                format!(
                    "/payments/file?{}",
                    query.append_pair("client", client).finish()
                )
            }
        },
        may_bring: asked.desk.may(Act::Step(Step::Receive)).is_ok(),
        some_clients: asked.desk.person.clients.is_some(),
    }))
}

/// What is known, or with `which=waiting` what waits for a person, as a table for a spreadsheet: every row of it.
pub async fn file(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let query = &asked.given.query;
    let mut out = MARK.to_vec();
    let (name, written) = match query.get("which") {
        "waiting" => {
            let all = asked.desk.remittances(true, 100_000).await?;
            let rows = all.into_iter().map(|one| one.row);
            ("payments-waiting.csv", sheet(rows, &mut out))
        }
        "" => {
            let all = asked.desk.payments(query.some("client")).await?;
            let rows = all.iter().map(KnownPayment::from);
            ("payments.csv", sheet(rows, &mut out))
        }
        _ => return Err(Trouble::wrong("which is waiting, or nothing")),
    };
    written.map_err(|error| Trouble::Failed(error.to_string()))?;
    Ok(download(name, "text/csv; charset=utf-8", out))
}

/// The columns of a remittance, with what each says.
pub async fn template(_asked: &Asked<'_>) -> Result<Response, Trouble> {
    let bytes = TEMPLATE.as_bytes().to_vec();
    Ok(download("remittance.csv", "text/csv; charset=utf-8", bytes))
}

/// What became of a row that was brought in.
struct Became {
    id: String,
    number: String,
    amount: String,
    class: &'static str,
    standing: String,
    known: bool,
    invoice: String,
    place: String,
    why: Vec<String>,
}

#[derive(Template)]
#[template(path = "remitted.html", config = "src/web/askama.toml")]
struct Brought {
    frame: Frame,
    heading: String,
    rows: Vec<Became>,
    unread: Vec<String>,
    waits: usize,
}

fn became(one: &Received, locale: &Locale) -> Became {
    Became {
        id: one.id.clone(),
        number: match one.number.as_str() {
            "" => "none named".to_owned(),
            number => shown(number),
        },
        amount: locale.money(one.amount, &one.currency),
        class: class_of(&one.standing),
        standing: one.standing.clone(),
        known: one.known,
        invoice: one
            .invoice
            .as_ref()
            .map_or_else(String::new, |(number, state)| {
                format!("invoice {} is {state} now", shown(number))
            }),
        place: shown(&one.place),
        why: one.why.iter().map(|w| for_pages(&shown(w))).collect(),
    }
}

/// Brings remittances in.
pub async fn bring(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let locale = asked.locale();
    let own = asked.given.form.whole("mapping");
    let mapping = match own.trim() {
        "" => RemittanceMapping::default(),
        text => RemittanceMapping::parse(text)
            .map_err(|why| Trouble::wrong(format!("the names of columns: {why}")))?,
    };
    if asked.given.files.is_empty() {
        return Err(Trouble::wrong(
            "no file was chosen; choose the remittance as a CSV file",
        ));
    }
    let (mut received, mut unread) = (Vec::new(), Vec::new());
    for file in &asked.given.files {
        let remittance = read(&file.name, &file.bytes, &mapping);
        let mistakes = remittance.mistakes.iter();
        unread.extend(mistakes.map(|m| for_pages(&shown(&m.to_string()))));
        let hash = sha256(&file.bytes);
        received.extend(asked.desk.receive(&remittance.rows, &hash).await?);
    }
    let rests = |one: &&Received| ["taken", "put aside"].contains(&one.standing.as_str());
    let taken = received.iter().filter(rests).filter(|r| !r.known).count();
    let known = received.iter().filter(rests).filter(|r| r.known).count();
    let waits = received.len() - taken - known;
    let mut heading = format!("{} taken", counted(taken, "row"));
    for (count, what) in [
        (known, "known before"),
        (waits, "waiting for a person"),
        (unread.len(), "not read"),
    ] {
        if count > 0 {
            heading += &format!(", {count} {what}");
        }
    }
    Ok(html(&Brought {
        frame: asked.frame("Remittances brought in", "payments"),
        heading,
        rows: received.iter().map(|r| became(r, locale)).collect(),
        unread,
        waits,
    }))
}

#[derive(Template)]
#[template(path = "payment.html", config = "src/web/askama.toml")]
struct One {
    frame: Frame,
    row: Row,
    /// It waits, and this person may decide.
    decide: bool,
    /// Places for its parts.
    parts: Vec<usize>,
    /// As a person would type the whole amount.
    whole: String,
    meant: Option<(String, String)>,
    item: String,
    decided: Option<(String, String)>,
}

async fn known(asked: &Asked<'_>) -> Result<RemittanceShown, Trouble> {
    let id = asked.given.param("row");
    match asked.desk.remittance(id).await {
        Ok(row) if row.row.id == id => Ok(row),
        // A page has the whole id.
        Ok(_) | Err(WorkflowError::Refused(_)) => Err(Trouble::NotFound(format!(
            "no row {} of a client you serve",
            shown(id)
        ))),
        Err(error) => Err(error.into()),
    }
}

/// One row of a remittance, and what a person may decide about it.
pub async fn one(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let known = known(asked).await?;
    let locale = asked.locale();
    let waits = known.row.decided_by.is_none()
        && !["taken", "put aside"].contains(&known.row.status.as_str());
    let meant = match &known.row.invoice {
        Some(id) => asked
            .desk
            .list(&crate::store::Filter {
                named: Some(id.clone()),
                ..crate::store::Filter::default()
            })
            .await?
            .into_iter()
            .next()
            .map(|i| (i.id, shown(&i.number))),
        None => None,
    };
    Ok(html(&One {
        frame: asked.frame("A row of a remittance", "payments"),
        decide: waits && asked.desk.may(Act::DecidePayments).is_ok(),
        parts: (0..PARTS).collect(),
        whole: known.row.amount.to_string(),
        meant,
        item: known.row.item.as_deref().map_or_else(String::new, shown),
        decided: known
            .row
            .decided_by
            .clone()
            .map(|by| (by, shown(&known.decision))),
        row: row(&known.row, locale),
    }))
}

/// A person says which invoices a row is for.
pub async fn assign(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let known = known(asked).await?;
    let form = &asked.given.form;
    let mut parts = Vec::new();
    for (invoice, amount) in form.each("invoice").zip(form.each("amount")) {
        let (invoice, amount) = (invoice.trim(), amount.trim());
        if invoice.is_empty() {
            if !amount.is_empty() {
                return Err(Trouble::wrong(format!(
                    "{amount} has no invoice: write the number of the invoice it is for"
                )));
            }
            continue;
        }
        let amount = match amount {
            "" => None,
            text => Some(amount_of(text)?),
        };
        parts.push(Part {
            invoice: invoice.to_owned(),
            amount,
        });
    }
    if parts.is_empty() {
        return Err(Trouble::wrong(
            "write the number of the invoice that was paid",
        ));
    }
    asked
        .desk
        .assign_remittance(&known.row.id, &parts, form.some("reason"))
        .await?;
    Ok(done(&format!("/payments/{}", known.row.id), "assigned"))
}

/// A person puts a row aside.
pub async fn aside(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let known = known(asked).await?;
    asked
        .desk
        .put_remittance_aside(&known.row.id, asked.given.form.get("reason"))
        .await?;
    Ok(done("/payments", "aside"))
}

/// A line that payments name.
struct PaidLine {
    item: String,
    billed: String,
    cut: String,
    paid: String,
}

#[derive(Template)]
#[template(path = "paid.html", config = "src/web/askama.toml")]
struct OfInvoice {
    frame: Frame,
    id: String,
    number: String,
    facts: Vec<(&'static str, String)>,
    short: String,
    remarks: Vec<String>,
    payments: Vec<Paid>,
    lines: Vec<PaidLine>,
    without_line: String,
    waiting: Vec<Row>,
}

impl OfInvoice {
    /// A column that would be empty is not shown.
    fn by_line(&self) -> bool {
        self.payments.iter().any(|p| !p.line.is_empty())
    }
}

/// What came for one invoice.
pub async fn of_invoice(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let locale = asked.locale();
    let from = asked.app.own.receivables.from;
    let PaymentShown {
        account,
        payments,
        lines,
        without_line,
        waiting,
    } = asked
        .desk
        .payments_of(asked.given.param("invoice"), from)
        .await?;
    let invoice = &account.invoice;
    let money = |amount| locale.money(amount, &invoice.currency);
    let mut facts = vec![
        ("Client", shown(&invoice.client)),
        ("Matter", shown(&invoice.matter)),
        ("State", invoice.state.clone()),
        ("Billed", money(account.billed)),
        (
            "Client approved",
            account
                .approved
                .map_or_else(|| "not said".to_owned(), money),
        ),
        ("Paid", money(account.paid)),
        ("Open", money(account.open)),
    ];
    for (name, amount) in [
        ("Cut", account.cut),
        ("Accepted of it", account.accepted),
        ("Given back", account.recovered),
        ("Contested", account.contested),
    ] {
        if !amount.is_zero() {
            facts.push((name, money(amount)));
        }
    }
    if account.from.is_some() {
        let days = usize::try_from(account.days.max(0)).unwrap_or(0);
        facts.push(("Age", counted(days, "day")));
    }
    let rows = payments
        .iter()
        .map(|p| paid(&(p.clone(), invoice.clone()), locale));
    Ok(html(&OfInvoice {
        frame: asked.frame(
            format!("Payments of invoice {}", shown(&invoice.number)),
            "payments",
        ),
        id: invoice.id.clone(),
        number: shown(&invoice.number),
        facts,
        short: account.short().map_or_else(String::new, money),
        remarks: account.remarks.iter().map(|r| shown(r)).collect(),
        payments: rows.collect(),
        lines: lines
            .iter()
            .map(|l| PaidLine {
                item: shown(&l.item),
                billed: l.billed.map_or_else(|| "?".to_owned(), money),
                cut: match l.cut.is_zero() {
                    true => String::new(),
                    false => money(l.cut),
                },
                paid: money(l.paid),
            })
            .collect(),
        without_line: match without_line.is_zero() {
            true => String::new(),
            false => money(without_line),
        },
        waiting: waiting.iter().map(|r| row(r, locale)).collect(),
    }))
}
