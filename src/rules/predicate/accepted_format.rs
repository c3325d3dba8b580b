//! `accepted-format`: an invoice in a format that its portal is not known to take (portals.md section 1).

use super::places::on_invoice;
use super::{Judging, Params, Predicate};
use crate::model::did_you_mean;
use crate::model::{Anchor, Field, Hit, Hits, Invoice, LedesFormat, RuleId};
use crate::rules::PackMistake;

struct AcceptedFormat {
    rule: RuleId,
    formats: Vec<String>,
}

/// Parameters: `formats`, names of the formats taken (empty: every one).
pub fn build(params: &mut Params<'_>) -> Result<Box<dyn Predicate>, PackMistake> {
    let formats = params.list("formats")?;
    let names = LedesFormat::ALL.map(LedesFormat::name);
    if let Some(found) = formats.iter().find(|f| !names.contains(&f.as_str())) {
        return Err(PackMistake::UnknownWord {
            place: params.spot("formats"),
            found: found.clone(),
            what: "format",
            remedy: did_you_mean(found, names),
        });
    }
    Ok(Box::new(AcceptedFormat {
        rule: params.rule,
        formats,
    }))
}

impl Predicate for AcceptedFormat {
    fn judge(&self, invoice: &Invoice, _: &Judging, hits: &mut Hits) {
        let taken = self.formats.iter().any(|f| f == invoice.format.name());
        if taken || self.formats.is_empty() {
            return;
        }
        let hit = Hit::new(self.rule, Anchor::Invoice)
            .with("format", invoice.format.name())
            .with("formats", self.formats.join(", "));
        let number = invoice.number;
        hits.raise(on_invoice(hit, invoice, Field::InvoiceNumber, number));
    }
}
