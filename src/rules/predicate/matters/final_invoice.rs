//! `final-invoice-flag`: the last invoice of a closed matter does not say that it is the last (reference
//! guideline-rules.csv, final-invoice-flag).

use super::listed;
use crate::model::{Anchor, Field, Hit, Hits, Invoice, RuleId};
use crate::rules::PackMistake;
use crate::rules::predicate::places::{matter_name, on_invoice};
use crate::rules::predicate::{Judging, Params, Predicate};

struct FinalInvoice {
    rule: RuleId,
    words: Vec<String>,
}

/// Parameter: `words`, any of which in the description says that an invoice of the pipe formats is the last.
pub(in crate::rules::predicate) fn build(
    params: &mut Params<'_>,
) -> Result<Box<dyn Predicate>, PackMistake> {
    let words = params.list("words")?;
    Ok(Box::new(FinalInvoice {
        rule: params.rule,
        words: words.iter().map(|word| word.to_lowercase()).collect(),
    }))
}

impl Predicate for FinalInvoice {
    fn judge(&self, invoice: &Invoice, judging: &Judging, hits: &mut Hits) {
        if !judging.lists.matters.is_loaded() {
            return hits.lacking(self.rule, "no list of matters loaded");
        }
        let Some(date) = invoice.date.get() else {
            return;
        };
        for (index, matter) in invoice.matters.iter().enumerate() {
            let row = listed(&judging.lists, invoice, matter);
            let Some(closed) = row.and_then(|row| row.closed).filter(|day| *day <= date) else {
                continue;
            };
            let hit = Hit::new(self.rule, Anchor::Matter(index as u32))
                .with("matter", matter_name(invoice, index))
                .with("closed", closed);
            if invoice.format.is_xml() {
                let cell = matter.final_bill;
                if !invoice.text.raw(cell).eq_ignore_ascii_case("Y") {
                    let cell = if cell.is_absent() {
                        matter.record
                    } else {
                        cell
                    };
                    hits.raise(hit.at_name("matter_final_bill", cell));
                }
            } else if !self.says_so(&invoice.get(invoice.description)) {
                let (field, cell) = (Field::InvoiceDescription, invoice.description);
                hits.raise(on_invoice(hit.variant("pipe"), invoice, field, cell));
            }
        }
    }
}

impl FinalInvoice {
    /// True where one of the words stands in the text by itself and is not denied.
    fn says_so(&self, text: &str) -> bool {
        let words: Vec<String> = text
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .map(str::to_lowercase)
            .collect();
        words.iter().enumerate().any(|(at, word)| {
            let before = at.checked_sub(1).and_then(|at| words.get(at));
            self.words.contains(word) && before.is_none_or(|b| b != "not" && b != "non")
        })
    }
}
