//! For how long documents are kept, by client.

use super::db::on;
use super::{StoreError, Tx};

impl Tx {
    /// Years by client; the client `` is every other. In the order of the clients.
    ///
    /// # Errors
    /// The database fails.
    pub async fn retention(&mut self) -> Result<Vec<(String, i64)>, StoreError> {
        const SQL: &str = "SELECT client, years FROM retention ORDER BY client";
        Ok(on!(self, c => sqlx::query_as(SQL).fetch_all(c).await?))
    }

    /// Writes for how many years a client's documents are kept; without years they are kept for ever.
    ///
    /// # Errors
    /// The database fails.
    pub async fn put_retention(
        &mut self,
        client: &str,
        years: Option<i64>,
    ) -> Result<(), StoreError> {
        const PUT: &str = "INSERT INTO retention (client, years) VALUES ($1, $2) \
                           ON CONFLICT (client) DO UPDATE SET years = excluded.years";
        const TAKE: &str = "DELETE FROM retention WHERE client = $1";
        match years {
            Some(years) => {
                on!(self, c => { sqlx::query(PUT).bind(client).bind(years).execute(c).await?; });
            }
            None => on!(self, c => { sqlx::query(TAKE).bind(client).execute(c).await?; }),
        }
        Ok(())
    }
}
