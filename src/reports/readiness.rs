//! How far each matter is set up at its portal, and what is missing before its first bill can go there.

use crate::model::lists::{FirmMatter, Lists, Readiness};
use chrono::NaiveDate;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Which matters; what is not set asks for nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted<'a> {
    /// Of this client.
    pub client: Option<&'a str>,
    /// At portals of this name, as `portal_key` compares them.
    pub portal: Option<&'a str>,
    /// Leave out those that were closed before this day.
    pub today: Option<NaiveDate>,
}

/// A matter at a portal.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct MatterReadiness {
    /// The portal; empty where none is named for the matter or its client.
    pub portal: String,
    /// CLIENT_ID.
    pub client_id: String,
    /// The firm's number.
    pub law_firm_matter_id: String,
    /// Its name.
    pub matter_name: String,
    /// The partner who answers for it.
    pub billing_partner: String,
    /// Everything is settled.
    pub ready: bool,
    /// What is known to be missing.
    pub missing: Vec<&'static str>,
    /// What nobody has looked at.
    pub not_known: Vec<&'static str>,
    /// The day somebody looked.
    pub checked_on: Option<NaiveDate>,
    /// What is still to be done, in the firm's words.
    pub note: String,
}

/// What has to be settled: whether it is, what to call it when it is not, and when nobody knows.
type Condition = (fn(&Readiness) -> Option<bool>, &'static str, &'static str);

const CONDITIONS: [Condition; 6] = [
    (
        |r| r.assigned,
        "assignment of the matter to the firm",
        "assigned",
    ),
    (
        |r| r.number_matched,
        "the firm's matter number on the portal",
        "number",
    ),
    (
        |r| r.timekeepers_known,
        "registration of every timekeeper",
        "timekeepers",
    ),
    (|r| r.rates_approved, "approval of the rates", "rates"),
    (|r| r.budget_approved, "approval of a budget", "budget"),
    (
        |r| r.guidelines_accepted,
        "acceptance of the client's guidelines",
        "guidelines",
    ),
];

/// Every open matter with its portal, by portal, client and matter.
pub fn readiness(
    lists: &Lists,
    wanted: Wanted<'_>,
    key: impl Fn(&str) -> String,
) -> Vec<MatterReadiness> {
    let mut rows: BTreeMap<(String, String, String), MatterReadiness> = BTreeMap::new();
    let mut listed: BTreeSet<(String, String, String)> = BTreeSet::new();
    for row in lists.readiness.rows() {
        let of = lists.matter(&row.client_id, &row.law_firm_matter_id);
        let made = judged(row, of);
        listed.insert((
            key(&row.portal),
            row.client_id.clone(),
            row.law_firm_matter_id.clone(),
        ));
        rows.insert(
            (
                row.portal.clone(),
                row.client_id.clone(),
                row.law_firm_matter_id.clone(),
            ),
            made,
        );
    }
    for matter in lists.matters.rows() {
        let portal = portal_of(lists, matter);
        let own = (
            key(portal),
            matter.client_id.clone(),
            matter.law_firm_matter_id.clone(),
        );
        if listed.contains(&own) {
            continue;
        }
        let empty = Readiness {
            client_id: matter.client_id.clone(),
            law_firm_matter_id: matter.law_firm_matter_id.clone(),
            portal: portal.to_owned(),
            ..Readiness::default()
        };
        let at = (portal.to_owned(), own.1, own.2);
        rows.insert(at, judged(&empty, Some(matter)));
    }
    let asked = wanted.portal.map(&key);
    let closed = |row: &MatterReadiness| {
        let of = lists.matter(&row.client_id, &row.law_firm_matter_id);
        let day = of.and_then(|m| m.closed);
        day.zip(wanted.today)
            .is_some_and(|(closed, today)| closed < today)
    };
    let mut all: Vec<MatterReadiness> = rows.into_values().collect();
    all.retain(|row| {
        wanted.client.is_none_or(|c| c == row.client_id)
            && asked.as_ref().is_none_or(|p| *p == key(&row.portal))
            && !closed(row)
    });
    all
}

