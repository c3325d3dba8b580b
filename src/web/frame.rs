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
    /// The key that leads there after `g`.
    pub key: char,
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

/// What an entry says, the name of its route, and the key that leads there after `g`.
type Offer = (&'static str, &'static str, char);

/// The menu: heading, and its entries. What the table has no route for, or what a person
/// may not, is not shown.
const MENU: &[(&str, &[Offer])] = &[
    ("", &[("Today", "today", 't'), ("Check", "check", 'c')]),
    (
        "Invoices",
        &[
            ("Invoices", "invoices", 'i'),
            ("Rewrites", "rewrites", 'r'),
            ("Clearing", "clearing", 'l'),
            ("Readiness", "readiness", 'n'),
        ],
    ),
    (
        "At the client",
        &[
            ("Submissions", "submissions", 's'),
            ("Morning report", "morning", 'm'),
            ("Rejections", "rejections", 'e'),
            ("Reductions", "reductions", 'd'),
            ("Appeals", "appeals", 'a'),
            ("Receivables", "receivables", 'o'),
            ("Payments", "payments", 'y'),
            ("Reports", "reports", 'p'),
        ],
    ),
    (
        "Firm",
        &[
            ("Rules", "rules", 'u'),
            ("Firm lists", "firm lists", 'f'),
            ("Portals", "portals", 'h'),
            ("People", "people", 'w'),
            ("Audit", "audit", 'z'),
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
        Self {
            notice: notice(asked.given.query.get("done")),
            ..Self::round(&asked.desk.person, title, at)
        }
    }

    /// Of a page for somebody, whatever they asked for.
    pub(super) fn round(person: &Person, title: String, at: &str) -> Self {
        Self {
            title,
            person: Some((person.name.clone(), person.role.name())),
            menu: menu(person, at),
            find: crate::workflow::Act::Read.who().contains(&person.role),
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
    let entry = |(label, name, key): &Offer| {
        let mut pages = ROUTES.iter().filter(|r| r.verb == Verb::Get);
        let route = pages.find(|r| r.name == *name)?;
        shown(person, route.needs).then_some(Entry {
            label,
            href: route.path,
            key: *key,
            here: *name == at,
        })
    };
    let groups = MENU.iter().map(|(label, entries)| Group {
        label,
        entries: entries.iter().filter_map(entry).collect(),
    });
    groups.filter(|g| !g.entries.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::MENU;
    use std::collections::BTreeSet;

    #[test]
    fn each_page_has_a_key_of_its_own() {
        let entries = MENU.iter().flat_map(|(_, entries)| *entries);
        let keys: Vec<char> = entries.map(|(_, _, key)| *key).collect();
        let different: BTreeSet<char> = keys.iter().copied().collect();
        assert_eq!(keys.len(), different.len(), "{keys:?}");
    }
}
