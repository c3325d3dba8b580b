//! Tries to sign in that failed.

use crate::store::db::on;
use crate::store::{StoreError, Tx};

/// What is counted of a name.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct AttemptRow {
    /// Tries that failed since the last that did not.
    pub failures: i64,
    /// When the last was, in milliseconds since 1970.
    pub last_ms: i64,
    /// Until when no try is looked at.
    pub locked_until_ms: i64,
}

impl Tx {
    /// What is counted of a name.
    ///
    /// # Errors
    /// The database fails.
    pub async fn attempt(&mut self, name_hash: &str) -> Result<AttemptRow, StoreError> {
        const SQL: &str =
            "SELECT failures, last_ms, locked_until_ms FROM attempt WHERE name_hash = $1";
        let row: Option<(i64, i64, i64)> =
            on!(self, c => sqlx::query_as(SQL).bind(name_hash).fetch_optional(c).await?);
        Ok(row.map_or_else(
            AttemptRow::default,
            |(failures, last_ms, locked_until_ms)| AttemptRow {
                failures,
                last_ms,
                locked_until_ms,
            },
        ))
    }

    /// Writes what is counted of a name.
    ///
    /// # Errors
    /// The database fails, or somebody else counted at the same moment.
    pub async fn put_attempt(
        &mut self,
        name_hash: &str,
        row: &AttemptRow,
    ) -> Result<(), StoreError> {
        const SQL: &str = "INSERT INTO attempt (name_hash, failures, last_ms, locked_until_ms) \
                           VALUES ($1, $2, $3, $4) ON CONFLICT (name_hash) DO UPDATE SET \
                           failures = excluded.failures, last_ms = excluded.last_ms, \
                           locked_until_ms = excluded.locked_until_ms";
        on!(self, c => {
            sqlx::query(SQL)
                .bind(name_hash).bind(row.failures).bind(row.last_ms).bind(row.locked_until_ms)
                .execute(c).await?;
        });
        Ok(())
    }

    /// Forgets what is counted of a name.
    ///
    /// # Errors
    /// The database fails.
    pub async fn forget_attempts(&mut self, name_hash: &str) -> Result<(), StoreError> {
        const SQL: &str = "DELETE FROM attempt WHERE name_hash = $1";
        on!(self, c => { sqlx::query(SQL).bind(name_hash).execute(c).await?; });
        Ok(())
    }

    /// Sweeps away what was counted before an instant.
    ///
    /// # Errors
    /// The database fails.
    pub async fn sweep_attempts(&mut self, before_ms: i64) -> Result<(), StoreError> {
        const SQL: &str = "DELETE FROM attempt WHERE last_ms < $1";
        on!(self, c => { sqlx::query(SQL).bind(before_ms).execute(c).await?; });
        Ok(())
    }
}
