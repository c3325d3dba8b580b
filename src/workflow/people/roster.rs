//! Who works here: added, given another role or other clients, ended.

use super::{NewToken, Person, Role, active, attempts, password, record, secret, session, token};
use crate::store::{CredentialRow, LinkRow, PersonRow, Store, Tx};
use crate::workflow::desk::{Clock, Desk};
use crate::workflow::permits::Act;
use crate::workflow::refusal::{WorkflowError, refused};
use secrecy::SecretString;
use serde_json::json;

/// Somebody who is to work here.
#[derive(Clone, Debug, Default)]
pub struct NewPerson {
    /// The name that stands in events.
    pub name: String,
    /// What they are here for.
    pub role: Option<Role>,
    /// Their operating-system user.
    pub os_user: Option<String>,
    /// Make a token that holds so many days.
    pub token_days: Option<u32>,
    /// Give them a password for their first sign-in.
    pub password: bool,
    /// The clients they serve; nothing is every client.
    pub clients: Option<Vec<String>>,
}

/// What somebody new is known by; shown once.
#[derive(Clone, Debug, Default)]
pub struct FirstAccess {
    /// Their token.
    pub token: Option<SecretString>,
    /// The password of their first sign-in, in which they choose their own.
    pub password: Option<SecretString>,
}

/// Somebody, with what they are known by.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PersonShown {
    /// Who.
    pub person: PersonRow,
    /// They have a password.
    pub password: bool,
    /// Until when it holds, if an administrator gave it, in milliseconds since 1970.
    pub one_time_until_ms: Option<i64>,
    /// They have a second factor.
    pub second_factor: bool,
    /// How many tokens they have.
    pub tokens: usize,
    /// How many sessions go on.
    pub sessions: usize,
    /// Until when signing in is locked after wrong tries.
    pub locked_until_ms: Option<i64>,
    /// Their account at the firm's identity provider.
    pub link: Option<LinkRow>,
}

/// Adds somebody. The first person is an administrator and adds themselves; after that only administrators may.
async fn add(
    tx: &mut Tx,
    by: Option<&Person>,
    new: &NewPerson,
    given: Option<&(SecretString, String)>,
    clock: &Clock,
) -> Result<FirstAccess, WorkflowError> {
    let people = tx.people().await?;
    let Some(role) = new.role else {
        return refused("say with --role what this person is here for");
    };
    if new.name.trim().is_empty() || new.name.contains(char::is_control) {
        return refused("a person needs a name");
    }
    if people.iter().any(|p| p.name == new.name) {
        return refused(format!("there is a {} already", new.name));
    }
    if people.is_empty() && role != Role::Administrator {
        return refused("the first person has to be an administrator, who then adds the others");
    }
    if let Some(user) = &new.os_user
        && let Some(other) = people.iter().find(|p| p.os_user.as_ref() == Some(user))
    {
        return refused(format!(
            "the operating-system user {user} is {}",
            other.name
        ));
    }
    if new.os_user.is_none() && new.token_days.is_none() && given.is_none() {
        return refused(
            "say how this person is known: --password, --os-user USER, --token, or several of them",
        );
    }
    let row = PersonRow {
        name: new.name.clone(),
        role: role.name().to_owned(),
        os_user: new.os_user.clone(),
        clients: new.clients.clone(),
        active: true,
    };
    tx.put_person(&row).await?;
    let mut access = FirstAccess::default();
    if let Some((password, hash)) = given {
        password::signs_in(&row.role, &row.name)?;
        let credential = CredentialRow {
            password: Some(hash.clone()),
            password_until_ms: Some(password::until(clock())),
            ..CredentialRow::default()
        };
        tx.put_credential(&row.name, &credential).await?;
        access.password = Some(password.clone());
    }
    if let Some(days) = new.token_days {
        let first = NewToken {
            label: "first".to_owned(),
            days,
            scope: super::Scope::Write,
        };
        access.token = Some(token::give(tx, &row.name, &first, clock()).await?);
    }
    let by = by.map_or(&new.name, |p| &p.name);
    record::change(tx, by, "add", &row.name, clock).await?;
    Ok(access)
}

/// A password for a first sign-in with its hash, where one is wanted.
async fn given(new: &NewPerson) -> Result<Option<(SecretString, String)>, WorkflowError> {
    if !new.password {
        return Ok(None);
    }
    let password = secret::short()?;
    let hash = password::hash(&password).await?;
    Ok(Some((password, hash)))
}

/// The first person of a store, who adds themselves.
///
/// # Errors
/// There is somebody already, or not possible.
pub async fn first_person(
    store: &Store,
    new: &NewPerson,
    clock: &Clock,
) -> Result<FirstAccess, WorkflowError> {
    let given = given(new).await?;
    again!(async {
        let mut tx = store.db.write().await?;
        if !tx.people().await?.is_empty() {
            return refused("there are people already; an administrator adds others");
        }
        let access = add(&mut tx, None, new, given.as_ref(), clock).await?;
        tx.commit().await?;
        Ok(access)
    })
}

