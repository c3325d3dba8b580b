//! People, their roles, and how somebody is known to be one of them.

use super::desk::{Clock, record_person};
use super::refusal::{WorkflowError, refused};
use crate::store::{PersonRow, Store, Tx, sha256};
use std::fmt;

/// What somebody is here for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
pub enum Role {
    /// Prepares invoices.
    Specialist,
    /// Wrote the time entries.
    Timekeeper,
    /// Decides what goes out.
    Partner,
    /// Says who may work here; sees no invoices.
    Administrator,
    /// Sees everything, changes nothing.
    Auditor,
    /// The overnight job.
    Service,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 6] = [
        Self::Specialist,
        Self::Timekeeper,
        Self::Partner,
        Self::Administrator,
        Self::Auditor,
        Self::Service,
    ];

    /// Its word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Specialist => "specialist",
            Self::Timekeeper => "timekeeper",
            Self::Partner => "partner",
            Self::Administrator => "administrator",
            Self::Auditor => "auditor",
            Self::Service => "service",
        }
    }

    /// The role of a word.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|r| r.name() == name)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Somebody who is known.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Person {
    /// The name that stands in events.
    pub name: String,
    /// What they are here for.
    pub role: Role,
    /// The clients they serve; nothing is every client.
    pub clients: Option<Vec<String>>,
}

impl Person {
    /// Whether a client is theirs.
    pub fn serves(&self, client: &str) -> bool {
        let own = |all: &Vec<String>| all.iter().any(|c| c == client);
        self.clients.as_ref().is_none_or(own)
    }
}

/// How somebody shows who they are.
#[derive(Clone, Debug, Default)]
pub struct Credentials {
    /// The name they give.
    pub name: Option<String>,
    /// Their token.
    pub token: Option<String>,
    /// The operating system's user that runs the program.
    pub os_user: Option<String>,
}

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
    /// The clients they serve; nothing is every client.
    pub clients: Option<Vec<String>>,
}

/// Who it is.
///
/// # Errors
/// Nobody who may work here; says what to do.
pub async fn sign_in(
    store: &Store,
    who: &Credentials,
    now_ms: i64,
) -> Result<Person, WorkflowError> {
    let mut tx = store.db.read().await?;
    let people = tx.people().await?;
    if people.is_empty() {
        return refused(
            "nobody may work with this store yet; begin with: cleanbill user add NAME --role administrator --os-user USER",
        );
    }
    known(&people, who, now_ms)
}

fn known(people: &[PersonRow], who: &Credentials, now_ms: i64) -> Result<Person, WorkflowError> {
    let found = match (&who.token, &who.name) {
        (Some(token), name) => {
            let hash = sha256(token.as_bytes());
            let of = people
                .iter()
                .find(|p| p.token_hash.as_deref() == Some(&hash));
            match of {
                Some(p) if name.as_ref().is_none_or(|n| *n == p.name) => {
                    if p.token_until_ms.is_some_and(|until| until <= now_ms) {
                        return refused(format!(
                            "the token of {} has ended; an administrator makes a new one with: cleanbill user token {}",
                            p.name, p.name
                        ));
                    }
                    Some(p)
                }
                _ => {
                    return refused(
                        "the token in CLEANBILL_TOKEN is not of anybody who may work here, or not of the person named with --as",
                    );
                }
            }
        }
        (None, name) => {
            let user = who.os_user.as_deref();
            let of = people
                .iter()
                .find(|p| p.os_user.is_some() && p.os_user.as_deref() == user);
            match (of, name) {
                (Some(p), Some(n)) if p.name != *n => {
                    return refused(format!(
                        "--as {n}: the operating-system user {} is {}; set CLEANBILL_TOKEN to the token of {n}",
                        user.unwrap_or("?"),
                        p.name
                    ));
                }
                (None, Some(n)) => {
                    return refused(format!("--as {n}: set CLEANBILL_TOKEN to the token of {n}"));
                }
                (of, _) => of,
            }
        }
    };
    let Some(person) = found else {
        return refused(format!(
            "the operating-system user {} is nobody who may work here; an administrator can say: cleanbill user add NAME --role ROLE --os-user {0}",
            who.os_user.as_deref().unwrap_or("?")
        ));
    };
    if !person.active {
        return refused(format!("{} may no longer work here", person.name));
    }
    let Some(role) = Role::named(&person.role) else {
        return refused(format!(
            "{} has the unknown role {}",
            person.name, person.role
        ));
    };
    Ok(Person {
        name: person.name.clone(),
        role,
        clients: person.clients.clone(),
    })
}

/// Adds somebody, and returns their token if one was asked for. The first person is an administrator and adds
/// themselves; after that only administrators may.
///
/// # Errors
/// Not allowed, or the name, operating-system user is taken.
pub(super) async fn add(
    tx: &mut Tx,
    by: Option<&Person>,
    new: &NewPerson,
    clock: &Clock,
) -> Result<Option<String>, WorkflowError> {
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
    if new.os_user.is_none() && new.token_days.is_none() {
        return refused("say how this person is known: --os-user USER, --token, or both");
    }
    let mut row = PersonRow {
        name: new.name.clone(),
        role: role.name().to_owned(),
        os_user: new.os_user.clone(),
        clients: new.clients.clone(),
        active: true,
        ..PersonRow::default()
    };
    let token = new
        .token_days
        .map(|days| give_token(&mut row, days, clock))
        .transpose()?;
    record_person(tx, by.map_or(&new.name, |p| &p.name), "add", &row, clock).await?;
    Ok(token)
}

/// Days in milliseconds.
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

fn give_token(row: &mut PersonRow, days: u32, clock: &Clock) -> Result<String, WorkflowError> {
    let mut bytes = [0; 32];
    if let Err(e) = getrandom::fill(&mut bytes) {
        return refused(format!("no token could be made: {e}"));
    }
    let token = format!("cb-{}", sha256(&bytes));
    row.token_hash = Some(sha256(token.as_bytes()));
    row.token_until_ms = Some(clock().saturating_add(i64::from(days) * DAY_MS));
    Ok(token)
}

/// Gives a person a new token; the old one ends.
pub(super) async fn renew(
    tx: &mut Tx,
    by: &Person,
    name: &str,
    days: u32,
    clock: &Clock,
) -> Result<String, WorkflowError> {
    let mut row = one(tx, name).await?;
    let token = give_token(&mut row, days, clock)?;
    record_person(tx, &by.name, "token", &row, clock).await?;
    Ok(token)
}

/// Ends a person's access.
pub(super) async fn deactivate(
    tx: &mut Tx,
    by: &Person,
    name: &str,
    clock: &Clock,
) -> Result<(), WorkflowError> {
    let mut row = one(tx, name).await?;
    let people = tx.people().await?;
    let others = people.iter().filter(|p| p.active && p.name != name);
    if !others
        .into_iter()
        .any(|p| p.role == Role::Administrator.name())
    {
        return refused(format!(
            "{name} is the last administrator; add another first"
        ));
    }
    row.active = false;
    row.token_hash = None;
    row.token_until_ms = None;
    record_person(tx, &by.name, "deactivate", &row, clock).await
}

async fn one(tx: &mut Tx, name: &str) -> Result<PersonRow, WorkflowError> {
    let people = tx.people().await?;
    match people.into_iter().find(|p| p.name == name) {
        Some(row) if row.active => Ok(row),
        Some(_) => refused(format!("{name} may no longer work here")),
        None => refused(format!(
            "there is no {name}; cleanbill user list says who there is"
        )),
    }
}
