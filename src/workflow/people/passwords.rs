//! Whom passwords are for: everybody, or, where people sign in by the firm's identity provider, the few administrators
//! who have to come in on the day the provider is down.

use super::{Role, active};
use crate::store::Store;
use crate::workflow::refusal::{WorkflowError, refused};

/// Whom passwords are for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Passwords<'a> {
    /// Whoever has one.
    #[default]
    Everybody,
    /// These people; everybody else signs in by the provider.
    Only(&'a [String]),
}

impl Passwords<'_> {
    /// Whether a person's password is looked at.
    pub fn are_for(self, name: &str) -> bool {
        match self {
            Self::Everybody => true,
            Self::Only(names) => names.iter().any(|n| n == name),
        }
    }
}

/// That each of those who may sign in with a password when nobody else may is an administrator who has one.
///
/// # Errors
/// Somebody is not, or the store fails.
pub async fn last_resort(store: &Store, names: &[String]) -> Result<(), WorkflowError> {
    let mut tx = store.db.read().await?;
    for name in names {
        let person = active(&mut tx, name).await?;
        if person.role != Role::Administrator.name() {
            return refused(format!(
                "{name} is {} and no administrator; only administrators keep their passwords, for the day the provider \
                 is down",
                person.role
            ));
        }
        if tx.credential(name).await?.password.is_none() {
            return refused(format!(
                "{name} has no password; choose one first: cleanbill user password"
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::Passwords;

    #[test]
    fn passwords_are_for_those_who_are_named() {
        assert!(Passwords::Everybody.are_for("ann"));
        let names = ["root".to_owned()];
        assert!(Passwords::Only(&names).are_for("root"));
        assert!(!Passwords::Only(&names).are_for("ann"));
        assert!(!Passwords::Only(&[]).are_for("root"));
    }
}
