//! Sessions.

use crate::store::db::on;
use crate::store::{StoreError, Tx};

/// A session of a person. Its secret is kept nowhere in the store.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SessionRow {
    /// SHA-256 of the secret.
    pub hash: String,
    /// Whose.
    pub person: String,
    /// When it was last used, to the minute, in milliseconds since 1970.
    pub seen_ms: i64,
    /// How long it may lie unused, in milliseconds.
    pub idle_ms: i64,
    /// When it ends however much it is used.
    pub until_ms: i64,
    /// The identity provider by which it began; nothing for one that began with a password.
    pub issuer: Option<String>,
}

type Row = (String, String, i64, i64, i64, Option<String>);

fn session((hash, person, seen_ms, idle_ms, until_ms, issuer): Row) -> SessionRow {
    SessionRow {
        hash,
        person,
        seen_ms,
        idle_ms,
        until_ms,
        issuer,
    }
}

impl Tx {
    /// The session with a hash.
    ///
    /// # Errors
    /// The database fails.
    pub async fn session(&mut self, hash: &str) -> Result<Option<SessionRow>, StoreError> {
        const SQL: &str =
            "SELECT hash, person, seen_ms, idle_ms, until_ms, issuer FROM session WHERE hash = $1";
        let row: Option<Row> =
            on!(self, c => sqlx::query_as(SQL).bind(hash).fetch_optional(c).await?);
        Ok(row.map(session))
    }

    /// Everybody's sessions, by person.
    ///
    /// # Errors
    /// The database fails.
    pub async fn sessions(&mut self) -> Result<Vec<SessionRow>, StoreError> {
        const SQL: &str = "SELECT hash, person, seen_ms, idle_ms, until_ms, issuer FROM session \
                           ORDER BY person, hash";
        let rows: Vec<Row> = on!(self, c => sqlx::query_as(SQL).fetch_all(c).await?);
        Ok(rows.into_iter().map(session).collect())
    }

    /// Adds a session.
    ///
    /// # Errors
    /// The database fails.
    pub async fn add_session(&mut self, session: &SessionRow) -> Result<(), StoreError> {
        const SQL: &str = "INSERT INTO session (hash, person, seen_ms, idle_ms, until_ms, issuer) \
                           VALUES ($1, $2, $3, $4, $5, $6)";
        on!(self, c => {
            sqlx::query(SQL)
                .bind(&session.hash).bind(&session.person).bind(session.seen_ms)
                .bind(session.idle_ms).bind(session.until_ms).bind(&session.issuer)
                .execute(c).await?;
        });
        Ok(())
    }

    /// Notes that a session was used.
    ///
    /// # Errors
    /// The database fails.
    pub async fn session_seen(&mut self, hash: &str, now_ms: i64) -> Result<(), StoreError> {
        const SQL: &str = "UPDATE session SET seen_ms = $2 WHERE hash = $1";
        on!(self, c => { sqlx::query(SQL).bind(hash).bind(now_ms).execute(c).await?; });
        Ok(())
    }

    /// Ends a session.
    ///
    /// # Errors
    /// The database fails.
    pub async fn end_session(&mut self, hash: &str) -> Result<(), StoreError> {
        const SQL: &str = "DELETE FROM session WHERE hash = $1";
        on!(self, c => { sqlx::query(SQL).bind(hash).execute(c).await?; });
        Ok(())
    }

    /// Sweeps away the sessions that have ended by themselves.
    ///
    /// # Errors
    /// The database fails.
    pub async fn sweep_sessions(&mut self, now_ms: i64) -> Result<(), StoreError> {
        const SQL: &str = "DELETE FROM session WHERE until_ms <= $1 OR seen_ms + idle_ms <= $1";
        on!(self, c => { sqlx::query(SQL).bind(now_ms).execute(c).await?; });
        Ok(())
    }
}
