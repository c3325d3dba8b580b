//! Signing in by the firm's identity provider: whom it vouches for, and who that is here.
//!
//! The provider says who somebody is and nothing else: it makes nobody, and gives nobody a role or a client. A person
//! has to be here and to be linked ([`super::link`]).
//!
//! The second factor: where the provider says that it asked for more than one (`amr` with `mfa`, RFC 8176), that is the
//! second factor. Where it does not, somebody who has a second factor here is asked for a code, as after a password. What
//! stands in `acr` counts for nothing: its values mean what each provider's administrators made them mean.

use super::second_factor::{Second, use_code};
use super::sign_in::{Entering, wrong_code};
use super::{Admission, Known, Signed, Terms, attempts, identify, password, record};
use crate::store::{LinkRow, PersonRow, Store, Tx};
use crate::workflow::desk::Clock;
use crate::workflow::refusal::{WorkflowError, refused};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

/// Somebody a provider vouches for: what a token said that was checked in full.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Vouched {
    /// The provider (`iss`).
    pub issuer: String,
    /// The account there (`sub`).
    pub subject: String,
    /// The claim by which somebody is known the first time.
    pub claim: String,
    /// What it says; nothing where it cannot be relied on.
    pub said: Option<String>,
    /// The provider asked for a second factor.
    pub second_factor: bool,
}

/// Signs somebody in whom the provider vouches for. `offered` is the session they come with: it ends, and is never the
/// one they leave with.
///
/// # Errors
/// Nobody here is known by this account, they may not work here any more, are locked, the code is wrong, or the store
/// fails.
pub async fn admit(
    store: &Store,
    vouched: &Vouched,
    code: Option<&SecretString>,
    offered: Option<&SecretString>,
    terms: &Terms,
    clock: &Clock,
) -> Result<Admission, WorkflowError> {
    let mut tx = store.db.read().await?;
    let known = known(&mut tx, vouched, clock()).await?;
    let credential = tx.credential(&known.person.name).await?;
    drop(tx);
    let asked = credential.totp.is_some() && !vouched.second_factor;
    let attempt = Attempt {
        vouched,
        offered,
        terms,
        clock,
    };
    let name = &known.person.name;
    match (asked, code) {
        (true, None) => Ok(Admission::CodeWanted),
        (true, Some(code)) => {
            let counted = attempts::count(store, name, clock).await?;
            match again!(attempt.finish(store, Some(code)))? {
                Some(signed) => Ok(Admission::SignedIn(signed)),
                None => wrong_code(store, name, &counted, clock).await,
            }
        }
        (false, _) => match again!(attempt.finish(store, None))? {
            Some(signed) => Ok(Admission::SignedIn(signed)),
            // A second factor was set up between two looks at the store.
            None => Ok(Admission::CodeWanted),
        },
    }
}

/// Who it is here.
struct Found {
    person: PersonRow,
    /// The link to write down, at the first sign-in.
    first: Option<LinkRow>,
}

/// Who here is known by the account: by `iss` and `sub`, or, the first time, by what the claim says.
async fn known(tx: &mut Tx, vouched: &Vouched, now_ms: i64) -> Result<Found, WorkflowError> {
    let (link, first) = match tx.link_of(&vouched.issuer, &vouched.subject).await? {
        Some(link) => (link, None),
        None => {
            let link = expected(tx, vouched, now_ms).await?;
            let first = LinkRow {
                subject: Some(vouched.subject.clone()),
                claim: None,
                expected: None,
                until_ms: None,
                ..link.clone()
            };
            (link, Some(first))
        }
    };
    let row = tx.person(&link.person).await?;
    // Said in the same words as of a session or token.
    identify::person(row.clone(), Known::Named)?;
    let Some(person) = row else {
        return refused("whoever this was is no longer known here");
    };
    password::signs_in(&person.role, &person.name)?;
    Ok(Found { person, first })
}

/// The link that waits for this account.
async fn expected(tx: &mut Tx, vouched: &Vouched, now_ms: i64) -> Result<LinkRow, WorkflowError> {
    let Some(said) = &vouched.said else {
        let why = match vouched.claim.as_str() {
            "email" => {
                "gave no mail address that it has verified; another claim can name people: set oidc_claim to \
                 preferred_username or upn, or link people by --subject"
            }
            _ => {
                "did not give the claim that oidc_claim names; have it give it, or link people by --subject"
            }
        };
        return refused(format!(
            "nobody here is known by this account, and the identity provider {why}. For the administrator: its subject \
             is {}",
            vouched.subject
        ));
    };
    let waiting = tx.links().await?.into_iter().find(|link| {
        link.subject.is_none()
            && link.issuer == vouched.issuer
            && link.claim.as_ref() == Some(&vouched.claim)
            && link.until_ms.is_some_and(|until| until > now_ms)
            && link
                .expected
                .as_ref()
                .is_some_and(|e| e.eq_ignore_ascii_case(said))
    });
    match waiting {
        Some(link) => Ok(link),
        None => refused(format!(
            "nobody here is known by the account {said}; an administrator can say who it is: cleanbill user link NAME \
             --account ACCOUNT"
        )),
    }
}

/// What came from the provider, and how long it may last.
struct Attempt<'a> {
    vouched: &'a Vouched,
    offered: Option<&'a SecretString>,
    terms: &'a Terms,
    clock: &'a Clock,
}

impl Attempt<'_> {
    /// Everything in one transaction, judged anew in it. Nothing if a code is wanted and this is none.
    async fn finish(
        &self,
        store: &Store,
        code: Option<&SecretString>,
    ) -> Result<Option<Signed>, WorkflowError> {
        let (vouched, now) = (self.vouched, (self.clock)());
        let mut tx = store.db.write().await?;
        let found = known(&mut tx, vouched, now).await?;
        let name = &found.person.name;
        if code.is_none() {
            attempts::not_locked(&mut tx, name, now).await?;
        }
        let mut row = tx.credential(name).await?;
        let second = match vouched.second_factor {
            true => Some(Second::Provider),
            false => {
                let code = code.map_or("", ExposeSecret::expose_secret);
                use_code(store, &mut tx, name, &mut row, code, now).await?
            }
        };
        let Some(second) = second else {
            return Ok(None);
        };
        if let Some(link) = &found.first {
            tx.put_link(link).await?;
            record::change(&mut tx, name, "linked", name, self.clock).await?;
        }
        if code.is_some() {
            tx.forget_attempts(&attempts::key(name)).await?;
        }
        let entering = Entering {
            person: found.person,
            issuer: Some(vouched.issuer.as_str()),
            second,
            offered: self.offered,
        };
        Ok(Some(entering.enter(tx, self.terms, self.clock, now).await?))
    }
}
