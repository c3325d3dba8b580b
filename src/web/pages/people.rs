//! People: who may work here, as what, for which clients, by what they are known; said by administrators.

use super::reductions::shown;
use crate::web::answer::{Trouble, html};
use crate::web::asked::Asked;
use crate::web::frame::Frame;
use crate::web::notice::done;
use crate::workflow::{Act, NewPerson, PersonShown, Role};
use askama::Template;
use axum::response::Response;
use secrecy::ExposeSecret;

/// Days a token of a service holds.
const TOKEN_DAYS: u32 = 90;

struct Row {
    anchor: String,
    name: String,
    role: String,
    clients: String,
    /// As the form has them.
    listed: String,
    every: bool,
    known: Vec<String>,
    locked: Option<String>,
    ids: String,
    own: bool,
    second: bool,
    service: bool,
}

#[derive(Template)]
#[template(path = "people.html", config = "src/web/askama.toml")]
struct Page {
    frame: Frame,
    rows: Vec<Row>,
    gone: Vec<String>,
    roles: Vec<&'static str>,
    may: bool,
    may_limit: bool,
    /// People sign in by an identity provider.
    accounts: bool,
    limits: Vec<String>,
}

fn row(n: usize, one: &PersonShown, ids: &[String], asked: &Asked<'_>) -> Row {
    let locale = asked.locale();
    let person = &one.person;
    let mut known = Vec::new();
    known.extend(
        person
            .os_user
            .iter()
            .map(|u| format!("user {u} of the machine")),
    );
    match one.one_time_until_ms {
        Some(until) => known.push(format!(
            "password for a first sign-in, until {}",
            locale.instant(until)
        )),
        None if one.password => known.push("password".to_owned()),
        None => {}
    }
    if one.second_factor {
        known.push("second factor".to_owned());
    }
    known.extend(one.link.as_ref().map(|link| match link.until_ms {
        Some(until) => format!(
            "{} at the identity provider, if used until {}",
            shown(link.expected.as_deref().unwrap_or("an account")),
            locale.instant(until)
        ),
        None => "account at the identity provider".to_owned(),
    }));
    let many = |count: usize, what: &str| crate::web::wording::counted(count, what);
    if one.tokens > 0 {
        known.push(many(one.tokens, "token"));
    }
    if one.sessions > 0 {
        known.push(many(one.sessions, "session"));
    }
    Row {
        anchor: format!("person-{n}"),
        name: shown(&person.name),
        role: person.role.clone(),
        clients: match person.clients.as_deref() {
            None => "every client".to_owned(),
            Some([]) => "no client".to_owned(),
            Some(some) => shown(&some.join(", ")),
        },
        listed: person.clients.as_deref().unwrap_or(&[]).join(" "),
        every: person.clients.is_none(),
        known,
        locked: one.locked_until_ms.map(|until| locale.instant(until)),
        ids: ids.join(" "),
        own: person.name == asked.desk.person.name,
        second: one.second_factor,
        service: person.role == Role::Service.name(),
    }
}

/// The page.
pub async fn show(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let roster = asked.desk.roster().await?;
    let authority = match asked.desk.may(Act::Authority) {
        Ok(()) => asked.desk.authority().await?,
        Err(_) => Default::default(),
    };
    let (here, gone): (Vec<_>, Vec<_>) = roster.iter().partition(|p| p.person.active);
    let rows = here.iter().enumerate().map(|(n, one)| {
        let ids = authority.ids_of(&one.person.name);
        row(n, one, &ids, asked)
    });
    let limits = authority.limits.iter().map(|l| {
        let client = l.client.as_deref().unwrap_or("every other client");
        format!(
            "{}: above {} two partners",
            shown(client),
            asked.locale().money(l.amount, &l.currency)
        )
    });
    Ok(html(&Page {
        frame: asked.frame("People", "people"),
        rows: rows.collect(),
        gone: gone.iter().map(|p| shown(&p.person.name)).collect(),
        roles: Role::ALL.iter().map(|r| r.name()).collect(),
        may: asked.desk.may(Act::People).is_ok(),
        may_limit: asked.desk.may(Act::Limits).is_ok(),
        accounts: super::sign_in::has_provider(asked.app),
        limits: limits.collect(),
    }))
}

fn words(text: &str) -> Vec<String> {
    let all = text.split([',', ' ', ';', '\n', '\r']);
    all.filter(|w| !w.is_empty()).map(str::to_owned).collect()
}

