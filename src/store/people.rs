//! The people who may work with the store, as rows.

use super::db::on;
use super::{StoreError, Tx};
use serde::{Deserialize, Serialize};

/// A person or a service.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct PersonRow {
    /// The name that stands in events.
    pub name: String,
    /// The role's word.
    pub role: String,
    /// Operating-system user that is this person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub os_user: Option<String>,
    /// SHA-256 of the token; the token itself is kept nowhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_hash: Option<String>,
    /// When the token ends, in milliseconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_until_ms: Option<i64>,
    /// The clients this person serves; nothing is every client.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clients: Option<Vec<String>>,
    /// May still work here.
    pub active: bool,
}

type Row = (
    String,
    String,
    Option<String>,
    Option<String>,
    Option<i64>,
    Option<String>,
    i64,
);

fn person(row: Row) -> Result<PersonRow, StoreError> {
    let (name, role, os_user, token_hash, token_until_ms, clients, active) = row;
    let clients = clients.map(|c| serde_json::from_str(&c)).transpose();
    Ok(PersonRow {
        clients: clients.map_err(|e| StoreError::Unreadable(format!("clients of {name}: {e}")))?,
        name,
        role,
        os_user,
        token_hash,
        token_until_ms,
        active: active != 0,
    })
}

impl Tx {
    /// Everybody, in the order of their names.
    ///
    /// # Errors
    /// The database fails.
    pub async fn people(&mut self) -> Result<Vec<PersonRow>, StoreError> {
        const SQL: &str = "SELECT name, role, os_user, token_hash, token_until_ms, clients, active \
                           FROM person ORDER BY name";
        let rows: Vec<Row> = on!(self, c => sqlx::query_as(SQL).fetch_all(c).await?);
        rows.into_iter().map(person).collect()
    }

    /// Writes a person, new or changed.
    ///
    /// # Errors
    /// The database fails, or the operating-system user or token is another person's.
    pub async fn put_person(&mut self, person: &PersonRow) -> Result<(), StoreError> {
        const SQL: &str = "INSERT INTO person (name, role, os_user, token_hash, token_until_ms, clients, active) \
                           VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (name) DO UPDATE SET \
                           role = excluded.role, os_user = excluded.os_user, token_hash = excluded.token_hash, \
                           token_until_ms = excluded.token_until_ms, clients = excluded.clients, \
                           active = excluded.active";
        let clients = person
            .clients
            .as_ref()
            .map(|c| serde_json::json!(c).to_string());
        on!(self, c => {
            sqlx::query(SQL)
                .bind(&person.name).bind(&person.role).bind(&person.os_user).bind(&person.token_hash)
                .bind(person.token_until_ms).bind(&clients).bind(i64::from(person.active))
                .execute(c).await?;
        });
        Ok(())
    }
}
