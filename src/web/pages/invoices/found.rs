//! An invoice that is looked for by its number.

use super::Row;
use crate::store::Filter;
use crate::web::answer::{Trouble, html, see};
use crate::web::asked::Asked;
use crate::web::frame::Frame;
use askama::Template;
use axum::response::Response;

/// An invoice by its number or id: its page, or the list of those of this number.
pub async fn find(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let named = asked.given.query.get("invoice");
    if named.is_empty() {
        return Ok(see("/invoices"));
    }
    let filter = Filter {
        named: Some(named.to_owned()),
        ..Filter::default()
    };
    let rows = asked.desk.list(&filter).await?;
    match rows.as_slice() {
        [one] => Ok(see(&format!("/invoices/{}", one.id))),
        [] => Err(Trouble::NotFound(format!(
            "no invoice of a client you serve has the number {named}; write it as it stands on the invoice, with leading zeros"
        ))),
        several => Ok(html(&Found {
            frame: asked.frame("Invoices", "invoices"),
            rows: several.iter().map(|r| Row::of(r, asked.locale())).collect(),
        })),
    }
}

#[derive(Template)]
#[template(path = "found.html", config = "src/web/askama.toml")]
struct Found {
    frame: Frame,
    rows: Vec<Row>,
}
