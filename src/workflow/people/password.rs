//! Passwords: Argon2id with the parameters of the OWASP Password Storage Cheat Sheet (19 MiB, two passes, one lane),
//! hashed anew when these rise. People choose their own; an administrator gives only one that has to be replaced.

use super::{DAY_MS, Role, active, attempts, record, secret};
use crate::workflow::desk::Desk;
use crate::workflow::permits::Act;
use crate::workflow::refusal::{WorkflowError, refused};
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use secrecy::{ExposeSecret, SecretString};

/// Fewest characters of a password.
pub const SHORTEST_PASSWORD: usize = 12;
/// Most characters of a password.
pub const LONGEST_PASSWORD: usize = 256;
/// How many days a password holds that an administrator gave.
pub const ONE_TIME_DAYS: i64 = 7;

const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// The hash of nobody's password, so that a name nobody has costs as much time as any.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$Y2xlYW5iaWxsLW5vYm9keQ$OlGZP6SZAcl0lLTzCKtASmJEiMcKSq0cZAk6ml6rVAM";

fn argon2() -> Result<Argon2<'static>, WorkflowError> {
    match Params::new(MEMORY_KIB, PASSES, LANES, None) {
        Ok(params) => Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params)),
        Err(e) => refused(format!("no password can be hashed: {e}")),
    }
}

/// Runs what takes long on a thread of its own.
async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, WorkflowError> + Send + 'static,
) -> Result<T, WorkflowError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(e) => refused(format!("the password could not be looked at: {e}")),
    }
}

/// The hash of a password, with a salt of its own, in the PHC form.
pub(super) async fn hash(password: &SecretString) -> Result<String, WorkflowError> {
    let password = password.clone();
    aside(move || {
        let salt = secret::random::<16>()?;
        let bytes = password.expose_secret().as_bytes();
        match argon2()?.hash_password_with_salt(bytes, &salt) {
            Ok(hash) => Ok(hash.to_string()),
            Err(e) => refused(format!("the password could not be hashed: {e}")),
        }
    })
    .await
}

/// Whether a password is the one of a hash; without a hash it takes as long and is not.
pub(super) async fn is_right(
    password: &SecretString,
    hash: Option<&str>,
) -> Result<bool, WorkflowError> {
    let there = hash.is_some();
    let hash = hash.unwrap_or(NOBODY).to_owned();
    let password = password.clone();
    aside(move || {
        let bytes = password.expose_secret().as_bytes();
        let Ok(hash) = PasswordHash::new(&hash) else {
            return Ok(false);
        };
        // The parameters are those of the hash, not those of today.
        let same = argon2()?.verify_password(bytes, &hash).is_ok();
        Ok(same && there)
    })
    .await
}

/// Whether a hash was made with less than what is asked for today.
pub(super) fn is_weak(hash: &str) -> bool {
    let Ok(hash) = PasswordHash::new(hash) else {
        return true;
    };
    let Ok(params) = Params::try_from(&hash) else {
        return true;
    };
    hash.algorithm.as_str() != "argon2id"
        || params.m_cost() < MEMORY_KIB
        || params.t_cost() < PASSES
}

/// Whether a password may be chosen (NIST SP 800-63B: length counts, mixtures of characters are not asked for).
///
/// # Errors
/// Too short, too long, or the first thing anybody would try.
pub(super) fn may_be_chosen(name: &str, password: &SecretString) -> Result<(), WorkflowError> {
    let text = password.expose_secret();
    let length = text.chars().count();
    if !(SHORTEST_PASSWORD..=LONGEST_PASSWORD).contains(&length) {
        return refused(format!(
            "the new password has {length} characters; choose one of {SHORTEST_PASSWORD} to {LONGEST_PASSWORD}, \
             for example four words that do not belong together"
        ));
    }
    let lower = text.to_lowercase();
    let mut different: Vec<char> = lower.chars().collect();
    different.sort_unstable();
    different.dedup();
    let name = name.to_lowercase();
    let rest = lower
        .replace(&name, "")
        .replace("cleanbill", "")
        .replace("password", "");
    if different.len() < 5 || rest.chars().count() < SHORTEST_PASSWORD / 2 {
        return refused(
            "the new password is one that others try first (your name, the program's, \"password\", or the same few \
             characters again and again); choose another",
        );
    }
    Ok(())
}

