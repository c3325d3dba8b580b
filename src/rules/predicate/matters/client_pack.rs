//! `no-client-pack`: no pack governs the invoice's client (DESIGN section 4).

use super::client_of;
use crate::model::{Anchor, Field, Hit, Hits, Invoice, RuleId};
use crate::rules::PackMistake;
use crate::rules::predicate::places::on_invoice;
use crate::rules::predicate::{Judging, Params, Predicate};

struct ClientPack {
    rule: RuleId,
}

/// No parameters.
pub(in crate::rules::predicate) fn build(
    params: &mut Params<'_>,
) -> Result<Box<dyn Predicate>, PackMistake> {
    Ok(Box::new(ClientPack { rule: params.rule }))
}

impl Predicate for ClientPack {
    fn judge(&self, invoice: &Invoice, judging: &Judging, hits: &mut Hits) {
        let Some(client) = client_of(invoice).filter(|_| judging.client_pack == Some(false)) else {
            return;
        };
        let hit = Hit::new(self.rule, Anchor::Invoice).with("client", client);
        let cell = invoice.client.client_id;
        hits.raise(on_invoice(hit, invoice, Field::ClientId, cell));
    }
}
