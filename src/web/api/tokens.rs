//! Tokens: one's own, and as an administrator those of services.

use super::call::{Called, NoQuery};
use super::given::{Done, Json, Made};
use super::problem::Problem;
use super::shape::instant;
use super::taken::{Body, Nothing};
use crate::workflow::{LONGEST_TOKEN_DAYS, NewToken, Scope, TokenShown};
use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};

/// A token as it may be shown.
#[derive(Serialize, JsonSchema)]
pub(super) struct Token {
    /// How it is named when it is revoked.
    id: String,
    /// Whose.
    person: String,
    /// What it is for.
    label: String,
    /// `read` or `write`.
    scope: String,
    /// When it ends.
    until: DateTime<Utc>,
    /// When it was last used, to the minute.
    #[serde(skip_serializing_if = "Option::is_none")]
    used_at: Option<DateTime<Utc>>,
}

impl From<TokenShown> for Token {
    fn from(row: TokenShown) -> Self {
        Self {
            id: row.id,
            person: row.person,
            label: row.label,
            scope: row.scope,
            until: instant(row.until_ms),
            used_at: row.used_ms.map(instant),
        }
    }
}

/// Tokens.
#[derive(Serialize, JsonSchema)]
pub(super) struct Tokens {
    /// By label.
    items: Vec<Token>,
}

/// One's own tokens.
pub(super) async fn list(
    called: &Called<'_>,
    _: NoQuery,
    _: Nothing,
) -> Result<Json<Tokens>, Problem> {
    let all = called.desk.tokens(None, false).await?;
    Ok(Json(Tokens {
        items: all.into_iter().map(Token::from).collect(),
    }))
}

/// What a token is good for.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Good {
    /// Looking only.
    Read,
    /// Whatever its person may do.
    Write,
}

/// A token to be made.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewAccess {
    /// Whose, where an administrator makes it for a service, or for somebody who has no password yet; else one's own. A
    /// token makes no other token of its own person: that takes a password.
    person: Option<String>,
    /// What it is for; no two tokens of a person have the same.
    label: String,
    /// How many days it holds.
    #[schemars(range(min = 1, max = 366))]
    days: u32,
    /// What it is good for.
    scope: Good,
}

/// A token that was made. It is shown this once.
#[derive(Serialize, JsonSchema)]
pub(super) struct Access {
    /// The token.
    token: String,
}

/// Makes a token.
pub(super) async fn make(
    called: &Called<'_>,
    _: NoQuery,
    Body(new): Body<NewAccess>,
) -> Result<Made<Access>, Problem> {
    if !(1..=LONGEST_TOKEN_DAYS).contains(&new.days) {
        return Err(Problem::unusable(
            "days",
            format!("a token holds 1 to {LONGEST_TOKEN_DAYS} days"),
        ));
    }
    let token = NewToken {
        label: new.label,
        days: new.days,
        scope: match new.scope {
            Good::Read => Scope::Read,
            Good::Write => Scope::Write,
        },
    };
    let made = called.desk.add_token(new.person.as_deref(), &token).await?;
    Ok(Made(Access {
        token: made.expose_secret().to_owned(),
    }))
}

/// Whose token.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Whose {
    /// Whose, where an administrator ends it; else one's own.
    person: Option<String>,
}

/// Ends a token at once, by its id or label.
pub(super) async fn revoke(called: &Called<'_>, whose: Whose, _: Nothing) -> Result<Done, Problem> {
    let ended = called
        .desk
        .revoke_token(called.param("token"), whose.person.as_deref())
        .await;
    ended
        .map(|_| Done)
        .map_err(|error| Problem::from(error).into_missing())
}
