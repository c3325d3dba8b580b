//! Accounts at the firm's identity provider: who signs in by which, said by administrators. The calls are in every build;
//! one without the feature `oidc` has no provider.

use super::call::{Called, NoQuery};
use super::given::{Done, Json, Made};
use super::problem::Problem;
use super::shape::instant;
use super::taken::{Body, Nothing};
use crate::store::LinkRow;
use crate::web::app::App;
use crate::workflow::{Account, NewLink, Role};
use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The firm's identity provider.
#[derive(Serialize, JsonSchema)]
pub(super) struct IdentityProvider {
    /// As its tokens name it (`iss`).
    issuer: String,
    /// The claim of its tokens that says who somebody is before their account is known; `sub`: the account itself.
    claim: &'static str,
}

/// The provider people sign in by, where there is one.
#[cfg(feature = "oidc")]
fn provider(app: &App) -> Option<IdentityProvider> {
    app.provider.as_ref().map(|p| IdentityProvider {
        issuer: p.issuer().to_owned(),
        claim: p.claim().name(),
    })
}

#[cfg(not(feature = "oidc"))]
fn provider(_: &App) -> Option<IdentityProvider> {
    None
}

/// By which account somebody signs in.
#[derive(Serialize, JsonSchema)]
pub(super) struct SignInAccount {
    /// The name that stands in events.
    person: String,
    /// They work here; false: their access has ended, and the link is left over.
    active: bool,
    /// The provider, as its tokens name it; absent: they sign in by none.
    #[serde(skip_serializing_if = "Option::is_none")]
    issuer: Option<String>,
    /// The account there (`sub`); absent until the first sign-in, where an address was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<String>,
    /// The claim that has to say who it is at the first sign-in.
    #[serde(skip_serializing_if = "Option::is_none")]
    claim: Option<String>,
    /// What it has to say.
    #[serde(skip_serializing_if = "Option::is_none")]
    expected: Option<String>,
    /// Until when that holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<DateTime<Utc>>,
}

impl SignInAccount {
    fn of(person: String, active: bool, link: Option<LinkRow>) -> Self {
        let link = link.unwrap_or_default();
        Self {
            person,
            active,
            issuer: super::shape::maybe(&link.issuer),
            subject: link.subject,
            claim: link.claim,
            expected: link.expected,
            until: link.until_ms.map(instant),
        }
    }
}

/// Who signs in by which account.
#[derive(Serialize, JsonSchema)]
pub(super) struct SignInAccounts {
    /// The firm's identity provider; absent: people sign in by none.
    #[serde(skip_serializing_if = "Option::is_none")]
    provider: Option<IdentityProvider>,
    /// Everybody who signs in, and whoever left and is still linked, by name.
    items: Vec<SignInAccount>,
}

/// By which account at the identity provider people sign in.
pub(super) async fn list(
    called: &Called<'_>,
    _: NoQuery,
    _: Nothing,
) -> Result<Json<SignInAccounts>, Problem> {
    let roster = called.desk.roster().await?;
    let signs_in = roster
        .into_iter()
        .filter(|p| p.person.role != Role::Service.name());
    let listed = signs_in.filter(|p| p.person.active || p.link.is_some());
    Ok(Json(SignInAccounts {
        provider: provider(called.app),
        items: listed
            .map(|p| SignInAccount::of(p.person.name, p.person.active, p.link))
            .collect(),
    }))
}

/// An account to be linked: `account` or `subject`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewSignInAccount {
    /// Whose, by the name that stands in events.
    person: String,
    /// What the provider's claim will say of them, as a mail address. It holds for thirty days and one sign-in; from then
    /// on their account counts, and not the address.
    account: Option<String>,
    /// Their account as the provider names it (`sub`), where it shows that.
    subject: Option<String>,
}

/// Says by which account somebody signs in.
pub(super) async fn link(
    called: &Called<'_>,
    _: NoQuery,
    Body(new): Body<NewSignInAccount>,
) -> Result<Made<SignInAccount>, Problem> {
    let Some(IdentityProvider { issuer, claim }) = provider(called.app) else {
        return Err(Problem::refused(
            "people do not sign in by an identity provider here; whoever runs cleanbill can set that up with oidc_issuer",
        ));
    };
    let account = match (new.account, new.subject) {
        (None, Some(subject)) => Account::Subject(subject),
        (Some(said), None) => Account::said_by(claim, said),
        _ => {
            return Err(Problem::unusable(
                "account",
                format!(
                    "say one of the two: account, as the claim {claim} will name it, or subject, as the provider names it"
                ),
            ));
        }
    };
    let new = NewLink {
        person: new.person,
        issuer,
        account,
    };
    let link = called.desk.link_person(&new).await?;
    Ok(Made(SignInAccount::of(new.person, true, Some(link))))
}

/// Takes that away; their sessions and tokens end.
pub(super) async fn unlink(called: &Called<'_>, _: NoQuery, _: Nothing) -> Result<Done, Problem> {
    let ended = called.desk.unlink_person(called.param("person")).await;
    ended
        .map(|()| Done)
        .map_err(|error| Problem::from(error).into_missing())
}
