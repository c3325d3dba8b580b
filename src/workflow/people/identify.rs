//! Who a call is from: a token, a session, or the operating system's user, in this order.

use super::{Known, Person, Role, Scope, secret, session};
use crate::store::{PersonRow, Store, Tx};
use crate::workflow::refusal::{WorkflowError, refused};
use secrecy::SecretString;

/// How somebody shows who they are.
#[derive(Clone, Debug, Default)]
pub struct Credentials {
    /// The name they give.
    pub name: Option<String>,
    /// Their token.
    pub token: Option<SecretString>,
    /// The secret of their session.
    pub session: Option<SecretString>,
    /// The operating system's user that runs the program.
    pub os_user: Option<String>,
}

/// How exactly the last use is kept, in milliseconds: not every call needs to write.
const USE_KEPT_MS: i64 = 60_000;

/// Who it is.
///
/// # Errors
/// Nobody who may work here; says what to do.
pub async fn identify(
    store: &Store,
    who: &Credentials,
    now_ms: i64,
) -> Result<Person, WorkflowError> {
    let mut tx = store.db.read().await?;
    let found = match (&who.token, &who.session) {
        (Some(token), _) => by_token(&mut tx, token, who, now_ms).await,
        (None, Some(session)) => by_session(&mut tx, session, who, now_ms).await,
        (None, None) => by_os_user(&mut tx, who).await,
    };
    if matches!(found, Err(WorkflowError::Refused(_))) && tx.people().await?.is_empty() {
        return refused(
            "nobody may work with this store yet; begin with: cleanbill user add NAME --role administrator --os-user USER",
        );
    }
    let found = found?;
    drop(tx);
    if let Some(used) = found.used {
        // A note that could not be made harms nobody's work.
        let _ = note_use(store, &used, now_ms).await;
    }
    Ok(found.person)
}

struct Found {
    person: Person,
    /// What has to be noted as used.
    used: Option<Used>,
}

enum Used {
    Token(String),
    Session(String),
}

async fn note_use(store: &Store, used: &Used, now_ms: i64) -> Result<(), WorkflowError> {
    again!(async {
        let mut tx = store.db.write().await?;
        match used {
            Used::Token(hash) => tx.token_used(hash, now_ms).await?,
            Used::Session(hash) => tx.session_seen(hash, now_ms).await?,
        }
        Ok(tx.commit().await?)
    })
}

async fn by_token(
    tx: &mut Tx,
    token: &SecretString,
    who: &Credentials,
    now_ms: i64,
) -> Result<Found, WorkflowError> {
    let row = tx.token(&secret::hash(token)).await?;
    let Some(row) = row.filter(|t| who.name.as_ref().is_none_or(|n| *n == t.person)) else {
        return refused(
            "the token in CLEANBILL_TOKEN is not of anybody who may work here, or not of the person named with --as",
        );
    };
    if row.until_ms <= now_ms {
        return refused(format!(
            "the token of {} has ended; a new one is made with: cleanbill user token add",
            row.person
        ));
    }
    // A scope of a newer program is not more than looking.
    let scope = Scope::named(&row.scope).unwrap_or(Scope::Read);
    let stale = row.used_ms.is_none_or(|at| now_ms - at >= USE_KEPT_MS);
    Ok(Found {
        person: person(tx.person(&row.person).await?, Known::Token(scope))?,
        used: stale.then_some(Used::Token(row.hash)),
    })
}

async fn by_session(
    tx: &mut Tx,
    secret: &SecretString,
    who: &Credentials,
    now_ms: i64,
) -> Result<Found, WorkflowError> {
    let row = tx.session(&secret::hash(secret)).await?;
    let Some(row) = row.filter(|row| !session::has_ended(row, now_ms)) else {
        return refused(
            "your session has ended; begin a new one with: cleanbill sign-in NAME, or leave it with: cleanbill sign-out",
        );
    };
    if let Some(name) = who.name.as_ref().filter(|n| **n != row.person) {
        return refused(format!(
            "--as {name}: {} is signed in; sign in as {name}, or set CLEANBILL_TOKEN to their token",
            row.person
        ));
    }
    let stale = now_ms - row.seen_ms >= USE_KEPT_MS;
    Ok(Found {
        person: person(
            tx.person(&row.person).await?,
            Known::Session(row.hash.clone()),
        )?,
        used: stale.then_some(Used::Session(row.hash)),
    })
}

async fn by_os_user(tx: &mut Tx, who: &Credentials) -> Result<Found, WorkflowError> {
    let user = who.os_user.as_deref();
    let mut people = tx.people().await?.into_iter();
    let row = people.find(|p| p.os_user.is_some() && p.os_user.as_deref() == user);
    let user = user.unwrap_or("?");
    match (row, &who.name) {
        (Some(p), Some(n)) if p.name != *n => refused(format!(
            "--as {n}: the operating-system user {user} is {}; sign in as {n}, or set CLEANBILL_TOKEN to their token",
            p.name
        )),
        (None, Some(n)) => refused(format!(
            "--as {n}: sign in with: cleanbill sign-in {n}, or set CLEANBILL_TOKEN to their token"
        )),
        (None, None) => refused(format!(
            "the operating-system user {user} is nobody who may work here; sign in with: cleanbill sign-in NAME, or an \
             administrator can say: cleanbill user add NAME --role ROLE --os-user {user}"
        )),
        (row, _) => Ok(Found {
            person: person(row, Known::OsUser)?,
            used: None,
        }),
    }
}

/// The person of a row, if they may work here.
pub(super) fn person(row: Option<PersonRow>, known: Known) -> Result<Person, WorkflowError> {
    let Some(row) = row else {
        return refused("whoever this was is no longer known here");
    };
    if !row.active {
        return refused(format!("{} may no longer work here", row.name));
    }
    let Some(role) = Role::named(&row.role) else {
        return refused(format!("{} has the unknown role {}", row.name, row.role));
    };
    Ok(Person {
        name: row.name,
        role,
        clients: row.clients,
        known,
    })
}