/// There is always somebody who can say who may work here.
async fn not_the_last(tx: &mut Tx, name: &str) -> Result<(), WorkflowError> {
    let people = tx.people().await?;
    let mut others = people.iter().filter(|p| p.active && p.name != name);
    if others.any(|p| p.role == Role::Administrator.name()) {
        return Ok(());
    }
    refused(format!(
        "{name} is the last administrator; add another first"
    ))
}

impl Desk<'_> {
    /// Adds a person; see [`NewPerson`].
    ///
    /// # Errors
    /// Not allowed or not possible.
    pub async fn add_person(&self, new: &NewPerson) -> Result<FirstAccess, WorkflowError> {
        self.may(Act::People)?;
        let given = given(new).await?;
        again!(async {
            let mut tx = self.store.db.write().await?;
            let by = Some(&self.person);
            let access = add(&mut tx, by, new, given.as_ref(), self.clock).await?;
            tx.commit().await?;
            Ok(access)
        })
    }

    /// Changes a person; their sessions and tokens end, so that nothing goes on under what was before.
    async fn change(
        &self,
        name: &str,
        step: &str,
        new: impl Fn(&mut PersonRow) + Send + Sync,
    ) -> Result<(), WorkflowError> {
        self.may(Act::People)?;
        again!(async {
            let mut tx = self.store.db.write().await?;
            let mut row = active(&mut tx, name).await?;
            let before = row.clone();
            new(&mut row);
            if row == before {
                return refused(format!("that is how it is with {name} already"));
            }
            if row.role != Role::Administrator.name() || !row.active {
                not_the_last(&mut tx, name).await?;
            }
            tx.put_person(&row).await?;
            tx.end_access(name).await?;
            record::change(&mut tx, &self.person.name, step, name, self.clock).await?;
            Ok(tx.commit().await?)
        })
    }

    fn not_oneself(&self, name: &str) -> Result<(), WorkflowError> {
        if name == self.person.name {
            return refused(
                "nobody changes their own role or clients; another administrator has to",
            );
        }
        Ok(())
    }

    /// Gives a person another role.
    ///
    /// # Errors
    /// Not allowed, oneself, or the last administrator.
    pub async fn set_role(&self, name: &str, role: Role) -> Result<(), WorkflowError> {
        self.may(Act::People)?;
        self.not_oneself(name)?;
        self.change(name, "role", |row| role.name().clone_into(&mut row.role))
            .await
    }

    /// Says which clients a person serves; nothing is every client.
    ///
    /// # Errors
    /// Not allowed, or oneself.
    pub async fn set_clients(
        &self,
        name: &str,
        clients: Option<&[String]>,
    ) -> Result<(), WorkflowError> {
        self.may(Act::People)?;
        self.not_oneself(name)?;
        self.change(name, "clients", |row| {
            row.clients = clients.map(<[String]>::to_vec);
        })
        .await
    }

    /// Ends a person's access at once.
    ///
    /// # Errors
    /// Not allowed, or the last administrator.
    pub async fn deactivate(&self, name: &str) -> Result<(), WorkflowError> {
        self.change(name, "deactivate", |row| row.active = false)
            .await
    }

    /// Opens the lock that wrong tries to sign in have closed.
    ///
    /// # Errors
    /// Not allowed, or there is no such person.
    pub async fn unlock(&self, name: &str) -> Result<(), WorkflowError> {
        self.may(Act::People)?;
        again!(async {
            let mut tx = self.store.db.write().await?;
            active(&mut tx, name).await?;
            tx.forget_attempts(&attempts::key(name)).await?;
            let facts = json!({ "name": name });
            record::note(&mut tx, &self.person.name, "unlock", &facts, self.clock).await?;
            Ok(tx.commit().await?)
        })
    }

    /// Everybody, with what they are known by.
    ///
    /// # Errors
    /// Not allowed, or the store fails.
    pub async fn roster(&self) -> Result<Vec<PersonShown>, WorkflowError> {
        self.may(Act::SeePeople)?;
        let now = (self.clock)();
        let mut tx = self.store.db.read().await?;
        let tokens = tx.tokens().await?;
        let sessions = tx.sessions().await?;
        let mut shown = Vec::new();
        for person in tx.people().await? {
            let name = &person.name;
            let credential = tx.credential(name).await?;
            let attempt = tx.attempt(&attempts::key(name)).await?;
            shown.push(PersonShown {
                password: credential.password.is_some(),
                one_time_until_ms: credential.password_until_ms,
                second_factor: credential.totp.is_some(),
                tokens: tokens.iter().filter(|t| t.person == *name).count(),
                sessions: sessions
                    .iter()
                    .filter(|s| s.person == *name && !session::has_ended(s, now))
                    .count(),
                locked_until_ms: Some(attempt.locked_until_ms).filter(|until| *until > now),
                link: tx.link(name).await?,
                person,
            });
        }
        Ok(shown)
    }
}
