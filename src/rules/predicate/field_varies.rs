//! `field-varies`: a value of the invoice or of a matter that is not the same on all of its lines.

use super::places::{PLACES, line_number};
use super::{Judging, Params, Predicate};
use crate::model::{Anchor, Cell, Field, Hit, Hits, Invoice, Mark, RuleId};
use crate::rules::PackMistake;
use rustc_hash::FxHashMap;

struct FieldVaries {
    rule: RuleId,
}

/// No parameters.
pub fn build(params: &mut Params<'_>) -> Result<Box<dyn Predicate>, PackMistake> {
    Ok(Box::new(FieldVaries { rule: params.rule }))
}

impl Predicate for FieldVaries {
    fn judge(&self, invoice: &Invoice, _: &Judging, hits: &mut Hits) {
        let mut found: Vec<Hit> = Vec::new();
        let mut known: FxHashMap<(Field, Cell), usize> = FxHashMap::default();
        for variation in &invoice.variations {
            let (field, first) = (variation.field, variation.first);
            let line = variation.line as usize;
            match known.get(&(field, first)) {
                Some(index) => {
                    let hit = &mut found[*index];
                    if hit.marks.len() < PLACES {
                        hit.marks.push(Mark {
                            field: invoice.name(field),
                            cell: variation.other,
                            line: Some(variation.line),
                            everywhere: None,
                        });
                    }
                }
                None => {
                    known.insert((field, first), found.len());
                    found.push(self.hit(invoice, field, first, variation.other, line));
                }
            }
        }
        for hit in found {
            hits.raise(hit);
        }
    }
}

impl FieldVaries {
    fn hit(&self, invoice: &Invoice, field: Field, first: Cell, other: Cell, line: usize) -> Hit {
        let number = |cell| line_number(invoice, cell);
        let variant = match field {
            Field::InvoiceDescription => "description",
            _ => "",
        };
        Hit::new(self.rule, Anchor::Invoice)
            .at(invoice.format, field, first)
            .at_line(invoice.format, field, other, line)
            .variant(variant)
            .with("first", invoice.get(first))
            .with("line1", number(first))
            .with("other", invoice.get(other))
            .with("line2", number(other))
    }
}
