//! Signing in with a password, and a second factor where there is one.

use super::attempts::{self, Counted};
use super::second_factor::{Second, use_code};
use super::{Known, Passwords, Person, Role, Terms, identify, password, record, secret, session};
use crate::store::{CredentialRow, PersonRow, Store, Tx};
use crate::workflow::desk::Clock;
use crate::workflow::refusal::{WorkflowError, refused};
use secrecy::SecretString;
use serde_json::json;

/// What somebody gives who wants to sign in.
#[derive(Clone, Copy, Debug)]
pub struct SignIn<'a> {
    /// Their name.
    pub name: &'a str,
    /// Their password.
    pub password: &'a SecretString,
    /// A code of the second factor, or a recovery code.
    pub code: Option<&'a SecretString>,
    /// The password of their choice, in the place of one an administrator gave.
    pub new_password: Option<&'a SecretString>,
    /// The session they come with. It ends, and is never the one they leave with.
    pub offered: Option<&'a SecretString>,
    /// Whom passwords are for.
    pub passwords: Passwords<'a>,
}

/// What comes of it.
#[derive(Clone, Debug)]
pub enum Admission {
    /// They are in.
    SignedIn(Signed),
    /// Give a code as well.
    CodeWanted,
    /// Choose a password as well.
    NewPasswordWanted,
}

/// Somebody who signed in.
#[derive(Clone, Debug)]
pub struct Signed {
    /// Who.
    pub person: Person,
    /// The secret of the session.
    pub session: SecretString,
    /// When it ends at the latest, in milliseconds since 1970.
    pub until_ms: i64,
    /// How many recovery codes are left, if one was used.
    pub recovery_codes_left: Option<usize>,
}

/// The same words whether the name or the password is wrong.
const WRONG: &str = "the name or the password is not right";
/// The same where passwords are not for everybody, whomever they are for.
const WRONG_OR_OFF: &str = "the name or the password is not right, or passwords are not for you here: sign in by the firm's identity provider";

/// Signs somebody in.
///
/// # Errors
/// Wrong, locked, or the store fails.
pub async fn sign_in(
    store: &Store,
    who: &SignIn<'_>,
    terms: &Terms,
    clock: &Clock,
) -> Result<Admission, WorkflowError> {
    let for_them = who.passwords.are_for(who.name);
    let key = match for_them {
        true => attempts::key(who.name),
        false => attempts::key_apart(who.name),
    };
    let counted = attempts::count_under(store, &key, who.name, clock).await?;
    let wrong = match who.passwords {
        Passwords::Everybody => WRONG,
        Passwords::Only(_) => WRONG_OR_OFF,
    };
    let mut tx = store.db.read().await?;
    let person = tx.person(who.name).await?;
    let kept = tx.credential(who.name).await?;
    drop(tx);
    let person = person.filter(|p| for_them && p.active && p.role != Role::Service.name());
    let hash = kept.password.as_deref().filter(|_| person.is_some());
    let right = password::is_right(who.password, hash).await?;
    let (true, Some(person)) = (right, person) else {
        if for_them {
            lock(store, who.name, &counted, clock).await?;
        }
        return refused(wrong);
    };
    if kept.password_until_ms.is_some_and(|until| until <= clock()) {
        attempts::uncount(store, &counted).await?;
        return refused(format!(
            "the password an administrator gave to {} has ended; ask for another: cleanbill user password {0}",
            who.name
        ));
    }
    if kept.totp.is_some() && who.code.is_none() {
        attempts::uncount(store, &counted).await?;
        return Ok(Admission::CodeWanted);
    }
    let chosen = match (kept.password_until_ms, who.new_password) {
        (Some(_), None) => {
            attempts::uncount(store, &counted).await?;
            return Ok(Admission::NewPasswordWanted);
        }
        (Some(_), Some(new)) => {
            if let Err(why) = password::may_be_chosen(who.name, new) {
                attempts::uncount(store, &counted).await?;
                return Err(why);
            }
            Some(("password", password::hash(new).await?))
        }
        (None, _) if hash.is_some_and(password::is_weak) => {
            Some(("stronger hash", password::hash(who.password).await?))
        }
        (None, _) => None,
    };
    let attempt = Proven {
        who,
        person,
        kept,
        chosen,
    };
    match again!(attempt.finish(store, terms, clock))? {
        Some(signed) => Ok(Admission::SignedIn(signed)),
        None => wrong_code(store, who.name, &counted, clock).await,
    }
}

