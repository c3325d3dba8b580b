//! All rows of a view as a table for a spreadsheet.

use super::{Wanted, named};
use crate::reports::owed::{OpenInvoice, OpenSum, ShortPaid};
use crate::reports::sheet::{MARK, sheet};
use crate::web::answer::{Trouble, download};
use crate::web::asked::Asked;
use axum::response::Response;

/// The view that is looked at, with every row of it. It names invoices and money, no narrative and no reason.
pub async fn file(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let wanted = Wanted::of(&asked.given.query)?;
    let view = wanted.view;
    let mut out = MARK.to_vec();
    let written = match view {
        "escalate" => {
            let all = wanted.escalated(asked).await?;
            sheet(all.iter().map(OpenInvoice::from), &mut out)
        }
        "short" => {
            let owed = wanted.owed(asked).await?;
            sheet(owed.short().filter_map(ShortPaid::of), &mut out)
        }
        "invoices" => {
            let owed = wanted.owed(asked).await?;
            sheet(owed.open().map(OpenInvoice::from), &mut out)
        }
        _ => {
            let owed = wanted.owed(asked).await?;
            sheet(OpenSum::each(&owed, view, |r| named(view, r)), &mut out)
        }
    };
    written.map_err(|error| Trouble::Failed(error.to_string()))?;
    let name = format!("receivables-{view}.csv");
    Ok(download(&name, "text/csv; charset=utf-8", out))
}
