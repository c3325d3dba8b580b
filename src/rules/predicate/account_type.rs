//! `account-type`: in 1998BI, ACCOUNT_TYPE is `O` (own account) or `T` (third party).

use super::{Judging, Params, Predicate};
use crate::model::{Anchor, Field, Hit, Hits, Invoice, RuleId};
use crate::rules::PackMistake;

struct AccountType {
    rule: RuleId,
}

/// No parameters.
pub fn build(params: &mut Params<'_>) -> Result<Box<dyn Predicate>, PackMistake> {
    Ok(Box::new(AccountType { rule: params.rule }))
}

impl Predicate for AccountType {
    fn judge(&self, invoice: &Invoice, _: &Judging, hits: &mut Hits) {
        // The XML formats' own lists are the rule `code-list-value`.
        if !invoice.format.is_international() {
            return;
        }
        for (index, matter) in invoice.matters.iter().enumerate() {
            let cell = matter.account_type;
            let found = invoice.text.raw(cell);
            if matches!(found, "" | "O" | "T") {
                continue;
            }
            let mut hit = match invoice.matters.len() {
                // With one matter the value stands on every line of the invoice.
                1 => Hit::new(self.rule, Anchor::Matter(0)).everywhere(
                    invoice.format,
                    Field::AccountType,
                    cell,
                ),
                _ => Hit::new(self.rule, Anchor::Matter(index as u32)).at(
                    invoice.format,
                    Field::AccountType,
                    cell,
                ),
            };
            if matches!(found, "o" | "t") {
                hit = hit.variant("case").expecting(found.to_ascii_uppercase());
            }
            hits.raise(hit);
        }
    }
}
