//! Accounts at the firm's identity provider by which people are known.

use crate::store::db::on;
use crate::store::{StoreError, Tx};

/// By which account at the provider a person is known, or will be from their first sign-in by it on.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct LinkRow {
    /// Who.
    pub person: String,
    /// The provider, as its tokens name it.
    pub issuer: String,
    /// The account, as the provider's tokens name it; nothing until the first sign-in.
    pub subject: Option<String>,
    /// Until then: the claim that has to say who it is,
    pub claim: Option<String>,
    /// what it has to say,
    pub expected: Option<String>,
    /// and until when this holds, in milliseconds since 1970.
    pub until_ms: Option<i64>,
}

type Row = (
    String,
    String,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<i64>,
);

fn link((person, issuer, subject, claim, expected, until_ms): Row) -> LinkRow {
    LinkRow {
        person,
        issuer,
        subject,
        claim,
        expected,
        until_ms,
    }
}

impl Tx {
    /// Every link, by person.
    ///
    /// # Errors
    /// The database fails.
    pub async fn links(&mut self) -> Result<Vec<LinkRow>, StoreError> {
        const SQL: &str =
            "SELECT person, issuer, subject, claim, expected, until_ms FROM link ORDER BY person";
        let rows: Vec<Row> = on!(self, c => sqlx::query_as(SQL).fetch_all(c).await?);
        Ok(rows.into_iter().map(link).collect())
    }

    /// A person's link.
    ///
    /// # Errors
    /// The database fails.
    pub async fn link(&mut self, person: &str) -> Result<Option<LinkRow>, StoreError> {
        const SQL: &str = "SELECT person, issuer, subject, claim, expected, until_ms FROM link \
                           WHERE person = $1";
        let row: Option<Row> =
            on!(self, c => sqlx::query_as(SQL).bind(person).fetch_optional(c).await?);
        Ok(row.map(link))
    }

    /// The link with an account.
    ///
    /// # Errors
    /// The database fails.
    pub async fn link_of(
        &mut self,
        issuer: &str,
        subject: &str,
    ) -> Result<Option<LinkRow>, StoreError> {
        const SQL: &str = "SELECT person, issuer, subject, claim, expected, until_ms FROM link \
                           WHERE issuer = $1 AND subject = $2";
        let row: Option<Row> = on!(self, c => {
            sqlx::query_as(SQL).bind(issuer).bind(subject).fetch_optional(c).await?
        });
        Ok(row.map(link))
    }

    /// Writes a person's link, in the place of the one they had.
    ///
    /// # Errors
    /// The database fails, or the account is another person's.
    pub async fn put_link(&mut self, link: &LinkRow) -> Result<(), StoreError> {
        const SQL: &str = "INSERT INTO link (person, issuer, subject, claim, expected, until_ms) \
                           VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (person) DO UPDATE SET \
                           issuer = excluded.issuer, subject = excluded.subject, \
                           claim = excluded.claim, expected = excluded.expected, \
                           until_ms = excluded.until_ms";
        on!(self, c => {
            sqlx::query(SQL)
                .bind(&link.person).bind(&link.issuer).bind(&link.subject)
                .bind(&link.claim).bind(&link.expected).bind(link.until_ms)
                .execute(c).await?;
        });
        Ok(())
    }

    /// Takes a person's link away.
    ///
    /// # Errors
    /// The database fails.
    pub async fn end_link(&mut self, person: &str) -> Result<(), StoreError> {
        const SQL: &str = "DELETE FROM link WHERE person = $1";
        on!(self, c => { sqlx::query(SQL).bind(person).execute(c).await?; });
        Ok(())
    }
}
