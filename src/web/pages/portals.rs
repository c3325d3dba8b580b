//! Portals: what each takes, how far it has been proven, and the firm's own accounts with their health.

use super::reductions::shown;
use crate::portals::{Account, Portal as _, PortalError, terms_of};
use crate::rules::pack::Terms;
use crate::web::answer::{Trouble, html};
use crate::web::asked::Asked;
use crate::web::frame::Frame;
use crate::web::notice::done;
use crate::workflow::submission::{Doors, Paused};
use crate::workflow::{Act, Step};
use askama::Template;
use axum::response::Response;
use std::collections::BTreeMap;

struct Own {
    name: String,
    way: String,
    url: String,
    clients: String,
    active: bool,
    ends: String,
    soon: bool,
    set_up: String,
    paused: Option<(String, String)>,
    may_pause: bool,
}

struct Known {
    title: String,
    anchor: String,
    proven: String,
    facts: Vec<(&'static str, String)>,
    words: Vec<(String, String)>,
    source: String,
    accounts: Vec<Own>,
}

#[derive(Template)]
#[template(path = "portals.html", config = "src/web/askama.toml")]
struct Page {
    frame: Frame,
    own: Vec<Known>,
    others: Vec<Known>,
    unknown: Vec<Own>,
    may_check: bool,
    any: bool,
}

fn size(bytes: u64) -> String {
    match bytes {
        n if n >= 1 << 20 => format!("{} MB", n >> 20),
        n if n >= 1 << 10 => format!("{} kB", n >> 10),
        n => format!("{n} bytes"),
    }
}

/// What a portal takes and keeps, in words.
fn facts(terms: &Terms) -> Vec<(&'static str, String)> {
    let mut facts = vec![
        ("Ways", terms.ways.join(", ")),
        (
            "Formats",
            match terms.formats.as_slice() {
                [] => "not known".to_owned(),
                some => some.join(", "),
            },
        ),
    ];
    let mut limits = Vec::new();
    let file = &terms.file;
    limits.extend(file.most_bytes.map(|n| format!("files up to {}", size(n))));
    limits.extend(file.most_invoices.map(|n| format!("{n} invoices a file")));
    let characters = file.name_characters.as_ref();
    limits.extend(characters.map(|c| format!("file names of {c}")));
    if let Some(mail) = &terms.mail {
        limits.extend(
            mail.most_bytes
                .map(|n| format!("by mail up to {}", size(n))),
        );
        limits.extend(mail.note.clone());
    }
    if !limits.is_empty() {
        facts.push(("Limits", limits.join("; ")));
    }
    facts.extend(
        terms
            .retention_days
            .map(|n| ("Keeps", format!("what became final for {n} days"))),
    );
    facts.extend(terms.dispute_idle_days.map(|n| {
        (
            "Disputes",
            format!("end as rejected after {n} days of silence"),
        )
    }));
    facts.extend(terms.resubmit_number.as_deref().map(|rule| {
        let words = match rule {
            "same" => "the same number".to_owned(),
            "new" => "a new number".to_owned(),
            pattern => pattern.to_owned(),
        };
        ("A corrected invoice goes as", words)
    }));
    if let Some(appeal) = &terms.appeal {
        let routes: Vec<&str> = appeal.routes.iter().map(|r| r.what.as_str()).collect();
        facts.push(("Appeals", routes.join("; or: ")));
    }
    if !terms.before.is_empty() {
        facts.push(("Before the first bill", terms.before.join("; ")));
    }
    facts
}

/// The page.
pub async fn show(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let basis = asked.app.basis()?;
    let packs = basis.options.shelf.packs();
    let mut page = Page {
        frame: asked.frame("Portals", "portals"),
        own: Vec::new(),
        others: Vec::new(),
        unknown: Vec::new(),
        may_check: may_check(asked),
        any: asked.app.doors.is_some(),
    };
    let none = BTreeMap::new();
    let accounts = asked.app.doors.as_ref();
    let accounts = accounts.map_or(&none, |d| &d.accounts().account);
    let paused = asked.desk.paused_accounts().await?;
    let row = |name: &String, account: &Account| own(asked, name, account, &paused);
    for (n, pack) in packs.iter().enumerate() {
        let Some(terms) = &pack.terms else {
            continue;
        };
        let of = accounts.iter().filter(|(_, a)| {
            terms_of(packs, &a.portal).is_some_and(|own| std::ptr::eq(own, terms))
        });
        let known = Known {
            title: pack.title.clone(),
            anchor: format!("portal-{n}"),
            proven: terms.proven.clone(),
            facts: facts(terms),
            words: terms
                .status
                .iter()
                .map(|(word, means)| (word.clone(), means.clone()))
                .collect(),
            source: terms.source.clone(),
            accounts: of.map(|(name, a)| row(name, a)).collect(),
        };
        match known.accounts.is_empty() {
            true => page.others.push(known),
            false => page.own.push(known),
        }
    }
    let strange = accounts
        .iter()
        .filter(|(_, a)| terms_of(packs, &a.portal).is_none());
    page.unknown = strange.map(|(name, a)| row(name, a)).collect();
    Ok(html(&page))
}

fn may_check(asked: &Asked<'_>) -> bool {
    asked.desk.may(Act::Step(Step::Queue)).is_ok() || asked.desk.may(Act::People).is_ok()
}

fn own(asked: &Asked<'_>, name: &str, account: &Account, paused: &BTreeMap<String, Paused>) -> Own {
    let today = asked.app.today();
    let doors = asked.app.doors.as_ref();
    let opened = doors.map(|d| d.open(name));
    let served: Vec<&str> = account
        .clients
        .iter()
        .map(String::as_str)
        .filter(|c| asked.desk.person.serves(c))
        .collect();
    Own {
        name: name.to_owned(),
        way: account.way.clone(),
        // Only the host: what stands behind it may name the firm's number at the portal.
        url: account
            .url
            .as_deref()
            .and_then(|u| u.split("://").nth(1)?.split('/').next())
            .map_or_else(String::new, shown),
        clients: match (account.clients.is_empty(), served.as_slice()) {
            (true, _) => "every client of the portal".to_owned(),
            (false, []) => "clients of others".to_owned(),
            (false, some) => shown(&some.join(", ")),
        },
        active: account.active,
        ends: account
            .credentials_end
            .map_or_else(String::new, |d| asked.locale().day(d)),
        soon: account
            .credentials_end
            .is_some_and(|d| (d - today).num_days() <= 14),
        set_up: match opened {
            Some(Err(error)) => error.to_string(),
            _ => String::new(),
        },
        paused: paused.get(name).map(|p| {
            let since = asked.locale().instant(p.since_ms);
            (format!("{}, {since}", p.by), shown(&p.reason))
        }),
        may_pause: asked.desk.may_pause(name, &account.clients).is_ok(),
    }
}

#[derive(Template)]
#[template(path = "portal_check.html", config = "src/web/askama.toml")]
struct Checked {
    frame: Frame,
    name: String,
    well: bool,
    lines: Vec<String>,
}

/// The account of the path.
fn named<'a>(asked: &'a Asked<'_>) -> Result<(&'a Doors, &'a str, &'a Account), Trouble> {
    let name = asked.given.param("account");
    let Some(doors) = asked.app.doors.as_ref() else {
        return Err(Trouble::NotFound(
            "no accounts at portals are known".to_owned(),
        ));
    };
    let unknown = || Trouble::NotFound(format!("there is no account {}", shown(name)));
    let account = doors.accounts().account.get(name).ok_or_else(unknown)?;
    Ok((doors, name, account))
}

/// Has an account rest: nothing is sent through it.
pub async fn pause(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let (_, name, account) = named(asked)?;
    let reason = asked.given.form.get("reason");
    asked
        .desk
        .pause_account(name, &account.clients, reason)
        .await?;
    Ok(done("/portals", "paused"))
}

/// Has a paused account go on.
pub async fn resume(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let (_, name, account) = named(asked)?;
    asked.desk.resume_account(name, &account.clients).await?;
    Ok(done("/portals", "resumed"))
}

/// Connects and signs in to an account, and changes nothing there.
pub async fn check(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let (doors, name, _) = named(asked)?;
    let found = match doors.open(name) {
        Ok(door) => door.portal.check().await,
        Err(error) => Err(error),
    };
    let (well, lines) = match found {
        Ok(lines) => (true, lines),
        Err(error) => {
            let mut lines = vec![error.to_string()];
            if let PortalError::Refused { remarks, .. } = &error {
                lines.extend(remarks.iter().map(|r| r.text.clone()));
            }
            (false, lines)
        }
    };
    Ok(html(&Checked {
        frame: asked.frame(format!("Account {}", shown(name)), "portals"),
        name: shown(name),
        well,
        lines: lines.iter().map(|l| shown(l)).collect(),
    }))
}
