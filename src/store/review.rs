//! Requests to rewrite a line and proposed write-downs, as rows.

use super::conditions::{Conditions, asked};
use super::db::on;
use super::{StoreError, Tx};
use serde::Serialize;
use sqlx::FromRow;

/// Something about a line that somebody has to answer or decide.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Default, Serialize)]
pub struct ReviewRow {
    /// Its id.
    pub id: String,
    /// The invoice's id.
    pub invoice: String,
    /// `rewrite` or `write-down`.
    pub kind: String,
    /// `open`, `answered`, `recalled`, `accepted` or `refused`.
    pub state: String,
    /// LINE_ITEM_NUMBER.
    pub line_item: String,
    /// TIMEKEEPER_ID of the line; empty where it has none.
    pub timekeeper: String,
    /// Who asked.
    pub asked_by: String,
    /// When, in milliseconds since 1970.
    pub asked_ms: i64,
}

/// Which rows; what is not set asks for nothing.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ReviewFilter {
    /// With this id.
    pub id: Option<String>,
    /// Of this invoice.
    pub invoice: Option<String>,
    /// Of this kind.
    pub kind: Option<String>,
    /// In this state.
    pub state: Option<String>,
    /// About a line of one of these timekeepers; with nothing in the list, none.
    pub timekeepers: Option<Vec<String>>,
}

type Row = (String, String, String, String, String, String, String, i64);

fn review((id, invoice, kind, state, line_item, timekeeper, asked_by, asked_ms): Row) -> ReviewRow {
    ReviewRow {
        id,
        invoice,
        kind,
        state,
        line_item,
        timekeeper,
        asked_by,
        asked_ms,
    }
}

impl Tx {
    /// Rows, the oldest first.
    ///
    /// # Errors
    /// The database fails.
    pub async fn review_items(
        &mut self,
        filter: &ReviewFilter,
    ) -> Result<Vec<ReviewRow>, StoreError> {
        const SQL: &str = "SELECT id, invoice, kind, state, line_item, timekeeper, asked_by, asked_ms FROM review_item";
        let mut asked = Conditions::of(SQL);
        asked.are([
            ("id", filter.id.as_ref()),
            ("invoice", filter.invoice.as_ref()),
            ("kind", filter.kind.as_ref()),
            ("state", filter.state.as_ref()),
        ]);
        if let Some(some) = &filter.timekeepers {
            asked.any("timekeeper", some);
        }
        let asked = asked.ordered("asked_ms, id", None);
        on!(self, c => {
            let rows = asked!(asked).fetch_all(c).await?;
            rows.iter().map(|row| Ok(review(Row::from_row(row)?))).collect()
        })
    }

    /// Writes a row, new or changed.
    ///
    /// # Errors
    /// The database fails, or there is no such invoice.
    pub async fn put_review_item(&mut self, row: &ReviewRow) -> Result<(), StoreError> {
        const SQL: &str = "INSERT INTO review_item (id, invoice, kind, state, line_item, timekeeper, asked_by, \
            asked_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (id) DO UPDATE SET state = excluded.state";
        on!(self, c => {
            sqlx::query(SQL)
                .bind(&row.id).bind(&row.invoice).bind(&row.kind).bind(&row.state).bind(&row.line_item)
                .bind(&row.timekeeper).bind(&row.asked_by).bind(row.asked_ms)
                .execute(c).await?;
        });
        Ok(())
    }
}