impl Desk<'_> {
    /// Whether this person has a password, and will be asked for it.
    ///
    /// # Errors
    /// They may have none, or the store fails.
    pub async fn has_password(&self) -> Result<bool, WorkflowError> {
        self.may(Act::OwnAccess)?;
        let mut tx = self.store.db.read().await?;
        Ok(tx.credential(&self.person.name).await?.password.is_some())
    }

    /// Chooses this person's own password. Their other sessions, this one and all tokens end.
    ///
    /// # Errors
    /// The old password is wrong, the new one may not be chosen, or the store fails.
    pub async fn choose_password(
        &self,
        old: Option<&SecretString>,
        new: &SecretString,
    ) -> Result<(), WorkflowError> {
        self.may(Act::OwnAccess)?;
        let name = &self.person.name;
        let verified = self.prove_password(old).await?;
        may_be_chosen(name, new)?;
        if old.is_some_and(|old| old.expose_secret() == new.expose_secret()) {
            return refused("the new password is the old one; choose another");
        }
        let hashed = hash(new).await?;
        again!(async {
            let mut tx = self.store.db.write().await?;
            active(&mut tx, name).await?;
            let mut row = tx.credential(name).await?;
            if row.password != verified {
                return refused("the password was changed by another call at the same moment");
            }
            row.password = Some(hashed.clone());
            row.password_until_ms = None;
            tx.put_credential(name, &row).await?;
            tx.end_access(name).await?;
            record::change(&mut tx, name, "password", name, self.clock).await?;
            Ok(tx.commit().await?)
        })
    }

    /// Proves that it is truly this person, where they have a password; returns its hash.
    pub(super) async fn prove_password(
        &self,
        password: Option<&SecretString>,
    ) -> Result<Option<String>, WorkflowError> {
        let name = &self.person.name;
        let mut tx = self.store.db.read().await?;
        let row = tx.credential(name).await?;
        drop(tx);
        let Some(kept) = row.password else {
            return Ok(None);
        };
        let Some(password) = password else {
            return refused("your password is needed");
        };
        // Counted as signing in is: who found a terminal unlocked must not guess without end.
        let counted = attempts::count(self.store, name, self.clock).await?;
        if !is_right(password, Some(&kept)).await? {
            return refused("the password is not right");
        }
        attempts::uncount(self.store, &counted).await?;
        Ok(Some(kept))
    }

    /// Gives a person a password that holds seven days, for one sign-in, in which they choose their own. Their
    /// sessions and tokens end.
    ///
    /// # Errors
    /// Not allowed, one's own, a service's, or the store fails.
    pub async fn give_password(&self, name: &str) -> Result<SecretString, WorkflowError> {
        self.may(Act::People)?;
        if name == self.person.name {
            return refused("choose your own password: cleanbill user password");
        }
        let given = secret::short()?;
        let hashed = hash(&given).await?;
        again!(async {
            let mut tx = self.store.db.write().await?;
            let person = active(&mut tx, name).await?;
            signs_in(&person.role, name)?;
            let mut row = tx.credential(name).await?;
            row.password = Some(hashed.clone());
            row.password_until_ms = Some(until((self.clock)()));
            tx.put_credential(name, &row).await?;
            tx.end_access(name).await?;
            let by = &self.person.name;
            record::change(&mut tx, by, "one-time password", name, self.clock).await?;
            Ok(tx.commit().await?)
        })?;
        Ok(given)
    }
}

/// When a password ends that is given now.
pub(super) fn until(now_ms: i64) -> i64 {
    now_ms.saturating_add(ONE_TIME_DAYS * DAY_MS)
}

/// A service has tokens and nothing else.
pub(super) fn signs_in(role: &str, name: &str) -> Result<(), WorkflowError> {
    if role == Role::Service.name() {
        return refused(format!(
            "{name} is a service and does not sign in; give it a token: cleanbill user token add {name}"
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run<T>(work: impl Future<Output = T>) -> T {
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        runtime.expect("a runtime").block_on(work)
    }

    #[test]
    fn hashes_are_salted_and_say_how_they_were_made() {
        let password = SecretString::from("correct horse battery");
        let one = run(hash(&password)).expect("hashed");
        let two = run(hash(&password)).expect("hashed");
        assert_ne!(one, two);
        assert!(one.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{one}");
        assert!(run(is_right(&password, Some(&one))).expect("looked at"));
        let wrong = SecretString::from("correct horse batterie");
        assert!(!run(is_right(&wrong, Some(&one))).expect("looked at"));
        assert!(!run(is_right(&password, None)).expect("looked at"));
        assert!(!is_weak(&one));
    }

    #[test]
    fn hashes_of_lower_parameters_are_weak() {
        let params = Params::new(8 * 1024, 2, 1, None).expect("parameters");
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let weak = argon2.hash_password_with_salt(b"x", b"0123456789abcdef");
        assert!(is_weak(&weak.expect("hashed").to_string()));
        assert!(is_weak("no hash"));
    }

    #[test]
    fn nobodys_hash_costs_what_a_real_one_costs() {
        assert!(PasswordHash::new(NOBODY).is_ok());
        assert!(!is_weak(NOBODY));
    }

    #[test]
    fn passwords_that_others_try_first_are_refused() {
        for bad in [
            "short",
            "aaaaaaaaaaaaaaaa",
            "121212121212121212",
            "cleanbillpassword",
            "annannannannann",
            "Password2026",
        ] {
            assert!(may_be_chosen("ann", &bad.into()).is_err(), "{bad}");
        }
        for good in ["correct horse battery", "mañana por la mañana"] {
            assert!(may_be_chosen("ann", &good.into()).is_ok(), "{good}");
        }
        assert!(may_be_chosen("ann", &"ab3".repeat(100).into()).is_err());
    }
}