/// Whose password was right.
struct Proven<'a> {
    who: &'a SignIn<'a>,
    person: PersonRow,
    kept: CredentialRow,
    /// A hash to keep from now on, and why.
    chosen: Option<(&'static str, String)>,
}

impl Proven<'_> {
    /// Everything in one transaction: of two that come with the same code, one is first. Nothing if the code is wrong.
    async fn finish(
        &self,
        store: &Store,
        terms: &Terms,
        clock: &Clock,
    ) -> Result<Option<Signed>, WorkflowError> {
        let (name, now) = (self.who.name, clock());
        let mut tx = store.db.write().await?;
        let mut row = tx.credential(name).await?;
        // What was proven has to be what still counts.
        if tx.person(name).await?.as_ref() != Some(&self.person)
            || row.password != self.kept.password
            || row.totp != self.kept.totp
        {
            return refused(WRONG);
        }
        let code = self
            .who
            .code
            .map_or("", secrecy::ExposeSecret::expose_secret);
        let Some(second) = use_code(store, &mut tx, name, &mut row, code, now).await? else {
            return Ok(None);
        };
        if let Some((step, hash)) = &self.chosen {
            row.password = Some(hash.clone());
            if row.password_until_ms.take().is_some() {
                tx.end_access(name).await?;
            }
            tx.put_credential(name, &row).await?;
            record::change(&mut tx, name, step, name, clock).await?;
        }
        tx.forget_attempts(&attempts::key(name)).await?;
        let entering = Entering {
            person: self.person.clone(),
            issuer: None,
            second,
            offered: self.who.offered,
        };
        Ok(Some(entering.enter(tx, terms, clock, now).await?))
    }
}

/// Somebody of whom it is certain who they are, by a password or by a provider.
pub(super) struct Entering<'a> {
    pub person: PersonRow,
    /// The provider that vouched for them.
    pub issuer: Option<&'a str>,
    pub second: Second,
    /// The session they come with.
    pub offered: Option<&'a SecretString>,
}

impl Entering<'_> {
    /// Begins their session and writes it down, in the transaction in which it was found out who they are.
    pub async fn enter(
        self,
        mut tx: Tx,
        terms: &Terms,
        clock: &Clock,
        now: i64,
    ) -> Result<Signed, WorkflowError> {
        let name = &self.person.name;
        let left = self.second.codes_left(&mut tx, name).await?;
        if let Some(offered) = self.offered {
            tx.end_session(&secret::hash(offered)).await?;
        }
        tx.sweep_sessions(now).await?;
        let (session, begun) = session::begin(&mut tx, name, self.issuer, terms, now).await?;
        let facts = record::of_sign_in(&begun, self.second.name());
        record::note(&mut tx, name, "sign in", &facts, clock).await?;
        let person = identify::person(Some(self.person), Known::Session(begun.hash))?;
        tx.commit().await?;
        Ok(Signed {
            person,
            session,
            until_ms: begun.until_ms,
            recovery_codes_left: left,
        })
    }
}

/// Refuses a wrong code, which stays counted.
pub(super) async fn wrong_code(
    store: &Store,
    name: &str,
    counted: &Counted,
    clock: &Clock,
) -> Result<Admission, WorkflowError> {
    lock(store, name, counted, clock).await?;
    refused("the code is not right, or was used; a code is good for one sign-in, wait for the next")
}

/// A wrong try stays counted; if it locks somebody, that is an event.
async fn lock(
    store: &Store,
    name: &str,
    counted: &Counted,
    clock: &Clock,
) -> Result<(), WorkflowError> {
    let Some(until) = counted.locks_until_ms() else {
        return Ok(());
    };
    again!(async {
        let mut tx = store.db.write().await?;
        if tx.person(name).await?.is_none() {
            return Ok(());
        }
        let facts =
            json!({ "name": name, "failures": counted.failures(), "locked_until_ms": until });
        record::note(&mut tx, name, "lock", &facts, clock).await?;
        Ok(tx.commit().await?)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A web server moves its work between threads.
    #[test]
    fn signing_in_may_go_on_in_another_thread() {
        fn may_move<T: Send>(_: impl FnOnce() -> T) {}
        let _ =
            |store: &'static Store, who: SignIn<'static>, terms: Terms, clock: &'static Clock| {
                may_move(move || async move { sign_in(store, &who, &terms, clock).await });
            };
        let _ = |store: &'static Store, who: super::super::Credentials| {
            may_move(move || async move { identify(store, &who, 0).await });
        };
    }
}
