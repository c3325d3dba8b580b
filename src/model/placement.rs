//! Where the firm's lists place a client and matter.

use super::lists::{Lists, holds_for};

/// The portal a client's invoices go to and the packs that are in force for them, as the firm's lists say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Placement {
    /// The portal, by any of its names; `None` where the lists do not say.
    pub portal: Option<String>,
    /// Names of packs in force beside those that govern the invoice by themselves.
    pub packs: Vec<String>,
}

impl Lists {
    /// Where a client and the firm's number of a matter stand. A matter's own portal goes before the client's; its packs
    /// come after the client's.
    pub fn placement(&self, client_id: &str, law_firm_matter_id: &str) -> Placement {
        let mut placement = Placement::default();
        for client in self.clients.of(client_id) {
            placement.stands(&client.portal, &client.packs);
        }
        let own = |matter: &str| !matter.is_empty() && holds_for(matter, law_firm_matter_id);
        for matter in self.matters.of(client_id) {
            if own(&matter.law_firm_matter_id) {
                placement.stands(&matter.portal, &matter.packs);
            }
        }
        placement
    }
}

impl Placement {
    fn stands(&mut self, portal: &str, packs: &[String]) {
        if !portal.is_empty() {
            self.portal = Some(portal.to_owned());
        }
        self.packs.extend(packs.iter().cloned());
    }
}
