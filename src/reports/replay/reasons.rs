//! Which rules a reason could have been foreseen by: the table of reasons.

use crate::model::Confidence;
use crate::rules::Reasons;

/// The rules that could have foreseen a reason, the likeliest first; none where the table does not know it, or only by
/// words that are alike: a rule is not blamed on a guess.
pub fn rules_for(code: &str, text: &str) -> Vec<&'static str> {
    let known = Reasons::shipped().of(code, text);
    let known = known.filter(|k| k.confidence != Confidence::Low);
    known.map(|k| k.rules()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rule_the_words_are_about_comes_first() {
        let first = |code, text| rules_for(code, text).first().copied();
        for (code, text, rule) in [
            (
                "",
                "Entry is BLOCK BILLED, please split",
                Some("block-billing"),
            ),
            ("block", "", Some("block-billing")),
            ("", "Photocopying at 25 cents", Some("photocopy-rate-cap")),
            ("", "Dinner: meal not allowed", Some("meal-cap")),
            (
                "",
                "Rate exceeds the approved rate",
                Some("rate-over-approved"),
            ),
            (
                "",
                "invoice exceeds the approved budget",
                Some("budget-exceeded"),
            ),
            ("", "roadblocks in disinterested work", None),
            ("", "We do not pay for weekends", None),
        ] {
            assert_eq!(first(code, text), rule, "{code} {text}");
        }
    }
}
