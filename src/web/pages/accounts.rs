//! Accounts at the firm's identity provider: who signs in by which, said by administrators.

use super::provider::provider;
use super::reductions::shown;
use crate::web::answer::{Trouble, html};
use crate::web::asked::Asked;
use crate::web::frame::Frame;
use crate::web::notice::done;
use crate::web::provider::Claim;
use crate::workflow::{Account, Act, LINK_DAYS, NewLink, PersonShown, Role};
use askama::Template;
use axum::response::Response;

struct Row {
    name: String,
    /// What is known of the account.
    account: String,
    /// Until when an address is waited for.
    until: Option<String>,
    over: bool,
    linked: bool,
    /// They no longer work here.
    gone: bool,
}

#[derive(Template)]
#[template(path = "accounts.html", config = "src/web/askama.toml")]
struct Page {
    frame: Frame,
    provider: String,
    issuer: String,
    claim: &'static str,
    by_subject: bool,
    days: i64,
    rows: Vec<Row>,
    /// Who may be linked.
    people: Vec<String>,
    may: bool,
}

fn row(one: &PersonShown, issuer: &str, asked: &Asked<'_>) -> Row {
    let locale = asked.locale();
    let now = (asked.app.clock)();
    let link = one.link.as_ref();
    Row {
        name: shown(&one.person.name),
        account: match link {
            None => "none".to_owned(),
            Some(l) if l.issuer != issuer => format!("at another provider, {}", shown(&l.issuer)),
            Some(l) => match (&l.expected, &l.subject) {
                (Some(expected), _) => shown(expected),
                (None, Some(subject)) => format!("sub {}", shown(subject)),
                (None, None) => "none".to_owned(),
            },
        },
        until: link.and_then(|l| l.until_ms).map(|at| locale.instant(at)),
        over: link.and_then(|l| l.until_ms).is_some_and(|at| at <= now),
        linked: link.is_some(),
        gone: !one.person.active,
    }
}

/// The page.
pub async fn show(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let provider = provider(asked.app)?;
    let roster = asked.desk.roster().await?;
    let signs_in = |p: &&PersonShown| p.person.role != Role::Service.name();
    let here = roster.iter().filter(signs_in);
    let people = here.clone().filter(|p| p.person.active);
    let rows = here.filter(|p| p.person.active || p.link.is_some());
    Ok(html(&Page {
        frame: asked.frame("Accounts", "people"),
        provider: provider.name().to_owned(),
        issuer: shown(provider.issuer()),
        claim: match provider.claim() {
            Claim::Email => "Mail address there",
            Claim::PreferredUsername => "User name there (preferred_username)",
            Claim::Upn => "User name there (upn)",
            Claim::Subject => "Account there (sub)",
        },
        by_subject: provider.claim() == Claim::Subject,
        days: LINK_DAYS,
        rows: rows.map(|p| row(p, provider.issuer(), asked)).collect(),
        people: people.map(|p| p.person.name.clone()).collect(),
        may: asked.desk.may(Act::People).is_ok(),
    }))
}

/// Says by which account somebody signs in.
pub async fn link(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let provider = provider(asked.app)?;
    let form = &asked.given.form;
    let said = form.get("account").to_owned();
    let new = NewLink {
        person: form.get("name").to_owned(),
        issuer: provider.issuer().to_owned(),
        account: match form.has("by_subject") {
            true => Account::Subject(said),
            false => Account::said_by(provider.claim().name(), said),
        },
    };
    asked.desk.link_person(&new).await?;
    Ok(done("/people/accounts", "linked"))
}

/// Takes that away.
pub async fn unlink(asked: &Asked<'_>) -> Result<Response, Trouble> {
    provider(asked.app)?;
    asked
        .desk
        .unlink_person(asked.given.form.get("name"))
        .await?;
    Ok(done("/people/accounts", "unlinked"))
}
