//! What came for one invoice.

use super::super::reductions::shown;
use super::{Paid, Row, paid, row};
use crate::web::answer::{Trouble, html};
use crate::web::asked::Asked;
use crate::web::frame::Frame;
use crate::web::wording::counted;
use crate::workflow::PaymentShown;
use askama::Template;
use axum::response::Response;

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
