//! `discount-note`: a discount of the kind Other says what it is for, and a matter has one discounted bill a
//! category; XML.

use super::places::matter_name;
use super::{Judging, Params, Predicate};
use crate::model::{Anchor, Cell, Discount, Hit, Hits, Invoice, RuleId};
use crate::rules::PackMistake;

struct DiscountNote {
    rule: RuleId,
}

/// No parameters.
pub fn build(params: &mut Params<'_>) -> Result<Box<dyn Predicate>, PackMistake> {
    Ok(Box::new(DiscountNote { rule: params.rule }))
}

impl Predicate for DiscountNote {
    fn judge(&self, invoice: &Invoice, _: &Judging, hits: &mut Hits) {
        for (index, line) in invoice.lines.iter().enumerate() {
            for discount in line.detail.iter().flat_map(|d| &d.discounts) {
                self.judge_note(invoice, Hit::on_line(self.rule, index), discount, hits);
            }
        }
        for (index, matter) in invoice.matters.iter().enumerate() {
            let hit = Hit::new(self.rule, Anchor::Matter(index as u32))
                .with("matter", matter_name(invoice, index));
            for discount in &matter.discounts {
                self.judge_note(invoice, hit.clone(), discount, hits);
            }
            for category in ["Fee", "Exp"] {
                let mut bills = matter.discounts.iter().filter(|d| {
                    is(invoice, d.disc_cred, "MIDB") && is(invoice, d.category, category)
                });
                if let (Some(first), Some(second)) = (bills.next(), bills.next()) {
                    hits.raise(
                        hit.clone()
                            .at_name("disc_cred", second.disc_cred)
                            .at_name("disc_cred", first.disc_cred)
                            .variant("two-midb")
                            .with("category", category),
                    );
                }
            }
        }
    }
}

fn is(invoice: &Invoice, cell: Cell, word: &str) -> bool {
    !cell.is_blank() && invoice.get(cell).eq_ignore_ascii_case(word)
}

impl DiscountNote {
    fn judge_note(&self, invoice: &Invoice, hit: Hit, discount: &Discount, hits: &mut Hits) {
        if discount.note.is_blank() && is(invoice, discount.disc_cred, "Other") {
            hits.raise(hit.at_name("disc_cred", discount.disc_cred));
        }
    }
}
