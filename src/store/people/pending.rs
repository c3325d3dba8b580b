//! Sign-ins under way: what is kept here, and not in the browser, between two of its requests.

use crate::store::db::on;
use crate::store::{StoreError, Tx};

impl Tx {
    /// Keeps a sign-in that is under way, sealed, and sweeps away those whose time is over.
    ///
    /// # Errors
    /// The database fails.
    pub async fn put_pending(
        &mut self,
        hash: &str,
        sealed: &str,
        until_ms: i64,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        const SWEEP: &str = "DELETE FROM pending_sign_in WHERE until_ms <= $1";
        const SQL: &str =
            "INSERT INTO pending_sign_in (hash, sealed, until_ms) VALUES ($1, $2, $3)";
        on!(&mut *self, c => { sqlx::query(SWEEP).bind(now_ms).execute(c).await?; });
        on!(self, c => {
            sqlx::query(SQL).bind(hash).bind(sealed).bind(until_ms).execute(c).await?;
        });
        Ok(())
    }

    /// Takes a sign-in that is under way; whoever comes second finds nothing.
    ///
    /// # Errors
    /// The database fails.
    pub async fn take_pending(
        &mut self,
        hash: &str,
        now_ms: i64,
    ) -> Result<Option<(String, i64)>, StoreError> {
        const SQL: &str = "DELETE FROM pending_sign_in WHERE hash = $1 RETURNING sealed, until_ms";
        let row: Option<(String, i64)> =
            on!(self, c => sqlx::query_as(SQL).bind(hash).fetch_optional(c).await?);
        Ok(row.filter(|(_, until_ms)| *until_ms > now_ms))
    }
}
