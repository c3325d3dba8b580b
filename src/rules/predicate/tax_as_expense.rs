//! `tax-as-expense`: an expense line that is a tax, under a code for something else (reference
//! utbms/rules.csv U038). UTBMS has no code for taxes.

use super::code_cells::in_lower_case;
use super::{Judging, Params, Predicate};
use crate::model::{Field, Hit, Hits, Invoice, LineKind, RuleId};
use crate::rules::PackMistake;
use crate::rules::utbms::{CodeKind, catalogue};

struct TaxAsExpense {
    rule: RuleId,
}

/// No parameters.
pub(super) fn build(params: &mut Params<'_>) -> Result<Box<dyn Predicate>, PackMistake> {
    Ok(Box::new(TaxAsExpense { rule: params.rule }))
}

impl Predicate for TaxAsExpense {
    fn judge(&self, invoice: &Invoice, _: &Judging, hits: &mut Hits) {
        for (index, line) in invoice.lines.iter().enumerate() {
            if line.kind.get() != Some(LineKind::Expense) || in_lower_case(invoice, line) {
                continue;
            }
            let Some(code) = catalogue()
                .find(&invoice.get(line.expense_code))
                .filter(|code| code.kind == CodeKind::Expense)
            else {
                continue;
            };
            if names_a_tax(&invoice.get(line.description)) {
                hits.raise(
                    Hit::on_line(self.rule, index)
                        .at(invoice.format, Field::ExpenseCode, line.expense_code)
                        .with("narrative", invoice.get(line.description))
                        .with("label", &code.label),
                );
            }
        }
    }
}

/// Names of taxes on sales, in lower case.
const TAXES: &[&[&str]] = &[
    &["vat"],
    &["gst"],
    &["hst"],
    &["pst"],
    &["qst"],
    &["gst", "hst"],
    &["gst", "pst"],
    &["gst", "qst"],
    &["value", "added", "tax"],
    &["sales", "tax"],
    &["sales", "and", "use", "tax"],
    &["goods", "and", "services", "tax"],
    &["harmonized", "sales", "tax"],
    &["harmonised", "sales", "tax"],
    &["provincial", "sales", "tax"],
    &["service", "tax"],
    &["services", "tax"],
    &["consumption", "tax"],
    &["use", "tax"],
];

/// Words that may stand before the name of a tax without changing what the line is for.
const BEFORE: &[&str] = &[
    "tax", "uk", "eu", "irish", "state", "local", "city", "county", "output", "input",
];

/// Words that may follow it. Others ("VAT return", "VAT advice") make the line something else than the tax.
const AFTER: &[&str] = &[
    "on", "at", "for", "of", "charged", "due", "payable", "amount", "re", "to",
];

/// True where a narrative says that the line is a tax: it begins with the name of one, after at most a
/// percentage. "Courier, including VAT" or "Advice on VAT" say no such thing.
pub(super) fn names_a_tax(narrative: &str) -> bool {
    let words: Vec<String> = narrative
        .split(|c: char| !c.is_alphanumeric() && c != '.')
        .map(|w| w.trim_matches('.'))
        .filter(|w| !w.is_empty() && !w.starts_with(|c: char| c.is_ascii_digit()))
        .take(8)
        .map(str::to_lowercase)
        .collect();
    let begins = |words: &[String], name: &[&str]| {
        words.len() >= name.len() && words.iter().zip(name).all(|(word, part)| word == part)
    };
    (0..words.len().min(3)).any(|start| {
        words[..start].iter().all(|w| BEFORE.contains(&w.as_str()))
            && TAXES
                .iter()
                .filter(|name| begins(&words[start..], name))
                .any(|name| {
                    words
                        .get(start + name.len())
                        .is_none_or(|next| AFTER.contains(&next.as_str()))
                })
    })
}

#[cfg(test)]
mod tests {
    use super::names_a_tax;

    #[test]
    fn a_line_that_is_a_tax_is_told_from_one_that_mentions_a_tax() {
        for (narrative, tax) in [
            ("VAT", true),
            ("VAT at 20% on professional fees", true),
            ("20% VAT on disbursements", true),
            ("GST/HST on fees", true),
            ("State sales tax on copying", true),
            ("Value Added Tax (20 %)", true),
            ("V.A.T.", false),
            ("Tax: GST", true),
            ("Courier to Hull, including VAT", false),
            ("Advice on VAT treatment of ferries", false),
            ("VAT return prepared by outside accountants", false),
            ("Vatican archive, copies", false),
            ("Filing fee plus VAT", false),
            ("", false),
        ] {
            assert_eq!(names_a_tax(narrative), tax, "{narrative}");
        }
    }
}
