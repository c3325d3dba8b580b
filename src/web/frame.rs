//! What stands round every page: the menu, who is signed in, what was just done.

use super::asked::Asked;
use super::assets::{Places, places};
use super::notice::notice;
use super::route::{Needs, Verb};
use super::routes::ROUTES;
use crate::workflow::{Person, Role};

/// An entry of the menu.
pub struct Entry {
    /// What it says.
    pub label: &'static str,
    /// Where it leads.
    pub href: &'static str,
    /// It is where one is.
    pub here: bool,
}

/// A group of the menu.
pub struct Group {
    /// Its heading; empty for the first.
    pub label: &'static str,
    /// Its entries.
    pub entries: Vec<Entry>,
}

/// What stands round a page.
pub struct Frame {
    /// The page's title: no narrative, no name of a client.
    pub title: String,
    /// Who is signed in.
    pub person: Option<(String, &'static str)>,
    /// The menu.
    pub menu: Vec<Group>,
    /// Whether they may look for invoices.
    pub find: bool,
    /// What was just done.
    pub notice: Option<&'static str>,
    /// The files beside the page.
    pub places: Places,
    /// This program's version.
    pub version: &'static str,
}

/// The menu: heading, and its entries with the names of their routes. What the table has no route for, or what a person
/// may not, is not shown.
const MENU: &[(&str, &[(&str, &str)])] = &[
    ("", &[("Today", "today"), ("Check", "check")]),
    (
        "Invoices",
        &[
            ("Invoices", "invoices"),
            ("Rewrites", "rewrites"),
            ("Clearing", "clearing"),
            ("Readiness", "readiness"),
        ],
    ),
    (
        "At the client",
        &[
            ("Submissions", "submissions"),
            ("Morning report", "morning"),
            ("Rejections", "rejections"),
            ("Reductions", "reductions"),
            ("Appeals", "appeals"),
            ("Receivables", "receivables"),
            ("Payments", "payments"),
            ("Reports", "reports"),
        ],
    ),
    (
        "Firm",
        &[
            ("Rules", "rules"),
            ("Firm lists", "firm lists"),
            ("Portals", "portals"),
            ("People", "people"),
            ("Audit", "audit"),
        ],
    ),
];

impl Frame {
    /// Of a page before anybody is known.
    pub(super) fn bare() -> Self {
        Self {
            title: "cleanbill".to_owned(),
            person: None,
            menu: Vec::new(),
            find: false,
            notice: None,
            places: places(),
            version: env!("CARGO_PKG_VERSION"),
        }
    }

    pub(super) fn of(asked: &Asked<'_>, title: String, at: &str) -> Self {
        let person = &asked.desk.person;
        Self {
            title,
            person: Some((person.name.clone(), person.role.name())),
            menu: menu(person, at),
            find: crate::workflow::Act::Read.who().contains(&person.role),
            notice: notice(asked.given.query.get("done")),
            ..Self::bare()
        }
    }
}

/// Whether a page is shown to a person in the menu.
fn shown(person: &Person, needs: Needs) -> bool {
    match needs {
        Needs::Nothing | Needs::SignedIn => true,
        Needs::May(act) => act.who().contains(&person.role),
        Needs::Any(acts) => acts.iter().any(|act| act.who().contains(&person.role)),
        // Whoever may stand in for somebody is a specialist or another partner.
        Needs::OrInPlace(act) => {
            act.who().contains(&person.role) || person.role == Role::Specialist
        }
    }
}

fn menu(person: &Person, at: &str) -> Vec<Group> {
    let entry = |(label, name): &(&'static str, &str)| {
        let mut pages = ROUTES.iter().filter(|r| r.verb == Verb::Get);
        let route = pages.find(|r| r.name == *name)?;
        shown(person, route.needs).then_some(Entry {
            label,
            href: route.path,
            here: *name == at,
        })
    };
    let groups = MENU.iter().map(|(label, entries)| Group {
        label,
        entries: entries.iter().filter_map(entry).collect(),
    });
    groups.filter(|g| !g.entries.is_empty()).collect()
}
