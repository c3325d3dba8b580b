//! The people who may work with the store and what they prove themselves with, as rows.
//! Not here: what a role may do, how a password is hashed, when somebody is locked out.

mod attempt;
mod credential;
mod link;
mod pending;
mod session;
mod token;

pub use attempt::AttemptRow;
pub use credential::{CredentialRow, RecoveryRow};
pub use link::LinkRow;
pub use session::SessionRow;
pub use token::TokenRow;

use super::db::on;
use super::{StoreError, Tx};
use serde::{Deserialize, Serialize};

/// A person or a service. Nothing they prove themselves with stands in it.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct PersonRow {
    /// The name that stands in events.
    pub name: String,
    /// The role's word.
    pub role: String,
    /// Operating-system user that is this person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub os_user: Option<String>,
    /// The clients this person serves; nothing is every client.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clients: Option<Vec<String>>,
    /// May still work here.
    pub active: bool,
}

type Row = (String, String, Option<String>, Option<String>, i64);

fn person((name, role, os_user, clients, active): Row) -> Result<PersonRow, StoreError> {
    let clients = clients.map(|c| serde_json::from_str(&c)).transpose();
    Ok(PersonRow {
        clients: clients.map_err(|e| StoreError::Unreadable(format!("clients of {name}: {e}")))?,
        name,
        role,
        os_user,
        active: active != 0,
    })
}

impl Tx {
    /// Everybody, in the order of their names.
    ///
    /// # Errors
    /// The database fails.
    pub async fn people(&mut self) -> Result<Vec<PersonRow>, StoreError> {
        const SQL: &str = "SELECT name, role, os_user, clients, active FROM person ORDER BY name";
        let rows: Vec<Row> = on!(self, c => sqlx::query_as(SQL).fetch_all(c).await?);
        rows.into_iter().map(person).collect()
    }

    /// The person with a name.
    ///
    /// # Errors
    /// The database fails.
    pub async fn person(&mut self, name: &str) -> Result<Option<PersonRow>, StoreError> {
        const SQL: &str = "SELECT name, role, os_user, clients, active FROM person WHERE name = $1";
        let row: Option<Row> =
            on!(self, c => sqlx::query_as(SQL).bind(name).fetch_optional(c).await?);
        row.map(person).transpose()
    }

    /// Writes a person, new or changed.
    ///
    /// # Errors
    /// The database fails, or the operating-system user is another person's.
    pub async fn put_person(&mut self, person: &PersonRow) -> Result<(), StoreError> {
        const SQL: &str = "INSERT INTO person (name, role, os_user, clients, active) \
                           VALUES ($1, $2, $3, $4, $5) ON CONFLICT (name) DO UPDATE SET \
                           role = excluded.role, os_user = excluded.os_user, \
                           clients = excluded.clients, active = excluded.active";
        let clients = person
            .clients
            .as_ref()
            .map(|c| serde_json::json!(c).to_string());
        on!(self, c => {
            sqlx::query(SQL)
                .bind(&person.name).bind(&person.role).bind(&person.os_user)
                .bind(&clients).bind(i64::from(person.active))
                .execute(c).await?;
        });
        Ok(())
    }
}
