//! Further lines of a bill, as a part of its page or as a page of their own; every line, to print them.

use super::super::bill::{Alone, Look};
use super::seen::{may, seen};
use crate::render::printable;
use crate::web::answer::{Trouble, html};
use crate::web::asked::Asked;
use crate::web::wording::counted;
use crate::workflow::Step;
use axum::response::{IntoResponse, Response};

/// Further lines.
pub async fn more_lines(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let seen = seen(asked).await?;
    let look = Look::of(&asked.given.query);
    let laid = seen.laid(&look, asked.locale());
    let row = &seen.story.row;
    let all = asked.given.query.get("all") == "yes";
    let from: usize = asked.given.query.get("from").parse().unwrap_or(0);
    let aside = may(asked, &seen.story, Step::Override).then_some(row.id.as_str());
    let rows = match all {
        true => laid.every_row(),
        false => laid.rows_from(from, &asked.given.path, &look.query(), aside),
    };
    if asked.given.part {
        return Ok(axum::response::Html(rows).into_response());
    }
    let total = row
        .total
        .map_or_else(String::new, |t| asked.locale().money(t, &row.currency));
    let lines = counted(usize::try_from(row.lines).unwrap_or(0), "line");
    Ok(html(&Alone {
        frame: asked.frame(format!("Invoice {}", printable(&row.number)), "invoices"),
        heading: match all {
            true => format!("Invoice {}, every line", printable(&row.number)),
            false => format!("Invoice {}, from line {}", printable(&row.number), from + 1),
        },
        back: format!("/invoices/{}", row.id),
        table: laid.table(rows, &total, &lines),
    }))
}
