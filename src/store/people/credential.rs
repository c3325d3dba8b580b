//! Passwords, second factors and recovery codes.

use crate::store::db::on;
use crate::store::{StoreError, Tx};
use std::fmt;

/// What a person proves on signing in who they are. Prints nothing of it.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct CredentialRow {
    /// Argon2id, in the PHC form.
    pub password: Option<String>,
    /// Until when a password holds that an administrator gave.
    pub password_until_ms: Option<i64>,
    /// The shared secret of the second factor, sealed.
    pub totp: Option<String>,
    /// One that was offered, and not yet proven.
    pub totp_offered: Option<String>,
    /// The last time step whose code was used.
    pub totp_step: Option<i64>,
}

impl fmt::Debug for CredentialRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CredentialRow(not shown)")
    }
}

/// A code for the day the second factor is lost.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RecoveryRow {
    /// SHA-256 of the code.
    pub hash: String,
    /// When it was used.
    pub used_ms: Option<i64>,
}

type Row = (
    Option<String>,
    Option<i64>,
    Option<String>,
    Option<String>,
    Option<i64>,
);

impl Tx {
    /// What a person proves who they are with; empty for somebody who has nothing of the kind.
    ///
    /// # Errors
    /// The database fails.
    pub async fn credential(&mut self, person: &str) -> Result<CredentialRow, StoreError> {
        const SQL: &str = "SELECT password, password_until_ms, totp, totp_offered, totp_step FROM credential \
                           WHERE person = $1";
        let row: Option<Row> =
            on!(self, c => sqlx::query_as(SQL).bind(person).fetch_optional(c).await?);
        Ok(row.map_or_else(
            CredentialRow::default,
            |(password, password_until_ms, totp, totp_offered, totp_step)| CredentialRow {
                password,
                password_until_ms,
                totp,
                totp_offered,
                totp_step,
            },
        ))
    }

    /// Writes what a person proves who they are with.
    ///
    /// # Errors
    /// The database fails.
    pub async fn put_credential(
        &mut self,
        person: &str,
        row: &CredentialRow,
    ) -> Result<(), StoreError> {
        const SQL: &str = "INSERT INTO credential \
                           (person, password, password_until_ms, totp, totp_offered, totp_step) \
                           VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (person) DO UPDATE SET \
                           password = excluded.password, password_until_ms = excluded.password_until_ms, \
                           totp = excluded.totp, totp_offered = excluded.totp_offered, \
                           totp_step = excluded.totp_step";
        on!(self, c => {
            sqlx::query(SQL)
                .bind(person).bind(&row.password).bind(row.password_until_ms)
                .bind(&row.totp).bind(&row.totp_offered).bind(row.totp_step)
                .execute(c).await?;
        });
        Ok(())
    }

    /// A person's recovery codes, in the order of their hashes.
    ///
    /// # Errors
    /// The database fails.
    pub async fn recovery_codes(&mut self, person: &str) -> Result<Vec<RecoveryRow>, StoreError> {
        const SQL: &str = "SELECT hash, used_ms FROM recovery_code WHERE person = $1 ORDER BY hash";
        let rows: Vec<(String, Option<i64>)> =
            on!(self, c => sqlx::query_as(SQL).bind(person).fetch_all(c).await?);
        let row = |(hash, used_ms)| RecoveryRow { hash, used_ms };
        Ok(rows.into_iter().map(row).collect())
    }

    /// Puts other recovery codes in the place of a person's.
    ///
    /// # Errors
    /// The database fails.
    pub async fn replace_recovery_codes(
        &mut self,
        person: &str,
        hashes: &[String],
    ) -> Result<(), StoreError> {
        const CLEAR: &str = "DELETE FROM recovery_code WHERE person = $1";
        const ADD: &str = "INSERT INTO recovery_code (person, hash) VALUES ($1, $2)";
        on!(&mut *self, c => { sqlx::query(CLEAR).bind(person).execute(c).await?; });
        for hash in hashes {
            on!(&mut *self, c => { sqlx::query(ADD).bind(person).bind(hash).execute(c).await?; });
        }
        Ok(())
    }

    /// Uses up a recovery code; false if there is no such code or it was used.
    ///
    /// # Errors
    /// The database fails.
    pub async fn use_recovery_code(
        &mut self,
        person: &str,
        hash: &str,
        now_ms: i64,
    ) -> Result<bool, StoreError> {
        const SQL: &str = "UPDATE recovery_code SET used_ms = $3 \
                           WHERE person = $1 AND hash = $2 AND used_ms IS NULL";
        Ok(on!(self, c => {
            sqlx::query(SQL).bind(person).bind(hash).bind(now_ms).execute(c).await?.rows_affected() == 1
        }))
    }
}
