//! One row of a remittance, and what a person decides about it.

use super::super::reductions::{amount_of, shown};
use super::{Row, row};
use crate::web::answer::{Trouble, html};
use crate::web::asked::Asked;
use crate::web::frame::Frame;
use crate::web::notice::done;
use crate::workflow::{Act, Part, RemittanceShown, WorkflowError};
use askama::Template;
use axum::response::Response;

/// Parts a row can be divided into on its page.
const PARTS: usize = 6;

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
