//! Readiness: matters by portal, and what is missing before the first bill can go there.

use super::reductions::shown;
use crate::reports::readiness::{MatterReadiness, Wanted, readiness};
use crate::rules::portal_key;
use crate::web::answer::{Trouble, html};
use crate::web::asked::Asked;
use crate::web::frame::Frame;
use crate::web::locale::Locale;
use askama::Template;
use axum::response::Response;

struct Row {
    client: String,
    matter: String,
    name: String,
    partner: String,
    class: &'static str,
    word: &'static str,
    missing: String,
    not_known: String,
    note: String,
    seen: String,
}

struct Portal {
    name: String,
    anchor: String,
    ready: usize,
    all: usize,
    rows: Vec<Row>,
}

#[derive(Template)]
#[template(path = "readiness.html", config = "src/web/askama.toml")]
struct Page {
    frame: Frame,
    portals: Vec<Portal>,
    client: String,
    portal: String,
    missing_only: bool,
    known: bool,
}

impl Page {
    /// A column that would be empty is not shown.
    fn partners(&self) -> bool {
        let mut rows = self.portals.iter().flat_map(|p| &p.rows);
        rows.any(|r| !r.partner.is_empty())
    }
}

fn row(one: &MatterReadiness, locale: &Locale) -> Row {
    let (class, word) = match (one.ready, one.missing.is_empty()) {
        (true, _) => ("clean", "ready"),
        (false, false) => ("reject", "missing"),
        (false, true) => ("review", "not known"),
    };
    Row {
        client: shown(&one.client_id),
        matter: shown(&one.law_firm_matter_id),
        name: shown(&one.matter_name),
        partner: shown(&one.billing_partner),
        class,
        word,
        missing: one.missing.join("; "),
        not_known: match one.not_known.len() {
            6 => "nobody has looked".to_owned(),
            _ => one.not_known.join(", "),
        },
        note: shown(&one.note),
        seen: one.checked_on.map_or_else(String::new, |d| locale.day(d)),
    }
}

/// The page.
pub async fn show(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let basis = asked.app.basis()?;
    let (lists, locale, query) = (&basis.options.lists, asked.locale(), &asked.given.query);
    let wanted = Wanted {
        client: query.some("client"),
        portal: query.some("portal"),
        today: Some(asked.app.today()),
    };
    let missing_only = query.has("missing");
    let mut all = readiness(lists, wanted, portal_key);
    all.retain(|r| asked.desk.person.serves(&r.client_id));
    let mut names: Vec<&str> = Vec::new();
    for one in &all {
        if !names
            .iter()
            .any(|n| portal_key(n) == portal_key(&one.portal))
        {
            names.push(&one.portal);
        }
    }
    // Where nothing can be sent at all comes last.
    names.sort_by_key(|n| (n.is_empty(), portal_key(n)));
    let portals = names.iter().enumerate().map(|(n, name)| {
        let own = all
            .iter()
            .filter(|r| portal_key(&r.portal) == portal_key(name));
        let mut own: Vec<&MatterReadiness> = own.collect();
        own.sort_by_key(|r| (r.ready, &r.client_id, &r.law_firm_matter_id));
        Portal {
            name: match *name {
                "" => "No portal: name it in matters.csv or clients.csv".to_owned(),
                name => shown(name),
            },
            anchor: format!("portal-{n}"),
            ready: own.iter().filter(|r| r.ready).count(),
            all: own.len(),
            rows: own
                .into_iter()
                .filter(|r| !missing_only || !r.ready)
                .map(|r| row(r, locale))
                .collect(),
        }
    });
    Ok(html(&Page {
        frame: asked.frame("Readiness", "readiness"),
        portals: portals.collect(),
        client: query.get("client").to_owned(),
        portal: query.get("portal").to_owned(),
        missing_only,
        known: lists.readiness.is_loaded() || lists.matters.is_loaded(),
    }))
}
