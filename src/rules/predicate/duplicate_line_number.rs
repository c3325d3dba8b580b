//! `duplicate-line-number`: LINE_ITEM_NUMBER used twice in one invoice of the pipe formats.

use super::places::{PLACES, line_number};
use super::{Judging, Params, Predicate};
use crate::model::{Anchor, Field, Hit, Hits, Invoice, RuleId};
use crate::rules::PackMistake;
use rustc_hash::FxHashMap;

struct DuplicateLineNumber {
    rule: RuleId,
}

/// No parameters.
pub fn build(params: &mut Params<'_>) -> Result<Box<dyn Predicate>, PackMistake> {
    Ok(Box::new(DuplicateLineNumber { rule: params.rule }))
}

impl Predicate for DuplicateLineNumber {
    fn judge(&self, invoice: &Invoice, _: &Judging, hits: &mut Hits) {
        // XML numbers its segments through the whole file: the rule `xml-item-number`.
        if invoice.format.is_xml() || ascending(invoice) {
            return;
        }
        let mut lines: FxHashMap<&str, Lines> = FxHashMap::default();
        let mut repeated: Vec<&str> = Vec::new();
        for (index, line) in invoice.lines.iter().enumerate() {
            let number = invoice.text.raw(line.item);
            if number.is_empty() {
                continue;
            }
            let seen = lines.entry(number).or_insert(Lines {
                first: index,
                others: Vec::new(),
            });
            if seen.first != index {
                if seen.others.is_empty() {
                    repeated.push(number);
                }
                seen.others.push(index);
            }
        }
        for number in repeated {
            if let Some(seen) = lines.get(number) {
                hits.raise(self.hit(invoice, seen));
            }
        }
    }
}

/// Lines with one number.
struct Lines {
    first: usize,
    others: Vec<usize>,
}

/// True where the numbers grow from line to line, as they nearly always do: then none is repeated.
fn ascending(invoice: &Invoice) -> bool {
    let mut last = (0, "");
    invoice.lines.iter().all(|line| {
        let number = invoice.text.raw(line.item);
        let rank = (number.len(), number);
        let grows = rank > last;
        last = rank;
        grows
    })
}

impl DuplicateLineNumber {
    fn hit(&self, invoice: &Invoice, seen: &Lines) -> Hit {
        let item = |index: usize| invoice.lines[index].item;
        let number = |index: usize| line_number(invoice, item(index));
        let mut hit = Hit::new(self.rule, Anchor::Invoice).with("line1", number(seen.first));
        if let Some(second) = seen.others.first() {
            hit = hit.with("line2", number(*second));
        }
        let all = std::iter::once(&seen.first).chain(&seen.others);
        for index in all.take(PLACES) {
            hit = hit.at_line(invoice.format, Field::LineItemNumber, item(*index), *index);
        }
        hit
    }
}
