//! `credit-note`: a credit note or a replacement names the invoice it refers to; XML 2.1 and later.

use super::{Judging, Params, Predicate};
use crate::model::{Anchor, Cell, Hit, Hits, Invoice, RuleId};
use crate::rules::PackMistake;

struct CreditNote {
    rule: RuleId,
}

/// No parameters.
pub fn build(params: &mut Params<'_>) -> Result<Box<dyn Predicate>, PackMistake> {
    Ok(Box::new(CreditNote { rule: params.rule }))
}

impl Predicate for CreditNote {
    fn judge(&self, invoice: &Invoice, _: &Judging, hits: &mut Hits) {
        if !invoice.inv_reference.is_blank() || !invoice.whole {
            return;
        }
        let yes = |cell: Cell| !cell.is_blank() && invoice.get(cell).eq_ignore_ascii_case("Y");
        let asks = [
            ("credit_note", invoice.credit_note),
            ("rejected_inv_replacement", invoice.rejected_inv_replacement),
        ];
        if let Some((name, cell)) = asks.into_iter().find(|(_, cell)| yes(*cell)) {
            hits.raise(Hit::new(self.rule, Anchor::Invoice).at_name(name, cell));
        }
    }
}
