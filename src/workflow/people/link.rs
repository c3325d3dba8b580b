//! Links between people and their accounts at the firm's identity provider, made by administrators.
//!
//! An account is what the provider's tokens say in `iss` and `sub` together (OpenID Connect Core 1.0, section 5.7): the
//! one pair that the provider promises never to give to anybody else. An administrator names it, or, since most
//! providers show it to nobody, says for thirty days which mail address or user name has to come; whoever signs in with
//! that address first is linked by `iss` and `sub`, and from then on the address says nothing any more.

use super::{DAY_MS, password, record};
use crate::store::{LinkRow, Tx};
use crate::workflow::desk::Desk;
use crate::workflow::permits::Act;
use crate::workflow::refusal::{WorkflowError, refused};

/// How many days somebody has for the first sign-in by a mail address or user name.
pub const LINK_DAYS: i64 = 30;

/// The longest `sub` there may be, in bytes (OpenID Connect Core 1.0, section 2).
const LONGEST: usize = 255;

/// An account at a provider.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Account {
    /// What its tokens say in `sub`.
    Subject(String),
    /// What a claim of the first token has to say; capital and small letters of ASCII are the same.
    Saying {
        /// The claim.
        claim: String,
        /// What it has to say.
        expected: String,
    },
}

impl Account {
    /// The account of whose first token the claim has to say this. What `sub` says is the account itself.
    pub fn said_by(claim: &str, said: String) -> Self {
        match claim {
            "sub" => Self::Subject(said),
            claim => Self::Saying {
                claim: claim.to_owned(),
                expected: said,
            },
        }
    }
}

/// Who is to be known by which account.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewLink {
    /// Who.
    pub person: String,
    /// The provider, as its tokens name it.
    pub issuer: String,
    /// The account there.
    pub account: Account,
}

impl NewLink {
    fn row(&self, now_ms: i64) -> Result<LinkRow, WorkflowError> {
        let plain = |text: &str| {
            let fits = !text.trim().is_empty() && text.len() <= LONGEST;
            fits && !text.contains(char::is_control)
        };
        let (Account::Subject(said) | Account::Saying { expected: said, .. }) = &self.account;
        if !plain(said) {
            return refused(format!(
                "an account at the provider has 1 to {LONGEST} characters, and no line breaks"
            ));
        }
        let mut row = LinkRow {
            person: self.person.clone(),
            issuer: self.issuer.clone(),
            ..LinkRow::default()
        };
        match &self.account {
            Account::Subject(subject) => row.subject = Some(subject.clone()),
            Account::Saying { claim, expected } => {
                if claim == "email" && !expected.contains('@') {
                    return refused(format!("{expected} is no mail address"));
                }
                row.claim = Some(claim.clone());
                row.expected = Some(expected.trim().to_owned());
                row.until_ms = Some(now_ms.saturating_add(LINK_DAYS * DAY_MS));
            }
        }
        Ok(row)
    }
}

/// Whether two links are with the same account, known or expected.
fn same(one: &LinkRow, other: &LinkRow) -> bool {
    let said = |row: &LinkRow| row.expected.as_ref().map(|e| e.to_ascii_lowercase());
    one.issuer == other.issuer
        && one.claim == other.claim
        && one.subject == other.subject
        && said(one) == said(other)
}

/// Nobody else has the account, or waits for it.
async fn free(tx: &mut Tx, new: &LinkRow, now_ms: i64) -> Result<(), WorkflowError> {
    for other in tx.links().await? {
        let over = other.until_ms.is_some_and(|until| until <= now_ms);
        if other.person != new.person && !over && same(&other, new) {
            return refused(format!(
                "this account is linked with {0} already; take it away first: cleanbill user unlink {0}",
                other.person
            ));
        }
    }
    Ok(())
}

impl Desk<'_> {
    /// Says by which account at the firm's identity provider a person is known. Whatever went on by another account
    /// ends.
    ///
    /// # Errors
    /// Not allowed, a service, an account that is another person's, or the store fails.
    pub async fn link_person(&self, new: &NewLink) -> Result<LinkRow, WorkflowError> {
        self.may(Act::People)?;
        let now = (self.clock)();
        let row = new.row(now)?;
        again!(async {
            let mut tx = self.store.db.write().await?;
            let name = &row.person;
            let person = super::active(&mut tx, name).await?;
            password::signs_in(&person.role, name)?;
            free(&mut tx, &row, now).await?;
            let before = tx.link(name).await?;
            if before
                .as_ref()
                .is_some_and(|b| b.subject.is_some() && same(b, &row))
            {
                return refused(format!("that is how it is with {name} already"));
            }
            tx.put_link(&row).await?;
            if before.is_some_and(|b| b.subject.is_some()) {
                tx.end_access(name).await?;
            }
            record::change(&mut tx, &self.person.name, "link", name, self.clock).await?;
            Ok(tx.commit().await?)
        })?;
        Ok(row)
    }

    /// Takes a person's link away, of somebody who left as well; their sessions and tokens end.
    ///
    /// # Errors
    /// Not allowed, there is no link, or the store fails.
    pub async fn unlink_person(&self, name: &str) -> Result<(), WorkflowError> {
        self.may(Act::People)?;
        again!(async {
            let mut tx = self.store.db.write().await?;
            if tx.link(name).await?.is_none() {
                return refused(format!(
                    "{name} is linked with no account; cleanbill user list says who is"
                ));
            }
            tx.end_link(name).await?;
            tx.end_access(name).await?;
            record::change(&mut tx, &self.person.name, "unlink", name, self.clock).await?;
            Ok(tx.commit().await?)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn saying(expected: &str) -> NewLink {
        NewLink {
            person: "ann".to_owned(),
            issuer: "https://id.example".to_owned(),
            account: Account::Saying {
                claim: "email".to_owned(),
                expected: expected.to_owned(),
            },
        }
    }

    #[test]
    fn an_address_holds_for_a_while_and_a_subject_for_good() {
        let row = saying(" Ann@firm.example ").row(1000).expect("a row");
        assert_eq!(row.expected.as_deref(), Some("Ann@firm.example"));
        assert_eq!(row.until_ms, Some(1000 + 30 * DAY_MS));
        let subject = NewLink {
            account: Account::Subject("248289".to_owned()),
            ..saying("")
        };
        let row = subject.row(1000).expect("a row");
        assert_eq!(
            (row.subject.as_deref(), row.until_ms),
            (Some("248289"), None)
        );
        let long = "x".repeat(256);
        for wrong in ["", "   ", "ann", "a@b\nc", &long] {
            assert!(saying(wrong).row(0).is_err(), "{wrong}");
        }
    }

    #[test]
    fn letters_of_an_address_are_the_same_in_ascii_only() {
        let row = |text| saying(text).row(0).expect("a row");
        assert!(same(&row("Kim@firm.example"), &row("kim@FIRM.example")));
        // The sign for kelvin is no k, whatever a lower-casing library says.
        assert!(!same(
            &row("\u{212a}im@firm.example"),
            &row("kim@firm.example")
        ));
    }
}