fn portal_of<'a>(lists: &'a Lists, matter: &'a FirmMatter) -> &'a str {
    if !matter.portal.is_empty() {
        return &matter.portal;
    }
    let mut clients = lists.clients.of(&matter.client_id);
    clients
        .find(|c| c.client_id == matter.client_id)
        .map_or("", |c| &c.portal)
}

fn judged(row: &Readiness, matter: Option<&FirmMatter>) -> MatterReadiness {
    let mut missing = Vec::new();
    let mut not_known = Vec::new();
    for (settled, lacks, word) in CONDITIONS {
        match settled(row) {
            Some(true) => {}
            Some(false) => missing.push(lacks),
            None => not_known.push(word),
        }
    }
    MatterReadiness {
        portal: row.portal.clone(),
        client_id: row.client_id.clone(),
        law_firm_matter_id: row.law_firm_matter_id.clone(),
        matter_name: matter.map_or_else(String::new, |m| m.matter_name.clone()),
        billing_partner: matter.map_or_else(String::new, |m| m.billing_partner.clone()),
        ready: missing.is_empty() && not_known.is_empty() && !row.portal.is_empty(),
        missing,
        not_known,
        checked_on: row.checked_on,
        note: row.note.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::lists::{FirmClient, List, ListHead};

    fn lists() -> Lists {
        let matter = |client: &str, number: &str, portal: &str| FirmMatter {
            client_id: client.to_owned(),
            law_firm_matter_id: number.to_owned(),
            portal: portal.to_owned(),
            ..FirmMatter::default()
        };
        let client = FirmClient {
            client_id: "C1".to_owned(),
            portal: "Legal-X".to_owned(),
            ..FirmClient::default()
        };
        let ready = Readiness {
            client_id: "C1".to_owned(),
            law_firm_matter_id: "M1".to_owned(),
            portal: "Legal X".to_owned(),
            assigned: Some(true),
            number_matched: Some(true),
            timekeepers_known: Some(true),
            rates_approved: Some(true),
            budget_approved: Some(true),
            guidelines_accepted: Some(true),
            ..Readiness::default()
        };
        let open = Readiness {
            law_firm_matter_id: "M2".to_owned(),
            budget_approved: Some(false),
            rates_approved: None,
            ..ready.clone()
        };
        let mut closed = matter("C1", "M4", "");
        closed.closed = NaiveDate::from_ymd_opt(2026, 1, 31);
        Lists {
            clients: List::new(ListHead::default(), vec![client]),
            matters: List::new(
                ListHead::default(),
                vec![
                    matter("C1", "M1", ""),
                    matter("C1", "M2", ""),
                    matter("C2", "M3", ""),
                    closed,
                ],
            ),
            readiness: List::new(ListHead::default(), vec![ready, open]),
            ..Lists::default()
        }
    }

    fn key(name: &str) -> String {
        crate::rules::portal_key(name)
    }

    #[test]
    fn what_is_missing_is_named_and_what_nobody_knows_is_not_ready() {
        let today = NaiveDate::from_ymd_opt(2026, 10, 6);
        let all = readiness(
            &lists(),
            Wanted {
                today,
                ..Wanted::default()
            },
            key,
        );
        let of = |number: &str| all.iter().find(|m| m.law_firm_matter_id == number);
        assert!(of("M1").expect("listed").ready);
        let open = of("M2").expect("listed");
        assert_eq!(
            (open.missing.len(), open.not_known.as_slice()),
            (1, &["rates"][..])
        );
        let strange = of("M3").expect("a matter without a portal");
        assert!(!strange.ready && strange.portal.is_empty() && strange.not_known.len() == 6);
        assert!(of("M4").is_none(), "a closed matter");
        assert_eq!(all.len(), 3);
        let wanted = Wanted {
            portal: Some("LEGAL-X"),
            ..Wanted::default()
        };
        assert_eq!(readiness(&lists(), wanted, key).len(), 3);
    }
}
