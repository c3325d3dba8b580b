//! `matter-not-on-file`: a matter the firm does not keep for this client (reference guideline-rules.csv,
//! matter-not-on-file). That it is closed is said by `work-outside-engagement-dates`.

use super::{client_of, listed, number_of};
use crate::model::{Anchor, Field, Hit, Hits, Invoice, RuleId};
use crate::rules::PackMistake;
use crate::rules::predicate::places::{on_invoice, on_matter};
use crate::rules::predicate::{Judging, Params, Predicate};

struct MatterOnFile {
    rule: RuleId,
}

/// No parameters.
pub(in crate::rules::predicate) fn build(
    params: &mut Params<'_>,
) -> Result<Box<dyn Predicate>, PackMistake> {
    Ok(Box::new(MatterOnFile { rule: params.rule }))
}

impl Predicate for MatterOnFile {
    fn judge(&self, invoice: &Invoice, judging: &Judging, hits: &mut Hits) {
        let matters = &judging.lists.matters;
        if !matters.is_loaded() {
            return hits.lacking(self.rule, "no list of matters loaded");
        }
        let Some(client) = client_of(invoice) else {
            return;
        };
        let mut unsure = false;
        for (index, matter) in invoice.matters.iter().enumerate() {
            let clients_own = invoice.text.raw(matter.client_matter_id).trim();
            let number = number_of(invoice, matter);
            let Some(name) = number.or(Some(clients_own).filter(|own| !own.is_empty())) else {
                continue;
            };
            let hit = Hit::new(self.rule, Anchor::Matter(index as u32))
                .with("matter", name)
                .with("client", client);
            let Some(row) = listed(&judging.lists, invoice, matter) else {
                if !matters.is_complete() {
                    unsure = true;
                    continue;
                }
                let hit = on_matter(hit, invoice, index);
                let other = matters
                    .rows()
                    .iter()
                    .find(|row| number.is_some_and(|number| row.law_firm_matter_id == number));
                hits.raise(match other {
                    Some(row) => hit.variant("other-client").with("other", &row.client_id),
                    None => hit,
                });
                continue;
            };
            let known = row.client_matter_id.as_str();
            if !known.is_empty() && !clients_own.is_empty() && known != clients_own {
                let hit = hit
                    .variant("client-number")
                    .with("found", clients_own)
                    .expecting(known);
                let (field, cell) = (Field::ClientMatterId, matter.client_matter_id);
                hits.raise(match invoice.matters.len() {
                    1 => on_invoice(hit, invoice, field, cell),
                    _ => hit.at(invoice.format, field, cell),
                });
            }
        }
        if unsure {
            hits.lacking(
                self.rule,
                "some matters are not on the list of matters, which is not said to be complete",
            );
        }
    }
}
