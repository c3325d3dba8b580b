//! `field-varies`: a value of the invoice or of a matter that is not the same on all of its lines.

use super::places::{PLACES, line_number};
use super::{Judging, Params, Predicate};
use crate::model::{Anchor, Cell, Field, Hit, Hits, Invoice, Mark, RuleId};
use crate::rules::PackMistake;

struct FieldVaries {
    rule: RuleId,
}

/// No parameters.
pub fn build(params: &mut Params<'_>) -> Result<Box<dyn Predicate>, PackMistake> {
    Ok(Box::new(FieldVaries { rule: params.rule }))
}

impl Predicate for FieldVaries {
    fn judge(&self, invoice: &Invoice, _: &Judging, hits: &mut Hits) {
        let mut found: Vec<(Field, Cell, Hit)> = Vec::new();
        for variation in &invoice.variations {
            let (field, first) = (variation.field, variation.first);
            let line = variation.line as usize;
            match found
                .iter_mut()
                .find(|(f, c, _)| *f == field && *c == first)
            {
                Some((.., hit)) => {
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
                    let hit = self.hit(invoice, field, first, variation.other, line);
                    found.push((field, first, hit));
                }
            }
        }
        for (.., hit) in found {
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
