//! Lines that are out for rewriting.

use super::line_at;
use crate::web::answer::{Trouble, html};
use crate::web::asked::Asked;
use crate::web::frame::Frame;
use askama::Template;
use axum::response::Response;

/// A line that is out for rewriting.
struct Out {
    number: String,
    client: String,
    item: String,
    href: String,
    timekeeper: String,
    by: String,
    when: String,
}

#[derive(Template)]
#[template(path = "returned.html", config = "src/web/askama.toml")]
struct Returned {
    frame: Frame,
    all: Vec<Out>,
}

/// Lines that are out for rewriting, the oldest first.
pub async fn returned(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let open = asked.desk.open_returns().await?;
    let plain = |text: &str| crate::render::printable(text).into_owned();
    let all = open.iter().map(|(item, row)| Out {
        href: line_at(&row.id, &item.line_item),
        number: plain(&row.number),
        client: plain(&row.client),
        item: plain(&item.line_item),
        timekeeper: plain(&item.timekeeper),
        by: item.asked_by.clone(),
        when: asked.locale().instant(item.asked_ms),
    });
    Ok(html(&Returned {
        frame: asked.frame("Lines out for rewriting", "invoices"),
        all: all.collect(),
    }))
}
