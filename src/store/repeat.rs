//! Calls that may be made twice, and the answer of the first.

use super::db::on;
use super::{StoreError, Tx};

/// A call with a key by which it may be made again.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct RepeatRow {
    /// SHA-256 of the person and the key.
    pub id: String,
    /// SHA-256 of what was asked.
    pub request: String,
    /// HTTP status of the answer; `None` while it is worked on.
    pub status: Option<i64>,
    /// The answer, sealed (`Store::unseal`); empty while there is none.
    pub answer: String,
    /// Until when it is kept, or believed to be worked on, in milliseconds since 1970.
    pub until_ms: i64,
}

type Row = (String, String, Option<i64>, String, i64);

impl Tx {
    /// The call with an id, whose time may be over.
    ///
    /// # Errors
    /// The database fails.
    pub async fn repeat(&mut self, id: &str) -> Result<Option<RepeatRow>, StoreError> {
        const SQL: &str = "SELECT id, request, status, answer, until_ms FROM repeat WHERE id = $1";
        let row: Option<Row> =
            on!(self, c => sqlx::query_as(SQL).bind(id).fetch_optional(c).await?);
        Ok(
            row.map(|(id, request, status, answer, until_ms)| RepeatRow {
                id,
                request,
                status,
                answer,
                until_ms,
            }),
        )
    }

    /// Begins a call that is not there. Two at once: the second gets [`StoreError::Conflict`].
    ///
    /// # Errors
    /// The database fails, or somebody else was first.
    pub async fn begin_repeat(&mut self, row: &RepeatRow) -> Result<(), StoreError> {
        const SQL: &str = "INSERT INTO repeat (id, request, status, answer, until_ms) \
                           VALUES ($1, $2, $3, $4, $5)";
        on!(self, c => {
            sqlx::query(SQL)
                .bind(&row.id).bind(&row.request).bind(row.status).bind(&row.answer)
                .bind(row.until_ms).execute(c).await?;
        });
        Ok(())
    }

    /// Writes down the answer of a call that was begun.
    ///
    /// # Errors
    /// The database fails.
    pub async fn end_repeat(&mut self, row: &RepeatRow) -> Result<(), StoreError> {
        const SQL: &str = "UPDATE repeat SET status = $2, answer = $3, until_ms = $4 WHERE id = $1";
        on!(self, c => {
            sqlx::query(SQL)
                .bind(&row.id).bind(row.status).bind(&row.answer).bind(row.until_ms)
                .execute(c).await?;
        });
        Ok(())
    }

    /// Forgets a call.
    ///
    /// # Errors
    /// The database fails.
    pub async fn forget_repeat(&mut self, id: &str) -> Result<(), StoreError> {
        const SQL: &str = "DELETE FROM repeat WHERE id = $1";
        on!(self, c => { sqlx::query(SQL).bind(id).execute(c).await?; });
        Ok(())
    }

    /// Forgets every call whose time is over.
    ///
    /// # Errors
    /// The database fails.
    pub async fn purge_repeats(&mut self, now_ms: i64) -> Result<u64, StoreError> {
        const SQL: &str = "DELETE FROM repeat WHERE until_ms <= $1";
        Ok(on!(self, c => sqlx::query(SQL).bind(now_ms).execute(c).await?.rows_affected()))
    }
}