/// The clients of a form; nothing is every client.
fn clients(asked: &Asked<'_>) -> Result<Option<Vec<String>>, Trouble> {
    let form = &asked.given.form;
    match (form.get("serves"), words(form.get("clients"))) {
        ("every", _) => Ok(None),
        ("some", some) if !some.is_empty() => Ok(Some(some)),
        ("some", _) => Err(Trouble::wrong(
            "write the ids of the clients, with commas between them",
        )),
        _ => Err(Trouble::wrong("say which clients the person serves")),
    }
}

fn role(asked: &Asked<'_>) -> Result<Role, Trouble> {
    let word = asked.given.form.get("role");
    Role::named(word).ok_or_else(|| {
        let all: Vec<&str> = Role::ALL.iter().map(|r| r.name()).collect();
        Trouble::wrong(format!("roles are: {}", all.join(", ")))
    })
}

#[derive(Template)]
#[template(path = "access.html", config = "src/web/askama.toml")]
struct Access {
    frame: Frame,
    name: String,
    what: &'static str,
    secret: String,
    hint: &'static str,
}

/// What is shown once.
fn access(asked: &Asked<'_>, name: &str, token: bool, secret: &str) -> Response {
    html(&Access {
        frame: asked.frame("First access", "people"),
        name: shown(name),
        what: if token { "token" } else { "password" },
        secret: secret.to_owned(),
        hint: match token {
            true => {
                "It is for programs, as CLEANBILL_TOKEN or in the header Authorization: Bearer. It holds 90 days."
            }
            false => "It is for one sign-in within seven days, in which they choose their own.",
        },
    })
}

/// Somebody new; a service gets a token, anybody else a password for a first sign-in.
pub async fn add(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let role = role(asked)?;
    let service = role == Role::Service;
    let new = NewPerson {
        name: asked.given.form.get("name").to_owned(),
        role: Some(role),
        os_user: None,
        token_days: service.then_some(TOKEN_DAYS),
        password: !service,
        clients: clients(asked)?,
    };
    let given = asked.desk.add_person(&new).await?;
    let secret = given.token.or(given.password);
    let secret = secret.ok_or_else(|| Trouble::Failed("no access was made".to_owned()))?;
    Ok(access(asked, &new.name, service, secret.expose_secret()))
}

/// Another role.
pub async fn set_role(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let role = role(asked)?;
    asked
        .desk
        .set_role(asked.given.form.get("name"), role)
        .await?;
    Ok(done("/people", "person-changed"))
}

/// Other clients.
pub async fn set_clients(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let clients = clients(asked)?;
    asked
        .desk
        .set_clients(asked.given.form.get("name"), clients.as_deref())
        .await?;
    Ok(done("/people", "person-changed"))
}

/// Whose lines are theirs.
pub async fn set_timekeeper(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let ids = words(asked.given.form.get("ids"));
    asked
        .desk
        .set_timekeeper(asked.given.form.get("name"), &ids)
        .await?;
    Ok(done("/people", "timekeeper"))
}

/// A password for one sign-in.
pub async fn give_password(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let name = asked.given.form.get("name");
    let secret = asked.desk.give_password(name).await?;
    Ok(access(asked, name, false, secret.expose_secret()))
}

/// Takes the second factor away, so that they can begin anew.
pub async fn no_second_factor(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let name = asked.given.form.get("name");
    if name == asked.desk.person.name {
        return Err(Trouble::Refused(
            "another administrator takes yours away".to_owned(),
        ));
    }
    asked.desk.remove_second_factor(name, None).await?;
    Ok(done("/people", "no-second-factor"))
}

/// Opens the lock of wrong tries.
pub async fn unlock(asked: &Asked<'_>) -> Result<Response, Trouble> {
    asked.desk.unlock(asked.given.form.get("name")).await?;
    Ok(done("/people", "unlocked"))
}

/// Ends a person's access at once.
pub async fn deactivate(asked: &Asked<'_>) -> Result<Response, Trouble> {
    asked.desk.deactivate(asked.given.form.get("name")).await?;
    Ok(done("/people", "deactivated"))
}

/// Above which total two partners have to approve.
pub async fn set_limit(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let form = &asked.given.form;
    let amount = form.some("amount").map(super::reductions::amount_of);
    asked
        .desk
        .set_limit(
            form.get("currency"),
            form.some("client"),
            amount.transpose()?,
        )
        .await?;
    Ok(done("/people", "limit"))
}
