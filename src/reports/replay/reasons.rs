//! Which rules a reason could have been foreseen by: the tables of `rules/outcomes/`.

use std::sync::LazyLock;

struct Entry {
    phrase: String,
    any_ending: bool,
    rules: Vec<String>,
}

struct Tables {
    codes: Vec<(String, Vec<String>)>,
    phrases: Vec<Entry>,
}

static TABLES: LazyLock<Tables> = LazyLock::new(|| {
    let codes = rows(include_str!("../../../rules/outcomes/codes.csv"));
    let phrases = rows(include_str!("../../../rules/outcomes/reasons.csv"));
    let mut phrases: Vec<Entry> = phrases
        .map(|(phrase, rules)| Entry {
            any_ending: phrase.ends_with('*'),
            phrase: phrase.trim_end_matches('*').to_lowercase(),
            rules,
        })
        .collect();
    // The longest that fits counts.
    phrases.sort_by_key(|e| std::cmp::Reverse(e.phrase.len()));
    Tables {
        codes: codes.collect(),
        phrases,
    }
});

fn rows(text: &'static str) -> impl Iterator<Item = (String, Vec<String>)> {
    let reader = csv::Reader::from_reader(text.as_bytes());
    reader.into_records().filter_map(|record| {
        let record = record.ok()?;
        let rules = record.get(1)?.split(';').map(str::to_owned).collect();
        Some((record.get(0)?.to_owned(), rules))
    })
}

/// The rules that could have foreseen a reason, the likeliest first; none where the tables do not know it.
pub fn rules_for(code: &str, text: &str) -> &'static [String] {
    let tables = &*TABLES;
    let known = tables
        .codes
        .iter()
        .find(|(c, _)| c.eq_ignore_ascii_case(code.trim()));
    if let Some((_, rules)) = known {
        return rules;
    }
    let text = text.to_lowercase();
    let entry = tables.phrases.iter().find(|e| e.is_in(&text));
    entry.map_or(&[], |e| &e.rules)
}

impl Entry {
    fn is_in(&self, text: &str) -> bool {
        let word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        text.match_indices(&self.phrase).any(|(at, found)| {
            let begins = !word(text[..at].chars().next_back());
            let ends = self.any_ending || !word(text[at + found.len()..].chars().next());
            begins && ends
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Shelf;

    #[test]
    fn the_tables_name_rules_there_are() {
        let shelf = Shelf::shipped().expect("the packs");
        let known: Vec<&str> = shelf
            .packs()
            .iter()
            .flat_map(|p| p.rule.iter().map(|r| r.id.as_str()))
            .collect();
        let tables = &*TABLES;
        assert!(tables.codes.len() > 5 && tables.phrases.len() > 80);
        let own = tables.codes.iter().flat_map(|(_, r)| r);
        for rule in own.chain(tables.phrases.iter().flat_map(|e| &e.rules)) {
            assert!(known.contains(&rule.as_str()), "{rule}");
        }
    }

    #[test]
    fn words_are_found_whole_and_the_longest_phrase_counts() {
        let first = |code, text| rules_for(code, text).first().map(String::as_str);
        assert_eq!(
            first("", "Entry is BLOCK BILLED, please split"),
            Some("block-billing")
        );
        assert_eq!(first("block", ""), Some("block-billing"));
        assert_eq!(
            first("", "Photocopying at 25 cents"),
            Some("photocopy-rate-cap")
        );
        assert_eq!(
            first("", "Rate exceeds the approved rate"),
            Some("rate-over-approved")
        );
        assert_eq!(
            first("", "invoice exceeds the approved budget"),
            Some("budget-exceeded")
        );
        assert_eq!(first("", "roadblocks in disinterested work"), None);
        assert_eq!(first("", "We do not pay for weekends"), None);
    }
}
