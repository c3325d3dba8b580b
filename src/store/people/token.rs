//! API tokens.

use crate::store::db::on;
use crate::store::{StoreError, Tx};

/// A token of a person. The token itself is kept nowhere.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TokenRow {
    /// The first characters of the hash; how a token is named.
    pub id: String,
    /// Whose.
    pub person: String,
    /// What it is for, in its person's words.
    pub label: String,
    /// SHA-256 of the token.
    pub hash: String,
    /// `read` or `write`.
    pub scope: String,
    /// When it ends, in milliseconds since 1970.
    pub until_ms: i64,
    /// When it was last used, to the minute.
    pub used_ms: Option<i64>,
}

type Row = (String, String, String, String, String, i64, Option<i64>);

fn token((id, person, label, hash, scope, until_ms, used_ms): Row) -> TokenRow {
    TokenRow {
        id,
        person,
        label,
        hash,
        scope,
        until_ms,
        used_ms,
    }
}

impl Tx {
    /// Everybody's tokens, by person and label.
    ///
    /// # Errors
    /// The database fails.
    pub async fn tokens(&mut self) -> Result<Vec<TokenRow>, StoreError> {
        const SQL: &str = "SELECT id, person, label, hash, scope, until_ms, used_ms FROM token \
                           ORDER BY person, label";
        let rows: Vec<Row> = on!(self, c => sqlx::query_as(SQL).fetch_all(c).await?);
        Ok(rows.into_iter().map(token).collect())
    }

    /// The token with a hash.
    ///
    /// # Errors
    /// The database fails.
    pub async fn token(&mut self, hash: &str) -> Result<Option<TokenRow>, StoreError> {
        const SQL: &str = "SELECT id, person, label, hash, scope, until_ms, used_ms FROM token \
                           WHERE hash = $1";
        let row: Option<Row> =
            on!(self, c => sqlx::query_as(SQL).bind(hash).fetch_optional(c).await?);
        Ok(row.map(token))
    }

    /// Adds a token.
    ///
    /// # Errors
    /// The database fails, or the person has a token with this label.
    pub async fn add_token(&mut self, token: &TokenRow) -> Result<(), StoreError> {
        const SQL: &str = "INSERT INTO token (id, person, label, hash, scope, until_ms, used_ms) \
                           VALUES ($1, $2, $3, $4, $5, $6, $7)";
        on!(self, c => {
            sqlx::query(SQL)
                .bind(&token.id).bind(&token.person).bind(&token.label).bind(&token.hash)
                .bind(&token.scope).bind(token.until_ms).bind(token.used_ms)
                .execute(c).await?;
        });
        Ok(())
    }

    /// Notes that a token was used.
    ///
    /// # Errors
    /// The database fails.
    pub async fn token_used(&mut self, hash: &str, now_ms: i64) -> Result<(), StoreError> {
        const SQL: &str = "UPDATE token SET used_ms = $2 WHERE hash = $1";
        on!(self, c => { sqlx::query(SQL).bind(hash).bind(now_ms).execute(c).await?; });
        Ok(())
    }

    /// Ends a token.
    ///
    /// # Errors
    /// The database fails.
    pub async fn end_token(&mut self, hash: &str) -> Result<(), StoreError> {
        const SQL: &str = "DELETE FROM token WHERE hash = $1";
        on!(self, c => { sqlx::query(SQL).bind(hash).execute(c).await?; });
        Ok(())
    }

    /// Ends all tokens and sessions of a person.
    ///
    /// # Errors
    /// The database fails.
    pub async fn end_access(&mut self, person: &str) -> Result<(), StoreError> {
        const TOKENS: &str = "DELETE FROM token WHERE person = $1";
        const SESSIONS: &str = "DELETE FROM session WHERE person = $1";
        on!(&mut *self, c => { sqlx::query(TOKENS).bind(person).execute(c).await?; });
        on!(&mut *self, c => { sqlx::query(SESSIONS).bind(person).execute(c).await?; });
        Ok(())
    }
}
