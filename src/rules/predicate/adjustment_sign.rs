//! `adjustment-sign`: the text of an adjustment speaks of a discount, and its amount is positive.

use super::amount::shown;
use super::{Judging, Params, Predicate};
use crate::model::{Anchor, Discount, Field, Hit, Hits, Invoice, Line, LineKind, RuleId};
use crate::rules::PackMistake;
use rust_decimal::Decimal;

/// Words for taking money off, as beginnings of words.
const OFF: &[&str] = &[
    "discount",
    "courtesy",
    "write-down",
    "write down",
    "writedown",
    "written down",
    "write-off",
    "write off",
    "writeoff",
    "written off",
    "reduction",
    "credit",
];

/// Words that turn one of those round: "reversal of the courtesy discount" is rightly positive.
const BACK: &[&str] = &[
    "revers", "correct", "remov", "withdr", "restor", "reinstat", "cancel",
];

struct AdjustmentSign {
    rule: RuleId,
    words: Vec<String>,
}

/// Parameter: `words`, beginnings of words that speak of taking money off.
pub fn build(params: &mut Params<'_>) -> Result<Box<dyn Predicate>, PackMistake> {
    let mut words = params.list("words")?;
    if words.is_empty() {
        words = OFF.iter().map(|w| (*w).to_owned()).collect();
    }
    Ok(Box::new(AdjustmentSign {
        rule: params.rule,
        words,
    }))
}

impl Predicate for AdjustmentSign {
    fn judge(&self, invoice: &Invoice, _: &Judging, hits: &mut Hits) {
        for (index, line) in invoice.lines.iter().enumerate() {
            if let Some(hit) = self.judge_line(invoice, index, line) {
                hits.raise(hit);
            }
            let discounts = line.detail.iter().flat_map(|d| &d.discounts);
            self.judge_discounts(invoice, Hit::on_line(self.rule, index), discounts, hits);
        }
        for (index, matter) in invoice.matters.iter().enumerate() {
            let hit = Hit::new(self.rule, Anchor::Matter(index as u32));
            self.judge_discounts(invoice, hit, &matter.discounts, hits);
        }
    }
}

/// True where a word of `text` begins with one of `beginnings`; both in lower case.
fn has(text: &str, beginnings: impl IntoIterator<Item = impl AsRef<str>>) -> bool {
    beginnings.into_iter().any(|beginning| {
        text.match_indices(beginning.as_ref())
            .any(|(at, _)| !text[..at].ends_with(char::is_alphanumeric))
    })
}

impl AdjustmentSign {
    /// The word for taking money off that a text holds.
    fn word_in(&self, text: &str) -> Option<&str> {
        let text = text.to_lowercase();
        let found = self.words.iter().find(|word| has(&text, [word.as_str()]))?;
        // A fee for work on a credit agreement, or on a creditor's claim.
        let other_credit = found == "credit" && has(&text, ["credit agreement", "creditor"]);
        (!other_credit && !has(&text, BACK)).then_some(found)
    }

    fn judge_line(&self, invoice: &Invoice, index: usize, line: &Line) -> Option<Hit> {
        let kind = line.kind.get()?;
        // 1998BI: an adjustment line may have its amount in the unit cost, and so only in its total.
        let in_total = kind.is_adjustment() && line.adjustment.get().is_none_or(|a| a.is_zero());
        let (field, amount) = match in_total {
            true => (Field::LineTotal, &line.total),
            false => (Field::Adjustment, &line.adjustment),
        };
        let positive = amount.get().filter(|a| *a > Decimal::ZERO)?;
        let narrative = invoice.get(line.description);
        let word = self.word_in(&narrative)?;
        // A fee narrative tells of work, which may well be about a credit or a reduction.
        if !kind.is_adjustment() && matches!(word, "credit" | "reduction") {
            return None;
        }
        Some(
            Hit::on_line(self.rule, index)
                .at(invoice.format, field, amount.cell)
                .with("word", word)
                .with("kind", line.kind.get().map_or("", LineKind::noun))
                .expecting(shown(-positive)),
        )
    }

    /// XML: the note of a discount that increases the bill.
    fn judge_discounts<'a>(
        &self,
        invoice: &Invoice,
        hit: Hit,
        discounts: impl IntoIterator<Item = &'a Discount>,
        hits: &mut Hits,
    ) {
        for discount in discounts {
            let Some(amount) = discount.amount.get().filter(|a| *a > Decimal::ZERO) else {
                continue;
            };
            let decrease = invoice
                .get(discount.increase_decrease)
                .eq_ignore_ascii_case("Decrease");
            let note = invoice.get(discount.note);
            // A positive decrease is said already, by the rule on its sign.
            if let Some(word) = self.word_in(&note).filter(|_| !decrease) {
                hits.raise(
                    hit.clone()
                        .at_name("disc_cred_amount", discount.amount.cell)
                        .variant("discount")
                        .with("word", word)
                        .expecting(shown(-amount)),
                );
            }
        }
    }
}
