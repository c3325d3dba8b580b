//! Payments: what clients paid. Remittances are brought in here, each payment once; what fits none of our invoices, or
//! several, waits here for a person, who says what it is for or puts it aside.

mod bring;
mod of_invoice;
mod one;

pub use bring::bring;
pub use of_invoice::of_invoice;
pub use one::{aside, assign, one};

use super::reductions::shown;
use crate::portals::remittance::TEMPLATE;
use crate::reports::paid::KnownPayment;
use crate::reports::sheet::{MARK, sheet};
use crate::store::{InvoiceRow, PaymentRow, RemittanceRow};
use crate::web::answer::{Trouble, download, html};
use crate::web::asked::Asked;
use crate::web::frame::Frame;
use crate::web::locale::Locale;
use crate::web::wording::for_pages;
use crate::workflow::{Act, Step};
use askama::Template;
use axum::response::Response;

/// Rows that wait, on a page.
const MOST_WAITING: usize = 200;
/// Payments on a page.
const MOST: usize = 200;

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
