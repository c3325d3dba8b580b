//! Filters of the list of invoices that people gave names to.

use super::db::on;
use super::{StoreError, Tx};

/// A filter with a name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SavedFilterRow {
    /// Whose it is; nobody else sees it.
    pub person: String,
    /// As they call it.
    pub name: String,
    /// As it stands in the address of the list.
    pub query: String,
    /// When it was saved, in milliseconds since 1970.
    pub saved_ms: i64,
}

impl Tx {
    /// A person's filters, by name.
    ///
    /// # Errors
    /// The database fails.
    pub async fn saved_filters(&mut self, person: &str) -> Result<Vec<SavedFilterRow>, StoreError> {
        const SQL: &str =
            "SELECT name, query, saved_ms FROM saved_filter WHERE person = $1 ORDER BY name";
        let rows: Vec<(String, String, i64)> =
            on!(self, c => sqlx::query_as(SQL).bind(person).fetch_all(c).await?);
        let rows = rows
            .into_iter()
            .map(|(name, query, saved_ms)| SavedFilterRow {
                person: person.to_owned(),
                name,
                query,
                saved_ms,
            });
        Ok(rows.collect())
    }

    /// Keeps a filter, in the place of the one of that person and name.
    ///
    /// # Errors
    /// The database fails.
    pub async fn put_saved_filter(&mut self, row: &SavedFilterRow) -> Result<(), StoreError> {
        const SQL: &str = "INSERT INTO saved_filter (person, name, query, saved_ms) VALUES ($1, $2, $3, $4) \
                           ON CONFLICT (person, name) DO UPDATE SET query = excluded.query, saved_ms = excluded.saved_ms";
        on!(self, c => {
            sqlx::query(SQL)
                .bind(&row.person)
                .bind(&row.name)
                .bind(&row.query)
                .bind(row.saved_ms)
                .execute(c)
                .await?;
        });
        Ok(())
    }

    /// Takes a filter away; false where there was none.
    ///
    /// # Errors
    /// The database fails.
    pub async fn drop_saved_filter(
        &mut self,
        person: &str,
        name: &str,
    ) -> Result<bool, StoreError> {
        const SQL: &str = "DELETE FROM saved_filter WHERE person = $1 AND name = $2";
        let gone = on!(self, c => sqlx::query(SQL).bind(person).bind(name).execute(c).await?.rows_affected());
        Ok(gone > 0)
    }
}
