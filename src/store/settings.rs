//! What belongs to the store as a whole.

use super::db::on;
use super::{StoreError, Tx};

impl Tx {
    /// A setting's value.
    ///
    /// # Errors
    /// The database fails.
    pub async fn setting(&mut self, name: &str) -> Result<Option<String>, StoreError> {
        const SQL: &str = "SELECT value FROM setting WHERE name = $1";
        let found: Option<(String,)> =
            on!(self, c => sqlx::query_as(SQL).bind(name).fetch_optional(c).await?);
        Ok(found.map(|(value,)| value))
    }

    /// Writes a setting that is not there yet.
    ///
    /// # Errors
    /// The database fails, or the setting is there.
    pub async fn set(&mut self, name: &str, value: &str) -> Result<(), StoreError> {
        const SQL: &str = "INSERT INTO setting (name, value) VALUES ($1, $2)";
        on!(self, c => { sqlx::query(SQL).bind(name).bind(value).execute(c).await?; });
        Ok(())
    }
}
