//! What decides which packs are in force for an invoice.

use super::pack::written::Pack;
use super::shelf::Shelf;
use crate::model::LedesFormat;
use std::collections::BTreeSet;

/// What a pack may govern by. A pack that names several governs what all of them say.
pub(super) const GOVERNED_BY: [&str; 5] = [
    "ledes_format",
    "portal",
    "client_id",
    "law_firm_matter_id",
    "client_matter_id",
];

/// Format, portal, client and matters of an invoice, and the packs the firm's lists name for it.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Circumstances {
    /// Its format. Without one, for a file that is no invoice, the rules of every format stand in.
    pub format: Option<LedesFormat>,
    /// The portal it goes to; case, blanks and hyphens do not count.
    pub portal: Option<String>,
    /// CLIENT_ID.
    pub client_id: Option<String>,
    /// The firm's numbers of its matters. A pack that governs one of them is in force for the invoice.
    pub law_firm_matter_id: Vec<String>,
    /// The client's numbers of its matters.
    pub client_matter_id: Vec<String>,
    /// Packs in force by their names, whatever they govern.
    pub packs: Vec<String>,
}

impl Circumstances {
    /// True where the pack governs such an invoice. A pack that governs nothing is never in force by itself.
    pub(super) fn has(&self, pack: &Pack) -> bool {
        let said = |key: &str, list: &[String]| match key {
            "ledes_format" => self
                .format
                .is_some_and(|f| list.iter().any(|l| l == f.name())),
            "portal" => {
                let own = self.portal.as_deref().map(portal_key);
                own.is_some_and(|own| list.iter().any(|l| portal_key(l) == own))
            }
            "client_id" => self.client_id.as_ref().is_some_and(|c| list.contains(c)),
            "law_firm_matter_id" => self.law_firm_matter_id.iter().any(|m| list.contains(m)),
            "client_matter_id" => self.client_matter_id.iter().any(|m| list.contains(m)),
            _ => false,
        };
        !pack.governs.is_empty() && pack.governs.iter().all(|(key, list)| said(key, list))
    }
}

/// The name of a portal without what people write differently: "Legal-X" is "legal x".
pub fn portal_key(name: &str) -> String {
    let letters = name.chars().filter(|c| c.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

/// Everything that some pack of a shelf governs: what else an invoice says makes no difference to its rules.
pub struct Governed(BTreeSet<(String, String)>);

impl Governed {
    /// What the packs of a shelf govern.
    pub fn by(shelf: &Shelf) -> Self {
        let mut all = BTreeSet::new();
        for (key, list) in shelf.packs().iter().flat_map(|p| &p.governs) {
            for value in list {
                let value = match key.as_str() {
                    "portal" => portal_key(value),
                    _ => value.clone(),
                };
                all.insert((key.clone(), value));
            }
        }
        Self(all)
    }

    /// True where some pack governs a client.
    pub fn clients(&self) -> bool {
        self.0.iter().any(|(key, _)| key == "client_id")
    }

    /// True where some pack governs a matter.
    pub fn matters(&self) -> bool {
        self.0.iter().any(|(key, _)| key.ends_with("_matter_id"))
    }

    /// The same without what no pack governs, so that invoices with the same rules have the same circumstances.
    pub fn only(&self, mut told: Circumstances) -> Circumstances {
        let known = |key: &str, value: &String| self.0.contains(&(key.to_owned(), value.clone()));
        told.portal = told.portal.map(|p| portal_key(&p));
        told.portal = told.portal.filter(|p| known("portal", p));
        told.client_id = told.client_id.filter(|c| known("client_id", c));
        for (key, list) in [
            ("law_firm_matter_id", &mut told.law_firm_matter_id),
            ("client_matter_id", &mut told.client_matter_id),
        ] {
            list.retain(|m| known(key, m));
            list.sort();
            list.dedup();
        }
        told
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn portals_are_named_in_many_ways() {
        for name in ["Legal-X", "legal x", "LEGALX", "Legal\u{2011}X"] {
            assert_eq!(portal_key(name), "legalx", "{name}");
        }
        assert_ne!(portal_key("Legal-X"), portal_key("Legal eXchange"));
    }
}
