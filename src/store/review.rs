//! Requests to rewrite a line and proposed write-downs, as rows.

use super::db::on;
use super::{StoreError, Tx};
use serde::Serialize;
use sqlx::AssertSqlSafe;

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
        let mut sql = String::from(
            "SELECT id, invoice, kind, state, line_item, timekeeper, asked_by, asked_ms FROM review_item WHERE 1 = 1",
        );
        let mut bound: Vec<&String> = Vec::new();
        for (column, value) in [
            ("id", &filter.id),
            ("invoice", &filter.invoice),
            ("kind", &filter.kind),
            ("state", &filter.state),
        ] {
            if let Some(value) = value {
                bound.push(value);
                sql += &format!(" AND {column} = ${}", bound.len());
            }
        }
        match &filter.timekeepers {
            Some(none) if none.is_empty() => return Ok(Vec::new()),
            Some(some) => {
                let first = bound.len() + 1;
                bound.extend(some);
                let marks: Vec<String> = (first..=bound.len()).map(|n| format!("${n}")).collect();
                sql += &format!(" AND timekeeper IN ({})", marks.join(", "));
            }
            None => {}
        }
        sql += " ORDER BY asked_ms, id";
        on!(self, c => {
            let mut query = sqlx::query_as::<_, Row>(AssertSqlSafe(sql));
            for value in bound {
                query = query.bind(value);
            }
            Ok(query.fetch_all(c).await?.into_iter().map(review).collect())
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
