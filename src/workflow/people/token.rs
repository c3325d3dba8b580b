//! API tokens: 256 random bits each, several a person, each with a name, an end and a scope.

use super::{DAY_MS, Known, Role, active, record, secret};
use crate::store::{TokenRow, Tx};
use crate::workflow::desk::Desk;
use crate::workflow::permits::Act;
use crate::workflow::refusal::{WorkflowError, refused};
use secrecy::SecretString;
use std::fmt;

/// Most days a token holds.
pub const LONGEST_TOKEN_DAYS: u32 = 366;

/// What a token is good for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Scope {
    /// Looking only.
    Read,
    /// Whatever its person may do.
    #[default]
    Write,
}

impl Scope {
    /// Every scope.
    pub const ALL: [Self; 2] = [Self::Read, Self::Write];

    /// Its word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
        }
    }

    /// The scope of a word.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.name() == name)
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A token to be made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewToken {
    /// What it is for; no two of a person's tokens have the same.
    pub label: String,
    /// How many days it holds.
    pub days: u32,
    /// What it is good for.
    pub scope: Scope,
}

/// A token as it may be shown.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TokenShown {
    /// How it is named when it is revoked.
    pub id: String,
    /// Whose.
    pub person: String,
    /// What it is for.
    pub label: String,
    /// `read` or `write`.
    pub scope: String,
    /// When it ends, in milliseconds since 1970.
    pub until_ms: i64,
    /// When it was last used.
    pub used_ms: Option<i64>,
}

/// Makes a token of a person.
pub(super) async fn give(
    tx: &mut Tx,
    person: &str,
    new: &NewToken,
    now_ms: i64,
) -> Result<SecretString, WorkflowError> {
    if new.label.trim().is_empty() || new.label.contains(char::is_control) {
        return refused("a token needs a name: --label");
    }
    if new.days > LONGEST_TOKEN_DAYS {
        return refused(format!(
            "a token holds at most {LONGEST_TOKEN_DAYS} days, not {}",
            new.days
        ));
    }
    let taken = tx.tokens().await?;
    if taken
        .iter()
        .any(|t| t.person == person && t.label == new.label)
    {
        return refused(format!(
            "{person} has a token \"{}\" already; name the new one with --label, or end that one with: \
             cleanbill user token revoke",
            new.label
        ));
    }
    let token = secret::long("cb-")?;
    let hash = secret::hash(&token);
    let row = TokenRow {
        id: hash.chars().take(16).collect(),
        person: person.to_owned(),
        label: new.label.clone(),
        hash,
        scope: new.scope.name().to_owned(),
        until_ms: now_ms.saturating_add(i64::from(new.days) * DAY_MS),
        used_ms: None,
    };
    tx.add_token(&row).await?;
    Ok(token)
}

impl Desk<'_> {
    /// The permission for what is one's own or another's.
    fn may_token(&self, name: Option<&str>) -> Result<String, WorkflowError> {
        match name.filter(|n| *n != self.person.name) {
            Some(other) => self.may(Act::People).map(|()| other.to_owned()),
            None => self.may(Act::OwnAccess).map(|()| self.person.name.clone()),
        }
    }

    /// Makes a token, one's own or, as an administrator, that of a service or of somebody who has no password yet.
    ///
    /// # Errors
    /// Not allowed or not possible.
    pub async fn add_token(
        &self,
        name: Option<&str>,
        new: &NewToken,
    ) -> Result<SecretString, WorkflowError> {
        let name = self.may_token(name)?;
        let own = name == self.person.name;
        if own && matches!(self.person.known, Known::Token(_)) {
            return refused("a token makes no other tokens; sign in first: cleanbill sign-in NAME");
        }
        again!(async {
            let mut tx = self.store.db.write().await?;
            let person = active(&mut tx, &name).await?;
            let service = person.role == Role::Service.name();
            if !own && !service {
                let row = tx.credential(&name).await?;
                if row.password.is_some() && row.password_until_ms.is_none() {
                    return refused(format!(
                        "{name} signs in with a password of their own and makes tokens themselves"
                    ));
                }
            }
            let token = give(&mut tx, &name, new, (self.clock)()).await?;
            record::change(&mut tx, &self.person.name, "token", &name, self.clock).await?;
            tx.commit().await?;
            Ok(token)
        })
    }

    /// Tokens: one's own, or those of somebody else, or everybody's.
    ///
    /// # Errors
    /// Not allowed, or the store fails.
    pub async fn tokens(
        &self,
        name: Option<&str>,
        everybody: bool,
    ) -> Result<Vec<TokenShown>, WorkflowError> {
        let own = !everybody && name.is_none_or(|n| n == self.person.name);
        if !own {
            self.may(Act::SeePeople)?;
        }
        let name = name.unwrap_or(&self.person.name);
        let mut tx = self.store.db.read().await?;
        let rows = tx.tokens().await?;
        let asked = rows.into_iter().filter(|t| everybody || t.person == name);
        Ok(asked
            .map(|t| TokenShown {
                id: t.id,
                person: t.person,
                label: t.label,
                scope: t.scope,
                until_ms: t.until_ms,
                used_ms: t.used_ms,
            })
            .collect())
    }

    /// Ends a token at once, by its id or label.
    ///
    /// # Errors
    /// Not allowed, or there is none.
    pub async fn revoke_token(
        &self,
        token: &str,
        name: Option<&str>,
    ) -> Result<TokenShown, WorkflowError> {
        let name = self.may_token(name)?;
        again!(async {
            let mut tx = self.store.db.write().await?;
            let rows = tx.tokens().await?;
            let found = rows
                .into_iter()
                .find(|t| t.person == name && (t.id == token || t.label == token));
            let Some(found) = found else {
                return refused(format!(
                    "{name} has no token {token}; cleanbill user token list shows those there are"
                ));
            };
            tx.end_token(&found.hash).await?;
            record::change(
                &mut tx,
                &self.person.name,
                "revoke token",
                &name,
                self.clock,
            )
            .await?;
            tx.commit().await?;
            Ok(TokenShown {
                id: found.id,
                person: found.person,
                label: found.label,
                scope: found.scope,
                until_ms: found.until_ms,
                used_ms: found.used_ms,
            })
        })
    }
}
