//! Numbers of new invoices, by a pattern the firm gives. None is ever made up.

use crate::model::Invoice;
use crate::revise::money::Refusal;
use std::collections::BTreeSet;

/// A pattern such as `{invoice_number}-{n}`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NumberPattern(String);

const PLACEHOLDERS: [&str; 5] = [
    "{invoice_number}",
    "{law_firm_matter_id}",
    "{client_matter_id}",
    "{client_id}",
    "{n}",
];

impl NumberPattern {
    /// Takes a pattern.
    ///
    /// # Errors
    /// An unknown placeholder; none that tells the parts of an invoice apart.
    pub fn parse(pattern: &str) -> Result<Self, Refusal> {
        let mut rest = pattern.trim().to_owned();
        for placeholder in PLACEHOLDERS {
            rest = rest.replace(placeholder, "");
        }
        if rest.contains(['{', '}', '|', '[', ']']) {
            return Err(Refusal::new(format!(
                "the pattern \"{pattern}\" has a placeholder there is not, or a character no invoice number may have; there \
                 are {}",
                PLACEHOLDERS.join(", ")
            )));
        }
        let tells = |p: &&&str| pattern.contains(**p);
        if PLACEHOLDERS[1..].iter().find(tells).is_none() {
            return Err(Refusal::new(format!(
                "the pattern \"{pattern}\" gives every part the same number; use one of {}, as in {{invoice_number}}-{{n}}",
                PLACEHOLDERS[1..].join(", ")
            )));
        }
        Ok(Self(pattern.trim().to_owned()))
    }

    /// The number of a part; `n` counts from 1.
    pub fn fill(&self, original: &str, part: &Invoice, n: usize) -> String {
        let matter = part.matters.first();
        let text = |cell| part.get(cell).trim().to_owned();
        let values = [
            original.to_owned(),
            matter.map_or_else(String::new, |m| text(m.law_firm_matter_id)),
            matter.map_or_else(String::new, |m| text(m.client_matter_id)),
            text(part.client.client_id),
            n.to_string(),
        ];
        let mut number = self.0.clone();
        for (placeholder, value) in PLACEHOLDERS.iter().zip(values) {
            number = number.replace(placeholder, &value);
        }
        number
    }

    /// Gives each part its number.
    ///
    /// # Errors
    /// Two parts would have the same number, or one the number of the original or none.
    pub fn number(&self, original: &str, parts: &mut [Invoice]) -> Result<(), Refusal> {
        let mut given = BTreeSet::new();
        for (at, part) in parts.iter_mut().enumerate() {
            let number = self.fill(original, part, at + 1);
            if number.trim().is_empty() || number == original || !given.insert(number.clone()) {
                return Err(Refusal::new(format!(
                    "the pattern \"{}\" gives a part the number \"{number}\", which is empty or used already; the parts are new \
                     invoices, each with a number of its own",
                    self.0
                )));
            }
            part.number = part.text.push_value(&number);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_must_tell_the_parts_apart() {
        for (pattern, good) in [
            ("{invoice_number}-{n}", true),
            ("{law_firm_matter_id}", true),
            ("{invoice_number}", false),
            ("AW-{number}", false),
            ("A|{n}", false),
            ("fixed", false),
        ] {
            assert_eq!(NumberPattern::parse(pattern).is_ok(), good, "{pattern}");
        }
    }
}
